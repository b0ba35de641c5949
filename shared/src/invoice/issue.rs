//! The record of a bill: all that it is made from beside the order itself.

use serde::{Deserialize, Serialize};

use super::build::notes;
use super::credits::credits;
use super::number::{BillNumber, SeriesPattern};
use crate::ids::Language;
use crate::order::{EventKind, Order, Status};
use crate::placement::Document;
use crate::store::BillSeries;
use crate::time::Timestamp;

/// An invoice or a credit note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What the customer owes.
    Invoice,
    /// What the customer owes less.
    CreditNote,
}

impl Kind {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
        }
    }
}

/// What a bill is about. Stored for good: add, never change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The order, without what had been called off.
    Order,
    /// Something that was taken off it.
    Credit {
        /// The event of the log that took it off; the first of them if it was several.
        event: u64,
        /// The number of the invoice.
        invoice: BillNumber,
        /// The entry of the log that the invoice was made at.
        invoiced: u64,
    },
}

impl Subject {
    /// Its place among the bills of an order, of which each has one of its own: the event that it is about, 0 for the invoice.
    /// A record that is written under it, if there is none yet, is written once.
    pub fn place(&self) -> u64 {
        match self {
            Self::Order => 0,
            Self::Credit { event, .. } => *event,
        }
    }

    /// Which kind of bill it makes.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Order => Kind::Invoice,
            Self::Credit { .. } => Kind::CreditNote,
        }
    }
}

/// How bills are laid out. Bills that were issued keep theirs: a change that moves a single byte of one is another layout.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub enum Layout {
    /// The first one.
    #[default]
    One,
}

/// No layout that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no layout {0}")]
pub struct UnknownLayout(u16);

impl TryFrom<u16> for Layout {
    type Error = UnknownLayout;
    fn try_from(number: u16) -> Result<Self, UnknownLayout> {
        match number {
            1 => Ok(Self::One),
            other => Err(UnknownLayout(other)),
        }
    }
}

impl From<Layout> for u16 {
    fn from(layout: Layout) -> u16 {
        match layout {
            Layout::One => 1,
        }
    }
}

/// The record of a bill, written in the same transaction that takes its number. Short names: DynamoDB charges for every byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Its number.
    #[serde(rename = "b")]
    pub number: BillNumber,
    /// What it is about.
    #[serde(rename = "s")]
    pub subject: Subject,
    /// When it was issued.
    #[serde(rename = "t")]
    pub at: Timestamp,
    /// The last entry of the order's log that it knows: the order's version when it was issued.
    #[serde(rename = "n")]
    pub sequence: u64,
    /// The version of the store's settings whose seller it names.
    #[serde(rename = "v")]
    pub store_version: u64,
    /// Its language.
    #[serde(rename = "l")]
    pub language: Language,
    /// How it is laid out.
    #[serde(rename = "y")]
    pub layout: Layout,
}

impl BillSeries {
    /// The pattern of a kind's series.
    pub fn of(&self, kind: Kind) -> &SeriesPattern {
        match kind {
            Kind::Invoice => &self.invoice,
            Kind::CreditNote => &self.credit_note,
        }
    }
}

/// The next bill that an order is due, after these: its invoice once it is confirmed, then a credit note for each thing that was
/// taken off it, once its money went back or if there is none to go. An order that was called off before there was an
/// invoice gets none.
///
/// Of an overpaid order more goes back than was billed; that refund has no credit note, because what it pays back was taken
/// off before, or never billed.
pub fn due(order: &Order, document: &Document, issued: &[Issue]) -> Option<Subject> {
    let invoice = issued.iter().find(|issue| issue.subject == Subject::Order);
    let Some(invoice) = invoice else {
        return is_billable(order).then_some(Subject::Order);
    };
    let is_credited = |event: u64| {
        issued
            .iter()
            .any(|issue| matches!(issue.subject, Subject::Credit { event: known, .. } if known == event))
    };
    let credits = credits(order, document);
    let notes = notes(&credits, document, invoice.sequence);
    let note =
        notes.into_iter().find(|note| note.credit.settled.is_some() && !is_credited(note.credit.sequence))?;
    Some(Subject::Credit {
        event: note.credit.sequence,
        invoice: invoice.number.clone(),
        invoiced: invoice.sequence,
    })
}

/// Whether there is something to bill: the order was confirmed and is not off.
pub(super) fn is_billable(order: &Order) -> bool {
    order.status != Status::Cancelled && order.log.iter().any(|event| event.kind == EventKind::Confirmed)
}
