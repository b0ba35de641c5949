//! Refunds from the request to their last state.

use serde_json::json;
use time::Duration;

use serde_json::Value;

use super::super::cards::{self, ANSWERED_AFTER, SETTLES_AFTER};
use super::super::testing::{NOW, Reply, Twin};

fn refund(twin: &Twin, intent: &Reply, more: &str) -> Reply {
    twin.refund(intent, more)
}

#[test]
fn a_refund_without_an_amount_gives_back_what_is_left() {
    let twin = Twin::new();
    let intent = twin.pay("pm_card_visa");
    let part = refund(&twin, &intent, "&amount=500&reason=requested_by_customer&metadata[return_id]=r1");
    let expected = json!({
        "id": part.json["id"], "object": "refund", "amount": 500, "balance_transaction": null,
        "charge": intent.json["latest_charge"], "created": NOW.unix_timestamp(), "currency": "eur",
        "metadata": { "return_id": "r1" }, "payment_intent": intent.json["id"], "reason": "requested_by_customer",
        "receipt_number": null, "status": "succeeded",
    });
    assert_eq!(part.json, expected);
    assert_eq!(twin.get(&format!("/v1/refunds/{}", part.text("/id"))).json, expected);
    assert_eq!(refund(&twin, &intent, "").json["amount"], 1000);
    let seen = &twin.stripe.intents()[0];
    assert_eq!((&seen["amount_refunded"], &seen["status"]), (&json!(1500), &json!("succeeded")));
    let charge = twin.get(&format!("/v1/charges/{}", intent.text("/latest_charge"))).json;
    assert_eq!((&charge["amount_refunded"], &charge["refunded"]), (&json!(1500), &json!(true)));
    assert_eq!(twin.events()[2..], ["refund.created", "charge.refunded"].repeat(2));
}

#[test]
fn a_charge_can_be_named_instead_of_its_intent() {
    let twin = Twin::new();
    let intent = twin.pay("pm_card_visa");
    let reply = twin.post("/v1/refunds", &format!("charge={}", intent.text("/latest_charge")), None);
    assert_eq!((reply.status.as_u16(), reply.text("/payment_intent")), (200, intent.text("/id")));
}

#[test]
fn no_more_is_refunded_than_was_paid() {
    let twin = Twin::new();
    let intent = twin.pay("pm_card_visa");
    assert_eq!(refund(&twin, &intent, "&amount=1501").error(), (400, None, Some("amount")));
    assert_eq!(refund(&twin, &intent, "&amount=1000").status, 200);
    assert_eq!(refund(&twin, &intent, "&amount=501").error(), (400, None, Some("amount")));
    assert_eq!(refund(&twin, &intent, "&amount=500").status, 200);
    assert_eq!(refund(&twin, &intent, "&amount=1").error(), (400, Some("charge_already_refunded"), None));
    assert_eq!(twin.stripe.intents()[0]["amount_refunded"], 1500);
}

#[test]
fn what_was_not_paid_is_not_refunded() {
    let twin = Twin::new();
    let open = twin.post("/v1/payment_intents", "amount=5&currency=eur", None);
    assert_eq!(refund(&twin, &open, "").error(), (400, None, Some("payment_intent")));
    let declined = twin.pay("pm_card_chargeDeclined");
    let by_charge = format!("charge={}", declined.text("/error/charge"));
    assert_eq!(twin.post("/v1/refunds", &by_charge, None).error(), (400, None, Some("charge")));
    let unknown = twin.post("/v1/refunds", "payment_intent=pi_1", None);
    assert_eq!(unknown.error(), (404, Some("resource_missing"), Some("payment_intent")));
}

#[test]
fn a_refund_names_one_target_a_positive_amount_and_a_known_reason() {
    let twin = Twin::new();
    for (form, code, param) in [
        ("amount=5", Some("parameter_missing"), "payment_intent"),
        ("payment_intent=pi_1&charge=ch_1", None, "charge"),
        ("payment_intent=pi_1&amount=0", Some("parameter_invalid_integer"), "amount"),
        ("payment_intent=pi_1&reason=mood", None, "reason"),
        ("payment_intent=pi_1&foo=1", Some("parameter_unknown"), "foo"),
    ] {
        assert_eq!(twin.post("/v1/refunds", form, None).error(), (400, code, Some(param)), "{form}");
    }
}

