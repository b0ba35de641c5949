//! Bills on the wire (R6).

use serde::Serialize;

use super::ledger::signed;
use super::quote::{TaxView, shown};
use crate::address::Address;
use crate::catalog::Attribute;
use crate::ids::{CouponCode, Language, OrderId, ProductId, VariationId};
use crate::invoice::{
    Adjustment, AdjustmentKind, BillNumber, Delivery, Invoice, Line, Series, Settlement, Supply, TaxSum,
};
use crate::money::{Currency, Money};
use crate::percent::Percent;
use crate::store::Seller;
use crate::time::{Timestamp, iso_date};

/// `GET /orders/{id}/invoice`: the invoice of an order, and its credit notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvoiceView {
    /// The invoice.
    #[serde(flatten)]
    pub invoice: BillView,
    /// The credit notes, oldest first.
    pub credit_notes: Vec<BillView>,
}

/// Where the PDF of a bill can be had for a while by whoever has the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PdfLink {
    /// Where.
    pub url: String,
    /// How long.
    pub expires_at: Timestamp,
}

/// One bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BillView {
    /// Its number.
    pub bill_number: BillNumber,
    /// The series that it is a number of.
    pub series: Series,
    /// `invoice` or `credit_note`.
    pub kind: &'static str,
    /// The invoice that a credit note is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrects: Option<BillNumber>,
    /// What a credit note is for: `cancelled`, `return`, `paid_back`, `amount`, `goodwill`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occasion: Option<&'static str>,
    /// When it was issued.
    pub issued_at: String,
    /// When the goods are handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supply: Option<SupplyView>,
    /// Its language.
    pub language: Language,
    /// The order.
    pub order_id: OrderId,
    /// The order's number.
    pub order_number: String,
    /// Who sells.
    pub seller: Seller,
    /// Who pays.
    pub billing_address: Address,
    /// Where it goes.
    pub shipping_address: Address,
    /// Of all amounts.
    pub currency: Currency,
    /// Whether `unit_price`, `discount_amount` and `amount` of lines are meant with tax.
    pub prices_include_tax: bool,
    /// The goods.
    pub lines: Vec<BillLineView>,
    /// The delivery, if it is billed or credited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<BillDeliveryView>,
    /// What is more or less than goods and delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adjustment: Option<AdjustmentView>,
    /// What the lines' amounts are less for the coupon.
    pub coupon_discount_amount: String,
    /// Which coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_code: Option<CouponCode>,
    /// Everything without tax.
    pub net_amount: String,
    /// Each tax.
    pub taxes: Vec<TaxSumView>,
    /// All taxes.
    pub tax_amount: String,
    /// What is billed or credited.
    pub total_amount: String,
    /// How the order is paid.
    pub payment_method: &'static str,
    /// Whether it was paid, or paid back, when it was issued.
    pub settlement: SettlementView,
    /// Where the PDF is.
    pub pdf_url: String,
    /// How long it is there.
    pub expires_at: String,
}

/// When the goods are handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SupplyView {
    /// The day.
    pub date: String,
    /// `shipped`, or `promised` if they had not left when the bill was issued.
    pub state: &'static str,
}

/// Units of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BillLineView {
    /// Which line of the order, from 1.
    pub line_id: usize,
    /// What.
    pub product_id: ProductId,
    /// Which variation of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variation_id: Option<VariationId>,
    /// Its name in the bill's language.
    pub name: String,
    /// What makes it this variation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variations: Vec<Attribute>,
    /// Units.
    pub quantity: u32,
    /// Price of one before discounts.
    pub unit_price: String,
    /// What is taken off; below zero where units that do not divide evenly are rounded up.
    pub discount_amount: String,
    /// What is left: price times quantity less what is taken off.
    pub amount: String,
    /// Without tax.
    pub net: String,
    /// Each tax.
    pub taxes: Vec<TaxView>,
    /// With tax.
    pub total: String,
}

/// The delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BillDeliveryView {
    /// What it is called.
    pub name: String,
    /// Without tax.
    pub net: String,
    /// Each tax.
    pub taxes: Vec<TaxView>,
    /// With tax.
    pub total: String,
}

/// What is more or less than goods and delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdjustmentView {
    /// `amount`, `goodwill`, or `given_before`: a part of what the goods cost had been given back before.
    pub kind: &'static str,
    /// Without tax; below zero if it is less.
    pub net: String,
    /// With tax.
    pub total: String,
}

/// A tax of a bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaxSumView {
    /// Its name.
    pub name: String,
    /// Its rate.
    pub percentage: String,
    /// What it is on.
    pub net_amount: String,
    /// What it comes to.
    pub amount: String,
}

