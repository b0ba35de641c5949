//! What audits ask: everything that the fake remembers, without the API and its pages.

use rusqlite::ToSql;
use serde_json::Value;

use super::checkout::Session;
use super::disputes::Dispute;
use super::refunds::Refund;
use super::store::{self, Object};
use super::{Stripe, logged};

impl Stripe {
    /// Every payment intent, oldest first: Stripe's object and, beside it, `amount_refunded`, which Stripe has on the
    /// charge only. It is the money that was given back; what was held and never captured is no part of it.
    pub fn intents(&self) -> Vec<Value> {
        self.all(
            "SELECT json_set(i.body, '$.amount_refunded',
                             coalesce(json_extract(c.body, '$.amount_refunded'), 0)
                             - (SELECT coalesce(sum(amount), 0) FROM releases WHERE charge = c.id))
             FROM objects i LEFT JOIN objects c ON c.id = json_extract(i.body, '$.latest_charge')
             WHERE i.kind = ?1 ORDER BY i.seq",
            "payment_intent",
        )
    }

    /// Every Checkout Session, oldest first.
    pub fn sessions(&self) -> Vec<Value> {
        self.all("SELECT body FROM objects WHERE kind = ?1 ORDER BY seq", Session::KIND)
    }

    /// Every refund, oldest first, without those that only stand for a hold that was let go.
    pub fn refunds(&self) -> Vec<Value> {
        self.all(
            "SELECT body FROM objects WHERE kind = ?1 AND id NOT IN (SELECT refund FROM releases) ORDER BY seq",
            Refund::KIND,
        )
    }

    /// Every dispute, oldest first.
    pub fn disputes(&self) -> Vec<Value> {
        self.all("SELECT body FROM objects WHERE kind = ?1 ORDER BY seq", Dispute::KIND)
    }

    fn all(&self, select: &str, kind: &str) -> Vec<Value> {
        let all = self.storage.transaction(|db| {
            let mut select = db.prepare_cached(select)?;
            let found = select.query_map([&kind as &dyn ToSql], store::body)?;
            Ok(found.collect::<Result<Vec<Value>, _>>()?)
        });
        logged(all).unwrap_or_default()
    }
}
