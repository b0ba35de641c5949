//! How the figures come about: from the frozen document, the parcels of the log, and the factors of the placement.

use super::*;
use crate::address::Address;
use crate::api::quote::{legs_of, parcels};
use crate::carbon::factors::FactorSet;
use crate::carbon::{self, METHOD, PACKAGING_METHOD, kilograms, leg_grams};
use crate::order::{EventKind, Order, Parcel};
use crate::placement::Document;
use crate::stock::Leg;
use crate::time::{Timestamp, iso_date};

/// What no estimate of ours counts.
pub const NOT_COUNTED: [&str; 4] = [
    "making and using the goods",
    "what comes back, and attempts to deliver that fail",
    "warehouses, offices and data centres",
    "what becomes of the packaging afterwards",
];
/// What a factor's source is called where the shop states the factor itself.
const SHOP: &str = "shop";

impl ImpactView {
    /// What an order emits, by the factors of its placement.
    pub fn of(order: &Order, document: &Document) -> Self {
        Self::by(document.factors.factors(), order, document)
    }

    /// What an order emits by these factors.
    pub fn by(factors: &FactorSet, order: &Order, document: &Document) -> Self {
        let transport = TransportView::of(factors, order, document);
        let packaging = PackagingView::of(factors, order);
        let carbon_grams = transport.carbon_grams.saturating_add(packaging.carbon_grams);
        Self {
            order_id: order.id,
            order_number: order.number().to_string(),
            status: order.status,
            lifecycle: stages(order),
            counted: [Counted::Transport, Counted::Packaging],
            carbon_grams,
            carbon_kg: kilograms(carbon_grams),
            offset: OffsetView::of(document, transport.carbon_grams),
            trees: TreesView::of(document),
            transport,
            packaging,
            not_counted: NOT_COUNTED.to_vec(),
            factors: FactorsView {
                id: factors.id,
                version: factors.version,
                sources: factors.sources.to_vec(),
            },
            version: order.version(),
        }
    }
}

/// The stages that every order goes through, and those that only some come to.
fn stages(order: &Order) -> Vec<StageView> {
    let first = |wanted: fn(&EventKind) -> bool| {
        order.log.iter().find(|event| wanted(&event.kind)).map(|event| event.at)
    };
    let promised = iso_date(order.estimated_delivery.date());
    let usual = [
        ("placed", first(|kind| matches!(kind, EventKind::Placed { .. }))),
        ("confirmed", first(|kind| matches!(kind, EventKind::Confirmed))),
        ("prepared", first(|kind| matches!(kind, EventKind::Prepared { .. }))),
        ("packed", first(|kind| matches!(kind, EventKind::Packed))),
        ("shipped", first(|kind| matches!(kind, EventKind::Shipped))),
        ("delivered", first(|kind| matches!(kind, EventKind::Delivered))),
    ];
    let returned = ("returned", first(|kind| matches!(kind, EventKind::ReturnReceived { .. })));
    let cancelled = ("cancelled", first(|kind| matches!(kind, EventKind::Cancelled { .. })));
    let is_off = order.status == Status::Cancelled;
    let is_on_its_way = matches!(order.status, Status::Shipped | Status::Delivered);
    let counts = |(stage, at): &(&str, Option<Timestamp>)| match (*stage, at) {
        (_, Some(_)) => true,
        // A parcel can leave without anybody having said that it is packed.
        ("packed", None) => !is_on_its_way && !is_off,
        _ => !is_off,
    };
    let shown = |(stage, at): (&'static str, Option<Timestamp>)| StageView {
        stage,
        expected: (stage == "delivered" && at.is_none()).then(|| promised.clone()),
        at: at.map(Timestamp::rfc3339),
    };
    let usual = usual.into_iter().filter(counts);
    usual.chain([returned, cancelled].into_iter().filter(|(_, at)| at.is_some())).map(shown).collect()
}

impl TransportView {
    fn of(factors: &FactorSet, order: &Order, document: &Document) -> Self {
        let parcels = parcels(order);
        let going = |leg: &Leg| parcels.iter().filter(|parcel| parcel.warehouse == leg.warehouse).count();
        let legs = legs_of(order, document).into_iter();
        let legs: Vec<LegView> =
            legs.map(|leg| LegView::of(factors, &leg, going(&leg), &document.shipping_address)).collect();
        let carbon_grams = legs.iter().map(|leg| leg.carbon_grams).fold(0, u64::saturating_add);
        Self {
            carbon_grams,
            carbon_kg: kilograms(carbon_grams),
            method: METHOD,
            parcels_planned: !parcels.is_empty() && order.status != Status::Cancelled,
            legs,
        }
    }
}

