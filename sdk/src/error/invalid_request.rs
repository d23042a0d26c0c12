use std::{borrow::Cow, error::Error as StdError, fmt};

use serde_json::Value;

/// A request that breaks rules of the API's description, or holds what cannot be written where it belongs.
///
/// Nothing was sent. [`violations`](Self::violations) has everything that is wrong with it at once; `Display` says the same in one
/// line: `create_access_token was not sent: $.name has 129 characters, at most 128 are allowed`. Neither it nor `Debug` prints a
/// string that was to be sent, but for the names of properties, of which those of a map are the caller's own.
#[derive(Clone, Debug, PartialEq)]
pub struct InvalidRequest {
    operation: &'static str,
    violations: Vec<Violation>,
}

/// One thing that is wrong with a request.
///
/// `Display` says it as a part of a sentence: `$.name has 129 characters, at most 128 are allowed`.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    pub(crate) path: String,
    pub(crate) rule: Rule,
    /// Whether the rule is one for the name of a property.
    pub(crate) is_of_name: bool,
    pub(crate) limit: Option<Value>,
    pub(crate) measure: Option<Value>,
    /// What `Display` says, where it does not follow from the rule.
    pub(crate) text: Cow<'static, str>,
}

/// The rule that a value breaks. Most are called as the keywords of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// `required`: it was not set.
    Required,
    /// `minLength`, in characters.
    MinLength,
    /// `maxLength`, in characters.
    MaxLength,
    /// `pattern`.
    Pattern,
    /// `minimum`.
    Minimum,
    /// `maximum`.
    Maximum,
    /// `exclusiveMinimum`.
    ExclusiveMinimum,
    /// `exclusiveMaximum`.
    ExclusiveMaximum,
    /// `multipleOf`.
    MultipleOf,
    /// `minItems`.
    MinItems,
    /// `maxItems`.
    MaxItems,
    /// `uniqueItems`.
    UniqueItems,
    /// `minProperties`.
    MinProperties,
    /// `maxProperties`.
    MaxProperties,
    /// `propertyNames`: the name of a property breaks a rule.
    PropertyNames,
    /// JSON cannot express a number that is not finite.
    Finite,
    /// RFC 3339 cannot express a year before 0 or after 9999.
    Year,
    /// Values stand in each other deeper than the client writes them.
    Depth,
    /// A header, a path, a query, a form, or JSON cannot express the value.
    Encoding,
}

impl InvalidRequest {
    pub(crate) fn new(operation: &'static str, violations: Vec<Violation>) -> Self {
        Self { operation, violations }
    }

    /// The operation, by the name of its method.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// What is wrong, at least one thing and at most a hundred.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }
}

impl Violation {
    /// Where it is: `$` is the body, `$.name` a property, `$.tags[0]` an item of a list, `query.limit` a parameter (or `path.id`,
    /// `header.X-Page`, `cookie.session`). A property whose name is no identifier stands in brackets: `$["two words"]`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The rule that is broken.
    #[must_use]
    pub fn rule(&self) -> Rule {
        if self.is_of_name {
            Rule::PropertyNames
        } else {
            self.rule
        }
    }

    /// What the rule demands, as the description says it: a number, or the text of a pattern. `None` where the rule has none.
    #[must_use]
    pub fn limit(&self) -> Option<&Value> {
        self.limit.as_ref()
    }

    /// What the limit is compared with: a length, a count, or the number itself. `None` where that is a text.
    #[must_use]
    pub fn measure(&self) -> Option<&Value> {
        self.measure.as_ref()
    }
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was not sent: ", self.operation)?;
        for (position, violation) in self.violations.iter().enumerate() {
            if position > 0 {
                f.write_str("; ")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}

impl StdError for InvalidRequest {}

/// A limit or a measure.
struct Shown<'a>(Option<&'a Value>);

impl Shown<'_> {
    fn is_one(&self) -> bool {
        self.0.and_then(Value::as_u64) == Some(1)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(Value::String(text)) => f.write_str(text),
            Some(value) => value.fmt(f),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.path)?;
        if self.is_of_name {
            f.write_str("has a name that ")?;
        }
        let (limit, measure) = (Shown(self.limit.as_ref()), Shown(self.measure.as_ref()));
        let are = if limit.is_one() { "is" } else { "are" };
        let counted = |one, several| if measure.is_one() { one } else { several };
        let (bound, what) = match self.rule {
            Rule::MinLength => ("at least", counted("character", "characters")),
            Rule::MaxLength => ("at most", counted("character", "characters")),
            Rule::MinItems => ("at least", counted("item", "items")),
            Rule::MaxItems => ("at most", counted("item", "items")),
            Rule::MinProperties => ("at least", counted("property", "properties")),
            Rule::MaxProperties => ("at most", counted("property", "properties")),
            Rule::Minimum => return write!(f, "is {measure}, at least {limit} is required"),
            Rule::Maximum => return write!(f, "is {measure}, at most {limit} is allowed"),
            Rule::ExclusiveMinimum => return write!(f, "is {measure}, more than {limit} is required"),
            Rule::ExclusiveMaximum => return write!(f, "is {measure}, less than {limit} is required"),
            Rule::MultipleOf => return write!(f, "is {measure}, a multiple of {limit} is required"),
            Rule::Pattern => return write!(f, "does not match the pattern `{limit}`"),
            Rule::Depth => return write!(f, "is nested more than {limit} deep"),
            Rule::Required => return f.write_str("is required"),
            Rule::UniqueItems | Rule::PropertyNames | Rule::Finite | Rule::Year | Rule::Encoding => {
                return f.write_str(&self.text);
            }
        };
        let verb = if bound == "at least" { "required" } else { "allowed" };
        write!(f, "has {measure} {what}, {bound} {limit} {are} {verb}")
    }
}
