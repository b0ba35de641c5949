//! What Stripe tells us: genuine or not, early, late, doubled, about us or about others.

use serde_json::{Value, json};
use tests::{Answer, Call, Shop, order};

use crate::refunds_support::{card, dined, ledger, priced, refund};
use crate::support::{
    World, assert_has, assert_problem, authenticate, due, events, get, money, only_intent, stripe, webhook,
};

const THREE_D_SECURE: &str = "pm_card_threeDSecure2Required";

/// A shop with an order whose payment the customer has just authenticated; no webhook has come yet.
async fn authenticated() -> (Shop, String, String) {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    let alice = shop.customer("alice");
    let placed = shop.send(order(&alice, "k1", "mug", 2, THREE_D_SECURE)).await;
    shop.finish().await;
    assert!(authenticate(&shop, only_intent(&shop)["id"].as_str().expect("an id"), true));
    (shop, alice, placed.order_id())
}

/// The order's head, by its API view.
async fn standing(shop: &Shop, token: &str, id: &str) -> (Value, Value) {
    let order = get(shop, token, id).await;
    (order.body["status"].clone(), order.body["version"].clone())
}

/// A payment that somebody makes at Stripe for an order, past us.
fn intent_for(shop: &Shop, order: &str, customer: &str, cents: i64, confirm: bool) -> Value {
    let form = format!(
        "amount={cents}&currency=eur&payment_method=pm_card_visa&payment_method_types[]=card&confirm={confirm}\
         &metadata[order_id]={order}&metadata[customer_id]={customer}"
    );
    let intent = stripe(shop, "POST", "/v1/payment_intents", &form);
    assert_eq!(intent["object"], "payment_intent", "{intent}");
    intent
}

async fn deliver_all(shop: &Shop) -> Vec<Answer> {
    let mut answers = Vec::new();
    for delivery in due(shop) {
        answers.push(shop.send(webhook(&delivery.body, &delivery.signature)).await);
    }
    answers
}

/// An order that was placed while Stripe did not take our key: it knows of no payment.
async fn without_a_payment() -> (Shop, String, String) {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    let alice = shop.customer("alice");
    let put = |api_key: &str| {
        let secret =
            json!({"api_key": api_key, "webhook_secret": local::cloud::STRIPE_WEBHOOK_SECRET}).to_string();
        shop.twin
            .cloud
            .secrets
            .put(shop.twin.cloud.clock.now().datetime(), "StripeSecret", &secret)
            .expect("stored");
    };
    put("sk_revoked");
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    assert_has(&placed.body, &json!({"status": "pending", "payment_status": "unpaid"}));
    assert_eq!(placed.body["payment"]["payment_intent_id"], Value::Null);
    put(local::cloud::STRIPE_API_KEY);
    (shop, alice, placed.order_id())
}

