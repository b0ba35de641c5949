//! How many orders a customer has, by status: counted by the relay, so that no list has to be read to its end.

use shared::ids::CustomerId;
use shared::keys;
use shared::order::Status;

use super::{Outcome, Table, Write, number, text};
use crate::error::Error;

impl Table {
    /// Orders of a customer, of one status or of all. Counted after the fact.
    pub async fn count_orders(&self, customer: &CustomerId, status: Option<Status>) -> Result<u64, Error> {
        let item = self.get(&keys::counts(customer), false).await?.unwrap_or_default();
        let count = |status| {
            item.get(attribute(status)).and_then(|value| value.as_n().ok()?.parse().ok()).unwrap_or(0u64)
        };
        Ok(match status {
            Some(status) => count(status),
            None => Status::ALL.into_iter().map(count).sum(),
        })
    }

    /// Moves an order from one count to another, once: changes of a partition come in the order of their sequence
    /// numbers (padded to 40 digits, the most that DynamoDB Streams gives), and the last one that was counted is remembered.
    pub async fn count_order(
        &self,
        customer: &CustomerId,
        from: Option<Status>,
        to: Status,
        sequence: &str,
    ) -> Result<(), Error> {
        let change = match from {
            Some(from) if from == to => return Ok(()),
            Some(from) => format!("ADD {} :less, {} :one SET seen = :seen", attribute(from), attribute(to)),
            None => format!("ADD {} :one SET seen = :seen", attribute(to)),
        };
        let mut values = vec![(":one", number(1)), (":seen", text(&format!("{sequence:0>40}")))];
        if from.is_some() {
            values.push((":less", number(-1)));
        }
        let write = Write::Update {
            key: keys::counts(customer),
            change: change.into(),
            condition: "attribute_not_exists(seen) OR seen < :seen".into(),
            names: vec![],
            values,
        };
        match self.write(vec![write]).await? {
            // Refused: it was counted before.
            Outcome::Done | Outcome::Refused(_) => Ok(()),
        }
    }
}

fn attribute(status: Status) -> &'static str {
    match status {
        Status::Pending => "n_pending",
        Status::Confirmed => "n_confirmed",
        Status::Preparing => "n_preparing",
        Status::Packed => "n_packed",
        Status::Shipped => "n_shipped",
        Status::Delivered => "n_delivered",
        Status::Cancelled => "n_cancelled",
    }
}
