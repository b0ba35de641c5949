//! The settings of the store, as `PUT /admin/settings` takes them (A4).

use serde::{Deserialize, Serialize};

use super::{InvoiceSettings, Policies, ShippingMethod, TaxTable};
use crate::address::Country;
use crate::api::wire;
use crate::ids::Language;
use crate::money::Currency;
use crate::packaging::{self, Packaging};

/// The settings of the store. What is left out takes its default; the defaults are a store without taxes that delivers
/// everywhere for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The one currency that the store sells in. Until it is set, any is taken, and no setting can name an amount.
    pub currency: Option<Currency>,
    /// Where the store is; where a cart goes for all we know before there is an address.
    pub country: Option<Country>,
    /// Taxes.
    #[serde(deserialize_with = "wire::object")]
    pub tax: TaxTable,
    /// Ways to deliver. None at all: everything is delivered everywhere for nothing, within five days.
    #[serde(deserialize_with = "wire::list")]
    pub shipping_methods: Vec<ShippingMethod>,
    /// Payments.
    #[serde(deserialize_with = "wire::object")]
    pub payment: PaymentSettings,
    /// What customers and staff may undo, and until when. An order keeps those of its placement.
    #[serde(deserialize_with = "wire::object")]
    pub policies: Policies,
    /// Bills.
    #[serde(deserialize_with = "wire::object")]
    pub invoices: InvoiceSettings,
    /// How orders are packed.
    #[serde(deserialize_with = "wire::object")]
    pub fulfillment: FulfillmentSettings,
    /// Limits against abuse.
    #[serde(deserialize_with = "wire::object")]
    pub limits: OrderLimits,
    /// Orders without an account.
    #[serde(deserialize_with = "wire::object")]
    pub guest_checkout: GuestCheckout,
    /// What the store does about its emissions.
    #[serde(deserialize_with = "wire::object")]
    pub eco: EcoSettings,
    /// Who mails come from.
    #[serde(deserialize_with = "wire::optional")]
    pub sender: Option<Sender>,
    /// The language of customers who name none; one that mails exist in.
    pub default_language: Language,
}

/// How orders can be paid (P11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PaymentSettings {
    /// The methods on offer.
    pub methods: Vec<PaymentKind>,
    /// When the money of a payment through the provider is taken.
    pub capture: Capture,
    /// Minutes that stock is held for a payment that was begun, 5 to 1440.
    pub hold_minutes: u32,
    /// Minutes that stock is held for an order that is to be paid later, 1 to 10080.
    pub unpaid_hold_minutes: u32,
    /// Origins that a `redirect_url` may lead to, e.g. `https://shop.example`. Without any, `redirect` cannot be used.
    pub return_origins: Vec<String>,
}

impl Default for PaymentSettings {
    fn default() -> Self {
        Self {
            methods: vec![PaymentKind::Card, PaymentKind::Redirect, PaymentKind::Cod],
            capture: Capture::Immediately,
            hold_minutes: 30,
            unpaid_hold_minutes: 24 * 60,
            return_origins: vec![],
        }
    }
}

/// When the money of a payment through the provider is taken (A5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capture {
    /// When the customer pays.
    #[default]
    Immediately,
    /// It is reserved when the customer pays and taken when its first parcel leaves. A bank keeps what is reserved for about
    /// seven days (Stripe: "Place a hold on a payment method").
    AtShipment,
}

/// A way to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentKind {
    /// By card, collected by the shop's own page.
    Card,
    /// On the provider's page.
    Redirect,
    /// Cash on delivery.
    Cod,
}

/// How orders are packed (A10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FulfillmentSettings {
    /// What the warehouses keep to pack parcels in, at least one. A parcel goes into the smallest recycled one that takes its
    /// volume and weight, else the smallest other one, else as many of the largest as it needs.
    #[serde(deserialize_with = "wire::list")]
    pub packagings: Vec<Packaging>,
    /// Whether the label of a parcel is bought from the carrier as soon as the parcel is planned.
    pub buy_labels: bool,
}

impl Default for FulfillmentSettings {
    fn default() -> Self {
        Self { packagings: packaging::DEFAULT.to_vec(), buy_labels: false }
    }
}

/// Limits against abuse (P14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OrderLimits {
    /// Orders that one customer may place within an hour, 1 to 1000. Staff is not limited.
    pub orders_per_hour: u32,
}

impl Default for OrderLimits {
    fn default() -> Self {
        Self { orders_per_hour: 60 }
    }
}

/// Orders without an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GuestCheckout {
    /// Whether there are any.
    pub enabled: bool,
    /// Where the shop shows a guest's order: the link in the mail is this with `{token}` replaced.
    pub order_url: Option<String>,
}

/// What the store does about its emissions (R7).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EcoSettings {
    /// Whether the store buys offsets for what sending an order emits.
    pub offset_transport: bool,
    /// Trees that the store plants for an order.
    pub trees_per_order: u32,
}

/// Who mails come from; the address itself is configuration of the stack, because SES has to know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// The name beside the address.
    pub name: String,
    /// Where answers go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
}
