//! Bills: the invoice of an order, and a credit note for each thing that was taken off it afterwards (R6).
//!
//! A bill is a pure function of what never changes: the frozen document, the log up to an entry, and an [`Issue`], the record
//! of its number, moment, language, layout and the version of the settings whose seller it names. So it can be made again
//! at any time and says the same, and no copy of it has to be kept.
//!
//! Laws, to the minor unit, for every bill: lines, delivery and adjustment make the total; net amount and taxes make the
//! total. For every order: the invoice less the credit notes for everything that was taken off is what is owed, and
//! no tax is given back that was not billed ([`split`]).

mod build;
mod credits;
mod issue;
mod link;
mod number;
#[cfg(test)]
pub(crate) mod properties;
mod split;
#[cfg(test)]
mod tests;
mod told;

pub use build::taxes_left;
pub use credits::Occasion;
pub use issue::{Issue, Kind, Layout, Subject, due};
pub use link::{InvalidLink, Linked};
pub use number::{BillNumber, InvalidNumber, Series, SeriesPattern};
pub use told::{Told, is_about_bills, told};

use std::collections::BTreeMap;
use time::Date;

use crate::address::Address;
use crate::catalog::{Attribute, localised};
use crate::ids::{CouponCode, Language, OrderId, OrderNumber};
use crate::money::{Currency, Money};
use crate::percent::Percent;
use crate::sku::Sku;
use crate::store::Seller;
use crate::time::Timestamp;

/// A bill: an invoice or a credit note. Amounts of a credit note are what is credited, and not below zero
/// (EN 16931-1, 5.4: a credit note states what is credited as positive amounts).
///
/// Only [`Invoice::of`] makes one, so its laws hold wherever it turns up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Invoice {
    /// Which of the two.
    pub kind: Kind,
    /// Its number.
    pub number: BillNumber,
    /// The invoice that a credit note is about.
    pub corrects: Option<BillNumber>,
    /// What a credit note is for.
    pub occasion: Option<Occasion>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When the goods are, or were, handed over; not of credit notes.
    pub supply: Option<Supply>,
    /// How it is laid out.
    pub layout: Layout,
    /// Its language.
    pub language: Language,
    /// The order.
    pub order: OrderId,
    /// The order's number, as people read it out.
    pub order_number: OrderNumber,
    /// When the order was placed.
    pub ordered_at: Timestamp,
    /// Who sells; the name is filled in as far as the settings know one.
    pub seller: Seller,
    /// Who pays.
    pub buyer: Address,
    /// Where it goes.
    pub ship_to: Address,
    /// Of every amount.
    pub currency: Currency,
    /// Whether unit prices, discounts and the amounts of lines are meant with tax.
    pub prices_include_tax: bool,
    /// The goods.
    pub lines: Vec<Line>,
    /// The delivery, if it is billed or credited.
    pub delivery: Option<Delivery>,
    /// What is more or less than goods and delivery; of credit notes alone.
    pub adjustment: Option<Adjustment>,
    /// What the lines' discounts come to.
    pub discounts: Discounts,
    /// Each tax by name and rate.
    pub taxes: Vec<TaxSum>,
    /// What no tax is on, without the rest.
    pub untaxed: Money,
    /// Everything without tax.
    pub net: Money,
    /// All taxes.
    pub tax: Money,
    /// Everything with tax: what is billed or credited.
    pub total: Money,
    /// How it is paid: `card`, `redirect`, `cod` or `later`.
    pub method: &'static str,
    /// Whether it is paid, or paid back.
    pub settlement: Settlement,
}

/// When the goods are handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supply {
    /// They left on this day.
    Shipped(Date),
    /// They had not left when the bill was issued, and were promised for this day.
    Promised(Date),
}

