//! The bodies of requests.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    build::Build,
    description::{component_at, target},
    intersection::members_of,
    media_type::{Encoding, essence, is_json, is_sendable, is_text, json_on_the_wire, others, sent},
    node::Node,
    openapi_keywords::{MEDIA_TYPE, REQUEST_BODY},
    parameters::query_style,
    part_media_types::part_media_types,
    site::{Site, resolved_or},
    vocabulary::{demands, flag, has_items, has_properties, list, members, text},
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::{
        names,
        operation::{Body, Content, ParameterStyle},
        prose::code,
        rules::Rules,
        ty::Ty,
    },
};

/// The body of a request.
pub(super) fn body<'a>(
    build: &mut Build<'a>,
    value: &'a Value,
    at: &Pointer,
    type_name: &str,
    site: Site<'_>,
) -> Option<Body> {
    let instead = "any JSON can be sent";
    let Some((body, at)) = resolved_or(&build.description, &mut build.reports, value, at, site, instead) else {
        return Some(Body {
            required: false,
            content: Content::Json {
                media_type: "application/json".into(),
                ty: Ty::Any,
            },
            rules: Rules::default(),
        });
    };
    build.reports.keywords(body, &at, "a request body", &REQUEST_BODY);
    let content = body.get("content").and_then(Value::as_object);
    let Some((content, (encoding, media_type, value))) = content.and_then(|content| Some((content, sent(content)?)))
    else {
        build.reports.malformed("content", &at);
        return None;
    };
    let at = at.child("content");
    let name = names::inline(type_name, "body");
    if let Some(others) = others(content, &at, |content| Some(sent(content)?.1)) {
        let text = format!("of its media types, the client sends {others}");
        build.reports.note(Rule::SeveralMediaTypes, &at, text);
    }
    let at = at.child(media_type);
    build.reports.keywords(value, &at, "a media type", &MEDIA_TYPE);
    if value.get("encoding").is_some() && matches!(encoding, Encoding::Bytes | Encoding::Json) {
        let text = "only the parts of a form have an `encoding`: not used";
        build.reports.note(Rule::UnusedEncoding, &at.child("encoding"), text);
    }
    let content = match encoding {
        Encoding::Bytes => {
            note_untyped(build, media_type, value, &at);
            Content::Bytes(sent_media_type(build, media_type, &at))
        }
        Encoding::Json => Content::Json {
            media_type: json_on_the_wire(media_type),
            ty: content_type(build, value, &at, &name),
        },
        Encoding::UrlEncoded => Content::UrlEncoded {
            ty: content_type(build, value, &at, &name),
            styles: styles(build, value, &at),
        },
        Encoding::Multipart => {
            if essence(media_type) != "multipart/form-data" {
                build
                    .reports
                    .note(Rule::MultipartSubtype, &at, "sent as `multipart/form-data`");
            }
            let ty = content_type(build, value, &at, &name);
            Content::Multipart {
                media_types: part_media_types(build, value, &at, &ty),
                ty,
            }
        }
    };
    let schema = value.get("schema").map_or(Cow::Owned(Value::Bool(true)), Cow::Borrowed);
    let node = Node::of(schema.clone(), at.child("schema"));
    let rules = content.ty().map(|ty| build.rules_of(&node, ty));
    Some(Body {
        required: flag(body, "required"),
        rules: rules.unwrap_or_default(),
        content,
    })
}

