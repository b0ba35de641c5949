//! Deliveries to the one webhook endpoint, which listens to every event that the fake sends
//! (Stripe docs, "Receive Stripe events in your webhook endpoint").

use rusqlite::Connection;
use time::OffsetDateTime;

use crate::cloud::deliveries::{self, Retries};

/// Stripe retries for three days (docs, "Event delivery behaviors": live mode), with an exponential back-off whose start
/// somebody at a desk can wait for.
const RETRIES: Retries = Retries {
    after: |_| true,
    pauses_ms: &[2_000, 10_000, 60_000, 600_000],
    then_every_ms: Some(3_600_000),
    give_up_after_ms: 3 * 24 * 60 * 60 * 1000,
};

pub(super) fn delivered(db: &Connection, now: OffsetDateTime, id: &str, status: u16) -> rusqlite::Result<()> {
    deliveries::delivered(db, now, id, status, &RETRIES)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use time::Duration;

    use super::super::testing::{NOW, Twin};
    use crate::cloud::deliveries::signature;

    const OPEN: &str = "amount=5&currency=eur";

    #[test]
    fn an_event_says_what_happened_to_which_object_and_which_request_did_it() {
        let twin = Twin::new();
        let intent = twin.post("/v1/payment_intents", OPEN, Some("k1"));
        let due = twin.stripe.due_webhooks(NOW, 10);
        assert_eq!(due.len(), 1);
        let event: Value = serde_json::from_str(&due[0].body).expect("an event is JSON");
        assert_eq!(due[0].signature, signature("whsec_test", NOW.unix_timestamp(), &due[0].body));
        assert_eq!(event["id"], due[0].id.as_str());
        assert!(due[0].id.starts_with("evt_"));
        assert_eq!((&event["object"], &event["type"]), (&json!("event"), &json!("payment_intent.created")));
        assert_eq!(event["data"]["object"], intent.json);
        assert_eq!(event["request"], json!({ "id": intent.header("request-id"), "idempotency_key": "k1" }));
        assert_eq!((&event["created"], &event["livemode"]), (&json!(NOW.unix_timestamp()), &json!(false)));
        assert_eq!(event["pending_webhooks"], 1);
        assert!(event["api_version"].is_string());
    }

    #[test]
    fn webhooks_are_due_oldest_first_until_acknowledged() {
        let twin = Twin::new();
        twin.post("/v1/payment_intents", OPEN, None);
        twin.post("/v1/payment_intents", OPEN, None);
        let due = twin.stripe.due_webhooks(NOW, 10);
        assert_eq!(twin.stripe.due_webhooks(NOW, 1), due[..1]);
        twin.stripe.delivered(NOW, &due[0].id, 204);
        assert_eq!(twin.stripe.due_webhooks(NOW, 10), due[1..]);
        twin.stripe.delivered(NOW, &due[0].id, 500);
        assert_eq!(
            twin.stripe.due_webhooks(NOW + Duration::DAY, 10).len(),
            1,
            "an acknowledged event never comes back"
        );
    }

    #[test]
    fn a_replayed_request_sends_no_second_event() {
        let twin = Twin::new();
        twin.post("/v1/payment_intents", OPEN, Some("k"));
        twin.post("/v1/payment_intents", OPEN, Some("k"));
        assert_eq!(twin.stripe.due_webhooks(NOW, 10).len(), 1);
    }

    #[test]
    fn a_failed_delivery_is_retried_later_and_later_for_three_days_and_signed_anew() {
        let twin = Twin::new();
        twin.post("/v1/payment_intents", OPEN, None);
        let (mut now, mut waits) = (NOW, Vec::new());
        let first = twin.stripe.due_webhooks(now, 1).remove(0);
        twin.stripe.delivered(now, &first.id, 500);
        for wait in [2, 10, 60, 600, 3600, 3600] {
            let next = now + Duration::seconds(wait);
            assert!(
                twin.stripe.due_webhooks(next - Duration::MILLISECOND, 1).is_empty(),
                "too early after {waits:?}"
            );
            let due = twin.stripe.due_webhooks(next, 1).remove(0);
            assert_eq!((&due.id, &due.body), (&first.id, &first.body));
            assert_ne!(due.signature, first.signature);
            twin.stripe.delivered(next, &due.id, 503);
            waits.push(wait);
            now = next;
        }
        let last_chance = NOW + Duration::days(3);
        twin.stripe.delivered(last_chance, &first.id, 500);
        assert!(twin.stripe.due_webhooks(last_chance + Duration::DAY, 1).is_empty());
    }
}
