//! SQS on SQLite: the standard queues of the template, kept in a file, with `now` as the only clock.
//!
//! Wire format: AWS JSON 1.0, target `AmazonSQS.<Operation>`. Every rule imitated here is from the Amazon SQS API
//! Reference and Developer Guide. What is not imitated is refused by name, never ignored: FIFO queues and message
//! attributes. Simplified: a purge may be repeated at once (AWS: once a minute), a receive never waits, and
//! visibility may be extended beyond twelve hours after the first receive.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, HeaderValue};
use http::{Request, Response, StatusCode};
use md5::{Digest as _, Md5};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, TransactionBehavior, params};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

/// 1 MiB for a message and for a whole batch (256 KiB until August 2025).
const MAX_BYTES: usize = 1024 * 1024;
const MAX_ENTRIES: usize = 10;
const DELAY: RangeInclusive<i64> = 0..=900;
const VISIBILITY: RangeInclusive<i64> = 0..=43_200;
const ARN_PREFIX: &str = "arn:aws:sqs:us-east-1:000000000000:";

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS sqs_queue (
        name TEXT PRIMARY KEY, visibility_timeout INTEGER NOT NULL, delay INTEGER NOT NULL,
        retention INTEGER NOT NULL, dead_letter_queue TEXT, max_receive_count INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS sqs_message (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL,
        sent_at INTEGER NOT NULL, visible_at INTEGER NOT NULL, receive_count INTEGER NOT NULL DEFAULT 0,
        first_received_at INTEGER
    ) STRICT;
    CREATE INDEX IF NOT EXISTS sqs_message_visible ON sqs_message (queue, visible_at);
    CREATE INDEX IF NOT EXISTS sqs_message_sent ON sqs_message (queue, sent_at);";

/// The queue service. What it has answered is committed, so a killed process loses no message.
pub struct Sqs {
    connection: Mutex<Connection>,
}

/// A queue as the template declares it; durations in seconds, as in CloudFormation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSpec {
    pub name: String,
    pub visibility_timeout: u32,
    pub delay: u32,
    pub retention: u32,
    pub redrive: Option<Redrive>,
}

/// Where a message goes that has been received `max_receive_count` times and still was not deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redrive {
    pub dead_letter_queue: String,
    pub max_receive_count: u32,
}

/// A message handed to a consumer, with all that Lambda's event source mapping puts into a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub message_id: String,
    pub body: String,
    pub receipt_handle: String,
    pub receive_count: u32,
    pub sent_at: OffsetDateTime,
    pub first_received_at: OffsetDateTime,
    pub md5: String,
}

/// A message as it lies in a queue, for the twin's page and for audits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedMessage {
    pub id: String,
    pub body: String,
    pub receive_count: u32,
    pub visible_at: OffsetDateTime,
    pub sent_at: OffsetDateTime,
}

