//! Money and couriers of orders that leave in parts (A5, C8, C9, C10).

use serde_json::{Value, json};
use tests::{Call, Shop};

use crate::redirects::intents;
use crate::refunds_support::{by_staff, cancel_part, ledger, lines};
use crate::shipments_support::{bought, change, counted, fulfill, moved, two_houses};
use crate::support::{World, assert_has, assert_invalid, assert_problem, get, mails, money};

async fn reserved() -> (Shop, String) {
    let (shop, _) = two_houses().await;
    shop.settings(&json!({"payment": {"capture": "at_shipment"}})).await;
    let id = bought(&shop, "pm_card_visa").await;
    assert_eq!((intents(&shop), money(&shop)), (vec!["requires_capture".to_owned()], (0, 0)));
    (shop, id)
}

#[tokio::test]
async fn what_is_reserved_is_taken_whole_with_the_first_parcel() {
    let (shop, id) = reserved().await;
    let sent = shop.send(fulfill(&shop, &id, "f1", &json!({"lines": lines(&[(1, 1)])}))).await;
    assert_has(&sent.body, &json!({"payment_status": "paid", "status": "preparing"}));
    assert_eq!(money(&shop), (7000, 0));
    shop.send(fulfill(&shop, &id, "f2", &json!({}))).await;
    shop.finish().await;
    assert_eq!((money(&shop), intents(&shop)), ((7000, 0), vec!["succeeded".to_owned()]));
    assert_has(&ledger(&shop, &id).await, &json!({"captured_amount": "70.00", "balance": "0.00"}));
}

#[tokio::test]
async fn what_is_reserved_is_taken_by_the_worker_if_the_provider_is_down_when_the_first_parcel_leaves() {
    let (shop, id) = reserved().await;
    let clock = &shop.twin.cloud.clock;
    shop.twin.cloud.stripe.down_until(clock.now().plus_seconds(3_600).datetime());
    let sent = shop.send(change(&shop, &id, 2, &json!({"status": "shipped"}))).await;
    assert_has(
        &sent.body,
        &json!({"payment_status": "authorized", "fulfillment_status": "partially_fulfilled"}),
    );
    for _ in 0..6 {
        shop.after(900).await;
    }
    assert_eq!(money(&shop), (7000, 0));
    counted(&shop, &id).await;
}

#[tokio::test]
async fn less_is_taken_if_a_part_was_called_off_before_the_first_parcel_left() {
    let (shop, id) = reserved().await;
    let off = shop.send(cancel_part(&shop.customer("alice"), &id, "c1", &[(2, 4)])).await;
    assert_eq!(off.status, 200, "{off:?}");
    shop.finish().await;
    shop.send(fulfill(&shop, &id, "f1", &json!({"lines": lines(&[(1, 1)])}))).await;
    shop.finish().await;
    assert_eq!(money(&shop), (5000, 0));
    assert_has(&ledger(&shop, &id).await, &json!({"owed_amount": "50.00", "balance": "0.00"}));
}

#[tokio::test]
async fn what_is_paid_on_delivery_is_collected_with_the_last_parcel() {
    let (shop, _) = two_houses().await;
    let id = bought(&shop, "cod").await;
    for parcel in [1, 2] {
        moved(&shop, &id, parcel, "shipped").await;
    }
    let first = moved(&shop, &id, 2, "delivered").await;
    assert_has(
        &first,
        &json!({"status": "shipped", "payment_status": "unpaid", "payment": {"captured_amount": "0.00"}}),
    );
    let last = moved(&shop, &id, 1, "delivered").await;
    assert_has(
        &last,
        &json!({"status": "delivered", "payment_status": "paid", "payment": {"captured_amount": "70.00"}}),
    );
    assert_has(&ledger(&shop, &id).await, &json!({"balance": "0.00"}));
}

#[tokio::test]
async fn what_is_paid_on_delivery_is_settled_if_the_rest_is_called_off_after_a_part_arrived() {
    let (shop, alice) = two_houses().await;
    let id = bought(&shop, "cod").await;
    moved(&shop, &id, 2, "shipped").await;
    moved(&shop, &id, 2, "delivered").await;
    let rest = shop.send(cancel_part(&alice, &id, "c1", &[(1, 3), (2, 4)])).await;
    assert_has(
        &rest.body,
        &json!({"status": "delivered", "payment_status": "paid", "refund_amount": "0.00"}),
    );
    shop.finish().await;
    let told = ledger(&shop, &id).await;
    assert_has(&told, &json!({"owed_amount": "12.50", "captured_amount": "12.50", "balance": "0.00"}));
    counted(&shop, &id).await;
}

