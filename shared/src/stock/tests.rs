//! Which warehouses are chosen, and what is said about it.

use super::*;
use crate::address::{Country, Destination};
use crate::carbon::ROAD_FACTOR_G_PER_TKM;
use crate::store::{Place, ServedArea, Warehouse};
use std::collections::BTreeMap;

pub(super) fn sku(text: &str) -> Sku {
    Sku::parse(text).expect("valid")
}

pub(super) fn id(text: &str) -> WarehouseId {
    WarehouseId::parse(text).expect("valid")
}

pub(super) fn germany() -> Destination {
    Destination { country: country("DE"), region: None, postal_code: None }
}

fn country(code: &str) -> Country {
    Country::parse(code).expect("valid")
}

/// Warehouses that serve everywhere: name, kilometres, grams per tonne-kilometre.
pub(super) fn houses(ways: &[(&str, u32, Option<u32>)]) -> BTreeMap<WarehouseId, Warehouse> {
    let house = |(name, distance_km, g_per_tkm): &(&str, u32, Option<u32>)| {
        let area = ServedArea {
            countries: Vec::new(),
            regions: Vec::new(),
            postal_prefixes: Vec::new(),
            distance_km: *distance_km,
            mode: None,
            g_per_tkm: *g_per_tkm,
        };
        let place = Place {
            country: country("DE"),
            region: None,
            postal_code: None,
            city: "Jena".to_owned(),
            street: None,
            phone: None,
        };
        (id(name), Warehouse { name: (*name).to_owned(), place, areas: vec![area] })
    };
    ways.iter().map(house).collect()
}

/// What is asked of which sku, a kilogram each.
fn demand(of: &[(&str, u32)]) -> BTreeMap<Sku, Demand> {
    of.iter().map(|(text, units)| (sku(text), Demand { units: *units, weight_grams: 1_000 })).collect()
}

/// Sku, warehouse, bucket, units.
pub(super) fn stock(on_hand: &[(&str, &str, u16, i64)]) -> BTreeMap<Sku, Vec<StockBucket>> {
    let mut stock: BTreeMap<Sku, Vec<StockBucket>> = BTreeMap::new();
    for (what, warehouse, bucket, on_hand) in on_hand {
        let level = StockBucket { warehouse: id(warehouse), bucket: *bucket, on_hand: *on_hand, held: 0 };
        stock.entry(sku(what)).or_default().push(level);
    }
    stock
}

fn taken(plan: &AllocationPlan) -> Vec<(&str, String, u16, u32)> {
    let row = |a: &Allocation| (a.sku.to_string(), a.bucket, a.quantity);
    plan.allocations
        .iter()
        .map(|a| (a.warehouse.as_str(), row(a)))
        .map(|(at, (sku, bucket, units))| (at, sku, bucket, units))
        .collect()
}

fn from(plan: &AllocationPlan) -> Vec<&str> {
    plan.choice.legs.iter().map(|leg| leg.warehouse.as_str()).collect()
}

#[test]
fn one_parcel_beats_two_even_from_farther_away() {
    let demand = demand(&[("a", 2), ("b", 1)]);
    let stock = stock(&[("a", "near", 0, 9), ("b", "next", 0, 9), ("a", "far", 0, 2), ("b", "far", 0, 1)]);
    let houses = houses(&[("near", 1, None), ("next", 1, None), ("far", 9_000, None)]);
    let plan = allocate(&demand, &stock, &houses, &germany(), 0).expect("enough");
    assert_eq!(taken(&plan), [("far", "a".to_owned(), 0, 2), ("far", "b".to_owned(), 0, 1)]);
    assert_eq!((plan.choice.reason, plan.choice.considered), (AllocationReason::FewestParcels, 1));
}

#[test]
fn an_order_is_filled_from_several_warehouses_when_none_has_all() {
    let stock = stock(&[("a", "east", 0, 2), ("a", "west", 0, 3)]);
    let houses = houses(&[("east", 10, None), ("west", 20, None)]);
    let plan = allocate(&demand(&[("a", 5)]), &stock, &houses, &germany(), 0).expect("enough");
    assert_eq!(taken(&plan), [("east", "a".to_owned(), 0, 2), ("west", "a".to_owned(), 0, 3)]);
    assert_eq!((plan.choice.reason, plan.choice.considered), (AllocationReason::OnlyChoice, 1));
}

