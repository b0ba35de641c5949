//! The state machine: what may be asked of an order, by whom, and why not. One table; the decisions, the answers of the API
//! and `available_actions` all come from it. `docs/state-machine.md` shows it, written by a test.

use super::event::{EventKind, Role};
use super::payment::{State, Step, has_waited_long_enough, next_step};
use super::refunds::RefundState;
use super::rejection::Rejection;
use super::returns::ReturnState;
use super::shipments::{Shipment, ShipmentState};
use super::{Order, Status};
use crate::limits;
use crate::placement::Document;
use crate::time::Timestamp;

/// What can be asked of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Choose how it is paid.
    Pay,
    /// Call all of it off.
    Cancel,
    /// Call a part of it off.
    CancelLines,
    /// Plan its parcels.
    Prepare,
    /// Close its parcels.
    Pack,
    /// Hand it to a carrier.
    Ship,
    /// Hand a part of it to a carrier.
    Fulfill,
    /// Hand it to the customer.
    Deliver,
    /// Say who carries a parcel.
    NameCourier,
    /// Have a label bought for a parcel, whatever was tried before.
    WantLabel,
    /// Buy a label for a parcel.
    BuyLabel,
    /// Give money back.
    Refund,
    /// Ask the provider for a failed refund again.
    RetryRefund,
    /// Note that a refund was paid in another way.
    SettleRefund,
    /// Ask to send something back.
    RequestReturn,
    /// Let the customer send it.
    ApproveReturn,
    /// Do not let the customer send it.
    RejectReturn,
    /// Take it in.
    ReceiveReturn,
    /// Write down what only staff sees.
    ChangeNotes,
    /// Take the order as one that is paid on delivery.
    Accept,
    /// Give it up unpaid.
    Expire,
    /// Note that a bill was issued.
    NoteBill,
    /// Take in news of a label.
    RecordLabel,
    /// Take in news of its payment.
    RecordPayment,
    /// Take in news of a refund.
    RecordRefund,
    /// Take in news of a dispute.
    RecordDispute,
}

use Action::{
    Accept, ApproveReturn, BuyLabel, Cancel, CancelLines, ChangeNotes, Deliver, Expire, Fulfill, NameCourier,
    NoteBill, Pack, Pay, Prepare, ReceiveReturn, RecordDispute, RecordLabel, RecordPayment, RecordRefund,
    Refund, RejectReturn, RequestReturn, RetryRefund, SettleRefund, Ship, WantLabel,
};
use Role::{Customer, Staff, System};
use Status::{Confirmed, Delivered, Packed, Pending, Preparing, Shipped};

const NO_LABEL_WANTED: &str = "no shipment waits for a label";

/// Who may do what, and where the order must stand for it. What else must hold, [`permit`] says.
const TABLE: [(Action, &[Role], &[Status]); 26] = [
    (Pay, &[Customer, Staff], &[Pending]),
    (Cancel, &[Customer, Staff], &[Pending, Confirmed, Preparing, Packed]),
    (CancelLines, &[Customer, Staff], &[Pending, Confirmed, Preparing, Packed]),
    (Prepare, &[Staff, System], &[Confirmed]),
    (Pack, &[Staff, System], &[Preparing]),
    (Ship, &[Staff, System], &[Preparing, Packed]),
    (Fulfill, &[Staff], &[Confirmed, Preparing, Packed]),
    (Deliver, &[Staff, System], &[Confirmed, Preparing, Packed, Shipped]),
    (NameCourier, &[Staff, System], &[Confirmed, Preparing, Packed, Shipped]),
    (WantLabel, &[Staff], &[Preparing, Packed]),
    (BuyLabel, &[System], &[Preparing, Packed]),
    (Refund, &[Staff], &Status::ALL),
    (RetryRefund, &[Staff, System], &Status::ALL),
    (SettleRefund, &[Staff], &Status::ALL),
    (RequestReturn, &[Customer, Staff], &[Delivered]),
    (ApproveReturn, &[Staff], &[Delivered]),
    (RejectReturn, &[Staff], &[Delivered]),
    (ReceiveReturn, &[Staff], &[Delivered]),
    (ChangeNotes, &[Staff], &Status::ALL),
    (Accept, &[Staff, System], &[Pending]),
    (Expire, &[System], &[Pending]),
    (NoteBill, &[System], &Status::ALL),
    (RecordLabel, &[System], &Status::ALL),
    (RecordPayment, &[System], &Status::ALL),
    (RecordRefund, &[System], &Status::ALL),
    (RecordDispute, &[System], &Status::ALL),
];

