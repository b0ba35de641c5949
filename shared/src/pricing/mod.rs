//! What things cost. One pure function prices a cart, previews a checkout and prices an order (P3, P8, P9, P10), so that
//! what a customer was shown is what they pay.
//!
//! Laws, to the minor unit, for every quote: a line's `net` and taxes make its `total`; lines and delivery make the total;
//! shares of an order's discount make the discount; units of a line make the line ([`LineAmounts::of_units`]).

mod delivery;
mod discount;
mod quote;
mod rounding;
mod tax;
mod units;

#[cfg(test)]
mod audit;
#[cfg(test)]
pub(crate) mod carts;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod refusals;

pub use quote::price;
pub(crate) use rounding::spread;

use serde::{Deserialize, Serialize};

use crate::address::Destination;
use crate::ids::{ShippingMethodId, TaxClass};
use crate::money::{Currency, Money, MoneyError};
use crate::percent::Percent;
use crate::sku::Sku;
use crate::store::{RoundingLevel, RoundingMode};

/// What is to be priced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basket {
    /// Of every amount in it.
    pub currency: Currency,
    /// The goods; at least one line.
    pub lines: Vec<BasketLine>,
    /// The coupon, if it is valid now ([`crate::coupon`] says so).
    pub coupon: Option<CouponTerms>,
    /// What staff takes off the whole order.
    pub discount: Discount,
    /// Where it goes.
    pub destination: Destination,
    /// How it is delivered; the cheapest way unless named (then the fastest, then the first of the settings).
    pub shipping_method: Option<ShippingMethodId>,
}

/// So many units of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BasketLine {
    /// What.
    pub sku: Sku,
    /// How many units.
    pub quantity: u32,
    /// Price of one unit, before any discount: the offer price where there is one.
    pub unit_price: Money,
    /// Taken off this line.
    pub discount: Discount,
    /// Its tax class.
    pub tax_class: TaxClass,
    /// Grams per unit.
    pub weight_grams: u32,
}

/// Something taken off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Discount {
    /// Nothing.
    #[default]
    None,
    /// So much.
    Amount(Money),
    /// A part of it.
    Percent(Percent),
}

/// What a coupon takes off the goods, after the lines' own discounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponTerms {
    /// How much; a fixed amount takes at most what the goods cost.
    pub value: CouponValue,
    /// What the goods must cost, after the lines' own discounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Money>,
}

/// How much a coupon takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponValue {
    /// A part of the goods' price.
    Percent(#[serde(with = "crate::percent::as_text")] Percent),
    /// So much.
    Amount(Money),
}

/// Why something has no price. Each is a rule that the caller can do something about (422).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// `out_of_range`: an amount gets too large.
    #[error("the line costs more than can be charged")]
    LineTooLarge {
        /// Which line, from 0.
        line: usize,
    },
    /// `out_of_range`: the order costs more than can be charged.
    #[error("the order costs more than can be charged")]
    TotalTooLarge,
    /// `out_of_range`: a line's discount is more than the line.
    #[error("a discount cannot exceed its line")]
    LineDiscountTooLarge {
        /// Which line, from 0.
        line: usize,
    },
    /// `out_of_range`: the order's discount is more than the goods.
    #[error("a discount cannot exceed the goods")]
    DiscountTooLarge,
    /// `coupon_minimum`: the goods cost less than the coupon wants.
    #[error("the coupon needs goods for {minimum}, and these are {goods}")]
    CouponMinimum {
        /// What the goods must cost.
        minimum: Money,
        /// What they cost.
        goods: Money,
    },
    /// `currency_mismatch`: two currencies in one order, or another one than the store's.
    #[error("the store sells in {store}, not in {given}")]
    CurrencyMismatch {
        /// The store's; the basket's where the store has none.
        store: Currency,
        /// Another one.
        given: Currency,
    },
    /// `no_tax_rate`: the settings have no tax for this class at this destination, and do not say that there is none.
    #[error("no tax is set up for the class {class} at this destination")]
    NoTaxRate {
        /// Which class.
        class: TaxClass,
    },
    /// `unknown_shipping_method`: there is no such method.
    #[error("there is no such shipping method")]
    UnknownShippingMethod,
    /// `not_deliverable`: no method, or not this one, takes this weight to this destination.
    #[error("the goods cannot be delivered there, or not in this way")]
    NotDeliverable,
}

/// What it all costs. Frozen in the order that is placed from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Whether `subtotal`, discounts and the delivery charge are meant with tax.
    pub prices_include_tax: bool,
    /// What was rounded.
    pub rounding_level: RoundingLevel,
    /// Which way.
    pub rounding_mode: RoundingMode,
    /// The lines, in the basket's order.
    pub lines: Vec<LineAmounts>,
    /// The delivery.
    pub delivery: DeliveryQuote,
    /// Sum of `unit_price × quantity`.
    pub subtotal: Money,
    /// Sum of the lines' own discounts.
    pub line_discount: Money,
    /// What the coupon takes off.
    pub coupon_discount: Money,
    /// What staff takes off the whole order.
    pub order_discount: Money,
    /// Every tax of the order, goods and delivery, summed by name and rate.
    pub taxes: Vec<TaxAmount>,
    /// What the customer pays.
    pub total: Money,
}

/// What one line costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineAmounts {
    /// Units.
    pub quantity: u32,
    /// `unit_price × quantity`.
    pub subtotal: Money,
    /// The line's own discount.
    pub discount: Money,
    /// Its share of the coupon.
    pub coupon_share: Money,
    /// Its share of the order's discount.
    pub order_share: Money,
    /// What is left without tax.
    pub net: Money,
    /// Its taxes, in the order of the tax table.
    pub taxes: Vec<TaxAmount>,
    /// With tax: what the customer pays for it.
    pub total: Money,
}

/// What one tax comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxAmount {
    /// Its name on the bill.
    pub name: String,
    /// Its rate.
    pub rate: Percent,
    /// What it comes to.
    pub amount: Money,
}

/// How it is delivered, and for how much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryQuote {
    /// Which method; none if the store has not set up any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<ShippingMethodId>,
    /// Its name.
    pub name: String,
    /// The charge as the settings have it, after the free-delivery threshold: with or without tax as prices are.
    pub charge: Money,
    /// The charge without tax.
    pub net: Money,
    /// Its taxes.
    pub taxes: Vec<TaxAmount>,
    /// With tax: what the customer pays for it.
    pub total: Money,
    /// Days from placement to delivery.
    pub transit_days: u32,
}

/// What some units of a line cost: what is returned is refunded, to the cent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitAmounts {
    /// Without tax.
    pub net: Money,
    /// Every tax, in the line's order.
    pub taxes: Vec<TaxAmount>,
    /// Everything taken off: own discount and shares.
    pub discount: Money,
    /// With tax.
    pub total: Money,
}

/// An amount of so many minor units, if there can be such an amount.
fn money(minor: i128, currency: Currency) -> Result<Money, MoneyError> {
    Money::from_minor(i64::try_from(minor).map_err(|_| MoneyError::OutOfRange)?, currency)
}
