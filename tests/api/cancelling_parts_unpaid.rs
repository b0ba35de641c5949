//! Calling a part of an order off before it is paid: what is paid next, or collected at the door, is what is left.

use serde_json::{Value, json};
use tests::{Call, Shop, order};

use crate::payments_later::{THREE_D_SECURE, cod, pay, unpaid};
use crate::redirects::{BACK, body, page_of, paid_on, redirect, settings};
use crate::refunds_support::{advance, cancel_part, card, entries, ledger, lines};
use crate::support::{
    World, assert_has, assert_problem, authenticate, basket, get, item, mails, merge, money, only_intent,
    place, refunds, shop,
};

/// Whether everything is where it belongs of an order for two mugs at 12.50 of which one was called off.
async fn assert_one_mug_is_paid(shop: &Shop, id: &str, taken: i64, back: i64) {
    shop.finish().await;
    shop.after(86_400).await;
    assert_eq!((money(shop), shop.units("mug")), ((taken, back), (9, 1)));
    let ledger = ledger(shop, id).await;
    assert_has(&ledger, &json!({"owed_amount": "12.50", "balance": "0.00", "pending_refund_amount": "0.00"}));
}

#[tokio::test]
async fn what_is_paid_later_is_what_is_left() {
    let (shop, alice) = shop().await;
    let id = shop.send(unpaid(&alice, "k1")).await.order_id();
    let cancelled = shop.send(cancel_part(&alice, &id, "c1", &[(1, 1)])).await;
    assert_has(
        &cancelled.body,
        &json!({"status": "pending", "payment_status": "unpaid", "refund_amount": "0.00"}),
    );
    shop.finish().await;
    let queues = shop.twin.queue_contents();
    let messages =
        queues.as_array().into_iter().flatten().flat_map(|queue| queue["messages"].as_array()).flatten();
    let in_vain: Vec<_> = messages.filter(|message| message["receive_count"] != 0).collect();
    assert!(in_vain.is_empty(), "there is nothing to pack yet, and no reason to try again: {in_vain:?}");
    let waiting = get(&shop, &alice, &id).await;
    assert_has(
        &waiting.body,
        &json!({"payment": {"balance": "12.50"}, "available_actions": ["pay", "cancel", "cancel_lines"]}),
    );
    let paid = shop.send(pay(&alice, &id, "p1", &card("pm_card_visa"))).await;
    assert_has(
        &paid.body,
        &json!({"status": "confirmed", "payment_status": "paid", "payment": {"captured_amount": "12.50", "balance": "0.00"}}),
    );
    assert_eq!(only_intent(&shop)["amount"], 1250, "no more was asked for");
    assert_one_mug_is_paid(&shop, &id, 1250, 0).await;
}

#[tokio::test]
async fn what_the_page_asks_for_after_a_part_was_called_off_is_what_is_left() {
    let (shop, alice) = shop().await;
    shop.settings(&settings()).await;
    let id = shop.send(unpaid(&alice, "k1")).await.order_id();
    shop.send(cancel_part(&alice, &id, "c1", &[(1, 1)])).await;
    let opened = shop.send(pay(&alice, &id, "p1", &redirect(BACK))).await;
    assert_eq!(shop.twin.cloud.stripe.sessions()[0]["amount_total"], 1250);
    paid_on(&shop, &page_of(&opened));
    assert_one_mug_is_paid(&shop, &id, 1250, 0).await;
    assert_has(&get(&shop, &shop.customer("alice"), &id).await.body, &json!({"payment_status": "paid"}));
}

