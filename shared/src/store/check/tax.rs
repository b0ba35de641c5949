//! The tax table. One that would lose money by a gap, or leaves the rate to chance, is refused with the reason.

use std::collections::BTreeSet;

use super::{Report, bounds};
use crate::ids::TaxClass;
use crate::store::{Elsewhere, ShippingMethod, TaxComponent, TaxTable, TaxZone};

pub(super) fn check(table: &TaxTable, report: &mut Report) {
    report.at_most("/tax/classes", table.classes.len(), bounds::CLASSES);
    report.unique("/tax/classes", &table.classes, |at| at.to_string());
    report.at_most("/tax/zones", table.zones.len(), bounds::TAX_ZONES);
    if table.classes.is_empty() && !table.zones.is_empty() {
        report.add("/tax/classes", "required", "zones have rates for classes, and there are none");
    }
    if let Some(class) = table.delivery_class.as_ref().filter(|class| !table.classes.contains(class)) {
        report.add("/tax/delivery_class", "unknown_tax_class", &format!("{class} is not one of the classes"));
    }
    for (at, zone) in table.zones.iter().enumerate() {
        check_zone(&format!("/tax/zones/{at}"), zone, &table.classes, report);
    }
    let zones = || table.zones.iter().map(|zone| (zone.countries.as_slice(), zone.regions.as_slice()));
    report.overlaps("/tax/zones", "tax_overlap", zones());
    check_rests(&table.zones, report);
}

fn check_zone(pointer: &str, zone: &TaxZone, classes: &[TaxClass], report: &mut Report) {
    if zone.countries.is_empty() {
        report.add(format!("{pointer}/countries"), "required", "at least one country");
    }
    report.places(pointer, &zone.countries, &zone.regions);
    for class in classes.iter().collect::<BTreeSet<_>>() {
        if !zone.rates.contains_key(class) {
            let detail = format!("there are no rates for {class}; an exempt class has an empty list");
            report.add(format!("{pointer}/rates"), "tax_gap", &detail);
        }
    }
    for (class, components) in &zone.rates {
        let pointer = format!("{pointer}/rates/{class}");
        if !classes.contains(class) {
            report.add(&*pointer, "unknown_tax_class", &format!("{class} is not one of the classes"));
        }
        check_components(&pointer, components, report);
    }
}

fn check_components(pointer: &str, components: &[TaxComponent], report: &mut Report) {
    report.at_most(pointer, components.len(), bounds::COMPONENTS);
    for (at, component) in components.iter().enumerate() {
        report.text(format!("{pointer}/{at}/name"), &component.name, bounds::TAX_NAME);
    }
    report
        .unique(pointer, components.iter().map(|component| component.name.trim()), |at| format!("{at}/name"));
}

/// Whoever has a rate for some regions of a country has one for the rest of it.
fn check_rests(zones: &[TaxZone], report: &mut Report) {
    let mut known: BTreeSet<_> =
        zones.iter().filter(|zone| zone.regions.is_empty()).flat_map(|zone| &zone.countries).collect();
    for (at, zone) in zones.iter().enumerate() {
        for country in &zone.countries {
            if known.insert(country) {
                let detail = format!("there are rates for regions of {country}, and none for the rest of it");
                report.add(format!("/tax/zones/{at}/regions"), "tax_gap", &detail);
            }
        }
    }
}

/// A store that refuses orders to places without a rate does not offer to deliver there.
pub(super) fn check_reach(table: &TaxTable, methods: &[ShippingMethod], report: &mut Report) {
    if table.elsewhere == Elsewhere::Untaxed {
        return;
    }
    if table.zones.is_empty() {
        let detail = "without a zone every order is refused; a store without taxes says \"untaxed\"";
        report.add("/tax/elsewhere", "tax_gap", detail);
        return;
    }
    let taxed: BTreeSet<_> = table.zones.iter().flat_map(|zone| &zone.countries).collect();
    for (method, zones) in methods.iter().map(|method| &method.zones).enumerate() {
        for (zone, countries) in zones.iter().map(|zone| &zone.countries).enumerate() {
            let pointer = format!("/shipping_methods/{method}/zones/{zone}/countries");
            if countries.is_empty() {
                let detail =
                    "it delivers everywhere else, where orders are refused because no tax zone is for it";
                report.add(&*pointer, "tax_gap", detail);
            }
            for (at, country) in countries.iter().enumerate().filter(|(_, country)| !taxed.contains(country))
            {
                let detail = format!("orders to {country} are refused, because no tax zone is for it");
                report.add(format!("{pointer}/{at}"), "tax_gap", &detail);
            }
        }
    }
}
