//! Stock per sku and warehouse, and which warehouses serve an order (P5, P6).
//!
//! What a warehouse has of one sku lies in buckets, each an item of its own in the table. One bucket is enough for most
//! skus; a hot one is [`split`], so that orders that come in at the same time write different items.

mod allocate;
mod buckets;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use allocate::allocate;
pub use buckets::{split, spread_adjustment};

use serde::{Deserialize, Serialize};

use crate::carbon::factors::Mode;
use crate::ids::{ProductId, VariationId, WarehouseId};
use crate::sku::Sku;

/// A part of what one warehouse has of one sku, in units.
///
/// Law: over the buckets, `on_hand + held` is what was received less what was shipped. Only conditional writes change
/// either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockBucket {
    /// Which warehouse.
    pub warehouse: WarehouseId,
    /// Which of its buckets; 0 if there is one.
    pub bucket: u16,
    /// Units that can be sold.
    pub on_hand: i64,
    /// Units that open orders hold.
    pub held: i64,
}

/// What an order wants of one sku.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// How many units, summed over all lines.
    pub units: u32,
    /// Grams per unit.
    pub weight_grams: u32,
}

/// So many units of a sku, taken from one bucket of one warehouse for one order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Allocation {
    /// From where.
    #[serde(rename = "w")]
    pub warehouse: WarehouseId,
    /// What.
    #[serde(rename = "p")]
    pub sku: Sku,
    /// From which bucket.
    #[serde(rename = "b", default, skip_serializing_if = "is_first")]
    pub bucket: u16,
    /// How many units.
    #[serde(rename = "q")]
    pub quantity: u32,
}

fn is_first(bucket: &u16) -> bool {
    *bucket == 0
}

/// A sku of which there is not enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shortage {
    /// Which product.
    pub product_id: ProductId,
    /// Which variation of it; none if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variation_id: Option<VariationId>,
    /// Units asked for, summed over all lines.
    pub requested: u32,
    /// Units on hand in the warehouses that serve the destination.
    pub available: i64,
}

/// Where to take an order's goods from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocationPlan {
    /// What to take from where, in order; each sku, warehouse and bucket once.
    pub allocations: Vec<Allocation>,
    /// Why.
    pub choice: Choice,
}

/// Why the goods come from where they come from. Kept on the order as it was, whatever happens to the warehouses later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What decided.
    pub reason: AllocationReason,
    /// How many sets of as few warehouses could have served, the chosen one included. Of more than three warehouses
    /// only one set is looked at.
    pub considered: u32,
    /// The ways that the goods go, one from each warehouse of the chosen set, by name.
    pub legs: Vec<Leg>,
}

/// What goes from one warehouse to the destination, without packaging, and what that emits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// From where.
    pub warehouse: WarehouseId,
    /// Grams of goods.
    pub weight_grams: u64,
    /// Kilometres.
    pub distance_km: u32,
    /// Grams CO2e per tonne-kilometre on that way.
    pub g_per_tkm: u32,
    /// Grams CO2e, rounded up.
    pub carbon_grams: u64,
    /// What carries them, if the shop says so; else heavy goods vehicles, unless it states a factor of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
}

/// What decided which warehouses serve an order: the first rule, in this order, by which the chosen set differs from
/// the next best one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AllocationReason {
    /// None of these warehouses could be done without, so there was nothing to choose.
    OnlyChoice,
    /// Others could have served, with more parcels. Of more than three parcels: with no fewer that were found.
    FewestParcels,
    /// Others could have served with as few parcels; the way from these emits less.
    LeastCarbon,
    /// The way from others emits as much; these are nearer, summed over the parcels.
    Nearest,
    /// The others are as good in every respect; these are the first by name, so that the choice is the same each time.
    FirstByName,
}
