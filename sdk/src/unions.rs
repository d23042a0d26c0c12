//! Values of one of several types, which generated code tells apart by a tag or by what fits.

use std::fmt;

use serde::{
    Deserialize, Serialize,
    de::{self, DeserializeOwned},
};
use serde_json::Value;

use crate::objects::Objects;

/// A value of a type that the document does not list, from a newer server.
///
/// `Debug` does not print it, since it may hold a secret.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Unlisted(Value);

impl Unlisted {
    /// The value as JSON.
    #[must_use]
    pub fn as_value(&self) -> &Value {
        &self.0
    }

    /// The value as JSON, owned.
    #[must_use]
    pub fn into_value(self) -> Value {
        self.0
    }
}

impl From<Value> for Unlisted {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl fmt::Debug for Unlisted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[unlisted]")
    }
}

/// The text of the property that says which type a value has.
#[allow(dead_code, reason = "whether it is needed depends on the API's document")]
pub(crate) fn tag<'a>(value: &'a Value, property: &str) -> Option<&'a str> {
    value.get(property)?.as_str()
}

/// Reads a value as the type that its tag says.
#[allow(dead_code, reason = "whether it is needed depends on the API's document")]
pub(crate) fn read<T: DeserializeOwned, E: de::Error>(value: &Value) -> Result<T, E> {
    T::deserialize(Objects(value)).map_err(E::custom)
}

/// Reads a value as a type that it may have.
#[allow(dead_code, reason = "whether it is needed depends on the API's document")]
pub(crate) fn fitting<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(Objects(value)).ok()
}

/// The error for a value that is none of the types; it says what was expected, and of the value only its kind.
#[allow(dead_code, reason = "whether it is needed depends on the API's document")]
pub(crate) fn unlike<E: de::Error>(value: &Value, expected: &str) -> E {
    let found = match value {
        Value::Null => de::Unexpected::Unit,
        Value::Bool(_) => de::Unexpected::Other("boolean"),
        Value::Number(_) => de::Unexpected::Other("number"),
        Value::String(_) => de::Unexpected::Other("string"),
        Value::Array(_) => de::Unexpected::Seq,
        Value::Object(_) => de::Unexpected::Map,
    };
    E::invalid_type(found, &expected)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Cat {
        claws: u8,
    }

    #[test]
    fn a_struct_is_read_from_an_object_alone() {
        for (value, fits) in [
            (json!({"claws": 18}), true),
            (json!([18]), false),
            (json!({}), false),
            (json!("claws"), false),
        ] {
            assert_eq!(fitting::<Cat>(&value).is_some(), fits, "{value}");
            assert_eq!(read::<Cat, serde_json::Error>(&value).is_ok(), fits, "{value}");
        }
    }

    #[test]
    fn what_fits_nothing_is_not_printed() {
        for value in [json!("s3cret"), json!({"s3cret": 1}), json!(["s3cret"])] {
            let error: serde_json::Error = unlike(&value, "one of the documented types");
            assert!(!error.to_string().contains("s3cret"), "{error}");
            assert!(
                error.to_string().ends_with("expected one of the documented types"),
                "{error}"
            );
            assert!(!format!("{:?}", Unlisted::from(value)).contains("s3cret"));
        }
    }

    #[test]
    fn what_is_not_listed_is_kept() {
        let value = json!({"kind": "dog", "tail": 1});
        assert_eq!(tag(&value, "kind"), Some("dog"));
        assert_eq!(tag(&json!([]), "kind"), None);
        let unlisted = Unlisted::from(value.clone());
        assert_eq!(serde_json::to_value(&unlisted).ok(), Some(value.clone()));
        assert_eq!(unlisted.as_value(), &value);
        assert_eq!(unlisted.into_value(), value);
    }
}
