//! Refunds and disputes on the wire (C4).

use serde::Serialize;

use super::quote::shown;
use crate::order::{EventKind, Order, Refund, RefundState, Units};

/// Money that goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefundView {
    /// Our id.
    pub refund_id: String,
    /// How much.
    pub amount: String,
    /// What for: `cancelled`, `overpaid`, `full`, `lines`, `amount`, `goodwill`, `return`.
    pub cause: &'static str,
    /// How far.
    pub status: RefundState,
    /// When it came so far.
    pub updated_at: String,
    /// The units that it pays back, if it is for units.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<UnitsView>,
    /// Why the provider refused it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_code: Option<String>,
    /// Why, in staff's words; customers never see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The provider's id of it, or what staff noted; customers never see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// So many units of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UnitsView {
    /// Which line, from 1.
    pub line_id: u16,
    /// How many.
    pub quantity: u32,
}

/// Money that the customer's bank has taken back, or tries to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisputeView {
    /// The provider's id.
    pub dispute_id: String,
    /// How much.
    pub amount: String,
    /// The provider's word for why.
    pub reason: String,
    /// `open`, `won`, `lost`.
    pub status: &'static str,
}

impl UnitsView {
    /// Units of lines.
    pub fn all(units: &[Units]) -> Vec<Self> {
        units.iter().map(|units| Self { line_id: units.line, quantity: units.quantity }).collect()
    }
}

impl RefundView {
    /// A refund, as staff or the customer sees it.
    pub fn of(refund: &Refund, to_staff: bool) -> Self {
        Self {
            refund_id: refund.id.clone(),
            amount: shown(refund.amount),
            cause: refund.cause.name(),
            status: refund.state,
            updated_at: refund.since.rfc3339(),
            lines: UnitsView::all(&refund.lines),
            failure_code: refund.failure_code.clone().filter(|_| refund.state == RefundState::Failed),
            reason: refund.reason.clone().filter(|_| to_staff),
            reference: refund.reference.clone().filter(|_| to_staff),
        }
    }
}

impl DisputeView {
    /// The disputes of an order, oldest first.
    pub fn all(order: &Order) -> Vec<Self> {
        let mut disputes: Vec<Self> = Vec::new();
        for event in &order.log {
            match &event.kind {
                EventKind::Disputed { dispute, amount, reason } => disputes.push(Self {
                    dispute_id: dispute.clone(),
                    amount: shown(*amount),
                    reason: reason.clone(),
                    status: "open",
                }),
                EventKind::DisputeClosed { dispute, won } => {
                    for known in disputes.iter_mut().filter(|known| known.dispute_id == *dispute) {
                        known.status = if *won { "won" } else { "lost" };
                    }
                }
                _ => {}
            }
        }
        disputes
    }
}
