//! Giving money back: all of it, units, an amount, a gift, the delivery; never more than was taken, and each once.

use serde_json::{Value, json};
use tests::{Call, order};

use crate::refunds_support::{
    advance, by_staff, cancel_part, card, dined, dinner, entries, ledger, lines, only_refund, priced, refund,
    refund_preview, retry, settle,
};
use crate::support::{
    World, assert_has, assert_problem, basket, events, get, mails, money, only_intent, place, refunds, shop,
};

#[tokio::test]
async fn all_that_was_taken_goes_back_if_nothing_is_named() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    let given = shop.send(refund(&shop, &id, "r1", &json!({"reason": "never arrived"}))).await;
    assert_eq!(
        (given.status, given.header("etag"), given.header("idempotent-replayed")),
        (201, Some("\"8\""), None)
    );
    let refund_id = format!("{id}-refund-1");
    assert_has(
        &given.body,
        &json!({"order_id": id, "refund_id": refund_id, "amount": "44.10", "currency": "EUR", "cause": "full", "status": "done",
            "payment_status": "refunded", "refundable_amount": "0.00", "reason": "never arrived", "version": 8,
            "lines": [{"line_id": 1, "quantity": 3}, {"line_id": 2, "quantity": 2}], "reference": refunds(&shop)[0]["id"]}),
    );
    assert_has(
        &refunds(&shop)[0],
        &json!({"amount": 4410, "payment_intent": only_intent(&shop)["id"],
            "metadata": {"refund_id": refund_id, "order_id": id, "customer_id": "alice"}}),
    );
    shop.finish().await;
    assert_eq!(
        (money(&shop), shop.units("plate"), shop.units("mug")),
        ((4410, 4410), (7, 3), (8, 2)),
        "money, not goods"
    );
    let seen = get(&shop, &alice, &id).await;
    assert_has(
        &seen.body,
        &json!({"status": "preparing", "payment_status": "refunded",
            "payment": {"refunded_amount": "44.10", "balance": "0.00", "refunds": [{"amount": "44.10", "status": "done"}]}}),
    );
    let shown = &seen.body["payment"]["refunds"][0];
    assert_eq!((shown.get("reason"), shown.get("reference")), (None, None), "what staff wrote is staff's");
    assert!(!seen.body.to_string().contains("never arrived"));
    let text = mails(&shop, "efund")[0].text.clone().unwrap_or_default();
    assert!(text.contains("€44.10") && !text.contains("never arrived"), "{text}");
    ledger(&shop, &id).await;
}

#[tokio::test]
async fn units_are_worth_their_frozen_shares_and_all_of_them_with_the_delivery_are_the_order() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    // Prices of today are nobody's business.
    crate::support::put_product(&shop, "plate", "100.00", &json!({})).await;
    let one = |line: u32| json!({"lines": lines(&[(line, 1)])});
    for (at, (body, amount)) in [
        (one(1), "3.62"),
        (one(2), "13.61"),
        (json!({"delivery": true}), "5.99"),
        (one(1), "3.63"),
        (json!({"lines": lines(&[(2, 1), (1, 1)])}), "17.25"),
    ]
    .into_iter()
    .enumerate()
    {
        let seen = shop.send(refund_preview(&shop, &id, &body)).await;
        assert_has(&seen.body, &json!({"amount": amount, "status": "requested", "dry_run": true}));
        let given = shop.send(refund(&shop, &id, &format!("r{at}"), &body)).await;
        assert_eq!(given.status, 201, "{given:?}");
        assert_has(&given.body, &json!({"amount": amount, "cause": "lines", "status": "done"}));
        assert_eq!(
            (seen.body["refundable_amount"].clone(), given.body.get("dry_run")),
            (given.body["refundable_amount"].clone(), None)
        );
    }
    assert_eq!(money(&shop), (4410, 4410));
    assert_eq!(by_staff(&shop, &id).await["payment_status"], "refunded");
    assert_problem(&shop.send(refund(&shop, &id, "r9", &json!({}))).await, 409, "nothing_to_refund");
    ledger(&shop, &id).await;
}

