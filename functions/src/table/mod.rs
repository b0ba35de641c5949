//! The table: reads and conditional writes. One file per kind of item holds its access patterns.

mod addresses;
mod bills;
mod carts;
mod counts;
mod coupons;
mod entries;
mod labels;
mod lists;
mod mailboxes;
mod mails;
mod orders;
mod packed;
mod products;
mod stock;
mod stores;
mod tracks;

pub use addresses::Kept;
pub use bills::Issued;
pub use carts::CartChanged;
pub use labels::LABEL_CLAIM_SECONDS;
pub use lists::{Filter, Page, Place};
pub use mails::Claim;
pub use orders::{Placed, Saved, is_head, order};
pub use products::Replaced;
pub use stock::{Adjusted, Adjustment, Bucket, Level, Move, Moved};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::keys::Key;
use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use crate::error::Error;

/// An item as DynamoDB has it.
pub type Item = HashMap<String, AttributeValue>;

/// Name of the index that finds single things: orders by number, products, what needs a person.
const INDEX: &str = "GSI1";
/// Name of the index of everybody's orders.
const LISTS: &str = "GSI2";
/// How often a write is tried against others that touch the same items, with pauses of 7 s at most together. The SDK does not
/// retry cancelled transactions (AWS: "TransactionCanceledException … not retried"). The edge ends all tries in time
/// ([`crate::edge::REQUEST_WITHIN`]).
const CONFLICT_ATTEMPTS: u32 = 12;

/// The table.
#[derive(Debug, Clone)]
pub struct Table {
    client: Client,
    name: String,
}

/// One conditional write. There is no other kind.
#[derive(Debug, Clone)]
enum Write {
    /// The whole item.
    Put { item: Item, condition: &'static str, values: Vec<(&'static str, AttributeValue)> },
    /// A part of it. `names` stand for attribute names that an expression cannot spell (`#entry`).
    Update {
        key: Key,
        change: Cow<'static, str>,
        condition: Cow<'static, str>,
        names: Vec<(&'static str, String)>,
        values: Vec<(&'static str, AttributeValue)>,
    },
}

/// What became of a set of writes: all of it, or nothing.
#[derive(Debug)]
enum Outcome {
    /// It is written.
    Done,
    /// Nothing is: the conditions of these writes, by their place, did not hold against these items.
    Refused(Vec<(usize, Option<Item>)>),
}

impl Table {
    /// The table of that name.
    pub fn new(client: Client, name: &str) -> Self {
        Self { client, name: name.to_owned() }
    }

    async fn get(&self, key: &Key, consistent: bool) -> Result<Option<Item>, Error> {
        let request = self.client.get_item().table_name(&self.name).set_key(Some(key_item(key)));
        let answer = request.consistent_read(consistent).send().await.map_err(unavailable)?;
        Ok(answer.item)
    }

    /// Writes everything or nothing, trying again while other writers are at the same items.
    async fn write(&self, writes: Vec<Write>) -> Result<Outcome, Error> {
        let outcome = self.try_write(&writes, CONFLICT_ATTEMPTS).await?;
        outcome.ok_or_else(|| Error::unavailable("DynamoDB", "too many writers are at the same items"))
    }

    /// Like [`Table::write`] with so many attempts. None: others were at the same items each time, and nothing is written.
    async fn try_write(&self, writes: &[Write], attempts: u32) -> Result<Option<Outcome>, Error> {
        for attempt in 0..attempts {
            let outcome = match writes {
                [single] => self.write_one(single.clone()).await,
                several => self.transact(several).await,
            };
            match outcome {
                Err(WriteError::Conflict) => tokio::time::sleep(pause(attempt, writes)).await,
                Err(WriteError::Other(error)) => return Err(error),
                Ok(outcome) => return Ok(Some(outcome)),
            }
        }
        Ok(None)
    }

    async fn write_one(&self, write: Write) -> Result<Outcome, WriteError> {
        let old = Some(ReturnValuesOnConditionCheckFailure::AllOld);
        let (outcome, ours) = match write {
            Write::Put { item, condition, values } => {
                let request = self.client.put_item().table_name(&self.name).set_item(Some(item.clone()));
                let request =
                    request.condition_expression(condition).set_expression_attribute_values(named(values));
                let answer = request.set_return_values_on_condition_check_failure(old).send().await;
                let refused = |error: &PutItemError| match error {
                    PutItemError::ConditionalCheckFailedException(refused) => Some(refused.item.clone()),
                    _ => None,
                };
                (judge_one(answer, refused)?, Some(item))
            }
            Write::Update { key, change, condition, names, values } => {
                let request = self.client.update_item().table_name(&self.name).set_key(Some(key_item(&key)));
                let request = request.update_expression(change).condition_expression(condition);
                let request = request.set_expression_attribute_names(aliases(names));
                let request = request.set_expression_attribute_values(named(values));
                let answer = request.set_return_values_on_condition_check_failure(old).send().await;
                let refused = |error: &UpdateItemError| match error {
                    UpdateItemError::ConditionalCheckFailedException(refused) => Some(refused.item.clone()),
                    _ => None,
                };
                (judge_one(answer, refused)?, None)
            }
        };
        match outcome {
            // The SDK sends a write again when its answer is lost; then the condition fails against our own item.
            Outcome::Refused(found) if ours.is_some() && found == [(0, ours)] => Ok(Outcome::Done),
            outcome => Ok(outcome),
        }
    }

    async fn transact(&self, writes: &[Write]) -> Result<Outcome, WriteError> {
        let actions: Result<Vec<_>, _> = writes.iter().map(|write| self.action(write)).collect();
        let actions =
            actions.map_err(|error| WriteError::Other(Error::broken("a write is incomplete", error)))?;
        // The SDK adds a request token, so that an attempt whose answer is lost is not done twice.
        let request = self.client.transact_write_items().set_transact_items(Some(actions));
        match request.send().await {
            Ok(_) => Ok(Outcome::Done),
            Err(SdkError::ServiceError(error)) => match error.err() {
                TransactWriteItemsError::TransactionCanceledException(cancelled) => {
                    judge(cancelled.cancellation_reasons())
                }
                TransactWriteItemsError::TransactionInProgressException(_) => Err(WriteError::Conflict),
                _ => Err(classify(SdkError::ServiceError(error))),
            },
            Err(error) => Err(classify(error)),
        }
    }

    fn action(&self, write: &Write) -> Result<TransactWriteItem, aws_sdk_dynamodb::error::BuildError> {
        let old = Some(ReturnValuesOnConditionCheckFailure::AllOld);
        let action = TransactWriteItem::builder();
        Ok(match write.clone() {
            Write::Put { item, condition, values } => {
                let put = Put::builder()
                    .table_name(&self.name)
                    .set_item(Some(item))
                    .condition_expression(condition);
                let put = put.set_expression_attribute_values(named(values));
                action.put(put.set_return_values_on_condition_check_failure(old).build()?)
            }
            Write::Update { key, change, condition, names, values } => {
                let update = Update::builder().table_name(&self.name).set_key(Some(key_item(&key)));
                let update = update.update_expression(change).condition_expression(condition);
                let update = update.set_expression_attribute_names(aliases(names));
                let update = update.set_expression_attribute_values(named(values));
                action.update(update.set_return_values_on_condition_check_failure(old).build()?)
            }
        }
        .build())
    }
}

/// Why a write was not decided.
enum WriteError {
    /// Others are at the same items; try again.
    Conflict,
    /// It failed.
    Other(Error),
}

/// Codes that say "not now": nothing was written.
fn is_conflict(code: &str) -> bool {
    matches!(
        code,
        "TransactionConflict"
            | "TransactionConflictException"
            | "ThrottlingError"
            | "ThrottlingException"
            | "ProvisionedThroughputExceeded"
            | "ProvisionedThroughputExceededException"
            | "RequestLimitExceeded"
    )
}

fn classify<E>(error: SdkError<E>) -> WriteError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    if error.code().is_some_and(is_conflict) {
        WriteError::Conflict
    } else {
        WriteError::Other(unavailable(error))
    }
}

