//! Versions of Stripe's API, as far as this fake's answers depend on them (Stripe docs, "Versioning").

use http::HeaderMap;

use super::error::ApiError;

/// The version of the account: of requests that name none, of what happens by itself, and of events. It is the first
/// that sends `refund.created` for every refund (Stripe's changelog, 2024-10-28.acacia).
pub(super) const ACCOUNT: &str = "2024-10-28.acacia";

/// The first version in which a hold that is let go leaves no refund behind (Stripe's changelog, 2025-03-31.basil,
/// "Partially capturing or canceling payments no longer creates a Refund").
const RELEASES_ARE_NO_REFUNDS: &str = "2025-03-31";

/// The version of a request: its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version {
    releases_are_refunds: bool,
}

impl Version {
    /// What counts where no request names another.
    pub fn of_account() -> Self {
        Self { releases_are_refunds: true }
    }

    /// The version that a request names in `Stripe-Version`.
    pub fn read(headers: &HeaderMap) -> Result<Self, ApiError> {
        let Some(header) = headers.get("stripe-version") else {
            return Ok(Self::of_account());
        };
        let name = header.to_str().unwrap_or_default();
        match name.split('.').next() {
            Some(date) if is_date(date) => Ok(Self { releases_are_refunds: date < RELEASES_ARE_NO_REFUNDS }),
            _ => Err(ApiError::invalid(format!("Invalid Stripe API version: {name}"))),
        }
    }

    /// Whether an amount that was authorized and is not captured shows as a refund.
    pub fn releases_are_refunds(self) -> bool {
        self.releases_are_refunds
    }
}

fn is_date(text: &str) -> bool {
    let shape =
        |(at, byte): (usize, u8)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    text.len() == 10 && text.bytes().enumerate().all(shape)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(version: &str) -> Option<bool> {
        let mut headers = HeaderMap::new();
        headers.insert("stripe-version", HeaderValue::from_str(version).expect("a header"));
        Version::read(&headers).ok().map(Version::releases_are_refunds)
    }

    #[test]
    fn holds_that_are_let_go_are_refunds_until_basil() {
        for (version, refunds) in [
            ("2024-06-20", Some(true)),
            ("2025-02-24.acacia", Some(true)),
            ("2025-03-31.basil", Some(false)),
            ("2026-08-26.dahlia", Some(false)),
            ("latest", None),
            ("2024-6-20", None),
            ("", None),
        ] {
            assert_eq!(read(version), refunds, "{version}");
        }
        assert!(Version::read(&HeaderMap::new()).is_ok_and(Version::releases_are_refunds));
        assert!(ACCOUNT < RELEASES_ARE_NO_REFUNDS);
    }
}
