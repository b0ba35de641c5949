//! The rules: what happens when something is asked of an order. No I/O, no clock; total.

use super::command::{Command, IntentReport, RefundReport, Rejection};
use super::event::EventKind;
use super::payment::{Method, RefundState, State, Step, next_step};
use super::{Order, Status};
use crate::money::Money;
use crate::time::Timestamp;

/// What happens when `command` is asked of `order` at `now`. No events: it is done already, and asking again is fine.
pub fn decide(order: &Order, command: &Command, now: Timestamp) -> Result<Vec<EventKind>, Rejection> {
    match command {
        Command::RecordPayment(report) => record_payment(order, report),
        Command::RecordRefund { refund, report } => record_refund(order, refund, report),
        Command::Cancel { reason } => cancel(order, reason),
        Command::Expire => expire(order, now),
        Command::Prepare { parcels, carbon_grams } => match order.status {
            Status::Pending => Err(Rejection::NotConfirmed),
            Status::Confirmed => {
                Ok(vec![EventKind::Prepared { parcels: parcels.clone(), carbon_grams: *carbon_grams }])
            }
            Status::Preparing | Status::Packed | Status::Shipped | Status::Delivered | Status::Cancelled => {
                Ok(vec![])
            }
        },
    }
}

/// Names of the commands that can be sent to this order now. The default policy is the same for customers and staff.
pub fn permitted_actions(order: &Order) -> Vec<&'static str> {
    let cancellable = order.status != Status::Cancelled && refusal_to_cancel(order).is_none();
    if cancellable { vec!["cancel"] } else { vec![] }
}

/// Why the order cannot be called off, if so. Default policy (C3): until it is packed.
fn refusal_to_cancel(order: &Order) -> Option<Rejection> {
    match order.status {
        Status::Pending | Status::Confirmed | Status::Preparing | Status::Cancelled => None,
        Status::Packed | Status::Shipped | Status::Delivered => {
            Some(Rejection::TooLateToCancel { status: order.status })
        }
    }
}

fn cancel(order: &Order, reason: &str) -> Result<Vec<EventKind>, Rejection> {
    if let Some(rejection) = refusal_to_cancel(order) {
        return Err(rejection);
    }
    if order.status == Status::Cancelled {
        return Ok(vec![]);
    }
    let mut events = vec![EventKind::Cancelled { reason: reason.to_owned() }];
    events.extend(refund_of(order, order.payment.refundable()));
    Ok(events)
}

fn expire(order: &Order, now: Timestamp) -> Result<Vec<EventKind>, Rejection> {
    if order.status != Status::Pending {
        return Ok(vec![]);
    }
    match next_step(order, now) {
        Step::Expire => {
            let in_time = order.hold_until.is_some_and(|until| now < until);
            let reason = if in_time { "payment_failed" } else { "payment_expired" };
            Ok(vec![EventKind::Cancelled { reason: reason.to_owned() }])
        }
        _ => Err(Rejection::NotExpired),
    }
}

fn record_payment(order: &Order, report: &IntentReport) -> Result<Vec<EventKind>, Rejection> {
    if matches!(order.payment.method, Method::Cod) {
        return Err(Rejection::PaymentMismatch);
    }
    if let (Some(known), Some(reported)) = (&order.payment.intent, report.intent())
        && known != reported
    {
        return Err(Rejection::PaymentMismatch);
    }
    match (&order.payment.state, report) {
        (State::OnDelivery, _) => Err(Rejection::PaymentMismatch),
        // Money that was taken stays taken; what the provider says later about the attempt is older news.
        (State::Captured, _) => Ok(vec![]),
        (_, IntentReport::Succeeded { intent, amount }) => {
            if *amount != order.total {
                return Err(Rejection::PaymentMismatch);
            }
            let mut events = vec![EventKind::Paid { intent: intent.clone(), amount: *amount }];
            match order.status {
                Status::Pending => events.push(EventKind::Confirmed),
                // Taken after the order was called off: it goes back at once.
                Status::Cancelled => events.extend(refund_of(order, *amount)),
                Status::Confirmed
                | Status::Preparing
                | Status::Packed
                | Status::Shipped
                | Status::Delivered => {}
            }
            Ok(events)
        }
        (State::Requested, IntentReport::Created { intent }) => Ok(vec![started(intent)]),
        (State::Requested, IntentReport::Open { intent }) => {
            Ok(vec![started(intent), EventKind::PaymentPending])
        }
        (State::Created, IntentReport::Open { .. }) => Ok(vec![EventKind::PaymentPending]),
        (State::Requested | State::Created | State::Open, IntentReport::Failed { intent, code }) => {
            Ok(vec![EventKind::PaymentFailed { intent: intent.clone(), code: code.clone() }])
        }
        (
            State::Requested | State::Created | State::Open | State::Failed { .. } | State::Voiding,
            IntentReport::Canceled { .. },
        ) => Ok(vec![EventKind::PaymentVoided]),
        (State::Created, IntentReport::Created { .. })
        | (State::Open, IntentReport::Created { .. } | IntentReport::Open { .. })
        | (
            State::Failed { .. } | State::Voiding,
            IntentReport::Created { .. } | IntentReport::Open { .. } | IntentReport::Failed { .. },
        )
        | (
            State::Voided,
            IntentReport::Created { .. }
            | IntentReport::Open { .. }
            | IntentReport::Failed { .. }
            | IntentReport::Canceled { .. },
        ) => Ok(vec![]),
    }
}

fn started(intent: &str) -> EventKind {
    EventKind::PaymentStarted { intent: intent.to_owned() }
}

fn record_refund(order: &Order, id: &str, report: &RefundReport) -> Result<Vec<EventKind>, Rejection> {
    let refund =
        order.payment.refunds.iter().find(|refund| refund.id == id).ok_or(Rejection::UnknownRefund)?;
    match (&refund.state, report) {
        (RefundState::Done, RefundReport::Done { .. }) => Ok(vec![]),
        (RefundState::Requested | RefundState::Failed, RefundReport::Done { provider }) => {
            Ok(vec![EventKind::Refunded { refund: id.to_owned(), provider: provider.clone() }])
        }
        // A refund that the provider took can still fail (Stripe: "Failed refunds").
        (RefundState::Requested | RefundState::Done, RefundReport::Failed { code }) => {
            Ok(vec![EventKind::RefundFailed { refund: id.to_owned(), code: code.clone() }])
        }
        (RefundState::Failed, RefundReport::Failed { .. }) => Ok(vec![]),
    }
}

fn refund_of(order: &Order, amount: Money) -> Option<EventKind> {
    (!amount.is_zero()).then(|| EventKind::RefundRequested {
        refund: format!("{}-refund-{}", order.id, order.payment.refunds.len() + 1),
        amount,
    })
}
