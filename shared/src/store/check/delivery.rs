//! Ways to deliver.

use super::{Report, bounds};
use crate::api::wire::Amount;
use crate::limits;
use crate::money::{Currency, Money, MoneyError};
use crate::store::{DeliveryZone, ShippingMethod};

pub(super) fn check(methods: &[ShippingMethod], currency: Option<Currency>, report: &mut Report) {
    report.at_most("/shipping_methods", methods.len(), bounds::METHODS);
    report.unique("/shipping_methods", methods.iter().map(|method| &method.id), |at| format!("{at}/id"));
    for (at, method) in methods.iter().enumerate() {
        check_method(&format!("/shipping_methods/{at}"), method, currency, report);
    }
    let mut zones = methods.iter().flat_map(|method| &method.zones);
    if currency.is_none() && zones.any(|zone| !zone.bands.is_empty() || zone.free_from.is_some()) {
        report.add("/currency", "required", "prices of delivery are amounts of a currency");
    }
}

fn check_method(pointer: &str, method: &ShippingMethod, currency: Option<Currency>, report: &mut Report) {
    report.text(format!("{pointer}/name"), &method.name, bounds::SHORT_NAME);
    report.at_most(&format!("{pointer}/names"), method.names.len(), limits::TRANSLATIONS);
    for (language, name) in &method.names {
        report.text(format!("{pointer}/names/{language}"), name, bounds::SHORT_NAME);
    }
    let pointer = format!("{pointer}/zones");
    report.at_most(&pointer, method.zones.len(), bounds::DELIVERY_ZONES);
    for (at, zone) in method.zones.iter().enumerate() {
        check_zone(&format!("{pointer}/{at}"), zone, currency, report);
    }
    let zones = || method.zones.iter().map(|zone| (zone.countries.as_slice(), zone.regions.as_slice()));
    report.overlaps(&pointer, "duplicate", zones());
    let everywhere = method.zones.iter().enumerate().filter(|(_, zone)| zone.countries.is_empty());
    for (at, _) in everywhere.skip(1) {
        let detail = "another zone without countries is for everywhere else as well";
        report.add(format!("{pointer}/{at}/countries"), "duplicate", detail);
    }
}

fn check_zone(pointer: &str, zone: &DeliveryZone, currency: Option<Currency>, report: &mut Report) {
    report.places(pointer, &zone.countries, &zone.regions);
    report.range(format!("{pointer}/transit_days"), zone.transit_days, 0..=bounds::TRANSIT_DAYS);
    if let Some(from) = zone.free_from {
        check_amount(format!("{pointer}/free_from"), from, currency, report);
    }
    let pointer = format!("{pointer}/bands");
    if zone.bands.is_empty() {
        report.add(&*pointer, "required", "at least one weight and its price");
    }
    report.at_most(&pointer, zone.bands.len(), bounds::BANDS);
    let mut lighter = None;
    for (at, band) in zone.bands.iter().enumerate() {
        if lighter.is_some_and(|lighter| band.up_to_grams <= lighter) {
            let detail = "heavier than the band before it";
            report.add(format!("{pointer}/{at}/up_to_grams"), "invalid", detail);
        }
        lighter = Some(band.up_to_grams);
        check_amount(format!("{pointer}/{at}/price"), band.price, currency, report);
    }
}

/// Without a currency, the lack of it is the mistake.
fn check_amount(pointer: String, amount: Amount, currency: Option<Currency>, report: &mut Report) {
    let Some(Err(error)) = currency.map(|currency| Money::new(amount.0, currency)) else {
        return;
    };
    let code = if error == MoneyError::OutOfRange { "out_of_range" } else { "invalid" };
    report.add(pointer, code, &error.to_string());
}