#[test]
fn the_refunds_of_one_intent_are_listed_newest_first() {
    let twin = Twin::new();
    let (one, other) = (twin.pay("pm_card_visa"), twin.pay("pm_card_visa"));
    let ids = [refund(&twin, &one, "&amount=1"), refund(&twin, &other, ""), refund(&twin, &one, "&amount=2")];
    let list = twin.get(&format!("/v1/refunds?payment_intent={}&expand[]=data.charge", one.text("/id")));
    let newest = twin.get(&format!("/v1/refunds?payment_intent={}&limit=1", one.text("/id")));
    assert_eq!((newest.text("/data/0/id"), &newest.json["has_more"]), (ids[2].text("/id"), &json!(true)));
    assert_eq!((list.text("/data/0/id"), list.text("/data/1/id")), (ids[2].text("/id"), ids[0].text("/id")));
    assert_eq!((&list.json["data"][2], &list.json["has_more"]), (&Value::Null, &json!(false)));
    assert_eq!(list.json["data"][0]["charge"]["amount_refunded"], 3);
    assert_eq!(twin.get("/v1/refunds").json["data"].as_array().map(Vec::len), Some(3));
}

/// The refund as `GET /v1/refunds/{id}` shows it.
fn shown(twin: &Twin, refund: &Reply) -> Value {
    let reply = twin.get(&format!("/v1/refunds/{}", refund.text("/id")));
    assert_eq!(reply.status, 200);
    reply.json
}

/// What no request asked for: the types of these events and the objects that they carry.
fn unasked(twin: &Twin) -> Vec<(String, Value)> {
    let due = twin.stripe.due_webhooks(twin.now, 100).into_iter();
    due.filter_map(|delivery| {
        let event: Value = serde_json::from_str(&delivery.body).expect("an event is JSON");
        assert_eq!(event["type"], delivery.event_type.as_str());
        event["request"]["id"].is_null().then(|| (delivery.event_type, event["data"]["object"].clone()))
    })
    .collect()
}

#[test]
fn a_pending_refund_succeeds_some_time_later_and_says_so_once() {
    let mut twin = Twin::new();
    let intent = twin.pay(cards::PENDING_REFUND);
    let pending = refund(&twin, &intent, "&metadata[refund_id]=ref_1");
    assert_eq!(pending.text("/status"), "pending");
    twin.now = NOW + Duration::seconds(SETTLES_AFTER - 1);
    assert_eq!((unasked(&twin), shown(&twin, &pending)), (vec![], pending.json.clone()));
    twin.now += Duration::SECOND;
    let mut expected = pending.json.clone();
    expected["status"] = json!("succeeded");
    assert_eq!(shown(&twin, &pending), expected);
    twin.now += Duration::DAY;
    let told = ["refund.updated", "charge.refund.updated"].map(|name| (name.to_owned(), expected.clone()));
    assert_eq!(unasked(&twin), told);
    assert_eq!(twin.stripe.intents()[0]["amount_refunded"], 1500);
}

#[test]
fn a_refund_that_had_succeeded_can_fail_some_time_later_and_says_so_once() {
    let mut twin = Twin::new();
    let intent = twin.pay(cards::REFUND_FAIL);
    assert_eq!(intent.text("/status"), "succeeded");
    let begun = refund(&twin, &intent, "&metadata[refund_id]=ref_1");
    assert_eq!((begun.text("/status"), begun.json.get("failure_reason")), ("succeeded", None));
    twin.now = NOW + Duration::seconds(SETTLES_AFTER - 1);
    assert_eq!((unasked(&twin), shown(&twin, &begun)), (vec![], begun.json.clone()));
    assert_eq!(twin.stripe.intents()[0]["amount_refunded"], 1500);
    twin.now += Duration::SECOND;
    let expected = json!({
        "id": begun.json["id"], "object": "refund", "amount": 1500, "balance_transaction": null,
        "charge": intent.json["latest_charge"], "created": NOW.unix_timestamp(), "currency": "eur",
        "failure_reason": "expired_or_canceled_card", "metadata": { "refund_id": "ref_1" },
        "payment_intent": intent.json["id"], "reason": null, "receipt_number": null, "status": "failed",
    });
    assert_eq!(shown(&twin, &begun), expected);
    twin.now += Duration::DAY;
    let told = ["refund.updated", "charge.refund.updated", "refund.failed"]
        .map(|name| (name.to_owned(), expected.clone()));
    assert_eq!(unasked(&twin), told);
}

