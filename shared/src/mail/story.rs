//! Which event is worth a mail, and what the mail says: the sentences, in no language yet.
//!
//! Not every step is: between *confirmed* and *shipped* a customer hears nothing of parcels being planned and packed, and of a
//! refund only once it is paid. Somebody who gets a mail for everything reads none.

use super::facts::{Facts, Promise, arrived};
use super::words::{Label, Reason, Sentence, Subject};
use crate::money::Money;
use crate::order::payment::Method;
use crate::order::{Cause, Courier, EventKind, Units};
use crate::time::Timestamp;

/// What the mail about an event says.
pub(super) struct Story {
    pub(super) subject: Subject,
    pub(super) sentences: Vec<Sentence>,
    /// Who carries what it is about.
    pub(super) couriers: Vec<Courier>,
}

/// The mail about an event, if there is one. A new kind of event gets its mail here.
pub(super) fn tell(facts: &Facts<'_>) -> Option<Story> {
    let (subject, sentences) = match &facts.event.kind {
        EventKind::Placed { total, method, hold_until, .. } => {
            (Subject::Placed, placed(facts, *total, method, *hold_until))
        }
        EventKind::Confirmed => (Subject::Confirmed, confirmed(facts)),
        EventKind::PaymentFailed { .. } => {
            (Subject::PaymentFailed, payment_failed(facts, facts.payable_until()?))
        }
        // The mail about the cancelled order says it.
        EventKind::LinesCancelled { .. } if facts.nothing_left() => return None,
        EventKind::LinesCancelled { lines, reason, .. } => {
            (Subject::LinesCancelled, lines_cancelled(facts, lines, reason))
        }
        EventKind::Cancelled { reason, .. } => (Subject::Cancelled, cancelled(facts, reason)),
        // The mail about the whole order says it.
        EventKind::ParcelShipped { .. } if facts.whole_order_left() => return None,
        EventKind::ParcelShipped { parcel, .. } => {
            let items = facts.items(&facts.shipment(*parcel)?.parcel.lines);
            (Subject::PartShipped, vec![Sentence::PartOnItsWay { items }])
        }
        EventKind::Shipped => (Subject::Shipped, shipped(facts)),
        EventKind::ParcelDelivered { .. } if facts.whole_order_arrived() => return None,
        EventKind::ParcelDelivered { parcel } => {
            let items = facts.items(&facts.shipment(*parcel)?.parcel.lines);
            (Subject::PartDelivered, vec![Sentence::PartDelivered { items }])
        }
        EventKind::Delivered => (Subject::Delivered, delivered(facts)),
        // The provider had told us so before, and took it back in between.
        EventKind::Refunded { refund, .. } if facts.was_done(refund) => return None,
        EventKind::Refunded { refund, .. } => {
            let promise = facts.promise(refund)?;
            (Subject::Refunded, with_cause(paid_back(facts, promise.amount), facts, &promise))
        }
        EventKind::RefundSettled { refund, reference } => {
            let promise = facts.promise(refund)?;
            let (amount, reference) = (facts.amount(promise.amount), facts.quoted(reference));
            let done = Sentence::PaidBackByHand { amount, reference };
            (Subject::Refunded, with_cause(done, facts, &promise))
        }
        EventKind::RefundedOutside { amount, .. } => (Subject::Refunded, vec![paid_back(facts, *amount)]),
        EventKind::ReturnRequested { lines, reason, comment, .. } => {
            (Subject::ReturnRequested, return_requested(facts, lines, reason, comment.as_deref()))
        }
        EventKind::ReturnApproved { id } => (
            Subject::ReturnApproved,
            vec![
                Sentence::PleaseSend { items: facts.items(facts.asked_back(*id)) },
                Sentence::NoteInParcel { number: facts.number() },
                Sentence::WhenArrived,
            ],
        ),
        EventKind::ReturnRejected { id, reason } => (
            Subject::ReturnRejected,
            vec![
                Sentence::CannotTakeBack { items: facts.items(facts.asked_back(*id)) },
                because(facts, reason),
            ],
        ),
        EventKind::ReturnReceived { id, lines, delivery, amount } => (
            Subject::ReturnReceived,
            return_received(facts, &arrived(lines), &facts.missing(*id, lines), *delivery, *amount),
        ),
        EventKind::PaymentChosen { .. }
        | EventKind::PaymentReplaced
        | EventKind::CheckoutOpened { .. }
        | EventKind::PaymentStarted { .. }
        | EventKind::PaymentPending
        | EventKind::PaymentAuthorized { .. }
        | EventKind::Paid { .. }
        | EventKind::Collected { .. }
        | EventKind::PaymentVoided
        | EventKind::Prepared { .. }
        | EventKind::ParcelPacked { .. }
        | EventKind::CourierNamed { .. }
        | EventKind::LabelWanted { .. }
        | EventKind::LabelRequested { .. }
        | EventKind::LabelBought { .. }
        | EventKind::LabelFailed { .. }
        | EventKind::LabelVoidRequested { .. }
        | EventKind::LabelVoided { .. }
        | EventKind::Packed
        | EventKind::RefundRequested { .. }
        | EventKind::RefundFailed { .. }
        | EventKind::RefundRetried { .. }
        | EventKind::Disputed { .. }
        | EventKind::DisputeClosed { .. }
        // The mail about what the bill is for leads to it.
        | EventKind::BillIssued { .. }
        | EventKind::NotesChanged { .. } => return None,
    };
    let couriers = match &facts.event.kind {
        EventKind::Shipped => facts.couriers(),
        EventKind::ParcelShipped { parcel, .. } => {
            facts.shipment(*parcel).and_then(|shipment| shipment.courier).into_iter().collect()
        }
        _ => vec![],
    };
    let carried = couriers.iter().map(|courier| Sentence::TravelsWith {
        courier: facts.quoted(&courier.name),
        number: courier.tracking_number.as_ref().map(|number| facts.quoted(number)),
    });
    let sentences = sentences.into_iter().chain(carried).collect();
    Some(Story { subject, sentences, couriers })
}

