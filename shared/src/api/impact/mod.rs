//! What an order does to the climate, on the wire (R7): every figure with all that went into it, so that anyone can do the sum
//! again, and nothing that is only claimed. Estimates are for carrying the goods and for making what they are packed in.

mod reckoned;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::api::quote::Counted;
use crate::carbon::factors::{Material, Mode, Source};
use crate::ids::{OrderId, WarehouseId};
use crate::order::Status;

/// `GET /orders/{id}/impact` (R7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImpactView {
    /// The order.
    pub order_id: OrderId,
    /// The number that people read out.
    pub order_number: String,
    /// Where it stands.
    pub status: Status,
    /// The stages of its life, in order.
    pub lifecycle: Vec<StageView>,
    /// What `carbon_grams` counts: more than an `eco_impact` does.
    pub counted: [Counted; 2],
    /// Grams CO2e: carrying and packaging.
    pub carbon_grams: u64,
    /// The same in kilograms.
    pub carbon_kg: String,
    /// Carrying the goods.
    pub transport: TransportView,
    /// Making what they are packed in.
    pub packaging: PackagingView,
    /// What the store buys against it.
    pub offset: OffsetView,
    /// What the store plants for it.
    pub trees: TreesView,
    /// What is left out of the estimate.
    pub not_counted: Vec<&'static str>,
    /// The published factors that count for this order.
    pub factors: FactorsView,
    /// Counts the changes of the order.
    pub version: u64,
}

/// A stage of an order's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageView {
    /// `placed`, `confirmed`, `prepared`, `packed`, `shipped`, `delivered`, `returned`, `cancelled`.
    pub stage: &'static str,
    /// When it came there, if it did.
    pub at: Option<String>,
    /// When it should: the day that was promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
}

/// What carrying emits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TransportView {
    /// Grams CO2e: the sum of the legs.
    pub carbon_grams: u64,
    /// The same in kilograms.
    pub carbon_kg: String,
    /// How it is computed.
    pub method: &'static str,
    /// Whether parcels are planned, so that packaging is carried too; before that, as the goods weigh.
    pub parcels_planned: bool,
    /// From each warehouse to the destination.
    pub legs: Vec<LegView>,
}

/// The way from one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LegView {
    /// From where.
    pub warehouse_id: WarehouseId,
    /// To where.
    pub destination: DestinationView,
    /// Parcels that go this way; 0 while none are planned.
    pub parcels: usize,
    /// What carries them; none if the shop does not say.
    pub mode: Option<Mode>,
    /// Grams carried.
    pub weight_grams: u64,
    /// Kilometres: the shop's figure for the area that the destination lies in.
    pub distance_km: u32,
    /// Grams CO2e per tonne-kilometre.
    pub factor_g_per_tkm: u32,
    /// The factor as it was published; none if it is the shop's own.
    pub factor_published: Option<&'static str>,
    /// Which of the sources published it; `shop` if it is the shop's own.
    pub factor_source: &'static str,
    /// Grams CO2e, rounded up.
    pub carbon_grams: u64,
    /// The same in kilograms.
    pub carbon_kg: String,
}

/// Where goods go, as much as the estimate needs of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DestinationView {
    /// City or town.
    pub city: String,
    /// Country.
    pub country: String,
}

/// What making the packaging emits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackagingView {
    /// Grams CO2e: the sum of the parcels.
    pub carbon_grams: u64,
    /// The same in kilograms.
    pub carbon_kg: String,
    /// How it is computed.
    pub method: &'static str,
    /// Grams of material.
    pub material_grams: u64,
    /// Of them, recycled.
    pub recycled_grams: u64,
    /// Each parcel; none while they are not planned.
    pub parcels: Vec<ParcelView>,
}

/// What a parcel is packed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParcelView {
    /// Its place among the order's parcels, from 1.
    pub shipment_id: u16,
    /// From where.
    pub warehouse_id: WarehouseId,
    /// Which packaging.
    pub packaging: String,
    /// How many of those.
    pub packages: u32,
    /// What it is made of; none if that is not known.
    pub material: Option<Material>,
    /// Grams of it.
    pub material_grams: u64,
    /// How much of it is recycled, in percent.
    pub recycled_percent: Option<u8>,
    /// Grams CO2e per kilogram of new material.
    pub factor_new_g_per_kg: Option<u32>,
    /// Grams CO2e per kilogram of recycled material.
    pub factor_recycled_g_per_kg: Option<u32>,
    /// The factors as they were published.
    pub factor_published: Option<&'static str>,
    /// Which of the sources published them.
    pub factor_source: Option<&'static str>,
    /// Grams CO2e, rounded up; none if the material is not known, which then is not counted.
    pub carbon_grams: Option<u64>,
}

/// What the store buys against the emission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OffsetView {
    /// Grams CO2e.
    pub offset_grams: u64,
    /// The same in kilograms.
    pub offset_kg: String,
    /// What that means, and what not.
    pub statement: String,
}

/// What the store plants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TreesView {
    /// How many trees.
    pub trees_planted: u32,
    /// What that means, and what not.
    pub statement: String,
}

/// Published factors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FactorsView {
    /// Their name.
    pub id: &'static str,
    /// Their edition: that of the order's placement.
    pub version: &'static str,
    /// Where they are from.
    pub sources: Vec<Source>,
}
