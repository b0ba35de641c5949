//! The refunds of an order, as its log tells them.

use serde::{Deserialize, Serialize};

use super::units::Units;
use super::{EventKind, Order, Request};
use crate::money::Money;
use crate::time::Timestamp;

/// What money goes back for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The order, or a part of it, was called off.
    Cancelled,
    /// The store has more than is owed: units were called off or sent back while the payment was under way, or a bank had the money.
    Overpaid,
    /// Staff gives back all that is left.
    Full,
    /// Staff gives the price of units back, or of the delivery.
    Lines,
    /// Staff gives an amount back.
    Amount,
    /// Staff is sorry.
    Goodwill,
    /// Goods came back.
    Return(u16),
}

impl Cause {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Overpaid => "overpaid",
            Self::Full => "full",
            Self::Lines => "lines",
            Self::Amount => "amount",
            Self::Goodwill => "goodwill",
            Self::Return(_) => "return",
        }
    }

    /// Whether the refund itself says that less is owed; otherwise the event before it did.
    pub fn credits(self) -> bool {
        matches!(self, Self::Full | Self::Lines | Self::Amount | Self::Goodwill)
    }
}

/// Money that goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Our id, which is the provider's idempotency key.
    pub id: String,
    /// How much.
    pub amount: Money,
    /// What for.
    pub cause: Cause,
    /// The units that it pays back.
    pub lines: Vec<Units>,
    /// Why, in staff's words.
    pub reason: Option<String>,
    /// How far.
    pub state: RefundState,
    /// When it came so far.
    pub since: Timestamp,
    /// Counts how often the provider was asked anew after it had refused; part of its idempotency key.
    pub attempt: u32,
    /// Why the provider refused it last.
    pub failure_code: Option<String>,
    /// The provider's id of it, or the reference of the payment that stands for it.
    pub reference: Option<String>,
}

/// How far a refund is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// The provider is to be asked, or, where it has no part in the payment, staff has to pay it.
    Requested,
    /// The provider took it, or staff paid it.
    Done,
    /// The provider refused it.
    Failed,
}

impl Order {
    /// Its refunds, oldest first. Those that somebody made at the provider are in the ledger alone.
    pub fn refunds(&self) -> Vec<Refund> {
        let mut refunds: Vec<Refund> = Vec::new();
        for event in &self.log {
            let (id, state) = match &event.kind {
                EventKind::RefundRequested { refund, amount, cause, lines, reason, .. } => {
                    refunds.push(Refund {
                        id: refund.clone(),
                        amount: *amount,
                        cause: *cause,
                        lines: lines.clone(),
                        reason: reason.clone(),
                        state: RefundState::Requested,
                        since: event.at,
                        attempt: 0,
                        failure_code: None,
                        reference: None,
                    });
                    continue;
                }
                EventKind::Refunded { refund, .. } | EventKind::RefundSettled { refund, .. } => {
                    (refund, RefundState::Done)
                }
                EventKind::RefundFailed { refund, .. } => (refund, RefundState::Failed),
                EventKind::RefundRetried { refund } => (refund, RefundState::Requested),
                _ => continue,
            };
            let Some(refund) = refunds.iter_mut().find(|refund| refund.id == *id) else { continue };
            refund.state = state;
            refund.since = event.at;
            match &event.kind {
                EventKind::Refunded { provider: reference, .. }
                | EventKind::RefundSettled { reference, .. } => refund.reference = Some(reference.clone()),
                EventKind::RefundFailed { code, .. } => refund.failure_code = Some(code.clone()),
                _ => refund.attempt += 1,
            }
        }
        refunds
    }

    /// The refund of that id.
    pub fn refund(&self, id: &str) -> Option<Refund> {
        self.refunds().into_iter().find(|refund| refund.id == id)
    }

    /// The refund that a request led to.
    pub fn refund_of(&self, request: &Request) -> Option<Refund> {
        let id = self.log.iter().find_map(|event| match &event.kind {
            EventKind::RefundRequested { refund, request: Some(known), .. } if known.key == request.key => {
                Some(refund)
            }
            _ => None,
        })?;
        self.refund(id)
    }

    /// What can be given back and is not owed by a refund that failed. That one is asked for again, or settled; what follows by
    /// itself from a cancellation or a return must not take its money.
    pub fn unpromised(&self) -> Money {
        let failed = self.refunds().into_iter().filter(|refund| refund.state == RefundState::Failed);
        failed.fold(self.sums().refundable(), |left, refund| left.minus(refund.amount).unwrap_or(left))
    }

    /// Whether refunds are for staff to pay, because the provider has no part in what was taken.
    pub fn refunds_by_hand(&self) -> bool {
        self.payment.intent.is_none()
    }
}
