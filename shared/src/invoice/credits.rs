//! What was taken off an order, as its log tells it: each is one credit note, once there is an invoice.
//!
//! The ledger says how much; the events say what for. One command can be two or three events, e.g. `lines_cancelled` and the
//! `refund_requested` behind it. They are one credit, known by the first of them.

use std::ops::Range;

use crate::money::{Currency, Money};
use crate::order::{Cause, Entry, EntryKind, EventKind, Order, Received, Units};
use crate::placement::Document;

/// What a credit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// The order, or a part of it, was called off.
    CalledOff,
    /// Goods came back.
    SentBack,
    /// The price of units, of the delivery, or of all that was left was given back.
    PaidBack,
    /// An amount was given back.
    Amount,
    /// Staff is sorry.
    Goodwill,
}

impl Occasion {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::CalledOff => "cancelled",
            Self::SentBack => "return",
            Self::PaidBack => "paid_back",
            Self::Amount => "amount",
            Self::Goodwill => "goodwill",
        }
    }
}

/// Units of a line, counted from 0: which of them decides what they cost, to the cent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// Which line, from 0.
    pub line: usize,
    /// Which of its units.
    pub units: Range<u32>,
}

/// Something that was taken off what is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credit {
    /// The first of its events.
    pub sequence: u64,
    /// What for.
    pub occasion: Occasion,
    /// The units that it is for.
    pub parts: Vec<Part>,
    /// Whether it is for the delivery charge, too.
    pub delivery: bool,
    /// What is owed less.
    pub amount: Money,
    /// The refund that pays it back, if one does.
    pub refund: Option<String>,
    /// The event that makes it final: the refund was made, or there is none to wait for. None while it is under way.
    pub settled: Option<u64>,
}

/// Everything that was taken off an order, in the order in which it was.
pub(super) fn credits(order: &Order, document: &Document) -> Vec<Credit> {
    let ledger = order.ledger();
    let mut credits: Vec<Credit> = Vec::new();
    let mut tallies = vec![Tally::default(); document.lines.len()];
    let mut delivery_gone = false;
    for event in &order.log {
        let Some((occasion, units, delivery)) = what_for(&event.kind, document) else { continue };
        let stays = occasion == Occasion::PaidBack;
        let parts = parts(document, &mut tallies, &units, stays);
        let delivery_goes = delivery && !delivery_gone;
        delivery_gone |= delivery;
        let amount = amount_of(&ledger, event.sequence, order.total.currency());
        match credits.last_mut().filter(|last| ends_with(order, last.sequence, event.sequence)) {
            Some(last) => {
                last.parts.extend(parts);
                last.delivery |= delivery_goes;
                // Both are parts of what was owed, so their sum exists.
                last.amount = last.amount.plus(amount).unwrap_or(last.amount);
            }
            None => credits.push(Credit {
                sequence: event.sequence,
                occasion,
                parts,
                delivery: delivery_goes,
                amount,
                refund: None,
                settled: None,
            }),
        }
    }
    for credit in &mut credits {
        credit.refund = refund_of(order, credit.sequence);
        credit.settled = match &credit.refund {
            Some(refund) => settled(order, refund),
            None => Some(last_of(order, credit.sequence)),
        };
    }
    credits
}

/// What an event takes off, if that is something: what for, how many units of which lines, and whether the delivery.
fn what_for(event: &EventKind, document: &Document) -> Option<(Occasion, Vec<Units>, bool)> {
    Some(match event {
        EventKind::LinesCancelled { lines, .. } => (Occasion::CalledOff, lines.clone(), false),
        EventKind::Cancelled { .. } => (Occasion::CalledOff, everything(document), true),
        EventKind::ReturnReceived { lines, delivery, .. } => {
            (Occasion::SentBack, lines.iter().map(arrived).collect(), *delivery)
        }
        EventKind::RefundRequested { cause, lines, delivery, .. } => {
            let occasion = match cause {
                Cause::Full | Cause::Lines => Occasion::PaidBack,
                Cause::Amount => Occasion::Amount,
                Cause::Goodwill => Occasion::Goodwill,
                // The event before it took it off.
                Cause::Cancelled | Cause::Overpaid | Cause::Return(_) => return None,
            };
            (occasion, lines.clone(), *delivery)
        }
        EventKind::RefundedOutside { .. } => (Occasion::Amount, vec![], false),
        _ => return None,
    })
}

