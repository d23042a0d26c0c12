//! Reading of JSON values: as the description means them, and without a message where nobody would read it.

use std::{error::Error as StdError, fmt, marker::PhantomData};

use serde::{
    de::{
        self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor,
        value::{MapAccessDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Number, Value, map};

use crate::{
    losses::{self, Place},
    objects::Whole,
};

/// A value to be read, or the name of a property; `E` is the error for one that is of another type.
pub(crate) struct Fitting<'a, E>(Part<'a>, Place, PhantomData<E>);

#[derive(Clone, Copy)]
enum Part<'a> {
    Value(&'a Value),
    Text(&'a str),
    /// The name of a property of what is read as a map: of a map, or of a struct that keeps what it has no names for.
    MapKey(&'a str),
}

impl<'a, E> Fitting<'a, E> {
    /// A value of which all is known by now, as a union's is before it is known what it is.
    pub(crate) fn new(value: &'a Value) -> Self {
        Self::at(value, losses::place())
    }

    /// A value that stands there.
    pub(crate) fn at(value: &'a Value, place: Place) -> Self {
        Self(Part::Value(value), place, PhantomData)
    }

    fn text(text: &'a str) -> Self {
        Self(Part::Text(text), Place::default(), PhantomData)
    }

    /// The kind of value that it is, without the value, which may be secret.
    fn unexpected(&self) -> de::Unexpected<'static> {
        match self.0 {
            Part::Text(_) | Part::MapKey(_) => de::Unexpected::Other("string"),
            Part::Value(value) => kind(value),
        }
    }
}

/// The kind of a value, without the value, which may be secret.
pub(crate) fn kind(value: &Value) -> de::Unexpected<'static> {
    match value {
        Value::Null => de::Unexpected::Unit,
        Value::Bool(_) => de::Unexpected::Other("boolean"),
        Value::Number(_) => de::Unexpected::Other("number"),
        Value::String(_) => de::Unexpected::Other("string"),
        Value::Array(_) => de::Unexpected::Seq,
        Value::Object(_) => de::Unexpected::Map,
    }
}

/// The properties of an object, to be read.
struct Members<'a, E> {
    left: map::Iter<'a>,
    /// The one whose name was read last.
    current: Option<(&'a String, &'a Value)>,
    place: Place,
    key: fn(&'a str) -> Part<'a>,
    error: PhantomData<E>,
}

impl<'a, E> Members<'a, E> {
    /// The properties of an object that stands there, whose names are such parts.
    fn of(object: &'a Map<String, Value>, place: Place, key: fn(&'a str) -> Part<'a>) -> Self {
        Self {
            left: object.iter(),
            current: None,
            place,
            key,
            error: PhantomData,
        }
    }
}

impl<'de, E: de::Error> MapAccess<'de> for Members<'de, E> {
    type Error = E;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, E> {
        self.current = self.left.next();
        let Some((name, _)) = self.current else {
            // What follows is made of the other properties of the object.
            losses::set_place(self.place);
            return Ok(None);
        };
        let key = Fitting::<E>((self.key)(name), self.place.property(name), PhantomData);
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, E> {
        let Some((name, value)) = self.current.take() else {
            return Err(E::custom("a value without a name"));
        };
        seed.deserialize(Fitting::<E>::at(value, self.place.property(name)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
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

impl<'de, E: de::Error> IntoDeserializer<'de, E> for Fitting<'de, E> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Hands a number on as the type that Rust has for it, whether or not `serde_json` keeps every digit as a text.
fn visit<'de, V: Visitor<'de>, E: de::Error>(number: &Number, visitor: V) -> Result<V::Value, E> {
    if let Some(integer) = number.as_u64() {
        return visitor.visit_u64(integer);
    }
    if let Some(integer) = number.as_i64() {
        return visitor.visit_i64(integer);
    }
    match number.as_f64() {
        Some(float) => visitor.visit_f64(float),
        None => Err(E::invalid_value(de::Unexpected::Other("number"), &visitor)),
    }
}

macro_rules! deserialize_number {
    ($($function:ident)*) => {$(
        fn $function<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
            match self.0 {
                Part::Value(Value::Number(number)) => visit(number, Whole(visitor)),
                _ => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de, E: de::Error> Deserializer<'de> for Fitting<'de, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        let place = self.1;
        let read = match self.0 {
            Part::Text(text) | Part::MapKey(text) => return visitor.visit_borrowed_str(text),
            Part::Value(Value::String(text)) => visitor.visit_borrowed_str(text),
            Part::Value(Value::Null) => visitor.visit_unit(),
            Part::Value(Value::Bool(value)) => visitor.visit_bool(*value),
            Part::Value(Value::Number(number)) => number.deserialize_any(visitor).map_err(E::custom),
            Part::Value(Value::Array(items)) => {
                let mut items = SeqDeserializer::new(items.iter().map(|item| Self::at(item, place.items())));
                let value = visitor.visit_seq(&mut items)?;
                items.end()?;
                Ok(value)
            }
            Part::Value(Value::Object(properties)) => visitor.visit_map(Members::of(properties, place, Part::MapKey)),
        };
        losses::set_place(place);
        read
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.0 {
            Part::Value(Value::Null) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, E> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.0 {
            Part::Value(Value::Number(number)) => visit(number, visitor),
            _ => self.deserialize_any(visitor),
        }
    }

    /// The maps of `serde_json` take null for an empty one.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.0 {
            Part::Value(Value::Object(_)) => self.deserialize_any(visitor),
            _ => Err(E::invalid_type(self.unexpected(), &visitor)),
        }
    }

    /// Where the description says object, the code that serde derives takes an array as well.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        #[cfg_attr(not(feature = "mock"), allow(unused_variables))] name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        let place = self.1;
        let Part::Value(Value::Object(properties)) = self.0 else {
            return Err(E::invalid_type(self.unexpected(), &visitor));
        };
        #[cfg(feature = "mock")]
        if let Some(extra) = losses::extra(name, fields, properties.keys()) {
            return Err(E::unknown_field(extra, fields));
        }
        losses::named(fields.iter().map(|name| place.property(name)));
        visitor.visit_map(Members::of(properties, place, Part::Text))
    }

    /// The name of a property of a struct. One that is read as a map keeps every property, so that it counts as having a name for each.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        if let Part::MapKey(_) = self.0 {
            losses::named([self.1].into_iter());
        }
        self.deserialize_any(visitor)
    }

    /// What no field takes.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        losses::ignored(self.1);
        visitor.visit_unit()
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        match self.0 {
            Part::Text(text) | Part::MapKey(text) => visitor.visit_enum(IntoDeserializer::<E>::into_deserializer(text)),
            Part::Value(Value::String(text)) => Self::text(text).deserialize_enum("", &[], visitor),
            Part::Value(Value::Object(properties)) => {
                let members = Members::<E>::of(properties, self.1, Part::Text);
                visitor.visit_enum(MapAccessDeserializer::new(members))
            }
            Part::Value(_) => Err(E::invalid_type(self.unexpected(), &visitor)),
        }
    }

    deserialize_number! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32
        deserialize_u64
    }

    forward_to_deserialize_any! {
        bool char f32 i128 u128 str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct
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
        T::deserialize(Fitting::<Unfit>::new(value)).ok()
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
