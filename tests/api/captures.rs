//! Money that is reserved when the customer pays and taken when the order is shipped (A5).

use serde_json::{Value, json};
use std::time::Duration;
use tests::{Call, Shop, order};

use crate::payments_later::{THREE_D_SECURE, pay, unpaid};
use crate::redirects::{BACK, body, intents, page_of, paid_on};
use crate::refunds_support::{
    DAY, advance, by_staff, cancel_part, card, dined, entries, ledger, priced_with, refund,
};
use crate::support::{
    World, assert_has, assert_problem, authenticate, due, events, get, mails, money, only_intent, place,
    refunds, webhook,
};

const HOUR: i64 = 60 * 60;

fn at_shipment() -> Value {
    json!({"payment": {"capture": "at_shipment", "return_origins": ["https://shop.example"]}})
}

/// A shop that takes money at shipment: ten mugs at 12.50 and no taxes.
async fn shop() -> (Shop, String) {
    let (shop, alice) = crate::support::shop().await;
    shop.settings(&at_shipment()).await;
    (shop, alice)
}

/// A shop with an order for two mugs whose money is reserved, and which is being prepared.
async fn reserved(name: &str) -> (Shop, String, String) {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, name)).await;
    assert_has(
        &placed.body,
        &json!({"status": "confirmed", "payment_status": "authorized",
            "payment": {"authorized_amount": "25.00", "captured_amount": "0.00", "balance": "25.00"}}),
    );
    shop.finish().await;
    assert_eq!((intents(&shop), money(&shop)), (vec!["requires_capture".to_owned()], (0, 0)));
    (shop, alice, placed.order_id())
}

fn stripe_is_down(shop: &Shop, hours: u64) {
    let now = shop.twin.cloud.clock.now().datetime();
    shop.twin.cloud.stripe.down_until(now + Duration::from_secs(hours * 3600));
}

#[tokio::test]
async fn reserved_money_is_taken_when_the_order_is_shipped_and_not_before() {
    let (shop, alice, id) = reserved("pm_card_visa").await;
    assert_has(
        &get(&shop, &alice, &id).await.body,
        &json!({"status": "preparing", "payment_status": "authorized"}),
    );
    assert_eq!(mails(&shop, "is confirmed").len(), 1);
    advance(&shop, &id, &["packed"]).await;
    shop.after(3 * DAY).await;
    assert_eq!(money(&shop), (0, 0));
    let call = Call::new("PATCH", &format!("/api/v1/orders/{id}/status")).token(&shop.admin());
    let shipped = shop.send(call.json(&json!({"status": "shipped"}))).await;
    assert_has(&shipped.body, &json!({"status": "shipped", "payment_status": "paid"}));
    assert_eq!((money(&shop), intents(&shop)), ((2500, 0), vec!["succeeded".to_owned()]));
    shop.finish().await;
    shop.after(30 * DAY).await;
    let seen = by_staff(&shop, &id).await;
    let names = [
        "placed",
        "payment_started",
        "payment_authorized",
        "confirmed",
        "preparing",
        "packed",
        "shipped",
        "paid",
    ];
    assert_eq!(events(&seen), names);
    assert_has(
        &seen["payment"],
        &json!({"authorized_amount": "0.00", "captured_amount": "25.00", "balance": "0.00"}),
    );
    let told = ledger(&shop, &id).await;
    assert_eq!(entries(&told), [("charge", "25.00"), ("authorization", "25.00"), ("capture", "25.00")]);
    assert_eq!(money(&shop), (2500, 0));
}

#[tokio::test]
async fn what_is_taken_is_what_is_owed_then_and_the_rest_is_free_again() {
    let (shop, alice) = priced_with(&at_shipment()).await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    let cancelled = shop.send(cancel_part(&alice, &id, "c1", &[(1, 1), (2, 1)])).await;
    assert_has(&cancelled.body, &json!({"payment_status": "authorized", "refund_amount": "0.00"}));
    shop.finish().await;
    assert_has(
        &ledger(&shop, &id).await,
        &json!({"owed_amount": "26.87", "authorized_amount": "44.10", "refundable_amount": "0.00"}),
    );
    let early = shop.send(refund(&shop, &id, "r1", &json!({}))).await;
    assert_problem(&early, 409, "nothing_to_refund");
    advance(&shop, &id, &["packed", "shipped"]).await;
    assert_eq!((money(&shop), refunds(&shop)), ((2687, 0), json!([])));
    shop.finish().await;
    shop.after(8 * DAY).await;
    let seen = by_staff(&shop, &id).await;
    assert_has(
        &seen,
        &json!({"status": "shipped", "payment_status": "paid",
            "payment": {"captured_amount": "26.87", "refunded_amount": "0.00", "authorized_amount": "0.00", "balance": "0.00"}}),
    );
    let told = ledger(&shop, &id).await;
    assert_eq!(
        entries(&told),
        [
            ("charge", "44.10"),
            ("authorization", "44.10"),
            ("credit", "17.23"),
            ("capture", "26.87"),
            ("void", "17.23")
        ]
    );
    let back = shop.send(refund(&shop, &id, "r1", &json!({}))).await;
    assert_has(&back.body, &json!({"amount": "26.87", "payment_status": "refunded"}));
    assert_eq!(money(&shop), (2687, 2687));
    shop.finish().await;
    ledger(&shop, &id).await;
}

