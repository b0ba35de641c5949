//! The cart: lines at today's prices, bounded, and gone when its time is over (A2).

use serde_json::{Value, json};
use std::sync::Arc;
use tests::{Call, START, Shop};
use tokio::task::JoinSet;

use crate::support::{
    World, assert_has, assert_invalid, assert_problem, item, of_cart, place, put_product, shop,
};

const DAY: i64 = 24 * 60 * 60;

/// `PUT /cart/lines/{product_id}`
pub fn put(token: &str, sku: &str, quantity: u64) -> Call {
    Call::put(&format!("/api/v1/cart/lines/{sku}")).token(token).json(&json!({"quantity": quantity}))
}

fn remove(token: &str, sku: &str) -> Call {
    Call::new("DELETE", &format!("/api/v1/cart/lines/{sku}")).token(token)
}

fn clear(token: &str) -> Call {
    Call::new("DELETE", "/api/v1/cart").token(token)
}

/// The cart as it is now.
pub async fn cart(shop: &Shop, token: &str, query: &str) -> Value {
    let cart = shop.send(Call::get(&format!("/api/v1/cart{query}")).token(token)).await;
    assert_eq!((cart.status, cart.header("cache-control")), (200, Some("private, no-cache")), "{cart:?}");
    cart.body
}

/// What is in a cart: `(sku, quantity)`.
pub fn contents(cart: &Value) -> Vec<(String, u64)> {
    let lines = cart["lines"].as_array().expect("a list").iter();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    lines
        .map(|line| {
            let product = text(&line["product_id"]).expect("a product");
            let variation = text(&line["variation_id"]).map(|id| format!(":{id}")).unwrap_or_default();
            (format!("{product}{variation}"), line["quantity"].as_u64().expect("a number"))
        })
        .collect()
}

/// The same, written down.
pub fn units(lines: &[(&str, u64)]) -> Vec<(String, u64)> {
    lines.iter().map(|(sku, quantity)| ((*sku).to_owned(), *quantity)).collect()
}

/// Puts these lines into the cart, and answers what it is then.
pub async fn filled(shop: &Shop, token: &str, lines: &[(&str, u64)]) -> Value {
    for (sku, quantity) in lines {
        let put = shop.send(put(token, sku, *quantity)).await;
        assert_eq!(put.status, 200, "{put:?}");
    }
    cart(shop, token, "").await
}

#[tokio::test]
async fn a_cart_that_nobody_filled_is_empty_and_looking_at_it_writes_nothing() {
    let (shop, alice) = shop().await;
    let world = World::of(&shop);
    let empty = json!({"cart_id": null, "lines": [], "item_count": 0, "quote": null, "problems": [], "expires_at": null,
        "version": 0});
    assert_eq!(cart(&shop, &alice, "").await, empty);
    assert_eq!(shop.send(remove(&alice, "mug")).await.body, empty);
    assert_eq!(shop.send(clear(&alice)).await.status, 204);
    world.assert_unchanged(&shop, "an empty cart");
}

#[tokio::test]
async fn a_line_is_put_and_answered_whole_and_holds_no_stock() {
    let (shop, alice) = shop().await;
    let put = shop.send(put(&alice, "mug", 2)).await;
    assert_eq!(
        (put.status, &put.body),
        (
            200,
            &json!({
                "cart_id": format!("cart_{:012x}", START * 1_000), "item_count": 2, "version": 1, "problems": [],
                "expires_at": "2026-03-31T10:00:00Z",
                "lines": [{"product_id": "mug", "quantity": 2, "name": "mug", "list_price": "12.50", "unit_price": "12.50",
                    "currency": "EUR", "available": 10, "problem": null}],
                "quote": {"total_amount": "25.00", "currency": "EUR", "estimated_delivery": "2026-03-06",
                    "subtotal": "25.00", "discount_amount": "0.00", "line_discount_amount": "0.00",
                    "coupon_discount_amount": "0.00", "order_discount_amount": "0.00", "shipping_method_name": "Standard",
                    "delivery_charge": "0.00", "tax_amount": "0.00", "taxes": [], "prices_include_tax": false,
                    "shipping_methods": []},
            })
        )
    );
    assert_eq!(cart(&shop, &alice, "").await, put.body);
    assert_eq!(shop.units("mug"), (10, 0));
    let stored = item(&shop, "CUSTOMER#alice", "CART");
    assert_eq!(stored["l"], json!({"M": {"mug": {"N": "2"}}}), "{stored:#}");
    assert_eq!(stored["expires_at"]["N"], (START + 30 * DAY).to_string());
}

