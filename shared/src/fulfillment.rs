//! Planning the parcels of an order (A10).

use std::collections::BTreeMap;

use crate::carbon;
use crate::ids::{ProductId, WarehouseId};
use crate::order::Parcel;
use crate::packaging::{Packaging, pack};
use crate::placement::Document;

/// The stock that an order took is not what it sells; somebody must look at it before anything is packed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the order took {taken} units of {product} and sells {sold}")]
pub struct AllocationMismatch {
    /// Of what.
    pub product: ProductId,
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

/// Verifies the allocation and plans one parcel per warehouse.
pub fn plan(document: &Document, packagings: &[Packaging]) -> Result<Plan, AllocationMismatch> {
    let mut sold: BTreeMap<&ProductId, u64> = BTreeMap::new();
    let mut size: BTreeMap<&ProductId, (u64, u64)> = BTreeMap::new();
    for line in &document.lines {
        *sold.entry(&line.product).or_default() += u64::from(line.quantity);
        size.insert(&line.product, (u64::from(line.volume_cm3), u64::from(line.weight_grams)));
    }
    let mut taken: BTreeMap<&ProductId, u64> = BTreeMap::new();
    let mut goods: BTreeMap<&WarehouseId, (u64, u64)> = BTreeMap::new();
    for allocation in &document.allocations {
        let units = u64::from(allocation.quantity);
        let (volume, weight) = size.get(&allocation.product).copied().unwrap_or_default();
        *taken.entry(&allocation.product).or_default() += units;
        let parcel = goods.entry(&allocation.warehouse).or_default();
        *parcel = (parcel.0 + volume * units, parcel.1 + weight * units);
    }
    for product in sold.keys().chain(taken.keys()) {
        let of = |units: &BTreeMap<&ProductId, u64>| units.get(product).copied().unwrap_or_default();
        if of(&sold) != of(&taken) {
            return Err(AllocationMismatch {
                product: (*product).clone(),
                taken: of(&taken),
                sold: of(&sold),
            });
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
    let carbon_grams = parcels.iter().map(|parcel| carbon::estimate(parcel.weight_grams).carbon_grams).sum();
    Ok(Plan { parcels, carbon_grams })
}
