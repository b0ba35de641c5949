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

    /// RFC 3339 in UTC, e.g. `2026-03-01T10:00:00.25Z`.
    pub fn rfc3339(self) -> String {
        self.datetime().format(&Rfc3339).unwrap_or_default()
    }
}

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
}
