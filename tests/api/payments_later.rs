//! Orders that are placed unpaid, and orders that are paid in another way than they began.

use serde_json::{Value, json};
use tests::{Call, Shop, order, order_body};

use crate::support::{
    World, assert_has, assert_problem, authenticate, events, get, mails, money, only_intent, shop,
};

/// A card whose bank asks the customer.
pub const THREE_D_SECURE: &str = "pm_card_threeDSecure2Required";

/// `POST /orders` for two mugs, to be paid later.
pub fn unpaid(token: &str, key: &str) -> Call {
    let mut body = order_body("mug", 2, "cod");
    body.as_object_mut().expect("an object").remove("payment");
    body["create_payment"] = json!(false);
    Call::post("/api/v1/orders").token(token).key(key).json(&body)
}

/// A payment by card.
pub fn card(payment_method: &str) -> Value {
    json!({"method": "card", "payment_method_id": payment_method})
}

/// A payment in cash on delivery.
pub fn cod() -> Value {
    json!({"method": "cod"})
}

/// `POST /orders/{id}/payments`.
pub fn pay(token: &str, id: &str, key: &str, choice: &Value) -> Call {
    Call::post(&format!("/api/v1/orders/{id}/payments")).token(token).key(key).json(choice)
}

/// A shop with an unpaid order of Alice's.
async fn placed_unpaid() -> (Shop, String, String) {
    let (shop, alice) = shop().await;
    let placed = shop.send(unpaid(&alice, "k1")).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    (shop, alice, placed.order_id())
}

/// States of all payments at Stripe, oldest first.
pub fn states(shop: &Shop) -> Vec<String> {
    let intents = shop.twin.cloud.stripe.intents();
    intents.iter().map(|intent| intent["status"].as_str().expect("a status").to_owned()).collect()
}

fn set_stripe_key(shop: &Shop, key: &str) {
    let secret = json!({"api_key": key, "webhook_secret": local::cloud::STRIPE_WEBHOOK_SECRET}).to_string();
    let now = shop.twin.cloud.clock.now().datetime();
    shop.twin.cloud.secrets.put(now, "StripeSecret", &secret).expect("the secret is stored");
}

#[tokio::test]
async fn an_order_to_be_paid_later_waits_for_its_payment_and_holds_its_stock() {
    let (shop, alice) = shop().await;
    let mut with_a_choice = order_body("mug", 2, "pm_card_visa");
    with_a_choice["create_payment"] = json!(false);
    let with_a_choice = Call::post("/api/v1/orders").token(&alice).key("k2").json(&with_a_choice);
    for call in [unpaid(&alice, "k1"), with_a_choice] {
        let placed = shop.send(call.clone()).await;
        assert_eq!(placed.status, 201, "{placed:?}");
        assert_has(
            &placed.body,
            &json!({"status": "pending", "payment_status": "unpaid", "payment_type": "later",
                "available_actions": ["pay", "cancel", "cancel_lines"],
                "payment": {"method": "later", "requires_action": false, "captured_amount": "0.00",
                    "pay_until": "2026-03-02T10:00:00Z"}}),
        );
        let world = World::of(&shop);
        let again = shop.send(call).await;
        assert_eq!((again.status, &again.body), (200, &placed.body));
        world.assert_unchanged(&shop, "a replay");
    }
    shop.finish().await;
    assert_eq!((shop.units("mug"), states(&shop)), ((6, 4), vec![]));
    assert_eq!((mails(&shop, "").len(), mails(&shop, "is confirmed").len()), (2, 0));
}

