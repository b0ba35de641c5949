//! What holds for every request to the fake.

use serde_json::Value;
use time::Duration;

use super::testing::{NOW, Twin};
use super::*;

fn authorized(authorization: Option<&str>) -> (u16, Value, Option<String>) {
    let mut request = Request::get("/v1/payment_intents");
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    let reply = Twin::new().raw(&request.body(Bytes::new()).expect("a request"));
    (
        reply.status.as_u16(),
        reply.json["error"]["type"].clone(),
        reply.header("www-authenticate").map(str::to_owned),
    )
}

#[test]
fn the_api_key_is_taken_as_bearer_token_and_as_basic_user() {
    assert_eq!(authorized(Some("Bearer sk_test_1")).0, 200);
    assert_eq!(authorized(Some("Basic c2tfdGVzdF8xOg==")).0, 200);
}

#[test]
fn a_wrong_or_missing_api_key_is_refused() {
    for wrong in [None, Some("Bearer sk_test_2"), Some("Basic c2tfdGVzdF8yOg=="), Some("sk_test_1")] {
        let (status, kind, challenge) = authorized(wrong);
        assert_eq!((status, kind), (401, json!("invalid_request_error")), "{wrong:?}");
        assert_eq!(challenge.as_deref(), Some("Basic realm=\"Stripe\""));
    }
}

#[test]
fn every_response_has_a_request_id_of_its_own() {
    let twin = Twin::new();
    let ids: Vec<String> =
        [twin.get("/v1/payment_intents"), twin.get("/v1/nonsense"), twin.pay("pm_card_chargeDeclined")]
            .iter()
            .filter_map(|reply| reply.header("request-id").map(str::to_owned))
            .collect();
    assert!(ids.len() == 3 && ids.iter().all(|id| id.starts_with("req_") && id.len() == 18), "{ids:?}");
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
}

#[test]
fn what_the_fake_does_not_serve_is_an_unrecognized_url() {
    let twin = Twin::new();
    for (method, uri) in [
        ("GET", "/v1/customers"),
        ("DELETE", "/v1/payment_intents/pi_1"),
        ("POST", "/v1/charges/ch_1/capture"),
        ("POST", "/v1/refunds/re_1"),
    ] {
        let reply = twin.send(method, uri, "", None);
        assert_eq!(
            (reply.status.as_u16(), reply.text("/error/type")),
            (404, "invalid_request_error"),
            "{uri}"
        );
    }
}

#[test]
fn while_stripe_is_down_nothing_happens_and_afterwards_everything_goes_on() {
    let mut twin = Twin::new();
    let secure = twin.pay("pm_card_threeDSecure2Required");
    let back = NOW + Duration::hours(6);
    twin.stripe.down_until(back);
    twin.now = back - Duration::MILLISECOND;
    let form = "amount=5&currency=eur";
    for down in [twin.post("/v1/payment_intents", form, Some("k")), twin.get("/v1/payment_intents")] {
        assert_eq!((down.status.as_u16(), down.text("/error/type")), (503, "api_error"));
        assert!(down.header("request-id").is_some_and(|id| id.starts_with("req_")));
    }
    assert_eq!(twin.browse("GET", "http://127.0.0.1/stripe/c/pay/cs_test_1", "").status, 503);
    assert!(!twin.stripe.authenticate(twin.now, secure.text("/id"), true));
    assert!(twin.events().is_empty(), "nothing is sent");
    assert_eq!(twin.stripe.intents().len(), 1);
    twin.now = back;
    assert_eq!(twin.events(), ["payment_intent.created", "payment_intent.requires_action"]);
    let after = twin.post("/v1/payment_intents", form, Some("k"));
    assert_eq!((after.status.as_u16(), after.header("idempotent-replayed")), (200, None));
    assert!(twin.stripe.authenticate(twin.now, secure.text("/id"), true));
}

#[test]
fn a_version_that_is_none_is_refused() {
    let mut twin = Twin::new();
    twin.version = Some("newest");
    assert_eq!(twin.get("/v1/payment_intents").error(), (400, None, None));
}

#[test]
fn two_fakes_that_are_asked_the_same_give_the_same_ids() {
    assert_eq!(Twin::new().pay("pm_card_visa").raw, Twin::new().pay("pm_card_visa").raw);
}

#[test]
fn a_reopened_database_still_has_intents_keys_and_undelivered_webhooks() {
    let path = std::env::temp_dir().join(format!("stripe-fake-{}.sqlite", std::process::id()));
    let form = "amount=5&currency=eur";
    let twin = Twin::at(Some(&path));
    let first = twin.post("/v1/payment_intents", form, Some("k"));
    let waiting = twin.stripe.due_webhooks(NOW, 10);
    // A second connection while the first is open sees what a start after `kill -9` would see.
    let reopened = Twin::at(Some(&path));
    assert_eq!(reopened.stripe.intents(), twin.stripe.intents());
    assert_eq!(reopened.stripe.due_webhooks(NOW, 10), waiting);
    let again = reopened.post("/v1/payment_intents", form, Some("k"));
    assert_eq!((&again.raw, again.header("idempotent-replayed")), (&first.raw, Some("true")));
    let other = reopened.post("/v1/payment_intents", form, None);
    assert_ne!(other.text("/id"), first.text("/id"), "ids are not given out twice");
    drop((twin, reopened));
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{suffix}", path.display())).ok();
    }
}

#[test]
fn a_database_that_fails_half_way_is_a_500_that_leaves_nothing_behind() {
    let twin = Twin::new();
    let run = |sql: &str| {
        let done = twin.stripe.storage.transaction(|db| db.execute_batch(sql));
        done.expect("the statement runs");
    };
    run("ALTER TABLE deliveries RENAME TO gone");
    let form = "amount=5&currency=eur";
    let failed = twin.post("/v1/payment_intents", form, Some("k"));
    assert_eq!((failed.status.as_u16(), failed.text("/error/type")), (500, "api_error"));
    assert!(failed.header("request-id").is_some_and(|id| id.starts_with("req_")));
    assert!(twin.stripe.intents().is_empty() && twin.stripe.due_webhooks(NOW, 1).is_empty());
    run("ALTER TABLE gone RENAME TO deliveries");
    let retried = twin.post("/v1/payment_intents", form, Some("k"));
    assert_eq!((retried.status.as_u16(), retried.header("idempotent-replayed")), (200, None));
}
