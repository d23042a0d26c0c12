//! Where a document marks secrets, so that none is lost in what can be printed.

use std::collections::BTreeSet;

use serde_json::Value;

use super::references;
use crate::pointer::Pointer;

/// Whether a schema says that its values are secrets.
pub(super) fn is_marked(schema: &Value) -> bool {
    schema.get("format").is_some_and(|format| format == "password")
}

/// Whether a schema marks a secret, in itself, in what stands within it, or in what it refers to; `secretive` are the
/// places of which that is known.
pub(super) fn marks(schema: &Value, secretive: &BTreeSet<Pointer>) -> bool {
    if is_marked(schema) || target(schema).is_some_and(|target| secretive.contains(&target)) {
        return true;
    }
    within(schema).into_iter().any(|inner| marks(inner, secretive))
}

/// Every place that something refers to and that marks a secret.
pub(super) fn places(document: &Value) -> BTreeSet<Pointer> {
    let mut places = BTreeSet::new();
    let targets = references::used_by(document, [document]);
    loop {
        let before = places.len();
        for target in &targets {
            let schema = target.resolve(document).filter(|_| !places.contains(target));
            if schema.is_some_and(|schema| marks(schema, &places)) {
                places.insert(target.clone());
            }
        }
        if places.len() == before {
            return places;
        }
    }
}

fn target(schema: &Value) -> Option<Pointer> {
    Pointer::from_reference(schema.get("$ref")?.as_str()?)
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
                    "example" | "examples" | "default" | "enum" | "const" | "not" | "$defs" | "definitions" => {}
                    extension if extension.starts_with("x-") => {}
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
        let document = json!({"components": {"schemas": {
            "Secret": secret,
            "Holder": {"properties": {"again": {"$ref": "#/components/schemas/Holder"}, "it": {"$ref": "#/components/schemas/Secret"}}},
            "Free": {"properties": {"again": {"$ref": "#/components/schemas/Free"}}},
            "Users": [{"$ref": "#/components/schemas/Holder"}, {"$ref": "#/components/schemas/Secret"}],
        }}});
        let places = places(&document);
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
