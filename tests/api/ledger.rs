//! The ledger: every cent of an order that went through everything, added up a second time by other means (C4).

use serde_json::{Value, json};
use std::collections::BTreeMap;
use tests::{Call, Shop};

use crate::refunds_support::{
    advance, by_staff, cancel_part, card, cents, entries, ledger, lines, refund, taxes,
};
use crate::support::{assert_has, basket, merge, money, place, put_product, refunds};

/// Two taxes on goods, one of them on the delivery; prices with or without them.
fn settings(include: bool) -> Value {
    let both = json!([{"name": "State", "rate": "7.25"}, {"name": "City", "rate": "1.375"}]);
    json!({"currency": "EUR", "country": "NL",
        "tax": {"prices_include_tax": include, "classes": ["goods", "delivery"], "delivery_class": "delivery",
            "zones": [{"countries": ["NL"], "rates": {"goods": both, "delivery": [{"name": "State", "rate": "7.25"}]}}]},
        "shipping_methods": [{"id": "post", "name": "Post",
            "zones": [{"countries": ["NL"], "bands": [{"up_to_grams": 100_000, "price": "6.37"}], "transit_days": 3}]}]})
}

/// An order with discounts of all kinds on lines that do not divide, placed by staff for Alice, and paid by card.
async fn placed(include: bool) -> (Shop, String) {
    let shop = Shop::open();
    for (product, price) in [("mug", "12.47"), ("plate", "3.33"), ("spoon", "0.19")] {
        shop.stock(product, "1.00", "north", 50).await;
        put_product(&shop, product, price, &json!({"tax_class": "goods"})).await;
    }
    shop.settings(&settings(include)).await;
    let coupon = Call::put("/api/v1/admin/coupons/PART").token(&shop.admin());
    assert_eq!(shop.send(coupon.json(&json!({"percent": "11.1"}))).await.status, 201);
    let mut body = basket(
        &[],
        &json!({"coupon_code": "PART", "discount_percentage": "3.3", "override_reason": "regular"}),
    );
    merge(
        &mut body,
        &json!({"customer_id": "alice", "contact_email": "alice@example.com", "payment": card("pm_card_visa")}),
    );
    body["lines"] = json!([{"product_id": "plate", "quantity": 7}, {"product_id": "mug", "quantity": 3, "discount_amount": "1.00"},
        {"product_id": "spoon", "quantity": 11}]);
    let placed = shop.send(place(&shop.admin(), "k1", &body)).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    shop.finish().await;
    (shop, placed.order_id())
}

