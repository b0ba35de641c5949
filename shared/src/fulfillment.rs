//! Planning the parcels of an order (A10).

use std::collections::BTreeMap;

use crate::carbon;
use crate::ids::WarehouseId;
use crate::order::{Order, Parcel, held};
use crate::packaging::{Packaging, pack};
use crate::placement::Document;
use crate::sku::Sku;
use crate::stock::Leg;

/// The stock that an order took is not what it sells; somebody must look at it before anything is packed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the order took {taken} units of {sku} and sells {sold}")]
pub struct AllocationMismatch {
    /// Of what.
    pub sku: Sku,
    /// Units taken from stock.
    pub taken: u64,
    /// Units sold.
    pub sold: u64,
}

/// What goes into which parcel, and what sending it all emits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// One per warehouse.
    pub parcels: Vec<Parcel>,
    /// Grams CO2e.
    pub carbon_grams: u64,
}

/// Verifies the allocation and plans one parcel per warehouse, without what was called off.
pub fn plan(
    order: &Order,
    document: &Document,
    packagings: &[Packaging],
) -> Result<Plan, AllocationMismatch> {
    let mut sold: BTreeMap<&Sku, u64> = BTreeMap::new();
    let mut size: BTreeMap<&Sku, (u64, u64)> = BTreeMap::new();
    let allocations = held(order, document);
    for (line, tally) in document.lines.iter().zip(order.tallies(document).all()) {
        let left = line.quantity.saturating_sub(tally.cancelled);
        *sold.entry(&line.sku).or_default() += u64::from(left);
        size.insert(&line.sku, (u64::from(line.volume_cm3), u64::from(line.weight_grams)));
    }
    let mut taken: BTreeMap<&Sku, u64> = BTreeMap::new();
    let mut goods: BTreeMap<&WarehouseId, (u64, u64)> = BTreeMap::new();
    for allocation in &allocations {
        let units = u64::from(allocation.quantity);
        let (volume, weight) = size.get(&allocation.sku).copied().unwrap_or_default();
        *taken.entry(&allocation.sku).or_default() += units;
        let parcel = goods.entry(&allocation.warehouse).or_default();
        *parcel = (parcel.0 + volume * units, parcel.1 + weight * units);
    }
    for sku in sold.keys().chain(taken.keys()) {
        let of = |units: &BTreeMap<&Sku, u64>| units.get(sku).copied().unwrap_or_default();
        if of(&sold) != of(&taken) {
            return Err(AllocationMismatch { sku: (*sku).clone(), taken: of(&taken), sold: of(&sold) });
        }
    }
    let parcels: Vec<Parcel> = goods
        .into_iter()
        .filter_map(|(warehouse, (volume, weight))| {
            let packed = pack(packagings, volume, weight)?;
            Some(Parcel {
                warehouse: warehouse.clone(),
                weight_grams: weight + packed.packaging_grams,
                packed,
            })
        })
        .collect();
    let carbon_grams = carbon::estimate(document.factors.factors(), &legs(document, &parcels)).carbon_grams;
    Ok(Plan { parcels, carbon_grams })
}

/// The ways of an order's parcels: as planned at placement, and with the packaging's weight once that is known.
pub fn legs(document: &Document, parcels: &[Parcel]) -> Vec<Leg> {
    let leg = |leg: &Leg| {
        let parcel = parcels.iter().find(|parcel| parcel.warehouse == leg.warehouse);
        let weight_grams = parcel.map_or(leg.weight_grams, |parcel| parcel.weight_grams);
        let carbon_grams = carbon::leg_grams(weight_grams, leg.distance_km, leg.g_per_tkm);
        Leg { weight_grams, carbon_grams, ..leg.clone() }
    };
    document.choice.legs.iter().map(leg).collect()
}
