//! `POST /orders/{order_id}/reorder` (C6): what of an earlier order can be bought again, and what changed since.

use serde::Serialize;
use std::collections::BTreeMap;

use super::cart::{CartView, available};
use super::quote::shown;
use crate::address::Destination;
use crate::catalog::{Offer, localised};
use crate::ids::{Language, ProductId, VariationId};
use crate::limits;
use crate::money::{Currency, Money};
use crate::placement::{Document, Line};
use crate::sku::Sku;
use crate::store::Store;

/// The cart with the goods of an earlier order in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReorderView {
    /// The cart, as a look at it shows it.
    #[serde(flatten)]
    pub cart: CartView,
    /// What is not as it was: goods that cannot be had, or not as many, or at another price. In the order's order.
    pub changes: Vec<ReorderChange>,
}

/// Something of an earlier order that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReorderChange {
    /// What.
    pub product_id: ProductId,
    /// Which variation of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variation_id: Option<VariationId>,
    /// Its name in the order.
    pub name: String,
    /// Units in the order.
    pub ordered_quantity: u32,
    /// Units in the cart now.
    pub quantity: u32,
    /// Units that can be delivered to the destination now.
    pub available: i64,
    /// Why not all that was ordered was put into the cart: `unknown_product`, `product_archived`, `variation_required`,
    /// `unknown_variation`, `currency_mismatch`, `out_of_stock`, `cart_full`, `out_of_range`.
    pub problem: Option<&'static str>,
    /// Price of one unit in the order, before discounts; of its first line, if it had several of the same.
    pub previous_unit_price: String,
    /// Of that price.
    pub previous_currency: Currency,
    /// Price of one unit today; none if it is not sold any more.
    pub unit_price: Option<String>,
    /// Of today's price.
    pub currency: Option<Currency>,
    /// Whether today's price is another.
    pub price_changed: bool,
}

/// What an earlier order would have in the cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reorder {
    /// The cart's lines afterwards.
    pub lines: BTreeMap<Sku, u32>,
    /// What is not as it was.
    pub changes: Vec<ReorderChange>,
}

impl Reorder {
    /// Adds the goods of an order to what is in the cart: so many units as were ordered, at most as many as can be delivered to
    /// `to`. What is in the cart already is never made less, nor counted twice, so doing it twice is doing it once.
    pub fn of(
        document: &Document,
        mut lines: BTreeMap<Sku, u32>,
        offers: &BTreeMap<ProductId, Offer>,
        store: &Store,
        to: &Destination,
        language: Option<&Language>,
    ) -> Self {
        let price_of =
            |sku: &Sku| offers.get(&sku.product)?.product.for_sale(sku).ok().map(|item| item.unit_price);
        let currency_of = |sku: &Sku| price_of(sku).map(Money::currency);
        // A cart is bought in one currency: the order's, if the store and what is in the cart leave that open.
        let as_then =
            document.lines.iter().find(|line| currency_of(&line.sku) == Some(line.unit_price.currency()));
        let mut currency = store
            .settings
            .currency
            .or_else(|| lines.keys().find_map(currency_of))
            .or_else(|| as_then.map(|line| line.unit_price.currency()));
        let mut changes = vec![];
        for (line, ordered) in summed(&document.lines) {
            let sku = &line.sku;
            let offer = offers.get(&sku.product);
            let available = offer.map_or(0, |offer| available(offer, sku, store, to));
            let today = price_of(sku);
            let has_room = lines.contains_key(sku) || lines.len() < limits::CART_LINES;
            let (units, problem) = match offer.map(|offer| offer.product.for_sale(sku)) {
                None => (0, Some("unknown_product")),
                Some(Err(reason)) => (0, Some(reason.code())),
                Some(Ok(item)) if currency.is_some_and(|its| its != item.unit_price.currency()) => {
                    (0, Some("currency_mismatch"))
                }
                Some(Ok(_)) if available <= 0 => (0, Some("out_of_stock")),
                Some(Ok(_)) if !has_room => (0, Some("cart_full")),
                Some(Ok(_)) => bounded(ordered, available),
            };
            if units > 0 {
                currency = currency.or(today.map(Money::currency));
                let there = lines.entry(sku.clone()).or_default();
                *there = units.max(*there);
            }
            let price_changed = today.is_some_and(|today| today != line.unit_price);
            if problem.is_some() || price_changed {
                let name =
                    language.and_then(|language| localised(&line.names, language)).unwrap_or(&line.name);
                changes.push(ReorderChange {
                    product_id: sku.product.clone(),
                    variation_id: sku.variation.clone(),
                    name: name.clone(),
                    ordered_quantity: ordered,
                    quantity: lines.get(sku).copied().unwrap_or_default(),
                    available,
                    problem,
                    previous_unit_price: shown(line.unit_price),
                    previous_currency: line.unit_price.currency(),
                    unit_price: today.map(shown),
                    currency: today.map(Money::currency),
                    price_changed,
                });
            }
        }
        Self { lines, changes }
    }
}

/// The goods of an order, each once: its first line, and the units of all of them.
fn summed(lines: &[Line]) -> Vec<(&Line, u32)> {
    let mut goods: Vec<(&Line, u32)> = vec![];
    for line in lines {
        match goods.iter_mut().find(|(known, _)| known.sku == line.sku) {
            Some((_, units)) => *units = units.saturating_add(line.quantity),
            None => goods.push((line, line.quantity)),
        }
    }
    goods
}

/// So many units as a line may have and as there are, and why it is not all of them.
fn bounded(ordered: u32, available: i64) -> (u32, Option<&'static str>) {
    let there = u32::try_from(available).unwrap_or(u32::MAX);
    let units = ordered.min(there).min(limits::QUANTITY);
    let problem = match units {
        all if all == ordered => None,
        few if few == there => Some("out_of_stock"),
        _ => Some("out_of_range"),
    };
    (units, problem)
}
