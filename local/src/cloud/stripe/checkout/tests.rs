//! Sessions from their beginning to the money, or to their end without it.

use serde_json::{Value, json};
use time::Duration;

use super::super::testing::{NOW, Reply, Twin};

const VISA: &str = "payment_method=pm_card_visa";
const SECURE: &str = "payment_method=pm_card_threeDSecure2Required";

/// Status, payment status and address of the session as it is now.
fn state(twin: &Twin, session: &Reply) -> (String, String, bool) {
    let now = twin.reread(session);
    (now.text("/status").to_owned(), now.text("/payment_status").to_owned(), now.json["url"].is_null())
}

fn open() -> (String, String, bool) {
    ("open".to_owned(), "unpaid".to_owned(), false)
}

fn complete() -> (String, String, bool) {
    ("complete".to_owned(), "paid".to_owned(), true)
}

fn expired() -> (String, String, bool) {
    ("expired".to_owned(), "unpaid".to_owned(), true)
}

#[test]
fn a_good_card_pays_and_leads_back_to_the_shop() {
    let twin = Twin::new();
    let session = twin.session(
        "&payment_intent_data[metadata][order_id]=ord_1&payment_intent_data[description]=Order+1\
         &payment_intent_data[receipt_email]=a@example.com&metadata[order_id]=not_this",
    );
    let paid = twin.submit(&session, VISA);
    let back = format!("https://shop.example/done?id={}", session.text("/id"));
    assert_eq!((paid.status, paid.location), (303, Some(back)));
    assert_eq!(state(&twin, &session), complete());
    let seen = twin
        .get(&format!("/v1/checkout/sessions/{}?expand[]=payment_intent.latest_charge", session.text("/id")));
    let intent = &seen.json["payment_intent"];
    assert_eq!((&intent["status"], &intent["amount_received"]), (&json!("succeeded"), &json!(1500)));
    assert_eq!((&intent["metadata"], &intent["currency"]), (&json!({ "order_id": "ord_1" }), &json!("eur")));
    assert_eq!(
        (&intent["description"], &intent["receipt_email"]),
        (&json!("Order 1"), &json!("a@example.com"))
    );
    assert_eq!(intent["latest_charge"]["status"], "succeeded");
    let due = twin.stripe.due_webhooks(NOW, 10);
    let types: Vec<&str> = due.iter().map(|delivery| delivery.event_type.as_str()).collect();
    assert_eq!(types, ["payment_intent.created", "payment_intent.succeeded", "checkout.session.completed"]);
    let told: Value = serde_json::from_str(&due[2].body).expect("an event is JSON");
    assert_eq!(told["data"]["object"], twin.reread(&session).json);
}

#[test]
fn a_declined_card_leaves_the_session_open_and_another_card_pays_the_same_intent() {
    let twin = Twin::new();
    let session = twin.session("");
    let declined = twin.submit(&session, "payment_method=pm_card_visa_chargeDeclinedInsufficientFunds");
    assert_eq!((declined.status, declined.location), (402, None));
    assert!(
        declined.html.contains("Your card has insufficient funds.") && declined.html.contains("pm_card_visa")
    );
    assert_eq!(state(&twin, &session), open());
    let intent = twin.stripe.intents().remove(0);
    assert_eq!(intent["status"], "requires_payment_method");
    assert_eq!(intent["last_payment_error"]["decline_code"], "insufficient_funds");
    assert_eq!(twin.reread(&session).json["payment_intent"], intent["id"]);
    assert_eq!(twin.submit(&session, VISA).status, 303);
    assert_eq!(state(&twin, &session), complete());
    let intents = twin.stripe.intents();
    assert_eq!(
        (intents.len(), &intents[0]["id"], &intents[0]["status"]),
        (1, &intent["id"], &json!("succeeded"))
    );
    assert_eq!(
        twin.events(),
        [
            "payment_intent.created",
            "payment_intent.payment_failed",
            "payment_intent.succeeded",
            "checkout.session.completed"
        ]
    );
}

