//! Where the description marks secrets, so that none is lost in what can be printed.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    description::{Description, target},
    references::References,
    vocabulary::{is_annotation, is_marked},
};
use crate::input::pointer::Pointer;

/// Whether a schema marks a secret, in itself, in what stands within it, or in what it refers to.
pub(super) fn marks(schema: &Value, secrets: &BTreeSet<Pointer>) -> bool {
    if is_marked(schema) || target(schema).is_some_and(|target| secrets.contains(&target)) {
        return true;
    }
    within(schema).into_iter().any(|inner| marks(inner, secrets))
}

/// Whether a keyword of a schema marks a secret.
pub(super) fn marks_keyword(keyword: &str, value: &Value, secrets: &BTreeSet<Pointer>) -> bool {
    marks(&serde_json::json!({keyword: value}), secrets)
}

/// Every place that something refers to and that marks a secret.
pub(super) fn places(description: &Description<'_>, references: &References) -> BTreeSet<Pointer> {
    // Most descriptions mark few secrets, so the places that may lead to one are few.
    let marked = |at: &Pointer| {
        description
            .resolve(at)
            .is_some_and(|schema| marks(schema, &BTreeSet::new()))
    };
    let possible = references.leading_to(marked);
    let mut places = BTreeSet::new();
    loop {
        let before = places.len();
        for at in &possible {
            if !places.contains(at) && description.resolve(at).is_some_and(|schema| marks(schema, &places)) {
                places.insert(at.clone());
            }
        }
        if places.len() == before {
            return places;
        }
    }
}

/// The schemas that stand within a schema; what it has for examples is none, nor is what a value must not be.
fn within(schema: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    match schema {
        Value::Array(schemas) => found.extend(schemas),
        Value::Object(keywords) => {
            for (keyword, value) in keywords {
                match keyword.as_str() {
                    "properties" | "patternProperties" | "dependentSchemas" => {
                        found.extend(value.as_object().into_iter().flat_map(|schemas| schemas.values()));
                    }
                    "enum" | "const" | "not" => {}
                    annotation if is_annotation(annotation) => {}
                    _ => found.push(value),
                }
            }
        }
        _ => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_found_wherever_a_schema_stands_and_nowhere_else() {
        let secret = json!({"type": "string", "format": "password"});
        let description = json!({"components": {"schemas": {
            "Secret": secret,
            "Holder": {"properties": {"again": {"$ref": "#/components/schemas/Holder"}, "it": {"$ref": "#/components/schemas/Secret"}}},
            "Free": {"properties": {"again": {"$ref": "#/components/schemas/Free"}}},
            "Users": [{"$ref": "#/components/schemas/Holder"}, {"$ref": "#/components/schemas/Secret"}],
        }}});
        let description = Description::new(&description);
        let places = places(&description, &References::of(&description));
        for (schema, is_one) in [
            (secret.clone(), true),
            (json!({"$ref": "#/components/schemas/Holder"}), true),
            (
                json!({"items": {"additionalProperties": {"$ref": "#/components/schemas/Secret"}}}),
                true,
            ),
            (json!({"anyOf": [{"type": "integer"}, secret]}), true),
            (json!({"properties": {"example": secret}}), true),
            (json!({"if": {}, "then": {"properties": {"a": secret}}}), true),
            (json!({"properties": {"format": {"const": "password"}}}), false),
            (
                json!({"example": secret, "default": secret, "enum": [secret], "x-of": secret, "not": secret}),
                false,
            ),
            (json!({"$ref": "#/components/schemas/Free"}), false),
        ] {
            assert_eq!(marks(&schema, &places), is_one, "{schema}");
        }
    }
}