#[test]
fn two_parcels_beat_three_even_where_one_warehouse_has_most_of_one_product() {
    let demand = demand(&[("a", 4), ("b", 4)]);
    let stock = stock(&[("a", "g1", 0, 2), ("a", "g2", 0, 4), ("b", "g1", 0, 3), ("b", "g3", 0, 4)]);
    let houses = houses(&[("g1", 1, None), ("g2", 50, None), ("g3", 50, None)]);
    let plan = allocate(&demand, &stock, &houses, &germany(), 0).expect("enough");
    assert_eq!(taken(&plan), [("g2", "a".to_owned(), 0, 4), ("g3", "b".to_owned(), 0, 4)]);
}

#[test]
fn what_decided_between_two_warehouses_is_the_first_rule_by_which_they_differ() {
    use AllocationReason::{FirstByName, LeastCarbon, Nearest};
    for (east, west, chosen, reason) in [
        ((500, None), (400, None), "west", LeastCarbon),
        ((500, Some(20)), (100, None), "east", LeastCarbon), // farther, but by rail
        ((500, None), (500, Some(138)), "east", LeastCarbon),
        ((500, Some(20)), (100, Some(100)), "west", Nearest), // as much carbon
        ((500, Some(0)), (100, Some(0)), "west", Nearest),
        ((500, None), (500, Some(ROAD_FACTOR_G_PER_TKM)), "east", FirstByName),
    ] {
        let stock = stock(&[("a", "west", 0, 9), ("a", "east", 0, 9)]);
        let houses = houses(&[("east", east.0, east.1), ("west", west.0, west.1)]);
        let plan = allocate(&demand(&[("a", 1)]), &stock, &houses, &germany(), 0).expect("enough");
        assert_eq!((from(&plan), plan.choice.reason, plan.choice.considered), (vec![chosen], reason, 2));
    }
}

#[test]
fn of_the_pairs_that_have_everything_the_one_that_emits_least_is_taken() {
    let stock = stock(&[("a", "n", 0, 3), ("a", "e", 0, 3), ("a", "s", 0, 2), ("a", "w", 0, 1)]);
    let houses = houses(&[("n", 100, None), ("e", 300, None), ("s", 200, None), ("w", 10, None)]);
    let plan = allocate(&demand(&[("a", 4)]), &stock, &houses, &germany(), 0).expect("enough");
    // n + w: 3 kg × 100 km + 1 kg × 10 km; the other pairs are e + n, e + s, e + w and n + s.
    assert_eq!(from(&plan), ["n", "w"]);
    assert_eq!((plan.choice.reason, plan.choice.considered), (AllocationReason::LeastCarbon, 5));
}

#[test]
fn inside_a_set_each_sku_comes_first_from_the_way_that_emits_least() {
    let demand = demand(&[("a", 5), ("b", 1), ("c", 1)]);
    let stock = stock(&[
        ("a", "east", 0, 5),
        ("a", "west", 0, 3),
        ("b", "east", 0, 1),
        ("b", "west", 0, 1),
        ("c", "east", 0, 1),
        ("d", "west", 0, 1),
    ]);
    let houses = houses(&[("east", 500, None), ("west", 100, None)]);
    let plan = allocate(&demand, &stock, &houses, &germany(), 0).expect("enough");
    assert_eq!(from(&plan), ["east"], "one parcel, although two would emit less");

    let two = BTreeMap::from_iter(stock.into_iter().map(|(sku, mut levels)| {
        levels.iter_mut().for_each(|level| level.on_hand = level.on_hand.min(4));
        (sku, levels)
    }));
    let plan = allocate(&demand, &two, &houses, &germany(), 0).expect("enough");
    let rows = [("east", "a", 0, 2), ("east", "c", 0, 1), ("west", "a", 0, 3), ("west", "b", 0, 1)];
    assert_eq!(taken(&plan), rows.map(|(at, sku, bucket, units)| (at, sku.to_owned(), bucket, units)));
}