#[tokio::test]
async fn lines_are_replaced_and_removed_one_by_one_and_the_cart_is_cleared_as_a_whole() {
    let (shop, alice) = shop().await;
    shop.stock("cup", "5.00", "north", 10).await;
    let bob = shop.customer("bob");
    filled(&shop, &bob, &[("cup", 7)]).await;
    let both = filled(&shop, &alice, &[("mug", 2), ("cup", 1), ("mug", 3)]).await;
    assert_eq!(contents(&both), units(&[("cup", 1), ("mug", 3)]));
    assert_has(&both, &json!({"item_count": 4, "version": 3, "quote": {"total_amount": "42.50"}}));
    for _ in 0..2 {
        let less = shop.send(remove(&alice, "mug")).await;
        assert_eq!((less.status, contents(&less.body)), (200, units(&[("cup", 1)])), "{less:?}");
        assert_has(&less.body, &json!({"cart_id": both["cart_id"], "quote": {"total_amount": "5.00"}}));
    }
    for _ in 0..2 {
        let cleared = shop.send(clear(&alice)).await;
        assert_eq!((cleared.status, cleared.body), (204, Value::Null));
        let empty = cart(&shop, &alice, "").await;
        assert_has(
            &empty,
            &json!({"cart_id": both["cart_id"], "lines": [], "item_count": 0, "quote": null, "problems": []}),
        );
    }
    assert_eq!(
        contents(&cart(&shop, &bob, "").await),
        units(&[("cup", 7)]),
        "carts are their customers' own"
    );
}

#[tokio::test]
async fn what_cannot_be_bought_does_not_get_into_the_cart() {
    let (shop, alice) = shop().await;
    put_product(&shop, "old", "1.00", &json!({"state": "archived"})).await;
    put_product(
        &shop,
        "tee",
        "20.00",
        &json!({"variations": [{"variation_id": "s", "attributes": [{"attribute": "Size", "value": "S"}]}]}),
    )
    .await;
    filled(&shop, &alice, &[("mug", 1)]).await;
    let world = World::of(&shop);
    for sku in ["none", "tee:m", "mug:s", "none:s", "a:b:c", "%20", "tee:"] {
        assert_problem(&shop.send(put(&alice, sku, 1)).await, 404, "not_found");
    }
    assert_invalid(&shop.send(put(&alice, "old", 1)).await, "", "product_archived");
    assert_invalid(&shop.send(put(&alice, "tee", 1)).await, "", "variation_required");
    for quantity in [0, 10_001, u64::MAX] {
        assert_invalid(&shop.send(put(&alice, "mug", quantity)).await, "/quantity", "out_of_range");
    }
    for body in [
        json!({}),
        json!({"quantity": "1"}),
        json!({"quantity": -1}),
        json!({"quantity": 1, "price": "1"}),
        json!([1]),
    ] {
        let call = Call::put("/api/v1/cart/lines/mug").token(&alice).json(&body);
        assert_problem(&shop.send(call).await, 400, "malformed_body");
    }
    for query in ["country=nl", "shipping_method=", "lang=d%20e"] {
        let name = query.split('=').next().expect("a name");
        let call = Call::get(&format!("/api/v1/cart?{query}")).token(&alice);
        assert_invalid(&shop.send(call).await, &format!("?{name}"), "invalid");
    }
    world.assert_unchanged(&shop, "what cannot be bought");
}

