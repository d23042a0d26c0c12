//! What JSON and RFC 3339 cannot express, which is found before anything is sent: numbers that are not finite, and times beyond the
//! year 9999.

use std::fmt::{self, Write as _};

use serde::{
    Serialize,
    ser::{
        self, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
        SerializeTupleStruct, SerializeTupleVariant, Serializer,
    },
};

/// Says what in a value cannot be written, and where. `serde_json` writes null for such a number, and chrono a year of more than
/// four digits.
pub(crate) fn check(value: &(impl Serialize + ?Sized)) -> Result<(), Unwritable> {
    value.serialize(Check)
}

/// What cannot be written.
#[derive(Debug)]
pub(crate) struct Unwritable {
    /// From the inside outwards: `.name`, `[0]`.
    path: Vec<String>,
    reason: String,
}

impl Unwritable {
    fn new(reason: &str) -> Self {
        Self {
            path: Vec::new(),
            reason: reason.to_owned(),
        }
    }

    pub(crate) fn path(&self) -> String {
        self.path.iter().rev().map(String::as_str).collect()
    }

    pub(crate) fn reason(&self) -> &str {
        &self.reason
    }

    fn within(mut self, step: String) -> Self {
        self.path.push(step);
        self
    }
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            f.write_str("$")?;
            for step in self.path.iter().rev() {
                f.write_str(step)?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Unwritable {}

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        Self::new(&reason.to_string())
    }
}

/// Serializes to nothing.
struct Check;

/// What consists of others.
struct Parts {
    index: usize,
}

impl Parts {
    fn item(&mut self, item: &(impl Serialize + ?Sized)) -> Result<(), Unwritable> {
        let index = self.index;
        self.index += 1;
        check(item).map_err(|error| error.within(format!("[{index}]")))
    }
}

/// The first character of a text.
struct First(Option<char>);

impl fmt::Write for First {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.or_else(|| text.chars().next());
        // What follows need not be written.
        if self.0.is_some() { Err(fmt::Error) } else { Ok(()) }
    }
}

macro_rules! nothing {
    ($($function:ident($($kind:ty),*))*) => {$(
        fn $function(self $(, _: $kind)*) -> Result<(), Unwritable> {
            Ok(())
        }
    )*};
}

macro_rules! parts {
    ($($function:ident($($kind:ty),*))*) => {$(
        fn $function(self $(, _: $kind)*) -> Result<Parts, Unwritable> {
            Ok(Parts { index: 0 })
        }
    )*};
}

impl Serializer for Check {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Parts;
    type SerializeTuple = Parts;
    type SerializeTupleStruct = Parts;
    type SerializeTupleVariant = Parts;
    type SerializeMap = Parts;
    type SerializeStruct = Parts;
    type SerializeStructVariant = Parts;

    nothing! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_u8(u8)
        serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_char(char) serialize_str(&str)
        serialize_bytes(&[u8]) serialize_none() serialize_unit() serialize_unit_struct(&'static str)
        serialize_unit_variant(&'static str, u32, &'static str)
    }

    parts! {
        serialize_seq(Option<usize>) serialize_tuple(usize) serialize_tuple_struct(&'static str, usize)
        serialize_tuple_variant(&'static str, u32, &'static str, usize) serialize_map(Option<usize>)
        serialize_struct(&'static str, usize) serialize_struct_variant(&'static str, u32, &'static str, usize)
    }

    fn serialize_f32(self, value: f32) -> Result<(), Unwritable> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Unwritable> {
        if value.is_finite() {
            return Ok(());
        }
        Err(Unwritable::new("the number is not finite, which JSON cannot express"))
    }

    /// Times alone are written like this.
    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        let mut first = First(None);
        // It ends with an error of its own.
        let _ = write!(first, "{value}");
        Err(Unwritable::new(match first.0 {
            Some('+') => "the year is beyond 9999, which RFC 3339 cannot express",
            Some('-') => "the year is before 0, which RFC 3339 cannot express",
            _ => return Ok(()),
        }))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        check(value)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Unwritable> {
        check(value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        check(value)
    }
}

macro_rules! items {
    ($($kind:ident::$function:ident)*) => {$(
        impl $kind for Parts {
            type Ok = ();
            type Error = Unwritable;

            fn $function<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Unwritable> {
                self.item(item)
            }

            fn end(self) -> Result<(), Unwritable> {
                Ok(())
            }
        }
    )*};
}

items! {
    SerializeSeq::serialize_element SerializeTuple::serialize_element SerializeTupleStruct::serialize_field
    SerializeTupleVariant::serialize_field
}

macro_rules! fields {
    ($($kind:ident)*) => {$(
        impl $kind for Parts {
            type Ok = ();
            type Error = Unwritable;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Unwritable> {
                check(value).map_err(|error| error.within(format!(".{name}")))
            }

            fn end(self) -> Result<(), Unwritable> {
                Ok(())
            }
        }
    )*};
}

fields! { SerializeStruct SerializeStructVariant }

impl SerializeMap for Parts {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Unwritable> {
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        check(value)
    }

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        name: &K,
        value: &V,
    ) -> Result<(), Unwritable> {
        check(value).map_err(|error| {
            let name = serde_json::to_value(name).unwrap_or_default();
            error.within(format!(".{}", name.as_str().unwrap_or_default()))
        })
    }

    fn end(self) -> Result<(), Unwritable> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::{DateTime, NaiveDate, Utc};

    use super::*;

    #[derive(Serialize)]
    struct Everything {
        numbers: Vec<Option<f64>>,
        #[serde(rename = "expiresAt")]
        expires_at: Option<DateTime<Utc>>,
        days: (i64, NaiveDate),
        #[serde(flatten)]
        extra: BTreeMap<String, f32>,
    }

    fn everything() -> Everything {
        Everything {
            numbers: vec![None, Some(f64::MAX), Some(-0.0)],
            expires_at: "9999-12-31T23:59:59.999999999Z".parse().ok(),
            days: (-1, NaiveDate::default()),
            extra: BTreeMap::from([("+a".to_owned(), f32::MIN)]),
        }
    }

    #[test]
    fn what_cannot_be_written_is_found_with_its_place() {
        type Change = fn(&mut Everything);
        assert!(check(&everything()).is_ok());
        let rows: [(Change, &str); 6] = [
            (
                |all| all.numbers.push(Some(f64::NAN)),
                "$.numbers[3]: the number is not finite",
            ),
            (
                |all| all.numbers[0] = Some(f64::INFINITY),
                "$.numbers[0]: the number is not finite",
            ),
            (
                |all| all.expires_at = Some(DateTime::<Utc>::MAX_UTC),
                "$.expiresAt: the year is beyond 9999",
            ),
            (
                |all| all.expires_at = Some(DateTime::<Utc>::MIN_UTC),
                "$.expiresAt: the year is before 0",
            ),
            (|all| all.days.1 = NaiveDate::MAX, "$.days[1]: the year is beyond 9999"),
            (
                |all| all.extra.extend([("b".into(), f32::NEG_INFINITY)]),
                "$.b: the number is not finite",
            ),
        ];
        for (change, expected) in rows {
            let mut all = everything();
            change(&mut all);
            let error = check(&all).expect_err(expected).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        let map = serde_json::json!({"text": "+262142-12-31T23:59:59Z", "number": 1.5, "list": [null, "-1"]});
        assert!(check(&map).is_ok(), "a text is no time");
    }
}
