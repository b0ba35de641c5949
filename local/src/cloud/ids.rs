//! Ids that look random and are not: a run can be repeated, and its ids are the same.

use md5::{Digest as _, Md5};

/// MD5 in hexadecimal digits.
pub(super) fn md5(text: impl AsRef<[u8]>) -> String {
    hex::encode(Md5::digest(text))
}

/// An id in the form of a UUID, always the same for the same seed.
pub(super) fn uuid_like(seed: &str) -> String {
    let hash = md5(seed);
    let parts = [&hash[..8], &hash[8..12], &hash[12..16], &hash[16..20], &hash[20..]];
    parts.join("-")
}
