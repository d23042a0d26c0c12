//! The limits of numbers, as the types of Rust have them.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Number;

use crate::model::{
    rules::{Rule, integer},
    ty::{Int, Ty},
};

/// What checks a number, if the rule says something of numbers.
pub(super) fn numeric(rule: &Rule, ty: &Ty, value: &TokenStream) -> Option<TokenStream> {
    let (rule, limit) = match ty {
        Ty::Float => of_floats(rule)?,
        Ty::Any | Ty::Int(Int::Big) => of_numbers(rule)?,
        Ty::Int(int) => of_integers(rule, *int)?,
        _ => return None,
    };
    let rule = quote::format_ident!("{rule}");
    Some(quote!(at.#rule(#value, #limit);))
}

fn name(rule: &Rule) -> Option<(&'static str, &Number)> {
    Some(match rule {
        Rule::Minimum(limit) => ("minimum", limit),
        Rule::Maximum(limit) => ("maximum", limit),
        Rule::ExclusiveMinimum(limit) => ("exclusive_minimum", limit),
        Rule::ExclusiveMaximum(limit) => ("exclusive_maximum", limit),
        Rule::MultipleOf(divisor) => ("multiple_of", divisor),
        _ => return None,
    })
}

/// Any number of JSON is compared with what the description says, digit by digit.
fn of_numbers(rule: &Rule) -> Option<(&'static str, TokenStream)> {
    let (name, limit) = name(rule)?;
    let text = limit.to_string();
    Some((name, quote!(#text)))
}

/// Integers are compared with integers: `minimum: 0.5` is 1.
#[expect(
    clippy::cast_possible_truncation,
    reason = "what is beyond 128 bits is the greatest of these"
)]
fn of_integers(rule: &Rule, int: Int) -> Option<(&'static str, TokenStream)> {
    let (mut name, number) = name(rule)?;
    let limit = match integer(number) {
        Some(limit) => limit,
        None if name == "multiple_of" => divisor(number)?,
        None => {
            let limit = number.as_f64()?;
            if limit.fract() != 0.0 {
                name = name.trim_start_matches("exclusive_");
            }
            (if name == "minimum" { limit.ceil() } else { limit.floor() }) as i128
        }
    };
    let (least, greatest) = match int {
        Int::I32 => (i32::MIN.into(), i32::MAX.into()),
        Int::U32 => (0, u32::MAX.into()),
        Int::U64 => (0, u64::MAX.into()),
        Int::I64 | Int::Big => (i64::MIN.into(), i64::MAX.into()),
    };
    // What every value of the type keeps is not checked.
    let is_kept = match name {
        "minimum" => limit <= least,
        "exclusive_minimum" => limit < least,
        "maximum" => limit >= greatest,
        "exclusive_maximum" => limit > greatest,
        _ => limit == 1,
    };
    (!is_kept).then(|| (name, tokens(&limit.to_string())))
}

/// The least integer that is a multiple of a fraction: all integers that are multiples of one are multiples of the other.
fn divisor(number: &Number) -> Option<i128> {
    let text = format!("{:e}", number.as_f64()?);
    let (mantissa, exponent) = text.split_once('e')?;
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{integer}{fraction}").parse::<i128>().ok()?;
    let exponent = exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?;
    let power = 10_i128.checked_pow(exponent.unsigned_abs())?;
    if exponent >= 0 {
        digits.checked_mul(power)
    } else {
        Some(digits / gcd(digits, power))
    }
}

fn gcd(one: i128, other: i128) -> i128 {
    if other == 0 { one } else { gcd(other, one % other) }
}

/// Fractions are compared with what the limit is as one. An integer that is none is between two, so that it is the same whether it
/// is exclusive.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "that is what is found out"
)]
fn of_floats(rule: &Rule) -> Option<(&'static str, TokenStream)> {
    let (mut name, limit) = name(rule)?;
    let float = limit.as_f64()?;
    if let Some(exact) = integer(limit) {
        let rounded = exact as f64 as i128;
        name = match (name, rounded.cmp(&exact)) {
            ("minimum" | "exclusive_minimum", std::cmp::Ordering::Less) => "exclusive_minimum",
            ("minimum" | "exclusive_minimum", std::cmp::Ordering::Greater) => "minimum",
            ("maximum" | "exclusive_maximum", std::cmp::Ordering::Less) => "maximum",
            ("maximum" | "exclusive_maximum", std::cmp::Ordering::Greater) => "exclusive_maximum",
            (name, _) => name,
        };
    }
    Some((name, tokens(&format!("{float:?}"))))
}

/// A number of Rust: a literal, with a minus before it if it is negative.
fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        text.parse().expect("a number")
    }

    #[test]
    fn limits_are_those_of_the_type() {
        let rows = [
            (
                Rule::Minimum(number("0.5")),
                Ty::Int(Int::I64),
                "at . minimum (value , 1) ;",
            ),
            (
                Rule::ExclusiveMinimum(number("0.5")),
                Ty::Int(Int::I64),
                "at . minimum (value , 1) ;",
            ),
            (
                Rule::ExclusiveMinimum(number("1.0")),
                Ty::Int(Int::I64),
                "at . exclusive_minimum (value , 1) ;",
            ),
            (
                Rule::ExclusiveMaximum(number("-0.5")),
                Ty::Int(Int::I32),
                "at . maximum (value , - 1) ;",
            ),
            (Rule::Maximum(number("1e300")), Ty::Int(Int::I64), ""),
            (Rule::Minimum(number("0")), Ty::Int(Int::U64), ""),
            (
                Rule::ExclusiveMinimum(number("0")),
                Ty::Int(Int::U32),
                "at . exclusive_minimum (value , 0) ;",
            ),
            (
                Rule::Minimum(number("-9223372036854775807")),
                Ty::Int(Int::I64),
                "at . minimum (value , - 9223372036854775807) ;",
            ),
            (Rule::MultipleOf(number("0.5")), Ty::Int(Int::I64), ""),
            (
                Rule::MultipleOf(number("2.5")),
                Ty::Int(Int::I64),
                "at . multiple_of (value , 5) ;",
            ),
            (
                Rule::MultipleOf(number("1e3")),
                Ty::Int(Int::I64),
                "at . multiple_of (value , 1000) ;",
            ),
            (
                Rule::Maximum(number("9007199254740993")),
                Ty::Float,
                "at . maximum (value , 9007199254740992.0) ;",
            ),
            (
                Rule::ExclusiveMaximum(number("9007199254740993")),
                Ty::Float,
                "at . maximum (value , 9007199254740992.0) ;",
            ),
            (
                Rule::Minimum(number("9007199254740993")),
                Ty::Float,
                "at . exclusive_minimum (value , 9007199254740992.0) ;",
            ),
            (
                Rule::Maximum(number("9007199254740995")),
                Ty::Float,
                "at . exclusive_maximum (value , 9007199254740996.0) ;",
            ),
            (Rule::Minimum(number("0.1")), Ty::Float, "at . minimum (value , 0.1) ;"),
            (
                Rule::Maximum(number("18446744073709551615")),
                Ty::Int(Int::Big),
                "at . maximum (value , \"18446744073709551615\") ;",
            ),
            (Rule::MaxLength(1), Ty::Float, ""),
        ];
        for (rule, ty, expected) in rows {
            let found = numeric(&rule, &ty, &quote!(value)).unwrap_or_default();
            assert_eq!(found.to_string(), expected, "{rule:?}");
        }
    }
}
