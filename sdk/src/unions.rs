//! Values of one of several types, which generated code tells apart by a tag or by what fits.

use std::{cmp::Reverse, collections::BTreeMap, fmt};

use serde::{
    Deserialize, Serialize, Serializer,
    de::{self, DeserializeOwned},
};
use serde_json::{Map, Value};

use crate::{fitting::Fitting, objects::Objects};

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

/// Reads a value as the type that its tag says, where that type has no property for the tag.
#[allow(dead_code, reason = "whether it is needed depends on the API's document")]
pub(crate) fn read_besides<T: DeserializeOwned, E: de::Error>(mut value: Value, tag: &str) -> Result<T, E> {
    if let Value::Object(properties) = &mut value {
        properties.remove(tag);
    }
    read(&value)
}

/// Writes an object that has no property for the tag that says which type it has, with that tag.
#[allow(dead_code, reason = "whether it is needed depends on the API's document")]
pub(crate) fn write_tagged<S: Serializer>(
    serializer: S,
    tag: &str,
    name: &str,
    object: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Tagged<'a, T> {
        #[serde(flatten)]
        tag: BTreeMap<&'a str, &'a str>,
        #[serde(flatten)]
        object: &'a T,
    }

    Tagged {
        tag: BTreeMap::from([(tag, name)]),
        object,
    }
    .serialize(serializer)
}

/// Reads a value as a type that it may have.
#[allow(dead_code, reason = "whether it is needed depends on the API's document")]
pub(crate) fn fitting<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(Fitting::Value(value)).ok()
}

/// A type that a value may have, and what it makes of the properties of an object, or of the objects in a list.
#[allow(dead_code, reason = "whether it is needed depends on the API's document")]
pub(crate) struct Alternative<T> {
    /// The properties that it has names for.
    pub(crate) knows: &'static [&'static str],
    /// Whether it keeps all others as well.
    pub(crate) is_open: bool,
    pub(crate) read: fn(&Value) -> Option<T>,
}

/// Reads a value as the type that fits it and knows most of its properties; of several such, as the first.
#[allow(dead_code, reason = "whether it is needed depends on the API's document")]
pub(crate) fn best<T>(value: &Value, alternatives: &[Alternative<T>]) -> Option<T> {
    let objects = match value {
        Value::Array(items) => items.iter().filter_map(Value::as_object).collect(),
        _ => value.as_object().into_iter().collect::<Vec<_>>(),
    };
    let mut order = alternatives.iter().collect::<Vec<_>>();
    order.sort_by_key(|alternative| {
        let known = |object: &&Map<String, Value>| {
            let known = alternative.knows.iter().filter(|name| object.contains_key(**name));
            known.count()
        };
        // One that has a name for nothing but keeps it all is better than one that would lose it all.
        Reverse(match objects.iter().map(known).sum::<usize>() {
            0 => usize::from(alternative.is_open && objects.iter().any(|object| !object.is_empty())),
            known => known + 1,
        })
    });
    order.into_iter().find_map(|alternative| (alternative.read)(value))
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
    fn what_knows_most_of_an_object_is_read_first() {
        fn found(value: &Value) -> Option<&'static str> {
            let alternatives = [
                Alternative {
                    knows: &["a", "b"],
                    is_open: false,
                    read: |_| Some("a and b"),
                },
                Alternative {
                    knows: &["b", "c", "d"],
                    is_open: false,
                    read: |_| Some("b to d"),
                },
                Alternative {
                    knows: &[],
                    is_open: true,
                    read: |value| value.is_object().then_some("any"),
                },
            ];
            best(value, &alternatives)
        }
        for (value, expected) in [
            (json!({"a": 1}), "a and b"),
            (json!({"b": 1}), "a and b"),
            (json!({"b": 1, "c": 1}), "b to d"),
            (json!({"a": 1, "new": 1, "newer": 1}), "a and b"),
            (json!({"new": 1}), "any"),
            (json!({}), "a and b"),
            (json!("text"), "a and b"),
        ] {
            assert_eq!(found(&value), Some(expected), "{value}");
        }
        let never = [Alternative::<()> {
            knows: &["a"],
            is_open: true,
            read: |_| None,
        }];
        assert_eq!(best(&json!({"a": 1}), &never), None);
    }

    #[test]
    fn a_tag_that_is_no_property_is_read_and_written_all_the_same() {
        let value = json!({"kind": "cat", "claws": 18});
        for rest in [
            read_besides::<Value, serde_json::Error>(value.clone(), "kind").expect("an object"),
            json!({"claws": 18}),
        ] {
            assert_eq!(rest, json!({"claws": 18}));
            let written = write_tagged(serde_json::value::Serializer, "kind", "cat", &rest);
            assert_eq!(written.expect("JSON"), value);
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
