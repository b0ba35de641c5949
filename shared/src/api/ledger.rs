//! The ledger of an order on the wire: every cent, explained (C4).

#[cfg(test)]
mod tests;

use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;

use super::quote::{QuoteView, TaxView, shown, taxes};
use crate::ids::{OrderId, ProductId, VariationId};
use crate::money::Currency;
use crate::order::{Entry, EntryKind, EventKind, Order, Sums, Units};
use crate::placement::Document;
use crate::pricing::DeliveryQuote;

/// `GET /admin/orders/{id}/ledger`: what was agreed, every movement since, and what it all comes to. Law: the lines and the
/// delivery make the total; the entries make the sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerView {
    /// The order.
    pub order_id: OrderId,
    /// Of all amounts.
    pub currency: Currency,
    /// What was agreed.
    pub placed: PlacedView,
    /// Every movement, oldest first.
    pub entries: Vec<EntryView>,
    /// What it all comes to.
    #[serde(flatten)]
    pub sums: SumsView,
    /// Counts the changes of the order.
    pub version: u64,
}

/// What was agreed at placement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlacedView {
    /// What the customer owed.
    pub total_amount: String,
    /// The sums that it is made of.
    #[serde(flatten)]
    pub quote: QuoteView,
    /// The lines that they are made of.
    pub lines: Vec<LedgerLineView>,
    /// The delivery.
    pub delivery: LedgerDeliveryView,
}

/// What a line costs: `subtotal` less the three discounts, with tax, is `total`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerLineView {
    /// Which line, from 1.
    pub line_id: usize,
    /// What.
    pub product_id: ProductId,
    /// Which variation of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variation_id: Option<VariationId>,
    /// Units.
    pub quantity: u32,
    /// Price of one unit.
    pub unit_price: String,
    /// Of all units.
    pub subtotal: String,
    /// The line's own discount.
    pub discount: String,
    /// Its share of the coupon.
    pub coupon_share: String,
    /// Its share of the order's discount.
    pub order_discount_share: String,
    /// What is left without tax.
    pub net: String,
    /// Each tax.
    pub taxes: Vec<TaxView>,
    /// With tax.
    pub total: String,
}

/// What the delivery costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerDeliveryView {
    /// Without tax.
    pub net: String,
    /// Each tax.
    pub taxes: Vec<TaxView>,
    /// With tax.
    pub total: String,
}

/// One movement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryView {
    /// The entry of the order's log that it comes from.
    pub sequence: u64,
    /// When.
    pub at: String,
    /// Who caused it.
    pub actor: String,
    /// `charge`, `credit`, `goodwill`, `authorization`, `capture`, `cod_collection`, `void`, `refund_requested`, `refund`,
    /// `refund_failed`, `dispute`, `dispute_won`.
    pub kind: &'static str,
    /// How much.
    pub amount: String,
    /// What happened to the order, e.g. `lines_cancelled`.
    pub event: &'static str,
    /// The refund that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<String>,
    /// What the refund is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<&'static str>,
    /// The provider's id, or what staff noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Why, in people's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What it is for, where it is for goods: the frozen amounts of these very units. Less than their sum is owed less if a
    /// part of it was given away before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartView>,
    /// The delivery charge, where it is for that too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<LedgerDeliveryView>,
    /// What the customer has to pay after it; below zero: what the store has to pay back.
    pub balance: String,
}

/// What units of a line cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartView {
    /// Which line, from 1.
    pub line_id: u16,
    /// How many units.
    pub quantity: u32,
    /// Without tax.
    pub net: String,
    /// Each tax.
    pub taxes: Vec<TaxView>,
    /// With tax.
    pub total: String,
}

/// What entries come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SumsView {
    /// What the customer owes in all for what is still theirs.
    pub owed_amount: String,
    /// What is reserved and not taken.
    pub authorized_amount: String,
    /// What was taken.
    pub captured_amount: String,
    /// What is to go back and has not.
    pub pending_refund_amount: String,
    /// What has gone back.
    pub refunded_amount: String,
    /// What banks hold or have taken back.
    pub disputed_amount: String,
    /// What can still be given back.
    pub refundable_amount: String,
    /// What the customer has to pay yet; below zero: what the store has to pay back.
    pub balance: String,
}