#[test]
fn what_a_failed_refund_did_not_give_back_can_be_refunded_again() {
    let mut twin = Twin::new();
    let intent = twin.pay(cards::REFUND_FAIL);
    let first = refund(&twin, &intent, "&amount=500");
    twin.now += Duration::seconds(1);
    let second = refund(&twin, &intent, "");
    let charge = |twin: &Twin| {
        let charge = twin.get(&format!("/v1/charges/{}", intent.text("/latest_charge"))).json;
        (charge["amount_refunded"].clone(), charge["refunded"].clone())
    };
    assert_eq!(charge(&twin), (json!(1500), json!(true)));
    twin.now = NOW + Duration::seconds(SETTLES_AFTER);
    assert_eq!(charge(&twin), (json!(1000), json!(false)));
    assert_eq!((&shown(&twin, &first)["status"], shown(&twin, &second)), (&json!("failed"), second.json));
    assert_eq!(twin.stripe.intents()[0]["status"], "succeeded", "the payment itself stands");
    assert_eq!(refund(&twin, &intent, "&amount=501").error(), (400, None, Some("amount")));
    let again = refund(&twin, &intent, "");
    assert_eq!((again.text("/status"), &again.json["amount"]), ("succeeded", &json!(500)));
}

#[test]
fn a_reopened_database_still_knows_which_refunds_will_fail() {
    let path = std::env::temp_dir().join(format!("stripe-refunds-{}.sqlite", std::process::id()));
    let twin = Twin::at(Some(&path));
    let begun = refund(&twin, &twin.pay(cards::REFUND_FAIL), "");
    let mut reopened = Twin::at(Some(&path));
    reopened.now = NOW + Duration::seconds(SETTLES_AFTER);
    assert_eq!(shown(&reopened, &begun)["status"], "failed");
    drop((twin, reopened));
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{suffix}", path.display())).ok();
    }
}

#[test]
fn an_unknown_refund_is_missing() {
    let reply = Twin::new().get("/v1/refunds/re_1");
    assert_eq!(reply.error(), (404, Some("resource_missing"), Some("id")));
}

#[test]
fn a_refund_by_hand_says_so_by_the_refund_and_by_the_charge() {
    let twin = Twin::new();
    let intent = twin.pay("pm_card_visa");
    let by_hand =
        twin.post("/v1/refunds", &format!("charge={}&amount=400", intent.text("/latest_charge")), None);
    assert_eq!(by_hand.json["metadata"], json!({}));
    let charge = twin.charge_of(&intent);
    assert_eq!((&charge["amount_refunded"], &charge["refunded"]), (&json!(400), &json!(false)));
    let told = [("refund.created".to_owned(), by_hand.json), ("charge.refunded".to_owned(), charge)];
    assert_eq!(twin.told(2), told);
}

#[test]
fn a_charge_says_of_whom_it_is_and_what_was_given_back() {
    let twin = Twin::new();
    let form = "amount=1500&currency=eur&confirm=true&payment_method_types[]=card&payment_method=pm_card_visa\
                &metadata[order_id]=ord_1";
    let intent = twin.post("/v1/payment_intents", form, None);
    let id = intent.text("/latest_charge").to_owned();
    let expected = json!({
        "id": id, "object": "charge", "amount": 1500, "amount_captured": 1500, "amount_refunded": 0, "captured": true,
        "created": NOW.unix_timestamp(), "currency": "eur", "disputed": false, "failure_code": null,
        "failure_message": null, "livemode": false, "metadata": { "order_id": "ord_1" }, "paid": true,
        "payment_intent": intent.json["id"], "payment_method": "pm_card_visa",
        "payment_method_details": { "card": {}, "type": "card" }, "refunded": false, "status": "succeeded",
    });
    assert_eq!(twin.get(&format!("/v1/charges/{id}")).json, expected);
    let list = twin.get(&format!("/v1/charges?payment_intent={}", intent.text("/id")));
    assert_eq!(list.json["data"], json!([expected]));
}

