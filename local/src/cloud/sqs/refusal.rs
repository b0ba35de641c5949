//! Why a call is refused, with the codes of the Amazon SQS API Reference.

use http::StatusCode;
use serde_json::{Value, json};

use super::MAX_BYTES;

/// 400 but for `Storage`.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
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
    #[error(
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores, at most 80."
    )]
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
    pub fn wire(&self) -> (StatusCode, &'static str, &'static str) {
        macro_rules! modelled {
            ($kind:literal) => {
                modelled!($kind, $kind)
            };
            ($kind:literal, $query:literal) => {
                (concat!("com.amazonaws.sqs#", $kind), concat!($query, ";Sender"))
            };
            // The older protocol's code is the same name below its own prefix.
            (prefixed $kind:literal) => {
                (concat!("com.amazonaws.sqs#", $kind), concat!("AWS.SimpleQueueService.", $kind, ";Sender"))
            };
        }
        let (kind, query) = match self {
            Self::NoSuchQueue => modelled!("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"),
            Self::ReceiptHandle => modelled!("ReceiptHandleIsInvalid"),
            Self::NotInFlight => modelled!(prefixed "MessageNotInflight"),
            Self::Contents => modelled!("InvalidMessageContents"),
            Self::Parameter(_) => modelled!("InvalidParameterValueException", "InvalidParameterValue"),
            Self::AttributeName(_) => modelled!("InvalidAttributeName"),
            Self::EmptyBatch => modelled!(prefixed "EmptyBatchRequest"),
            Self::TooManyEntries(_) => modelled!(prefixed "TooManyEntriesInBatchRequest"),
            Self::IdsNotDistinct(_) => modelled!(prefixed "BatchEntryIdsNotDistinct"),
            Self::EntryId => modelled!(prefixed "InvalidBatchEntryId"),
            Self::BatchTooLong(_) => modelled!(prefixed "BatchRequestTooLong"),
            Self::Operation(_) => modelled!(prefixed "UnsupportedOperation"),
            Self::Malformed(_) => {
                ("com.amazon.coral.service#SerializationException", "SerializationException;Sender")
            }
            Self::Storage(_) => {
                let (kind, query) = ("com.amazonaws.sqs#InternalFailure", "InternalFailure;Receiver");
                return (StatusCode::INTERNAL_SERVER_ERROR, kind, query);
            }
        };
        (StatusCode::BAD_REQUEST, kind, query)
    }

    /// The same as an entry of a batch's `Failed` list.
    pub fn entry(&self, id: &str) -> Value {
        let (status, _, query) = self.wire();
        let code = query.split(';').next();
        json!({ "Id": id, "Code": code, "Message": self.to_string(), "SenderFault": status == StatusCode::BAD_REQUEST })
    }
}