#[tokio::test]
async fn prices_and_names_are_those_of_now() {
    let (shop, alice) = shop().await;
    filled(&shop, &alice, &[("mug", 2)]).await;
    let more = json!({"name": "Large mug", "offer_price": "9.99", "translations": {"nl": {"name": "Beker"}},
        "image_url": "https://shop.example/mug.png"});
    put_product(&shop, "mug", "13.00", &more).await;
    let now = cart(&shop, &alice, "?lang=nl-BE").await;
    assert_has(
        &now,
        &json!({"version": 1, "lines": [{"name": "Beker", "list_price": "13.00", "unit_price": "9.99",
            "image_url": "https://shop.example/mug.png"}], "quote": {"subtotal": "19.98", "total_amount": "19.98"}}),
    );
    let placed = shop.send(place(&alice, "k1", &of_cart(&json!({"expected_total": "25.00"})))).await;
    assert_problem(&placed, 409, "total_changed");
    assert_eq!(placed.body["actual_total"], "19.98");
}

#[tokio::test]
async fn the_cart_says_what_became_of_its_lines_since_they_were_put() {
    let (shop, alice) = shop().await;
    let sizes = |ids: &[&str]| -> Value {
        let size =
            |id: &&str| json!({"variation_id": id, "attributes": [{"attribute": "Size", "value": id}]});
        json!({"variations": ids.iter().map(size).collect::<Vec<_>>()})
    };
    put_product(&shop, "tee", "20.00", &sizes(&["s", "m"])).await;
    put_product(&shop, "cap", "8.00", &json!({})).await;
    put_product(&shop, "bag", "9.00", &json!({})).await;
    let short = filled(&shop, &alice, &[("mug", 11)]).await;
    assert_has(
        &short,
        &json!({"lines": [{"available": 10, "problem": "out_of_stock"}], "quote": {"total_amount": "137.50"},
            "problems": [{"pointer": "/cart/lines/mug", "code": "out_of_stock"}]}),
    );
    let world = World::of(&shop);
    let refused = shop.send(place(&alice, "k1", &of_cart(&json!({})))).await;
    assert_problem(&refused, 409, "out_of_stock");
    assert_eq!(refused.body["lines"], json!([{"product_id": "mug", "requested": 11, "available": 10}]));
    world.assert_unchanged(&shop, "a short cart");

    filled(&shop, &alice, &[("mug", 1), ("tee:s", 1), ("cap", 1), ("bag", 1)]).await;
    put_product(&shop, "tee", "20.00", &sizes(&["m"])).await;
    put_product(&shop, "cap", "8.00", &sizes(&["one"])).await;
    put_product(&shop, "bag", "9.00", &json!({"state": "archived"})).await;
    let broken = cart(&shop, &alice, "").await;
    assert_has(
        &broken,
        &json!({"quote": null, "item_count": 4, "lines": [
            {"product_id": "bag", "name": "bag", "unit_price": "9.00", "problem": "product_archived"},
            {"product_id": "cap", "name": "cap", "unit_price": null, "problem": "variation_required"},
            {"product_id": "mug", "problem": null, "available": 10},
            {"product_id": "tee", "variation_id": "s", "name": "tee", "list_price": null, "problem": "unknown_variation"},
        ], "problems": [
            {"pointer": "/cart/lines/bag/product_id", "code": "product_archived"},
            {"pointer": "/cart/lines/cap/variation_id", "code": "variation_required"},
            {"pointer": "/cart/lines/tee:s/variation_id", "code": "unknown_variation"},
        ]}),
    );
    let world = World::of(&shop);
    let refused = shop.send(place(&alice, "k2", &of_cart(&json!({})))).await;
    assert_problem(&refused, 422, "invalid_request");
    assert_eq!(refused.body["errors"], broken["problems"], "an order is refused for the very reasons");
    world.assert_unchanged(&shop, "a broken cart");
    for sku in ["tee:s", "cap", "bag"] {
        assert_eq!(shop.send(remove(&alice, sku)).await.status, 200, "what is broken can be taken out");
    }
    assert_eq!(shop.send(place(&alice, "k2", &of_cart(&json!({})))).await.status, 201);
}

