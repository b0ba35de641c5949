//! Warehouses: whom they serve, and which of them an order's goods come from (A1, P6).

use serde_json::{Value, json};
use tests::{Answer, Call, Shop};

use crate::support::{World, assert_has, assert_invalid, assert_problem, basket, get, place, preview};

fn put(shop: &Shop, id: &str, body: &Value) -> Call {
    Call::put(&format!("/api/v1/admin/warehouses/{id}")).token(&shop.admin()).json(body)
}

fn warehouse(areas: Value) -> Value {
    json!({"name": "Depot", "place": {"country": "NL", "city": "Utrecht"}, "areas": areas})
}

/// Sets up whom a warehouse serves.
async fn serves(shop: &Shop, id: &str, areas: Value) {
    let put = shop.send(put(shop, id, &warehouse(areas))).await;
    assert!(put.status < 300, "{put:?}");
}

async fn list(shop: &Shop) -> Answer {
    shop.send(Call::get("/api/v1/admin/warehouses").token(&shop.admin())).await
}

fn to(country: &str, more: &Value) -> Value {
    let mut address = json!({"street": "Road 1", "city": "Town", "country": country});
    crate::support::merge(&mut address, more);
    json!({"shipping_address": address})
}

/// Where the goods of an order come from, and why.
async fn origin(shop: &Shop, token: &str, key: &str, body: &Value) -> (Vec<String>, String) {
    let preview = shop.send(preview(token, body)).await;
    let placed = shop.send(place(token, key, body)).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    assert_eq!(placed.body["allocation_reason"], preview.body["allocation_reason"]);
    assert_eq!(placed.body["eco_impact"], preview.body["eco_impact"]);
    shop.finish().await;
    let read = get(shop, token, &placed.order_id()).await.body;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let from: Vec<String> = read["shipments"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|parcel| text(&parcel["warehouse_id"]))
        .collect();
    let legs = read["eco_impact"]["legs"].as_array().expect("a list").iter();
    assert_eq!(legs.map(|leg| text(&leg["warehouse_id"])).collect::<Vec<_>>(), from);
    (from, text(&read["allocation_reason"]))
}

/// Two warehouses with so many mugs each.
async fn shop(north: i64, south: i64) -> (Shop, String) {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", north).await;
    shop.stock("mug", "12.50", "south", south).await;
    let alice = shop.customer("alice");
    (shop, alice)
}

fn came(from: &[&str], reason: &str) -> (Vec<String>, String) {
    (from.iter().map(|id| (*id).to_owned()).collect(), reason.to_owned())
}

#[tokio::test]
async fn warehouses_are_put_and_listed_under_versions_of_the_store() {
    let shop = Shop::open();
    let empty = list(&shop).await;
    assert_eq!((empty.status, &empty.body), (200, &json!({"warehouses": [], "version": 0})));
    let mut body = warehouse(
        json!([{"countries": ["NL"], "regions": ["Utrecht"], "postal_prefixes": ["35"], "distance_km": 10, "g_per_tkm": 60},
        {"countries": [], "distance_km": 300}]),
    );
    body["place"]["postal_code"] = json!("3511 AA");
    let created = shop.send(put(&shop, "north", &body)).await;
    let mut shown = body.clone();
    shown["warehouse_id"] = json!("north");
    assert_eq!((created.status, created.header("etag"), &created.body), (201, Some("\"1\""), &shown));
    let world = World::of(&shop);
    let same = shop.send(put(&shop, "north", &body).header("if-match", "\"7\"")).await;
    assert_eq!(
        (same.status, same.header("etag"), &same.body),
        (200, Some("\"1\""), &shown),
        "what is so already is no change"
    );
    let mut other = body.clone();
    other["name"] = json!("Other");
    let stale = shop.send(put(&shop, "north", &other).header("if-match", "\"7\"")).await;
    assert_problem(&stale, 412, "version_mismatch");
    assert_eq!(stale.body["current_version"], 1);
    for (member, value, pointer, code) in [
        ("name", json!(" "), "/name", "invalid"),
        ("areas", json!([{"distance_km": 20_101}]), "/areas/0/distance_km", "out_of_range"),
        (
            "areas",
            json!([{"distance_km": 1, "postal_prefixes": ["-"]}]),
            "/areas/0/postal_prefixes/0",
            "invalid",
        ),
    ] {
        let mut wrong = body.clone();
        wrong[member] = value;
        assert_invalid(&shop.send(put(&shop, "north", &wrong)).await, pointer, code);
    }
    assert_problem(&shop.send(put(&shop, "no%20id", &body)).await, 404, "not_found");
    assert_problem(&shop.send(put(&shop, "x", &json!({"name": "x"}))).await, 400, "malformed_body");
    world.assert_unchanged(&shop, "warehouses that cannot be");
    assert_eq!(
        shop.send(put(&shop, "north", &other).header("if-match", "\"1\"")).await.header("etag"),
        Some("\"2\"")
    );
    assert_eq!(shop.send(put(&shop, "east", &body)).await.status, 201);
    let all = list(&shop).await;
    assert_has(
        &all.body,
        &json!({"version": 3, "warehouses": [{"warehouse_id": "east"}, {"warehouse_id": "north", "name": "Other"}]}),
    );
    assert_eq!(all.header("etag"), Some("\"3\""));
}

