//! Event sources: what brings changes of the table and messages of the queues to the functions, and the webhooks
//! of Stripe and Shippo to the gateway. Each pump does one step at a time, so that tests can drive it by hand.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::cloud::deliveries::Delivery;
use crate::cloud::sqs::Received;
use crate::template::{Template, Trigger};
use crate::twin::Twin;

/// The stream of the table.
pub struct StreamPump {
    function: String,
    batch: usize,
    prefixes: Vec<String>,
    attempts: u32,
    on_failure: Option<String>,
    file: Option<PathBuf>,
    state: Mutex<Position>,
}

#[derive(Default, Clone)]
struct Position {
    seen: Option<String>,
    failures: u32,
}

/// One queue.
#[derive(Debug, Clone)]
pub struct QueuePump {
    /// Its name.
    pub queue: String,
    function: String,
    batch: usize,
}

/// The stream pump of the template; its position is kept in `file`.
pub fn stream(template: &Template, file: Option<PathBuf>) -> Option<StreamPump> {
    template.functions.iter().find_map(|function| {
        function.events.iter().find_map(|event| match event {
            Trigger::Stream { batch, sort_key_prefixes, attempts, on_failure } => Some(StreamPump {
                function: function.name.clone(),
                batch: *batch,
                prefixes: sort_key_prefixes.clone(),
                attempts: *attempts,
                on_failure: on_failure.clone(),
                state: Mutex::new(Position {
                    seen: file.as_ref().and_then(|file| fs::read_to_string(file).ok()),
                    failures: 0,
                }),
                file: file.clone(),
            }),
            Trigger::Http(_) | Trigger::Queue { .. } => None,
        })
    })
}

/// The queue pumps of the template.
pub fn queues(template: &Template) -> Vec<QueuePump> {
    let pumps = template.functions.iter().flat_map(|function| {
        function.events.iter().filter_map(|event| match event {
            Trigger::Queue { queue, batch } => {
                Some(QueuePump { queue: queue.clone(), function: function.name.clone(), batch: *batch })
            }
            Trigger::Http(_) | Trigger::Stream { .. } => None,
        })
    });
    pumps.collect()
}

impl StreamPump {
    /// Brings one batch of changes to the function. Returns how many changes are behind it now, or `None` if the function
    /// failed and the batch is to be brought again later.
    pub async fn step(&self, twin: &Twin) -> Option<usize> {
        let position = self.position();
        let changes = twin.cloud.dynamodb.changes(&twin.table, position.seen.as_deref(), self.batch).ok()?;
        let Some(last) = changes.last().map(sequence_of) else {
            return Some(0);
        };
        let wanted: Vec<&Value> = changes.iter().filter(|change| self.wants(change)).collect();
        let failed = if wanted.is_empty() { None } else { self.deliver(twin, &wanted).await };
        match failed {
            None => {
                self.advance(last);
                Some(changes.len())
            }
            Some(failed) => {
                // Everything before the failed change is done (the lowest failed sequence number is the checkpoint).
                let at = changes.iter().position(|change| sequence_of(change) == failed).unwrap_or(0);
                if let Some(before) = at.checked_sub(1) {
                    self.advance(sequence_of(&changes[before]));
                } else if position.failures >= self.attempts {
                    self.give_up(twin, &changes[at]);
                } else {
                    self.remember(Position { failures: position.failures + 1, ..position });
                }
                None
            }
        }
    }

    /// Calls the function; the sequence number of the first change that failed, if one did.
    async fn deliver(&self, twin: &Twin, changes: &[&Value]) -> Option<String> {
        let event = json!({"Records": changes}).to_string();
        match twin.lambda.invoke(&self.function, &event).await {
            Some(answer) => failures(&answer).into_iter().next(),
            None => changes.first().map(|change| sequence_of(change)),
        }
    }

    fn wants(&self, change: &Value) -> bool {
        let sort_key = change.pointer("/dynamodb/Keys/SK/S").and_then(Value::as_str).unwrap_or_default();
        self.prefixes.is_empty() || self.prefixes.iter().any(|prefix| sort_key.starts_with(prefix))
    }

    /// What a destination hears is where the change was, not what it said (AWS Lambda, "DynamoDB: destinations").
    fn give_up(&self, twin: &Twin, change: &Value) {
        let sequence = sequence_of(change);
        if let Some(queue) = &self.on_failure {
            let body = json!({"DDBStreamBatchInfo": {"startSequenceNumber": sequence, "endSequenceNumber": sequence}});
            let body =
                json!({"QueueUrl": crate::template::queue_url(queue), "MessageBody": body.to_string()});
            let request = Request::post("/aws/sqs").header("x-amz-target", "AmazonSQS.SendMessage");
            if let Ok(request) = request.body(Bytes::from(body.to_string())) {
                twin.cloud.call(request);
            }
        }
        self.advance(sequence);
    }

