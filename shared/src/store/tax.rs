//! Taxes of the store (P9).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::address::{Country, Destination};
use crate::api::wire;
use crate::ids::TaxClass;
use crate::percent::Percent;

/// The taxes of the store. The default takes none, and says so: `elsewhere` is `untaxed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxTable {
    /// Whether catalogue prices, delivery charges, discounts and thresholds are meant with tax.
    pub prices_include_tax: bool,
    /// How tax is rounded to the currency's minor unit.
    #[serde(default, deserialize_with = "wire::object")]
    pub rounding: Rounding,
    /// Every tax class that products may have. Each zone has rates for each of them.
    pub classes: Vec<TaxClass>,
    /// The class of delivery charges; one of `classes`.
    #[serde(default)]
    pub delivery_class: Option<TaxClass>,
    /// The rates, by destination.
    #[serde(deserialize_with = "wire::list")]
    pub zones: Vec<TaxZone>,
    /// What happens to orders to anywhere else.
    #[serde(default)]
    pub elsewhere: Elsewhere,
}

impl Default for TaxTable {
    fn default() -> Self {
        Self {
            prices_include_tax: false,
            rounding: Rounding::default(),
            classes: vec![],
            delivery_class: None,
            zones: vec![],
            elsewhere: Elsewhere::Untaxed,
        }
    }
}

impl TaxTable {
    /// The zone of a destination: one that names its region, else the one for the whole of its country.
    pub fn zone(&self, to: &Destination) -> Option<&TaxZone> {
        let of_country = || self.zones.iter().filter(|zone| zone.countries.contains(&to.country));
        of_country()
            .find(|zone| to.is_in_one_of(&zone.regions))
            .or_else(|| of_country().find(|zone| zone.regions.is_empty()))
    }
}

/// How tax is rounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rounding {
    /// What is rounded.
    pub level: RoundingLevel,
    /// Which way.
    pub mode: RoundingMode,
}

/// What is rounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundingLevel {
    /// The tax of each line.
    #[default]
    Line,
    /// The tax of all goods and the delivery of one class together; the lines share it by largest remainder.
    Order,
}

/// Which way an amount is rounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// To the nearest, halves away from zero.
    #[default]
    HalfUp,
    /// To the nearest, halves to the even neighbour.
    HalfEven,
}

/// The rates for some destinations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxZone {
    /// Which countries.
    pub countries: Vec<Country>,
    /// Which states or regions of the one country; none means all that no other zone names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// What is taken from each class; an empty list for a class that is exempt.
    pub rates: BTreeMap<TaxClass, Vec<TaxComponent>>,
}

/// One tax, e.g. CGST at 9 %.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxComponent {
    /// Its name on the bill.
    pub name: String,
    /// Percent of the net amount.
    pub rate: Percent,
}

/// What happens to an order to a place that no zone covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Elsewhere {
    /// It is refused: nobody sells there without knowing the tax.
    #[default]
    Refuse,
    /// It is sold without tax.
    Untaxed,
}
