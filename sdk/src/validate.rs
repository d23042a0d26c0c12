//! The rules of the description for what is sent. Generated types check themselves with them, before anything is written.

use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::{HashMap, hash_map::Entry},
};

use chrono::{DateTime, Datelike as _, NaiveDate, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::{Number, Value};
use uuid::Uuid;

use crate::{
    Null, Secret, Unlisted, Upload,
    decimal::Decimal,
    error::{InvalidRequest, Rule, Violation},
};

/// How deep values may stand in each other. `serde_json` reads no more either, and writing takes stack for each level.
pub(crate) const MAX_DEPTH: usize = 128;

/// How many violations are kept: a long list may break a rule with each of its items.
const MAX_VIOLATIONS: usize = 100;

/// The longest name of a property that is shown, in characters.
const LONGEST_NAME: usize = 64;

/// A value that may break rules.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) trait Validate {
    /// Adds every rule that it breaks.
    fn validate(&self, at: &mut Violations);
}

/// The rules that a request breaks, as they are found.
#[derive(Debug, Default)]
pub(crate) struct Violations {
    found: Vec<Violation>,
    /// How deep the value stands that is being checked.
    depth: usize,
    is_too_deep: bool,
}

/// A step on the way to a value.
#[derive(Clone, Copy)]
enum Step<'a> {
    /// What a path begins with.
    Root(&'a str),
    Property(&'a str),
    Item(usize),
}

#[allow(dead_code, reason = "which of these are needed depends on the API's description")]
impl Violations {
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether values stand in each other deeper than they can be written.
    pub(crate) fn is_too_deep(&self) -> bool {
        self.is_too_deep
    }

    /// An error if anything was found.
    pub(crate) fn result(&self, operation: &'static str) -> Result<(), InvalidRequest> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(InvalidRequest::new(operation, self.found.clone()))
        }
    }

    /// Moves all of `others` here.
    pub(crate) fn append(&mut self, others: &mut Self) {
        self.found.append(&mut others.found);
        self.found.truncate(MAX_VIOLATIONS);
        self.is_too_deep |= others.is_too_deep;
    }

    /// Checks the body.
    pub(crate) fn body(&mut self, check: impl FnOnce(&mut Self)) {
        self.within(Step::Root("$"), check);
    }

    /// Checks a parameter, by its place and name: `query.limit`.
    pub(crate) fn parameter(&mut self, path: &str, check: impl FnOnce(&mut Self)) {
        self.within(Step::Root(path), check);
    }

    /// Checks a property of an object.
    pub(crate) fn property(&mut self, name: &str, check: impl FnOnce(&mut Self)) {
        self.within(Step::Property(name), check);
    }

    /// Checks the items of a list.
    pub(crate) fn items<T>(&mut self, items: &[T], check: impl Fn(&mut Self, &T)) {
        for (index, item) in items.iter().enumerate() {
            self.item(index, |at| check(at, item));
        }
    }

    /// Checks one item of a list.
    pub(crate) fn item(&mut self, index: usize, check: impl FnOnce(&mut Self)) {
        self.within(Step::Item(index), check);
    }

    /// Checks the properties of a map.
    pub(crate) fn values<'a, T: 'a>(
        &mut self,
        map: impl IntoIterator<Item = (&'a String, &'a T)>,
        check: impl Fn(&mut Self, &T),
    ) {
        let before = self.found.len();
        for (name, value) in map {
            self.property(name, |at| check(at, value));
        }
        // A map has no order of its own.
        self.found[before..].sort_by(|one, other| one.path.cmp(&other.path));
    }

    /// Checks the names of properties.
    pub(crate) fn names<'a>(&mut self, names: impl IntoIterator<Item = &'a str>, check: impl Fn(&mut Self, &str)) {
        let before = self.found.len();
        for name in names {
            let before = self.found.len();
            self.property(name, |at| check(at, name));
            for violation in &mut self.found[before..] {
                violation.is_of_name = true;
            }
        }
        self.found[before..].sort_by(|one, other| one.path.cmp(&other.path));
    }

    fn within(&mut self, step: Step<'_>, check: impl FnOnce(&mut Self)) {
        if self.depth > MAX_DEPTH {
            if !self.is_too_deep {
                self.is_too_deep = true;
                self.add(Rule::Depth, MAX_DEPTH, None);
            }
            return;
        }
        self.depth += 1;
        let before = self.found.len();
        check(self);
        self.depth -= 1;
        if self.found.len() > before {
            self.lead(before, step);
        }
    }

    /// Puts a step in front of the paths that were found in it, so that a path costs nothing where nothing is wrong.
    #[cold]
    fn lead(&mut self, before: usize, step: Step<'_>) {
        let step = match step {
            Step::Root(root) => root.to_owned(),
            Step::Property(name) => path_of("", name),
            Step::Item(index) => format!("[{index}]"),
        };
        for violation in &mut self.found[before..] {
            violation.path.insert_str(0, &step);
        }
    }

    #[cold]
    fn push(&mut self, rule: Rule, limit: Option<Value>, measure: Option<Value>, text: Cow<'static, str>) {
        if self.found.len() < MAX_VIOLATIONS {
            self.found.push(Violation {
                path: String::new(),
                rule,
                is_of_name: false,
                limit,
                measure,
                text,
            });
        }
    }

    fn add(&mut self, rule: Rule, limit: impl Into<Value>, measure: Option<Value>) {
        self.push(rule, Some(limit.into()), measure, Cow::Borrowed(""));
    }

    fn add_text(&mut self, rule: Rule, text: impl Into<Cow<'static, str>>) {
        self.push(rule, None, None, text.into());
    }

    /// Adds a parameter, or the body, that was not set.
    pub(crate) fn required(&mut self, path: &str, is_set: bool) {
        if !is_set {
            self.parameter(path, |at| at.add_text(Rule::Required, ""));
        }
    }

    /// Adds a property that was not set.
    pub(crate) fn required_property(&mut self, name: &str, is_set: bool) {
        if !is_set {
            self.property(name, |at| at.add_text(Rule::Required, ""));
        }
    }

    /// Adds what cannot be written where it belongs, unless something is wrong with it in any case. The text never holds the
    /// value, which may be a secret.
    pub(crate) fn encoding(&mut self, path: &str, text: impl Into<Cow<'static, str>>) {
        let is_within = |violation: &Violation| {
            let rest = violation.path.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        // What is too deep is not written at all.
        if !self.is_too_deep && !self.found.iter().any(is_within) {
            self.parameter(path, |at| at.add_text(Rule::Encoding, text));
        }
    }

    pub(crate) fn min_length(&mut self, text: &(impl Text + ?Sized), limit: usize) {
        let length = text.text().chars().take(limit).count();
        if length < limit {
            self.add(Rule::MinLength, limit, Some(length.into()));
        }
    }

    pub(crate) fn max_length(&mut self, text: &(impl Text + ?Sized), limit: usize) {
        let text = text.text();
        // No text has more characters than bytes.
        if text.len() > limit {
            let length = text.chars().count();
            if length > limit {
                self.add(Rule::MaxLength, limit, Some(length.into()));
            }
        }
    }

    pub(crate) fn pattern(&mut self, text: &(impl Text + ?Sized), pattern: &impl Pattern) {
        if !pattern.is_match(&text.text()) {
            self.add(Rule::Pattern, pattern.text(), None);
        }
    }

    pub(crate) fn minimum<T: Numeric>(&mut self, value: &T, limit: T::Limit) {
        self.compare(value, limit, Rule::Minimum, Ordering::is_lt);
    }

    pub(crate) fn maximum<T: Numeric>(&mut self, value: &T, limit: T::Limit) {
        self.compare(value, limit, Rule::Maximum, Ordering::is_gt);
    }

    pub(crate) fn exclusive_minimum<T: Numeric>(&mut self, value: &T, limit: T::Limit) {
        self.compare(value, limit, Rule::ExclusiveMinimum, Ordering::is_le);
    }

    pub(crate) fn exclusive_maximum<T: Numeric>(&mut self, value: &T, limit: T::Limit) {
        self.compare(value, limit, Rule::ExclusiveMaximum, Ordering::is_ge);
    }

    fn compare<T: Numeric>(&mut self, value: &T, limit: T::Limit, rule: Rule, is_broken: fn(Ordering) -> bool) {
        if value.compare(limit).is_some_and(is_broken) {
            self.add(rule, T::limit(limit), Some(value.measure()));
        }
    }

    pub(crate) fn multiple_of<T: Numeric>(&mut self, value: &T, divisor: T::Limit) {
        if !value.is_multiple_of(divisor) {
            self.add(Rule::MultipleOf, T::limit(divisor), Some(value.measure()));
        }
    }

    pub(crate) fn min_items<T>(&mut self, items: &[T], limit: usize) {
        if items.len() < limit {
            self.add(Rule::MinItems, limit, Some(items.len().into()));
        }
    }

    pub(crate) fn max_items<T>(&mut self, items: &[T], limit: usize) {
        if items.len() > limit {
            self.add(Rule::MaxItems, limit, Some(items.len().into()));
        }
    }

    /// Items are equal as JSON Schema has it: `1` and `1.0` are, and the order of properties does not matter.
    pub(crate) fn unique_items<T: Serialize>(&mut self, items: &[T]) {
        // What is too deep cannot be written, and what cannot be written is found elsewhere.
        if self.is_too_deep || items.len() < 2 {
            return;
        }
        let mut seen = HashMap::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let Ok(value) = serde_json::to_value(item) else {
                continue;
            };
            let mut text = String::new();
            canonical(&value, &mut text);
            match seen.entry(text) {
                Entry::Vacant(entry) => {
                    entry.insert(index);
                }
                Entry::Occupied(first) => {
                    let first = *first.get();
                    self.add_text(Rule::UniqueItems, format!("has equal items, at {first} and {index}"));
                    return;
                }
            }
        }
    }

    pub(crate) fn min_properties(&mut self, count: usize, limit: usize) {
        if count < limit {
            self.add(Rule::MinProperties, limit, Some(count.into()));
        }
    }

    pub(crate) fn max_properties(&mut self, count: usize, limit: usize) {
        if count > limit {
            self.add(Rule::MaxProperties, limit, Some(count.into()));
        }
    }

    fn year(&mut self, year: i32) {
        if year < 0 {
            self.add_text(Rule::Year, "is before the year 0");
        } else if year > 9999 {
            self.add_text(Rule::Year, "is after the year 9999");
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Array(items) => self.items(items, Self::value),
            Value::Object(properties) => self.values(properties, Self::value),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// The path of a property of what stands at `path`.
pub(crate) fn path_of(path: &str, name: &str) -> String {
    if is_identifier(name) {
        format!("{path}.{name}")
    } else {
        format!("{path}[{:?}]", shortened(name))
    }
}

/// Whether a path has a property after a dot.
fn is_identifier(name: &str) -> bool {
    let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '$');
    !name.is_empty() && name.len() <= LONGEST_NAME && name.chars().all(is_part)
}

fn shortened(name: &str) -> String {
    let mut characters = name.chars();
    let mut start = characters.by_ref().take(LONGEST_NAME).collect::<String>();
    if characters.next().is_some() {
        start.push('…');
    }
    start
}

/// Writes a value so that equal values have equal texts.
fn canonical(value: &Value, into: &mut String) {
    match value {
        Value::Number(number) => match Decimal::of_number(number) {
            Some(number) => *into += &number.canonical(),
            None => *into += &number.to_string(),
        },
        Value::Array(items) => {
            into.push('[');
            for item in items {
                canonical(item, into);
                into.push(',');
            }
            into.push(']');
        }
        Value::Object(properties) => {
            let mut properties = properties.iter().collect::<Vec<_>>();
            properties.sort_unstable_by_key(|(name, _)| *name);
            into.push('{');
            for (name, value) in properties {
                *into += &Value::from(name.as_str()).to_string();
                into.push(':');
                canonical(value, into);
                into.push(',');
            }
            into.push('}');
        }
        scalar => *into += &scalar.to_string(),
    }
}

/// What is written as a text.
pub(crate) trait Text {
    fn text(&self) -> Cow<'_, str>;
}

impl Text for str {
    fn text(&self) -> Cow<'_, str> {
        self.into()
    }
}

