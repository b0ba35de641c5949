//! Carts that are edited while they are bought, and prices that change while orders are placed.

use local::twin::Options;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tests::{Answer, Call, Shop, order_body};

use crate::races::{all, call, count, open, open_with};
use crate::races_conflicts::contended;
use crate::races_orders::{coupon, place};
use crate::support::{assert_problem, get};

const PRODUCTS: [&str; 6] = ["cup", "jug", "pan", "pot", "tin", "urn"];

/// The body of an order that buys the cart.
fn the_cart() -> Value {
    let mut body = order_body("mug", 1, "cod");
    body.as_object_mut().expect("an object").remove("lines");
    body
}

fn put_line(token: &str, product: &str, quantity: usize) -> String {
    let path = format!("/cart/lines/{product}");
    call("PUT", &path, token, ("accept", "*/*"), &json!({"quantity": quantity}))
}

async fn put(shop: &Shop, token: &str, product: &str, quantity: u32) -> Answer {
    let put = Call::put(&format!("/api/v1/cart/lines/{product}")).token(token);
    let put = shop.send(put.json(&json!({"quantity": quantity}))).await;
    assert_eq!(put.status, 200, "{put:?}");
    put
}

async fn cart(shop: &Shop, token: &str) -> Value {
    let cart = shop.send(Call::get("/api/v1/cart").token(token)).await;
    assert_eq!(cart.status, 200, "{cart:?}");
    cart.body
}

