//! Values as one deflated attribute: written once, never queried into, and DynamoDB charges by the kilobyte (AWS: "Best
//! practices for storing large items", compressing).

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{Read as _, Write as _};

use super::{Item, sort_key};
use crate::error::Error;

/// The attribute that holds a packed value.
pub(super) const PACKED: &str = "z";

/// A value as deflated JSON, to be put under [`PACKED`].
pub(super) fn pack(value: &impl Serialize) -> Result<AttributeValue, Error> {
    let broken = |error: std::io::Error| Error::broken("a value does not compress", error);
    let json = serde_json::to_vec(value).map_err(|error| Error::broken("a value is not JSON", error))?;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&json).map_err(broken)?;
    Ok(AttributeValue::B(Blob::new(encoder.finish().map_err(broken)?)))
}

/// The value that an item holds under [`PACKED`].
pub(super) fn unpack<T: DeserializeOwned>(item: &Item) -> Result<T, Error> {
    let packed = item.get(PACKED).and_then(|value| value.as_b().ok());
    let packed = packed.ok_or_else(|| Error::broken("an item has no content", sort_key(item).to_owned()))?;
    let mut json = Vec::new();
    let inflated = DeflateDecoder::new(packed.as_ref()).read_to_end(&mut json);
    inflated.map_err(|error| Error::broken("an item does not inflate", error))?;
    serde_json::from_slice(&json).map_err(|error| Error::broken("an item is not of its kind", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked_and_anything_else_is_broken() {
        let value = vec!["a"; 1_000];
        let packed = pack(&value).expect("packs");
        assert!(packed.as_b().expect("bytes").as_ref().len() < 100);
        let item = Item::from([(PACKED.to_owned(), packed)]);
        assert_eq!(unpack::<Vec<String>>(&item).expect("unpacks"), value);
        assert!(unpack::<u32>(&item).is_err());
        assert!(unpack::<u32>(&Item::new()).is_err());
        let garbage = Item::from([(PACKED.to_owned(), AttributeValue::B(Blob::new([255, 255])))]);
        assert!(unpack::<u32>(&garbage).is_err());
    }
}