#[test]
fn three_d_secure_is_asked_on_the_page_and_can_be_passed_or_failed() {
    for (card, choice, status, told) in [
        (SECURE, "complete", 303, ""),
        (SECURE, "fail", 402, "failed authentication"),
        (
            "payment_method=pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
            "complete",
            402,
            "insufficient funds",
        ),
    ] {
        let twin = Twin::new();
        let session = twin.session("");
        let asked = twin.submit(&session, card);
        assert!(asked.status == 200 && asked.html.contains("authentication"), "{}", asked.html);
        assert!(twin.open(&session).html.contains("3-D Secure"), "the question stays");
        assert_eq!(
            (state(&twin, &session), twin.stripe.intents()[0]["status"].clone()),
            (open(), json!("requires_action"))
        );
        let answered = twin.submit(&session, &format!("authentication={choice}"));
        assert_eq!(answered.status, status, "{card} {choice}");
        assert!(answered.html.contains(told), "{}", answered.html);
        assert_eq!(state(&twin, &session), if status == 303 { complete() } else { open() });
        assert_eq!(
            twin.events()[2..],
            match status {
                303 => vec!["payment_intent.succeeded", "checkout.session.completed"],
                _ => vec!["payment_intent.payment_failed"],
            }
        );
    }
}

#[test]
fn who_passes_three_d_secure_elsewhere_has_paid_the_session_too() {
    let twin = Twin::new();
    let session = twin.session("");
    twin.submit(&session, SECURE);
    let intent = twin.reread(&session);
    assert!(twin.stripe.authenticate(NOW, intent.text("/payment_intent"), true));
    assert_eq!(state(&twin, &session), complete());
}

#[test]
fn a_payment_of_which_the_customer_hears_nothing_completes_the_session_all_the_same() {
    let twin = Twin::new();
    let session = twin.session("");
    assert_eq!(twin.submit(&session, "payment_method=pm_twin_chargedWithServerError").status, 500);
    assert_eq!(state(&twin, &session), complete());
    assert_eq!(twin.events().last().map(String::as_str), Some("checkout.session.completed"));
}

#[test]
fn the_page_shows_what_is_bought_for_how_much_and_the_way_back() {
    let twin = Twin::new();
    let session = twin.session("");
    let page = twin.open(&session);
    for part in
        ["Pay 15.00 EUR", "3 items", "3 × Mug, 5.00 EUR each", "https://shop.example/cart", "pm_card_visa\""]
    {
        assert!(page.status == 200 && page.html.contains(part), "{part} is missing in {}", page.html);
    }
    assert!(twin.events().is_empty() && twin.stripe.intents().is_empty(), "looking changes nothing");
}

#[test]
fn the_page_refuses_what_it_does_not_offer_and_nothing_is_begun() {
    let twin = Twin::new();
    let session = twin.session("");
    for (form, status) in [
        ("payment_method=pm_card_nonsense", 400),
        ("payment_method=", 400),
        ("authentication=complete", 400),
        ("", 400),
    ] {
        assert_eq!(twin.submit(&session, form).status, status, "{form}");
    }
    assert_eq!(twin.browse("DELETE", session.text("/url"), "").status, 405);
    assert_eq!(twin.browse("GET", "http://127.0.0.1/stripe/c/pay/cs_test_1", "").status, 404);
    assert_eq!(twin.browse("POST", "http://127.0.0.1/stripe/c/pay/cs_test_1", VISA).status, 404);
    assert!(twin.stripe.intents().is_empty() && twin.events().is_empty());
    assert_eq!(state(&twin, &session), open());
}

#[test]
fn a_paid_session_is_not_paid_twice() {
    let twin = Twin::new();
    let session = twin.session("");
    twin.submit(&session, VISA);
    for seen in [twin.submit(&session, VISA), twin.open(&session)] {
        assert_eq!((seen.status, seen.location), (410, None));
        assert!(seen.html.contains("This purchase is paid"), "{}", seen.html);
    }
    assert_eq!((twin.stripe.intents().len(), twin.events().len()), (1, 3));
}