impl Text for String {
    fn text(&self) -> Cow<'_, str> {
        self.into()
    }
}

impl Text for Secret {
    fn text(&self) -> Cow<'_, str> {
        self.expose_secret().into()
    }
}

impl Text for Uuid {
    fn text(&self) -> Cow<'_, str> {
        self.to_string().into()
    }
}

/// As chrono writes it in JSON.
impl Text for DateTime<Utc> {
    fn text(&self) -> Cow<'_, str> {
        self.to_rfc3339_opts(SecondsFormat::AutoSi, true).into()
    }
}

impl Text for NaiveDate {
    fn text(&self) -> Cow<'_, str> {
        self.to_string().into()
    }
}

/// A pattern of the description.
pub(crate) trait Pattern {
    /// As the description has it.
    fn text(&self) -> &'static str;
    fn is_match(&self, text: &str) -> bool;
}

/// A number, and what it is compared with without loss.
pub(crate) trait Numeric {
    type Limit: Copy;

    /// `None` where it cannot be compared, which is wrong by itself.
    fn compare(&self, limit: Self::Limit) -> Option<Ordering>;
    fn is_multiple_of(&self, divisor: Self::Limit) -> bool;
    fn measure(&self) -> Value;
    fn limit(limit: Self::Limit) -> Value;
}

