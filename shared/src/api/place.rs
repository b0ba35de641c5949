//! `POST /orders`: the request.

use serde::{Deserialize, Serialize};

use std::collections::BTreeSet;
use url::Url;

use super::wire::{self, Amount};
use crate::address::Address;
use crate::ids::{AddressId, CartId, CustomerId, Language, ProductId, ShippingMethodId, VariationId};
use crate::money::Currency;
use crate::percent::Percent;
use crate::sku::Sku;
use crate::store::{PaymentKind, PaymentSettings};

/// An order as a caller wants it (P1, P2, P3, P7, P8, P10, P11, P12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    /// What to buy; equal products are summed. Without lines, the open cart is bought.
    #[serde(default, deserialize_with = "wire::optional_list", skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<PlaceLine>>,
    /// The cart that the caller means; it must be the open one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart_id: Option<CartId>,
    /// For whom. Staff only; everybody else orders for themselves.
    #[serde(default, alias = "user_id", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
    /// Where mail goes; the token's address unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_email: Option<String>,
    /// The customer's language; what the caller's client prefers unless given, else the store's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Who pays; the shipping address unless given.
    #[serde(default, deserialize_with = "wire::optional", skip_serializing_if = "Option::is_none")]
    pub billing_address: Option<Address>,
    /// The same, from the address book.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_address_id: Option<AddressId>,
    /// Where it goes; the billing address unless given.
    #[serde(default, deserialize_with = "wire::optional", skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// The same, from the address book.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_address_id: Option<AddressId>,
    /// Insists on a shipping address of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub different_shipping: Option<bool>,
    /// How it is delivered; the cheapest way unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_method: Option<ShippingMethodId>,
    /// A coupon, as the customer typed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon_code: Option<String>,
    /// Off the whole order. Staff only; `0` is the same as none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_amount: Option<Amount>,
    /// Off the whole order, in percent. Staff only, and not together with an amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_percentage: Option<Percent>,
    /// How it is paid; may be missing if `create_payment` is false.
    #[serde(default, deserialize_with = "wire::optional", skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentChoice>,
    /// `false` leaves the order unpaid; `POST /orders/{id}/payments` pays it later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_payment: Option<bool>,
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

impl PlaceOrder {
    /// The products that the request names, each once; none if it buys the cart.
    pub fn products(&self) -> Vec<ProductId> {
        let lines = self.lines.iter().flatten();
        let products: BTreeSet<ProductId> = lines.map(|line| line.product_id.clone()).collect();
        products.into_iter().collect()
    }

    /// How it is to be paid now; none if that comes later.
    pub fn payment_now(&self) -> Option<&PaymentChoice> {
        self.payment.as_ref().filter(|_| self.create_payment != Some(false))
    }
}

/// So many units of one product, or of one variation of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceLine {
    /// What.
    pub product_id: ProductId,
    /// Which variation, if it comes in variations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variation_id: Option<VariationId>,
    /// How many units.
    pub quantity: u64,
    /// A price other than the catalogue's. Staff only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Amount>,
    /// Off the whole line. Staff only; `0` is the same as none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_amount: Option<Amount>,
    /// Off the whole line, in percent. Staff only, and not together with an amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_percentage: Option<Percent>,
}

impl PlaceLine {
    /// What is bought.
    pub fn sku(&self) -> Sku {
        Sku::new(self.product_id.clone(), self.variation_id.clone())
    }
}

/// Whether an amount or a percentage takes anything off.
pub fn takes_off(amount: Option<Amount>, percentage: Option<Percent>) -> bool {
    amount.is_some_and(|amount| !amount.0.is_zero()) || percentage.is_some_and(|percent| !percent.is_zero())
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
    /// On the provider's page: the answer's `payment_url` leads there.
    Redirect {
        /// Where the customer comes back to; its origin is one of the settings' `return_origins`.
        redirect_url: String,
    },
    /// Cash on delivery. Braces, because serde lets a unit variant carry unknown fields.
    Cod {},
}

impl PaymentChoice {
    /// What is not as it must be, with the field's name.
    pub fn violation(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Card { payment_method_id } => (!is_payment_method(payment_method_id))
                .then_some(("payment_method_id", "pm_ and up to 100 letters, digits or _")),
            Self::Redirect { redirect_url } => (!is_return_url(redirect_url))
                .then_some(("redirect_url", "an absolute URL of at most 500 characters")),
            Self::Cod {} => None,
        }
    }

    /// Which way of paying it is.
    pub fn kind(&self) -> PaymentKind {
        match self {
            Self::Card { .. } => PaymentKind::Card,
            Self::Redirect { .. } => PaymentKind::Redirect,
            Self::Cod {} => PaymentKind::Cod,
        }
    }

    /// Why the store does not take it, if it does not: `(field, code, detail)`.
    pub fn refusal(&self, settings: &PaymentSettings) -> Option<(&'static str, &'static str, &'static str)> {
        if !settings.methods.contains(&self.kind()) {
            return Some((
                "method",
                "payment_method_not_offered",
                "the store does not offer this way to pay",
            ));
        }
        match self {
            Self::Redirect { redirect_url } if !leads_to_one_of(redirect_url, &settings.return_origins) => {
                Some((
                    "redirect_url",
                    "origin_not_allowed",
                    "its origin is not one of the store's return_origins",
                ))
            }
            _ => None,
        }
    }
}

fn is_payment_method(id: &str) -> bool {
    id.len() <= 103
        && id.strip_prefix("pm_").is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        })
}

fn is_return_url(text: &str) -> bool {
    // Not everybody reads a backslash as browsers do, or mends `https:shop.example` and `https:///shop.example`.
    text.len() <= 500
        && text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
        && text.split_once("://").is_some_and(|(scheme, rest)| {
            !rest.starts_with('/')
                && Url::parse(text).is_ok_and(|url| url.scheme().eq_ignore_ascii_case(scheme))
        })
}

/// Whether a URL has one of these origins. The parser is the browsers' own (WHATWG URL), so that what we compare is where
/// they go: `https://shop.example@evil.example` and `https://shop.example.evil.example` are somebody else's.
fn leads_to_one_of(text: &str, origins: &[String]) -> bool {
    is_return_url(text)
        && Url::parse(text).is_ok_and(|url| {
            let origin = url.origin().ascii_serialization();
            matches!(url.scheme(), "http" | "https")
                && url.username().is_empty()
                && url.password().is_none()
                && origins.contains(&origin)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_stores_own_origins_are_returned_to() {
        let origins = ["https://shop.example".to_owned(), "http://localhost:3000".to_owned()];
        for good in
            ["https://shop.example/thanks?a=b", "https://SHOP.example:443/", "http://localhost:3000/x"]
        {
            assert!(leads_to_one_of(good, &origins), "{good}");
        }
        for bad in [
            "https://shop.example.evil.example/",
            "https://shop.example@evil.example/",
            "https://user@shop.example/",
            "http://shop.example/",
            "https://shop.example:8443/",
            "https://evil.example/https://shop.example",
            "https://shop.example\\@evil.example/",
            "javascript:alert(1)",
            "//shop.example/",
            "https:shop.example/",
            "https:/shop.example/",
            "https:///shop.example/",
            "https:shop.example/?x=://",
            "/thanks",
            "",
        ] {
            assert!(!leads_to_one_of(bad, &origins), "{bad}");
        }
    }
}
