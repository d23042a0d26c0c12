//! The schemas that the mock server holds requests against, as the description has them, since a type says less: that a number
//! has a greatest value, say.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    description::{Description, MAX_DEPTH, component_at, target},
    json::json as to_json,
    vocabulary::flag,
};
use crate::{input::pointer::Pointer, model::json::Json};

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

/// The schemas that those of requests refer to.
#[derive(Default)]
pub(super) struct RequestSchemas {
    names: BTreeMap<Pointer, String>,
    /// Those that have a name, and are yet to be looked at.
    next: Vec<(String, Pointer)>,
    done: BTreeMap<String, Json>,
}

impl RequestSchemas {
    /// What is checked of a schema.
    pub(super) fn checked(&mut self, description: &Description<'_>, schema: &Value) -> Json {
        let checked = self.reduced(description, schema, 0);
        while let Some((name, target)) = self.next.pop() {
            let schema = description.resolve(&target).unwrap_or(&Value::Bool(true));
            let checked = self.reduced(description, schema, 0);
            self.done.insert(name, to_json(&checked));
        }
        to_json(&checked)
    }

    /// Every schema that is referred to, by its name.
    pub(super) fn finish(self) -> Vec<(String, Json)> {
        self.done.into_iter().collect()
    }

    fn reduced(&mut self, description: &Description<'_>, schema: &Value, depth: usize) -> Value {
        let Some(keywords) = schema.as_object().filter(|_| depth < MAX_DEPTH) else {
            return Value::Bool(schema != &Value::Bool(false));
        };
        let mut inner = |schema: &Value| self.reduced(description, schema, depth + 1);
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
                        let property = name.as_str().and_then(|name| schema.get("properties")?.get(name));
                        !property.is_some_and(|property| is_read_only(description, property))
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
            if flag(schema, exclusive) {
                checked
                    .remove(limit)
                    .map(|limit| checked.insert(exclusive.into(), limit));
            }
        }
        if let Some(name) = target(schema).and_then(|target| self.definition(description, &target)) {
            checked.insert("$ref".into(), name.into());
        }
        let checked = Value::Object(checked);
        if flag(schema, "nullable") || flag(schema, "x-nullable") {
            return json!({"anyOf": [checked, {"type": "null"}]});
        }
        checked
    }

    /// The name of what a reference leads to; `None` if it leads nowhere.
    fn definition(&mut self, description: &Description<'_>, target: &Pointer) -> Option<String> {
        description.resolve(target)?;
        if let Some(name) = self.names.get(target) {
            return Some(name.clone());
        }
        let component = component_at(target).filter(|(_, rest)| rest.is_empty());
        let name = component.map_or_else(|| target.to_string(), |(name, _)| name);
        self.names.insert(target.clone(), name.clone());
        self.next.push((name.clone(), target.clone()));
        Some(name)
    }
}

fn is_read_only(description: &Description<'_>, property: &Value) -> bool {
    let mut property = property;
    for _ in 0..MAX_DEPTH {
        match target(property).and_then(|target| description.resolve(&target)) {
            Some(next) => property = next,
            None => break,
        }
    }
    flag(&super::null::without_null(property).schema, "readOnly")
}

/// The formats that the mock server checks.
fn known_format(format: &str) -> Option<&str> {
    match format {
        "uuid1" | "uuid3" | "uuid4" | "uuid5" | "uuid7" => Some("uuid"),
        "uuid" | "date-time" | "date" | "email" | "uri" => Some(format),
        _ => None,
    }
}
