//! What mocks know: the schemas that a request is held against, what it is refused with, and plausible values of the types
//! that a server answers with.
//!
//! A request is held against the schemas as the document has them, since a type says less: that a number has a greatest
//! value, say. A value is made along the lowered schemas, since these are what the types are; the document's own schemas
//! only say what would be plausible.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    Lowering,
    bodies::chosen,
    schemas::{DEEPEST, component_of},
};
use crate::{
    api::{Answer, Checks, Content, Operation, Parameter, Property, Refusal, Says, Shape, Status, Variant, Words},
    pointer::Pointer,
};

/// The keywords that the mock server checks and that hold no schema.
const CHECKED: [&str; 14] = [
    "const",
    "enum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "type",
    "uniqueItems",
];

/// No list in a plausible value has more items than this, whatever the document asks for.
const MOST_ITEMS: u64 = 16;

/// No text in a plausible value is longer than this, in characters.
const LONGEST: u64 = 4096;

/// What the mock server tells about a request that it refuses for the lack of credentials.
const UNAUTHORIZED: u16 = 401;

/// The statuses with which APIs refuse a request that is not valid, and the one that is taken if neither is documented.
const INVALID: [u16; 2] = [422, 400];

impl Lowering<'_> {
    /// Fills in what mocks know. Every schema has its last form here.
    pub(super) fn mocks(&mut self) {
        let mut definitions = Definitions::default();
        let checks = self.api.operations.iter().map(|operation| Checks {
            parameters: self.parameter_schemas(operation, &mut definitions),
            body: self.body_schema(operation, &mut definitions),
            unauthorized: self.refusal(operation, &[UNAUTHORIZED]),
            invalid: self.refusal(operation, &INVALID),
        });
        let checks = checks.collect::<Vec<_>>();
        let received = self.api.schemas.iter().filter(|(_, schema)| schema.is_received);
        let fixtures = received.filter_map(|(key, _)| Some((key.clone(), self.fixture_of(key)?)));
        let fixtures = fixtures.collect::<Vec<_>>();
        for (operation, checks) in self.api.operations.iter_mut().zip(checks) {
            operation.checks = checks;
        }
        for (key, fixture) in fixtures {
            self.api
                .schemas
                .entry(key)
                .and_modify(|schema| schema.fixture = Some(fixture));
        }
        self.api.definitions = definitions.done;
    }

    /// The schemas of an operation's parameters, in their order.
    fn parameter_schemas(&self, operation: &Operation, definitions: &mut Definitions) -> Vec<Value> {
        let at = &operation.pointer;
        let places = [Some(at.clone()), at.parent()];
        let listed = places.into_iter().flatten().flat_map(|place| {
            let list = place.resolve(self.document).and_then(|whole| whole.get("parameters"));
            let list = list.and_then(Value::as_array).into_iter().flatten();
            list.filter_map(move |parameter| Some(self.end_of(parameter, &place)?.0))
        });
        let listed = listed.collect::<Vec<_>>();
        let schema_of = |parameter: &Parameter| {
            let found = listed.iter().find(|listed| {
                let is = |keyword: &str, text: &str| listed.get(keyword).is_some_and(|value| value == text);
                is("name", &parameter.name) && is("in", parameter.place.word())
            });
            let Some(found) = found else {
                return json!({"type": "string"});
            };
            let content = found.get("content").and_then(Value::as_object);
            let content = content.and_then(|content| content.values().next());
            content
                .unwrap_or(found)
                .get("schema")
                .cloned()
                .unwrap_or(Value::Bool(true))
        };
        let schemas = operation.parameters.iter().map(|parameter| {
            let schema = schema_of(parameter);
            self.checked(&schema, definitions, 0)
        });
        schemas.collect()
    }

    /// The schema of an operation's body, where it is not just bytes.
    fn body_schema(&self, operation: &Operation, definitions: &mut Definitions) -> Option<Value> {
        operation.body.as_ref()?.content.schema()?;
        let whole = operation.pointer.resolve(self.document)?.get("requestBody")?;
        let (body, _) = self.end_of(whole, &operation.pointer)?;
        let (_, _, value) = chosen(body.get("content")?.as_object()?)?;
        let schema = value.get("schema").unwrap_or(&Value::Bool(true));
        Some(self.checked(schema, definitions, 0))
    }

    /// What is checked of a schema; what it refers to is among the definitions.
    fn checked(&self, schema: &Value, definitions: &mut Definitions, depth: usize) -> Value {
        let Some(keywords) = schema.as_object().filter(|_| depth < DEEPEST) else {
            return Value::Bool(schema != &Value::Bool(false));
        };
        let mut inner = |schema: &Value| self.checked(schema, definitions, depth + 1);
        let mut checked = Map::new();
        for (keyword, value) in keywords {
            let kept = match (keyword.as_str(), value) {
                ("properties", Value::Object(members)) => {
                    let members = members.iter().map(|(name, schema)| (name.clone(), inner(schema)));
                    Value::Object(members.collect())
                }
                ("items" | "additionalProperties", Value::Object(_) | Value::Bool(false)) => inner(value),
                ("prefixItems" | "allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => {
                    schemas.iter().map(&mut inner).collect()
                }
                ("required", Value::Array(names)) => {
                    // What only the server writes is nothing that a request lacks.
                    let is_sent = |name: &&Value| {
                        let property = name.as_str().and_then(|name| schema["properties"].get(name));
                        let followed = property.and_then(|property| self.followed(property));
                        followed.is_none_or(|property| property["readOnly"] != true)
                    };
                    names.iter().filter(is_sent).cloned().collect()
                }
                ("exclusiveMinimum" | "exclusiveMaximum", Value::Number(_)) => value.clone(),
                ("format", Value::String(format)) => match known_format(format) {
                    Some(format) => format.into(),
                    None => continue,
                },
                (keyword, _) if CHECKED.contains(&keyword) => value.clone(),
                _ => continue,
            };
            checked.insert(keyword.clone(), kept);
        }
        // Before OpenAPI 3.1, it was said beside a limit that it is exclusive.
        for (exclusive, limit) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
            if keywords.get(exclusive) == Some(&Value::Bool(true)) {
                checked
                    .remove(limit)
                    .map(|limit| checked.insert(exclusive.into(), limit));
            }
        }
        if let Some(reference) = keywords.get("$ref").and_then(Value::as_str)
            && let Some(name) = self.definition(reference, definitions)
        {
            checked.insert("$ref".into(), name.into());
        }
        let checked = Value::Object(checked);
        if keywords.get("nullable") == Some(&Value::Bool(true)) {
            return json!({"anyOf": [checked, {"type": "null"}]});
        }
        checked
    }

    /// The name of what a reference leads to, among the definitions; `None` if it leads nowhere.
    fn definition(&self, reference: &str, definitions: &mut Definitions) -> Option<String> {
        let target = Pointer::from_reference(reference)?;
        let schema = target.resolve(self.document)?;
        if let Some(name) = definitions.names.get(&target) {
            return Some(name.clone());
        }
        let name = if target.parent() == Some(Pointer::root().child("components").child("schemas")) {
            target.segments().last()?
        } else {
            target.to_string()
        };
        definitions.names.insert(target, name.clone());
        let checked = self.checked(schema, definitions, 0);
        definitions.done.insert(name.clone(), checked);
        Some(name)
    }

    /// What a request is refused with: the first of these statuses that is documented, or else what the document has for
    /// a status of that kind.
    fn refusal(&self, operation: &Operation, statuses: &[u16]) -> Refusal {
        let documented = |status: Status| operation.failures.iter().find(|failure| failure.status == status);
        let found = statuses
            .iter()
            .find_map(|code| Some((*code, documented(Status::Code(*code))?)));
        let other = || documented(Status::Class(4)).or_else(|| documented(Status::Default));
        let found = found.or_else(|| Some((statuses[0], other()?)));
        let (status, content) = match found {
            Some((status, Answer { content, .. })) => (status, content.as_ref()),
            None => (statuses[0], None),
        };
        let nothing = Refusal {
            status,
            ..Refusal::default()
        };
        match content {
            None => nothing,
            Some(Content::Bytes(media_type) | Content::Stream(media_type)) => Refusal {
                media_type: sent_as(media_type),
                says: Says::Text(None),
                ..nothing
            },
            Some(content) => {
                let schema = content.schema().and_then(|schema| self.probed.get(&schema.probe));
                let body = schema.and_then(|schema| self.fixture(schema, None, &mut Vec::new()));
                let says = content.component().and_then(|key| self.says(key));
                Refusal {
                    media_type: content.media_type().unwrap_or("application/json").into(),
                    body,
                    says: says.unwrap_or(Says::Nothing),
                    ..nothing
                }
            }
        }
    }

    /// How a failure of that type says what is wrong.
    fn says(&self, key: &str) -> Option<Says> {
        let property = self.api.words(key)?;
        if let Words::Each(items) = &property.words {
            let Shape::Object(properties) = &self.api.schemas.get(items)?.shape else {
                return None;
            };
            let of = |found: Option<&Property>| found.map(|property| property.name.clone());
            return Some(Says::Faults {
                list: property.name.clone(),
                item: self.fixture_of(items)?,
                text: self.api.words(items)?.name.clone(),
                place: of(properties.iter().find(|property| property.words == Words::Place)),
                kind: of(properties
                    .iter()
                    .find(|property| property.name == "type" && property.words == Words::Text)),
            });
        }
        Some(Says::Text(Some(property.name.clone())))
    }

    /// A plausible value of a type.
    fn fixture_of(&self, key: &str) -> Option<Value> {
        self.fixture(
            &json!({"$ref": format!("#/components/schemas/{key}")}),
            None,
            &mut Vec::new(),
        )
    }

    /// A plausible value for a lowered schema; `None` if it would hold itself without end. `said` is what the document says
    /// of it, and `outer` the types that it stands in.
    fn fixture(&self, lowered: &Value, said: Option<&Said<'_>>, outer: &mut Vec<String>) -> Option<Value> {
        if lowered["nullable"] == true {
            return Some(Value::Null);
        }
        let inner = lowered.get("allOf").map_or(lowered, |all| &all[0]);
        if let Some(key) = component_of(inner) {
            if outer.contains(&key) {
                return None;
            }
            outer.push(key.clone());
            let value = self.fixture_within(&key, said, outer);
            outer.pop();
            return value;
        }
        let said = said.copied().unwrap_or_default();
        Some(match inner["type"].as_str() {
            Some("string") => said.text(inner["format"].as_str()).into(),
            Some(kind @ ("integer" | "number")) => said.number(kind == "integer", inner["format"].as_str()),
            Some("boolean") => said
                .values()
                .find(|value| value.is_boolean())
                .unwrap_or(&Value::Bool(false))
                .clone(),
            Some("array") => {
                let count = said.limit("minItems").unwrap_or(0).min(MOST_ITEMS);
                let of_items = said.schema.and_then(|schema| schema.get("items"));
                let followed = of_items.and_then(|schema| self.followed(schema));
                let items = Said {
                    schema: followed.as_ref(),
                    ..said
                };
                let items = (0..count).map(|_| self.fixture(&inner["items"], Some(&items), outer));
                items.collect::<Option<_>>()?
            }
            Some("object") => json!({}),
            _ => said.values().next().cloned().unwrap_or_default(),
        })
    }

    /// A plausible value of a type that stands within others.
    fn fixture_within(&self, key: &str, said: Option<&Said<'_>>, outer: &mut Vec<String>) -> Option<Value> {
        let schema = self.api.schemas.get(key)?;
        let own = schema.pointer.resolve(self.document);
        let followed = own.and_then(|own| self.followed(own));
        // What stands beside a reference says more than what it leads to.
        let name = said.map_or(key, |said| said.name);
        let own_said = Said {
            schema: followed.as_ref(),
            name,
            ..Said::default()
        };
        let said = said.filter(|said| said.values().next().is_some()).unwrap_or(&own_said);
        match &schema.shape {
            Shape::Object(properties) => self.fixture_of_object(key, properties, followed.as_ref(), outer),
            Shape::Tuple(variants) => {
                let items = variants.iter().map(|variant| self.fixture_of_variant(variant, outer));
                items.collect::<Option<_>>()
            }
            Shape::Union { variants, tag } => variants.iter().find_map(|variant| {
                let mut value = self.fixture_of_variant(variant, outer)?;
                if let (Some(tag), Some(own), Some(object)) = (tag, variant.tags.first(), value.as_object_mut()) {
                    object.insert(tag.clone(), own.clone().into());
                }
                Some(value)
            }),
            Shape::Choice(values) => {
                let known = said.values().filter_map(Value::as_str);
                let mut known = known.filter(|value| values.iter().any(|own| own == value));
                Some(known.next().or(values.first().map(String::as_str))?.into())
            }
            Shape::Text { min, max, .. } => {
                let said = Said {
                    schema: followed.as_ref(),
                    lengths: (*min, *max),
                    ..*said
                };
                let text = said.text(None);
                said.allows(&text).then(|| text.into())
            }
            Shape::Other => {
                let said = Said {
                    schema: followed.as_ref(),
                    ..*said
                };
                self.fixture(self.schemas.get(key)?, Some(&said), outer)
            }
        }
    }

    fn fixture_of_variant(&self, variant: &Variant, outer: &mut Vec<String>) -> Option<Value> {
        self.fixture(self.probed.get(&variant.probe)?, None, outer)
    }

    fn fixture_of_object(
        &self,
        key: &str,
        properties: &[Property],
        own: Option<&Value>,
        outer: &mut Vec<String>,
    ) -> Option<Value> {
        let at = &self.api.schemas.get(key)?.pointer;
        let members = own
            .and_then(|own| self.members_of(own, at))
            .map_or(Vec::new(), |(members, _)| members);
        let examples = own.map_or(Vec::new(), examples);
        let mut object = Map::new();
        for property in properties.iter().filter(|property| property.required) {
            let member = members.iter().find(|member| member.name == property.name);
            let schema = member.and_then(|member| self.followed(&member.schema));
            let said = Said {
                schema: schema.as_ref(),
                name: &property.name,
                example: examples.iter().find_map(|example| example.get(&property.name)),
                lengths: (None, None),
            };
            let lowered = &self.schemas.get(key)?["properties"][&property.field];
            object.insert(property.name.clone(), self.fixture(lowered, Some(&said), outer)?);
        }
        Some(object.into())
    }
}

