//! Refunds that the provider refuses, or takes and fails later, and those that somebody makes on the provider's own pages.

use serde_json::{Value, json};
use tests::{Answer, Call, Shop};

use crate::refunds_support::{
    DAY, by_staff, card, dined, entries, ledger, lines, only_refund, priced, refund, retry, settle,
};
use crate::support::{
    World, assert_has, assert_problem, due, events, get, mails, money, only_intent, refunds, stripe, webhook,
};

const HOUR: i64 = 60 * 60;

/// A shop with an order paid by this card, of which 10.00 are to go back: the order and the refund.
async fn refunded(name: &str) -> (Shop, String, String) {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card(name)).await;
    let given = shop.send(refund(&shop, &id, "r1", &json!({"amount": "10.00"}))).await;
    assert_has(&given.body, &json!({"status": "done", "payment_status": "partially_refunded"}));
    shop.finish().await;
    (shop, id, given.body["refund_id"].as_str().expect("an id").to_owned())
}

fn alarms(shop: &Shop) -> usize {
    shop.twin.cloud.sqs.messages("PaymentDeadLetters").len()
}

fn asked(shop: &Shop) -> usize {
    refunds(shop).as_array().map_or(0, Vec::len)
}

/// The customer calls the order off.
async fn cancel(shop: &Shop, id: &str) -> Answer {
    shop.send(Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&shop.customer("alice"))).await
}

/// Gives money back on Stripe's own pages.
fn by_hand(shop: &Shop, amount: u32) -> Value {
    let intent = only_intent(shop)["id"].as_str().expect("an id").to_owned();
    let made = stripe(shop, "POST", "/v1/refunds", &format!("payment_intent={intent}&amount={amount}"));
    assert_eq!(made["status"], "succeeded", "{made:#}");
    made
}

#[tokio::test]
async fn a_refund_that_fails_later_is_shown_and_owed_again() {
    let (shop, id, refund_id) = refunded("pm_card_refundFail").await;
    assert_has(&ledger(&shop, &id).await, &json!({"refunded_amount": "10.00", "balance": "0.00"}));
    shop.after(10).await;
    let failed = only_refund(&shop, &id).await;
    assert_has(
        &failed,
        &json!({"refund_id": refund_id, "status": "failed", "failure_code": "expired_or_canceled_card", "amount": "10.00"}),
    );
    let seen = get(&shop, &shop.customer("alice"), &id).await;
    assert_has(
        &seen.body,
        &json!({"payment_status": "paid", "payment": {"refunded_amount": "0.00", "balance": "-10.00",
            "refunds": [{"status": "failed"}]}}),
    );
    assert!(events(&seen.body).ends_with(&["refunded", "refund_failed"]), "{seen:?}");
    let told = ledger(&shop, &id).await;
    assert_eq!(
        entries(&told)[2..],
        [("credit", "10.00"), ("refund_requested", "10.00"), ("refund", "10.00"), ("refund_failed", "10.00")]
    );
    assert_has(
        &told,
        &json!({"refundable_amount": "44.10", "pending_refund_amount": "0.00", "owed_amount": "34.10"}),
    );
    assert_has(
        &by_staff(&shop, &id).await,
        &json!({"payment": {"refunds": [{"failure_code": "expired_or_canceled_card"}]}}),
    );
}

#[tokio::test]
async fn a_refund_that_failed_is_asked_for_again_after_an_hour() {
    let (shop, id, _) = refunded("pm_twin_firstRefundFails").await;
    shop.after(10).await;
    assert_eq!(only_refund(&shop, &id).await["status"], "failed");
    for _ in 0..3 {
        shop.after(15 * 60).await;
        assert_eq!(
            (asked(&shop), &only_refund(&shop, &id).await["status"]),
            (1, &json!("failed")),
            "not yet"
        );
    }
    shop.after(15 * 60).await;
    shop.after(15 * 60).await;
    let done = only_refund(&shop, &id).await;
    assert_has(&done, &json!({"status": "done", "amount": "10.00"}));
    assert_eq!(done.get("failure_code"), None);
    shop.after(2 * DAY).await;
    assert_eq!((asked(&shop), money(&shop), alarms(&shop)), (2, (4410, 1000), 0));
    let told = ledger(&shop, &id).await;
    assert_has(&told, &json!({"refunded_amount": "10.00", "balance": "0.00", "refundable_amount": "34.10"}));
    let names = ["refund_requested", "refunded", "refund_failed", "refund_retried", "refunded"];
    assert!(events(&by_staff(&shop, &id).await).ends_with(&names));
}