#[tokio::test]
async fn money_reserved_on_the_providers_page_is_taken_at_shipment_too() {
    let (shop, alice) = shop().await;
    let placed = shop.send(place(&alice, "k1", &body(BACK))).await;
    let id = placed.order_id();
    paid_on(&shop, &page_of(&placed));
    shop.finish().await;
    assert_has(
        &get(&shop, &alice, &id).await.body,
        &json!({"status": "preparing", "payment_status": "authorized", "payment": {"authorized_amount": "25.00"}}),
    );
    assert_eq!(money(&shop), (0, 0));
    shop.send(cancel_part(&alice, &id, "c1", &[(1, 1)])).await;
    shop.finish().await;
    advance(&shop, &id, &["packed", "shipped"]).await;
    shop.finish().await;
    assert_eq!((money(&shop), intents(&shop)), ((1250, 0), vec!["succeeded".to_owned()]));
    assert_has(
        &by_staff(&shop, &id).await,
        &json!({"payment_status": "paid", "payment": {"captured_amount": "12.50"}}),
    );
    ledger(&shop, &id).await;
}

#[tokio::test]
async fn a_bank_that_asks_first_reserves_and_a_payment_later_reserves_what_is_owed() {
    let (shop, alice) = shop().await;
    let asked = shop.send(order(&alice, "k1", "mug", 2, THREE_D_SECURE)).await.order_id();
    assert!(authenticate(&shop, only_intent(&shop)["id"].as_str().expect("an id"), true));
    shop.finish().await;
    let later = shop.send(unpaid(&alice, "k2")).await.order_id();
    shop.send(cancel_part(&alice, &later, "c1", &[(1, 1)])).await;
    shop.send(pay(&alice, &later, "p1", &card("pm_card_visa"))).await;
    shop.finish().await;
    for (id, amount) in [(&asked, "25.00"), (&later, "12.50")] {
        let seen = by_staff(&shop, id).await;
        assert_has(
            &seen,
            &json!({"status": "preparing", "payment_status": "authorized", "payment": {"authorized_amount": amount}}),
        );
        advance(&shop, id, &["shipped"]).await;
        assert_has(
            &by_staff(&shop, id).await["payment"],
            &json!({"captured_amount": amount, "balance": "0.00"}),
        );
    }
    assert_eq!(money(&shop), (3750, 0));
}

#[tokio::test]
async fn an_order_that_is_called_off_before_it_is_shipped_frees_what_is_reserved() {
    let all = |id: &str, token: &str| Call::post(&format!("/api/v1/orders/{id}/cancel")).token(token);
    for by_parts in [false, true] {
        let (shop, alice, id) = reserved("pm_card_visa").await;
        let call = if by_parts { cancel_part(&alice, &id, "c1", &[(1, 2)]) } else { all(&id, &alice) };
        let cancelled = shop.send(call).await;
        assert_has(
            &cancelled.body,
            &json!({"status": "cancelled", "payment_status": "voided", "refund_amount": "0.00"}),
        );
        assert_eq!((intents(&shop), shop.units("mug")), (vec!["canceled".to_owned()], (10, 0)));
        shop.finish().await;
        shop.after(DAY).await;
        assert_eq!((money(&shop), refunds(&shop)), ((0, 0), json!([])), "no money moved");
        let told = ledger(&shop, &id).await;
        assert_has(
            &told,
            &json!({"authorized_amount": "0.00", "captured_amount": "0.00", "owed_amount": "0.00", "balance": "0.00"}),
        );
        assert_eq!(events(&by_staff(&shop, &id).await).last(), Some(&"payment_voided"));
        let text = mails(&shop, "was cancelled")[0].text.clone().unwrap_or_default();
        assert!(text.contains("Nothing was charged."), "{text}");
    }
}

#[tokio::test]
async fn a_hold_that_lapses_calls_off_what_has_not_left() {
    let (shop, _, id) = reserved("pm_card_visa").await;
    shop.after(7 * DAY - 60).await;
    assert_has(&by_staff(&shop, &id).await, &json!({"status": "preparing", "payment_status": "authorized"}));
    shop.after(120).await;
    let seen = by_staff(&shop, &id).await;
    assert_has(
        &seen,
        &json!({"status": "cancelled", "payment_status": "voided", "fulfillment_status": "cancelled",
            "payment": {"authorized_amount": "0.00", "captured_amount": "0.00"}}),
    );
    let mut timeline = seen["timeline"].as_array().into_iter().flatten().rev();
    let last = timeline.find(|event| event["type"] != "bill_issued");
    assert_has(
        last.expect("events"),
        &json!({"type": "cancelled", "reason": "authorization_expired", "actor": "payment_provider"}),
    );
    assert_eq!((shop.units("mug"), money(&shop)), ((10, 0), (0, 0)));
    assert_eq!(mails(&shop, "was cancelled").len(), 1);
    let world = World::of(&shop);
    shop.after(DAY).await;
    world.assert_unchanged(&shop, "another day");
    ledger(&shop, &id).await;
}