impl LedgerView {
    /// The ledger of an order.
    pub fn of(order: &Order, document: &Document) -> Self {
        Self {
            order_id: order.id,
            currency: order.total.currency(),
            placed: PlacedView::of(order, document),
            entries: entries(order, document),
            sums: SumsView::of(&order.sums(), order.total.currency()),
            version: order.version(),
        }
    }
}

impl PlacedView {
    fn of(order: &Order, document: &Document) -> Self {
        let line =
            |(at, (line, amounts)): (usize, (&crate::placement::Line, &crate::pricing::LineAmounts))| {
                LedgerLineView {
                    line_id: at + 1,
                    product_id: line.sku.product.clone(),
                    variation_id: line.sku.variation.clone(),
                    quantity: line.quantity,
                    unit_price: shown(line.unit_price),
                    subtotal: shown(amounts.subtotal),
                    discount: shown(amounts.discount),
                    coupon_share: shown(amounts.coupon_share),
                    order_discount_share: shown(amounts.order_share),
                    net: shown(amounts.net),
                    taxes: taxes(&amounts.taxes),
                    total: shown(amounts.total),
                }
            };
        let delivery = &document.quote.delivery;
        Self {
            total_amount: shown(order.total),
            quote: QuoteView::of(&document.quote),
            lines: document.priced_lines().enumerate().map(line).collect(),
            delivery: LedgerDeliveryView::of(delivery),
        }
    }
}

impl LedgerDeliveryView {
    fn of(delivery: &DeliveryQuote) -> Self {
        Self { net: shown(delivery.net), taxes: taxes(&delivery.taxes), total: shown(delivery.total) }
    }
}

/// Every movement. What units cost depends on how many of their line were paid back before, so that all parts make the line.
fn entries(order: &Order, document: &Document) -> Vec<EntryView> {
    let mut paid_back = PaidBack::default();
    let mut views: Vec<EntryView> = Vec::new();
    let mut entries = order.ledger().into_iter().peekable();
    for event in &order.log {
        let (parts, delivery) = paid_back.take_in(document, &event.kind);
        let (mut parts, mut delivery) = (Some(parts), Some(delivery));
        while let Some(entry) = entries.next_if(|entry| entry.event.sequence == event.sequence) {
            let mut view = EntryView::of(&entry);
            if matches!(entry.kind, EntryKind::Credit) {
                view.parts = parts.take().unwrap_or_default();
                let delivery = delivery.take().unwrap_or_default();
                view.delivery = delivery.then(|| LedgerDeliveryView::of(&document.quote.delivery));
            }
            views.push(view);
        }
    }
    views
}

/// What is not owed any more, of each line: units that went, and before them those that were paid back and stayed.
#[derive(Default)]
struct PaidBack {
    gone: BTreeMap<u16, u32>,
    credited: BTreeMap<u16, u32>,
    delivery: bool,
}

impl PaidBack {
    /// The units, and whether the delivery, that an event makes free.
    fn take_in(&mut self, document: &Document, event: &EventKind) -> (Vec<PartView>, bool) {
        let delivery = !self.delivery && has_delivery(event);
        self.delivery |= delivery;
        let mut parts = Vec::new();
        for units in units_of(document, event) {
            let before = self.credited.get(&units.line).copied().unwrap_or_default();
            let after = match event {
                EventKind::RefundRequested { .. } => before + units.quantity,
                EventKind::Cancelled { .. } => units.quantity,
                _ => {
                    let gone = self.gone.entry(units.line).or_default();
                    *gone += units.quantity;
                    before.max(*gone)
                }
            };
            self.credited.insert(units.line, after);
            let free = Units { quantity: after.saturating_sub(before), ..units };
            parts.extend(PartView::of(document, free, before));
        }
        (parts, delivery)
    }
}

