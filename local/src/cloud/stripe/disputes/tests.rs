//! Disputes from the customer's complaint to the bank's decision.

use serde_json::{Value, json};
use time::Duration;

use super::super::cards::{DISPUTED, INQUIRED, NOT_RECEIVED, SETTLES_AFTER};
use super::super::testing::{NOW, Reply, Twin};

/// The dispute of an intent, as it is now.
fn dispute(twin: &Twin, intent: &Reply) -> Reply {
    let list = twin.get(&format!("/v1/disputes?payment_intent={}", intent.text("/id")));
    assert_eq!(list.json["data"].as_array().map(Vec::len), Some(1), "{}", list.json);
    twin.get(&format!("/v1/disputes/{}", list.text("/data/0/id")))
}

fn answer(twin: &Twin, dispute: &Reply, form: &str) -> Reply {
    twin.post(&format!("/v1/disputes/{}", dispute.text("/id")), form, None)
}

fn close(twin: &Twin, dispute: &Reply) -> Reply {
    twin.post(&format!("/v1/disputes/{}/close", dispute.text("/id")), "", None)
}

#[test]
fn a_disputed_payment_says_so_before_it_says_that_it_succeeded() {
    let twin = Twin::new();
    let intent = twin.pay(DISPUTED);
    assert_eq!(intent.text("/status"), "succeeded");
    let seen = dispute(&twin, &intent);
    let due_by = (NOW.unix_timestamp() / 86_400 + 8) * 86_400 - 1;
    let expected = json!({
        "id": seen.json["id"], "object": "dispute", "amount": 1500, "balance_transactions": [],
        "charge": intent.json["latest_charge"], "created": NOW.unix_timestamp(), "currency": "eur",
        "evidence": seen.json["evidence"],
        "evidence_details": { "due_by": due_by, "has_evidence": false, "past_due": false, "submission_count": 0 },
        "is_charge_refundable": false, "livemode": false, "metadata": {}, "payment_intent": intent.json["id"],
        "payment_method_details": { "card": { "brand": "visa", "network_reason_code": "10.4" }, "type": "card" },
        "reason": "fraudulent", "status": "needs_response",
    });
    assert_eq!(seen.json, expected);
    assert!(seen.text("/id").starts_with("du_"));
    let evidence = seen.json["evidence"].as_object().expect("an object");
    assert!(evidence.len() == 27 && evidence.values().all(Value::is_null));
    assert_eq!(twin.charge_of(&intent)["disputed"], true);
    assert_eq!(
        twin.events(),
        [
            "payment_intent.created",
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "payment_intent.succeeded"
        ]
    );
    assert_eq!(twin.told(3)[0].1, expected);
    assert_eq!(twin.stripe.disputes(), [expected]);
}

#[test]
fn what_is_only_held_is_disputed_when_it_is_captured_and_for_as_much() {
    let twin = Twin::new();
    let held = twin.hold(NOT_RECEIVED);
    assert_eq!(twin.get("/v1/disputes").json["data"], json!([]));
    twin.act(&held, "capture", "amount_to_capture=1000");
    let seen = dispute(&twin, &held);
    assert_eq!((&seen.json["amount"], seen.text("/reason")), (&json!(1000), "product_not_received"));
    assert_eq!(
        twin.events()[2..],
        [
            "charge.captured",
            "refund.created",
            "charge.refunded",
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "payment_intent.succeeded"
        ]
    );
}

#[test]
fn a_disputed_charge_cannot_be_refunded() {
    let twin = Twin::new();
    let intent = twin.pay(DISPUTED);
    for form in ["", "&amount=1", "&amount=9999"] {
        let refused = twin.refund(&intent, form);
        assert_eq!(refused.error(), (400, Some("charge_disputed"), None));
        let message =
            format!("Charge {} has been charged back; cannot issue a refund.", intent.text("/latest_charge"));
        assert_eq!(
            (refused.text("/error/type"), refused.text("/error/message")),
            ("invalid_request_error", &*message)
        );
    }
    assert!(twin.stripe.refunds().is_empty());
}

