//! What can happen to an order. Names and shapes are stored for good: add, never change.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::payment::Method;
use super::refunds::Cause;
use super::returns::Received;
use super::shipments::{Courier, Parcel};
use super::units::Units;
use crate::carrier::{Label, Rate, Refusal};
use crate::ids::{CustomerId, OrderId};
use crate::invoice::BillNumber;
use crate::money::Money;
use crate::store::Capture;
use crate::time::Timestamp;

/// One entry of an order's log. Short names: DynamoDB charges for every byte of every name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its place in the log, from 1.
    #[serde(rename = "n")]
    pub sequence: u64,
    /// When it happened.
    #[serde(rename = "t")]
    pub at: Timestamp,
    /// Who caused it.
    #[serde(rename = "a")]
    pub actor: Actor,
    /// What happened.
    #[serde(rename = "e")]
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The order exists and holds its stock.
    Placed {
        /// Its id.
        id: OrderId,
        /// Whose it is.
        customer: CustomerId,
        /// What it costs.
        total: Money,
        /// Units in it.
        items: u32,
        /// How it is to be paid.
        method: Method,
        /// Until when stock is held unpaid.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold_until: Option<Timestamp>,
        /// When it should arrive.
        delivery: Timestamp,
        /// When the money of a payment through the provider is taken.
        #[serde(default, skip_serializing_if = "is_default")]
        capture: Capture,
    },
    /// It may be prepared: paid, reserved, or to be paid on delivery.
    Confirmed,
    /// Another way to pay was chosen than at placement, or one at all.
    PaymentChosen {
        /// Which.
        method: Method,
        /// Hash of the caller and the idempotency key of the request.
        key: String,
    },
    /// The provider called off the attempt that was replaced.
    PaymentReplaced,
    /// The provider shows a page where the customer can pay.
    CheckoutOpened {
        /// Stripe's Checkout session.
        session: String,
    },
    /// The provider has a payment for it, not confirmed yet.
    PaymentStarted {
        /// Stripe's PaymentIntent.
        intent: String,
    },
    /// The provider waits for the customer (3-D Secure) or the bank.
    PaymentPending,
    /// The money is reserved; it is taken when the order is shipped.
    PaymentAuthorized {
        /// Stripe's PaymentIntent.
        intent: String,
        /// How much.
        amount: Money,
    },
    /// The money was taken.
    Paid {
        /// Stripe's PaymentIntent.
        intent: String,
        /// How much.
        amount: Money,
    },
    /// The carrier took the money at the door.
    Collected {
        /// How much.
        amount: Money,
    },
    /// The payment was refused.
    PaymentFailed {
        /// Stripe's PaymentIntent, if one came into being.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        intent: Option<String>,
        /// Stripe's decline or error code.
        code: String,
    },
    /// No money will be taken for it any more.
    PaymentVoided,
    /// The warehouse starts on it: parcels are planned for all that has not left. They take the place of those before them.
    Prepared {
        /// One per warehouse, unless somebody wants a part to go first.
        parcels: Vec<Parcel>,
        /// Grams CO2e of sending the whole order.
        carbon_grams: u64,
    },
    /// A parcel is closed.
    ParcelPacked {
        /// Its number.
        parcel: u16,
    },
    /// A carrier has a parcel; its stock is gone with the same write.
    ParcelShipped {
        /// Its number.
        parcel: u16,
        /// Who carries it, if that was said now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        courier: Option<Courier>,
        /// The request that asked for it, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<Request>,
    },
    /// The customer has a parcel.
    ParcelDelivered {
        /// Its number.
        parcel: u16,
    },
    /// It is known who carries a parcel, or known better.
    CourierNamed {
        /// The parcel's number.
        parcel: u16,
        /// Who.
        courier: Courier,
    },
    /// Somebody wants a label for a parcel, whatever was tried before.
    LabelWanted {
        /// The parcel's number.
        parcel: u16,
        /// The request that asked for it.
        request: Request,
    },
    /// The label of a parcel is to be bought. Written before the carrier is asked.
    LabelRequested {
        /// The parcel's number.
        parcel: u16,
        /// At which rate.
        rate: Rate,
    },
    /// The label of a parcel is there.
    LabelBought {
        /// The parcel's number.
        parcel: u16,
        /// Who carries the parcel.
        courier: Courier,
        /// The label.
        label: Label,
    },
    /// The carrier refused the label of a parcel; or to take it back, where the parcel is not sent.
    LabelFailed {
        /// The parcel's number.
        parcel: u16,
        /// Why.
        refusal: Refusal,
    },
    /// The carrier was asked to take back the label of a parcel that is not sent, and has not decided. Shippo's carriers take up
    /// to two weeks.
    LabelVoidRequested {
        /// The parcel's number.
        parcel: u16,
    },
    /// The label of a parcel that is not sent was given back.
    LabelVoided {
        /// The parcel's number.
        parcel: u16,
    },
    /// All its parcels are closed.
    Packed,
    /// All its parcels have left.
    Shipped,
    /// The customer has all of it.
    Delivered,
    /// A part of it is off; its stock went back in the same write.
    LinesCancelled {
        /// Which part.
        lines: Vec<Units>,
        /// What is owed less for it.
        amount: Money,
        /// Why.
        reason: String,
        /// Why staff did it against the policy.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        override_reason: Option<String>,
        /// The request that asked for it.
        request: Request,
    },
    /// It is off; its stock went back in the same write.
    Cancelled {
        /// Why.
        reason: String,
        /// Why staff did it against the policy.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        override_reason: Option<String>,
    },
    /// Money is to go back. Written before the provider is asked.
    RefundRequested {
        /// Our id of the refund, which is the provider's idempotency key.
        refund: String,
        /// How much.
        amount: Money,
        /// What for.
        cause: Cause,
        /// The units that it pays back, if it is for units.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lines: Vec<Units>,
        /// Whether it pays the delivery charge back.
        #[serde(default, skip_serializing_if = "is_default")]
        delivery: bool,
        /// Why, in staff's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// The request that asked for it, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<Request>,
    },
    /// The provider took the refund.
    Refunded {
        /// Our id of the refund.
        refund: String,
        /// The provider's id of it.
        provider: String,
    },
    /// The provider refused the refund.
    RefundFailed {
        /// Our id of the refund.
        refund: String,
        /// The provider's error code.
        code: String,
    },
    /// A refund that failed is asked for again.
    RefundRetried {
        /// Our id of the refund.
        refund: String,
    },
    /// Staff paid a refund in another way than through the provider.
    RefundSettled {
        /// Our id of the refund.
        refund: String,
        /// How it can be found, e.g. the reference of a bank transfer.
        reference: String,
    },
    /// Somebody gave money back at the provider, without us.
    RefundedOutside {
        /// The provider's id of it.
        provider: String,
        /// How much.
        amount: Money,
    },
    /// The customer had the bank take the money back; somebody has to answer.
    Disputed {
        /// The provider's id of it.
        dispute: String,
        /// How much.
        amount: Money,
        /// The provider's word for why.
        reason: String,
    },
    /// The bank has decided.
    DisputeClosed {
        /// The provider's id of it.
        dispute: String,
        /// Whether the money came back to the store.
        won: bool,
    },
    /// The customer wants to send something back.
    ReturnRequested {
        /// Which return of the order, from 1.
        #[serde(rename = "return")]
        id: u16,
        /// What.
        lines: Vec<Units>,
        /// One of the reasons that the store offers.
        reason: String,
        /// More about it, in the customer's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
        /// The request that asked for it.
        request: Request,
    },
    /// The customer may send it.
    ReturnApproved {
        /// Which return.
        #[serde(rename = "return")]
        id: u16,
    },
    /// The customer may not send it.
    ReturnRejected {
        /// Which return.
        #[serde(rename = "return")]
        id: u16,
        /// Why not.
        reason: String,
    },
    /// It arrived; what can be sold again is in stock with the same write.
    ReturnReceived {
        /// Which return.
        #[serde(rename = "return")]
        id: u16,
        /// What arrived.
        lines: Vec<Received>,
        /// Whether the delivery charge is paid back with them.
        #[serde(default, skip_serializing_if = "is_default")]
        delivery: bool,
        /// What is owed less for it.
        amount: Money,
    },
    /// A bill was issued: its number is taken, and its record there.
    BillIssued {
        /// Its number.
        number: BillNumber,
        /// Its place among those of the order ([`crate::invoice::Subject::place`]); 0 is the invoice.
        #[serde(default, skip_serializing_if = "is_default")]
        place: u64,
    },
    /// Staff wrote something down about it; customers never see that.
    NotesChanged {
        /// What there is now instead; nothing if it was taken away.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notes: Option<String>,
    },
}

