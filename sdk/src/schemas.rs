//! JSON Schemas, as far as they cannot be derived from the types alone.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

use crate::{Null, Secret, Unlisted, Upload};

macro_rules! implement {
    ($($kind:ident: $schema:tt)*) => {$(
        impl JsonSchema for $kind {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($kind).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

implement! {
    Secret: {"type": "string", "format": "password"}
    Upload: {"type": "string", "format": "binary"}
    Unlisted: {}
    Null: {"type": "null"}
}

/// The schema of `T`, for a field that has to be there: the derive takes every `Option` for one that can be left out.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn required<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Takes null from the schema of an `Option`, for a field that is left out if it is `None`.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn not_null(schema: &mut Schema) {
    let Some(keywords) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = keywords.get_mut("type") {
        types.retain(|kind| kind != "null");
        if types.len() == 1 {
            let single = types.remove(0);
            keywords.insert("type".into(), single);
        }
    }
    if let Some(Value::Array(alternatives)) = keywords.get_mut("anyOf") {
        alternatives.retain(|alternative| alternative["type"] != "null");
        if let [Value::Object(single)] = alternatives.as_slice() {
            let single = single.clone();
            keywords.remove("anyOf");
            keywords.extend(single);
        }
    }
}

/// Adds to the schema of the items or values of another, which `keyword` leads to.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn within(keyword: &'static str, more: Value) -> impl FnMut(&mut Schema) {
    move |schema| {
        add(schema.ensure_object(), keyword, more.clone());
    }
}

fn add(keywords: &mut Map<String, Value>, keyword: &str, more: Value) {
    match (keywords.get_mut(keyword), more) {
        (Some(Value::Object(inner)), Value::Object(more)) => {
            for (keyword, value) in more {
                add(inner, &keyword, value);
            }
        }
        (_, more) => drop(keywords.insert(keyword.into(), more)),
    }
}