/// Lets a quarter of an hour pass again and again, and says after how many seconds Stripe was asked for a refund.
async fn asked_at(shop: &Shop, total: i64) -> Vec<i64> {
    let step = 15 * 60;
    let (mut known, mut seen) = (asked(shop), vec![]);
    for at in 1..=total / step {
        shop.after(step).await;
        if asked(shop) > known {
            seen.push(at * step);
            known = asked(shop);
        }
    }
    seen
}

#[tokio::test]
async fn a_refund_that_fails_for_good_is_tried_for_a_day_and_a_half_and_then_raises_the_alarm() {
    for name in ["pm_card_refundFail", "pm_twin_pendingRefundFails"] {
        let (shop, id, refund_id) = refunded(name).await;
        let seen = asked_at(&shop, 40 * HOUR).await;
        // Each a moment after an hour, six and a day of the refusal before, which is known a quarter of an hour later here.
        let waits: Vec<i64> =
            seen.iter().zip([0].iter().chain(&seen)).map(|(at, before)| at - before).collect();
        assert_eq!(waits.len(), 3, "{seen:?}");
        for (wait, due) in waits.iter().zip([HOUR, 6 * HOUR, DAY]) {
            assert!((due..=due + HOUR).contains(wait), "{name}: {seen:?}");
        }
        assert_eq!((asked(&shop), money(&shop)), (4, (4410, 0)), "{name}");
        for _ in 0..20 {
            shop.after(HOUR).await;
        }
        assert!(alarms(&shop) > 0, "{name}: somebody has to look at it");
        assert_eq!(asked(&shop), 4, "{name}: and nobody tries any more");
        assert_has(&only_refund(&shop, &id).await, &json!({"status": "failed", "refund_id": refund_id}));
        assert_has(&ledger(&shop, &id).await, &json!({"balance": "-10.00", "refunded_amount": "0.00"}));
    }
}

#[tokio::test]
async fn staff_asks_again_at_once_or_pays_it_in_another_way() {
    let (shop, id, refund_id) = refunded("pm_card_refundFail").await;
    let early = shop.send(retry(&shop, &id, &refund_id)).await;
    assert_problem(&early, 409, "refund_not_open");
    assert_problem(&shop.send(settle(&shop, &id, &refund_id, "cash")).await, 409, "refund_not_open");
    shop.after(10).await;
    let world = World::of(&shop);
    for end in ["retry", "settle"] {
        let path = format!("/api/v1/admin/orders/{id}/refunds/{refund_id}/{end}?dry_run=true");
        let call = Call::post(&path).token(&shop.admin());
        let call = if end == "settle" { call.json(&json!({"reference": "cash"})) } else { call };
        let seen = shop.send(call).await;
        assert_eq!((seen.status, &seen.body["dry_run"]), (200, &json!(true)), "{seen:?}");
    }
    assert_problem(&shop.send(retry(&shop, &id, "another")).await, 404, "not_found");
    world.assert_unchanged(&shop, "previews");
    let again = shop.send(retry(&shop, &id, &refund_id)).await;
    assert_has(&again.body, &json!({"status": "done", "refund_id": refund_id, "amount": "10.00"}));
    assert_eq!(asked(&shop), 2);
    shop.after(10).await;
    assert_eq!(only_refund(&shop, &id).await["status"], "failed", "the second attempt failed too");
    let paid = shop.send(settle(&shop, &id, &refund_id, "SEPA 4711")).await;
    assert_has(
        &paid.body,
        &json!({"status": "done", "reference": "SEPA 4711", "payment_status": "partially_refunded"}),
    );
    shop.after(3 * DAY).await;
    assert_eq!((asked(&shop), money(&shop), alarms(&shop)), (2, (4410, 0), 0), "nobody asks for it any more");
    assert_has(
        &ledger(&shop, &id).await,
        &json!({"refunded_amount": "10.00", "balance": "0.00", "refundable_amount": "34.10"}),
    );
    assert!(mails(&shop, "efund").len() >= 2);
}