impl Action {
    /// Every action.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(action, ..)| *action)
    }

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Pay => "pay",
            Cancel => "cancel",
            CancelLines => "cancel_lines",
            Prepare => "prepare",
            Pack => "pack",
            Ship => "ship",
            Fulfill => "fulfill",
            Deliver => "deliver",
            NameCourier => "name_courier",
            WantLabel => "want_label",
            BuyLabel => "buy_label",
            Refund => "refund",
            RetryRefund => "retry_refund",
            SettleRefund => "settle_refund",
            RequestReturn => "request_return",
            ApproveReturn => "approve_return",
            RejectReturn => "reject_return",
            ReceiveReturn => "receive_return",
            ChangeNotes => "change_notes",
            Accept => "confirm",
            Expire => "expire",
            NoteBill => "note_bill",
            RecordLabel => "record_label",
            RecordPayment => "record_payment",
            RecordRefund => "record_refund",
            RecordDispute => "record_dispute",
        }
    }

    fn row(self) -> (&'static [Role], &'static [Status]) {
        let row = TABLE.iter().find(|(action, ..)| *action == self);
        row.map_or((&[], &[]), |(_, roles, statuses)| (*roles, *statuses))
    }
}

/// Whether a role may do something to this order now, and why not.
pub fn permit(
    order: &Order,
    document: &Document,
    action: Action,
    role: Role,
    now: Timestamp,
) -> Result<(), Rejection> {
    let (roles, statuses) = action.row();
    if !roles.contains(&role) {
        return Err(Rejection::NotForRole { action });
    }
    if !statuses.contains(&order.status) {
        return Err(Rejection::WrongStatus { action, status: order.status });
    }
    match action {
        Pay => may_pay(order, now),
        Cancel if order.has_left() => Err(Rejection::PartlyShipped),
        Cancel | CancelLines => may_cancel(order, document, action, role),
        // What was given back unit by unit is not sent for nothing. A gift is.
        Ship | Fulfill if order.is_paid_back(document) => Err(Rejection::NotPaid),
        Ship | Fulfill => match order.payment.state {
            State::Captured | State::Authorized | State::OnDelivery => Ok(()),
            _ => Err(Rejection::NotPaid),
        },
        Deliver if !has_shipment(order, |shipment| shipment.state == ShipmentState::Shipped) => {
            Err(Rejection::WrongStatus { action, status: order.status })
        }
        NameCourier if !has_shipment(order, |_| true) => {
            Err(Rejection::WrongStatus { action, status: order.status })
        }
        NameCourier if couriers_named(order) >= limits::COURIERS => {
            Err(Rejection::TooMany { what: "couriers" })
        }
        WantLabel if !has_shipment(order, |shipment| shipment.why_no_label().is_none()) => {
            Err(Rejection::NoLabelWanted { why: NO_LABEL_WANTED })
        }
        WantLabel if order.labels_wanted() >= limits::LABELS_WANTED => {
            Err(Rejection::TooMany { what: "labels that staff asked for" })
        }
        BuyLabel if !has_shipment(order, Shipment::wants_label) => {
            Err(Rejection::NoLabelWanted { why: NO_LABEL_WANTED })
        }
        Accept if order.payment.state == State::OnDelivery && order.payment.replaced.is_none() => Ok(()),
        Accept => Err(Rejection::NotPaid),
        Expire if next_step(order, now) != Step::Expire && !has_waited_long_enough(order, now) => {
            Err(Rejection::NotExpired)
        }
        Refund if order.sums().refundable().is_zero() => Err(Rejection::NothingToRefund),
        Refund if asked_by_staff(order) >= limits::REFUNDS => Err(Rejection::TooMany { what: "refunds" }),
        RetryRefund if order.refunds_by_hand() => Err(Rejection::NoRefundOfThatState),
        RetryRefund => may_pay_failed(order, limits::REFUND_ATTEMPTS),
        SettleRefund if order.refunds_by_hand() && has_refund(order, RefundState::Requested) => Ok(()),
        SettleRefund => may_pay_failed(order, u32::MAX),
        RequestReturn => may_return(order, document, role, now),
        ApproveReturn if !has_return(order, &[ReturnState::Requested]) => Err(Rejection::NoReturnOfThatState),
        RejectReturn if !has_return(order, &[ReturnState::Requested, ReturnState::Approved]) => {
            Err(Rejection::NoReturnOfThatState)
        }
        ReceiveReturn if !has_return(order, &[ReturnState::Approved]) => Err(Rejection::NoReturnOfThatState),
        ChangeNotes if order.notes_changes() >= limits::NOTES_CHANGES => {
            Err(Rejection::TooMany { what: "changes of its notes" })
        }
        _ => Ok(()),
    }
}

