//! What the fake's tests share: a fake at a fixed time and requests to it.

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, Uri};
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::Stripe;

pub(super) const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::days(20_000));

pub(super) struct Twin {
    pub stripe: Stripe,
    pub now: OffsetDateTime,
    /// What requests name in `Stripe-Version`.
    pub version: Option<&'static str>,
}

pub(super) struct Reply {
    pub status: StatusCode,
    pub json: Value,
    pub raw: Bytes,
    headers: HeaderMap,
}

/// What a browser got.
pub(super) struct Seen {
    pub status: u16,
    pub location: Option<String>,
    pub html: String,
}

/// A Checkout Session of 15.00 EUR.
pub(super) const SESSION: &str = "mode=payment&success_url=https://shop.example/done?id={CHECKOUT_SESSION_ID}\
    &cancel_url=https://shop.example/cart&line_items[0][quantity]=3&line_items[0][price_data][currency]=EUR\
    &line_items[0][price_data][unit_amount]=500&line_items[0][price_data][product_data][name]=Mug";

impl Twin {
    pub fn new() -> Self {
        Self::at(None)
    }

    pub fn at(path: Option<&std::path::Path>) -> Self {
        let stripe = Stripe::open(path, "sk_test_1", "whsec_test").expect("the database opens");
        Self { stripe, now: NOW, version: Some("2024-06-20") }
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

    /// An intent of 15.00 EUR that this card authorizes and nobody has captured.
    pub fn hold(&self, card: &str) -> Reply {
        let form = "amount=1500&currency=eur&confirm=true&capture_method=manual&payment_method_types[]=card";
        self.post("/v1/payment_intents", &format!("{form}&payment_method={card}"), None)
    }

    /// The charge of an intent, as it is now.
    pub fn charge_of(&self, intent: &Reply) -> Value {
        let intent = self.get(&format!("/v1/payment_intents/{}?expand[]=latest_charge", intent.text("/id")));
        intent.json["latest_charge"].clone()
    }

    /// A refund of an intent, and more parameters.
    pub fn refund(&self, intent: &Reply, more: &str) -> Reply {
        self.post("/v1/refunds", &format!("payment_intent={}{more}", intent.text("/id")), None)
    }

    /// [`SESSION`], and more parameters.
    pub fn session(&self, more: &str) -> Reply {
        self.post("/v1/checkout/sessions", &format!("{SESSION}{more}"), None)
    }

    /// The session as it is now.
    pub fn reread(&self, session: &Reply) -> Reply {
        self.get(&format!("/v1/checkout/sessions/{}", session.text("/id")))
    }

    /// Opens the page of a session, as a browser does.
    pub fn open(&self, session: &Reply) -> Seen {
        self.browse("GET", session.text("/url"), "")
    }

    /// Sends the form of a session's page.
    pub fn submit(&self, session: &Reply, form: &str) -> Seen {
        self.browse("POST", session.text("/url"), form)
    }

    /// Follows an address below the fake's base.
    pub fn browse(&self, method: &str, url: &str, form: &str) -> Seen {
        let uri: Uri = url.parse().expect("an address");
        let path = uri.path().strip_prefix("/stripe").expect("a path below the fake's base");
        let request = Request::builder().method(method).uri(path).body(Bytes::from(form.to_owned()));
        let (parts, body) = self.stripe.call(self.now, &request.expect("a request")).into_parts();
        Seen {
            status: parts.status.as_u16(),
            location: parts.headers.get("location").map(|at| at.to_str().expect("an address").to_owned()),
            html: String::from_utf8(body.to_vec()).expect("a page"),
        }
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
        if let Some(version) = self.version {
            request = request.header("stripe-version", version);
        }
        self.raw(&request.body(Bytes::from(form.to_owned())).expect("a request"))
    }

    pub fn raw(&self, request: &Request<Bytes>) -> Reply {
        let (parts, raw) = self.stripe.call(self.now, request).into_parts();
        let json = serde_json::from_slice(&raw).expect("every answer is JSON");
        Reply { status: parts.status, json, raw, headers: parts.headers }
    }

    /// The last events that wait for delivery, as many as asked for: their types and objects.
    pub fn told(&self, last: usize) -> Vec<(String, Value)> {
        let due = self.stripe.due_webhooks(self.now, 100);
        due.into_iter()
            .rev()
            .take(last)
            .rev()
            .map(|delivery| {
                let event: Value = serde_json::from_str(&delivery.body).expect("an event is JSON");
                (delivery.event_type, event["data"]["object"].clone())
            })
            .collect()
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
