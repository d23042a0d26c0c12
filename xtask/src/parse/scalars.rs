//! Strings and numbers.

use serde_json::{Number, Value};

use super::{
    bounds::{self, Bounds},
    media_type::is_binary,
    reports::Reports,
    shape::Shape,
    vocabulary::text,
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::ty::{Format, Int, Ty},
};

/// What names of secrets hold.
const SECRET_WORDS: [&str; 4] = ["token", "secret", "password", "apikey"];

/// A string.
pub(super) fn string<'a>(schema: &Value, at: &Pointer, reports: &mut Reports) -> Shape<'a> {
    if is_binary(schema) {
        let text = "binary, but not a part of a form by itself: a String, as it is sent and read as text";
        reports.note(Rule::BinaryText, at, text);
    }
    // RFC 9562 has one text form for every version of UUID. A file of a form never comes here: `classify` makes it an `Upload`.
    let format = match text(schema, "format") {
        Some("uuid" | "uuid1" | "uuid3" | "uuid4" | "uuid5" | "uuid7") => Format::Uuid,
        Some("date-time") => Format::DateTime,
        Some("date") => Format::Date,
        Some("password") => Format::Secret,
        Some("binary") | None => Format::Text,
        Some(other) => {
            let text = format!("the format `{other}` is not checked: a String");
            reports.note(Rule::UncheckedFormat, at, text);
            Format::Text
        }
    };
    let name = at.segments().last().unwrap_or_default().to_lowercase();
    if format == Format::Text && SECRET_WORDS.iter().any(|word| name.contains(word)) {
        let text = "sounds like a secret: if it is one, give it `format: password` in openapi/overlay.yaml";
        reports.note(Rule::PossibleSecret, at, text);
    }
    Shape::Ty(Ty::Str(format))
}

/// An integer, of as many bits as its limits and its format ask for. Without limits it has 64, as almost every server's has: one
/// beyond them is an error that names it, and not rounded.
pub(super) fn integer<'a>(schema: &Value, at: &Pointer, reports: &mut Reports) -> Shape<'a> {
    let bounds = Bounds::of(schema);
    let is_signed = bounds.names_within(i64::MIN.into(), i64::MAX.into());
    let is_unsigned = bounds.names_within(0, u64::MAX.into());
    let int = match text(schema, "format") {
        Some("int32") if bounds.are_within(i32::MIN.into(), i32::MAX.into()) => Int::I32,
        Some("uint32") if bounds.are_within(0, u32::MAX.into()) => Int::U32,
        Some("uint64") if bounds.are_nearly_within(0, u64::MAX.into()) => Int::U64,
        _ if is_signed && bounds.are_within(i64::MIN.into(), i64::MAX.into()) => Int::I64,
        _ if is_unsigned && bounds.min.is_some() && bounds.are_nearly_within(0, u64::MAX.into()) => Int::U64,
        _ if is_signed && bounds.are_nearly_within(i64::MIN.into(), i64::MAX.into()) => Int::I64,
        _ => {
            let text = "beyond 64 bits: a `serde_json::Number`, in which larger integers are rounded unless the \
                        application turns on `serde_json/arbitrary_precision`";
            reports.note(Rule::LargeInteger, at, text);
            Int::Big
        }
    };
    Shape::Ty(Ty::Int(int))
}

/// An integer that a schema has for a value or a limit, and that no `f64` is.
fn rounded_integer(schema: &Value) -> Option<&Number> {
    let limits = ["exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum"].into_iter();
    let limits = limits.filter_map(|keyword| schema.get(keyword)?.as_number());
    let mut values = limits.chain(bounds::named(schema));
    values.find(|value| bounds::is_rounded(value))
}

/// A number. JSON has no numbers of 32 bits, so `format: float` changes nothing: in fewer bits, digits would be lost.
pub(super) fn number<'a>(schema: &Value, at: &Pointer, reports: &mut Reports) -> Shape<'a> {
    let reason = match text(schema, "format") {
        Some(format @ ("int64" | "uint64")) => format!("a number of the format `{format}`"),
        _ => match rounded_integer(schema) {
            Some(integer) => format!("a number that an `f64` would round ({integer})"),
            None => return Shape::Ty(Ty::Float),
        },
    };
    let text = format!("{reason}: a `serde_json::Number`, which keeps integers of 64 bits and fractions");
    reports.note(Rule::LargeInteger, at, text);
    Shape::Ty(Ty::Int(Int::Big))
}
