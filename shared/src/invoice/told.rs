//! Which bill the mail about an event leads to.

use super::build::notes;
use super::credits::credits;
use super::issue::{Issue, Kind, is_billable};
use crate::order::{Event, EventKind, Order};
use crate::outbox::{Queue, routes};
use crate::placement::Document;

/// A bill that a mail leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Which kind it is.
    pub kind: Kind,
    /// Its place among the bills of its order ([`super::Subject::place`]).
    pub place: u64,
}

/// Whether the mail about an event may lead to a bill, so that it is worth to look for the invoice.
pub fn is_about_bills(event: &EventKind) -> bool {
    routes(event).iter().any(|(queue, _)| *queue == Queue::Invoice)
}

/// The bill that the mail about an event leads to: the invoice with the confirmation; with the mail by which a credit is final,
/// the credit note. `invoice` is the record of the invoice, if there is one yet.
///
/// A mail may be faster than the worker that numbers the bill, and leads to it all the same: its place is known before.
pub fn told(order: &Order, document: &Document, event: &Event, invoice: Option<&Issue>) -> Option<Told> {
    if event.kind == EventKind::Confirmed {
        let is_due = invoice.is_some() || is_billable(order);
        return is_due.then_some(Told { kind: Kind::Invoice, place: 0 });
    }
    let credits = credits(order, document);
    let mut notes = notes(&credits, document, invoice?.sequence).into_iter();
    let note = notes.find(|note| note.credit.settled == Some(event.sequence))?;
    Some(Told { kind: Kind::CreditNote, place: note.credit.sequence })
}
