//! Rates: what the carriers take for a shipment (API docs, "Rates").

use serde_json::{Value, json};
use shared::address::Country;
use time::{Duration, OffsetDateTime};

use super::accounts::{SERVICES, Service};
use super::addresses::country;
use super::error::{ApiError, Failure};
use super::params::Params;
use super::parcels::grams;
use super::store::{Kind, Work, id, iso};

/// How long a rate can be bought (API docs: "only rates less than 7 days old").
const VALID: Duration = Duration::days(7);

/// Countries of Europe that the carriers count as near each other.
const EUROPE: &str = "AD AL AT BA BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO \
RS SE SI SK SM UA VA XK";

/// Asks the carriers.
pub(super) fn create(work: &Work<'_>, shipment: &Value) -> Result<Vec<Value>, Failure> {
    let (from, to) = (country(&shipment["address_from"]), country(&shipment["address_to"]));
    let zone = zone(from, to);
    let weights: Vec<i64> = shipment["parcels"].as_array().into_iter().flatten().map(grams).collect();
    let offers: Vec<(&Service, i64, u32)> = SERVICES
        .iter()
        .filter(|service| weights.iter().all(|grams| *grams <= service.max_grams))
        .filter_map(|service| {
            let (base, per_kilogram, days) = service.zones[zone]?;
            let cents = weights.iter().map(|grams| base + per_kilogram * (grams.saturating_add(999) / 1000));
            Some((service, cents.sum(), days))
        })
        .collect();
    let cheapest = offers.iter().map(|(_, cents, _)| *cents).min();
    let fastest = offers.iter().map(|(_, _, days)| *days).min();
    let best = offers.iter().map(|(_, cents, days)| cents * i64::from(*days)).min();
    let rates = offers.iter().map(|(service, cents, days)| {
        let attributes: Vec<&str> = [
            (Some(*cents) == cheapest, "CHEAPEST"),
            (Some(*days) == fastest, "FASTEST"),
            (Some(cents * i64::from(*days)) == best, "BESTVALUE"),
        ]
        .into_iter()
        .filter_map(|(is, name)| is.then_some(name))
        .collect();
        let mut rate = offer(work, shipment, service, *cents, *days)?;
        rate["attributes"] = json!(attributes);
        work.save(Kind::Rate, id(shipment), &rate)?;
        Ok(rate)
    });
    rates.collect()
}

fn offer(
    work: &Work<'_>,
    shipment: &Value,
    service: &Service,
    cents: i64,
    days: u32,
) -> Result<Value, Failure> {
    let amount = format!("{}.{:02}", cents / 100, cents % 100);
    // Prices are in the currency of the sender's country, as far as the fake knows it.
    let currency = match shipment["address_from"]["country"].as_str() {
        Some("US") => "USD",
        Some("GB") => "GBP",
        _ => "EUR",
    };
    Ok(json!({
        "object_created": iso(work.now),
        "object_id": work.new_id()?,
        "object_owner": "twin@shop.example",
        "shipment": id(shipment),
        "amount": amount,
        "currency": currency,
        "amount_local": amount,
        "currency_local": currency,
        "provider": service.provider,
        "provider_image_75": "",
        "provider_image_200": "",
        "servicelevel": {
            "name": service.name, "token": service.token, "terms": "", "extended_token": service.token,
            "parent_servicelevel": null,
        },
        "estimated_days": days,
        "arrives_by": null,
        "duration_terms": "",
        "messages": [],
        "carrier_account": service.account(),
        "included_insurance_price": null,
        "zone": null,
        "test": true,
    }))
}

fn zone(from: Country, to: Country) -> usize {
    let near = |country: Country| EUROPE.split(' ').any(|code| code == country.code());
    match (from == to, near(from) && near(to)) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 2,
    }
}

/// `GET /shipments/{id}/rates`.
pub(super) fn list(work: &Work<'_>, shipment: &str, params: &mut Params) -> Result<Value, Failure> {
    work.get(Kind::Shipment, shipment)?;
    let mut rates = work.all(Kind::Rate, Some(shipment))?;
    rates.reverse();
    work.page(rates, params, &format!("shipments/{shipment}/rates"))
}

/// The rate that a label is bought at. One that is too old is as good as none.
pub(super) fn buyable(work: &Work<'_>, rate: &str) -> Result<Value, Failure> {
    let gone = || Failure::Api(ApiError::no_such("rate", "Rate"));
    let (rate, made): (Value, OffsetDateTime) = work.find(Kind::Rate, rate)?.ok_or_else(gone)?;
    if work.now - made < VALID { Ok(rate) } else { Err(gone()) }
}
