//! What things cost, on the wire: the same for a cart, a preview and an order.

use serde::Serialize;

use crate::carbon::{self, CarbonEstimate};
use crate::catalog::Attribute;
use crate::fulfillment::legs;
use crate::ids::{ProductId, ShippingMethodId, VariationId};
use crate::money::{Currency, Money};
use crate::order::{Order, Parcel, Status};
use crate::placement::{Document, Line, Placement};
use crate::pricing::{LineAmounts, Quote, TaxAmount};
use crate::stock::{AllocationReason, Leg};
use crate::time::iso_date;

/// The sums of an order, in major units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuoteView {
    /// Sum of the lines before discounts.
    pub subtotal: String,
    /// Everything taken off.
    pub discount_amount: String,
    /// Of that, by the lines' own discounts.
    pub line_discount_amount: String,
    /// Of that, by the coupon.
    pub coupon_discount_amount: String,
    /// Of that, by the order's discount.
    pub order_discount_amount: String,
    /// How it is delivered; none if the store has no shipping methods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_method: Option<ShippingMethodId>,
    /// The name of that.
    pub shipping_method_name: String,
    /// For delivery; with or without tax as prices are.
    pub delivery_charge: String,
    /// All taxes, on goods and delivery.
    pub tax_amount: String,
    /// Each of them.
    pub taxes: Vec<TaxView>,
    /// Whether `subtotal`, discounts and `delivery_charge` are meant with tax.
    pub prices_include_tax: bool,
}

/// One tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaxView {
    /// Its name.
    pub name: String,
    /// Its rate, in percent.
    pub percentage: String,
    /// What it comes to.
    pub amount: String,
}

/// One product of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineView {
    /// Its place in the order, from 1.
    pub line_id: usize,
    /// What.
    pub product_id: ProductId,
    /// Which variation of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variation_id: Option<VariationId>,
    /// Its name when it was bought.
    pub name: String,
    /// What makes it this variation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variations: Vec<Attribute>,
    /// Where its picture was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// How many units.
    pub quantity: u32,
    /// Price of one unit without an offer.
    pub list_price: String,
    /// Price of one unit.
    pub unit_price: String,
    /// Off the whole line, by its own discount.
    pub discount_amount: String,
    /// Off the whole line, as its share of the coupon and of the order's discount.
    pub order_discount_share: String,
    /// What is left without tax.
    pub net_price: String,
    /// All its taxes.
    pub tax_amount: String,
    /// Each of them.
    pub taxes: Vec<TaxView>,
    /// What the customer pays for it, with tax.
    pub total_price: String,
}

/// What sending an order emits, and what the store does about it (R7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EcoView {
    /// The estimate.
    #[serde(flatten)]
    pub transport: CarbonEstimate,
    /// What `carbon_grams` counts: carrying alone, which can be told of every order. An impact has packaging, too.
    pub counted: [Counted; 1],
    /// Grams CO2e that the store offsets.
    pub offset_grams: u64,
    /// Trees that the store plants.
    pub trees_planted: u32,
}

/// A part of what an order emits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Carrying goods, and packaging once parcels are planned.
    Transport,
    /// Making what they are packed in.
    Packaging,
}

/// `POST /orders?dry_run=true`: what would be placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderPreview {
    /// Always true.
    pub dry_run: bool,
    /// Units in it.
    pub item_count: u32,
    /// What it would cost, in major units.
    pub total_amount: String,
    /// Of all amounts.
    pub currency: Currency,
    /// When it would arrive.
    pub estimated_delivery: String,
    /// What it would cost, in parts.
    #[serde(flatten)]
    pub quote: QuoteView,
    /// What would be bought.
    pub lines: Vec<LineView>,
    /// Why the goods would come from where they would come from.
    pub allocation_reason: AllocationReason,
    /// What sending it would emit.
    pub eco_impact: EcoView,
    /// The version of the store's settings.
    pub settings_version: u64,
}

