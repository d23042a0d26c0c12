//! What is wrong with a request, in the words that FastAPI has for it.

use std::{borrow::Cow, fmt};

use serde::{
    Serialize,
    de::{self, Expected, Unexpected},
};

/// Something that is wrong with a request: an item of FastAPI's `detail`. It repeats nothing of what was sent, which may be secret.
#[derive(Debug)]
pub(crate) struct Detail {
    /// From the outside inwards: `body`, `name`.
    pub(crate) place: Vec<Step>,
    pub(crate) message: Cow<'static, str>,
    /// The rule that is broken, for programs.
    pub(crate) kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Step {
    Name(String),
    Index(usize),
}

/// The kind of a detail on something that is missing.
pub(crate) const MISSING: &str = "missing";
/// The kind of a detail on a property that a closed object does not have.
pub(crate) const EXTRA: &str = "extra_forbidden";

impl Detail {
    pub(crate) fn new(message: impl Into<Cow<'static, str>>, kind: &'static str) -> Self {
        Self {
            place: Vec::new(),
            message: message.into(),
            kind,
        }
    }

    pub(crate) fn missing() -> Self {
        Self::new("Field required", MISSING)
    }

    pub(crate) fn invalid_json() -> Self {
        Self::new("JSON decode error", "json_invalid")
    }

    /// A value that is not what the description lists.
    pub(crate) fn unlisted(listed: &str) -> Self {
        Self::new(format!("Input should be {listed}"), "enum")
    }

    /// A value that is not what a type expects.
    pub(crate) fn expected(expecting: &str) -> Self {
        match Expectation::of(expecting) {
            Some(Expectation { noun, kind, .. }) => Self::new(format!("Input should be a valid {noun}"), kind),
            None => Self::new(format!("Input should be {expecting}"), "value_error"),
        }
    }

    /// The same, of the part of a value that stands there.
    pub(crate) fn within(mut self, step: Step) -> Self {
        self.place.insert(0, step);
        self
    }

    /// The same, of a part of a request.
    pub(crate) fn at(mut self, place: &[&str]) -> Self {
        let place = place.iter().map(|name| Step::Name((*name).to_owned()));
        self.place.splice(0..0, place);
        self
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.place.iter().enumerate() {
            match step {
                Step::Name(name) if position == 0 => f.write_str(name)?,
                Step::Name(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        if !self.place.is_empty() {
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Detail {}

/// Messages of serde's own may quote what was sent; what a type expects never does.
impl de::Error for Detail {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::new("Input should be a valid value", "value_error")
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(&expected.to_string())
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(&expected.to_string())
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::expected(&expected.to_string())
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::unlisted("one of the documented values")
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self::new("Extra inputs are not permitted", EXTRA).within(Step::Name(field.to_owned()))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::missing().within(Step::Name(field.to_owned()))
    }
}

/// What a type expects, by the words that serde's visitors have for it.
#[derive(Clone, Copy)]
pub(crate) struct Expectation {
    noun: &'static str,
    kind: &'static str,
    /// A text that is one, if texts are expected.
    pub(crate) text: &'static str,
}

impl Expectation {
    pub(crate) fn of(expecting: &str) -> Option<Self> {
        const RULES: [(&[&str], &str, &str, &str); 9] = [
            (
                &["UUID"],
                "UUID",
                "uuid_parsing",
                "00000000-0000-0000-0000-000000000000",
            ),
            (&["RFC 3339"], "datetime", "datetime_parsing", "1970-01-01T00:00:00Z"),
            (&["date string"], "date", "date_parsing", "1970-01-01"),
            (&["string", "character"], "string", "string_type", ""),
            (&["bool"], "boolean", "bool_type", ""),
            (
                &["integer", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"],
                "integer",
                "int_type",
                "",
            ),
            (&["number", "f32", "f64", "float"], "number", "float_type", ""),
            (&["sequence", "tuple", "array"], "list", "list_type", ""),
            (&["map", "struct ", "object"], "dictionary", "dict_type", ""),
        ];
        let is_meant = |(words, ..): &&(&[&str], _, _, _)| words.iter().any(|word| expecting.contains(word));
        let rule = RULES.iter().find(is_meant);
        rule.map(|(_, noun, kind, text)| Self { noun, kind, text })
    }
}