    fn position(&self) -> Position {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, position: Position) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = position;
    }

    fn advance(&self, seen: String) {
        if let Some(file) = &self.file {
            // Replaced in one step: after a kill there is the old position or the new one. If it cannot be written,
            // changes are brought again after the next start, which everything behind the stream can take.
            let next = file.with_extension("next");
            let written = fs::write(&next, &seen).and_then(|()| fs::rename(&next, file));
            if let Err(error) = written {
                eprintln!("the stream's position is not kept: {error}");
            }
        }
        self.remember(Position { seen: Some(seen), failures: 0 });
    }
}

impl QueuePump {
    /// Brings one batch of messages to the function and deletes those that it did. Returns how many were brought.
    pub async fn step(&self, twin: &Twin) -> usize {
        let now = twin.cloud.clock.now().datetime();
        let received = twin.cloud.sqs.receive(now, &self.queue, self.batch);
        if received.is_empty() {
            return 0;
        }
        let failed = self.deliver(twin, &received).await;
        for message in &received {
            if failed.as_ref().is_some_and(|failed| !failed.contains(&message.message_id)) {
                twin.cloud.sqs.delete(&self.queue, &message.receipt_handle);
            } else {
                // AWS waits for the visibility timeout. A developer need not: 1 s, 4 s, 16 s, 64 s … Together that is still
                // longer than the claim of a worker that was killed while it sent a mail.
                let pause = 4u32.pow(message.receive_count.clamp(1, 6) - 1);
                let now = twin.cloud.clock.now().datetime();
                twin.cloud.sqs.release(now, &self.queue, &message.receipt_handle, pause);
            }
        }
        received.len()
    }

    /// Calls the function; the ids of the messages that failed, or `None` if all of them did.
    pub async fn deliver(&self, twin: &Twin, messages: &[Received]) -> Option<HashSet<String>> {
        let records: Vec<Value> = messages.iter().map(|message| self.record(message)).collect();
        let event = json!({"Records": records}).to_string();
        let answer = twin.lambda.invoke(&self.function, &event).await?;
        Some(failures(&answer).into_iter().collect())
    }

    fn record(&self, message: &Received) -> Value {
        let millis = |moment: time::OffsetDateTime| (moment.unix_timestamp_nanos() / 1_000_000).to_string();
        json!({
            "messageId": message.message_id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": message.receive_count.to_string(),
                "SentTimestamp": millis(message.sent_at),
                "SenderId": "twin",
                "ApproximateFirstReceiveTimestamp": millis(message.first_received_at),
            },
            "messageAttributes": {},
            "md5OfBody": message.md5,
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:eu-west-1:000000000000:{}", self.queue),
            "awsRegion": "eu-west-1",
        })
    }
}

/// Brings the due webhooks of Stripe and Shippo to the gateway. Returns how many were brought.
pub async fn webhooks(twin: &Twin) -> usize {
    stripe_webhooks(twin).await + carrier_webhooks(twin).await
}

/// Brings those of Stripe.
pub async fn stripe_webhooks(twin: &Twin) -> usize {
    let now = || twin.cloud.clock.now().datetime();
    let due = twin.cloud.stripe.due_webhooks(now(), 20);
    for delivery in &due {
        if let Some(status) = bring(twin, "/api/v1/webhooks/stripe", "stripe-signature", delivery).await {
            twin.cloud.stripe.delivered(now(), &delivery.id, status);
        }
    }
    due.len()
}

/// Brings those of Shippo.
pub async fn carrier_webhooks(twin: &Twin) -> usize {
    let now = || twin.cloud.clock.now().datetime();
    let due = twin.cloud.shippo.due_webhooks(now(), 20);
    for delivery in &due {
        let status = bring(twin, "/api/v1/webhooks/carrier", "shippo-auth-signature", delivery).await;
        if let Some(status) = status {
            twin.cloud.shippo.delivered(now(), &delivery.id, status);
        }
    }
    due.len()
}

/// The status that a delivery was answered with.
async fn bring(twin: &Twin, path: &str, header: &str, delivery: &Delivery) -> Option<u16> {
    let request = Request::post(path)
        .header("content-type", "application/json; charset=utf-8")
        .header(header, &delivery.signature)
        .body(Bytes::from(delivery.body.clone()));
    Some(twin.answer(request.ok()?).await.status().as_u16())
}

fn sequence_of(change: &Value) -> String {
    change.pointer("/dynamodb/SequenceNumber").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The identifiers in an answer's `batchItemFailures`.
fn failures(answer: &str) -> Vec<String> {
    let answer: Value = serde_json::from_str(answer).unwrap_or_default();
    let failures = answer["batchItemFailures"].as_array().into_iter().flatten();
    failures.filter_map(|failure| failure["itemIdentifier"].as_str().map(str::to_owned)).collect()
}