/// How the properties of a form are written of which its `encoding` says it.
fn styles<'a>(build: &mut Build<'a>, content: &'a Value, at: &Pointer) -> Vec<(String, ParameterStyle)> {
    let place = at.child("encoding");
    let mut styles = Vec::new();
    let schema = content.get("schema").map(|schema| Node::at(schema, at.child("schema")));
    let object = schema.and_then(|schema| members_of(&build.description, &schema));
    let object = object.filter(|object| object.additional.is_none());
    for (name, encoding) in members(content, "encoding") {
        let at = place.child(name);
        if object
            .as_ref()
            .is_some_and(|object| !object.members.iter().any(|member| member.name == *name))
        {
            build
                .reports
                .note(Rule::UnknownPart, &at, "the form has no property of that name");
        }
        let is_said = ["style", "explode", "allowReserved"]
            .iter()
            .any(|keyword| encoding.get(*keyword).is_some());
        if is_said {
            styles.extend(query_style(encoding).map(|style| (name.clone(), style)));
        } else if text(encoding, "contentType").is_some_and(is_json) {
            styles.push((name.clone(), ParameterStyle::QueryJson));
        }
        for keyword in encoding.as_object().into_iter().flatten().map(|(keyword, _)| keyword) {
            // A `contentType` of text is what is done anyway. With `style`, it does not count.
            let is_used = match keyword.as_str() {
                "style" => query_style(encoding).is_some(),
                "contentType" => {
                    is_said
                        || text(encoding, "contentType")
                            .is_some_and(|media_type| is_json(media_type) || is_text(media_type))
                }
                "allowReserved" => !flag(encoding, keyword),
                keyword => keyword == "explode" || keyword.starts_with("x-"),
            };
            if !is_used {
                let text = match keyword.as_str() {
                    "allowReserved" => "`allowReserved`: what is reserved is percent-encoded all the same".to_owned(),
                    keyword => format!("`{keyword}` of a property of a form is not used"),
                };
                build.reports.note(Rule::UnusedEncoding, &at.child(keyword), text);
            }
        }
    }
    styles
}

/// The type of what a media type holds.
pub(super) fn content_type<'a>(build: &mut Build<'a>, value: &'a Value, at: &Pointer, name: &str) -> Ty {
    let schema = value.get("schema").map_or(Cow::Owned(Value::Bool(true)), Cow::Borrowed);
    build.ty_of(&Node::of(schema, at.child("schema")), name)
}

/// Notes the type that is lost where a body is bytes, and its schema describes something else.
pub(super) fn note_untyped<'a>(build: &mut Build<'a>, media_type: &str, value: &'a Value, at: &Pointer) {
    for keyword in ["schema", "itemSchema"] {
        let Some(schema) = value.get(keyword) else { continue };
        let at = at.child(keyword);
        let followed = build.description.followed(&Node::at(schema, at.clone()));
        let Some(followed) = followed.filter(|schema| is_no_text(schema)) else {
            continue;
        };
        let component = target(schema).and_then(|target| component_at(&target));
        let lost = match (component, text(&followed, "type")) {
            (Some((name, within)), _) if within.is_empty() => format!("the schema {}", code(&name)),
            (_, Some(kind)) => format!("a schema of the type {}", code(kind)),
            _ => "a schema".into(),
        };
        let text = format!(
            "{lost} is lost: {} is neither read nor written, and the body is bytes",
            code(&essence(media_type))
        );
        build.reports.note(Rule::UntypedBody, &at, text);
    }
}

/// Whether a schema describes more than a text or bytes.
fn is_no_text(schema: &Value) -> bool {
    let is_composed = || {
        ["allOf", "anyOf", "oneOf"]
            .iter()
            .any(|keyword| list(schema, keyword).iter().any(demands))
    };
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind != "string" && kind != "null"),
        Some(kind) => kind != "string" && kind != "file",
        None => has_properties(schema) || has_items(schema) || is_composed(),
    }
}

/// A media type that a body can be sent as: a range of them is none, nor is one that no header can carry.
fn sent_media_type(build: &mut Build<'_>, media_type: &str, at: &Pointer) -> String {
    if media_type.contains('*') || !is_sendable(media_type) {
        let text = format!("{media_type:?} is no type that a body can be sent as: bytes");
        build.reports.note(Rule::UnsendableMediaType, at, text);
        return "application/octet-stream".into();
    }
    media_type.to_owned()
}
