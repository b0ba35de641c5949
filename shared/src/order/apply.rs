//! What an event does to an order's head. Only facts: the rules were asked before.

use super::event::{Actor, Event, EventKind};
use super::payment::{Method, Payment, State};
use super::{FulfillmentStatus, Order, Status};
use crate::time::Timestamp;

/// The order after `events`, all caused by `actor` at `now`. `None` stands for no order yet, which only
/// [`EventKind::Placed`] changes.
pub fn apply(order: Option<Order>, events: &[EventKind], actor: &Actor, now: Timestamp) -> Option<Order> {
    events.iter().fold(order, |order, kind| {
        let mut order = match (order, kind) {
            (Some(order), _) => order,
            (
                None,
                EventKind::Placed { id, customer, total, items, method, hold_until, delivery, capture },
            ) => Order {
                id: *id,
                customer: customer.clone(),
                placed_at: now,
                updated_at: now,
                total: *total,
                item_count: *items,
                status: Status::Pending,
                payment: Payment {
                    method: method.clone(),
                    state: if total.is_zero() { State::Captured } else { method.begins() },
                    intent: None,
                    session: None,
                    replaced: None,
                    attempt: 0,
                    amount: *total,
                    capture: *capture,
                },
                fulfillment: FulfillmentStatus::Unfulfilled,
                hold_until: *hold_until,
                estimated_delivery: *delivery,
                log: vec![],
            },
            (None, _) => return None,
        };
        fold(&mut order, kind);
        order.updated_at = now;
        order.log.push(Event {
            sequence: order.version() + 1,
            at: now,
            actor: actor.clone(),
            kind: kind.clone(),
        });
        Some(order)
    })
}

fn fold(order: &mut Order, kind: &EventKind) {
    let payment = &mut order.payment;
    match kind {
        EventKind::Confirmed => order.status = Status::Confirmed,
        EventKind::PaymentChosen { method, .. } => {
            let owed = order.sums().owed();
            let payment = &mut order.payment;
            payment.replaced = payment.reference();
            payment.intent = None;
            payment.session = None;
            payment.state = method.begins();
            payment.method = method.clone();
            payment.amount = owed;
            payment.attempt += 1;
        }
        EventKind::PaymentReplaced => payment.replaced = None,
        EventKind::CheckoutOpened { session } => {
            payment.session = Some(session.clone());
            payment.state = State::Open;
        }
        EventKind::PaymentStarted { intent } => {
            payment.intent = Some(intent.clone());
            payment.state = State::Created;
        }
        EventKind::PaymentPending => payment.state = State::Open,
        EventKind::PaymentAuthorized { intent, .. } => {
            settle_upon(order, intent);
            let payment = &mut order.payment;
            // From here on it is the PaymentIntent that money is taken by, or that is called off.
            payment.session = None;
            payment.state =
                if order.status == Status::Cancelled { State::Voiding } else { State::Authorized };
        }
        EventKind::Paid { intent, .. } => {
            settle_upon(order, intent);
            order.payment.state = State::Captured;
        }
        EventKind::Collected { .. } => payment.state = State::Captured,
        EventKind::PaymentFailed { intent, code } => {
            payment.intent = intent.clone().or(payment.intent.take());
            payment.state = State::Failed { code: code.clone() };
        }
        EventKind::PaymentVoided => payment.state = State::Voided,
        EventKind::Prepared { .. } => {
            order.status = Status::Preparing;
            order.fulfillment = begun(order);
        }
        EventKind::ParcelShipped { .. } => order.fulfillment = FulfillmentStatus::PartiallyFulfilled,
        EventKind::Packed => order.status = Status::Packed,
        EventKind::Shipped => {
            order.status = Status::Shipped;
            order.fulfillment = FulfillmentStatus::Fulfilled;
        }
        EventKind::Delivered => {
            order.status = Status::Delivered;
            order.fulfillment = FulfillmentStatus::Fulfilled;
        }
        // Its parcels are planned anew.
        EventKind::LinesCancelled { .. } if order.status.has_parcels() => {
            order.status = Status::Confirmed;
            order.fulfillment = match begun(order) {
                FulfillmentStatus::InProgress => FulfillmentStatus::Unfulfilled,
                partly => partly,
            };
        }
        EventKind::Cancelled { .. } => {
            order.status = Status::Cancelled;
            order.fulfillment = FulfillmentStatus::Cancelled;
            payment.state = match &payment.state {
                // Nothing was confirmed, so nothing can be taken.
                State::Unchosen | State::OnDelivery | State::Requested | State::Voided => State::Voided,
                State::Created | State::Open | State::Authorized | State::Voiding => State::Voiding,
                // A payment that was refused can still be confirmed by who holds it: it is called off too.
                State::Failed { .. } if payment.reference().is_some() => State::Voiding,
                settled @ (State::Failed { .. } | State::Captured) => settled.clone(),
            };
        }
        EventKind::Placed { .. }
        | EventKind::ParcelPacked { .. }
        | EventKind::ParcelDelivered { .. }
        | EventKind::CourierNamed { .. }
        | EventKind::LabelWanted { .. }
        | EventKind::LabelRequested { .. }
        | EventKind::LabelBought { .. }
        | EventKind::LabelFailed { .. }
        | EventKind::LabelVoidRequested { .. }
        | EventKind::LabelVoided { .. }
        | EventKind::LinesCancelled { .. }
        | EventKind::RefundRequested { .. }
        | EventKind::Refunded { .. }
        | EventKind::RefundFailed { .. }
        | EventKind::RefundRetried { .. }
        | EventKind::RefundSettled { .. }
        | EventKind::RefundedOutside { .. }
        | EventKind::Disputed { .. }
        | EventKind::DisputeClosed { .. }
        | EventKind::ReturnRequested { .. }
        | EventKind::ReturnApproved { .. }
        | EventKind::ReturnRejected { .. }
        | EventKind::ReturnReceived { .. }
        | EventKind::BillIssued { .. }
        | EventKind::NotesChanged { .. } => {}
    }
}

/// How far the goods are once parcels are planned.
fn begun(order: &Order) -> FulfillmentStatus {
    if order.has_left() { FulfillmentStatus::PartiallyFulfilled } else { FulfillmentStatus::InProgress }
}

/// This PaymentIntent has the money. If it is the one of the attempt that was about to be replaced, that is how the order is
/// paid after all.
fn settle_upon(order: &mut Order, intent: &str) {
    if order.payment.replaced.take().is_some()
        && let Some(method) = method_before(order)
    {
        order.payment.method = method;
    }
    order.payment.intent = Some(intent.to_owned());
}

/// The way to pay that was chosen before the present one.
fn method_before(order: &Order) -> Option<Method> {
    let mut choices = order.log.iter().rev().filter_map(|event| match &event.kind {
        EventKind::Placed { method, .. } | EventKind::PaymentChosen { method, .. } => Some(method),
        _ => None,
    });
    choices.nth(1).cloned()
}
