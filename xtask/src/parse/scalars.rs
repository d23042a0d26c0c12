//! Strings and numbers.

use serde_json::Value;

use super::{
    bounds::Bounds, media_type::is_binary, reports::Reports, shape::Shape, vocabulary::text,
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

/// An integer, of as many bits as its limits and its format ask for.
pub(super) fn integer<'a>(schema: &Value, at: &Pointer, reports: &mut Reports) -> Shape<'a> {
    let bounds = Bounds::of(schema);
    let int = match text(schema, "format") {
        Some("int32") if bounds.are_within(i32::MIN.into(), i32::MAX.into()) => Int::I32,
        Some("uint32") if bounds.are_within(0, u32::MAX.into()) => Int::U32,
        Some("uint64") if bounds.are_nearly_within(0, u64::MAX.into()) => Int::U64,
        _ if bounds.are_within(i64::MIN.into(), i64::MAX.into()) => Int::I64,
        _ if bounds.min.is_some() && bounds.are_nearly_within(0, u64::MAX.into()) => Int::U64,
        _ if bounds.are_nearly_within(i64::MIN.into(), i64::MAX.into()) => Int::I64,
        _ => {
            let text = "beyond 64 bits: a `serde_json::Number`, in which larger integers are rounded unless the \
                        application turns on `serde_json/arbitrary_precision`";
            reports.note(Rule::LargeInteger, at, text);
            Int::Big
        }
    };
    Shape::Ty(Ty::Int(int))
}

/// A number. JSON has no numbers of 32 bits, so `format: float` changes nothing: in fewer bits, digits would be lost.
pub(super) fn number<'a>(schema: &Value, at: &Pointer, reports: &mut Reports) -> Shape<'a> {
    let Some(format @ ("int64" | "uint64")) = text(schema, "format") else {
        return Shape::Ty(Ty::Float);
    };
    let text = format!(
        "a number of the format `{format}`: a `serde_json::Number`, which keeps integers of 64 bits and fractions"
    );
    reports.note(Rule::LargeInteger, at, text);
    Shape::Ty(Ty::Int(Int::Big))
}
