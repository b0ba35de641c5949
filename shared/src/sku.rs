//! What is sold, counted and kept in stock: a product, or one variation of it.

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::ids::{InvalidId, ProductId, VariationId};

/// A product, or one variation of it; written `tee` or `tee:small-black`. Neither part can contain the colon.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sku {
    /// Which product.
    pub product: ProductId,
    /// Which variation of it; none if it has none.
    pub variation: Option<VariationId>,
}

impl Sku {
    /// A product without variations, or a variation of one.
    pub fn new(product: ProductId, variation: Option<VariationId>) -> Self {
        Self { product, variation }
    }

    /// Parses `product` or `product:variation`.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        match text.split_once(':') {
            None => Ok(Self::new(ProductId::parse(text)?, None)),
            Some((product, variation)) => {
                Ok(Self::new(ProductId::parse(product)?, Some(VariationId::parse(variation)?)))
            }
        }
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.variation {
            Some(variation) => write!(f, "{}:{variation}", self.product),
            None => write!(f, "{}", self.product),
        }
    }
}

impl TryFrom<String> for Sku {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl From<Sku> for String {
    fn from(sku: Sku) -> String {
        sku.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sku_is_read_back_from_its_text() {
        for text in ["tee", "tee:small-black", "a.b_c:1"] {
            assert_eq!(Sku::parse(text).map(|sku| sku.to_string()).as_deref(), Ok(text));
        }
        for bad in ["", ":", "tee:", ":small", "a:b:c", "tee#1"] {
            assert!(Sku::parse(bad).is_err(), "{bad}");
        }
    }
}
