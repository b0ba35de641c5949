//! The numbers of bills: gapless in their series, and readable back from what is printed.
//!
//! A number is the name of its series and at least six digits. No series ends with a digit, so the two never run into each
//! other: `INV-2026-000042` is number 42 of `INV-2026-` and of nothing else.

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::limits;
use crate::time::Timestamp;

/// Digits of a number that needs no more.
const DIGITS: usize = 6;
/// Stands for the year of issue in a [`SeriesPattern`].
const YEAR: &str = "{year}";

/// Why a text is no series or no number of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidNumber(&'static str);

const SERIES: InvalidNumber = InvalidNumber(
    "1 to 20 letters, digits, '-', '_', '.' or '/', from a letter or digit on, not ending with a digit",
);
const PATTERN: InvalidNumber = InvalidNumber(
    "1 to 20 letters, digits, '-', '_', '.' or '/', with {year} once or not at all, not ending with a digit or {year}",
);
const NUMBER: InvalidNumber = InvalidNumber("a series and at least six digits");

/// Implements reading and writing a type as the text that it is.
macro_rules! as_text {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = InvalidNumber;
            fn try_from(text: String) -> Result<Self, InvalidNumber> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.to_string()
            }
        }
    };
}

/// What the numbers of a kind of bill begin with, e.g. `INV-` or `INV-{year}-`. Each year has a series of its own then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SeriesPattern(String);

impl SeriesPattern {
    /// Parses a text in which `{year}` may stand once.
    pub fn parse(text: &str) -> Result<Self, InvalidNumber> {
        let once = text.matches(YEAR).count() <= 1;
        let short = text.chars().count() <= limits::BILL_PREFIX;
        if !once || !short || Series::parse(&text.replace(YEAR, "2000")).is_err() {
            return Err(PATTERN);
        }
        Ok(Self(text.to_owned()))
    }

    /// The series of bills that are issued at this moment; years begin and end in UTC.
    pub fn series_at(&self, at: Timestamp) -> Series {
        Series(self.0.replace(YEAR, &format!("{:04}", at.date().year())))
    }

    pub(crate) fn fixed(text: &'static str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for SeriesPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

as_text!(SeriesPattern);

/// A series of bills, numbered from 1 without gaps, e.g. `INV-2026-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Series(String);

impl Series {
    /// Parses what the numbers of the series begin with.
    pub fn parse(text: &str) -> Result<Self, InvalidNumber> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        let fine = (1..=limits::BILL_PREFIX).contains(&text.len())
            && text.chars().all(allowed)
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && !text.ends_with(|c: char| c.is_ascii_digit());
        if fine { Ok(Self(text.to_owned())) } else { Err(SERIES) }
    }

    /// The text that its numbers begin with.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its number after `last`; the first one if there was none.
    pub fn after(&self, last: u64) -> BillNumber {
        BillNumber { series: self.clone(), number: last.saturating_add(1) }
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

as_text!(Series);

/// The number of a bill, e.g. `INV-2026-000042`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BillNumber {
    series: Series,
    number: u64,
}

impl BillNumber {
    /// Parses what is printed. One number has one spelling.
    pub fn parse(text: &str) -> Result<Self, InvalidNumber> {
        let series = text.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = text.get(series.len()..).unwrap_or_default();
        let number = digits.parse().map_err(|_| NUMBER)?;
        let parsed = Self { series: Series::parse(series)?, number };
        if number == 0 || parsed.to_string() != text { Err(NUMBER) } else { Ok(parsed) }
    }

    /// Its series.
    pub fn series(&self) -> &Series {
        &self.series
    }

    /// Its place in the series, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// As the name of a file, without an ending: `/` would be a folder.
    pub fn file_name(&self) -> String {
        self.to_string().replace('/', "-")
    }
}

impl fmt::Display for BillNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:0DIGITS$}", self.series, self.number)
    }
}

as_text!(BillNumber);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_back_from_what_is_printed() {
        let series = Series::parse("INV-2026-").expect("a series");
        assert_eq!(series.after(0).to_string(), "INV-2026-000001");
        for number in [1, 42, 999_999, 1_000_000, u64::MAX] {
            let bill = series.after(number - 1);
            assert_eq!(BillNumber::parse(&bill.to_string()), Ok(bill));
        }
        for bad in [
            "",
            "INV-",
            "INV-42",
            "INV-000000",
            "INV-0000042",
            "000042",
            "-000042",
            "INV 000042",
            "INV-00004x",
        ] {
            assert!(BillNumber::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_series_has_the_year_of_issue_where_its_pattern_says_so() {
        let at = Timestamp::parse_rfc3339("2026-12-31T23:59:59Z").expect("a time");
        let series = |pattern: &str, at: Timestamp| {
            SeriesPattern::parse(pattern).map(|pattern| pattern.series_at(at).to_string())
        };
        assert_eq!(series("INV-{year}-", at).as_deref(), Ok("INV-2026-"));
        assert_eq!(series("INV-{year}-", at.plus_seconds(1)).as_deref(), Ok("INV-2027-"));
        assert_eq!(series("{year}/R-", at).as_deref(), Ok("2026/R-"));
        assert_eq!(series("INV-", at).as_deref(), Ok("INV-"));
        let long = format!("{}{{year}}-", "X".repeat(14));
        for bad in [
            "",
            "{year}",
            "INV-{year}",
            "INV7",
            "{year}-{year}-",
            "INV-{month}-",
            "-INV-",
            "INV#",
            "É-",
            &long,
        ] {
            assert!(SeriesPattern::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_file_is_named_after_its_number_without_a_folder() {
        let number = BillNumber::parse("2026/R-000001").expect("a number");
        assert_eq!(number.file_name(), "2026-R-000001");
    }
}
