//! What holds for every demand and every stock, proved against a search that tries everything.

use super::tests::{germany, houses, id, sku, stock};
use super::*;
use crate::store::Warehouse;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const HOUSES: [&str; 4] = ["e", "n", "s", "w"];
const SKUS: [&str; 3] = ["a", "a:red", "b"];
/// Kilometres and factor of each warehouse; few values, so that ties are common.
type Ways = [(u32, Option<u32>); 4];

#[derive(Debug, Clone)]
struct Case {
    demand: BTreeMap<Sku, Demand>,
    stock: BTreeMap<Sku, Vec<StockBucket>>,
    houses: BTreeMap<WarehouseId, Warehouse>,
    spread: u64,
}

fn case() -> impl Strategy<Value = Case> {
    let way =
        (0u32..4, proptest::option::of(0u32..3)).prop_map(|(km, factor)| (km * 100, factor.map(|f| f * 50)));
    let ways = [way.clone(), way.clone(), way.clone(), way];
    let demand = vec((0usize..3, 0u32..7, 0u32..3), 1..4);
    let stock_rows = vec((0usize..3, 0usize..4, 0u16..3, -1i64..5), 0..24);
    (demand, stock_rows, ways, any::<u64>()).prop_map(|(demand, rows, ways, spread): (_, _, Ways, _)| {
        let rows: Vec<_> = rows.into_iter().map(|(what, at, b, n)| (SKUS[what], HOUSES[at], b, n)).collect();
        let demand = demand
            .into_iter()
            .map(|(what, units, kilos)| (sku(SKUS[what]), Demand { units, weight_grams: kilos * 1_000 }));
        let ways = [0, 1, 2, 3].map(|at| (HOUSES[at], ways[at].0, ways[at].1));
        Case { demand: demand.collect(), stock: stock(&rows), houses: houses(&ways), spread }
    })
}

impl Case {
    fn allocate(&self) -> Result<AllocationPlan, Vec<Shortage>> {
        allocate(&self.demand, &self.stock, &self.houses, &germany(), self.spread)
    }

    /// What is in a bucket; of two entries the first counts.
    fn bucket(&self, sku: &Sku, warehouse: &WarehouseId, bucket: u16) -> i64 {
        let levels = self.stock.get(sku).into_iter().flatten();
        let mut here = levels.filter(|level| &level.warehouse == warehouse && level.bucket == bucket);
        here.next().map_or(0, |level| level.on_hand.max(0))
    }

    fn in_house(&self, sku: &Sku, warehouse: &WarehouseId) -> i64 {
        (0..3).map(|bucket| self.bucket(sku, warehouse, bucket)).sum()
    }

    fn covers(&self, set: &[WarehouseId]) -> bool {
        let have = |sku| set.iter().map(|house| self.in_house(sku, house)).sum::<i64>();
        self.demand.iter().all(|(sku, demand)| have(sku) >= i64::from(demand.units))
    }

    fn way(&self, house: &WarehouseId) -> (u64, u64) {
        let area = self.houses[house].area(&germany()).expect("serves everywhere");
        (u64::from(area.distance_km), u64::from(area.g_per_tkm.unwrap_or(137)))
    }

    /// Every set of warehouses that has everything.
    fn covering_sets(&self) -> Vec<Vec<WarehouseId>> {
        let all = HOUSES.map(id);
        let set = |mask: u32| -> Vec<WarehouseId> {
            all.iter()
                .enumerate()
                .filter(|(at, _)| mask & (1 << at) != 0)
                .map(|(_, house)| house.clone())
                .collect()
        };
        (0..16).map(set).filter(|set| self.covers(set)).collect()
    }

    /// The least that a set can emit, in micrograms: every way to fill each sku is tried.
    fn least_carbon(&self, set: &[WarehouseId]) -> u64 {
        let least = |(sku, demand): (&Sku, &Demand)| {
            self.fillings(sku, i64::from(demand.units), set)
                .map_or(0, |kilometres| kilometres * u64::from(demand.weight_grams))
        };
        self.demand.iter().map(least).sum()
    }

    fn fillings(&self, sku: &Sku, units: i64, set: &[WarehouseId]) -> Option<u64> {
        let Some((house, rest)) = set.split_first() else {
            return (units == 0).then_some(0);
        };
        let (km, factor) = self.way(house);
        (0..=units.min(self.in_house(sku, house)))
            .filter_map(|here| {
                Some(self.fillings(sku, units - here, rest)? + u64::try_from(here).ok()? * km * factor)
            })
            .min()
    }

    /// What decides between two sets of equal size.
    fn score(&self, set: &[WarehouseId]) -> (u64, u64, Vec<WarehouseId>) {
        (self.least_carbon(set), set.iter().map(|house| self.way(house).0).sum(), set.to_vec())
    }
}

fn emitted(plan: &AllocationPlan) -> u64 {
    let legs = plan.choice.legs.iter();
    legs.map(|leg| leg.weight_grams * u64::from(leg.distance_km) * u64::from(leg.g_per_tkm)).sum()
}