impl LegView {
    fn of(factors: &FactorSet, leg: &Leg, parcels: usize, to: &Address) -> Self {
        let published = carbon::published(factors, leg);
        let carbon_grams = leg_grams(leg.weight_grams, leg.distance_km, leg.g_per_tkm);
        Self {
            warehouse_id: leg.warehouse.clone(),
            destination: DestinationView { city: to.city.clone(), country: to.country.clone() },
            parcels,
            mode: carbon::mode(factors, leg),
            weight_grams: leg.weight_grams,
            distance_km: leg.distance_km,
            factor_g_per_tkm: leg.g_per_tkm,
            factor_published: published.map(|factor| factor.published),
            factor_source: published.map_or(SHOP, |factor| factor.source),
            carbon_grams,
            carbon_kg: kilograms(carbon_grams),
        }
    }
}

impl PackagingView {
    /// What is planned, unless the order is off: nothing was packed then, or it was unpacked and is used again.
    fn of(factors: &FactorSet, order: &Order) -> Self {
        let planned = if order.status == Status::Cancelled { vec![] } else { parcels(order) };
        let parcels: Vec<ParcelView> = planned.iter().map(|parcel| ParcelView::of(factors, parcel)).collect();
        let sum = |part: fn(&ParcelView) -> u64| parcels.iter().map(part).fold(0, u64::saturating_add);
        let carbon_grams = sum(|parcel| parcel.carbon_grams.unwrap_or_default());
        Self {
            carbon_grams,
            carbon_kg: kilograms(carbon_grams),
            method: PACKAGING_METHOD,
            material_grams: sum(|parcel| parcel.material_grams),
            recycled_grams: sum(ParcelView::recycled_grams),
            parcels,
        }
    }
}

impl ParcelView {
    fn of(factors: &FactorSet, parcel: &Parcel) -> Self {
        let packed = &parcel.packed;
        let (material, recycled_percent) = packed.made_of().unzip();
        let factor = material.and_then(|material| factors.material(material));
        let carbon_grams = material.zip(recycled_percent).and_then(|(material, percent)| {
            carbon::packaging_grams(factors, material, packed.packaging_grams, percent)
        });
        Self {
            shipment_id: parcel.number,
            warehouse_id: parcel.warehouse.clone(),
            packaging: packed.packaging.clone(),
            packages: packed.count,
            material,
            material_grams: packed.packaging_grams,
            recycled_percent,
            factor_new_g_per_kg: factor.map(|factor| factor.primary_g_per_kg),
            factor_recycled_g_per_kg: factor.map(|factor| factor.recycled_g_per_kg),
            factor_published: factor.map(|factor| factor.published),
            factor_source: factor.map(|factor| factor.source),
            carbon_grams,
        }
    }

    /// Rounded down.
    fn recycled_grams(&self) -> u64 {
        let percent = u64::from(self.recycled_percent.unwrap_or_default());
        self.material_grams / 100 * percent + self.material_grams % 100 * percent / 100
    }
}

impl OffsetView {
    fn of(document: &Document, transport_grams: u64) -> Self {
        let offset_grams = if document.offset_transport { transport_grams } else { 0 };
        let statement = if offset_grams > 0 {
            "The store says that it pays for as much to be saved or taken up elsewhere as carrying this order is estimated to \
             emit. The emission itself stays in the air; packaging is not part of it."
        } else if document.offset_transport {
            "The store says that it buys offsets for what carrying its orders emits. There is nothing to carry for this one."
        } else {
            "The store buys no offsets for this order."
        };
        Self { offset_grams, offset_kg: kilograms(offset_grams), statement: statement.to_owned() }
    }
}

impl TreesView {
    fn of(document: &Document) -> Self {
        let trees = document.trees_planted;
        let statement = match trees {
            0 => "The store plants no trees for this order.".to_owned(),
            _ => format!(
                "The store says that it plants {trees} {} for this order. What {} will take up over the years is not \
                 subtracted from anything here.",
                if trees == 1 { "tree" } else { "trees" },
                if trees == 1 { "it" } else { "they" },
            ),
        };
        Self { trees_planted: trees, statement }
    }
}
