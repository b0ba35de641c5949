//! Taking money: what is chosen, and what the provider says about it (A5, P11).

use super::super::command::IntentReport;
use super::super::event::EventKind;
use super::super::payment::{Method, Reference, State};
use super::super::rejection::Rejection;
use super::super::{Cause, Order, Status};
use super::refunds;
use crate::money::Money;
use crate::time::Timestamp;

/// Whether this way to pay was chosen before, by the same request.
pub(super) fn was_chosen(order: &Order, method: &Method, key: &str) -> Result<bool, Rejection> {
    let before = order.log.iter().find_map(|event| match &event.kind {
        EventKind::PaymentChosen { method, key: known } if known == key => Some(method),
        _ => None,
    });
    match before {
        Some(before) if before == method => Ok(true),
        Some(_) => Err(Rejection::KeyReused),
        None => Ok(false),
    }
}

pub(super) fn pay(order: &Order, method: &Method, key: &str) -> Vec<EventKind> {
    let mut events = vec![EventKind::PaymentChosen { method: method.clone(), key: key.to_owned() }];
    if *method == Method::Cod && order.payment.reference().is_none() {
        events.push(EventKind::Confirmed);
    }
    events
}

pub(super) fn expire(order: &Order, now: Timestamp) -> Vec<EventKind> {
    let in_time = order.hold_until.is_some_and(|until| now < until);
    vec![called_off(if in_time { "payment_failed" } else { "payment_expired" })]
}

fn called_off(reason: &str) -> EventKind {
    EventKind::Cancelled { reason: reason.to_owned(), override_reason: None }
}