impl Sqs {
    /// Opens the queues kept at `path`, or empty ones in memory.
    pub fn open(path: Option<&Path>) -> Result<Self, rusqlite::Error> {
        let connection = path.map_or_else(Connection::open_in_memory, Connection::open)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Answers one API call.
    pub fn call(&self, now: OffsetDateTime, request: &Request<Bytes>) -> Response<Bytes> {
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        let operation = target.strip_prefix("AmazonSQS.").unwrap_or(target);
        let answer = self.transaction(|tx| dispatch(tx, millis(now), operation, request));
        let (status, error, value) = match answer {
            Ok(value) => (StatusCode::OK, None, value),
            Err(refusal) => {
                let (status, kind, query_error) = refusal.wire();
                (status, Some(query_error), json!({ "__type": kind, "message": refusal.to_string() }))
            }
        };
        let mut response = Response::new(Bytes::from(value.to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
        if let Some(error) = error {
            // The error code of the older query protocol; clients of both generations compare it.
            headers.insert("x-amzn-query-error", HeaderValue::from_static(error));
        }
        response
    }

    /// Creates the queue or gives it these attributes; messages stay.
    pub fn declare(&self, spec: &QueueSpec) -> Result<(), rusqlite::Error> {
        let redrive = spec.redrive.as_ref();
        self.lock().execute(
            "INSERT OR REPLACE INTO sqs_queue VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                spec.name,
                spec.visibility_timeout,
                spec.delay,
                spec.retention,
                redrive.map(|redrive| &redrive.dead_letter_queue),
                redrive.map(|redrive| redrive.max_receive_count),
            ],
        )?;
        Ok(())
    }

    /// `ReceiveMessage` without the wire, and without its limit of ten. Nothing if the queue is unknown, or if storage
    /// fails, which is told: whoever polls asks again.
    pub fn receive(&self, now: OffsetDateTime, queue: &str, max: usize) -> Vec<Received> {
        settled(self.transaction(|tx| {
            let queue = open_queue(tx, millis(now), queue)?;
            receive(tx, millis(now), &queue, max, i64::from(queue.visibility_timeout))
        }))
    }

    /// `DeleteMessage`; true if this very receive's message was there and is gone now.
    pub fn delete(&self, queue: &str, receipt_handle: &str) -> bool {
        settled(self.transaction(|tx| delete(tx, queue, receipt_handle)))
    }

    /// `ChangeMessageVisibility`: lets the message be received again `after_seconds` from now.
    pub fn release(&self, now: OffsetDateTime, queue: &str, receipt_handle: &str, after_seconds: u32) {
        settled(
            self.transaction(|tx| change_visibility(tx, millis(now), queue, receipt_handle, i64::from(after_seconds))),
        );
    }

    /// All messages of a queue, oldest first, visible or not.
    pub fn messages(&self, queue: &str) -> Vec<QueuedMessage> {
        settled(self.transaction(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT id, body, receive_count, visible_at, sent_at FROM sqs_message
                 WHERE queue = ?1 ORDER BY sequence",
            )?;
            let rows = statement.query_map([queue], |row| {
                Ok(QueuedMessage {
                    id: row.get(0)?,
                    body: row.get(1)?,
                    receive_count: row.get(2)?,
                    visible_at: moment(row.get(3)?),
                    sent_at: moment(row.get(4)?),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        }))
    }

    /// The earliest moment (it may have passed) at which a message can be received: what a simulated clock may jump
    /// to. Dead-letter queues do not count, because nobody consumes them.
    pub fn next_visible_at(&self) -> Option<OffsetDateTime> {
        let earliest = self.transaction(|tx| {
            let earliest: Option<i64> = tx.query_row(
                "SELECT min(visible_at) FROM sqs_message JOIN sqs_queue ON name = queue
                 WHERE visible_at < sent_at + retention * 1000 AND queue NOT IN
                     (SELECT dead_letter_queue FROM sqs_queue WHERE dead_letter_queue IS NOT NULL)",
                [],
                |row| row.get(0),
            )?;
            Ok(earliest)
        });
        settled(earliest).map(moment)
    }

    /// Makes every message visible that somebody received and neither deleted nor released: after a start nobody is at it.
    pub fn release_all(&self, now: OffsetDateTime) {
        let released = self.transaction(|tx| {
            tx.execute(
                "UPDATE sqs_message SET visible_at = ?1 WHERE receive_count > 0 AND visible_at > ?1",
                [millis(now)],
            )?;
            Ok(())
        });
        settled(released);
    }

    fn transaction<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere cannot leave a half-done state: its transaction was rolled back.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a call was refused, with the codes of the Amazon SQS API Reference. 400 but for `Storage`.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    /// 400 `QueueDoesNotExist`
    #[error("The specified queue does not exist.")]
    NoSuchQueue,
    /// 400 `ReceiptHandleIsInvalid`: not a handle of this queue.
    #[error("The input receipt handle is invalid.")]
    ReceiptHandle,
    /// 400 `MessageNotInflight`
    #[error("The specified message isn't in flight.")]
    NotInFlight,
    /// 400 `InvalidMessageContents`: a character outside the documented set.
    #[error("The message contains characters outside the allowed set.")]
    Contents,
    /// 400 `InvalidParameterValue`
    #[error("{0}")]
    Parameter(String),
    /// 400 `InvalidAttributeName`
    #[error("Unknown Attribute {0}.")]
    AttributeName(String),
    /// 400 `EmptyBatchRequest`
    #[error("There should be at least one entry in the request.")]
    EmptyBatch,
    /// 400 `TooManyEntriesInBatchRequest`
    #[error("Maximum number of entries per request are 10. You have sent {0}.")]
    TooManyEntries(usize),
    /// 400 `BatchEntryIdsNotDistinct`
    #[error("Two or more batch entries in the request have the same Id: {0}")]
    IdsNotDistinct(String),
    /// 400 `InvalidBatchEntryId`
    #[error("A batch entry id can only contain alphanumeric characters, hyphens and underscores, at most 80.")]
    EntryId,
    /// 400 `BatchRequestTooLong`
    #[error("Batch requests cannot be longer than {MAX_BYTES} bytes. You have sent {0} bytes.")]
    BatchTooLong(usize),
    /// 400 `UnsupportedOperation`
    #[error("The local queue service does not offer {0:?}.")]
    Operation(String),
    /// 400 `SerializationException`: not the operation's JSON, or a parameter that is not imitated.
    #[error("{0}")]
    Malformed(#[from] serde_json::Error),
    /// 500 `InternalFailure`: the client's retries are in order.
    #[error("The request processing has failed because of an unknown error.")]
    Storage(#[from] rusqlite::Error),
}

impl Refusal {
    /// Status, `__type` and `x-amzn-query-error`.
    fn wire(&self) -> (StatusCode, &'static str, &'static str) {
        macro_rules! modelled {
            ($kind:literal, $query:literal) => {
                (concat!("com.amazonaws.sqs#", $kind), concat!($query, ";Sender"))
            };
            ($kind:literal) => {
                modelled!($kind, $kind)
            };
        }
        let (kind, query) = match self {
            Self::NoSuchQueue => modelled!("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"),
            Self::ReceiptHandle => modelled!("ReceiptHandleIsInvalid"),
            Self::NotInFlight => modelled!("MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight"),
            Self::Contents => modelled!("InvalidMessageContents"),
            Self::Parameter(_) => modelled!("InvalidParameterValueException", "InvalidParameterValue"),
            Self::AttributeName(_) => modelled!("InvalidAttributeName"),
            Self::EmptyBatch => modelled!("EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"),
            Self::TooManyEntries(_) => {
                modelled!("TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest")
            }
            Self::IdsNotDistinct(_) => {
                modelled!("BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct")
            }
            Self::EntryId => modelled!("InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId"),
            Self::BatchTooLong(_) => modelled!("BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong"),
            Self::Operation(_) => modelled!("UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"),
            Self::Malformed(_) => ("com.amazon.coral.service#SerializationException", "SerializationException;Sender"),
            Self::Storage(_) => {
                let wire = ("com.amazonaws.sqs#InternalFailure", "InternalFailure;Receiver");
                return (StatusCode::INTERNAL_SERVER_ERROR, wire.0, wire.1);
            }
        };
        (StatusCode::BAD_REQUEST, kind, query)
    }

    /// The same as an entry of a batch's `Failed` list.
    fn entry(&self, id: &str) -> Value {
        let (status, _, query) = self.wire();
        let code = query.split(';').next();
        json!({ "Id": id, "Code": code, "Message": self.to_string(), "SenderFault": status == StatusCode::BAD_REQUEST })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ToQueue {
    queue_url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Send {
    queue_url: String,
    message_body: String,
    delay_seconds: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Batch<E> {
    queue_url: String,
    entries: Vec<E>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct SendEntry {
    id: String,
    message_body: String,
    delay_seconds: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DeleteEntry {
    id: String,
    receipt_handle: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Receive {
    queue_url: String,
    max_number_of_messages: Option<i64>,
    visibility_timeout: Option<i64>,
    wait_time_seconds: Option<i64>,
    // The older and the newer name of the same list.
    #[serde(default)]
    attribute_names: Vec<String>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
    // No message has attributes of its own here, whichever are asked for.
    #[serde(rename = "MessageAttributeNames")]
    _message_attribute_names: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Handle {
    queue_url: String,
    receipt_handle: String,
    visibility_timeout: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct QueueAttributes {
    queue_url: String,
    #[serde(default)]
    attribute_names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct QueueName {
    queue_name: String,
    #[serde(rename = "QueueOwnerAWSAccountId")]
    _owner: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct QueuePrefix {
    #[serde(default)]
    queue_name_prefix: String,
}

fn dispatch(tx: &Transaction<'_>, now: i64, operation: &str, request: &Request<Bytes>) -> Result<Value, Refusal> {
    let body = request.body();
    match operation {
        "SendMessage" => {
            let Send { queue_url, message_body, delay_seconds } = parse(body)?;
            send(tx, now, &open_queue(tx, now, &queue_url)?, &message_body, delay_seconds)
        }
        "SendMessageBatch" => {
            let batch: Batch<SendEntry> = parse(body)?;
            let queue = open_queue(tx, now, &batch.queue_url)?;
            check_ids(batch.entries.iter().map(|entry| &entry.id))?;
            let bytes = batch.entries.iter().map(|entry| entry.message_body.len()).sum();
            if bytes > MAX_BYTES {
                return Err(Refusal::BatchTooLong(bytes));
            }
            let each = batch.entries.iter();
            batch_answer(
                each.map(|entry| (&*entry.id, send(tx, now, &queue, &entry.message_body, entry.delay_seconds))),
            )
        }
        "ReceiveMessage" => {
            let asked: Receive = parse(body)?;
            let queue = open_queue(tx, now, &asked.queue_url)?;
            let max = within("MaxNumberOfMessages", asked.max_number_of_messages.unwrap_or(1), 1..=10)?;
            within("WaitTimeSeconds", asked.wait_time_seconds.unwrap_or(0), 0..=20)?;
            let timeout = asked.visibility_timeout.unwrap_or(i64::from(queue.visibility_timeout));
            let timeout = within("VisibilityTimeout", timeout, VISIBILITY)?;
            let received = receive(tx, now, &queue, usize::try_from(max).unwrap_or(1), timeout)?;
            let names = [asked.attribute_names, asked.message_system_attribute_names].concat();
            let messages: Vec<Value> = received.iter().map(|message| record(message, &names)).collect();
            Ok(if messages.is_empty() { json!({}) } else { json!({ "Messages": messages }) })
        }
        "DeleteMessage" => {
            let Handle { queue_url, receipt_handle, .. } = parse(body)?;
            let queue = open_queue(tx, now, &queue_url)?;
            // An outdated handle deletes nothing and succeeds (API Reference, DeleteMessage).
            delete(tx, &queue.name, &receipt_handle).map(|_| json!({}))
        }
        "DeleteMessageBatch" => {
            let batch: Batch<DeleteEntry> = parse(body)?;
            let queue = open_queue(tx, now, &batch.queue_url)?;
            check_ids(batch.entries.iter().map(|entry| &entry.id))?;
            batch_answer(
                batch
                    .entries
                    .iter()
                    .map(|entry| (&*entry.id, delete(tx, &queue.name, &entry.receipt_handle).map(|_| json!({})))),
            )
        }
        "ChangeMessageVisibility" => {
            let Handle { queue_url, receipt_handle, visibility_timeout } = parse(body)?;
            let queue = open_queue(tx, now, &queue_url)?;
            let timeout = visibility_timeout.unwrap_or(-1);
            let timeout = within("VisibilityTimeout", timeout, VISIBILITY)?;
            change_visibility(tx, now, &queue.name, &receipt_handle, timeout).map(|()| json!({}))
        }
        "GetQueueUrl" => {
            let queue = open_queue(tx, now, &parse::<QueueName>(body)?.queue_name)?;
            Ok(json!({ "QueueUrl": queue_url(request, &queue.name) }))
        }
        "GetQueueAttributes" => {
            let asked: QueueAttributes = parse(body)?;
            attributes(tx, now, &open_queue(tx, now, &asked.queue_url)?, &asked.attribute_names)
        }
        "PurgeQueue" => {
            let queue = open_queue(tx, now, &parse::<ToQueue>(body)?.queue_url)?;
            tx.execute("DELETE FROM sqs_message WHERE queue = ?1", [&queue.name])?;
            Ok(json!({}))
        }
        "ListQueues" => {
            let prefix = parse::<QueuePrefix>(body)?.queue_name_prefix;
            let mut statement = tx.prepare_cached("SELECT name FROM sqs_queue ORDER BY name")?;
            let names = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
            let names = names.iter().filter(|name| name.starts_with(&prefix));
            Ok(json!({ "QueueUrls": names.map(|name| queue_url(request, name)).collect::<Vec<_>>() }))
        }
        other => Err(Refusal::Operation(other.to_owned())),
    }
}

/// The queue that a name, or a URL that ends in it, means; without the messages whose retention is over.
fn open_queue(tx: &Transaction<'_>, now: i64, url: &str) -> Result<QueueSpec, Refusal> {
    let name = url.rsplit('/').next().unwrap_or(url);
    let spec = |row: &Row<'_>| {
        let redrive = row.get::<_, Option<String>>(4)?.zip(row.get(5)?);
        Ok(QueueSpec {
            name: row.get(0)?,
            visibility_timeout: row.get(1)?,
            delay: row.get(2)?,
            retention: row.get(3)?,
            redrive: redrive
                .map(|(dead_letter_queue, max_receive_count)| Redrive { dead_letter_queue, max_receive_count }),
        })
    };
    let queue = tx.prepare_cached("SELECT * FROM sqs_queue WHERE name = ?1")?.query_row([name], spec).optional()?;
    let queue = queue.ok_or(Refusal::NoSuchQueue)?;
    // Counted from the first send, in a dead-letter queue too (Developer Guide, dead-letter queues).
    tx.prepare_cached("DELETE FROM sqs_message WHERE queue = ?1 AND sent_at <= ?2")?
        .execute(params![name, after(now, -i64::from(queue.retention))])?;
    Ok(queue)
}

fn send(tx: &Transaction<'_>, now: i64, queue: &QueueSpec, body: &str, delay: Option<i64>) -> Result<Value, Refusal> {
    if body.is_empty() {
        return Err(Refusal::Parameter("The request must contain the parameter MessageBody.".to_owned()));
    }
    if body.len() > MAX_BYTES {
        return Err(Refusal::Parameter(format!("Message must be shorter than {MAX_BYTES} bytes.")));
    }
    if !body.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..)) {
        return Err(Refusal::Contents);
    }
    let delay = within("DelaySeconds", delay.unwrap_or(i64::from(queue.delay)), DELAY)?;
    let last: Option<i64> =
        tx.query_row("SELECT seq FROM sqlite_sequence WHERE name = 'sqs_message'", [], |row| row.get(0)).optional()?;
    let id = uuid_like(&format!("message {}", last.unwrap_or(0)));
    tx.prepare_cached("INSERT INTO sqs_message (queue, id, body, sent_at, visible_at) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![queue.name, id, body, now, after(now, delay)])?;
    Ok(json!({ "MessageId": id, "MD5OfMessageBody": md5(body) }))
}

fn receive(
    tx: &Transaction<'_>,
    now: i64,
    queue: &QueueSpec,
    max: usize,
    timeout: i64,
) -> Result<Vec<Received>, Refusal> {
    if let Some(Redrive { dead_letter_queue, max_receive_count }) = &queue.redrive {
        tx.prepare_cached(
            "UPDATE sqs_message SET queue = ?1 WHERE queue = ?2 AND visible_at <= ?3 AND receive_count >= ?4
             AND EXISTS (SELECT 1 FROM sqs_queue WHERE name = ?1)",
        )?
        .execute(params![dead_letter_queue, queue.name, now, max_receive_count])?;
    }
    let mut visible = tx.prepare_cached(
        "SELECT sequence, id, body, receive_count + 1, sent_at, coalesce(first_received_at, ?2) FROM sqs_message
         WHERE queue = ?1 AND visible_at <= ?2 ORDER BY visible_at, sequence LIMIT ?3",
    )?;
    let rows = visible.query_map(params![queue.name, now, i64::try_from(max).unwrap_or(i64::MAX)], |row| {
        let (message_id, body): (String, String) = (row.get(1)?, row.get(2)?);
        let receive_count = row.get(3)?;
        let received = Received {
            // A new handle for each receive: the count tells an outdated one.
            receipt_handle: URL_SAFE_NO_PAD.encode(format!("{} {message_id} {receive_count}", queue.name)),
            md5: md5(&body),
            message_id,
            body,
            receive_count,
            sent_at: moment(row.get(4)?),
            first_received_at: moment(row.get(5)?),
        };
        Ok((row.get::<_, i64>(0)?, received))
    })?;
    let mut received = Vec::new();
    for (sequence, message) in rows.collect::<Result<Vec<_>, _>>()? {
        tx.prepare_cached(
            "UPDATE sqs_message SET receive_count = ?2, visible_at = ?3, first_received_at = ?4 WHERE sequence = ?1",
        )?
        .execute(params![
            sequence,
            message.receive_count,
            after(now, timeout),
            millis(message.first_received_at)
        ])?;
        received.push(message);
    }
    Ok(received)
}

/// Message id and receive count in a handle that this queue has given out.
fn parse_handle(queue: &str, handle: &str) -> Result<(String, u32), Refusal> {
    let parse = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(handle).ok()?).ok()?;
        let (of, rest) = text.split_once(' ')?;
        let (id, count) = rest.split_once(' ')?;
        (of == queue).then_some((id.to_owned(), count.parse().ok()?))
    };
    parse().ok_or(Refusal::ReceiptHandle)
}

fn delete(tx: &Transaction<'_>, queue: &str, handle: &str) -> Result<bool, Refusal> {
    let (id, count) = parse_handle(queue, handle)?;
    let deleted = tx
        .prepare_cached("DELETE FROM sqs_message WHERE queue = ?1 AND id = ?2 AND receive_count = ?3")?
        .execute(params![queue, id, count])?;
    Ok(deleted == 1)
}

fn change_visibility(tx: &Transaction<'_>, now: i64, queue: &str, handle: &str, timeout: i64) -> Result<(), Refusal> {
    let (id, count) = parse_handle(queue, handle)?;
    let changed = tx
        .prepare_cached(
            "UPDATE sqs_message SET visible_at = ?4
             WHERE queue = ?1 AND id = ?2 AND receive_count = ?3 AND visible_at > ?5",
        )?
        .execute(params![queue, id, count, after(now, timeout), now])?;
    if changed == 1 { Ok(()) } else { Err(Refusal::NotInFlight) }
}

fn attributes(tx: &Transaction<'_>, now: i64, queue: &QueueSpec, names: &[String]) -> Result<Value, Refusal> {
    let (visible, in_flight, delayed): (i64, i64, i64) = tx.query_row(
        "SELECT count(*) FILTER (WHERE visible_at <= ?2),
                count(*) FILTER (WHERE visible_at > ?2 AND receive_count > 0),
                count(*) FILTER (WHERE visible_at > ?2 AND receive_count = 0)
         FROM sqs_message WHERE queue = ?1",
        params![queue.name, now],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let redrive = queue.redrive.as_ref().map(|redrive| {
        let arn = format!("{ARN_PREFIX}{}", redrive.dead_letter_queue);
        json!({ "deadLetterTargetArn": arn, "maxReceiveCount": redrive.max_receive_count }).to_string()
    });
    let all = [
        ("ApproximateNumberOfMessages", Some(visible.to_string())),
        ("ApproximateNumberOfMessagesNotVisible", Some(in_flight.to_string())),
        ("ApproximateNumberOfMessagesDelayed", Some(delayed.to_string())),
        ("VisibilityTimeout", Some(queue.visibility_timeout.to_string())),
        ("DelaySeconds", Some(queue.delay.to_string())),
        ("MessageRetentionPeriod", Some(queue.retention.to_string())),
        ("MaximumMessageSize", Some(MAX_BYTES.to_string())),
        ("ReceiveMessageWaitTimeSeconds", Some("0".to_owned())),
        ("QueueArn", Some(format!("{ARN_PREFIX}{}", queue.name))),
        ("RedrivePolicy", redrive),
    ];
    let known = |name: &String| name == "All" || all.iter().any(|(known, _)| known == name);
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        return Err(Refusal::AttributeName(unknown.clone()));
    }
    let asked = all.iter().filter(|(name, _)| names.iter().any(|asked| asked == "All" || asked == name));
    let values = asked.filter_map(|(name, value)| Some((String::from(*name), Value::from(value.clone()?))));
    Ok(json!({ "Attributes": values.collect::<Map<_, _>>() }))
}

/// A received message on the wire, with the system attributes that were asked for.
fn record(message: &Received, names: &[String]) -> Value {
    let system = [
        ("ApproximateReceiveCount", message.receive_count.to_string()),
        ("SentTimestamp", millis(message.sent_at).to_string()),
        ("ApproximateFirstReceiveTimestamp", millis(message.first_received_at).to_string()),
    ];
    let asked = system.into_iter().filter(|(name, _)| names.iter().any(|asked| asked == "All" || asked == name));
    json!({
        "MessageId": message.message_id,
        "ReceiptHandle": message.receipt_handle,
        "MD5OfBody": message.md5,
        "Body": message.body,
        "Attributes": asked.map(|(name, value)| (name.to_owned(), Value::from(value))).collect::<Map<_, _>>(),
    })
}

/// A batch answers 200 even if entries failed; only a storage failure ends it as a whole.
fn batch_answer<'a>(entries: impl Iterator<Item = (&'a str, Result<Value, Refusal>)>) -> Result<Value, Refusal> {
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for (id, outcome) in entries {
        match outcome {
            Ok(mut value) => {
                value["Id"] = id.into();
                successful.push(value);
            }
            Err(storage @ Refusal::Storage(_)) => return Err(storage),
            Err(refusal) => failed.push(refusal.entry(id)),
        }
    }
    Ok(json!({ "Successful": successful, "Failed": failed }))
}

fn check_ids<'a>(ids: impl ExactSizeIterator<Item = &'a String>) -> Result<(), Refusal> {
    match ids.len() {
        0 => return Err(Refusal::EmptyBatch),
        1..=MAX_ENTRIES => {}
        more => return Err(Refusal::TooManyEntries(more)),
    }
    let mut seen = BTreeSet::new();
    for id in ids {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !(1..=80).contains(&id.len()) || !id.bytes().all(allowed) {
            return Err(Refusal::EntryId);
        }
        if !seen.insert(id) {
            return Err(Refusal::IdsNotDistinct(id.clone()));
        }
    }
    Ok(())
}

fn within(name: &str, value: i64, range: RangeInclusive<i64>) -> Result<i64, Refusal> {
    if range.contains(&value) {
        return Ok(value);
    }
    let (low, high) = range.into_inner();
    Err(Refusal::Parameter(format!(
        "Value {value} for parameter {name} is invalid. Reason: Must be between {low} and {high}."
    )))
}

fn parse<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    Ok(serde_json::from_slice(body)?)
}

fn queue_url(request: &Request<Bytes>, name: &str) -> String {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let host = request.uri().authority().map(|authority| authority.as_str()).or(host).unwrap_or("localhost");
    format!("{}://{host}/000000000000/{name}", request.uri().scheme_str().unwrap_or("http"))
}

/// For callers within the process: a refusal is "nothing there"; a storage failure is that too, but told.
fn settled<T: Default>(outcome: Result<T, Refusal>) -> T {
    outcome.unwrap_or_else(|refusal| {
        if let Refusal::Storage(error) = refusal {
            eprintln!("the local queue service cannot reach its storage: {error}");
        }
        T::default()
    })
}

fn md5(text: &str) -> String {
    hex::encode(Md5::digest(text))
}

fn uuid_like(seed: &str) -> String {
    let hash = md5(seed);
    format!("{}-{}-{}-{}-{}", &hash[..8], &hash[8..12], &hash[12..16], &hash[16..20], &hash[20..])
}

/// Whole milliseconds, the resolution of SQS's timestamps.
fn millis(at: OffsetDateTime) -> i64 {
    at.unix_timestamp() * 1000 + i64::from(at.millisecond())
}

fn moment(millis: i64) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH.saturating_add(time::Duration::milliseconds(millis))
}

fn after(now: i64, seconds: i64) -> i64 {
    now + seconds * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> OffsetDateTime {
        moment(1_750_000_000_000 + second * 1000)
    }

    fn queue(name: &str, redrive: Option<u32>) -> QueueSpec {
        let redrive =
            redrive.map(|max_receive_count| Redrive { dead_letter_queue: "dead".to_owned(), max_receive_count });
        QueueSpec { name: name.to_owned(), visibility_timeout: 30, delay: 0, retention: 3600, redrive }
    }

    fn service() -> Sqs {
        let sqs = Sqs::open(None).unwrap();
        sqs.declare(&queue("dead", None)).unwrap();
        sqs.declare(&queue("mail", Some(2))).unwrap();
        sqs
    }

    fn call(sqs: &Sqs, second: i64, operation: &str, mut body: Value) -> (u16, Value) {
        body["QueueUrl"] = "http://localhost:3000/000000000000/mail".into();
        let request = Request::post("http://localhost:3000/").header("x-amz-target", format!("AmazonSQS.{operation}"));
        let response = sqs.call(at(second), &request.body(Bytes::from(body.to_string())).unwrap());
        (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
    }

    fn send(sqs: &Sqs, body: &str, delay: u32) {
        let (status, answer) = call(sqs, 0, "SendMessage", json!({ "MessageBody": body, "DelaySeconds": delay }));
        assert_eq!((status, &answer["MD5OfMessageBody"]), (200, &json!(md5(body))));
    }

    #[test]
    fn a_message_is_hidden_while_delayed_and_while_in_flight() {
        let sqs = service();
        send(&sqs, "hello", 5);
        assert_eq!(sqs.next_visible_at(), Some(at(5)));
        assert!(sqs.receive(at(4), "mail", 10).is_empty());
        let first = sqs.receive(at(5), "mail", 10).remove(0);
        assert_eq!(
            (&*first.body, first.receive_count, first.sent_at, first.first_received_at),
            ("hello", 1, at(0), at(5))
        );
        assert!(sqs.receive(at(34), "mail", 10).is_empty());
        sqs.release(at(34), "mail", &first.receipt_handle, 3);
        assert_eq!(sqs.next_visible_at(), Some(at(37)));
        assert_eq!(sqs.receive(at(37), "mail", 10)[0].first_received_at, at(5));
    }

    #[test]
    fn an_outdated_handle_deletes_nothing_and_a_foreign_one_is_refused() {
        let sqs = service();
        send(&sqs, "hello", 0);
        let first = sqs.receive(at(0), "mail", 1).remove(0);
        let second = sqs.receive(at(30), "mail", 1).remove(0);
        let outdated = json!({ "ReceiptHandle": first.receipt_handle });
        assert_eq!(call(&sqs, 31, "DeleteMessage", outdated), (200, json!({})));
        assert_eq!(sqs.messages("mail").len(), 1);
        assert!(!sqs.delete("dead", &second.receipt_handle));
        assert!(sqs.delete("mail", &second.receipt_handle));
        assert!(sqs.messages("mail").is_empty());
        let (status, answer) = call(&sqs, 31, "DeleteMessage", json!({ "ReceiptHandle": "nonsense" }));
        assert_eq!((status, &answer["__type"]), (400, &json!("com.amazonaws.sqs#ReceiptHandleIsInvalid")));
    }

    #[test]
    fn a_message_received_too_often_goes_to_the_dead_letter_queue() {
        let sqs = service();
        send(&sqs, "poison", 0);
        assert_eq!(sqs.receive(at(0), "mail", 1).len(), 1);
        assert_eq!(sqs.receive(at(30), "mail", 1).len(), 1);
        assert!(sqs.receive(at(60), "mail", 1).is_empty());
        assert_eq!((sqs.messages("mail").len(), sqs.messages("dead").len()), (0, 1));
        assert_eq!(sqs.next_visible_at(), None);
        assert_eq!(sqs.receive(at(60), "dead", 1)[0].receive_count, 3);
    }

    #[test]
    fn retention_ends_a_message_even_among_the_dead() {
        let sqs = service();
        send(&sqs, "old", 0);
        assert_eq!(sqs.receive(at(3599), "mail", 1).len(), 1);
        assert_eq!(sqs.next_visible_at(), None);
        assert!(sqs.receive(at(3600), "mail", 1).is_empty());
        assert!(sqs.messages("mail").is_empty());
    }

    #[test]
    fn a_batch_succeeds_in_part_and_is_refused_as_a_whole_for_its_form() {
        let sqs = service();
        let entry = |id: &str, delay: u32| json!({ "Id": id, "MessageBody": "m", "DelaySeconds": delay });
        let (status, answer) =
            call(&sqs, 0, "SendMessageBatch", json!({ "Entries": [entry("a", 900), entry("b", 901)] }));
        assert_eq!((status, &answer["Successful"][0]["Id"]), (200, &json!("a")));
        assert_eq!(
            (&answer["Failed"][0]["Id"], &answer["Failed"][0]["Code"]),
            (&json!("b"), &json!("InvalidParameterValue"))
        );
        let large = json!({ "Id": "a", "MessageBody": "x".repeat(MAX_BYTES) });
        let eleven: Vec<Value> = (0..11).map(|id| entry(&id.to_string(), 0)).collect();
        for (entries, kind) in [
            (json!([]), "EmptyBatchRequest"),
            (json!(eleven), "TooManyEntriesInBatchRequest"),
            (json!([entry("a", 0), entry("a", 0)]), "BatchEntryIdsNotDistinct"),
            (json!([entry("a b", 0)]), "InvalidBatchEntryId"),
            (json!([large, entry("b", 0)]), "BatchRequestTooLong"),
        ] {
            let (status, answer) = call(&sqs, 0, "SendMessageBatch", json!({ "Entries": entries }));
            assert_eq!((status, &answer["__type"]), (400, &json!(format!("com.amazonaws.sqs#{kind}"))));
        }
        assert_eq!(sqs.messages("mail").len(), 1);
    }

    #[test]
    fn what_is_not_imitated_is_refused() {
        let sqs = service();
        for (operation, body, kind) in [
            ("CreateQueue", json!({}), "com.amazonaws.sqs#UnsupportedOperation"),
            (
                "SendMessage",
                json!({ "MessageBody": "m", "MessageAttributes": {} }),
                "com.amazon.coral.service#SerializationException",
            ),
            ("SendMessage", json!({ "MessageBody": "\u{0}" }), "com.amazonaws.sqs#InvalidMessageContents"),
            (
                "ReceiveMessage",
                json!({ "MaxNumberOfMessages": 11 }),
                "com.amazonaws.sqs#InvalidParameterValueException",
            ),
        ] {
            let (status, answer) = call(&sqs, 0, operation, body);
            assert_eq!((status, &answer["__type"]), (400, &json!(kind)));
        }
    }

    #[test]
    fn what_was_answered_is_in_the_file_and_the_same_calls_give_the_same_ids() {
        let directory = std::env::temp_dir().join(format!("sqs-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let path = directory.join("queues.db");
        let running = Sqs::open(Some(&path)).unwrap();
        running.declare(&queue("mail", None)).unwrap();
        send(&running, "kept", 0);
        // Nothing is closed, as after a kill: the second connection sees only what is committed.
        let next = Sqs::open(Some(&path)).unwrap();
        let other = service();
        send(&other, "kept", 0);
        assert_eq!(next.receive(at(1), "mail", 1), other.receive(at(1), "mail", 1));
        drop((running, next));
        std::fs::remove_dir_all(directory).unwrap();
    }
}
