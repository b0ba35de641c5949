//! What went wrong with payments, carts, changes and returns at other systems, each named after it, cannot happen here.

use serde_json::{Value, json};
use tests::{Call, Shop, order};

use crate::redirects::{BACK, open, page_of, paid_on};
use crate::returns::{ask, decide, delivered, reject, tally, units};
use crate::statuses::bring;
use crate::support::{
    assert_has, assert_problem, authenticate, due, get, money, of_cart, only_intent, place, refunds, shop,
};

/// No webhook that waits now ever comes.
fn lose_webhooks(shop: &Shop) {
    for delivery in due(shop) {
        shop.twin.cloud.stripe.delivered(shop.twin.cloud.clock.now().datetime(), &delivery.id, 200);
    }
}

/// The only order of a customer, and that it is paid and being packed.
async fn assert_one_paid_order(shop: &Shop, token: &str) {
    let list = shop.send(Call::get("/api/v1/orders").token(token)).await;
    assert_has(&list.body, &json!({"orders": [{"status": "preparing", "payment_status": "paid"}]}));
    assert_eq!((money(shop), shop.units("mug")), ((2_500, 0), (8, 2)));
}

#[tokio::test]
async fn p1_who_pays_on_the_page_and_closes_the_browser_has_an_order() {
    for webhooks_come in [true, false] {
        let (shop, alice) = open().await;
        let placed = shop.send(crate::redirects::place(&alice, "k1", BACK)).await;
        shop.finish().await;
        paid_on(&shop, &page_of(&placed));
        if webhooks_come {
            shop.finish().await;
        } else {
            lose_webhooks(&shop);
            shop.after(31 * 60).await;
        }
        assert_one_paid_order(&shop, &alice).await;
    }
}

#[tokio::test]
async fn p1_who_signs_in_at_the_bank_and_never_comes_back_has_an_order_even_if_no_webhook_comes() {
    let (shop, alice) = shop().await;
    shop.send(order(&alice, "k1", "mug", 2, "pm_card_threeDSecure2Required")).await;
    shop.finish().await;
    assert!(authenticate(&shop, only_intent(&shop)["id"].as_str().expect("an id"), true));
    lose_webhooks(&shop);
    shop.after(31 * 60).await;
    assert_one_paid_order(&shop, &alice).await;
}

#[tokio::test]
async fn p1_a_charge_whose_answer_got_lost_belongs_to_an_order_that_was_there_before_it() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_twin_chargedWithServerError")).await;
    let intent = only_intent(&shop);
    assert_eq!(intent["metadata"]["order_id"], placed.body["order_id"], "{placed:?}");
    lose_webhooks(&shop);
    shop.finish().await;
    shop.after(3_600).await;
    assert_one_paid_order(&shop, &alice).await;
}

#[tokio::test]
async fn p2_one_cart_is_one_order_however_often_and_under_whatever_key_it_is_bought() {
    let (shop, alice) = shop().await;
    let put = Call::put("/api/v1/cart/lines/mug").token(&alice).json(&json!({"quantity": 2}));
    let cart = shop.send(put).await.body["cart_id"].clone();
    let card = json!({"cart_id": cart, "payment": {"method": "card", "payment_method_id": "pm_card_visa"}});
    let buy = |key: &str| shop.send(place(&alice, key, &of_cart(&card)));
    // A double click, and a page that was opened twice.
    let (first, second, third) = tokio::join!(buy("tab-1"), buy("tab-1"), buy("tab-2"));
    let mut answers = vec![first, second, third, buy("tab-2").await, buy("tab-1").await];
    let good: Vec<_> = answers.extract_if(.., |answer| answer.status < 300).collect();
    assert!(good.len() >= 2 && good.iter().all(|answer| answer.order_id() == good[0].order_id()), "{good:?}");
    for late in &answers {
        assert_problem(late, 409, "cart_not_open");
        assert_eq!(late.body["order_id"], good[0].order_id().as_str(), "it says where the cart went");
    }
    shop.finish().await;
    assert_one_paid_order(&shop, &alice).await;
}

