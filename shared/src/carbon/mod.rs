//! What sending parcels emits: an estimate that shows its inputs, so that anyone can do the sum again (R7).

pub mod factors;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::ids::WarehouseId;
use crate::stock::Leg;
use factors::{FactorSet, Material, Mode, TransportFactor};

/// Grams CO2e per tonne-kilometre of road freight by heavy goods vehicle, well to wheel, EU-27, 2018: what counts for a way
/// of which the shop says nothing. [`factors`] says where it is from.
pub const ROAD_FACTOR_G_PER_TKM: u32 = 137;
/// Where a factor is from that was not published.
pub const OWN_FACTOR_SOURCE: &str = "the shop's own figure for the way";
/// How an estimate is computed: transport activity in tonne-kilometres times an emission intensity.
pub const METHOD: &str = "weight × distance × factor (ISO 14083)";
/// How the making of packaging is estimated.
pub const PACKAGING_METHOD: &str =
    "weight × (recycled share × factor of recycled material + the rest × factor of new material)";

/// An estimate of what transport emits, with all that went into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarbonEstimate {
    /// Grams CO2e: the sum of the legs.
    pub carbon_grams: u64,
    /// How it is computed.
    pub method: String,
    /// Where the factors are from.
    pub factor_source: String,
    /// Which edition of the published factors counts for the order, whenever it is read.
    pub factor_version: String,
    /// Grams carried on all legs.
    pub weight_grams: u64,
    /// The ways that goods go, one from each warehouse.
    pub legs: Vec<LegEstimate>,
}

/// What goes from one warehouse, and what that emits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegEstimate {
    /// From where.
    pub warehouse_id: WarehouseId,
    /// What carries it; none if the shop states a factor and not what it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Grams carried.
    pub weight_grams: u64,
    /// Kilometres: the shop's figure for the area that the destination lies in.
    pub distance_km: u32,
    /// Grams CO2e per tonne-kilometre.
    pub factor_g_per_tkm: u32,
    /// Grams CO2e, rounded up.
    pub carbon_grams: u64,
}

/// The estimate for an order whose goods go these ways, with the factors of its placement.
pub fn estimate(factors: &FactorSet, legs: &[Leg]) -> CarbonEstimate {
    let sum = |part: fn(&Leg) -> u64| legs.iter().map(part).fold(0, u64::saturating_add);
    let of_leg = |leg: &Leg| LegEstimate {
        warehouse_id: leg.warehouse.clone(),
        mode: mode(factors, leg),
        weight_grams: leg.weight_grams,
        distance_km: leg.distance_km,
        factor_g_per_tkm: leg.g_per_tkm,
        carbon_grams: leg.carbon_grams,
    };
    CarbonEstimate {
        carbon_grams: sum(|leg| leg.carbon_grams),
        method: METHOD.to_owned(),
        factor_source: sources(factors, legs),
        factor_version: factors.version.to_owned(),
        weight_grams: sum(|leg| leg.weight_grams),
        legs: legs.iter().map(of_leg).collect(),
    }
}

/// The published factor that a leg was reckoned with; none if it is the shop's own figure. A figure that the shop states and
/// that is the published one is that.
pub fn published(factors: &FactorSet, leg: &Leg) -> Option<&'static TransportFactor> {
    let usual = leg.mode.unwrap_or(Mode::Hgv);
    factors.transport(usual).filter(|factor| factor.g_per_tkm == leg.g_per_tkm)
}

/// What carries a leg's goods, as far as that is known.
pub fn mode(factors: &FactorSet, leg: &Leg) -> Option<Mode> {
    leg.mode.or_else(|| published(factors, leg).map(|factor| factor.mode))
}

/// Where the factors of these legs are from.
fn sources(factors: &FactorSet, legs: &[Leg]) -> String {
    let mut cited: Vec<(Option<u32>, &str)> = Vec::new();
    for leg in legs {
        let source = match published(factors, leg) {
            Some(factor) => (Some(factor.g_per_tkm), factor.citation),
            None => (None, OWN_FACTOR_SOURCE),
        };
        if !cited.contains(&source) {
            cited.push(source);
        }
    }
    // What is published first, so that "others" is understood.
    cited.sort_by_key(|(published, _)| published.is_none());
    match cited.as_slice() {
        [] => "nothing is carried".to_owned(),
        [(_, source)] => (*source).to_owned(),
        several => {
            let named = several.iter().map(|(published, source)| match published {
                Some(grams) => format!("{grams} g/tkm: {source}"),
                None => format!("others: {source}"),
            });
            named.collect::<Vec<_>>().join("; ")
        }
    }
}

/// Grams CO2e of carrying `weight_grams` over `distance_km` at `g_per_tkm` grams per tonne-kilometre, rounded up.
/// What is too large to be counted is [`u64::MAX`].
pub fn leg_grams(weight_grams: u64, distance_km: u32, g_per_tkm: u32) -> u64 {
    // No overflow: 64 + 32 + 32 bits. A tonne has a million grams.
    let micrograms = u128::from(weight_grams) * u128::from(distance_km) * u128::from(g_per_tkm);
    u64::try_from(micrograms.div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

/// Grams CO2e of making so many grams of packaging, of which `recycled_percent` were recycled, rounded up; none if no factor
/// of the material was published. More than 100 percent count as 100.
pub fn packaging_grams(
    factors: &FactorSet,
    material: Material,
    grams: u64,
    recycled_percent: u8,
) -> Option<u64> {
    let factor = factors.material(material)?;
    let recycled = u128::from(recycled_percent.min(100));
    let per_kg = recycled * u128::from(factor.recycled_g_per_kg)
        + (100 - recycled) * u128::from(factor.primary_g_per_kg);
    Some(u64::try_from((u128::from(grams) * per_kg).div_ceil(100_000)).unwrap_or(u64::MAX))
}

/// Grams as kilograms, in decimals: 83 g are `0.083`.
pub fn kilograms(grams: u64) -> String {
    format!("{}.{:03}", grams / 1_000, grams % 1_000)
}
