//! The laws that hold after every step.

use super::audit::{Audit, once_is_once, told};
use super::provider::{At, Provider};
use super::stock::Stock;
use crate::order::payment::{PaymentStatus, State};
use crate::order::{
    Actor, EventKind, FulfillmentStatus, Order, Role, Shipment, ShipmentState, Status, apply,
};
use crate::placement::Document;

const DAY: i64 = 24 * 60 * 60;

/// What an order stands for as a whole.
pub(super) fn check(order: &Order, document: &Document, stock: &Stock, provider: &Provider) {
    let audit = Audit::of(order, document, provider);
    the_state_is_the_fold_of_its_log(order);
    once_is_once(order);
    money(order, document, &audit);
    units(order, document, &audit);
    parcels(order, document);
    stock.check(order, document);
    assert!(audit.deliveries <= 1, "the delivery charge goes back twice: {}", told(order));
    let paid = provider.attempts.iter().filter(|attempt| attempt.at == At::Paid).count();
    assert!(paid <= 1, "money was taken twice: {provider:?} {}", told(order));
}

/// The order stands where the least of its parcels does.
fn parcels(order: &Order, document: &Document) {
    let shipments = order.shipments();
    let numbers: Vec<u16> = shipments.iter().map(Shipment::number).collect();
    assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?} {}", told(order));
    let least = shipments.iter().map(|shipment| shipment.state).min();
    let has_left = shipments.iter().any(Shipment::has_left);
    let fits = match order.status {
        Status::Pending | Status::Cancelled => shipments.is_empty(),
        Status::Confirmed => shipments.iter().all(Shipment::has_left),
        Status::Preparing => least == Some(ShipmentState::Planned),
        Status::Packed => least == Some(ShipmentState::Packed),
        Status::Shipped => least == Some(ShipmentState::Shipped),
        Status::Delivered => least == Some(ShipmentState::Delivered),
    };
    assert!(fits, "{shipments:?} {}", told(order));
    let goods = match order.status {
        Status::Cancelled => FulfillmentStatus::Cancelled,
        Status::Shipped | Status::Delivered => FulfillmentStatus::Fulfilled,
        _ if has_left => FulfillmentStatus::PartiallyFulfilled,
        Status::Preparing | Status::Packed => FulfillmentStatus::InProgress,
        Status::Pending | Status::Confirmed => FulfillmentStatus::Unfulfilled,
    };
    assert_eq!(order.fulfillment, goods, "{}", told(order));
    // Every unit that is not called off is in one parcel, once they are planned.
    if !matches!(order.status, Status::Pending | Status::Confirmed | Status::Cancelled) {
        for line in crate::order::lines(document) {
            let planned: u32 = shipments.iter().map(|shipment| shipment.parcel.units_of(line)).sum();
            let tally = order.tallies(document).of(line);
            assert_eq!(planned, tally.sent + tally.open(), "line {line} of {}", told(order));
        }
    }
}

fn the_state_is_the_fold_of_its_log(order: &Order) {
    let folded = order
        .log
        .iter()
        .fold(None, |state, event| apply(state, std::slice::from_ref(&event.kind), &event.actor, event.at));
    assert_eq!(folded.as_ref(), Some(order));
}

/// The order's ledger is the one that the auditor adds up, and no cent is lost between what was taken, kept and given back.
fn money(order: &Order, document: &Document, audit: &Audit) {
    let sums = order.sums();
    let (owed, captured, requested) =
        (sums.owed().minor(), sums.captured().minor(), sums.requested().minor());
    let (refunded, disputed) = (sums.refunded().minor(), sums.disputed().minor());
    assert_eq!(
        (captured, requested, refunded, disputed),
        (audit.captured, audit.requested, audit.refunded, audit.disputed),
        "captured, requested, refunded, disputed of {}",
        told(order)
    );
    assert_eq!(sums.balance_minor(), owed - (captured - refunded - disputed));
    assert!((0..=order.total.minor()).contains(&owed), "{}", told(order));
    let left = captured - refunded - requested - disputed;
    assert_eq!(sums.refundable().minor(), left.max(0));
    let parts: i64 = document.quote.lines.iter().map(|line| line.total.minor()).sum();
    assert_eq!(order.total.minor(), parts + document.quote.delivery.total.minor(), "{document:?}");
    if sums.authorized().minor() > 0 {
        assert!(matches!(order.payment.state, State::Authorized | State::Voiding), "{}", told(order));
    }
    if audit.outside {
        return;
    }
    let kept = audit.owed(order, document);
    assert!(audit.cut || owed == kept, "{kept} is kept and {owed} is owed: {}", told(order));
    // While a bank has some of it, more can be promised than is there.
    if disputed > 0 {
        return;
    }
    assert!(left >= 0, "more goes back than was taken: {}", told(order));
    if captured > 0 {
        // What the store has beyond what is owed is on its way back, or failed to go.
        let stuck = captured - refunded - requested - owed;
        assert!((0..=audit.failed).contains(&stuck), "{stuck} neither owed nor given back: {}", told(order));
        assert!(
            audit.instead || stuck == audit.failed,
            "{stuck} of {} failed: {}",
            audit.failed,
            told(order)
        );
        assert!(
            audit.instead || audit.failed <= left,
            "what failed cannot be paid any more: {}",
            told(order)
        );
    }
    assert!(
        order.payment_status() != PaymentStatus::Refunded || refunded == captured,
        "refunded in full, but for some cents: {}",
        told(order)
    );
}

