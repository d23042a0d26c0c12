//! The rules for schemas.

use serde_json::{Value, json};

use super::{Lowering, nullable::without_null, text_of};
use crate::{
    api::{Schema, Shape, Variant},
    names::{self, prose},
    pointer::Pointer,
};

/// Keywords that say something to people, or nothing to a client.
const ANNOTATIONS: [&str; 12] = [
    "xml",
    "nullable",
    "title",
    "description",
    "examples",
    "example",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
    "$comment",
];

/// A schema that was lowered.
pub(super) struct Made {
    /// What typify is given.
    pub(super) schema: Value,
    /// The kind of type it becomes; `None` if it needs no type of its own, as a number does not.
    pub(super) shape: Option<Shape>,
}

impl Lowering<'_> {
    /// Lowers a component, which becomes a type of that name.
    pub(super) fn component(&mut self, name: &str, schema: &Value, at: &Pointer) {
        // That it may be null is said where it is referred to.
        let (part, _) = without_null(schema);
        let made = self.make(&part.value, &part.place_in(at), name);
        self.define(name, made, schema, at);
    }

    /// Lowers a schema that stands within another or in an operation. If it becomes a type of its own, that is called
    /// `name`, and what comes back refers to it.
    pub(super) fn inline(&mut self, schema: &Value, at: &Pointer, name: &str) -> Value {
        let (schema, nullable) = without_null(schema);
        let nullable = nullable || self.refers_to_null(&schema.value);
        let at = schema.place_in(at);
        let made = self.make(&schema.value, &at, name);
        let mut lowered = if made.shape.is_some() {
            let key = self.define(name, made, &schema.value, &at);
            json!({"$ref": format!("#/components/schemas/{key}")})
        } else {
            made.schema
        };
        if nullable {
            if lowered.get("$ref").is_some() {
                lowered = json!({"allOf": [lowered]});
            }
            lowered["nullable"] = true.into();
        }
        lowered
    }

    fn define(&mut self, name: &str, made: Made, schema: &Value, at: &Pointer) -> String {
        let key = names::typify(name);
        if let Some(other) = self.api.schemas.get(&key) {
            let other = other.pointer.clone();
            self.fault(
                at,
                format!("the type `{name}` would have the name of the one at {other}"),
                "rename one of the two in openapi/overlay.yaml",
            );
            return key;
        }
        let subject = match &made.shape {
            Some(Shape::Object(_)) => "An object",
            Some(Shape::Text { .. }) => "A string",
            Some(Shape::Union(_)) => "One of several types",
            Some(Shape::Choice(_)) => "One of several strings",
            Some(Shape::Other) | None => "A value",
        };
        self.api.schemas.insert(
            key.clone(),
            Schema {
                name: name.into(),
                pointer: at.clone(),
                doc: doc(schema, &format!("{subject}.")),
                shape: made.shape.unwrap_or(Shape::Other),
            },
        );
        self.schemas.insert(key.clone(), made.schema);
        key
    }

    fn make(&mut self, schema: &Value, at: &Pointer, name: &str) -> Made {
        let plain = |schema| Made { schema, shape: None };
        let keywords = match schema {
            Value::Bool(true) => return plain(json!({})),
            Value::Object(keywords) => keywords,
            _ => {
                self.fault(at, "a schema that no value fits", "correct it in openapi/overlay.yaml");
                return plain(json!({}));
            }
        };
        if keywords.contains_key("$ref") {
            return plain(self.reference(schema, at));
        }
        if let Some(constant) = keywords.get("const") {
            self.known(schema, at, &["const", "type"]);
            return self.choice(std::slice::from_ref(constant), at);
        }
        if let Some(Value::Array(values)) = keywords.get("enum") {
            self.known(schema, at, &["enum", "type"]);
            return self.choice(values, at);
        }
        for union in ["anyOf", "oneOf"] {
            if let Some(Value::Array(alternatives)) = keywords.get(union) {
                self.known(schema, at, &[union]);
                return self.union(alternatives, &at.child(union), name);
            }
        }
        if let Some(Value::Array(parts)) = keywords.get("allOf") {
            if let ([single], false) = (parts.as_slice(), keywords.contains_key("properties")) {
                return self.make(single, &at.child("allOf").child(0), name);
            }
            if let Some(merged) = self.merged(schema, &mut Vec::new()) {
                return self.object(&merged, at, name);
            }
            self.note(&at.child("allOf"), "its parts are not all objects: any JSON is taken");
            return plain(json!({}));
        }
        match keywords.get("type").and_then(Value::as_str) {
            Some("string") => self.string(schema, at),
            Some(simple @ ("integer" | "number" | "boolean")) => {
                self.known(schema, at, &["type", "format"]);
                let mut lowered = json!({"type": simple});
                if let Some(format) = keywords.get("format") {
                    lowered["format"] = format.clone();
                }
                plain(lowered)
            }
            Some("array") => {
                self.known(schema, at, &["type", "items"]);
                let items = keywords.get("items").unwrap_or(&Value::Bool(true));
                let items = self.inline(items, &at.child("items"), &names::inline(name, "item"));
                plain(json!({"type": "array", "items": items}))
            }
            Some("object") => self.object(schema, at, name),
            Some("null") => {
                self.note(at, "nothing but null: any JSON is taken");
                plain(json!({}))
            }
            None if keywords.contains_key("properties") => self.object(schema, at, name),
            None => {
                self.known(schema, at, &["type"]);
                let types = keywords
                    .get("type")
                    .and_then(Value::as_array)
                    .map_or(&[][..], Vec::as_slice);
                if types.len() > 1 {
                    let each = types.iter().map(|kind| {
                        let mut schema = schema.clone();
                        schema["type"] = kind.clone();
                        schema
                    });
                    return self.union(&each.collect::<Vec<_>>(), &at.child("type"), name);
                }
                plain(json!({}))
            }
            Some(other) => {
                self.fault(
                    at,
                    format!("`{other}` is no type of JSON Schema"),
                    "correct it in openapi/overlay.yaml",
                );
                plain(json!({}))
            }
        }
    }

    /// A `$ref`: to a component that exists.
    fn reference(&mut self, schema: &Value, at: &Pointer) -> Value {
        self.known(schema, at, &["$ref"]);
        let at = &at.child("$ref");
        let Some(reference) = schema["$ref"].as_str() else {
            self.fault(at, "`$ref` is not a string", "correct it in openapi/overlay.yaml");
            return json!({});
        };
        let Some(target) = Pointer::from_reference(reference) else {
            self.fault(
                at,
                format!("`$ref` to another file: {reference}"),
                "bundle the files into one document first",
            );
            return json!({});
        };
        let segments = target.segments().collect::<Vec<_>>();
        let name = match segments.as_slice() {
            [components, schemas, name] if components == "components" && schemas == "schemas" => name,
            _ => {
                self.fault(
                    at,
                    format!("`$ref` to something that is not a component: {reference}"),
                    "make it a component of `#/components/schemas` in openapi/overlay.yaml",
                );
                return json!({});
            }
        };
        if target.resolve(self.document).is_none() {
            self.fault(
                at,
                format!("`$ref` to a schema that does not exist: {reference}"),
                "take the document from the vendor again, or add the schema in openapi/overlay.yaml",
            );
        }
        let mut next = target.clone();
        for _ in 0..self.api.schemas.len() + 64 {
            let component = next
                .resolve(self.document)
                .map(|component| without_null(component).0.value);
            let single = component.as_ref().and_then(|component| {
                match component.get("allOf").and_then(Value::as_array)?.as_slice() {
                    [single] => Some(single),
                    _ => None,
                }
            });
            let reference = single
                .or(component.as_ref())
                .and_then(|component| component.get("$ref")?.as_str());
            match reference.and_then(Pointer::from_reference) {
                Some(further) if further == target => {
                    self.fault(
                        at,
                        "a component that is nothing but itself",
                        "correct it in openapi/overlay.yaml",
                    );
                    return json!({});
                }
                Some(further) => next = further,
                None => break,
            }
        }
        json!({"$ref": format!("#/components/schemas/{}", names::typify(&names::component(name)))})
    }

    /// A string; one with limits becomes a type that checks them.
    fn string(&mut self, schema: &Value, at: &Pointer) -> Made {
        self.known(schema, at, &["type", "format", "minLength", "maxLength"]);
        let mut lowered = json!({"type": "string"});
        let min = self.length(schema, "minLength", at).filter(|min| *min > 0);
        let max = self.length(schema, "maxLength", at);
        if min.zip(max).is_some_and(|(min, max)| min > max) {
            self.fault(
                at,
                "no string is as long as this asks for",
                "correct the limits in openapi/overlay.yaml",
            );
        }
        // RFC 9562 has one text form for every version of UUID.
        let format = match schema.get("format").and_then(Value::as_str) {
            Some("uuid" | "uuid1" | "uuid3" | "uuid4" | "uuid5") => Some("uuid"),
            Some(format @ ("date-time" | "date" | "password")) => Some(format),
            Some(other) => {
                self.note(at, format!("the format `{other}` is not checked: a String"));
                None
            }
            None => None,
        };
        let named = at.segments().last().unwrap_or_default().to_lowercase();
        let sounds_secret = ["token", "secret", "password", "apikey"]
            .iter()
            .any(|word| named.contains(word));
        if format.is_none() && sounds_secret {
            self.note(
                at,
                "sounds like a secret: if it is one, give it `format: password` in openapi/overlay.yaml",
            );
        }
        if let Some(format) = format {
            lowered["format"] = format.into();
            if min.is_some() || max.is_some() {
                self.note(at, format!("the length is not checked besides the format `{format}`"));
            }
        } else if min.is_some() || max.is_some() {
            for (keyword, limit) in [("minLength", min), ("maxLength", max)] {
                if let Some(limit) = limit {
                    lowered[keyword] = limit.into();
                }
            }
            let shape = Some(Shape::Text {
                subject: subject(at),
                min,
                max,
            });
            return Made { schema: lowered, shape };
        }
        Made {
            schema: lowered,
            shape: None,
        }
    }

    /// A limit of a string's length; JSON Schema takes `2.0` for the integer it is.
    fn length(&mut self, schema: &Value, keyword: &str, at: &Pointer) -> Option<u64> {
        let value = schema.get(keyword)?;
        let length = value
            .as_u64()
            .or_else(|| value.to_string().strip_suffix(".0")?.parse().ok());
        if length.is_none() {
            self.fault(
                &at.child(keyword),
                format!("`{keyword}` is {value}, which is no length"),
                "correct it in openapi/overlay.yaml",
            );
        }
        length
    }

    /// One of several values. Strings become an enum; of anything else only the type is kept.
    fn choice(&mut self, values: &[Value], at: &Pointer) -> Made {
        let texts = values
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect::<Vec<_>>();
        let plain = |schema| Made { schema, shape: None };
        if texts.len() == values.len() && !texts.is_empty() {
            return Made {
                schema: json!({"type": "string"}),
                shape: Some(Shape::Choice(texts)),
            };
        }
        self.note(
            at,
            "a choice of values that are not all strings: only their type is kept",
        );
        if values.iter().all(|value| value.is_i64() || value.is_u64()) {
            plain(json!({"type": "integer"}))
        } else if values.iter().all(Value::is_number) {
            plain(json!({"type": "number"}))
        } else if values.iter().all(Value::is_boolean) {
            plain(json!({"type": "boolean"}))
        } else {
            plain(json!({}))
        }
    }

    /// One of several types, told apart by their form; each variant is called after its type.
    fn union(&mut self, alternatives: &[Value], at: &Pointer, name: &str) -> Made {
        match alternatives {
            [] => self.fault(
                at,
                "a choice of no schemas, which no value fits",
                "correct it in openapi/overlay.yaml",
            ),
            [single] => return self.make(single, &at.child(0), name),
            _ => {}
        }
        let mut variants = Vec::<Variant>::new();
        for (index, alternative) in alternatives.iter().enumerate() {
            let at = at.child(index);
            let kind = alternative.get("type").map(text_of);
            let referred = alternative.get("$ref").and_then(Value::as_str);
            let word = referred
                .and_then(|reference| reference.rsplit('/').next())
                .or(kind.as_deref())
                .unwrap_or("value");
            let mut variant = names::component(&names::inline("", word));
            while variants.iter().any(|other| other.name == variant) {
                variant.push_str(&(index + 1).to_string());
            }
            let made = self.inline(alternative, &at, &names::inline(name, &variant));
            variants.push(Variant {
                doc: doc(alternative, &format!("{} {word}.", article(word))),
                name: variant,
                is_component: made.get("$ref").is_some(),
                probe: self.probe(made),
            });
        }
        Made {
            schema: json!({}),
            shape: Some(Shape::Union(variants)),
        }
    }

    /// Notes every keyword of `schema` that is neither an annotation nor one of `keywords`. All that such a keyword can
    /// do is to allow less: a client without it takes and sends more, and the server has the last word.
    pub(super) fn known(&mut self, schema: &Value, at: &Pointer, keywords: &[&str]) {
        for keyword in schema.as_object().into_iter().flat_map(|schema| schema.keys()) {
            let keyword = keyword.as_str();
            if !ANNOTATIONS.contains(&keyword) && !keywords.contains(&keyword) && !keyword.starts_with("x-") {
                self.note(&at.child(keyword), format!("`{keyword}` is not checked by the client"));
            }
        }
    }
}

