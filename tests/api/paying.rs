//! Cards that say no, customers who have to confirm, and what becomes of the goods meanwhile.

use serde_json::{Value, json};
use tests::{Answer, Call, Shop, order};

use crate::support::{
    World, assert_has, assert_problem, authenticate, events, get, mails, money, only_intent, shop,
};

/// How long stock is held unpaid, in seconds.
const HOLD: i64 = 30 * 60;
const THREE_D_SECURE: &str = "pm_card_threeDSecure2Required";

async fn waiting_for_the_bank(card: &str) -> (Shop, String, Answer) {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, card)).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    shop.finish().await;
    (shop, alice, placed)
}

#[tokio::test]
async fn a_declined_card_is_told_with_its_code_and_the_order() {
    let (shop, alice) = shop().await;
    for (key, card, code) in [
        ("k1", "pm_card_visa_chargeDeclined", "generic_decline"),
        ("k2", "pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("k3", "pm_card_visa_chargeDeclinedExpiredCard", "expired_card"),
    ] {
        let call = order(&alice, key, "mug", 2, card);
        let declined = shop.send(call.clone()).await;
        assert_problem(&declined, 402, "payment_declined");
        assert_has(
            &declined.body,
            &json!({"decline_code": code, "order": {"status": "pending", "payment_status": "failed", "total_amount": "25.00",
                "payment": {"failure_code": code, "pay_until": "2026-03-01T10:30:00Z", "captured_amount": "0.00"}}}),
        );
        let world = World::of(&shop);
        let again = shop.send(call).await;
        assert_problem(&again, 402, "payment_declined");
        assert_eq!(again.body["order"], declined.body["order"]);
        world.assert_unchanged(&shop, "the replay of a declined order");
    }
    assert_eq!((shop.units("mug"), money(&shop)), ((4, 6), (0, 0)));
}

#[tokio::test]
async fn a_declined_order_keeps_its_stock_until_the_hold_ends_and_then_gives_it_back() {
    for card in ["pm_card_visa_chargeDeclined", "pm_card_visa_chargeDeclinedInsufficientFunds"] {
        let (shop, alice) = shop().await;
        let declined = shop.send(order(&alice, "k1", "mug", 2, card)).await;
        let id = declined.body["order"]["order_id"].as_str().expect("an id").to_owned();
        shop.finish().await;
        for seconds in [60, HOLD - 61] {
            shop.after(seconds).await;
            let order = get(&shop, &alice, &id).await;
            assert_eq!((&order.body["status"], shop.units("mug")), (&json!("pending"), (8, 2)), "{order:?}");
        }
        shop.after(2).await;
        let order = get(&shop, &alice, &id).await;
        assert_has(
            &order.body,
            &json!({"status": "cancelled", "fulfillment_status": "cancelled", "available_actions": []}),
        );
        assert_eq!((shop.units("mug"), money(&shop)), ((10, 0), (0, 0)));
        assert!(
            shop.twin.cloud.stripe.intents().iter().all(|intent| intent["status"] == "canceled"),
            "nobody can pay it later"
        );
        let told = mails(&shop, "was cancelled");
        let text = told.first().and_then(|mail| mail.text.as_deref()).unwrap_or_default();
        assert!(
            text.contains("We did not receive a payment in time") && text.contains("Nothing was charged."),
            "{text}"
        );
        shop.after(86_400).await;
        assert_eq!(
            (shop.units("mug"), mails(&shop, "").len()),
            ((10, 0), 3),
            "placed, not paid, and cancelled, once each"
        );
    }
}

#[tokio::test]
async fn a_card_that_needs_the_customer_answers_with_what_the_shops_page_needs() {
    let (shop, alice, placed) = waiting_for_the_bank(THREE_D_SECURE).await;
    let intent = only_intent(&shop);
    assert_has(
        &placed.body,
        &json!({"status": "pending", "payment_status": "unpaid",
            "payment": {"requires_action": true, "client_secret": intent["client_secret"], "payment_intent_id": intent["id"],
                "pay_until": "2026-03-01T10:30:00Z"}}),
    );
    assert_eq!(intent["status"], "requires_action");
    assert_eq!((shop.units("mug"), money(&shop)), ((8, 2), (0, 0)));
    let again = shop.send(order(&alice, "k1", "mug", 2, THREE_D_SECURE)).await;
    assert_eq!(
        (again.status, &again.body["payment"]["client_secret"]),
        (200, &intent["client_secret"]),
        "{again:?}"
    );
    let read = get(&shop, &alice, &placed.order_id()).await;
    assert_eq!(
        (&read.body["payment"]["requires_action"], &read.body["payment"]["client_secret"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(mails(&shop, "is confirmed").len(), 0);
}

#[tokio::test]
async fn an_authenticated_payment_confirms_the_order_by_webhook() {
    let (shop, alice, placed) = waiting_for_the_bank(THREE_D_SECURE).await;
    shop.after(600).await;
    assert!(authenticate(&shop, only_intent(&shop)["id"].as_str().expect("an id"), true));
    shop.finish().await;
    let order = get(&shop, &alice, &placed.order_id()).await;
    assert_has(
        &order.body,
        &json!({"status": "preparing", "payment_status": "paid", "payment": {"requires_action": false, "captured_amount": "25.00"}}),
    );
    assert_eq!(
        events(&order.body),
        ["placed", "payment_started", "payment_pending", "paid", "confirmed", "preparing"]
    );
    // Long after the hold, too: a paid order does not expire.
    shop.after(86_400).await;
    let order = get(&shop, &shop.customer("alice"), &placed.order_id()).await;
    assert_eq!(
        (&order.body["status"], shop.units("mug"), money(&shop)),
        (&json!("preparing"), (8, 2), (2500, 0))
    );
    assert_eq!((mails(&shop, "is confirmed").len(), mails(&shop, "").len()), (1, 2));
}

#[tokio::test]
async fn a_failed_authentication_leaves_the_order_unpaid_until_it_expires() {
    for (card, approved, code) in [
        (THREE_D_SECURE, false, "payment_intent_authentication_failure"),
        ("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", true, "insufficient_funds"),
    ] {
        let (shop, alice, placed) = waiting_for_the_bank(card).await;
        assert!(authenticate(&shop, only_intent(&shop)["id"].as_str().expect("an id"), approved));
        shop.finish().await;
        let order = get(&shop, &alice, &placed.order_id()).await;
        assert_has(
            &order.body,
            &json!({"status": "pending", "payment_status": "failed", "payment": {"failure_code": code, "requires_action": false}}),
        );
        assert_eq!(shop.units("mug"), (8, 2));
        shop.after(HOLD + 1).await;
        let order = get(&shop, &alice, &placed.order_id()).await;
        assert_eq!(
            (&order.body["status"], shop.units("mug"), money(&shop)),
            (&json!("cancelled"), (10, 0), (0, 0))
        );
        assert_eq!(only_intent(&shop)["status"], "canceled");
    }
}

#[tokio::test]
async fn a_payment_that_is_never_authenticated_is_called_off_and_the_stock_goes_back() {
    let (shop, alice, placed) = waiting_for_the_bank(THREE_D_SECURE).await;
    // The payment worker's messages wait at most a quarter of an hour: it looks three times.
    for seconds in [60, 900, HOLD - 961] {
        shop.after(seconds).await;
        let order = get(&shop, &alice, &placed.order_id()).await;
        assert_eq!((&order.body["status"], shop.units("mug")), (&json!("pending"), (8, 2)));
    }
    shop.after(2).await;
    let order = get(&shop, &alice, &placed.order_id()).await;
    assert_has(&order.body, &json!({"status": "cancelled", "payment_status": "voided"}));
    assert_eq!(
        order.body["timeline"].as_array().and_then(|all| all.last()).map(|last| &last["actor"]),
        Some(&json!("system"))
    );
    assert_eq!(
        (shop.units("mug"), money(&shop), &only_intent(&shop)["status"]),
        ((10, 0), (0, 0), &json!("canceled"))
    );
    assert_eq!(mails(&shop, "was cancelled").len(), 1);
    assert!(!authenticate(&shop, only_intent(&shop)["id"].as_str().expect("an id"), true), "it is too late");
    let again = shop.send(self::order(&alice, "k1", "mug", 2, THREE_D_SECURE)).await;
    assert_has(
        &again.body,
        &json!({"order_id": placed.order_id(), "status": "cancelled", "payment": {"requires_action": false}}),
    );
    assert_eq!((again.status, shop.units("mug")), (200, (10, 0)));
}

#[tokio::test]
async fn a_charge_whose_answer_was_lost_is_found_and_not_taken_twice() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_twin_chargedWithServerError")).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    shop.finish().await;
    shop.after(60).await;
    let order = get(&shop, &alice, &placed.order_id()).await;
    assert_has(&order.body, &json!({"status": "preparing", "payment_status": "paid"}));
    assert_eq!(
        (shop.units("mug"), money(&shop), &only_intent(&shop)["status"]),
        ((8, 2), (2500, 0), &json!("succeeded"))
    );
}

#[tokio::test]
async fn an_order_whose_payment_could_not_be_asked_for_is_paid_by_the_worker() {
    let (shop, alice) = shop().await;
    let key = json!({"api_key": "sk_revoked", "webhook_secret": "whsec_twin"}).to_string();
    let now = || shop.twin.cloud.clock.now().datetime();
    shop.twin.cloud.secrets.put(now(), "StripeSecret", &key).expect("the secret is stored");
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    assert_has(
        &placed.body,
        &json!({"status": "pending", "payment_status": "unpaid", "payment": {"requires_action": false}}),
    );
    assert!(shop.twin.cloud.stripe.intents().is_empty());
    let key = json!({"api_key": local::cloud::STRIPE_API_KEY, "webhook_secret": "whsec_twin"}).to_string();
    shop.twin.cloud.secrets.put(now(), "StripeSecret", &key).expect("the secret is stored");
    shop.finish().await;
    shop.after(60).await;
    let order = get(&shop, &alice, &placed.order_id()).await;
    assert_has(&order.body, &json!({"status": "preparing", "payment_status": "paid"}));
    assert_eq!((money(&shop), only_intent(&shop)["amount"].as_i64()), ((2500, 0), Some(2500)));
}

#[tokio::test]
async fn an_order_expires_even_if_stripe_refuses_our_key_all_the_while() {
    let (shop, alice) = shop().await;
    let secret = json!({"api_key": "sk_revoked", "webhook_secret": "whsec_twin"}).to_string();
    let now = shop.twin.cloud.clock.now().datetime();
    shop.twin.cloud.secrets.put(now, "StripeSecret", &secret).expect("the secret is stored");
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    assert_eq!((placed.status, shop.units("mug")), (201, (8, 2)), "{placed:?}");
    for _ in 0..120 {
        shop.after(30).await;
    }
    let order = get(&shop, &alice, &placed.order_id()).await;
    assert_eq!(
        (&order.body["status"], shop.units("mug"), money(&shop)),
        (&json!("cancelled"), (10, 0), (0, 0))
    );
    assert_eq!(mails(&shop, "was cancelled").len(), 1);
}

#[tokio::test]
async fn an_amount_that_stripe_cannot_take_holds_no_stock_for_ever() {
    let (shop, alice) = shop().await;
    // ISO 4217 gives the ariary two decimals, Stripe counts it whole.
    let ariary = json!({"name": "Mug", "price": "7.01", "currency": "MGA", "weight_grams": 300});
    let put = shop.send(Call::put("/api/v1/admin/products/mug").token(&shop.admin()).json(&ariary)).await;
    assert_eq!(put.status, 200, "{put:?}");
    shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    assert_eq!(shop.units("mug"), (8, 2));
    for _ in 0..120 {
        shop.after(30).await;
    }
    assert_eq!((shop.units("mug"), shop.twin.cloud.stripe.intents()), ((10, 0), vec![]));
}

#[tokio::test]
async fn a_card_that_cannot_exist_leaves_time_for_another_until_the_hold_is_over() {
    let (shop, alice) = shop().await;
    let call = order(&alice, "k1", "mug", 10, "pm_card_nobody_knows");
    let declined = shop.send(call.clone()).await;
    assert_problem(&declined, 402, "payment_declined");
    assert_has(
        &declined.body,
        &json!({"decline_code": "resource_missing",
            "order": {"status": "pending", "payment_status": "failed", "available_actions": ["pay", "cancel", "cancel_lines"]}}),
    );
    assert_problem(&shop.send(call).await, 402, "payment_declined");
    assert_eq!(shop.units("mug"), (0, 10));
    for _ in 0..4 {
        shop.after(10 * 60).await;
    }
    assert_eq!(shop.units("mug"), (10, 0));
    assert_eq!(mails(&shop, "was cancelled").len(), 1);
    assert_eq!(shop.send(order(&alice, "k2", "mug", 10, "pm_card_visa")).await.status, 201);
}

#[tokio::test]
async fn a_declined_customer_gets_what_is_needed_to_try_another_card() {
    let (shop, alice) = shop().await;
    let declined = shop.send(order(&alice, "k1", "mug", 1, "pm_card_visa_chargeDeclined")).await;
    assert!(declined.body["order"]["payment"]["client_secret"].is_string(), "{declined:?}");
}