/// No unit is called off, paid back or sent back twice.
fn units(order: &Order, document: &Document, audit: &Audit) {
    let tallies = order.tallies(document);
    assert_eq!(tallies.all().len(), audit.lines.len());
    for ((line, tally), number) in audit.lines.iter().zip(tallies.all()).zip(1..) {
        assert_eq!(
            (tally.cancelled, tally.credited, tally.returning, tally.returned),
            (line.cancelled, line.credited, line.returning, line.returned),
            "line {number} of {}",
            told(order)
        );
        let back = line.returning + line.returned;
        assert!(line.credited <= line.ordered, "line {number} of {}", told(order));
        assert!(back <= line.delivered && line.delivered <= line.sent, "line {number} of {}", told(order));
        assert!(line.cancelled + line.sent + line.packed <= line.ordered, "line {number} of {}", told(order));
        assert!(line.cancelled + line.returned <= line.credited, "line {number} of {}", told(order));
        assert_eq!(
            (tally.packed, tally.sent, tally.delivered),
            (line.packed, line.sent, line.delivered),
            "line {number} of {}",
            told(order)
        );
        assert_eq!(
            (tally.open(), tally.returnable()),
            (line.ordered - line.cancelled - line.sent, line.delivered - back),
            "line {number} of {}",
            told(order)
        );
    }
    if order.status == Status::Delivered || order.status == Status::Shipped {
        let kept: u32 = audit.lines.iter().map(|line| line.ordered - line.cancelled).sum();
        assert!(kept > 0, "an empty parcel: {}", told(order));
    }
}

/// What a single step may do: what the store promised at placement holds, for each role.
pub(super) fn step(before: Status, order: &Order, document: &Document, new: &[EventKind], actor: &Actor) {
    let now = order.updated_at;
    for event in new {
        match event {
            EventKind::Cancelled { override_reason, .. }
            | EventKind::LinesCancelled { override_reason, .. } => {
                within_policy(before, order, document, actor, override_reason.is_some());
            }
            EventKind::ReturnRequested { .. } => {
                let delivered = order.log.iter().find(|event| event.kind == EventKind::Delivered);
                let delivered = delivered.expect("nothing is sent back before it is delivered").at;
                let end = delivered.plus_seconds(i64::from(document.policies.returns.window_days) * DAY);
                let open = document.policies.returns.window_days > 0 && now <= end;
                assert!(open || actor.role() == Role::Staff, "the window is closed: {}", told(order));
            }
            EventKind::ParcelShipped { .. } => {
                let paid =
                    matches!(order.payment.state, State::Captured | State::Authorized | State::OnDelivery);
                assert!(paid, "sent unpaid: {}", told(order));
            }
            _ => {}
        }
    }
    let path = |status| Status::ALL.iter().position(|known| *known == status);
    let planned_anew = new.iter().any(|event| matches!(event, EventKind::LinesCancelled { .. }));
    let off = order.status == Status::Cancelled && !matches!(before, Status::Shipped | Status::Delivered);
    let (from, to) = (path(before), path(order.status));
    // A part that is wanted before the rest opens parcels that were closed.
    let planned_anew = planned_anew || new.iter().any(|event| matches!(event, EventKind::Prepared { .. }));
    let on = from <= to && order.status != Status::Cancelled;
    assert!(on || off || planned_anew, "from {before:?} to {:?}: {}", order.status, told(order));
}

fn within_policy(before: Status, order: &Order, document: &Document, actor: &Actor, reason: bool) {
    let policy = &document.policies.cancel;
    let method = &order.payment.method;
    match actor.role() {
        Role::Customer => assert!(policy.customer.of(method).allows(before), "too late: {}", told(order)),
        Role::Staff => assert_eq!(!policy.staff.of(method).allows(before), reason, "{}", told(order)),
        // It gives up what nobody paid, or what the bank let go of.
        Role::System => assert!(!reason),
    }
}
