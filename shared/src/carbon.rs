//! What sending a parcel emits: an estimate that shows its inputs, so that anyone can do the sum again (R7).

use serde::{Deserialize, Serialize};

/// Grams CO2e per tonne-kilometre of road freight by heavy goods vehicle, well to wheel, EU-27, 2018.
/// Source: European Environment Agency, "Rail and waterborne: best for low-carbon motorised transport", 2021.
pub const ROAD_FACTOR_G_PER_TKM: u64 = 137;
/// Name and edition of the factor's source, shown with every estimate.
pub const FACTOR_SOURCE: &str = "EEA 2021, road freight (HGV), EU-27 2018, well-to-wheel";
/// Kilometres assumed from a warehouse whose place is not known. An assumption, and marked as one in the answer.
pub const ASSUMED_DISTANCE_KM: u64 = 300;

/// An estimate of what transport emits, with all that went into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarbonEstimate {
    /// Grams CO2e, rounded up.
    pub carbon_grams: u64,
    /// How it is computed.
    pub method: String,
    /// Where the factor is from.
    pub factor_source: String,
    /// Grams CO2e per tonne-kilometre.
    pub factor_g_per_tkm: u64,
    /// Grams carried, packaging included once it is known.
    pub weight_grams: u64,
    /// Kilometres.
    pub distance_km: u64,
    /// Whether the distance is assumed rather than measured.
    pub distance_assumed: bool,
}

/// Estimates the transport of `weight_grams` over the assumed distance by road: mass × distance × factor
/// (ISO 14083, transport activity in tonne-kilometres times an emission intensity).
pub fn estimate(weight_grams: u64) -> CarbonEstimate {
    // grams / 1e6 = tonnes
    let carbon_grams = weight_grams
        .saturating_mul(ASSUMED_DISTANCE_KM)
        .saturating_mul(ROAD_FACTOR_G_PER_TKM)
        .div_ceil(1_000_000);
    CarbonEstimate {
        carbon_grams,
        method: "weight × distance × factor (ISO 14083)".to_owned(),
        factor_source: FACTOR_SOURCE.to_owned(),
        factor_g_per_tkm: ROAD_FACTOR_G_PER_TKM,
        weight_grams,
        distance_km: ASSUMED_DISTANCE_KM,
        distance_assumed: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_can_be_redone_from_what_it_shows() {
        let shown = estimate(2_000);
        assert_eq!(shown.carbon_grams, 83); // 0.002 t × 300 km × 137 g = 82.2 g, rounded up
        assert_eq!(estimate(0).carbon_grams, 0);
    }
}
