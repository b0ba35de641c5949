//! The rules: what happens when something is asked of an order. No I/O, no clock; total. Whether it may be asked at all, the
//! table of [`permit`] says.

mod cancel;
mod parcels;
mod payments;
mod refunds;
mod returns;

use super::command::Command;
use super::event::{Actor, EventKind, Role};
use super::rejection::Rejection;
use super::returns::ReturnState;
use super::rules::permit;
use super::shipments::ShipmentState;
use super::units::{Units, ordered};
use super::{Order, Status};
use crate::placement::Document;
use crate::time::Timestamp;

/// What happens when `command` is asked of `order` by `actor` at `now`. No events: it is done already, and asking again is
/// fine.
pub fn decide(
    order: &Order,
    document: &Document,
    command: &Command,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<EventKind>, Rejection> {
    if is_done(order, command, actor.role())? {
        return Ok(vec![]);
    }
    permit(order, document, command.action(), actor.role(), now)?;
    match command {
        Command::Pay { method, key } => Ok(payments::pay(order, method, key)),
        Command::Accept => Ok(vec![EventKind::Confirmed]),
        Command::RecordPayment(report) => payments::record(order, report),
        Command::RecordRefund { refund, report } => refunds::record(order, refund, report),
        Command::RecordOutsideRefund { provider, amount } => {
            Ok(refunds::record_outside(order, provider, *amount))
        }
        Command::RecordDispute { dispute, amount, reason, won } => {
            Ok(refunds::record_dispute(order, dispute, *amount, reason, *won))
        }
        Command::Cancel { reason, override_reason } => {
            cancel::all(order, document, reason, override_reason.as_deref(), actor.role())
        }
        Command::CancelLines { lines, reason, override_reason, request } => {
            let why = cancel::Why { reason, override_reason: override_reason.as_deref(), request };
            cancel::lines(order, document, lines, &why, actor.role())
        }
        Command::Expire => Ok(payments::expire(order, now)),
        Command::Prepare { packagings } => Ok(vec![parcels::prepare(order, document, packagings, &[])?]),
        Command::Pack { parcel } => parcels::pack(order, *parcel),
        Command::Ship { parcel, courier } => parcels::ship(order, *parcel, courier.as_ref(), None),
        Command::Deliver { parcel } => parcels::deliver(order, *parcel),
        Command::Fulfill { lines, courier, packagings, request } => {
            parcels::fulfill(order, document, packagings, lines.as_deref(), courier.as_ref(), request)
        }
        Command::NameCourier { parcel, courier } => parcels::name_courier(order, *parcel, courier),
        Command::WantLabel { parcel, request } => parcels::want_label(order, *parcel, request),
        Command::RequestLabel { parcel, rate } => parcels::request_label(order, *parcel, rate),
        Command::RecordLabel { parcel, report } => Ok(parcels::record_label(order, *parcel, report)),
        Command::Refund { what, reason, request } => {
            refunds::request(order, document, what, reason.as_deref(), request)
        }
        Command::RetryRefund { refund } => refunds::retry(order, refund),
        Command::SettleRefund { refund, reference } => refunds::settle(order, refund, reference),
        Command::RequestReturn { lines, reason, comment, request } => {
            returns::request(order, document, lines, reason, comment.as_deref(), request)
        }
        Command::ApproveReturn { id } => returns::approve(order, *id),
        Command::RejectReturn { id, reason } => returns::reject(order, *id, reason),
        Command::ReceiveReturn { id, lines, refund_delivery } => {
            returns::receive(order, document, *id, lines.as_deref(), *refund_delivery)
        }
        Command::NoteBill { number, place } => {
            Ok(vec![EventKind::BillIssued { number: number.clone(), place: *place }])
        }
        Command::ChangeNotes { notes } => Ok(change_notes(order, document, notes.as_deref())),
    }
}

/// Whether it was done before, so that asking again changes nothing.
fn is_done(order: &Order, command: &Command, role: Role) -> Result<bool, Rejection> {
    if let Some(request) = command.request() {
        let before = order.log.iter().filter_map(|event| event.kind.request());
        return match before.into_iter().find(|known| known.key == request.key) {
            Some(known) if known == request => Ok(true),
            Some(_) => Err(Rejection::KeyReused),
            None => Ok(false),
        };
    }
    let has = |kind: &EventKind| order.log.iter().any(|event| event.kind == *kind);
    let past = |status: Status| {
        let place = |status: Status| Status::ALL.iter().position(|known| *known == status);
        order.status != Status::Cancelled && place(order.status) >= place(status)
    };
    Ok(match command {
        Command::Pay { method, key } => return payments::was_chosen(order, method, key),
        Command::Accept => past(Status::Confirmed),
        Command::Cancel { .. } => order.status == Status::Cancelled,
        Command::Expire => order.status != Status::Pending,
        // The worker's message may come after the order was called off, or of lines cancelled before anything was paid:
        // the confirmation brings another. Nobody else who wants to prepare it then is content.
        Command::Prepare { .. } => {
            let waits_or_off = matches!(order.status, Status::Pending | Status::Cancelled);
            past(Status::Preparing) || (role == Role::System && waits_or_off)
        }
        Command::Pack { parcel } => match parcel {
            Some(number) => so_far(order, *number, ShipmentState::Packed),
            None => past(Status::Packed),
        },
        Command::Ship { parcel, .. } => match parcel {
            Some(number) => so_far(order, *number, ShipmentState::Shipped),
            None => past(Status::Shipped),
        },
        Command::Deliver { parcel } => match parcel {
            Some(number) => so_far(order, *number, ShipmentState::Delivered),
            None => past(Status::Delivered),
        },
        Command::ApproveReturn { id } => {
            let state = order.a_return(*id).map(|known| known.state);
            matches!(state, Some(ReturnState::Approved | ReturnState::Received))
        }
        Command::RejectReturn { id, reason } => {
            has(&EventKind::ReturnRejected { id: *id, reason: reason.clone() })
        }
        Command::ReceiveReturn { id, lines, refund_delivery } => {
            returns::was_received(order, *id, lines.as_deref(), *refund_delivery)
        }
        Command::SettleRefund { refund, reference } => {
            has(&EventKind::RefundSettled { refund: refund.clone(), reference: reference.clone() })
        }
        Command::NoteBill { place, .. } => order.bill_number(*place).is_some(),
        _ => false,
    })
}

/// Whether a parcel is that far already.
fn so_far(order: &Order, number: u16, state: ShipmentState) -> bool {
    order.shipment(number).is_some_and(|shipment| shipment.state >= state)
}

fn change_notes(order: &Order, document: &Document, notes: Option<&str>) -> Vec<EventKind> {
    let news = order.internal_notes(document) != notes;
    news.then(|| EventKind::NotesChanged { notes: notes.map(str::to_owned) }).into_iter().collect()
}

/// Units that a request names: each line is there, each once and has so many left for it.
fn check_units(document: &Document, asked: &[Units], left: impl Fn(u16) -> u32) -> Result<(), Rejection> {
    for (at, units) in asked.iter().enumerate() {
        let again = asked.iter().take(at).any(|earlier| earlier.line == units.line);
        if again || units.quantity == 0 || ordered(document, units.line) == 0 {
            return Err(Rejection::UnknownLine { at });
        }
        let left = left(units.line);
        if units.quantity > left {
            return Err(Rejection::NotEnoughUnits { line: units.line, left });
        }
    }
    Ok(())
}