#[tokio::test]
async fn units_and_the_delivery_are_paid_back_once_however_much_is_left() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    shop.send(cancel_part(&alice, &id, "c1", &[(1, 1)])).await;
    let plates = json!({"lines": lines(&[(1, 2)]), "delivery": true});
    assert_has(&shop.send(refund(&shop, &id, "r1", &plates)).await.body, &json!({"amount": "13.25"}));
    let world = World::of(&shop);
    for (body, code) in [
        (json!({"lines": lines(&[(2, 1), (1, 1)])}), "not_enough_units"),
        (json!({"lines": lines(&[(2, 3)])}), "not_enough_units"),
        (json!({"delivery": true}), "delivery_already_refunded"),
        (json!({"lines": lines(&[(2, 1)]), "delivery": true}), "delivery_already_refunded"),
    ] {
        assert_problem(&shop.send(refund(&shop, &id, "r2", &body)).await, 409, code);
    }
    world.assert_unchanged(&shop, "what was paid back before");
    assert_has(
        &shop.send(refund(&shop, &id, "r2", &json!({"lines": lines(&[(2, 2)])}))).await.body,
        &json!({"amount": "27.23"}),
    );
    assert_eq!(money(&shop), (4410, 4410));
    ledger(&shop, &id).await;
}

#[tokio::test]
async fn amounts_and_gifts_go_back_up_to_what_was_taken() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    for (key, body, cause, left) in [
        ("r1", json!({"amount": "10.00"}), "amount", "34.10"),
        ("r2", json!({"amount": "5", "goodwill": true, "reason": "so late"}), "goodwill", "29.10"),
        ("r3", json!({"amount": 0.1}), "amount", "29.00"),
        ("r4", json!({"amount": "29.00", "goodwill": true}), "goodwill", "0.00"),
    ] {
        let world = World::of(&shop);
        let too_much = shop.send(refund(&shop, &id, key, &json!({"amount": "44.11"}))).await;
        assert_problem(&too_much, 409, "refund_exceeds_captured");
        assert_eq!(too_much.body["currency"], "EUR");
        world.assert_unchanged(&shop, "a refund of more than was taken");
        let given = shop.send(refund(&shop, &id, key, &body)).await;
        assert_has(&given.body, &json!({"cause": cause, "refundable_amount": left}));
    }
    assert_eq!(money(&shop), (4410, 4410));
    let told = ledger(&shop, &id).await;
    let kinds: Vec<_> = entries(&told)
        .into_iter()
        .map(|(kind, _)| kind)
        .filter(|kind| kind.starts_with(['c', 'g']))
        .collect();
    assert_eq!(kinds, ["charge", "capture", "credit", "goodwill", "credit", "goodwill"]);
    assert_eq!(refunds(&shop).as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn a_refund_is_one_however_often_its_request_is_sent() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    let body = json!({"amount": "10.00"});
    let given = shop.send(refund(&shop, &id, "r1", &body)).await;
    let world = World::of(&shop);
    let again = shop.send(refund(&shop, &id, "r1", &body)).await;
    assert_eq!(
        (again.status, again.header("idempotent-replayed"), &again.body),
        (200, Some("true"), &given.body)
    );
    for other in [json!({"amount": "10.01"}), json!({}), json!({"amount": "10.00", "goodwill": true})] {
        assert_problem(&shop.send(refund(&shop, &id, "r1", &other)).await, 422, "idempotency_key_reused");
    }
    let path = format!("/api/v1/admin/orders/{id}/refunds");
    let keyless = shop.send(Call::post(&path).token(&shop.admin()).json(&body)).await;
    assert_problem(&keyless, 400, "idempotency_key_required");
    world.assert_unchanged(&shop, "replays and refusals");
    shop.send(refund(&shop, &id, "r2", &json!({}))).await;
    assert_eq!(money(&shop), (4410, 4410));
    let late = shop.send(refund(&shop, &id, "r1", &body)).await;
    assert_has(&late.body, &json!({"amount": "10.00", "refundable_amount": "0.00"}));
    assert_eq!((late.status, refunds(&shop).as_array().map(Vec::len)), (200, Some(2)));
}

