//! What is wrong with settings and warehouses, before they are written (A4). Every mistake is named at once, at its place
//! in the JSON document.
//!
//! Codes: `required`, `out_of_range`, `invalid`, `duplicate`, `unknown_tax_class`, `tax_gap` (some orders would have no
//! tax rate), `tax_overlap` (some orders would have two).

mod delivery;
mod general;
mod invoices;
mod policy;
mod tax;
#[cfg(test)]
mod tests;
mod urls;
mod warehouse;

use std::collections::BTreeSet;

use super::{Settings, Warehouse};
use crate::address::Country;
use crate::api::FieldError;

/// Bounds of what an administrator may set up.
mod bounds {
    /// Tax classes.
    pub const CLASSES: usize = 50;
    /// Zones of the tax table: the countries of the world, or all states of a few.
    pub const TAX_ZONES: usize = 250;
    /// Taxes on one class of goods in one zone.
    pub const COMPONENTS: usize = 8;
    /// Characters of a tax's name.
    pub const TAX_NAME: usize = 50;
    /// Ways to deliver.
    pub const METHODS: usize = 20;
    /// Zones of one way to deliver.
    pub const DELIVERY_ZONES: usize = 50;
    /// Weight bands of one zone.
    pub const BANDS: usize = 50;
    /// Days on the way.
    pub const TRANSIT_DAYS: u32 = 365;
    /// Characters of the names of a way to deliver and of the sender of mails.
    pub const SHORT_NAME: usize = 100;
    /// Areas that a warehouse serves.
    pub const AREAS: usize = 50;
    /// Countries, regions or postal codes in one list.
    pub const PLACES: usize = 250;
    /// Characters of a region or the beginning of a postal code.
    pub const PLACE: usize = 64;
    /// Kilometres to anywhere: half of the Earth's circumference, 40 075 km at the equator (WGS 84), rounded up.
    pub const DISTANCE_KM: u32 = 20_100;
    /// Grams CO2e per tonne-kilometre, far above what air freight emits.
    pub const GRAMS_PER_TKM: u32 = 10_000;
    /// Origins that payments may lead back to.
    pub const ORIGINS: usize = 20;
    /// Characters of a URL.
    pub const URL: usize = 500;
    /// Kinds of packaging.
    pub const PACKAGINGS: usize = 50;
    /// Characters of the name of a packaging.
    pub const PACKAGING_NAME: usize = 60;
    /// Millimetres of a side of a packaging.
    pub const SIDE_MM: u32 = 10_000;
    /// Grams that a packaging carries.
    pub const CARRIED_GRAMS: u32 = 1_000_000;
    /// Grams that a packaging weighs itself.
    pub const PACKAGING_GRAMS: u32 = 100_000;
    /// Trees for one order.
    pub const TREES: u32 = 100;
    /// Days after delivery that a return can be asked for.
    pub const RETURN_DAYS: u32 = 365;
    /// Reasons to send something back.
    pub const REASONS: usize = 50;
    /// Characters of such a reason.
    pub const REASON: usize = 60;
}

impl Settings {
    /// Everything that is wrong with them; pointers begin at the settings.
    pub fn check(&self) -> Vec<FieldError> {
        let mut report = Report::default();
        tax::check(&self.tax, &mut report);
        delivery::check(&self.shipping_methods, self.currency, &mut report);
        tax::check_reach(&self.tax, &self.shipping_methods, &mut report);
        general::check(self, &mut report);
        policy::check(&self.policies, &mut report);
        invoices::check(&self.invoices, &mut report);
        report.0
    }
}

impl Warehouse {
    /// Everything that is wrong with it; pointers begin at the warehouse.
    pub fn check(&self) -> Vec<FieldError> {
        let mut report = Report::default();
        warehouse::check(self, &mut report);
        report.0
    }
}

/// The mistakes found so far.
#[derive(Default)]
struct Report(Vec<FieldError>);

impl Report {
    fn add(&mut self, pointer: impl Into<String>, code: &'static str, detail: &str) {
        self.0.push(FieldError::new(pointer, code, detail));
    }

    /// A number between two others.
    fn range(&mut self, pointer: impl Into<String>, value: u32, allowed: std::ops::RangeInclusive<u32>) {
        if !allowed.contains(&value) {
            let detail = format!("{} to {}", allowed.start(), allowed.end());
            self.add(pointer, "out_of_range", &detail);
        }
    }

    /// A list that is not too long.
    fn at_most(&mut self, pointer: &str, length: usize, most: usize) {
        if length > most {
            self.add(pointer, "out_of_range", &format!("at most {most}"));
        }
    }

    /// A text for people: something in it, nothing unprintable, not too long.
    fn text(&mut self, pointer: impl Into<String>, text: &str, most: usize) {
        if !is_text(text, most) {
            let detail = format!("1 to {most} printable characters");
            self.add(pointer, "invalid", &detail);
        }
    }

    /// A list in which nothing is named twice.
    fn unique<T: Ord>(
        &mut self,
        pointer: &str,
        list: impl IntoIterator<Item = T>,
        place: impl Fn(usize) -> String,
    ) {
        let mut seen = BTreeSet::new();
        for (at, item) in list.into_iter().enumerate() {
            if !seen.insert(item) {
                self.add(format!("{pointer}/{}", place(at)), "duplicate", "it is there already");
            }
        }
    }

    /// The countries and regions of a zone, by themselves.
    fn places(&mut self, pointer: &str, countries: &[Country], regions: &[String]) {
        self.at_most(&format!("{pointer}/countries"), countries.len(), bounds::PLACES);
        self.unique(&format!("{pointer}/countries"), countries, |at| at.to_string());
        self.place_names(&format!("{pointer}/regions"), regions);
        self.unique(&format!("{pointer}/regions"), regions.iter().map(|region| plain(region)), |at| {
            at.to_string()
        });
        if !regions.is_empty() && countries.len() != 1 {
            self.add(format!("{pointer}/regions"), "invalid", "regions belong to exactly one country");
        }
    }

    /// Regions or beginnings of postal codes.
    fn place_names(&mut self, pointer: &str, names: &[String]) {
        self.at_most(pointer, names.len(), bounds::PLACES);
        for (at, name) in names.iter().enumerate() {
            self.text(format!("{pointer}/{at}"), name, bounds::PLACE);
        }
    }

    /// Zones among which no destination may find two.
    fn overlaps<'a>(
        &mut self,
        pointer: &str,
        code: &'static str,
        zones: impl Iterator<Item = (&'a [Country], &'a [String])>,
    ) {
        let mut seen = BTreeSet::new();
        for (zone, (countries, regions)) in zones.enumerate() {
            let mut of_zone = BTreeSet::new();
            for (at, country) in countries.iter().enumerate() {
                if regions.is_empty() {
                    if seen.contains(&(*country, None)) {
                        let pointer = format!("{pointer}/{zone}/countries/{at}");
                        self.add(pointer, code, &format!("another zone is for {country} as well"));
                    }
                    of_zone.insert((*country, None));
                }
                for (at, region) in regions.iter().enumerate() {
                    let place = (*country, Some(plain(region)));
                    if seen.contains(&place) {
                        let pointer = format!("{pointer}/{zone}/regions/{at}");
                        self.add(
                            pointer,
                            code,
                            &format!("another zone is for {region} in {country} as well"),
                        );
                    }
                    of_zone.insert(place);
                }
            }
            seen.extend(of_zone);
        }
    }
}

/// As [`crate::address::Destination::is_in_one_of`] compares regions.
fn plain(region: &str) -> String {
    region.trim().to_lowercase()
}

fn is_text(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
}