#[test]
fn a_pending_refund_can_fail_some_time_later() {
    let mut twin = Twin::new();
    let intent = twin.pay(cards::PENDING_REFUND_FAILS);
    let pending = refund(&twin, &intent, "");
    assert_eq!(
        (pending.text("/status"), twin.charge_of(&intent)["refunded"].clone()),
        ("pending", json!(true))
    );
    twin.now += Duration::seconds(SETTLES_AFTER);
    let failed = shown(&twin, &pending);
    assert_eq!(
        (&failed["status"], &failed["failure_reason"]),
        (&json!("failed"), &json!("expired_or_canceled_card"))
    );
    assert_eq!(twin.charge_of(&intent)["amount_refunded"], 0);
    let types: Vec<String> = unasked(&twin).into_iter().map(|(name, _)| name).collect();
    assert_eq!(types, ["refund.updated", "charge.refund.updated", "refund.failed"]);
}

#[test]
fn a_refund_that_failed_can_be_made_again_with_a_card_that_fails_once() {
    let mut twin = Twin::new();
    let intent = twin.pay(cards::FIRST_REFUND_FAILS);
    let first = refund(&twin, &intent, "");
    twin.now += Duration::seconds(SETTLES_AFTER);
    assert_eq!(shown(&twin, &first)["status"], "failed");
    let second = refund(&twin, &intent, "");
    twin.now += Duration::DAY;
    assert_eq!(shown(&twin, &second)["status"], "succeeded");
    assert_eq!(twin.stripe.intents()[0]["amount_refunded"], 1500);
    assert_eq!(twin.stripe.refunds().len(), 2);
}

#[test]
fn a_refund_that_waits_for_the_customer_is_canceled_or_ends_by_itself() {
    let mut twin = Twin::new();
    let intent = twin.pay(cards::REFUND_REQUIRES_ACTION);
    let waiting = [refund(&twin, &intent, "&amount=500"), refund(&twin, &intent, "&amount=1000")];
    assert!(waiting.iter().all(|refund| refund.text("/status") == "requires_action"));
    let cancel = format!("/v1/refunds/{}/cancel", waiting[0].text("/id"));
    let canceled = twin.post(&cancel, "", None);
    assert_eq!(
        (canceled.text("/status"), canceled.text("/failure_reason")),
        ("canceled", "merchant_request")
    );
    assert_eq!(twin.charge_of(&intent)["amount_refunded"], 1000);
    let told =
        ["refund.updated", "charge.refund.updated"].map(|name| (name.to_owned(), canceled.json.clone()));
    assert_eq!(twin.told(2), told);
    assert_eq!(twin.post(&cancel, "", None).error(), (400, None, None));
    twin.now += Duration::seconds(ANSWERED_AFTER);
    assert_eq!(shown(&twin, &waiting[1])["status"], "succeeded");
    assert_eq!(shown(&twin, &waiting[0]), canceled.json, "what is canceled stays so");
}

#[test]
fn only_a_refund_that_waits_for_the_customer_can_be_canceled() {
    let twin = Twin::new();
    let done = refund(&twin, &twin.pay("pm_card_visa"), "");
    let refused = twin.post(&format!("/v1/refunds/{}/cancel", done.text("/id")), "", None);
    assert_eq!(refused.error(), (400, None, None));
    assert_eq!(shown(&twin, &done), done.json);
    let unknown = twin.post("/v1/refunds/re_1/cancel", "", None);
    assert_eq!(unknown.error(), (404, Some("resource_missing"), Some("id")));
}
