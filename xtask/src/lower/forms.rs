//! The rules for forms with files (`multipart/form-data`): which schemas are files, and what the parts are sent as.

use std::collections::{BTreeSet, VecDeque};

use serde_json::{Value, json};

use super::{
    Lowering,
    bodies::{Kind, chosen, essence, is_json, is_sendable, is_text},
    nullable::without_null,
    references::used_by,
    schemas::{DEEPEST, Made, component_of, plain, says_something},
};
use crate::{
    api::{Shape, Typed},
    pointer::Pointer,
};

/// The format, of our own, of a string that is a file of an upload.
pub const UPLOAD: &str = "x-upload";

/// What a schema is to a form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    /// All of it: its properties are the parts.
    Whole,
    /// The parts of one name; without a type, they are files.
    Named,
    /// The parts of one name, which the document says to be text or JSON.
    Text,
    /// Other parts: of a name that the document does not give, or one of several types.
    Other,
}

/// What operations send.
#[derive(Default)]
struct Bodies<'a> {
    /// The schemas of forms with files.
    forms: Vec<Pointer>,
    /// The parts that are text or JSON, whatever their schemas say.
    texts: BTreeSet<&'a str>,
    /// All other bodies.
    json: Vec<&'a Value>,
}

/// Whether what stands there is one of `places`, or stands in one.
fn holds(places: &BTreeSet<Pointer>, at: &Pointer) -> bool {
    !places.is_empty() && at.outwards().any(|place| places.contains(&place))
}

impl<'a> Lowering<'a> {
    /// Finds the schemas that are files: what is a part of a form by itself, be it in a list or one of several types.
    /// Within an object, which is sent as JSON, it is text.
    pub(super) fn find_files(&mut self) {
        let Bodies { forms, texts, mut json } = self.bodies();
        let forms = forms.into_iter().map(|form| (form, Role::Whole));
        let mut next = forms.collect::<VecDeque<_>>();
        let mut seen = BTreeSet::new();
        let mut files = BTreeSet::new();
        let mut json_places = BTreeSet::new();
        while let Some((at, role)) = next.pop_front() {
            if !seen.insert((at.clone(), role)) {
                continue;
            }
            let schema = match at.resolve(self.document) {
                Some(schema) => schema,
                None if role == Role::Whole => &Value::Bool(true),
                None => continue,
            };
            if is_untyped(schema) || role == Role::Whole && is_any_object(schema) {
                match role {
                    Role::Named => {
                        let text = "without a type it is a file: if it is text or JSON, say so in openapi/overlay.yaml";
                        self.note(&at, text);
                        self.files.insert(at);
                    }
                    Role::Text => {}
                    Role::Whole | Role::Other => {
                        self.note(&at, "any JSON: what it holds is sent as text or JSON, never as a file");
                    }
                }
                continue;
            }
            if role != Role::Whole && self.is_file(schema) {
                files.extend(self.end_of(schema, &at).map(|(_, end)| end));
                self.files.insert(at);
                continue;
            }
            let inner = if role == Role::Whole { role } else { Role::Other };
            let reference = schema.get("$ref").and_then(Value::as_str);
            next.extend(
                reference
                    .and_then(Pointer::from_reference)
                    .map(|target| (target, inner)),
            );
            for keyword in ["allOf", "anyOf", "oneOf"] {
                next.extend(children(schema, keyword, &at).map(|child| (child, inner)));
            }
            if role == Role::Whole {
                next.extend(children(schema, "properties", &at).map(|child| {
                    let is_text = texts.contains(child.segments().last().unwrap_or_default().as_str());
                    (child, if is_text { Role::Text } else { Role::Named })
                }));
                next.extend(children(schema, "patternProperties", &at).map(|child| (child, Role::Other)));
                next.push_back((at.child("additionalProperties"), Role::Other));
            } else {
                next.extend(children(schema, "prefixItems", &at).map(|child| (child, Role::Other)));
                next.push_back((at.child("items"), role));
                if schema.get("properties").is_some() {
                    json.push(schema);
                    json_places.insert(at);
                }
            }
        }
        for (at, schema) in files.iter().filter_map(|at| Some((at, at.resolve(self.document)?))) {
            self.known(
                schema,
                at,
                &["type", "format", "contentMediaType", "allOf", "anyOf", "oneOf"],
            );
        }
        if self.files.is_empty() {
            return;
        }
        json_places.extend(used_by(self.document, json));
        for at in self.files.clone().iter().filter(|at| holds(&json_places, at)) {
            let text = "a file, and within JSON as well: there it is sent as text, so it must be in memory, and UTF-8";
            self.note(at, text);
        }
    }