/// The request behind an event: sent again, it finds what it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Hash of the caller and the idempotency key.
    #[serde(rename = "k")]
    pub key: String,
    /// Hash of the body.
    #[serde(rename = "b")]
    pub body: String,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl EventKind {
    /// Its name in timelines, messages and webhooks.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Placed { .. } => "placed",
            Self::Confirmed => "confirmed",
            Self::PaymentChosen { .. } => "payment_chosen",
            Self::PaymentReplaced => "payment_replaced",
            Self::CheckoutOpened { .. } => "checkout_opened",
            Self::PaymentStarted { .. } => "payment_started",
            Self::PaymentPending => "payment_pending",
            Self::PaymentAuthorized { .. } => "payment_authorized",
            Self::Paid { .. } => "paid",
            Self::Collected { .. } => "collected",
            Self::PaymentFailed { .. } => "payment_failed",
            Self::PaymentVoided => "payment_voided",
            Self::Prepared { .. } => "preparing",
            Self::ParcelPacked { .. } => "parcel_packed",
            Self::ParcelShipped { .. } => "parcel_shipped",
            Self::ParcelDelivered { .. } => "parcel_delivered",
            Self::CourierNamed { .. } => "courier_named",
            Self::LabelWanted { .. } => "label_wanted",
            Self::LabelRequested { .. } => "label_requested",
            Self::LabelBought { .. } => "label_bought",
            Self::LabelFailed { .. } => "label_failed",
            Self::LabelVoidRequested { .. } => "label_void_requested",
            Self::LabelVoided { .. } => "label_voided",
            Self::Packed => "packed",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::LinesCancelled { .. } => "lines_cancelled",
            Self::Cancelled { .. } => "cancelled",
            Self::RefundRequested { .. } => "refund_requested",
            Self::Refunded { .. } => "refunded",
            Self::RefundFailed { .. } => "refund_failed",
            Self::RefundRetried { .. } => "refund_retried",
            Self::RefundSettled { .. } => "refund_settled",
            Self::RefundedOutside { .. } => "refunded_outside",
            Self::Disputed { .. } => "disputed",
            Self::DisputeClosed { .. } => "dispute_closed",
            Self::ReturnRequested { .. } => "return_requested",
            Self::ReturnApproved { .. } => "return_approved",
            Self::ReturnRejected { .. } => "return_rejected",
            Self::ReturnReceived { .. } => "return_received",
            Self::BillIssued { .. } => "bill_issued",
            Self::NotesChanged { .. } => "notes_changed",
        }
    }

    /// The parcel that it is about, if it is about one.
    pub fn parcel(&self) -> Option<u16> {
        match self {
            Self::ParcelPacked { parcel }
            | Self::ParcelShipped { parcel, .. }
            | Self::ParcelDelivered { parcel }
            | Self::CourierNamed { parcel, .. }
            | Self::LabelWanted { parcel, .. }
            | Self::LabelRequested { parcel, .. }
            | Self::LabelBought { parcel, .. }
            | Self::LabelFailed { parcel, .. }
            | Self::LabelVoidRequested { parcel }
            | Self::LabelVoided { parcel } => Some(*parcel),
            _ => None,
        }
    }

    /// Whether it is between the store and its carrier.
    pub fn is_about_label(&self) -> bool {
        matches!(
            self,
            Self::LabelWanted { .. }
                | Self::LabelRequested { .. }
                | Self::LabelBought { .. }
                | Self::LabelFailed { .. }
                | Self::LabelVoidRequested { .. }
                | Self::LabelVoided { .. }
        )
    }

    /// The request that caused it, where a request sent again must be known.
    pub fn request(&self) -> Option<&Request> {
        match self {
            Self::LinesCancelled { request, .. }
            | Self::LabelWanted { request, .. }
            | Self::ReturnRequested { request, .. } => Some(request),
            Self::RefundRequested { request, .. } | Self::ParcelShipped { request, .. } => request.as_ref(),
            _ => None,
        }
    }
}

/// Who caused an event. Names ids, never persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The customer whose order it is.
    Customer,
    /// A member of staff, by the subject of the token.
    Admin(CustomerId),
    /// The payment provider's webhook.
    Provider,
    /// The carrier's webhook.
    Carrier,
    /// One of our workers.
    Worker,
}

/// In what role somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The customer whose order it is.
    Customer,
    /// The store's people.
    Staff,
    /// The payment provider, the carrier and our workers.
    System,
}

impl Actor {
    /// In what role it acts.
    pub fn role(&self) -> Role {
        match self {
            Self::Customer => Role::Customer,
            Self::Admin(_) => Role::Staff,
            Self::Provider | Self::Carrier | Self::Worker => Role::System,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customer => f.write_str("customer"),
            Self::Admin(id) => write!(f, "admin:{id}"),
            Self::Provider => f.write_str("payment_provider"),
            Self::Carrier => f.write_str("carrier"),
            Self::Worker => f.write_str("system"),
        }
    }
}
