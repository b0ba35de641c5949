//! What the fake's tests share: a fake at a fixed time and requests to it.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::Shippo;

pub(super) const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::days(20_000));

pub(super) struct Twin {
    pub shippo: Shippo,
    pub now: OffsetDateTime,
}

pub(super) struct Reply {
    pub status: u16,
    pub json: Value,
}

impl Twin {
    pub fn new() -> Self {
        Self::at(None)
    }

    pub fn at(path: Option<&std::path::Path>) -> Self {
        let shippo = Shippo::open(path, "shippo_test_1", "secret").expect("the database opens");
        Self { shippo, now: NOW }
    }

    /// Lets some seconds pass.
    pub fn wait(&mut self, seconds: i64) {
        self.now += Duration::seconds(seconds);
    }

    pub fn get(&self, uri: &str) -> Reply {
        self.send("GET", uri, "", "")
    }

    pub fn post(&self, uri: &str, body: &Value) -> Reply {
        self.send("POST", uri, "application/json", &body.to_string())
    }

    pub fn send(&self, method: &str, uri: &str, content_type: &str, body: &str) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("authorization", "ShippoToken shippo_test_1")
            .header("content-type", content_type)
            .header("shippo-api-version", "2018-02-08");
        self.raw(&request.body(Bytes::from(body.to_owned())).expect("a request"))
    }

    pub fn raw(&self, request: &Request<Bytes>) -> Reply {
        let (status, _, body) = self.open(request);
        Reply { status, json: serde_json::from_slice(&body).expect("every answer is JSON") }
    }

    /// Status, content type and body.
    pub fn open(&self, request: &Request<Bytes>) -> (u16, String, Vec<u8>) {
        let (parts, body) = self.shippo.call(self.now, request).into_parts();
        let content_type = parts.headers["content-type"].to_str().expect("a text").to_owned();
        (parts.status.as_u16(), content_type, body.to_vec())
    }

    /// Follows a link as a browser does.
    pub fn browse(&self, url: &str) -> (u16, String, Vec<u8>) {
        let uri = url.strip_prefix("http://127.0.0.1/shippo").expect("a link below the fake's base");
        self.open(&Request::get(uri).body(Bytes::new()).expect("a request"))
    }

    /// A shipment of one parcel of 850 g within the Netherlands, changed by a merge.
    pub fn shipment(&self, changes: Value) -> Reply {
        let mut asked = shipment();
        merge(&mut asked, changes);
        self.post("/shipments", &asked)
    }

    /// The rate of a service of that shipment.
    pub fn rate(&self, token: &str) -> String {
        self.shipment(json!({})).rate(token)
    }

    /// A label at the cheapest rate of that shipment.
    pub fn label(&self) -> Reply {
        self.buy(&self.rate("ups_standard"))
    }

    pub fn buy(&self, rate: &str) -> Reply {
        self.post("/transactions", &json!({ "rate": rate, "async": false, "metadata": "ord_1 1 alice" }))
    }

    /// The events that wait for delivery, with their data.
    pub fn told(&self) -> Vec<(String, Value)> {
        let due = self.shippo.due_webhooks(self.now, 100);
        due.into_iter()
            .map(|delivery| {
                let event: Value = serde_json::from_str(&delivery.body).expect("an event is JSON");
                (delivery.event_type, event["data"].clone())
            })
            .collect()
    }

    /// The same, as the status of each scan; and taken.
    pub fn scans(&self) -> Vec<String> {
        let due = self.shippo.due_webhooks(self.now, 100);
        due.iter().for_each(|delivery| self.shippo.delivered(self.now, &delivery.id, 200));
        due.into_iter()
            .filter(|delivery| delivery.event_type == "track_updated")
            .map(|delivery| {
                let event: Value = serde_json::from_str(&delivery.body).expect("an event is JSON");
                event["data"]["tracking_status"]["substatus"]["code"].as_str().expect("a code").to_owned()
            })
            .collect()
    }
}

pub(super) fn shipment() -> Value {
    json!({
        "address_from": {"name": "Shop", "street1": "Kade", "street_no": "1", "city": "Rotterdam", "zip": "3011 AA", "country": "NL"},
        "address_to": {"name": "Alice", "street1": "Gracht 2", "city": "Amsterdam", "zip": "1015 CJ", "country": "NL"},
        "parcels": [
            {"length": "300", "width": "200", "height": "100", "distance_unit": "mm", "weight": "850", "mass_unit": "g"}
        ],
        "metadata": "ord_1 1 alice",
        "async": false,
    })
}

fn merge(into: &mut Value, changes: Value) {
    match changes {
        Value::Object(fields) => fields.into_iter().for_each(|(name, value)| merge(&mut into[name], value)),
        value => *into = value,
    }
}

impl Reply {
    pub fn text(&self, pointer: &str) -> &str {
        let text = self.json.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("no text at {pointer} in {}", self.json))
    }

    pub fn rate(&self, token: &str) -> String {
        let mut rates = self.json["rates"].as_array().into_iter().flatten();
        let rate = rates.find(|rate| rate["servicelevel"]["token"] == token);
        rate.and_then(|rate| rate["object_id"].as_str()).expect("the rate is offered").to_owned()
    }

    /// Provider, price and days of each rate.
    pub fn rates(&self) -> Vec<(String, String, u64)> {
        let rates = self.json["rates"].as_array().into_iter().flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        rates
            .map(|rate| {
                let price = format!("{} {}", text(&rate["amount"]), text(&rate["currency"]));
                (text(&rate["provider"]), price, rate["estimated_days"].as_u64().unwrap_or_default())
            })
            .collect()
    }
}
