//! The ledger: every movement of money on an order, and what it comes to. All of it is derived from the log, so nothing can
//! disagree with it.
//!
//! What is *owed* falls from the order's total with everything that is called off, sent back or given away. What was
//! *captured* less what was *refunded* is what the store has. The *balance* is what is missing between the two.

use super::refunds::{Cause, RefundState};
use super::{Event, EventKind, Order};
use crate::money::{Currency, Money};

/// What kind of movement it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// The order was placed: its total is owed.
    Charge,
    /// Less is owed.
    Credit,
    /// Less is owed, because staff is sorry.
    Goodwill,
    /// Money was reserved.
    Authorization,
    /// Money was taken.
    Capture,
    /// The carrier took the money at the door.
    CodCollection,
    /// Nothing will be taken: what was reserved is free again.
    Void,
    /// Money is to go back.
    RefundRequested,
    /// Money went back.
    Refund,
    /// Money did not go back.
    RefundFailed,
    /// The bank took money back for the customer.
    Dispute,
    /// The bank gave it to the store again.
    DisputeWon,
}

impl EntryKind {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Credit => "credit",
            Self::Goodwill => "goodwill",
            Self::Authorization => "authorization",
            Self::Capture => "capture",
            Self::CodCollection => "cod_collection",
            Self::Void => "void",
            Self::RefundRequested => "refund_requested",
            Self::Refund => "refund",
            Self::RefundFailed => "refund_failed",
            Self::Dispute => "dispute",
            Self::DisputeWon => "dispute_won",
        }
    }
}

/// One movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The event of the log that it comes from.
    pub event: &'a Event,
    /// What kind.
    pub kind: EntryKind,
    /// How much.
    pub amount: Money,
    /// What all entries up to here come to, with all of its event: an event happens as a whole.
    pub sums: Sums,
}

/// What entries come to, in minor units of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    currency: Currency,
    charged: i64,
    credited: i64,
    authorized: i64,
    captured: i64,
    requested: i64,
    refunded: i64,
    disputed: i64,
}

impl Sums {
    fn new(currency: Currency) -> Self {
        Self {
            currency,
            charged: 0,
            credited: 0,
            authorized: 0,
            captured: 0,
            requested: 0,
            refunded: 0,
            disputed: 0,
        }
    }

    /// What the customer owes in all for what is still theirs.
    pub fn owed(&self) -> Money {
        self.money(self.charged - self.credited)
    }

    /// What is reserved and not taken.
    pub fn authorized(&self) -> Money {
        self.money(self.authorized)
    }

    /// What was taken.
    pub fn captured(&self) -> Money {
        self.money(self.captured)
    }

    /// What has gone back.
    pub fn refunded(&self) -> Money {
        self.money(self.refunded)
    }

    /// What is to go back and has not.
    pub fn requested(&self) -> Money {
        self.money(self.requested)
    }

    /// What banks hold or have taken back for the customer.
    pub fn disputed(&self) -> Money {
        self.money(self.disputed)
    }

    /// What was taken, is not promised back, and no bank is at.
    pub fn refundable(&self) -> Money {
        self.money(self.captured - self.refunded - self.requested - self.disputed)
    }

    /// What the customer has to pay yet, in minor units; below zero: what the store has to pay back.
    pub fn balance_minor(&self) -> i64 {
        self.charged - self.credited - (self.captured - self.refunded - self.disputed)
    }

    /// An amount of the order's currency; nothing in place of less than nothing.
    fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor.max(0), self.currency).unwrap_or(Money::zero(self.currency))
    }
}

impl Order {
    /// What its ledger comes to.
    pub fn sums(&self) -> Sums {
        let mut book = Book::new(self.total.currency());
        for event in &self.log {
            book.enter(&event.kind);
        }
        book.sums
    }

    /// Every movement of money, oldest first. An event can be two: what is owed, and what goes back.
    pub fn ledger(&self) -> Vec<Entry<'_>> {
        let mut book = Book::new(self.total.currency());
        let mut entries = Vec::new();
        for event in &self.log {
            for (kind, minor) in book.enter(&event.kind) {
                entries.push(Entry { event, kind, amount: book.sums.money(minor), sums: book.sums });
            }
        }
        entries
    }
}

