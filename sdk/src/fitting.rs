//! Reading a JSON value as one type after the other: a type that does not fit costs no message, since nobody would read it.

use std::{error::Error as StdError, fmt};

use serde::{
    de::{
        self, Deserializer, IntoDeserializer, Visitor,
        value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value};

use crate::losses;

/// A value to be read, or the name of a property.
#[derive(Clone, Copy)]
pub(crate) enum Fitting<'a> {
    Value(&'a Value),
    Text(&'a str),
}

/// The properties of an object, to be read.
fn members(object: &Map<String, Value>) -> impl Iterator<Item = (Fitting<'_>, Fitting<'_>)> {
    object
        .iter()
        .map(|(name, value)| (Fitting::Text(name), Fitting::Value(value)))
}

/// The value is not of the type.
#[derive(Debug)]
pub(crate) struct Unfit;

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a value of the type")
    }
}

impl StdError for Unfit {}

impl de::Error for Unfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'de> IntoDeserializer<'de, Unfit> for Fitting<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A number knows how it is read: with a feature of `serde_json` that keeps every digit, it is a text.
macro_rules! deserialize_number {
    ($($function:ident)*) => {$(
        fn $function<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
            match self {
                Self::Value(Value::Number(number)) => number.$function(visitor).map_err(|_| Unfit),
                _ => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Fitting<'de> {
    type Error = Unfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self {
            Self::Text(text) => visitor.visit_borrowed_str(text),
            Self::Value(Value::String(text)) => visitor.visit_borrowed_str(text),
            Self::Value(Value::Null) => visitor.visit_unit(),
            Self::Value(Value::Bool(value)) => visitor.visit_bool(*value),
            Self::Value(Value::Number(number)) => number.deserialize_any(visitor).map_err(|_| Unfit),
            Self::Value(Value::Array(items)) => {
                let mut items = SeqDeserializer::new(items.iter().map(Self::Value));
                let value = visitor.visit_seq(&mut items)?;
                items.end()?;
                Ok(value)
            }
            Self::Value(Value::Object(properties)) => visitor.visit_map(MapDeserializer::new(members(properties))),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self {
            Self::Value(Value::Null) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_newtype_struct(self)
    }

    /// The maps of `serde_json` take null for an empty one.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self {
            Self::Value(Value::Object(_)) => self.deserialize_any(visitor),
            _ => Err(Unfit),
        }
    }

    /// Where the document says object, the code that serde derives takes an array as well.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        if let Self::Value(Value::Object(properties)) = self {
            losses::named(fields.iter().filter_map(|name| properties.get(*name)));
        }
        self.deserialize_map(visitor)
    }

    /// What no field takes.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if let Self::Value(value) = self {
            losses::ignored(Some(value));
        }
        visitor.visit_unit()
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        match self {
            Self::Text(text) => visitor.visit_enum(IntoDeserializer::<Unfit>::into_deserializer(text)),
            Self::Value(Value::String(text)) => Self::Text(text).deserialize_enum("", &[], visitor),
            Self::Value(Value::Object(properties)) => {
                let members = MapDeserializer::new(members(properties));
                visitor.visit_enum(MapAccessDeserializer::new(members))
            }
            Self::Value(_) => Err(Unfit),
        }
    }

    deserialize_number! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
    }

    forward_to_deserialize_any! {
        bool char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct identifier
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fmt::Debug};

    use serde::{Deserialize, de::DeserializeOwned};
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Named(String);

    #[derive(Debug, Deserialize, PartialEq, PartialOrd, Eq, Ord)]
    #[serde(rename_all = "lowercase")]
    enum Choice {
        One,
        Two,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Whole {
        name: Named,
        choice: Option<Choice>,
        #[serde(default)]
        pair: Option<(i64, f64)>,
        #[serde(default)]
        by_choice: BTreeMap<Choice, Value>,
    }

    fn read<T: DeserializeOwned + Debug>(value: &Value) -> Option<T> {
        T::deserialize(Fitting::Value(value)).ok()
    }

    /// What `serde_json` itself makes of a value is what this is to make of it, but for structs in arrays.
    fn check<T: DeserializeOwned + Debug + PartialEq>(values: &[Value]) {
        for value in values {
            assert_eq!(read::<T>(value), serde_json::from_value(value.clone()).ok(), "{value}");
        }
    }

    #[test]
    fn values_are_read_as_by_serde_json() {
        let values = [
            json!(null),
            json!(true),
            json!(-1),
            json!(1),
            json!(u64::MAX),
            json!(1.5),
            json!("one"),
            json!("x"),
            json!({}),
            json!({"one": null}),
            json!({"one": 1, "two": 2}),
            json!({"name": "n", "choice": null}),
            json!({"name": "n", "choice": "two", "pair": [1, 2], "by_choice": {"one": [1, {"a": null}]}, "new": [[]]}),
            json!({"name": "n", "choice": "three"}),
            json!({"name": "n", "pair": [1, 2, 3]}),
            json!({"name": 1}),
        ];
        check::<Value>(&values);
        check::<bool>(&values);
        check::<i64>(&values);
        check::<u8>(&values);
        check::<f64>(&values);
        check::<String>(&values);
        check::<Named>(&values);
        check::<Choice>(&values);
        check::<Option<Choice>>(&values);
        check::<Whole>(&values);
        check::<BTreeMap<Choice, Value>>(&values);
        check::<Map<String, Value>>(&values);
        check::<()>(&values);
        check::<Vec<i64>>(&[json!([]), json!([1, 2]), json!([1, "2"]), json!({})]);
        check::<(i64,)>(&[json!([1]), json!([1, 2]), json!([])]);
        assert_eq!(read::<Whole>(&json!(["n", null])), None);
    }
}
