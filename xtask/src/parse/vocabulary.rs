//! The keywords of JSON Schema, and what a schema says with them.

use serde_json::Value;

/// Keywords that say something to people, or nothing to a client.
const ANNOTATIONS: [&str; 18] = [
    "$vocabulary",
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
    "$recursiveAnchor",
];

/// Keywords that can only refuse a value of a type that others make.
const CHECKS: [&str; 18] = [
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "maxItems",
    "maxProperties",
    "minContains",
    "minItems",
    "minProperties",
    "multipleOf",
    "not",
    "pattern",
    "propertyNames",
    "then",
    "unevaluatedProperties",
    "uniqueItems",
];

/// The types of which alone a keyword says something; `None` if it says something of any.
pub(super) fn of_one_type(keyword: &str) -> Option<&'static [&'static str]> {
    match keyword {
        "additionalProperties"
        | "dependentRequired"
        | "dependentSchemas"
        | "discriminator"
        | "maxProperties"
        | "minProperties"
        | "patternProperties"
        | "properties"
        | "propertyNames"
        | "required"
        | "unevaluatedProperties" => Some(&["object"]),
        "contains" | "items" | "maxContains" | "maxItems" | "minContains" | "minItems" | "prefixItems"
        | "unevaluatedItems" | "uniqueItems" => Some(&["array"]),
        "contentEncoding" | "contentMediaType" | "contentSchema" | "maxLength" | "minLength" | "pattern" => {
            Some(&["string"])
        }
        "exclusiveMaximum" | "exclusiveMinimum" | "maximum" | "minimum" | "multipleOf" => Some(&["integer", "number"]),
        _ => None,
    }
}

/// Whether a keyword demands nothing of a value.
pub(super) fn is_annotation(keyword: &str) -> bool {
    ANNOTATIONS.contains(&keyword) || keyword.starts_with("x-")
}

/// Whether a schema demands anything of a value.
pub(super) fn demands(schema: &Value) -> bool {
    match schema {
        Value::Object(keywords) => !keywords.keys().all(|keyword| is_annotation(keyword)),
        Value::Bool(allows) => !allows,
        _ => false,
    }
}

/// Whether a schema says which type a value has, and not only which values of it are taken.
pub(super) fn makes_type(schema: &Value) -> bool {
    match schema {
        Value::Object(keywords) => keywords
            .iter()
            .any(|(keyword, value)| !is_annotation(keyword) && !is_check(keyword, value)),
        _ => demands(schema),
    }
}

/// Whether a keyword can only refuse a value of a type that others make.
pub(super) fn is_check(keyword: &str, value: &Value) -> bool {
    CHECKS.contains(&keyword)
        && match keyword {
            "then" | "else" => !describes_properties(value),
            "dependentSchemas" => !value
                .as_object()
                .is_some_and(|all| all.values().any(describes_properties)),
            "unevaluatedProperties" => !value.is_object(),
            _ => true,
        }
}

/// Whether a keyword describes properties that only some objects have.
pub(super) fn is_conditional(keyword: &str, value: &Value) -> bool {
    ["dependentSchemas", "else", "then"].contains(&keyword) && !is_check(keyword, value)
}

/// Whether a schema that holds under a condition describes properties.
fn describes_properties(schema: &Value) -> bool {
    let nested = list(schema, "allOf")
        .iter()
        .chain(schema.get("then"))
        .chain(schema.get("else"));
    schema.get("properties").is_some() || nested.into_iter().any(describes_properties)
}

/// Whether a keyword has a value that JSON Schema does not have for it, so that it says nothing.
pub(super) fn is_malformed(keyword: &str, value: &Value) -> bool {
    match keyword {
        "allOf" | "anyOf" | "enum" | "oneOf" | "prefixItems" | "required" => !value.is_array(),
        "patternProperties" | "properties" => !value.is_object(),
        "additionalProperties" => !value.is_object() && !value.is_boolean(),
        "items" => !value.is_object() && !value.is_boolean() && !value.is_array(),
        "type" => !value.is_string() && value.as_array().is_none_or(Vec::is_empty),
        _ => false,
    }
}

/// Whether a schema has any of these keywords.
pub(super) fn has_any(schema: &Value, keywords: &[&str]) -> bool {
    keywords.iter().any(|keyword| schema.get(*keyword).is_some())
}

/// Whether a keyword of a schema is that string.
pub(super) fn is(schema: &Value, keyword: &str, text: &str) -> bool {
    schema.get(keyword).is_some_and(|value| value == text)
}

/// Whether a keyword of a schema is `true`.
pub(super) fn flag(schema: &Value, keyword: &str) -> bool {
    schema.get(keyword) == Some(&Value::Bool(true))
}

/// Whether a schema says that its values are secrets.
pub(super) fn is_marked(schema: &Value) -> bool {
    is(schema, "format", "password")
}

/// The text of a keyword.
pub(super) fn text<'a>(schema: &'a Value, keyword: &str) -> Option<&'a str> {
    schema.get(keyword)?.as_str()
}

/// The items of a keyword that is a list.
pub(super) fn list<'a>(schema: &'a Value, keyword: &str) -> &'a [Value] {
    schema.get(keyword).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The members of a keyword that is an object.
pub(super) fn members<'a>(schema: &'a Value, keyword: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    schema.get(keyword).and_then(Value::as_object).into_iter().flatten()
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

/// Whether a schema is an object by its keywords, whatever its type.
pub(super) fn has_properties(schema: &Value) -> bool {
    has_any(schema, &["properties", "additionalProperties", "patternProperties"])
}

/// Whether a schema is a list by its keywords, whatever its type.
pub(super) fn has_items(schema: &Value) -> bool {
    has_any(schema, &["items", "prefixItems"])
}

/// The only part of an `allOf` that is nothing else.
pub(super) fn only_in_all_of(schema: &Value) -> Option<&Value> {
    match list(schema, "allOf") {
        [single] => Some(single),
        _ => None,
    }
}

/// A value as a person would write it: a string without its quotes.
pub(super) fn plain_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