#[tokio::test]
async fn nothing_leaves_that_is_not_paid() {
    let (shop, _) = two_houses().await;
    let id = bought(&shop, "pm_card_visa").await;
    let back = Call::post(&format!("/api/v1/admin/orders/{id}/refunds")).token(&shop.admin()).key("r1");
    assert_eq!(shop.send(back.json(&json!({}))).await.status, 201);
    shop.finish().await;
    let world = World::of(&shop);
    for body in [json!({}), json!({"lines": lines(&[(1, 1)])})] {
        assert_problem(&shop.send(fulfill(&shop, &id, "f1", &body)).await, 409, "order_not_paid");
    }
    assert_problem(
        &shop.send(change(&shop, &id, 1, &json!({"status": "shipped"}))).await,
        409,
        "order_not_paid",
    );
    world.assert_unchanged(&shop, "what was given back whole");
}

/// Courier and number of each parcel, as somebody sees them.
fn couriers(order: &Value) -> Vec<(&str, &str)> {
    let shipments = order["shipments"].as_array().expect("parcels").iter();
    shipments
        .map(|shipment| {
            let text = |name: &str| shipment["courier"][name].as_str().unwrap_or_default();
            (text("name"), text("tracking_number"))
        })
        .collect()
}

#[tokio::test]
async fn a_named_courier_is_seen_in_the_order_the_tracking_and_the_mail() {
    let (shop, alice) = two_houses().await;
    let id = bought(&shop, "pm_card_visa").await;
    let named = json!({"courier": "Fietskoeriers", "tracking_number": "F-17"});
    let before = shop.send(change(&shop, &id, 2, &named)).await;
    assert_eq!(before.status, 200, "{before:?}");
    let with = json!({"status": "shipped", "courier": "PostNL", "tracking_number": "3SABC",
        "tracking_url": "https://postnl.example/track/3SABC"});
    assert_eq!(shop.send(change(&shop, &id, 1, &with)).await.status, 200);
    shop.finish().await;
    let part = mails(&shop, "A part of your order").pop().expect("a mail");
    for body in [part.text, part.html].into_iter().map(Option::unwrap_or_default) {
        assert!(body.contains("PostNL") && body.contains("3SABC") && !body.contains("F-17"), "{body}");
        assert!(body.contains("https://postnl.example/track/3SABC"), "{body}");
    }
    moved(&shop, &id, 2, "shipped").await;
    shop.finish().await;
    let whole = mails(&shop, "is on its way").pop().expect("a mail");
    let text = whole.text.unwrap_or_default();
    assert!(text.contains("3SABC") && text.contains("F-17"), "{text}");
    let seen = [("PostNL", "3SABC"), ("Fietskoeriers", "F-17")];
    for token in [&alice, &shop.admin()] {
        assert_eq!(couriers(&get(&shop, token, &id).await.body), seen);
        let tracking = shop.send(Call::get(&format!("/api/v1/orders/{id}/tracking")).token(token)).await;
        assert_eq!(couriers(&tracking.body), seen);
    }
    // A better name replaces it, also after the parcel left, and not once it has arrived.
    let better = json!({"courier": "DHL", "tracking_number": "JD01"});
    assert_eq!(shop.send(change(&shop, &id, 2, &better)).await.status, 200);
    let world = World::of(&shop);
    assert_eq!(shop.send(change(&shop, &id, 2, &better)).await.status, 200, "known already");
    world.assert_unchanged(&shop, "the same courier again");
    assert_eq!(couriers(&by_staff(&shop, &id).await)[1], ("DHL", "JD01"));
    for parcel in [1, 2] {
        moved(&shop, &id, parcel, "delivered").await;
    }
    assert_problem(&shop.send(change(&shop, &id, 2, &named)).await, 409, "status_not_reachable");
}

#[tokio::test]
async fn a_courier_without_a_name_or_with_a_wrong_page_is_refused() {
    let (shop, _) = two_houses().await;
    let id = bought(&shop, "pm_card_visa").await;
    let world = World::of(&shop);
    for (body, pointer, code) in [
        (json!({"tracking_number": "3S"}), "/courier", "required"),
        (json!({"courier": "x", "tracking_url": "javascript:alert(1)"}), "/tracking_url", "invalid"),
        (json!({"courier": "x", "tracking_url": "track/3S"}), "/tracking_url", "invalid"),
        (
            json!({"courier": "x", "tracking_url": format!("https://x.example/{}", "x".repeat(500))}),
            "/tracking_url",
            "invalid",
        ),
        (json!({"courier": ""}), "/courier", "out_of_range"),
        (json!({"courier": "x".repeat(201)}), "/courier", "out_of_range"),
        (json!({"courier": "x", "tracking_number": "\n"}), "/tracking_number", "out_of_range"),
    ] {
        assert_invalid(&shop.send(fulfill(&shop, &id, "f1", &body)).await, pointer, code);
        let mut body = body;
        body["status"] = json!("shipped");
        assert_invalid(&shop.send(change(&shop, &id, 1, &body)).await, pointer, code);
    }
    world.assert_unchanged(&shop, "couriers that are none");
}
