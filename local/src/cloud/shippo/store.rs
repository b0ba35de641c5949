//! Everything the fake remembers, in one SQLite database, so that an effect and its webhooks are one transaction.

use std::cell::Cell;

use rusqlite::{Connection, OptionalExtension, Row, ToSql, params, types::Type};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::error::{ApiError, Failure};
use super::hooks::Hooks;
use super::params::Params;
use crate::cloud::storage::{millis, moment};
use crate::cloud::{deliveries, ids};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS counter (value INTEGER NOT NULL);
INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter);
CREATE TABLE IF NOT EXISTS objects (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, seq INTEGER NOT NULL, created_ms INTEGER NOT NULL,
    parent TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_by_parent ON objects (parent, kind, seq);
CREATE TABLE IF NOT EXISTS later (id TEXT PRIMARY KEY, kind TEXT NOT NULL, due_ms INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS later_by_due ON later (kind, due_ms);
CREATE TABLE IF NOT EXISTS tracks (
    carrier TEXT NOT NULL, number TEXT NOT NULL, registered INTEGER NOT NULL, metadata TEXT,
    parcel TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (carrier, number)
);
CREATE TABLE IF NOT EXISTS scans (
    seq INTEGER PRIMARY KEY, carrier TEXT NOT NULL, number TEXT NOT NULL, due_ms INTEGER NOT NULL,
    told INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS scans_by_due ON scans (told, due_ms);
CREATE INDEX IF NOT EXISTS scans_by_number ON scans (carrier, number, due_ms);
";

/// Objects on a page unless asked otherwise, and at most (SDK: "List all shipping labels").
const PAGE: i64 = 25;
const LARGEST_PAGE: i64 = 100;

/// One transaction at one moment.
pub(super) struct Work<'a> {
    pub db: &'a Connection,
    pub now: OffsetDateTime,
    pub base: String,
    pub hooks: Hooks,
    purchased: Cell<bool>,
}

/// Where an object of Shippo's is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Shipment,
    Rate,
    Transaction,
    Refund,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Shipment => "Shipment",
            Self::Rate => "Rate",
            Self::Transaction => "Transaction",
            Self::Refund => "Refund",
        }
    }
}

impl<'a> Work<'a> {
    pub fn new(db: &'a Connection, now: OffsetDateTime, base: String, hooks: Hooks) -> Self {
        Self { db, now, base, hooks, purchased: Cell::new(false) }
    }

    /// Notes that a label was asked for.
    pub fn purchase(&self) {
        self.purchased.set(true);
    }

    pub fn has_purchased(&self) -> bool {
        self.purchased.get()
    }

    /// The next id: 32 hexadecimal digits. No random numbers: a run can be repeated, and its ids are the same.
    pub fn new_id(&self) -> rusqlite::Result<String> {
        Ok(ids::md5(format!("shippo {}", self.count()?)))
    }

    /// A number that was never given out before.
    pub fn count(&self) -> rusqlite::Result<i64> {
        let mut next = self.db.prepare_cached("UPDATE counter SET value = value + 1 RETURNING value")?;
        next.query_row([], |row| row.get(0))
    }

    /// What every object begins with.
    pub fn object(&self) -> rusqlite::Result<Value> {
        let now = iso(self.now);
        Ok(json!({
            "object_created": now,
            "object_id": self.new_id()?,
            "object_owner": "twin@shop.example",
            "object_updated": now,
            "test": true,
        }))
    }

    /// Writes an object as it is now; `parent` is what it is looked up by.
    pub fn save(&self, kind: Kind, parent: &str, body: &Value) -> rusqlite::Result<()> {
        self.db.execute(
            "INSERT INTO objects (id, kind, seq, created_ms, parent, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            params![id(body), kind.name(), self.count()?, millis(self.now), parent, body.to_string()],
        )?;
        Ok(())
    }

    /// The same with another time of change.
    pub fn update(&self, kind: Kind, body: &mut Value) -> rusqlite::Result<()> {
        body["object_updated"] = iso(self.now).into();
        self.save(kind, "", body)
    }

