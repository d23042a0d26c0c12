//! What the description demands of a value besides its type: what JSON Schema calls validation keywords.

use serde_json::Number;

use super::json::Json;

/// The keywords that are rules, in the order in which they are checked.
pub const KEYWORDS: [&str; 14] = [
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "propertyNames",
];

/// What holds for a value where it is used, besides what its type demands if that has a name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// What holds for the value itself, each keyword in a fixed order.
    pub own: Vec<Rule>,
    /// What holds for the items, if it is a list.
    pub items: Option<Box<Rules>>,
    /// What holds for the properties that have no names of their own, if it is an object.
    pub values: Option<Box<Rules>>,
}

/// One rule. Of a keyword that several parts of an `allOf` have, the strictest is left, or each that says something else.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// `minLength`, in characters.
    MinLength(u64),
    /// `maxLength`, in characters.
    MaxLength(u64),
    /// `pattern`.
    Pattern(Pattern),
    /// `minimum`.
    Minimum(Number),
    /// `maximum`.
    Maximum(Number),
    /// `exclusiveMinimum`.
    ExclusiveMinimum(Number),
    /// `exclusiveMaximum`.
    ExclusiveMaximum(Number),
    /// `multipleOf`.
    MultipleOf(Number),
    /// `minItems`.
    MinItems(u64),
    /// `maxItems`.
    MaxItems(u64),
    /// `uniqueItems`.
    UniqueItems,
    /// `minProperties`.
    MinProperties(u64),
    /// `maxProperties`.
    MaxProperties(u64),
    /// `propertyNames`.
    PropertyNames(Vec<Rule>),
}

/// A pattern that compiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// As the description has it.
    pub text: String,
    /// Whether it is one with the flag `u`, as JSON Schema recommends; some patterns have escapes that are wrong then.
    pub is_unicode: bool,
}

impl Rules {
    /// Whether nothing is demanded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.own.is_empty() && self.items.is_none() && self.values.is_none()
    }

    /// Nothing if nothing is demanded.
    #[must_use]
    pub fn boxed(self) -> Option<Box<Self>> {
        (!self.is_empty()).then(|| Box::new(self))
    }

    /// Whether a pattern is among them.
    #[must_use]
    pub fn has_pattern(&self) -> bool {
        fn is_pattern(rule: &Rule) -> bool {
            match rule {
                Rule::Pattern(_) => true,
                Rule::PropertyNames(rules) => rules.iter().any(is_pattern),
                _ => false,
            }
        }
        let mut within = self.items.iter().chain(&self.values);
        self.own.iter().any(is_pattern) || within.any(|rules| rules.has_pattern())
    }

    /// Adds what else holds.
    pub fn add(&mut self, others: Self) {
        for rule in others.own {
            add(&mut self.own, rule);
        }
        for (here, there) in [(&mut self.items, others.items), (&mut self.values, others.values)] {
            match (here, there) {
                (Some(here), Some(there)) => here.add(*there),
                (here @ None, there) => *here = there,
                (Some(_), None) => {}
            }
        }
    }

    /// What holds whether these are kept or the others: of each rule that both have, the laxer.
    #[must_use]
    pub fn common(&self, others: &Self) -> Self {
        let rules = self.own.iter().chain(&others.own);
        let mut own = Vec::new();
        for rule in rules.filter(|rule| {
            [&self.own, &others.own]
                .iter()
                .all(|own| own.iter().any(|own| own.implies(rule)))
        }) {
            add(&mut own, rule.clone());
        }
        let both = |here: &Option<Box<Self>>, there: &Option<Box<Self>>| here.as_ref()?.common(there.as_ref()?).boxed();
        Self {
            own,
            items: both(&self.items, &others.items),
            values: both(&self.values, &others.values),
        }
    }

    /// Writes them among the keywords of a schema, in place of those that are there.
    pub fn write(&self, keywords: &mut Vec<(String, Json)>) {
        write_own(&self.own, keywords);
        for (keyword, rules) in [("items", &self.items), ("additionalProperties", &self.values)] {
            let Some(rules) = rules else { continue };
            if let Some((_, Json::Object(within))) = keywords.iter_mut().find(|(own, _)| own == keyword) {
                rules.write(within);
            } else {
                let mut within = Vec::new();
                rules.write(&mut within);
                keywords.push((keyword.into(), Json::Object(within)));
            }
        }
    }
}

