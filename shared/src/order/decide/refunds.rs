//! Giving money back (C4). What goes back is decided here, before the provider is asked, and saved by a conditional write: so
//! however many ask at once, the sum never exceeds what was taken.

use super::super::command::{RefundReport, RefundWish};
use super::super::event::{EventKind, Request};
use super::super::refunds::{Cause, RefundState};
use super::super::rejection::Rejection;
use super::super::units::{Units, lines as lines_of};
use super::super::{Order, Refund};
use super::check_units;
use crate::limits;
use crate::money::Money;
use crate::placement::Document;

/// A refund of this amount, or of what can be refunded of it and no failed refund owes, if that is anything.
pub(super) fn of(order: &Order, amount: Money, cause: Cause) -> Option<EventKind> {
    let refundable = order.unpromised();
    let amount = if amount.minor() < refundable.minor() { amount } else { refundable };
    (!amount.is_zero()).then(|| new(order, amount, cause))
}

/// The order's next refund.
pub(super) fn new(order: &Order, amount: Money, cause: Cause) -> EventKind {
    EventKind::RefundRequested {
        refund: next_id(order),
        amount,
        cause,
        lines: vec![],
        delivery: false,
        reason: None,
        request: None,
    }
}

fn next_id(order: &Order) -> String {
    format!("{}-refund-{}", order.id, order.refunds().len() + 1)
}

pub(super) fn request(
    order: &Order,
    document: &Document,
    what: &RefundWish,
    reason: Option<&str>,
    request: &Request,
) -> Result<Vec<EventKind>, Rejection> {
    let refundable = order.sums().refundable();
    let tallies = order.tallies(document);
    let left = |line: u16| tallies.of(line).owed();
    let (amount, cause, lines, delivery) = match what {
        RefundWish::Full => {
            let rest = lines_of(document).map(|line| Units { line, quantity: left(line) });
            let rest = rest.filter(|units| units.quantity > 0).collect();
            (refundable, Cause::Full, rest, !order.delivery_credited())
        }
        RefundWish::Lines { lines, delivery } => {
            check_units(document, lines, left)?;
            if *delivery && order.delivery_credited() {
                return Err(Rejection::DeliveryGone);
            }
            let amount =
                sum_of(order, document, lines.iter().map(|units| tallies.worth(document, *units)), *delivery);
            (amount, Cause::Lines, lines.clone(), *delivery)
        }
        RefundWish::Amount { amount, goodwill } => {
            let cause = if *goodwill { Cause::Goodwill } else { Cause::Amount };
            (*amount, cause, vec![], false)
        }
    };
    if amount.is_zero() {
        return Err(Rejection::NothingToRefund);
    }
    if amount.minor() > refundable.minor() {
        return Err(Rejection::RefundExceedsCaptured { refundable });
    }
    Ok(vec![EventKind::RefundRequested {
        refund: next_id(order),
        amount,
        cause,
        lines,
        delivery,
        reason: reason.map(str::to_owned),
        request: Some(request.clone()),
    }])
}

/// What units and the delivery cost, by the amounts that were frozen when the order was placed.
pub(super) fn sum_of(
    order: &Order,
    document: &Document,
    lines: impl Iterator<Item = Money>,
    delivery: bool,
) -> Money {
    let zero = Money::zero(order.total.currency());
    let charge = if delivery { document.quote.delivery.total } else { zero };
    // Parts of an order are worth no more than the order, so their sum exists.
    lines.chain([charge]).try_fold(zero, Money::plus).unwrap_or(order.total)
}

pub(super) fn retry(order: &Order, id: &str) -> Result<Vec<EventKind>, Rejection> {
    let refund = owed_again(order, id)?;
    if refund.attempt >= limits::REFUND_ATTEMPTS {
        return Err(Rejection::TooMany { what: "attempts at this refund" });
    }
    Ok(vec![EventKind::RefundRetried { refund: id.to_owned() }])
}

pub(super) fn settle(order: &Order, id: &str, reference: &str) -> Result<Vec<EventKind>, Rejection> {
    let refund = find(order, id)?;
    let by_hand = order.refunds_by_hand() && refund.state == RefundState::Requested;
    if !by_hand {
        owed_again(order, id)?;
    }
    Ok(vec![EventKind::RefundSettled { refund: id.to_owned(), reference: reference.to_owned() }])
}

/// A refund that failed is not promised any more, so its money may have gone elsewhere since.
fn owed_again(order: &Order, id: &str) -> Result<Refund, Rejection> {
    let refund = find(order, id)?;
    if refund.state != RefundState::Failed {
        return Err(Rejection::NoRefundOfThatState);
    }
    let refundable = order.sums().refundable();
    if refund.amount.minor() > refundable.minor() {
        return Err(Rejection::RefundExceedsCaptured { refundable });
    }
    Ok(refund)
}

