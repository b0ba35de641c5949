//! Staff decides about returns and takes in what arrives (C5): goods into stock, money back, once.

use serde_json::{Value, json};
use tests::{Answer, Call, Shop};

use crate::returns::{ask, decide, delivered, reject, settings, shop, tally, units};
use crate::support::{
    World, assert_has, assert_invalid, assert_problem, events, get, mails, money, put_product, refunds,
};

/// A delivered order with a return that staff has approved.
async fn approved(policies: &Value, card: &str, asked: &Value) -> (Shop, String, String) {
    let (shop, alice) = shop(policies).await;
    let id = delivered(&shop, &alice, card).await;
    let asked = shop.send(ask(&alice, &id, "r1", asked)).await;
    assert_eq!(asked.status, 201, "{asked:?}");
    assert_eq!(shop.send(decide(&shop, &id, 1, "approve")).await.status, 200);
    shop.finish().await;
    (shop, alice, id)
}

async fn receive(shop: &Shop, id: &str, known: u64, body: &Value) -> Answer {
    shop.send(decide(shop, id, known, "receive").json(body)).await
}

async fn ledger(shop: &Shop, id: &str) -> Value {
    shop.send(Call::get(&format!("/api/v1/admin/orders/{id}/ledger")).token(&shop.admin())).await.body
}

fn all_of_it() -> Value {
    json!({"line_ids": [1, 2], "reason": "damaged"})
}

#[tokio::test]
async fn each_decision_is_made_once_and_the_ways_back_are_closed() {
    let (shop, alice) = shop(&json!({})).await;
    let id = delivered(&shop, &alice, "pm_card_visa").await;
    for key in ["r1", "r2"] {
        assert_eq!(shop.send(ask(&alice, &id, key, &units(1, 1))).await.status, 201);
    }
    let steps = [
        (1, decide(&shop, &id, 1, "approve"), json!({"return_id": 1, "status": "approved"})),
        (1, decide(&shop, &id, 1, "receive"), json!({"return_id": 1, "status": "received"})),
        (
            2,
            reject(&shop, &id, 2),
            json!({"return_id": 2, "status": "rejected", "rejection_reason": "It was used"}),
        ),
    ];
    for (known, call, expected) in steps {
        shop.twin.cloud.clock.advance(3_600_000);
        let done = shop.send(call.clone()).await;
        assert_eq!(done.status, 200, "{done:?}");
        assert_has(&done.body, &expected);
        assert_eq!(done.body["updated_at"], shop.twin.cloud.clock.now().rfc3339());
        shop.finish().await;
        let world = World::of(&shop);
        let settled = shop.send(call.clone()).await;
        let again = shop.send(call).await;
        assert_eq!((again.status, &again.body), (200, &settled.body), "return {known}");
        shop.finish().await;
        world.assert_unchanged(&shop, "the same decision again");
    }
    let world = World::of(&shop);
    let other_reason = decide(&shop, &id, 2, "reject").json(&json!({"reason": "another"}));
    for (call, stands) in [
        (reject(&shop, &id, 1), "received"),
        (decide(&shop, &id, 2, "approve"), "rejected"),
        (decide(&shop, &id, 2, "receive"), "rejected"),
        (other_reason, "rejected"),
        (decide(&shop, &id, 1, "receive").json(&json!({"lines": [{"line_id": 1, "scrap": 1}]})), "received"),
    ] {
        let refused = shop.send(call).await;
        assert_problem(&refused, 409, "return_not_open");
        assert_has(
            &refused.body,
            &json!({"order_status": "delivered", "allowed_actions": ["refund", "request_return", "change_notes"]}),
        );
        assert!(refused.body.get("return_status").is_none_or(|at| at == stands), "{refused:?}");
    }
    world.assert_unchanged(&shop, "ways back");
    assert_eq!((money(&shop), shop.units("mug")), ((5_245, 1_250), (18, 0)));
}

