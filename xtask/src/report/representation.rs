//! What callers rely on without naming it: how requests are sent, and how values are written, read and shown.
//!
//! It is compared as data. It lacks what follows from something else that is compared:
//!
//! - types, boxes, and limits of lengths
//! - the order in which the alternatives of a union are tried, and the properties that each knows
//! - the property by which a failure is printed
//! - how a type becomes the parts of a form

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    analyze,
    model::{
        Api,
        json::Json,
        operation::{Content, Operation, ParameterStyle, Response, Status},
        typedef::{Field, Kind, TypeDef, Variant},
    },
};

/// What no member of an item shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Representation {
    /// Of an operation.
    Call(CallRepresentation),
    /// Of a type.
    Type(TypeRepresentation),
}

/// How an operation is sent, and how its response is read.
#[derive(Clone, Debug, PartialEq)]
pub struct CallRepresentation {
    /// The media types that it asks for.
    accepted: BTreeSet<String>,
    /// The name and place of each parameter on the wire, by its setter.
    parameters: BTreeMap<String, (String, ParameterStyle)>,
    /// How the body is written.
    body: Option<BodyRepresentation>,
    /// How the body of each response is read, and whether that is a success.
    responses: BTreeMap<Status, (bool, Reading)>,
}

/// How the body of a request is written.
#[derive(Clone, Debug, PartialEq)]
enum BodyRepresentation {
    /// As that media type.
    Plain(String),
    /// As a form (`application/x-www-form-urlencoded`), some of whose properties have a style.
    UrlEncoded(BTreeMap<String, ParameterStyle>),
    /// As a form in parts (`multipart/form-data`), some of which have media types.
    Multipart(BTreeMap<String, String>),
}

/// How the body of a response is read.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Reading {
    /// Not at all.
    None,
    /// As JSON.
    Json,
    /// As bytes.
    Bytes,
    /// As it comes.
    Stream,
}

/// How values of a type are written, read and shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TypeRepresentation {
    /// What its JSON Schema says besides the type.
    keywords: BTreeMap<String, Json>,
    /// Each property of an object, by its field.
    properties: BTreeMap<String, PropertyRepresentation>,
    /// What the messages of a string with limits call it.
    subject: Option<String>,
    /// The value of each variant of an enum, as JSON, in the order in which they compare.
    values: Vec<(String, String)>,
    /// The property whose value says which alternative a union is.
    tag: Option<String>,
    /// For each variant of a union, the values of its tag, and the one that has to be written with it.
    tags: BTreeMap<String, (BTreeSet<String>, Option<String>)>,
}

/// How a property of an object is written and read.
#[derive(Clone, Debug, PartialEq)]
struct PropertyRepresentation {
    wire_name: String,
    /// What its getter returns where it is absent.
    default: Option<Json>,
    keywords: BTreeMap<String, Json>,
}

impl CallRepresentation {
    pub(super) fn of(operation: &Operation) -> Self {
        let parameters = operation.parameters.iter().map(|parameter| {
            let place = (parameter.name.clone(), parameter.style);
            (parameter.ident.clone(), place)
        });
        let successes = operation.successes.iter().map(|response| (true, response));
        let failures = operation.failures.iter().map(|response| (false, response));
        let responses = successes
            .chain(failures)
            .map(|(is_success, response)| (response.status, (is_success, Reading::of(response))));
        Self {
            accepted: operation.accepted().into_iter().map(str::to_owned).collect(),
            parameters: parameters.collect(),
            body: operation.body.as_ref().map(|body| body_representation(&body.content)),
            responses: responses.collect(),
        }
    }
}

fn body_representation(content: &Content) -> BodyRepresentation {
    match content {
        Content::Json { media_type, .. } | Content::Bytes(media_type) | Content::Stream(media_type) => {
            BodyRepresentation::Plain(media_type.clone())
        }
        Content::UrlEncoded { styles, .. } => BodyRepresentation::UrlEncoded(styles.iter().cloned().collect()),
        Content::Multipart { media_types, .. } => BodyRepresentation::Multipart(media_types.iter().cloned().collect()),
    }
}

impl Reading {
    fn of(response: &Response) -> Self {
        match &response.content {
            None => Self::None,
            Some(Content::Bytes(_)) => Self::Bytes,
            Some(Content::Stream(_)) => Self::Stream,
            Some(Content::Json { .. } | Content::UrlEncoded { .. } | Content::Multipart { .. }) => Self::Json,
        }
    }
}

impl TypeRepresentation {
    pub(super) fn of(api: &Api, def: &TypeDef) -> Self {
        let mut representation = Self {
            keywords: keywords(&def.keywords, def.kind.own_keywords()),
            ..Self::default()
        };
        match &def.kind {
            Kind::Struct { fields, .. } => {
                let properties = fields.iter().map(|field| (field.ident.clone(), property(api, field)));
                representation.properties = properties.collect();
            }
            Kind::Enum { values, .. } => {
                let values = values
                    .iter()
                    .map(|value| (value.ident.clone(), value.value.to_string()));
                representation.values = values.collect();
            }
            Kind::Union { variants, tag } => {
                representation.tag.clone_from(tag);
                representation.tags = variants.iter().map(tags).collect();
            }
            Kind::Tuple(_) | Kind::Alias(_) => {}
        }
        representation
    }
}

fn property(api: &Api, field: &Field) -> PropertyRepresentation {
    let default = analyze::default(api, field).filter(|_| analyze::getter(api, field).is_some());
    PropertyRepresentation {
        wire_name: field.wire_name.clone(),
        default: default.map(sorted),
        keywords: keywords(&field.keywords, &[]),
    }
}

fn tags(variant: &Variant) -> (String, (BTreeSet<String>, Option<String>)) {
    let tags = variant.tags.iter().cloned().collect();
    (variant.name.clone(), (tags, variant.written_tag.clone()))
}

/// The keywords, but for those that the type says by what it is.
fn keywords(keywords: &[(String, Json)], own: &[&str]) -> BTreeMap<String, Json> {
    let keywords = keywords.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    keywords.map(|(name, value)| (name.clone(), sorted(value))).collect()
}

/// The value with everything sorted whose order means nothing: the members of objects, and the names that `required` lists.
fn sorted(value: &Json) -> Json {
    match value {
        Json::Array(items) => Json::Array(items.iter().map(sorted).collect()),
        Json::Object(members) => {
            let members = members.iter().map(|(name, value)| {
                let mut value = sorted(value);
                if let ("required", Json::Array(names)) = (name.as_str(), &mut value) {
                    names.sort_by_key(ToString::to_string);
                }
                (name.clone(), value)
            });
            let members = members.collect::<BTreeMap<_, _>>();
            Json::Object(members.into_iter().collect())
        }
        other => other.clone(),
    }
}