#[tokio::test]
async fn a_dry_run_of_a_refund_changes_nothing_at_all() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    let (order, told, world) = (by_staff(&shop, &id).await, ledger(&shop, &id).await, World::of(&shop));
    for (body, amount) in [
        (json!({}), "44.10"),
        (json!({"lines": lines(&[(1, 3)]), "delivery": true}), "16.87"),
        (json!({"amount": "44.10", "goodwill": true}), "44.10"),
    ] {
        let seen = shop.send(refund_preview(&shop, &id, &body)).await;
        assert_eq!(
            (seen.status, &seen.body["amount"], &seen.body["dry_run"]),
            (200, &json!(amount), &json!(true))
        );
    }
    let refused = shop.send(refund_preview(&shop, &id, &json!({"amount": "44.11"}))).await;
    assert_problem(&refused, 409, "refund_exceeds_captured");
    shop.finish().await;
    world.assert_unchanged(&shop, "previews");
    assert_eq!((by_staff(&shop, &id).await, ledger(&shop, &id).await), (order, told));
}

#[tokio::test]
async fn refunds_are_for_staff_and_of_orders_that_are_there() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    let missing = format!("{}{}", &id[..35], if id.ends_with('0') { '1' } else { '0' });
    let world = World::of(&shop);
    let path = format!("/api/v1/admin/orders/{id}/refunds");
    for end in ["", "/x/retry", "/x/settle"] {
        let call = || Call::post(&format!("{path}{end}")).key("r1").json(&json!({"reference": "x"}));
        assert_eq!(shop.send(call().token(&alice)).await.status, 403, "{end}");
        assert_eq!(shop.send(call()).await.status, 401, "{end}");
    }
    let ledger_path = format!("/api/v1/admin/orders/{id}/ledger");
    assert_eq!(shop.send(Call::get(&ledger_path).token(&alice)).await.status, 403);
    assert_problem(&shop.send(refund(&shop, &missing, "r1", &json!({}))).await, 404, "not_found");
    for unknown in [format!("{id}-refund-1"), "x".to_owned()] {
        assert_problem(&shop.send(settle(&shop, &id, &unknown, "cash")).await, 404, "not_found");
        assert_problem(&shop.send(retry(&shop, &id, &unknown)).await, 404, "not_found");
    }
    for (body, pointer, code) in [
        (json!({"amount": "1.001"}), "/amount", "invalid"),
        (json!({"amount": "0"}), "/amount", "invalid"),
        (json!({"amount": "-1"}), "/amount", "invalid"),
        (json!({"amount": "1", "delivery": true}), "/amount", "not_permitted"),
        (json!({"goodwill": true}), "/goodwill", "not_permitted"),
        (json!({"lines": []}), "/lines", "out_of_range"),
        (json!({"lines": lines(&[(9, 1)])}), "/lines/0", "unknown_line"),
        (json!({"reason": "x".repeat(501)}), "/reason", "out_of_range"),
    ] {
        let refused = shop.send(refund(&shop, &id, "r1", &body)).await;
        assert_problem(&refused, 422, "invalid_request");
        assert_has(&refused.body, &json!({"errors": [{"pointer": pointer, "code": code}]}));
    }
    // Nothing named means everything, so null is not the same as nothing.
    let nulls = [json!({"lines": null}), json!({"amount": null})];
    for body in nulls.into_iter().chain([json!({"amount": "x"}), json!({"sum": "1"})]) {
        assert_problem(&shop.send(refund(&shop, &id, "r1", &body)).await, 400, "malformed_body");
    }
    let stale = refund(&shop, &id, "r1", &json!({})).header("if-match", "\"2\"");
    assert_problem(&shop.send(stale).await, 412, "version_mismatch");
    world.assert_unchanged(&shop, "refunds that are refused");
}

