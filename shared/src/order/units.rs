//! What became of the units of an order's lines: called off, sent, paid back, sent back. Counted from the log, stored nowhere else.

use serde::{Deserialize, Serialize};

use super::shipments::ShipmentState;
use super::{EventKind, Order, Status};
use crate::money::Money;
use crate::placement::Document;

/// So many units of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Units {
    /// Which line, from 1.
    #[serde(rename = "l")]
    pub line: u16,
    /// How many.
    #[serde(rename = "q")]
    pub quantity: u32,
}

/// What became of the units of one line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// All of them.
    pub ordered: u32,
    /// Called off before they were sent.
    pub cancelled: u32,
    /// Not owed any more: called off, paid back, or sent back.
    pub credited: u32,
    /// In a parcel that is closed and has not left.
    pub packed: u32,
    /// Gone with a parcel, wherever they are now.
    pub sent: u32,
    /// Of these, those that arrived.
    pub delivered: u32,
    /// Asked or allowed to be sent back, and not arrived.
    pub returning: u32,
    /// Sent back and arrived.
    pub returned: u32,
}

impl Tally {
    /// Units went. Those that were paid back before are the first to go, so that no unit is paid back twice.
    fn go(&mut self) {
        self.credited = self.credited.max(self.cancelled + self.returned);
    }

    /// Units that have not left and were not called off.
    pub fn open(self) -> u32 {
        self.ordered.saturating_sub(self.cancelled + self.sent)
    }

    /// Units that were delivered, and neither came back nor are on their way.
    pub fn returnable(self) -> u32 {
        self.delivered.saturating_sub(self.returning + self.returned)
    }

    /// Units that were neither paid back, nor called off, nor sent back.
    pub fn owed(self) -> u32 {
        self.ordered.saturating_sub(self.credited)
    }
}

/// What became of the units of every line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tallies(Vec<Tally>);

impl Tallies {
    /// Of a line, from 1; nothing if there is no such line.
    pub fn of(&self, line: u16) -> Tally {
        let at = usize::from(line).checked_sub(1);
        at.and_then(|at| self.0.get(at)).copied().unwrap_or_default()
    }

    /// Of each line, in their order.
    pub fn all(&self) -> &[Tally] {
        &self.0
    }

    fn with(&mut self, line: u16, change: impl FnOnce(&mut Tally)) {
        let at = usize::from(line).checked_sub(1);
        if let Some(tally) = at.and_then(|at| self.0.get_mut(at)) {
            change(tally);
        }
    }

    /// What units of a line cost that are paid back and stay where they are.
    pub fn worth(&self, document: &Document, units: Units) -> Money {
        worth(document, units, self.of(units.line).credited)
    }

    /// What is owed less when units of a line go: nothing for those that were paid back before.
    pub fn worth_of_going(&self, document: &Document, units: Units) -> Money {
        let tally = self.of(units.line);
        let gone = tally.cancelled + tally.returned + units.quantity;
        worth(document, Units { quantity: gone.saturating_sub(tally.credited), ..units }, tally.credited)
    }
}

impl Order {
    /// What became of the units of every line, in one walk through the log.
    pub fn tallies(&self, document: &Document) -> Tallies {
        let ordered = |line: &crate::placement::Line| Tally { ordered: line.quantity, ..Tally::default() };
        let mut tallies = Tallies(document.lines.iter().map(ordered).collect());
        for event in &self.log {
            match &event.kind {
                EventKind::LinesCancelled { lines, .. } => {
                    for units in lines {
                        tallies.with(units.line, |tally| {
                            tally.cancelled += units.quantity;
                            tally.go();
                        });
                    }
                }
                EventKind::RefundRequested { lines, .. } => {
                    for units in lines {
                        tallies.with(units.line, |tally| {
                            tally.credited = tally.ordered.min(tally.credited + units.quantity);
                        });
                    }
                }
                EventKind::ReturnReceived { lines, .. } => {
                    for received in lines {
                        tallies.with(received.line, |tally| {
                            tally.returned += received.units();
                            tally.go();
                        });
                    }
                }
                _ => {}
            }
        }
        for shipment in self.shipments() {
            for units in &shipment.parcel.lines {
                tallies.with(units.line, |tally| match shipment.state {
                    ShipmentState::Planned => {}
                    ShipmentState::Packed => tally.packed += units.quantity,
                    ShipmentState::Shipped => tally.sent += units.quantity,
                    ShipmentState::Delivered => {
                        tally.sent += units.quantity;
                        tally.delivered += units.quantity;
                    }
                });
            }
        }
        for open in self.returns().iter().filter(|known| known.is_open()) {
            for units in &open.lines {
                tallies.with(units.line, |tally| tally.returning += units.quantity);
            }
        }
        tallies
    }

    /// Whether every unit was paid back or called off, so that nobody pays for any that is left.
    pub fn is_paid_back(&self, document: &Document) -> bool {
        self.tallies(document).all().iter().all(|tally| tally.owed() == 0)
    }

    /// Whether the delivery charge is not owed any more.
    pub fn delivery_credited(&self) -> bool {
        self.status == Status::Cancelled
            || self.log.iter().any(|event| {
                matches!(
                    event.kind,
                    EventKind::RefundRequested { delivery: true, .. }
                        | EventKind::ReturnReceived { delivery: true, .. }
                )
            })
    }
}

/// Units of a line, from 1, that were ordered; none if there is no such line.
pub fn ordered(document: &Document, line: u16) -> u32 {
    let at = usize::from(line).checked_sub(1);
    at.and_then(|at| document.lines.get(at)).map_or(0, |line| line.quantity)
}

/// The numbers of a document's lines, from 1.
pub fn lines(document: &Document) -> impl Iterator<Item = u16> {
    (1u16..).take(document.lines.len())
}

/// What units of a line cost, after `before` of its units: the frozen amounts, with tax, so that all parts of a line sum to it.
pub fn worth(document: &Document, units: Units, before: u32) -> Money {
    let at = usize::from(units.line).checked_sub(1);
    let line = at.and_then(|at| document.quote.lines.get(at));
    let of_units = |line: &crate::pricing::LineAmounts| {
        line.of_units(before..before.saturating_add(units.quantity)).total
    };
    line.map_or(Money::zero(document.quote.total.currency()), of_units)
}
