//! Orders on the wire.

use serde::Serialize;

use super::attention::AttentionView;
use super::ledger::signed;
use super::quote::{EcoView, LineView, QuoteView, shown};
use super::refund::{DisputeView, RefundView};
use super::shipment::ShipmentView;
use crate::address::Address;
use crate::ids::{CartId, CouponCode, CustomerId, Language, OrderId};
use crate::mail::feedback::MailboxStatus;
use crate::money::{Currency, Money};
use crate::order::payment::{PaymentStatus, State};
use crate::order::{
    Actor, Cause, Event, EventKind, FulfillmentStatus, Order, Request, Role, Status, Tally, available_actions,
};
use crate::placement::Document;
use crate::stock::AllocationReason;
use crate::time::{Timestamp, iso_date};

/// One order, whole (R1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderView {
    /// What a list shows of it.
    #[serde(flatten)]
    pub row: OrderRow,
    /// What it costs.
    #[serde(flatten)]
    pub quote: QuoteView,
    /// What was bought.
    pub lines: Vec<OrderLineView>,
    /// The coupon that it used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_code: Option<CouponCode>,
    /// A guest's way back to the order; only in the answer to placing or paying it, and in the mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_token: Option<String>,
    /// The cart that it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cart_id: Option<CartId>,
    /// The version of the store's settings that it was placed under.
    pub settings_version: u64,
    /// Who pays.
    pub billing_address: Address,
    /// Where it goes.
    pub shipping_address: Address,
    /// Where mail goes.
    pub contact_email: String,
    /// Whether mail can be sent there; only staff sees it, and only of one order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_email_status: Option<MailboxStatus>,
    /// The customer's language (BCP 47): mails and names of products are in it as far as they exist in it.
    pub language: Language,
    /// The money.
    pub payment: PaymentView,
    /// The parcels.
    pub shipments: Vec<ShipmentView>,
    /// Why the goods come from where they come from.
    pub allocation_reason: AllocationReason,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// What sending it emits, and what the store does about it.
    pub eco_impact: EcoView,
    /// What the caller may do now.
    pub available_actions: Vec<&'static str>,
    /// Until when the customer can ask to send something back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_until: Option<String>,
    /// The customer's note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Why staff changed a price; customers never see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<String>,
    /// Staff's note; customers never see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_notes: Option<String>,
    /// What staff must look at; customers never see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attention: Option<Vec<AttentionView>>,
}

/// One order in a list (R3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderRow {
    /// Its id.
    pub order_id: OrderId,
    /// The number that people read out.
    pub order_number: String,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// Where it stands.
    pub status: Status,
    /// Where the money stands.
    pub payment_status: PaymentStatus,
    /// Where the goods stand.
    pub fulfillment_status: FulfillmentStatus,
    /// How it is paid: `card`, `redirect`, `cod`; `later` while nobody has said.
    pub payment_type: &'static str,
    /// Units in it.
    pub item_count: u32,
    /// What it costs, in major units.
    pub total_amount: String,
    /// Of all its amounts.
    pub currency: Currency,
    /// When it was placed.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// When it should arrive, as promised.
    pub estimated_delivery: String,
    /// Number of the invoice, once there is one.
    pub bill_number: Option<String>,
    /// Counts the changes; also the `ETag`.
    pub version: u64,
}

/// The money of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaymentView {
    /// `card`, `redirect`, `cod`; `later` while nobody has said how it is paid.
    pub method: &'static str,
    /// Where it stands.
    pub status: PaymentStatus,
    /// Stripe's PaymentIntent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_intent_id: Option<String>,
    /// Stripe's Checkout session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkout_session_id: Option<String>,
    /// The provider's page where the customer pays; only in the answer to placing or paying the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_url: Option<String>,
    /// For the shop's page, to confirm the payment with the bank; only in the answer to placing the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Whether the customer has to confirm it with the bank.
    pub requires_action: bool,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_code: Option<String>,
    /// What is reserved and not taken yet.
    pub authorized_amount: String,
    /// What was taken.
    pub captured_amount: String,
    /// What has gone back.
    pub refunded_amount: String,
    /// What the customer has to pay yet; below zero: what the store has to pay back.
    pub balance: String,
    /// Every refund.
    pub refunds: Vec<RefundView>,
    /// Every dispute.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disputes: Vec<DisputeView>,
    /// Until when the goods are held unpaid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay_until: Option<String>,
}