#[tokio::test]
async fn a_hold_that_lapses_while_nobody_listens_is_found_out_when_the_order_is_shipped() {
    let (shop, _, id) = reserved("pm_card_visa").await;
    shop.twin.cloud.clock.advance((7 * DAY + 60) * 1000);
    // The webhooks about it are lost.
    for delivery in due(&shop) {
        shop.twin.cloud.stripe.delivered(shop.twin.cloud.clock.now().datetime(), &delivery.id, 200);
    }
    advance(&shop, &id, &["packed", "shipped"]).await;
    shop.finish().await;
    let seen = by_staff(&shop, &id).await;
    assert_has(
        &seen,
        &json!({"status": "shipped", "payment_status": "failed", "payment": {"balance": "25.00"}}),
    );
    assert_has(
        &ledger(&shop, &id).await,
        &json!({"captured_amount": "0.00", "authorized_amount": "0.00", "balance": "25.00"}),
    );
    assert_eq!(money(&shop), (0, 0));
}

#[tokio::test]
async fn what_was_shipped_while_the_provider_was_down_is_paid_afterwards() {
    let (shop, alice, id) = reserved("pm_card_visa").await;
    shop.send(cancel_part(&alice, &id, "c1", &[(1, 1)])).await;
    shop.finish().await;
    stripe_is_down(&shop, 6);
    advance(&shop, &id, &["packed", "shipped"]).await;
    for _ in 0..5 {
        shop.after(HOUR).await;
        assert_has(
            &by_staff(&shop, &id).await,
            &json!({"status": "shipped", "payment_status": "authorized"}),
        );
    }
    // Delivered before it is paid: it is owed all the same.
    advance(&shop, &id, &["delivered"]).await;
    for _ in 0..2 {
        shop.after(HOUR).await;
    }
    assert_has(
        &by_staff(&shop, &id).await,
        &json!({"status": "delivered", "payment_status": "paid", "payment": {"captured_amount": "12.50", "balance": "0.00"}}),
    );
    assert_eq!((money(&shop), shop.twin.cloud.sqs.messages("PaymentDeadLetters").len()), ((1250, 0), 0));
    ledger(&shop, &id).await;
}

#[tokio::test]
async fn an_order_called_off_while_the_provider_is_down_is_never_paid() {
    let (shop, alice, id) = reserved("pm_card_visa").await;
    stripe_is_down(&shop, 6);
    let cancelled = shop.send(Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&alice)).await;
    assert_has(&cancelled.body, &json!({"status": "cancelled", "payment_status": "voided"}));
    assert_eq!((intents(&shop), shop.units("mug")), (vec!["requires_capture".to_owned()], (10, 0)));
    for _ in 0..8 {
        shop.after(HOUR).await;
    }
    assert_eq!((intents(&shop), money(&shop)), (vec!["canceled".to_owned()], (0, 0)));
    assert_has(&ledger(&shop, &id).await, &json!({"authorized_amount": "0.00", "balance": "0.00"}));
}

#[tokio::test]
async fn webhooks_of_a_capture_that_come_doubled_and_late_change_nothing() {
    let (shop, _, id) = reserved("pm_card_visa").await;
    advance(&shop, &id, &["packed", "shipped"]).await;
    let told = due(&shop);
    assert!(!told.is_empty());
    shop.finish().await;
    let world = World::of(&shop);
    for delivery in told.iter().chain(told.iter().rev()) {
        assert_eq!(shop.send(webhook(&delivery.body, &delivery.signature)).await.status, 200);
    }
    shop.finish().await;
    world.assert_unchanged(&shop, "doubled webhooks");
}

#[tokio::test]
async fn an_order_keeps_the_moment_of_capture_of_its_placement() {
    let (shop, _, id) = reserved("pm_card_visa").await;
    shop.settings(&json!({"payment": {"capture": "immediately"}})).await;
    let alice = shop.customer("alice");
    let now = shop.send(order(&alice, "k2", "mug", 1, "pm_card_visa")).await;
    assert_has(&now.body, &json!({"payment_status": "paid"}));
    shop.settings(&at_shipment()).await;
    shop.finish().await;
    assert_eq!(by_staff(&shop, &id).await["payment_status"], "authorized");
    advance(&shop, &id, &["shipped"]).await;
    assert_eq!(
        (by_staff(&shop, &id).await["payment_status"].clone(), money(&shop)),
        (json!("paid"), (3750, 0))
    );
}
