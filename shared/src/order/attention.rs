//! What a person must look at: derived from the log and from the time, stored nowhere.
//!
//! What the log alone says changes only with the order, so the table can have an index entry for it that the same write
//! makes and takes away ([`is_open`]). What the passing of time makes of an order nothing writes down, so it is in the answers and
//! not in the index ([decision 0014](../../../docs/decisions/0014-list-of-all-orders.md)).

use super::payment::{PROVIDER_PATIENCE_SECONDS, State, has_waited_long_enough};
use super::refunds::{Refund, RefundState};
use super::returns::ReturnState;
use super::{EventKind, Order, Status};
use crate::time::Timestamp;

const DAY_SECONDS: i64 = 24 * 60 * 60;
/// How long goods may be on their way back before somebody asks after them: two weeks.
pub const RETURN_PATIENCE_SECONDS: i64 = 14 * DAY_SECONDS;

/// Something that a person must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attention {
    /// What.
    pub need: Need,
    /// Since when.
    pub since: Timestamp,
}

/// What a person must look at. A new kind is a variant here, its name below, and an arm in `of_log` if the log alone says
/// it, else in `of_time`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// The provider refused a refund that can still be paid. It is asked anew for a day; then nobody is left but staff.
    RefundFailed {
        /// Our id of the refund.
        refund: String,
    },
    /// A refund of money that the provider has no part in: staff pays it.
    RefundByHand {
        /// Our id of the refund.
        refund: String,
    },
    /// A customer had the bank take money back; somebody has to answer.
    Dispute {
        /// The provider's id of it.
        dispute: String,
    },
    /// A customer wants to send something back, and waits for an answer.
    ReturnRequested {
        /// Which return.
        id: u16,
    },
    /// A carrier refused the label of a parcel that has not left: somebody mends what was wrong and asks again, or arranges its
    /// transport by hand.
    LabelFailed {
        /// The parcel's number.
        parcel: u16,
    },
    /// The goods have left, and the money for them could not be taken.
    Unpaid,
    /// What a customer may send back has not come for [`RETURN_PATIENCE_SECONDS`].
    ReturnOverdue {
        /// Which return.
        id: u16,
    },
    /// The promised day is over, and the customer does not have it.
    DeliveryOverdue,
    /// Nobody paid in time, and its stock is held all the same: the worker did not give it up.
    StillHeld,
}

impl Need {
    /// Its name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RefundFailed { .. } => "refund_failed",
            Self::RefundByHand { .. } => "refund_by_hand",
            Self::Dispute { .. } => "dispute",
            Self::ReturnRequested { .. } => "return_requested",
            Self::LabelFailed { .. } => "label_failed",
            Self::Unpaid => "unpaid",
            Self::ReturnOverdue { .. } => "return_overdue",
            Self::DeliveryOverdue => "delivery_overdue",
            Self::StillHeld => "still_held",
        }
    }
}

/// What a person must look at, longest waiting first.
pub fn attention(order: &Order, now: Timestamp) -> Vec<Attention> {
    let mut found = of_log(order);
    found.extend(of_time(order, now));
    found.sort_by_key(|attention| attention.since);
    found
}

/// Whether the log alone says that a person must look at it, whatever the time.
pub fn is_open(order: &Order) -> bool {
    !of_log(order).is_empty()
}

/// What the log alone says.
fn of_log(order: &Order) -> Vec<Attention> {
    let asked = order.returns().into_iter().filter(|known| known.state == ReturnState::Requested);
    let asked =
        asked.map(|known| Attention { need: Need::ReturnRequested { id: known.id }, since: known.since });
    let unpaid = unpaid_since(order).map(|since| Attention { need: Need::Unpaid, since });
    let labels = labels(order);
    refunds(order).into_iter().chain(disputes(order)).chain(asked).chain(labels).chain(unpaid).collect()
}

/// What the passing of time makes of an order.
fn of_time(order: &Order, now: Timestamp) -> Vec<Attention> {
    let approved = order.returns().into_iter().filter(|known| known.state == ReturnState::Approved);
    let mut found: Vec<Attention> = approved
        .map(|known| Attention {
            need: Need::ReturnOverdue { id: known.id },
            since: known.since.plus_seconds(RETURN_PATIENCE_SECONDS),
        })
        .collect();
    match order.status {
        Status::Confirmed | Status::Preparing | Status::Packed | Status::Shipped => {
            let since = day_after(order.estimated_delivery);
            found.push(Attention { need: Need::DeliveryOverdue, since });
        }
        Status::Pending if has_waited_long_enough(order, now) => {
            let hold = order.hold_until.unwrap_or(order.placed_at);
            let since = hold.plus_seconds(PROVIDER_PATIENCE_SECONDS);
            found.push(Attention { need: Need::StillHeld, since });
        }
        Status::Pending | Status::Delivered | Status::Cancelled => {}
    }
    found.retain(|attention| attention.since <= now);
    found
}

/// Refunds that do not go on by themselves.
fn refunds(order: &Order) -> Vec<Attention> {
    let (by_hand, refundable) = (order.refunds_by_hand(), order.sums().refundable());
    let need = |refund: &Refund| match refund.state {
        // What its money has left by another way needs nobody any more.
        RefundState::Failed if refund.amount.minor() <= refundable.minor() => {
            Some(Need::RefundFailed { refund: refund.id.clone() })
        }
        RefundState::Requested if by_hand => Some(Need::RefundByHand { refund: refund.id.clone() }),
        RefundState::Requested | RefundState::Failed | RefundState::Done => None,
    };
    let refunds = order.refunds();
    refunds.iter().filter_map(|refund| Some(Attention { need: need(refund)?, since: refund.since })).collect()
}

/// Disputes that the bank has not decided.
fn disputes(order: &Order) -> Vec<Attention> {
    let mut open: Vec<(&str, Timestamp)> = Vec::new();
    for event in &order.log {
        match &event.kind {
            EventKind::Disputed { dispute, .. } => open.push((dispute, event.at)),
            EventKind::DisputeClosed { dispute, .. } => open.retain(|(known, _)| known != dispute),
            _ => {}
        }
    }
    let needed = |(dispute, since): (&str, Timestamp)| Attention {
        need: Need::Dispute { dispute: dispute.to_owned() },
        since,
    };
    open.into_iter().map(needed).collect()
}

/// Labels that nobody gets without somebody's doing.
fn labels(order: &Order) -> Vec<Attention> {
    let open = order.shipments().into_iter().filter(|shipment| !shipment.has_left());
    let needed = open.filter_map(|shipment| {
        let since = shipment.label.needs_somebody_since()?;
        Some(Attention { need: Need::LabelFailed { parcel: shipment.number() }, since })
    });
    needed.collect()
}

/// When the money for goods that have left could not be taken, if that is so and it is still owed.
fn unpaid_since(order: &Order) -> Option<Timestamp> {
    let left = matches!(order.status, Status::Shipped | Status::Delivered);
    let refused = matches!(order.payment.state, State::Failed { .. });
    if !left || !refused || order.sums().owed().is_zero() {
        return None;
    }
    let failed = order.log.iter().rev().find(|event| matches!(event.kind, EventKind::PaymentFailed { .. }));
    failed.map(|event| event.at)
}

/// When the day of this moment is over (UTC, as promises are).
fn day_after(moment: Timestamp) -> Timestamp {
    let days = moment.seconds().div_euclid(DAY_SECONDS);
    Timestamp::from_seconds((days + 1) * DAY_SECONDS)
}
