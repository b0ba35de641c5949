//! The table's stream in and out.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use tokio::time::Instant;

use super::sqs::{Failure, Failures};
use super::{BATCH_WITHIN, Running, guarded};
use crate::app::App;
use crate::error::{Error, Source};
use crate::table::Item;

/// A change of one item, as the relay sees it.
#[derive(Debug, Clone)]
pub struct Change {
    /// The item before, unless it is new.
    pub old: Option<Item>,
    /// The item after, unless it is gone.
    pub new: Option<Item>,
    /// Grows from change to change of one item (DynamoDB Streams, `SequenceNumber`).
    pub sequence: String,
}

#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Value>,
}

#[derive(Deserialize)]
struct Record {
    dynamodb: Images,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Images {
    sequence_number: String,
    #[serde(default)]
    old_image: Option<HashMap<String, Value>>,
    #[serde(default)]
    new_image: Option<HashMap<String, Value>>,
}

type Handler = for<'a> fn(&'a App, Change) -> Running<'a, ()>;

/// Calls the handler change by change and stops at the first that fails: everything from there on is sent again
/// (AWS Lambda, "Reporting batch item failures" for streams), so the changes of an item are never seen out of order.
pub(super) async fn invoke(handler: Handler, app: &App, event: &str) -> Result<String, Source> {
    let batch: Batch = serde_json::from_str(event)?;
    let deadline = Instant::now() + BATCH_WITHIN;
    let mut failures = Failures::default();
    for record in batch.records {
        let sequence =
            record.pointer("/dynamodb/SequenceNumber").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Err(error) = work(handler, app, record, deadline).await {
            app.log.error("a change failed", &[("stream.sequence", Value::from(sequence.as_str()))], &error);
            if sequence.is_empty() {
                return Err(Box::new(error));
            }
            failures.batch_item_failures.push(Failure { item_identifier: sequence });
            break;
        }
    }
    Ok(serde_json::to_string(&failures)?)
}

async fn work(handler: Handler, app: &App, record: Value, deadline: Instant) -> Result<(), Error> {
    let malformed = |source: Source| Error::Broken { what: "a stream record is malformed", source };
    let record: Record = serde_json::from_value(record).map_err(|error| malformed(error.into()))?;
    let change = Change {
        old: record.dynamodb.old_image.map(item).transpose().map_err(malformed)?,
        new: record.dynamodb.new_image.map(item).transpose().map_err(malformed)?,
        sequence: record.dynamodb.sequence_number,
    };
    guarded(deadline, "the relay panicked", handler(app, change)).await
}

/// An item in DynamoDB's JSON (`{"PK": {"S": "…"}}`), as streams and exports have it.
pub fn item_from_json(image: Value) -> Result<Item, Source> {
    item(serde_json::from_value(image)?)
}

fn item(image: HashMap<String, Value>) -> Result<Item, Source> {
    image.into_iter().map(|(name, value)| Ok((name, attribute(value)?))).collect()
}

/// DynamoDB's JSON (`{"S": "…"}`) as an attribute. Kinds that our items do not have are refused.
fn attribute(value: Value) -> Result<AttributeValue, Source> {
    let Value::Object(fields) = value else {
        return Err("an attribute is an object".into());
    };
    let mut fields = fields.into_iter();
    let (Some((kind, value)), None) = (fields.next(), fields.next()) else {
        return Err("an attribute has one type".into());
    };
    Ok(match (kind.as_str(), value) {
        ("S", Value::String(text)) => AttributeValue::S(text),
        ("N", Value::String(number)) => AttributeValue::N(number),
        ("BOOL", Value::Bool(value)) => AttributeValue::Bool(value),
        ("NULL", _) => AttributeValue::Null(true),
        ("B", Value::String(text)) => {
            AttributeValue::B(Blob::new(base64::engine::general_purpose::STANDARD.decode(text)?))
        }
        ("L", Value::Array(list)) => {
            AttributeValue::L(list.into_iter().map(attribute).collect::<Result<_, _>>()?)
        }
        ("M", Value::Object(map)) => AttributeValue::M(item(map.into_iter().collect())?),
        (kind, _) => return Err(format!("attributes of type {kind} are not ours").into()),
    })
}
