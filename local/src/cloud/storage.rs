//! What the services on SQLite share: one database each, and one transaction per call.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use time::OffsetDateTime;

/// What is committed survives the end of the process, however it comes; only the end of the machine may take the last
/// of it along (SQLite docs, "Write-Ahead Logging").
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;";
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// One service's database.
pub(super) struct Storage {
    connection: Mutex<Connection>,
}

impl Storage {
    /// Opens the database kept at `path`, or an empty one in memory, and lays out its tables.
    pub fn open(path: Option<&Path>, schema: &str) -> Result<Self, rusqlite::Error> {
        let connection = path.map_or_else(Connection::open_in_memory, Connection::open)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.execute_batch(PRAGMAS)?;
        connection.execute_batch(schema)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// All of `work` or nothing: an error that it returns rolls back.
    pub fn transaction<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        // A panic elsewhere cannot leave a half-done state: its transaction was rolled back.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }
}

/// A moment as the databases keep it: in whole milliseconds.
pub(super) fn millis(at: OffsetDateTime) -> i64 {
    at.unix_timestamp() * 1000 + i64::from(at.millisecond())
}

/// The moment that was kept as `millis`.
pub(super) fn moment(millis: i64) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH.saturating_add(time::Duration::milliseconds(millis))
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    fn add(storage: &Storage, value: i64) -> Result<(), rusqlite::Error> {
        storage.transaction(|tx| tx.execute("INSERT INTO kept VALUES (?1)", [value]).map(drop))
    }

    fn kept(storage: &Storage) -> Vec<i64> {
        let all = storage.transaction(|tx| {
            let mut select = tx.prepare("SELECT value FROM kept ORDER BY value")?;
            select.query_map([], |row| row.get(0))?.collect::<Result<_, rusqlite::Error>>()
        });
        all.expect("the values are read")
    }

    #[test]
    fn an_error_and_a_panic_leave_nothing_behind_and_the_next_call_works() {
        let storage = Storage::open(None, "CREATE TABLE kept (value INTEGER UNIQUE) STRICT")
            .expect("the database opens");
        add(&storage, 1).expect("the value is kept");
        let failed: Result<(), rusqlite::Error> = storage.transaction(|tx| {
            tx.execute("INSERT INTO kept VALUES (2)", [])?;
            tx.execute("INSERT INTO kept VALUES (1)", []).map(drop)
        });
        assert!(failed.is_err());
        assert_eq!(kept(&storage), [1]);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            storage.transaction(|tx| -> Result<(), rusqlite::Error> {
                tx.execute("INSERT INTO kept VALUES (3)", [])?;
                panic!("a caller gives up");
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(kept(&storage), [1]);
        add(&storage, 4).expect("the value is kept");
        assert_eq!(kept(&storage), [1, 4]);
    }

    #[test]
    fn a_moment_is_kept_to_the_millisecond() {
        let at = OffsetDateTime::UNIX_EPOCH + Duration::from_micros(1_234_567_890);
        assert_eq!(millis(at), 1_234_567);
        assert_eq!(moment(1_234_567), at - Duration::from_micros(890));
    }
}
