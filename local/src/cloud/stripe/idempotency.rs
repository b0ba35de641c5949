//! Idempotency keys: the first answer is kept and replayed (Stripe API docs, "Idempotent requests").

use bytes::Bytes;
use http::{Method, Request};
use rusqlite::{Connection, OptionalExtension, params};
use time::OffsetDateTime;

use super::Answer;
use super::error::{ApiError, Failure};
use super::form::Params;
use crate::cloud::storage::millis;

/// Keys are pruned once they are 24 hours old.
const KEPT_MS: i64 = 24 * 60 * 60 * 1000;
const MAX_LENGTH: usize = 255;

/// A key and the request that it stands for.
pub(super) struct Key {
    pub name: String,
    fingerprint: String,
}

impl Key {
    /// The key of the request. It means something on `POST` only: the other methods are idempotent by themselves.
    pub fn read(request: &Request<Bytes>, params: &Params) -> Result<Option<Self>, ApiError> {
        let Some(header) =
            request.headers().get("idempotency-key").filter(|_| request.method() == Method::POST)
        else {
            return Ok(None);
        };
        match header.to_str() {
            Ok(name) if (1..=MAX_LENGTH).contains(&name.len()) => Ok(Some(Self {
                name: name.to_owned(),
                fingerprint: params.fingerprint(request.uri().path()),
            })),
            _ => Err(ApiError::invalid(format!("Idempotency keys have 1 to {MAX_LENGTH} ASCII characters."))),
        }
    }

    /// The answer that the key already has.
    pub fn replay(&self, db: &Connection, now: OffsetDateTime) -> Result<Option<Answer>, Failure> {
        db.execute("DELETE FROM keys WHERE created_ms <= ?1", [millis(now) - KEPT_MS])?;
        let stored = db
            .query_row(
                "SELECT fingerprint, status, body, request_id FROM keys WHERE key = ?1",
                [&self.name],
                |row| {
                    let answer =
                        Answer { status: row.get(1)?, body: row.get(2)?, replay_of: Some(row.get(3)?) };
                    Ok((row.get::<_, String>(0)?, answer))
                },
            )
            .optional()?;
        match stored {
            Some((fingerprint, _)) if fingerprint != self.fingerprint => {
                Err(ApiError::key_reused(&self.name).into())
            }
            stored => Ok(stored.map(|(_, answer)| answer)),
        }
    }

