//! What is wrong with a request, in the words that FastAPI has for it.

use std::{borrow::Cow, fmt};

use serde::{
    Serialize,
    de::{self, Expected, Unexpected},
};
use serde_json::Value;

use crate::error::{Rule, Violation};

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

    /// A rule of the description that a value breaks.
    pub(crate) fn of_violation(violation: &Violation) -> Self {
        let [limit, measure] = [&violation.limit, &violation.measure].map(|value| match value {
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        });
        let counted = |noun: &str| format!("{limit} {noun}{}", if limit == "1" { "" } else { "s" });
        let (message, kind) = match violation.rule {
            Rule::Required => ("Field required".into(), MISSING),
            Rule::MinLength => (
                format!("String should have at least {}", counted("character")),
                "string_too_short",
            ),
            Rule::MaxLength => (
                format!("String should have at most {}", counted("character")),
                "string_too_long",
            ),
            Rule::Pattern => (
                format!("String should match pattern '{limit}'"),
                "string_pattern_mismatch",
            ),
            Rule::Minimum => (
                format!("Input should be greater than or equal to {limit}"),
                "greater_than_equal",
            ),
            Rule::Maximum => (
                format!("Input should be less than or equal to {limit}"),
                "less_than_equal",
            ),
            Rule::ExclusiveMinimum => (format!("Input should be greater than {limit}"), "greater_than"),
            Rule::ExclusiveMaximum => (format!("Input should be less than {limit}"), "less_than"),
            Rule::MultipleOf => (format!("Input should be a multiple of {limit}"), "multiple_of"),
            Rule::MinItems => (
                format!("List should have at least {}, not {measure}", counted("item")),
                "too_short",
            ),
            Rule::MaxItems => (
                format!("List should have at most {}, not {measure}", counted("item")),
                "too_long",
            ),
            Rule::UniqueItems => ("List items should be unique".into(), "unique_items"),
            Rule::MinProperties => (
                format!("Dictionary should have at least {}, not {measure}", counted("item")),
                "too_short",
            ),
            Rule::MaxProperties => (
                format!("Dictionary should have at most {}, not {measure}", counted("item")),
                "too_long",
            ),
            Rule::PropertyNames | Rule::Finite | Rule::Year | Rule::Depth | Rule::Encoding => {
                let text = violation.to_string();
                let rest = text.strip_prefix(violation.path()).unwrap_or(&text);
                (format!("Input{rest}"), "value_error")
            }
        };
        let mut detail = Self::new(message, kind);
        detail.place = steps(violation.path());
        if violation.is_of_name {
            detail.place.push(Step::Name("[key]".into()));
        }
        detail
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

/// The steps of a path such as `$.name[0]["two words"]`.
fn steps(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    while !rest.is_empty() {
        let (step, after) = if let Some(name) = rest.strip_prefix('.') {
            let end = name.find(['.', '[']).unwrap_or(name.len());
            (Step::Name(name[..end].to_owned()), &name[end..])
        } else if let Some(quoted) = rest.strip_prefix("[\"") {
            let end = quoted.find("\"]").unwrap_or(quoted.len());
            (
                Step::Name(quoted[..end].to_owned()),
                quoted.get(end + 2..).unwrap_or_default(),
            )
        } else {
            let index = rest.trim_start_matches('[');
            let end = index.find(']').unwrap_or(index.len());
            let step = index[..end]
                .parse()
                .map_or_else(|_| Step::Name(index[..end].to_owned()), Step::Index);
            (step, index.get(end + 1..).unwrap_or_default())
        };
        steps.push(step);
        rest = after;
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_violation_is_a_place() {
        let name = |name: &str| Step::Name(name.to_owned());
        for (path, expected) in [
            ("$", vec![]),
            ("$.name", vec![name("name")]),
            (
                "$.a-b[0][12].c",
                vec![name("a-b"), Step::Index(0), Step::Index(12), name("c")],
            ),
            ("$[\"two words\"].c", vec![name("two words"), name("c")]),
            ("$[\"a.b[0]\"][1]", vec![name("a.b[0]"), Step::Index(1)]),
            ("$[\"", vec![name("")]),
            ("$.é[", vec![name("é"), name("")]),
        ] {
            assert_eq!(steps(path), expected, "{path}");
        }
    }
}