#[tokio::test]
async fn a_return_that_was_approved_and_then_rejected_is_not_approved_by_asking_again() {
    let (shop, alice, id) = approved(&json!({}), "pm_card_visa", &units(1, 1)).await;
    assert_eq!(shop.send(reject(&shop, &id, 1)).await.body["status"], "rejected");
    shop.finish().await;
    let world = World::of(&shop);
    let again = shop.send(decide(&shop, &id, 1, "approve")).await;
    assert_problem(&again, 409, "return_not_open");
    assert_problem(&shop.send(decide(&shop, &id, 1, "receive")).await, 409, "return_not_open");
    world.assert_unchanged(&shop, "what was rejected");
    assert_eq!(tally(&get(&shop, &alice, &id).await.body, 1), [0, 0, 0]);
}

#[tokio::test]
async fn what_was_not_approved_is_not_taken_in() {
    let (shop, alice) = shop(&json!({})).await;
    let id = delivered(&shop, &alice, "pm_card_visa").await;
    assert_eq!(shop.send(ask(&alice, &id, "r1", &units(1, 1))).await.status, 201);
    let world = World::of(&shop);
    let refused = receive(&shop, &id, 1, &json!({})).await;
    assert_problem(&refused, 409, "return_not_open");
    world.assert_unchanged(&shop, "a return that nobody has looked at");
}

#[tokio::test]
async fn what_arrives_is_restocked_or_scrapped_by_the_unit_and_what_does_not_can_be_asked_for_anew() {
    let (shop, alice, id) = approved(&json!({}), "pm_card_visa", &all_of_it()).await;
    let world = World::of(&shop);
    for (lines, line) in [
        (json!([{"line_id": 1, "restock": 2, "scrap": 2}]), 1),
        (json!([{"line_id": 1, "scrap": 1}, {"line_id": 2, "restock": 3}]), 2),
    ] {
        let refused = receive(&shop, &id, 1, &json!({ "lines": lines })).await;
        assert_problem(&refused, 409, "not_enough_units");
        assert_eq!(refused.body["line_id"], line);
    }
    let unknown = json!({"lines": [{"line_id": 3, "restock": 1}]});
    assert_invalid(&receive(&shop, &id, 1, &unknown).await, "/lines/0", "unknown_line");
    let tried =
        decide(&shop, &id, 1, "receive?dry_run=true").json(&json!({"lines": [{"line_id": 2, "scrap": 2}]}));
    let tried = shop.send(tried).await;
    assert_has(&tried.body, &json!({"dry_run": true, "refund": {"amount": "10.00", "status": "requested"}}));
    world.assert_unchanged(&shop, "what did not arrive");

    let arrived = json!({"lines": [{"line_id": 1, "restock": 1, "scrap": 1}, {"line_id": 2, "restock": 1}]});
    let received = receive(&shop, &id, 1, &arrived).await;
    assert_has(
        &received.body,
        &json!({
            "status": "received", "lines": [{"line_id": 1, "quantity": 3}, {"line_id": 2, "quantity": 2}],
            "received": [{"line_id": 1, "restocked": 1, "scrapped": 1}, {"line_id": 2, "restocked": 1, "scrapped": 0}],
            "refund": {"amount": "30.00", "currency": "EUR", "status": "done"},
        }),
    );
    assert_eq!((money(&shop), shop.units("mug"), shop.units("cup")), ((5_245, 3_000), (18, 0), (19, 0)));
    let seen = get(&shop, &alice, &id).await;
    assert_eq!((tally(&seen.body, 1), tally(&seen.body, 2)), ([0, 0, 2], [0, 0, 1]));
    assert_has(
        &seen.body,
        &json!({"payment_status": "partially_refunded", "payment": {"refunded_amount": "30.00", "balance": "0.00"}}),
    );
    let again = shop.send(ask(&alice, &id, "r2", &all_of_it())).await;
    assert_has(
        &again.body,
        &json!({"return_id": 2, "lines": [{"line_id": 1, "quantity": 1}, {"line_id": 2, "quantity": 1}]}),
    );
    shop.finish().await;
    let text = mails(&shop, "has arrived")[0].text.clone().unwrap_or_default();
    assert!(text.contains("2 × mug") && text.contains("€30.00") && text.contains("did not arrive"), "{text}");
}