/// The books up to some event.
struct Book<'a> {
    sums: Sums,
    refunds: Vec<(&'a str, i64, RefundState)>,
    disputes: Vec<(&'a str, i64)>,
}

impl<'a> Book<'a> {
    fn new(currency: Currency) -> Self {
        Self { sums: Sums::new(currency), refunds: vec![], disputes: vec![] }
    }

    /// Books an event and says which movements it is, in minor units.
    fn enter(&mut self, event: &'a EventKind) -> Vec<(EntryKind, i64)> {
        match event {
            EventKind::Placed { total, .. } => {
                self.sums.charged += total.minor();
                vec![(EntryKind::Charge, total.minor())]
            }
            EventKind::LinesCancelled { amount, .. } | EventKind::ReturnReceived { amount, .. } => {
                self.credit(EntryKind::Credit, amount.minor())
            }
            EventKind::Cancelled { .. } => self.credit(EntryKind::Credit, self.sums.owed().minor()),
            EventKind::PaymentAuthorized { amount, .. } => {
                self.sums.authorized = amount.minor();
                vec![(EntryKind::Authorization, amount.minor())]
            }
            EventKind::Paid { amount, .. } => {
                let rest = self.sums.authorized - amount.minor();
                self.sums.authorized = 0;
                self.sums.captured += amount.minor();
                let void = (rest > 0).then_some((EntryKind::Void, rest));
                [(EntryKind::Capture, amount.minor())].into_iter().chain(void).collect()
            }
            EventKind::Collected { amount } => {
                self.sums.captured += amount.minor();
                vec![(EntryKind::CodCollection, amount.minor())]
            }
            EventKind::PaymentVoided | EventKind::PaymentFailed { .. } if self.sums.authorized > 0 => {
                vec![(EntryKind::Void, std::mem::take(&mut self.sums.authorized))]
            }
            EventKind::RefundRequested { refund, amount, cause, .. } => {
                let kind = if *cause == Cause::Goodwill { EntryKind::Goodwill } else { EntryKind::Credit };
                let mut entries = if cause.credits() { self.credit(kind, amount.minor()) } else { vec![] };
                self.refunds.push((refund, amount.minor(), RefundState::Failed));
                entries.extend(self.turn(refund, RefundState::Requested));
                entries
            }
            EventKind::RefundRetried { refund } => self.turn(refund, RefundState::Requested),
            EventKind::Refunded { refund, .. } | EventKind::RefundSettled { refund, .. } => {
                self.turn(refund, RefundState::Done)
            }
            EventKind::RefundFailed { refund, .. } => self.turn(refund, RefundState::Failed),
            EventKind::RefundedOutside { amount, .. } => {
                // What the store owed anyway is paid with it; the rest is a gift.
                let owed_back = self.sums.balance_minor().min(0).saturating_neg();
                let mut entries = self.credit(EntryKind::Credit, amount.minor() - owed_back);
                self.sums.refunded += amount.minor();
                entries.push((EntryKind::Refund, amount.minor()));
                entries
            }
            EventKind::Disputed { dispute, amount, .. } => {
                self.sums.disputed += amount.minor();
                self.disputes.push((dispute, amount.minor()));
                vec![(EntryKind::Dispute, amount.minor())]
            }
            EventKind::DisputeClosed { dispute, won: true } => {
                let known = self.disputes.iter().find(|(id, _)| id == dispute);
                let amount = known.map_or(0, |(_, amount)| *amount);
                self.sums.disputed -= amount;
                vec![(EntryKind::DisputeWon, amount)]
            }
            _ => vec![],
        }
    }

    /// Less is owed, but never less than nothing.
    fn credit(&mut self, kind: EntryKind, minor: i64) -> Vec<(EntryKind, i64)> {
        let minor = minor.clamp(0, self.sums.owed().minor());
        self.sums.credited += minor;
        if minor == 0 { vec![] } else { vec![(kind, minor)] }
    }

    /// A refund comes to another state; one that begins comes from having failed, which counts for nothing.
    fn turn(&mut self, id: &str, to: RefundState) -> Vec<(EntryKind, i64)> {
        let Some((_, amount, state)) = self.refunds.iter_mut().find(|(known, ..)| *known == id) else {
            return vec![];
        };
        match state {
            RefundState::Requested => self.sums.requested -= *amount,
            RefundState::Done => self.sums.refunded -= *amount,
            RefundState::Failed => {}
        }
        let kind = match to {
            RefundState::Requested => EntryKind::RefundRequested,
            RefundState::Done => EntryKind::Refund,
            RefundState::Failed => EntryKind::RefundFailed,
        };
        match to {
            RefundState::Requested => self.sums.requested += *amount,
            RefundState::Done => self.sums.refunded += *amount,
            RefundState::Failed => {}
        }
        *state = to;
        vec![(kind, *amount)]
    }
}
