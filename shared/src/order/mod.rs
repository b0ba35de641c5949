//! An order: its head, its log, and the rules for both.
//!
//! The head is what changes; the frozen [`Document`](crate::placement::Document) beside it never does. Every command
//! goes the same way: [`decide`] says which events happen, [`apply`] folds them into the head and appends them to
//! the log, and one conditional write saves the head if its version is still the one that was decided upon.

mod apply;
pub mod attention;
mod audit;
mod bills;
mod command;
mod decide;
mod effects;
mod event;
#[cfg(test)]
pub(crate) mod fixtures;
mod labels;
mod ledger;
mod notes;
pub mod payment;
#[cfg(test)]
mod properties;
mod refunds;
mod rejection;
mod returns;
mod rules;
mod shipments;
#[cfg(test)]
mod tests;
mod units;

pub use apply::apply;
pub use audit::Audited;
pub use command::{Command, IntentReport, LabelReport, RefundReport, RefundWish};
pub use decide::decide;
pub use effects::{Effects, effects, held};
pub use event::{Actor, Event, EventKind, Request, Role};
pub use labels::{LabelState, LabelStep};
pub use ledger::{Entry, EntryKind, Sums};
pub use refunds::{Cause, Refund, RefundState};
pub use rejection::Rejection;
pub use returns::{Received, Return, ReturnState};
pub use rules::{Action, available_actions, permit};
pub use shipments::{Courier, Parcel, Shipment, ShipmentState};
pub use units::{Tallies, Tally, Units, lines, worth};

use serde::{Deserialize, Serialize};

use crate::ids::{CustomerId, OrderId, OrderNumber};
use crate::money::Money;
use crate::time::Timestamp;
use payment::Payment;

/// Where an order stands (C1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Placed, waiting for its payment.
    Pending,
    /// Paid, or to be paid on delivery.
    Confirmed,
    /// The warehouse has it.
    Preparing,
    /// Parcels are closed.
    Packed,
    /// A carrier has it.
    Shipped,
    /// The customer has it.
    Delivered,
    /// It is off, by whoever and for whatever reason.
    Cancelled,
}

impl Status {
    /// Every status, in the order of an order's life.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Confirmed,
        Self::Preparing,
        Self::Packed,
        Self::Shipped,
        Self::Delivered,
        Self::Cancelled,
    ];
    /// Statuses that nothing leads out of.
    pub const TERMINAL: [Self; 2] = [Self::Delivered, Self::Cancelled];

    /// Its name on the wire and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Preparing => "preparing",
            Self::Packed => "packed",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// How far the goods are, whatever the money does (C1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FulfillmentStatus {
    /// Nothing is packed or planned.
    Unfulfilled,
    /// Parcels are planned and being packed.
    InProgress,
    /// Some units have left, some have not.
    PartiallyFulfilled,
    /// Every unit has left.
    Fulfilled,
    /// There is nothing to send any more.
    Cancelled,
}

/// The changing part of an order: small, because every change writes it whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Whose it is.
    pub customer: CustomerId,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What the customer owes for it.
    pub total: Money,
    /// Units in it.
    pub item_count: u32,
    /// Where it stands.
    pub status: Status,
    /// The money side.
    pub payment: Payment,
    /// The goods side.
    pub fulfillment: FulfillmentStatus,
    /// Until when its stock is held unpaid; unset when nothing has to be paid first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_until: Option<Timestamp>,
    /// When it should arrive, as promised at placement.
    pub estimated_delivery: Timestamp,
    /// Everything that happened to it, oldest first. Timeline, audit trail and outbox in one.
    pub log: Vec<Event>,
}

impl Order {
    /// Counts the changes; the condition of the next one. It is the length of the log, so it cannot drift from it.
    pub fn version(&self) -> u64 {
        self.log.len() as u64
    }

    /// The number that people read out.
    pub fn number(&self) -> OrderNumber {
        OrderNumber::of(&self.id)
    }
}
