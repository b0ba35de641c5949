//! Which mails were sent: one item per event, claimed before sending and marked after.

use shared::ids::{CustomerId, OrderId};
use shared::keys;
use shared::time::Timestamp;

use super::{Item, Outcome, Table, Write, key_item, number, text};
use crate::error::Error;

/// How long a claim is good, in seconds. Longer than the worker may run (30 s), so no two workers
/// send one mail at once.
const CLAIM_SECONDS: i64 = 60;
/// How long the record is kept, in days; queues keep messages for at most 14 (AWS SQS).
const KEEP_DAYS: i64 = 60;

/// Whether a mail is ours to send.
#[derive(Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is.
    Ours,
    /// It was sent, or refused for good.
    Settled,
    /// Another worker is at it right now.
    Busy,
}

impl Table {
    /// Claims the mail about one event of an order for the holder of `token`.
    pub async fn claim_mail(
        &self,
        customer: &CustomerId,
        order: &OrderId,
        sequence: u64,
        token: &str,
        now: Timestamp,
    ) -> Result<Claim, Error> {
        let mut item: Item = key_item(&keys::mail(customer, order, sequence));
        item.insert("claimed_by".to_owned(), text(token));
        item.insert("claimed_until".to_owned(), number(now.plus_seconds(CLAIM_SECONDS).millis()));
        item.insert("expires_at".to_owned(), number(now.plus_seconds(KEEP_DAYS * 86_400).seconds()));
        let write = Write::Put {
            item,
            condition: "attribute_not_exists(PK) OR claimed_until < :now",
            values: vec![(":now", number(now.millis()))],
        };
        match self.write(vec![write]).await? {
            Outcome::Done => Ok(Claim::Ours),
            Outcome::Refused(refused) => {
                let claimed = |item: &Item| item.contains_key("claimed_until");
                let open = refused.iter().filter_map(|(_, item)| item.as_ref()).any(claimed);
                Ok(if open { Claim::Busy } else { Claim::Settled })
            }
        }
    }

    /// Marks a claimed mail as settled: `sent`, or `refused`.
    pub async fn settle_mail(
        &self,
        customer: &CustomerId,
        order: &OrderId,
        sequence: u64,
        token: &str,
        outcome: &str,
    ) -> Result<(), Error> {
        let write = Write::Update {
            key: keys::mail(customer, order, sequence),
            change: "SET outcome = :outcome REMOVE claimed_until".into(),
            condition: "claimed_by = :token".into(),
            names: vec![],
            values: vec![(":outcome", text(outcome)), (":token", text(token))],
        };
        // Refused: the claim ran out and another worker took it; it marks the mail itself.
        self.write(vec![write]).await.map(drop)
    }
}
