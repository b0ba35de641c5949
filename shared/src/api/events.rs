//! The log of an order on the wire, for staff (C11): every change, when, by whom, by which command, and what it did to the books.

mod data;

use serde::Serialize;

pub use data::EventData;

use super::ledger::signed;
use super::quote::shown;
use crate::ids::OrderId;
use crate::money::Currency;
use crate::order::{Audited, Entry, Order};

/// `GET /admin/orders/{id}/events`: a part of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventPage {
    /// The order.
    pub order_id: OrderId,
    /// Of all amounts.
    pub currency: Currency,
    /// Oldest first, without a gap.
    pub events: Vec<EventView>,
    /// The `after` of the next page; none if this is the last one by now.
    pub next_after: Option<u64>,
    /// Counts the changes of the order: the sequence of its last event.
    pub version: u64,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventView {
    /// Its place in the log, from 1.
    pub sequence: u64,
    /// When.
    pub at: String,
    /// By whom: `customer`, `admin:…` with the subject of the token, `payment_provider`, `system`.
    pub actor: String,
    /// What was asked for: `place`, or one of the actions.
    pub command: &'static str,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// More about it, each type its own.
    pub data: EventData,
    /// Its movements of money.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ledger: Vec<EffectView>,
}

/// A movement of money, as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EffectView {
    /// What kind.
    pub kind: &'static str,
    /// How much.
    pub amount: String,
    /// What the customer has to pay after the event; below zero: what the store has to pay back.
    pub balance: String,
}

impl EventPage {
    /// At most `limit` events behind the one of the sequence `after`.
    pub fn of(order: &Order, after: u64, limit: usize) -> Self {
        let audit = order.audit();
        let behind = audit.iter().filter(|audited| audited.event.sequence > after);
        let events: Vec<EventView> = behind.take(limit).map(EventView::of).collect();
        let last = events.last().map(|event| event.sequence);
        Self {
            order_id: order.id,
            currency: order.total.currency(),
            events,
            next_after: last.filter(|last| *last < order.version()),
            version: order.version(),
        }
    }
}

impl EventView {
    fn of(audited: &Audited<'_>) -> Self {
        let event = audited.event;
        Self {
            sequence: event.sequence,
            at: event.at.rfc3339(),
            actor: event.actor.to_string(),
            command: audited.command,
            kind: event.kind.name(),
            data: EventData::of(&event.kind),
            ledger: audited.entries.iter().map(EffectView::of).collect(),
        }
    }
}

impl EffectView {
    fn of(entry: &Entry<'_>) -> Self {
        Self {
            kind: entry.kind.name(),
            amount: shown(entry.amount),
            balance: signed(entry.sums.balance_minor(), entry.amount.currency()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::fixtures::{
        Case, cancel_lines, of_amount, placed, receive, redirect, refund, send_back, units,
    };
    use serde_json::{Value, json};

    fn page(case: &Case, after: u64, limit: usize) -> Value {
        serde_json::to_value(EventPage::of(&case.order, after, limit)).expect("JSON")
    }

    #[test]
    fn pages_of_the_log_follow_each_other_without_a_gap() {
        let mut case = Case::delivered();
        case.customer(&send_back("b1", &[units(1, 1)]));
        let whole = page(&case, 0, 100);
        assert_eq!(whole["next_after"], Value::Null);
        let (mut seen, mut after) = (Vec::new(), 0);
        loop {
            let part = page(&case, after, 2);
            seen.extend(part["events"].as_array().cloned().unwrap_or_default());
            let Some(next) = part["next_after"].as_u64() else { break };
            after = next;
        }
        assert_eq!(Value::from(seen), whole["events"]);
        assert_eq!(page(&case, case.order.version(), 2)["events"], json!([]));
    }

    #[test]
    fn an_event_names_its_actor_its_command_and_what_it_did_to_the_books() {
        let mut case = Case::paid();
        case.customer(&cancel_lines("c1", &[units(1, 1)]));
        let (version, at) = (case.order.version(), case.now.rfc3339());
        let refund = format!("{}-refund-1", case.order.id);
        assert_eq!(
            page(&case, version - 2, 10)["events"],
            json!([
                {"sequence": version - 1, "at": at, "actor": "customer", "command": "cancel_lines", "type": "lines_cancelled",
                 "data": {"lines": [{"line_id": 1, "quantity": 1}], "amount": "10.76", "reason": "too many"},
                 "ledger": [{"kind": "credit", "amount": "10.76", "balance": "-10.76"}]},
                {"sequence": version, "at": at, "actor": "customer", "command": "cancel_lines", "type": "refund_requested",
                 "data": {"refund_id": refund, "amount": "10.76", "cause": "cancelled", "lines": [], "delivery": false},
                 "ledger": [{"kind": "refund_requested", "amount": "10.76", "balance": "-10.76"}]},
            ])
        );
    }

    #[test]
    fn no_way_to_pay_and_no_hash_of_a_request_is_told() {
        let mut case = Case::delivered();
        case.customer(&send_back("secret-key", &[units(1, 2)]));
        case.staff(&crate::order::Command::ApproveReturn { id: 1 });
        case.staff(&receive(1, None));
        case.staff(&refund("secret-key-2", of_amount(100)));
        let mut told = page(&case, 0, 100).to_string();
        told.push_str(&page(&Case::new(placed(&redirect())), 0, 100).to_string());
        for secret in ["pm_card", "secret-key", "shop.example", "\"body\""] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
    }
}
