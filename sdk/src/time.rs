//! Times in responses: some servers write them without a zone, and mean UTC.

use std::{collections::HashMap, fmt};

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};
use serde_json::Value;

use crate::fitting::{Fitting, Unfit};

/// A time, or what consists of times.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) trait Time: Sized {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// Reads what consists of times.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn deserialize<'de, T: Time, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::read(deserializer)
}

/// As [`deserialize`], where null is something else than absent.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn nullable<'de, T: Time, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::read(deserializer).map(Some)
}

/// Reads a value as what consists of times, if it is that.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn fitting<T: Time>(value: &Value) -> Option<T> {
    T::read(Fitting::<Unfit>::new(value)).ok()
}

/// What consists of times, as a type that can be read.
pub(crate) struct Read<T>(pub(crate) T);

impl<'de, T: Time> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self)
    }
}

/// The time that a text says: by RFC 3339, also with a space for the `T`; without a zone, it is one in UTC. Digits beyond
/// nanoseconds are dropped.
pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dt%H:%M:%S%.f"];
    let naive = formats
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    naive.map(|naive| naive.and_utc())
}

impl Time for DateTime<Utc> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TimeVisitor)
    }
}

struct TimeVisitor;

impl Visitor<'_> for TimeVisitor {
    type Value = DateTime<Utc>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time of RFC 3339")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<DateTime<Utc>, E> {
        parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Other("string"), &self))
    }
}

impl<T: Time> Time for Option<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Option::<Read<T>>::deserialize(deserializer)?;
        Ok(read.map(|Read(value)| value))
    }
}

impl<T: Time> Time for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Vec::<Read<T>>::deserialize(deserializer)?;
        Ok(read.into_iter().map(|Read(value)| value).collect())
    }
}

impl<T: Time> Time for HashMap<String, T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = HashMap::<String, Read<T>>::deserialize(deserializer)?;
        Ok(read.into_iter().map(|(name, Read(value))| (name, value)).collect())
    }
}

#[cfg(test)]
mod tests {
    use chrono::SecondsFormat;

    use super::*;

    #[test]
    fn a_time_is_the_same_instant_however_it_is_written() {
        for (text, expected) in [
            ("2031-05-06T07:08:09Z", Some("2031-05-06T07:08:09Z")),
            ("2031-05-06t07:08:09z", Some("2031-05-06T07:08:09Z")),
            ("2031-05-06 07:08:09Z", Some("2031-05-06T07:08:09Z")),
            ("2031-05-06T07:08:09+02:00", Some("2031-05-06T05:08:09Z")),
            ("2031-05-06T07:08:09-00:00", Some("2031-05-06T07:08:09Z")),
            ("2031-05-06T07:08:09.123456789Z", Some("2031-05-06T07:08:09.123456789Z")),
            (
                "2031-05-06T07:08:09.1234567899Z",
                Some("2031-05-06T07:08:09.123456789Z"),
            ),
            ("2016-12-31T23:59:60Z", Some("2016-12-31T23:59:60Z")),
            ("2016-12-31T23:59:60.5Z", Some("2016-12-31T23:59:60.500Z")),
            ("2017-01-01T00:59:60+01:00", Some("2016-12-31T23:59:60Z")),
            ("0000-01-01T00:00:00Z", Some("0000-01-01T00:00:00Z")),
            ("9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59Z")),
            // Without a zone.
            ("2031-05-06T07:08:09", Some("2031-05-06T07:08:09Z")),
            ("2031-05-06 07:08:09", Some("2031-05-06T07:08:09Z")),
            ("2031-05-06t07:08:09", Some("2031-05-06T07:08:09Z")),
            ("2031-05-06T07:08:09.123456", Some("2031-05-06T07:08:09.123456Z")),
            ("2031-05-06 07:08:09.1234567899", Some("2031-05-06T07:08:09.123456789Z")),
            ("2016-12-31T23:59:60", Some("2016-12-31T23:59:60Z")),
            ("2031-05-06", None),
            ("07:08:09", None),
            ("2031-05-06T07:08", None),
            ("2031-13-06T07:08:09Z", None),
            ("2031-05-06T07:08:09 and more", None),
            ("", None),
        ] {
            let read = parse(text).map(|time| time.to_rfc3339_opts(SecondsFormat::AutoSi, true));
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
