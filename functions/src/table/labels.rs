//! Who deals with a carrier about a parcel's label right now: one item per parcel.

use shared::ids::{CustomerId, OrderId};
use shared::keys::{self, Key};
use shared::time::Timestamp;

use super::{Item, Outcome, Table, Write, key_item, number, text};
use crate::error::Error;

/// How long a claim is good, in seconds. Longer than anybody may run who holds one ([`crate::edge::BATCH_WITHIN`]).
pub const LABEL_CLAIM_SECONDS: i64 = 60;

impl Table {
    /// Whether the holder of `token` alone may now buy the label of a parcel. A carrier that knows no idempotency keys would sell two
    /// labels to two who ask at the same time.
    pub async fn claim_label(
        &self,
        customer: &CustomerId,
        order: &OrderId,
        parcel: u16,
        token: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let write = Write::Put {
            item: claim(&keys::label(customer, order, parcel), token, now.plus_seconds(LABEL_CLAIM_SECONDS)),
            condition: "attribute_not_exists(PK) OR claimed_until < :now OR claimed_by = :token",
            values: vec![(":now", number(now.millis())), (":token", text(token))],
        };
        Ok(matches!(self.write(vec![write]).await?, Outcome::Done))
    }

    /// Ends the claim of the holder of `token`, if it still has it.
    pub async fn release_label(
        &self,
        customer: &CustomerId,
        order: &OrderId,
        parcel: u16,
        token: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let write = Write::Put {
            item: claim(&keys::label(customer, order, parcel), token, now.plus_seconds(-1)),
            condition: "claimed_by = :token",
            values: vec![(":token", text(token))],
        };
        self.write(vec![write]).await.map(|_| ())
    }
}

fn claim(key: &Key, token: &str, until: Timestamp) -> Item {
    let mut item = key_item(key);
    item.insert("claimed_by".to_owned(), text(token));
    item.insert("claimed_until".to_owned(), number(until.millis()));
    item.insert("expires_at".to_owned(), number(until.seconds()));
    item
}
