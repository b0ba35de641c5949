//! The wire: AWS JSON 1.0, target `AmazonSQS.<Operation>`. Requests are checked here, before anything is done.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, HeaderValue};
use http::{Request, Response, StatusCode};
use rusqlite::Transaction;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use super::store::{self, Counts};
use super::{MAX_BYTES, QueueSpec, Received};
use crate::cloud::ids::md5;
use crate::cloud::storage::millis;

const MAX_ENTRIES: usize = 10;
const DELAY: RangeInclusive<i64> = 0..=900;
const VISIBILITY: RangeInclusive<i64> = 0..=43_200;
const ARN_PREFIX: &str = "arn:aws:sqs:us-east-1:000000000000:";

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

/// The operation that a request names.
fn operation(request: &Request<Bytes>) -> &str {
    let target = request.headers().get("x-amz-target");
    let target = target.and_then(|target| target.to_str().ok()).unwrap_or_default();
    target.strip_prefix("AmazonSQS.").unwrap_or(target)
}

/// The answer in HTTP.
pub(super) fn respond(answer: Result<Value, Refusal>) -> Response<Bytes> {
    let (status, error, value) = match answer {
        Ok(value) => (StatusCode::OK, None, value),
        Err(refusal) => {
            let (status, kind, query_error) = refusal.wire();
            let value = json!({ "__type": kind, "message": refusal.to_string() });
            (status, Some(query_error), value)
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

/// Does what the request asks for, within the transaction.
pub(super) fn dispatch(tx: &Transaction<'_>, now: i64, request: &Request<Bytes>) -> Result<Value, Refusal> {
    let body = request.body();
    match operation(request) {
        "SendMessage" => {
            let asked: Send = parse(body)?;
            let queue = store::open_queue(tx, now, &asked.queue_url)?;
            send(tx, now, &queue, &asked.message_body, asked.delay_seconds)
        }
        "SendMessageBatch" => {
            let batch: Batch<SendEntry> = parse(body)?;
            let queue = store::open_queue(tx, now, &batch.queue_url)?;
            check_ids(batch.entries.iter().map(|entry| &entry.id))?;
            let bytes = batch.entries.iter().map(|entry| entry.message_body.len()).sum();
            if bytes > MAX_BYTES {
                return Err(Refusal::BatchTooLong(bytes));
            }
            batch_answer(batch.entries.iter().map(|entry| {
                let sent = send(tx, now, &queue, &entry.message_body, entry.delay_seconds);
                (&*entry.id, sent)
            }))
        }
        "ReceiveMessage" => {
            let asked: Receive = parse(body)?;
            let queue = store::open_queue(tx, now, &asked.queue_url)?;
            let max = asked.max_number_of_messages.unwrap_or(1);
            let max = within("MaxNumberOfMessages", max, 1..=10)?;
            within("WaitTimeSeconds", asked.wait_time_seconds.unwrap_or(0), 0..=20)?;
            let timeout = asked.visibility_timeout;
            let timeout = timeout.unwrap_or(i64::from(queue.visibility_timeout));
            let timeout = within("VisibilityTimeout", timeout, VISIBILITY)?;
            let received = store::receive(tx, now, &queue, usize::try_from(max).unwrap_or(1), timeout)?;
            let names = [asked.attribute_names, asked.message_system_attribute_names].concat();
            let messages: Vec<Value> = received.iter().map(|message| record(message, &names)).collect();
            Ok(if messages.is_empty() { json!({}) } else { json!({ "Messages": messages }) })
        }
        "DeleteMessage" => {
            let asked: Handle = parse(body)?;
            let queue = store::open_queue(tx, now, &asked.queue_url)?;
            // An outdated handle deletes nothing and succeeds (API Reference, DeleteMessage).
            store::delete(tx, &queue.name, &asked.receipt_handle).map(|_| json!({}))
        }
        "DeleteMessageBatch" => {
            let batch: Batch<DeleteEntry> = parse(body)?;
            let queue = store::open_queue(tx, now, &batch.queue_url)?;
            check_ids(batch.entries.iter().map(|entry| &entry.id))?;
            batch_answer(batch.entries.iter().map(|entry| {
                let deleted = store::delete(tx, &queue.name, &entry.receipt_handle);
                (&*entry.id, deleted.map(|_| json!({})))
            }))
        }
        "ChangeMessageVisibility" => {
            let asked: Handle = parse(body)?;
            let queue = store::open_queue(tx, now, &asked.queue_url)?;
            let timeout = asked.visibility_timeout.unwrap_or(-1);
            let timeout = within("VisibilityTimeout", timeout, VISIBILITY)?;
            store::change_visibility(tx, now, &queue.name, &asked.receipt_handle, timeout)?;
            Ok(json!({}))
        }
        "GetQueueUrl" => {
            let queue = store::open_queue(tx, now, &parse::<QueueName>(body)?.queue_name)?;
            Ok(json!({ "QueueUrl": queue_url(request, &queue.name) }))
        }
        "GetQueueAttributes" => {
            let asked: QueueAttributes = parse(body)?;
            let queue = store::open_queue(tx, now, &asked.queue_url)?;
            let counts = store::counts(tx, now, &queue.name)?;
            attributes(&queue, &counts, &asked.attribute_names)
        }
        "PurgeQueue" => {
            let queue = store::open_queue(tx, now, &parse::<ToQueue>(body)?.queue_url)?;
            store::purge(tx, &queue.name)?;
            Ok(json!({}))
        }
        "ListQueues" => {
            let prefix = parse::<QueuePrefix>(body)?.queue_name_prefix;
            let names = store::names(tx)?;
            let names = names.iter().filter(|name| name.starts_with(&prefix));
            Ok(json!({ "QueueUrls": names.map(|name| queue_url(request, name)).collect::<Vec<_>>() }))
        }
        other => Err(Refusal::Operation(other.to_owned())),
    }
}

/// Checks a message as SQS does, and sends it.
fn send(
    tx: &Transaction<'_>,
    now: i64,
    queue: &QueueSpec,
    body: &str,
    delay: Option<i64>,
) -> Result<Value, Refusal> {
    if body.is_empty() {
        return Err(Refusal::Parameter("The request must contain the parameter MessageBody.".to_owned()));
    }
    if body.len() > MAX_BYTES {
        return Err(Refusal::Parameter(format!("Message must be shorter than {MAX_BYTES} bytes.")));
    }
    let allowed = |c| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
    if !body.chars().all(allowed) {
        return Err(Refusal::Contents);
    }
    let delay = within("DelaySeconds", delay.unwrap_or(i64::from(queue.delay)), DELAY)?;
    let id = store::send(tx, now, queue, body, delay)?;
    Ok(json!({ "MessageId": id, "MD5OfMessageBody": md5(body) }))
}

/// The attributes of a queue that were asked for.
fn attributes(queue: &QueueSpec, counts: &Counts, names: &[String]) -> Result<Value, Refusal> {
    let redrive = queue.redrive.as_ref().map(|redrive| {
        let arn = format!("{ARN_PREFIX}{}", redrive.dead_letter_queue);
        json!({ "deadLetterTargetArn": arn, "maxReceiveCount": redrive.max_receive_count }).to_string()
    });
    let all = [
        ("ApproximateNumberOfMessages", Some(counts.visible.to_string())),
        ("ApproximateNumberOfMessagesNotVisible", Some(counts.in_flight.to_string())),
        ("ApproximateNumberOfMessagesDelayed", Some(counts.delayed.to_string())),
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
    let asked =
        system.into_iter().filter(|(name, _)| names.iter().any(|asked| asked == "All" || asked == name));
    json!({
        "MessageId": message.message_id,
        "ReceiptHandle": message.receipt_handle,
        "MD5OfBody": message.md5,
        "Body": message.body,
        "Attributes": asked.map(|(name, value)| (name.to_owned(), Value::from(value))).collect::<Map<_, _>>(),
    })
}

/// A batch answers 200 even if entries failed; only a storage failure ends it as a whole.
fn batch_answer<'a>(
    entries: impl Iterator<Item = (&'a str, Result<Value, Refusal>)>,
) -> Result<Value, Refusal> {
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

#[cfg(test)]
mod tests {
    use super::super::testing::{call, service};
    use super::*;

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
}
