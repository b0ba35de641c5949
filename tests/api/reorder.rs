//! An earlier order's goods in the cart again: at today's prices, never twice, and with what changed since (C6).

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use std::sync::Arc;
use tests::{Answer, Call, Shop, order_body};
use tokio::task::JoinSet;

use crate::carts::{cart, contents, filled, put, units};
use crate::support::{
    World, assert_has, assert_invalid, assert_problem, basket, cancel, item, merge, of_cart, place,
    put_product, shop,
};

/// Where the orders of these tests go, as a question to the cart.
const HOME: &str = "country=NL&postal_code=1015%20CJ";

/// `POST /orders/{order_id}/reorder`
fn reorder(token: &str, id: &str, query: &str) -> Call {
    Call::post(&format!("/api/v1/orders/{id}/reorder{query}")).token(token)
}

/// The answer to that, which has to be one; the cart in it has to be what a look at it shows then.
async fn again(shop: &Shop, token: &str, id: &str) -> Value {
    let answer = shop.send(reorder(token, id, "")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let mut shown = answer.body.clone();
    shown.as_object_mut().expect("an object").remove("changes");
    assert_eq!(cart(shop, token, &format!("?{HOME}")).await, shown);
    answer.body
}

/// Places an order of these lines `(product, quantity)`, paid by cash, and answers its id.
async fn bought(shop: &Shop, token: &str, key: &str, lines: &[(&str, u32)]) -> String {
    let placed = shop.send(place(token, key, &basket(lines, &json!({})))).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    placed.order_id()
}

/// Adds to the stock of a product in the warehouse `north`, or takes from it.
async fn adjust(shop: &Shop, product: &str, more: &Value) {
    let mut body = json!({"warehouse_id": "north", "reason": "count"});
    merge(&mut body, more);
    let adjust = Call::post(&format!("/api/v1/admin/products/{product}/stock")).token(&shop.admin());
    let adjusted = shop.send(adjust.key(&body.to_string().replace(' ', "")).json(&body)).await;
    assert_eq!(adjusted.status, 200, "{adjusted:?}");
}

/// Takes an item out of the table, past the product.
fn forget(shop: &Shop, pk: &str, sk: &str) {
    assert!(item(shop, pk, sk).is_object(), "{pk} {sk} is there");
    let key = json!({"PK": {"S": pk}, "SK": {"S": sk}});
    let request = Request::builder()
        .method("POST")
        .uri("/")
        .header("x-amz-target", "DynamoDB_20120810.DeleteItem")
        .body(Bytes::from(json!({"TableName": shop.twin.table, "Key": key}).to_string()))
        .expect("a request");
    let answer = shop.twin.cloud.dynamodb.call(&request);
    assert_eq!(answer.status(), 200, "{:?}", answer.body());
}

/// What is not as it was, in short: what, units ordered and in the cart, why.
fn short(answer: &Value) -> Vec<(String, u64, u64, Value)> {
    let number = |value: &Value| value.as_u64().expect("a number");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let changes = answer["changes"].as_array().expect("a list").iter();
    changes
        .map(|change| {
            let (ordered, there) = (number(&change["ordered_quantity"]), number(&change["quantity"]));
            (text(&change["product_id"]), ordered, there, change["problem"].clone())
        })
        .collect()
}

fn is(product: &str, ordered: u64, quantity: u64, problem: &str) -> (String, u64, u64, Value) {
    (product.to_owned(), ordered, quantity, json!(problem))
}

#[tokio::test]
async fn what_was_ordered_is_in_the_cart_at_todays_price_beside_the_one_then() {
    let (shop, alice) = shop().await;
    shop.stock("cup", "5.00", "north", 10).await;
    put_product(&shop, "mug", "12.50", &json!({"translations": {"nl": {"name": "Mok"}}})).await;
    let id = bought(&shop, &alice, "k1", &[("mug", 2), ("cup", 3)]).await;
    shop.finish().await;
    put_product(&shop, "mug", "14.00", &json!({"name": "Enamel mug", "offer_price": "13.95"})).await;
    let world = World::of(&shop);
    let answer = shop.send(reorder(&alice, &id, "?lang=nl")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        answer.body["changes"],
        json!([{"product_id": "mug", "name": "Mok", "ordered_quantity": 2, "quantity": 2, "available": 8, "problem": null,
            "previous_unit_price": "12.50", "previous_currency": "EUR", "unit_price": "13.95", "currency": "EUR",
            "price_changed": true}]),
        "the cup is as it was"
    );
    assert_eq!(contents(&answer.body), units(&[("cup", 3), ("mug", 2)]));
    assert_has(
        &answer.body,
        &json!({"item_count": 5, "version": 1, "problems": [], "quote": {"total_amount": "42.90", "currency": "EUR"}}),
    );
    let stored = item(&shop, "CUSTOMER#alice", "CART");
    assert_eq!(stored["l"], json!({"M": {"cup": {"N": "3"}, "mug": {"N": "2"}}}), "{stored:#}");

    forget(&shop, "CUSTOMER#alice", "CART");
    world.assert_unchanged(&shop, "a reorder, but for the cart: no stock is held");
    assert_eq!(contents(&again(&shop, &alice, &id).await), units(&[("cup", 3), ("mug", 2)]));
    let placed = shop.send(place(&alice, "k2", &of_cart(&json!({"expected_total": "42.90"})))).await;
    assert_eq!((placed.status, &placed.body["item_count"]), (201, &json!(5)), "{placed:?}");
}

#[tokio::test]
async fn a_reorder_that_is_sent_again_changes_nothing_and_takes_nothing_from_the_cart() {
    let (shop, alice) = shop().await;
    shop.stock("cup", "5.00", "north", 10).await;
    let id = bought(&shop, &alice, "k1", &[("mug", 2), ("cup", 3)]).await;
    filled(&shop, &alice, &[("mug", 1), ("cup", 5)]).await;
    let once = again(&shop, &alice, &id).await;
    assert_eq!(
        contents(&once),
        units(&[("cup", 5), ("mug", 2)]),
        "what was ordered, or what was there if that is more"
    );
    assert_has(&once, &json!({"version": 3, "changes": []}));
    shop.twin.cloud.clock.advance(1_000);
    let world = World::of(&shop);
    assert_eq!(again(&shop, &alice, &id).await, once);
    world.assert_unchanged(&shop, "the same reorder");
}

#[tokio::test]
async fn what_cannot_be_had_any_more_is_left_out_and_named() {
    let (shop, alice) = shop().await;
    let sized = |sizes: &[&str]| -> Value {
        let size =
            |id: &&str| json!({"variation_id": id, "attributes": [{"attribute": "Size", "value": id}]});
        json!({"variations": sizes.iter().map(size).collect::<Vec<_>>()})
    };
    for product in ["archived", "cut", "gone", "sold-out", "plain", "yen"] {
        shop.stock(product, "5.00", "north", 10).await;
    }
    put_product(&shop, "cut", "5.00", &sized(&["s", "m"])).await;
    adjust(&shop, "cut", &json!({"variation_id": "s", "quantity": 10})).await;
    let ids = ["archived", "gone", "sold-out", "plain", "yen", "mug"];
    let mut body = basket(&ids.map(|id| (id, 4)), &json!({}));
    let lines = body["lines"].as_array_mut().expect("a list");
    lines.insert(1, json!({"product_id": "cut", "variation_id": "s", "quantity": 2}));
    let placed = shop.send(place(&alice, "k1", &body)).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    shop.finish().await;
    put_product(&shop, "archived", "5.00", &json!({"state": "archived"})).await;
    put_product(&shop, "cut", "5.00", &sized(&["m"])).await;
    forget(&shop, "PRODUCT#gone", "PRODUCT");
    adjust(&shop, "sold-out", &json!({"quantity": -6})).await;
    put_product(&shop, "plain", "5.00", &sized(&["s"])).await;
    put_product(&shop, "yen", "500", &json!({"currency": "JPY"})).await;
    adjust(&shop, "mug", &json!({"quantity": -3})).await;
    filled(&shop, &alice, &[("mug", 1)]).await;

    let answer = again(&shop, &alice, &placed.order_id()).await;
    let wanted = [
        is("archived", 4, 0, "product_archived"),
        is("cut", 2, 0, "unknown_variation"),
        is("gone", 4, 0, "unknown_product"),
        is("sold-out", 4, 0, "out_of_stock"),
        is("plain", 4, 0, "variation_required"),
        is("yen", 4, 0, "currency_mismatch"),
        is("mug", 4, 3, "out_of_stock"),
    ];
    assert_eq!(short(&answer), wanted, "of the mugs there are as many as there are");
    assert_eq!(contents(&answer), units(&[("mug", 3)]));
    assert_has(&answer, &json!({"problems": [], "quote": {"total_amount": "37.50"}}));
    let change = |at: usize, expected: Value| assert_has(&answer["changes"][at], &expected);
    change(1, json!({"variation_id": "s", "unit_price": null, "currency": null, "price_changed": false}));
    change(2, json!({"name": "gone", "previous_unit_price": "5.00", "unit_price": null, "available": 0}));
    change(3, json!({"unit_price": "5.00", "price_changed": false}));
    change(
        5,
        json!({"previous_currency": "EUR", "currency": "JPY", "unit_price": "500", "price_changed": true}),
    );
    change(6, json!({"available": 3, "unit_price": "12.50", "price_changed": false}));
}

#[tokio::test]
async fn a_store_of_several_currencies_has_an_order_again_in_the_one_it_had_while_it_can() {
    let (shop, alice) = shop().await;
    shop.stock("cup", "5.00", "north", 10).await;
    let id = bought(&shop, &alice, "k1", &[("cup", 1), ("mug", 2)]).await;
    put_product(&shop, "cup", "500", &json!({"currency": "JPY"})).await;
    let answer = again(&shop, &alice, &id).await;
    assert_eq!(contents(&answer), units(&[("mug", 2)]));
    assert_eq!(short(&answer), [is("cup", 1, 0, "currency_mismatch")]);
    put_product(&shop, "mug", "1000", &json!({"currency": "JPY"})).await;
    forget(&shop, "CUSTOMER#alice", "CART");
    let answer = again(&shop, &alice, &id).await;
    assert_has(
        &answer,
        &json!({"item_count": 3, "problems": [], "quote": {"total_amount": "2500", "currency": "JPY"}}),
    );
    let then = json!({"problem": null, "previous_currency": "EUR", "currency": "JPY", "price_changed": true});
    assert_has(&answer, &json!({"changes": [then, then]}));
}

#[tokio::test]
async fn an_order_of_which_nothing_can_be_had_opens_no_cart() {
    let (shop, alice) = shop().await;
    let id = bought(&shop, &alice, "k1", &[("mug", 2)]).await;
    put_product(&shop, "mug", "12.50", &json!({"state": "archived"})).await;
    let world = World::of(&shop);
    let answer = again(&shop, &alice, &id).await;
    assert_has(&answer, &json!({"cart_id": null, "lines": [], "version": 0}));
    assert_eq!(short(&answer), [is("mug", 2, 0, "product_archived")]);
    world.assert_unchanged(&shop, "a reorder of nothing");
}

#[tokio::test]
async fn a_full_cart_takes_only_more_of_what_is_in_it() {
    let (shop, alice) = shop().await;
    let names: Vec<String> = (0..41).map(|at| format!("p{at:02}")).collect();
    for name in &names {
        shop.stock(name, "1.00", "north", 10).await;
    }
    let id = bought(&shop, &alice, "k1", &[("p39", 2), ("p40", 2), ("mug", 2), ("p00", 2)]).await;
    let first: Vec<(&str, u64)> = names[..39].iter().map(|name| (name.as_str(), 1)).collect();
    filled(&shop, &alice, &first).await;
    let answer = again(&shop, &alice, &id).await;
    assert_eq!(short(&answer), [is("p40", 2, 0, "cart_full"), is("mug", 2, 0, "cart_full")]);
    let mut wanted = first;
    wanted[0].1 = 2;
    wanted.push(("p39", 2));
    assert_eq!(contents(&answer), units(&wanted));
}

#[tokio::test]
async fn the_same_at_several_prices_is_one_line_of_the_cart_with_at_most_as_many_as_a_line_may_have() {
    let (shop, alice) = shop().await;
    shop.stock("pin", "1.00", "north", 30_000).await;
    let mut body = basket(&[("pin", 6_000), ("mug", 1), ("pin", 7_000), ("mug", 2)], &json!({}));
    body["lines"][0]["unit_price"] = json!("0.80");
    body["lines"][1]["discount_amount"] = json!("1.00");
    let for_alice =
        json!({"customer_id": "alice", "contact_email": "a@example.com", "override_reason": "a party"});
    merge(&mut body, &for_alice);
    let placed = shop.send(place(&shop.admin(), "k1", &body)).await;
    assert_eq!((placed.status, placed.body["lines"].as_array().map(Vec::len)), (201, Some(4)), "{placed:?}");
    let answer = again(&shop, &alice, &placed.order_id()).await;
    assert_eq!(contents(&answer), units(&[("mug", 3), ("pin", 10_000)]));
    assert_eq!(short(&answer), [is("pin", 13_000, 10_000, "out_of_range")]);
    assert_has(&answer["changes"][0], &json!({"previous_unit_price": "0.80", "unit_price": "1.00"}));
}

#[tokio::test]
async fn it_is_priced_and_counted_for_where_the_order_went_unless_the_query_says_where_else() {
    let (shop, alice) = shop().await;
    shop.stock("cup", "5.00", "north", 10).await;
    let south = json!({"name": "South", "place": {"country": "US", "city": "Austin"},
        "areas": [{"countries": ["US"], "distance_km": 900}]});
    let south = Call::put("/api/v1/admin/warehouses/south").token(&shop.admin()).json(&south);
    assert_eq!(shop.send(south).await.status, 201);
    adjust(&shop, "cup", &json!({"warehouse_id": "south", "quantity": 50})).await;
    let here = json!({"name": "north", "place": {"country": "NL", "city": "Utrecht"},
        "areas": [{"countries": ["NL"], "distance_km": 300}]});
    let here = Call::put("/api/v1/admin/warehouses/north").token(&shop.admin()).json(&here);
    assert_eq!(shop.send(here).await.status, 200);
    let vat = |country: &str, rate: &str| json!({"countries": [country], "rates": {"standard": [{"name": "VAT", "rate": rate}]}});
    shop.settings(&json!({"currency": "EUR", "country": "US", "tax": {"prices_include_tax": false, "classes": ["standard"],
        "zones": [vat("NL", "21"), vat("US", "5")]}}))
    .await;
    let id = bought(&shop, &alice, "k1", &[("cup", 8)]).await;
    shop.finish().await;

    let home = again(&shop, &alice, &id).await;
    assert_eq!(
        (contents(&home), short(&home)),
        (units(&[("cup", 2)]), vec![is("cup", 8, 2, "out_of_stock")])
    );
    assert_has(&home, &json!({"quote": {"total_amount": "12.10"}, "lines": [{"available": 2}]}));
    let abroad = shop.send(reorder(&alice, &id, "?country=US&region=TX")).await;
    assert_eq!((contents(&abroad.body), short(&abroad.body)), (units(&[("cup", 8)]), vec![]), "{abroad:?}");
    assert_has(&abroad.body, &json!({"quote": {"total_amount": "42.00"}, "lines": [{"available": 50}]}));
    let world = World::of(&shop);
    for (query, pointer) in [("?country=nl", "?country"), ("?lang=_", "?lang")] {
        assert_invalid(&shop.send(reorder(&alice, &id, query)).await, pointer, "invalid");
    }
    world.assert_unchanged(&shop, "questions that are none");
}

#[tokio::test]
async fn only_ones_own_orders_are_ordered_again_and_that_holds_for_staff() {
    let (shop, alice) = shop().await;
    shop.settings(&json!({"currency": "EUR", "guest_checkout": {"enabled": true, "order_url": "https://shop.example/{token}"}}))
        .await;
    let hers = bought(&shop, &alice, "k1", &[("mug", 2)]).await;
    let mut body = order_body("mug", 1, "cod");
    body["contact_email"] = json!("guest@example.com");
    let guests = Call::post("/api/v1/guest/orders").key("nobody-guesses-this").json(&body);
    let guests = shop.send(guests).await;
    assert_eq!(guests.status, 201, "{guests:?}");
    shop.finish().await;
    let world = World::of(&shop);
    let (admin, bob) = (shop.admin(), shop.customer("bob"));
    // The same random part under another time: the name of the document would be the same.
    let (time, random) = hers.trim_start_matches("ord_").split_at(12);
    let shifted = format!("ord_{:012x}{random}", u64::from_str_radix(time, 16).expect("a time") + 1);
    for (token, id) in [
        (&bob, hers.as_str()),
        (&admin, hers.as_str()),
        (&admin, guests.order_id().as_str()),
        (&alice, guests.order_id().as_str()),
        (&alice, shifted.as_str()),
        (&alice, "ord_0192f0c1d2e37a4b8c9d0e1f2a3b4c5d"),
        (&alice, "1"),
    ] {
        assert_problem(&shop.send(reorder(token, id, "")).await, 404, "not_found");
    }
    let nobody = shop.send(Call::post(&format!("/api/v1/orders/{hers}/reorder"))).await;
    assert_eq!(nobody.status, 401, "{nobody:?}");
    world.assert_unchanged(&shop, "reorders of what is not theirs");

    let own = bought(&shop, &admin, "k1", &[("mug", 1)]).await;
    assert_eq!(contents(&again(&shop, &admin, &own).await), units(&[("mug", 1)]), "staff buys as well");
    assert_eq!(contents(&cart(&shop, &alice, "").await), []);
}

#[tokio::test]
async fn a_cart_that_ran_out_of_time_is_followed_by_another_with_the_order_alone_in_it() {
    let (shop, alice) = shop().await;
    shop.stock("cup", "5.00", "north", 10).await;
    let id = bought(&shop, &alice, "k1", &[("mug", 2)]).await;
    shop.finish().await;
    assert_eq!(shop.send(cancel(&alice, &id)).await.status, 200);
    let old = filled(&shop, &alice, &[("cup", 1), ("mug", 5)]).await;
    shop.twin.cloud.clock.advance(31 * 24 * 60 * 60 * 1_000);
    let alice = shop.customer("alice");
    let next = again(&shop, &alice, &id).await;
    assert_eq!(contents(&next), units(&[("mug", 2)]), "a cancelled order can be ordered again, too");
    assert_ne!(next["cart_id"], old["cart_id"]);
    assert!(next["version"].as_u64() > old["version"].as_u64(), "versions are not used twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reorders_and_lines_that_come_at_the_same_moment_lose_nothing_of_each_other() {
    let (shop, alice) = shop().await;
    let mut ids = vec![];
    for at in 0..6 {
        let (one, other) = (format!("a{at}"), format!("b{at}"));
        shop.stock(&one, "1.00", "north", 100).await;
        shop.stock(&other, "1.00", "north", 100).await;
        ids.push(bought(&shop, &alice, &one, &[(&one, 2), (&other, 3), ("mug", 1)]).await);
    }
    let shop = Arc::new(shop);
    let mut tasks: JoinSet<Answer> = JoinSet::new();
    for (at, id) in ids.iter().enumerate() {
        for call in [reorder(&alice, id, ""), reorder(&alice, id, ""), put(&alice, &format!("a{at}"), 2)] {
            let shop = Arc::clone(&shop);
            tasks.spawn(async move { shop.send(call).await });
        }
    }
    let answers = tasks.join_all().await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:#?}");
    let each = |name: &'static str, units: u64| (0..6).map(move |at| (format!("{name}{at}"), units));
    let wanted: Vec<_> = each("a", 2).chain(each("b", 3)).chain([("mug".to_owned(), 1)]).collect();
    assert_eq!(contents(&cart(&shop, &alice, "").await), wanted);
}
