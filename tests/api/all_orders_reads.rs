//! Staff's list on a table whose reads lag and leave out, as DynamoDB's do: nobody's order gets lost on the way.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use functions::Clock;
use local::twin::Options;
use serde_json::{Value, json};
use shared::time::Timestamp;
use std::sync::atomic::{AtomicUsize, Ordering};
use tests::{START, Shop, order};

use crate::all_orders::list;
use crate::support::assert_problem;

/// How a table answers to many keys at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    /// A cheap read has not heard of anything yet.
    Late,
    /// It gives two items at once, and nothing the first time (AWS: "BatchGetItem", `UnprocessedKeys`).
    Busy,
    /// It never gives anything.
    Stuck,
}

#[derive(Debug)]
struct Moody {
    inner: SharedHttpConnector,
    mood: Mood,
    calls: AtomicUsize,
}

impl HttpConnector for Moody {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        if !target.ends_with(".BatchGetItem") {
            return self.inner.call(request);
        }
        let mut body: Value =
            request.body().bytes().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
        let wanted = body["RequestItems"].clone();
        let (table, asked) = wanted.as_object().and_then(|tables| tables.iter().next()).expect("a table");
        let (table, mut left) = (table.clone(), asked.clone());
        let given = match (self.mood, self.calls.fetch_add(1, Ordering::Relaxed)) {
            (Mood::Late, _) if asked["ConsistentRead"] != true => {
                let nothing = answer(&json!({"Responses": {table: []}, "UnprocessedKeys": {}}));
                return HttpConnectorFuture::ready(nothing);
            }
            (Mood::Late, _) => return self.inner.call(request),
            (Mood::Busy, call) if call > 0 => 2,
            _ => 0,
        };
        let mut keys = asked["Keys"].as_array().cloned().expect("keys");
        let rest = keys.split_off(given.min(keys.len()));
        left["Keys"] = json!(rest);
        let unprocessed = if rest.is_empty() { json!({}) } else { json!({ table.clone(): left }) };
        if keys.is_empty() {
            let nothing = answer(&json!({"Responses": {table: []}, "UnprocessedKeys": unprocessed}));
            return HttpConnectorFuture::ready(nothing);
        }
        body["RequestItems"][&table]["Keys"] = json!(keys);
        let body = body.to_string();
        request.headers_mut().insert("content-length", body.len().to_string());
        *request.body_mut() = SdkBody::from(body);
        let inner = self.inner.clone();
        HttpConnectorFuture::new(async move {
            let found = inner.call(request).await?;
            let found = found.body().bytes().and_then(|body| serde_json::from_slice::<Value>(body).ok());
            answer(
                &json!({"Responses": found.unwrap_or_default()["Responses"], "UnprocessedKeys": unprocessed}),
            )
        })
    }
}

fn answer(body: &Value) -> Result<HttpResponse, ConnectorError> {
    let response = http::Response::builder().status(200).header("content-type", "application/x-amz-json-1.0");
    let response = response.body(SdkBody::from(body.to_string())).expect("a response");
    response.try_into().map_err(|error| ConnectorError::user(Box::new(error)))
}

/// A shop on such a table, with five orders.
async fn shop(wrap: fn(SharedHttpConnector) -> SharedHttpConnector) -> Shop {
    let clock = Clock::manual(Timestamp::from_seconds(START));
    let shop = Shop::with(Options { clock, wrap, ..Options::default() });
    shop.stock("mug", "12.50", "north", 10).await;
    for at in 0..5 {
        let placed = order(&shop.customer("alice"), &format!("k{at}"), "mug", 1, "cod");
        assert_eq!(shop.send(placed).await.status, 201);
        shop.twin.cloud.clock.advance(1_000);
    }
    shop
}

fn moody(inner: SharedHttpConnector, mood: Mood) -> SharedHttpConnector {
    SharedHttpConnector::new(Moody { inner, mood, calls: AtomicUsize::new(0) })
}

async fn assert_complete(shop: &Shop) {
    for query in ["", "?status=confirmed", "?status=confirmed&limit=2"] {
        let page = list(shop, query).await;
        let rows = page.body["orders"].as_array().expect("rows");
        assert_eq!(rows.len(), if query.ends_with("=2") { 2 } else { 5 }, "{query}");
        let times: Vec<_> = rows.iter().map(|row| row["created_at"].as_str()).collect();
        assert!(times.is_sorted_by(|newer, older| newer > older), "{times:?}");
    }
}

#[tokio::test]
async fn an_order_that_a_cheap_read_has_not_heard_of_is_looked_at_again() {
    assert_complete(&shop(|inner| moody(inner, Mood::Late)).await).await;
}

#[tokio::test(start_paused = true)]
async fn what_a_busy_table_left_out_is_asked_for_again() {
    assert_complete(&shop(|inner| moody(inner, Mood::Busy)).await).await;
}

#[tokio::test(start_paused = true)]
async fn a_table_that_gives_nothing_is_unavailable_and_no_empty_list() {
    let shop = shop(|inner| moody(inner, Mood::Stuck)).await;
    let call = tests::Call::get("/api/v1/admin/orders").token(&shop.admin());
    assert_problem(&shop.send(call).await, 503, "unavailable");
}