#[tokio::test]
async fn two_currencies_lie_in_one_cart_but_make_no_price() {
    let (shop, alice) = shop().await;
    put_product(&shop, "dollar", "1.00", &json!({"currency": "USD"})).await;
    let cart = filled(&shop, &alice, &[("mug", 1), ("dollar", 1)]).await;
    assert_eq!(cart["quote"], Value::Null);
    assert_has(&cart["problems"][0], &json!({"pointer": "/lines", "code": "currency_mismatch"}));
}

#[tokio::test]
async fn variations_are_lines_of_their_own_with_their_own_price_and_stock() {
    let (shop, alice) = shop().await;
    let variation = |id: &str, size: &str, more: Value| {
        let mut variation = json!({"variation_id": id, "attributes": [
            {"attribute": "Size", "value": size, "code": id}, {"attribute": "Colour", "value": "Black"}]});
        crate::support::merge(&mut variation, &more);
        variation
    };
    let variations = json!({"variations": [
        variation("small-black", "S", json!({})), variation("large-black", "L", json!({"price": "22.00", "weight_grams": 400})),
    ]});
    put_product(&shop, "tee", "20.00", &variations).await;
    for (id, quantity) in [("small-black", 5), ("large-black", 1)] {
        let body =
            json!({"variation_id": id, "warehouse_id": "north", "quantity": quantity, "reason": "received"});
        let call = Call::post("/api/v1/admin/products/tee/stock").token(&shop.admin()).key(id).json(&body);
        assert_eq!(shop.send(call).await.status, 200);
    }
    let cart = filled(&shop, &alice, &[("tee:small-black", 3), ("tee:large-black", 2)]).await;
    let large = json!([{"attribute": "Size", "value": "L", "code": "large-black"}, {"attribute": "Colour", "value": "Black"}]);
    assert_has(
        &cart,
        &json!({"item_count": 5, "quote": {"total_amount": "104.00"}, "lines": [
            {"product_id": "tee", "variation_id": "large-black", "variations": large, "unit_price": "22.00", "available": 1,
                "problem": "out_of_stock"},
            {"product_id": "tee", "variation_id": "small-black", "unit_price": "20.00", "available": 5, "problem": null},
        ], "problems": [{"pointer": "/cart/lines/tee:large-black", "code": "out_of_stock"}]}),
    );
    let refused = shop.send(place(&alice, "k1", &of_cart(&json!({})))).await;
    assert_problem(&refused, 409, "out_of_stock");
    let short = json!([{"product_id": "tee", "variation_id": "large-black", "requested": 2, "available": 1}]);
    assert_eq!(refused.body["lines"], short);
    filled(&shop, &alice, &[("tee:large-black", 1)]).await;
    let placed = shop.send(place(&alice, "k1", &of_cart(&json!({})))).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    assert_has(
        &placed.body,
        &json!({"total_amount": "82.00", "item_count": 4, "eco_impact": {"weight_grams": 1300}, "lines": [
            {"variation_id": "large-black", "variations": large, "quantity": 1, "total_price": "22.00"},
            {"variation_id": "small-black", "quantity": 3, "total_price": "60.00"},
        ]}),
    );
    assert_eq!(shop.units("tee"), (2, 4));
}

