//! What several subjects need: looking at all effects, and asking Stripe directly.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request};
use local::cloud::STRIPE_API_KEY;
use local::cloud::ses::Mail;
use local::cloud::stripe::Delivery;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use tests::{Answer, Call, Shop, order_body};

/// Everything that a request could have changed.
#[derive(Debug, PartialEq)]
pub struct World {
    items: Vec<String>,
    intents: Vec<Value>,
    refunds: Value,
    mails: usize,
}

impl World {
    /// As it is now.
    pub fn of(shop: &Shop) -> Self {
        let items = shop.twin.cloud.dynamodb.items(&shop.twin.table).expect("items");
        let mut items: Vec<String> = items.iter().map(Value::to_string).collect();
        items.sort();
        let intents = shop.twin.cloud.stripe.intents();
        Self { items, intents, refunds: refunds(shop), mails: shop.twin.cloud.ses.mails().len() }
    }

    /// Panics with what differs if anything was changed since.
    pub fn assert_unchanged(&self, shop: &Shop, after: &str) {
        let now = Self::of(shop);
        let new: Vec<_> = now.items.iter().filter(|item| !self.items.contains(item)).collect();
        let gone: Vec<_> = self.items.iter().filter(|item| !now.items.contains(item)).collect();
        assert!(
            new.is_empty() && gone.is_empty(),
            "after {after}: the table has {new:#?} instead of {gone:#?}"
        );
        assert_eq!(*self, now, "after {after}");
    }
}

/// Whether `actual` has every member of `expected`; lists have to be of the same length.
pub fn has(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Object(actual), Value::Object(expected)) => {
            expected.iter().all(|(name, value)| actual.get(name).is_some_and(|found| has(found, value)))
        }
        (Value::Array(actual), Value::Array(expected)) => {
            actual.len() == expected.len()
                && actual.iter().zip(expected).all(|(actual, expected)| has(actual, expected))
        }
        _ => actual == expected,
    }
}

/// Panics unless `actual` has every member of `expected`.
#[track_caller]
pub fn assert_has(actual: &Value, expected: &Value) {
    assert!(has(actual, expected), "expected at least {expected:#}\nin {actual:#}");
}

/// Panics unless the answer is a problem of this status and code.
#[track_caller]
pub fn assert_problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!(problem(answer, status, code), None, "{answer:?}");
}

/// What is wrong with an answer that is to be a problem (RFC 9457) of this status and code.
pub fn problem(answer: &Answer, status: u16, code: &str) -> Option<String> {
    if answer.status != status || answer.code() != code {
        return Some(format!("{status} {code} expected, not {} {}", answer.status, answer.body));
    }
    if answer.header("content-type") != Some("application/problem+json") {
        return Some(format!("content type {:?}", answer.header("content-type")));
    }
    let texts = ["type", "title", "detail", "request_id"];
    let silent = texts.iter().find(|name| answer.body[**name].as_str().is_none_or(str::is_empty));
    let status_named = answer.body["status"] == status;
    (silent.is_some() || !status_named).then(|| format!("the problem is incomplete: {}", answer.body))
}

