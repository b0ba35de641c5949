//! Addresses, as a shipment carries them (API docs, "Addresses").

use serde_json::{Value, json};
use shared::address::Country;

use super::error::{ApiError, Failure};
use super::params::Params;
use super::store::Work;

const TEXTS: [&str; 11] = [
    "name",
    "company",
    "street1",
    "street2",
    "street3",
    "street_no",
    "city",
    "state",
    "zip",
    "phone",
    "email",
];

/// The address under a field of the request, stored.
pub(super) fn parse(work: &Work<'_>, params: &mut Params, field: &str) -> Result<Value, Failure> {
    let given = params.take(field).ok_or_else(|| ApiError::field(field, "This field is required."))?;
    let mut fields = Params::of(given).map_err(|_| ApiError::no_such(field, "Address"))?;
    let mut address = work.object()?;
    read(&mut fields, &mut address).map_err(|error| error.within(field))?;
    fields.finish().map_err(|error| error.within(field))?;
    Ok(address)
}

fn read(fields: &mut Params, address: &mut Value) -> Result<(), ApiError> {
    for name in TEXTS {
        address[name] = fields.text(name)?.unwrap_or_default().into();
    }
    let country = fields.need("country")?;
    Country::parse(&country).map_err(|_| ApiError::field("country", "Not a country code."))?;
    address["country"] = country.into();
    address["is_residential"] = json!(fields.take("is_residential").and_then(|flag| flag.as_bool()));
    address["metadata"] = fields.metadata()?.into();
    if fields.flag("validate", false)? {
        return Err(ApiError::field("validate", "This is not known here."));
    }
    address["validation_results"] = json!({});
    address["is_complete"] = missing(address).is_none().into();
    Ok(())
}

/// What a label cannot be bought without (API docs: "required for purchase"). Canada and the USA cannot do without state
/// and postal code; about other countries the fake does not know enough.
pub(super) fn missing(address: &Value) -> Option<&'static str> {
    let is_american = matches!(address["country"].as_str(), Some("US" | "CA"));
    let american: &[&str] = if is_american { &["state", "zip"] } else { &[] };
    ["name", "street1", "city"]
        .iter()
        .chain(american)
        .copied()
        .find(|name| address[*name].as_str().is_none_or(|text| text.trim().is_empty()))
}

/// As tracks show it.
pub(super) fn place(address: &Value) -> Value {
    let pick = |name: &str| address[name].clone();
    json!({ "city": pick("city"), "state": pick("state"), "zip": pick("zip"), "country": pick("country") })
}

pub(super) fn country(address: &Value) -> Country {
    let code = address["country"].as_str().unwrap_or_default();
    Country::parse(code).unwrap_or(Country::UNKNOWN)
}