    /// An object and when it was made.
    pub fn find(&self, kind: Kind, id: &str) -> Result<Option<(Value, OffsetDateTime)>, Failure> {
        let mut select =
            self.db.prepare_cached("SELECT body, created_ms FROM objects WHERE id = ?1 AND kind = ?2")?;
        let found = select.query_row(params![id, kind.name()], |row| Ok((body(row)?, moment(row.get(1)?))));
        Ok(found.optional()?)
    }

    /// The object that a path names, or a 404.
    pub fn get(&self, kind: Kind, id: &str) -> Result<Value, Failure> {
        Ok(self.find(kind, id)?.ok_or_else(ApiError::not_found)?.0)
    }

    /// Objects of a kind, oldest first; only those of `parent`, if there is one.
    pub fn all(&self, kind: Kind, parent: Option<&str>) -> rusqlite::Result<Vec<Value>> {
        let mut select = self.db.prepare_cached(
            "SELECT body FROM objects WHERE kind = ?1 AND (?2 IS NULL OR parent = ?2) ORDER BY seq",
        )?;
        let values: [&dyn ToSql; 2] = [&kind.name(), &parent];
        select.query_map(values, body)?.collect()
    }

    /// What is due of a kind and since when, taken off the list.
    pub fn due(&self, kind: Kind) -> rusqlite::Result<Vec<(String, OffsetDateTime)>> {
        let mut delete = self
            .db
            .prepare_cached("DELETE FROM later WHERE kind = ?1 AND due_ms <= ?2 RETURNING id, due_ms")?;
        let row = |row: &Row<'_>| Ok((row.get(0)?, moment(row.get(1)?)));
        delete.query_map(params![kind.name(), millis(self.now)], row)?.collect()
    }

    /// Lets something of a kind happen to an object later.
    pub fn later(&self, kind: Kind, id: &str, seconds: i64) -> rusqlite::Result<()> {
        self.db.execute(
            "INSERT OR REPLACE INTO later (id, kind, due_ms) VALUES (?1, ?2, ?3)",
            params![id, kind.name(), millis(self.now).saturating_add(seconds * 1000)],
        )?;
        Ok(())
    }

    /// Tells the webhook endpoint, which listens to everything (docs, "Webhooks").
    pub fn emit(&self, event: &str, data: &Value) -> rusqlite::Result<()> {
        let body = json!({ "event": event, "test": true, "data": data }).to_string();
        for _ in 0..if self.hooks.doubled { 2 } else { 1 } {
            let seq = self.count()?;
            deliveries::send(self.db, self.now, (&self.new_id()?, seq), event, &body)?;
        }
        Ok(())
    }

    /// One page of a list, newest first (docs, "Filtering").
    pub fn page(&self, mut all: Vec<Value>, params: &mut Params, path: &str) -> Result<Value, Failure> {
        let results = params.number("results", PAGE, LARGEST_PAGE)?;
        let page = params.number("page", 1, i64::MAX)?;
        all.reverse();
        let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let from = page.saturating_sub(1).saturating_mul(results);
        if page > 1 && from >= count {
            return Err(ApiError::detail(404, "Invalid page.").into());
        }
        let skip = usize::try_from(from).unwrap_or(usize::MAX);
        let take = usize::try_from(results).unwrap_or(usize::MAX);
        let shown: Vec<Value> = all.into_iter().skip(skip).take(take).collect();
        let link = |page: i64| format!("{}/{path}?page={page}&results={results}", self.base);
        Ok(json!({
            "count": count,
            "next": (from.saturating_add(results) < count).then(|| link(page.saturating_add(1))),
            "previous": (page > 1).then(|| link(page - 1)),
            "results": shown,
        }))
    }
}

/// An object's id.
pub(super) fn id(object: &Value) -> &str {
    object["object_id"].as_str().unwrap_or_default()
}

/// A moment as Shippo writes it: UTC, with milliseconds.
pub(super) fn iso(at: OffsetDateTime) -> String {
    let whole = at.replace_nanosecond(0).unwrap_or(at).format(&Rfc3339).unwrap_or_default();
    format!("{}.{:03}Z", whole.trim_end_matches('Z'), at.millisecond())
}

/// A row's first column, as JSON.
pub(super) fn body(row: &Row<'_>) -> rusqlite::Result<Value> {
    serde_json::from_str(row.get_ref(0)?.as_str()?)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}