    /// What operations send.
    fn bodies(&self) -> Bodies<'a> {
        let mut bodies = Bodies::default();
        for (_, operation, at) in self.every_operation() {
            let body = operation.get("requestBody");
            let Some((body, at)) = body.and_then(|body| self.end_of(body, &at.child("requestBody"))) else {
                continue;
            };
            let content = body.get("content").and_then(Value::as_object);
            let Some((kind, media_type, value)) = content.and_then(chosen) else {
                continue;
            };
            if kind != Kind::Multipart {
                bodies.json.push(value);
                continue;
            }
            bodies.forms.push(at.child("content").child(media_type).child("schema"));
            for (name, encoding) in encodings(value) {
                let media_type = encoding.get("contentType").and_then(Value::as_str).unwrap_or_default();
                if is_json(media_type) || is_text(media_type) {
                    bodies.texts.insert(name.as_str());
                }
            }
        }
        bodies
    }

    /// A file, if that is what stands there.
    pub(super) fn file(&self, at: &Pointer) -> Option<Made> {
        holds(&self.files, at).then(|| plain(json!({"type": "string", "format": UPLOAD})))
    }

    /// Whether a schema is that of a file, or a reference to one.
    pub(super) fn is_file(&self, schema: &Value) -> bool {
        let Some(schema) = self.followed(schema) else {
            return false;
        };
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let mut parts = parts.filter_map(|part| self.followed(part));
        is_binary(&schema) || parts.any(|part| is_binary(&part))
    }

    /// The media types of the parts of a form, by their names. What else the document says of how they are written is not
    /// done.
    pub(super) fn part_media_types(&mut self, content: &Value, at: &Pointer, form: &Typed) -> Vec<(String, String)> {
        let mut media_types = Vec::new();
        let form = self.probed.get(&form.probe).map_or(Value::Null, Value::clone);
        if !self.is_object(&form, 0) {
            let text = "no object, so the parts of the form have no names, and no call can be sent: describe its \
                        properties in openapi/overlay.yaml";
            self.note(&at.child("schema"), text);
        }
        let schema = content.get("schema").unwrap_or(&Value::Null);
        let (members, _) = self.members_of(schema, &at.child("schema")).unwrap_or_default();
        let defaults = members
            .iter()
            .filter_map(|member| Some((member.name.clone(), self.default_media_type(&member.schema)?)));
        let defaults = defaults.collect::<Vec<_>>();
        let has_default = |name: &String| defaults.iter().any(|(part, _)| part == name);
        let place = at.child("encoding");
        for (name, encoding) in encodings(content) {
            let at = place.child(name);
            let Some(part) = self.part(&form, name, &mut BTreeSet::new()) else {
                self.note(&at, "the form has no property of that name");
                continue;
            };
            let is_json_value = self.is_json_value(&part, &mut BTreeSet::new());
            let is_plain_text = part["type"] == "string" && part.get("format").is_none() && !has_default(name);
            for (keyword, value) in encoding.as_object().into_iter().flatten() {
                let place = at.child(keyword);
                match (keyword.as_str(), value) {
                    ("contentType", Value::String(media_type)) if is_one(media_type) => {
                        if is_json_value && !is_json(media_type) {
                            let text = format!("not written as `{media_type}`: objects are sent as `application/json`");
                            self.note(&place, text);
                        }
                        if is_plain_text && !is_json(media_type) && !is_text(media_type) {
                            let text =
                                "the part is text: if it is a file, give it `format: binary` in openapi/overlay.yaml";
                            self.note(&place, text);
                        }
                        media_types.push((name.clone(), media_type.trim().to_owned()));
                    }
                    ("contentType", value) => {
                        let text = "is not one type: a file is sent as what its `Upload` says, all else by its default";
                        self.note(&place, format!("{value} {text}"));
                    }
                    // What these mean is what is done anyway, and the last means nothing in a form with files.
                    ("style", Value::String(style)) if style == "form" && !is_json_value => {}
                    ("explode", Value::Bool(true)) if !is_json_value => {}
                    ("allowReserved", _) => {}
                    (extension, _) if extension.starts_with("x-") => {}
                    (keyword, _) => self.note(&place, format!("`{keyword}` of a part is not used")),
                }
            }
        }
        for (name, media_type) in defaults {
            if !media_types.iter().any(|(part, _)| *part == name) {
                media_types.push((name, media_type));
            }
        }
        media_types
    }

    /// The media type of a part that neither its `encoding` gives nor the kind of its value.
    fn default_media_type(&self, schema: &Value) -> Option<String> {
        let mut schema = self.followed(schema)?;
        for _ in 0..DEEPEST {
            let Some(items) = schema.get("items") else { break };
            schema = self.followed(items)?;
        }
        if schema.get("contentEncoding").is_some() {
            return Some("application/octet-stream".into());
        }
        let media_type = schema.get("contentMediaType")?.as_str()?;
        (is_binary(&schema) && is_one(media_type)).then(|| media_type.trim().to_owned())
    }

    /// Whether a lowered schema has values that are objects, which alone can be sent as a form.
    fn is_object(&self, lowered: &Value, depth: usize) -> bool {
        let lowered = not_null(lowered);
        let Some(key) = component_of(lowered).filter(|_| depth < DEEPEST) else {
            return *lowered == json!({}) || lowered["type"] == "object";
        };
        match self.api.schemas.get(&key).map(|schema| &schema.shape) {
            Some(Shape::Object(_) | Shape::Union { .. }) => true,
            Some(Shape::Other) => self
                .schemas
                .get(&key)
                .is_some_and(|lowered| self.is_object(lowered, depth + 1)),
            _ => false,
        }
    }

    /// The lowered schema of a property of a form, which may be one of several objects.
    fn part(&self, form: &Value, name: &str, seen: &mut BTreeSet<String>) -> Option<Value> {
        let form = not_null(form);
        let Some(key) = component_of(form) else {
            // Any JSON may have any property.
            let values = form.get("additionalProperties");
            return values.or((*form == json!({})).then_some(form)).cloned();
        };
        if !seen.insert(key.clone()) {
            return None;
        }
        let lowered = self.schemas.get(&key)?;
        match &self.api.schemas.get(&key)?.shape {
            Shape::Object(properties) => {
                let property = properties.iter().find(|property| property.name == name);
                let property = property.map(|property| &lowered["properties"][&property.field]);
                property.or_else(|| lowered.get("additionalProperties")).cloned()
            }
            Shape::Union { variants, .. } => {
                let mut variants = self.schemas_of(variants);
                variants.find_map(|variant| self.part(variant, name, seen))
            }
            _ => self.part(lowered, name, seen),
        }
    }

    /// Whether values of a lowered schema, or the items of a list of them, are written as JSON.
    fn is_json_value(&self, lowered: &Value, seen: &mut BTreeSet<String>) -> bool {
        let lowered = not_null(lowered);
        let Some(key) = component_of(lowered) else {
            return match lowered["type"].as_str() {
                Some("array") => self.is_json_value(&lowered["items"], seen),
                kind => kind == Some("object"),
            };
        };
        if !seen.insert(key.clone()) {
            return false;
        }
        match self.api.schemas.get(&key).map(|schema| &schema.shape) {
            Some(Shape::Object(_)) => true,
            Some(Shape::Union { variants, .. } | Shape::Tuple(variants)) => self
                .schemas_of(variants)
                .any(|variant| self.is_json_value(variant, seen)),
            Some(Shape::Other) => self
                .schemas
                .get(&key)
                .is_some_and(|lowered| self.is_json_value(lowered, seen)),
            _ => false,
        }
    }
}

