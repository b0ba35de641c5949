//! Sending goods back (C5).

use super::super::event::{EventKind, Request};
use super::super::rejection::Rejection;
use super::super::returns::{Received, Return, ReturnState};
use super::super::units::{Tallies, Units, lines as lines_of};
use super::super::{Cause, Order};
use super::{check_units, refunds};
use crate::placement::Document;

pub(super) fn request(
    order: &Order,
    document: &Document,
    lines: &[Units],
    reason: &str,
    comment: Option<&str>,
    request: &Request,
) -> Result<Vec<EventKind>, Rejection> {
    let reasons = &document.policies.returns.reasons;
    if !reasons.iter().any(|known| known == reason) {
        return Err(Rejection::UnknownReason { reasons: reasons.clone() });
    }
    let tallies = order.tallies(document);
    check_units(document, lines, |line| tallies.of(line).returnable())?;
    let id = u16::try_from(order.returns().len() + 1).map_err(|_| Rejection::TooMany { what: "returns" })?;
    Ok(vec![EventKind::ReturnRequested {
        id,
        lines: lines.to_vec(),
        reason: reason.to_owned(),
        comment: comment.map(str::to_owned),
        request: request.clone(),
    }])
}

pub(super) fn approve(order: &Order, id: u16) -> Result<Vec<EventKind>, Rejection> {
    let known = find(order, id)?;
    match known.state {
        ReturnState::Requested => Ok(vec![EventKind::ReturnApproved { id }]),
        state => Err(Rejection::ReturnNotOpen { state }),
    }
}

pub(super) fn reject(order: &Order, id: u16, reason: &str) -> Result<Vec<EventKind>, Rejection> {
    let known = find(order, id)?;
    if known.is_open() {
        Ok(vec![EventKind::ReturnRejected { id, reason: reason.to_owned() }])
    } else {
        Err(Rejection::ReturnNotOpen { state: known.state })
    }
}

/// What arrives is owed no more and goes back in money, as far as it was paid and not given back before. What was approved and
/// did not arrive is not on its way any more: it can be asked for anew.
pub(super) fn receive(
    order: &Order,
    document: &Document,
    id: u16,
    arrived: Option<&[Received]>,
    refund_delivery: Option<bool>,
) -> Result<Vec<EventKind>, Rejection> {
    let known = find(order, id)?;
    if known.state != ReturnState::Approved {
        return Err(Rejection::ReturnNotOpen { state: known.state });
    }
    let lines = arrived.map_or_else(|| all_of(&known), <[Received]>::to_vec);
    let units: Vec<Units> =
        lines.iter().map(|line| Units { line: line.line, quantity: line.units() }).collect();
    check_units(document, &units, |line| approved(&known, line))?;
    let tallies = order.tallies(document);
    let delivery = !order.delivery_credited()
        && refund_delivery.unwrap_or_else(|| {
            document.policies.returns.refund_delivery && is_all(&tallies, document, &units)
        });
    let going = units.iter().map(|units| tallies.worth_of_going(document, *units));
    let worth = refunds::sum_of(order, document, going, delivery);
    let owed = order.sums().owed();
    let amount = if worth.minor() < owed.minor() { worth } else { owed };
    let mut events = vec![EventKind::ReturnReceived { id, lines, delivery, amount }];
    events.extend(refunds::of(order, amount, Cause::Return(id)));
    Ok(events)
}

/// Whether this very thing was received before, in whatever order its lines are named. A delivery charge that had gone back before
/// goes back no second time, and whoever asks for it again is content too.
pub(super) fn was_received(
    order: &Order,
    id: u16,
    arrived: Option<&[Received]>,
    refund_delivery: Option<bool>,
) -> bool {
    let sorted = |mut lines: Vec<Received>| {
        lines.sort_by_key(|received| received.line);
        lines
    };
    let delivery = order.log.iter().any(
        |event| matches!(event.kind, EventKind::ReturnReceived { id: known, delivery: true, .. } if known == id),
    );
    order.returns().iter().any(|known| {
        let asked = arrived.map_or_else(|| all_of(known), <[Received]>::to_vec);
        known.id == id
            && known.state == ReturnState::Received
            && sorted(asked) == sorted(known.received.clone())
            && refund_delivery
                .is_none_or(|wanted| wanted == delivery || (wanted && order.delivery_credited()))
    })
}

fn find(order: &Order, id: u16) -> Result<Return, Rejection> {
    order.returns().into_iter().find(|known| known.id == id).ok_or(Rejection::UnknownReturn)
}

fn all_of(known: &Return) -> Vec<Received> {
    let whole = |units: &Units| Received { line: units.line, restocked: units.quantity, scrapped: 0 };
    known.lines.iter().map(whole).collect()
}

fn approved(known: &Return, line: u16) -> u32 {
    known.lines.iter().filter(|units| units.line == line).map(|units| units.quantity).sum()
}

/// Whether with these units everything is back that was delivered.
fn is_all(tallies: &Tallies, document: &Document, units: &[Units]) -> bool {
    lines_of(document).all(|line| {
        let now: u32 = units.iter().filter(|units| units.line == line).map(|units| units.quantity).sum();
        let tally = tallies.of(line);
        tally.cancelled + tally.returned + now >= tally.ordered
    })
}
