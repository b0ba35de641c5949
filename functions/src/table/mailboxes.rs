//! Which mail addresses take mail: one item per address that SES had something to tell about, and one per report.

use serde::Deserialize;
use shared::ids::CustomerId;
use shared::keys;
use shared::mail::feedback::{MailboxStatus, Report, Verdict};
use shared::time::Timestamp;

use super::{Item, Outcome, Table, Write, from_item, key_item, number, text};
use crate::error::Error;

/// How long it is known that a report was booked, in days; queues keep messages for at most 14 (AWS SQS).
const KEEP_DAYS: i64 = 60;
/// Mails not taken that are counted: more of them say nothing more.
const COUNTED: u32 = 1_000;

#[derive(Default, Deserialize)]
struct Row {
    #[serde(default)]
    blocked: MailboxStatus,
}

impl Table {
    /// Whether an address takes mail. Read cheaply: a mail too many to an address that was reported this very second is
    /// reported again.
    pub async fn mailbox(&self, address: &str) -> Result<MailboxStatus, Error> {
        let row = self.get(&keys::mailbox(address), false).await?.map(from_item::<Row>).transpose()?;
        Ok(row.unwrap_or_default().blocked)
    }

    /// Books a report about an address, once. Who complained stays somebody who complained.
    pub async fn book_report(&self, address: &str, report: &Report, now: Timestamp) -> Result<(), Error> {
        let mut known: Item = key_item(&keys::report(address, &report.id));
        known.insert("expires_at".to_owned(), number(now.plus_seconds(KEEP_DAYS * 86_400).seconds()));
        let first = Write::Put { item: known, condition: "attribute_not_exists(PK)", values: vec![] };
        let (change, condition, values) = match report.verdict {
            Verdict::Block(status) => (
                "SET blocked = :status, blocked_at = :now",
                "attribute_not_exists(blocked) OR blocked <> :complained",
                vec![
                    (":status", text(status.as_str())),
                    (":complained", text(MailboxStatus::Complained.as_str())),
                    (":now", number(now.millis())),
                ],
            ),
            Verdict::Count => (
                "SET not_taken = if_not_exists(not_taken, :none) + :one",
                "attribute_not_exists(not_taken) OR not_taken < :most",
                vec![(":none", number(0)), (":one", number(1)), (":most", number(COUNTED))],
            ),
        };
        let mark = Write::Update {
            key: keys::mailbox(address),
            change: change.into(),
            condition: condition.into(),
            names: vec![],
            values,
        };
        // Refused: it was booked before, or there is nothing that it would change.
        self.write(vec![first, mark]).await.map(drop)
    }

    /// Lets mail be sent to an address again. False: nothing was against it.
    pub async fn unblock(&self, address: &str, by: &CustomerId, now: Timestamp) -> Result<bool, Error> {
        let (by, at) = (text(by.as_str()), number(now.millis()));
        let write = Write::Update {
            key: keys::mailbox(address),
            change: "SET cleared_by = :by, cleared_at = :now REMOVE blocked, blocked_at".into(),
            condition: "attribute_exists(blocked)".into(),
            names: vec![],
            values: vec![(":by", by.clone()), (":now", at.clone())],
        };
        match self.write(vec![write]).await? {
            Outcome::Done => Ok(true),
            // An attempt whose answer was lost had done it.
            Outcome::Refused(refused) => Ok(refused
                .into_iter()
                .filter_map(|(_, item)| item)
                .any(|item| item.get("cleared_by") == Some(&by) && item.get("cleared_at") == Some(&at))),
        }
    }
}
