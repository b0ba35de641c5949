//! What customs are told about a consignment.

use serde::{Deserialize, Serialize};

use crate::address::Country;
use crate::money::Money;

/// The declaration that goes with a consignment out of a customs territory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customs {
    /// Who answers for it.
    pub signer: String,
    /// Everything that is in the parcels.
    pub goods: Vec<Goods>,
}

/// One kind of goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goods {
    /// What it is.
    pub description: String,
    /// How many.
    pub quantity: u32,
    /// Grams of all of them, without packaging.
    pub weight_grams: u32,
    /// Worth of all of them.
    pub value: Money,
    /// Where it was made.
    pub origin: Country,
    /// Its number in the Harmonized System, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff_number: Option<String>,
}
