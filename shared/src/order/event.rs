//! What can happen to an order. Names and shapes are stored for good: add, never change.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::payment::Method;
use crate::ids::{CustomerId, OrderId, WarehouseId};
use crate::money::Money;
use crate::packaging::Packed;
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
    },
    /// It may be prepared: paid, or to be paid on delivery.
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
    /// The money was taken.
    Paid {
        /// Stripe's PaymentIntent.
        intent: String,
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
    /// The warehouse starts on it: parcels are planned.
    Prepared {
        /// One per warehouse.
        parcels: Vec<Parcel>,
        /// Grams CO2e of sending them all.
        carbon_grams: u64,
    },
    /// It is off; its stock went back in the same write.
    Cancelled {
        /// Why.
        reason: String,
    },
    /// Money is to go back. Written before the provider is asked.
    RefundRequested {
        /// Our id of the refund, which is the provider's idempotency key.
        refund: String,
        /// How much.
        amount: Money,
    },
    /// The provider took the refund.
    Refunded {
        /// Our id of the refund.
        refund: String,
        /// The provider's id of it.
        provider: String,
    },
    /// The provider refused the refund for good; somebody must look at it.
    RefundFailed {
        /// Our id of the refund.
        refund: String,
        /// The provider's error code.
        code: String,
    },
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
            Self::Paid { .. } => "paid",
            Self::PaymentFailed { .. } => "payment_failed",
            Self::PaymentVoided => "payment_voided",
            Self::Prepared { .. } => "preparing",
            Self::Cancelled { .. } => "cancelled",
            Self::RefundRequested { .. } => "refund_requested",
            Self::Refunded { .. } => "refunded",
            Self::RefundFailed { .. } => "refund_failed",
        }
    }
}

/// A parcel that a warehouse packs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// From where.
    #[serde(rename = "w")]
    pub warehouse: WarehouseId,
    /// In what.
    #[serde(rename = "p")]
    pub packed: Packed,
    /// Grams altogether.
    #[serde(rename = "g")]
    pub weight_grams: u64,
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
    /// One of our workers.
    Worker,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customer => f.write_str("customer"),
            Self::Admin(id) => write!(f, "admin:{id}"),
            Self::Provider => f.write_str("payment_provider"),
            Self::Worker => f.write_str("system"),
        }
    }
}