#[tokio::test]
async fn what_was_paid_at_the_door_is_given_back_by_hand_and_noted() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &json!({"method": "cod"})).await;
    assert_problem(&shop.send(refund(&shop, &id, "r1", &json!({}))).await, 409, "nothing_to_refund");
    advance(&shop, &id, &["packed", "shipped", "delivered"]).await;
    assert_has(&ledger(&shop, &id).await, &json!({"captured_amount": "44.10", "refundable_amount": "44.10"}));
    let given = shop.send(refund(&shop, &id, "r1", &json!({"lines": lines(&[(2, 1)])}))).await;
    assert_has(
        &given.body,
        &json!({"amount": "13.61", "status": "requested", "payment_status": "paid", "refundable_amount": "30.49"}),
    );
    shop.finish().await;
    shop.after(7 * 86_400).await;
    let promised = only_refund(&shop, &id).await;
    assert_eq!(
        (&promised["status"], money(&shop)),
        (&json!("requested"), (0, 0)),
        "the provider has no part in it"
    );
    assert_has(&ledger(&shop, &id).await, &json!({"pending_refund_amount": "13.61", "balance": "-13.61"}));
    assert!(shop.twin.cloud.sqs.messages("PaymentDeadLetters").is_empty());
    let refund_id = given.body["refund_id"].as_str().expect("an id").to_owned();
    let retried =
        Call::post(&format!("/api/v1/admin/orders/{id}/refunds/{refund_id}/retry")).token(&shop.admin());
    assert_problem(&shop.send(retried).await, 409, "refund_not_open");
    let settled = shop.send(settle(&shop, &id, &refund_id, "SEPA 4711")).await;
    assert_has(
        &settled.body,
        &json!({"status": "done", "reference": "SEPA 4711", "payment_status": "partially_refunded"}),
    );
    let world = World::of(&shop);
    let again = shop.send(settle(&shop, &id, &refund_id, "SEPA 4711")).await;
    assert_eq!((again.status, &again.body), (200, &settled.body));
    assert_problem(&shop.send(settle(&shop, &id, &refund_id, "SEPA 4712")).await, 409, "refund_not_open");
    world.assert_unchanged(&shop, "settling what is settled");
    assert_has(
        &ledger(&shop, &id).await,
        &json!({"refunded_amount": "13.61", "balance": "0.00", "refundable_amount": "30.49"}),
    );
    let alice = shop.customer("alice");
    let seen = get(&shop, &alice, &id).await;
    assert_has(&seen.body, &json!({"payment": {"refunds": [{"status": "done", "amount": "13.61"}]}}));
    assert!(!seen.body.to_string().contains("4711"), "the reference is staff's");
    assert_eq!(events(&seen.body)[6..], ["collected", "refund_requested", "refund_settled"]);
}

#[tokio::test]
async fn what_was_paid_back_before_units_are_called_off_is_not_paid_back_again() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    shop.send(refund(&shop, &id, "r1", &json!({"lines": lines(&[(1, 3)])}))).await;
    shop.send(refund(&shop, &id, "r2", &json!({"amount": "20.00", "goodwill": true}))).await;
    let off = shop.send(cancel_part(&alice, &id, "c1", &[(1, 1)])).await;
    assert_has(&off.body, &json!({"refund_amount": "0.00"}));
    assert_eq!(
        (shop.units("plate"), money(&shop)),
        ((8, 2), (4410, 3088)),
        "paid for or not, it is not sent"
    );
    let off = shop.send(cancel_part(&alice, &id, "c2", &[(2, 1)])).await;
    assert_has(&off.body, &json!({"refund_amount": "13.22"}));
    assert_eq!(money(&shop), (4410, 4410), "a mug costs 13.61, and no more is left");
    assert_has(&ledger(&shop, &id).await, &json!({"owed_amount": "0.00", "balance": "0.00"}));
    let rest = shop.send(cancel_part(&alice, &id, "c3", &[(1, 2), (2, 1)])).await;
    assert_has(&rest.body, &json!({"status": "cancelled", "refund_amount": "0.00"}));
    assert_eq!((shop.units("plate"), shop.units("mug"), money(&shop)), ((10, 0), (10, 0), (4410, 4410)));
}