    /// Keeps the answer, good or bad: the endpoint has run.
    pub fn keep(
        &self,
        db: &Connection,
        now: OffsetDateTime,
        request_id: &str,
        answer: &Answer,
    ) -> rusqlite::Result<()> {
        db.execute(
            "INSERT INTO keys (key, fingerprint, created_ms, request_id, status, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![self.name, self.fingerprint, millis(now), request_id, answer.status, answer.body],
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::Value;
    use time::Duration;

    use super::super::testing::{NOW, Twin};

    const PAY: &str =
        "amount=1500&currency=eur&payment_method=pm_card_visa&confirm=true&payment_method_types[]=card";

    #[test]
    fn the_same_key_and_request_replays_the_first_answer_and_charges_once() {
        let twin = Twin::new();
        let first = twin.post("/v1/payment_intents", PAY, Some("k1"));
        let again = twin.post("/v1/payment_intents", PAY, Some("k1"));
        assert_eq!((again.status, &again.raw), (StatusCode::OK, &first.raw));
        assert_eq!(first.header("idempotent-replayed"), None);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.header("original-request"), first.header("request-id"));
        assert_ne!(again.header("request-id"), first.header("request-id"));
        assert_eq!(twin.stripe.intents().len(), 1);
    }

    #[test]
    fn the_order_of_the_parameters_does_not_matter() {
        let twin = Twin::new();
        twin.post("/v1/payment_intents", "amount=5&currency=eur", Some("k"));
        let again = twin.post("/v1/payment_intents", "currency=eur&amount=5", Some("k"));
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
    }

    #[test]
    fn a_decline_and_a_server_error_are_replayed_too() {
        let twin = Twin::new();
        for (card, status) in [("pm_card_chargeDeclined", 402), ("pm_twin_chargedWithServerError", 500)] {
            let pay = PAY.replace("pm_card_visa", card);
            let first = twin.post("/v1/payment_intents", &pay, Some(card));
            let again = twin.post("/v1/payment_intents", &pay, Some(card));
            assert_eq!((first.status.as_u16(), again.status.as_u16()), (status, status));
            assert_eq!(again.raw, first.raw);
            assert_eq!(again.header("idempotent-replayed"), Some("true"));
        }
        assert_eq!(twin.stripe.intents().len(), 2);
    }

    #[test]
    fn a_key_with_other_parameters_or_another_path_is_an_idempotency_error() {
        let twin = Twin::new();
        let intent = twin.post("/v1/payment_intents", "amount=5&currency=eur", Some("k"));
        let cancel = format!("/v1/payment_intents/{}/cancel", intent.text("/id"));
        for (path, form) in [("/v1/payment_intents", "amount=6&currency=eur"), (cancel.as_str(), "")] {
            let answer = twin.post(path, form, Some("k"));
            assert_eq!(
                (answer.status.as_u16(), answer.text("/error/type")),
                (400, "idempotency_error"),
                "{path}"
            );
        }
        assert_eq!(twin.stripe.intents()[0]["status"], "requires_payment_method");
    }

    #[test]
    fn a_validation_failure_does_not_use_up_the_key() {
        let twin = Twin::new();
        assert_eq!(twin.post("/v1/payment_intents", "amount=5", Some("k")).status, StatusCode::BAD_REQUEST);
        let answer = twin.post("/v1/payment_intents", "amount=5&currency=eur", Some("k"));
        assert_eq!((answer.status, answer.header("idempotent-replayed")), (StatusCode::OK, None));
    }

    #[test]
    fn a_refusal_after_execution_began_is_kept() {
        let twin = Twin::new();
        let paid = twin.post("/v1/payment_intents", PAY, None);
        let cancel = format!("/v1/payment_intents/{}/cancel", paid.text("/id"));
        assert_eq!(twin.post(&cancel, "", Some("k")).status, StatusCode::BAD_REQUEST);
        assert_eq!(twin.post(&cancel, "", Some("k")).header("idempotent-replayed"), Some("true"));
    }

    #[test]
    fn a_key_is_forgotten_after_a_day() {
        let mut twin = Twin::new();
        twin.post("/v1/payment_intents", PAY, Some("k"));
        twin.now = NOW + Duration::DAY - Duration::SECOND;
        assert_eq!(
            twin.post("/v1/payment_intents", PAY, Some("k")).header("idempotent-replayed"),
            Some("true")
        );
        twin.now = NOW + Duration::DAY;
        assert_eq!(twin.post("/v1/payment_intents", PAY, Some("k")).header("idempotent-replayed"), None);
        assert_eq!(twin.stripe.intents().len(), 2);
    }

    #[test]
    fn a_key_has_at_most_255_characters_and_means_nothing_on_a_get() {
        let twin = Twin::new();
        let longest = "k".repeat(255);
        assert_eq!(twin.post("/v1/payment_intents", PAY, Some(&longest)).status, StatusCode::OK);
        assert_eq!(
            twin.post("/v1/payment_intents", PAY, Some(&format!("{longest}k"))).status,
            StatusCode::BAD_REQUEST
        );
        for _ in 0..2 {
            let list = twin.send("GET", "/v1/payment_intents", "", Some("g"));
            assert_eq!((list.status, list.header("idempotent-replayed")), (StatusCode::OK, None));
            assert_eq!(list.json["data"].as_array().map(Vec::<Value>::len), Some(1));
        }
    }
}
