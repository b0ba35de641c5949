//! Packing, sending and handing over parcels, and their labels (C9, C10, A10). The order as a whole follows its parcels: it stands
//! where the least of them does.

use super::super::command::LabelReport;
use super::super::event::{EventKind, Request};
use super::super::labels::LabelState;
use super::super::payment::State;
use super::super::rejection::Rejection;
use super::super::rules::Action;
use super::super::shipments::{Courier, Shipment, ShipmentState, status_of, take_in};
use super::super::units::Units;
use super::super::{Order, Status};
use super::check_units;
use crate::carrier::Rate;
use crate::fulfillment::{self, Plan};
use crate::limits;
use crate::money::Money;
use crate::packaging::Packaging;
use crate::placement::Document;

/// What has not left is planned, the units of `first` in parcels of their own.
pub(super) fn prepare(
    order: &Order,
    document: &Document,
    packagings: &[Packaging],
    first: &[Units],
) -> Result<EventKind, Rejection> {
    let Plan { parcels, carbon_grams } = fulfillment::plan(order, document, packagings, first)?;
    Ok(EventKind::Prepared { parcels, carbon_grams })
}

pub(super) fn pack(order: &Order, parcel: Option<u16>) -> Result<Vec<EventKind>, Rejection> {
    let closed = |shipment: &Shipment| shipment.state == ShipmentState::Planned;
    let chosen = chosen(order, parcel, closed)?;
    let events = chosen.into_iter().map(|parcel| EventKind::ParcelPacked { parcel }).collect();
    Ok(followed(order, events))
}

pub(super) fn ship(
    order: &Order,
    parcel: Option<u16>,
    courier: Option<&Courier>,
    request: Option<&Request>,
) -> Result<Vec<EventKind>, Rejection> {
    let chosen = chosen(order, parcel, |shipment| !shipment.has_left())?;
    Ok(followed(order, chosen.into_iter().map(|parcel| left(parcel, courier, request)).collect()))
}

pub(super) fn deliver(order: &Order, parcel: Option<u16>) -> Result<Vec<EventKind>, Rejection> {
    // Nobody has all of it while a part has not left.
    if parcel.is_none() && order.status != Status::Shipped {
        return Err(Rejection::WrongStatus { action: Action::Deliver, status: order.status });
    }
    let chosen = chosen(order, parcel, |shipment| shipment.state == ShipmentState::Shipped)?;
    let events = chosen.into_iter().map(|parcel| EventKind::ParcelDelivered { parcel }).collect();
    Ok(followed(order, events))
}

/// Sends units now. Where a parcel has just these, that one goes; else what has not left is planned anew around them, which
/// opens parcels that were closed.
pub(super) fn fulfill(
    order: &Order,
    document: &Document,
    packagings: &[Packaging],
    lines: Option<&[Units]>,
    courier: Option<&Courier>,
    request: &Request,
) -> Result<Vec<EventKind>, Rejection> {
    let tallies = order.tallies(document);
    let open: Vec<Units> = super::super::units::lines(document)
        .map(|line| Units { line, quantity: tallies.of(line).open() })
        .filter(|units| units.quantity > 0)
        .collect();
    let lines = lines.unwrap_or(&open);
    if lines.is_empty() {
        return Err(Rejection::UnknownLine { at: 0 });
    }
    check_units(document, lines, |line| tallies.of(line).open())?;
    let waiting: Vec<Shipment> =
        order.shipments().into_iter().filter(|shipment| !shipment.has_left()).collect();
    let is_all = same_units(lines, open.iter());
    let ready: Vec<u16> = waiting
        .iter()
        .filter(|shipment| is_all || same_units(lines, shipment.parcel.lines.iter()))
        .map(Shipment::number)
        .collect();
    if !ready.is_empty() {
        let ready = if is_all { &ready[..] } else { &ready[..1] };
        let events = ready.iter().map(|parcel| left(*parcel, courier, Some(request))).collect();
        return Ok(followed(order, events));
    }
    let before = order.log.iter().filter(|event| matches!(event.kind, EventKind::Prepared { .. }));
    if !is_all && before.count() >= limits::PLANS {
        return Err(Rejection::TooMany { what: "shipments" });
    }
    let planned = prepare(order, document, packagings, lines)?;
    let mut going: Vec<Units> = lines.to_vec();
    let mut events = vec![];
    if let EventKind::Prepared { parcels, .. } = &planned {
        for parcel in parcels {
            let goes = parcel.lines.iter().all(|units| {
                going.iter().any(|wanted| wanted.line == units.line && wanted.quantity >= units.quantity)
            });
            if goes {
                for units in &parcel.lines {
                    for wanted in going.iter_mut().filter(|wanted| wanted.line == units.line) {
                        wanted.quantity -= units.quantity;
                    }
                }
                events.push(left(parcel.number, courier, Some(request)));
            }
        }
    }
    Ok(followed(order, [planned].into_iter().chain(events).collect()))
}

