//! What an event carries, on the wire: shapes that stay, whatever the log has. Neither the provider's names of cards, nor where
//! a payment leads back to, nor hashes of requests are in them.

use serde::Serialize;

use crate::api::quote::shown;
use crate::api::returns::ReceivedView;
use crate::api::shipment::CourierView;
use crate::api::units::UnitsView;
use crate::carrier::Refusal;
use crate::ids::{CustomerId, WarehouseId};
use crate::invoice::Kind;
use crate::money::Currency;
use crate::order::{Cause, Courier, EventKind, Parcel};
use crate::store::Capture;
use crate::time::{Timestamp, iso_date};

/// More about an event; amounts are in major units of the order's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the API document explains the members, by the types that have them")]
pub enum EventData {
    /// `confirmed`, `payment_replaced`, `payment_pending`, `payment_voided`, `packed`, `shipped`, `delivered`.
    Nothing {},
    /// `placed`.
    Placed {
        customer_id: CustomerId,
        total_amount: String,
        item_count: u32,
        payment_type: &'static str,
        capture: Capture,
        #[serde(skip_serializing_if = "Option::is_none")]
        pay_until: Option<String>,
        estimated_delivery: String,
    },
    /// `payment_chosen`.
    Chosen { payment_type: &'static str },
    /// `checkout_opened`.
    Page { checkout_session_id: String },
    /// `payment_started`, `payment_authorized`, `paid`, `collected`, `payment_failed`.
    Payment {
        #[serde(skip_serializing_if = "Option::is_none")]
        payment_intent_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        amount: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        failure_code: Option<String>,
    },
    /// `preparing`.
    Prepared { parcels: Vec<ParcelView>, carbon_grams: u64 },
    /// `parcel_packed`, `parcel_shipped`, `parcel_delivered`, `courier_named`.
    Parcel {
        shipment_id: u16,
        #[serde(skip_serializing_if = "Option::is_none")]
        courier: Option<CourierView>,
    },
    /// `label_requested`.
    LabelRequested { shipment_id: u16, carrier: String, service: String, cost: String, currency: Currency },
    /// `label_wanted`, `label_bought`, `label_failed`, `label_void_requested`, `label_voided`.
    Label {
        shipment_id: u16,
        #[serde(skip_serializing_if = "Option::is_none")]
        courier: Option<CourierView>,
        #[serde(skip_serializing_if = "Option::is_none")]
        failure_code: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        failure_detail: Option<String>,
    },
    /// `lines_cancelled`, `cancelled`.
    Cancelled {
        #[serde(skip_serializing_if = "Option::is_none")]
        lines: Option<Vec<UnitsView>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        amount: Option<String>,
        reason: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        override_reason: Option<String>,
    },
    /// `refund_requested`.
    RefundRequested {
        refund_id: String,
        amount: String,
        cause: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        return_id: Option<u16>,
        lines: Vec<UnitsView>,
        delivery: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// `refunded`, `refund_failed`, `refund_retried`, `refund_settled`.
    Refund {
        refund_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        failure_code: Option<String>,
    },
    /// `refunded_outside`.
    RefundedOutside { reference: String, amount: String },
    /// `disputed`.
    Disputed { dispute_id: String, amount: String, reason: String },
    /// `dispute_closed`.
    DisputeClosed { dispute_id: String, won: bool },
    /// `return_requested`.
    ReturnRequested {
        return_id: u16,
        lines: Vec<UnitsView>,
        reason: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },
    /// `return_approved`, `return_rejected`.
    Return {
        return_id: u16,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// `return_received`.
    ReturnReceived { return_id: u16, received: Vec<ReceivedView>, delivery: bool, amount: String },
    /// `bill_issued`.
    Bill { bill_number: String, kind: &'static str },
    /// `notes_changed`.
    Notes { internal_notes: Option<String> },
}

/// A parcel, as it was planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParcelView {
    /// Its number within the order.
    pub shipment_id: u16,
    /// From where.
    pub warehouse_id: WarehouseId,
    /// What is in it.
    pub lines: Vec<UnitsView>,
    /// What it is packed in.
    pub packaging: String,
    /// How many of those.
    pub packages: u32,
    /// Grams altogether.
    pub weight_grams: u64,
}

impl ParcelView {
    fn of(parcel: &Parcel) -> Self {
        Self {
            shipment_id: parcel.number,
            warehouse_id: parcel.warehouse.clone(),
            lines: UnitsView::all(&parcel.lines),
            packaging: parcel.packed.packaging.clone(),
            packages: parcel.packed.count,
            weight_grams: parcel.weight_grams,
        }
    }
}

impl EventData {
    pub(super) fn of(event: &EventKind) -> Self {
        match event {
            EventKind::Confirmed
            | EventKind::PaymentReplaced
            | EventKind::PaymentPending
            | EventKind::PaymentVoided
            | EventKind::Packed
            | EventKind::Shipped
            | EventKind::Delivered => Self::Nothing {},
            EventKind::Placed { id: _, customer, total, items, method, hold_until, delivery, capture } => {
                Self::Placed {
                    customer_id: customer.clone(),
                    total_amount: shown(*total),
                    item_count: *items,
                    payment_type: method.name(),
                    capture: *capture,
                    pay_until: hold_until.map(Timestamp::rfc3339),
                    estimated_delivery: iso_date(delivery.date()),
                }
            }
            EventKind::PaymentChosen { method, key: _ } => Self::Chosen { payment_type: method.name() },
            EventKind::CheckoutOpened { session } => Self::Page { checkout_session_id: session.clone() },
            EventKind::PaymentStarted { intent } => Self::payment(Some(intent), None, None),
            EventKind::PaymentAuthorized { intent, amount } | EventKind::Paid { intent, amount } => {
                Self::payment(Some(intent), Some(shown(*amount)), None)
            }
            EventKind::Collected { amount } => Self::payment(None, Some(shown(*amount)), None),
            EventKind::PaymentFailed { intent, code } => Self::payment(intent.as_ref(), None, Some(code)),
            EventKind::Prepared { parcels, carbon_grams } => Self::Prepared {
                parcels: parcels.iter().map(ParcelView::of).collect(),
                carbon_grams: *carbon_grams,
            },
            EventKind::ParcelPacked { parcel } | EventKind::ParcelDelivered { parcel } => {
                Self::Parcel { shipment_id: *parcel, courier: None }
            }
            EventKind::ParcelShipped { parcel, courier, request: _ } => {
                Self::Parcel { shipment_id: *parcel, courier: courier.as_ref().map(CourierView::of) }
            }
            EventKind::CourierNamed { parcel, courier } => {
                Self::Parcel { shipment_id: *parcel, courier: Some(CourierView::of(courier)) }
            }
            EventKind::LabelRequested { parcel, rate } => Self::LabelRequested {
                shipment_id: *parcel,
                carrier: rate.carrier.clone(),
                service: rate.service.clone(),
                cost: shown(rate.amount),
                currency: rate.amount.currency(),
            },
            EventKind::LabelBought { parcel, courier, label: _ } => Self::label(*parcel, Some(courier), None),
            EventKind::LabelFailed { parcel, refusal } => Self::label(*parcel, None, Some(refusal)),
            EventKind::LabelWanted { parcel, request: _ }
            | EventKind::LabelVoidRequested { parcel }
            | EventKind::LabelVoided { parcel } => Self::label(*parcel, None, None),
            EventKind::LinesCancelled { lines, amount, reason, override_reason, request: _ } => {
                Self::Cancelled {
                    lines: Some(UnitsView::all(lines)),
                    amount: Some(shown(*amount)),
                    reason: reason.clone(),
                    override_reason: override_reason.clone(),
                }
            }
            EventKind::Cancelled { reason, override_reason } => Self::Cancelled {
                lines: None,
                amount: None,
                reason: reason.clone(),
                override_reason: override_reason.clone(),
            },
            EventKind::RefundRequested { refund, amount, cause, lines, delivery, reason, request: _ } => {
                Self::RefundRequested {
                    refund_id: refund.clone(),
                    amount: shown(*amount),
                    cause: cause.name(),
                    return_id: if let Cause::Return(id) = cause { Some(*id) } else { None },
                    lines: UnitsView::all(lines),
                    delivery: *delivery,
                    reason: reason.clone(),
                }
            }
            EventKind::Refunded { refund: id, provider: reference }
            | EventKind::RefundSettled { refund: id, reference } => Self::refund(id, Some(reference), None),
            EventKind::RefundFailed { refund: id, code } => Self::refund(id, None, Some(code)),
            EventKind::RefundRetried { refund: id } => Self::refund(id, None, None),
            EventKind::RefundedOutside { provider, amount } => {
                Self::RefundedOutside { reference: provider.clone(), amount: shown(*amount) }
            }
            EventKind::Disputed { dispute, amount, reason } => {
                Self::Disputed { dispute_id: dispute.clone(), amount: shown(*amount), reason: reason.clone() }
            }
            EventKind::DisputeClosed { dispute, won } => {
                Self::DisputeClosed { dispute_id: dispute.clone(), won: *won }
            }
            EventKind::ReturnRequested { id, lines, reason, comment, request: _ } => Self::ReturnRequested {
                return_id: *id,
                lines: UnitsView::all(lines),
                reason: reason.clone(),
                comment: comment.clone(),
            },
            EventKind::ReturnApproved { id } => Self::Return { return_id: *id, reason: None },
            EventKind::ReturnRejected { id, reason } => {
                Self::Return { return_id: *id, reason: Some(reason.clone()) }
            }
            EventKind::ReturnReceived { id, lines, delivery, amount } => Self::ReturnReceived {
                return_id: *id,
                received: ReceivedView::all(lines),
                delivery: *delivery,
                amount: shown(*amount),
            },
            EventKind::BillIssued { number, place } => {
                let kind = if *place == 0 { Kind::Invoice } else { Kind::CreditNote };
                Self::Bill { bill_number: number.to_string(), kind: kind.name() }
            }
            EventKind::NotesChanged { notes } => Self::Notes { internal_notes: notes.clone() },
        }
    }

    fn payment(intent: Option<&String>, amount: Option<String>, code: Option<&String>) -> Self {
        Self::Payment { payment_intent_id: intent.cloned(), amount, failure_code: code.cloned() }
    }

    fn label(parcel: u16, courier: Option<&Courier>, refusal: Option<&Refusal>) -> Self {
        Self::Label {
            shipment_id: parcel,
            courier: courier.map(CourierView::of),
            failure_code: refusal.map(|why| why.code.clone()),
            failure_detail: refusal.map(|why| why.detail.clone()),
        }
    }

    fn refund(id: &str, reference: Option<&String>, code: Option<&String>) -> Self {
        Self::Refund { refund_id: id.to_owned(), reference: reference.cloned(), failure_code: code.cloned() }
    }
}
