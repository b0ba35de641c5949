//! Queues in and out: batches, answered message by message.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::outbox::Message;
use tokio::time::Instant;

use super::{BATCH_WITHIN, Running, guarded};
use crate::app::App;
use crate::error::{Error, Source};

/// A message, as workers see it: one of the relay's, unless somebody else writes into the queue.
#[derive(Debug, Clone)]
pub struct Delivery<T = Message> {
    /// What it says.
    pub message: T,
    /// Names this very invocation and message; no two deliveries share it.
    pub token: String,
}

/// What a topic writes into a queue (Amazon SNS Developer Guide, "Message body"): somebody's message, in an envelope. Who
/// may write into the queue is the queue's policy's business, so its signature is not looked at.
#[derive(Debug, Clone, Deserialize)]
pub struct Notification {
    /// What was published.
    #[serde(rename = "Message")]
    pub published: String,
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

type Handler<T> = for<'a> fn(&'a App, Delivery<T>) -> Running<'a, ()>;

pub(super) async fn invoke<T: DeserializeOwned>(
    handler: Handler<T>,
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

async fn work<T: DeserializeOwned>(
    handler: Handler<T>,
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