fn find(order: &Order, id: &str) -> Result<Refund, Rejection> {
    order.refund(id).ok_or(Rejection::UnknownRefund)
}

pub(super) fn record(order: &Order, id: &str, report: &RefundReport) -> Result<Vec<EventKind>, Rejection> {
    let refund = find(order, id)?;
    Ok(match (refund.state, report) {
        // One that it took before and that failed since is older news.
        (RefundState::Requested | RefundState::Failed, RefundReport::Done { provider })
            if !is_known(order, provider) =>
        {
            vec![EventKind::Refunded { refund: id.to_owned(), provider: provider.clone() }]
        }
        // A refund that the provider took can still fail (Stripe: "Failed refunds"). What it says of an earlier attempt is
        // older news, and so is what it says again after the money went another way.
        (RefundState::Requested | RefundState::Done, RefundReport::Failed { attempt, code })
            if *attempt == refund.attempt && !has_failed(order, id) =>
        {
            vec![EventKind::RefundFailed { refund: id.to_owned(), code: code.clone() }]
        }
        _ => vec![],
    })
}

/// Whether the last attempt at a refund failed, whatever happened since.
fn has_failed(order: &Order, id: &str) -> bool {
    let last = order.log.iter().rev().find_map(|event| match &event.kind {
        EventKind::RefundFailed { refund, .. } if refund == id => Some(true),
        EventKind::RefundRetried { refund } | EventKind::RefundRequested { refund, .. } if refund == id => {
            Some(false)
        }
        _ => None,
    });
    last.unwrap_or_default()
}

/// Whether the order was told before that the provider took this.
fn is_known(order: &Order, provider: &str) -> bool {
    order.log.iter().any(|event| match &event.kind {
        EventKind::RefundedOutside { provider: known, .. } | EventKind::Refunded { provider: known, .. } => {
            known == provider
        }
        _ => false,
    })
}

/// Somebody used the provider's own pages. If that is a refund of ours that had failed, it is done with it.
pub(super) fn record_outside(order: &Order, provider: &str, amount: Money) -> Vec<EventKind> {
    // Of a payment that took nothing nothing goes back: until 2025-03-31.basil, Stripe shows a hold that is let go as a refund
    // (changelog, "Partially capturing or canceling payments no longer creates a Refund").
    if is_known(order, provider) || order.sums().captured().is_zero() {
        return vec![];
    }
    let failed = order
        .refunds()
        .into_iter()
        .find(|refund| refund.state == RefundState::Failed && refund.amount == amount);
    vec![match failed {
        Some(refund) => EventKind::Refunded { refund: refund.id, provider: provider.to_owned() },
        None => EventKind::RefundedOutside { provider: provider.to_owned(), amount },
    }]
}

pub(super) fn record_dispute(
    order: &Order,
    id: &str,
    amount: Money,
    reason: &str,
    won: Option<bool>,
) -> Vec<EventKind> {
    let booked = order.log.iter().find_map(|event| match &event.kind {
        EventKind::Disputed { dispute, amount, .. } if dispute == id => Some(*amount),
        _ => None,
    });
    let closed = order
        .log
        .iter()
        .any(|event| matches!(&event.kind, EventKind::DisputeClosed { dispute, .. } if dispute == id));
    let open = booked.is_none().then(|| EventKind::Disputed {
        dispute: id.to_owned(),
        amount,
        reason: reason.to_owned(),
    });
    let close = won.filter(|_| !closed).map(|won| EventKind::DisputeClosed { dispute: id.to_owned(), won });
    let back = booked.filter(|_| won == Some(true) && !closed).and_then(|amount| owed_after(order, amount));
    open.into_iter().chain(close).chain(back).collect()
}

/// What goes back of an amount that a bank had and the store has again: units may have been called off meanwhile, and there was no
/// money to pay them back with. Refunds that failed are owed beside it, and are asked for again by themselves.
fn owed_after(order: &Order, won: Money) -> Option<EventKind> {
    let sums = order.sums();
    let failed: i64 = order
        .refunds()
        .iter()
        .filter(|refund| refund.state == RefundState::Failed)
        .map(|refund| refund.amount.minor())
        .sum();
    let over = won.minor() - sums.balance_minor() - sums.requested().minor() - failed;
    let amount = Money::from_minor(over.clamp(0, won.minor()), won.currency()).ok()?;
    (!amount.is_zero()).then(|| new(order, amount, Cause::Overpaid))
}