/// The places of the schemas in `schema` under `keyword`, be they a list or named.
fn children<'a>(schema: &'a Value, keyword: &'a str, at: &'a Pointer) -> impl Iterator<Item = Pointer> + 'a {
    let place = at.child(keyword);
    let keys = match schema.get(keyword) {
        Some(Value::Object(named)) => named.keys().cloned().collect(),
        Some(Value::Array(list)) => (0..list.len()).map(|index| index.to_string()).collect(),
        _ => Vec::new(),
    };
    keys.into_iter().map(move |key| place.child(key))
}

/// What the document says of the parts of a form, by their names.
fn encodings(content: &Value) -> impl Iterator<Item = (&String, &Value)> {
    content.get("encoding").and_then(Value::as_object).into_iter().flatten()
}

/// A lowered schema without that it may be null.
fn not_null(lowered: &Value) -> &Value {
    lowered.get("allOf").map_or(lowered, |parts| &parts[0])
}

/// Whether a schema says nothing of an object but that it is one.
fn is_any_object(schema: &Value) -> bool {
    let telling = [
        "$ref",
        "allOf",
        "anyOf",
        "oneOf",
        "properties",
        "patternProperties",
        "additionalProperties",
    ];
    let is_object = schema.get("type").is_none_or(|kind| kind == "object");
    is_object && telling.iter().all(|keyword| schema.get(keyword).is_none())
}

/// Whether a schema says nothing of a value, which in a form means that it is any bytes.
fn is_untyped(schema: &Value) -> bool {
    let schema = without_null(schema).0.value;
    let is_schema = schema.is_object() || schema == Value::Bool(true);
    is_schema && !says_something(&schema) && schema.get("default").is_none()
}

/// Whether a schema is that of bytes. Text of a certain media type is none, nor is what is written as text.
pub(super) fn is_binary(schema: &Value) -> bool {
    let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str);
    match text("type") {
        Some("file") => true,
        Some("string") | None => {
            let is_bytes = |media_type: &str| !is_json(media_type) && !is_text(media_type);
            text("format") == Some("binary")
                || text("contentEncoding").is_none() && text("contentMediaType").is_some_and(is_bytes)
        }
        Some(_) => false,
    }
}

/// Whether it is one media type, as a part of a form can be sent as, and not a list or a range of them.
fn is_one(media_type: &str) -> bool {
    let essence = essence(media_type);
    is_sendable(media_type) && essence.contains('/') && !essence.contains('*') && !media_type.contains(',')
}
