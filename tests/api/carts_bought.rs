//! The cart as a price and as an order: what it says it costs, and that it becomes one order and never two (A2, P1, P3).

use serde_json::{Value, json};
use std::sync::Arc;
use tests::{Answer, Call};
use tokio::task::JoinSet;

use crate::carts::{cart, contents, filled};
use crate::support::{
    World, assert_has, assert_invalid, assert_problem, basket, item, of_cart, place, preview, put_product,
    shop,
};

#[tokio::test]
async fn the_order_closes_its_cart_and_no_second_order_comes_from_it() {
    let (shop, alice) = shop().await;
    let open = filled(&shop, &alice, &[("mug", 2)]).await;
    let meant = of_cart(&json!({"cart_id": open["cart_id"]}));
    let placed = shop.send(place(&alice, "k1", &meant)).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    assert_has(&placed.body, &json!({"cart_id": open["cart_id"], "item_count": 2, "total_amount": "25.00"}));
    assert_eq!(shop.units("mug"), (8, 2));
    let empty = cart(&shop, &alice, "").await;
    assert_has(&empty, &json!({"lines": [], "item_count": 0, "quote": null, "problems": []}));
    assert_ne!(empty["cart_id"], open["cart_id"]);
    let stored = item(&shop, "CUSTOMER#alice", "CART");
    assert_eq!((&stored["l"]["M"], &stored["b"]["M"]["o"]["S"]), (&json!({}), &json!(placed.order_id())));

    let world = World::of(&shop);
    let again = shop.send(place(&alice, "k1", &meant)).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, Some("true")));
    assert_eq!(again.body, placed.body, "the same key finds the same order, whatever became of the cart");
    let twice = shop.send(place(&alice, "k2", &meant)).await;
    assert_problem(&twice, 409, "cart_not_open");
    assert_eq!(twice.body["order_id"], placed.order_id());
    assert_problem(&shop.send(preview(&alice, &meant)).await, 409, "cart_not_open");
    assert_invalid(&shop.send(place(&alice, "k2", &of_cart(&json!({})))).await, "/lines", "cart_empty");
    let next = of_cart(&json!({"cart_id": empty["cart_id"]}));
    assert_invalid(&shop.send(place(&alice, "k2", &next)).await, "/cart_id", "cart_empty");
    world.assert_unchanged(&shop, "orders from a closed cart");

    filled(&shop, &alice, &[("mug", 1)]).await;
    let second = shop.send(place(&alice, "k2", &next)).await;
    assert_eq!((second.status, &second.body["cart_id"]), (201, &empty["cart_id"]), "{second:?}");
    let read = shop.send(Call::get(&format!("/api/v1/orders/{}", placed.order_id())).token(&alice)).await;
    assert_eq!(read.body["cart_id"], open["cart_id"]);
}

#[tokio::test]
async fn a_cart_that_is_not_the_callers_open_one_is_not_bought() {
    let (shop, alice) = shop().await;
    let bob = shop.customer("bob");
    let his = filled(&shop, &bob, &[("mug", 1)]).await;
    shop.twin.cloud.clock.advance(1_000);
    let world = World::of(&shop);
    let foreign = of_cart(&json!({"cart_id": his["cart_id"]}));
    let none = shop.send(place(&alice, "k1", &foreign)).await;
    assert_problem(&none, 409, "cart_not_open");
    world.assert_unchanged(&shop, "a foreign cart");
    let hers = filled(&shop, &alice, &[("mug", 2)]).await;
    assert_ne!(hers["cart_id"], his["cart_id"]);
    let world = World::of(&shop);
    for cart_id in [&his["cart_id"], &json!("cart_000000000000"), &json!("cart-of-mine")] {
        let refused = shop.send(place(&alice, "k1", &of_cart(&json!({"cart_id": cart_id})))).await;
        assert_problem(&refused, 409, "cart_not_open");
        assert_eq!(refused.body.get("order_id"), None);
    }
    let both = basket(&[("mug", 1)], &json!({"cart_id": hers["cart_id"]}));
    assert_invalid(&shop.send(place(&alice, "k1", &both)).await, "/cart_id", "not_together");
    world.assert_unchanged(&shop, "carts that are not hers, and two things at once");
    // Explicit lines leave the cart alone.
    assert_eq!(shop.send(place(&alice, "k1", &basket(&[("mug", 1)], &json!({})))).await.status, 201);
    assert_eq!(cart(&shop, &alice, "").await["cart_id"], hers["cart_id"]);
}