/// Adds a rule in its place, unless one that is there is as strict.
pub fn add(rules: &mut Vec<Rule>, rule: Rule) {
    let order = |rule: &Rule| KEYWORDS.iter().position(|keyword| *keyword == rule.keyword());
    match rules.iter_mut().find(|other| other.is_like(&rule)) {
        None => {
            let before = rules.partition_point(|other| order(other) <= order(&rule));
            rules.insert(before, rule);
        }
        Some(other) => other.tighten(&rule),
    }
}

fn write_own(rules: &[Rule], keywords: &mut Vec<(String, Json)>) {
    let mut more = Vec::new();
    let mut written = Vec::new();
    for rule in rules {
        let keyword = rule.keyword();
        if written.contains(&keyword) {
            more.push(Json::Object(vec![(keyword.into(), rule.value())]));
            continue;
        }
        written.push(keyword);
        match keywords.iter_mut().find(|(own, _)| own == keyword) {
            Some((_, value)) => *value = rule.value(),
            None => keywords.push((keyword.into(), rule.value())),
        }
    }
    if !more.is_empty() {
        keywords.push(("allOf".into(), Json::Array(more)));
    }
}

impl Rule {
    /// The keyword of JSON Schema.
    #[must_use]
    pub fn keyword(&self) -> &'static str {
        match self {
            Self::MinLength(_) => "minLength",
            Self::MaxLength(_) => "maxLength",
            Self::Pattern(_) => "pattern",
            Self::Minimum(_) => "minimum",
            Self::Maximum(_) => "maximum",
            Self::ExclusiveMinimum(_) => "exclusiveMinimum",
            Self::ExclusiveMaximum(_) => "exclusiveMaximum",
            Self::MultipleOf(_) => "multipleOf",
            Self::MinItems(_) => "minItems",
            Self::MaxItems(_) => "maxItems",
            Self::UniqueItems => "uniqueItems",
            Self::MinProperties(_) => "minProperties",
            Self::MaxProperties(_) => "maxProperties",
            Self::PropertyNames(_) => "propertyNames",
        }
    }

    /// The value of the keyword.
    #[must_use]
    pub fn value(&self) -> Json {
        match self {
            Self::MinLength(count)
            | Self::MaxLength(count)
            | Self::MinItems(count)
            | Self::MaxItems(count)
            | Self::MinProperties(count)
            | Self::MaxProperties(count) => Json::Number((*count).into()),
            Self::Minimum(limit)
            | Self::Maximum(limit)
            | Self::ExclusiveMinimum(limit)
            | Self::ExclusiveMaximum(limit)
            | Self::MultipleOf(limit) => Json::Number(limit.clone()),
            Self::Pattern(pattern) => Json::String(pattern.text.clone()),
            Self::UniqueItems => Json::Bool(true),
            Self::PropertyNames(rules) => {
                let mut keywords = Vec::new();
                write_own(rules, &mut keywords);
                Json::Object(keywords)
            }
        }
    }

    /// Whether of two rules one holds for both: the stricter one, or either if they are the same.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Pattern(_) | Self::MultipleOf(_) | Self::PropertyNames(_), _) => self == other,
            _ => self.keyword() == other.keyword(),
        }
    }

    /// Whether a value that keeps this rule keeps the other one.
    #[must_use]
    pub fn implies(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::MinLength(here), Self::MinLength(there))
            | (Self::MinItems(here), Self::MinItems(there))
            | (Self::MinProperties(here), Self::MinProperties(there)) => here >= there,
            (Self::MaxLength(here), Self::MaxLength(there))
            | (Self::MaxItems(here), Self::MaxItems(there))
            | (Self::MaxProperties(here), Self::MaxProperties(there)) => here <= there,
            (Self::Minimum(here) | Self::ExclusiveMinimum(here), Self::Minimum(there))
            | (Self::ExclusiveMinimum(here), Self::ExclusiveMinimum(there)) => !is_less(here, there),
            (Self::Minimum(here), Self::ExclusiveMinimum(there)) => is_less(there, here),
            (Self::Maximum(here) | Self::ExclusiveMaximum(here), Self::Maximum(there))
            | (Self::ExclusiveMaximum(here), Self::ExclusiveMaximum(there)) => !is_less(there, here),
            (Self::Maximum(here), Self::ExclusiveMaximum(there)) => is_less(here, there),
            (Self::MultipleOf(here), Self::MultipleOf(there)) => {
                here == there
                    || integer(here)
                        .zip(integer(there))
                        .is_some_and(|(here, there)| there != 0 && here % there == 0)
            }
            (Self::PropertyNames(here), Self::PropertyNames(there)) => {
                there.iter().all(|rule| here.iter().any(|own| own.implies(rule)))
            }
            _ => self == other,
        }
    }

    fn tighten(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::MinLength(here), Self::MinLength(there))
            | (Self::MinItems(here), Self::MinItems(there))
            | (Self::MinProperties(here), Self::MinProperties(there)) => *here = (*here).max(*there),
            (Self::MaxLength(here), Self::MaxLength(there))
            | (Self::MaxItems(here), Self::MaxItems(there))
            | (Self::MaxProperties(here), Self::MaxProperties(there)) => *here = (*here).min(*there),
            (Self::Minimum(here), Self::Minimum(there))
            | (Self::ExclusiveMinimum(here), Self::ExclusiveMinimum(there))
                if is_less(here, there) =>
            {
                *here = there.clone();
            }
            (Self::Maximum(here), Self::Maximum(there))
            | (Self::ExclusiveMaximum(here), Self::ExclusiveMaximum(there))
                if is_less(there, here) =>
            {
                *here = there.clone();
            }
            _ => {}
        }
    }
}