#[tokio::test]
async fn the_delivery_charge_goes_back_with_everything_if_the_policy_of_the_placement_says_so_or_staff_does()
{
    let lines = |line: u32, restock: u32| json!([{"line_id": line, "restock": restock}]);
    for (policy, first, second, amounts) in [
        (false, json!(null), json!(null), ["37.50", "10.00"]),
        (true, json!(null), json!(null), ["37.50", "14.95"]),
        (true, json!(null), json!(false), ["37.50", "10.00"]),
        (false, json!(true), json!(true), ["42.45", "10.00"]),
        (false, json!(false), json!(true), ["37.50", "14.95"]),
    ] {
        let (shop, alice, id) =
            approved(&json!({"refund_delivery": policy}), "pm_card_visa", &units(1, 3)).await;
        // Whatever the store thinks of it later.
        shop.settings(&settings(&json!({"refund_delivery": !policy}))).await;
        let say = |lines: Value, choice: &Value| match choice {
            Value::Null => json!({ "lines": lines }),
            choice => json!({"lines": lines, "refund_delivery": choice}),
        };
        let one = receive(&shop, &id, 1, &say(lines(1, 3), &first)).await;
        assert_eq!(one.body["refund"]["amount"], amounts[0], "{policy} {first} {second}");
        assert_eq!(shop.send(ask(&alice, &id, "r2", &units(2, 2))).await.status, 201);
        assert_eq!(shop.send(decide(&shop, &id, 2, "approve")).await.status, 200);
        let two = receive(&shop, &id, 2, &say(lines(2, 2), &second)).await;
        assert_eq!(two.body["refund"]["amount"], amounts[1], "{policy} {first} {second}");
        let ledger = ledger(&shop, &id).await;
        let kept = if amounts.iter().any(|amount| amount.ends_with("5") && *amount != "37.50") {
            "0.00"
        } else {
            "4.95"
        };
        assert_has(&ledger, &json!({"owed_amount": kept, "refundable_amount": kept, "balance": "0.00"}));
        shop.finish().await;
        let back = if kept == "0.00" { 5_245 } else { 4_750 };
        assert_eq!((money(&shop), shop.units("mug"), shop.units("cup")), ((5_245, back), (20, 0), (20, 0)));
        let status = get(&shop, &alice, &id).await.body["payment_status"].clone();
        assert_eq!(status, if kept == "0.00" { "refunded" } else { "partially_refunded" });
    }
}