/// The units that an event names; a cancellation names all that there are.
fn units_of(document: &Document, event: &EventKind) -> Vec<Units> {
    match event {
        EventKind::Cancelled { .. } => {
            let all = (1u16..).zip(&document.lines);
            all.map(|(line, bought)| Units { line, quantity: bought.quantity }).collect()
        }
        EventKind::LinesCancelled { lines, .. } | EventKind::RefundRequested { lines, .. } => lines.clone(),
        EventKind::ReturnReceived { lines, .. } => {
            lines.iter().map(|line| Units { line: line.line, quantity: line.units() }).collect()
        }
        _ => vec![],
    }
}

fn has_delivery(event: &EventKind) -> bool {
    matches!(
        event,
        EventKind::RefundRequested { delivery: true, .. }
            | EventKind::ReturnReceived { delivery: true, .. }
            | EventKind::Cancelled { .. }
    )
}

impl PartView {
    /// Units of a line after `before` of its units; none if they are all gone.
    fn of(document: &Document, units: Units, before: u32) -> Option<Self> {
        let amounts = document.quote.lines.get(usize::from(units.line).checked_sub(1)?)?;
        let quantity = units.quantity.min(amounts.quantity.saturating_sub(before));
        let part = amounts.of_units(before..before + quantity);
        (quantity > 0).then(|| Self {
            line_id: units.line,
            quantity,
            net: shown(part.net),
            taxes: taxes(&part.taxes),
            total: shown(part.total),
        })
    }
}

impl EntryView {
    fn of(entry: &Entry<'_>) -> Self {
        let event = entry.event;
        let mut view = Self {
            sequence: event.sequence,
            at: event.at.rfc3339(),
            actor: event.actor.to_string(),
            kind: entry.kind.name(),
            amount: shown(entry.amount),
            event: event.kind.name(),
            refund_id: None,
            cause: None,
            reference: None,
            reason: None,
            parts: vec![],
            delivery: None,
            balance: signed(entry.sums.balance_minor(), entry.amount.currency()),
        };
        match &event.kind {
            EventKind::LinesCancelled { reason, .. } | EventKind::Cancelled { reason, .. } => {
                view.reason = Some(reason.clone());
            }
            EventKind::PaymentAuthorized { intent, .. } | EventKind::Paid { intent, .. } => {
                view.reference = Some(intent.clone());
            }
            EventKind::RefundRequested { refund, cause, reason, .. } => {
                view.refund_id = Some(refund.clone());
                view.cause = Some(cause.name());
                view.reason.clone_from(reason);
            }
            EventKind::Refunded { refund, provider: reference }
            | EventKind::RefundSettled { refund, reference } => {
                view.refund_id = Some(refund.clone());
                view.reference = Some(reference.clone());
            }
            EventKind::RefundFailed { refund, code } => {
                view.refund_id = Some(refund.clone());
                view.reason = Some(code.clone());
            }
            EventKind::RefundRetried { refund } => view.refund_id = Some(refund.clone()),
            EventKind::RefundedOutside { provider, .. } => view.reference = Some(provider.clone()),
            EventKind::Disputed { dispute, reason, .. } => {
                view.reference = Some(dispute.clone());
                view.reason = Some(reason.clone());
            }
            EventKind::DisputeClosed { dispute, .. } => view.reference = Some(dispute.clone()),
            _ => {}
        }
        view
    }
}

impl SumsView {
    fn of(sums: &Sums, currency: Currency) -> Self {
        Self {
            owed_amount: shown(sums.owed()),
            authorized_amount: shown(sums.authorized()),
            captured_amount: shown(sums.captured()),
            pending_refund_amount: shown(sums.requested()),
            refunded_amount: shown(sums.refunded()),
            disputed_amount: shown(sums.disputed()),
            refundable_amount: shown(sums.refundable()),
            balance: signed(sums.balance_minor(), currency),
        }
    }
}

/// An amount of minor units in major units, which may be below zero.
pub(super) fn signed(minor: i64, currency: Currency) -> String {
    Decimal::new(minor, currency.exponent()).to_string()
}
