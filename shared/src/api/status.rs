//! `PATCH` and `PUT /orders/{id}/status` (C2).

use serde::{Deserialize, Serialize};

use super::quote::EcoView;
use super::{FieldError, check_words};
use crate::ids::OrderId;
use crate::limits;
use crate::order::payment::PaymentStatus;
use crate::order::{FulfillmentStatus, Order, Status};
use crate::placement::Document;

/// Where an order is to stand; the command that leads there is run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeStatus {
    /// Where.
    pub status: Status,
    /// Why, for `cancelled`; `staff_request` if it is left out.
    #[serde(default)]
    pub reason: Option<String>,
    /// Why staff goes beyond the store's policy, for `cancelled`.
    #[serde(default)]
    pub override_reason: Option<String>,
}

impl ChangeStatus {
    /// What breaks a rule.
    pub fn check(&self) -> Vec<FieldError> {
        let texts = [("/reason", &self.reason), ("/override_reason", &self.override_reason)];
        let mut errors = Vec::new();
        for (pointer, text) in texts {
            let Some(text) = text else { continue };
            if self.status != Status::Cancelled {
                errors.push(FieldError::new(pointer, "not_permitted", "only a cancellation has a reason"));
            }
            errors.extend(check_words(pointer, text, limits::REASON));
        }
        if self.status == Status::Pending {
            let detail = "no order becomes pending again";
            errors.push(FieldError::new("/status", "not_permitted", detail));
        }
        errors
    }
}

/// Where the order stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusView {
    /// The order.
    pub order_id: OrderId,
    /// Where it stands.
    pub status: Status,
    /// Where the money stands.
    pub payment_status: PaymentStatus,
    /// Where the goods stand.
    pub fulfillment_status: FulfillmentStatus,
    /// When it last changed.
    pub updated_at: String,
    /// What sending it emits, and what the store does about it.
    pub eco_impact: EcoView,
    /// Whether nothing was changed: so it would be.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Counts the changes.
    pub version: u64,
}

impl StatusView {
    /// Where an order stands.
    pub fn of(order: &Order, document: &Document, dry_run: bool) -> Self {
        Self {
            order_id: order.id,
            status: order.status,
            payment_status: order.payment_status(),
            fulfillment_status: order.fulfillment,
            updated_at: order.updated_at.rfc3339(),
            eco_impact: EcoView::of(order, document),
            dry_run,
            version: order.version(),
        }
    }
}