macro_rules! integers {
    ($($int:ident)*) => {$(
        impl Numeric for $int {
            type Limit = i128;

            fn compare(&self, limit: i128) -> Option<Ordering> {
                Some(i128::from(*self).cmp(&limit))
            }

            fn is_multiple_of(&self, divisor: i128) -> bool {
                i128::from(*self).checked_rem(divisor).is_none_or(|rest| rest == 0)
            }

            fn measure(&self) -> Value {
                (*self).into()
            }

            fn limit(limit: i128) -> Value {
                Number::from_i128(limit).map_or_else(|| limit.to_string().into(), Value::Number)
            }
        }

        impl Validate for $int {
            fn validate(&self, _: &mut Violations) {}
        }
    )*};
}

integers! { i32 i64 u32 u64 }

impl Numeric for f64 {
    type Limit = f64;

    fn compare(&self, limit: f64) -> Option<Ordering> {
        // What is infinite is not sent, whatever the limit is.
        self.is_finite().then(|| self.partial_cmp(&limit)).flatten()
    }

    fn is_multiple_of(&self, divisor: f64) -> bool {
        let both = Decimal::of_float(*self).zip(Decimal::of_float(divisor));
        both.is_none_or(|(value, divisor)| value.is_multiple_of(&divisor))
    }