#[tokio::test]
async fn only_warehouses_that_serve_the_destination_are_asked() {
    let (shop, alice) = shop(10, 10).await;
    serves(&shop, "north", json!([{"countries": ["NL"], "distance_km": 100}])).await;
    serves(
        &shop,
        "south",
        json!([
            {"countries": ["BE"], "postal_prefixes": ["B-10", "20"], "distance_km": 50},
            {"countries": ["US"], "regions": ["New York"], "distance_km": 5_000},
        ]),
    )
    .await;
    for (key, destination, from) in [
        ("k1", to("NL", &json!({})), "north"),
        ("k2", to("BE", &json!({"postal_code": "b 1040"})), "south"),
        ("k3", to("BE", &json!({"postal_code": "2000"})), "south"),
        ("k4", to("US", &json!({"state": "new york"})), "south"),
    ] {
        let found = origin(&shop, &alice, key, &basket(&[("mug", 1)], &destination)).await;
        assert_eq!(found, came(&[from], "only_choice"), "{key}");
    }
    let world = World::of(&shop);
    for destination in [
        to("BE", &json!({"postal_code": "9000"})),
        to("BE", &json!({})),
        to("US", &json!({"state": "Ohio"})),
        to("FR", &json!({})),
    ] {
        let refused = shop.send(place(&alice, "k9", &basket(&[("mug", 1)], &destination))).await;
        assert_problem(&refused, 409, "out_of_stock");
        assert_eq!(refused.body["lines"], json!([{"product_id": "mug", "requested": 1, "available": 0}]));
    }
    // What a warehouse has that does not serve the destination does not help either.
    let many = shop.send(place(&alice, "k9", &basket(&[("mug", 10)], &to("NL", &json!({}))))).await;
    assert_problem(&many, 409, "out_of_stock");
    assert_eq!(many.body["lines"][0]["available"], 9);
    world.assert_unchanged(&shop, "orders from where nobody delivers");
    // The cart says the same.
    shop.send(Call::put("/api/v1/cart/lines/mug").token(&alice).json(&json!({"quantity": 1}))).await;
    for (query, available) in [
        ("?country=NL", 9),
        ("?country=BE&postal_code=B-1040", 7),
        ("?country=US&region=New%20York", 7),
        ("?country=FR", 0),
        ("", 0),
    ] {
        let cart = shop.send(Call::get(&format!("/api/v1/cart{query}")).token(&alice)).await;
        assert_eq!(cart.body["lines"][0]["available"], available, "{query}: {cart:?}");
    }
}

#[tokio::test]
async fn the_way_that_emits_least_decides_then_the_nearest_then_the_name() {
    let (shop, alice) = shop(10, 10).await;
    let way = |distance: u32, factor: u32| json!([{"distance_km": distance, "g_per_tkm": factor}]);
    for (key, north, south, from, reason) in [
        ("k1", way(100, 137), way(300, 137), "north", "least_carbon"),
        ("k2", way(300, 137), way(100, 137), "south", "least_carbon"),
        // By rail it is farther and emits less.
        ("k3", way(100, 137), way(300, 20), "south", "least_carbon"),
        ("k4", way(300, 20), way(100, 60), "south", "nearest"),
        ("k5", way(100, 60), way(100, 60), "north", "first_by_name"),
    ] {
        serves(&shop, "north", north).await;
        serves(&shop, "south", south).await;
        let found = origin(&shop, &alice, key, &basket(&[("mug", 1)], &json!({}))).await;
        assert_eq!(found, came(&[from], reason), "{key}");
    }
}