#[tokio::test]
async fn p3_a_checkout_goes_on_after_every_kind_of_failed_attempt() {
    let (shop, alice) = shop().await;
    let declined = shop.send(order(&alice, "k1", "mug", 2, "pm_card_chargeDeclined")).await;
    assert_problem(&declined, 402, "payment_declined");
    let id = declined.body["order"]["order_id"].as_str().expect("an id").to_owned();
    let pay = |key: &str, card: &str| {
        let card = json!({"method": "card", "payment_method_id": card});
        let call = Call::post(&format!("/api/v1/orders/{id}/payments")).token(&alice).key(key);
        shop.send(call.json(&card))
    };
    let actions = async || get(&shop, &alice, &id).await.body["available_actions"].clone();
    for (key, card) in [
        ("p1", "pm_card_chargeDeclinedInsufficientFunds"),
        ("p2", "pm_card_nonsense"),
        ("p3", "pm_card_chargeDeclined"),
    ] {
        assert_problem(&pay(key, card).await, 402, "payment_declined");
        assert_eq!(actions().await, json!(["pay", "cancel", "cancel_lines"]), "after {card}");
    }
    assert_has(
        &pay("p4", "pm_card_threeDSecure2Required").await.body,
        &json!({"payment": {"requires_action": true}}),
    );
    let waiting =
        shop.twin.cloud.stripe.intents().into_iter().find(|intent| intent["status"] == "requires_action");
    assert!(authenticate(&shop, waiting.expect("it waits")["id"].as_str().expect("an id"), false));
    shop.finish().await;
    assert_eq!(actions().await, json!(["pay", "cancel", "cancel_lines"]), "nobody signed in");
    // The provider goes away in the middle of the next attempt.
    shop.twin.cloud.stripe.down_until(shop.twin.cloud.clock.now().plus_seconds(120).datetime());
    pay("p5", "pm_card_visa").await;
    assert_problem(&pay("p6", "pm_card_visa").await, 409, "payment_in_progress");
    for _ in 0..4 {
        shop.after(60).await;
    }
    assert_one_paid_order(&shop, &alice).await;
    assert_eq!(
        shop.twin.cloud.stripe.intents().iter().filter(|intent| intent["status"] == "succeeded").count(),
        1
    );
}

#[tokio::test]
async fn p12_calling_parts_off_corrupts_no_total_and_pays_back_nothing_that_was_not_paid() {
    for card in ["pm_card_visa", "cod"] {
        let (shop, alice) = crate::returns::shop(&json!({})).await;
        let body = crate::returns::body(card);
        let placed = shop.send(place(&alice, "k1", &body)).await;
        let id = placed.order_id();
        let (mut owed, mut back) = (5_245, 0);
        let steps = [(1, 1, 1_250), (2, 2, 1_000), (1, 1, 1_250), (1, 1, 1_745)];
        for (at, (line, quantity, worth)) in steps.into_iter().enumerate() {
            let part = json!({"lines": [{"line_id": line, "quantity": quantity}]});
            let call =
                Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&alice).key(&format!("c{at}"));
            let cancelled = shop.send(call.json(&part)).await;
            assert_eq!(cancelled.status, 200, "{cancelled:?}");
            shop.finish().await;
            owed -= worth;
            back += if card == "cod" { 0 } else { worth };
            let taken = if card == "cod" { 0 } else { 5_245 };
            assert_eq!(money(&shop), (taken, back), "after {:?}", steps[at]);
            let decimal = |cents: i64| format!("{}.{:02}", cents / 100, cents % 100);
            let ledger = Call::get(&format!("/api/v1/admin/orders/{id}/ledger")).token(&shop.admin());
            let ledger = shop.send(ledger).await;
            assert_has(
                &ledger.body,
                &json!({"placed": {"total_amount": "52.45"}, "owed_amount": decimal(owed), "captured_amount": decimal(taken),
                    "refunded_amount": decimal(back), "refundable_amount": decimal(taken - back)}),
            );
            let balance = if card == "cod" { decimal(owed) } else { "0.00".to_owned() };
            assert_eq!(ledger.body["balance"], balance);
            let seen = get(&shop, &alice, &id).await;
            assert_has(
                &seen.body,
                &json!({"total_amount": "52.45", "subtotal": "47.50", "payment": {"balance": balance}}),
            );
        }
        let seen = get(&shop, &alice, &id).await;
        assert_eq!(seen.body["status"], "cancelled", "the last unit took the delivery along");
        assert_eq!((shop.units("mug"), shop.units("cup")), ((20, 0), (20, 0)));
        assert_eq!(refunds(&shop).as_array().map_or(0, Vec::len), if card == "cod" { 0 } else { 4 });
    }
}

