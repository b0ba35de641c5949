//! The workbench of the tests: a twin in memory, a way to send it requests, a way to let its workers finish.

pub mod contract;
pub mod runtime_api;

use bytes::Bytes;
use contract::Scope;
use functions::Clock;
use http::{HeaderMap, Request};
use local::twin::{Options, Twin};
use local::{page, pumps};
use serde_json::{Value, json};
use shared::time::Timestamp;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// A moment to start from: 2026-03-01T10:00:00Z.
pub const START: i64 = 1_772_359_200;

/// A shop in memory.
pub struct Shop {
    /// The twin that it runs on.
    pub twin: Arc<Twin>,
}

/// An answer, taken apart.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body; null if it is not JSON.
    pub body: Value,
    /// Body, as it was sent.
    pub bytes: Bytes,
}

/// One request, built step by step.
#[derive(Debug, Clone)]
pub struct Call {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Bytes,
    scope: Scope,
}

impl Shop {
    /// An empty shop whose clock stands at [`START`].
    pub fn open() -> Self {
        Self::with(Options { clock: Clock::manual(Timestamp::from_seconds(START)), ..Options::default() })
    }

    /// A shop that is made in another way.
    pub fn with(options: Options) -> Self {
        Self { twin: Twin::open(options).expect("a twin opens") }
    }

    /// Sends a request to the API, in this process. Panics if the exchange breaks the [`contract`].
    pub async fn send(&self, call: Call) -> Answer {
        let request = call.request("");
        let response = self.twin.answer(request.clone()).await;
        contract::check(&request, &response, call.scope);
        Answer::of(response)
    }

    /// A token of a customer.
    pub fn customer(&self, sub: &str) -> String {
        self.twin.token(sub, false)
    }

    /// A token of staff.
    pub fn admin(&self) -> String {
        self.twin.token("admin", true)
    }

    /// Sets up a warehouse that serves everybody, 300 km away; nothing if it is there.
    pub async fn warehouse(&self, warehouse: &str) {
        let body = json!({"name": warehouse, "place": {"country": "NL", "city": "Utrecht", "street": "Kade 1"},
            "areas": [{"countries": [], "distance_km": 300}]});
        let path = format!("/api/v1/admin/warehouses/{warehouse}");
        let put = self.send(Call::put(&path).token(&self.admin()).json(&body)).await;
        assert!(put.status < 300, "{put:?}");
    }

    /// Sets up the store.
    pub async fn settings(&self, settings: &Value) {
        let put = Call::put("/api/v1/admin/settings").token(&self.admin()).json(settings);
        let put = self.send(put).await;
        assert_eq!(put.status, 200, "{put:?}");
    }

    /// Adds a product with stock in one warehouse.
    pub async fn stock(&self, product: &str, price: &str, warehouse: &str, units: i64) {
        self.warehouse(warehouse).await;
        let admin = self.admin();
        let path = format!("/api/v1/admin/products/{product}");
        let body = json!({"name": product, "price": price, "currency": "EUR", "weight_grams": 300});
        let put = self.send(Call::put(&path).token(&admin).json(&body)).await;
        assert!(put.status < 300, "{put:?}");
        let body = json!({"warehouse_id": warehouse, "quantity": units, "reason": "goods received"});
        let key = format!("{product}-{warehouse}-{units}");
        let adjusted =
            self.send(Call::post(&format!("{path}/stock")).token(&admin).key(&key).json(&body)).await;
        assert_eq!(adjusted.status, 200, "{adjusted:?}");
    }

    /// Lets relay, workers and webhooks work until nothing is due any more at this moment of the clock.
    pub async fn finish(&self) {
        for _ in 0..1_000 {
            let mut moved = self.twin.stream.step(&self.twin).await.unwrap_or(1);
            for queue in &self.twin.queues {
                moved += queue.step(&self.twin).await;
            }
            moved += pumps::webhooks(&self.twin).await;
            if moved == 0 {
                return;
            }
        }
        panic!("the workers do not come to rest");
    }

    /// Moves the clock, then lets everything finish.
    pub async fn after(&self, seconds: i64) {
        self.twin.cloud.clock.advance(seconds * 1000);
        self.finish().await;
    }

