//! What the fake's tests share: a fake at a fixed time and requests to it.

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::Stripe;

pub(super) const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::days(20_000));

pub(super) struct Twin {
    pub stripe: Stripe,
    pub now: OffsetDateTime,
}

pub(super) struct Reply {
    pub status: StatusCode,
    pub json: Value,
    pub raw: Bytes,
    headers: HeaderMap,
}

impl Twin {
    pub fn new() -> Self {
        Self::at(None)
    }

    pub fn at(path: Option<&std::path::Path>) -> Self {
        Self { stripe: Stripe::open(path, "sk_test_1", "whsec_test").expect("the database opens"), now: NOW }
    }

    pub fn get(&self, uri: &str) -> Reply {
        self.send("GET", uri, "", None)
    }

    pub fn post(&self, uri: &str, form: &str, key: Option<&str>) -> Reply {
        self.send("POST", uri, form, key)
    }

    /// `confirm` or `cancel` of an intent.
    pub fn act(&self, intent: &Reply, verb: &str, form: &str) -> Reply {
        self.post(&format!("/v1/payment_intents/{}/{verb}", intent.text("/id")), form, None)
    }

    /// An intent of 15.00 EUR that is confirmed at once with this card.
    pub fn pay(&self, card: &str) -> Reply {
        let form = "amount=1500&currency=eur&confirm=true&payment_method_types[]=card&payment_method=";
        self.post("/v1/payment_intents", &format!("{form}{card}"), None)
    }

    pub fn send(&self, method: &str, uri: &str, form: &str, key: Option<&str>) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(uri)
            .header("authorization", "Bearer sk_test_1")
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.raw(&request.body(Bytes::from(form.to_owned())).expect("a request"))
    }

    pub fn raw(&self, request: &Request<Bytes>) -> Reply {
        let (parts, raw) = self.stripe.call(self.now, request).into_parts();
        let json = serde_json::from_slice(&raw).expect("every answer is JSON");
        Reply { status: parts.status, json, raw, headers: parts.headers }
    }

    /// The types of all events that wait for delivery.
    pub fn events(&self) -> Vec<String> {
        self.stripe.due_webhooks(self.now, 100).into_iter().map(|delivery| delivery.event_type).collect()
    }
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a printable header"))
    }

    pub fn text(&self, pointer: &str) -> &str {
        self.json
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no text at {pointer} in {}", self.json))
    }

    /// Status, `code` and `param` of an error.
    pub fn error(&self) -> (u16, Option<&str>, Option<&str>) {
        let error = &self.json["error"];
        (self.status.as_u16(), error["code"].as_str(), error["param"].as_str())
    }
}
