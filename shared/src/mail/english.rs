//! What mails say, in English. No other file has words for customers; another language is another one like this.

use super::Words;
use super::facts::{Facts, Promise, arrived};
use crate::ids::OrderNumber;
use crate::money::Money;
use crate::order::payment::Method;
use crate::order::{Cause, Courier, EventKind, Units};
use crate::percent::Percent;
use crate::time::{Timestamp, iso_date};

/// The language, as HTML names it (BCP 47).
pub(super) const LANGUAGE: &str = "en";

/// Words of the layout.
pub(super) mod labels {
    pub const TOTAL: &str = "Total";
    pub const AS_ORDERED: &str = "As ordered";
    pub const DISCOUNT: &str = "Discount";
    pub const YOUR_ORDER: &str = "Your order";
    pub const TOKEN: &str = "The token of your order";
}

/// What goes above the bill.
pub(super) fn order_heading(number: &OrderNumber) -> String {
    format!("Order {number}")
}

/// A tax on the bill.
pub(super) fn tax(name: &str, rate: Percent, included: bool) -> String {
    format!("{name} {rate} %{}", if included { ", included" } else { "" })
}

/// Why something is taken off the bill.
pub(super) fn taken_off(facts: &Facts<'_>, because: &EventKind) -> String {
    match because {
        EventKind::LinesCancelled { lines, .. } => format!("Called off: {}", facts.names(lines)),
        EventKind::Cancelled { .. } => "Cancelled".to_owned(),
        EventKind::ReturnReceived { lines, delivery, .. } => {
            format!("Sent back: {}", parts(facts, &arrived(lines), *delivery))
        }
        EventKind::RefundRequested { cause: Cause::Goodwill, .. } => "Goodwill".to_owned(),
        EventKind::RefundRequested { cause: Cause::Lines, lines, delivery, .. } => {
            format!("Given back: {}", parts(facts, lines, *delivery))
        }
        _ => "Given back".to_owned(),
    }
}

