//! What a run was like, so that one that asks nothing of interest is found out.

use std::collections::BTreeMap;

use crate::order::{Action, EventKind};

/// Every kind of event that a log can have.
const EVENTS: [&str; 42] = [
    "placed",
    "confirmed",
    "payment_chosen",
    "payment_replaced",
    "checkout_opened",
    "payment_started",
    "payment_pending",
    "payment_authorized",
    "paid",
    "collected",
    "payment_failed",
    "payment_voided",
    "preparing",
    "parcel_packed",
    "parcel_shipped",
    "parcel_delivered",
    "courier_named",
    "label_wanted",
    "label_requested",
    "label_bought",
    "label_failed",
    "label_void_requested",
    "label_voided",
    "packed",
    "shipped",
    "delivered",
    "lines_cancelled",
    "cancelled",
    "refund_requested",
    "refunded",
    "refund_failed",
    "refund_retried",
    "refund_settled",
    "refunded_outside",
    "disputed",
    "dispute_closed",
    "return_requested",
    "return_approved",
    "return_rejected",
    "return_received",
    "bill_issued",
    "notes_changed",
];

#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) sequences: u64,
    /// How often each command was asked, and how often it changed the order.
    commands: BTreeMap<&'static str, (u64, u64)>,
    events: BTreeMap<&'static str, u64>,
}

impl Seen {
    pub(super) fn asked(&mut self, command: &'static str, changed: bool) {
        let count = self.commands.entry(command).or_default();
        count.0 += 1;
        count.1 += u64::from(changed);
    }

    pub(super) fn happened<'a>(&mut self, events: impl IntoIterator<Item = &'a EventKind>) {
        for event in events {
            *self.events.entry(event.name()).or_default() += 1;
        }
    }

    /// Every command was accepted and refused, and every event happened, so often for each thousand sequences.
    pub(super) fn has_everything(&self, for_a_thousand: u64) {
        let least = self.sequences * for_a_thousand / 1_000;
        println!("{self}");
        for action in Action::all() {
            let (asked, accepted) = self.commands.get(action.name()).copied().unwrap_or_default();
            assert!(
                accepted >= least && asked - accepted >= least,
                "too little of {}: {self}",
                action.name()
            );
        }
        for event in EVENTS {
            let happened = self.events.get(event).copied().unwrap_or_default();
            assert!(happened >= least, "too little of {event}: {self}");
        }
        assert_eq!(self.events.len(), EVENTS.len(), "an event without a name here: {self}");
    }
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let asked: u64 = self.commands.values().map(|(asked, _)| asked).sum();
        let events: u64 = self.events.values().sum();
        writeln!(f, "{} sequences, {asked} commands, {events} events", self.sequences)?;
        for (command, (asked, accepted)) in &self.commands {
            writeln!(f, "{command}: {accepted} of {asked} accepted")?;
        }
        for (event, happened) in &self.events {
            writeln!(f, "{event}: {happened}")?;
        }
        Ok(())
    }
}