/// Whether a number is less than another; integers are compared as such.
#[must_use]
pub fn is_less(one: &Number, other: &Number) -> bool {
    match (integer(one), integer(other)) {
        (Some(one), Some(other)) => one < other,
        _ => one.as_f64() < other.as_f64(),
    }
}

/// An integer of 64 bits, if it is written as one.
#[must_use]
pub fn integer(number: &Number) -> Option<i128> {
    let integer = number.as_i64().map(i128::from);
    integer.or_else(|| number.as_u64().map(i128::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_implies_what_is_laxer() {
        let number = |text: &str| text.parse::<Number>().expect("a number");
        let (minimum, above) = (
            |text| Rule::Minimum(number(text)),
            |text| Rule::ExclusiveMinimum(number(text)),
        );
        let (maximum, below) = (
            |text| Rule::Maximum(number(text)),
            |text| Rule::ExclusiveMaximum(number(text)),
        );
        let multiple = |text| Rule::MultipleOf(number(text));
        for (one, other, expected) in [
            (Rule::MinLength(2), Rule::MinLength(1), [true, false]),
            (Rule::MaxItems(2), Rule::MaxItems(1), [false, true]),
            (Rule::MinLength(2), Rule::MinItems(2), [false, false]),
            (minimum("1"), minimum("0.5"), [true, false]),
            (minimum("1"), above("1"), [false, true]),
            (minimum("1.5"), above("1"), [true, false]),
            (above("-1"), above("-2"), [true, false]),
            (maximum("1"), below("1"), [false, true]),
            (maximum("1"), below("1.5"), [true, false]),
            (below("3"), below("2"), [false, true]),
            (multiple("6"), multiple("3"), [true, false]),
            (multiple("0.5"), multiple("0.1"), [false, false]),
            (
                Rule::PropertyNames(vec![Rule::MaxLength(2), Rule::MinLength(1)]),
                Rule::PropertyNames(vec![Rule::MaxLength(3)]),
                [true, false],
            ),
            (Rule::UniqueItems, Rule::UniqueItems, [true, true]),
        ] {
            assert_eq!(
                [one.implies(&other), other.implies(&one)],
                expected,
                "{one:?}, {other:?}"
            );
        }
    }
}
