//! Calling a part of an order off: what goes back, to the cent and to the bucket, and what is paid instead.

use serde_json::{Value, json};
use std::sync::Arc;
use tests::{Call, order};
use tokio::task::JoinSet;

use crate::refunds_support::{advance, by_staff, cancel_part, card, dined, entries, ledger, lines, priced};
use crate::support::{World, assert_has, assert_problem, events, get, mails, money, refunds, shop};

/// Uses of the coupon that are counted.
async fn coupon_uses(shop: &tests::Shop) -> Value {
    let coupon = shop.send(Call::get("/api/v1/admin/coupons/TEN").token(&shop.admin())).await;
    coupon.body["used"].clone()
}

/// Called off, sent back and on their way back, of each line.
fn tallies(order: &Value) -> Vec<(u64, u64, u64)> {
    // A number that is left out is none.
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    let lines = order["lines"].as_array().expect("lines").iter();
    lines
        .map(|line| {
            (
                number(&line["cancelled_quantity"]),
                number(&line["returning_quantity"]),
                number(&line["returned_quantity"]),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_part_goes_back_with_its_share_of_coupon_and_tax_and_the_delivery_stays_paid() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    assert_eq!((shop.units("plate"), shop.units("mug")), ((7, 3), (8, 2)));
    let cancelled = shop.send(cancel_part(&alice, &id, "c1", &[(1, 1), (2, 1)])).await;
    let mut body = cancelled.body.clone();
    let eco_impact = body.as_object_mut().and_then(|fields| fields.remove("eco_impact"));
    assert_eq!(eco_impact.expect("what the rest emits")["carbon_grams"], 62);
    assert_eq!(
        (cancelled.status, body),
        (
            200,
            json!({"order_id": id, "status": "confirmed", "payment_status": "partially_refunded",
                "refund_amount": "17.23", "currency": "EUR", "cancellation_reason": "customer_request", "version": 9})
        )
    );
    assert_eq!(cancelled.header("etag"), Some("\"9\""));
    assert_eq!((shop.units("plate"), shop.units("mug")), ((8, 2), (9, 1)));
    assert_eq!((money(&shop), coupon_uses(&shop).await), ((4410, 1723), json!(1)));
    let order = get(&shop, &alice, &id).await;
    assert_eq!(tallies(&order.body), [(1, 0, 0), (1, 0, 0)]);
    assert_has(
        &order.body,
        &json!({"total_amount": "44.10", "payment": {"captured_amount": "44.10", "refunded_amount": "17.23", "balance": "0.00",
            "refunds": [{"amount": "17.23", "cause": "cancelled", "status": "done"}]}}),
    );
    let told = ledger(&shop, &id).await;
    assert_eq!(
        entries(&told),
        [
            ("charge", "44.10"),
            ("capture", "44.10"),
            ("credit", "17.23"),
            ("refund_requested", "17.23"),
            ("refund", "17.23")
        ]
    );
    let parts = json!([{"line_id": 1, "quantity": 1, "net": "3.00", "taxes": [{"amount": "0.62"}], "total": "3.62"},
        {"line_id": 2, "quantity": 1, "net": "11.25", "taxes": [{"amount": "2.36"}], "total": "13.61"}]);
    assert_has(&told["entries"][2], &json!({"parts": parts, "reason": "customer_request"}));
}

#[tokio::test]
async fn the_last_unit_takes_the_order_the_delivery_charge_and_the_coupons_use_with_it() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    for (key, units, back, status) in [
        ("c1", vec![(1, 1)], "3.62", "confirmed"),
        ("c2", vec![(1, 2), (2, 1)], "20.87", "confirmed"),
        ("c3", vec![(2, 1)], "19.61", "cancelled"),
    ] {
        let cancelled = shop.send(cancel_part(&alice, &id, key, &units)).await;
        assert_has(&cancelled.body, &json!({"status": status, "refund_amount": back}));
        assert_eq!(coupon_uses(&shop).await, json!(u8::from(status != "cancelled")));
    }
    assert_eq!((money(&shop), shop.units("plate"), shop.units("mug")), ((4410, 4410), (10, 0), (10, 0)));
    shop.finish().await;
    let order = get(&shop, &alice, &id).await;
    assert_has(
        &order.body,
        &json!({"status": "cancelled", "payment_status": "refunded", "fulfillment_status": "cancelled",
            "available_actions": [], "payment": {"balance": "0.00"}}),
    );
    assert_eq!(tallies(&order.body), [(3, 0, 0), (2, 0, 0)]);
    assert_eq!(ledger(&shop, &id).await["owed_amount"], "0.00");
    assert_eq!((mails(&shop, "was cancelled").len(), refunds(&shop).as_array().map(Vec::len)), (1, Some(3)));
    for again in [cancel_part(&alice, &id, "c3", &[(2, 1)]), cancel_part(&alice, &id, "c1", &[(1, 1)])] {
        assert_eq!(shop.send(again).await.status, 200, "what was done once is known for ever");
    }
    let more = shop.send(cancel_part(&alice, &id, "c4", &[(2, 1)])).await;
    assert_problem(&more, 409, "order_not_cancellable");
    assert_eq!((money(&shop), shop.units("mug")), ((4410, 4410), (10, 0)));
}

#[tokio::test]
async fn the_same_key_is_one_cancellation_and_another_request_under_it_is_none() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    let first = shop.send(cancel_part(&alice, &id, "c1", &[(1, 1)])).await;
    assert_eq!(first.status, 200, "{first:?}");
    let world = World::of(&shop);
    let again = shop.send(cancel_part(&alice, &id, "c1", &[(1, 1)])).await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    for other in [vec![(1, 2)], vec![(2, 1)], vec![(1, 1), (2, 1)]] {
        let reused = shop.send(cancel_part(&alice, &id, "c1", &other)).await;
        assert_problem(&reused, 422, "idempotency_key_reused");
    }
    let path = format!("/api/v1/orders/{id}/cancel");
    let part = json!({"lines": lines(&[(1, 1)])});
    let keyless = shop.send(Call::post(&path).token(&alice).json(&part)).await;
    assert_problem(&keyless, 400, "idempotency_key_required");
    world.assert_unchanged(&shop, "a replay and refusals");
    let second = shop.send(cancel_part(&alice, &id, "c2", &[(1, 1)])).await;
    assert_has(&second.body, &json!({"refund_amount": "3.63"}));
    // The same key of staff is another one: keys belong to who uses them.
    let by_staff = shop.send(cancel_part(&shop.admin(), &id, "c1", &[(1, 1)])).await;
    assert_has(&by_staff.body, &json!({"refund_amount": "3.63", "cancellation_reason": "staff_request"}));
    assert_eq!((money(&shop), shop.units("plate")), ((4410, 1088), (10, 0)));
}

#[tokio::test]
async fn what_is_not_there_cannot_be_called_off() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    shop.send(cancel_part(&alice, &id, "c1", &[(1, 2)])).await;
    shop.finish().await;
    let world = World::of(&shop);
    let short = shop.send(cancel_part(&alice, &id, "c2", &[(2, 1), (1, 2)])).await;
    assert_problem(&short, 409, "not_enough_units");
    assert_has(&short.body, &json!({"line_id": 1, "available": 1, "order_status": "preparing"}));
    for (units, pointer, code) in [
        (json!([]), "/lines", "out_of_range"),
        (lines(&[(3, 1)]), "/lines/0", "unknown_line"),
        (lines(&[(1, 1), (0, 1)]), "/lines/1", "unknown_line"),
        (lines(&[(65_537, 1)]), "/lines/0", "unknown_line"),
        (lines(&[(1, 0)]), "/lines/0/quantity", "out_of_range"),
        (lines(&[(2, 1), (2, 1)]), "/lines/1/line_id", "duplicate"),
    ] {
        let path = format!("/api/v1/orders/{id}/cancel");
        let call = Call::post(&path).token(&alice).key("c2").json(&json!({"lines": units}));
        let refused = shop.send(call).await;
        assert_problem(&refused, 422, "invalid_request");
        assert_has(&refused.body, &json!({"errors": [{"pointer": pointer, "code": code}]}));
    }
    // Without lines all of it is called off, so null is not the same as nothing.
    let null = Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&alice).json(&json!({"lines": null}));
    assert_problem(&shop.send(null).await, 400, "malformed_body");
    let bob = shop.customer("bob");
    assert_problem(&shop.send(cancel_part(&bob, &id, "c2", &[(1, 1)])).await, 404, "not_found");
    world.assert_unchanged(&shop, "parts that cannot be called off");
    let stale = cancel_part(&alice, &id, "c2", &[(1, 1)]).header("if-match", "\"3\"");
    assert_problem(&shop.send(stale).await, 412, "version_mismatch");
    world.assert_unchanged(&shop, "a part of another version");
}

