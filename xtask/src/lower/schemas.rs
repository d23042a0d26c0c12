//! The rules for schemas.

use serde_json::{Value, json};

use super::{
    Lowering,
    compose::{alternatives, only_union},
    forms::is_binary,
    keywords::keywords,
    nullable::without_null,
    secrets,
};
use crate::{
    api::{Schema, Shape, Variant},
    diagnostic::Diagnostic,
    names,
    pointer::Pointer,
    prose::{code, prose},
};

/// Keywords that say something to people, or nothing to a client.
const ANNOTATIONS: [&str; 16] = [
    "xml",
    "nullable",
    "title",
    "description",
    "summary",
    "examples",
    "example",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
    "$comment",
    "$defs",
    "definitions",
    "$schema",
];

/// The greatest integers of 64 bits, as near as a floating-point number comes to them.
const BEYOND_I64: f64 = 9_223_372_036_854_775_807.0;
const BEYOND_U64: f64 = 18_446_744_073_709_551_615.0;

/// How a lowered schema marks a secret.
pub(super) const SECRET: &str = r#""format":"password""#;

/// How a fault begins that is about a secret.
const LEAK: &str = "a secret (`format: password`)";

/// Where a secret is not told from anything else.
pub(super) const ANY: &str = "within what can only be any JSON";

/// Deeper than this no schema is followed.
pub(super) const DEEPEST: usize = 100;

/// A schema that was lowered.
pub(super) struct Made {
    /// What typify is given.
    pub(super) schema: Value,
    /// The kind of type it becomes; `None` if it needs no type of its own, as a number does not.
    pub(super) shape: Option<Shape>,
}

/// A schema that needs no type of its own.
pub(super) fn plain(schema: Value) -> Made {
    Made { schema, shape: None }
}

/// Any JSON.
pub(super) fn any() -> Made {
    plain(json!({}))
}

/// A schema without some of its keywords.
pub(super) fn without(schema: &Value, keywords: &[&str]) -> Value {
    let own = schema.as_object().into_iter().flatten();
    let others = own.filter(|(keyword, _)| !keywords.contains(&keyword.as_str()));
    Value::Object(
        others
            .map(|(keyword, value)| (keyword.clone(), value.clone()))
            .collect(),
    )
}

