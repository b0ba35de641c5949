//! Deliveries to the one webhook endpoint, which listens to every event that the fake sends
//! (Stripe docs, "Receive Stripe events in your webhook endpoint").

use hmac::{Hmac, Mac};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::Sha256;
use time::OffsetDateTime;

use crate::cloud::storage::millis;

/// Stripe retries for three days (docs, "Event delivery behaviors": live mode).
const GIVE_UP_AFTER_MS: i64 = 3 * 24 * 60 * 60 * 1000;
/// Stripe's exponential back-off, with a start that somebody at a desk can wait for.
const BACKOFF_MS: [i64; 4] = [2_000, 10_000, 60_000, 600_000];
const THEN_EVERY_MS: i64 = 3_600_000;

/// One event on its way to the webhook endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What `Stripe::delivered` acknowledges; also the event's id.
    pub id: String,
    /// As in the event's `type`.
    pub event_type: String,
    /// The exact bytes that are signed.
    pub body: String,
    /// The `Stripe-Signature` header.
    pub signature: String,
}

pub(super) fn due(
    db: &Connection,
    now: OffsetDateTime,
    limit: usize,
    secret: &str,
) -> rusqlite::Result<Vec<Delivery>> {
    let mut select =
        db.prepare_cached("SELECT id, type, body FROM deliveries WHERE due_ms <= ?1 ORDER BY seq LIMIT ?2")?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let deliveries = select.query_map(params![millis(now), limit], |row| {
        let body: String = row.get(2)?;
        let signature = signature(secret, now.unix_timestamp(), &body);
        Ok(Delivery { id: row.get(0)?, event_type: row.get(1)?, body, signature })
    })?;
    deliveries.collect()
}

pub(super) fn delivered(db: &Connection, now: OffsetDateTime, id: &str, status: u16) -> rusqlite::Result<()> {
    let select = "SELECT attempts, created_ms FROM deliveries WHERE id = ?1";
    let found: Option<(usize, i64)> =
        db.query_row(select, [id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    // Acknowledged before: deliveries may overlap.
    let Some((attempts, created)) = found else {
        return Ok(());
    };
    let next = millis(now).saturating_add(BACKOFF_MS.get(attempts).copied().unwrap_or(THEN_EVERY_MS));
    if (200..300).contains(&status) || next > created.saturating_add(GIVE_UP_AFTER_MS) {
        db.execute("DELETE FROM deliveries WHERE id = ?1", [id])?;
    } else {
        db.execute(
            "UPDATE deliveries SET attempts = attempts + 1, due_ms = ?2 WHERE id = ?1",
            params![id, next],
        )?;
    }
    Ok(())
}

/// Docs, "Verify webhook signatures manually": HMAC-SHA256 over the time, a dot and the body.
fn signature(secret: &str, at: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(format!("{at}.{body}").as_bytes());
    format!("t={at},v1={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use time::Duration;

    use super::super::testing::{NOW, Twin};
    use super::*;

    const OPEN: &str = "amount=5&currency=eur";

    #[test]
    fn a_signature_is_the_hmac_of_time_and_body() {
        // Computed with: printf '12345.{}' | openssl dgst -sha256 -hmac whsec_test
        let expected = "t=12345,v1=f7d0d6f2476273381fa231a8ba13a821a0c87029e7b1bfae51e93d0240fb7c32";
        assert_eq!(signature("whsec_test", 12345, "{}"), expected);
    }

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
