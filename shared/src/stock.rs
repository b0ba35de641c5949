//! Stock per product and warehouse, and which warehouses serve an order (P5, P6).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::ids::{ProductId, WarehouseId};

/// What one warehouse has of one product, in units.
///
/// Law: `on_hand + held` is what was received less what was shipped. Only conditional writes change either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLevel {
    /// Which warehouse.
    pub warehouse: WarehouseId,
    /// Units that can be sold.
    pub on_hand: i64,
    /// Units that open orders hold.
    pub held: i64,
}

/// So many units of a product, taken from one warehouse for one order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Allocation {
    /// From where.
    #[serde(rename = "w")]
    pub warehouse: WarehouseId,
    /// What.
    #[serde(rename = "p")]
    pub product: ProductId,
    /// How many units.
    #[serde(rename = "q")]
    pub quantity: u32,
}

/// A product of which there is not enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shortage {
    /// Which product.
    pub product_id: ProductId,
    /// Units asked for, summed over all lines.
    pub requested: u32,
    /// Units on hand in all warehouses.
    pub available: i64,
}

/// Why the goods come from where they come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AllocationReason {
    /// One warehouse has everything: one parcel.
    SingleWarehouse,
    /// No warehouse has everything; these are the fewest that were found to have it together.
    FewestParcels,
}

/// Where to take an order's goods from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocationPlan {
    /// What to take from where; each pair of warehouse and product once.
    pub allocations: Vec<Allocation>,
    /// Why.
    pub reason: AllocationReason,
}

/// Spreads `demand` over the warehouses with the fewest parcels: the first set of one, two or three warehouses that has
/// everything; if there is none, always the warehouse that can give the most units of what is still open (greedy set
/// cover). Ties go to the first names, so the result is the same each time.
///
/// # Errors
/// Every product that all warehouses together cannot give.
pub fn allocate(
    demand: &BTreeMap<ProductId, u32>,
    stock: &BTreeMap<ProductId, Vec<StockLevel>>,
) -> Result<AllocationPlan, Vec<Shortage>> {
    let level = |product: &ProductId, warehouse: &WarehouseId| {
        stock
            .get(product)
            .and_then(|levels| levels.iter().find(|level| &level.warehouse == warehouse))
            .map_or(0, |level| level.on_hand.max(0))
    };
    let shortages: Vec<Shortage> = demand
        .iter()
        .map(|(product, requested)| Shortage {
            product_id: product.clone(),
            requested: *requested,
            available: stock.get(product).into_iter().flatten().map(|level| level.on_hand.max(0)).sum(),
        })
        .filter(|shortage| i64::from(shortage.requested) > shortage.available)
        .collect();
    if !shortages.is_empty() {
        return Err(shortages);
    }

    let mut warehouses: Vec<&WarehouseId> = stock.values().flatten().map(|level| &level.warehouse).collect();
    warehouses.sort();
    warehouses.dedup();
    let covers = |set: &[&WarehouseId]| {
        let have = |product| set.iter().map(|warehouse| level(product, warehouse)).sum::<i64>();
        demand.iter().all(|(product, quantity)| have(product) >= i64::from(*quantity))
    };
    if let Some(few) = few_warehouses(&warehouses, covers) {
        warehouses = few;
    }
    let mut open: BTreeMap<&ProductId, u32> =
        demand.iter().map(|(product, quantity)| (product, *quantity)).collect();
    let mut allocations = Vec::new();
    let mut parcels = 0;
    while open.values().any(|quantity| *quantity > 0) {
        let gives = |warehouse: &WarehouseId| -> i64 {
            open.iter().map(|(product, quantity)| level(product, warehouse).min(i64::from(*quantity))).sum()
        };
        // `max_by_key` keeps the last of equals, so the names are walked backwards.
        let Some(best) = warehouses.iter().rev().max_by_key(|warehouse| gives(warehouse)).copied() else {
            break;
        };
        for (product, quantity) in &mut open {
            let taken = u32::try_from(level(product, best)).unwrap_or(u32::MAX).min(*quantity);
            if taken > 0 {
                *quantity -= taken;
                allocations.push(Allocation {
                    warehouse: best.clone(),
                    product: (*product).clone(),
                    quantity: taken,
                });
            }
        }
        warehouses.retain(|warehouse| *warehouse != best);
        parcels += 1;
    }
    let reason =
        if parcels <= 1 { AllocationReason::SingleWarehouse } else { AllocationReason::FewestParcels };
    Ok(AllocationPlan { allocations, reason })
}

