//! `POST /orders`: the request.

use serde::{Deserialize, Serialize};

use super::wire::{self, Amount};
use crate::address::Address;
use crate::ids::{CustomerId, ProductId};
use crate::money::Currency;

/// An order as a caller wants it (P2, P3, P7, P11, P12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    /// What to buy; equal products are summed.
    #[serde(deserialize_with = "wire::list")]
    pub lines: Vec<PlaceLine>,
    /// For whom. Staff only; everybody else orders for themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
    /// Where mail goes; the token's address unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_email: Option<String>,
    /// Who pays; the shipping address unless given.
    #[serde(default, deserialize_with = "wire::optional", skip_serializing_if = "Option::is_none")]
    pub billing_address: Option<Address>,
    /// Where it goes; the billing address unless given.
    #[serde(default, deserialize_with = "wire::optional", skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// Insists on a shipping address of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub different_shipping: Option<bool>,
    /// How it is paid.
    #[serde(deserialize_with = "wire::object")]
    pub payment: PaymentChoice,
    /// The currency that the caller expects the prices in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The total that the customer was shown; nothing is written if the real one differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_total: Option<Amount>,
    /// A note by the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// A note that only staff sees, and only staff writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internal_notes: Option<String>,
    /// Why staff sets prices or discounts; required if they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<String>,
}

/// So many units of one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceLine {
    /// What.
    pub product_id: ProductId,
    /// How many units.
    pub quantity: u64,
    /// A price other than the catalogue's. Staff only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Amount>,
    /// Off the whole line. Staff only; `0` is the same as none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_amount: Option<Amount>,
}

impl PlaceLine {
    /// Whether there is a discount at all.
    pub fn discounted(&self) -> bool {
        self.discount_amount.is_some_and(|amount| !amount.0.is_zero())
    }
}

/// How an order is paid (P11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum PaymentChoice {
    /// By card: Stripe's id of the payment method that the shop's page collected.
    Card {
        /// `pm_…`
        payment_method_id: String,
    },
    /// Cash on delivery. Braces, because serde lets a unit variant carry unknown fields.
    Cod {},
}

/// `POST /orders/{id}/cancel`: the request; the body may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelOrder {
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}
