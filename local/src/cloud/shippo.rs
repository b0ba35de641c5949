//! A fake of Shippo: the part of its API that quotes rates, sells labels, takes them back and tracks parcels, in Shippo's
//! wire format, with signed webhooks, the documented test numbers, and a timetable by which a parcel whose label was
//! bought moves from scan to scan. What it does not know it refuses; it never answers as if it had done something.
//!
//! As with Shippo, nothing is idempotent: a label that is asked for twice is bought twice. Shippo sends a webhook again only
//! after 408, 429 and 5xx, and only twice; so does this.
//!
//! It leaves out: stored addresses and parcels, templates, labels without a rate, extras such as insurance, returns, batches,
//! manifests, pickups, orders, PNG labels, conversion of currencies (`amount_local` is the amount), the limits of calls a
//! minute, and that postal codes are needed outside of Canada and the USA. Its carriers have made-up prices. Shippo's own test
//! mode moves no parcels; here they move as in live mode.

use std::path::Path;
use std::sync::{PoisonError, RwLock};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use serde_json::{Value, json};
use time::OffsetDateTime;

use self::error::{ApiError, Failure};
use self::hooks::Hooks;
pub use self::hooks::Way;
use self::params::Params;
use self::store::Work;
pub use self::timetable::Timetable;
use super::deliveries::{self, Delivery, Retries};
use super::storage::Storage;

mod accounts;
mod addresses;
mod command;
mod error;
mod hooks;
mod labels;
mod pages;
mod params;
mod parcels;
mod rates;
mod refunds;
mod shipments;
mod store;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod timetable;
mod tracks;
mod transactions;

/// Where the fake is, as far as it knows without being told.
const BASE: &str = "http://127.0.0.1/shippo";
/// The one version that it speaks.
const VERSION: &str = "2018-02-08";
/// Shippo tries twice more (docs, "Webhooks"); when, it does not say.
const RETRIES: Retries = Retries {
    after: |status| matches!(status, 408 | 429 | 500..),
    pauses_ms: &[2_000, 10_000],
    then_every_ms: None,
    give_up_after_ms: 24 * 60 * 60 * 1000,
};

/// The fake, with all that it remembers in one SQLite database.
pub struct Shippo {
    storage: Storage,
    token: String,
    webhook_secret: String,
    base: RwLock<String>,
    hooks: RwLock<Hooks>,
}

/// An answer of any kind.
struct Answer {
    status: u16,
    content_type: &'static str,
    body: Vec<u8>,
}

impl Shippo {
    /// Opens what is kept at `path`, or an empty database in memory. What is answered survives the end of the process,
    /// however it comes.
    pub fn open(path: Option<&Path>, api_key: &str, webhook_secret: &str) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            storage: Storage::open(path, &[store::SCHEMA, deliveries::SCHEMA].concat())?,
            token: format!("ShippoToken {api_key}"),
            webhook_secret: webhook_secret.to_owned(),
            base: RwLock::new(BASE.to_owned()),
            hooks: RwLock::default(),
        })
    }

    /// Says where the fake is reached, without a slash at the end: the links to labels and tracking pages begin with it.
    pub fn reached_at(&self, base: &str) {
        base.clone_into(&mut self.base.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// One HTTP request: of Shippo's API, for a label, or of a browser on a tracking page. One request is one transaction: effect and
    /// webhooks are all there or all not.
    pub fn call(&self, now: OffsetDateTime, request: &Request<Bytes>) -> Response<Bytes> {
        if self.hooks().is_down(now) {
            return Answer::from(&ApiError::down()).into_response();
        }
        let answered = self.storage.transaction(|db| {
            let base = self.base.read().unwrap_or_else(PoisonError::into_inner).clone();
            let work = Work::new(db, now, base, self.hooks());
            settle(&work)?;
            match self.answer(&work, request) {
                Err(Failure::Api(error)) => Ok(Answer::from(&error)),
                other => other,
            }
        });
        logged(answered).unwrap_or_else(|| Answer::from(&ApiError::server())).into_response()
    }

    /// Webhook deliveries that are due, oldest first. One stays due until `delivered` is told of it.
    pub fn due_webhooks(&self, now: OffsetDateTime, limit: usize) -> Vec<Delivery> {
        let hooks = self.hooks();
        if hooks.is_down(now) {
            return Vec::new();
        }
        let due = self.storage.transaction(|db| {
            let base = self.base.read().unwrap_or_else(PoisonError::into_inner).clone();
            settle(&Work::new(db, now, base, hooks.clone()))?;
            if hooks.is_silent(now) {
                return Ok(Vec::new());
            }
            Ok(deliveries::due(db, now, limit, &self.webhook_secret)?)
        });
        let mut due: Vec<Delivery> = logged(due).unwrap_or_default();
        if hooks.reversed {
            due.reverse();
        }
        due
    }

    /// How a delivery went.
    pub fn delivered(&self, now: OffsetDateTime, delivery_id: &str, status: u16) {
        logged(
            self.storage.transaction(|db| Ok(deliveries::delivered(db, now, delivery_id, status, &RETRIES)?)),
        );
    }

    /// What audits ask: every purchase of a label, oldest first, as the API shows it.
    pub fn labels(&self, now: OffsetDateTime) -> Vec<Value> {
        let all = self.storage.transaction(|db| {
            let base = self.base.read().unwrap_or_else(PoisonError::into_inner).clone();
            transactions::all(&Work::new(db, now, base, Hooks::default()))
        });
        logged(all).unwrap_or_default()
    }

    fn answer(&self, work: &Work<'_>, request: &Request<Bytes>) -> Result<Answer, Failure> {
        let path = request.uri().path().trim_end_matches('/');
        if let Some(answer) = pages::answer(work, request.method(), path, request.uri().query())? {
            return Ok(answer);
        }
        self.authorize(request.headers())?;
        let params = Params::read(request)?;
        let (status, body) = command::run(work, request.method(), path, params)?;
        // What the last call of a test has arranged is used up.
        if let Some(unheard) = self.use_up(work) {
            return Ok(Answer::from(&unheard));
        }
        Ok(Answer::json(status, &body))
    }

    /// API docs, "Authentication"; the version is the one that there is.
    fn authorize(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        match headers.get(header::AUTHORIZATION) {
            None => return Err(ApiError::unauthorized("Authentication credentials were not provided.")),
            Some(value) if value == self.token.as_str() => {}
            Some(_) => return Err(ApiError::unauthorized("Token does not exist")),
        }
        match headers.get("shippo-api-version") {
            Some(version) if version != VERSION => {
                Err(ApiError::detail(400, "This version of the API is not known here."))
            }
            _ => Ok(()),
        }
    }
}

/// Lets happen what only waits for its time.
fn settle(work: &Work<'_>) -> Result<(), Failure> {
    transactions::settle(work)?;
    refunds::settle(work)?;
    timetable::settle(work)
}

impl Answer {
    fn json(status: u16, body: &Value) -> Self {
        Self { status, content_type: "application/json", body: body.to_string().into_bytes() }
    }

    fn into_response(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        response
    }
}

impl From<&ApiError> for Answer {
    fn from(error: &ApiError) -> Self {
        Self::json(error.status(), error.body())
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