#[tokio::test]
async fn the_line_that_came_back_is_credited_with_its_own_frozen_amounts_and_all_parts_make_the_total() {
    let (shop, alice) = shop(&json!({"refund_delivery": true})).await;
    put_product(&shop, "mug", "9.99", &json!({})).await;
    let coupon =
        Call::put("/api/v1/admin/coupons/TENTH").token(&shop.admin()).json(&json!({"percent": "10"}));
    assert_eq!(shop.send(coupon).await.status, 201);
    let mut body = crate::returns::body("pm_card_visa");
    body["coupon_code"] = json!("TENTH");
    let placed = shop.send(Call::post("/api/v1/orders").token(&alice).key("k1").json(&body)).await;
    let id = placed.order_id();
    crate::statuses::bring(&shop, &id, "delivered").await;
    // Prices of later are no prices of this order.
    put_product(&shop, "mug", "99.00", &json!({})).await;
    let mut back = 0;
    let units_back = [(2, 1), (1, 1), (1, 1), (2, 1), (1, 1)];
    for (at, (line, quantity)) in (1..).zip(units_back) {
        assert_eq!(shop.send(ask(&alice, &id, &format!("r{at}"), &units(line, quantity))).await.status, 201);
        assert_eq!(shop.send(decide(&shop, &id, at, "approve")).await.status, 200);
        assert_eq!(receive(&shop, &id, at, &json!({})).await.status, 200);
        let ledger = ledger(&shop, &id).await;
        let entries = ledger["entries"].as_array().expect("entries");
        let credit = entries.iter().rfind(|entry| entry["kind"] == "credit").expect("a credit");
        assert_has(
            credit,
            &json!({"event": "return_received", "parts": [{"line_id": line, "quantity": quantity}]}),
        );
        let last = at == 5;
        assert_eq!(credit.get("delivery").is_some(), last, "with the last of it");
        let now = money(&shop).1;
        let cents = |value: &Value| {
            value.as_str().expect("an amount").replace('.', "").parse::<i64>().expect("cents")
        };
        let delivery = credit.get("delivery").map_or(0, |delivery| cents(&delivery["total"]));
        assert_eq!(now - back, cents(&credit["parts"][0]["total"]) + delivery);
        back = now;
    }
    shop.finish().await;
    let total = money(&shop).0;
    assert_eq!((back, total), (total, 4_092), "29.97 and 10.00, less a tenth, and 4.95 for the delivery");
    assert_eq!(get(&shop, &alice, &id).await.body["payment_status"], "refunded");
    assert_eq!(refunds(&shop).as_array().map(Vec::len), Some(5));
}

#[tokio::test]
async fn what_was_paid_at_the_door_is_given_back_by_hand_and_noted() {
    let (shop, alice, id) = approved(&json!({"refund_delivery": true}), "cod", &all_of_it()).await;
    let received = receive(&shop, &id, 1, &json!({})).await;
    assert_has(
        &received.body,
        &json!({"status": "received", "refund": {"amount": "52.45", "status": "requested"}}),
    );
    for _ in 0..10 {
        shop.after(7_200).await;
    }
    assert_has(
        &ledger(&shop, &id).await,
        &json!({"pending_refund_amount": "52.45", "refunded_amount": "0.00", "balance": "-52.45"}),
    );
    let refund = received.body["refund"]["refund_id"].as_str().expect("an id");
    let settle = |reference: &str| {
        let path = format!("/api/v1/admin/orders/{id}/refunds/{refund}/settle");
        shop.send(Call::post(&path).token(&shop.admin()).json(&json!({ "reference": reference })))
    };
    let settled = settle("SEPA 4711").await;
    assert_has(
        &settled.body,
        &json!({"refund_id": refund, "status": "done", "amount": "52.45", "reference": "SEPA 4711", "payment_status": "refunded"}),
    );
    shop.finish().await;
    let world = World::of(&shop);
    let again = settle("SEPA 4711").await;
    let mut same = settled.body.clone();
    same["version"] = json!(same["version"].as_u64().expect("a version") + 1);
    assert_eq!((again.status, &again.body), (200, &same), "it has a credit note by now");
    assert_problem(&settle("SEPA 4712").await, 409, "refund_not_open");
    shop.finish().await;
    world.assert_unchanged(&shop, "a refund that was paid");
    assert_has(
        &ledger(&shop, &id).await,
        &json!({"refunded_amount": "52.45", "refundable_amount": "0.00", "balance": "0.00"}),
    );
    assert_eq!((money(&shop), shop.units("mug"), shop.units("cup")), ((0, 0), (20, 0), (20, 0)));
    let seen = get(&shop, &alice, &id).await;
    assert_eq!(
        events(&seen.body)[7..],
        ["return_requested", "return_approved", "return_received", "refund_requested", "refund_settled"]
    );
    assert_eq!(seen.body["payment"]["refunds"][0].get("reference"), None, "that is the store's own");
}