#[tokio::test]
async fn what_a_payment_under_way_takes_too_much_comes_back() {
    let (shop, alice) = shop().await;
    let id = shop.send(order(&alice, "k1", "mug", 2, THREE_D_SECURE)).await.order_id();
    let cancelled = shop.send(cancel_part(&alice, &id, "c1", &[(1, 1)])).await;
    assert_has(&cancelled.body, &json!({"status": "pending", "refund_amount": "0.00"}));
    assert!(authenticate(&shop, only_intent(&shop)["id"].as_str().expect("an id"), true));
    assert_eq!(money(&shop), (2500, 0), "the bank was asked for the whole order");
    shop.finish().await;
    let read = get(&shop, &alice, &id).await;
    assert_has(
        &read.body,
        &json!({"status": "preparing", "payment_status": "partially_refunded",
            "payment": {"captured_amount": "25.00", "refunded_amount": "12.50", "balance": "0.00",
                "refunds": [{"amount": "12.50", "cause": "overpaid", "status": "done"}]}}),
    );
    assert_one_mug_is_paid(&shop, &id, 2500, 1250).await;
    assert_eq!(refunds(&shop).as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_is_paid_too_much_on_an_open_page_comes_back() {
    let (shop, alice) = shop().await;
    shop.settings(&settings()).await;
    let placed = shop.send(place(&alice, "k1", &body(BACK))).await;
    let id = placed.order_id();
    shop.send(cancel_part(&alice, &id, "c1", &[(1, 1)])).await;
    paid_on(&shop, &page_of(&placed));
    assert_one_mug_is_paid(&shop, &id, 2500, 1250).await;
    let entries_of = ledger(&shop, &id).await;
    assert_eq!(
        entries(&entries_of),
        [
            ("charge", "25.00"),
            ("credit", "12.50"),
            ("capture", "25.00"),
            ("refund_requested", "12.50"),
            ("refund", "12.50")
        ]
    );
    assert_eq!(entries_of["entries"][3]["cause"], "overpaid");
}

#[tokio::test]
async fn another_card_after_a_part_was_called_off_is_charged_for_what_is_left() {
    let (shop, alice) = shop().await;
    let declined = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa_chargeDeclined")).await;
    let id = declined.body["order"]["order_id"].as_str().expect("an id").to_owned();
    shop.send(cancel_part(&alice, &id, "c1", &[(1, 1)])).await;
    let paid = shop.send(pay(&alice, &id, "p1", &card("pm_card_visa"))).await;
    assert_has(&paid.body, &json!({"payment_status": "paid", "payment": {"captured_amount": "12.50"}}));
    assert_one_mug_is_paid(&shop, &id, 1250, 0).await;
}

#[tokio::test]
async fn what_is_collected_at_the_door_is_what_is_left() {
    let (shop, alice) = shop().await;
    let later = shop.send(unpaid(&alice, "k1")).await.order_id();
    shop.send(pay(&alice, &later, "p1", &cod())).await;
    let at_once = shop.send(order(&alice, "k2", "mug", 2, "cod")).await.order_id();
    shop.finish().await;
    for id in [&later, &at_once] {
        let cancelled = shop.send(cancel_part(&alice, id, "c1", &[(1, 1)])).await;
        assert_has(&cancelled.body, &json!({"payment_status": "unpaid", "refund_amount": "0.00"}));
        shop.finish().await;
        advance(&shop, id, &["shipped"]).await;
        assert_has(&get(&shop, &alice, id).await.body, &json!({"payment": {"balance": "12.50"}}));
        advance(&shop, id, &["delivered"]).await;
        assert_has(
            &get(&shop, &alice, id).await.body,
            &json!({"payment_status": "paid", "payment": {"captured_amount": "12.50", "balance": "0.00", "refunds": []}}),
        );
        let told = ledger(&shop, id).await;
        assert_eq!(entries(&told), [("charge", "25.00"), ("credit", "12.50"), ("cod_collection", "12.50")]);
    }
    assert_eq!((money(&shop), shop.units("mug")), ((0, 0), (8, 0)));
}

#[tokio::test]
async fn an_unpaid_order_whose_last_unit_goes_takes_no_payment_any_more() {
    let (shop, alice) = shop().await;
    let id = shop.send(unpaid(&alice, "k1")).await.order_id();
    let waiting = shop.send(order(&alice, "k2", "mug", 1, THREE_D_SECURE)).await.order_id();
    for (id, units) in [(&id, 2), (&waiting, 1)] {
        let cancelled = shop.send(cancel_part(&alice, id, "c1", &[(1, units)])).await;
        assert_has(
            &cancelled.body,
            &json!({"status": "cancelled", "payment_status": "voided", "refund_amount": "0.00"}),
        );
        let late = shop.send(pay(&alice, id, "p1", &card("pm_card_visa"))).await;
        assert_problem(&late, 409, "order_not_payable");
    }
    assert!(!authenticate(&shop, only_intent(&shop)["id"].as_str().expect("an id"), true));
    shop.finish().await;
    shop.after(86_400).await;
    assert_eq!((money(&shop), shop.units("mug"), mails(&shop, "was cancelled").len()), ((0, 0), (10, 0), 2));
}

/// On hand and held in every bucket of the mug's stock, by its key.
fn buckets(shop: &Shop) -> Vec<(String, String, String)> {
    let keys = ["STOCK##north#00", "STOCK##north#01", "STOCK##north#02", "STOCK##south#00"];
    let number = |item: &Value, name: &str| item[name]["N"].as_str().unwrap_or_default().to_owned();
    let bucket = |key: &str| {
        let found = item(shop, "PRODUCT#mug", key);
        (key.to_owned(), number(&found, "on_hand"), number(&found, "held"))
    };
    keys.map(bucket).into()
}

#[tokio::test]
async fn every_unit_goes_back_to_the_bucket_that_it_was_taken_from() {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 6).await;
    let split = Call::post("/api/v1/admin/products/mug/stock/split").token(&shop.admin());
    assert_eq!(shop.send(split.json(&json!({"warehouse_id": "north", "buckets": 3}))).await.status, 200);
    shop.stock("mug", "12.50", "south", 4).await;
    let alice = shop.customer("alice");
    let before = buckets(&shop);
    assert!(
        before.iter().all(|(key, on_hand, _)| !on_hand.is_empty() || panic!("no bucket {key}")),
        "{before:?}"
    );
    let placed = shop.send(place(&alice, "k1", &basket(&[("mug", 9)], &json!({})))).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    let taken = buckets(&shop);
    for (at, units) in [1, 4, 2].into_iter().enumerate() {
        let held = shop.units("mug");
        let done = shop.send(cancel_part(&alice, &placed.order_id(), &format!("c{at}"), &[(1, units)])).await;
        assert_eq!((done.status, shop.units("mug").1), (200, held.1 - i64::from(units)), "{done:?}");
        shop.finish().await;
    }
    assert_eq!(shop.units("mug"), (8, 2));
    assert_ne!(buckets(&shop), taken);
    let last = shop.send(cancel_part(&alice, &placed.order_id(), "c9", &[(1, 2)])).await;
    assert_eq!(last.body["status"], "cancelled");
    assert_eq!(buckets(&shop), before);
}

#[tokio::test]
async fn what_is_shipped_after_parts_were_called_off_leaves_no_unit_held() {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 3).await;
    shop.stock("mug", "12.50", "south", 4).await;
    let alice = shop.customer("alice");
    let placed = shop.send(place(&alice, "k1", &basket(&[("mug", 6)], &json!({})))).await;
    for key in ["c1", "c2"] {
        assert_eq!(shop.send(cancel_part(&alice, &placed.order_id(), key, &[(1, 2)])).await.status, 200);
    }
    shop.finish().await;
    advance(&shop, &placed.order_id(), &["packed", "shipped"]).await;
    assert_eq!(shop.units("mug"), (5, 0), "two have left, and nothing is held");
}

