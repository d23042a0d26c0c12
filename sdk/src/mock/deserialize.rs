//! Reading of what a request has, as the types of the API ask for it.

use std::collections::{BTreeMap, btree_map};

use serde::{
    de::{
        DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, StringDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::{Number, Value};

use super::{
    detail::{Detail, Expectation, Step},
    wire::{Reading, WireValue, by_index},
};
use crate::{
    losses::{self, Place},
    objects::Whole,
};

/// Reads a value; one that the description does not list is refused.
pub(crate) fn read<'de, S: DeserializeSeed<'de>>(seed: S, value: &'de WireValue) -> Result<S::Value, Detail> {
    let (read, losses) = losses::measured(Place::default(), || losses::strictly(|| seed.deserialize(Wire(value))));
    match (read, losses.unlisted) {
        (Ok(_), Some(listed)) => Err(Detail::unlisted(listed)),
        (read, _) => read,
    }
}

/// A deserializer that follows the type: a text is a number where the type asks for one.
#[derive(Clone, Copy)]
struct Wire<'de>(&'de WireValue);

/// Runs what reads a value that is of the right kind. What is wrong with it all the same is said by what is expected.
fn leaf<'de, V: Visitor<'de>>(
    visitor: V,
    visit: impl FnOnce(V) -> Result<V::Value, Detail>,
) -> Result<V::Value, Detail> {
    let expecting = expecting(&visitor);
    visit(visitor).map_err(|error| {
        if error.place.is_empty() {
            Detail::expected(&expecting)
        } else {
            error
        }
    })
}

fn expecting<'de>(visitor: &impl Visitor<'de>) -> String {
    let expected: &dyn serde::de::Expected = visitor;
    expected.to_string()
}

fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Detail> {
    match (number.as_u64(), number.as_i64(), number.as_f64()) {
        (Some(integer), _, _) => visitor.visit_u64(integer),
        (_, Some(integer), _) => visitor.visit_i64(integer),
        (_, _, Some(float)) => visitor.visit_f64(float),
        _ => Err(Detail::expected("a number")),
    }
}

impl<'de> Wire<'de> {
    /// A single value: of several, the last one counts.
    fn single(self) -> &'de WireValue {
        match self.0 {
            WireValue::Repeated(items) => items.last().unwrap_or(self.0),
            WireValue::Part(inner) => inner,
            single => single,
        }
    }

    fn visit_list<V: Visitor<'de>>(items: &'de [WireValue], visitor: V) -> Result<V::Value, Detail> {
        Self::visit_items(items.iter().collect(), visitor)
    }

    fn visit_items<V: Visitor<'de>>(items: Vec<&'de WireValue>, visitor: V) -> Result<V::Value, Detail> {
        let expecting = expecting(&visitor);
        let mut items = Items(items.into_iter().enumerate());
        let value = visitor.visit_seq(&mut items)?;
        // A list of a certain length does not read what comes after.
        if items.0.next().is_some() {
            return Err(Detail::expected(&expecting));
        }
        Ok(value)
    }

    fn visit_map<V: Visitor<'de>>(members: &'de BTreeMap<String, WireValue>, visitor: V) -> Result<V::Value, Detail> {
        let members = members.iter();
        visitor.visit_map(Members { members, value: None })
    }

    /// The members of an object.
    fn members(self) -> Option<&'de BTreeMap<String, WireValue>> {
        match self.single() {
            WireValue::Map(members) | WireValue::Nested(members) => Some(members),
            WireValue::Text(text) => match (text.json(), text.map()) {
                (_, WireValue::Map(members)) | (Some(WireValue::Map(members)), _) => Some(members),
                _ => None,
            },
            _ => None,
        }
    }
}

macro_rules! deserialize_number {
    ($($function:ident => $wrap:expr, $expected:literal;)*) => {$(
        fn $function<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Detail> {
            let number = match self.single() {
                WireValue::Absent => return Err(Detail::missing()),
                WireValue::Blank => return visitor.visit_u64(0),
                WireValue::Json(Value::Number(number)) => Some(number.clone()),
                WireValue::Text(text) => text.number(),
                _ => None,
            };
            let number = number.ok_or_else(|| Detail::expected($expected))?;
            leaf(visitor, |visitor| visit_number(&number, $wrap(visitor)))
        }
    )*};
}

