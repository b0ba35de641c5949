//! What events do beyond the order's head: to the stock that it took and to the coupon that it used. It is written in one
//! transaction with the head, so it happens exactly once.

use std::collections::BTreeMap;

use super::shipments::Parcel;
use super::units::Units;
use super::{EventKind, Order};
use crate::coupon::CouponUse;
use crate::ids::WarehouseId;
use crate::placement::Document;
use crate::sku::Sku;
use crate::stock::Allocation;

/// What goes where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// Units that can be sold again, to the buckets that they were taken from.
    pub released: Vec<Allocation>,
    /// Units that have left the house.
    pub shipped: Vec<Allocation>,
    /// Units that came back and can be sold again.
    pub restocked: Vec<Allocation>,
    /// The use of a coupon that does not count any more.
    pub coupon: Option<CouponUse>,
}

/// What these events do beyond the head.
pub fn effects(order: &Order, document: &Document, events: &[EventKind]) -> Effects {
    let mut holdings = Holdings::of(order, document);
    let mut effects = Effects::default();
    for event in events {
        holdings.take_in(document, event, &mut effects);
    }
    for units in [&mut effects.released, &mut effects.shipped, &mut effects.restocked] {
        *units = merged(std::mem::take(units));
    }
    effects
}

/// The stock that the order holds: what it took less what was called off and what has left.
pub fn held(order: &Order, document: &Document) -> Vec<Allocation> {
    Holdings::of(order, document).held
}

/// Where the stock is that an order took, by its log.
struct Holdings<'a> {
    /// In the house, for this order.
    held: Vec<Allocation>,
    /// Gone with its parcels, and not come back.
    sent: Vec<Allocation>,
    parcels: BTreeMap<u16, &'a Parcel>,
}

impl<'a> Holdings<'a> {
    fn of(order: &'a Order, document: &Document) -> Self {
        let held = document.allocations.clone();
        let mut holdings = Self { held, sent: vec![], parcels: BTreeMap::new() };
        let mut past = Effects::default();
        for event in &order.log {
            holdings.take_in(document, &event.kind, &mut past);
        }
        holdings
    }

    /// What one event does. Units that are called off, and those that come back, are the first that the order took.
    fn take_in(&mut self, document: &Document, event: &'a EventKind, effects: &mut Effects) {
        match event {
            EventKind::Prepared { parcels, .. } => {
                self.parcels.extend(parcels.iter().map(|parcel| (parcel.number, parcel)));
            }
            EventKind::LinesCancelled { lines, .. } => {
                effects.released.extend(take(&mut self.held, document, lines, None));
            }
            EventKind::Cancelled { .. } => {
                effects.released.append(&mut self.held);
                effects.coupon.clone_from(&document.coupon);
            }
            EventKind::ParcelShipped { parcel, .. } => {
                let Some(parcel) = self.parcels.get(parcel) else { return };
                let left = take(&mut self.held, document, &parcel.lines, Some(&parcel.warehouse));
                self.sent.extend(left.iter().cloned());
                effects.shipped.extend(left);
            }
            EventKind::ReturnReceived { lines, .. } => {
                let units = |of: fn(&super::Received) -> u32| -> Vec<Units> {
                    lines.iter().map(|known| Units { line: known.line, quantity: of(known) }).collect()
                };
                let restocked = units(|known| known.restocked);
                effects.restocked.extend(take(&mut self.sent, document, &restocked, None));
                take(&mut self.sent, document, &units(|known| known.scrapped), None);
            }
            _ => {}
        }
    }
}

/// Takes units out of a stock, the first ones first, and only those of one warehouse if it is named.
fn take(
    from: &mut Vec<Allocation>,
    document: &Document,
    lines: &[Units],
    warehouse: Option<&WarehouseId>,
) -> Vec<Allocation> {
    let mut wanted: BTreeMap<&Sku, u32> = BTreeMap::new();
    for units in lines {
        let at = usize::from(units.line).checked_sub(1);
        if let Some(line) = at.and_then(|at| document.lines.get(at)) {
            *wanted.entry(&line.sku).or_default() += units.quantity;
        }
    }
    let mut taken = Vec::new();
    for allocation in from.iter_mut() {
        let Some(wanted) = wanted.get_mut(&allocation.sku) else { continue };
        if warehouse.is_some_and(|warehouse| allocation.warehouse != *warehouse) {
            continue;
        }
        let quantity = allocation.quantity.min(*wanted);
        *wanted -= quantity;
        allocation.quantity -= quantity;
        if quantity > 0 {
            taken.push(Allocation { quantity, ..allocation.clone() });
        }
    }
    from.retain(|allocation| allocation.quantity > 0);
    taken
}

/// Each bucket once: a transaction cannot write an item twice.
fn merged(parts: Vec<Allocation>) -> Vec<Allocation> {
    let mut merged: Vec<Allocation> = Vec::with_capacity(parts.len());
    for part in parts {
        let same =
            |known: &&mut Allocation| Allocation { quantity: part.quantity, ..(**known).clone() } == part;
        match merged.iter_mut().find(same) {
            Some(known) => known.quantity += part.quantity,
            None => merged.push(part),
        }
    }
    merged
}