#[test]
fn a_closed_dispute_is_lost_for_good() {
    let twin = Twin::new();
    let intent = twin.pay(DISPUTED);
    let closed = close(&twin, &dispute(&twin, &intent));
    assert_eq!((closed.text("/status"), &closed.json["is_charge_refundable"]), ("lost", &json!(false)));
    assert_eq!(twin.told(1), [("charge.dispute.closed".to_owned(), closed.json.clone())]);
    assert_eq!(twin.events().len(), 5, "no money comes back");
    for again in
        [close(&twin, &closed), answer(&twin, &closed, "evidence[uncategorized_text]=winning_evidence")]
    {
        assert_eq!(
            (again.error(), again.text("/error/message")),
            ((400, None, None), "This dispute is already closed")
        );
    }
    assert_eq!(dispute(&twin, &intent).json, closed.json);
    assert_eq!(twin.refund(&intent, "").error(), (400, Some("charge_disputed"), None));
}

#[test]
fn evidence_is_reviewed_first_and_wins_or_loses_some_time_later() {
    for (evidence, status, refundable, told) in [
        ("winning_evidence", "won", true, vec!["charge.dispute.funds_reinstated", "charge.dispute.closed"]),
        ("losing_evidence", "lost", false, vec!["charge.dispute.closed"]),
    ] {
        let mut twin = Twin::new();
        let intent = twin.pay(DISPUTED);
        let form = format!("evidence[uncategorized_text]={evidence}&metadata[case]=c1");
        let review = answer(&twin, &dispute(&twin, &intent), &form);
        assert_eq!((review.text("/status"), review.text("/metadata/case")), ("under_review", "c1"));
        assert_eq!(review.text("/evidence/uncategorized_text"), evidence);
        let details = &review.json["evidence_details"];
        assert_eq!((&details["has_evidence"], &details["submission_count"]), (&json!(true), &json!(1)));
        assert_eq!(twin.told(1), [("charge.dispute.updated".to_owned(), review.json)]);
        twin.now = NOW + Duration::seconds(SETTLES_AFTER - 1);
        assert_eq!(dispute(&twin, &intent).text("/status"), "under_review");
        twin.now += Duration::SECOND;
        let decided = dispute(&twin, &intent);
        assert_eq!(
            (decided.text("/status"), &decided.json["is_charge_refundable"]),
            (status, &json!(refundable))
        );
        let expected: Vec<_> = told.iter().map(|name| ((*name).to_owned(), decided.json.clone())).collect();
        assert_eq!(twin.told(told.len()), expected);
        assert_eq!(twin.events().len(), 5 + told.len());
        assert_eq!(twin.refund(&intent, "").status.as_u16(), if refundable { 200 } else { 400 });
        assert_eq!(twin.charge_of(&intent)["disputed"], true, "it was disputed, however that ended");
    }
}

#[test]
fn other_evidence_stays_under_review_and_staged_evidence_is_not_even_that() {
    let mut twin = Twin::new();
    let open = dispute(&twin, &twin.pay(DISPUTED));
    let staged = answer(&twin, &open, "evidence[uncategorized_text]=winning_evidence&submit=false");
    assert_eq!(
        (staged.text("/status"), &staged.json["evidence_details"]["submission_count"]),
        ("needs_response", &json!(0))
    );
    let sent =
        answer(&twin, &open, "evidence[uncategorized_text]=we+sent+it&evidence[shipping_carrier]=Post");
    assert_eq!(sent.text("/status"), "under_review");
    twin.now += Duration::days(30);
    assert_eq!(twin.get(&format!("/v1/disputes/{}", open.text("/id"))).json, sent.json);
    let unknown = answer(&twin, &open, "evidence[receipt]=file_1");
    assert_eq!(unknown.error(), (400, Some("parameter_unknown"), Some("evidence[receipt]")));
}

