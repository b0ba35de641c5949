//! Queues in and out: batches, answered message by message.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::outbox::Message;
use tokio::time::Instant;

use super::{BATCH_WITHIN, Running, guarded};
use crate::app::App;
use crate::error::{Error, Source};

/// A message, as workers see it.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// What it says.
    pub message: Message,
    /// Names this very invocation and message; no two deliveries share it.
    pub token: String,
}

#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    message_id: String,
    #[serde(default)]
    body: String,
}

/// What went wrong, by record. Always sent, also when empty: anything else counts as success for the whole batch
/// (AWS Lambda, "Reporting batch item failures").
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Failures {
    pub(super) batch_item_failures: Vec<Failure>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Failure {
    pub(super) item_identifier: String,
}

type Handler = for<'a> fn(&'a App, Delivery) -> Running<'a, ()>;

pub(super) async fn invoke(
    handler: Handler,
    app: &App,
    event: &str,
    request_id: &str,
) -> Result<String, Source> {
    let batch: Batch = serde_json::from_str(event)?;
    let deadline = Instant::now() + BATCH_WITHIN;
    let mut failures = Failures::default();
    for record in batch.records {
        if let Err(error) = work(handler, app, &record, request_id, deadline).await {
            app.log.error(
                "a message failed",
                &[("message.id", Value::from(record.message_id.as_str()))],
                &error,
            );
            failures.batch_item_failures.push(Failure { item_identifier: record.message_id });
        }
    }
    Ok(serde_json::to_string(&failures)?)
}

async fn work(
    handler: Handler,
    app: &App,
    record: &Record,
    request_id: &str,
    deadline: Instant,
) -> Result<(), Error> {
    let message =
        serde_json::from_str(&record.body).map_err(|error| Error::broken("a message is malformed", error))?;
    let delivery = Delivery { message, token: format!("{request_id}/{}", record.message_id) };
    guarded(deadline, "the worker panicked", handler(app, delivery)).await
}
