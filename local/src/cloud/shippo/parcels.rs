//! Parcels, as a shipment carries them (API docs, "Parcels"). Measures are decimal texts.

use serde_json::Value;

use super::error::{ApiError, Failure};
use super::params::Params;
use super::store::Work;

/// Decimals that a measure may have (API docs: "four digits after the decimal separator").
const DECIMALS: usize = 4;

/// The parcels of a request, stored.
pub(super) fn parse(work: &Work<'_>, params: &mut Params) -> Result<Vec<Value>, Failure> {
    let given = match params.take("parcels") {
        Some(Value::Array(parcels)) if !parcels.is_empty() => parcels,
        Some(parcel @ Value::Object(_)) => vec![parcel],
        Some(_) => return Err(ApiError::field("parcels", "This field may not be empty.").into()),
        None => return Err(ApiError::field("parcels", "This field is required.").into()),
    };
    given.into_iter().map(|parcel| parse_one(work, parcel)).collect()
}

fn parse_one(work: &Work<'_>, given: Value) -> Result<Value, Failure> {
    let mut fields = Params::of(given).map_err(|_| ApiError::no_such("parcels", "Parcel"))?;
    let mut parcel = work.object()?;
    read(&mut fields, &mut parcel).map_err(|error| error.within("parcels"))?;
    fields.finish().map_err(|error| error.within("parcels"))?;
    Ok(parcel)
}

fn read(fields: &mut Params, parcel: &mut Value) -> Result<(), ApiError> {
    for (unit, units) in [
        ("distance_unit", ["cm", "in", "ft", "m", "mm", "yd"].as_slice()),
        ("mass_unit", &["g", "kg", "lb", "oz"]),
    ] {
        let given = fields.need(unit)?;
        if !units.contains(&given.as_str()) {
            return Err(ApiError::field(unit, &format!("\"{given}\" is not a valid choice.")));
        }
        parcel[unit] = given.into();
    }
    for measure in ["length", "width", "height", "weight"] {
        let given = fields.need(measure)?;
        if ten_thousandths(&given).is_none_or(|value| value == 0) {
            return Err(ApiError::field(measure, "A valid number is required."));
        }
        parcel[measure] = given.into();
    }
    parcel["metadata"] = fields.metadata()?.into();
    parcel["object_state"] = "VALID".into();
    parcel["template"] = Value::Null;
    Ok(())
}

/// Grams, rounded up.
pub(super) fn grams(parcel: &Value) -> i64 {
    let weight = ten_thousandths(parcel["weight"].as_str().unwrap_or_default()).unwrap_or(0);
    // Milligrams in a unit (avoirdupois: international yard and pound agreement of 1959).
    let milligrams = match parcel["mass_unit"].as_str() {
        Some("kg") => 1_000_000,
        Some("lb") => 453_592,
        Some("oz") => 28_350,
        _ => 1_000,
    };
    let exact = i128::from(weight) * milligrams;
    i64::try_from((exact + 9_999_999) / 10_000_000).unwrap_or(i64::MAX)
}

/// A decimal text of at most six and four digits, in ten thousandths.
fn ten_thousandths(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.len() > 6 || part.len() > DECIMALS {
        return None;
    }
    format!("{whole}{part:0<DECIMALS$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn weights_in_all_units_are_counted_in_grams_and_rounded_up() {
        for (weight, unit, expected) in
            [("850", "g", 850), ("1.2", "kg", 1_200), ("2", "lb", 908), ("0.5", "oz", 15), ("0.0001", "g", 1)]
        {
            assert_eq!(grams(&json!({ "weight": weight, "mass_unit": unit })), expected, "{weight} {unit}");
        }
    }

    #[test]
    fn a_measure_has_six_and_four_digits_at_most() {
        for (text, expected) in [
            ("1", Some(10_000)),
            ("123456.7891", Some(1_234_567_891)),
            ("0.05", Some(500)),
            ("", None),
            ("-1", None),
            ("1.", None),
            (".5", None),
            ("1e3", None),
            ("1234567", None),
            ("1.23456", None),
        ] {
            assert_eq!(ten_thousandths(text), expected, "{text}");
        }
    }
}
