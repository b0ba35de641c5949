//! Orders on the wire.

use serde::Serialize;

use crate::address::Address;
use crate::carbon::{self, CarbonEstimate};
use crate::ids::{CustomerId, OrderId, ProductId, WarehouseId};
use crate::money::{Currency, Money};
use crate::order::payment::{PaymentStatus, RefundState, State};
use crate::order::{Actor, Event, EventKind, FulfillmentStatus, Order, Parcel, Status, permitted_actions};
use crate::placement::{Document, Line};
use crate::stock::AllocationReason;
use crate::time::{Timestamp, iso_date};

/// One order, whole (R1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderView {
    /// What a list shows of it.
    #[serde(flatten)]
    pub row: OrderRow,
    /// Sum of the lines before discounts.
    pub subtotal: String,
    /// Sum of the discounts.
    pub discount_amount: String,
    /// What was bought.
    pub lines: Vec<LineView>,
    /// Who pays.
    pub billing_address: Address,
    /// Where it goes.
    pub shipping_address: Address,
    /// Where mail goes.
    pub contact_email: String,
    /// The money.
    pub payment: PaymentView,
    /// The parcels.
    pub shipments: Vec<ShipmentView>,
    /// Why the goods come from where they come from.
    pub allocation_reason: AllocationReason,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// What sending it emits.
    pub eco_impact: CarbonEstimate,
    /// What the caller may do now.
    pub available_actions: Vec<&'static str>,
    /// The customer's note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Staff's note; customers never see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_notes: Option<String>,
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
    /// How it is paid: `card`, `cod`.
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

/// One product of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineView {
    /// Its place in the order, from 1.
    pub line_id: usize,
    /// What.
    pub product_id: ProductId,
    /// Its name when it was bought.
    pub name: String,
    /// How many units.
    pub quantity: u32,
    /// Price of one unit.
    pub unit_price: String,
    /// Off the whole line.
    pub discount_amount: String,
    /// What the line costs.
    pub total_price: String,
}

/// The money of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaymentView {
    /// `card`, `cod`.
    pub method: &'static str,
    /// Where it stands.
    pub status: PaymentStatus,
    /// Stripe's PaymentIntent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_intent_id: Option<String>,
    /// For the shop's page, to confirm the payment with the bank; only in the answer to placing the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Whether the customer has to confirm it with the bank.
    pub requires_action: bool,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_code: Option<String>,
    /// What was taken.
    pub captured_amount: String,
    /// What has gone back.
    pub refunded_amount: String,
    /// Every refund.
    pub refunds: Vec<RefundView>,
    /// Until when the goods are held unpaid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay_until: Option<String>,
}

/// Money that goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefundView {
    /// Our id.
    pub refund_id: String,
    /// How much.
    pub amount: String,
    /// How far.
    pub status: RefundState,
}

/// A parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShipmentView {
    /// Its place among the order's parcels, from 1.
    pub shipment_id: usize,
    /// From where.
    pub warehouse_id: WarehouseId,
    /// What it is packed in.
    pub packaging: String,
    /// How many of those.
    pub packages: u32,
    /// Grams altogether.
    pub weight_grams: u64,
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
    /// What goes back, or has gone.
    pub refund_amount: String,
    /// Of the amount.
    pub currency: Currency,
    /// Why it was called off.
    pub cancellation_reason: String,
    /// Counts the changes.
    pub version: u64,
}

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

impl OrderRow {
    /// A row of a list.
    pub fn of(order: &Order) -> Self {
        Self {
            order_id: order.id,
            order_number: order.number().to_string(),
            customer_id: order.customer.clone(),
            status: order.status,
            payment_status: order.payment.status(),
            fulfillment_status: order.fulfillment,
            payment_type: order.payment.method.name(),
            item_count: order.item_count,
            total_amount: shown(order.total),
            currency: order.total.currency(),
            created_at: order.placed_at.rfc3339(),
            updated_at: order.updated_at.rfc3339(),
            estimated_delivery: iso_date(order.estimated_delivery.date()),
            bill_number: None,
            version: order.version(),
        }
    }
}