#[test]
fn the_choice_names_each_leg_with_weight_way_and_carbon() {
    let demand = BTreeMap::from([
        (sku("a"), Demand { units: 3, weight_grams: 700 }),
        (sku("b:red"), Demand { units: 1, weight_grams: 250 }),
    ]);
    let stock = stock(&[("a", "east", 0, 9), ("b:red", "west", 0, 1)]);
    let houses = houses(&[("east", 300, None), ("west", 1_000, Some(24))]);
    let choice = allocate(&demand, &stock, &houses, &germany(), 0).expect("enough").choice;
    let leg = |warehouse, weight_grams, distance_km, g_per_tkm, carbon_grams| Leg {
        warehouse: id(warehouse),
        weight_grams,
        distance_km,
        g_per_tkm,
        carbon_grams,
        mode: None,
    };
    // 2.1 kg × 300 km × 137 g/tkm = 86.31 g; 0.25 kg × 1000 km × 24 g/tkm = 6 g
    assert_eq!(choice.legs, [leg("east", 2_100, 300, 137, 87), leg("west", 250, 1_000, 24, 6)]);
    let json = serde_json::to_string(&choice).expect("plain");
    assert!(
        json.starts_with(r#"{"reason":"only_choice","considered":1,"legs":[{"warehouse":"east","#),
        "{json}"
    );
    assert_eq!(serde_json::from_str::<Choice>(&json).expect("as written"), choice);
}

#[test]
fn a_warehouse_that_is_unknown_or_does_not_serve_the_destination_gives_nothing() {
    let mut houses = houses(&[("east", 900, None), ("west", 10, None), ("idle", 10, None)]);
    houses.get_mut(&id("west")).expect("there").areas[0].countries = vec![country("FR")];
    houses.get_mut(&id("idle")).expect("there").areas.clear();
    let stock = stock(&[("a", "east", 0, 2), ("a", "west", 0, 9), ("a", "idle", 0, 9), ("a", "lost", 0, 9)]);
    let plan = allocate(&demand(&[("a", 2)]), &stock, &houses, &germany(), 0).expect("enough");
    assert_eq!((from(&plan), plan.choice.reason), (vec!["east"], AllocationReason::OnlyChoice));
    let short = allocate(&demand(&[("a", 3)]), &stock, &houses, &germany(), 0).expect_err("short");
    assert_eq!((short[0].requested, short[0].available), (3, 2));
}

#[test]
fn every_short_sku_is_named_with_asked_and_available() {
    let stock = stock(&[
        ("a", "east", 0, 2),
        ("a", "east", 1, 1),
        ("a", "west", 0, 1),
        ("a", "west", 1, -7),
        ("b", "east", 0, 1),
    ]);
    let houses = houses(&[("east", 1, None), ("west", 1, None)]);
    let asked = demand(&[("a", 5), ("b", 1), ("c:red", 1)]);
    let short = allocate(&asked, &stock, &houses, &germany(), 0).expect_err("short");
    let json = serde_json::to_value(&short).expect("plain");
    assert_eq!(
        json,
        serde_json::json!([
            {"product_id": "a", "requested": 5, "available": 4},
            {"product_id": "c", "variation_id": "red", "requested": 1, "available": 0},
        ])
    );
}

#[test]
fn more_than_three_parcels_are_as_few_as_are_needed() {
    let stock = stock(&[
        ("a", "most", 0, 4),
        ("a", "n", 0, 2),
        ("b", "n", 0, 2),
        ("a", "e", 0, 2),
        ("c", "e", 0, 2),
        ("a", "s", 0, 2),
        ("d", "s", 0, 2),
        ("a", "w", 0, 2),
        ("e", "w", 0, 2),
    ]);
    let houses = houses(&[("most", 1, None), ("n", 9, None), ("e", 9, None), ("s", 9, None), ("w", 9, None)]);
    let asked = demand(&[("a", 8), ("b", 2), ("c", 2), ("d", 2), ("e", 2)]);
    let plan = allocate(&asked, &stock, &houses, &germany(), 0).expect("enough");
    assert_eq!(from(&plan), ["e", "n", "s", "w"]);
    assert_eq!((plan.choice.reason, plan.choice.considered), (AllocationReason::OnlyChoice, 1));
}

#[test]
fn beyond_three_parcels_the_warehouses_with_most_come_first_however_far_they_are() {
    let large = ["l1", "l2", "l3", "l4"].map(|name| ("a", name, 0, 4));
    let small = ["s1", "s2", "s3", "s4", "s5"].map(|name| ("a", name, 0, 1));
    let stock = stock(&[&large[..], &small[..]].concat());
    let far = large.map(|(_, name, ..)| (name, 900, None));
    let near = small.map(|(_, name, ..)| (name, 1, None));
    let houses = houses(&[&far[..], &near[..]].concat());
    let plan = allocate(&demand(&[("a", 16)]), &stock, &houses, &germany(), 0).expect("enough");
    assert_eq!(from(&plan), ["l1", "l2", "l3", "l4"]);
    assert_eq!((plan.choice.reason, plan.choice.considered), (AllocationReason::FewestParcels, 1));
}

#[test]
fn of_ways_that_emit_as_much_the_nearer_warehouse_gives_first() {
    let stock = stock(&[("a", "east", 0, 3), ("a", "west", 0, 3)]);
    let houses = houses(&[("east", 500, Some(20)), ("west", 100, Some(100))]);
    let plan = allocate(&demand(&[("a", 4)]), &stock, &houses, &germany(), 0).expect("enough");
    assert_eq!(taken(&plan), [("east", "a".to_owned(), 0, 1), ("west", "a".to_owned(), 0, 3)]);
}

#[test]
fn an_order_without_goods_needs_no_warehouse() {
    for asked in [demand(&[]), demand(&[("a", 0)])] {
        let plan =
            allocate(&asked, &stock(&[]), &houses(&[("east", 1, None)]), &germany(), 7).expect("enough");
        assert!(plan.allocations.is_empty() && plan.choice.legs.is_empty());
    }
}

#[test]
fn orders_with_different_spread_take_from_different_buckets_of_a_warehouse() {
    let stock = stock(&[("a", "east", 0, 5), ("a", "east", 3, 5), ("a", "east", 9, 5)]);
    let houses = houses(&[("east", 1, None)]);
    let buckets = |units, spread| {
        let plan = allocate(&demand(&[("a", units)]), &stock, &houses, &germany(), spread).expect("enough");
        plan.allocations.iter().map(|a| (a.bucket, a.quantity)).collect::<Vec<_>>()
    };
    assert_eq!(
        [0, 1, 2, 3, u64::MAX].map(|spread| buckets(5, spread)[0]),
        [(0, 5), (3, 5), (9, 5), (0, 5), (0, 5)]
    );
    assert_eq!(buckets(7, 2), [(0, 2), (9, 5)], "no bucket has seven: the last one, and then the first");
}

#[test]
fn an_allocation_is_stored_in_few_letters_and_read_back() {
    let mut one = Allocation { warehouse: id("east"), sku: sku("tee:red"), bucket: 0, quantity: 2 };
    assert_eq!(serde_json::to_string(&one).expect("plain"), r#"{"w":"east","p":"tee:red","q":2}"#);
    for bucket in [0, 7] {
        one.bucket = bucket;
        let json = serde_json::to_string(&one).expect("plain");
        assert_eq!(serde_json::from_str::<Allocation>(&json).expect("as written"), one);
    }
}

#[test]
fn the_largest_numbers_are_no_trouble() {
    let asked = BTreeMap::from(
        ["a", "b", "c"].map(|text| (sku(text), Demand { units: u32::MAX, weight_grams: u32::MAX })),
    );
    let all = ["a", "b", "c"]
        .map(|what| [(what, "east", 0, i64::MAX), (what, "east", 1, i64::MAX), (what, "west", 0, i64::MIN)]);
    let far = Some(u32::MAX);
    let houses = houses(&[("east", u32::MAX, far), ("west", u32::MAX, far)]);
    let plan = allocate(&asked, &stock(&all.concat()), &houses, &germany(), u64::MAX).expect("enough");
    assert_eq!(plan.choice.legs[0].carbon_grams, u64::MAX);
    assert_eq!(plan.allocations.iter().map(|a| a.quantity).collect::<Vec<_>>(), [u32::MAX; 3]);
}
