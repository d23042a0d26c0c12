//! The description's values, as the model has them.

use serde_json::Value;

use crate::model::json::Json;

/// A value.
pub(super) fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => Json::Number(number.clone()),
        Value::String(text) => Json::String(text.clone()),
        Value::Array(items) => Json::Array(items.iter().map(json).collect()),
        Value::Object(members) => Json::Object(json_members(members)),
    }
}

/// The members of an object.
pub(super) fn json_members<'a>(members: impl IntoIterator<Item = (&'a String, &'a Value)>) -> Vec<(String, Json)> {
    let members = members.into_iter();
    members.map(|(name, value)| (name.clone(), json(value))).collect()
}
