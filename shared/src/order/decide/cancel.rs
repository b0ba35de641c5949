//! Calling an order off, or a part of it (C3).

use super::super::event::{EventKind, Request, Role};
use super::super::rejection::Rejection;
use super::super::rules::needs_override;
use super::super::shipments::{Shipment, status_of};
use super::super::units::Units;
use super::super::{Cause, Order, Status};
use super::{check_units, parcels, refunds};
use crate::money::Money;
use crate::placement::Document;

/// Why a part is called off.
pub(super) struct Why<'a> {
    pub(super) reason: &'a str,
    pub(super) override_reason: Option<&'a str>,
    pub(super) request: &'a Request,
}

pub(super) fn all(
    order: &Order,
    document: &Document,
    reason: &str,
    override_reason: Option<&str>,
    role: Role,
) -> Result<Vec<EventKind>, Rejection> {
    let override_reason = overridden(order, document, override_reason, role)?;
    let mut events = vec![EventKind::Cancelled { reason: reason.to_owned(), override_reason }];
    events.extend(refunds::of(order, order.sums().refundable(), Cause::Cancelled));
    Ok(events)
}

pub(super) fn lines(
    order: &Order,
    document: &Document,
    asked: &[Units],
    why: &Why<'_>,
    role: Role,
) -> Result<Vec<EventKind>, Rejection> {
    let override_reason = overridden(order, document, why.override_reason, role)?;
    let tallies = order.tallies(document);
    check_units(document, asked, |line| tallies.of(line).open())?;
    let left: u32 = tallies.all().iter().map(|tally| tally.open()).sum();
    let gone: u32 = asked.iter().map(|units| units.quantity).sum();
    let owed = order.sums().owed();
    let going = asked.iter().map(|units| tallies.worth_of_going(document, *units));
    let worth = refunds::sum_of(order, document, going, false);
    let amount = if worth.minor() < owed.minor() { worth } else { owed };
    let mut events = vec![EventKind::LinesCancelled {
        lines: asked.to_vec(),
        amount,
        reason: why.reason.to_owned(),
        override_reason: override_reason.clone(),
        request: why.request.clone(),
    }];
    if gone == left && !order.has_left() {
        // Nothing is left to be sent, so nothing is left to be paid: not the delivery either.
        events.push(EventKind::Cancelled { reason: why.reason.to_owned(), override_reason });
        events.extend(refunds::of(order, order.sums().refundable(), Cause::Cancelled));
    } else {
        events.extend(refunds::of(order, amount, Cause::Cancelled));
    }
    if gone == left && order.has_left() {
        // What has left is all that there is.
        let sent: Vec<Shipment> = order.shipments().into_iter().filter(Shipment::has_left).collect();
        let stands = status_of(&sent).unwrap_or(order.status);
        let owed = owed.minus(amount).unwrap_or(Money::zero(owed.currency()));
        events.extend(parcels::arrived(order, Status::Confirmed, stands, owed));
    }
    Ok(events)
}

/// The reason why staff goes beyond the policy, if it has to and gives one. One that is not needed is not kept.
fn overridden(
    order: &Order,
    document: &Document,
    given: Option<&str>,
    role: Role,
) -> Result<Option<String>, Rejection> {
    if !needs_override(order, document, role) {
        return Ok(None);
    }
    given.map(|reason| Some(reason.to_owned())).ok_or(Rejection::OverrideRequired)
}

impl Status {
    /// Whether parcels are planned or closed, which a part that is called off makes wrong.
    pub(in crate::order) fn has_parcels(self) -> bool {
        matches!(self, Self::Preparing | Self::Packed)
    }
}