#[tokio::test]
async fn an_order_that_nobody_pays_is_called_off_when_its_time_is_over() {
    let (shop, alice) = shop().await;
    shop.settings(&json!({"payment": {"unpaid_hold_minutes": 90, "hold_minutes": 10}})).await;
    let placed = shop.send(unpaid(&alice, "k1")).await;
    assert_eq!(placed.body["payment"]["pay_until"], "2026-03-01T11:30:00Z");
    shop.finish().await;
    for minutes in [1, 15, 30, 43] {
        shop.after(minutes * 60).await;
        let order = get(&shop, &alice, &placed.order_id()).await;
        assert_eq!((&order.body["status"], shop.units("mug")), (&json!("pending"), (8, 2)), "{order:?}");
    }
    shop.after(62).await;
    let order = get(&shop, &alice, &placed.order_id()).await;
    assert_has(
        &order.body,
        &json!({"status": "cancelled", "payment_status": "voided", "available_actions": []}),
    );
    assert_eq!(events(&order.body), ["placed", "cancelled"]);
    assert_eq!((shop.units("mug"), states(&shop)), ((10, 0), vec![]));
    let told = mails(&shop, "was cancelled");
    let text = told.first().and_then(|mail| mail.text.as_deref()).unwrap_or_default();
    assert!(text.contains("We did not receive a payment in time"), "{text}");
    let late = shop.send(pay(&alice, &placed.order_id(), "p1", &card("pm_card_visa"))).await;
    assert_problem(&late, 409, "order_not_payable");
    assert_eq!((states(&shop), mails(&shop, "").len()), (vec![], 2));
}

#[tokio::test]
async fn the_moment_that_its_time_is_over_an_order_takes_no_payment_even_if_no_worker_came_by() {
    let (shop, alice, id) = placed_unpaid().await;
    shop.twin.cloud.clock.advance(24 * 60 * 60 * 1000);
    // Tokens are good for a day.
    let later = shop.customer("alice");
    let world = World::of(&shop);
    for choice in [card("pm_card_visa"), cod()] {
        assert_problem(&shop.send(pay(&later, &id, "p1", &choice)).await, 409, "order_not_payable");
    }
    world.assert_unchanged(&shop, "a payment that came too late");
    shop.twin.cloud.clock.advance(-1000);
    assert_eq!(shop.send(pay(&alice, &id, "p1", &card("pm_card_visa"))).await.status, 200);
    shop.after(86_400).await;
    assert_eq!((shop.units("mug"), money(&shop)), ((8, 2), (2500, 0)));
}

#[tokio::test]
async fn an_unpaid_order_is_paid_by_card_once_under_its_key() {
    let (shop, alice, id) = placed_unpaid().await;
    let call = pay(&alice, &id, "p1", &card("pm_card_visa"));
    let paid = shop.send(call.clone()).await;
    assert_eq!(paid.status, 200, "{paid:?}");
    assert_has(
        &paid.body,
        &json!({"order_id": id, "status": "confirmed", "payment_status": "paid", "payment_type": "card",
            "payment": {"method": "card", "captured_amount": "25.00", "payment_intent_id": only_intent(&shop)["id"]}}),
    );
    assert_eq!(events(&paid.body), ["placed", "payment_chosen", "payment_started", "paid", "confirmed"]);
    let world = World::of(&shop);
    let again = shop.send(call).await;
    assert_eq!((again.status, &again.body), (200, &paid.body));
    for other in [card("pm_card_mastercard"), cod()] {
        let reused = shop.send(pay(&alice, &id, "p1", &other)).await;
        assert_problem(&reused, 422, "idempotency_key_reused");
    }
    for other in [card("pm_card_visa"), cod()] {
        let second = shop.send(pay(&alice, &id, "p2", &other)).await;
        assert_problem(&second, 409, "order_not_payable");
        assert_eq!(second.body["order_status"], "confirmed");
    }
    world.assert_unchanged(&shop, "requests to pay what is paid");
    shop.finish().await;
    shop.after(2 * 86_400).await;
    let order = get(&shop, &shop.customer("alice"), &id).await;
    assert_eq!((&order.body["status"], money(&shop)), (&json!("preparing"), (2500, 0)));
    assert_eq!((shop.units("mug"), mails(&shop, "is confirmed").len()), ((8, 2), 1));
}

