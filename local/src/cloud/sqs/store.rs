//! The tables, and what is done to them within one transaction. Moments are in milliseconds, durations in seconds.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::refusal::Refusal;
use super::{QueueSpec, QueuedMessage, Received, Redrive};
use crate::cloud::ids::{md5, uuid_like};
use crate::cloud::storage::{millis, moment};

pub(super) const SCHEMA: &str = "
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

/// How many messages a queue has: to be received now, received and not deleted, and not to be received yet.
pub(super) struct Counts {
    pub visible: i64,
    pub in_flight: i64,
    pub delayed: i64,
}

pub(super) fn declare(tx: &Transaction<'_>, spec: &QueueSpec) -> rusqlite::Result<()> {
    let redrive = spec.redrive.as_ref();
    tx.execute(
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

/// The queue that a name, or a URL that ends in it, means; without the messages whose retention is over.
pub(super) fn open_queue(tx: &Transaction<'_>, now: i64, url: &str) -> Result<QueueSpec, Refusal> {
    let name = url.rsplit('/').next().unwrap_or(url);
    let spec = |row: &Row<'_>| {
        let redrive = row.get::<_, Option<String>>(4)?.zip(row.get(5)?);
        Ok(QueueSpec {
            name: row.get(0)?,
            visibility_timeout: row.get(1)?,
            delay: row.get(2)?,
            retention: row.get(3)?,
            redrive: redrive.map(|(dead_letter_queue, max_receive_count)| Redrive {
                dead_letter_queue,
                max_receive_count,
            }),
        })
    };
    let queue =
        tx.prepare_cached("SELECT * FROM sqs_queue WHERE name = ?1")?.query_row([name], spec).optional()?;
    let queue = queue.ok_or(Refusal::NoSuchQueue)?;
    // Counted from the first send, in a dead-letter queue too (Developer Guide, dead-letter queues).
    tx.prepare_cached("DELETE FROM sqs_message WHERE queue = ?1 AND sent_at <= ?2")?
        .execute(params![name, after(now, -i64::from(queue.retention))])?;
    Ok(queue)
}

/// Keeps a message that may be received `delay` from now. Answers its id.
pub(super) fn send(
    tx: &Transaction<'_>,
    now: i64,
    queue: &QueueSpec,
    body: &str,
    delay: i64,
) -> rusqlite::Result<String> {
    let last =
        tx.query_row("SELECT seq FROM sqlite_sequence WHERE name = 'sqs_message'", [], |row| row.get(0));
    let id = uuid_like(&format!("message {}", last.optional()?.unwrap_or(0_i64)));
    tx.prepare_cached(
        "INSERT INTO sqs_message (queue, id, body, sent_at, visible_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![queue.name, id, body, now, after(now, delay)])?;
    Ok(id)
}

/// Hands out up to `max` messages, which nobody else gets for `timeout`. Those received too often go to the dead-letter
/// queue first.
pub(super) fn receive(
    tx: &Transaction<'_>,
    now: i64,
    queue: &QueueSpec,
    max: usize,
    timeout: i64,
) -> rusqlite::Result<Vec<Received>> {
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
    let rows =
        visible.query_map(params![queue.name, now, i64::try_from(max).unwrap_or(i64::MAX)], |row| {
            let (message_id, body): (String, String) = (row.get(1)?, row.get(2)?);
            let receive_count = row.get(3)?;
            let received = Received {
                // A new handle for each receive: the count tells an outdated one.
                receipt_handle: URL_SAFE_NO_PAD
                    .encode(format!("{} {message_id} {receive_count}", queue.name)),
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

/// True if this very receive's message was there; a later receive made the handle outdated.
pub(super) fn delete(tx: &Transaction<'_>, queue: &str, handle: &str) -> Result<bool, Refusal> {
    let (id, count) = parse_handle(queue, handle)?;
    let deleted = tx
        .prepare_cached("DELETE FROM sqs_message WHERE queue = ?1 AND id = ?2 AND receive_count = ?3")?
        .execute(params![queue, id, count])?;
    Ok(deleted == 1)
}

/// Lets a message that is in flight be received again `timeout` from now.
pub(super) fn change_visibility(
    tx: &Transaction<'_>,
    now: i64,
    queue: &str,
    handle: &str,
    timeout: i64,
) -> Result<(), Refusal> {
    let (id, count) = parse_handle(queue, handle)?;
    let changed = tx
        .prepare_cached(
            "UPDATE sqs_message SET visible_at = ?4
             WHERE queue = ?1 AND id = ?2 AND receive_count = ?3 AND visible_at > ?5",
        )?
        .execute(params![queue, id, count, after(now, timeout), now])?;
    if changed == 1 { Ok(()) } else { Err(Refusal::NotInFlight) }
}

pub(super) fn counts(tx: &Transaction<'_>, now: i64, queue: &str) -> rusqlite::Result<Counts> {
    tx.query_row(
        "SELECT count(*) FILTER (WHERE visible_at <= ?2),
                count(*) FILTER (WHERE visible_at > ?2 AND receive_count > 0),
                count(*) FILTER (WHERE visible_at > ?2 AND receive_count = 0)
         FROM sqs_message WHERE queue = ?1",
        params![queue, now],
        |row| Ok(Counts { visible: row.get(0)?, in_flight: row.get(1)?, delayed: row.get(2)? }),
    )
}

pub(super) fn purge(tx: &Transaction<'_>, queue: &str) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM sqs_message WHERE queue = ?1", [queue]).map(drop)
}

/// The names of all queues, in order.
pub(super) fn names(tx: &Transaction<'_>) -> rusqlite::Result<Vec<String>> {
    let mut statement = tx.prepare_cached("SELECT name FROM sqs_queue ORDER BY name")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// All messages of a queue, oldest first, visible or not.
pub(super) fn messages(tx: &Transaction<'_>, queue: &str) -> rusqlite::Result<Vec<QueuedMessage>> {
    let mut statement = tx.prepare_cached(
        "SELECT id, body, receive_count, visible_at, sent_at FROM sqs_message WHERE queue = ?1 ORDER BY sequence",
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
    rows.collect()
}

/// The earliest moment, passed or not, at which a message of a queue with consumers can be received.
pub(super) fn next_visible_at(tx: &Transaction<'_>) -> rusqlite::Result<Option<i64>> {
    tx.query_row(
        "SELECT min(visible_at) FROM sqs_message JOIN sqs_queue ON name = queue
         WHERE visible_at < sent_at + retention * 1000 AND queue NOT IN
             (SELECT dead_letter_queue FROM sqs_queue WHERE dead_letter_queue IS NOT NULL)",
        [],
        |row| row.get(0),
    )
}

/// Makes every message visible that is in flight.
pub(super) fn release_all(tx: &Transaction<'_>, now: i64) -> rusqlite::Result<()> {
    let release = "UPDATE sqs_message SET visible_at = ?1 WHERE receive_count > 0 AND visible_at > ?1";
    tx.execute(release, [now]).map(drop)
}

fn after(now: i64, seconds: i64) -> i64 {
    now + seconds * 1000
}