#[tokio::test]
async fn a_failed_refund_whose_money_went_elsewhere_is_not_paid_twice() {
    let (shop, id, refund_id) = refunded("pm_twin_firstRefundFails").await;
    shop.after(10).await;
    let given = shop.send(refund(&shop, &id, "r2", &json!({"amount": "40.00"}))).await;
    assert_has(&given.body, &json!({"status": "done", "refundable_amount": "4.10"}));
    for call in [retry(&shop, &id, &refund_id), settle(&shop, &id, &refund_id, "cash")] {
        let refused = shop.send(call).await;
        assert_problem(&refused, 409, "refund_exceeds_captured");
        assert_eq!(refused.body["refundable_amount"], "4.10");
    }
    shop.after(2 * DAY).await;
    assert_eq!(money(&shop), (4410, 4000));
    ledger(&shop, &id).await;
}

/// What followed by itself once took the money of the refund that had failed, and nobody could pay that one any more.
#[tokio::test]
async fn what_is_called_off_after_a_refund_failed_leaves_that_ones_money_alone() {
    let (shop, id, first) = refunded("pm_card_refundFail").await;
    shop.after(10).await;
    let off = cancel(&shop, &id).await;
    assert_has(&off.body, &json!({"status": "cancelled", "refund_amount": "34.10"}));
    shop.after(10).await;
    let refunds = by_staff(&shop, &id).await["payment"]["refunds"].take();
    assert_has(&refunds, &json!([{"status": "failed"}, {"status": "failed", "amount": "34.10"}]));
    assert_has(&ledger(&shop, &id).await, &json!({"balance": "-44.10", "refundable_amount": "44.10"}));
    let second = refunds[1]["refund_id"].as_str().expect("an id");
    for (refund_id, reference, balance) in
        [(second, "SEPA 4711", "-10.00"), (first.as_str(), "SEPA 4712", "0.00")]
    {
        let paid = shop.send(settle(&shop, &id, refund_id, reference)).await;
        assert_has(&paid.body, &json!({"status": "done", "reference": reference}));
        assert_eq!(ledger(&shop, &id).await["balance"], balance);
    }
    shop.after(3 * DAY).await;
    assert_eq!((asked(&shop), money(&shop), alarms(&shop)), (2, (4410, 0), 0), "both are done");
    assert_eq!(by_staff(&shop, &id).await["payment_status"], "refunded");
}

#[tokio::test]
async fn a_refund_that_failed_before_the_order_was_called_off_is_asked_for_again_as_ever() {
    let (shop, id, _) = refunded("pm_twin_firstRefundFails").await;
    shop.after(10).await;
    assert_has(&cancel(&shop, &id).await.body, &json!({"refund_amount": "34.10"}));
    for _ in 0..4 {
        shop.after(HOUR).await;
    }
    assert_eq!((asked(&shop), money(&shop)), (3, (4410, 4410)));
    let refunds = by_staff(&shop, &id).await["payment"]["refunds"].take();
    assert_has(&refunds, &json!([{"status": "done", "amount": "10.00"}, {"status": "done"}]));
    assert_has(&ledger(&shop, &id).await, &json!({"balance": "0.00", "refundable_amount": "0.00"}));
}

#[tokio::test]
async fn a_failed_refund_raises_the_alarm_only_while_the_store_has_money_that_is_not_its_own() {
    for (body, owed) in [(json!({}), "0.00"), (json!({"amount": "40.00"}), "-4.10")] {
        let (shop, id, _) = refunded("pm_twin_firstRefundFails").await;
        shop.after(10).await;
        assert_has(&shop.send(refund(&shop, &id, "r2", &body)).await.body, &json!({"status": "done"}));
        for _ in 0..60 {
            shop.after(HOUR).await;
        }
        assert_eq!((&ledger(&shop, &id).await["balance"], asked(&shop)), (&json!(owed), 2));
        assert_eq!(alarms(&shop) > 0, owed != "0.00", "{owed} is owed");
    }
}