#[test]
fn an_open_session_can_be_expired_once_and_not_be_paid_after() {
    let twin = Twin::new();
    let session = twin.session("");
    let path = format!("/v1/checkout/sessions/{}/expire", session.text("/id"));
    let ended = twin.post(&path, "", None);
    assert_eq!((ended.status.as_u16(), ended.text("/status")), (200, "expired"));
    assert_eq!(twin.reread(&session).json, ended.json);
    let again = twin.post(&path, "", None);
    assert_eq!(again.error(), (400, None, None));
    assert_eq!(
        again.text("/error/message"),
        "Only Checkout Sessions with a status in [\"open\"] can be expired. \
         This Checkout Session has a status of `expired`."
    );
    for seen in [twin.submit(&session, VISA), twin.open(&session)] {
        assert!(seen.status == 410 && seen.html.contains("expired"), "{}", seen.html);
    }
    assert_eq!(state(&twin, &session), expired());
    assert_eq!(
        (twin.stripe.intents().len(), twin.events()),
        (0, vec!["checkout.session.expired".to_owned()])
    );
}

#[test]
fn a_paid_session_cannot_be_expired() {
    let mut twin = Twin::new();
    let session = twin.session("");
    twin.submit(&session, VISA);
    let refused = twin.post(&format!("/v1/checkout/sessions/{}/expire", session.text("/id")), "", None);
    assert_eq!(refused.error(), (400, None, None));
    twin.now += Duration::days(2);
    assert_eq!(state(&twin, &session), complete());
}

#[test]
fn a_session_expires_by_itself_and_says_so_once() {
    let mut twin = Twin::new();
    let session = twin.session("");
    let mut expected = session.json.clone();
    twin.now = NOW + Duration::DAY - Duration::SECOND;
    assert_eq!((state(&twin, &session), twin.events().len()), (open(), 0));
    twin.now += Duration::SECOND;
    let due = twin.stripe.due_webhooks(twin.now, 10);
    assert_eq!((due.len(), due[0].event_type.as_str()), (1, "checkout.session.expired"));
    let told: Value = serde_json::from_str(&due[0].body).expect("an event is JSON");
    expected["status"] = json!("expired");
    expected["url"] = Value::Null;
    assert_eq!((&told["data"]["object"], &told["request"]["id"]), (&expected, &Value::Null));
    assert_eq!(twin.submit(&session, VISA).status, 410);
    twin.now += Duration::DAY;
    assert_eq!((twin.reread(&session).json, twin.events().len()), (expected, 1));
}

#[test]
fn a_customer_who_pays_at_the_last_second_is_too_late_a_second_after() {
    for (seconds, status) in [(1799, 303), (1800, 410)] {
        let mut twin = Twin::new();
        let session = twin.session(&format!("&expires_at={}", NOW.unix_timestamp() + 1800));
        twin.now = NOW + Duration::seconds(seconds);
        assert_eq!(twin.submit(&session, VISA).status, status);
    }
}

#[test]
fn the_end_of_a_session_cancels_the_payment_that_was_begun() {
    for card in [SECURE, "payment_method=pm_card_chargeDeclined"] {
        let twin = Twin::new();
        let session = twin.session("");
        twin.submit(&session, card);
        let ended = twin.post(&format!("/v1/checkout/sessions/{}/expire", session.text("/id")), "", None);
        let intent = &twin.stripe.intents()[0];
        assert_eq!(
            (&intent["status"], &intent["cancellation_reason"]),
            (&json!("canceled"), &json!("automatic"))
        );
        assert!(
            !twin.stripe.authenticate(NOW, ended.text("/payment_intent"), true),
            "the customer came too late"
        );
        assert_eq!(twin.events()[2..], ["payment_intent.canceled", "checkout.session.expired"][..]);
        assert_eq!(state(&twin, &session), expired());
    }
}

#[test]
fn time_runs_out_while_the_bank_waits_for_the_customer() {
    let twin = Twin::new();
    let session = twin.session("");
    twin.submit(&session, SECURE);
    let intent = twin.reread(&session);
    assert!(!twin.stripe.authenticate(NOW + Duration::DAY, intent.text("/payment_intent"), true));
    assert_eq!(twin.stripe.intents()[0]["status"], "canceled");
}

