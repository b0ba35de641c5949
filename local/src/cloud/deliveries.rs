//! Webhooks on their way: what a fake has to tell and nobody has taken yet. Stripe and Shippo sign alike.

use hmac::{Hmac, Mac};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::Sha256;
use time::OffsetDateTime;

use super::storage::millis;

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS deliveries (
    id TEXT PRIMARY KEY, seq INTEGER NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL,
    created_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS deliveries_by_seq ON deliveries (seq);
";

/// One event on its way to the webhook endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What the fake's `delivered` acknowledges. Of Stripe's events also the event's id.
    pub id: String,
    /// Which kind of event.
    pub event_type: String,
    /// The exact bytes that are signed.
    pub body: String,
    /// The header with the signature.
    pub signature: String,
}

/// What a provider does about a delivery that was not taken.
pub(super) struct Retries {
    /// Whether an answer with this status, not of the 200s, lets it try again.
    pub after: fn(u16) -> bool,
    /// Milliseconds before each further attempt.
    pub pauses_ms: &'static [i64],
    /// Milliseconds between all after those, if there are more.
    pub then_every_ms: Option<i64>,
    /// Milliseconds after the event when it gives up.
    pub give_up_after_ms: i64,
}

/// Puts an event on its way.
pub(super) fn send(
    db: &Connection,
    now: OffsetDateTime,
    (id, seq): (&str, i64),
    event_type: &str,
    body: &str,
) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO deliveries (id, seq, type, body, created_ms, due_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        params![id, seq, event_type, body, millis(now)],
    )?;
    Ok(())
}

/// Deliveries that are due, oldest first, signed at this moment.
pub(super) fn due(
    db: &Connection,
    now: OffsetDateTime,
    limit: usize,
    secret: &str,
) -> rusqlite::Result<Vec<Delivery>> {
    let mut select =
        db.prepare_cached("SELECT id, type, body FROM deliveries WHERE due_ms <= ?1 ORDER BY seq LIMIT ?2")?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let deliveries = select.query_map(params![millis(now), limit], |row| {
        let body: String = row.get(2)?;
        let signature = signature(secret, now.unix_timestamp(), &body);
        Ok(Delivery { id: row.get(0)?, event_type: row.get(1)?, body, signature })
    })?;
    deliveries.collect()
}

/// How a delivery went: 2xx ends it.
pub(super) fn delivered(
    db: &Connection,
    now: OffsetDateTime,
    id: &str,
    status: u16,
    retries: &Retries,
) -> rusqlite::Result<()> {
    let select = "SELECT attempts, created_ms FROM deliveries WHERE id = ?1";
    let found: Option<(usize, i64)> =
        db.query_row(select, [id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    // Acknowledged before: deliveries may overlap.
    let Some((attempts, created)) = found else {
        return Ok(());
    };
    let pause = retries.pauses_ms.get(attempts).copied().or(retries.then_every_ms);
    let next = pause.map(|pause| millis(now).saturating_add(pause)).filter(|next| {
        !(200..300).contains(&status)
            && (retries.after)(status)
            && *next <= created.saturating_add(retries.give_up_after_ms)
    });
    match next {
        None => db.execute("DELETE FROM deliveries WHERE id = ?1", [id])?,
        Some(next) => db.execute(
            "UPDATE deliveries SET attempts = attempts + 1, due_ms = ?2 WHERE id = ?1",
            params![id, next],
        )?,
    };
    Ok(())
}

/// HMAC-SHA256 over the time, a dot and the body (Stripe: "Verify webhook signatures manually"; Shippo: "Webhook security").
pub(super) fn signature(secret: &str, at: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(format!("{at}.{body}").as_bytes());
    format!("t={at},v1={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_hmac_of_time_and_body() {
        // Computed with: printf '12345.{}' | openssl dgst -sha256 -hmac whsec_test
        let expected = "t=12345,v1=f7d0d6f2476273381fa231a8ba13a821a0c87029e7b1bfae51e93d0240fb7c32";
        assert_eq!(signature("whsec_test", 12345, "{}"), expected);
    }
}
