//! Stripe's webhook signature scheme (Stripe documentation, "Verify webhook signatures manually").

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::time::Timestamp;

/// How old, or how far in the future, a signed timestamp may be, in seconds (the default of Stripe's libraries).
pub const TOLERANCE_SECONDS: i64 = 300;

/// The delivery is not from Stripe, or a replay (400 `invalid_signature`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSignature {
    /// No `t=` or no `v1=` in the header.
    #[error("the Stripe-Signature header is malformed")]
    Malformed,
    /// No signature fits body and secret.
    #[error("no signature matches the body")]
    Mismatch,
    /// Signed too long ago, or in the future.
    #[error("the signed timestamp is outside the tolerance")]
    Stale,
}

/// Checks `Stripe-Signature: t=…,v1=…[,v1=…]` over the raw body. Several `v1` values occur while a secret is rotated.
pub fn verify(secret: &str, header: &str, body: &[u8], now: Timestamp) -> Result<(), InvalidSignature> {
    let mut signed_at = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", value)) => signed_at = value.parse::<i64>().ok().map(|seconds| (value, seconds)),
            Some(("v1", value)) => signatures.extend(decode_hex(value)),
            _ => {}
        }
    }
    let (text, seconds) = signed_at.ok_or(InvalidSignature::Malformed)?;
    if signatures.is_empty() {
        return Err(InvalidSignature::Malformed);
    }
    let genuine = signatures.iter().any(|signature| {
        <Hmac<Sha256> as Mac>::new_from_slice(secret.as_bytes()).is_ok_and(|mut mac| {
            mac.update(text.as_bytes());
            mac.update(b".");
            mac.update(body);
            mac.verify_slice(signature).is_ok()
        })
    });
    if !genuine {
        return Err(InvalidSignature::Mismatch);
    }
    let age = now.seconds_since(Timestamp::from_seconds(seconds));
    if (-TOLERANCE_SECONDS..=TOLERANCE_SECONDS).contains(&age) {
        Ok(())
    } else {
        Err(InvalidSignature::Stale)
    }
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes().chunks(2).map(|pair| Some(digit(pair[0])? * 16 + digit(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    fn sign(secret: &str, seconds: i64) -> String {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(secret.as_bytes()).expect("any key");
        mac.update(format!("{seconds}.").as_bytes());
        mac.update(BODY);
        mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn a_genuine_delivery_is_accepted_also_during_rotation() {
        let now = Timestamp::from_seconds(1_700_000_010);
        let good = sign("whsec_test", 1_700_000_000);
        let header = format!("t=1700000000,v1={},v1={good},v0=abc", "00".repeat(32));
        assert_eq!(verify("whsec_test", &header, BODY, now), Ok(()));
    }

    #[test]
    fn forged_stale_and_malformed_deliveries_are_refused() {
        let now = Timestamp::from_seconds(1_700_000_010);
        let good = sign("whsec_test", 1_700_000_000);
        let header = format!("t=1700000000,v1={good}");
        assert_eq!(verify("whsec_other", &header, BODY, now), Err(InvalidSignature::Mismatch));
        assert_eq!(verify("whsec_test", &header, b"{}", now), Err(InvalidSignature::Mismatch));
        assert_eq!(verify("whsec_test", &header, BODY, now.plus_seconds(300)), Err(InvalidSignature::Stale));
        assert_eq!(
            verify("whsec_test", &format!("t=1700000001,v1={good}"), BODY, now),
            Err(InvalidSignature::Mismatch)
        );
        for bad in ["", "t=1", "v1=00", "t=x,v1=00", "t=1700000000,v1=zz", "t=1700000000,v1=0"] {
            assert_eq!(verify("whsec_test", bad, BODY, now), Err(InvalidSignature::Malformed), "{bad}");
        }
    }
}
