//! A fake of Stripe: the part of its API that takes and returns card payments, in Stripe's wire format, with the
//! documented test cards, Checkout Sessions and the page on which they are paid, idempotency keys and signed webhooks.
//! What it does not know it refuses as Stripe refuses nonsense; it never answers as if it had done something.
//!
//! It leaves out: customers, manual capture, confirmation methods, fees, disputes, minimum amounts per currency; of
//! Checkout: other modes than `payment`, catalogue prices, discounts, taxes, shipping, sessions that cost nothing, and
//! `line_items` in answers. An intent keeps the test card's name as its `payment_method`, where Stripe would make a new
//! `pm_…` of it.

use std::path::Path;
use std::sync::{PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use rusqlite::Connection;
use serde_json::{Value, json};
use time::OffsetDateTime;

use self::checkout::page::{self, Page};
use self::command::Command;
use self::error::{ApiError, Failure};
use self::form::Params;
use self::idempotency::Key;
use self::store::Work;
pub use self::webhooks::Delivery;
use super::storage::Storage;

mod attempts;
mod cards;
mod charges;
mod checkout;
mod command;
mod error;
mod form;
mod idempotency;
mod intents;
mod methods;
mod refunds;
mod store;
#[cfg(test)]
mod testing;
mod webhooks;

/// Where the fake is, as far as it knows without being told.
const BASE: &str = "http://127.0.0.1/stripe";

/// The fake, with all that it remembers in one SQLite database.
pub struct Stripe {
    storage: Storage,
    bearer: String,
    basic: String,
    webhook_secret: String,
    base: RwLock<String>,
}

/// An answer as an idempotency key keeps it.
struct Answer {
    status: u16,
    body: String,
    /// The request that first got it.
    replay_of: Option<String>,
}

impl Stripe {
    /// Opens what is kept at `path`, or an empty database in memory. What is answered survives the end of the process,
    /// however it comes.
    pub fn open(path: Option<&Path>, api_key: &str, webhook_secret: &str) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            storage: Storage::open(path, store::SCHEMA)?,
            bearer: format!("Bearer {api_key}"),
            basic: format!("Basic {}", STANDARD.encode(format!("{api_key}:"))),
            webhook_secret: webhook_secret.to_owned(),
            base: RwLock::new(BASE.to_owned()),
        })
    }

    /// Says where browsers reach the fake, without a slash at the end: the `url` of every session made from now on
    /// starts with it.
    pub fn reached_at(&self, base: &str) {
        base.clone_into(&mut self.base.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// One HTTP request: of Stripe's API, whose path starts with `/v1/`, or of a browser on the page of a Checkout
    /// Session, `/c/pay/{id}`. One request is one transaction: effect, events and what the idempotency key keeps are all
    /// there or all not.
    pub fn call(&self, now: OffsetDateTime, request: &Request<Bytes>) -> Response<Bytes> {
        if let Some(id) = page::id(request.uri().path()) {
            let page = self.storage.transaction(|db| {
                let work = Work::unasked(db, now);
                settle(&work)?;
                page::answer(&work, request.method(), id, request.body())
            });
            return logged(page).unwrap_or_else(Page::broken).into_response();
        }
        let answered = self.storage.transaction(|db| {
            let request_id = store::new_id(db, "req_")?;
            let answer = match self.answer(db, now, request, &request_id) {
                Err(Failure::Api(error)) => Answer::from(&error),
                other => other?,
            };
            Ok((answer, request_id))
        });
        let (answer, request_id) = logged(answered).unwrap_or_else(|| {
            let request_id = store::scrambled(&now.unix_timestamp_nanos().to_string(), 14);
            (Answer::from(&ApiError::server()), format!("req_{request_id}"))
        });
        answer.into_response(&request_id)
    }

    /// Webhook deliveries that are due, oldest first. One stays due until `delivered` is told of it.
    pub fn due_webhooks(&self, now: OffsetDateTime, limit: usize) -> Vec<Delivery> {
        let due = self.storage.transaction(|db| {
            settle(&Work::unasked(db, now))?;
            Ok(webhooks::due(db, now, limit, &self.webhook_secret)?)
        });
        logged(due).unwrap_or_default()
    }

    /// How a delivery went: 2xx ends it, anything else lets it be due again later, for up to three days.
    pub fn delivered(&self, now: OffsetDateTime, delivery_id: &str, status: u16) {
        logged(self.storage.transaction(|db| Ok(webhooks::delivered(db, now, delivery_id, status)?)));
    }

    /// Passes (`ok`) or fails the 3-D Secure step of an intent, as the customer does in the browser. `false`: there is
    /// no such intent, or it waits for nobody.
    pub fn authenticate(&self, now: OffsetDateTime, intent_id: &str, ok: bool) -> bool {
        let done = self.storage.transaction(|db| {
            let work = Work::unasked(db, now);
            settle(&work)?;
            match attempts::authenticate(&work, intent_id, ok) {
                Err(Failure::Api(_)) => Ok(false),
                done => done,
            }
        });
        logged(done).unwrap_or(false)
    }

    /// Every payment intent, oldest first, for audits: Stripe's object and, beside it, `amount_refunded`, which Stripe
    /// has on the charge only.
    pub fn intents(&self) -> Vec<Value> {
        let all = self.storage.transaction(|db| {
            let mut select = db.prepare_cached(
                "SELECT json_set(i.body, '$.amount_refunded', coalesce(json_extract(c.body, '$.amount_refunded'), 0))
                 FROM objects i LEFT JOIN objects c ON c.id = json_extract(i.body, '$.latest_charge')
                 WHERE i.kind = 'payment_intent' ORDER BY i.seq",
            )?;
            Ok(select.query_map([], store::body)?.collect::<Result<Vec<Value>, _>>()?)
        });
        logged(all).unwrap_or_default()
    }

    /// Every Checkout Session, oldest first, for audits.
    pub fn sessions(&self) -> Vec<Value> {
        let all = self.storage.transaction(|db| {
            let mut select = db.prepare_cached("SELECT body FROM objects WHERE kind = ?1 ORDER BY seq")?;
            let found = select.query_map([<checkout::Session as store::Object>::KIND], store::body)?;
            Ok(found.collect::<Result<Vec<Value>, _>>()?)
        });
        logged(all).unwrap_or_default()
    }

    fn answer(
        &self,
        db: &Connection,
        now: OffsetDateTime,
        request: &Request<Bytes>,
        id: &str,
    ) -> Result<Answer, Failure> {
        self.authorize(request.headers())?;
        let params = Params::read(request)?;
        let key = Key::read(request, &params)?;
        if let Some(key) = &key
            && let Some(answer) = key.replay(db, now)?
        {
            return Ok(answer);
        }
        let command = Command::parse(request.method(), request.uri().path(), params)?;

        // Execution begins here: from now on the key keeps the answer, whatever it is.
        let work = Work {
            db,
            now,
            request_id: Some(id),
            idempotency_key: key.as_ref().map(|key| key.name.as_str()),
        };
        settle(&Work::unasked(db, now))?;
        let base = self.base.read().unwrap_or_else(PoisonError::into_inner);
        let answer = match command.run(&work, &base) {
            Ok(object) => Answer { status: 200, body: object.to_string(), replay_of: None },
            Err(Failure::Api(error)) => Answer::from(&error),
            Err(failure) => return Err(failure),
        };
        if let Some(key) = key {
            key.keep(db, now, id, &answer)?;
        }
        Ok(answer)
    }

    /// API docs, "Authentication": a bearer token, or the key as the user of Basic with an empty password.
    fn authorize(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        match headers.get(header::AUTHORIZATION) {
            None => Err(ApiError::unauthorized("You did not provide an API key.")),
            Some(value) if value == self.bearer.as_str() || value == self.basic.as_str() => Ok(()),
            Some(_) => Err(ApiError::unauthorized("Invalid API Key provided.")),
        }
    }
}

/// Lets happen what only waits for its time.
fn settle(work: &Work<'_>) -> Result<(), Failure> {
    refunds::settle(work)?;
    checkout::settle(work)
}

impl From<&ApiError> for Answer {
    fn from(error: &ApiError) -> Self {
        Self { status: error.status(), body: error.envelope().to_string(), replay_of: None }
    }
}

impl Answer {
    fn into_response(self, request_id: &str) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let mut insert = |name: &'static str, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        insert("request-id", request_id);
        if let Some(original) = &self.replay_of {
            insert("idempotent-replayed", "true");
            insert("original-request", original);
        }
        if self.status == 401 {
            insert("www-authenticate", "Basic realm=\"Stripe\"");
        }
        response
    }
}

/// A failure of the fake's own database is told to whoever runs the twin; callers go without.
fn logged<T>(result: Result<T, Failure>) -> Option<T> {
    result
        .inspect_err(|failure| {
            let cause = std::error::Error::source(failure).map(ToString::to_string);
            eprintln!(
                "{}",
                json!({ "level": "error", "message": failure.to_string(), "error.cause": cause })
            );
        })
        .ok()
}

#[cfg(test)]
mod tests {
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
            ("POST", "/v1/payment_intents/pi_1/capture"),
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
}