/// Net, taxes and total of all parts of credits, by line.
fn parts_by_line(ledger: &Value) -> BTreeMap<u64, (u64, i64, BTreeMap<String, i64>, i64)> {
    let mut sums: BTreeMap<u64, (u64, i64, BTreeMap<String, i64>, i64)> = BTreeMap::new();
    for part in ledger["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| entry["parts"].as_array())
        .flatten()
    {
        let sum = sums.entry(part["line_id"].as_u64().expect("a line")).or_default();
        sum.0 += part["quantity"].as_u64().expect("units");
        sum.1 += cents(&part["net"]);
        for (tax, amount) in taxes(&part["taxes"]) {
            *sum.2.entry(tax).or_default() += amount;
        }
        sum.3 += cents(&part["total"]);
    }
    sums
}

/// All parts of every line sum to the line: net, each tax, and total.
#[track_caller]
fn assert_parts_make_the_lines(ledger: &Value) {
    let parts = parts_by_line(ledger);
    for line in ledger["placed"]["lines"].as_array().expect("lines") {
        let id = line["line_id"].as_u64().expect("a line");
        let whole = (
            line["quantity"].as_u64().expect("units"),
            cents(&line["net"]),
            taxes(&line["taxes"]),
            cents(&line["total"]),
        );
        assert_eq!(parts.get(&id), Some(&whole), "line {id} of {ledger:#}");
    }
}

async fn returned(shop: &Shop, id: &str, units: &[(u32, u32)]) {
    let admin = shop.admin();
    let body = json!({"lines": lines(units), "reason": "damaged"});
    let asked = shop
        .send(Call::post(&format!("/api/v1/orders/{id}/returns")).token(&admin).key("b1").json(&body))
        .await;
    assert_eq!(asked.status, 201, "{asked:?}");
    let number = asked.body["return_id"].clone();
    let path = format!("/api/v1/admin/orders/{id}/returns/{number}");
    for (step, body) in [("approve", None), ("receive", Some(json!({"refund_delivery": true})))] {
        let call = Call::post(&format!("{path}/{step}")).token(&admin);
        let done = shop.send(body.iter().fold(call, |call, body| call.json(body))).await;
        assert_eq!(done.status, 200, "{step}: {done:?}");
    }
}

#[tokio::test]
async fn every_cent_of_an_order_that_went_through_everything_is_explained() {
    for include in [false, true] {
        let (shop, id) = placed(include).await;
        let total = cents(&ledger(&shop, &id).await["placed"]["total_amount"]);
        let alice = shop.customer("alice");
        // Called off in two parts; paid back one unit at a time; a gift; the rest sent back with the delivery charge.
        for (key, units) in [("c1", [(1, 2), (3, 4)]), ("c2", [(1, 1), (3, 1)])] {
            assert_eq!(shop.send(cancel_part(&alice, &id, key, &units)).await.status, 200);
            shop.finish().await;
            ledger(&shop, &id).await;
        }
        advance(&shop, &id, &["packed", "shipped", "delivered"]).await;
        for at in 0..6 {
            let body = json!({"lines": lines(&[(3, 1)])});
            let given = shop.send(refund(&shop, &id, &format!("r{at}"), &body)).await;
            assert_eq!(given.status, 201, "{given:?}");
        }
        shop.finish().await;
        ledger(&shop, &id).await;
        let gift = shop
            .send(refund(&shop, &id, "g1", &json!({"amount": "1.23", "goodwill": true, "reason": "so slow"})))
            .await;
        assert_has(&gift.body, &json!({"cause": "goodwill"}));
        returned(&shop, &id, &[(1, 4), (2, 3)]).await;
        shop.finish().await;
        let told = ledger(&shop, &id).await;
        assert_parts_make_the_lines(&told);
        assert_has(&told, &json!({"owed_amount": "0.00", "balance": "0.00", "refundable_amount": "0.00"}));
        assert_eq!((cents(&told["captured_amount"]), cents(&told["refunded_amount"])), (total, total));
        assert_eq!(money(&shop), (total, total));
        let at_stripe: i64 = refunds(&shop)
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|refund| refund["amount"].as_i64())
            .sum();
        assert_eq!(at_stripe, total);
        let delivery =
            told["entries"].as_array().into_iter().flatten().filter(|entry| entry.get("delivery").is_some());
        assert_eq!(delivery.count(), 1, "the delivery charge goes back once");
        let seen = by_staff(&shop, &id).await;
        assert_has(&seen["payment"], &json!({"status": "refunded", "balance": "0.00"}));
    }
}

#[tokio::test]
async fn lines_paid_back_one_unit_at_a_time_sum_to_the_lines_with_each_of_their_taxes() {
    for include in [false, true] {
        let (shop, id) = placed(include).await;
        let mut worth: Vec<String> = Vec::new();
        for (line, quantity) in [(1, 7), (2, 3), (3, 11)] {
            for at in 0..quantity {
                let body = json!({"lines": lines(&[(line, 1)])});
                let given = shop.send(refund(&shop, &id, &format!("r{line}-{at}"), &body)).await;
                assert_eq!(given.status, 201, "{given:?}");
                worth.push(given.body["amount"].as_str().expect("an amount").to_owned());
            }
        }
        let told = ledger(&shop, &id).await;
        assert_parts_make_the_lines(&told);
        assert_eq!(told["owed_amount"], told["placed"]["delivery"]["total"], "the delivery alone is left");
        // No unit is worth more than a cent and one of each tax more than another of its line.
        for units in [&worth[..7], &worth[7..10], &worth[10..]] {
            let units: Vec<i64> = units.iter().map(|amount| cents(&json!(amount))).collect();
            let spread = units.iter().max().zip(units.iter().min()).map(|(most, least)| most - least);
            assert!(spread.is_some_and(|spread| spread <= 3), "{units:?}");
        }
        let last = shop.send(refund(&shop, &id, "r-last", &json!({}))).await;
        assert_eq!(last.body["amount"], told["placed"]["delivery"]["total"]);
        assert_eq!(ledger(&shop, &id).await["refundable_amount"], "0.00");
    }
}

