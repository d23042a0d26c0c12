//! The rules for what requests and answers hold.

use serde_json::{Map, Value, json};

use super::{Lowering, operations::Site, schemas::component_of};
use crate::{
    api::{Answer, Body, Content, Status, Typed, Variant},
    names,
    pointer::Pointer,
    prose::one_line,
};

/// How a body is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Json,
    Form,
    Multipart,
    Bytes,
}

impl<'a> Lowering<'a> {
    /// The body of a request.
    pub(super) fn body(&mut self, body: &'a Value, at: &Pointer, type_name: &str, site: Site<'_>) -> Option<Body> {
        let (body, at) = self.resolved(body, at, site)?;
        let content = body.get("content").and_then(Value::as_object)?;
        let at = at.child("content");
        let name = names::inline(type_name, "body");
        let (kind, media_type, value) = chosen(content)?;
        if content.len() > 1 {
            self.note(&at, format!("of its media types, the client sends `{media_type}`"));
        }
        let at = at.child(media_type);
        let place = at.child("schema");
        let content = match kind {
            Kind::Bytes => Content::Bytes(self.sent_media_type(media_type, &at)),
            Kind::Json => Content::Json {
                media_type: json_media_type(media_type),
                schema: self.typed_content(value, &place, &name),
            },
            Kind::Form => {
                let encodings = value.get("encoding").and_then(Value::as_object).into_iter().flatten();
                let mut styles = encodings.map(|(_, encoding)| encoding.get("style"));
                Content::Form {
                    schema: self.typed_content(value, &place, &name),
                    is_deep: styles.any(|style| style.is_some_and(|style| style == "deepObject")),
                }
            }
            Kind::Multipart => {
                if essence(media_type) != "multipart/form-data" {
                    self.note(&at, "sent as `multipart/form-data`");
                }
                let schema = self.typed_content(value, &place, &name);
                Content::Multipart {
                    media_types: self.part_media_types(value, &at, &schema),
                    schema,
                }
            }
        };
        Some(Body {
            required: body.get("required") == Some(&Value::Bool(true)),
            content,
        })
    }

    fn typed_content(&mut self, value: &Value, at: &Pointer, name: &str) -> Typed {
        let made = self.inline(value.get("schema").unwrap_or(&Value::Bool(true)), at, name);
        Typed {
            component: component_of(&made),
            probe: self.probe(made),
        }
    }

    /// A media type that a body can be sent as: a range of them is none, nor is one that no header can carry.
    fn sent_media_type(&mut self, media_type: &str, at: &Pointer) -> String {
        if media_type.contains('*') || !is_sendable(media_type) {
            self.note(
                at,
                format!("{media_type:?} is no type that a body can be sent as: bytes"),
            );
            return "application/octet-stream".into();
        }
        media_type.to_owned()
    }

    /// The successes and failures of an operation, each in the order of their statuses.
    pub(super) fn answers(
        &mut self,
        site: Site<'_>,
        type_name: &str,
        operation: &'a Value,
        at: &Pointer,
    ) -> Option<(Vec<Answer>, Vec<Answer>)> {
        let at = at.child("responses");
        let Some(responses) = operation.get("responses").and_then(Value::as_object) else {
            self.fault(
                &at,
                "the operation has no `responses`",
                format!("take the document from the vendor again, or {}", site.leave_out()),
            );
            return None;
        };
        let mut successes = Vec::new();
        let mut failures = Vec::new();
        for (key, response) in responses.iter().filter(|(key, _)| !key.starts_with("x-")) {
            let at = at.child(key);
            let Some(status) = status(key) else {
                self.note(
                    &at,
                    format!("`{key}` is no status: an answer that it may mean is undocumented"),
                );
                continue;
            };
            let known = |answer: &Answer| answer.status == status;
            if successes.iter().chain(&failures).any(known) {
                self.note(&at, format!("`{key}` a second time is not used"));
                continue;
            }
            let Some((response, at)) = self.resolved(response, &at, site) else {
                continue;
            };
            let (line, variant) = names::status(status);
            let is_success = matches!(status, Status::Code(200..=299) | Status::Class(2));
            let place = if is_success { "response" } else { &variant };
            let name = names::inline(type_name, place);
            let content = self.answer_content(response, &at, &name, is_success);
            let description = response.get("description").and_then(Value::as_str);
            let answer = Answer {
                status,
                line,
                variant,
                description: one_line(description.unwrap_or_default()),
                content,
            };
            if is_success {
                successes.push(answer);
            } else {
                failures.push(answer);
            }
        }
        // Where no success is documented, what holds for every status holds for these.
        if let (true, Some(response)) = (successes.is_empty(), responses.get("default")) {
            let (response, at) = self.resolved(response, &at.child("default"), site)?;
            let (line, variant) = names::status(Status::Class(2));
            let description = response.get("description").and_then(Value::as_str);
            successes.push(Answer {
                status: Status::Class(2),
                line,
                variant,
                description: one_line(description.unwrap_or_default()),
                content: self.answer_content(response, &at, &names::inline(type_name, "default"), true),
            });
        }
        for answers in [&mut successes, &mut failures] {
            answers.sort_by_key(|answer| answer.status);
        }
        Some((successes, failures))
    }