/// The schemas that requests refer to.
#[derive(Default)]
struct Definitions {
    names: BTreeMap<Pointer, String>,
    done: BTreeMap<String, Value>,
}

/// What the document says of a value.
#[derive(Clone, Copy, Default)]
struct Said<'a> {
    /// Its schema, where references were followed.
    schema: Option<&'a Value>,
    /// The name of the property that it is of.
    name: &'a str,
    /// What the object that it stands in has for it in an example.
    example: Option<&'a Value>,
    /// How many characters a text has at least and at most, where its type checks that.
    lengths: (Option<u64>, Option<u64>),
}

impl<'a> Said<'a> {
    /// The values that the document itself has, the more binding ones first.
    fn values(&self) -> impl Iterator<Item = &'a Value> {
        let keyword = |keyword: &str| self.schema.and_then(|schema| schema.get(keyword));
        let listed = keyword("enum").and_then(Value::as_array).into_iter().flatten();
        let schema = self.schema;
        keyword("const")
            .into_iter()
            .chain(self.example)
            .chain(schema.into_iter().flat_map(examples))
            .chain(keyword("default"))
            .chain(listed)
            .filter(|value| !value.is_null())
    }

    fn limit(&self, keyword: &str) -> Option<u64> {
        self.schema?.get(keyword)?.as_u64()
    }

    /// A text of that format, which is one that the types check.
    fn text(&self, format: Option<&str>) -> String {
        let of_document = self.values().filter_map(Value::as_str);
        // Whether an example is a date, say, is not known here.
        let is_free = matches!(format, None | Some("password"));
        let mut own = of_document.filter(|text| is_free && self.allows(text));
        let format = format.or_else(|| self.schema?.get("format")?.as_str());
        if let Some(own) = own.next() {
            return own.into();
        }
        let usual = match format {
            Some("uuid") => "8a6e0804-2bd0-4672-b79d-d97027f9071a",
            Some("date-time") => "2030-01-02T03:04:05Z",
            Some("date") => "2030-01-02",
            Some("email") => "someone@example.com",
            Some("uri" | "url") => "https://example.com/",
            Some("password") => return format!("a-mock-{}", self.name),
            _ => return self.fitted(self.name),
        };
        if is_free && !self.allows(usual) {
            return self.fitted(usual);
        }
        usual.into()
    }

    /// The limits of a text's length: those that its type checks, or else those that the document says.
    fn lengths(&self) -> (Option<u64>, Option<u64>) {
        match self.lengths {
            (None, None) => (self.limit("minLength"), self.limit("maxLength")),
            checked => checked,
        }
    }

    fn allows(&self, text: &str) -> bool {
        let length = text.chars().count() as u64;
        let (min, max) = self.lengths();
        min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max)
    }

    /// The text, cut or repeated to a length that is allowed.
    fn fitted(&self, text: &str) -> String {
        let (min, max) = self.lengths();
        let min = min.unwrap_or(0).min(LONGEST);
        let max = max.unwrap_or(LONGEST).max(min);
        let text = if text.is_empty() { "text" } else { text };
        let count = (text.chars().count() as u64).clamp(min, max);
        let count = usize::try_from(count).unwrap_or_default();
        text.chars().cycle().take(count).collect()
    }

    fn number(&self, is_integer: bool, format: Option<&str>) -> Value {
        let fits = |value: &&Value| match format {
            _ if !is_integer => value.is_number(),
            Some("int32") => value.as_i64().is_some_and(|value| i32::try_from(value).is_ok()),
            Some("uint32") => value.as_u64().is_some_and(|value| u32::try_from(value).is_ok()),
            Some("uint64") => value.is_u64(),
            _ => value.is_i64(),
        };
        if let Some(own) = self.values().find(fits) {
            return own.clone();
        }
        let bound = |keyword: &str| self.schema.and_then(|schema| schema.get(keyword)?.as_i64());
        let least = bound("minimum").max(bound("exclusiveMinimum").map(|bound| bound.saturating_add(1)));
        let most = bound("maximum").or(bound("exclusiveMaximum").map(|bound| bound.saturating_sub(1)));
        let number = 0.max(least.unwrap_or(0)).min(most.unwrap_or(i64::MAX));
        if is_integer {
            number.into()
        } else {
            json!(number).as_f64().into()
        }
    }
}

/// What a schema gives as examples.
fn examples(schema: &Value) -> Vec<&Value> {
    let several = schema.get("examples").and_then(Value::as_array).into_iter().flatten();
    several.chain(schema.get("example")).collect()
}

/// The formats that the mock server checks.
fn known_format(format: &str) -> Option<&str> {
    match format {
        "uuid1" | "uuid3" | "uuid4" | "uuid5" | "uuid7" => Some("uuid"),
        "uuid" | "date-time" | "date" | "email" | "uri" => Some(format),
        _ => None,
    }
}

/// A media type that an answer can have, for one that is asked for.
fn sent_as(media_type: &str) -> String {
    if media_type.contains('*') {
        "text/plain".into()
    } else {
        media_type.to_owned()
    }
}
