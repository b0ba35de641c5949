//! Authorizations from the bank's yes to the money, or to their end without it.

use serde_json::{Value, json};
use time::Duration;

use super::super::testing::{NOW, Reply, Twin};
use super::HELD_FOR;

fn capture(twin: &Twin, intent: &Reply, form: &str) -> Reply {
    twin.act(intent, "capture", form)
}

/// Status, capturable and received amount.
fn state(intent: &Value) -> (Value, i64, i64) {
    let amount = |name: &str| intent[name].as_i64().expect("an amount");
    (intent["status"].clone(), amount("amount_capturable"), amount("amount_received"))
}

fn now(twin: &Twin, intent: &Reply) -> Value {
    twin.get(&format!("/v1/payment_intents/{}", intent.text("/id"))).json
}

/// What the charge says of its money: captured amount, refunded amount, and whether it is captured and refunded.
fn money(charge: &Value) -> (i64, i64, bool, bool) {
    let amount = |name: &str| charge[name].as_i64().expect("an amount");
    (
        amount("amount_captured"),
        amount("amount_refunded"),
        charge["captured"] == true,
        charge["refunded"] == true,
    )
}

#[test]
fn a_manual_capture_only_holds_the_money() {
    let twin = Twin::new();
    let held = twin.hold("pm_card_visa");
    assert_eq!(held.status, 200);
    assert_eq!(state(&held.json), (json!("requires_capture"), 1500, 0));
    assert_eq!(held.text("/capture_method"), "manual");
    let charge = twin.charge_of(&held);
    assert_eq!(money(&charge), (0, 0, false, false));
    assert_eq!((&charge["status"], &charge["paid"]), (&json!("succeeded"), &json!(true)));
    let until = NOW.unix_timestamp() + HELD_FOR;
    assert_eq!(charge["payment_method_details"]["card"]["capture_before"], until);
    assert_eq!(twin.events(), ["payment_intent.created", "payment_intent.amount_capturable_updated"]);
    assert_eq!(twin.told(1)[0].1, held.json);
    assert_eq!(twin.act(&held, "confirm", "").error(), (400, Some("payment_intent_unexpected_state"), None));
}

#[test]
fn a_capture_takes_all_that_is_held() {
    let twin = Twin::new();
    let held = twin.hold("pm_card_visa");
    let captured = capture(&twin, &held, "");
    assert_eq!((captured.status.as_u16(), state(&captured.json)), (200, (json!("succeeded"), 0, 1500)));
    assert_eq!(
        (now(&twin, &held), captured.text("/latest_charge")),
        (captured.json.clone(), held.text("/latest_charge"))
    );
    let charge = twin.charge_of(&held);
    assert_eq!(
        (money(&charge), &charge["payment_method_details"]),
        ((1500, 0, true, false), &json!({"card": {}, "type": "card"}))
    );
    let told =
        [("charge.captured".to_owned(), charge), ("payment_intent.succeeded".to_owned(), captured.json)];
    assert_eq!(twin.told(2), told);
    assert_eq!(twin.events().len(), 4);
    assert_eq!(twin.refund(&held, "").json["amount"], 1500);
}

#[test]
fn what_is_not_captured_of_a_hold_is_let_go_and_shows_as_a_refund_that_moved_no_money() {
    let twin = Twin::new();
    let held = twin.hold("pm_card_visa");
    let captured = capture(&twin, &held, "amount_to_capture=1000");
    assert_eq!(state(&captured.json), (json!("succeeded"), 0, 1000));
    assert_eq!(
        (&captured.json["amount"], money(&twin.charge_of(&held))),
        (&json!(1500), (1000, 500, true, false))
    );
    let list = twin.get(&format!("/v1/refunds?payment_intent={}", held.text("/id")));
    let refund = &list.json["data"][0];
    assert_eq!(
        (&refund["amount"], &refund["status"], &refund["reason"]),
        (&json!(500), &json!("succeeded"), &Value::Null)
    );
    assert_eq!((&refund["metadata"], &list.json["data"][1]), (&json!({}), &Value::Null));
    assert_eq!(
        twin.events()[2..],
        ["charge.captured", "refund.created", "charge.refunded", "payment_intent.succeeded"]
    );
    assert_eq!(twin.stripe.intents()[0]["amount_refunded"], 0, "nothing that was paid was given back");
    assert!(twin.stripe.refunds().is_empty());
}

#[test]
fn no_more_is_refunded_than_was_captured() {
    for version in ["2024-06-20", "2025-03-31.basil"] {
        let mut twin = Twin::new();
        twin.version = Some(version);
        let held = twin.hold("pm_card_visa");
        assert_eq!(twin.refund(&held, "").error(), (400, None, Some("payment_intent")));
        capture(&twin, &held, "amount_to_capture=1000");
        assert_eq!(twin.refund(&held, "&amount=1001").error(), (400, None, Some("amount")));
        assert_eq!(twin.refund(&held, "&amount=600").status, 200);
        assert_eq!(twin.charge_of(&held)["refunded"], false, "{version}");
        assert_eq!(twin.refund(&held, "").json["amount"], 400);
        assert_eq!(twin.charge_of(&held)["refunded"], true, "{version}");
        assert_eq!(twin.refund(&held, "").error(), (400, Some("charge_already_refunded"), None));
        assert_eq!(twin.stripe.intents()[0]["amount_refunded"], 1000, "{version}");
    }
}