/// What became of a single write. `refused` tells a failed condition, with the item that is there, from other errors.
fn judge_one<T, E>(
    answer: Result<T, SdkError<E>>,
    refused: impl FnOnce(&E) -> Option<Option<Item>>,
) -> Result<Outcome, WriteError>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match answer {
        Ok(_) => Ok(Outcome::Done),
        Err(error) => match error.as_service_error().and_then(refused) {
            Some(found) => Ok(Outcome::Refused(vec![(0, found)])),
            None => Err(classify(error)),
        },
    }
}

/// A failed condition is an answer; a conflict or a throttled item means to try again.
fn judge(reasons: &[CancellationReason]) -> Result<Outcome, WriteError> {
    let code = |reason: &CancellationReason| reason.code().unwrap_or("None").to_owned();
    let refused: Vec<_> = reasons
        .iter()
        .enumerate()
        .filter(|(_, reason)| code(reason) == "ConditionalCheckFailed")
        .map(|(at, reason)| (at, reason.item.clone()))
        .collect();
    if !refused.is_empty() {
        return Ok(Outcome::Refused(refused));
    }
    match reasons.iter().map(code).find(|code| code != "None") {
        Some(code) if is_conflict(&code) => Err(WriteError::Conflict),
        other => {
            Err(WriteError::Other(Error::broken("a transaction was refused", other.unwrap_or_default())))
        }
    }
}

/// Grows from 10 ms, with a spread that differs from writer to writer (it comes from what they write, so that no
/// random numbers are needed).
fn pause(attempt: u32, writes: &[Write]) -> Duration {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    attempt.hash(&mut hasher);
    format!("{writes:?}").hash(&mut hasher);
    let ceiling = 10u64 << attempt.min(6);
    Duration::from_millis(ceiling / 2 + hasher.finish() % ceiling)
}

fn unavailable<E: std::error::Error + Send + Sync + 'static>(error: SdkError<E>) -> Error {
    Error::unavailable("DynamoDB", error)
}

fn key_item(key: &Key) -> Item {
    HashMap::from([("PK".to_owned(), text(&key.pk)), ("SK".to_owned(), text(&key.sk))])
}

fn named(values: Vec<(&'static str, AttributeValue)>) -> Option<Item> {
    (!values.is_empty()).then(|| values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn aliases(names: Vec<(&'static str, String)>) -> Option<HashMap<String, String>> {
    (!names.is_empty()).then(|| names.into_iter().map(|(alias, name)| (alias.to_owned(), name)).collect())
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// An item of a value's fields under a key.
fn to_item(key: &Key, value: &impl Serialize) -> Result<Item, Error> {
    let mut item: Item =
        serde_dynamo::to_item(value).map_err(|error| Error::broken("a value does not fit an item", error))?;
    item.extend(key_item(key));
    Ok(item)
}

/// The value whose fields an item holds.
fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, Error> {
    serde_dynamo::from_item(item).map_err(|error| Error::broken("a stored item is not of its kind", error))
}

/// The sort key of an item.
fn sort_key(item: &Item) -> &str {
    item.get("SK").and_then(|value| value.as_s().ok()).map(String::as_str).unwrap_or_default()
}