#[tokio::test]
async fn a_dry_run_says_what_would_go_back_and_changes_nothing() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    let everything = async || {
        let paths = [
            "/api/v1/admin/products/mug/stock",
            "/api/v1/admin/products/plate/stock",
            "/api/v1/admin/coupons/TEN",
        ];
        let mut seen = vec![by_staff(&shop, &id).await, ledger(&shop, &id).await];
        for path in paths {
            seen.push(shop.send(Call::get(path).token(&shop.admin())).await.body);
        }
        seen
    };
    let (before, world) = (everything().await, World::of(&shop));
    let path = format!("/api/v1/orders/{id}/cancel?dry_run=true");
    for (body, back, status) in [
        (json!({"lines": lines(&[(1, 1), (2, 1)])}), "17.23", "confirmed"),
        (json!({"lines": lines(&[(1, 3), (2, 2)])}), "44.10", "cancelled"),
        (json!({"reason": "dear"}), "44.10", "cancelled"),
    ] {
        let seen = shop.send(Call::post(&path).token(&alice).json(&body)).await;
        assert_eq!(seen.status, 200, "{seen:?}");
        assert_has(&seen.body, &json!({"refund_amount": back, "status": status, "dry_run": true}));
    }
    let refused = shop.send(Call::post(&path).token(&alice).json(&json!({"lines": lines(&[(1, 4)])}))).await;
    assert_problem(&refused, 409, "not_enough_units");
    shop.finish().await;
    world.assert_unchanged(&shop, "previews");
    assert_eq!(everything().await, before);
    let done = shop.send(cancel_part(&alice, &id, "c1", &[(1, 1), (2, 1)])).await;
    assert_has(&done.body, &json!({"refund_amount": "17.23", "status": "confirmed"}));
    assert_eq!(done.body.get("dry_run"), None);
}

