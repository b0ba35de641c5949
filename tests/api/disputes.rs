//! Money that customers have their banks take back: seen, kept from being given back twice, won and lost.

use serde_json::{Value, json};
use tests::{Call, Shop, order};

use crate::refunds_support::{by_staff, card, cents, dined, entries, ledger, lines, priced, refund};
use crate::support::{
    World, assert_has, assert_problem, due, events, get, mails, money, shop, stripe, webhook,
};

/// A shop with an order of 44.10 paid by a card whose charge is disputed, and Stripe's dispute.
async fn disputed(name: &str) -> (Shop, String, Value) {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card(name)).await;
    let disputes = stripe(&shop, "GET", "/v1/disputes?limit=10", "");
    assert_eq!(disputes["data"].as_array().map(Vec::len), Some(1), "{disputes:#}");
    (shop, id, disputes["data"][0].clone())
}

/// The store answers the bank, which decides some seconds later.
async fn answer(shop: &Shop, dispute: &Value, evidence: &str) {
    let path = format!("/v1/disputes/{}", dispute["id"].as_str().expect("an id"));
    let sent = stripe(shop, "POST", &path, &format!("evidence[uncategorized_text]={evidence}"));
    assert!(sent["id"].is_string(), "{sent:#}");
    shop.after(60).await;
}

#[tokio::test]
async fn a_dispute_is_shown_and_its_money_cannot_be_given_back_again() {
    for (name, reason) in [
        ("pm_card_createDispute", "fraudulent"),
        ("pm_card_createDisputeProductNotReceived", "product_not_received"),
    ] {
        let (shop, id, dispute) = disputed(name).await;
        let seen = by_staff(&shop, &id).await;
        assert_has(
            &seen["payment"],
            &json!({"status": "paid", "captured_amount": "44.10", "refunded_amount": "0.00",
                "disputes": [{"dispute_id": dispute["id"], "amount": "44.10", "reason": reason, "status": "open"}]}),
        );
        assert_eq!(events(&seen).iter().filter(|event| **event == "disputed").count(), 1);
        assert!(!seen["available_actions"].to_string().contains("refund"), "{seen:#}");
        let told = ledger(&shop, &id).await;
        assert_eq!(entries(&told), [("charge", "44.10"), ("capture", "44.10"), ("dispute", "44.10")]);
        assert_has(&told, &json!({"disputed_amount": "44.10", "refundable_amount": "0.00"}));
        let world = World::of(&shop);
        for body in [json!({}), json!({"amount": "0.01"})] {
            assert_problem(&shop.send(refund(&shop, &id, "r1", &body)).await, 409, "nothing_to_refund");
        }
        world.assert_unchanged(&shop, "refunds of what the bank has");
    }
}

#[tokio::test]
async fn a_dispute_that_is_won_gives_the_money_back_to_the_store() {
    let (shop, id, dispute) = disputed("pm_card_createDispute").await;
    answer(&shop, &dispute, "winning_evidence").await;
    let seen = by_staff(&shop, &id).await;
    assert_has(&seen["payment"], &json!({"disputes": [{"dispute_id": dispute["id"], "status": "won"}]}));
    let told = ledger(&shop, &id).await;
    assert_eq!(entries(&told)[2..], [("dispute", "44.10"), ("dispute_won", "44.10")]);
    assert_has(&told, &json!({"disputed_amount": "0.00", "refundable_amount": "44.10", "balance": "0.00"}));
    let given = shop.send(refund(&shop, &id, "r1", &json!({}))).await;
    assert_has(&given.body, &json!({"amount": "44.10", "status": "done", "payment_status": "refunded"}));
    assert_eq!(money(&shop), (4410, 4410));
}

#[tokio::test]
async fn a_dispute_that_is_lost_is_gone_and_calling_the_order_off_pays_nothing_more() {
    let (shop, id, dispute) = disputed("pm_card_createDispute").await;
    answer(&shop, &dispute, "losing_evidence").await;
    assert_has(&by_staff(&shop, &id).await["payment"], &json!({"disputes": [{"status": "lost"}]}));
    assert_has(&ledger(&shop, &id).await, &json!({"disputed_amount": "44.10", "refundable_amount": "0.00"}));
    let off =
        shop.send(Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&shop.customer("alice"))).await;
    assert_has(&off.body, &json!({"status": "cancelled", "refund_amount": "0.00"}));
    shop.finish().await;
    shop.after(86_400).await;
    assert_eq!((money(&shop), shop.units("plate"), shop.units("mug")), ((4410, 0), (10, 0), (10, 0)));
    assert!(shop.twin.cloud.sqs.messages("PaymentDeadLetters").is_empty());
    ledger(&shop, &id).await;
}

