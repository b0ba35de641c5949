//! The tables: secrets and their versions.

use rusqlite::{OptionalExtension as _, Transaction, params};
use time::OffsetDateTime;

use crate::cloud::ids::{md5, uuid_like};

const ARN_PREFIX: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:";

pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, arn TEXT NOT NULL, current TEXT, previous TEXT) STRICT;
    CREATE TABLE IF NOT EXISTS secret_version (
        arn TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (arn, id)
    ) STRICT;";

/// A secret, with the ids of its versions at the two stages.
pub(super) struct Secret {
    pub name: String,
    pub arn: String,
    pub current: Option<String>,
    pub previous: Option<String>,
}

impl Secret {
    /// The stages that this version is at.
    pub fn stages(&self, version: &str) -> Vec<&'static str> {
        let stages = [("AWSCURRENT", &self.current), ("AWSPREVIOUS", &self.previous)];
        stages.into_iter().filter(|(_, id)| id.as_deref() == Some(version)).map(|(stage, _)| stage).collect()
    }
}

/// The secret that a name, an ARN or an ARN without its random ending means (API Reference, SecretId).
pub(super) fn find(tx: &Transaction<'_>, id: &str) -> rusqlite::Result<Option<Secret>> {
    let name: Option<String> = if id.starts_with("arn:") {
        let by_arn = "SELECT name FROM secret WHERE arn = ?1 OR substr(arn, 1, length(arn) - 7) = ?1 ORDER BY arn <> ?1";
        tx.query_row(by_arn, [id], |row| row.get(0)).optional()?
    } else {
        Some(id.to_owned())
    };
    match name {
        Some(name) => find_by_name(tx, &name),
        None => Ok(None),
    }
}

pub(super) fn find_by_name(tx: &Transaction<'_>, name: &str) -> rusqlite::Result<Option<Secret>> {
    tx.query_row("SELECT name, arn, current, previous FROM secret WHERE name = ?1", [name], |row| {
        Ok(Secret { name: row.get(0)?, arn: row.get(1)?, current: row.get(2)?, previous: row.get(3)? })
    })
    .optional()
}

/// A new secret, without a value yet.
pub(super) fn create(tx: &Transaction<'_>, name: &str) -> rusqlite::Result<Secret> {
    let arn = format!("{ARN_PREFIX}{name}-{}", &md5(name)[..6]);
    tx.execute("INSERT INTO secret (name, arn) VALUES (?1, ?2)", [name, &arn])?;
    Ok(Secret { name: name.to_owned(), arn, current: None, previous: None })
}

/// A version's value and when it was created, in whole seconds.
pub(super) fn version(
    tx: &Transaction<'_>,
    secret: &Secret,
    id: &str,
) -> rusqlite::Result<Option<(String, i64)>> {
    let select = "SELECT value, created_at FROM secret_version WHERE arn = ?1 AND id = ?2";
    tx.query_row(select, [&secret.arn, id], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

/// An id for a version that the caller gave none.
pub(super) fn next_version_id(tx: &Transaction<'_>, secret: &Secret) -> rusqlite::Result<String> {
    let count = "SELECT count(*) FROM secret_version WHERE arn = ?1";
    let count: i64 = tx.query_row(count, [&secret.arn], |row| row.get(0))?;
    Ok(uuid_like(&format!("{} {count}", secret.arn)))
}

/// Adds the version and makes it the current one.
pub(super) fn add_version(
    tx: &Transaction<'_>,
    now: OffsetDateTime,
    secret: &Secret,
    id: &str,
    value: &str,
) -> rusqlite::Result<()> {
    let insert = "INSERT INTO secret_version (arn, id, value, created_at) VALUES (?1, ?2, ?3, ?4)";
    tx.execute(insert, params![secret.arn, id, value, now.unix_timestamp()])?;
    // AWSPREVIOUS follows AWSCURRENT by itself (API Reference, PutSecretValue).
    tx.execute("UPDATE secret SET previous = current, current = ?2 WHERE arn = ?1", [&secret.arn, id])?;
    Ok(())
}