/// Units of one line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which line of the order, from 1.
    pub line_id: usize,
    /// What.
    pub sku: Sku,
    /// Its name when it was bought.
    pub name: String,
    /// Its name then in other languages.
    pub names: BTreeMap<Language, String>,
    /// What makes it this variation.
    pub attributes: Vec<Attribute>,
    /// How many units.
    pub quantity: u32,
    /// Price of one, before discounts; with tax if prices include it.
    pub unit_price: Money,
    /// What is taken off these units, by the line's own discount.
    pub discount: Money,
    /// Their share of the coupon.
    pub coupon_share: Money,
    /// Their share of the order's discount.
    pub order_share: Money,
    /// What `amount` is more than price times quantity less everything that is taken off, in minor units: a part of a line
    /// that does not divide evenly is up to a few of them off. 0 for whole lines.
    pub rounding_minor: i64,
    /// Without tax.
    pub net: Money,
    /// Its taxes: name, rate, and what each comes to.
    pub taxes: Vec<(String, Percent, Money)>,
    /// With tax.
    pub total: Money,
}

/// The delivery of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What it is called.
    pub name: String,
    /// Without tax.
    pub net: Money,
    /// Its taxes: name, rate, and what each comes to.
    pub taxes: Vec<(String, Percent, Money)>,
    /// With tax.
    pub total: Money,
}

/// What a credit note has beside goods and delivery, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Adjustment {
    /// What it is.
    pub kind: AdjustmentKind,
    /// Without tax; below zero if it is less.
    pub net_minor: i64,
    /// With tax.
    pub total_minor: i64,
}

/// What an adjustment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdjustmentKind {
    /// An amount that is for no units in particular.
    Amount,
    /// A gesture of goodwill.
    Goodwill,
    /// Of what the goods cost, a part had been given back before.
    GivenBefore,
}

/// What was taken off the goods of a bill. The lines have it in their amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discounts {
    /// By the lines' own discounts.
    pub lines: Money,
    /// By the coupon.
    pub coupon: Money,
    /// Which coupon.
    pub coupon_code: Option<CouponCode>,
    /// By the order's discount.
    pub order: Money,
}

/// A tax of a bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxSum {
    /// Its name.
    pub name: String,
    /// Its rate.
    pub rate: Percent,
    /// The net amount that it is on.
    pub net: Money,
    /// What it comes to.
    pub amount: Money,
}

/// Whether a bill is paid, or paid back, when it was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// There is nothing to pay.
    Nothing,
    /// It was paid.
    Paid {
        /// When.
        on: Date,
    },
    /// The money is reserved, and is taken when the goods leave.
    Reserved,
    /// It is paid at the door.
    OnDelivery,
    /// It has to be paid.
    Open,
    /// A credit was paid back.
    PaidBack {
        /// When.
        on: Date,
        /// How much; less than the credit if not all of it had been paid.
        amount: Money,
    },
    /// A credit is set off against what has to be paid.
    SetOff,
}

/// Why a bill cannot be made: its record does not fit the order. No worker that asks [`due`] first sees one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotBillable {
    /// The order was not confirmed by then, or called off.
    #[error("the order has nothing to bill at that entry of its log")]
    NothingToBill,
    /// Nothing was taken off by that event, or it is not settled by then.
    #[error("no credit of the order is settled at that entry of its log")]
    NoSuchCredit,
}

impl Line {
    /// Its name in a language: an exact match, else the same language elsewhere, else as the shop calls it.
    pub fn name_in(&self, language: &Language) -> &str {
        localised(&self.names, language).unwrap_or(&self.name)
    }

    /// What is taken off these units, in minor units: all discounts less what is rounded up.
    pub fn off_minor(&self) -> i64 {
        [self.discount, self.coupon_share, self.order_share].map(Money::minor).iter().sum::<i64>()
            - self.rounding_minor
    }
}

impl Invoice {
    /// The amount of a line as the bill's column of amounts has it: with tax if prices include it.
    pub fn amount_of(&self, line: &Line) -> Money {
        if self.prices_include_tax { line.total } else { line.net }
    }
}
