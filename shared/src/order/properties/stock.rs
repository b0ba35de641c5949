//! What became of the stock that an order took.

use std::collections::BTreeMap;

use super::audit::told;
use crate::order::{Effects, EventKind, Order, Status, held};
use crate::placement::Document;
use crate::sku::Sku;
use crate::stock::Allocation;

/// One bucket's part in the order, in units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Part {
    taken: u32,
    released: u32,
    shipped: u32,
    restocked: u32,
}

/// The buckets that the order took from, in the document's order.
#[derive(Debug, Default)]
pub(super) struct Stock {
    parts: Vec<Part>,
    /// How often the coupon's use was given back.
    coupons: u32,
}

impl Stock {
    pub(super) fn new(document: &Document) -> Self {
        let part = |allocation: &Allocation| Part { taken: allocation.quantity, ..Part::default() };
        Self { parts: document.allocations.iter().map(part).collect(), coupons: 0 }
    }

    /// Books what events do to it, each unit of which is one of the lines that the events name.
    pub(super) fn book(&mut self, document: &Document, events: &[EventKind], effects: &Effects) {
        self.add(document, &effects.released, |part| &mut part.released);
        self.add(document, &effects.shipped, |part| &mut part.shipped);
        self.add(document, &effects.restocked, |part| &mut part.restocked);
        if let Some(coupon) = &effects.coupon {
            assert_eq!(Some(coupon), document.coupon.as_ref());
            self.coupons += 1;
        }
        let mut back: BTreeMap<&Sku, u32> = BTreeMap::new();
        let mut off: BTreeMap<&Sku, u32> = BTreeMap::new();
        let mut all_off = false;
        let sku = |line: u16| &document.lines[usize::from(line) - 1].sku;
        for event in events {
            match event {
                EventKind::ReturnReceived { lines, .. } => {
                    for received in lines {
                        *back.entry(sku(received.line)).or_default() += received.restocked;
                    }
                }
                EventKind::LinesCancelled { lines, .. } => {
                    for units in lines {
                        *off.entry(sku(units.line)).or_default() += units.quantity;
                    }
                }
                EventKind::Cancelled { .. } => all_off = true,
                _ => {}
            }
        }
        let sums = |allocations: &[Allocation]| {
            let skus = document.lines.iter().map(|line| &line.sku);
            let of = |sku: &Sku| -> u32 {
                allocations.iter().filter(|part| part.sku == *sku).map(|part| part.quantity).sum()
            };
            skus.map(|sku| (of(sku), sku)).collect::<Vec<_>>()
        };
        for (units, sku) in sums(&effects.restocked) {
            assert_eq!(units, back.get(sku).copied().unwrap_or_default(), "{sku} came back");
        }
        for (units, sku) in sums(&effects.released).into_iter().filter(|_| !all_off) {
            assert_eq!(units, off.get(sku).copied().unwrap_or_default(), "{sku} was called off");
        }
    }

    fn add(&mut self, document: &Document, moved: &[Allocation], column: fn(&mut Part) -> &mut u32) {
        for allocation in moved {
            let same = |known: &Allocation| {
                (&known.warehouse, &known.sku, known.bucket)
                    == (&allocation.warehouse, &allocation.sku, allocation.bucket)
            };
            let at = document.allocations.iter().position(same).expect("a bucket that it was taken from");
            *column(&mut self.parts[at]) += allocation.quantity;
        }
    }

    /// Nothing goes back or out twice, and all of it does one of both in the end.
    pub(super) fn check(&self, order: &Order, document: &Document) {
        let now = held(order, document);
        let mut now = now.iter().peekable();
        for (part, allocation) in self.parts.iter().zip(&document.allocations) {
            let Part { taken, released, shipped, restocked } = *part;
            assert!(released + shipped <= taken && restocked <= shipped, "{self:?} {}", told(order));
            let left = taken - released - shipped;
            match order.status {
                Status::Cancelled => assert_eq!((released, shipped), (taken, 0), "{self:?} {}", told(order)),
                Status::Shipped | Status::Delivered => assert_eq!(left, 0, "{self:?} {}", told(order)),
                Status::Pending | Status::Confirmed | Status::Preparing | Status::Packed => {
                    let same = |held: &&Allocation| {
                        (&held.warehouse, &held.sku, held.bucket)
                            == (&allocation.warehouse, &allocation.sku, allocation.bucket)
                    };
                    let held = now.next_if(|held| same(held)).map_or(0, |held| held.quantity);
                    assert_eq!(left, held, "{self:?} {}", told(order));
                }
            }
        }
        let given_back = order.status == Status::Cancelled && document.coupon.is_some();
        assert_eq!(self.coupons, u32::from(given_back), "{}", told(order));
    }
}
