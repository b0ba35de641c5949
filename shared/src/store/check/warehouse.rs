//! Warehouses. One without areas serves nobody: that is how it is taken out of service.

use super::{Report, bounds};
use crate::limits;
use crate::store::{ServedArea, Warehouse};

pub(super) fn check(warehouse: &Warehouse, report: &mut Report) {
    report.text("/name", &warehouse.name, limits::NAME);
    let place = &warehouse.place;
    report.text("/place/city", &place.city, limits::NAME);
    let optional = [
        ("region", &place.region),
        ("postal_code", &place.postal_code),
        ("street", &place.street),
        ("phone", &place.phone),
    ];
    for (field, text) in optional {
        if let Some(text) = text {
            report.text(format!("/place/{field}"), text, limits::NAME);
        }
    }
    report.at_most("/areas", warehouse.areas.len(), bounds::AREAS);
    for (at, area) in warehouse.areas.iter().enumerate() {
        check_area(&format!("/areas/{at}"), area, report);
    }
}

fn check_area(pointer: &str, area: &ServedArea, report: &mut Report) {
    report.at_most(&format!("{pointer}/countries"), area.countries.len(), bounds::PLACES);
    report.place_names(&format!("{pointer}/regions"), &area.regions);
    let prefixes = format!("{pointer}/postal_prefixes");
    report.place_names(&prefixes, &area.postal_prefixes);
    for (at, prefix) in area.postal_prefixes.iter().enumerate() {
        // Spaces and hyphens do not count, and every postal code begins with nothing.
        if !prefix.trim().is_empty() && !prefix.chars().any(char::is_alphanumeric) {
            report.add(format!("{prefixes}/{at}"), "invalid", "at least one letter or digit");
        }
    }
    report.range(format!("{pointer}/distance_km"), area.distance_km, 0..=bounds::DISTANCE_KM);
    if let Some(grams) = area.g_per_tkm {
        report.range(format!("{pointer}/g_per_tkm"), grams, 0..=bounds::GRAMS_PER_TKM);
    }
}