/// Names of what a role can do with this order now.
pub fn available_actions(
    order: &Order,
    document: &Document,
    role: Role,
    now: Timestamp,
) -> Vec<&'static str> {
    let may = |action: &Action| permit(order, document, *action, role, now).is_ok();
    Action::all().filter(may).map(Action::name).collect()
}

/// While the provider creates or confirms a payment, nobody knows yet what would have to be called off.
fn may_pay(order: &Order, now: Timestamp) -> Result<(), Rejection> {
    let payment = &order.payment;
    let not_payable = Rejection::WrongStatus { action: Pay, status: order.status };
    match &payment.state {
        _ if payment.replaced.is_some() => Err(Rejection::PaymentInProgress),
        // The log is part of the head, and nobody needs that many cards but thieves who try them.
        _ if payment.attempt >= limits::PAYMENT_ATTEMPTS => Err(not_payable),
        _ if order.hold_until.is_some_and(|until| now >= until) => Err(not_payable),
        State::Unchosen | State::Open | State::Failed { .. } => Ok(()),
        State::Requested | State::Created | State::OnDelivery => Err(Rejection::PaymentInProgress),
        State::Authorized | State::Captured | State::Voiding | State::Voided => Err(not_payable),
    }
}

/// The store's policy of the day of placement binds customers. Staff may go beyond it, with a reason ([`needs_override`]).
fn may_cancel(order: &Order, document: &Document, action: Action, role: Role) -> Result<(), Rejection> {
    let before = order.log.iter().filter(|event| matches!(event.kind, EventKind::LinesCancelled { .. }));
    if action == CancelLines && before.count() >= limits::CANCELLATIONS {
        return Err(Rejection::TooMany { what: "cancellations" });
    }
    if role == Customer && !within_policy(order, document, role) {
        return Err(Rejection::AgainstPolicy { status: order.status });
    }
    Ok(())
}

/// Whether staff has to give a reason for calling the order off in spite of the policy.
pub(super) fn needs_override(order: &Order, document: &Document, role: Role) -> bool {
    role == Staff && !within_policy(order, document, role)
}

fn within_policy(order: &Order, document: &Document, role: Role) -> bool {
    let policy = &document.policies.cancel;
    let cutoffs = if role == Customer { &policy.customer } else { &policy.staff };
    cutoffs.of(&order.payment.method).allows(order.status)
}

fn may_return(order: &Order, document: &Document, role: Role, now: Timestamp) -> Result<(), Rejection> {
    if order.returns().len() >= limits::RETURNS {
        return Err(Rejection::TooMany { what: "returns" });
    }
    if !order.tallies(document).all().iter().any(|tally| tally.returnable() > 0) {
        return Err(Rejection::NothingToReturn);
    }
    // Staff may book what comes late.
    match order.return_until(document) {
        Some(until) if now > until && role == Customer => {
            Err(Rejection::ReturnWindowClosed { until: Some(until) })
        }
        None if role == Customer => Err(Rejection::ReturnWindowClosed { until: None }),
        _ => Ok(()),
    }
}

/// Refunds that staff decided upon; others follow from what customers do, and must not use up staff's.
fn asked_by_staff(order: &Order) -> usize {
    order.refunds().iter().filter(|refund| refund.cause.credits()).count()
}

fn couriers_named(order: &Order) -> usize {
    order.log.iter().filter(|event| matches!(event.kind, EventKind::CourierNamed { .. })).count()
}

fn has_shipment(order: &Order, that: impl Fn(&Shipment) -> bool) -> bool {
    order.shipments().iter().any(that)
}

fn has_refund(order: &Order, state: RefundState) -> bool {
    order.refunds().iter().any(|refund| refund.state == state)
}

/// A refund that failed is not promised any more, so its money may have gone elsewhere since.
fn may_pay_failed(order: &Order, attempts: u32) -> Result<(), Rejection> {
    let refunds = order.refunds();
    let failed: Vec<_> = refunds.iter().filter(|refund| refund.state == RefundState::Failed).collect();
    let open = failed.iter().filter(|refund| refund.attempt < attempts);
    let refundable = order.sums().refundable();
    match open.map(|refund| refund.amount.minor()).min() {
        None if failed.is_empty() => Err(Rejection::NoRefundOfThatState),
        None => Err(Rejection::TooMany { what: "attempts at this refund" }),
        Some(least) if least > refundable.minor() => Err(Rejection::RefundExceedsCaptured { refundable }),
        Some(_) => Ok(()),
    }
}

fn has_return(order: &Order, states: &[ReturnState]) -> bool {
    order.returns().iter().any(|known| states.contains(&known.state))
}