/// One product of an order, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderLineView {
    /// What was bought.
    #[serde(flatten)]
    pub line: LineView,
    /// Units that were called off; left out while there are none, as the following.
    #[serde(skip_serializing_if = "is_zero")]
    pub cancelled_quantity: u32,
    /// Units whose parcel is closed, and has not left.
    #[serde(skip_serializing_if = "is_zero")]
    pub packed_quantity: u32,
    /// Units that have left, delivered or not.
    #[serde(skip_serializing_if = "is_zero")]
    pub shipped_quantity: u32,
    /// Units that arrived.
    #[serde(skip_serializing_if = "is_zero")]
    pub delivered_quantity: u32,
    /// Units that are to be sent back, and have not arrived.
    #[serde(skip_serializing_if = "is_zero")]
    pub returning_quantity: u32,
    /// Units that were sent back.
    #[serde(skip_serializing_if = "is_zero")]
    pub returned_quantity: u32,
}

fn is_zero(units: &u32) -> bool {
    *units == 0
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimelineEntry {
    /// Its place in the log, from 1.
    pub sequence: u64,
    /// What.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// When.
    pub at: String,
    /// By whom: `customer`, `staff` (to staff: `admin:…`), `payment_provider`, `system`.
    pub actor: String,
    /// Why, where something was called off or rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why staff went beyond the store's policy; customers never see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<String>,
    /// The parcel that it is about, which may be planned anew since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipment_id: Option<u16>,
}

/// A page of orders (R3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderPage {
    /// Newest first.
    pub orders: Vec<OrderRow>,
    /// Present unless a cursor was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pagination: Option<Pagination>,
    /// Where the list goes on; none at its end. A short page is not the end.
    pub next_cursor: Option<String>,
}

/// Where a page lies. The totals are counted after the fact and may lag by a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pagination {
    /// From 1.
    pub current_page: u32,
    /// Rows on a page.
    pub per_page: u32,
    /// Rows in all.
    pub total_items: u64,
    /// Pages in all.
    pub total_pages: u64,
}

/// The answer to a cancellation (C3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CancelledView {
    /// The order.
    pub order_id: OrderId,
    /// `cancelled`.
    pub status: Status,
    /// Where the money stands now.
    pub payment_status: PaymentStatus,
    /// What goes back for it, or has gone.
    pub refund_amount: String,
    /// Of the amount.
    pub currency: Currency,
    /// Why it was called off.
    pub cancellation_reason: String,
    /// What sending what is left of it emits, and what the store does about it.
    pub eco_impact: EcoView,
    /// Whether nothing was changed: so it would be.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Counts the changes.
    pub version: u64,
}

impl OrderRow {
    /// A row of a list.
    pub fn of(order: &Order) -> Self {
        Self {
            order_id: order.id,
            order_number: order.number().to_string(),
            customer_id: order.customer.clone(),
            status: order.status,
            payment_status: order.payment_status(),
            fulfillment_status: order.fulfillment,
            payment_type: order.payment.method.name(),
            item_count: order.item_count,
            total_amount: shown(order.total),
            currency: order.total.currency(),
            created_at: order.placed_at.rfc3339(),
            updated_at: order.updated_at.rfc3339(),
            estimated_delivery: iso_date(order.estimated_delivery.date()),
            bill_number: order.bill_number(0).map(ToString::to_string),
            version: order.version(),
        }
    }
}

impl OrderView {
    /// An order as `reader` sees it at `now`.
    pub fn of(order: &Order, document: &Document, reader: &Actor, now: Timestamp) -> Self {
        let staff = reader.role() == Role::Staff;
        Self {
            row: OrderRow::of(order),
            quote: QuoteView::of(&document.quote),
            lines: OrderLineView::all(order, document),
            coupon_code: document.coupon.as_ref().map(|used| used.code.clone()),
            order_token: None,
            cart_id: document.cart.clone(),
            settings_version: document.store_version,
            billing_address: document.billing_address.clone(),
            shipping_address: document.shipping_address.clone(),
            contact_email: document.contact_email.clone(),
            contact_email_status: None,
            language: document.language.clone(),
            payment: PaymentView::of(order, staff),
            shipments: ShipmentView::all(order, staff),
            allocation_reason: document.choice.reason,
            timeline: TimelineEntry::all(order, staff),
            eco_impact: EcoView::of(order, document),
            available_actions: available_actions(order, document, reader.role(), now),
            return_until: order.return_until(document).map(Timestamp::rfc3339),
            notes: document.notes.clone(),
            override_reason: document.override_reason.clone().filter(|_| staff),
            internal_notes: order.internal_notes(document).filter(|_| staff).map(str::to_owned),
            attention: staff.then(|| AttentionView::all(order, now)),
        }
    }
}

