use super::*;
use crate::api::quote::EcoView;
use crate::carbon::factors::{Edition, FactorSet};
use crate::carbon::leg_grams;
use crate::order::fixtures::{Case, cancel, cancel_lines, units};
use crate::order::{Command, Order};
use crate::placement::Document;
use serde_json::json;

fn impact(case: &Case) -> ImpactView {
    ImpactView::of(&case.order, &case.document)
}

fn stages(case: &Case) -> Vec<(&'static str, bool)> {
    impact(case).lifecycle.iter().map(|stage| (stage.stage, stage.at.is_some())).collect()
}

#[test]
fn every_figure_can_be_redone_from_what_is_shown() {
    let shown = impact(&Case::delivered());
    assert!(shown.transport.parcels_planned && shown.transport.legs.len() == 2);
    for leg in &shown.transport.legs {
        assert_eq!(leg.carbon_grams, leg_grams(leg.weight_grams, leg.distance_km, leg.factor_g_per_tkm));
        assert_eq!((leg.mode, leg.factor_source, leg.parcels), (Some(Mode::Hgv), "eea-2021", 1));
        assert_eq!((leg.destination.city.as_str(), leg.destination.country.as_str()), ("Jena", "DE"));
    }
    for parcel in &shown.packaging.parcels {
        let recycled = u64::from(parcel.recycled_percent.expect("known"));
        let per_kg = recycled * u64::from(parcel.factor_recycled_g_per_kg.expect("known"))
            + (100 - recycled) * u64::from(parcel.factor_new_g_per_kg.expect("known"));
        assert_eq!(parcel.carbon_grams, Some((parcel.material_grams * per_kg).div_ceil(100_000)));
        assert_eq!(parcel.factor_source, Some("desnz-2025"));
    }
    let legs: u64 = shown.transport.legs.iter().map(|leg| leg.carbon_grams).sum();
    let packaging: u64 = shown.packaging.parcels.iter().filter_map(|parcel| parcel.carbon_grams).sum();
    assert_eq!((shown.transport.carbon_grams, shown.packaging.carbon_grams), (legs, packaging));
    assert_eq!(shown.carbon_grams, legs + packaging);
    assert_eq!(shown.carbon_kg, format!("0.{:03}", shown.carbon_grams));
    assert_eq!(shown.packaging.recycled_grams, shown.packaging.material_grams, "all of it is recycled");
}

#[test]
fn the_goods_count_until_parcels_are_planned_and_then_their_packaging_too() {
    let mut case = Case::paid();
    let before = impact(&case);
    assert!(!before.transport.parcels_planned && before.packaging.parcels.is_empty());
    assert_eq!(before.packaging.carbon_kg, "0.000");
    case.staff(&Command::PREPARE);
    let after = impact(&case);
    let grams = |view: &ImpactView| view.transport.legs.iter().map(|leg| leg.weight_grams).sum::<u64>();
    assert_eq!(grams(&after), grams(&before) + after.packaging.material_grams);
}

#[test]
fn what_is_called_off_emits_nothing_and_what_is_left_emits_its_part() {
    let mut case = Case::paid();
    case.staff(&Command::PREPARE);
    // The tea lies in the south alone, with one of the mugs.
    case.customer(&cancel_lines("k", &[units(1, 3), units(3, 7)]));
    case.staff(&Command::PREPARE);
    let left = impact(&case);
    let houses: Vec<_> = left.transport.legs.iter().map(|leg| leg.warehouse_id.as_str()).collect();
    assert_eq!(houses, ["north"]);
    case.customer(&cancel());
    let off = impact(&case);
    assert_eq!((off.carbon_grams, off.offset.offset_grams, off.transport.legs.len()), (0, 0, 0));
    assert!(!off.transport.parcels_planned && off.packaging.parcels.is_empty());
}

