//! The limits of integers.

use serde_json::{Number, Value};

use super::vocabulary::list;

/// The least and the greatest value that a schema allows, where it says so, and the values that it names.
pub(super) struct Bounds {
    named: Vec<i128>,
    pub(super) min: Option<i128>,
    pub(super) max: Option<i128>,
}

impl Bounds {
    /// What `minimum`, `maximum`, and their exclusive forms say, which are numbers in OpenAPI 3.1 and flags in 3.0.
    pub(super) fn of(schema: &Value) -> Self {
        let number = |keyword: &str| schema.get(keyword).and_then(Value::as_number);
        let is_exclusive = |keyword: &str| schema.get(keyword) == Some(&Value::Bool(true));
        let min = number("minimum").map(|bound| {
            let is_exclusive = is_exclusive("exclusiveMinimum");
            if is_exclusive { above(bound) } else { ceil(bound) }
        });
        let max = number("maximum").map(|bound| {
            let is_exclusive = is_exclusive("exclusiveMaximum");
            if is_exclusive { below(bound) } else { floor(bound) }
        });
        Self {
            named: named(schema).map(|number| integer(number, f64::floor)).collect(),
            min: min.max(number("exclusiveMinimum").map(above)),
            // Of two, the smaller one; `None` is smaller than any.
            max: max.into_iter().chain(number("exclusiveMaximum").map(below)).min(),
        }
    }

    /// Whether all values that are allowed lie between these, as far as the schema limits them.
    pub(super) fn are_within(&self, least: i128, most: i128) -> bool {
        self.min.is_none_or(|min| min >= least) && self.max.is_none_or(|max| max <= most)
    }

    /// Whether all values that the schema names lie between these.
    pub(super) fn names_within(&self, least: i128, most: i128) -> bool {
        self.named.iter().all(|named| (least..=most).contains(named))
    }

    /// As [`are_within`](Self::are_within), where a limit may be one of these that a tool has rounded to a floating-point number,
    /// as those in JavaScript do.
    pub(super) fn are_nearly_within(&self, least: i128, most: i128) -> bool {
        let is_same = |one: i128, other: i128| one.abs() > MAX_EXACT && rounded(one) == rounded(other);
        self.min.is_none_or(|min| min >= least || is_same(min, least))
            && self.max.is_none_or(|max| max <= most || is_same(max, most))
    }
}

/// The numbers that a schema names as values: its default and its examples.
pub(super) fn named(schema: &Value) -> impl Iterator<Item = &Number> {
    let single = ["default", "example"].into_iter();
    let single = single.filter_map(|keyword| schema.get(keyword));
    single.chain(list(schema, "examples")).filter_map(Value::as_number)
}

/// The integers up to this are the same as floating-point numbers.
const MAX_EXACT: i128 = 1 << 53;

/// The integer as the floating-point number next to it.
#[expect(clippy::cast_precision_loss, reason = "that is what it is for")]
fn rounded(integer: i128) -> u64 {
    (integer as f64).to_bits()
}

/// The integer that a floating-point number is, if it is one that has no other next to it.
pub(super) fn whole(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "what that changes is no whole number")]
    let integer = number as i64;
    (number.fract() == 0.0 && i128::from(integer).abs() <= MAX_EXACT).then_some(integer)
}

/// Whether a number is an integer of 64 bits that no floating-point number is.
#[expect(clippy::cast_possible_truncation, reason = "no integer of 64 bits is beyond 128")]
pub(super) fn is_rounded(number: &Number) -> bool {
    exact(number).is_some_and(|exact| f64::from_bits(rounded(exact)) as i128 != exact)
}

/// The least integer that is not below a number.
fn ceil(number: &Number) -> i128 {
    integer(number, f64::ceil)
}

/// The greatest integer that is not above a number.
fn floor(number: &Number) -> i128 {
    integer(number, f64::floor)
}

/// The least integer above a number.
fn above(number: &Number) -> i128 {
    floor(number).saturating_add(1)
}

/// The greatest integer below a number.
fn below(number: &Number) -> i128 {
    ceil(number).saturating_sub(1)
}

/// What YAML or JSON cannot write as an integer of 64 bits comes as a floating-point number.
#[expect(
    clippy::cast_possible_truncation,
    reason = "what is beyond 128 bits is the greatest of these"
)]
fn integer(number: &Number, round: fn(f64) -> f64) -> i128 {
    exact(number).unwrap_or_else(|| round(number.as_f64().unwrap_or_default()) as i128)
}

fn exact(number: &Number) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    signed.or_else(|| number.as_u64().map(i128::from))
}