fn placed(facts: &Facts<'_>, total: Money, method: &Method, hold_until: Option<Timestamp>) -> Vec<Sentence> {
    let amount = facts.amount(total);
    let payment = match method {
        _ if total.is_zero() => Sentence::NothingToPay,
        Method::Cod => Sentence::PaidOnDelivery { amount },
        Method::Later => Sentence::PaidLater { amount, until: hold_until.map(|until| facts.moment(until)) },
        Method::Card { .. } | Method::Redirect { .. } => Sentence::PaymentUnderWay { amount },
    };
    vec![Sentence::Received, payment]
}

fn confirmed(facts: &Facts<'_>) -> Vec<Sentence> {
    let settled = match facts.previous() {
        Some(EventKind::Paid { amount, .. }) => Sentence::Paid { amount: facts.amount(*amount) },
        Some(EventKind::PaymentAuthorized { amount, .. }) => {
            Sentence::Reserved { amount: facts.amount(*amount) }
        }
        _ => Sentence::Settled,
    };
    vec![settled, arrives(facts)]
}

fn arrives(facts: &Facts<'_>) -> Sentence {
    Sentence::Arrives { date: facts.words.customs.date(facts.order.estimated_delivery.date()) }
}

fn payment_failed(facts: &Facts<'_>, again: Timestamp) -> Vec<Sentence> {
    let amount = facts.amount(facts.order.payment.amount);
    vec![Sentence::PaymentRefused { amount }, Sentence::TryAgain { until: facts.moment(again) }]
}

fn lines_cancelled(facts: &Facts<'_>, lines: &[Units], reason: &str) -> Vec<Sentence> {
    let sums = facts.sums();
    let (amount, reserved) = (facts.amount(sums.owed()), sums.authorized());
    let costs = Sentence::NowCosts { amount: amount.clone() };
    let money = match facts.goes_back() {
        Some(sum) => Some(goes_back(facts, sum)),
        None if !reserved.is_zero() => {
            Some(Sentence::TakenOfReserved { reserved: facts.amount(reserved), amount })
        }
        None if facts.on_delivery() => Some(Sentence::PaidOnDelivery { amount }),
        None => None,
    };
    let off = Sentence::CalledOff { items: facts.items(lines) };
    [Some(off), given_reason(facts, reason), Some(costs), money].into_iter().flatten().collect()
}

fn cancelled(facts: &Facts<'_>, reason: &str) -> Vec<Sentence> {
    let (why, reason) = match reason {
        "payment_expired" if facts.by_system() => (Sentence::NotPaidInTime, None),
        "payment_failed" if facts.by_system() => (Sentence::PaymentNotPossible, None),
        "authorization_expired" if facts.by_system() => (Sentence::ReservationLapsed, None),
        reason => (Sentence::Cancelled, given_reason(facts, reason)),
    };
    let sums = facts.sums();
    let money = match facts.goes_back() {
        Some(sum) => Some(goes_back(facts, sum)),
        None if !sums.authorized().is_zero() => {
            Some(Sentence::ReservedFree { amount: facts.amount(sums.authorized()) })
        }
        None if sums.captured().is_zero() => Some(Sentence::NothingCharged),
        None if sums.disputed().is_zero() => Some(Sentence::GivenBackBefore),
        // The bank has it, and decides.
        None => None,
    };
    [Some(why), reason, money].into_iter().flatten().collect()
}

fn shipped(facts: &Facts<'_>) -> Vec<Sentence> {
    let sums = facts.sums();
    let (owed, reserved) = (sums.owed(), sums.authorized());
    let amount = facts.amount(owed);
    let in_time = facts.event.at.date() <= facts.order.estimated_delivery.date();
    let money = if facts.on_delivery() && !owed.is_zero() {
        Some(Sentence::HaveReady { amount })
    } else if reserved.is_zero() {
        None
    } else if reserved == owed {
        Some(Sentence::TakeReserved { amount })
    } else {
        Some(Sentence::TakeOfReserved { reserved: facts.amount(reserved), amount })
    };
    let on_its_way = Sentence::OnItsWay { parcels: facts.parcels() };
    [Some(on_its_way), in_time.then(|| arrives(facts)), money].into_iter().flatten().collect()
}

