//! Planning the parcels of an order (A10).

use std::collections::BTreeMap;

use crate::carbon;
use crate::ids::WarehouseId;
use crate::order::{Order, Parcel, Shipment, Units, held, lines};
use crate::packaging::{Packaging, pack};
use crate::placement::{Document, Line};
use crate::sku::Sku;
use crate::stock::{Allocation, Leg};

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

/// Verifies the allocation and plans what has not left and was not called off: one parcel per warehouse, and before them one per
/// warehouse for the units of `first`, of which no more may be asked than are open.
pub fn plan(
    order: &Order,
    document: &Document,
    packagings: &[Packaging],
    first: &[Units],
) -> Result<Plan, AllocationMismatch> {
    let mut stock = held(order, document);
    let tallies = order.tallies(document);
    let open: Vec<Units> =
        lines(document).map(|line| Units { line, quantity: tallies.of(line).open() }).collect();
    verify(document, &open, &stock)?;
    let of_first = |line: u16| -> u32 {
        first.iter().filter(|units| units.line == line).map(|units| units.quantity).sum()
    };
    let rest: Vec<Units> = open
        .iter()
        .map(|units| Units { quantity: units.quantity.saturating_sub(of_first(units.line)), ..*units })
        .collect();
    let mut parcels = Vec::new();
    for units in [first, &rest] {
        for (warehouse, lines) in by_warehouse(document, units, &mut stock) {
            let number = order.next_parcel().saturating_add(u16::try_from(parcels.len()).unwrap_or(u16::MAX));
            parcels.extend(parcel(document, packagings, number, warehouse, lines));
        }
    }
    let sent = order.shipments().into_iter().filter(Shipment::has_left).map(|shipment| shipment.parcel);
    let all: Vec<Parcel> = sent.chain(parcels.iter().cloned()).collect();
    let carbon_grams = carbon::estimate(document.factors.factors(), &legs(document, &all)).carbon_grams;
    Ok(Plan { parcels, carbon_grams })
}

/// Of each sku as many units are held as are open.
fn verify(document: &Document, open: &[Units], stock: &[Allocation]) -> Result<(), AllocationMismatch> {
    let mut sold: BTreeMap<&Sku, u64> = BTreeMap::new();
    let mut taken: BTreeMap<&Sku, u64> = BTreeMap::new();
    for (line, units) in document.lines.iter().zip(open) {
        *sold.entry(&line.sku).or_default() += u64::from(units.quantity);
    }
    for allocation in stock {
        *taken.entry(&allocation.sku).or_default() += u64::from(allocation.quantity);
    }
    for sku in sold.keys().chain(taken.keys()) {
        let of = |units: &BTreeMap<&Sku, u64>| units.get(sku).copied().unwrap_or_default();
        if of(&sold) != of(&taken) {
            return Err(AllocationMismatch { sku: (*sku).clone(), taken: of(&taken), sold: of(&sold) });
        }
    }
    Ok(())
}

/// Takes units out of the stock: which of them are in which warehouse.
fn by_warehouse(
    document: &Document,
    units: &[Units],
    stock: &mut [Allocation],
) -> BTreeMap<WarehouseId, Vec<Units>> {
    let mut found: BTreeMap<WarehouseId, Vec<Units>> = BTreeMap::new();
    for units in units {
        let at = usize::from(units.line).checked_sub(1);
        let Some(line) = at.and_then(|at| document.lines.get(at)) else { continue };
        let mut wanted = units.quantity;
        for allocation in stock.iter_mut().filter(|allocation| allocation.sku == line.sku) {
            let quantity = allocation.quantity.min(wanted);
            allocation.quantity -= quantity;
            wanted -= quantity;
            if quantity == 0 {
                continue;
            }
            let lines = found.entry(allocation.warehouse.clone()).or_default();
            match lines.iter_mut().find(|known| known.line == units.line) {
                Some(known) => known.quantity += quantity,
                None => lines.push(Units { line: units.line, quantity }),
            }
        }
    }
    found
}

/// One parcel, in the packaging that fits it. None if the store has no packaging at all.
fn parcel(
    document: &Document,
    packagings: &[Packaging],
    number: u16,
    warehouse: WarehouseId,
    lines: Vec<Units>,
) -> Option<Parcel> {
    let of = |part: fn(&Line) -> u32| -> u64 {
        let sizes = lines.iter().filter_map(|units| {
            let line = document.lines.get(usize::from(units.line).checked_sub(1)?)?;
            Some(u64::from(part(line)) * u64::from(units.quantity))
        });
        sizes.sum()
    };
    let (volume, weight) = (of(|line| line.volume_cm3), of(|line| line.weight_grams));
    let packed = pack(packagings, volume, weight)?;
    Some(Parcel { number, warehouse, weight_grams: weight + packed.packaging_grams, packed, lines })
}

/// The ways of an order's parcels: as planned at placement, and with the packaging's weight once that is known.
pub fn legs(document: &Document, parcels: &[Parcel]) -> Vec<Leg> {
    let leg = |leg: &Leg| {
        let from_here = parcels.iter().filter(|parcel| parcel.warehouse == leg.warehouse);
        let weight_grams = match from_here.map(|parcel| parcel.weight_grams).sum() {
            0 => leg.weight_grams,
            packed => packed,
        };
        let carbon_grams = carbon::leg_grams(weight_grams, leg.distance_km, leg.g_per_tkm);
        Leg { weight_grams, carbon_grams, ..leg.clone() }
    };
    document.choice.legs.iter().map(leg).collect()
}