pub(super) fn name_courier(
    order: &Order,
    parcel: Option<u16>,
    courier: &Courier,
) -> Result<Vec<EventKind>, Rejection> {
    let shipments = order.shipments();
    let shipment = match parcel {
        Some(number) => shipments.iter().find(|shipment| shipment.number() == number),
        None if shipments.len() == 1 => shipments.first(),
        None => return Err(Rejection::WhichShipment { shipments: shipments.len() }),
    };
    let shipment = shipment.ok_or(Rejection::UnknownShipment)?;
    let known = shipment.courier.as_ref() == Some(courier);
    let named = EventKind::CourierNamed { parcel: shipment.number(), courier: courier.clone() };
    Ok(if known { vec![] } else { vec![named] })
}

/// The worker buys it, with as many tries as for the first label.
pub(super) fn want_label(order: &Order, parcel: u16, request: &Request) -> Result<Vec<EventKind>, Rejection> {
    let planned = order.planned_parcel(parcel).ok_or(Rejection::UnknownShipment)?;
    let shipment = order.shipment(planned.number);
    match shipment.map_or(Some("the shipment is not sent any more"), |shipment| shipment.why_no_label()) {
        Some(why) => Err(Rejection::NoLabelWanted { why }),
        None => Ok(vec![EventKind::LabelWanted { parcel, request: request.clone() }]),
    }
}

/// One label is bought for a parcel, and another one only if the carrier refused the first.
pub(super) fn request_label(order: &Order, parcel: u16, rate: &Rate) -> Result<Vec<EventKind>, Rejection> {
    let shipment = order.shipment(parcel).ok_or(Rejection::UnknownShipment)?;
    match shipment.label {
        _ if shipment.has_left() => Err(Rejection::ShipmentNotOpen { state: shipment.state }),
        LabelState::None | LabelState::Wanted | LabelState::Failed { .. } => {
            Ok(vec![EventKind::LabelRequested { parcel, rate: rate.clone() }])
        }
        LabelState::Requested { .. }
        | LabelState::Bought { .. }
        | LabelState::VoidRequested { .. }
        | LabelState::Voided => Ok(vec![]),
    }
}

