//! Everything the fake remembers, in one SQLite database, so that an effect, its events and the answer that an
//! idempotency key replays are one transaction.

use rusqlite::{Connection, OptionalExtension, Row, ToSql, params, types::Type};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::error::{ApiError, Failure};
use super::form::Params;
use super::version::Version;

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS counter (value INTEGER NOT NULL);
INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter);
CREATE TABLE IF NOT EXISTS objects (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, seq INTEGER NOT NULL, created INTEGER NOT NULL,
    intent TEXT, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_by_intent ON objects (intent, kind, seq);
CREATE TABLE IF NOT EXISTS unsettled_refunds (id TEXT PRIMARY KEY, due INTEGER NOT NULL, becomes TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS unsettled_refunds_by_due ON unsettled_refunds (due);
CREATE TABLE IF NOT EXISTS holds (intent TEXT PRIMARY KEY, due INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS holds_by_due ON holds (due);
CREATE TABLE IF NOT EXISTS releases (refund TEXT PRIMARY KEY, charge TEXT NOT NULL, amount INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS releases_by_charge ON releases (charge);
CREATE TABLE IF NOT EXISTS reviews (dispute TEXT PRIMARY KEY, due INTEGER NOT NULL, becomes TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS reviews_by_due ON reviews (due);
CREATE TABLE IF NOT EXISTS open_sessions (
    id TEXT PRIMARY KEY, due INTEGER NOT NULL, items TEXT NOT NULL, payment TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS open_sessions_by_due ON open_sessions (due);
CREATE TABLE IF NOT EXISTS keys (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, created_ms INTEGER NOT NULL,
    request_id TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS keys_by_age ON keys (created_ms);
";

/// A kind of object that Stripe keeps.
pub(super) trait Object: Serialize + DeserializeOwned {
    /// As in `object` and in "No such …".
    const KIND: &'static str;
    fn id(&self) -> &str;
    fn created(&self) -> i64;
    /// The payment intent that it belongs to.
    fn intent(&self) -> Option<&str>;
}

/// One transaction at one moment, and the request that it serves, as events name it.
pub(super) struct Work<'a> {
    pub db: &'a Connection,
    pub now: OffsetDateTime,
    pub request_id: Option<&'a str>,
    pub idempotency_key: Option<&'a str>,
    pub version: Version,
}

impl<'a> Work<'a> {
    /// Work that no request of the API asked for.
    pub fn unasked(db: &'a Connection, now: OffsetDateTime) -> Self {
        Self { db, now, request_id: None, idempotency_key: None, version: Version::of_account() }
    }

    pub fn created(&self) -> i64 {
        self.now.unix_timestamp()
    }

    pub fn new_id(&self, prefix: &str) -> rusqlite::Result<String> {
        new_id(self.db, prefix)
    }

    /// Writes the object as it is now.
    pub fn save<T: Object>(&self, object: &T) -> rusqlite::Result<()> {
        self.db.execute(
            "INSERT INTO objects (id, kind, seq, created, intent, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (id) DO UPDATE SET intent = excluded.intent, body = excluded.body",
            params![
                object.id(),
                T::KIND,
                count(self.db)?,
                object.created(),
                object.intent(),
                to_json(object)?.to_string()
            ],
        )?;
        Ok(())
    }

    /// The object of that id, or Stripe's 404 that blames the parameter.
    pub fn find<T: Object>(&self, id: &str, param: &str) -> Result<T, Failure> {
        let found = self
            .db
            .query_row("SELECT body FROM objects WHERE id = ?1 AND kind = ?2", params![id, T::KIND], body)
            .optional()?;
        match found {
            Some(value) => Ok(serde_json::from_value(value).map_err(unreadable)?),
            None => Err(ApiError::no_such(T::KIND, id, param).into()),
        }
    }

    /// What is due at this moment in a table with the columns `id`, `due` and what else shall be read, the first first.
    pub fn due<T>(
        &self,
        select: &str,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        let mut select = self.db.prepare_cached(select)?;
        select.query_map([self.created()], read)?.collect()
    }

    /// The first object of its kind that belongs to the payment intent.
    pub fn belonging<T: Object>(&self, intent: &str) -> rusqlite::Result<Option<T>> {
        let mut select = self.db.prepare_cached(
            "SELECT body FROM objects WHERE intent = ?1 AND kind = ?2 ORDER BY seq LIMIT 1",
        )?;
        let found = select.query_row(params![intent, T::KIND], body).optional()?;
        found.map(|value| serde_json::from_value(value).map_err(unreadable)).transpose()
    }

    /// One page, newest first (API docs, "Pagination").
    pub fn list<T: Object>(&self, page: &Page, url: &str) -> Result<Value, Failure> {
        let before: i64 = match &page.starting_after {
            None => i64::MAX,
            Some(id) => self
                .db
                .query_row(
                    "SELECT seq FROM objects WHERE id = ?1 AND kind = ?2",
                    params![id, T::KIND],
                    |row| row.get(0),
                )
                .optional()?
                .ok_or_else(|| ApiError::no_such(T::KIND, id, "starting_after"))?,
        };
        let mut select = self.db.prepare_cached(
            "SELECT body FROM objects WHERE kind = ?1 AND seq < ?2 AND created BETWEEN ?3 AND ?4
             AND (?5 IS NULL OR intent = ?5) ORDER BY seq DESC LIMIT ?6",
        )?;
        let values: [&dyn ToSql; 6] =
            [&T::KIND, &before, &page.from, &page.to, &page.intent, &page.limit.saturating_add(1)];
        let mut data = select.query_map(values, body)?.collect::<Result<Vec<Value>, _>>()?;
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let has_more = data.len() > limit;
        data.truncate(limit);
        Ok(json!({ "object": "list", "data": data, "has_more": has_more, "url": url }))
    }

    /// Replaces the ids at these paths by their objects; `data.x` reaches into a list, `x.y` into an object.
    pub fn expand(&self, answer: &mut Value, paths: &[String]) -> Result<(), Failure> {
        for path in paths {
            match path.strip_prefix("data.") {
                None => self.expand_field(answer, path)?,
                Some(field) => {
                    for item in answer["data"].as_array_mut().into_iter().flatten() {
                        self.expand_field(item, field)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn expand_field(&self, object: &mut Value, path: &str) -> Result<(), Failure> {
        let (field, rest) = path.split_once('.').map_or((path, None), |(field, rest)| (field, Some(rest)));
        if let Some(id) = object[field].as_str() {
            object[field] = self.db.query_row("SELECT body FROM objects WHERE id = ?1", [id], body)?;
        }
        match rest {
            Some(rest) if object[field].is_object() => self.expand_field(&mut object[field], rest),
            _ => Ok(()),
        }
    }
}

/// Which part of a list is asked for.
pub(super) struct Page {
    limit: i64,
    starting_after: Option<String>,
    from: i64,
    to: i64,
    intent: Option<String>,
}

impl Page {
    pub fn parse(params: &mut Params) -> Result<Self, ApiError> {
        let limit = params.integer("limit")?.unwrap_or(10);
        if !(1..=100).contains(&limit) {
            return Err(ApiError::invalid("Invalid limit: must be between 1 and 100.")
                .code("parameter_invalid_integer")
                .param("limit"));
        }
        let exactly = params.integer("created")?;
        let from = [
            exactly,
            params.integer("created[gte]")?,
            params.integer("created[gt]")?.map(|bound| bound.saturating_add(1)),
        ];
        let to = [
            exactly,
            params.integer("created[lte]")?,
            params.integer("created[lt]")?.map(|bound| bound.saturating_sub(1)),
        ];
        Ok(Self {
            limit,
            starting_after: params.text("starting_after"),
            from: from.into_iter().flatten().max().unwrap_or(i64::MIN),
            to: to.into_iter().flatten().min().unwrap_or(i64::MAX),
            intent: None,
        })
    }

    /// Only what belongs to this payment intent.
    pub fn of_intent(self, intent: Option<String>) -> Self {
        Self { intent, ..self }
    }
}

/// The next id of a kind. No random numbers: a run can be repeated, and its ids are the same.
pub(super) fn new_id(db: &Connection, prefix: &str) -> rusqlite::Result<String> {
    let length = match prefix {
        "req_" => 14,
        "cs_test_" => 58,
        _ => 24,
    };
    Ok(format!("{prefix}{}", scrambled(&format!("{prefix}{}", count(db)?), length)))
}

/// Letters and digits that look random, as Stripe's do.
pub(super) fn scrambled(seed: &str, length: usize) -> String {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let letter = |byte: u8| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]);
    let digests = std::iter::successors(Some(Sha256::digest(seed)), |last| Some(Sha256::digest(last)));
    digests.flatten().take(length).map(letter).collect()
}

/// A number that was never given out before.
pub(super) fn count(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("UPDATE counter SET value = value + 1 RETURNING value")?.query_row([], |row| row.get(0))
}

/// A row's only column, as JSON.
pub(super) fn body(row: &Row<'_>) -> rusqlite::Result<Value> {
    serde_json::from_str(row.get_ref(0)?.as_str()?).map_err(unreadable)
}

pub(super) fn to_json(object: &impl Serialize) -> rusqlite::Result<Value> {
    serde_json::to_value(object).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

pub(super) fn unreadable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::super::testing::{NOW, Twin};
    use super::*;

    #[test]
    fn an_unknown_intent_is_missing() {
        let twin = Twin::new();
        for reply in
            [twin.get("/v1/payment_intents/pi_1"), twin.post("/v1/payment_intents/pi_1/cancel", "", None)]
        {
            assert_eq!(reply.error(), (404, Some("resource_missing"), Some("intent")));
        }
    }

    #[test]
    fn the_list_goes_from_new_to_old_page_by_page() {
        let mut twin = Twin::new();
        let mut ids = Vec::new();
        for second in 0..12 {
            twin.now = NOW + Duration::seconds(second);
            ids.insert(
                0,
                twin.post("/v1/payment_intents", "amount=5&currency=eur", None).text("/id").to_owned(),
            );
        }
        let listed = |query: &str| -> (Vec<String>, bool) {
            let page = twin.get(&format!("/v1/payment_intents?{query}")).json;
            assert_eq!((&page["object"], &page["url"]), (&json!("list"), &json!("/v1/payment_intents")));
            let data = page["data"].as_array().expect("a list").iter();
            (
                data.filter_map(|item| item["id"].as_str().map(str::to_owned)).collect(),
                page["has_more"] == true,
            )
        };
        assert_eq!(listed(""), (ids[..10].to_vec(), true));
        assert_eq!(listed("limit=100"), (ids.clone(), false));
        assert_eq!(listed(&format!("limit=2&starting_after={}", ids[9])), (ids[10..].to_vec(), false));
        let at = NOW.unix_timestamp();
        assert_eq!(listed(&format!("created[gte]={}", at + 10)), (ids[..2].to_vec(), false));
        assert_eq!(
            listed(&format!("created[gt]={}&created[lte]={}", at + 9, at + 10)),
            (ids[1..2].to_vec(), false)
        );
        assert_eq!(listed(&format!("created[lt]={}", at + 1)), (ids[11..].to_vec(), false));
        assert_eq!(listed(&format!("created={at}")), (ids[11..].to_vec(), false));
        let wrong =
            |query: &str| twin.get(&format!("/v1/payment_intents?{query}")).json["error"]["param"].clone();
        assert_eq!((wrong("limit=101"), wrong("limit=0")), (json!("limit"), json!("limit")));
        assert_eq!(wrong("starting_after=pi_1"), "starting_after");
    }

    #[test]
    fn the_latest_charge_can_be_expanded() {
        let twin = Twin::new();
        let intent = twin.pay("pm_card_visa");
        let one = twin.get(&format!("/v1/payment_intents/{}?expand[]=latest_charge", intent.text("/id")));
        assert_eq!(one.text("/latest_charge/id"), intent.text("/latest_charge"));
        let list = twin.get("/v1/payment_intents?expand[]=data.latest_charge");
        assert_eq!(list.text("/data/0/latest_charge/object"), "charge");
    }
}
