//! A table in which transactions take their time, so that those at the same items conflict, as in DynamoDB.
//!
//! The twin's table does one thing after the other and never reports a conflict. Here a transaction holds its items for as
//! long as it runs, and whoever writes to one of them meanwhile is refused (AWS: "Transaction conflict handling in DynamoDB").

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use local::twin::Options;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long a transaction holds its items. With 25 ms, one item takes forty a second: hundreds at once are then too many.
const TRANSACTION: Duration = Duration::from_millis(5);
/// Conflicts that were reported in this process.
static CONFLICTS: AtomicU64 = AtomicU64::new(0);

/// A twin whose table reports conflicts.
pub fn contended() -> Options {
    Options {
        wrap: |inner| SharedHttpConnector::new(Contended { inner, held: Arc::default() }),
        ..Options::default()
    }
}

/// Conflicts that were reported so far.
pub fn conflicts() -> u64 {
    CONFLICTS.load(Ordering::Relaxed)
}

#[derive(Debug)]
struct Contended {
    inner: SharedHttpConnector,
    held: Arc<Mutex<HashSet<String>>>,
}

impl HttpConnector for Contended {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body: Value =
            request.body().bytes().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
        let keys: Vec<String> = match operation.as_str() {
            "TransactWriteItems" => list(&body["TransactItems"]).iter().map(key_of_action).collect(),
            "PutItem" => vec![key_of(&body["Item"])],
            "UpdateItem" => vec![key_of(&body["Key"])],
            _ => return self.inner.call(request),
        };
        let (inner, held_by_all) = (self.inner.clone(), Arc::clone(&self.held));
        HttpConnectorFuture::new(async move {
            let transaction = operation == "TransactWriteItems";
            let _hold = {
                let mut held = held_by_all.lock().expect("nobody panics while holding it");
                if keys.iter().any(|key| held.contains(key)) {
                    CONFLICTS.fetch_add(1, Ordering::Relaxed);
                    return refusal(transaction, keys.iter().map(|key| held.contains(key)));
                }
                let keys = if transaction { keys } else { vec![] };
                held.extend(keys.iter().cloned());
                Hold { held: Arc::clone(&held_by_all), keys }
            };
            if transaction {
                tokio::time::sleep(TRANSACTION).await;
            }
            inner.call(request).await
        })
    }
}

/// The items of a transaction that runs. Whoever stops waiting for it lets go of them too.
struct Hold {
    held: Arc<Mutex<HashSet<String>>>,
    keys: Vec<String>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.held.lock().expect("nobody panics while holding it").retain(|key| !self.keys.contains(key));
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn key_of_action(action: &Value) -> String {
    let put = &action["Put"]["Item"];
    if put.is_object() { key_of(put) } else { key_of(&action["Update"]["Key"]) }
}

fn key_of(item: &Value) -> String {
    let text = |name: &str| item[name]["S"].as_str().expect("a key is text").to_owned();
    format!("{}|{}", text("PK"), text("SK"))
}

/// What DynamoDB answers to a write that meets a transaction.
fn refusal(
    transaction: bool,
    conflicting: impl Iterator<Item = bool>,
) -> Result<HttpResponse, ConnectorError> {
    let reasons: Vec<Value> = conflicting
        .map(|conflicting| match conflicting {
            true => json!({"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}),
            false => json!({"Code": "None"}),
        })
        .collect();
    let name = if transaction { "TransactionCanceledException" } else { "TransactionConflictException" };
    let mut body =
        json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{name}"), "message": "conflict"});
    if transaction {
        body["CancellationReasons"] = json!(reasons);
    }
    let response = http::Response::builder().status(400).header("content-type", "application/x-amz-json-1.0");
    let response = response.body(SdkBody::from(body.to_string())).expect("a response");
    response.try_into().map_err(|error| ConnectorError::user(Box::new(error)))
}