#[tokio::test]
async fn an_unpaid_order_is_confirmed_by_choosing_cash_on_delivery() {
    let (shop, alice, id) = placed_unpaid().await;
    let call = pay(&alice, &id, "p1", &cod());
    let chosen = shop.send(call.clone()).await;
    assert_eq!(chosen.status, 200, "{chosen:?}");
    assert_has(
        &chosen.body,
        &json!({"status": "confirmed", "payment_status": "unpaid", "payment_type": "cod", "available_actions": ["cancel", "cancel_lines"]}),
    );
    assert_eq!(events(&chosen.body), ["placed", "payment_chosen", "confirmed"]);
    let again = shop.send(call).await;
    assert_eq!((again.status, &again.body), (200, &chosen.body));
    let other = shop.send(pay(&alice, &id, "p1", &card("pm_card_visa"))).await;
    assert_problem(&other, 422, "idempotency_key_reused");
    shop.finish().await;
    shop.after(2 * 86_400).await;
    let order = get(&shop, &shop.customer("alice"), &id).await;
    assert_eq!((&order.body["status"], states(&shop)), (&json!("preparing"), vec![]));
    assert_eq!((shop.units("mug"), mails(&shop, "is confirmed").len()), ((8, 2), 1));
}

#[tokio::test]
async fn a_declined_card_is_followed_by_another_and_charged_once() {
    let (shop, alice, id) = placed_unpaid().await;
    let call = pay(&alice, &id, "p1", &card("pm_card_visa_chargeDeclinedInsufficientFunds"));
    let declined = shop.send(call.clone()).await;
    assert_problem(&declined, 402, "payment_declined");
    assert_has(
        &declined.body,
        &json!({"decline_code": "insufficient_funds",
            "order": {"order_id": id, "status": "pending", "payment_status": "failed", "available_actions": ["pay", "cancel", "cancel_lines"]}}),
    );
    let world = World::of(&shop);
    let again = shop.send(call).await;
    assert_problem(&again, 402, "payment_declined");
    world.assert_unchanged(&shop, "the same request again");
    shop.finish().await;
    assert_problem(
        &shop.send(pay(&alice, &id, "p2", &card("pm_card_visa_chargeDeclined"))).await,
        402,
        "payment_declined",
    );
    let paid = shop.send(pay(&alice, &id, "p3", &card("pm_card_visa"))).await;
    assert_eq!(paid.status, 200, "{paid:?}");
    assert_has(&paid.body, &json!({"status": "confirmed", "payment_status": "paid"}));
    assert_eq!(states(&shop), ["canceled", "canceled", "succeeded"]);
    let replaced = events(&paid.body).iter().filter(|name| **name == "payment_replaced").count();
    assert_eq!((replaced, money(&shop)), (2, (2500, 0)));
    let first =
        shop.send(pay(&alice, &id, "p1", &card("pm_card_visa_chargeDeclinedInsufficientFunds"))).await;
    assert_eq!((first.status, &first.body["payment_status"]), (200, &json!("paid")), "{first:?}");
    shop.finish().await;
    shop.after(2 * 86_400).await;
    assert_eq!((states(&shop).len(), money(&shop), shop.units("mug")), (3, (2500, 0), (8, 2)));
}

#[tokio::test]
async fn a_card_that_does_not_exist_is_declined_and_another_can_be_named() {
    let (shop, alice, id) = placed_unpaid().await;
    let declined = shop.send(pay(&alice, &id, "p1", &card("pm_card_nobody_knows"))).await;
    assert_problem(&declined, 402, "payment_declined");
    assert_has(&declined.body, &json!({"decline_code": "resource_missing", "order": {"status": "pending"}}));
    shop.finish().await;
    assert_eq!((shop.units("mug"), states(&shop)), ((8, 2), vec![]));
    let paid = shop.send(pay(&alice, &id, "p2", &card("pm_card_visa"))).await;
    assert_has(&paid.body, &json!({"status": "confirmed", "payment_status": "paid"}));
    assert_eq!(money(&shop), (2500, 0));
}