/// Whether a schema demands anything of a value.
pub(super) fn says_something(schema: &Value) -> bool {
    let is_annotation = |keyword: &String| ANNOTATIONS.contains(&keyword.as_str()) || keyword.starts_with("x-");
    match schema {
        Value::Object(keywords) => !keywords.keys().all(is_annotation),
        Value::Bool(allows) => !allows,
        _ => false,
    }
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
        // A property of several parts may be both of what these say of it, at the place of one of them.
        if let Some((of, made)) = self.inlined.get(at)
            && of == schema
        {
            return made.clone();
        }
        let (place, whole) = (at, schema);
        let (schema, nullable) = without_null(schema);
        let nullable = nullable || self.refers_to_null(&schema.value);
        let at = schema.place_in(at);
        let made = self.make(&schema.value, &at, name);
        let mut lowered = self.typed(made, name, &schema.value, &at);
        // Any JSON may be null as it is.
        if nullable && lowered != json!({}) {
            if lowered.get("$ref").is_some() {
                lowered = json!({"allOf": [lowered]});
            }
            lowered["nullable"] = true.into();
        }
        self.inlined.insert(place.clone(), (whole.clone(), lowered.clone()));
        lowered
    }

    /// Makes a component of what was lowered, of a name that was taken for it.
    pub(super) fn define(&mut self, name: &str, made: Made, schema: &Value, at: &Pointer) -> String {
        let key = names::typify(name);
        let subject = match &made.shape {
            Some(Shape::Object(_)) => "An object.",
            Some(Shape::Text { .. }) => "A string.",
            Some(Shape::Union { .. }) => "One of several types.",
            Some(Shape::Choice(_)) => "One of several strings.",
            Some(Shape::Tuple(_)) => "A list of a certain length.",
            Some(Shape::Other) | None => "A value.",
        };
        if description(schema).is_none() {
            self.undescribed.insert(key.clone(), subject.into());
        }
        // What stands around it is said where it is used.
        let own = at
            .resolve(self.document)
            .filter(|own| own.is_object())
            .unwrap_or(schema);
        self.api.schemas.insert(
            key.clone(),
            Schema {
                name: name.into(),
                pointer: at.clone(),
                doc: doc(schema, subject),
                keywords: keywords(own, &made.schema),
                shape: made.shape.unwrap_or(Shape::Other),
                is_sent: false,
                is_received: false,
                fixture: None,
            },
        );
        self.schemas.insert(key.clone(), made.schema);
        key
    }

    pub(super) fn make(&mut self, schema: &Value, at: &Pointer, name: &str) -> Made {
        if self.depth >= DEEPEST {
            let message = format!("schemas stand in each other more than {DEEPEST} deep");
            self.fault(at, message, "make components of some, in openapi/overlay.yaml");
            return any();
        }
        self.depth += 1;
        let made = self.made(schema, at, name);
        self.depth -= 1;
        // What is left as any JSON is printed by `Debug`, so a secret must not be lost in it.
        let lowered = made.schema.to_string();
        if made.shape.is_none()
            && !lowered.contains("$ref")
            && !lowered.contains(SECRET)
            && secrets::marks(schema, &self.secretive)
        {
            self.leak(at, ANY);
        }
        made
    }

    fn made(&mut self, schema: &Value, at: &Pointer, name: &str) -> Made {
        if let Some(file) = self.file(at) {
            return file;
        }
        let keywords = match schema {
            Value::Bool(true) | Value::Null => return any(),
            Value::Bool(false) => {
                self.note(at, "a schema that no value fits: any JSON is taken");
                return any();
            }
            Value::Object(keywords) => keywords,
            _ => {
                self.fault(at, "a schema that is no object", "correct it in openapi/overlay.yaml");
                return any();
            }
        };
        if let Some(reference) = keywords.get("$ref") {
            let beside = without(schema, &["$ref"]);
            // Before 3.1, nothing beside a reference counts; a secret does.
            if reference.is_string() && secrets::marks(&beside, &self.secretive) {
                return self.composed(schema, at, name);
            }
            return plain(self.reference(schema, at));
        }
        let is_single = !["allOf", "anyOf", "oneOf"]
            .iter()
            .any(|union| keywords.contains_key(*union));
        if is_single && secrets::is_marked(schema) {
            match keywords.get("type") {
                None if !is_object(schema) && !is_list(schema) => return self.string(schema, at),
                Some(kind) if kind == "string" => return self.string(schema, at),
                Some(Value::Array(_)) => {}
                _ => self.leak(at, "that is no string"),
            }
        }
        if let Some(constant) = keywords.get("const") {
            self.known(schema, at, &["const", "type", "enum"]);
            return self.choice(std::slice::from_ref(constant), at);
        }
        if let Some(Value::Array(values)) = keywords.get("enum") {
            self.known(schema, at, &["enum", "type"]);
            return self.choice(values, at);
        }
        if keywords.get("allOf").is_some_and(Value::is_array) {
            return self.composed(schema, at, name);
        }
        if let Some(union) = only_union(schema, at) {
            return self.union(union.alternatives, union.discriminator.as_ref(), &union.at, name);
        }
        if ["anyOf", "oneOf"]
            .iter()
            .any(|union| keywords.get(*union).is_some_and(Value::is_array))
        {
            return self.composed(schema, at, name);
        }
        match keywords.get("type").and_then(Value::as_str) {
            Some("string" | "file") => self.string(schema, at),
            Some(simple @ ("integer" | "number" | "boolean")) => self.scalar(schema, simple, at),
            Some("array") => self.array(schema, at, name),
            Some("object") => self.object(schema, at, name),
            Some("null") => {
                self.note(at, "nothing but null: any JSON is taken");
                any()
            }
            None if is_object(schema) => self.object(schema, at, name),
            None if is_list(schema) => self.array(schema, at, name),
            None => self.untyped(schema, at, name),
            Some(other) => {
                self.note(at, format!("`{other}` is no type of JSON Schema: any JSON is taken"));
                any()
            }
        }
    }

    /// A schema of several types, or of none.
    fn untyped(&mut self, schema: &Value, at: &Pointer, name: &str) -> Made {
        self.known(schema, at, &["type", "format", "discriminator"]);
        let types = schema
            .get("type")
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        if types.is_empty() {
            return any();
        }
        let each = types.iter().map(|kind| {
            let mut schema = schema.clone();
            schema["type"] = kind.clone();
            schema
        });
        let place = at.child("type");
        let each = each.collect::<Vec<_>>();
        self.union(alternatives(&each, &place), None, &place, name)
    }

    fn scalar(&mut self, schema: &Value, simple: &str, at: &Pointer) -> Made {
        self.known(schema, at, &["type", "format"]);
        let mut lowered = json!({"type": simple});
        let format = schema.get("format").and_then(Value::as_str);
        let known = match simple {
            "integer" => ["int32", "int64", "uint32", "uint64"].as_slice(),
            "number" => &["float", "double"],
            _ => &[],
        };
        if let Some(format) = format.filter(|format| known.contains(format)) {
            lowered["format"] = format.into();
        }
        // What YAML cannot write as an integer comes as a floating-point number.
        let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
        let (min, max) = (bound("minimum"), bound("maximum"));
        let is_beyond = |bound: Option<f64>, limit: f64| bound.is_some_and(|bound| bound.abs() > limit);
        if simple == "integer" && (is_beyond(min, BEYOND_I64) || is_beyond(max, BEYOND_I64)) {
            if min >= Some(0.0) && !is_beyond(max, BEYOND_U64) {
                lowered["format"] = "uint64".into();
            } else {
                self.note(at, "beyond 64 bits: a floating-point number");
                lowered = json!({"type": "number"});
            }
        }
        plain(lowered)
    }

    fn array(&mut self, schema: &Value, at: &Pointer, name: &str) -> Made {
        self.known(schema, at, &["type", "items", "prefixItems", "minItems", "maxItems"]);
        let prefix = schema
            .get("prefixItems")
            .and_then(Value::as_array)
            .filter(|items| !items.is_empty());
        if let Some(items) = prefix {
            return self.tuple(schema, items, at, name);
        }
        for keyword in ["minItems", "maxItems"] {
            if schema.get(keyword).is_some() {
                self.note(&at.child(keyword), format!("`{keyword}` is not checked by the client"));
            }
        }
        // A list of schemas is what `prefixItems` was before 2020-12.
        let items = match schema.get("items") {
            Some(items @ (Value::Object(_) | Value::Bool(true))) => items,
            _ => &Value::Bool(true),
        };
        let items = self.inline(items, &at.child("items"), &names::inline(name, "item"));
        plain(json!({"type": "array", "items": items}))
    }

    /// A list whose items have types of their own, if it has just these items; otherwise, of their common type.
    fn tuple(&mut self, schema: &Value, items: &[Value], at: &Pointer, name: &str) -> Made {
        let count = Some(items.len() as u64);
        let limit = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
        let is_closed = schema.get("items") == Some(&Value::Bool(false)) || limit("maxItems") == count;
        let has_all = limit("minItems") == count;
        let place = at.child("prefixItems");
        let made = items.iter().enumerate().map(|(index, item)| {
            let inner = names::inline(name, &format!("item{}", index + 1));
            self.inline(item, &place.child(index), &inner)
        });
        let made = made.collect::<Vec<_>>();
        let first = &made[0];
        if !is_closed || !has_all || made.iter().all(|item| item == first) {
            let common = if made.iter().all(|item| item == first) && is_closed {
                first.clone()
            } else {
                json!({})
            };
            if common == json!({}) {
                self.note(&place, "a list that may be shorter or longer: its items are any JSON");
            }
            return plain(json!({"type": "array", "items": common}));
        }
        let variants = made.into_iter().zip(items).map(|(made, item)| Variant {
            name: String::new(),
            doc: doc(item, "An item."),
            component: component_of(&made).or_else(|| component_of(&made["allOf"][0])),
            is_scalar: false,
            is_boxed: false,
            tags: Vec::new(),
            turn: 0,
            knows: Vec::new(),
            is_open: false,
            writes: None,
            probe: self.probe(made),
        });
        let variants = variants.collect();
        Made {
            schema: json!({}),
            shape: Some(Shape::Tuple(variants)),
        }
    }

    /// A string; one with limits becomes a type that checks them.
    fn string(&mut self, schema: &Value, at: &Pointer) -> Made {
        self.known(
            schema,
            at,
            &["type", "format", "minLength", "maxLength", "contentMediaType"],
        );
        let mut lowered = json!({"type": "string"});
        let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str);
        if is_binary(schema) {
            self.note(
                at,
                "binary, but not a part of a form by itself: a String, as it is sent and read as text",
            );
        }
        let mut min = self.length(schema, "minLength", at).filter(|min| *min > 0);
        let mut max = self.length(schema, "maxLength", at);
        if min.zip(max).is_some_and(|(min, max)| min > max) {
            self.note(at, "no string is as long as this asks for: the length is not checked");
            (min, max) = (None, None);
        }
        // RFC 9562 has one text form for every version of UUID.
        let format = match text("format") {
            Some("uuid" | "uuid1" | "uuid3" | "uuid4" | "uuid5" | "uuid7") => Some("uuid"),
            Some(format @ ("date-time" | "date" | "password")) => Some(format),
            Some("binary") | None => None,
            Some(other) => {
                self.note(at, format!("the format `{other}` is not checked: a String"));
                None
            }
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
        } else if (min.is_some() || max.is_some()) && self.is_sent(at) {
            for (keyword, limit) in [("minLength", min), ("maxLength", max)] {
                if let Some(limit) = limit {
                    // typify makes a 32-bit number of it; what the type checks comes from the shape.
                    lowered[keyword] = limit.min(u64::from(u32::MAX)).into();
                }
            }
            let shape = Some(Shape::Text {
                subject: self.subject(at),
                min,
                max,
            });
            return Made { schema: lowered, shape };
        }
        plain(lowered)
    }

    /// Whether a request holds what stands there, so that its limits are worth a type that checks them.
    fn is_sent(&self, at: &Pointer) -> bool {
        let segments = at.segments().collect::<Vec<_>>();
        let is_part = |segment: Option<&String>| {
            segment.is_some_and(|segment| ["requestBody", "requestBodies", "parameters"].contains(&segment.as_str()))
        };
        let is_own = match segments.first().map(String::as_str) {
            Some("paths") => is_part(segments.get(2)) || is_part(segments.get(3)),
            Some("components") => is_part(segments.get(1)),
            _ => false,
        };
        is_own || at.outwards().any(|place| self.sent.contains(&place))
    }

    /// A limit of a string's length; JSON Schema takes `2.0` for the integer it is.
    fn length(&mut self, schema: &Value, keyword: &str, at: &Pointer) -> Option<u64> {
        let value = schema.get(keyword)?;
        let length = value
            .as_u64()
            .or_else(|| value.to_string().strip_suffix(".0")?.parse().ok());
        if length.is_none() {
            self.note(
                &at.child(keyword),
                format!("`{keyword}` is {value}, which is no length, and not checked"),
            );
        }
        length
    }

    /// What a limit is of, as a message would name it: `CreatePet.name`, or the name of a parameter.
    fn subject(&self, at: &Pointer) -> String {
        let segments = at.segments().collect::<Vec<_>>();
        let in_schema = segments
            .iter()
            .rposition(|segment| segment == "schema")
            .map_or(0, |last| last + 1);
        let (outer, inner) = segments.split_at(in_schema);
        let parameter = outer
            .iter()
            .take(in_schema.saturating_sub(1))
            .fold(Pointer::root(), |at, segment| at.child(segment));
        let parameter = parameter
            .resolve(self.document)
            .and_then(|parameter| parameter.get("name")?.as_str());
        let structural = ["components", "schemas", "properties", "anyOf", "oneOf", "allOf"];
        let inner = inner.iter().map(String::as_str);
        let inner = inner.filter(|segment| !structural.contains(segment) && segment.parse::<usize>().is_err());
        let names = parameter.into_iter().chain(inner).collect::<Vec<_>>();
        if names.is_empty() {
            "body".into()
        } else {
            names.join(".")
        }
    }

    /// One of several values. Strings become an enum; of anything else only the type is kept.
    pub(super) fn choice(&mut self, values: &[Value], at: &Pointer) -> Made {
        let mut texts = Vec::new();
        for text in values.iter().filter_map(Value::as_str) {
            if !texts.iter().any(|other| other == text) {
                texts.push(text.to_owned());
            }
        }
        if values.iter().all(Value::is_string) && !texts.is_empty() {
            return Made {
                schema: json!({"type": "string"}),
                shape: Some(Shape::Choice(texts)),
            };
        }
        self.note(
            at,
            "a choice of values that are not all strings: only their type is kept",
        );
        let kind = [
            (
                "integer",
                (|value| value.is_i64() || value.is_u64()) as fn(&Value) -> bool,
            ),
            ("number", Value::is_number),
            ("boolean", Value::is_boolean),
        ];
        let kind = kind
            .iter()
            .find(|(_, is_kind)| !values.is_empty() && values.iter().all(is_kind));
        kind.map_or_else(any, |(kind, _)| plain(json!({"type": kind})))
    }

    /// Notes every keyword of `schema` that is neither an annotation nor one of `keywords`. All that such a keyword can
    /// do is to allow less: a client without it takes and sends more, and the server has the last word.
    pub(super) fn known(&mut self, schema: &Value, at: &Pointer, keywords: &[&str]) {
        for keyword in schema.as_object().into_iter().flat_map(|schema| schema.keys()) {
            let keyword = keyword.as_str();
            if !ANNOTATIONS.contains(&keyword) && !keywords.contains(&keyword) && !keyword.starts_with("x-") {
                let place = at.child(keyword);
                self.note(&place, format!("`{keyword}` is not checked by the client"));
                if secrets::marks(&json!({keyword: schema[keyword]}), &self.secretive) {
                    self.leak(&place, "within what is not checked");
                }
            }
        }
    }

    /// A fault for a secret of which no `Secret` would come, so that it could be printed.
    pub(super) fn leak(&mut self, at: &Pointer, place: &str) {
        let known = |fault: &Diagnostic| {
            let is_here = |of: &Pointer| of.is_in(at) || at.parent().as_ref() == Some(of);
            fault.message().starts_with(LEAK) && fault.pointer().is_some_and(is_here)
        };
        if !self.faults.iter().any(known) {
            let help = "make it, in openapi/overlay.yaml, a string that is a property, an item, or each other property";
            self.fault(at, format!("{LEAK} {place}, which would be printed"), help);
        }
    }
}