#[tokio::test]
async fn a_guest_calls_a_part_off_with_the_token_alone() {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    shop.settings(&json!({"guest_checkout": {"enabled": true}})).await;
    let mut body = basket(&[("mug", 2)], &json!({"contact_email": "jane@example.com"}));
    merge(&mut body, &json!({"payment": card("pm_card_visa")}));
    let placed = shop.send(Call::post("/api/v1/guest/orders").key("0b9f6f0e-guest-1").json(&body)).await;
    let token = placed.body["order_token"].as_str().expect("a token").to_owned();
    assert_has(&placed.body, &json!({"available_actions": ["cancel", "cancel_lines"]}));
    let cancel = |key: &str, units: u32| {
        let body = json!({"lines": lines(&[(1, units)]), "reason": "one is enough"});
        Call::post(&format!("/api/v1/guest/orders/{token}/cancel")).key(key).json(&body)
    };
    let done = shop.send(cancel("c1", 1)).await;
    let seen = json!({"refund_amount": "12.50", "payment_status": "partially_refunded", "cancellation_reason": "one is enough"});
    assert_has(&done.body, &seen);
    let world = World::of(&shop);
    assert_has(&shop.send(cancel("c1", 1)).await.body, &seen);
    assert_problem(&shop.send(cancel("c1", 2)).await, 422, "idempotency_key_reused");
    world.assert_unchanged(&shop, "a guest's replay");
    assert_has(
        &shop.send(cancel("c2", 1)).await.body,
        &json!({"status": "cancelled", "refund_amount": "12.50"}),
    );
    shop.finish().await;
    assert_eq!((money(&shop), shop.units("mug")), ((2500, 2500), (10, 0)));
}