impl QuoteView {
    /// The sums of a quote.
    pub fn of(quote: &Quote) -> Self {
        Self {
            subtotal: shown(quote.subtotal),
            discount_amount: shown(quote.discount()),
            line_discount_amount: shown(quote.line_discount),
            coupon_discount_amount: shown(quote.coupon_discount),
            order_discount_amount: shown(quote.order_discount),
            shipping_method: quote.delivery.method.clone(),
            shipping_method_name: quote.delivery.name.clone(),
            delivery_charge: shown(quote.delivery.charge),
            tax_amount: shown(quote.tax()),
            taxes: taxes(&quote.taxes),
            prices_include_tax: quote.prices_include_tax,
        }
    }
}

/// Taxes, each with what it comes to.
pub(super) fn taxes(taxes: &[TaxAmount]) -> Vec<TaxView> {
    let view = |tax: &TaxAmount| TaxView {
        name: tax.name.clone(),
        percentage: tax.rate.to_string(),
        amount: shown(tax.amount),
    };
    taxes.iter().map(view).collect()
}

impl LineView {
    /// Every line of an order.
    pub fn all(document: &Document) -> Vec<Self> {
        let lines = document.priced_lines().enumerate();
        lines.map(|(at, (line, amounts))| Self::of(at, line, amounts)).collect()
    }

    /// The line at `at`, from 0.
    pub fn of(at: usize, line: &Line, amounts: &LineAmounts) -> Self {
        Self {
            line_id: at + 1,
            product_id: line.sku.product.clone(),
            variation_id: line.sku.variation.clone(),
            name: line.name.clone(),
            variations: line.attributes.clone(),
            image_url: line.image_url.clone(),
            quantity: line.quantity,
            list_price: shown(line.list_price),
            unit_price: shown(line.unit_price),
            discount_amount: shown(amounts.discount),
            // Both are parts of one line, so their sum exists.
            order_discount_share: shown(
                amounts.coupon_share.plus(amounts.order_share).unwrap_or(amounts.order_share),
            ),
            net_price: shown(amounts.net),
            tax_amount: shown(
                amounts.total.minus(amounts.net).unwrap_or(Money::zero(amounts.net.currency())),
            ),
            taxes: taxes(&amounts.taxes),
            total_price: shown(amounts.total),
        }
    }
}

impl EcoView {
    /// What sending an order emits: as its parcels weigh, or its goods while none are planned; nothing once it is called off.
    pub fn of(order: &Order, document: &Document) -> Self {
        Self::of_legs(document, &legs_of(order, document))
    }

    /// What sending an order would emit that nobody has placed.
    pub fn planned(document: &Document) -> Self {
        Self::of_legs(document, &legs(document, &[]))
    }

    fn of_legs(document: &Document, legs: &[Leg]) -> Self {
        let transport = carbon::estimate(document.factors.factors(), legs);
        Self {
            offset_grams: if document.offset_transport { transport.carbon_grams } else { 0 },
            trees_planted: document.trees_planted,
            counted: [Counted::Transport],
            transport,
        }
    }
}

/// The ways that an order's goods go.
pub(in crate::api) fn legs_of(order: &Order, document: &Document) -> Vec<Leg> {
    if order.status == Status::Cancelled {
        return vec![];
    }
    let parcels = parcels(order);
    let mut legs = legs(document, &parcels);
    // Where a part of an order was called off, there may be nothing left for a warehouse to send.
    legs.retain(|leg| parcels.is_empty() || parcels.iter().any(|parcel| parcel.warehouse == leg.warehouse));
    legs
}

/// The parcels of an order: those that have left, and those that are planned now.
pub(in crate::api) fn parcels(order: &Order) -> Vec<Parcel> {
    order.shipments().into_iter().map(|shipment| shipment.parcel).collect()
}

impl OrderPreview {
    /// A placement that nobody writes.
    pub fn of(placement: &Placement) -> Self {
        let Placement { order, document, .. } = placement;
        Self {
            dry_run: true,
            item_count: order.item_count,
            total_amount: shown(order.total),
            currency: order.total.currency(),
            estimated_delivery: iso_date(order.estimated_delivery.date()),
            quote: QuoteView::of(&document.quote),
            lines: LineView::all(document),
            allocation_reason: document.choice.reason,
            eco_impact: EcoView::planned(document),
            settings_version: document.store_version,
        }
    }
}

/// An amount on the wire: decimal digits in major units.
pub(super) fn shown(money: Money) -> String {
    money.amount().to_string()
}