    /// Units on hand and units held of a product, over all warehouses.
    pub fn units(&self, product: &str) -> (i64, i64) {
        let items = self.twin.cloud.dynamodb.items(&self.twin.table).expect("items");
        let stock = items.iter().filter(|item| {
            item["PK"]["S"] == format!("PRODUCT#{product}")
                && item["SK"]["S"].as_str().is_some_and(|sk| sk.starts_with("STOCK#"))
        });
        let number = |item: &Value, name: &str| -> i64 {
            item[name]["N"].as_str().and_then(|number| number.parse().ok()).unwrap_or_default()
        };
        stock.fold((0, 0), |(on_hand, held), item| {
            (on_hand + number(item, "on_hand"), held + number(item, "held"))
        })
    }

    /// Serves the twin on a free port of this machine, with its pumps running.
    pub async fn serve(&self) -> Server {
        self.twin.run_pumps();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let router = page::router(Arc::clone(&self.twin));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Server { address }
    }
}

/// A twin behind a port.
#[derive(Debug, Clone, Copy)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Sends a request over HTTP. Panics if the exchange breaks the [`contract`].
    pub async fn send(&self, call: Call) -> Answer {
        let request = call.request(&format!("http://{}", self.address));
        let sent = request.clone().map(aws_smithy_types::body::SdkBody::from).try_into().expect("a request");
        let (status, head, body) =
            functions::seam::send(&connector(), sent, Duration::from_secs(30)).await.expect("an answer");
        let response = head
            .headers()
            .iter()
            .fold(http::Response::builder().status(status), |all, (name, value)| all.header(name, value));
        let response = response.body(Bytes::from(body)).expect("a response");
        contract::check(&request, &response, call.scope);
        Answer::of(response)
    }
}

/// One connector for the process: it keeps connections open.
fn connector() -> aws_smithy_runtime_api::client::http::SharedHttpConnector {
    thread_local! {
        static CONNECTOR: aws_smithy_runtime_api::client::http::SharedHttpConnector = functions::seam::connector();
    }
    CONNECTOR.with(Clone::clone)
}

impl Answer {
    /// Takes a response apart.
    pub fn of(response: http::Response<Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: serde_json::from_slice(&body).unwrap_or_default(),
            bytes: body,
        }
    }

    /// The `code` of a problem.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The id of the order that was answered.
    pub fn order_id(&self) -> String {
        self.body["order_id"].as_str().unwrap_or_default().to_owned()
    }
}

impl Call {
    /// A request with any method.
    pub fn new(method: &str, path: &str) -> Self {
        let (method, path) = (method.to_owned(), path.to_owned());
        Self { method, path, headers: vec![], body: Bytes::new(), scope: Scope::Exchange }
    }

    /// `GET`
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// `POST`
    pub fn post(path: &str) -> Self {
        Self::new("POST", path)
    }

    /// `PUT`
    pub fn put(path: &str) -> Self {
        Self::new("PUT", path)
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a bearer token.
    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Adds an idempotency key.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Sets a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").bytes(body.to_string())
    }

    /// Sets any body.
    pub fn bytes(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Carries something on purpose that is not documented and that the API is to ignore.
    pub fn beyond_the_document(mut self) -> Self {
        self.scope = Scope::Answer;
        self
    }

    fn request(&self, base: &str) -> Request<Bytes> {
        let request = Request::builder().method(self.method.as_str()).uri(format!("{base}{}", self.path));
        let request = self.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        request.body(self.body.clone()).expect("a request")
    }
}

/// `POST /orders` for one product by card.
pub fn order(token: &str, key: &str, product: &str, quantity: u32, card: &str) -> Call {
    Call::post("/api/v1/orders").token(token).key(key).json(&order_body(product, quantity, card))
}

/// The body of an order for one product; `cod` instead of a card for cash on delivery.
pub fn order_body(product: &str, quantity: u32, card: &str) -> Value {
    let payment = match card {
        "cod" => json!({"method": "cod"}),
        card => json!({"method": "card", "payment_method_id": card}),
    };
    json!({
        "lines": [{"product_id": product, "quantity": quantity}],
        "shipping_address": {"name": "Alice Example", "street": "Keizersgracht 123", "postal_code": "1015 CJ", "city": "Amsterdam", "country": "NL"},
        "payment": payment,
    })
}