/// Units by product.
fn lines(of: &Value) -> BTreeMap<String, u64> {
    let lines = of["lines"].as_array().into_iter().flatten();
    let line = |line: &Value| Some((line["product_id"].as_str()?.to_owned(), line["quantity"].as_u64()?));
    lines.map(|found| line(found).expect("a line")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cart_that_is_bought_twice_at_once_becomes_one_order() {
    for (options, orders) in [(Options::default(), 2), (Options::default(), 20), (contended(), 20)] {
        let (shop, server) = open_with(options, 1_000).await;
        for round in 0..6 {
            let alice = shop.customer(&format!("alice-{round}"));
            let filled = put(&shop, &alice, "mug", 2).await;
            let mut body = the_cart();
            if round % 2 == 1 {
                body["cart_id"] = filled.body["cart_id"].clone();
            }
            let answers = all(server, (0..orders).map(|at| place(&alice, &format!("k{at}"), &body))).await;
            assert_eq!(count(&answers, 201), 1, "round {round}: {answers:#?}");
            let placed = answers.iter().find(|answer| answer.status == 201).expect("one");
            for refused in answers.iter().filter(|answer| answer.status != 201) {
                if round % 2 == 1 {
                    assert_problem(refused, 409, "cart_not_open");
                    assert_eq!(refused.body["order_id"], placed.body["order_id"]);
                } else {
                    assert_problem(refused, 422, "invalid_request");
                    assert_eq!(refused.body["errors"][0]["code"], "cart_empty");
                }
            }
            assert_eq!(cart(&shop, &alice).await["lines"], json!([]));
            let key = answers.iter().position(|answer| answer.status == 201).expect("one");
            let again = all(server, [place(&alice, &format!("k{key}"), &body)]).await;
            assert_eq!((again[0].status, again[0].order_id()), (200, placed.order_id()), "{again:?}");
        }
        assert_eq!((shop.units("mug"), shop.twin.orders().len()), ((988, 12), 6));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_put_into_a_cart_while_it_is_bought_is_in_the_order_or_in_the_next_cart() {
    for options in [Options::default(), contended()] {
        let (shop, server) = open_with(options, 1_000).await;
        for product in PRODUCTS {
            shop.stock(product, "5.00", "north", 1_000).await;
        }
        for round in 0..10 {
            let alice = shop.customer(&format!("alice-{round}"));
            put(&shop, &alice, "mug", 1).await;
            put(&shop, &alice, "cup", 1).await;
            let mut calls = vec![place(&alice, "k1", &the_cart())];
            // The cup changes, the others are new, the mug is asked away.
            calls.extend(PRODUCTS.iter().zip(2..).map(|(product, units)| put_line(&alice, product, units)));
            calls.push(call("DELETE", "/cart/lines/mug", &alice, ("accept", "*/*"), &Value::Null));
            calls.rotate_left(round % 8);
            let answers = all(server, calls).await;
            let answered: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
            assert_eq!(count(&answers, 201), 1, "round {round}: {answers:#?}");
            assert_eq!(count(&answers, 200), 7, "round {round}: {answered:?}");
            let placed = answers.iter().find(|answer| answer.status == 201).expect("the order");
            let order = lines(&get(&shop, &alice, &placed.order_id()).await.body);
            let next = lines(&cart(&shop, &alice).await);
            assert!(!next.contains_key("mug"), "bought or asked away: {next:?}");
            for (product, units) in PRODUCTS.iter().zip(2_u64..) {
                let found = (order.get(*product), next.get(*product));
                let whole = found == (Some(&units), None) || found == (None, Some(&units));
                let then = *product == "cup" && found == (Some(&1), Some(&units));
                assert!(whole || then, "round {round}, {product}: {order:?}, then {next:?}");
            }
        }
    }
}

/// Settings under which delivery costs so many euros and tax is as many percent.
fn settings(number: u64) -> Value {
    json!({
        "currency": "EUR", "country": "NL",
        "tax": {"prices_include_tax": false, "classes": ["standard"], "delivery_class": "standard", "elsewhere": "refuse",
            "zones": [{"countries": ["NL"], "rates": {"standard": [{"name": "BTW", "rate": number.to_string()}]}}]},
        "shipping_methods": [{"id": "parcel", "name": "Parcel",
            "zones": [{"countries": ["NL"], "bands": [{"up_to_grams": 50_000, "price": format!("{number}.00")}], "transit_days": 2}]}],
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_order_is_priced_by_the_very_settings_that_it_names_while_these_change() {
    let (shop, server) = open(1_000).await;
    shop.settings(&settings(1)).await;
    let admin = shop.admin();
    let mut calls: Vec<String> = Vec::new();
    for at in 0..60 {
        calls.push(place(&shop.customer(&format!("buyer-{at}")), "k1", &order_body("mug", 2, "cod")));
        if at % 3 == 0 {
            let body = settings(2 + at / 3);
            calls.push(call("PUT", "/admin/settings", &admin, ("accept", "*/*"), &body));
        }
    }
    let answers = all(server, calls).await;
    let (orders, puts): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.body["order_id"].is_string());
    assert!(orders.len() == 60 && orders.iter().all(|answer| answer.status == 201), "{answers:#?}");
    let first = shop.send(Call::get("/api/v1/admin/settings").token(&admin)).await;
    let mut charges = BTreeMap::from([(2, 1)]);
    for put in puts {
        if put.status == 409 {
            assert_problem(put, 409, "concurrent_change");
            continue;
        }
        assert_eq!(put.status, 200, "{put:?}");
        let price = put.body["shipping_methods"][0]["zones"][0]["bands"][0]["price"].as_str();
        let euros = price.and_then(|price| price.split('.').next()?.parse::<u64>().ok()).expect("a price");
        let version = put.body["version"].as_u64().expect("a version");
        assert_eq!(charges.insert(version, euros), None, "one version, one change");
    }
    assert!(charges.contains_key(&first.body["version"].as_u64().expect("a version")));
    for order in orders {
        let version = order.body["settings_version"].as_u64().expect("a version");
        let euros = charges.get(&version).unwrap_or_else(|| panic!("version {version}: {charges:?}"));
        let cents = (25 + euros) * euros;
        let tax = format!("{}.{:02}", cents / 100, cents % 100);
        assert_eq!(
            (&order.body["delivery_charge"], &order.body["tax_amount"]),
            (&json!(format!("{euros}.00")), &json!(tax)),
            "version {version}: {order:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_coupon_that_changes_while_it_is_used_counts_every_use_and_is_never_half_of_two() {
    for options in [Options::default(), contended()] {
        let (shop, server) = open_with(options, 1_000).await;
        // Ten percent may be used by few, twenty by all.
        let few = json!({"percent": "10", "max_uses": 20});
        let all_of_them = json!({"percent": "20", "max_uses": 1_000});
        coupon(&shop, &few).await;
        let admin = shop.admin();
        let mut calls: Vec<String> = Vec::new();
        for at in 0..60 {
            let mut body = order_body("mug", 2, "cod");
            body["coupon_code"] = json!("SPRING");
            calls.push(place(&shop.customer(&format!("buyer-{at}")), "k1", &body));
            if at % 6 == 0 {
                let body = if at % 12 == 0 { &all_of_them } else { &few };
                calls.push(call("PUT", "/admin/coupons/SPRING", &admin, ("accept", "*/*"), body));
            }
        }
        let answers = all(server, calls).await;
        let odd: Vec<_> = answers.iter().filter(|answer| !matches!(answer.status, 200 | 201 | 409)).collect();
        assert!(odd.is_empty(), "{odd:#?}");
        let placed: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert!(placed.len() >= 20, "{}", placed.len());
        for order in &placed {
            let off = order.body["coupon_discount_amount"].as_str();
            assert!(matches!(off, Some("2.50" | "5.00")), "{order:?}");
        }
        for refused in answers.iter().filter(|answer| answer.status == 409) {
            assert!(matches!(refused.code(), "coupon_used_up" | "concurrent_change"), "{refused:?}");
        }
        let read = shop.send(Call::get("/api/v1/admin/coupons/SPRING").token(&admin)).await;
        assert_eq!(read.body["used"], json!(placed.len()));
        let cheaper = placed.iter().filter(|order| order.body["coupon_discount_amount"] == "2.50").count();
        assert!(cheaper <= 20, "{cheaper} orders under the narrow limit");
    }
}
