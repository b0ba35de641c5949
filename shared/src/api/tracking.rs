//! Where an order is, on the wire (R4).

use serde::Serialize;

use super::quote::EcoView;
use crate::ids::OrderId;
use crate::order::{Order, Status};
use crate::placement::Document;
use crate::time::{Timestamp, iso_date};

/// Where the parcels are (R4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrackingView {
    /// The order.
    pub order_id: OrderId,
    /// The number that people read out.
    pub order_number: String,
    /// Where it stands.
    pub status: Status,
    /// When it was placed.
    pub placed_at: String,
    /// When it was confirmed.
    pub confirmed_at: Option<String>,
    /// When the warehouse began.
    pub preparing_at: Option<String>,
    /// When it was called off.
    pub cancelled_at: Option<String>,
    /// When it should arrive, as promised.
    pub estimated_delivery: String,
    /// The day of the week of that.
    pub delivery_day: String,
    /// Whether it still can arrive in time; none once it is off.
    pub delay_status: Option<DelayStatus>,
    /// What is known of its way, oldest first.
    pub checkpoints: Vec<Checkpoint>,
    /// What sending it emits, and what the store does about it.
    pub eco_impact: EcoView,
}

/// How an order is against its promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DelayStatus {
    /// The promised day has not passed.
    OnTime,
    /// It has.
    Late,
}

/// A point on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checkpoint {
    /// When.
    pub at: String,
    /// What happened there.
    pub status: &'static str,
    /// Where, if it was at a place.
    pub location: Option<String>,
}

impl TrackingView {
    /// Where an order's parcels are at `now`.
    pub fn of(order: &Order, document: &Document, now: Timestamp) -> Self {
        let at = |name: &str| {
            order.log.iter().find(|event| event.kind.name() == name).map(|event| event.at.rfc3339())
        };
        let milestones = ["placed", "confirmed", "preparing", "cancelled"];
        let promised = order.estimated_delivery.date();
        Self {
            order_id: order.id,
            order_number: order.number().to_string(),
            status: order.status,
            placed_at: order.placed_at.rfc3339(),
            confirmed_at: at("confirmed"),
            preparing_at: at("preparing"),
            cancelled_at: at("cancelled"),
            estimated_delivery: iso_date(promised),
            delivery_day: promised.weekday().to_string(),
            delay_status: (order.status != Status::Cancelled)
                .then(|| if now.date() > promised { DelayStatus::Late } else { DelayStatus::OnTime }),
            checkpoints: order
                .log
                .iter()
                .filter(|event| milestones.contains(&event.kind.name()))
                .map(|event| Checkpoint { at: event.at.rfc3339(), status: event.kind.name(), location: None })
                .collect(),
            eco_impact: EcoView::of(order, document),
        }
    }
}
