//! Numbers on the wire. Money is a decimal string; a JSON number is taken by its digits, never through a float.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::value::RawValue;

use crate::money::parse_decimal;

/// An amount in major units, as a caller sent it: `"150.00"` or `150.00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount(pub Decimal);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The raw text keeps every digit; serde_json's own number would be a float.
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        let digits = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
            .unwrap_or(text);
        parse_decimal(digits)
            .map(Self)
            .map_err(|_| D::Error::custom("an amount is plain decimal digits, e.g. \"150.00\""))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.normalize().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_every_digit_of_strings_and_numbers() {
        for (json, digits) in [
            ("0.1", "0.1"),
            ("\"150.00\"", "150.00"),
            ("12345678901234.56", "12345678901234.56"),
            ("7", "7"),
        ] {
            assert_eq!(
                serde_json::from_str::<Amount>(json)
                    .map(|a| a.0.to_string())
                    .ok()
                    .as_deref(),
                Some(digits)
            );
        }
        for bad in [
            "1e3", "\"1e3\"", "null", "true", "[]", "{}", "\"\"", "\"1,5\"", "1E300",
        ] {
            assert!(serde_json::from_str::<Amount>(bad).is_err(), "{bad}");
        }
    }
}
