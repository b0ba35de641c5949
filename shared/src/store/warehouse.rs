//! Warehouses: where they are and whom they serve (A1, P6).

use serde::{Deserialize, Serialize};

use crate::address::{Country, Destination};
use crate::api::wire;
use crate::carbon::ROAD_FACTOR_G_PER_TKM;
use crate::carbon::factors::{Edition, Mode};

/// A warehouse, as `PUT /admin/warehouses/{id}` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warehouse {
    /// What people call it.
    pub name: String,
    /// Where it is.
    #[serde(deserialize_with = "wire::object")]
    pub place: Place,
    /// Whom it serves; the first area that a destination lies in counts. An empty list serves nobody.
    #[serde(deserialize_with = "wire::list")]
    pub areas: Vec<ServedArea>,
}

impl Warehouse {
    /// The area that a destination lies in, if it is served.
    pub fn area(&self, to: &Destination) -> Option<&ServedArea> {
        self.areas.iter().find(|area| area.contains(to))
    }
}

/// Where a warehouse is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// In which country.
    pub country: Country,
    /// State or region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// City or town.
    pub city: String,
    /// Street and house number, where carriers come for its parcels; without one, none can be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// For the carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// A part of the world that a warehouse serves, and what the way there is like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServedArea {
    /// Which countries; none means everywhere.
    #[serde(default)]
    pub countries: Vec<Country>,
    /// Which states or regions; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// What postal codes begin with; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub postal_prefixes: Vec<String>,
    /// Kilometres of a usual way there.
    pub distance_km: u32,
    /// What carries goods there; its published factor counts ([`crate::carbon::factors`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Grams CO2e per tonne-kilometre on that way: the shop's own figure, in place of the published one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub g_per_tkm: Option<u32>,
}

impl ServedArea {
    /// Grams CO2e per tonne-kilometre: the shop's figure, else the one published for what carries the goods, else road freight.
    pub fn factor(&self) -> u32 {
        let published = || Edition::CURRENT.factors().transport(self.mode.unwrap_or(Mode::Hgv));
        let usual = || published().map_or(ROAD_FACTOR_G_PER_TKM, |factor| factor.g_per_tkm);
        self.g_per_tkm.unwrap_or_else(usual)
    }

    fn contains(&self, to: &Destination) -> bool {
        (self.countries.is_empty() || self.countries.contains(&to.country))
            && (self.regions.is_empty() || to.is_in_one_of(&self.regions))
            && (self.postal_prefixes.is_empty() || to.postal_code_begins_with(&self.postal_prefixes))
    }
}
