//! A fake of Stripe: the part of its API that takes and returns card payments, in Stripe's wire format, with the
//! documented test cards, Checkout Sessions and the page on which they are paid, idempotency keys and signed webhooks.
//! What it does not know it refuses as Stripe refuses nonsense; it never answers as if it had done something.
//!
//! It leaves out: customers, captures in parts, confirmation methods, fees and balance transactions, evidence in files,
//! minimum amounts per currency, and the events `charge.succeeded`, `charge.failed`, `charge.updated`; of Checkout: other
//! modes than `payment`, catalogue prices, discounts, taxes, shipping, sessions that cost nothing, and `line_items` in
//! answers. An intent keeps the test card's name as its `payment_method`, where Stripe would make a new `pm_…` of it.
//! Of the versions of the API it knows one difference (`version`); what else it answers is as of 2024-06-20.

use std::path::Path;
use std::sync::{PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use rusqlite::Connection;
use serde_json::json;
use time::OffsetDateTime;

use self::checkout::page::{self, Page};
use self::command::Command;
use self::error::{ApiError, Failure};
use self::form::Params;
use self::idempotency::Key;
use self::store::Work;
use self::version::Version;
use super::deliveries;
pub use super::deliveries::Delivery;
use super::storage::Storage;

mod attempts;
mod audit;
mod captures;
mod cards;
mod charges;
mod checkout;
mod command;
mod disputes;
mod error;
mod events;
mod form;
mod idempotency;
mod intents;
mod methods;
mod refunds;
mod store;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod version;
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
    down_until: RwLock<Option<OffsetDateTime>>,
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
            storage: Storage::open(path, &[store::SCHEMA, deliveries::SCHEMA].concat())?,
            bearer: format!("Bearer {api_key}"),
            basic: format!("Basic {}", STANDARD.encode(format!("{api_key}:"))),
            webhook_secret: webhook_secret.to_owned(),
            base: RwLock::new(BASE.to_owned()),
            down_until: RwLock::new(None),
        })
    }

    /// Stripe is down until then: every call answers 503 and does nothing, no webhook is sent, and no key is kept
    /// (Stripe docs, "Error handling": 500, 502, 503, 504). What was due meanwhile happens afterwards.
    pub fn down_until(&self, end: OffsetDateTime) {
        *self.down_until.write().unwrap_or_else(PoisonError::into_inner) = Some(end);
    }

    fn is_down(&self, now: OffsetDateTime) -> bool {
        self.down_until.read().unwrap_or_else(PoisonError::into_inner).is_some_and(|end| now < end)
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
        if self.is_down(now) {
            let request_id = format!("req_{}", store::scrambled(&now.unix_timestamp_nanos().to_string(), 14));
            return Answer::from(&ApiError::down()).into_response(&request_id);
        }
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
        if self.is_down(now) {
            return Vec::new();
        }
        let due = self.storage.transaction(|db| {
            settle(&Work::unasked(db, now))?;
            Ok(deliveries::due(db, now, limit, &self.webhook_secret)?)
        });
        logged(due).unwrap_or_default()
    }

    /// How a delivery went: 2xx ends it, anything else lets it be due again later, for up to three days.
    pub fn delivered(&self, now: OffsetDateTime, delivery_id: &str, status: u16) {
        logged(self.storage.transaction(|db| Ok(webhooks::delivered(db, now, delivery_id, status)?)));
    }

    /// Passes (`ok`) or fails the 3-D Secure step of an intent, as the customer does in the browser. `false`: there is
    /// no such intent, it waits for nobody, or Stripe is down.
    pub fn authenticate(&self, now: OffsetDateTime, intent_id: &str, ok: bool) -> bool {
        if self.is_down(now) {
            return false;
        }
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

    fn answer(
        &self,
        db: &Connection,
        now: OffsetDateTime,
        request: &Request<Bytes>,
        id: &str,
    ) -> Result<Answer, Failure> {
        self.authorize(request.headers())?;
        let version = Version::read(request.headers())?;
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
            version,
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
    captures::settle(work)?;
    disputes::settle(work)?;
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