#[tokio::test]
async fn an_order_that_was_declined_when_it_was_placed_is_paid_with_another_card() {
    let (shop, alice) = shop().await;
    let declined = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa_chargeDeclined")).await;
    let id = declined.body["order"]["order_id"].as_str().expect("an id").to_owned();
    let paid = shop.send(pay(&alice, &id, "p1", &card("pm_card_visa"))).await;
    assert_has(&paid.body, &json!({"status": "confirmed", "payment_status": "paid"}));
    assert_eq!((states(&shop), money(&shop)), (vec!["canceled".into(), "succeeded".into()], (2500, 0)));
    shop.finish().await;
    let refund = shop.send(Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&alice)).await;
    assert_eq!((refund.status, &refund.body["payment_status"]), (200, &json!("refunded")));
    assert_eq!((money(&shop), shop.units("mug")), ((2500, 2500), (10, 0)));
}

/// A shop with an order whose card waits for the customer.
async fn waiting_for_the_bank() -> (Shop, String, String, String) {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, THREE_D_SECURE)).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    shop.finish().await;
    let intent = only_intent(&shop)["id"].as_str().expect("an id").to_owned();
    (shop, alice, placed.order_id(), intent)
}

#[tokio::test]
async fn cash_on_delivery_is_taken_only_after_the_card_was_called_off() {
    let (shop, alice, id, intent) = waiting_for_the_bank().await;
    let chosen = shop.send(pay(&alice, &id, "p1", &cod())).await;
    assert_has(
        &chosen.body,
        &json!({"status": "confirmed", "payment_status": "unpaid", "payment_type": "cod",
            "payment": {"requires_action": false}}),
    );
    assert_eq!(
        events(&chosen.body),
        ["placed", "payment_started", "payment_pending", "payment_chosen", "payment_replaced", "confirmed"]
    );
    assert_eq!(states(&shop), ["canceled"]);
    assert!(!authenticate(&shop, &intent, true), "nobody can pay by card any more");
    shop.finish().await;
    shop.after(86_400).await;
    assert_eq!((money(&shop), shop.units("mug")), ((0, 0), (8, 2)));
}

#[tokio::test]
async fn cash_on_delivery_is_not_taken_while_the_card_could_still_be_charged() {
    let (shop, alice, id, intent) = waiting_for_the_bank().await;
    set_stripe_key(&shop, "sk_revoked");
    let call = pay(&alice, &id, "p1", &cod());
    let chosen = shop.send(call.clone()).await;
    assert_eq!(chosen.status, 200, "{chosen:?}");
    assert_has(
        &chosen.body,
        &json!({"status": "pending", "payment_status": "unpaid", "available_actions": ["cancel", "cancel_lines"]}),
    );
    shop.finish().await;
    assert_eq!((states(&shop), mails(&shop, "is confirmed").len()), (vec!["requires_action".to_owned()], 0));
    let other = shop.send(pay(&alice, &id, "p2", &card("pm_card_visa"))).await;
    assert_problem(&other, 409, "payment_in_progress");
    assert!(other.header("retry-after").is_some(), "{other:?}");
    set_stripe_key(&shop, local::cloud::STRIPE_API_KEY);
    shop.after(61).await;
    let order = get(&shop, &alice, &id).await;
    assert_has(&order.body, &json!({"status": "preparing", "payment_type": "cod"}));
    assert_eq!((states(&shop), money(&shop)), (vec!["canceled".to_owned()], (0, 0)));
    assert!(!authenticate(&shop, &intent, true));
    assert_eq!(shop.send(call).await.status, 200);
}

#[tokio::test]
async fn a_card_that_is_charged_while_the_customer_switches_pays_the_order() {
    for choice in [cod(), card("pm_card_visa")] {
        let (shop, alice, id, intent) = waiting_for_the_bank().await;
        // The bank says yes, and nobody has told us yet.
        assert!(authenticate(&shop, &intent, true));
        let chosen = shop.send(pay(&alice, &id, "p1", &choice)).await;
        assert_eq!(chosen.status, 200, "{chosen:?}");
        assert_has(
            &chosen.body,
            &json!({"status": "confirmed", "payment_status": "paid",
                "payment": {"payment_intent_id": intent, "captured_amount": "25.00"}}),
        );
        shop.finish().await;
        shop.after(86_400).await;
        assert_eq!((states(&shop), money(&shop)), (vec!["succeeded".to_owned()], (2500, 0)));
        let alice = shop.customer("alice");
        let order = get(&shop, &alice, &id).await;
        assert_has(&order.body, &json!({"status": "preparing", "payment_status": "paid"}));
        shop.send(Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&alice)).await;
        assert_eq!((money(&shop), shop.units("mug")), ((2500, 2500), (10, 0)));
    }
}

