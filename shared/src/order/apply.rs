//! What an event does to an order's head. Only facts: the rules were asked before.

use super::event::{Actor, Event, EventKind};
use super::payment::{Payment, Refund, RefundState, State};
use super::{FulfillmentStatus, Order, Status};
use crate::money::Money;
use crate::time::Timestamp;

/// The order after `events`, all caused by `actor` at `now`. `None` stands for no order yet, which only
/// [`EventKind::Placed`] changes.
pub fn apply(order: Option<Order>, events: &[EventKind], actor: &Actor, now: Timestamp) -> Option<Order> {
    events.iter().fold(order, |order, kind| {
        let mut order = match (order, kind) {
            (Some(order), _) => order,
            (None, EventKind::Placed { id, customer, total, items, method, hold_until, delivery }) => Order {
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
                    captured: Money::zero(total.currency()),
                    refunds: vec![],
                },
                fulfillment: FulfillmentStatus::Unfulfilled,
                hold_until: *hold_until,
                estimated_delivery: *delivery,
                log: vec![],
            },
            (None, _) => return None,
        };
        fold(&mut order, kind, now);
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

fn fold(order: &mut Order, kind: &EventKind, now: Timestamp) {
    let payment = &mut order.payment;
    match kind {
        EventKind::Placed { .. } => {}
        EventKind::Confirmed => order.status = Status::Confirmed,
        EventKind::PaymentChosen { method, .. } => {
            payment.replaced = payment.reference();
            payment.intent = None;
            payment.session = None;
            payment.state = method.begins();
            payment.method = method.clone();
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
        EventKind::Paid { intent, amount } => {
            payment.intent = Some(intent.clone());
            payment.state = State::Captured;
            payment.captured = *amount;
            payment.replaced = None;
        }
        EventKind::PaymentFailed { intent, code } => {
            payment.intent = intent.clone().or(payment.intent.take());
            payment.state = State::Failed { code: code.clone() };
        }
        EventKind::PaymentVoided => payment.state = State::Voided,
        EventKind::Prepared { .. } => {
            order.status = Status::Preparing;
            order.fulfillment = FulfillmentStatus::InProgress;
        }
        EventKind::Cancelled { .. } => {
            order.status = Status::Cancelled;
            order.fulfillment = FulfillmentStatus::Cancelled;
            payment.state = match &payment.state {
                // Nothing was confirmed, so nothing can be taken.
                State::Unchosen | State::OnDelivery | State::Requested | State::Voided => State::Voided,
                State::Created | State::Open | State::Voiding => State::Voiding,
                // A payment that was refused can still be confirmed by who holds it: it is called off too.
                State::Failed { .. } if payment.reference().is_some() => State::Voiding,
                settled @ (State::Failed { .. } | State::Captured) => settled.clone(),
            };
        }
        EventKind::RefundRequested { refund, amount } => payment.refunds.push(Refund {
            id: refund.clone(),
            amount: *amount,
            state: RefundState::Requested,
            since: now,
        }),
        EventKind::Refunded { refund, .. } => set_refund(payment, refund, &RefundState::Done),
        EventKind::RefundFailed { refund, .. } => set_refund(payment, refund, &RefundState::Failed),
    }
}

fn set_refund(payment: &mut Payment, id: &str, state: &RefundState) {
    for refund in payment.refunds.iter_mut().filter(|refund| refund.id == id) {
        refund.state = state.clone();
    }
}