/// Whether a schema without a type is an object by its keywords.
fn is_object(schema: &Value) -> bool {
    ["properties", "additionalProperties", "patternProperties"]
        .iter()
        .any(|keyword| schema.get(keyword).is_some())
}

/// Whether a schema without a type is a list by its keywords.
fn is_list(schema: &Value) -> bool {
    ["items", "prefixItems"]
        .iter()
        .any(|keyword| schema.get(keyword).is_some())
}

/// The component that a lowered schema refers to, by the name that typify gives it.
pub(super) fn component_of(lowered: &Value) -> Option<String> {
    lowered["$ref"].as_str()?.rsplit('/').next().map(str::to_owned)
}

/// What the document says of a schema, in words.
fn description(schema: &Value) -> Option<String> {
    let (inner, _) = without_null(schema);
    let description = |schema: &Value| Some(prose(schema.get("description")?.as_str()?));
    let mut descriptions = [schema, &inner.value].into_iter().filter_map(description);
    descriptions.find(|text| !text.trim().is_empty())
}

/// What a schema demands of a value, a sentence each, whether the client checks it or only the server.
fn limits(schema: &Value) -> Vec<String> {
    let number = |keyword: &str| {
        schema
            .get(keyword)
            .filter(|limit| limit.is_number())
            .map(Value::to_string)
    };
    let count = |keyword: &str| number(keyword).filter(|count| count != "0");
    let between = |min: Option<String>, max: Option<String>, one: &str, several: &str| {
        let noun = |limit: &str| if limit == "1" { one } else { several }.to_owned();
        match (min, max) {
            (Some(min), Some(max)) if min == max => Some(format!("Exactly {min}{}.", noun(&max))),
            (Some(min), Some(max)) => Some(format!("{min} to {max}{}.", noun(&max))),
            (Some(min), None) => Some(format!("At least {min}{}.", noun(&min))),
            (None, Some(max)) => Some(format!("At most {max}{}.", noun(&max))),
            (None, None) => None,
        }
    };
    let beyond = |keyword: &str, word: &str| Some(format!("{word} than {}.", number(keyword)?));
    let pattern = schema.get("pattern").and_then(Value::as_str);
    let is_set = schema.get("uniqueItems") == Some(&Value::Bool(true));
    let sentences = [
        between(count("minLength"), count("maxLength"), " character", " characters"),
        pattern.map(|pattern| format!("Matches {}.", code(pattern))),
        between(number("minimum"), number("maximum"), "", ""),
        beyond("exclusiveMinimum", "More"),
        beyond("exclusiveMaximum", "Less"),
        between(count("minItems"), count("maxItems"), " item", " items"),
        is_set.then(|| "No item twice.".into()),
    ];
    sentences.into_iter().flatten().collect()
}

/// Documentation from a schema: its description, or else `fallback`, and what it demands.
pub(super) fn doc(schema: &Value, fallback: &str) -> String {
    let (inner, _) = without_null(schema);
    let mut paragraphs = vec![description(schema).unwrap_or_else(|| fallback.to_owned())];
    paragraphs.extend(limits(&inner.value));
    if let Some(default) = schema.get("default").filter(|default| !default.is_null()) {
        paragraphs.push(format!("The server's default is {}.", code(&default.to_string())));
    }
    if schema.get("deprecated") == Some(&Value::Bool(true)) {
        paragraphs.push("Deprecated by the API's document.".into());
    }
    paragraphs.join("\n\n")
}