#[test]
fn an_inquiry_takes_no_money_until_it_becomes_a_dispute() {
    let mut twin = Twin::new();
    let intent = twin.pay(INQUIRED);
    let inquiry = dispute(&twin, &intent);
    assert_eq!(
        (inquiry.text("/status"), &inquiry.json["is_charge_refundable"]),
        ("warning_needs_response", &json!(true))
    );
    assert_eq!(twin.events()[1..], ["charge.dispute.created", "payment_intent.succeeded"]);
    assert_eq!(twin.refund(&intent, "&amount=200").status, 200);
    twin.now += Duration::days(20);
    let review = answer(&twin, &inquiry, "evidence[uncategorized_text]=escalate_inquiry_evidence");
    assert_eq!(review.text("/status"), "warning_under_review");
    assert_eq!(twin.refund(&intent, "&amount=300").status, 200, "the bank has not decided");
    twin.now += Duration::seconds(SETTLES_AFTER);
    let escalated = dispute(&twin, &intent);
    assert_eq!((escalated.text("/status"), &escalated.json["amount"]), ("needs_response", &json!(1500)));
    let told = ["charge.dispute.updated", "charge.dispute.funds_withdrawn"];
    assert_eq!(twin.told(2), told.map(|name| (name.to_owned(), escalated.json.clone())));
    assert_eq!(twin.refund(&intent, "").error(), (400, Some("charge_disputed"), None));
    answer(&twin, &inquiry, "evidence[uncategorized_text]=winning_evidence");
    twin.now += Duration::seconds(SETTLES_AFTER);
    assert_eq!(dispute(&twin, &intent).text("/status"), "won");
}

#[test]
fn an_inquiry_can_end_as_one() {
    let mut twin = Twin::new();
    let intent = twin.pay(INQUIRED);
    answer(&twin, &dispute(&twin, &intent), "evidence[uncategorized_text]=losing_evidence");
    twin.now += Duration::seconds(SETTLES_AFTER);
    let ended = dispute(&twin, &intent);
    assert_eq!(
        (ended.text("/status"), &ended.json["is_charge_refundable"]),
        ("warning_closed", &json!(true))
    );
    assert_eq!(twin.told(1), [("charge.dispute.closed".to_owned(), ended.json)]);
    assert_eq!(twin.refund(&intent, "").status, 200);
}

#[test]
fn a_purchase_on_the_page_can_be_disputed_too() {
    let twin = Twin::new();
    let session = twin.session("");
    assert_eq!(twin.submit(&session, "payment_method=pm_card_createDispute").status, 303);
    let paid = twin.reread(&session);
    assert_eq!(paid.text("/payment_status"), "paid");
    let list = twin
        .get(&format!("/v1/disputes?payment_intent={}&expand[]=data.charge", paid.text("/payment_intent")));
    assert_eq!(list.json["data"][0]["charge"]["disputed"], true);
}

#[test]
fn a_reopened_database_still_knows_what_the_bank_will_decide() {
    let path = std::env::temp_dir().join(format!("stripe-disputes-{}.sqlite", std::process::id()));
    let twin = Twin::at(Some(&path));
    let (intent, held) = (twin.pay(DISPUTED), twin.hold("pm_card_visa"));
    answer(&twin, &dispute(&twin, &intent), "evidence[uncategorized_text]=winning_evidence");
    let mut reopened = Twin::at(Some(&path));
    reopened.now = NOW + Duration::days(8);
    assert_eq!(dispute(&reopened, &intent).text("/status"), "won");
    let ended = reopened.get(&format!("/v1/payment_intents/{}", held.text("/id")));
    assert_eq!(ended.text("/status"), "canceled");
    drop((twin, reopened));
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{suffix}", path.display())).ok();
    }
}

#[test]
fn an_unknown_dispute_is_missing() {
    let twin = Twin::new();
    for reply in [
        twin.get("/v1/disputes/du_1"),
        twin.post("/v1/disputes/du_1", "", None),
        twin.post("/v1/disputes/du_1/close", "", None),
    ] {
        assert_eq!(reply.error(), (404, Some("resource_missing"), Some("dispute")));
    }
}