#[tokio::test]
async fn units_that_were_paid_back_before_are_not_paid_back_again_when_they_arrive() {
    let (shop, alice, id) = approved(&json!({}), "pm_card_visa", &units(2, 2)).await;
    let give_back = |line: u32, quantity: u32, key: &str| {
        let refund =
            json!({"lines": [{"line_id": line, "quantity": quantity}], "reason": "It is on its way"});
        Call::post(&format!("/api/v1/admin/orders/{id}/refunds")).token(&shop.admin()).key(key).json(&refund)
    };
    assert_has(&shop.send(give_back(2, 2, "f1")).await.body, &json!({"amount": "10.00", "status": "done"}));
    let cups = receive(&shop, &id, 1, &json!({})).await;
    assert_eq!((cups.status, &cups.body["status"], cups.body.get("refund")), (200, &json!("received"), None));
    shop.finish().await;
    let text = mails(&shop, "has arrived")[0].text.clone().unwrap_or_default();
    assert!(text.contains("nothing left to pay back"), "{text}");

    assert_has(&shop.send(give_back(1, 2, "f2")).await.body, &json!({"amount": "25.00", "status": "done"}));
    assert_eq!(shop.send(ask(&alice, &id, "r2", &units(1, 3))).await.status, 201);
    assert_eq!(shop.send(decide(&shop, &id, 2, "approve")).await.status, 200);
    let mugs = receive(&shop, &id, 2, &json!({})).await;
    assert_eq!(mugs.body["refund"]["amount"], "12.50", "the third: {mugs:?}");
    assert_eq!((money(&shop), shop.units("mug"), shop.units("cup")), ((5_245, 4_750), (20, 0), (20, 0)));
    assert_has(&ledger(&shop, &id).await, &json!({"owed_amount": "4.95", "balance": "0.00"}));
}

#[tokio::test]
async fn while_the_provider_is_down_goods_are_taken_in_and_the_money_follows() {
    let (shop, alice, id) = approved(&json!({}), "pm_card_visa", &units(1, 3)).await;
    let now = shop.twin.cloud.clock.now();
    shop.twin.cloud.stripe.down_until(now.plus_seconds(6 * 3_600).datetime());
    let received = receive(&shop, &id, 1, &json!({})).await;
    assert_has(
        &received.body,
        &json!({"status": "received", "refund": {"amount": "37.50", "status": "requested"}}),
    );
    assert_eq!((money(&shop), shop.units("mug")), ((5_245, 0), (20, 0)));
    let again = receive(&shop, &id, 1, &json!({})).await;
    assert_eq!(again.body["refund"], received.body["refund"]);
    for _ in 0..8 {
        shop.after(3_600).await;
    }
    assert_eq!((money(&shop), refunds(&shop).as_array().map(Vec::len)), ((5_245, 3_750), Some(1)));
    assert_eq!(get(&shop, &alice, &id).await.body["payment"]["refunds"][0]["status"], "done");
    assert!(shop.twin.cloud.sqs.messages("PaymentDeadLetters").is_empty());
}

#[tokio::test]
async fn the_customer_is_told_at_each_step() {
    let (shop, alice) = shop(&json!({})).await;
    let id = delivered(&shop, &alice, "pm_card_visa").await;
    for key in ["r1", "r2"] {
        assert_eq!(shop.send(ask(&alice, &id, key, &units(1, 1))).await.status, 201);
    }
    shop.finish().await;
    for (call, subject, says) in [
        (decide(&shop, &id, 1, "approve"), "is approved", "1 × mug"),
        (reject(&shop, &id, 2), "is not possible", "It was used"),
        (decide(&shop, &id, 1, "receive"), "has arrived", "€12.50"),
    ] {
        let before = shop.twin.cloud.ses.mails().len();
        assert_eq!(shop.send(call).await.status, 200);
        shop.finish().await;
        let told = mails(&shop, subject);
        let text = told[0].text.clone().unwrap_or_default();
        assert!(told.len() == 1 && text.contains(says), "{subject}: {text}");
        let more = if subject == "has arrived" { 2 } else { 1 };
        assert_eq!(shop.twin.cloud.ses.mails().len(), before + more, "and of the refund, once it is made");
    }
}
