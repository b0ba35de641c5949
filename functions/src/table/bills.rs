//! The records of bills, and the counters of their series.

use shared::ids::{CustomerId, OrderId};
use shared::invoice::{Issue, Series};
use shared::keys;

use super::{Outcome, Table, Write, from_item, number, text, to_item, unavailable};
use crate::error::Error;

/// How often a number is tried to be taken while others are at the same counter. Then it is better read again: by now it most
/// likely has another value, and no waiting makes that fit.
const ISSUE_ATTEMPTS: u32 = 4;

/// What became of a bill that was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issued {
    /// It has its number.
    Done,
    /// The number is another bill's by now, or somebody else has written this bill. Read and decide again.
    Raced,
}

impl Table {
    /// The records of an order's bills: its invoice, then its credit notes by what they are about. A fresh read sees every
    /// answered write; the other kind costs half. One answer has them all: it holds a megabyte, and a record has some 200 bytes.
    pub async fn bills(
        &self,
        customer: &CustomerId,
        order: &OrderId,
        fresh: bool,
    ) -> Result<Vec<Issue>, Error> {
        let query = self.client.query().table_name(&self.name).consistent_read(fresh);
        let query = query.key_condition_expression("PK = :customer AND begins_with(SK, :bills)");
        let query = query.expression_attribute_values(":customer", text(&keys::customer(customer)));
        let query = query.expression_attribute_values(":bills", text(&keys::bills(order)));
        let answer = query.send().await.map_err(unavailable)?;
        answer.items.unwrap_or_default().into_iter().map(from_item).collect()
    }

    /// The record of one bill, by its place among those of its order.
    pub async fn bill(
        &self,
        customer: &CustomerId,
        order: &OrderId,
        place: u64,
    ) -> Result<Option<Issue>, Error> {
        self.get(&keys::bill_at(customer, order, place), false).await?.map(from_item).transpose()
    }

    /// The last number that a series has given out; 0 before its first one.
    pub async fn last_number(&self, series: &Series) -> Result<u64, Error> {
        let Some(item) = self.get(&keys::series(series), true).await? else {
            return Ok(0);
        };
        let last = item.get("n").and_then(|value| value.as_n().ok()?.parse().ok());
        last.ok_or_else(|| Error::broken("a series has no last number", series.to_string()))
    }

    /// Writes a bill that has the number after `last`, if that is still the last one, and there is no bill in its place: both or
    /// nothing, so that no number is lost or given twice.
    pub async fn issue(
        &self,
        customer: &CustomerId,
        order: &OrderId,
        issue: &Issue,
        last: u64,
    ) -> Result<Issued, Error> {
        let (condition, read) = match last {
            0 => ("attribute_not_exists(PK)", vec![]),
            _ => ("n = :last", vec![(":last", number(last))]),
        };
        let writes = [
            Write::Update {
                key: keys::series(issue.number.series()),
                change: "SET n = :next".into(),
                condition: condition.into(),
                names: vec![],
                values: [vec![(":next", number(issue.number.number()))], read].concat(),
            },
            Write::Put {
                item: to_item(&keys::bill(customer, order, &issue.subject), issue)?,
                condition: "attribute_not_exists(PK)",
                values: vec![],
            },
        ];
        Ok(match self.try_write(&writes, ISSUE_ATTEMPTS).await? {
            Some(Outcome::Done) => Issued::Done,
            Some(Outcome::Refused(_)) | None => Issued::Raced,
        })
    }
}