#[tokio::test]
async fn staff_buys_a_customers_cart_for_the_customer() {
    let (shop, alice) = shop().await;
    filled(&shop, &alice, &[("mug", 2)]).await;
    let body = of_cart(&json!({"customer_id": "alice", "contact_email": "alice@example.com"}));
    let placed = shop.send(place(&shop.admin(), "k1", &body)).await;
    assert_eq!((placed.status, &placed.body["customer_id"]), (201, &json!("alice")), "{placed:?}");
    assert_eq!(contents(&cart(&shop, &alice, "").await), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_orders_from_one_cart_at_the_same_moment_are_one_order() {
    let (shop, alice) = shop().await;
    let open = filled(&shop, &alice, &[("mug", 1)]).await;
    let shop = Arc::new(shop);
    let mut tasks = JoinSet::new();
    for at in 0..20 {
        let (shop, alice) = (Arc::clone(&shop), alice.clone());
        let body =
            if at % 2 == 0 { of_cart(&json!({"cart_id": open["cart_id"]})) } else { of_cart(&json!({})) };
        tasks.spawn(async move { shop.send(place(&alice, &format!("k{at}"), &body)).await });
    }
    let answers = tasks.join_all().await;
    let (placed, refused): (Vec<Answer>, Vec<Answer>) =
        answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(placed.len(), 1, "{refused:#?}");
    for answer in refused {
        match answer.status {
            409 => assert_eq!((answer.code(), answer.order_id()), ("cart_not_open", placed[0].order_id())),
            _ => assert_invalid(&answer, "/lines", "cart_empty"),
        }
    }
    assert_eq!((shop.twin.orders().len(), shop.units("mug")), (1, (9, 1)));
}

#[tokio::test]
async fn the_cart_the_preview_and_the_order_name_the_same_price_under_every_settings() {
    let tax = |include: bool, level: &str| {
        json!({"prices_include_tax": include, "rounding": {"level": level}, "classes": ["standard", "reduced"],
        "delivery_class": "standard", "elsewhere": "refuse", "zones": [
            {"countries": ["NL"], "rates": {"standard": [{"name": "btw", "rate": "21"}], "reduced": [{"name": "btw", "rate": "9"}]}},
            {"countries": ["US"], "rates": {"standard": [], "reduced": []}},
            {"countries": ["US"], "regions": ["NY"], "rates": {
                "standard": [{"name": "State", "rate": "4"}, {"name": "City", "rate": "4.875"}], "reduced": []}},
        ]})
    };
    let methods = json!([
        {"id": "post", "name": "Post", "names": {"nl": "Pakje"}, "zones": [
            {"countries": ["NL"], "bands": [{"up_to_grams": 1_000, "price": "3.95"}, {"up_to_grams": 10_000, "price": "6.95"}],
                "free_from": "60.00", "transit_days": 3},
            {"countries": ["US"], "bands": [{"up_to_grams": 10_000, "price": "19.95"}], "transit_days": 9}]},
        {"id": "fast", "name": "Fast", "zones": [
            {"countries": ["NL"], "bands": [{"up_to_grams": 10_000, "price": "9.95"}], "transit_days": 1}]},
    ]);
    let us = json!({"shipping_address": {"street": "1 Main St", "city": "New York", "state": "ny", "postal_code": "10001", "country": "US"}});
    for (include, level, mugs) in
        [(true, "line", 3), (false, "line", 3), (true, "order", 7), (false, "order", 7)]
    {
        let (shop, alice) = shop().await;
        shop.settings(&json!({"currency": "EUR", "country": "NL", "tax": tax(include, level), "shipping_methods": methods})).await;
        shop.stock("mug", "12.50", "north", 100).await;
        shop.stock("book", "7.77", "north", 100).await;
        put_product(&shop, "book", "8.88", &json!({"tax_class": "reduced", "offer_price": "7.77"})).await;
        let coupon =
            Call::put("/api/v1/admin/coupons/TEN").token(&shop.admin()).json(&json!({"percent": "10"}));
        assert_eq!(shop.send(coupon).await.status, 201);
        for (at, (query, more)) in [
            ("", json!({})),
            ("?shipping_method=fast", json!({"shipping_method": "fast"})),
            ("?coupon_code=ten", json!({"coupon_code": "ten"})),
            ("?country=US&region=ny&postal_code=10001", us.clone()),
        ]
        .into_iter()
        .enumerate()
        {
            filled(&shop, &alice, &[("mug", mugs), ("book", 2)]).await;
            let cart = cart(&shop, &alice, query).await;
            let quote = cart["quote"].as_object().unwrap_or_else(|| panic!("a quote in {cart:#}"));
            let world = World::of(&shop);
            let body = of_cart(&more);
            let preview = shop.send(preview(&alice, &body)).await;
            assert_eq!(preview.status, 200, "{preview:?}");
            world.assert_unchanged(&shop, "a preview");
            let mut expecting = body.clone();
            expecting["expected_total"] = quote["total_amount"].clone();
            let placed = shop.send(place(&alice, &format!("k{at}"), &expecting)).await;
            assert_eq!(placed.status, 201, "{placed:?}");
            for (name, value) in quote.iter().filter(|(name, _)| *name != "shipping_methods") {
                assert_eq!(
                    (&preview.body[name], &placed.body[name]),
                    (value, value),
                    "{name} {query} {include} {level}"
                );
            }
            let choice = &cart["quote"]["shipping_methods"];
            let chosen = choice
                .as_array()
                .expect("a list")
                .iter()
                .find(|choice| choice["shipping_method"] == placed.body["shipping_method"]);
            let chosen = chosen.expect("the way that was taken is one that was offered");
            for name in ["delivery_charge", "total_amount", "estimated_delivery"] {
                assert_eq!(chosen[name], placed.body[name], "{name}");
            }
        }
    }
}

#[tokio::test]
async fn the_cart_offers_every_way_of_delivery_cheapest_first() {
    let (shop, alice) = shop().await;
    let zone = |price: &str, days: u32| json!([{"countries": ["NL"], "bands": [{"up_to_grams": 1_000, "price": price}], "transit_days": days}]);
    shop.settings(&json!({"currency": "EUR", "country": "NL", "shipping_methods": [
        {"id": "fast", "name": "Fast", "names": {"nl": "Snel"}, "zones": zone("9.00", 1)},
        {"id": "slow", "name": "Slow", "zones": zone("4.00", 5)},
        {"id": "post", "name": "Post", "zones": zone("4.00", 3)},
        {"id": "abroad", "name": "Abroad", "zones": [{"countries": ["DE"], "bands": [{"up_to_grams": 1_000, "price": "1.00"}], "transit_days": 1}]},
    ]}))
    .await;
    filled(&shop, &alice, &[("mug", 1)]).await;
    let quote = cart(&shop, &alice, "?lang=nl").await["quote"].clone();
    assert_has(
        &quote,
        &json!({"shipping_method": "post", "total_amount": "16.50", "estimated_delivery": "2026-03-04"}),
    );
    assert_eq!(
        quote["shipping_methods"],
        json!([
            {"shipping_method": "post", "name": "Post", "delivery_charge": "4.00", "total_amount": "16.50", "estimated_delivery": "2026-03-04"},
            {"shipping_method": "slow", "name": "Slow", "delivery_charge": "4.00", "total_amount": "16.50", "estimated_delivery": "2026-03-06"},
            {"shipping_method": "fast", "name": "Snel", "delivery_charge": "9.00", "total_amount": "21.50", "estimated_delivery": "2026-03-02"},
        ])
    );
    let nowhere = cart(&shop, &alice, "?country=FR").await;
    assert_eq!(nowhere["quote"], Value::Null);
    assert_has(&nowhere["problems"], &json!([{"pointer": "/shipping_address", "code": "not_deliverable"}]));
    let unknown = cart(&shop, &alice, "?shipping_method=ship").await;
    assert_has(
        &unknown["problems"],
        &json!([{"pointer": "/shipping_method", "code": "unknown_shipping_method"}]),
    );
}

#[tokio::test]
async fn a_coupon_that_does_not_count_is_told_and_does_not_stand_in_the_way_of_a_price() {
    let (shop, alice) = shop().await;
    let admin = shop.admin();
    for (code, body) in [
        ("TEN", json!({"percent": "10"})),
        ("OLD", json!({"percent": "10", "valid_until": "2026-03-01T10:00:00Z"})),
        ("BIG", json!({"amount": "5.00", "minimum": "25.01", "currency": "EUR"})),
    ] {
        let put = Call::put(&format!("/api/v1/admin/coupons/{code}")).token(&admin).json(&body);
        assert_eq!(shop.send(put).await.status, 201);
    }
    filled(&shop, &alice, &[("mug", 2)]).await;
    let ten = cart(&shop, &alice, "?coupon_code=%20ten%20").await;
    assert_has(
        &ten,
        &json!({"problems": [], "quote": {"coupon_discount_amount": "2.50", "total_amount": "22.50"}}),
    );
    for (typed, code) in [
        ("none", "unknown_coupon"),
        ("%C3%A4", "unknown_coupon"),
        ("OLD", "coupon_expired"),
        ("big", "coupon_minimum"),
    ] {
        let told = cart(&shop, &alice, &format!("?coupon_code={typed}")).await;
        assert_has(
            &told,
            &json!({"problems": [{"pointer": "?coupon_code", "code": code}], "quote": {"coupon_discount_amount": "0.00", "total_amount": "25.00"}}),
        );
    }
}
