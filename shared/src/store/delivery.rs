//! Ways to deliver and what they cost (P10).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::address::{Country, Destination};
use crate::api::wire::{self, Amount};
use crate::ids::{Language, ShippingMethodId};

/// A way to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippingMethod {
    /// Its id.
    pub id: ShippingMethodId,
    /// Its name.
    pub name: String,
    /// Its name in other languages.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<Language, String>,
    /// Where it delivers, and at what price.
    #[serde(deserialize_with = "wire::list")]
    pub zones: Vec<DeliveryZone>,
}

impl ShippingMethod {
    /// Its terms for a destination: those that name its region, else its country, else everywhere.
    pub fn zone(&self, to: &Destination) -> Option<&DeliveryZone> {
        let named = || self.zones.iter().filter(|zone| zone.countries.contains(&to.country));
        named()
            .find(|zone| to.is_in_one_of(&zone.regions))
            .or_else(|| named().find(|zone| zone.regions.is_empty()))
            .or_else(|| self.zones.iter().find(|zone| zone.countries.is_empty()))
    }
}

/// The terms of a shipping method for some destinations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryZone {
    /// Which countries; none means everywhere else.
    #[serde(default)]
    pub countries: Vec<Country>,
    /// Which states or regions of the one country; none means all that no other zone names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// What it costs by the weight of the goods, lightest first. Heavier than the last: not delivered this way.
    #[serde(deserialize_with = "wire::list")]
    pub bands: Vec<WeightBand>,
    /// Delivery is free from this value of the goods, after discounts.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "wire::optional_as_given")]
    pub free_from: Option<Amount>,
    /// Days from placement to delivery.
    pub transit_days: u32,
}

/// What goods up to a weight cost to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightBand {
    /// Grams, including.
    pub up_to_grams: u64,
    /// In the store's currency, major units.
    #[serde(serialize_with = "wire::as_given")]
    pub price: Amount,
}
