//! What events do beyond the order's head: to the stock that it took and to the coupon that it used. It is written in one
//! transaction with the head, so it happens exactly once.

use std::collections::BTreeMap;

use super::units::{Tally, Units};
use super::{EventKind, Order, apply};
use crate::coupon::CouponUse;
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
    let mut effects = Effects::default();
    let mut order = order.clone();
    for kind in events {
        match kind {
            EventKind::LinesCancelled { lines, .. } => {
                let from = cancelled(&order, document);
                effects.released.extend(cut(document, &from, &per_sku(document, lines)));
            }
            EventKind::Cancelled { .. } => {
                effects.released.extend(held(&order, document));
                effects.coupon.clone_from(&document.coupon);
            }
            EventKind::Shipped => effects.shipped = held(&order, document),
            EventKind::ReturnReceived { lines, .. } => {
                let restocked: Vec<Units> = lines
                    .iter()
                    .map(|received| Units { line: received.line, quantity: received.restocked })
                    .collect();
                effects.restocked =
                    cut(document, &gone_back(&order, document), &per_sku(document, &restocked));
            }
            _ => {}
        }
        order = match apply(
            Some(order.clone()),
            std::slice::from_ref(kind),
            &super::Actor::Worker,
            order.updated_at,
        ) {
            Some(after) => after,
            None => order,
        };
    }
    effects.released = merged(effects.released);
    effects
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

/// The stock that the order holds, as long as nothing of it was sent: what it took less what was called off.
pub fn held(order: &Order, document: &Document) -> Vec<Allocation> {
    let from = cancelled(order, document);
    let all: BTreeMap<&Sku, u32> =
        document.allocations.iter().map(|allocation| (&allocation.sku, u32::MAX)).collect();
    cut(document, &from, &all)
}

/// Units of each sku that were called off. They are the first of what the order took.
fn cancelled<'a>(order: &Order, document: &'a Document) -> BTreeMap<&'a Sku, u32> {
    counted(order, document, |tally| tally.cancelled)
}

/// Units of each sku that were called off or came back.
fn gone_back<'a>(order: &Order, document: &'a Document) -> BTreeMap<&'a Sku, u32> {
    counted(order, document, |tally| tally.cancelled + tally.returned)
}

fn counted<'a>(order: &Order, document: &'a Document, units: fn(&Tally) -> u32) -> BTreeMap<&'a Sku, u32> {
    let tallies = order.tallies(document);
    let lines = (1..).zip(tallies.all());
    let lines: Vec<Units> = lines.map(|(line, tally)| Units { line, quantity: units(tally) }).collect();
    per_sku(document, &lines)
}

fn per_sku<'a>(document: &'a Document, lines: &[Units]) -> BTreeMap<&'a Sku, u32> {
    let mut sums = BTreeMap::new();
    for units in lines {
        let at = usize::from(units.line).checked_sub(1);
        if let Some(line) = at.and_then(|at| document.lines.get(at)) {
            *sums.entry(&line.sku).or_default() += units.quantity;
        }
    }
    sums
}

/// So many units of each sku, behind the first ones, in the order in which they were taken.
fn cut(document: &Document, behind: &BTreeMap<&Sku, u32>, units: &BTreeMap<&Sku, u32>) -> Vec<Allocation> {
    let (mut skip, mut take) = (behind.clone(), units.clone());
    let mut parts = Vec::new();
    for allocation in &document.allocations {
        let skip = skip.entry(&allocation.sku).or_default();
        let take = take.entry(&allocation.sku).or_default();
        let skipped = allocation.quantity.min(*skip);
        *skip -= skipped;
        let quantity = (allocation.quantity - skipped).min(*take);
        *take -= quantity;
        if quantity > 0 {
            parts.push(Allocation { quantity, ..allocation.clone() });
        }
    }
    parts
}