#[tokio::test]
async fn p13_a_return_that_nobody_finishes_blocks_neither_other_returns_nor_refunds_nor_itself() {
    let (shop, alice) = crate::returns::shop(&json!({})).await;
    let id = delivered(&shop, &alice, "pm_card_visa").await;
    for (known, verb) in [(1, None), (2, Some("approve"))] {
        assert_eq!(shop.send(ask(&alice, &id, &format!("open{known}"), &units(1, 1))).await.status, 201);
        if let Some(verb) = verb {
            assert_eq!(shop.send(decide(&shop, &id, known, verb)).await.status, 200);
        }
    }
    // Another one goes its way meanwhile, and so does money.
    assert_eq!(shop.send(ask(&alice, &id, "r3", &units(2, 1))).await.status, 201);
    assert_eq!(shop.send(decide(&shop, &id, 3, "approve")).await.status, 200);
    assert_eq!(shop.send(decide(&shop, &id, 3, "receive")).await.status, 200);
    let gift = json!({"amount": "1.00", "goodwill": true});
    let gift =
        Call::post(&format!("/api/v1/admin/orders/{id}/refunds")).token(&shop.admin()).key("f1").json(&gift);
    assert_eq!(shop.send(gift).await.status, 201);
    // A year later somebody tidies up; what was never sent is the customer's again.
    shop.after(365 * 24 * 3_600).await;
    for known in [1, 2] {
        assert_eq!(shop.send(reject(&shop, &id, known)).await.status, 200);
    }
    let seen = get(&shop, &shop.admin(), &id).await;
    assert_eq!((tally(&seen.body, 1), tally(&seen.body, 2)), ([0, 0, 0], [0, 0, 1]));
    assert_eq!(seen.body["available_actions"], json!(["refund", "request_return", "change_notes"]));
    assert_eq!(money(&shop), (5_245, 600));
}

#[tokio::test]
async fn p15_a_part_of_one_line_is_called_off_another_sent_back_and_the_rest_stays() {
    let (shop, alice) = crate::returns::shop(&json!({})).await;
    let placed = shop.send(place(&alice, "k1", &crate::returns::body("pm_card_visa"))).await;
    let id = placed.order_id();
    let part = json!({"lines": [{"line_id": 1, "quantity": 1}]});
    let off = Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&alice).key("c1").json(&part);
    assert_has(&shop.send(off).await.body, &json!({"status": "confirmed", "refund_amount": "12.50"}));
    shop.finish().await;
    bring(&shop, &id, "delivered").await;
    assert_eq!(shop.units("mug"), (18, 0), "two of three have left");
    assert_eq!(shop.send(ask(&alice, &id, "r1", &units(1, 1))).await.status, 201);
    assert_eq!(shop.send(decide(&shop, &id, 1, "approve")).await.status, 200);
    assert_eq!(shop.send(decide(&shop, &id, 1, "receive")).await.status, 200);
    let seen = get(&shop, &alice, &id).await;
    assert_eq!(tally(&seen.body, 1), [1, 0, 1]);
    assert_has(
        &seen.body,
        &json!({"status": "delivered", "payment_status": "partially_refunded",
            "lines": [{"quantity": 3, "total_price": "37.50"}, {"quantity": 2}], "payment": {"refunded_amount": "25.00"}}),
    );
    assert_problem(&shop.send(ask(&alice, &id, "r2", &units(1, 2))).await, 409, "not_enough_units");
    assert_eq!((money(&shop), shop.units("mug"), shop.units("cup")), ((5_245, 2_500), (19, 0), (18, 0)));
    let amounts: Vec<Value> = seen.body["payment"]["refunds"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| it["amount"].clone())
        .collect();
    assert_eq!(amounts, ["12.50", "12.50"]);
}