#[tokio::test]
async fn one_parcel_from_afar_is_better_than_two_from_nearby() {
    let shop = Shop::open();
    for (product, warehouse, units) in
        [("mug", "far", 5), ("cup", "far", 5), ("mug", "near", 5), ("cup", "other", 5)]
    {
        shop.stock(product, "5.00", warehouse, units).await;
    }
    serves(&shop, "far", json!([{"distance_km": 2_000}])).await;
    serves(&shop, "near", json!([{"distance_km": 5}])).await;
    serves(&shop, "other", json!([{"distance_km": 5}])).await;
    let alice = shop.customer("alice");
    let both = basket(&[("mug", 2), ("cup", 2)], &json!({}));
    assert_eq!(origin(&shop, &alice, "k1", &both).await, came(&["far"], "fewest_parcels"));
    assert_eq!(
        origin(&shop, &alice, "k2", &basket(&[("mug", 1)], &json!({}))).await,
        came(&["near"], "least_carbon")
    );
    // Nobody has five cups and three mugs any more, so two parcels it is, and they come from nearby.
    let many = basket(&[("mug", 3), ("cup", 5)], &json!({}));
    assert_eq!(origin(&shop, &alice, "k3", &many).await, came(&["near", "other"], "least_carbon"));
    assert_eq!((shop.units("mug"), shop.units("cup")), ((4, 6), (3, 7)));
}

#[tokio::test]
async fn two_warehouses_fill_an_order_together_and_get_back_what_each_gave() {
    let (shop, alice) = shop(3, 4).await;
    serves(&shop, "north", json!([{"distance_km": 10}])).await;
    let body = basket(&[("mug", 5)], &json!({}));
    assert_eq!(origin(&shop, &alice, "k1", &body).await, came(&["north", "south"], "only_choice"));
    let held = |shop: &Shop, warehouse: &str| {
        crate::support::item(shop, "PRODUCT#mug", &format!("STOCK##{warehouse}#00"))["held"]["N"].clone()
    };
    assert_eq!(
        (held(&shop, "north"), held(&shop, "south")),
        (json!("3"), json!("2")),
        "the near one gives all it has"
    );
    let placed = shop.twin.orders()[0].id.to_string();
    assert_eq!(shop.send(crate::support::cancel(&alice, &placed)).await.status, 200);
    assert_eq!((held(&shop, "north"), held(&shop, "south")), (json!("0"), json!("0")));
    assert_eq!(shop.units("mug"), (7, 0));
}

#[tokio::test]
async fn a_warehouse_without_areas_is_out_of_service_and_its_orders_still_end_right() {
    let (shop, alice) = shop(10, 10).await;
    serves(&shop, "north", json!([{"distance_km": 10}])).await;
    let before = shop.send(place(&alice, "k1", &basket(&[("mug", 2)], &json!({})))).await;
    serves(&shop, "north", json!([])).await;
    assert_eq!(
        origin(&shop, &alice, "k2", &basket(&[("mug", 2)], &json!({}))).await,
        came(&["south"], "only_choice")
    );
    let short = shop.send(place(&alice, "k3", &basket(&[("mug", 9)], &json!({})))).await;
    assert_eq!(short.body["lines"], json!([{"product_id": "mug", "requested": 9, "available": 8}]));
    let prepared = get(&shop, &alice, &before.order_id()).await;
    assert_has(
        &prepared.body,
        &json!({"status": "preparing", "shipments": [{"warehouse_id": "north"}],
        "eco_impact": {"legs": [{"warehouse_id": "north", "distance_km": 10}]}}),
    );
    assert_eq!(shop.send(crate::support::cancel(&alice, &before.order_id())).await.status, 200);
    assert_eq!(shop.units("mug"), (18, 2));
}