/// The first set of one, two or three warehouses that has everything.
fn few_warehouses<'a>(
    all: &[&'a WarehouseId],
    covers: impl Fn(&[&WarehouseId]) -> bool,
) -> Option<Vec<&'a WarehouseId>> {
    let singles = all.iter().map(|one| vec![*one]);
    let pairs =
        all.iter().enumerate().flat_map(|(at, one)| all[at + 1..].iter().map(move |two| vec![*one, *two]));
    let triples = all.iter().enumerate().flat_map(|(at, one)| {
        all[at + 1..].iter().enumerate().flat_map(move |(next, two)| {
            all[at + next + 2..].iter().map(move |three| vec![*one, *two, *three])
        })
    });
    singles.chain(pairs).chain(triples).find(|set| covers(set))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(id: &str) -> ProductId {
        ProductId::parse(id).expect("valid")
    }

    fn levels(entries: &[(&str, i64)]) -> Vec<StockLevel> {
        entries
            .iter()
            .map(|(id, on_hand)| StockLevel {
                warehouse: WarehouseId::parse(id).expect("valid"),
                on_hand: *on_hand,
                held: 0,
            })
            .collect()
    }

    fn taken(plan: &AllocationPlan) -> Vec<(&str, &str, u32)> {
        plan.allocations.iter().map(|a| (a.warehouse.as_str(), a.product.as_str(), a.quantity)).collect()
    }

    #[test]
    fn one_parcel_beats_two() {
        let demand = BTreeMap::from([(product("a"), 2), (product("b"), 1)]);
        let stock = BTreeMap::from([
            (product("a"), levels(&[("east", 9), ("west", 2)])),
            (product("b"), levels(&[("west", 1)])),
        ]);
        let plan = allocate(&demand, &stock).expect("enough");
        assert_eq!(taken(&plan), [("west", "a", 2), ("west", "b", 1)]);
        assert_eq!(plan.reason, AllocationReason::SingleWarehouse);
    }

    #[test]
    fn an_order_is_filled_from_several_warehouses_when_none_has_all() {
        let demand = BTreeMap::from([(product("a"), 5)]);
        let stock = BTreeMap::from([(product("a"), levels(&[("east", 2), ("west", 3)]))]);
        let plan = allocate(&demand, &stock).expect("enough");
        assert_eq!(taken(&plan), [("west", "a", 3), ("east", "a", 2)]);
        assert_eq!(plan.reason, AllocationReason::FewestParcels);
    }

    #[test]
    fn two_parcels_beat_three_even_where_one_warehouse_has_most_of_one_product() {
        let demand = BTreeMap::from([(product("a"), 4), (product("b"), 4)]);
        let stock = BTreeMap::from([
            (product("a"), levels(&[("g1", 2), ("g2", 4)])),
            (product("b"), levels(&[("g1", 3), ("g3", 4)])),
        ]);
        let plan = allocate(&demand, &stock).expect("enough");
        assert_eq!(taken(&plan), [("g2", "a", 4), ("g3", "b", 4)]);
    }

    #[test]
    fn every_short_product_is_named_with_asked_and_available() {
        let demand = BTreeMap::from([(product("a"), 5), (product("b"), 1), (product("c"), 1)]);
        let stock = BTreeMap::from([
            (product("a"), levels(&[("east", 2), ("west", 2)])),
            (product("b"), levels(&[("east", 1)])),
        ]);
        let short = allocate(&demand, &stock).expect_err("short");
        let named: Vec<_> = short.iter().map(|s| (s.product_id.as_str(), s.requested, s.available)).collect();
        assert_eq!(named, [("a", 5, 4), ("c", 1, 0)]);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_asked_of_whatever_stock_is_taken_exactly_or_not_at_all(
            demand in proptest::collection::btree_map(0usize..4, 1u32..20, 1..4),
            stock in proptest::collection::vec((0usize..4, 0usize..4, -2i64..15), 0..12),
        ) {
            let products = ["a", "b", "c", "d"].map(product);
            let demand: BTreeMap<_, _> = demand.into_iter().map(|(at, units)| (products[at].clone(), units)).collect();
            let mut levels_of: BTreeMap<ProductId, Vec<StockLevel>> = BTreeMap::new();
            for (at, house, on_hand) in stock {
                let entry = levels_of.entry(products[at].clone()).or_default();
                let level = levels(&[(["n", "e", "s", "w"][house], on_hand)]).remove(0);
                if entry.iter().all(|known| known.warehouse != level.warehouse) {
                    entry.push(level);
                }
            }
            let available = |product: &ProductId| -> i64 {
                levels_of.get(product).into_iter().flatten().map(|level| level.on_hand.max(0)).sum()
            };
            match allocate(&demand, &levels_of) {
                Ok(plan) => {
                    for (product, units) in &demand {
                        let mine = plan.allocations.iter().filter(|a| &a.product == product);
                        assert_eq!(mine.map(|a| a.quantity).sum::<u32>(), *units);
                    }
                    let mut pairs: Vec<_> = plan.allocations.iter().map(|a| (&a.warehouse, &a.product)).collect();
                    pairs.sort();
                    pairs.dedup();
                    assert_eq!(pairs.len(), plan.allocations.len());
                    for taken in &plan.allocations {
                        let there = levels_of[&taken.product].iter().find(|level| level.warehouse == taken.warehouse);
                        assert!(there.is_some_and(|level| level.on_hand >= i64::from(taken.quantity)));
                    }
                }
                Err(short) => {
                    assert!(!short.is_empty());
                    assert!(short.iter().all(|s| s.available == available(&s.product_id) && s.available < i64::from(s.requested)));
                }
            }
        }
    }
}