#[tokio::test]
async fn an_inquiry_changes_nothing_until_it_becomes_a_dispute() {
    let (shop, id, dispute) = disputed("pm_card_createDisputeInquiry").await;
    let quiet = async || {
        let seen = by_staff(&shop, &id).await;
        assert_eq!(
            (seen["payment"].get("disputes"), events(&seen).contains(&"disputed")),
            (None, false),
            "{seen:#}"
        );
        assert_has(
            &ledger(&shop, &id).await,
            &json!({"disputed_amount": "0.00", "refundable_amount": "44.10"}),
        );
    };
    quiet().await;
    assert_eq!(dispute["status"], "warning_needs_response");
    answer(&shop, &dispute, "escalate_inquiry_evidence").await;
    assert_has(
        &by_staff(&shop, &id).await["payment"],
        &json!({"disputes": [{"status": "open", "amount": "44.10"}]}),
    );
    assert_has(&ledger(&shop, &id).await, &json!({"refundable_amount": "0.00"}));
    answer(&shop, &dispute, "winning_evidence").await;
    assert_has(&ledger(&shop, &id).await, &json!({"refundable_amount": "44.10"}));
}

#[tokio::test]
async fn an_inquiry_that_ends_quietly_leaves_refunds_as_they_were() {
    let (shop, id, dispute) = disputed("pm_card_createDisputeInquiry").await;
    let given = shop.send(refund(&shop, &id, "r1", &json!({"amount": "10.00"}))).await;
    assert_has(&given.body, &json!({"status": "done", "refundable_amount": "34.10"}));
    shop.finish().await;
    let world = World::of(&shop);
    answer(&shop, &dispute, "losing_evidence").await;
    world.assert_unchanged(&shop, "an inquiry that is closed");
    assert_eq!(by_staff(&shop, &id).await["payment"].get("disputes"), None);
}

#[tokio::test]
async fn news_of_a_dispute_that_comes_doubled_late_and_the_wrong_way_round_ends_the_same() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_createDispute")).await;
    let id = placed.order_id();
    let disputes = stripe(&shop, "GET", "/v1/disputes?limit=10", "");
    let path = format!("/v1/disputes/{}", disputes["data"][0]["id"].as_str().expect("an id"));
    stripe(&shop, "POST", &path, "evidence[uncategorized_text]=winning_evidence");
    shop.twin.cloud.clock.advance(60_000);
    let told = due(&shop);
    let kinds: Vec<&str> = told.iter().map(|delivery| delivery.event_type.as_str()).collect();
    assert!(
        kinds.contains(&"charge.dispute.created") && kinds.contains(&"charge.dispute.closed"),
        "{kinds:?}"
    );
    for delivery in told.iter().rev().chain(&told) {
        assert_eq!(
            shop.send(webhook(&delivery.body, &delivery.signature)).await.status,
            200,
            "{}",
            delivery.event_type
        );
    }
    shop.finish().await;
    let seen = get(&shop, &alice, &id).await;
    let of_disputes: Vec<_> =
        events(&seen.body).into_iter().filter(|name| name.starts_with("dispute")).collect();
    assert_eq!(of_disputes, ["disputed", "dispute_closed"]);
    assert_has(&ledger(&shop, &id).await, &json!({"disputed_amount": "0.00", "refundable_amount": "25.00"}));
}

#[tokio::test]
async fn what_was_given_back_before_the_dispute_leaves_the_rest_with_the_bank() {
    let (shop, id, dispute) = disputed("pm_card_createDisputeInquiry").await;
    shop.send(refund(&shop, &id, "r1", &json!({"amount": "40.00"}))).await;
    answer(&shop, &dispute, "escalate_inquiry_evidence").await;
    // The bank disputes the charge, of which most had gone back: nothing is left, and never less than nothing.
    let told = ledger(&shop, &id).await;
    assert_has(&told, &json!({"refunded_amount": "40.00", "refundable_amount": "0.00"}));
    assert_problem(&shop.send(refund(&shop, &id, "r2", &json!({}))).await, 409, "nothing_to_refund");
}

/// There was nothing to pay it back with when it was called off, and nobody asks twice.
#[tokio::test]
async fn what_is_called_off_while_the_bank_has_the_money_is_paid_back_once_the_dispute_is_won() {
    for (part, owed, back) in
        [(None, "0.00", "44.10"), (Some(json!({"lines": lines(&[(2, 2)])})), "16.87", "27.23")]
    {
        let (shop, id, dispute) = disputed("pm_card_createDispute").await;
        let call = Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&shop.customer("alice"));
        let call = part.iter().fold(call, |call, part| call.key("c1").json(part));
        assert_has(&shop.send(call).await.body, &json!({"refund_amount": "0.00"}));
        shop.finish().await;
        answer(&shop, &dispute, "winning_evidence").await;
        shop.finish().await;
        let seen = by_staff(&shop, &id).await;
        assert_has(
            &seen["payment"],
            &json!({"disputes": [{"status": "won"}], "balance": "0.00",
                "refunds": [{"amount": back, "cause": "overpaid", "status": "done"}]}),
        );
        assert_has(
            &ledger(&shop, &id).await,
            &json!({"owed_amount": owed, "refunded_amount": back, "refundable_amount": owed}),
        );
        let told = mails(&shop, "refund");
        let text = told.last().and_then(|mail| mail.text.as_deref()).unwrap_or_default();
        assert!(text.contains(&format!("We have paid €{back} back to you")), "{told:?}");
        shop.after(86_400).await;
        assert_eq!(money(&shop), (4410, cents(&json!(back))), "and only once");
    }
}