#[test]
fn the_stages_are_those_that_were_reached_and_those_that_are_to_come() {
    let mut case = Case::cod();
    let reached = |names: &[&'static str]| names.iter().map(|name| (*name, true)).collect::<Vec<_>>();
    let mut open = reached(&["placed", "confirmed"]);
    open.extend([("prepared", false), ("packed", false), ("shipped", false), ("delivered", false)]);
    assert_eq!(stages(&case), open);
    assert_eq!(impact(&case).lifecycle[5].expected.as_deref(), Some("2026-03-04"));
    case.staff(&Command::PREPARE);
    case.staff(&Command::SHIP);
    let mut on_its_way = reached(&["placed", "confirmed", "prepared", "shipped"]);
    on_its_way.push(("delivered", false));
    assert_eq!(stages(&case), on_its_way, "nobody said that it was packed");
    let mut case = Case::cod();
    case.customer(&cancel());
    assert_eq!(stages(&case), reached(&["placed", "confirmed", "cancelled"]));
}

#[test]
fn the_store_says_what_it_does_and_claims_no_more() {
    let mut case = Case::paid();
    let none = impact(&case);
    assert_eq!((none.offset.offset_grams, none.trees.trees_planted), (0, 0));
    assert_eq!(none.offset.statement, "The store buys no offsets for this order.");
    (case.document.offset_transport, case.document.trees_planted) = (true, 2);
    let shown = impact(&case);
    assert_eq!(shown.offset.offset_grams, shown.transport.carbon_grams);
    assert!(shown.trees.statement.contains("plants 2 trees"), "{}", shown.trees.statement);
    case.document.trees_planted = 1;
    let one = impact(&case).trees.statement;
    assert!(one.contains("plants 1 tree for"), "{one}");
    for view in [none, shown] {
        let said = format!("{} {}", view.offset.statement, view.trees.statement).to_lowercase();
        for claim in ["neutral", "compensat", "zero", "climate positive"] {
            assert!(!said.contains(claim), "{said}");
        }
    }
}

#[test]
fn packaging_of_which_nothing_is_known_is_shown_and_not_counted() {
    let mut case = Case::paid();
    case.staff(&Command::PREPARE);
    for event in &mut case.order.log {
        if let crate::order::EventKind::Prepared { parcels, .. } = &mut event.kind {
            for parcel in parcels.iter_mut() {
                (parcel.packed.material, parcel.packed.recycled_percent) = (None, None);
            }
            parcels[0].packed.packaging = "jute-bag".into();
        }
    }
    let parcels = impact(&case).packaging.parcels;
    assert_eq!((parcels[0].material, parcels[0].carbon_grams, parcels[0].factor_source), (None, None, None));
    assert!(parcels[0].material_grams > 0);
    assert_eq!(parcels[1].recycled_percent, Some(100), "what was in the list of then is known");
}

/// What would come after this edition.
fn newer() -> &'static FactorSet {
    static NEWER: FactorSet = FactorSet {
        id: "freight-and-packaging",
        version: "2031.1",
        transport: &[],
        materials: &[],
        sources: &[],
    };
    &NEWER
}

#[test]
fn an_order_keeps_the_factors_of_its_placement() {
    let case = Case::delivered();
    assert_eq!(case.document.factors, Edition::CURRENT);
    let (order, document): (&Order, &Document) = (&case.order, &case.document);
    let before = ImpactView::of(order, document);
    assert_eq!(before.factors.version, Edition::CURRENT.factors().version);
    let by_newer = ImpactView::by(newer(), order, document);
    assert_ne!(by_newer.carbon_grams, before.carbon_grams, "a newer edition would change it");
    assert_eq!(by_newer.transport.carbon_grams, before.transport.carbon_grams, "legs are frozen as such");
    // A document that was stored before there were editions is of the first one, and so is what is written today.
    let stored = serde_json::to_value(document).expect("JSON");
    assert!(stored.get("factors").is_none(), "the first edition takes no room");
    let read: Document = serde_json::from_value(stored).expect("a document");
    assert_eq!((read.factors, ImpactView::of(order, &read)), (Edition::E2026_1, before));
}

#[test]
fn an_eco_impact_counts_the_transport_of_an_impact_and_both_say_what_they_count() {
    let mut case = Case::paid();
    for step in [Command::PREPARE, Command::SHIP] {
        let (shown, eco) = (impact(&case), EcoView::of(&case.order, &case.document));
        assert_eq!(eco.transport.carbon_grams, shown.transport.carbon_grams);
        let counted = [serde_json::to_value(eco), serde_json::to_value(shown)]
            .map(|told| told.expect("JSON")["counted"].clone());
        assert_eq!(counted, [json!(["transport"]), json!(["transport", "packaging"])]);
        case.system(&step);
    }
}
