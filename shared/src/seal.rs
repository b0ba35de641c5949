//! Sealed texts: what we give away and take back only unchanged. Cursors, which say where a list goes on, and the tokens of
//! guests. Authenticated, and bound to what they are good for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The text was not sealed by us for this scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text was not sealed for this")]
pub struct BrokenSeal;

const TAG_BYTES: usize = 16;

/// Seals a text. `scope` names what it is good for, e.g. a list with its caller and filters.
pub fn seal(key: &[u8], scope: &str, content: &str) -> String {
    let mut bytes = tag(key, scope, content)[..TAG_BYTES].to_vec();
    bytes.extend_from_slice(content.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Opens what [`seal`] made with the same key and scope.
pub fn open(key: &[u8], scope: &str, sealed: &str) -> Result<String, BrokenSeal> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| BrokenSeal)?;
    let (mac, content) = bytes.split_at_checked(TAG_BYTES).ok_or(BrokenSeal)?;
    let content = std::str::from_utf8(content).map_err(|_| BrokenSeal)?;
    keyed(key, scope, content).verify_truncated_left(mac).map_err(|_| BrokenSeal)?;
    Ok(content.to_owned())
}

fn keyed(key: &[u8], scope: &str, content: &str) -> Hmac<Sha256> {
    // HMAC takes a key of any length (RFC 2104), so this constructor cannot fail.
    let mut mac =
        <Hmac<Sha256> as Mac>::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes any key"));
    mac.update(&(scope.len() as u64).to_be_bytes());
    mac.update(scope.as_bytes());
    mac.update(content.as_bytes());
    mac
}

/// The keyed hash of a text in a scope (HMAC-SHA-256, RFC 2104).
pub fn tag(key: &[u8], scope: &str, content: &str) -> [u8; 32] {
    keyed(key, scope, content).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_for_its_own_scope_only() {
        let cursor = seal(b"key", "alice|status=paid", "ORDER#1");
        assert_eq!(open(b"key", "alice|status=paid", &cursor).as_deref(), Ok("ORDER#1"));
        assert_eq!(open(b"key", "bob|status=paid", &cursor), Err(BrokenSeal));
        assert_eq!(open(b"other", "alice|status=paid", &cursor), Err(BrokenSeal));
        for forged in ["", "AAAA", "not base64!", &cursor[1..], &format!("{cursor}A")] {
            assert_eq!(open(b"key", "alice|status=paid", forged), Err(BrokenSeal), "{forged}");
        }
    }
}