#[tokio::test]
async fn an_unpaid_order_and_one_that_cost_nothing_have_nothing_to_give_back() {
    let (shop, alice) = shop().await;
    let waiting = shop.send(order(&alice, "k1", "mug", 1, "pm_card_threeDSecure2Required")).await.order_id();
    let coupon = Call::put("/api/v1/admin/coupons/ALL").token(&shop.admin()).json(&json!({"percent": "100"}));
    assert_eq!(shop.send(coupon).await.status, 201);
    let body = basket(&[("mug", 1)], &json!({"coupon_code": "ALL", "payment": card("pm_card_visa")}));
    let free = shop.send(place(&alice, "k2", &body)).await;
    assert_has(&free.body, &json!({"total_amount": "0.00", "payment_status": "paid"}));
    shop.finish().await;
    for id in [waiting, free.order_id()] {
        let seen = by_staff(&shop, &id).await;
        assert!(!seen["available_actions"].to_string().contains("refund"), "{seen:#}");
        for body in [json!({}), json!({"amount": "0.01"}), json!({"amount": "1.00", "goodwill": true})] {
            assert_problem(&shop.send(refund(&shop, &id, "r1", &body)).await, 409, "nothing_to_refund");
        }
        ledger(&shop, &id).await;
    }
}

#[tokio::test]
async fn an_order_has_room_for_forty_refunds_and_can_be_called_off_after_them() {
    let (shop, alice) = priced().await;
    let placed = shop.send(place(&alice, "k1", &dinner(&card("pm_card_visa")))).await;
    let id = placed.order_id();
    for at in 0..40 {
        let given = shop.send(refund(&shop, &id, &format!("r{at}"), &json!({"amount": "0.01"}))).await;
        assert_eq!(given.status, 201, "{at}: {given:?}");
    }
    let more = shop.send(refund(&shop, &id, "r40", &json!({"amount": "0.01"}))).await;
    assert_problem(&more, 409, "too_many");
    assert_eq!(money(&shop), (4410, 40));
    shop.finish().await;
    // Calling it off pays back all the same.
    let off = shop.send(Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&alice)).await;
    assert_has(&off.body, &json!({"refund_amount": "43.70"}));
    assert_eq!(money(&shop), (4410, 4410));
    ledger(&shop, &id).await;
}

#[tokio::test]
async fn a_refund_while_the_provider_is_down_is_promised_and_follows() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    let now = shop.twin.cloud.clock.now().datetime();
    shop.twin.cloud.stripe.down_until(now + std::time::Duration::from_secs(6 * 3600));
    let given = shop.send(refund(&shop, &id, "r1", &json!({"amount": "40.00"}))).await;
    assert_eq!((given.status, &given.body["status"]), (201, &Value::from("requested")), "{given:?}");
    let more = shop.send(refund(&shop, &id, "r2", &json!({"amount": "4.11"}))).await;
    assert_problem(&more, 409, "refund_exceeds_captured");
    assert_eq!(more.body["refundable_amount"], "4.10", "what is promised is as good as gone");
    for _ in 0..5 {
        shop.after(3600).await;
        assert_eq!(only_refund(&shop, &id).await["status"], "requested");
    }
    for _ in 0..3 {
        shop.after(3600).await;
    }
    assert_eq!(only_refund(&shop, &id).await["status"], "done");
    assert_eq!((money(&shop), refunds(&shop).as_array().map(Vec::len)), ((4410, 4000), Some(1)));
    assert!(
        shop.twin.cloud.sqs.messages("PaymentDeadLetters").is_empty(),
        "an outage is no reason for alarm"
    );
}