pub(super) fn record_label(order: &Order, parcel: u16, report: &LabelReport) -> Vec<EventKind> {
    if order.planned_parcel(parcel).is_none() {
        return vec![];
    }
    let state = order.labels().remove(&parcel).unwrap_or_default();
    // Only the label of a parcel that is not there any more is given back.
    let is_needed = || order.shipment(parcel).is_some();
    let event = match (&state, report) {
        (LabelState::Requested { rate, .. }, LabelReport::Bought(label)) => {
            let courier = Courier {
                name: rate.carrier.clone(),
                tracking_number: Some(label.tracking_number.clone()),
                tracking_url: label.tracking_url.clone(),
            };
            EventKind::LabelBought { parcel, courier, label: (**label).clone() }
        }
        (
            LabelState::None | LabelState::Wanted | LabelState::Failed { .. },
            LabelReport::NoRate { known, refusal },
        ) if is_needed() && order.label_news(parcel) == *known => {
            EventKind::LabelFailed { parcel, refusal: refusal.clone() }
        }
        (LabelState::Requested { .. }, LabelReport::Failed(refusal)) => {
            EventKind::LabelFailed { parcel, refusal: refusal.clone() }
        }
        (LabelState::Bought { .. } | LabelState::VoidRequested { .. }, LabelReport::Failed(refusal))
            if !is_needed() =>
        {
            EventKind::LabelFailed { parcel, refusal: refusal.clone() }
        }
        (LabelState::Bought { .. }, LabelReport::VoidRequested) if !is_needed() => {
            EventKind::LabelVoidRequested { parcel }
        }
        (LabelState::Bought { .. } | LabelState::VoidRequested { .. }, LabelReport::Voided)
            if !is_needed() =>
        {
            EventKind::LabelVoided { parcel }
        }
        _ => return vec![],
    };
    vec![event]
}

/// Events, and where the order stands after them, if that is further than before.
pub(super) fn followed(order: &Order, mut events: Vec<EventKind>) -> Vec<EventKind> {
    let mut shipments = order.shipments();
    let mut stands = order.status;
    for event in &events {
        take_in(&mut shipments, event, order.updated_at);
        stands = match event {
            EventKind::Prepared { .. } => Status::Preparing,
            EventKind::LinesCancelled { .. } if stands.has_parcels() => Status::Confirmed,
            _ => stands,
        };
    }
    // Units that are in no parcel yet are less far than all that are.
    let unplanned = stands == Status::Confirmed;
    let last = status_of(&shipments).filter(|_| !unplanned).unwrap_or(stands);
    events.extend(arrived(order, stands, last, order.sums().owed()));
    events
}

/// What happens to the order when it comes from one status to another, with so much to be paid for it.
pub(super) fn arrived(order: &Order, from: Status, to: Status, owed: Money) -> Vec<EventKind> {
    let place = |status: Status| Status::ALL.iter().position(|known| *known == status);
    match to {
        _ if place(to) <= place(from) => vec![],
        Status::Packed => vec![EventKind::Packed],
        Status::Shipped => vec![EventKind::Shipped],
        Status::Delivered => {
            let collected =
                (order.payment.state == State::OnDelivery).then_some(EventKind::Collected { amount: owed });
            [EventKind::Delivered].into_iter().chain(collected).collect()
        }
        Status::Pending | Status::Confirmed | Status::Preparing | Status::Cancelled => vec![],
    }
}

fn left(parcel: u16, courier: Option<&Courier>, request: Option<&Request>) -> EventKind {
    EventKind::ParcelShipped { parcel, courier: courier.cloned(), request: request.cloned() }
}

/// The parcels that something is to be done with: that one, if it is ready for it, or all that are.
fn chosen(
    order: &Order,
    parcel: Option<u16>,
    ready: impl Fn(&Shipment) -> bool,
) -> Result<Vec<u16>, Rejection> {
    let shipments = order.shipments();
    let Some(number) = parcel else {
        return Ok(shipments.iter().filter(|shipment| ready(shipment)).map(Shipment::number).collect());
    };
    let shipment = shipments.iter().find(|shipment| shipment.number() == number);
    match shipment.ok_or(Rejection::UnknownShipment)? {
        shipment if ready(shipment) => Ok(vec![number]),
        shipment => Err(Rejection::ShipmentNotOpen { state: shipment.state }),
    }
}

/// Whether both name the same units, whatever their order.
fn same_units<'a>(some: &[Units], others: impl Iterator<Item = &'a Units>) -> bool {
    let others: Vec<&Units> = others.collect();
    some.len() == others.len() && some.iter().all(|units| others.contains(&units))
}