#[tokio::test]
async fn an_order_that_is_called_off_after_all_kinds_of_parts_explains_every_unit_once() {
    for include in [false, true] {
        let (shop, id) = placed(include).await;
        let alice = shop.customer("alice");
        for (key, units) in [("r1", lines(&[(1, 3), (2, 1)])), ("r2", lines(&[(3, 10)]))] {
            shop.send(refund(&shop, &id, key, &json!({"lines": units}))).await;
        }
        // Those that were paid back are the first to go: one plate of four is paid back with this, and no spoon.
        let off = shop.send(cancel_part(&alice, &id, "c1", &[(1, 4), (3, 5)])).await;
        let told = ledger(&shop, &id).await;
        let last = told["entries"].as_array().into_iter().flatten().rfind(|entry| entry["kind"] == "credit");
        let last = last.expect("a credit");
        assert_has(last, &json!({"event": "lines_cancelled", "amount": off.body["refund_amount"]}));
        assert_has(&last["parts"], &json!([{"line_id": 1, "quantity": 1, "total": last["amount"]}]));
        let rest = shop.send(Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&alice)).await;
        assert_has(&rest.body, &json!({"status": "cancelled"}));
        shop.finish().await;
        let told = ledger(&shop, &id).await;
        assert_parts_make_the_lines(&told);
        let with_delivery = told["entries"].as_array().into_iter().flatten();
        let with_delivery: Vec<_> = with_delivery
            .filter(|entry| entry.get("delivery").is_some())
            .map(|entry| &entry["event"])
            .collect();
        assert_eq!(with_delivery, ["cancelled"]);
        assert_has(&told, &json!({"owed_amount": "0.00", "balance": "0.00", "refundable_amount": "0.00"}));
    }
}

#[tokio::test]
async fn an_entry_names_who_caused_it_why_and_where_it_is_found_at_the_provider() {
    let (shop, id) = placed(false).await;
    let reason = json!({"lines": lines(&[(1, 1)]), "reason": "cracked"});
    shop.send(refund(&shop, &id, "r1", &reason)).await;
    let told = ledger(&shop, &id).await;
    let kinds: Vec<_> = entries(&told).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["charge", "capture", "credit", "refund_requested", "refund"]);
    let refund_id = format!("{id}-refund-1");
    let intent = &shop.twin.cloud.stripe.intents()[0]["id"];
    assert_has(
        &told["entries"],
        &json!([{"actor": "admin:admin", "event": "placed"}, {"actor": "payment_provider", "reference": intent},
            {"actor": "admin:admin", "reason": "cracked", "refund_id": refund_id, "cause": "lines"},
            {"refund_id": refund_id}, {"refund_id": refund_id, "reference": refunds(&shop)[0]["id"]}]),
    );
}

#[tokio::test]
async fn the_ledger_is_for_staff_and_of_orders_that_are_there() {
    let (shop, id) = placed(false).await;
    let read = |id: &str| Call::get(&format!("/api/v1/admin/orders/{id}/ledger"));
    let alice = shop.customer("alice");
    assert_eq!(shop.send(read(&id).token(&alice)).await.status, 403);
    assert_eq!(shop.send(read(&id)).await.status, 401);
    let missing = format!("{}{}", &id[..35], if id.ends_with('0') { '1' } else { '0' });
    for unknown in [missing.as_str(), "ord_1", "x"] {
        assert_eq!(shop.send(read(unknown).token(&shop.admin())).await.status, 404, "{unknown}");
    }
    let found = shop.send(read(&id).token(&shop.admin())).await;
    assert_eq!((found.status, found.header("cache-control")), (200, Some("private, no-cache")));
    assert_eq!(found.header("etag"), Some(format!("\"{}\"", found.body["version"]).as_str()));
}
