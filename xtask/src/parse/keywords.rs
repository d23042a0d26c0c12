//! What a schema says of values besides their type. The client does not check it, but the types' own JSON Schemas say it.

use serde_json::Value;

use super::{
    json::{json, json_members},
    null::without_null,
    vocabulary::{has_any, is_annotation, text},
};
use crate::model::{
    json::Json,
    rules,
    ty::{Format, Int, Ty},
    typedef::{EnumBase, Kind},
};

/// The keywords that are no rule for values, or that Rust's types express; some annotations are kept all the same.
const UNSAID: [&str; 23] = [
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

/// What a schema became.
pub(super) enum Became<'a> {
    /// That type.
    Ty(&'a Ty),
    /// A struct, and the type of its other properties.
    Struct(Option<&'a Ty>),
}

impl<'a> Became<'a> {
    pub(super) fn of(kind: &'a Kind) -> Self {
        match kind {
            Kind::Struct { additional, .. } => Self::Struct(additional.as_ref()),
            Kind::Union { .. } | Kind::Tuple(_) => Self::Ty(&Ty::Any),
            Kind::Enum { base, .. } => Self::Ty(match base {
                EnumBase::String => &Ty::Str(Format::Text),
                EnumBase::Int(_) => &Ty::Int(Int::I64),
                EnumBase::Any => &Ty::Any,
            }),
            Kind::Alias(ty) => Self::Ty(ty),
        }
    }
}

/// What `schema` says besides what it became, and what it says of its items or values where these have no type of their
/// own to say it.
pub(super) fn keywords(schema: &Value, became: &Became<'_>) -> Vec<(String, Json)> {
    let inner = without_null(schema);
    let said = &*inner.schema;
    let is_named = matches!(became, Became::Ty(ty) if matches!(ty.not_null(), Ty::Named(_)));
    if is_named && !has_any(said, &["$ref", "allOf"]) {
        // It has a type of its own; what remains stands beside the null that it may be as well.
        return if said == schema {
            Vec::new()
        } else {
            besides(schema, became)
        };
    }
    let mut keywords = besides(said, became);
    let (items, values) = match became {
        Became::Ty(ty) => match ty.not_null() {
            Ty::List(items) => (Some(&**items), None),
            Ty::Map(values) => (None, Some(&**values)),
            _ => (None, None),
        },
        Became::Struct(additional) => (None, *additional),
    };
    for (keyword, ty) in [("items", items), ("additionalProperties", values)] {
        let (Some(schema), Some(ty)) = (said.get(keyword).filter(|inner| inner.is_object()), ty) else {
            continue;
        };
        let mut within = self::keywords(schema, &Became::Ty(ty));
        if let Some(description) = schema.get("description").filter(|_| !matches!(ty, Ty::Named(_))) {
            within.push(("description".into(), json(description)));
        }
        if !within.is_empty() {
            keywords.push((keyword.into(), Json::Object(within)));
        }
    }
    keywords
}

fn besides(schema: &Value, became: &Became<'_>) -> Vec<(String, Json)> {
    let ty = match became {
        Became::Ty(ty) => Some(ty.not_null()),
        Became::Struct(_) => None,
    };
    let is_upload = ty == Some(&Ty::Str(Format::Upload));
    let is_said = |keyword: &str, value: &Value| match keyword {
        "format" => !ty.is_some_and(|ty| says_format(ty, text(schema, "format"))),
        "contentEncoding" | "contentMediaType" => !is_upload,
        "additionalProperties" => *value == Value::Bool(false) && ty.is_none(),
        // A reference in it would lead nowhere.
        _ => !UNSAID.contains(&keyword) && !keyword.starts_with("x-") && !refers(value),
    };
    let members = schema.as_object().into_iter().flatten();
    json_members(members.filter(|(keyword, value)| is_said(keyword, value)))
}

/// Whether a type says what that format says.
fn says_format(ty: &Ty, format: Option<&str>) -> bool {
    let is_one_of = |formats: &[&str]| format.is_some_and(|format| formats.contains(&format));
    match ty {
        Ty::Str(Format::Text) => false,
        Ty::Str(_) => true,
        Ty::Int(_) => is_one_of(&["int32", "int64", "uint32", "uint64"]),
        Ty::Float => is_one_of(&["float", "double"]),
        _ => false,
    }
}

/// Whether a reference stands in a value.
fn refers(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.contains_key("$ref") || members.values().any(refers),
        Value::Array(items) => items.iter().any(refers),
        _ => false,
    }
}

/// Whether the client neither checks a keyword, nor makes a type of it.
pub(super) fn is_unchecked(keyword: &str, checked: &[&str]) -> bool {
    !is_annotation(keyword) && !rules::KEYWORDS.contains(&keyword) && !checked.contains(&keyword)
}
