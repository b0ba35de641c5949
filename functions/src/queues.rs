//! Sending to the workers' queues.

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use shared::outbox::{Message, Queue};
use std::collections::BTreeMap;

use crate::app::Config;
use crate::error::Error;

/// Messages in one request (AWS SQS, SendMessageBatch).
const BATCH: usize = 10;

/// The workers' queues.
#[derive(Debug, Clone)]
pub struct Queues {
    client: aws_sdk_sqs::Client,
    urls: BTreeMap<Queue, String>,
}

/// The longest that a queue keeps a message back, in seconds (AWS SQS, `DelaySeconds`).
const LONGEST_DELAY_SECONDS: i64 = 900;

/// How long a message is kept back that is for so many seconds from now: as long as a queue can; whoever gets it sends it again.
pub fn delay(seconds: i64) -> i32 {
    i32::try_from(seconds.clamp(1, LONGEST_DELAY_SECONDS)).unwrap_or(i32::MAX)
}

/// The environment variable that holds a queue's URL.
fn variable(queue: Queue) -> &'static str {
    match queue {
        Queue::Fulfillment => "FULFILLMENT_QUEUE_URL",
        Queue::Email => "EMAIL_QUEUE_URL",
        Queue::Payment => "PAYMENT_QUEUE_URL",
        Queue::Invoice => "INVOICE_QUEUE_URL",
    }
}

impl Queues {
    /// The queues that this function's environment names.
    pub fn new(client: aws_sdk_sqs::Client, config: &Config) -> Self {
        let urls =
            Queue::ALL.into_iter().map(|queue| (queue, config.get(variable(queue)).to_owned())).collect();
        Self { client, urls }
    }

    /// Sends messages, each after its delay in seconds (at most 900, AWS SQS). Done only if every one was taken: a batch
    /// is answered with 200 even if entries of it were not.
    pub async fn send(&self, queue: Queue, messages: &[(Message, i32)]) -> Result<(), Error> {
        let url = self.urls.get(&queue).map(String::as_str).unwrap_or_default();
        for batch in messages.chunks(BATCH) {
            let mut request = self.client.send_message_batch().queue_url(url);
            for (at, (message, delay)) in batch.iter().enumerate() {
                let body = serde_json::to_string(message)
                    .map_err(|error| Error::broken("a message is not JSON", error))?;
                let entry = SendMessageBatchRequestEntry::builder().id(at.to_string()).message_body(body);
                let entry = entry.delay_seconds((*delay).clamp(0, 900)).build();
                request =
                    request.entries(entry.map_err(|error| Error::broken("a message is incomplete", error))?);
            }
            let answer = request.send().await.map_err(|error| Error::unavailable("SQS", error))?;
            if let Some(failed) = answer.failed().first() {
                return Err(Error::unavailable("SQS", failed.code()));
            }
        }
        Ok(())
    }
}
