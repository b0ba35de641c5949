//! The log as an auditor reads it (C11): each entry with the command that caused it and what it did to the books.

use super::event::{Event, EventKind, Role};
use super::ledger::Entry;
use super::refunds::Cause;
use super::rules::Action;
use super::{Order, payment};

/// The command that no [`Action`] is for: before it, there is no order.
const PLACE: &str = "place";

/// One entry of the log, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited<'a> {
    /// What happened.
    pub event: &'a Event,
    /// What was asked for: `place`, or the name of an [`Action`].
    pub command: &'static str,
    /// Its movements of money.
    pub entries: Vec<Entry<'a>>,
}

impl Order {
    /// The whole log, oldest first.
    pub fn audit(&self) -> Vec<Audited<'_>> {
        let mut audited: Vec<Audited<'_>> = Vec::with_capacity(self.log.len());
        for (at, event) in self.log.iter().enumerate() {
            let command = command_of(event, audited.last(), self.log.get(at + 1));
            audited.push(Audited { event, command, entries: vec![] });
        }
        for entry in self.ledger() {
            let found = audited.iter_mut().find(|audited| audited.event.sequence == entry.event.sequence);
            found.into_iter().for_each(|audited| audited.entries.push(entry.clone()));
        }
        audited
    }
}

/// What was asked for when this happened. The log does not say so, because its events do: each follows from one command, or
/// the event beside it tells which of two it was. A test holds this against every command of random lives.
fn command_of(event: &Event, before: Option<&Audited<'_>>, after: Option<&Event>) -> &'static str {
    let follows = |of: fn(&EventKind) -> bool| before.filter(|before| of(&before.event.kind));
    let action =
        match &event.kind {
            EventKind::Placed { .. } => return PLACE,
            EventKind::Confirmed => match before.map(|before| &before.event.kind) {
                Some(EventKind::Placed { .. }) => return PLACE,
                Some(EventKind::PaymentChosen { .. }) => Action::Pay,
                Some(EventKind::Paid { .. } | EventKind::PaymentAuthorized { .. }) => Action::RecordPayment,
                _ => Action::Accept,
            },
            EventKind::PaymentChosen { .. } => Action::Pay,
            EventKind::PaymentReplaced
            | EventKind::CheckoutOpened { .. }
            | EventKind::PaymentStarted { .. }
            | EventKind::PaymentPending
            | EventKind::PaymentAuthorized { .. }
            | EventKind::Paid { .. }
            | EventKind::PaymentFailed { .. }
            | EventKind::PaymentVoided => Action::RecordPayment,
            // Parcels are planned around units that leave in the same write.
            EventKind::Prepared { .. } => match after {
                Some(Event {
                    kind: EventKind::ParcelShipped { request: Some(_), .. }, at, actor, ..
                }) if *at == event.at && *actor == event.actor => Action::Fulfill,
                _ => Action::Prepare,
            },
            EventKind::ParcelPacked { .. } => Action::Pack,
            EventKind::ParcelShipped { request: Some(_), .. } => Action::Fulfill,
            EventKind::ParcelShipped { request: None, .. } => Action::Ship,
            EventKind::ParcelDelivered { .. } => Action::Deliver,
            // The order follows its parcels.
            EventKind::Packed | EventKind::Shipped | EventKind::Delivered | EventKind::Collected { .. } => {
                return before.map_or(Action::Ship.name(), |before| before.command);
            }
            EventKind::CourierNamed { .. } => Action::NameCourier,
            EventKind::LabelWanted { .. } => Action::WantLabel,
            EventKind::LabelRequested { .. } => Action::BuyLabel,
            EventKind::LabelBought { .. }
            | EventKind::LabelFailed { .. }
            | EventKind::LabelVoidRequested { .. }
            | EventKind::LabelVoided { .. } => Action::RecordLabel,
            EventKind::LinesCancelled { .. } => Action::CancelLines,
            EventKind::Cancelled { reason, .. } => {
                // The last units were called off, and the order with them: that is one write.
                let with = follows(|kind| matches!(kind, EventKind::LinesCancelled { .. }));
                let with = with.is_some_and(|it| it.event.at == event.at && it.event.actor == event.actor);
                match event.actor.role() {
                    _ if with => Action::CancelLines,
                    Role::System if reason == payment::AUTHORIZATION_EXPIRED => Action::RecordPayment,
                    Role::System => Action::Expire,
                    Role::Customer | Role::Staff => Action::Cancel,
                }
            }
            EventKind::RefundRequested { cause, .. } => match cause {
                Cause::Cancelled => return before.map_or(Action::Cancel.name(), |before| before.command),
                // Money that a bank had is there again; else a payment brought too much. Both are told just before.
                Cause::Overpaid => match before.map(|before| &before.event.kind) {
                    Some(EventKind::DisputeClosed { .. }) => Action::RecordDispute,
                    _ => Action::RecordPayment,
                },
                Cause::Return(_) => Action::ReceiveReturn,
                Cause::Full | Cause::Lines | Cause::Amount | Cause::Goodwill => Action::Refund,
            },
            EventKind::Refunded { .. }
            | EventKind::RefundFailed { .. }
            | EventKind::RefundedOutside { .. } => Action::RecordRefund,
            EventKind::RefundRetried { .. } => Action::RetryRefund,
            EventKind::RefundSettled { .. } => Action::SettleRefund,
            EventKind::Disputed { .. } | EventKind::DisputeClosed { .. } => Action::RecordDispute,
            EventKind::ReturnRequested { .. } => Action::RequestReturn,
            EventKind::ReturnApproved { .. } => Action::ApproveReturn,
            EventKind::ReturnRejected { .. } => Action::RejectReturn,
            EventKind::ReturnReceived { .. } => Action::ReceiveReturn,
            EventKind::BillIssued { .. } => Action::NoteBill,
            EventKind::NotesChanged { .. } => Action::ChangeNotes,
        };
    action.name()
}