#[test]
fn the_intent_of_a_session_is_neither_confirmed_nor_canceled_by_the_shop() {
    let twin = Twin::new();
    let session = twin.session("");
    twin.submit(&session, "payment_method=pm_card_chargeDeclined");
    let intent = twin.get(&format!("/v1/payment_intents/{}", twin.reread(&session).text("/payment_intent")));
    for (verb, form) in [("confirm", VISA), ("cancel", "")] {
        let refused = twin.act(&intent, verb, form);
        assert_eq!(refused.error(), (400, None, None));
        assert_eq!(
            refused.text("/error/message"),
            "You cannot perform this action on PaymentIntents created by Checkout."
        );
    }
    assert_eq!(twin.stripe.intents()[0]["status"], "requires_payment_method");
}

#[test]
fn what_a_session_took_is_refunded_like_any_payment() {
    let twin = Twin::new();
    let session = twin.session("");
    twin.submit(&session, VISA);
    let intent = twin.reread(&session);
    let form = format!("payment_intent={}&amount=500", intent.text("/payment_intent"));
    assert_eq!(twin.post("/v1/refunds", &form, None).text("/status"), "succeeded");
    assert_eq!(twin.stripe.intents()[0]["amount_refunded"], 500);
    assert_eq!(state(&twin, &session), complete());
}

#[test]
fn sessions_are_listed_newest_first_and_found_by_their_intent() {
    let twin = Twin::new();
    let sessions = [twin.session(""), twin.session(""), twin.session("")];
    twin.submit(&sessions[1], VISA);
    let ids = |query: &str| -> Vec<String> {
        let page = twin.get(&format!("/v1/checkout/sessions{query}"));
        assert_eq!(page.text("/url"), "/v1/checkout/sessions");
        let data = page.json["data"].as_array().expect("a list").iter();
        data.filter_map(|session| session["id"].as_str().map(str::to_owned)).collect()
    };
    let [first, second, third] = sessions.each_ref().map(|session| session.text("/id").to_owned());
    assert_eq!(ids(""), [third.clone(), second.clone(), first.clone()]);
    assert_eq!(ids("?limit=1"), [third]);
    assert_eq!(ids(&format!("?starting_after={second}")), [first]);
    let intent = twin.reread(&sessions[1]).text("/payment_intent").to_owned();
    assert_eq!(ids(&format!("?payment_intent={intent}&expand[]=data.payment_intent")), [second]);
    assert!(ids("?payment_intent=pi_1").is_empty());
}

#[test]
fn an_unknown_session_is_missing() {
    let twin = Twin::new();
    for reply in [
        twin.get("/v1/checkout/sessions/cs_test_1"),
        twin.post("/v1/checkout/sessions/cs_test_1/expire", "", None),
    ] {
        assert_eq!(reply.error(), (404, Some("resource_missing"), Some("session")));
        assert_eq!(reply.text("/error/message"), "No such checkout.session: 'cs_test_1'");
    }
}

#[test]
fn the_address_of_a_session_is_where_the_twin_is_reached() {
    let twin = Twin::new();
    twin.stripe.reached_at("http://127.0.0.1:3000/stripe");
    let session = twin.session("");
    let id = session.text("/id");
    assert_eq!(session.text("/url"), format!("http://127.0.0.1:3000/stripe/c/pay/{id}"));
    assert_eq!(twin.submit(&session, VISA).status, 303);
}

#[test]
fn a_reopened_database_still_has_open_sessions_and_what_they_are_about() {
    let path = std::env::temp_dir().join(format!("stripe-sessions-{}.sqlite", std::process::id()));
    let twin = Twin::at(Some(&path));
    let session = twin.session("&payment_intent_data[metadata][order_id]=ord_1");
    let reopened = Twin::at(Some(&path));
    assert!(reopened.open(&session).html.contains("3 × Mug"));
    assert_eq!(reopened.submit(&session, VISA).status, 303);
    assert_eq!(reopened.stripe.intents()[0]["metadata"]["order_id"], "ord_1");
    drop((twin, reopened));
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{suffix}", path.display())).ok();
    }
}
