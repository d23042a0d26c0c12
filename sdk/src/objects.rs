//! Objects and integers as the description means them: where it says object, the code that serde derives takes an array as well;
//! where it says integer, `1.0` is one.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, Visitor};

/// Wraps a deserializer, and all that it hands on, so that a struct is read from an object and from nothing else.
pub(crate) struct Objects<T>(pub(crate) T);

macro_rules! forward_deserialize {
    ($($function:ident($($argument:ident: $kind:ty),*))*) => {$(
        fn $function<V: Visitor<'de>>(self, $($argument: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$function($($argument,)* Objects(visitor))
        }
    )*};
}

macro_rules! deserialize_integer {
    ($($function:ident)*) => {$(
        fn $function<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$function(Objects(Whole(visitor)))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Objects<D> {
    type Error = D::Error;

    forward_deserialize! {
        deserialize_any() deserialize_bool() deserialize_i128() deserialize_u128() deserialize_f32() deserialize_f64()
        deserialize_char() deserialize_str() deserialize_string()
        deserialize_bytes() deserialize_byte_buf() deserialize_option() deserialize_unit() deserialize_seq()
        deserialize_map() deserialize_identifier() deserialize_ignored_any()
        deserialize_unit_struct(name: &'static str) deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(length: usize) deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }

    deserialize_integer! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32
        deserialize_u64
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Objects(visitor))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! forward_visit {
    ($($function:ident($kind:ty))*) => {$(
        fn $function<E: serde::de::Error>(self, value: $kind) -> Result<V::Value, E> {
            self.0.$function(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Objects<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    forward_visit! {
        visit_bool(bool) visit_i8(i8) visit_i16(i16) visit_i32(i32) visit_i64(i64) visit_i128(i128)
        visit_u8(u8) visit_u16(u16) visit_u32(u32) visit_u64(u64) visit_u128(u128) visit_f32(f32) visit_f64(f64)
        visit_char(char) visit_str(&str) visit_borrowed_str(&'de str) visit_string(String)
        visit_bytes(&[u8]) visit_borrowed_bytes(&'de [u8]) visit_byte_buf(Vec<u8>)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Objects(deserializer))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Objects(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Objects(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, properties: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Objects(properties))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, value: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(value)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Objects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(Objects(seed))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Objects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Objects<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Objects(deserializer))
    }
}

/// Wraps what reads an integer, so that it takes one that is written as a floating-point number.
pub(crate) struct Whole<V>(pub(crate) V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Whole<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    forward_visit! {
        visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_str(&str) visit_borrowed_str(&'de str) visit_string(String)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is whole, and within 64 bits"
    )]
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<V::Value, E> {
        const END_OF_I64: f64 = 9_223_372_036_854_775_808.0;
        const END_OF_U64: f64 = 18_446_744_073_709_551_616.0;
        if value.fract() != 0.0 {
            return self.0.visit_f64(value);
        }
        if (0.0..END_OF_U64).contains(&value) {
            self.0.visit_u64(value as u64)
        } else if (-END_OF_I64..0.0).contains(&value) {
            self.0.visit_i64(value as i64)
        } else {
            self.0.visit_f64(value)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::Value;

    use super::*;
    use crate::fitting::{Fitting, Unfit};

    #[test]
    fn a_whole_number_is_an_integer_however_it_is_written() {
        fn check<T: DeserializeOwned + PartialEq + fmt::Debug>(rows: &[(&str, Option<T>)]) {
            for (text, expected) in rows {
                let mut deserializer = serde_json::Deserializer::from_str(text);
                let read = T::deserialize(Objects(&mut deserializer)).ok();
                assert_eq!(read, *expected, "{text}");
                let Ok(value) = serde_json::from_str::<Value>(text) else {
                    continue;
                };
                let fitted = T::deserialize(Fitting::<Unfit>::new(&value)).ok();
                assert_eq!(fitted, *expected, "{text}, as a value");
            }
        }
        check::<i64>(&[
            ("1", Some(1)),
            ("1.0", Some(1)),
            ("-1.0", Some(-1)),
            ("-0.0", Some(0)),
            ("1e3", Some(1000)),
            ("1.5", None),
            ("-9223372036854775808", Some(i64::MIN)),
            ("-9.223372036854775808e18", Some(i64::MIN)),
            ("9.223372036854775808e18", None),
            ("9223372036854775807", Some(i64::MAX)),
            ("1e999", None),
            ("\"1\"", None),
            ("null", None),
        ]);
        check::<u64>(&[
            ("-1.0", None),
            ("18446744073709551615", Some(u64::MAX)),
            ("1.8446744073709551616e19", None),
        ]);
        check::<i32>(&[("2147483647.0", Some(i32::MAX)), ("2147483648.0", None)]);
        check::<Vec<Option<u8>>>(&[("[1.0,null]", Some(vec![Some(1), None])), ("[256.0]", None)]);
    }
}
