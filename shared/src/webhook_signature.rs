//! How an incoming webhook proves where it comes from: the signature that Stripe and Shippo have in common (Stripe: "Verify
//! webhook signatures manually"; Shippo: "Webhook security"), and the token in the URL that Shippo offers beside it.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::time::Timestamp;

/// How old, or how far in the future, a signed timestamp may be, in seconds (the default of Stripe's libraries).
pub const TOLERANCE_SECONDS: i64 = 300;

/// The delivery is not from who it should be from, or a replay (400 `invalid_signature`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSignature {
    /// No `t=` or no `v1=` in the header.
    #[error("the header with the signature is missing or malformed")]
    Malformed,
    /// No signature fits body and secret.
    #[error("no signature matches the body")]
    Mismatch,
    /// Another token than ours.
    #[error("the token is not the one that was agreed on")]
    WrongToken,
    /// Signed too long ago, or in the future.
    #[error("the signed timestamp is outside the tolerance")]
    Stale,
}

/// Checks `t=…,v1=…[,v1=…]` (`Stripe-Signature`, `Shippo-Auth-Signature`) over the raw body. Several `v1` values occur while a secret is rotated.
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

/// Checks a webhook of Shippo. An account for which Shippo set up signatures sends one in `Shippo-Auth-Signature`. Any other
/// account chooses a token and adds it to the webhook's URL. A signature that is there has to be right.
pub fn verify_shippo(
    secret: &str,
    signature: Option<&str>,
    token: Option<&str>,
    body: &[u8],
    now: Timestamp,
) -> Result<(), InvalidSignature> {
    match (signature, token) {
        (Some(header), _) => verify(secret, header, body, now),
        (None, Some(token)) => verify_token(secret, token),
        (None, None) => Err(InvalidSignature::Malformed),
    }
}

/// Compares by tags under the secret itself, so that the time it takes tells nothing about it.
fn verify_token(secret: &str, token: &str) -> Result<(), InvalidSignature> {
    let tag = |text: &str| {
        let mac = <Hmac<Sha256> as Mac>::new_from_slice(secret.as_bytes()).ok()?;
        Some(mac.chain_update(text.as_bytes()))
    };
    let same = tag(secret)
        .zip(tag(token))
        .is_some_and(|(ours, theirs)| theirs.verify_slice(&ours.finalize().into_bytes()).is_ok());
    if same && !secret.is_empty() { Ok(()) } else { Err(InvalidSignature::WrongToken) }
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

    #[test]
    fn shippo_signs_or_sends_the_token() {
        let now = Timestamp::from_seconds(1_700_000_010);
        let good = format!("t=1700000000,v1={}", sign("whsec_test", 1_700_000_000));
        let check = |signature, token| verify_shippo("whsec_test", signature, token, BODY, now);
        assert_eq!(check(Some(&good), None), Ok(()));
        assert_eq!(check(None, Some("whsec_test")), Ok(()));
        assert_eq!(check(None, None), Err(InvalidSignature::Malformed));
        for wrong in ["", "whsec_tes", "whsec_test1", "WHSEC_TEST"] {
            assert_eq!(check(None, Some(wrong)), Err(InvalidSignature::WrongToken), "{wrong}");
        }
        let forged = format!("t=1700000000,v1={}", "00".repeat(32));
        assert_eq!(check(Some(&forged), Some("whsec_test")), Err(InvalidSignature::Mismatch));
        assert_eq!(verify_shippo("", None, Some(""), BODY, now), Err(InvalidSignature::WrongToken));
    }
}