impl OrderView {
    /// An order as `reader` sees it.
    pub fn of(order: &Order, document: &Document, reader: &Actor) -> Self {
        let staff = matches!(reader, Actor::Admin(_));
        let parcels = parcels(order);
        let weight = match parcels {
            [] => document.weight_grams(),
            known => known.iter().map(|parcel| parcel.weight_grams).sum(),
        };
        Self {
            row: OrderRow::of(order),
            subtotal: shown(document.subtotal()),
            discount_amount: shown(document.discount()),
            lines: document.lines.iter().enumerate().map(|(at, line)| LineView::of(at, line)).collect(),
            billing_address: document.billing_address.clone(),
            shipping_address: document.shipping_address.clone(),
            contact_email: document.contact_email.clone(),
            payment: PaymentView::of(order),
            shipments: parcels.iter().enumerate().map(|(at, parcel)| ShipmentView::of(at, parcel)).collect(),
            allocation_reason: document.allocation_reason,
            timeline: order.log.iter().map(|event| TimelineEntry::of(event, staff)).collect(),
            eco_impact: carbon::estimate(weight),
            available_actions: permitted_actions(order),
            notes: document.notes.clone(),
            internal_notes: document.internal_notes.clone().filter(|_| staff),
        }
    }
}

fn parcels(order: &Order) -> &[Parcel] {
    order
        .log
        .iter()
        .rev()
        .find_map(|event| match &event.kind {
            EventKind::Prepared { parcels, .. } => Some(parcels.as_slice()),
            _ => None,
        })
        .unwrap_or_default()
}

impl LineView {
    /// The line at `at`, from 0.
    pub fn of(at: usize, line: &Line) -> Self {
        Self {
            line_id: at + 1,
            product_id: line.product.clone(),
            name: line.name.clone(),
            quantity: line.quantity,
            unit_price: shown(line.unit_price),
            discount_amount: shown(line.discount),
            total_price: shown(line.total()),
        }
    }
}

impl PaymentView {
    fn of(order: &Order) -> Self {
        let payment = &order.payment;
        Self {
            method: payment.method.name(),
            status: payment.status(),
            payment_intent_id: payment.intent.clone(),
            client_secret: None,
            requires_action: payment.state == State::Open,
            failure_code: match &payment.state {
                State::Failed { code } => Some(code.clone()),
                _ => None,
            },
            captured_amount: shown(payment.captured),
            refunded_amount: shown(payment.refunded()),
            refunds: payment
                .refunds
                .iter()
                .map(|refund| RefundView {
                    refund_id: refund.id.clone(),
                    amount: shown(refund.amount),
                    status: refund.state.clone(),
                })
                .collect(),
            pay_until: order.hold_until.filter(|_| order.status == Status::Pending).map(Timestamp::rfc3339),
        }
    }
}

impl ShipmentView {
    fn of(at: usize, parcel: &Parcel) -> Self {
        Self {
            shipment_id: at + 1,
            warehouse_id: parcel.warehouse.clone(),
            packaging: parcel.packed.packaging.clone(),
            packages: parcel.packed.count,
            weight_grams: parcel.weight_grams,
        }
    }
}

impl TimelineEntry {
    fn of(event: &Event, to_staff: bool) -> Self {
        Self {
            sequence: event.sequence,
            kind: event.kind.name(),
            at: event.at.rfc3339(),
            actor: match &event.actor {
                // Who of the staff it was is no customer's business.
                Actor::Admin(_) if !to_staff => "staff".to_owned(),
                actor => actor.to_string(),
            },
        }
    }
}

impl CancelledView {
    /// A cancelled order; `None` if it is not.
    pub fn of(order: &Order) -> Option<Self> {
        let reason = order.log.iter().find_map(|event| match &event.kind {
            EventKind::Cancelled { reason } => Some(reason.clone()),
            _ => None,
        })?;
        let captured = order.payment.captured;
        Some(Self {
            order_id: order.id,
            status: order.status,
            payment_status: order.payment.status(),
            refund_amount: shown(captured.minus(order.payment.refundable()).unwrap_or(captured)),
            currency: order.total.currency(),
            cancellation_reason: reason,
            version: order.version(),
        })
    }
}

impl TrackingView {
    /// Where an order's parcels are at `now`.
    pub fn of(order: &Order, now: Timestamp) -> Self {
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
        }
    }
}

fn shown(money: Money) -> String {
    money.amount().to_string()
}
