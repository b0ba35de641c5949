//! Which way to deliver, and for how much.

use super::{Basket, PriceError};
use crate::ids::ShippingMethodId;
use crate::money::{Currency, Money};
use crate::store::{Settings, ShippingMethod};

/// The name and the transit days of the delivery of a store that has set up none.
const STANDARD: (&str, u32) = ("Standard", 5);

/// A way to deliver this basket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way<'a> {
    /// Which method.
    pub method: Option<&'a ShippingMethodId>,
    /// Its name.
    pub name: &'a str,
    /// Minor units.
    pub charge: i128,
    /// Days on the way.
    pub transit_days: u32,
}

/// The named way, or else the cheapest, then the fastest, then the first of the settings. `goods` is what they cost after
/// all discounts, in minor units.
pub(super) fn choose<'a>(
    basket: &Basket,
    settings: &'a Settings,
    goods: i128,
) -> Result<Way<'a>, PriceError> {
    let methods = &settings.shipping_methods;
    let grams =
        basket.lines.iter().map(|line| u128::from(line.weight_grams) * u128::from(line.quantity)).sum();
    match &basket.shipping_method {
        Some(id) => methods
            .iter()
            .find(|method| method.id == *id)
            .ok_or(PriceError::UnknownShippingMethod)
            .and_then(|method| way(method, basket, grams, goods).ok_or(PriceError::NotDeliverable)),
        None if methods.is_empty() => {
            let (name, transit_days) = STANDARD;
            Ok(Way { method: None, name, charge: 0, transit_days })
        }
        None => methods
            .iter()
            .filter_map(|method| way(method, basket, grams, goods))
            .min_by_key(|way| (way.charge, way.transit_days))
            .ok_or(PriceError::NotDeliverable),
    }
}

fn way<'a>(method: &'a ShippingMethod, basket: &Basket, grams: u128, goods: i128) -> Option<Way<'a>> {
    let zone = method.zone(&basket.destination)?;
    let band = zone.bands.iter().find(|band| grams <= u128::from(band.up_to_grams))?;
    let price = minor(band.price.0, basket.currency)?;
    let free =
        zone.free_from.and_then(|from| minor(from.0, basket.currency)).is_some_and(|from| goods >= from);
    let charge = if free { 0 } else { price };
    Some(Way { method: Some(&method.id), name: &method.name, charge, transit_days: zone.transit_days })
}

/// None if the settings have an amount that the currency has not; they are checked when they are written.
fn minor(amount: rust_decimal::Decimal, currency: Currency) -> Option<i128> {
    Money::new(amount, currency).ok().map(|money| i128::from(money.minor()))
}