impl<'de> Deserializer<'de> for Wire<'de> {
    type Error = Detail;

    /// What may be one of several types.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Detail> {
        match self.0 {
            WireValue::Absent => Err(Detail::missing()),
            WireValue::Blank => visitor.visit_unit(),
            WireValue::Json(value) => leaf(visitor, |visitor| match value {
                Value::Null => visitor.visit_unit(),
                Value::Bool(value) => visitor.visit_bool(*value),
                Value::Number(number) => visit_number(number, visitor),
                Value::String(text) => visitor.visit_borrowed_str(text),
                Value::Array(_) | Value::Object(_) => Err(Detail::expected("a scalar")),
            }),
            WireValue::List(items) | WireValue::Repeated(items) => Self::visit_list(items, visitor),
            WireValue::Nested(members) if members.keys().all(|name| name.parse::<usize>().is_ok()) => {
                self.deserialize_seq(visitor)
            }
            WireValue::Map(members) | WireValue::Nested(members) => Self::visit_map(members, visitor),
            WireValue::Part(inner) => Wire(inner).deserialize_any(visitor),
            WireValue::Text(text) => match (text.reading(), text.json()) {
                (Reading::Json, Some(value)) => Wire(value).deserialize_any(visitor),
                (Reading::Number, _) => self.deserialize_f64(visitor),
                (Reading::List, _) => self.deserialize_seq(visitor),
                (Reading::Map, _) => self.deserialize_map(visitor),
                (Reading::Text | Reading::Json, _) => self.deserialize_str(visitor),
            },
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Detail> {
        match self.0 {
            WireValue::Absent | WireValue::Blank | WireValue::Json(Value::Null) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Detail> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Detail> {
        let value = match self.single() {
            WireValue::Absent => return Err(Detail::missing()),
            WireValue::Blank => Some(false),
            WireValue::Json(value) => value.as_bool(),
            WireValue::Text(text) => text.text().parse().ok(),
            _ => None,
        };
        visitor.visit_bool(value.ok_or_else(|| Detail::expected("a boolean"))?)
    }

    deserialize_number! {
        deserialize_i8 => Whole, "an integer";
        deserialize_i16 => Whole, "an integer";
        deserialize_i32 => Whole, "an integer";
        deserialize_i64 => Whole, "an integer";
        deserialize_u8 => Whole, "an integer";
        deserialize_u16 => Whole, "an integer";
        deserialize_u32 => Whole, "an integer";
        deserialize_u64 => Whole, "an integer";
        deserialize_f32 => std::convert::identity, "a number";
        deserialize_f64 => std::convert::identity, "a number";
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Detail> {
        match self.single() {
            WireValue::Absent => Err(Detail::missing()),
            WireValue::Blank => {
                let text = Expectation::of(&expecting(&visitor)).map_or("", |expectation| expectation.text);
                visitor.visit_str(text)
            }
            WireValue::Json(Value::String(text)) => leaf(visitor, |visitor| visitor.visit_borrowed_str(text)),
            WireValue::Text(text) => leaf(visitor, |visitor| visitor.visit_string(text.text())),
            _ => Err(Detail::expected("a string")),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Detail> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Detail> {
        self.deserialize_str(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Detail> {
        match self.0 {
            WireValue::Absent => Err(Detail::missing()),
            WireValue::Blank => visitor.visit_seq(Items(Vec::new().into_iter().enumerate())),
            WireValue::List(items) | WireValue::Repeated(items) => Self::visit_list(items, visitor),
            WireValue::Nested(members) if members.keys().all(|name| name.parse::<usize>().is_ok()) => {
                let items = by_index(members.iter()).into_iter().map(|(_, item)| item);
                Self::visit_items(items.collect(), visitor)
            }
            WireValue::Part(inner) => match &**inner {
                WireValue::List(items) => Self::visit_list(items, visitor),
                single => Self::visit_items(vec![single], visitor),
            },
            WireValue::Text(text) => match (text.list(), text.json()) {
                (WireValue::List(items), _) | (_, Some(WireValue::List(items))) => Self::visit_list(items, visitor),
                _ => Err(Detail::expected("a sequence")),
            },
            _ => Err(Detail::expected("a sequence")),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Detail> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Detail> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Detail> {
        match (self.0, self.members()) {
            (WireValue::Absent, _) => Err(Detail::missing()),
            (WireValue::Blank, _) => visitor.visit_map(BlankFields([].iter())),
            (_, Some(members)) => Self::visit_map(members, visitor),
            (_, None) => Err(Detail::expected("a map")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Detail> {
        if let WireValue::Blank = self.0 {
            return visitor.visit_map(BlankFields(fields.iter()));
        }
        let mut names = self.members().into_iter().flat_map(BTreeMap::keys);
        if let Some(extra) = losses::extra(name, fields, &mut names) {
            return Err(Detail::unknown_field(extra, fields));
        }
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Detail> {
        match (self.single(), self.members()) {
            (_, Some(members)) => {
                let members = members.iter();
                visitor.visit_enum(MapAccessDeserializer::new(Members { members, value: None }))
            }
            (WireValue::Json(Value::String(text)), _) => visitor.visit_enum(key(text)),
            (WireValue::Text(text), _) => visitor.visit_enum(key(&text.text())),
            _ => Err(Detail::expected("a string")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Detail> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 bytes byte_buf unit unit_struct identifier
    }
}

fn key(name: &str) -> StringDeserializer<Detail> {
    name.to_owned().into_deserializer()
}

/// The items of a list.
struct Items<'de>(std::iter::Enumerate<std::vec::IntoIter<&'de WireValue>>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Detail;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Detail> {
        let Some((index, item)) = self.0.next() else {
            return Ok(None);
        };
        let item = read(seed, item).map_err(|error| error.within(Step::Index(index)));
        item.map(Some)
    }
}

/// The members of an object.
struct Members<'de> {
    members: btree_map::Iter<'de, String, WireValue>,
    value: Option<(&'de String, &'de WireValue)>,
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Detail;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Detail> {
        self.value = self.members.next();
        self.value.map(|(name, _)| seed.deserialize(key(name))).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Detail> {
        match self.value {
            Some((name, value)) => read(seed, value).map_err(|error| error.within(Step::Name(name.clone()))),
            None => Err(Detail::missing()),
        }
    }
}

/// The fields of a struct, all of them blank.
struct BlankFields(std::slice::Iter<'static, &'static str>);

impl<'de> MapAccess<'de> for BlankFields {
    type Error = Detail;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Detail> {
        self.0.next().map(|name| seed.deserialize(key(name))).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Detail> {
        seed.deserialize(Wire(&WireValue::Blank))
    }
}