impl OrderLineView {
    /// Every line of an order.
    pub(super) fn all(order: &Order, document: &Document) -> Vec<Self> {
        let of = |(line, tally): (LineView, &Tally)| {
            let all_off = order.status == Status::Cancelled;
            Self {
                cancelled_quantity: if all_off { line.quantity } else { tally.cancelled },
                packed_quantity: tally.packed,
                shipped_quantity: tally.sent,
                delivered_quantity: tally.delivered,
                returning_quantity: tally.returning,
                returned_quantity: tally.returned,
                line,
            }
        };
        LineView::all(document).into_iter().zip(order.tallies(document).all()).map(of).collect()
    }
}

impl PaymentView {
    fn of(order: &Order, to_staff: bool) -> Self {
        let payment = &order.payment;
        let sums = order.sums();
        Self {
            method: payment.method.name(),
            status: order.payment_status(),
            payment_intent_id: payment.intent.clone(),
            checkout_session_id: payment.session.clone(),
            payment_url: None,
            client_secret: None,
            requires_action: payment.state == State::Open,
            failure_code: match &payment.state {
                State::Failed { code } => Some(code.clone()),
                _ => None,
            },
            authorized_amount: shown(sums.authorized()),
            captured_amount: shown(sums.captured()),
            refunded_amount: shown(sums.refunded()),
            balance: signed(sums.balance_minor(), order.total.currency()),
            refunds: order.refunds().iter().map(|refund| RefundView::of(refund, to_staff)).collect(),
            disputes: DisputeView::all(order),
            pay_until: order.hold_until.filter(|_| order.status == Status::Pending).map(Timestamp::rfc3339),
        }
    }
}

impl TimelineEntry {
    /// What happened, as the order's customer sees it, or staff. Labels are the store's own business, and so is what staff writes
    /// down, even that it did.
    fn all(order: &Order, to_staff: bool) -> Vec<Self> {
        let internal =
            |kind: &EventKind| kind.is_about_label() || matches!(kind, EventKind::NotesChanged { .. });
        let seen = order.log.iter().filter(|event| to_staff || !internal(&event.kind));
        seen.map(|event| Self::of(event, to_staff)).collect()
    }

    fn of(event: &Event, to_staff: bool) -> Self {
        let (reason, override_reason) = match &event.kind {
            EventKind::LinesCancelled { reason, override_reason, .. }
            | EventKind::Cancelled { reason, override_reason } => (Some(reason), override_reason.as_ref()),
            EventKind::ReturnRejected { reason, .. } => (Some(reason), None),
            _ => (None, None),
        };
        Self {
            sequence: event.sequence,
            kind: event.kind.name(),
            at: event.at.rfc3339(),
            actor: match &event.actor {
                // Who of the staff it was is no customer's business.
                Actor::Admin(_) if !to_staff => "staff".to_owned(),
                actor => actor.to_string(),
            },
            reason: reason.cloned(),
            override_reason: override_reason.cloned().filter(|_| to_staff),
            shipment_id: event.kind.parcel(),
        }
    }
}

impl CancelledView {
    /// What was called off: a part of an order by that request, or all of it; `None` if neither was.
    pub fn of(order: &Order, document: &Document, request: Option<&Request>, dry_run: bool) -> Option<Self> {
        let at = order.log.iter().position(|event| match (&event.kind, request) {
            (EventKind::LinesCancelled { request, .. }, Some(asked)) => request.key == asked.key,
            (EventKind::Cancelled { .. }, None) => true,
            _ => false,
        })?;
        let events = order.log.get(at..)?;
        let reason = match events.first().map(|event| &event.kind)? {
            EventKind::LinesCancelled { reason, .. } | EventKind::Cancelled { reason, .. } => reason.clone(),
            _ => return None,
        };
        // What goes back was decided in the same write, so it has the same time.
        let same = events.iter().take_while(|event| Some(event.at) == events.first().map(|first| first.at));
        let back = same.into_iter().find_map(|event| match &event.kind {
            EventKind::RefundRequested { amount, cause: Cause::Cancelled | Cause::Overpaid, .. } => {
                Some(*amount)
            }
            _ => None,
        });
        Some(Self {
            order_id: order.id,
            status: order.status,
            payment_status: order.payment_status(),
            refund_amount: shown(back.unwrap_or(Money::zero(order.total.currency()))),
            currency: order.total.currency(),
            cancellation_reason: reason,
            eco_impact: EcoView::of(order, document),
            dry_run,
            version: order.version(),
        })
    }
}
