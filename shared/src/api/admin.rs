//! Everybody's orders, for staff: the list (C7) and the edit (C8).

use serde::{Deserialize, Serialize};

use super::attention::AttentionView;
use super::order::OrderRow;
use super::status::ChangeStatus;
use super::{FieldError, check_words, wire};
use crate::limits;
use crate::order::{Order, Status};
use crate::time::Timestamp;

/// A page of everybody's orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdminOrderPage {
    /// Newest first.
    pub orders: Vec<AdminOrderRow>,
    /// Where the list goes on; none at its end. A short page is not the end.
    pub next_cursor: Option<String>,
}

/// One order in staff's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdminOrderRow {
    /// What its customer's list shows of it.
    #[serde(flatten)]
    pub row: OrderRow,
    /// What staff must look at, longest waiting first.
    pub attention: Vec<AttentionView>,
}

impl AdminOrderRow {
    /// A row as it is at `now`.
    pub fn of(order: &Order, now: Timestamp) -> Self {
        Self { row: OrderRow::of(order), attention: AttentionView::all(order, now) }
    }
}

/// `PATCH /admin/orders/{id}`: what is to change; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditOrder {
    /// What only staff sees; `null` takes it away.
    #[serde(default, deserialize_with = "wire::given")]
    pub internal_notes: Option<Option<String>>,
    /// Where the order is to stand.
    #[serde(default, deserialize_with = "wire::given")]
    pub status: Option<Status>,
    /// Why, for `cancelled`.
    #[serde(default)]
    pub reason: Option<String>,
    /// Why staff goes beyond the store's policy, for `cancelled`.
    #[serde(default)]
    pub override_reason: Option<String>,
}

impl EditOrder {
    /// What breaks a rule.
    pub fn check(&self) -> Vec<FieldError> {
        let mut errors: Vec<FieldError> = match &self.internal_notes {
            Some(Some(notes)) => check_words("/internal_notes", notes, limits::NOTES).into_iter().collect(),
            _ => vec![],
        };
        if self.internal_notes.is_none() && self.status.is_none() {
            errors.push(FieldError::new("", "required", "internal_notes, status, or both"));
        }
        match self.new_status() {
            Some(change) => errors.extend(change.check()),
            None => {
                let texts = [("/reason", &self.reason), ("/override_reason", &self.override_reason)];
                let given = texts.iter().filter(|(_, text)| text.is_some());
                let detail = "only a cancellation has a reason";
                errors.extend(given.map(|(pointer, _)| FieldError::new(*pointer, "not_permitted", detail)));
            }
        }
        errors
    }

    /// The change of its status, as it can be asked for alone.
    pub fn new_status(&self) -> Option<ChangeStatus> {
        self.status.map(|status| ChangeStatus {
            status,
            reason: self.reason.clone(),
            override_reason: self.override_reason.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn edit(body: Value) -> EditOrder {
        serde_json::from_value(body).expect("of the shape")
    }

    #[test]
    fn a_note_can_be_left_alone_written_and_taken_away() {
        assert_eq!(edit(json!({"status": "packed"})).internal_notes, None);
        assert_eq!(edit(json!({"internal_notes": "VIP"})).internal_notes, Some(Some("VIP".into())));
        assert_eq!(edit(json!({"internal_notes": null})).internal_notes, Some(None));
    }

    #[test]
    fn what_breaks_a_rule_is_named() {
        for (body, wrong) in [
            (json!({"internal_notes": null}), vec![]),
            (json!({"status": "packed", "internal_notes": "VIP"}), vec![]),
            (json!({"status": "cancelled", "reason": "flooded"}), vec![]),
            (json!({}), vec![""]),
            (json!({"internal_notes": " "}), vec!["/internal_notes"]),
            (json!({"internal_notes": "x".repeat(2_001)}), vec!["/internal_notes"]),
            (json!({"internal_notes": "x", "reason": "y"}), vec!["/reason"]),
            (json!({"override_reason": "y"}), vec!["", "/override_reason"]),
            (json!({"status": "packed", "reason": "y"}), vec!["/reason"]),
            (json!({"status": "pending"}), vec!["/status"]),
        ] {
            let errors = edit(body.clone()).check();
            assert_eq!(
                errors.iter().map(|error| error.pointer.as_str()).collect::<Vec<_>>(),
                wrong,
                "{body}"
            );
        }
    }
}
