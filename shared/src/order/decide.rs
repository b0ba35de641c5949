//! The rules: what happens when something is asked of an order. No I/O, no clock; total.

use super::command::{Command, IntentReport, RefundReport, Rejection};
use super::event::EventKind;
use super::payment::{Method, Reference, RefundState, State, Step, next_step};
use super::{Order, Status};
use crate::limits;
use crate::money::Money;
use crate::time::Timestamp;

/// What happens when `command` is asked of `order` at `now`. No events: it is done already, and asking again is fine.
pub fn decide(order: &Order, command: &Command, now: Timestamp) -> Result<Vec<EventKind>, Rejection> {
    match command {
        Command::Pay { method, key } => pay(order, method, key, now),
        Command::Accept => Ok(match (&order.payment.state, order.status) {
            (State::OnDelivery, Status::Pending) if order.payment.replaced.is_none() => {
                vec![EventKind::Confirmed]
            }
            _ => vec![],
        }),
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
    let payable = refusal_to_pay(order).is_none();
    [("pay", payable), ("cancel", cancellable)]
        .into_iter()
        .filter(|(_, may)| *may)
        .map(|(name, _)| name)
        .collect()
}

/// Why no other way to pay can be chosen, if so. While the provider creates or confirms a payment, nobody knows yet what
/// would have to be called off.
fn refusal_to_pay(order: &Order) -> Option<Rejection> {
    if order.status != Status::Pending {
        return Some(Rejection::NotPayable { status: order.status });
    }
    match &order.payment.state {
        _ if order.payment.replaced.is_some() => Some(Rejection::PaymentInProgress),
        // The log is part of the head, and nobody needs that many cards but thieves who try them.
        _ if order.payment.attempt >= limits::PAYMENT_ATTEMPTS => {
            Some(Rejection::NotPayable { status: order.status })
        }
        State::Unchosen | State::Open | State::Failed { .. } => None,
        State::Requested | State::Created | State::OnDelivery => Some(Rejection::PaymentInProgress),
        State::Captured | State::Voiding | State::Voided => {
            Some(Rejection::NotPayable { status: order.status })
        }
    }
}

fn pay(order: &Order, method: &Method, key: &str, now: Timestamp) -> Result<Vec<EventKind>, Rejection> {
    let before = order.log.iter().find_map(|event| match &event.kind {
        EventKind::PaymentChosen { method, key: known } if known == key => Some(method),
        _ => None,
    });
    if let Some(before) = before {
        return if before == method { Ok(vec![]) } else { Err(Rejection::PaymentKeyReused) };
    }
    if let Some(rejection) = refusal_to_pay(order) {
        return Err(rejection);
    }
    if order.hold_until.is_some_and(|until| now >= until) {
        return Err(Rejection::NotPayable { status: order.status });
    }
    let mut events = vec![EventKind::PaymentChosen { method: method.clone(), key: key.to_owned() }];
    if *method == Method::Cod && order.payment.reference().is_none() {
        events.push(EventKind::Confirmed);
    }
    Ok(events)
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
    let payment = &order.payment;
    let reported = report.reference();
    if payment.replaced.is_some() && payment.replaced == reported {
        return record_replaced(order, report);
    }
    // What paid the order may be an attempt that was about to be replaced.
    if let IntentReport::Succeeded { intent, .. } = report
        && payment.state == State::Captured
        && payment.intent.as_ref() == Some(intent)
    {
        return Ok(vec![]);
    }
    let ours = match (&payment.method, &reported) {
        // Nothing new is made before the attempt that it replaces is called off.
        _ if payment.replaced.is_some() => false,
        (_, Some(reference)) if is_of_the_past(order, reference) => false,
        (Method::Card { .. }, None | Some(Reference::Intent(_)))
        | (Method::Redirect { .. }, None | Some(Reference::Session(_))) => {
            reported.is_none() || payment.reference().is_none_or(|known| Some(known) == reported)
        }
        _ => false,
    };
    if !ours {
        // What became of an attempt that is none of ours any more is no news, unless it took money.
        return if matches!(report, IntentReport::Succeeded { .. }) {
            Err(Rejection::PaymentMismatch)
        } else {
            Ok(vec![])
        };
    }
    match (&payment.state, report) {
        (State::OnDelivery | State::Unchosen, _) => Err(Rejection::PaymentMismatch),
        // Money that was taken stays taken; what the provider says later about the attempt is older news.
        (State::Captured, _) => Ok(vec![]),
        (_, IntentReport::Succeeded { intent, amount, .. }) => paid(order, intent, *amount),
        (State::Requested, IntentReport::Created { intent }) => Ok(vec![started(intent)]),
        (State::Requested, IntentReport::Open { reference: Reference::Intent(intent) }) => {
            Ok(vec![started(intent), EventKind::PaymentPending])
        }
        (State::Requested, IntentReport::Open { reference: Reference::Session(session) }) => {
            Ok(vec![EventKind::CheckoutOpened { session: session.clone() }])
        }
        (State::Created, IntentReport::Open { .. }) => Ok(vec![EventKind::PaymentPending]),
        (State::Requested | State::Created | State::Open, IntentReport::Failed { intent, code }) => {
            Ok(vec![EventKind::PaymentFailed { intent: intent.clone(), code: code.clone() }])
        }
        (
            State::Created | State::Open | State::Failed { .. } | State::Voiding,
            IntentReport::Canceled { .. },
        ) => Ok(vec![EventKind::PaymentVoided]),
        // A payment that we do not know of was called off: the one that we are about to make is another.
        (State::Requested, IntentReport::Canceled { .. })
        | (State::Created, IntentReport::Created { .. })
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

/// Whether this is an attempt before the present one. What was seen of it at the provider before it was called off may be told
/// to the order afterwards, when the present attempt has no name yet, and is not to be taken for it.
fn is_of_the_past(order: &Order, reference: &Reference) -> bool {
    let chosen = order.log.iter().rposition(|event| matches!(event.kind, EventKind::PaymentChosen { .. }));
    order.log.iter().take(chosen.unwrap_or_default()).any(|event| match (&event.kind, reference) {
        (
            EventKind::PaymentStarted { intent } | EventKind::PaymentFailed { intent: Some(intent), .. },
            Reference::Intent(known),
        ) => intent == known,
        (EventKind::CheckoutOpened { session }, Reference::Session(known)) => session == known,
        _ => false,
    })
}

/// What became of the attempt before this one: called off, so that the new one can begin, or made after all.
fn record_replaced(order: &Order, report: &IntentReport) -> Result<Vec<EventKind>, Rejection> {
    match report {
        IntentReport::Succeeded { intent, amount, .. } => paid(order, intent, *amount),
        IntentReport::Canceled { .. } => Ok(vec![EventKind::PaymentReplaced]),
        IntentReport::Created { .. } | IntentReport::Open { .. } | IntentReport::Failed { .. } => Ok(vec![]),
    }
}

fn paid(order: &Order, intent: &str, amount: Money) -> Result<Vec<EventKind>, Rejection> {
    if amount != order.total {
        return Err(Rejection::PaymentMismatch);
    }
    let mut events = vec![EventKind::Paid { intent: intent.to_owned(), amount }];
    match order.status {
        Status::Pending => events.push(EventKind::Confirmed),
        // Taken after the order was called off: it goes back at once.
        Status::Cancelled => events.extend(refund_of(order, amount)),
        Status::Confirmed | Status::Preparing | Status::Packed | Status::Shipped | Status::Delivered => {}
    }
    Ok(events)
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