    fn measure(&self) -> Value {
        (*self).into()
    }

    fn limit(limit: f64) -> Value {
        whole(limit)
    }
}

/// A limit as a person writes it: `1`, not `1.0`.
fn whole(limit: f64) -> Value {
    const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

    #[allow(clippy::cast_possible_truncation, reason = "it is an integer of 53 bits")]
    if limit.fract() == 0.0 && limit.abs() <= MAX_EXACT {
        (limit as i64).into()
    } else {
        limit.into()
    }
}

/// Its limits are texts, since they may have more digits than any number of Rust.
impl Numeric for Number {
    type Limit = &'static str;

    fn compare(&self, limit: &'static str) -> Option<Ordering> {
        let both = Decimal::of_number(self).zip(Decimal::parse(limit));
        both.map(|(value, limit)| value.cmp(&limit))
    }

    fn is_multiple_of(&self, divisor: &'static str) -> bool {
        let both = Decimal::of_number(self).zip(Decimal::parse(divisor));
        both.is_none_or(|(value, divisor)| value.is_multiple_of(&divisor))
    }

    fn measure(&self) -> Value {
        Value::Number(self.clone())
    }

    fn limit(limit: &'static str) -> Value {
        limit.parse::<Number>().map_or_else(|_| limit.into(), Value::Number)
    }
}

macro_rules! without_rules {
    ($($ty:ty)*) => {$(
        impl Validate for $ty {
            fn validate(&self, _: &mut Violations) {}
        }
    )*};
}

without_rules! { bool str String Null Number Secret Upload Uuid }

impl Validate for f64 {
    fn validate(&self, at: &mut Violations) {
        if !self.is_finite() {
            at.add_text(Rule::Finite, "is not finite, which JSON cannot express");
        }
    }
}

impl Validate for DateTime<Utc> {
    fn validate(&self, at: &mut Violations) {
        at.year(self.year());
    }
}

impl Validate for NaiveDate {
    fn validate(&self, at: &mut Violations) {
        at.year(self.year());
    }
}

impl Validate for Value {
    fn validate(&self, at: &mut Violations) {
        at.value(self);
    }
}

impl Validate for Unlisted {
    fn validate(&self, at: &mut Violations) {
        at.value(self.as_value());
    }
}

impl<T: Validate + ?Sized> Validate for &T {
    fn validate(&self, at: &mut Violations) {
        (**self).validate(at);
    }
}

impl<T: Validate + ?Sized> Validate for Box<T> {
    fn validate(&self, at: &mut Violations) {
        (**self).validate(at);
    }
}

impl<T: Validate> Validate for Option<T> {
    fn validate(&self, at: &mut Violations) {
        if let Some(value) = self {
            value.validate(at);
        }
    }
}

impl<T: Validate> Validate for [T] {
    fn validate(&self, at: &mut Violations) {
        at.items(self, |at, item| item.validate(at));
    }
}