#[tokio::test]
async fn a_refund_that_was_asked_for_as_often_as_can_be_is_settled() {
    let (shop, id, refund_id) = refunded("pm_card_refundFail").await;
    for attempt in 1..=20 {
        shop.twin.cloud.clock.advance(10_000);
        shop.finish().await;
        let again = shop.send(retry(&shop, &id, &refund_id)).await;
        assert_has(&again.body, &json!({"status": "done"}));
        assert_eq!(asked(&shop), attempt + 1);
    }
    shop.after(10).await;
    let refused = shop.send(retry(&shop, &id, &refund_id)).await;
    assert_problem(&refused, 409, "too_many");
    let open = refused.body["allowed_actions"].to_string();
    assert!(open.contains("settle_refund") && !open.contains("retry_refund"), "{open}");
    let paid = shop.send(settle(&shop, &id, &refund_id, "SEPA 4711")).await;
    assert_has(&paid.body, &json!({"status": "done", "reference": "SEPA 4711"}));
    assert_has(&ledger(&shop, &id).await, &json!({"balance": "0.00", "refunded_amount": "10.00"}));
}

#[tokio::test]
async fn a_refund_made_on_the_providers_pages_is_in_the_ledger_and_counts() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    let made = by_hand(&shop, 1_000);
    let told = due(&shop);
    shop.finish().await;
    for delivery in told {
        assert_eq!(shop.send(webhook(&delivery.body, &delivery.signature)).await.status, 200, "doubled");
    }
    let seen = get(&shop, &alice, &id).await;
    assert_has(
        &seen.body,
        &json!({"payment_status": "partially_refunded", "payment": {"refunded_amount": "10.00", "balance": "0.00"}}),
    );
    assert_eq!(events(&seen.body).iter().filter(|name| **name == "refunded_outside").count(), 1);
    let shown = ledger(&shop, &id).await;
    assert_eq!(entries(&shown)[2..], [("credit", "10.00"), ("refund", "10.00")]);
    assert_has(&shown["entries"][3], &json!({"reference": made["id"], "event": "refunded_outside"}));
    let more = shop.send(refund(&shop, &id, "r1", &json!({"amount": "34.11"}))).await;
    assert_problem(&more, 409, "refund_exceeds_captured");
    assert_eq!(more.body["refundable_amount"], "34.10");
    let off = cancel(&shop, &id).await;
    assert_has(&off.body, &json!({"refund_amount": "34.10", "payment_status": "refunded"}));
    shop.finish().await;
    assert_eq!((money(&shop), asked(&shop)), ((4410, 4410), 2));
    ledger(&shop, &id).await;
}

#[tokio::test]
async fn a_failed_refund_that_somebody_makes_by_hand_is_done_with_that() {
    let (shop, id, refund_id) = refunded("pm_twin_firstRefundFails").await;
    shop.after(10).await;
    let made = by_hand(&shop, 1_000);
    shop.finish().await;
    assert_has(
        &only_refund(&shop, &id).await,
        &json!({"refund_id": refund_id, "status": "done", "reference": made["id"]}),
    );
    shop.after(3 * DAY).await;
    assert_eq!((money(&shop), asked(&shop), alarms(&shop)), ((4410, 1000), 2, 0));
    assert_has(&ledger(&shop, &id).await, &json!({"refunded_amount": "10.00", "balance": "0.00"}));
}

#[tokio::test]
async fn a_refund_that_pays_units_pays_them_when_it_is_retried_and_only_once() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_twin_firstRefundFails")).await;
    let given =
        shop.send(refund(&shop, &id, "r1", &json!({"lines": lines(&[(2, 2)]), "delivery": true}))).await;
    assert_eq!(given.body["amount"], "33.22");
    shop.after(10).await;
    let again = shop.send(refund(&shop, &id, "r2", &json!({"lines": lines(&[(2, 1)])}))).await;
    assert_problem(&again, 409, "not_enough_units");
    for _ in 0..3 {
        shop.after(HOUR).await;
    }
    assert_eq!((money(&shop), asked(&shop)), ((4410, 3322), 2));
    assert_has(&ledger(&shop, &id).await, &json!({"owed_amount": "10.88", "balance": "0.00"}));
}