#[tokio::test]
async fn parcels_are_planned_anew_for_what_is_left() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 4, "pm_card_visa")).await;
    let id = placed.order_id();
    shop.finish().await;
    let weight = |order: &Value| order["shipments"][0]["weight_grams"].as_u64().expect("a weight");
    let four = weight(&by_staff(&shop, &id).await);
    let at_once = shop.send(cancel_part(&alice, &id, "c1", &[(1, 1)])).await;
    assert_has(&at_once.body, &json!({"status": "confirmed", "refund_amount": "12.50"}));
    shop.finish().await;
    let three = by_staff(&shop, &id).await;
    assert_has(&three, &json!({"status": "preparing", "fulfillment_status": "in_progress"}));
    assert!(weight(&three) < four, "{} of {four} g", weight(&three));
    advance(&shop, &id, &["packed"]).await;
    // Customers may not any more, by the policy that holds unless the store says otherwise; staff may.
    assert_problem(&shop.send(cancel_part(&alice, &id, "c2", &[(1, 1)])).await, 409, "order_not_cancellable");
    let by_shop = shop.send(cancel_part(&shop.admin(), &id, "c2", &[(1, 1)])).await;
    assert_has(&by_shop.body, &json!({"status": "confirmed", "refund_amount": "12.50"}));
    shop.finish().await;
    let two = by_staff(&shop, &id).await;
    assert_eq!(
        (&two["status"], weight(&two) < weight(&three)),
        (&json!("preparing"), true),
        "closed parcels are opened"
    );
    assert_eq!(two["shipments"].as_array().map(Vec::len), Some(1), "the old ones are gone");
    advance(&shop, &id, &["packed", "shipped"]).await;
    assert_eq!((shop.units("mug"), money(&shop)), ((8, 0), (5000, 2500)));
    let late = shop.send(cancel_part(&shop.admin(), &id, "c3", &[(1, 1)])).await;
    assert_problem(&late, 409, "order_not_cancellable");
    let names = ["lines_cancelled", "refund_requested", "refunded", "preparing"];
    let seen = by_staff(&shop, &id).await;
    assert_eq!(events(&seen)[5..13], [&names[..], &["packed"], &names[..3]].concat());
    assert_eq!(mails(&shop, "is confirmed").len(), 1, "it is confirmed once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn however_many_call_units_off_at_once_each_unit_goes_back_once() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 5, "pm_card_visa")).await;
    let id = placed.order_id();
    shop.finish().await;
    let shop = Arc::new(shop);
    let mut all = JoinSet::new();
    for at in 0..12 {
        let (shop, call) = (Arc::clone(&shop), cancel_part(&alice, &id, &format!("c{at}"), &[(1, 1)]));
        all.spawn(async move { shop.send(call).await });
    }
    let answers = all.join_all().await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers.iter().filter(|answer| answer.status == 409).count();
    assert_eq!((done, refused), (5, 7), "{answers:#?}");
    shop.finish().await;
    assert_eq!((money(&shop), shop.units("mug")), ((6250, 6250), (10, 0)));
    assert_has(
        &ledger(&shop, &id).await,
        &json!({"owed_amount": "0.00", "balance": "0.00", "refunded_amount": "62.50"}),
    );
}
