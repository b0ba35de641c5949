//! Counts the request units that the table charges, by asking for them in the product's own requests.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;
use std::cell::Cell;

thread_local! {
    static READ: Cell<f64> = const { Cell::new(0.0) };
    static WRITTEN: Cell<f64> = const { Cell::new(0.0) };
}

/// Request units of reading and of writing.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Units {
    /// Read request units.
    pub read: f64,
    /// Write request units, indexes included.
    pub written: f64,
}

/// What was counted on this thread since the last time.
pub fn take() -> Units {
    Units { read: READ.take(), written: WRITTEN.take() }
}

/// Puts the meter in front of a connector.
pub fn wrap(inner: SharedHttpConnector) -> SharedHttpConnector {
    SharedHttpConnector::new(Meter(inner))
}

#[derive(Debug)]
struct Meter(SharedHttpConnector);

impl HttpConnector for Meter {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let inner = self.0.clone();
        HttpConnectorFuture::new(async move {
            if !request.uri().contains("/aws/dynamodb") {
                return inner.call(request).await;
            }
            let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
            let mut body: Value =
                request.body().bytes().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
            body["ReturnConsumedCapacity"] = Value::from("INDEXES");
            let body = body.to_string();
            request.headers_mut().insert("content-length", body.len().to_string());
            *request.body_mut() = SdkBody::from(body);
            let response = inner.call(request).await?;
            let answer: Value = response
                .body()
                .bytes()
                .and_then(|body| serde_json::from_slice(body).ok())
                .unwrap_or_default();
            count(&target, &answer["ConsumedCapacity"]);
            Ok(response)
        })
    }
}

#[expect(clippy::float_arithmetic, reason = "request units are halves, not money")]
fn count(target: &str, consumed: &Value) {
    let tables = consumed.as_array().cloned().unwrap_or_else(|| vec![consumed.clone()]);
    let units: f64 = tables.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum();
    let reads = ["GetItem", "Query", "Scan"].iter().any(|read| target.ends_with(read));
    assert!(!target.ends_with("Scan"), "nothing scans the table");
    let cell = if reads { &READ } else { &WRITTEN };
    cell.with(|cell| cell.set(cell.get() + units));
}
