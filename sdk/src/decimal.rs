//! Numbers as JSON writes them, digit by digit: what is compared and divided here loses nothing to binary fractions.

use std::cmp::Ordering;

use serde_json::Number;

/// A decimal number: `0.DIGITS` times a power of ten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    is_negative: bool,
    /// Without zeros at either end; none for zero.
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    /// Reads a number of JSON, and the scientific form that Rust writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (is_negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = || integer.bytes().chain(fraction.bytes());
        if integer.is_empty() || !all().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let zeros = all().take_while(|digit| *digit == b'0').count();
        let mut digits = all().skip(zeros).map(|digit| digit - b'0').collect::<Vec<_>>();
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let position = i64::try_from(integer.len()).ok()? - i64::try_from(zeros).ok()?;
        Some(Self {
            is_negative: is_negative && !digits.is_empty(),
            exponent: if digits.is_empty() {
                0
            } else {
                exponent.checked_add(position)?
            },
            digits,
        })
    }

    pub(crate) fn of_float(value: f64) -> Option<Self> {
        Self::parse(&format!("{value:e}"))
    }

    pub(crate) fn of_number(number: &Number) -> Option<Self> {
        Self::parse(&number.to_string())
    }

    /// One text for each value, however it is written.
    pub(crate) fn canonical(&self) -> String {
        let sign = if self.is_negative { "-" } else { "" };
        let digits = self.digits.iter().map(|digit| char::from(b'0' + digit));
        format!("{sign}{}e{}", digits.collect::<String>(), self.exponent)
    }

    /// Whether it is a multiple of another. One with a divisor of more digits than 64 bits hold is not told from a multiple.
    pub(crate) fn is_multiple_of(&self, divisor: &Self) -> bool {
        let Some(modulus) = divisor.integer().filter(|modulus| *modulus > 0) else {
            return true;
        };
        let zeros = self.last_place().saturating_sub(divisor.last_place());
        // Neither of the two ends in a zero, so fewer places are needed than there are.
        if self.digits.is_empty() || zeros < 0 {
            return self.digits.is_empty();
        }
        let remainder = self
            .digits
            .iter()
            .fold(0, |remainder, digit| (remainder * 10 + u128::from(*digit)) % modulus);
        remainder * power_of_ten(zeros, modulus) % modulus == 0
    }

    /// Its digits as an integer, which is below 2^64 so that products fit.
    fn integer(&self) -> Option<u128> {
        let integer = self.digits.iter().try_fold(0_u64, |integer, digit| {
            integer.checked_mul(10)?.checked_add(u64::from(*digit))
        });
        integer.map(u128::from)
    }

    /// The power of ten of its last digit.
    fn last_place(&self) -> i64 {
        let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        self.exponent.saturating_sub(length)
    }
}

/// A power of ten, modulo a number below 2^64.
fn power_of_ten(mut exponent: i64, modulus: u128) -> u128 {
    let (mut result, mut base) = (1 % modulus, 10 % modulus);
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = result * base % modulus;
        }
        base = base * base % modulus;
        exponent /= 2;
    }
    result
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.digits.is_empty(), number.is_negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let size = || {
            let size = self
                .exponent
                .cmp(&other.exponent)
                .then_with(|| self.digits.cmp(&other.digits));
            if self.is_negative { size.reverse() } else { size }
        };
        sign(self).cmp(&sign(other)).then_with(size)
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn the_largest_exponents_overflow_nothing() {
        assert!(decimal("1e9223372036854775806").is_multiple_of(&decimal("0.01")));
        assert!(!decimal("1e-9223372036854775806").is_multiple_of(&decimal("100")));
    }

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for (one, other) in [
            ("1", "1.0"),
            ("100", "1e2"),
            ("0.01", "1E-2"),
            ("-0.0", "0"),
            ("0e5", "0"),
            ("12345678901234567890123", "1.2345678901234567890123e22"),
        ] {
            assert_eq!(decimal(one), decimal(other));
            assert_eq!(decimal(one).canonical(), decimal(other).canonical());
        }
        for text in ["", "-", "NaN", "inf", "1e", ".5", "1e99999999999999999999", "0x1"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
        assert_eq!(Decimal::of_float(f64::NAN), None);
        assert_eq!(Decimal::of_float(0.1), Some(decimal("0.1")));
        assert_eq!(
            Decimal::of_number(&Number::from(u64::MAX)),
            Some(decimal("18446744073709551615"))
        );
    }

    #[test]
    fn numbers_are_in_order() {
        let numbers = [
            "-1e400",
            "-20",
            "-3",
            "-0.5",
            "0",
            "1e-400",
            "0.1",
            "0.11",
            "0.2",
            "1",
            "9.5",
            "10",
            "9007199254740992",
            "9007199254740993",
            "1e400",
        ];
        for (index, one) in numbers.iter().enumerate() {
            for (other_index, other) in numbers.iter().enumerate() {
                assert_eq!(
                    decimal(one).cmp(&decimal(other)),
                    index.cmp(&other_index),
                    "{one} {other}"
                );
            }
        }
    }

    #[test]
    fn multiples_are_exact() {
        for (value, divisor, expected) in [
            ("0.3", "0.1", true),
            ("19.99", "0.01", true),
            ("1.1", "0.1", true),
            ("0.35", "0.1", false),
            ("0.005", "0.01", false),
            ("4", "0.5", true),
            ("4.25", "0.5", false),
            ("0", "7", true),
            ("-14", "7", true),
            ("15", "7", false),
            ("1e300", "7", false),
            ("7e300", "7", true),
            ("1e9000000000000000000", "3", false),
            ("9007199254740993", "3", true),
            ("9007199254740992", "3", false),
            ("18446744073709551615", "18446744073709551615", true),
            ("123456789012345678901234567890", "10", true),
            ("123456789012345678901234567891", "10", false),
            ("1e-400", "0.1", false),
        ] {
            assert_eq!(
                decimal(value).is_multiple_of(&decimal(divisor)),
                expected,
                "{value} {divisor}"
            );
        }
    }
}