impl<T: Validate> Validate for Vec<T> {
    fn validate(&self, at: &mut Violations) {
        self.as_slice().validate(at);
    }
}

impl<T: Validate> Validate for HashMap<String, T> {
    fn validate(&self, at: &mut Violations) {
        at.values(self, |at, value| value.validate(at));
    }
}

impl Validate for serde_json::Map<String, Value> {
    fn validate(&self, at: &mut Violations) {
        at.values(self, Violations::value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What is found, as text.
    fn found(check: impl FnOnce(&mut Violations)) -> String {
        let mut violations = Violations::default();
        check(&mut violations);
        match violations.result("op") {
            Ok(()) => String::new(),
            Err(error) => error.to_string().replace("op was not sent: ", ""),
        }
    }

    #[test]
    #[allow(clippy::too_many_lines, reason = "a table")]
    fn each_rule_says_what_it_demands_and_what_was_given() {
        type Check = fn(&mut Violations);
        let rows: [(Check, Check, Rule, Value, Value, &str); 13] = [
            (
                |at| at.min_length("é\u{1f600}", 3),
                |at| at.min_length("é\u{1f600}e\u{301}", 3),
                Rule::MinLength,
                json!(3),
                json!(2),
                "has 2 characters, at least 3 are required",
            ),
            (
                |at| at.max_length(&"é\u{1f600}".to_owned(), 1),
                |at| at.max_length(&"\u{1f600}".to_owned(), 1),
                Rule::MaxLength,
                json!(1),
                json!(2),
                "has 2 characters, at most 1 is allowed",
            ),
            (
                |at| at.minimum(&i64::MIN, i128::from(i64::MIN) + 1),
                |at| at.minimum(&i64::MIN, i128::from(i64::MIN)),
                Rule::Minimum,
                json!(i64::MIN + 1),
                json!(i64::MIN),
                "is -9223372036854775808, at least -9223372036854775807 is required",
            ),
            (
                |at| at.maximum(&u64::MAX, i128::from(u64::MAX) - 1),
                |at| at.maximum(&u64::MAX, i128::from(u64::MAX)),
                Rule::Maximum,
                json!(u64::MAX - 1),
                json!(u64::MAX),
                "is 18446744073709551615, at most 18446744073709551614 is allowed",
            ),
            (
                |at| at.exclusive_minimum(&0.5, 0.5),
                |at| at.exclusive_minimum(&0.500_000_000_000_000_1, 0.5),
                Rule::ExclusiveMinimum,
                json!(0.5),
                json!(0.5),
                "is 0.5, more than 0.5 is required",
            ),
            (
                |at| at.exclusive_maximum(&5_i32, 5),
                |at| at.exclusive_maximum(&4_i32, 5),
                Rule::ExclusiveMaximum,
                json!(5),
                json!(5),
                "is 5, less than 5 is required",
            ),
            (
                |at| at.multiple_of(&19.995, 0.01),
                |at| at.multiple_of(&19.99, 0.01),
                Rule::MultipleOf,
                json!(0.01),
                json!(19.995),
                "is 19.995, a multiple of 0.01 is required",
            ),
            (
                |at| at.multiple_of(&-15_i64, 7),
                |at| at.multiple_of(&-14_i64, 7),
                Rule::MultipleOf,
                json!(7),
                json!(-15),
                "is -15, a multiple of 7 is required",
            ),
            (
                |at| at.maximum(&Number::from(u64::MAX), "18446744073709551614"),
                |at| at.maximum(&Number::from(u64::MAX), "18446744073709551616"),
                Rule::Maximum,
                json!(u64::MAX - 1),
                json!(u64::MAX),
                "is 18446744073709551615, at most 18446744073709551614 is allowed",
            ),
            (
                |at| at.min_items::<i32>(&[], 1),
                |at| at.min_items(&[1], 1),
                Rule::MinItems,
                json!(1),
                json!(0),
                "has 0 items, at least 1 is required",
            ),
            (
                |at| at.max_items(&[1], 0),
                |at| at.max_items(&[1], 1),
                Rule::MaxItems,
                json!(0),
                json!(1),
                "has 1 item, at most 0 are allowed",
            ),
            (
                |at| at.min_properties(1, 2),
                |at| at.min_properties(2, 2),
                Rule::MinProperties,
                json!(2),
                json!(1),
                "has 1 property, at least 2 are required",
            ),
            (
                |at| at.max_properties(3, 2),
                |at| at.max_properties(2, 2),
                Rule::MaxProperties,
                json!(2),
                json!(3),
                "has 3 properties, at most 2 are allowed",
            ),
        ];
        for (broken, kept, rule, limit, measure, text) in rows {
            let mut violations = Violations::default();
            violations.body(broken);
            let error = violations.result("op").expect_err(text);
            let [violation] = error.violations() else {
                panic!("{error}");
            };
            assert_eq!(violation.rule(), rule);
            assert_eq!(violation.path(), "$");
            assert_eq!(violation.limit(), Some(&limit));
            assert_eq!(violation.measure(), Some(&measure));
            assert_eq!(violation.to_string(), format!("$ {text}"));
            assert_eq!(found(kept), "", "{text}");
        }
    }

    #[test]
    fn items_are_equal_as_json_has_it() {
        let unique = |items: &[Value]| found(|at| at.unique_items(items)).is_empty();
        assert!(unique(&[
            json!(1),
            json!("1"),
            json!(true),
            json!(null),
            json!([1]),
            json!({"a": 1})
        ]));
        assert!(unique(&[
            json!(9_007_199_254_740_992_u64),
            json!(9_007_199_254_740_993_u64)
        ]));
        assert!(unique(&[json!(["a,", "b"]), json!(["a", ",b"]), json!(["a,b"])]));
        for equal in [
            [json!(1), json!(1.0)],
            [json!(0), json!(-0.0)],
            [json!({"a": 1, "b": [2]}), json!({"b": [2.0], "a": 1})],
            [json!("a"), json!("a")],
            [json!(null), json!(null)],
        ] {
            assert!(!unique(&equal), "{equal:?}");
        }
        let many = (0..100_000).chain([77]).collect::<Vec<i32>>();
        assert_eq!(found(|at| at.unique_items(&many)), " has equal items, at 77 and 100000");
    }

    #[test]
    fn a_path_leads_to_each_violation() {
        let map = HashMap::from([
            ("b".to_owned(), vec![f64::NAN]),
            ("two words".to_owned(), vec![1.0, f64::INFINITY]),
        ]);
        let text = found(|at| {
            at.required("path.id", false);
            at.required("path.other", true);
            at.parameter("query.limit", |at| at.maximum(&101_i64, 100));
            at.body(|at| {
                at.required_property("name", false);
                at.property("map", |at| map.validate(at));
                at.property("at", |at| DateTime::<Utc>::MAX_UTC.validate(at));
                at.property("day", |at| Some(NaiveDate::MIN).validate(at));
                at.property("labels", |at| {
                    at.names(["ok", "t\n"], |at, name| at.max_length(name, 1));
                });
            });
        });
        let expected = [
            "path.id is required",
            "query.limit is 101, at most 100 is allowed",
            "$.name is required",
            "$.map.b[0] is not finite, which JSON cannot express",
            r#"$.map["two words"][1] is not finite, which JSON cannot express"#,
            "$.at is after the year 9999",
            "$.day is before the year 0",
            "$.labels.ok has a name that has 2 characters, at most 1 is allowed",
            r#"$.labels["t\n"] has a name that has 2 characters, at most 1 is allowed"#,
        ];
        assert_eq!(text, expected.join("; "));
    }

    #[test]
    fn what_is_too_deep_is_not_followed() {
        let nested = |depth: usize| (0..depth).fold(json!(1), |inner, _| Value::Array(vec![inner]));
        let check = |value: &Value| found(|at| at.body(|at| value.validate(at)));
        assert_eq!(check(&nested(MAX_DEPTH)), "");
        let value = nested(2000);
        let text = check(&value);
        assert!(
            text.starts_with("$[0][0]") && text.ends_with("[0] is nested more than 128 deep"),
            "{text}"
        );
    }

    #[test]
    fn what_is_found_is_bounded_and_holds_no_text_that_was_to_be_sent() {
        let secrets = vec![Secret::from("s3cret"); 100_000];
        let mut violations = Violations::default();
        violations.body(|at| at.items(&secrets, |at, secret| at.min_length(secret, 7)));
        violations.encoding("header.key", "has characters that no header can carry");
        violations.encoding("$[0]", "is known already");
        let error = violations.result("op").expect_err("too short");
        assert_eq!(error.violations().len(), MAX_VIOLATIONS);
        assert!(!format!("{error:?} {error}").contains("s3cret"));
        let name = "x".repeat(1_000_000);
        assert!(found(|at| at.property(&name, |at| f64::NAN.validate(at))).len() < 200);
    }
}
