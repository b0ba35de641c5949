//! What sending parcels emits: an estimate that shows its inputs, so that anyone can do the sum again (R7).

use serde::{Deserialize, Serialize};

use crate::ids::WarehouseId;
use crate::stock::Leg;

/// Grams CO2e per tonne-kilometre of road freight by heavy goods vehicle, well to wheel, EU-27, 2018.
/// Source: European Environment Agency, "Rail and waterborne: best for low-carbon motorised transport", 2021.
pub const ROAD_FACTOR_G_PER_TKM: u32 = 137;
/// Name and edition of the road factor's source, shown with every estimate that uses it.
pub const FACTOR_SOURCE: &str = "EEA 2021, road freight (HGV), EU-27 2018, well-to-wheel";
/// Where a factor is from that is not the road factor.
pub const OWN_FACTOR_SOURCE: &str = "the shop's own figure for the way";
/// How an estimate is computed: transport activity in tonne-kilometres times an emission intensity.
pub const METHOD: &str = "weight × distance × factor (ISO 14083)";

/// An estimate of what transport emits, with all that went into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarbonEstimate {
    /// Grams CO2e: the sum of the legs.
    pub carbon_grams: u64,
    /// How it is computed.
    pub method: String,
    /// Where the factors are from.
    pub factor_source: String,
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
    /// Grams carried.
    pub weight_grams: u64,
    /// Kilometres: the shop's figure for the area that the destination lies in.
    pub distance_km: u32,
    /// Grams CO2e per tonne-kilometre.
    pub factor_g_per_tkm: u32,
    /// Grams CO2e, rounded up.
    pub carbon_grams: u64,
}

/// The estimate for an order whose goods go these ways.
pub fn estimate(legs: &[Leg]) -> CarbonEstimate {
    let sum = |part: fn(&Leg) -> u64| legs.iter().map(part).fold(0, u64::saturating_add);
    let of_road = |leg: &Leg| leg.g_per_tkm == ROAD_FACTOR_G_PER_TKM;
    let factor_source = if legs.iter().all(of_road) {
        FACTOR_SOURCE.to_owned()
    } else if legs.iter().any(of_road) {
        format!("{ROAD_FACTOR_G_PER_TKM} g/tkm: {FACTOR_SOURCE}; others: {OWN_FACTOR_SOURCE}")
    } else {
        OWN_FACTOR_SOURCE.to_owned()
    };
    CarbonEstimate {
        carbon_grams: sum(|leg| leg.carbon_grams),
        method: METHOD.to_owned(),
        factor_source,
        weight_grams: sum(|leg| leg.weight_grams),
        legs: legs
            .iter()
            .map(|leg| LegEstimate {
                warehouse_id: leg.warehouse.clone(),
                weight_grams: leg.weight_grams,
                distance_km: leg.distance_km,
                factor_g_per_tkm: leg.g_per_tkm,
                carbon_grams: leg.carbon_grams,
            })
            .collect(),
    }
}

/// Grams CO2e of carrying `weight_grams` over `distance_km` at `g_per_tkm` grams per tonne-kilometre, rounded up.
/// What is too large to be counted is [`u64::MAX`].
pub fn leg_grams(weight_grams: u64, distance_km: u32, g_per_tkm: u32) -> u64 {
    // No overflow: 64 + 32 + 32 bits. A tonne has a million grams.
    let micrograms = u128::from(weight_grams) * u128::from(distance_km) * u128::from(g_per_tkm);
    u64::try_from(micrograms.div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leg(warehouse: &str, weight_grams: u64, distance_km: u32, g_per_tkm: u32) -> Leg {
        Leg {
            warehouse: WarehouseId::parse(warehouse).expect("valid"),
            weight_grams,
            distance_km,
            g_per_tkm,
            carbon_grams: leg_grams(weight_grams, distance_km, g_per_tkm),
        }
    }

    #[test]
    fn a_leg_is_rounded_up_to_whole_grams() {
        assert_eq!(leg_grams(2_000, 300, 137), 83); // 0.002 t × 300 km × 137 g = 82.2 g
        assert_eq!(leg_grams(1_000_000, 1, 137), 137);
        assert_eq!(leg_grams(1_000_001, 1, 137), 138);
        assert_eq!((leg_grams(0, 300, 137), leg_grams(5, 0, 137), leg_grams(5, 300, 0)), (0, 0, 0));
    }

    #[test]
    fn no_weight_no_way_and_no_factor_is_too_large_for_a_leg() {
        assert_eq!(leg_grams(u64::MAX, u32::MAX, u32::MAX), u64::MAX);
        assert_eq!(leg_grams(u64::MAX, 1_000, 1_000), u64::MAX);
        assert_eq!(estimate(&vec![leg("a", u64::MAX, 1_000, 1_000); 2]).carbon_grams, u64::MAX);
    }

    #[test]
    fn the_estimate_can_be_redone_from_what_it_shows() {
        let shown = estimate(&[leg("east", 2_000, 300, 137), leg("west", 500, 1_200, 137)]);
        for leg in &shown.legs {
            let redone = leg_grams(leg.weight_grams, leg.distance_km, leg.factor_g_per_tkm);
            assert_eq!(leg.carbon_grams, redone);
        }
        assert_eq!(shown.carbon_grams, 83 + 83); // 0.0005 t × 1200 km × 137 g = 82.2 g
        assert_eq!(shown.weight_grams, 2_500);
        let from: Vec<_> = shown.legs.iter().map(|leg| leg.warehouse_id.as_str()).collect();
        assert_eq!(from, ["east", "west"]);
    }

    #[test]
    fn a_factor_that_the_shop_states_is_not_said_to_be_from_the_agency() {
        let (road, rail) = (leg("east", 1, 1, ROAD_FACTOR_G_PER_TKM), leg("west", 1, 1, 24));
        assert_eq!(estimate(std::slice::from_ref(&road)).factor_source, FACTOR_SOURCE);
        assert_eq!(estimate(std::slice::from_ref(&rail)).factor_source, OWN_FACTOR_SOURCE);
        let both = estimate(&[road, rail]).factor_source;
        assert!(both.contains(FACTOR_SOURCE) && both.contains(OWN_FACTOR_SOURCE), "{both}");
    }
}
