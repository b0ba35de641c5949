//! What is known about an event when it is written about: the event, those written with it, and the log up to it.

use crate::money::Money;
use crate::order::payment::{Method, State};
use crate::order::{
    Action, Cause, Courier, Entry, EntryKind, Event, EventKind, Order, Received, Role, Shipment, Sums, Units,
    permit,
};
use crate::placement::{Document, Line};
use crate::time::Timestamp;

/// An event and all that can be said about it.
pub(super) struct Facts<'a> {
    pub(super) order: &'a Order,
    pub(super) document: &'a Document,
    pub(super) event: &'a Event,
}

/// A refund, as it was asked for.
pub(super) struct Promise<'a> {
    pub(super) amount: Money,
    pub(super) cause: Cause,
    pub(super) lines: &'a [Units],
    pub(super) delivery: bool,
    /// The event that it was written with.
    pub(super) because: Option<&'a EventKind>,
}

impl<'a> Facts<'a> {
    /// The log up to the event.
    pub(super) fn so_far(&self) -> impl DoubleEndedIterator<Item = &'a Event> {
        let last = self.event.sequence;
        self.order.log.iter().filter(move |event| event.sequence <= last)
    }

    fn at(&self, sequence: u64) -> Option<&'a EventKind> {
        self.order.log.iter().find(|event| event.sequence == sequence).map(|event| &event.kind)
    }

    pub(super) fn next(&self) -> Option<&'a EventKind> {
        self.at(self.event.sequence + 1)
    }

    pub(super) fn previous(&self) -> Option<&'a EventKind> {
        self.at(self.event.sequence.checked_sub(1)?)
    }

    /// Every movement of money up to the event.
    pub(super) fn ledger(&self) -> Vec<Entry<'a>> {
        let mut entries = self.order.ledger();
        entries.retain(|entry| entry.event.sequence <= self.event.sequence);
        entries
    }

    /// What the ledger came to with the event.
    pub(super) fn sums(&self) -> Sums {
        self.ledger().last().map_or_else(|| self.order.sums(), |entry| entry.sums)
    }

    /// What was taken off what is owed, up to the event.
    pub(super) fn credits(&self) -> Vec<Entry<'a>> {
        let mut entries = self.ledger();
        entries.retain(|entry| matches!(entry.kind, EntryKind::Credit | EntryKind::Goodwill));
        entries
    }

    /// Whether the carrier is to take the money at the door.
    pub(super) fn on_delivery(&self) -> bool {
        let chosen = self.so_far().rev().find_map(|event| match &event.kind {
            EventKind::Placed { method, .. } | EventKind::PaymentChosen { method, .. } => Some(method),
            _ => None,
        });
        // The attempt before the present one may have paid after all.
        let sums = self.sums();
        chosen == Some(&Method::Cod) && sums.captured().is_zero() && sums.authorized().is_zero()
    }

    /// Whether it was us, and neither the customer nor staff: the reason is a code of ours then.
    pub(super) fn by_system(&self) -> bool {
        self.event.actor.role() == Role::System
    }

    /// What goes back because of the event. It is asked for in the same write, and for these causes only there.
    pub(super) fn goes_back(&self) -> Option<Money> {
        match (&self.event.kind, self.next()?) {
            (
                EventKind::LinesCancelled { .. } | EventKind::Cancelled { .. },
                EventKind::RefundRequested { amount, cause: Cause::Cancelled, .. },
            ) => Some(*amount),
            (
                EventKind::ReturnReceived { id, .. },
                EventKind::RefundRequested { amount, cause: Cause::Return(of), .. },
            ) if id == of => Some(*amount),
            _ => None,
        }
    }

    /// Whether nothing of the order is left to be sent: it was cancelled in the same write then.
    pub(super) fn nothing_left(&self) -> bool {
        let gone = self.so_far().filter_map(|event| match &event.kind {
            EventKind::LinesCancelled { lines, .. } => Some(lines),
            _ => None,
        });
        let gone: u64 = gone.flatten().map(|units| u64::from(units.quantity)).sum();
        gone >= u64::from(self.order.item_count)
    }

    /// Until when a payment that failed can be tried again; none if it cannot, was, or is not the last one that failed.
    /// This looks at the order as it is: nobody wants to be asked for what is done.
    pub(super) fn payable_until(&self) -> Option<Timestamp> {
        let newer = self.order.log.iter().any(|event| {
            event.sequence > self.event.sequence && matches!(event.kind, EventKind::PaymentFailed { .. })
        });
        let failed = matches!(self.order.payment.state, State::Failed { .. });
        let may = permit(self.order, self.document, Action::Pay, Role::Customer, self.event.at).is_ok();
        self.order.hold_until.filter(|_| may && failed && !newer)
    }

    /// The order's parcels as they are; those that left stay what they were.
    pub(super) fn shipment(&self, parcel: u16) -> Option<Shipment> {
        self.order.shipment(parcel)
    }

    /// The parcels that had left by then.
    fn left(&self) -> Vec<Shipment> {
        let at = self.event.at;
        let left = |shipment: &Shipment| shipment.shipped_at.is_some_and(|shipped| shipped <= at);
        self.order.shipments().into_iter().filter(left).collect()
    }

    /// Boxes that had left by then.
    pub(super) fn parcels(&self) -> u32 {
        self.left().iter().map(|shipment| shipment.parcel.packed.count).fold(0, u32::saturating_add)
    }

    /// Who carries what had left by then, each once.
    pub(super) fn couriers(&self) -> Vec<Courier> {
        let mut couriers: Vec<Courier> =
            self.left().into_iter().filter_map(|shipment| shipment.courier).collect();
        couriers.dedup();
        couriers
    }

    /// Whether with this event nothing of the order is left to be sent.
    pub(super) fn whole_order_left(&self) -> bool {
        self.in_the_same_write().any(|kind| matches!(kind, EventKind::Shipped | EventKind::Delivered))
    }

    /// Whether with this event all of the order has arrived.
    pub(super) fn whole_order_arrived(&self) -> bool {
        self.in_the_same_write().any(|kind| *kind == EventKind::Delivered)
    }

    /// The events behind this one that happened at the same time.
    fn in_the_same_write(&self) -> impl Iterator<Item = &'a EventKind> {
        let (sequence, at) = (self.event.sequence, self.event.at);
        let behind = self.order.log.iter().filter(move |event| event.sequence > sequence && event.at == at);
        behind.map(|event| &event.kind)
    }

    /// What the refund of that id was promised for.
    pub(super) fn promise(&self, id: &str) -> Option<Promise<'a>> {
        self.so_far().find_map(|event| match &event.kind {
            EventKind::RefundRequested { refund, amount, cause, lines, delivery, .. } if refund == id => {
                Some(Promise {
                    amount: *amount,
                    cause: *cause,
                    lines,
                    delivery: *delivery,
                    because: event.sequence.checked_sub(1).and_then(|before| self.at(before)),
                })
            }
            _ => None,
        })
    }

    /// Whether the customer was told before that a refund is done.
    pub(super) fn was_done(&self, id: &str) -> bool {
        self.so_far().filter(|event| event.sequence < self.event.sequence).any(|event| match &event.kind {
            EventKind::Refunded { refund, .. } | EventKind::RefundSettled { refund, .. } => refund == id,
            _ => false,
        })
    }

    /// What a return was asked for.
    pub(super) fn asked_back(&self, id: u16) -> &'a [Units] {
        let asked = self.so_far().find_map(|event| match &event.kind {
            EventKind::ReturnRequested { id: known, lines, .. } if *known == id => Some(lines.as_slice()),
            _ => None,
        });
        asked.unwrap_or_default()
    }

    /// What was asked for and is not among what arrived.
    pub(super) fn missing(&self, id: u16, arrived: &[Received]) -> Vec<Units> {
        let of = |line: u16| -> u32 {
            arrived.iter().filter(|known| known.line == line).map(Received::units).sum()
        };
        let asked = self.asked_back(id).iter();
        let missing =
            asked.map(|asked| Units { quantity: asked.quantity.saturating_sub(of(asked.line)), ..*asked });
        missing.filter(|units| units.quantity > 0).collect()
    }

    /// `2 × Mug (Blue), 1 × Tea`.
    pub(super) fn names(&self, units: &[Units]) -> String {
        let names: Vec<String> = units
            .iter()
            .filter_map(|units| {
                let at = usize::from(units.line).checked_sub(1)?;
                Some(item(self.document.lines.get(at)?, units.quantity))
            })
            .collect();
        names.join(", ")
    }
}

/// All units that arrived, whether they can be sold again or not.
pub(super) fn arrived(received: &[Received]) -> Vec<Units> {
    received.iter().map(|line| Units { line: line.line, quantity: line.units() }).collect()
}

/// `2 × Mug (Blue)`.
pub(super) fn item(line: &Line, quantity: u32) -> String {
    let values: Vec<&str> = line.attributes.iter().map(|attribute| attribute.value.as_str()).collect();
    let variation = if values.is_empty() { String::new() } else { format!(" ({})", values.join(", ")) };
    format!("{quantity} × {}{variation}", line.name)
}