/// The component that a lowered schema refers to, by the name that typify gives it.
pub(super) fn component_of(lowered: &Value) -> Option<String> {
    lowered["$ref"].as_str()?.rsplit('/').next().map(str::to_owned)
}

/// Documentation from a schema: its description, or else `fallback`, and what it demands.
pub(super) fn doc(schema: &Value, fallback: &str) -> String {
    let (inner, _) = without_null(schema);
    let text = [schema, &inner.value]
        .iter()
        .find_map(|schema| schema.get("description")?.as_str())
        .map_or_else(|| fallback.to_owned(), prose);
    let mut paragraphs = vec![text];
    let limit = |keyword: &str| inner.value.get(keyword).and_then(Value::as_u64);
    match (limit("minLength").filter(|min| *min > 0), limit("maxLength")) {
        (Some(min), Some(max)) => paragraphs.push(format!("{min} to {max} characters.")),
        (Some(1), None) => paragraphs.push("At least 1 character.".into()),
        (Some(min), None) => paragraphs.push(format!("At least {min} characters.")),
        (None, Some(max)) => paragraphs.push(format!("At most {max} characters.")),
        (None, None) => {}
    }
    if let Some(default) = schema.get("default").filter(|default| !default.is_null()) {
        paragraphs.push(format!("The server's default is `{default}`."));
    }
    if schema.get("deprecated") == Some(&Value::Bool(true)) {
        paragraphs.push("Deprecated by the API's document.".into());
    }
    paragraphs.join("\n\n")
}

/// What a limit is of, as a message would name it: `CreatePet.name`.
fn subject(at: &Pointer) -> String {
    at.segments()
        .filter(|segment| !["components", "schemas", "properties", "anyOf", "oneOf"].contains(&segment.as_str()))
        .filter(|segment| segment.parse::<usize>().is_err())
        .collect::<Vec<_>>()
        .join(".")
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "An"
    } else {
        "A"
    }
}
