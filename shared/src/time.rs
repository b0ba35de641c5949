//! Points in time, in milliseconds since the Unix epoch. The domain never asks what time it is.

use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime, format_description::well_known::Rfc3339};

/// A point in time with millisecond precision, UTC.
///
/// Stored as a number (short, and DynamoDB counts bytes); shown as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Milliseconds since 1970-01-01T00:00:00Z. Values outside the years 0 to 9999 are clamped.
    pub fn from_millis(millis: i64) -> Self {
        const MIN: i64 = -62_167_219_200_000;
        const MAX: i64 = 253_402_300_799_999;
        Self(millis.clamp(MIN, MAX))
    }

    /// Seconds since the epoch, as providers send them.
    pub fn from_seconds(seconds: i64) -> Self {
        Self::from_millis(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This many seconds later (or earlier, when negative).
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_millis(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Seconds from `earlier` to here; negative when `earlier` is later.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(1000)
    }

    /// The calendar day in UTC.
    pub fn date(self) -> Date {
        self.datetime().date()
    }

    /// The same moment as a `time` value.
    pub fn datetime(self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(self.0)
    }

    /// Parses RFC 3339 with capitals `T` and `Z`, in any offset. What is finer than a millisecond is cut off. A leap second
    /// is refused: this scale, Unix time, has none.
    pub fn parse_rfc3339(text: &str) -> Result<Self, InvalidTimestamp> {
        // The parser takes any character between date and time, small letters, and any number of digits.
        const LONGEST: usize = "2026-03-01T10:00:00.123456789+00:00".len();
        let shaped = text.len() <= LONGEST
            && text.as_bytes().get(10) == Some(&b'T')
            && text.as_bytes().get(17..19).is_some_and(|seconds| seconds != b"60")
            && !text.ends_with('z');
        let moment =
            shaped.then(|| OffsetDateTime::parse(text, &Rfc3339).ok()).flatten().ok_or(InvalidTimestamp)?;
        let millis = moment.unix_timestamp_nanos().div_euclid(1_000_000);
        let millis = i64::try_from(millis).map_err(|_| InvalidTimestamp)?;
        Some(Self::from_millis(millis)).filter(|time| time.0 == millis).ok_or(InvalidTimestamp)
    }

    /// The first moment of a day in UTC, e.g. of `2026-03-01`.
    pub fn parse_day(text: &str) -> Result<Self, InvalidTimestamp> {
        Self::parse_rfc3339(&format!("{text}T00:00:00Z"))
    }

    /// RFC 3339 in UTC, e.g. `2026-03-01T10:00:00.25Z`.
    pub fn rfc3339(self) -> String {
        self.datetime().format(&Rfc3339).unwrap_or_default()
    }
}

/// Not a point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time of RFC 3339 in the years 0 to 9999, e.g. 2026-03-01T10:00:00Z")]
pub struct InvalidTimestamp;

/// `2026-03-01`: a date as ISO 8601 writes it.
pub fn iso_date(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_show_as_rfc_3339_and_never_overflow() {
        assert_eq!(Timestamp::from_seconds(1_772_359_200).rfc3339(), "2026-03-01T10:00:00Z");
        assert_eq!(Timestamp::from_millis(i64::MAX).date().year(), 9999);
        assert_eq!(Timestamp::from_seconds(i64::MIN).plus_seconds(-1).date().year(), 0);
        assert_eq!(iso_date(Timestamp::from_seconds(0).date()), "1970-01-01");
    }

    #[test]
    fn a_time_is_read_in_any_offset_and_shown_in_utc() {
        for (text, utc) in [
            ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z"),
            ("2026-03-01T10:00:00+00:00", "2026-03-01T10:00:00Z"),
            ("2026-03-01T00:30:00+05:30", "2026-02-28T19:00:00Z"),
            ("2026-02-28T23:59:59.9999-01:00", "2026-03-01T00:59:59.999Z"),
            ("2024-02-29T00:00:00.5Z", "2024-02-29T00:00:00.5Z"),
            ("1969-12-31T23:59:59.0009Z", "1969-12-31T23:59:59Z"),
            ("2026-03-01T10:00:00.123456789+00:00", "2026-03-01T10:00:00.123Z"),
        ] {
            assert_eq!(Timestamp::parse_rfc3339(text).map(Timestamp::rfc3339).as_deref(), Ok(utc), "{text}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        assert_eq!(
            Timestamp::parse_day("2024-02-29").map(Timestamp::rfc3339).as_deref(),
            Ok("2024-02-29T00:00:00Z")
        );
        for bad in ["", "2026-02-29", "2026-3-1", "20260301", "2026-03-01T00:00:00Z", "2026-03-01 "] {
            assert_eq!(Timestamp::parse_day(bad), Err(InvalidTimestamp), "{bad}");
        }
    }

    #[test]
    fn what_is_no_time_of_rfc_3339_is_refused() {
        for bad in [
            "",
            "2026-03-01",
            "2026-03-01T10:00:00",
            "2026-03-01T10:00Z",
            "2026-03-01 10:00:00Z",
            "2026-03-01t10:00:00Z",
            "2026-03-01T10:00:00z",
            "2026-03-01T10:00:00.Z",
            "2026-03-01T10:00:00.1234567890+00:00",
            "2026-03-01T10:00:00+0100",
            "2026-03-01T10:00:00+24:00",
            "2026-03-01T10:00:00Z ",
            " 2026-03-01T10:00:00Z",
            "2026-02-29T10:00:00Z",
            "2026-13-01T10:00:00Z",
            "2026-03-01T24:00:00Z",
            "2026-06-30T23:59:60Z",
            "0000-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "-2026-03-01T10:00:00Z",
            "20260301T100000Z",
            "1772359200",
            "2026-03-01T10:00:0\u{660}Z",
        ] {
            assert_eq!(Timestamp::parse_rfc3339(bad), Err(InvalidTimestamp), "{bad}");
        }
    }
}
