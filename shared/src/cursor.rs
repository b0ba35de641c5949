//! Cursors: where a list goes on. Opaque, authenticated, and bound to caller and filters.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The cursor was not made by us for this caller and these filters (400 `invalid_cursor`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor was not issued for this list")]
pub struct InvalidCursor;

const TAG_BYTES: usize = 16;

/// Seals a position. `scope` names the caller and the filters that it is good for.
pub fn seal(key: &[u8], scope: &str, position: &str) -> String {
    let mut bytes = tag(key, scope, position)[..TAG_BYTES].to_vec();
    bytes.extend_from_slice(position.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Opens a cursor that [`seal`] made with the same key and scope.
pub fn open(key: &[u8], scope: &str, cursor: &str) -> Result<String, InvalidCursor> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| InvalidCursor)?;
    let (mac, position) = bytes.split_at_checked(TAG_BYTES).ok_or(InvalidCursor)?;
    let position = std::str::from_utf8(position).map_err(|_| InvalidCursor)?;
    keyed(key, scope, position).verify_truncated_left(mac).map_err(|_| InvalidCursor)?;
    Ok(position.to_owned())
}

fn keyed(key: &[u8], scope: &str, position: &str) -> Hmac<Sha256> {
    // HMAC takes a key of any length (RFC 2104), so this constructor cannot fail.
    let mut mac =
        <Hmac<Sha256> as Mac>::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes any key"));
    mac.update(&(scope.len() as u64).to_be_bytes());
    mac.update(scope.as_bytes());
    mac.update(position.as_bytes());
    mac
}

fn tag(key: &[u8], scope: &str, position: &str) -> [u8; 32] {
    keyed(key, scope, position).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_for_its_own_scope_only() {
        let cursor = seal(b"key", "alice|status=paid", "ORDER#1");
        assert_eq!(open(b"key", "alice|status=paid", &cursor).as_deref(), Ok("ORDER#1"));
        assert_eq!(open(b"key", "bob|status=paid", &cursor), Err(InvalidCursor));
        assert_eq!(open(b"other", "alice|status=paid", &cursor), Err(InvalidCursor));
        for forged in ["", "AAAA", "not base64!", &cursor[1..], &format!("{cursor}A")] {
            assert_eq!(open(b"key", "alice|status=paid", forged), Err(InvalidCursor), "{forged}");
        }
    }
}
