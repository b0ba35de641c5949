//! Tracks: what is known of parcels (API docs, "Tracking status").

use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

use super::error::{ApiError, Failure};
use super::params::Params;
use super::store::{Work, body, iso};

/// The carrier of the documented test numbers (docs, "Tracking": test mode).
const TEST_CARRIER: &str = "shippo";
/// The test numbers: each with its status, what it is more exactly, and what the carrier says.
const TEST_NUMBERS: [(&str, &str, &str, &str); 6] = [
    ("SHIPPO_PRE_TRANSIT", "PRE_TRANSIT", "information_received", "Information about the package received."),
    ("SHIPPO_TRANSIT", "TRANSIT", "package_departed", "Package has departed from a carrier facility."),
    ("SHIPPO_DELIVERED", "DELIVERED", "delivered", "Package has been delivered."),
    ("SHIPPO_RETURNED", "RETURNED", "return_to_sender", "Package is returned to the sender."),
    ("SHIPPO_FAILURE", "FAILURE", "package_lost", "Package has been lost."),
    ("SHIPPO_UNKNOWN", "UNKNOWN", "other", "The carrier says nothing about the package."),
];

/// Keeps what is known of a parcel. Labels of Shippo's are tracked without being registered (docs, "Webhooks").
pub(super) fn know(
    work: &Work<'_>,
    carrier: &str,
    number: &str,
    transaction: &str,
    known: &Value,
) -> Result<(), Failure> {
    work.db.execute(
        "INSERT INTO tracks (carrier, number, registered, parcel, body) VALUES (?1, ?2, 1, ?3, ?4)",
        params![carrier, number, transaction, known.to_string()],
    )?;
    Ok(())
}

/// A track with its scans so far, the transaction of its label, and how often it is registered. Of what somebody said about
/// the label, a track knows nothing: Shippo does not say that it would.
pub(super) fn find(
    work: &Work<'_>,
    carrier: &str,
    number: &str,
) -> Result<Option<(Value, String, i64)>, Failure> {
    let mut select = work.db.prepare_cached(
        "SELECT body, parcel, registered, metadata FROM tracks WHERE carrier = ?1 AND number = ?2",
    )?;
    let found = select.query_row([carrier, number], |row| {
        Ok((body(row)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?, row.get::<_, Option<String>>(3)?))
    });
    let Some((mut track, parcel, registered, metadata)) = found.optional()? else {
        return Ok(None);
    };
    let mut select = work.db.prepare_cached(
        "SELECT body FROM scans WHERE carrier = ?1 AND number = ?2 AND told = 1 ORDER BY due_ms, seq",
    )?;
    let history: Vec<Value> = select.query_map([carrier, number], body)?.collect::<Result<_, _>>()?;
    track["carrier"] = carrier.into();
    track["tracking_number"] = number.into();
    track["metadata"] = json!(metadata);
    track["messages"] = json!([]);
    track["test"] = true.into();
    track["tracking_status"] = history.last().cloned().unwrap_or_default();
    track["tracking_history"] = history.into();
    Ok(Some((track, parcel, registered)))
}

/// `GET /tracks/{carrier}/{number}`. Of what nobody knows there is a track without a history.
pub(super) fn get(work: &Work<'_>, carrier: &str, number: &str) -> Result<Value, Failure> {
    if carrier == TEST_CARRIER {
        return Ok(test(work, number, None)?.ok_or_else(ApiError::not_found)?);
    }
    Ok(find(work, carrier, number)?.map_or_else(|| unknown(carrier, number, None), |(track, ..)| track))
}

/// `POST /tracks`: a parcel is to be told about, though its label is not Shippo's; or once more, if it is.
pub(super) fn register(work: &Work<'_>, mut params: Params) -> Result<Value, Failure> {
    let (carrier, number) = (params.need("carrier")?, params.need("tracking_number")?);
    let metadata = Some(params.metadata()?).filter(|text| !text.is_empty());
    params.finish()?;
    if carrier == TEST_CARRIER {
        let track = test(work, &number, metadata.as_deref())?;
        let track =
            track.ok_or_else(|| ApiError::field("tracking_number", "Not one of the test numbers."))?;
        work.emit("track_updated", &track)?;
        return Ok(track);
    }
    work.db.execute(
        "UPDATE tracks SET registered = registered + 1, metadata = coalesce(?3, metadata)
         WHERE carrier = ?1 AND number = ?2",
        params![carrier, number, metadata],
    )?;
    let known = find(work, &carrier, &number)?;
    Ok(known.map_or_else(|| unknown(&carrier, &number, metadata.as_deref()), |(track, ..)| track))
}

fn unknown(carrier: &str, number: &str, metadata: Option<&str>) -> Value {
    json!({
        "carrier": carrier, "tracking_number": number, "address_from": null, "address_to": null, "eta": null,
        "original_eta": null, "servicelevel": { "name": null, "token": null }, "metadata": metadata, "messages": [],
        "transaction": null, "tracking_status": null, "tracking_history": [], "test": true,
    })
}

fn test(work: &Work<'_>, number: &str, metadata: Option<&str>) -> Result<Option<Value>, Failure> {
    let Some((_, status, code, text)) = TEST_NUMBERS.iter().find(|(known, ..)| *known == number) else {
        return Ok(None);
    };
    let at = iso(work.now);
    let scan = json!({
        "object_created": at, "object_id": work.new_id()?, "object_updated": at,
        "status": status, "status_details": text,
        "status_date": if *status == "UNKNOWN" { Value::Null } else { at.clone().into() },
        "substatus": { "code": code, "text": text, "action_required": false },
        "location": { "city": "San Francisco", "state": "CA", "zip": "94103", "country": "US" },
    });
    let mut track = unknown(TEST_CARRIER, number, metadata);
    track["tracking_history"] = json!([scan]);
    track["tracking_status"] = scan;
    Ok(Some(track))
}