#[tokio::test]
async fn an_order_that_is_over_takes_no_payment() {
    let (shop, alice, id) = placed_unpaid().await;
    shop.send(Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&alice)).await;
    shop.finish().await;
    let world = World::of(&shop);
    for choice in [card("pm_card_visa"), cod()] {
        let refused = shop.send(pay(&alice, &id, "p1", &choice)).await;
        assert_problem(&refused, 409, "order_not_payable");
        assert_eq!(refused.body["order_status"], "cancelled");
    }
    world.assert_unchanged(&shop, "payments of a cancelled order");
    let placed = shop.send(order(&alice, "k2", "mug", 1, "cod")).await;
    let refused = shop.send(pay(&alice, &placed.order_id(), "p1", &card("pm_card_visa"))).await;
    assert_problem(&refused, 409, "order_not_payable");
    assert_eq!(states(&shop), [""; 0]);
}

#[tokio::test]
async fn a_foreign_order_is_not_there_to_be_paid_but_staff_can_pay_for_a_customer() {
    let (shop, _, id) = placed_unpaid().await;
    let bob = shop.customer("bob");
    let world = World::of(&shop);
    assert_problem(&shop.send(pay(&bob, &id, "p1", &card("pm_card_visa"))).await, 404, "not_found");
    let missing = format!("{}{}", &id[..35], if id.ends_with('0') { '1' } else { '0' });
    for token in [&bob, &shop.admin()] {
        assert_problem(&shop.send(pay(token, &missing, "p1", &cod())).await, 404, "not_found");
    }
    world.assert_unchanged(&shop, "payments of orders that are not there");
    let paid = shop.send(pay(&shop.admin(), &id, "p1", &card("pm_card_visa"))).await;
    assert_has(&paid.body, &json!({"status": "confirmed", "payment_status": "paid", "customer_id": "alice"}));
    // A key belongs to who uses it: Alice's own is another.
    let again = shop.send(pay(&shop.customer("alice"), &id, "p1", &cod())).await;
    assert_problem(&again, 409, "order_not_payable");
}

#[tokio::test]
async fn a_payment_that_breaks_a_rule_changes_nothing() {
    let (shop, alice, id) = placed_unpaid().await;
    shop.settings(&json!({"payment": {"methods": ["card", "redirect"]}})).await;
    let world = World::of(&shop);
    for (choice, pointer, code) in [
        (cod(), "/method", "payment_method_not_offered"),
        (card("4242424242424242"), "/payment_method_id", "invalid"),
        (card("pm_"), "/payment_method_id", "invalid"),
        (
            json!({"method": "redirect", "redirect_url": "https://shop.example/"}),
            "/redirect_url",
            "origin_not_allowed",
        ),
        (json!({"method": "redirect", "redirect_url": "thanks"}), "/redirect_url", "invalid"),
    ] {
        let refused = shop.send(pay(&alice, &id, "p1", &choice)).await;
        assert_problem(&refused, 422, "invalid_request");
        assert_has(&refused.body, &json!({"errors": [{"pointer": pointer, "code": code}]}));
    }
    for body in [json!({}), json!({"method": "gold"}), json!({"method": "cod", "amount": "1"}), json!([])] {
        assert_problem(&shop.send(pay(&alice, &id, "p1", &body)).await, 400, "malformed_body");
    }
    let path = format!("/api/v1/orders/{id}/payments");
    let keyless = shop.send(Call::post(&path).token(&alice).json(&card("pm_card_visa"))).await;
    assert_eq!(keyless.status, 400, "{keyless:?}");
    world.assert_unchanged(&shop, "payments that break a rule");
    assert_eq!(shop.send(pay(&alice, &id, "p1", &card("pm_card_visa"))).await.status, 200);
}