#[tokio::test]
async fn a_cart_has_forty_lines_and_not_one_more() {
    let (shop, alice) = shop().await;
    for at in 0..41 {
        shop.stock(&format!("p{at:02}"), "1.00", "north", 5).await;
    }
    for at in 0..40 {
        assert_eq!(shop.send(put(&alice, &format!("p{at:02}"), 1)).await.status, 200);
    }
    let world = World::of(&shop);
    assert_problem(&shop.send(put(&alice, "p40", 1)).await, 409, "cart_full");
    world.assert_unchanged(&shop, "the forty-first line");
    assert_eq!(
        shop.send(put(&alice, "p39", 2)).await.body["item_count"],
        41,
        "lines that are in it still change"
    );

    // A full cart that ran out of time is in nobody's way, even if the table has not forgotten it yet.
    shop.twin.cloud.clock.advance(31 * DAY * 1_000);
    let alice = shop.customer("alice");
    let next = shop.send(put(&alice, "p40", 1)).await;
    assert_eq!((next.status, contents(&next.body)), (200, units(&[("p40", 1)])), "{next:?}");

    assert_eq!(shop.send(clear(&alice)).await.status, 204);
    for at in 0..40 {
        assert_eq!(shop.send(put(&alice, &format!("p{at:02}"), 1)).await.status, 200);
    }
    let placed = shop.send(place(&alice, "k1", &of_cart(&json!({})))).await;
    assert_eq!((placed.status, &placed.body["item_count"]), (201, &json!(40)), "a full cart is one order");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thirty_lines_that_are_put_at_the_same_moment_are_all_there() {
    let (shop, alice) = shop().await;
    for at in 0..30 {
        put_product(&shop, &format!("p{at:02}"), "1.00", &json!({})).await;
    }
    let shop = Arc::new(shop);
    let mut tasks = JoinSet::new();
    for at in 0..30_u64 {
        let (shop, alice) = (Arc::clone(&shop), alice.clone());
        tasks.spawn(async move { shop.send(put(&alice, &format!("p{at:02}"), at + 1)).await });
    }
    assert!(tasks.join_all().await.iter().all(|answer| answer.status == 200));
    let cart = cart(&shop, &alice, "").await;
    let all: Vec<(String, u64)> = (0..30).map(|at| (format!("p{at:02}"), at + 1)).collect();
    assert_eq!((contents(&cart), &cart["version"]), (all, &json!(30)));
}

#[tokio::test]
async fn a_cart_that_nobody_touched_for_thirty_days_is_gone_and_the_next_has_another_id() {
    let (shop, alice) = shop().await;
    shop.stock("cup", "5.00", "north", 10).await;
    let first = filled(&shop, &alice, &[("mug", 1), ("cup", 1)]).await;
    shop.twin.cloud.clock.advance((30 * DAY - 1) * 1_000);
    let alice = shop.customer("alice");
    assert_eq!(cart(&shop, &alice, "").await, {
        let mut later = first.clone();
        later["quote"]["estimated_delivery"] = json!("2026-04-05");
        later
    });
    // A change keeps it for another thirty days, looking at it does not.
    let kept = filled(&shop, &alice, &[("mug", 2)]).await;
    assert_has(&kept, &json!({"cart_id": first["cart_id"], "expires_at": "2026-04-30T09:59:59Z"}));
    shop.twin.cloud.clock.advance(30 * DAY * 1_000);
    let alice = shop.customer("alice");
    let gone = json!({"cart_id": null, "lines": [], "item_count": 0, "quote": null, "problems": [], "expires_at": null});
    assert_has(&cart(&shop, &alice, "").await, &gone);
    // Taking something out of it does not bring the rest back.
    assert_has(&shop.send(remove(&alice, "mug")).await.body, &gone);
    assert_has(&cart(&shop, &alice, "").await, &gone);
    let meant = of_cart(&json!({"cart_id": first["cart_id"]}));
    let refused = shop.send(place(&alice, "k1", &meant)).await;
    assert_problem(&refused, 409, "cart_not_open");
    assert_eq!(refused.body.get("order_id"), None);
    assert_invalid(&shop.send(place(&alice, "k1", &of_cart(&json!({})))).await, "/lines", "cart_empty");
    let next = filled(&shop, &alice, &[("cup", 3)]).await;
    assert_ne!(next["cart_id"], first["cart_id"]);
    assert_eq!(contents(&next), units(&[("cup", 3)]));
    assert!(next["version"].as_u64() > kept["version"].as_u64(), "versions are not used twice");
}