/// Whether a bill is paid, or paid back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettlementView {
    /// `nothing_to_pay`, `paid`, `reserved`, `on_delivery`, `open`, `paid_back`, `set_off`.
    pub state: &'static str,
    /// The day on which it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// How much was paid back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
}

impl BillView {
    /// A bill, and where its PDF is.
    pub fn of(bill: &Invoice, pdf: PdfLink) -> Self {
        Self {
            bill_number: bill.number.clone(),
            series: bill.number.series().clone(),
            kind: bill.kind.name(),
            corrects: bill.corrects.clone(),
            occasion: bill.occasion.map(|occasion| occasion.name()),
            issued_at: bill.issued_at.rfc3339(),
            supply: bill.supply.map(SupplyView::of),
            language: bill.language.clone(),
            order_id: bill.order,
            order_number: bill.order_number.to_string(),
            seller: bill.seller.clone(),
            billing_address: bill.buyer.clone(),
            shipping_address: bill.ship_to.clone(),
            currency: bill.currency,
            prices_include_tax: bill.prices_include_tax,
            lines: bill.lines.iter().map(|line| BillLineView::of(bill, line)).collect(),
            delivery: bill.delivery.as_ref().map(BillDeliveryView::of),
            adjustment: bill.adjustment.map(|adjustment| AdjustmentView::of(adjustment, bill.currency)),
            coupon_discount_amount: shown(bill.discounts.coupon),
            coupon_code: bill.discounts.coupon_code.clone(),
            net_amount: shown(bill.net),
            taxes: bill.taxes.iter().map(TaxSumView::of).collect(),
            tax_amount: shown(bill.tax),
            total_amount: shown(bill.total),
            payment_method: bill.method,
            settlement: SettlementView::of(&bill.settlement),
            pdf_url: pdf.url,
            expires_at: pdf.expires_at.rfc3339(),
        }
    }
}

impl SupplyView {
    fn of(supply: Supply) -> Self {
        match supply {
            Supply::Shipped(date) => Self { date: iso_date(date), state: "shipped" },
            Supply::Promised(date) => Self { date: iso_date(date), state: "promised" },
        }
    }
}

impl BillLineView {
    fn of(bill: &Invoice, line: &Line) -> Self {
        Self {
            line_id: line.line_id,
            product_id: line.sku.product.clone(),
            variation_id: line.sku.variation.clone(),
            name: line.name_in(&bill.language).to_owned(),
            variations: line.attributes.clone(),
            quantity: line.quantity,
            unit_price: shown(line.unit_price),
            discount_amount: signed(line.off_minor(), bill.currency),
            amount: shown(bill.amount_of(line)),
            net: shown(line.net),
            taxes: taxes(&line.taxes),
            total: shown(line.total),
        }
    }
}

impl BillDeliveryView {
    fn of(delivery: &Delivery) -> Self {
        Self {
            name: delivery.name.clone(),
            net: shown(delivery.net),
            taxes: taxes(&delivery.taxes),
            total: shown(delivery.total),
        }
    }
}

impl AdjustmentView {
    fn of(adjustment: Adjustment, currency: Currency) -> Self {
        Self {
            kind: match adjustment.kind {
                AdjustmentKind::Amount => "amount",
                AdjustmentKind::Goodwill => "goodwill",
                AdjustmentKind::GivenBefore => "given_before",
            },
            net: signed(adjustment.net_minor, currency),
            total: signed(adjustment.total_minor, currency),
        }
    }
}

impl TaxSumView {
    fn of(tax: &TaxSum) -> Self {
        Self {
            name: tax.name.clone(),
            percentage: tax.rate.to_string(),
            net_amount: shown(tax.net),
            amount: shown(tax.amount),
        }
    }
}

impl SettlementView {
    fn of(settlement: &Settlement) -> Self {
        let (state, date, amount) = match settlement {
            Settlement::Nothing => ("nothing_to_pay", None, None),
            Settlement::Paid { on } => ("paid", Some(*on), None),
            Settlement::Reserved => ("reserved", None, None),
            Settlement::OnDelivery => ("on_delivery", None, None),
            Settlement::Open => ("open", None, None),
            Settlement::PaidBack { on, amount } => ("paid_back", Some(*on), Some(*amount)),
            Settlement::SetOff => ("set_off", None, None),
        };
        Self { state, date: date.map(iso_date), amount: amount.map(shown) }
    }
}

fn taxes(taxes: &[(String, Percent, Money)]) -> Vec<TaxView> {
    let view = |(name, rate, amount): &(String, Percent, Money)| TaxView {
        name: name.clone(),
        percentage: rate.to_string(),
        amount: shown(*amount),
    };
    taxes.iter().map(view).collect()
}
