//! Percentages, exact: tax rates and discounts.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;

use crate::api::wire::Amount;

/// From 0 to 100 percent in steps of a ten-thousandth of a percent: `8.875` is exact. On the wire a decimal string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Amount", into = "Amount")]
pub struct Percent(u32);

/// Not a percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a percentage is between 0 and 100 and has at most 4 decimals")]
pub struct InvalidPercent;

impl Percent {
    /// Millionths in the whole: 100 %.
    pub const WHOLE: i64 = 1_000_000;
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From percent as a decimal, e.g. `8.875`.
    pub fn new(percent: Decimal) -> Result<Self, InvalidPercent> {
        let scaled = percent.checked_mul(Decimal::from(10_000)).ok_or(InvalidPercent)?.normalize();
        let millionths = u32::try_from(scaled).map_err(|_| InvalidPercent)?;
        if !scaled.is_integer() || i64::from(millionths) > Self::WHOLE {
            return Err(InvalidPercent);
        }
        Ok(Self(millionths))
    }

    /// Millionths of the whole: 8.875 % are 88 750.
    pub fn millionths(self) -> i64 {
        i64::from(self.0)
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether a text says it, with a percent sign before or behind: `VAT 21 %` says 21 %, in whatever digits of ours and of
    /// the Arabs, with point or comma.
    pub fn is_said_in(self, text: &str) -> bool {
        let text: String = text.chars().map(plain).collect();
        let says = |figure: Option<&str>| {
            let figure = figure.unwrap_or_default().trim_matches('.').parse::<Decimal>();
            figure.is_ok_and(|figure| Self::new(figure) == Ok(self))
        };
        let is_other = |c: char| !c.is_ascii_digit() && c != '.';
        let parts: Vec<&str> = text.split('%').collect();
        parts.windows(2).any(|around| match around {
            [before, after] => {
                says(before.trim_end().rsplit(is_other).next())
                    || says(after.trim_start().split(is_other).next())
            }
            _ => false,
        })
    }
}

/// A character of a figure as we write it: western digits, a decimal point, one percent sign.
fn plain(c: char) -> char {
    let digit = match c {
        '\u{660}'..='\u{669}' => u32::from(c) - 0x660,
        '\u{6f0}'..='\u{6f9}' => u32::from(c) - 0x6f0,
        ',' | '\u{66b}' => return '.',
        '\u{66a}' | '\u{fe6a}' | '\u{ff05}' => return '%',
        _ => return c,
    };
    char::from_digit(digit, 10).unwrap_or(c)
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Decimal::new(i64::from(self.0), 4).normalize())
    }
}

impl TryFrom<Amount> for Percent {
    type Error = InvalidPercent;
    fn try_from(amount: Amount) -> Result<Self, InvalidPercent> {
        Self::new(amount.0)
    }
}

impl From<Percent> for Amount {
    fn from(percent: Percent) -> Amount {
        Amount(Decimal::new(i64::from(percent.0), 4))
    }
}

/// A percentage as text, for what is stored: a JSON number's digits can be had from JSON alone.
pub mod as_text {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Percent;
    use crate::money::parse_decimal;

    /// Writes the text.
    pub fn serialize<S: Serializer>(percent: &Percent, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(percent)
    }

    /// Reads the text.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Percent, D::Error> {
        let text = String::deserialize(deserializer)?;
        let decimal = parse_decimal(&text).map_err(D::Error::custom)?;
        Percent::new(decimal).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_exact_and_bounded() {
        let parse = |json: &str| serde_json::from_str::<Percent>(json).ok();
        assert_eq!(parse("\"8.875\"").map(Percent::millionths), Some(88_750));
        assert_eq!(parse("100").map(Percent::millionths), Some(Percent::WHOLE));
        assert_eq!(parse("0").map(Percent::millionths), Some(0));
        assert_eq!(parse("19.00").map(|percent| percent.to_string()).as_deref(), Some("19"));
        for bad in ["-1", "100.0001", "0.00001", "\"x\"", "79228162514264337593543950335"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_name_says_its_rate_with_a_percent_sign_and_the_very_figure() {
        let percent = |text: &str| Percent::new(text.parse().expect("a decimal")).expect("a percentage");
        for (text, rate) in [
            ("VAT 21 %", "21"),
            ("21% BTW", "21"),
            ("MwSt.19%", "19"),
            ("MwSt. (7,00\u{a0}%)", "7"),
            ("NY sales tax 8.875%", "8.875"),
            ("KDV %20", "20"),
            ("ضريبة ١٥٪", "15"),
            ("5% of it, CGST 2,5 %", "2.5"),
        ] {
            assert!(percent(rate).is_said_in(text), "{text}");
        }
        for (text, rate) in [
            ("VAT", "21"),
            ("VAT 21", "21"),
            ("VAT 21 %", "2"),
            ("VAT 21 %", "1"),
            ("VAT 121%", "21"),
            ("VAT 2.1%", "21"),
            ("%", "0"),
            ("", "0"),
        ] {
            assert!(!percent(rate).is_said_in(text), "{text}");
        }
    }
}
