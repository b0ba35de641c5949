//! Everybody's orders, for staff: the list (C7) and the edit (C8).

use serde::{Deserialize, Serialize};

use super::attention::AttentionView;
use super::order::{OrderRow, OrderView};
use super::shipment::{check_courier, courier};
use super::status::ChangeStatus;
use super::{FieldError, check_words, wire};
use crate::limits;
use crate::order::{Actor, Command, Order, Status};
use crate::placement::Document;
use crate::time::Timestamp;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// From when until when orders were placed, as a query names it: `from` is in it. A moment in `to` is not, a day in `to` is.
///
/// # Errors
/// What breaks a rule.
pub fn period(
    from: Option<&str>,
    to: Option<&str>,
) -> Result<(Option<Timestamp>, Option<Timestamp>), Vec<FieldError>> {
    let invalid = |pointer: &str| {
        let detail = "a day, e.g. 2026-03-01, or a time of RFC 3339, e.g. 2026-03-01T10:00:00Z";
        vec![FieldError::new(pointer, "invalid", detail)]
    };
    let moment = |text: &str, days: i64| match Timestamp::parse_day(text) {
        Ok(day) => Ok(day.plus_seconds(days * DAY_SECONDS)),
        Err(_) => Timestamp::parse_rfc3339(text),
    };
    let from = from.map(|text| moment(text, 0)).transpose().map_err(|_| invalid("?from"))?;
    let before = to.map(|text| moment(text, 1)).transpose().map_err(|_| invalid("?to"))?;
    match (from, before) {
        (Some(from), Some(before)) if before <= from => {
            Err(vec![FieldError::new("?to", "out_of_range", "later than from")])
        }
        period => Ok(period),
    }
}

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
    /// Who carries it, if it is one parcel.
    #[serde(default, deserialize_with = "wire::given")]
    pub courier: Option<String>,
    /// The courier's number of it.
    #[serde(default, deserialize_with = "wire::given")]
    pub tracking_number: Option<String>,
    /// Where the courier shows it.
    #[serde(default, deserialize_with = "wire::given")]
    pub tracking_url: Option<String>,
}

impl EditOrder {
    /// What breaks a rule.
    pub fn check(&self) -> Vec<FieldError> {
        let mut errors: Vec<FieldError> = match &self.internal_notes {
            Some(Some(notes)) => check_words("/internal_notes", notes, limits::NOTES).into_iter().collect(),
            _ => vec![],
        };
        errors.extend(check_courier(&self.courier, &self.tracking_number, &self.tracking_url));
        let nothing = self.internal_notes.is_none() && self.status.is_none() && self.courier.is_none();
        if nothing && errors.is_empty() {
            errors.push(FieldError::new("", "required", "internal_notes, status, or courier"));
        }
        // Before that there may be no parcel; afterwards nobody carries it any more.
        let carried = self.status.is_none_or(|status| matches!(status, Status::Packed | Status::Shipped));
        if self.courier.is_some() && !carried {
            let detail = "a courier is named without a status, or with packed or shipped";
            errors.push(FieldError::new("/courier", "not_permitted", detail));
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

    /// Who carries the order's only parcel, if that is said.
    pub fn naming(&self) -> Option<Command> {
        let courier = courier(&self.courier, &self.tracking_number, &self.tracking_url)?;
        Some(Command::NameCourier { parcel: None, courier })
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

/// The order that an edit led to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditedView {
    /// The order.
    #[serde(flatten)]
    pub order: OrderView,
    /// Whether nothing was changed: so it would be.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

impl EditedView {
    /// An order as `reader` sees it at `now`.
    pub fn of(order: &Order, document: &Document, reader: &Actor, dry_run: bool, now: Timestamp) -> Self {
        Self { order: OrderView::of(order, document, reader, now), dry_run }
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
    fn a_period_is_of_days_or_moments_and_has_its_last_day_in_it() {
        let shown = |from, to| {
            period(from, to)
                .map(|(from, before)| [from, before].map(|moment| moment.map(Timestamp::rfc3339)))
                .map_err(|errors| errors.into_iter().map(|error| error.pointer).collect::<String>())
        };
        let moments = |from: &str, before: &str| Ok([Some(from.to_owned()), Some(before.to_owned())]);
        assert_eq!(shown(None, None), Ok([None, None]));
        let march = shown(Some("2026-03-01"), Some("2026-03-31"));
        assert_eq!(march, moments("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"));
        let one_day = shown(Some("2026-03-01"), Some("2026-03-01"));
        assert_eq!(one_day, moments("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"));
        let hour = shown(Some("2026-03-01T10:00:00+01:00"), Some("2026-03-01T10:00:00Z"));
        assert_eq!(hour, moments("2026-03-01T09:00:00Z", "2026-03-01T10:00:00Z"));
        for (from, to, wrong) in [
            ("yesterday", "2026-03-01", "?from"),
            ("2026-03-01", "2026-02-30", "?to"),
            ("2026-03-02", "2026-03-01", "?to"),
            ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z", "?to"),
        ] {
            assert_eq!(shown(Some(from), Some(to)), Err(wrong.to_owned()), "{from} {to}");
        }
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
            (json!({"courier": "PostNL"}), vec![]),
            (json!({"status": "shipped", "courier": "PostNL", "tracking_number": "3S"}), vec![]),
            (json!({"tracking_number": "3S"}), vec!["/courier"]),
            (json!({"status": "packed", "tracking_url": "https://x.example/3S"}), vec!["/courier"]),
            (json!({"status": "preparing", "courier": "PostNL"}), vec!["/courier"]),
            (json!({"status": "cancelled", "courier": "PostNL"}), vec!["/courier"]),
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