pub(super) fn record(order: &Order, report: &IntentReport) -> Result<Vec<EventKind>, Rejection> {
    let payment = &order.payment;
    let reported = report.reference();
    if payment.replaced.is_some() && payment.replaced == reported {
        return record_replaced(order, report);
    }
    let ours = is_ours(order, report);
    if !ours && report.money().is_some() {
        // What paid the order may be an attempt that was about to be replaced.
        return if has_money_of(order, report) { Ok(vec![]) } else { Err(Rejection::PaymentMismatch) };
    }
    if !ours {
        // What became of an attempt that is none of ours any more is no news, unless it took money.
        return Ok(vec![]);
    }
    match (&payment.state, report) {
        (State::OnDelivery | State::Unchosen, _) => Err(Rejection::PaymentMismatch),
        // Money that was taken stays taken; what the provider says later about the attempt is older news.
        (State::Captured, _) => Ok(vec![]),
        (_, IntentReport::Succeeded { intent, amount, .. }) => paid(order, intent, *amount),
        (State::Authorized, IntentReport::Canceled { .. }) => Ok(lapsed(order)),
        // It cannot be taken any more. Before it is to be taken, a refusal is older news than the reservation.
        (State::Authorized, IntentReport::Failed { intent, code, .. }) if order.has_left() => {
            Ok(vec![EventKind::PaymentFailed { intent: intent.clone(), code: code.clone() }])
        }
        (State::Authorized, _) => Ok(vec![]),
        (State::Voided, IntentReport::Authorized { .. }) => Ok(vec![]),
        // The order is off; with this name it can be told so.
        (State::Voiding, IntentReport::Authorized { intent, .. })
            if payment.reference() == Some(Reference::Intent(intent.clone())) =>
        {
            Ok(vec![])
        }
        (_, IntentReport::Authorized { intent, amount, .. }) => authorized(order, intent, *amount),
        (State::Requested, IntentReport::Created { intent }) => Ok(vec![started(intent)]),
        (State::Requested, IntentReport::Open { reference: Reference::Intent(intent) }) => {
            Ok(vec![started(intent), EventKind::PaymentPending])
        }
        (State::Requested, IntentReport::Open { reference: Reference::Session(session) }) => {
            Ok(vec![EventKind::CheckoutOpened { session: session.clone() }])
        }
        (State::Created, IntentReport::Open { .. }) => Ok(vec![EventKind::PaymentPending]),
        (State::Requested | State::Created | State::Open, IntentReport::Failed { intent, code, .. }) => {
            Ok(vec![EventKind::PaymentFailed { intent: intent.clone(), code: code.clone() }])
        }
        // What has left is still to be paid, whatever became of the reservation.
        (State::Failed { .. }, IntentReport::Canceled { .. }) if order.has_left() => Ok(vec![]),
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

/// Whether a report is about the present attempt.
fn is_ours(order: &Order, report: &IntentReport) -> bool {
    let payment = &order.payment;
    // Nothing new is made before the attempt that it replaces is called off.
    if payment.replaced.is_some() {
        return false;
    }
    let attempt_told =
        !matches!(report, IntentReport::Failed { attempt: Some(attempt), .. } if *attempt != payment.attempt);
    // A page that was paid on is known by its PaymentIntent from then on, and by either name to the provider.
    if report.money().is_some_and(|(intent, _)| payment.intent.as_deref() == Some(intent)) {
        return true;
    }
    attempt_told
        && match (report.reference(), payment.reference()) {
            (None, _) => true,
            // Its name may be older than the last choice: an attempt that was about to be replaced can pay after all.
            (Some(reported), Some(known)) => reported == known,
            (Some(reported), None) if is_of_the_past(order, &reported) => false,
            (Some(Reference::Intent(_)), None) => matches!(payment.method, Method::Card { .. }),
            (Some(Reference::Session(_)), None) => matches!(payment.method, Method::Redirect { .. }),
        }
}

/// Whether the order has the money that a report speaks of.
fn has_money_of(order: &Order, report: &IntentReport) -> bool {
    let known = |intent: &str| {
        order.log.iter().any(|event| match &event.kind {
            EventKind::Paid { intent: known, .. } | EventKind::PaymentAuthorized { intent: known, .. } => {
                known == intent
            }
            _ => false,
        })
    };
    report.money().is_some_and(|(intent, _)| known(intent))
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
        IntentReport::Authorized { intent, amount, .. } => authorized(order, intent, *amount),
        IntentReport::Canceled { .. } => Ok(vec![EventKind::PaymentReplaced]),
        IntentReport::Created { .. } | IntentReport::Open { .. } | IntentReport::Failed { .. } => Ok(vec![]),
    }
}

/// An attempt asks for what was owed when it was chosen. Since then units may have been called off: less is owed then, and
/// what was taken beyond it goes back at once.
fn is_plausible(order: &Order, amount: Money) -> bool {
    let owed = order.sums().owed();
    amount.currency() == owed.currency() && (owed.minor()..=order.total.minor()).contains(&amount.minor())
}

fn paid(order: &Order, intent: &str, amount: Money) -> Result<Vec<EventKind>, Rejection> {
    if !is_plausible(order, amount) {
        return Err(Rejection::PaymentMismatch);
    }
    let sums = order.sums();
    let mut events = vec![EventKind::Paid { intent: intent.to_owned(), amount }];
    if order.status == Status::Pending {
        events.push(EventKind::Confirmed);
    }
    // Taken after the order, or a part of it, was called off: it goes back at once.
    let over = amount.minus(sums.owed()).unwrap_or(Money::zero(amount.currency()));
    if !over.is_zero() {
        events.push(refunds::new(order, over, Cause::Overpaid));
    }
    Ok(events)
}

fn authorized(order: &Order, intent: &str, amount: Money) -> Result<Vec<EventKind>, Rejection> {
    if !is_plausible(order, amount) {
        return Err(Rejection::PaymentMismatch);
    }
    let confirmed = (order.status == Status::Pending).then_some(EventKind::Confirmed);
    let reserved = EventKind::PaymentAuthorized { intent: intent.to_owned(), amount };
    Ok([reserved].into_iter().chain(confirmed).collect())
}

/// What was reserved is free again before it was taken: after a week or so the bank lets go of it (Stripe: "Place a hold on a
/// payment method"). What has not left is called off; for what has, somebody must ask for the money.
fn lapsed(order: &Order) -> Vec<EventKind> {
    if order.sums().owed().is_zero() {
        return vec![EventKind::PaymentVoided];
    }
    if order.has_left() {
        let code = "authorization_expired".to_owned();
        return vec![EventKind::PaymentFailed { intent: order.payment.intent.clone(), code }];
    }
    vec![EventKind::PaymentVoided, called_off("authorization_expired")]
}

fn started(intent: &str) -> EventKind {
    EventKind::PaymentStarted { intent: intent.to_owned() }
}