    fn answer_content(&mut self, response: &Value, at: &Pointer, name: &str, is_success: bool) -> Option<Content> {
        let content = response.get("content").and_then(Value::as_object)?;
        let at = at.child("content");
        let json = content.iter().find(|(media_type, _)| is_json(media_type));
        let json = json.or_else(|| {
            content
                .iter()
                .find(|(media_type, value)| is_json_of_any_name(media_type, value))
        });
        let (media_type, value) = json.or_else(|| content.iter().next())?;
        if content.len() > 1 {
            self.note(&at, format!("of its media types, the client asks for `{media_type}`"));
        }
        if json.is_some() {
            return Some(Content::Json {
                media_type: json_media_type(media_type),
                schema: self.typed_content(value, &at.child(media_type).child("schema"), name),
            });
        }
        let asked = if is_sendable(media_type) {
            media_type.clone()
        } else {
            "*/*".into()
        };
        let is_events = essence(media_type) == "text/event-stream";
        Some(if is_success && (is_events || !is_text(media_type)) {
            Content::Stream(asked)
        } else {
            Content::Bytes(asked)
        })
    }

    /// The probe for a lowered schema, the same for the same schema.
    pub(super) fn probe(&mut self, schema: Value) -> String {
        let number = self.probes.len();
        let name = self.probes.entry(schema.to_string()).or_insert_with(|| {
            let name = format!("probe_{number}");
            self.probed.insert(name.clone(), schema);
            name
        });
        name.clone()
    }

    /// The lowered schemas of a union's variants.
    pub(super) fn schemas_of(&self, variants: &[Variant]) -> impl Iterator<Item = &Value> {
        variants.iter().filter_map(|variant| self.probed.get(&variant.probe))
    }
}

/// Of the media types of a body, the one that it is sent as, and how that is written.
pub(super) fn chosen(content: &Map<String, Value>) -> Option<(Kind, &String, &Value)> {
    let kind = |media_type: &str, value: &Value| match essence(media_type) {
        _ if is_json(media_type) || is_json_of_any_name(media_type, value) => Kind::Json,
        essence if essence == "application/x-www-form-urlencoded" => Kind::Form,
        essence if essence.starts_with("multipart/") => Kind::Multipart,
        _ => Kind::Bytes,
    };
    let kinds = content
        .iter()
        .map(|(media_type, value)| (kind(media_type, value), media_type, value));
    kinds.min_by_key(|(kind, ..)| *kind as u8)
}

/// The statuses that a key of `responses` stands for.
fn status(key: &str) -> Option<Status> {
    if key == "default" {
        return Some(Status::Default);
    }
    if let Some(class) = key.to_ascii_uppercase().strip_suffix("XX") {
        let class = class.parse().ok().filter(|class| (1..=5).contains(class));
        return class.map(Status::Class);
    }
    let is_code = |code: &u16| key.len() == 3 && (100..=599).contains(code);
    key.parse().ok().filter(is_code).map(Status::Code)
}

/// A media type without its parameters, in small letters.
pub(super) fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether a media type is JSON, or one that is written in it (`application/problem+json`).
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    ["application/json", "text/json", "json"].contains(&essence.as_str()) || essence.ends_with("+json")
}

/// Whether what is said to be of any media type is JSON: where its schema is more than text.
fn is_json_of_any_name(media_type: &str, value: &Value) -> bool {
    let is_any = ["*/*", "application/*", "*"].contains(&essence(media_type).as_str());
    let schema = value.get("schema").and_then(Value::as_object);
    is_any && schema.is_some_and(|schema| !schema.is_empty() && schema.get("type").is_none_or(|kind| kind != "string"))
}

fn json_media_type(media_type: &str) -> String {
    if is_sendable(media_type) && media_type.contains('/') && !media_type.contains('*') {
        media_type.to_owned()
    } else {
        "application/json".into()
    }
}

/// Whether a media type is text.
pub(super) fn is_text(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence.ends_with("xml") || essence.starts_with("text/")
}

/// Whether a header can carry it.
pub(super) fn is_sendable(media_type: &str) -> bool {
    media_type.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

/// No body at all, as progenitor is given it.
pub(super) fn nothing() -> Value {
    json!({"204": {"description": ""}})
}