#[test]
fn what_was_let_go_is_not_the_first_refund_of_a_card_whose_first_one_fails() {
    let mut twin = Twin::new();
    let held = twin.hold("pm_twin_firstRefundFails");
    capture(&twin, &held, "amount_to_capture=1000");
    twin.refund(&held, "");
    twin.now += Duration::DAY;
    assert_eq!(money(&twin.charge_of(&held)), (1000, 500, true, false));
    assert_eq!(twin.stripe.refunds()[0]["status"], "failed");
}

#[test]
fn newer_versions_let_a_hold_go_without_a_refund() {
    let mut twin = Twin::new();
    twin.version = Some("2025-03-31.basil");
    let part = twin.hold("pm_card_visa");
    capture(&twin, &part, "amount_to_capture=1000");
    assert_eq!(money(&twin.charge_of(&part)), (1000, 0, true, false));
    let canceled = twin.hold("pm_card_visa");
    twin.act(&canceled, "cancel", "");
    assert_eq!(money(&twin.charge_of(&canceled)), (0, 0, false, false));
    assert_eq!(twin.get("/v1/refunds").json["data"], json!([]));
    assert_eq!(
        twin.events(),
        [
            "payment_intent.created",
            "payment_intent.amount_capturable_updated",
            "charge.captured",
            "payment_intent.succeeded",
            "payment_intent.created",
            "payment_intent.amount_capturable_updated",
            "payment_intent.canceled",
        ]
    );
}

#[test]
fn a_capture_of_too_much_or_of_nothing_is_refused_and_the_hold_stays() {
    let twin = Twin::new();
    let held = twin.hold("pm_card_visa");
    let much = capture(&twin, &held, "amount_to_capture=1501");
    assert_eq!(much.error(), (400, Some("amount_too_large"), None));
    assert_eq!(much.json["error"]["payment_intent"], held.json);
    for nothing in ["0", "-1", "x"] {
        let refused = capture(&twin, &held, &format!("amount_to_capture={nothing}"));
        assert_eq!(refused.error(), (400, Some("parameter_invalid_integer"), Some("amount_to_capture")));
    }
    assert_eq!((now(&twin, &held), twin.events().len()), (held.json, 2));
}

#[test]
fn only_what_is_held_can_be_captured_and_a_refusal_shows_the_intent() {
    let twin = Twin::new();
    let captured = twin.hold("pm_card_visa");
    capture(&twin, &captured, "");
    let canceled = twin.hold("pm_card_visa");
    twin.act(&canceled, "cancel", "");
    let declined = twin.hold("pm_card_chargeDeclined");
    let declined = twin.get(&format!("/v1/payment_intents/{}", declined.text("/error/payment_intent/id")));
    for (intent, says) in [
        (&captured, "could not be captured because it has already been captured."),
        (&twin.pay("pm_card_visa"), "could not be captured because it has already been captured."),
        (&canceled, "because it has a status of canceled. Only"),
        (&declined, "because it has a status of requires_payment_method. Only"),
        (&twin.hold("pm_card_threeDSecure2Required"), "because it has a status of requires_action. Only"),
    ] {
        let before = now(&twin, intent);
        let refused = capture(&twin, intent, "");
        assert_eq!(refused.error(), (400, Some("payment_intent_unexpected_state"), None));
        assert!(refused.text("/error/message").contains(says), "{}", refused.json);
        assert_eq!((&refused.json["error"]["payment_intent"], &before), (&now(&twin, intent), &before));
    }
    let unknown = twin.post("/v1/payment_intents/pi_1/capture", "", None);
    assert_eq!(unknown.error(), (404, Some("resource_missing"), Some("intent")));
}

#[test]
fn a_capture_under_one_key_happens_once() {
    let twin = Twin::new();
    let held = twin.hold("pm_card_visa");
    let path = format!("/v1/payment_intents/{}/capture", held.text("/id"));
    let first = twin.post(&path, "amount_to_capture=1000", Some("k"));
    let again = twin.post(&path, "amount_to_capture=1000", Some("k"));
    assert_eq!((&again.raw, again.header("idempotent-replayed")), (&first.raw, Some("true")));
    let other = twin.post(&path, "amount_to_capture=900", Some("k"));
    assert_eq!((other.status.as_u16(), other.text("/error/type")), (400, "idempotency_error"));
    assert_eq!(state(&now(&twin, &held)), (json!("succeeded"), 0, 1000));
}