/// A request to Stripe itself, past the product.
pub fn stripe(shop: &Shop, method: &str, path: &str, form: &str) -> Value {
    let request = Request::builder()
        .method(method)
        .uri(format!("/stripe{path}"))
        .header("authorization", format!("Bearer {STRIPE_API_KEY}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(form.to_owned()))
        .expect("a request");
    serde_json::from_slice(shop.twin.cloud.call(request).body()).expect("Stripe answers JSON")
}

/// Every refund at Stripe.
pub fn refunds(shop: &Shop) -> Value {
    stripe(shop, "GET", "/v1/refunds?limit=100", "")["data"].clone()
}

/// The only payment at Stripe.
#[track_caller]
pub fn only_intent(shop: &Shop) -> Value {
    let mut intents = shop.twin.cloud.stripe.intents();
    assert_eq!(intents.len(), 1, "{intents:#?}");
    intents.remove(0)
}

/// What Stripe has taken and given back, in cents, over all payments.
pub fn money(shop: &Shop) -> (i64, i64) {
    let sum = |name: &str| {
        shop.twin.cloud.stripe.intents().iter().map(|intent| intent[name].as_i64().unwrap_or_default()).sum()
    };
    (sum("amount_received"), sum("amount_refunded"))
}

/// The customer's answer to 3-D Secure.
pub fn authenticate(shop: &Shop, intent: &str, approved: bool) -> bool {
    shop.twin.cloud.stripe.authenticate(shop.twin.cloud.clock.now().datetime(), intent, approved)
}

/// Stripe's webhooks that wait to be delivered.
pub fn due(shop: &Shop) -> Vec<Delivery> {
    shop.twin.cloud.stripe.due_webhooks(shop.twin.cloud.clock.now().datetime(), 100)
}

/// A webhook as Stripe sends it.
pub fn webhook(body: &str, signature: &str) -> Call {
    Call::post("/api/v1/webhooks/stripe")
        .header("content-type", "application/json; charset=utf-8")
        .header("stripe-signature", signature)
        .bytes(body.to_owned())
}

/// Mails whose subject has this in it.
pub fn mails(shop: &Shop, subject: &str) -> Vec<Mail> {
    shop.twin.cloud.ses.mails().into_iter().filter(|mail| mail.subject.contains(subject)).collect()
}

/// One order as this caller sees it.
pub async fn get(shop: &Shop, token: &str, id: &str) -> Answer {
    shop.send(Call::get(&format!("/api/v1/orders/{id}")).token(token)).await
}

/// Names of the events in an order's timeline that are about it as a whole: not about one of its parcels, nor about its bills.
pub fn events(order: &Value) -> Vec<&str> {
    let entries = order["timeline"].as_array().into_iter().flatten();
    entries
        .filter(|entry| entry.get("shipment_id").is_none())
        .filter_map(|entry| entry["type"].as_str())
        .filter(|name| *name != "bill_issued")
        .collect()
}

/// One exchange in plain HTTP, byte for byte, on a connection of its own. Blocks.
pub fn raw_exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it answers");
    String::from_utf8_lossy(&answer).into_owned()
}

/// The same, taken apart.
pub fn exchange(address: SocketAddr, request: &str) -> Answer {
    let answer = raw_exchange(address, request);
    let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
    let (status, fields) = head.split_once("\r\n").expect("a status and headers");
    let headers = fields.lines().filter_map(|field| {
        let (name, value) = field.split_once(": ")?;
        Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?))
    });
    Answer {
        status: status.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status"),
        headers: headers.collect(),
        body: serde_json::from_str(body).unwrap_or_default(),
        bytes: Bytes::copy_from_slice(body.as_bytes()),
    }
}

/// A shop with ten mugs at 12.50 EUR, and the token of Alice, who buys them.
pub async fn shop() -> (Shop, String) {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    let alice = shop.customer("alice");
    (shop, alice)
}

/// The item of this name in the table; null if there is none.
pub fn item(shop: &Shop, pk: &str, sk: &str) -> Value {
    let items = shop.twin.cloud.dynamodb.items(&shop.twin.table).expect("items");
    items.into_iter().find(|item| item["PK"]["S"] == pk && item["SK"]["S"] == sk).unwrap_or_default()
}

/// Panics unless the answer is a 422 that names this field and this rule, and nothing else.
#[track_caller]
pub fn assert_invalid(answer: &Answer, pointer: &str, code: &str) {
    assert_problem(answer, 422, "invalid_request");
    let errors: Vec<_> = answer.body["errors"].as_array().into_iter().flatten().collect();
    assert_eq!(errors.len(), 1, "{answer:?}");
    assert_has(errors[0], &json!({"pointer": pointer, "code": code}));
}

/// Creates or replaces a product: weighing 300 g and priced in EUR, unless `more` says otherwise.
pub async fn put_product(shop: &Shop, product: &str, price: &str, more: &Value) {
    let mut body = json!({"name": product, "price": price, "currency": "EUR", "weight_grams": 300});
    merge(&mut body, more);
    let put = Call::put(&format!("/api/v1/admin/products/{product}")).token(&shop.admin()).json(&body);
    let put = shop.send(put).await;
    assert!(put.status < 300, "{put:?}");
}

/// Sets the members of `more`.
pub fn merge(body: &mut Value, more: &Value) {
    let members = more.as_object().expect("an object").clone();
    body.as_object_mut().expect("an object").extend(members);
}

/// The body of an order, paid by cash, of these lines `(product, quantity)`, with these members besides.
pub fn basket(lines: &[(&str, u32)], more: &Value) -> Value {
    let mut body = order_body("mug", 1, "cod");
    let line = |(product, quantity): &(&str, u32)| json!({"product_id": product, "quantity": quantity});
    body["lines"] = lines.iter().map(line).collect();
    merge(&mut body, more);
    body
}

/// The body of an order of whatever is in the cart, paid by cash, with these members besides.
pub fn of_cart(more: &Value) -> Value {
    let mut body = order_body("mug", 1, "cod");
    body.as_object_mut().expect("an object").remove("lines");
    merge(&mut body, more);
    body
}

/// `POST /orders`
pub fn place(token: &str, key: &str, body: &Value) -> Call {
    Call::post("/api/v1/orders").token(token).key(key).json(body)
}

/// `POST /orders?dry_run=true`
pub fn preview(token: &str, body: &Value) -> Call {
    Call::post("/api/v1/orders?dry_run=true").token(token).json(body)
}

/// `DELETE /orders/{id}`
pub fn cancel(token: &str, id: &str) -> Call {
    Call::new("DELETE", &format!("/api/v1/orders/{id}")).token(token)
}