#[tokio::test]
async fn a_genuine_webhook_confirms_the_order() {
    let (shop, alice, id) = authenticated().await;
    let answers = deliver_all(&shop).await;
    assert!(!answers.is_empty() && answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert!(answers.iter().any(|answer| answer.body == json!({"received": true, "used": true})));
    let order = get(&shop, &alice, &id).await;
    assert_has(&order.body, &json!({"status": "confirmed", "payment_status": "paid"}));
    assert_eq!(money(&shop), (2500, 0));
}

#[tokio::test]
async fn a_webhook_with_a_wrong_signature_is_refused_and_changes_nothing() {
    let (shop, ..) = authenticated().await;
    let delivery = due(&shop).remove(0);
    let world = World::of(&shop);
    let (time, mac) = delivery.signature.split_once(",v1=").expect("Stripe's scheme");
    let flipped = format!("{time},v1={}{}", if mac.starts_with('0') { '1' } else { '0' }, &mac[1..]);
    let later = format!("t={},v1={mac}", tests::START + 1);
    let old_scheme = format!("{time},v0={mac}");
    for signature in [
        flipped.as_str(),
        &later,
        &old_scheme,
        "",
        "t=,v1=",
        time,
        "v1=00",
        &mac[..10],
        &delivery.signature.replace("v1", "V1"),
    ] {
        assert_problem(&shop.send(webhook(&delivery.body, signature)).await, 400, "invalid_signature");
    }
    for body in [delivery.body.replacen('}', " }", 1), delivery.body.replace("2500", "1"), String::new()] {
        assert_problem(&shop.send(webhook(&body, &delivery.signature)).await, 400, "invalid_signature");
    }
    let unsigned = Call::post("/api/v1/webhooks/stripe").bytes(delivery.body.clone());
    assert_problem(&shop.send(unsigned).await, 400, "invalid_signature");
    world.assert_unchanged(&shop, "a forged webhook");
    assert_eq!(shop.send(webhook(&delivery.body, &delivery.signature)).await.status, 200);
}

#[tokio::test]
async fn a_stale_webhook_is_refused_and_a_fresh_signature_of_it_taken() {
    let (shop, alice, id) = authenticated().await;
    let stale = due(&shop).pop().expect("a webhook");
    shop.twin.cloud.clock.advance(301_000);
    assert_problem(&shop.send(webhook(&stale.body, &stale.signature)).await, 400, "invalid_signature");
    assert_eq!(standing(&shop, &alice, &id).await.0, "pending");
    let fresh = due(&shop).into_iter().find(|fresh| fresh.id == stale.id).expect("it is sent again");
    assert_ne!(fresh.signature, stale.signature);
    shop.twin.cloud.clock.advance(299_000);
    assert_eq!(shop.send(webhook(&fresh.body, &fresh.signature)).await.status, 200);
    assert_eq!(standing(&shop, &alice, &id).await.0, "confirmed");
}

#[tokio::test]
async fn doubled_and_reordered_webhooks_change_nothing_more() {
    let (shop, alice, id) = authenticated().await;
    let webhooks = due(&shop);
    for delivery in webhooks.iter().rev().chain(&webhooks).chain(webhooks.iter().rev()) {
        assert_eq!(shop.send(webhook(&delivery.body, &delivery.signature)).await.status, 200);
    }
    shop.finish().await;
    let world = World::of(&shop);
    for delivery in &webhooks {
        assert_eq!(shop.send(webhook(&delivery.body, &delivery.signature)).await.status, 200);
    }
    shop.finish().await;
    world.assert_unchanged(&shop, "doubled webhooks");
    let order = get(&shop, &alice, &id).await;
    assert_eq!(
        events(&order.body),
        ["placed", "payment_started", "payment_pending", "paid", "confirmed", "preparing"]
    );
    assert_eq!((money(&shop), shop.units("mug")), ((2500, 0), (8, 2)));
}

#[tokio::test]
async fn a_payment_of_an_order_that_we_do_not_have_is_not_answered_with_200() {
    let (shop, _, id) = authenticated().await;
    deliver_all(&shop).await;
    shop.finish().await;
    let missing = format!("{}{}", &id[..35], if id.ends_with('0') { '1' } else { '0' });
    for (order, customer) in [(missing.as_str(), "alice"), (id.as_str(), "bob")] {
        intent_for(&shop, order, customer, 2500, true);
        let world = World::of(&shop);
        let answers = deliver_all(&shop).await;
        assert!(!answers.is_empty());
        for answer in answers {
            assert_problem(&answer, 404, "not_found");
        }
        world.assert_unchanged(&shop, "a payment of nothing");
    }
}

#[tokio::test]
async fn a_payment_that_is_not_ours_is_none_of_our_business() {
    let (shop, ..) = authenticated().await;
    shop.finish().await;
    for form in [
        "amount=5&currency=eur",
        "amount=5&currency=eur&metadata[order_id]=wc-4711",
        "amount=5&currency=eur&metadata[order_id]=wc-4711&metadata[customer_id]=a b",
    ] {
        stripe(&shop, "POST", "/v1/payment_intents", form);
    }
    let world = World::of(&shop);
    let answers = deliver_all(&shop).await;
    assert_eq!(answers.len(), 3);
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 200 && answer.body == json!({"received": true, "used": false})),
        "{answers:?}"
    );
    world.assert_unchanged(&shop, "somebody else's payments");
}

#[tokio::test]
async fn events_about_refunds_and_charges_change_nothing_that_the_order_knows() {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    let alice = shop.customer("alice");
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    shop.finish().await;
    shop.send(Call::post(&format!("/api/v1/orders/{}/cancel", placed.order_id())).token(&alice)).await;
    let types: Vec<_> = due(&shop).into_iter().map(|delivery| delivery.event_type).collect();
    assert_eq!(types, ["refund.created", "charge.refunded"]);
    let world = World::of(&shop);
    let used: Vec<_> =
        deliver_all(&shop).await.into_iter().map(|answer| answer.body["used"] == true).collect();
    assert_eq!(used, [true, true], "both are about the refund that is ours");
    world.assert_unchanged(&shop, "events about other objects");
}