proptest! {
    #[test]
    fn whatever_is_asked_of_whatever_stock_is_taken_exactly_or_not_at_all(case in case()) {
        let all = HOUSES.map(id);
        match case.allocate() {
            Ok(plan) => {
                for (sku, demand) in &case.demand {
                    let mine = plan.allocations.iter().filter(|taken| &taken.sku == sku);
                    prop_assert_eq!(mine.map(|taken| taken.quantity).sum::<u32>(), demand.units);
                }
                let places: BTreeSet<_> = plan.allocations.iter().map(|t| (&t.sku, &t.warehouse, t.bucket)).collect();
                prop_assert_eq!(places.len(), plan.allocations.len());
                for taken in &plan.allocations {
                    let there = case.bucket(&taken.sku, &taken.warehouse, taken.bucket);
                    prop_assert!(taken.quantity > 0 && i64::from(taken.quantity) <= there);
                }
            }
            Err(short) => {
                let expected: Vec<_> = case.demand.iter()
                    .map(|(sku, demand)| {
                        (sku, demand.units, all.iter().map(|house| case.in_house(sku, house)).sum::<i64>())
                    })
                    .filter(|(_, units, available)| i64::from(*units) > *available)
                    .map(|(sku, requested, available)| Shortage {
                        product_id: sku.product.clone(),
                        variation_id: sku.variation.clone(),
                        requested,
                        available,
                    })
                    .collect();
                prop_assert!(!expected.is_empty());
                prop_assert_eq!(short, expected);
            }
        }
    }

    #[test]
    fn no_set_of_warehouses_has_fewer_parcels_and_none_of_as_many_emits_less(case in case()) {
        let sets = case.covering_sets();
        let Ok(plan) = case.allocate() else {
            prop_assert!(sets.is_empty());
            return Ok(());
        };
        let fewest = sets.iter().map(Vec::len).min().expect("it was allocated");
        let least = sets.iter().filter(|set| set.len() == fewest).map(|set| case.score(set)).min().expect("one");
        let from: Vec<WarehouseId> = plan.choice.legs.iter().map(|leg| leg.warehouse.clone()).collect();
        prop_assert_eq!(&from, &least.2);
        prop_assert_eq!(emitted(&plan), least.0);
    }

    #[test]
    fn the_reason_is_what_sets_the_chosen_warehouses_apart(case in case()) {
        let Ok(plan) = case.allocate() else { return Ok(()) };
        let sets = case.covering_sets();
        let fewest = sets.iter().map(Vec::len).min().expect("it was allocated");
        let mut best: Vec<_> = sets.iter().filter(|set| set.len() == fewest).map(|set| case.score(set)).collect();
        best.sort();
        // Another choice is a set that does not merely add parcels that nobody needs.
        let another = sets.iter().any(|set| !best[0].2.iter().all(|house| set.contains(house)));
        let reason = match best.get(1) {
            None if another => AllocationReason::FewestParcels,
            None => AllocationReason::OnlyChoice,
            Some(next) if next.0 > best[0].0 => AllocationReason::LeastCarbon,
            Some(next) if next.1 > best[0].1 => AllocationReason::Nearest,
            Some(_) => AllocationReason::FirstByName,
        };
        prop_assert_eq!((plan.choice.reason, plan.choice.considered), (reason, u32::try_from(best.len()).expect("few")));
    }

    #[test]
    fn the_legs_carry_what_is_taken_and_show_how_their_carbon_is_computed(case in case()) {
        let Ok(plan) = case.allocate() else { return Ok(()) };
        let from: BTreeSet<_> = plan.allocations.iter().map(|taken| &taken.warehouse).collect();
        prop_assert!(plan.choice.legs.iter().map(|leg| &leg.warehouse).eq(from));
        for leg in &plan.choice.legs {
            let weight = |taken: &Allocation| u64::from(case.demand[&taken.sku].weight_grams) * u64::from(taken.quantity);
            let mine = plan.allocations.iter().filter(|taken| taken.warehouse == leg.warehouse);
            prop_assert_eq!(leg.weight_grams, mine.map(weight).sum::<u64>());
            prop_assert_eq!((u64::from(leg.distance_km), u64::from(leg.g_per_tkm)), case.way(&leg.warehouse));
            prop_assert_eq!(
                leg.carbon_grams,
                crate::carbon::leg_grams(leg.weight_grams, leg.distance_km, leg.g_per_tkm)
            );
        }
    }

    #[test]
    fn the_spread_moves_orders_between_buckets_and_never_between_warehouses(case in case(), spread: u64) {
        let other = Case { spread, ..case.clone() };
        match (case.allocate(), other.allocate()) {
            (Ok(one), Ok(two)) => prop_assert_eq!(one.choice, two.choice),
            (one, two) => prop_assert_eq!(one, two),
        }
    }

    #[test]
    fn beyond_three_parcels_each_one_is_needed(rows in vec((0usize..3, 0usize..9, 1i64..3), 9..40), asked in 4u32..20) {
        let names = ["h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8", "h9"];
        let rows: Vec<_> = rows.into_iter().map(|(what, at, units)| (SKUS[what], names[at], 0, units)).collect();
        let case = Case {
            demand: SKUS.iter().map(|text| (sku(text), Demand { units: asked, weight_grams: 1 })).collect(),
            stock: stock(&rows),
            houses: houses(&names.map(|name| (name, 100, None))),
            spread: 0,
        };
        let Ok(plan) = case.allocate() else { return Ok(()) };
        let set: Vec<WarehouseId> = plan.choice.legs.iter().map(|leg| leg.warehouse.clone()).collect();
        prop_assert!(case.covers(&set));
        for left_out in &set {
            let without: Vec<WarehouseId> = set.iter().filter(|house| *house != left_out).cloned().collect();
            prop_assert!(!case.covers(&without));
        }
    }
}
