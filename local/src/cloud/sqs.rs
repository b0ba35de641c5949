//! SQS on SQLite: the standard queues of the template, kept in a file, with `now` as the only clock.
//!
//! Every rule imitated here is from the Amazon SQS API Reference and Developer Guide. What is not imitated is refused
//! by name, never ignored: FIFO queues and message attributes. Simplified: a purge may be repeated at once (AWS: once
//! a minute), a receive never waits, and visibility may be extended beyond twelve hours after the first receive.

mod refusal;
mod store;
#[cfg(test)]
mod testing;
mod wire;

use std::path::Path;

use bytes::Bytes;
use http::{Request, Response};
use rusqlite::Transaction;
use time::OffsetDateTime;

use self::refusal::Refusal;
use super::storage::{Storage, millis, moment};

/// 1 MiB for a message and for a whole batch (256 KiB until August 2025).
const MAX_BYTES: usize = 1024 * 1024;

/// The queue service. What it has answered is committed, so a killed process loses no message.
pub struct Sqs {
    storage: Storage,
}

/// A queue as the template declares it; durations in seconds, as in CloudFormation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSpec {
    /// What it is called, and what its URL ends in.
    pub name: String,
    /// For how long nobody else gets a message that somebody received.
    pub visibility_timeout: u32,
    /// For how long nobody gets a message that was sent.
    pub delay: u32,
    /// After how long a message is gone, received or not.
    pub retention: u32,
    /// What is done with messages that cannot be processed; none: nothing.
    pub redrive: Option<Redrive>,
}

/// Where a message goes that has been received `max_receive_count` times and still was not deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redrive {
    /// The name of the queue that takes it.
    pub dead_letter_queue: String,
    /// How often a consumer may try.
    pub max_receive_count: u32,
}

/// A message handed to a consumer, with all that Lambda's event source mapping puts into a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// `MessageId`, the same for every receive.
    pub message_id: String,
    /// What was sent.
    pub body: String,
    /// What `delete` and `release` take; every receive gives another.
    pub receipt_handle: String,
    /// How often it has been received, this time included.
    pub receive_count: u32,
    /// When it was sent.
    pub sent_at: OffsetDateTime,
    /// When somebody received it for the first time.
    pub first_received_at: OffsetDateTime,
    /// `MD5OfBody`, in hexadecimal digits.
    pub md5: String,
}

/// A message as it lies in a queue, for the twin's page and for audits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedMessage {
    /// `MessageId`.
    pub id: String,
    /// What was sent.
    pub body: String,
    /// How often it has been received.
    pub receive_count: u32,
    /// From when on somebody may receive it.
    pub visible_at: OffsetDateTime,
    /// When it was sent.
    pub sent_at: OffsetDateTime,
}

impl Sqs {
    /// Opens the queues kept at `path`, or empty ones in memory.
    pub fn open(path: Option<&Path>) -> Result<Self, rusqlite::Error> {
        Ok(Self { storage: Storage::open(path, store::SCHEMA)? })
    }

    /// Answers one API call.
    pub fn call(&self, now: OffsetDateTime, request: &Request<Bytes>) -> Response<Bytes> {
        let answer = self.storage.transaction(|tx| wire::dispatch(tx, millis(now), request));
        wire::respond(answer)
    }

    /// Creates the queue or gives it these attributes; messages stay.
    pub fn declare(&self, spec: &QueueSpec) -> Result<(), rusqlite::Error> {
        self.storage.transaction(|tx| store::declare(tx, spec))
    }

    /// `SendMessage` without the wire. False if the queue is unknown, or if storage fails, which is told.
    pub fn send(&self, now: OffsetDateTime, queue: &str, body: &str) -> bool {
        self.settled(|tx| {
            let queue = store::open_queue(tx, millis(now), queue)?;
            store::send(tx, millis(now), &queue, body, i64::from(queue.delay))?;
            Ok(true)
        })
    }

    /// `ReceiveMessage` without the wire, and without its limit of ten. Nothing if the queue is unknown, or if storage
    /// fails, which is told: whoever polls asks again.
    pub fn receive(&self, now: OffsetDateTime, queue: &str, max: usize) -> Vec<Received> {
        self.settled(|tx| {
            let queue = store::open_queue(tx, millis(now), queue)?;
            let timeout = i64::from(queue.visibility_timeout);
            Ok(store::receive(tx, millis(now), &queue, max, timeout)?)
        })
    }

    /// `DeleteMessage`; true if this very receive's message was there and is gone now.
    pub fn delete(&self, queue: &str, receipt_handle: &str) -> bool {
        self.settled(|tx| store::delete(tx, queue, receipt_handle))
    }

    /// `ChangeMessageVisibility`: lets the message be received again `after_seconds` from now.
    pub fn release(&self, now: OffsetDateTime, queue: &str, receipt_handle: &str, after_seconds: u32) {
        let timeout = i64::from(after_seconds);
        self.settled(|tx| store::change_visibility(tx, millis(now), queue, receipt_handle, timeout));
    }

    /// All messages of a queue, oldest first, visible or not.
    pub fn messages(&self, queue: &str) -> Vec<QueuedMessage> {
        self.settled(|tx| Ok(store::messages(tx, queue)?))
    }

    /// The earliest moment (it may have passed) at which a message can be received: what a simulated clock may jump
    /// to. Dead-letter queues do not count, because nobody consumes them.
    pub fn next_visible_at(&self) -> Option<OffsetDateTime> {
        self.settled(|tx| Ok(store::next_visible_at(tx)?)).map(moment)
    }

    /// Makes every message visible that somebody received and neither deleted nor released: after a start nobody is at
    /// it.
    pub fn release_all(&self, now: OffsetDateTime) {
        self.settled(|tx| Ok(store::release_all(tx, millis(now))?));
    }

    /// For callers within the process: a refusal is "nothing there"; a storage failure is that too, but told.
    fn settled<T: Default>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Refusal>) -> T {
        self.storage.transaction(work).unwrap_or_else(|refusal| {
            if let Refusal::Storage(error) = refusal {
                eprintln!("the local queue service cannot reach its storage: {error}");
            }
            T::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::testing::{at, call, queue, send, service};
    use super::*;

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
    fn what_was_answered_is_in_the_file_and_the_same_calls_give_the_same_ids() {
        let directory = std::env::temp_dir().join(format!("sqs-{}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("a folder is made");
        let path = directory.join("queues.db");
        let running = Sqs::open(Some(&path)).expect("the database opens");
        running.declare(&queue("mail", None)).expect("the queue is declared");
        send(&running, "kept", 0);
        // Nothing is closed, as after a kill: the second connection sees only what is committed.
        let next = Sqs::open(Some(&path)).expect("the database opens");
        let other = service();
        send(&other, "kept", 0);
        assert_eq!(next.receive(at(1), "mail", 1), other.receive(at(1), "mail", 1));
        drop((running, next));
        std::fs::remove_dir_all(directory).expect("the folder is removed");
    }
}