#[tokio::test]
async fn one_event_of_a_charge_tells_of_all_its_refunds_in_the_order_in_which_they_were_made() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    shop.send(refund(&shop, &id, "r1", &json!({"amount": "10.00"}))).await;
    let intent = only_intent(&shop)["id"].as_str().expect("an id").to_owned();
    let by_hand: Vec<Value> = [500, 300, 200]
        .map(|cents| stripe(&shop, "POST", "/v1/refunds", &format!("payment_intent={intent}&amount={cents}")))
        .to_vec();
    let told = due(&shop);
    let last = told.iter().rfind(|delivery| delivery.event_type == "charge.refunded").expect("an event");
    let answer = shop.send(webhook(&last.body, &last.signature)).await;
    assert_eq!((answer.status, &answer.body["used"]), (200, &json!(true)));
    let shown = ledger(&shop, &id).await;
    let outside = shown["entries"].as_array().into_iter().flatten();
    let outside = outside.filter(|entry| entry["event"] == "refunded_outside" && entry["kind"] == "refund");
    let references: Vec<_> = outside.map(|entry| entry["reference"].clone()).collect();
    assert_eq!(references, by_hand.iter().map(|made| made["id"].clone()).collect::<Vec<_>>());
    assert_has(&shown, &json!({"refunded_amount": "20.00", "refundable_amount": "24.10", "balance": "0.00"}));
    let world = World::of(&shop);
    deliver_all(&shop).await;
    world.assert_unchanged(&shop, "the events that each tell of one of them");
}

#[tokio::test]
async fn a_webhook_that_comes_before_the_order_knows_its_payment_is_enough_to_confirm_it() {
    let (shop, alice, id) = without_a_payment().await;
    let intent = intent_for(&shop, &id, "alice", 2500, true);
    let answers = deliver_all(&shop).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    let order = get(&shop, &alice, &id).await;
    assert_has(
        &order.body,
        &json!({"status": "confirmed", "payment_status": "paid", "payment": {"payment_intent_id": intent["id"]}}),
    );
    shop.finish().await;
    shop.after(3600).await;
    assert_eq!(
        (money(&shop), only_intent(&shop)["id"] == intent["id"]),
        ((2500, 0), true),
        "nobody pays twice"
    );
}

#[tokio::test]
async fn the_news_that_a_payment_was_created_changes_nothing_and_the_worker_goes_on() {
    let (shop, alice, id) = without_a_payment().await;
    let created = intent_for(&shop, &id, "alice", 2500, false);
    let world = World::of(&shop);
    for answer in deliver_all(&shop).await {
        assert_eq!((answer.status, answer.body), (200, json!({"received": true, "used": false})));
    }
    world.assert_unchanged(&shop, "a created payment");
    shop.finish().await;
    shop.after(60).await;
    let order = get(&shop, &alice, &id).await;
    assert_has(&order.body, &json!({"status": "preparing", "payment_status": "paid"}));
    shop.after(86_400).await;
    assert_eq!(money(&shop), (2500, 0));
    let intents = shop.twin.cloud.stripe.intents();
    let taken: Vec<_> = intents.iter().filter(|intent| intent["status"] == "succeeded").collect();
    assert!(
        taken.len() == 1 && taken[0]["id"] != created["id"],
        "one that nobody confirmed takes nothing: {intents:#?}"
    );
}

#[tokio::test]
async fn a_payment_of_another_amount_or_beside_the_orders_own_pays_nothing() {
    let (shop, alice, id) = without_a_payment().await;
    intent_for(&shop, &id, "alice", 2499, true);
    for answer in deliver_all(&shop).await {
        assert_problem(&answer, 409, "payment_mismatch");
    }
    assert_eq!(standing(&shop, &alice, &id).await, (json!("pending"), json!(1)));

    let (shop, alice, id) = authenticated().await;
    shop.finish().await;
    let before = standing(&shop, &alice, &id).await;
    intent_for(&shop, &id, "alice", 2500, true);
    for answer in deliver_all(&shop).await {
        assert_problem(&answer, 409, "payment_mismatch");
    }
    assert_eq!(standing(&shop, &alice, &id).await, before);
}

#[tokio::test]
async fn webhooks_that_were_refused_come_again_until_they_are_taken() {
    let (shop, alice, id) = authenticated().await;
    // Stripe does not get through: nobody answers in time.
    for delivery in due(&shop) {
        shop.twin.cloud.stripe.delivered(shop.twin.cloud.clock.now().datetime(), &delivery.id, 503);
    }
    shop.finish().await;
    assert_eq!(standing(&shop, &alice, &id).await.0, "pending");
    shop.after(2).await;
    assert_eq!(standing(&shop, &alice, &id).await.0, "preparing");
    assert!(due(&shop).is_empty());
}

#[tokio::test]
async fn a_missing_webhook_is_made_up_for_when_the_hold_ends() {
    let (shop, alice, id) = authenticated().await;
    for delivery in due(&shop) {
        shop.twin.cloud.stripe.delivered(shop.twin.cloud.clock.now().datetime(), &delivery.id, 200);
    }
    shop.after(31 * 60).await;
    let order = get(&shop, &alice, &id).await;
    assert_has(&order.body, &json!({"status": "preparing", "payment_status": "paid"}));
    assert_eq!((money(&shop), shop.units("mug")), ((2500, 0), (8, 2)));
}
