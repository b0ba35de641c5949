//! Refunds and disputes on the wire (C4).

use serde::{Deserialize, Serialize};

use super::quote::shown;
use super::units::UnitsView;
use super::units::{AskedUnits, check_units};
use super::wire::{self, Amount};
use super::{FieldError, check_words};
use crate::limits;
use crate::money::{Currency, Money};
use crate::order::{EventKind, Order, Refund, RefundState, RefundWish};

/// `POST /admin/orders/{id}/refunds`: what goes back. Nothing named: all that can.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundOrder {
    /// The price of these units, by the amounts frozen at placement.
    #[serde(default, deserialize_with = "wire::given_list")]
    pub lines: Option<Vec<AskedUnits>>,
    /// The delivery charge.
    #[serde(default)]
    pub delivery: bool,
    /// So much, in major units of the order's currency.
    #[serde(default, deserialize_with = "wire::given")]
    pub amount: Option<Amount>,
    /// Whether `amount` is a gift of the store.
    #[serde(default)]
    pub goodwill: bool,
    /// Why; customers never see it.
    #[serde(default)]
    pub reason: Option<String>,
}

impl RefundOrder {
    /// What is to go back.
    ///
    /// # Errors
    /// What breaks a rule.
    pub fn wish(&self, currency: Currency) -> Result<RefundWish, Vec<FieldError>> {
        let mut errors: Vec<FieldError> = self
            .reason
            .as_deref()
            .and_then(|text| check_words("/reason", text, limits::REASON))
            .into_iter()
            .collect();
        errors.extend(self.lines.as_deref().map(check_units).unwrap_or_default());
        let by_lines = self.lines.is_some() || self.delivery;
        if by_lines && self.amount.is_some() {
            errors.push(FieldError::new(
                "/amount",
                "not_permitted",
                "either an amount, or lines and delivery",
            ));
        }
        if self.goodwill && self.amount.is_none() {
            errors.push(FieldError::new("/goodwill", "not_permitted", "only an amount can be a gift"));
        }
        let amount = self.amount.map(|amount| match Money::new(amount.0, currency) {
            Ok(amount) if !amount.is_zero() => Ok(amount),
            Ok(_) => Err("more than nothing".to_owned()),
            Err(error) => Err(error.to_string()),
        });
        match amount {
            Some(Err(detail)) => errors.push(FieldError::new("/amount", "invalid", &detail)),
            Some(Ok(amount)) if errors.is_empty() => {
                return Ok(RefundWish::Amount { amount, goodwill: self.goodwill });
            }
            _ => {}
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        if !by_lines {
            return Ok(RefundWish::Full);
        }
        let lines = AskedUnits::all(self.lines.as_deref().unwrap_or_default());
        Ok(RefundWish::Lines { lines, delivery: self.delivery })
    }
}

/// `POST /admin/orders/{id}/refunds/{refund_id}/settle`: how a refund was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettleRefund {
    /// How it can be found, e.g. the reference of a bank transfer.
    pub reference: String,
}

impl SettleRefund {
    /// What breaks a rule.
    pub fn check(&self) -> Vec<FieldError> {
        check_words("/reference", &self.reference, limits::NAME).into_iter().collect()
    }
}

/// A refund, and where it leaves the order's money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefundedView {
    /// The order.
    pub order_id: crate::ids::OrderId,
    /// The refund.
    #[serde(flatten)]
    pub refund: RefundView,
    /// Of all amounts.
    pub currency: Currency,
    /// Where the money stands now.
    pub payment_status: crate::order::payment::PaymentStatus,
    /// What can still be given back.
    pub refundable_amount: String,
    /// Whether nothing was changed: so it would be.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Counts the changes.
    pub version: u64,
}

impl RefundedView {
    /// A refund of an order, for staff.
    pub fn of(order: &Order, refund: &Refund, dry_run: bool) -> Self {
        Self {
            order_id: order.id,
            refund: RefundView::of(refund, true),
            currency: order.total.currency(),
            payment_status: order.payment_status(),
            refundable_amount: shown(order.sums().refundable()),
            dry_run,
            version: order.version(),
        }
    }
}

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