/// What the mail about an event says, if there is one.
pub(super) fn words(facts: &Facts<'_>) -> Option<Words> {
    let number = facts.order.number();
    let (subject, paragraphs) = match &facts.event.kind {
        EventKind::Placed { total, method, hold_until, .. } => {
            (format!("We have received your order {number}"), placed(*total, method, *hold_until))
        }
        EventKind::Confirmed => (format!("Your order {number} is confirmed"), confirmed(facts)),
        EventKind::PaymentFailed { .. } => {
            let again = facts.payable_until()?;
            (format!("Your payment for order {number} was not possible"), payment_failed(facts, again))
        }
        // The mail about the cancelled order says it.
        EventKind::LinesCancelled { .. } if facts.nothing_left() => return None,
        EventKind::LinesCancelled { lines, reason, .. } => {
            (format!("A part of your order {number} was called off"), lines_cancelled(facts, lines, reason))
        }
        EventKind::Cancelled { reason, .. } => {
            (format!("Your order {number} was cancelled"), cancelled(facts, reason))
        }
        // The mail about the whole order says it.
        EventKind::ParcelShipped { .. } if facts.whole_order_left() => return None,
        EventKind::ParcelShipped { parcel, .. } => {
            (format!("A part of your order {number} is on its way"), parcel_shipped(facts, *parcel))
        }
        EventKind::Shipped => (format!("Your order {number} is on its way"), shipped(facts)),
        EventKind::ParcelDelivered { .. } if facts.whole_order_arrived() => return None,
        EventKind::ParcelDelivered { parcel } => {
            (format!("A part of your order {number} was delivered"), parcel_delivered(facts, *parcel))
        }
        EventKind::Delivered => (format!("Your order {number} was delivered"), delivered(facts)),
        // The provider had told us so before, and took it back in between.
        EventKind::Refunded { refund, .. } if facts.was_done(refund) => return None,
        EventKind::Refunded { refund, .. } => {
            (refund_subject(&number), refunded(facts, &facts.promise(refund)?))
        }
        EventKind::RefundSettled { refund, reference } => {
            (refund_subject(&number), settled(facts, &facts.promise(refund)?, reference))
        }
        EventKind::RefundedOutside { amount, .. } => (refund_subject(&number), vec![paid_back(*amount)]),
        EventKind::ReturnRequested { lines, reason, comment, .. } => (
            format!("Your return for order {number}"),
            return_requested(facts, lines, reason, comment.as_deref()),
        ),
        EventKind::ReturnApproved { id } => (
            format!("Your return for order {number} is approved"),
            vec![
                format!("Please send us: {}.", facts.names(facts.asked_back(*id))),
                format!("Put a note with the number of your order, {number}, into the parcel."),
                "We write again once it has arrived.".to_owned(),
            ],
        ),
        EventKind::ReturnRejected { id, reason } => (
            format!("Your return for order {number} is not possible"),
            vec![
                format!("We cannot take this back: {}.", facts.names(facts.asked_back(*id))),
                because(reason),
            ],
        ),
        EventKind::ReturnReceived { id, lines, delivery, amount } => (
            format!("Your return for order {number} has arrived"),
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
        | EventKind::LabelRequested { .. }
        | EventKind::LabelBought { .. }
        | EventKind::LabelFailed { .. }
        | EventKind::LabelVoided { .. }
        | EventKind::Packed
        | EventKind::RefundRequested { .. }
        | EventKind::RefundFailed { .. }
        | EventKind::RefundRetried { .. }
        | EventKind::Disputed { .. }
        | EventKind::DisputeClosed { .. } => return None,
    };
    Some(Words { subject, paragraphs })
}

fn placed(total: Money, method: &Method, hold_until: Option<Timestamp>) -> Vec<String> {
    let until = hold_until.map(|until| format!(" by {}", until.rfc3339())).unwrap_or_default();
    vec![
        "Thank you for your order. We have received it and keep your items for you.".to_owned(),
        match method {
            _ if total.is_zero() => "There is nothing to pay.".to_owned(),
            Method::Cod => format!("You pay {total} when it is delivered."),
            Method::Later => format!("It is yours once {total} are paid{until}."),
            Method::Card { .. } | Method::Redirect { .. } => {
                format!("We write again as soon as your payment of {total} is through.")
            }
        },
    ]
}

fn confirmed(facts: &Facts<'_>) -> Vec<String> {
    let settled = match facts.previous() {
        Some(EventKind::Paid { amount, .. }) => {
            format!("We have received your payment of {amount}, and are preparing your parcel.")
        }
        Some(EventKind::PaymentAuthorized { amount, .. }) => format!(
            "Your bank has reserved {amount}, and we are preparing your parcel. We take the money when we send it."
        ),
        _ => "Everything is settled, and we are preparing your parcel.".to_owned(),
    };
    vec![settled, arrives(facts)]
}

fn arrives(facts: &Facts<'_>) -> String {
    format!("It should reach you by {}.", iso_date(facts.order.estimated_delivery.date()))
}

fn payment_failed(facts: &Facts<'_>, again: Timestamp) -> Vec<String> {
    vec![
        format!("Your payment of {} was not possible. Nothing was charged.", facts.order.payment.amount),
        format!(
            "You can try again until {}, with the same card or in another way. We keep your items for you until then.",
            again.rfc3339()
        ),
    ]
}

fn lines_cancelled(facts: &Facts<'_>, lines: &[Units], reason: &str) -> Vec<String> {
    let sums = facts.sums();
    let (owed, reserved) = (sums.owed(), sums.authorized());
    let money = match facts.goes_back() {
        Some(sum) => Some(goes_back(facts, sum)),
        None if !reserved.is_zero() => {
            Some(format!("Of the {reserved} that your bank has reserved we take {owed}."))
        }
        None if facts.on_delivery() => Some(format!("You pay {owed} when it is delivered.")),
        None => None,
    };
    let costs = format!("Your order now costs {owed}.");
    let off = format!("This was called off: {}.", facts.names(lines));
    [Some(off), given_reason(reason), Some(costs), money].into_iter().flatten().collect()
}

fn cancelled(facts: &Facts<'_>, reason: &str) -> Vec<String> {
    let why = match reason {
        "payment_expired" if facts.by_system() => {
            "We did not receive a payment in time, so your order was cancelled.".to_owned()
        }
        "payment_failed" if facts.by_system() => {
            "Your payment was not possible, so your order was cancelled.".to_owned()
        }
        "authorization_expired" if facts.by_system() => {
            "Your bank no longer reserves the money, so your order was cancelled.".to_owned()
        }
        reason => match given_reason(reason) {
            Some(reason) => format!("Your order was cancelled. {reason}"),
            None => "Your order was cancelled.".to_owned(),
        },
    };
    let sums = facts.sums();
    let money = match facts.goes_back() {
        Some(sum) => Some(goes_back(facts, sum)),
        None if !sums.authorized().is_zero() => Some(format!(
            "Nothing was charged. The {} that your bank has reserved are free again.",
            sums.authorized()
        )),
        None if sums.captured().is_zero() => Some("Nothing was charged.".to_owned()),
        None if sums.disputed().is_zero() => Some("What you paid was given back before.".to_owned()),
        // The bank has it, and decides.
        None => None,
    };
    [Some(why), money].into_iter().flatten().collect()
}

fn shipped(facts: &Facts<'_>) -> Vec<String> {
    let sums = facts.sums();
    let (owed, reserved) = (sums.owed(), sums.authorized());
    let on_its_way = match facts.parcels() {
        parcels @ 2.. => format!("Your order is on its way, in {parcels} parcels."),
        _ => "Your order is on its way.".to_owned(),
    };
    let in_time = facts.event.at.date() <= facts.order.estimated_delivery.date();
    let money = if facts.on_delivery() && !owed.is_zero() {
        Some(format!("Please have {owed} ready: you pay when it is delivered."))
    } else if reserved.is_zero() {
        None
    } else if reserved == owed {
        Some(format!("We now take the {owed} that your bank has reserved."))
    } else {
        Some(format!("Of the {reserved} that your bank has reserved we now take {owed}."))
    };
    let followed = facts.couriers().iter().map(followed).collect::<Vec<_>>();
    [Some(on_its_way), in_time.then(|| arrives(facts)), money].into_iter().flatten().chain(followed).collect()
}

fn parcel_shipped(facts: &Facts<'_>, parcel: u16) -> Vec<String> {
    let Some(shipment) = facts.shipment(parcel) else { return vec![] };
    let what = format!("This is on its way: {}. The rest follows.", facts.names(&shipment.parcel.lines));
    [Some(what), shipment.courier.as_ref().map(followed)].into_iter().flatten().collect()
}

fn parcel_delivered(facts: &Facts<'_>, parcel: u16) -> Vec<String> {
    let Some(shipment) = facts.shipment(parcel) else { return vec![] };
    vec![format!("This was delivered: {}. The rest follows.", facts.names(&shipment.parcel.lines))]
}

/// How a parcel can be followed.
fn followed(courier: &Courier) -> String {
    let number =
        courier.tracking_number.as_ref().map(|number| format!(", number {number}")).unwrap_or_default();
    let url = courier.tracking_url.as_ref().map(|url| format!(": {url}")).unwrap_or_default();
    format!("It travels with {}{number}{url}.", courier.name)
}

fn delivered(facts: &Facts<'_>) -> Vec<String> {
    let collected = match facts.next() {
        Some(EventKind::Collected { amount }) => {
            Some(format!("The carrier has collected {amount} from you."))
        }
        _ => None,
    };
    let until = facts.order.return_until(facts.document);
    let until = until.map(|until| {
        format!("If something is not right, you can ask to send it back until {}.", until.rfc3339())
    });
    [Some("Your order was delivered.".to_owned()), collected, until].into_iter().flatten().collect()
}

fn refund_subject(number: &OrderNumber) -> String {
    format!("Your refund for order {number}")
}

fn refunded(facts: &Facts<'_>, promise: &Promise<'_>) -> Vec<String> {
    [Some(paid_back(promise.amount)), what_for(facts, promise)].into_iter().flatten().collect()
}

fn settled(facts: &Facts<'_>, promise: &Promise<'_>, reference: &str) -> Vec<String> {
    let done =
        format!("We have paid {} back to you. You find it by this reference: {reference}", promise.amount);
    [Some(done), what_for(facts, promise)].into_iter().flatten().collect()
}

/// Stripe, "Refund and cancel payments": customers see the refund approximately 5 to 10 business days later.
fn paid_back(amount: Money) -> String {
    format!(
        "We have paid {amount} back to you, the way you paid. Your bank may take 5 to 10 business days to show it."
    )
}

fn what_for(facts: &Facts<'_>, promise: &Promise<'_>) -> Option<String> {
    match promise.cause {
        Cause::Cancelled => match promise.because {
            Some(EventKind::LinesCancelled { lines, .. }) => {
                Some(format!("It is for what was called off: {}.", facts.names(lines)))
            }
            _ => Some("It is for your order, which was cancelled.".to_owned()),
        },
        Cause::Overpaid => Some("It is what you have paid beyond what your order costs.".to_owned()),
        Cause::Full => Some("It is all that was left of what you paid.".to_owned()),
        Cause::Lines => Some(format!("It is for: {}.", parts(facts, promise.lines, promise.delivery))),
        Cause::Amount => Some("It is a part of what you paid.".to_owned()),
        Cause::Goodwill => Some("It is a gesture of goodwill.".to_owned()),
        Cause::Return(_) => match promise.because {
            Some(EventKind::ReturnReceived { lines, delivery, .. }) => {
                Some(format!("It is for what you sent back: {}.", parts(facts, &arrived(lines), *delivery)))
            }
            _ => None,
        },
    }
}

fn return_requested(facts: &Facts<'_>, lines: &[Units], reason: &str, comment: Option<&str>) -> Vec<String> {
    let comment = comment.map(|comment| format!("You wrote: {comment}"));
    let wanted = format!("You want to send this back: {}.", facts.names(lines));
    let next = "Please wait until we have looked at it: we write again.".to_owned();
    [Some(wanted), Some(because(&reason.replace('_', " "))), comment, Some(next)]
        .into_iter()
        .flatten()
        .collect()
}

fn return_received(
    facts: &Facts<'_>,
    arrived: &[Units],
    missing: &[Units],
    delivery: bool,
    amount: Money,
) -> Vec<String> {
    let came = format!("This has arrived: {}.", facts.names(arrived));
    let missing = (!missing.is_empty()).then(|| format!("This did not arrive: {}.", facts.names(missing)));
    let money = match facts.goes_back() {
        Some(sum) => goes_back(facts, sum),
        None if amount.is_zero() => "There is nothing left to pay back for it.".to_owned(),
        None => format!("You owe {amount} less for it."),
    };
    let delivery = delivery.then(|| "The delivery charge is part of it.".to_owned());
    [Some(came), missing, Some(money), delivery].into_iter().flatten().collect()
}

fn goes_back(facts: &Facts<'_>, sum: Money) -> String {
    // What the carrier has collected cannot go back to where it came from.
    let way = if facts.order.refunds_by_hand() { "" } else { " the way you paid" };
    format!("We pay {sum} back to you{way}.")
}

/// `2 × Mug, delivery`.
fn parts(facts: &Facts<'_>, units: &[Units], delivery: bool) -> String {
    let names = facts.names(units);
    match (names.is_empty(), delivery) {
        (true, _) => "delivery".to_owned(),
        (false, true) => format!("{names}, delivery"),
        (false, false) => names,
    }
}

/// Why, unless it says no more than who wanted it.
fn given_reason(reason: &str) -> Option<String> {
    (!matches!(reason, "customer_request" | "staff_request")).then(|| because(reason))
}

fn because(reason: &str) -> String {
    let reason = reason.trim();
    let end = if reason.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("Reason: {reason}{end}")
}
