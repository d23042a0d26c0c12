//! What a schema says of values besides their type. The client does not check it, but the types' own JSON Schemas say it.

use serde_json::{Map, Value};

use super::{UPLOAD, nullable::without_null};

/// The keywords that say nothing of values, or that Rust's types stand for.
const OTHERS: [&str; 23] = [
    "$comment",
    "$defs",
    "$ref",
    "$schema",
    "allOf",
    "anyOf",
    "definitions",
    "description",
    "discriminator",
    "example",
    "examples",
    "externalDocs",
    "items",
    "nullable",
    "oneOf",
    "patternProperties",
    "prefixItems",
    "properties",
    "required",
    "summary",
    "title",
    "type",
    "xml",
];

/// What `schema` says besides the type that it was lowered to, and what it says of its items or values where these have
/// no type of their own to say it.
pub(super) fn keywords(schema: &Value, lowered: &Value) -> Map<String, Value> {
    let said = without_null(schema).0.value;
    let lowered = match &lowered["allOf"][0] {
        Value::Null => lowered,
        referred => referred,
    };
    let refers = ["$ref", "allOf"].iter().any(|keyword| said.get(keyword).is_some());
    if lowered.get("$ref").is_some() && !refers {
        // It has a type of its own; what remains stands beside the null that it may be as well.
        return if said == *schema {
            Map::new()
        } else {
            besides(schema, lowered)
        };
    }
    let mut keywords = besides(&said, lowered);
    for inner in ["items", "additionalProperties"] {
        let (Some(schema), Some(lowered)) = (said.get(inner).filter(|inner| inner.is_object()), lowered.get(inner))
        else {
            continue;
        };
        let mut within = self::keywords(schema, lowered);
        if let Some(description) = schema.get("description").filter(|_| lowered.get("$ref").is_none()) {
            within.insert("description".into(), description.clone());
        }
        if !within.is_empty() {
            keywords.insert(inner.into(), within.into());
        }
    }
    keywords
}

fn besides(schema: &Value, lowered: &Value) -> Map<String, Value> {
    let is_upload = lowered["format"] == UPLOAD;
    let is_said = |keyword: &str, value: &Value| match keyword {
        "format" => lowered.get("format").is_none(),
        "contentEncoding" | "contentMediaType" => !is_upload,
        "additionalProperties" => *value == Value::Bool(false) && lowered.get("properties").is_some(),
        // A reference in it would lead nowhere.
        _ => !OTHERS.contains(&keyword) && !keyword.starts_with("x-") && !value.to_string().contains("\"$ref\""),
    };
    let members = schema.as_object().into_iter().flatten();
    let said = members.filter(|(keyword, value)| is_said(keyword, value));
    said.map(|(keyword, value)| (keyword.clone(), value.clone())).collect()
}