fn delivered(facts: &Facts<'_>) -> Vec<Sentence> {
    let collected = match facts.next() {
        Some(EventKind::Collected { amount }) => Some(Sentence::Collected { amount: facts.amount(*amount) }),
        _ => None,
    };
    let until = facts.order.return_until(facts.document);
    let until = until.map(|until| Sentence::ReturnableUntil { until: facts.moment(until) });
    [Some(Sentence::Delivered), collected, until].into_iter().flatten().collect()
}

fn paid_back(facts: &Facts<'_>, amount: Money) -> Sentence {
    Sentence::PaidBack { amount: facts.amount(amount) }
}

fn with_cause(done: Sentence, facts: &Facts<'_>, promise: &Promise<'_>) -> Vec<Sentence> {
    [Some(done), what_for(facts, promise)].into_iter().flatten().collect()
}

fn what_for(facts: &Facts<'_>, promise: &Promise<'_>) -> Option<Sentence> {
    Some(match promise.cause {
        Cause::Cancelled => match promise.because {
            Some(EventKind::LinesCancelled { lines, .. }) => {
                Sentence::ForCalledOff { items: facts.items(lines) }
            }
            _ => Sentence::ForCancelled,
        },
        Cause::Overpaid => Sentence::ForOverpaid,
        Cause::Full => Sentence::ForTheRest,
        Cause::Lines => Sentence::ForItems { items: parts(facts, promise.lines, promise.delivery) },
        Cause::Amount => Sentence::ForAPart,
        Cause::Goodwill => Sentence::ForGoodwill,
        Cause::Return(_) => match promise.because {
            Some(EventKind::ReturnReceived { lines, delivery, .. }) => {
                Sentence::ForSentBack { items: parts(facts, &arrived(lines), *delivery) }
            }
            _ => return None,
        },
    })
}

fn return_requested(
    facts: &Facts<'_>,
    lines: &[Units],
    reason: &str,
    comment: Option<&str>,
) -> Vec<Sentence> {
    let wanted = Sentence::WantsToSendBack { items: facts.items(lines) };
    let reason = match Reason::of(reason) {
        Some(known) => Sentence::Because { reason: ended((facts.words.reason)(known)) },
        None => because(facts, &reason.replace('_', " ")),
    };
    let comment = comment.map(|comment| Sentence::Comment { text: facts.quoted(comment) });
    [Some(wanted), Some(reason), comment, Some(Sentence::WaitForUs)].into_iter().flatten().collect()
}

fn return_received(
    facts: &Facts<'_>,
    arrived: &[Units],
    missing: &[Units],
    delivery: bool,
    amount: Money,
) -> Vec<Sentence> {
    let came = Sentence::Arrived { items: facts.items(arrived) };
    let missing = (!missing.is_empty()).then(|| Sentence::DidNotArrive { items: facts.items(missing) });
    let money = match facts.goes_back() {
        Some(sum) => goes_back(facts, sum),
        None if amount.is_zero() => Sentence::NothingLeft,
        None => Sentence::OwedLess { amount: facts.amount(amount) },
    };
    let delivery = delivery.then_some(Sentence::DeliveryIncluded);
    [Some(came), missing, Some(money), delivery].into_iter().flatten().collect()
}

fn goes_back(facts: &Facts<'_>, sum: Money) -> Sentence {
    let amount = facts.amount(sum);
    // What the carrier has collected cannot go back to where it came from.
    if facts.order.refunds_by_hand() {
        Sentence::GoesBack { amount }
    } else {
        Sentence::GoesBackAsPaid { amount }
    }
}

/// `2 × Mug, delivery`.
pub(super) fn parts(facts: &Facts<'_>, units: &[Units], delivery: bool) -> String {
    let charge = delivery.then(|| (facts.words.label)(&Label::Delivery));
    let items = Some(facts.items(units)).filter(|items| !items.is_empty());
    let parts: Vec<String> = items.into_iter().chain(charge).collect();
    facts.words.customs.list(&parts)
}

/// Why, unless it says no more than who wanted it.
fn given_reason(facts: &Facts<'_>, reason: &str) -> Option<Sentence> {
    (!matches!(reason, "customer_request" | "staff_request")).then(|| because(facts, reason))
}

/// Why, in the words of whoever typed it.
fn because(facts: &Facts<'_>, reason: &str) -> Sentence {
    Sentence::Because { reason: facts.quoted(&ended(reason)) }
}

/// With a full stop, unless it has an end.
fn ended(reason: &str) -> String {
    let reason = reason.trim();
    let end = if reason.ends_with(['.', '!', '?', '؟', '…', '。']) { "" } else { "." };
    format!("{reason}{end}")
}