#[test]
fn a_canceled_hold_is_let_go_and_its_charge_reads_as_refunded() {
    let twin = Twin::new();
    let held = twin.hold("pm_card_visa");
    let canceled = twin.act(&held, "cancel", "cancellation_reason=requested_by_customer");
    assert_eq!(state(&canceled.json), (json!("canceled"), 0, 0));
    assert_eq!(canceled.text("/cancellation_reason"), "requested_by_customer");
    assert_eq!(money(&twin.charge_of(&held)), (0, 1500, false, true));
    assert_eq!(twin.events()[2..], ["refund.created", "charge.refunded", "payment_intent.canceled"]);
    assert_eq!(twin.told(1)[0].1, canceled.json);
    assert_eq!(twin.stripe.intents()[0]["amount_refunded"], 0);
    assert_eq!(twin.refund(&held, "").error(), (400, None, Some("payment_intent")));
    assert_eq!(twin.act(&held, "cancel", "").error(), (400, Some("payment_intent_unexpected_state"), None));
}

#[test]
fn a_hold_that_nobody_captures_ends_after_a_week() {
    let mut twin = Twin::new();
    let held = twin.hold("pm_card_visa");
    twin.now += Duration::seconds(HELD_FOR - 1);
    assert_eq!((now(&twin, &held), twin.events().len()), (held.json.clone(), 2));
    twin.now += Duration::SECOND;
    let types: Vec<String> = twin.told(4).into_iter().map(|(name, _)| name).collect();
    assert_eq!(types, ["charge.expired", "refund.created", "charge.refunded", "payment_intent.canceled"]);
    let ended = now(&twin, &held);
    assert_eq!(state(&ended), (json!("canceled"), 0, 0));
    assert_eq!(ended["cancellation_reason"], "automatic");
    assert_eq!(twin.get("/v1/refunds").text("/data/0/reason"), "expired_uncaptured_charge");
    assert_eq!(capture(&twin, &held, "").error(), (400, Some("payment_intent_unexpected_state"), None));
    twin.now += Duration::DAY;
    assert_eq!(twin.stripe.due_webhooks(twin.now, 100).len(), 6, "it ends once");
}

#[test]
fn a_hold_that_was_captured_in_time_does_not_end() {
    let mut twin = Twin::new();
    let held = twin.hold("pm_card_visa");
    twin.now += Duration::seconds(HELD_FOR - 1);
    let captured = capture(&twin, &held, "");
    twin.now += Duration::DAY;
    assert_eq!(now(&twin, &held), captured.json);
}

#[test]
fn declines_and_3_d_secure_come_before_the_hold() {
    let twin = Twin::new();
    let declined = twin.hold("pm_card_chargeDeclined");
    assert_eq!(declined.error(), (402, Some("card_declined"), None));
    assert_eq!(state(&declined.json["error"]["payment_intent"]), (json!("requires_payment_method"), 0, 0));
    let secure = twin.hold("pm_card_threeDSecure2Required");
    assert_eq!(secure.text("/status"), "requires_action");
    assert!(twin.stripe.authenticate(NOW, secure.text("/id"), true));
    assert_eq!(state(&now(&twin, &secure)), (json!("requires_capture"), 1500, 0));
    let unheard = twin.hold("pm_twin_chargedWithServerError");
    assert_eq!(unheard.status, 500);
    assert_eq!(twin.stripe.intents()[2]["status"], "requires_capture");
}

#[test]
fn a_session_whose_payment_is_held_is_complete_and_unpaid_until_the_capture() {
    let twin = Twin::new();
    let session = twin.session("&payment_intent_data[capture_method]=manual");
    assert_eq!(twin.submit(&session, "payment_method=pm_card_visa").status, 303);
    let state = |session: &Value| {
        (session["status"].clone(), session["payment_status"].clone(), session["url"].clone())
    };
    let complete = |paid: &str| (json!("complete"), json!(paid), Value::Null);
    let held = twin.reread(&session);
    assert_eq!(state(&held.json), complete("unpaid"));
    let intent = twin.get(&format!("/v1/payment_intents/{}", held.text("/payment_intent")));
    assert_eq!(intent.text("/status"), "requires_capture");
    assert_eq!(
        twin.events(),
        ["payment_intent.created", "payment_intent.amount_capturable_updated", "checkout.session.completed"]
    );
    assert_eq!(twin.told(1)[0].1, held.json);
    let expire = format!("/v1/checkout/sessions/{}/expire", session.text("/id"));
    assert_eq!(twin.post(&expire, "", None).error(), (400, None, None));
    capture(&twin, &intent, "");
    assert_eq!(state(&twin.reread(&session).json), complete("paid"));
    assert_eq!(
        twin.events()[3..],
        ["charge.captured", "payment_intent.succeeded"],
        "the session says nothing again"
    );
}

#[test]
fn what_is_held_for_a_session_can_be_canceled_by_the_shop() {
    let twin = Twin::new();
    let session = twin.session("&payment_intent_data[capture_method]=manual");
    twin.submit(&session, "payment_method=pm_card_visa");
    let intent = twin.get(&format!("/v1/payment_intents/{}", twin.reread(&session).text("/payment_intent")));
    assert_eq!(twin.act(&intent, "cancel", "").text("/status"), "canceled");
    let after = twin.reread(&session);
    assert_eq!((after.text("/status"), after.text("/payment_status")), ("complete", "unpaid"));
}