fn arrived(received: &Received) -> Units {
    Units { line: received.line, quantity: received.units() }
}

fn everything(document: &Document) -> Vec<Units> {
    let whole = |(line, of): (u16, &crate::placement::Line)| Units { line, quantity: of.quantity };
    (1u16..).zip(&document.lines).map(whole).collect()
}

/// What became of the units of a line, as far as it decides which of them the next ones are.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    /// Not owed any more.
    credited: u32,
    /// Called off, or sent back.
    went: u32,
}

/// Which units are owed no more: those after the ones that are not. Units that go are first of all those that were paid back
/// before, so that no unit is paid back twice (as `order::Tallies` has it).
fn parts(document: &Document, tallies: &mut [Tally], units: &[Units], stays: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    for asked in units {
        let at = usize::from(asked.line).checked_sub(1);
        let place = at.and_then(|at| Some((at, document.lines.get(at)?, tallies.get_mut(at)?)));
        let Some((line, of, tally)) = place else { continue };
        let from = tally.credited;
        if stays {
            tally.credited = from.saturating_add(asked.quantity).min(of.quantity);
        } else {
            tally.went = tally.went.saturating_add(asked.quantity).min(of.quantity);
            tally.credited = from.max(tally.went);
        }
        if tally.credited > from {
            parts.push(Part { line, units: from..tally.credited });
        }
    }
    parts
}

/// What an event takes off what is owed.
fn amount_of(ledger: &[Entry<'_>], sequence: u64, currency: Currency) -> Money {
    let mut credited = ledger.iter().filter(|entry| {
        entry.event.sequence == sequence && matches!(entry.kind, EntryKind::Credit | EntryKind::Goodwill)
    });
    credited.next().map_or(Money::zero(currency), |entry| entry.amount)
}

/// Whether with the part that was called off at `first` the whole order was, at `next`: the last units of an order take it
/// with them, in the same write.
fn ends_with(order: &Order, first: u64, next: u64) -> bool {
    let off =
        order.log.iter().take_while(|event| event.sequence <= first).filter_map(|event| match &event.kind {
            EventKind::LinesCancelled { lines, .. } => Some(lines),
            _ => None,
        });
    let off: u64 = off.flatten().map(|units| u64::from(units.quantity)).sum();
    first + 1 == next
        && matches!(kind_at(order, first), Some(EventKind::LinesCancelled { .. }))
        && matches!(kind_at(order, next), Some(EventKind::Cancelled { .. }))
        && off >= u64::from(order.item_count)
}

fn kind_at(order: &Order, sequence: u64) -> Option<&EventKind> {
    order.log.iter().find(|event| event.sequence == sequence).map(|event| &event.kind)
}

/// The last event that takes something off in the write that begins with this one.
fn last_of(order: &Order, sequence: u64) -> u64 {
    if ends_with(order, sequence, sequence + 1) { sequence + 1 } else { sequence }
}

/// The refund that was written with a credit.
fn refund_of(order: &Order, sequence: u64) -> Option<String> {
    let last = last_of(order, sequence);
    match (kind_at(order, last)?, kind_at(order, last + 1)) {
        (EventKind::RefundRequested { refund, .. }, _) => Some(refund.clone()),
        (
            EventKind::LinesCancelled { .. } | EventKind::Cancelled { .. },
            Some(EventKind::RefundRequested { refund, cause: Cause::Cancelled, .. }),
        ) => Some(refund.clone()),
        (
            EventKind::ReturnReceived { id, .. },
            Some(EventKind::RefundRequested { refund, cause: Cause::Return(of), .. }),
        ) if id == of => Some(refund.clone()),
        _ => None,
    }
}

/// The event by which a refund was first made. That it fails afterwards does not bring back what was taken off.
fn settled(order: &Order, id: &str) -> Option<u64> {
    let made = order.log.iter().find(|event| match &event.kind {
        EventKind::Refunded { refund, .. } | EventKind::RefundSettled { refund, .. } => refund == id,
        _ => false,
    });
    made.map(|event| event.sequence)
}
