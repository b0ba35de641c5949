//! The timetable: when and where parcels are scanned, and what that makes known.

use rusqlite::params;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::addresses::place;
use super::error::Failure;
use super::hooks::Way;
use super::store::{Kind, Work, body, iso};
use super::tracks;
use crate::cloud::storage::{millis, moment};

/// How long after the purchase of its label a parcel is scanned. The default is for somebody who watches: a minute in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timetable {
    /// The carrier knows of it.
    pub announced: Duration,
    /// It is picked up.
    pub accepted: Duration,
    /// It is at the sorting centre.
    pub sorted: Duration,
    /// It is with whoever rings the bell.
    pub out_for_delivery: Duration,
    /// It is handed over, or does not come.
    pub ended: Duration,
}

impl Default for Timetable {
    fn default() -> Self {
        let seconds = Duration::seconds;
        Self {
            announced: seconds(2),
            accepted: seconds(10),
            sorted: seconds(25),
            out_for_delivery: seconds(40),
            ended: seconds(60),
        }
    }
}

/// Where the sorting centres are (city and postal code), as far as a country has one here.
const CENTRES: [(&str, &str, &str); 6] = [
    ("NL", "Utrecht", "3542 AD"),
    ("BE", "Liège", "4460"),
    ("DE", "Leipzig", "04435"),
    ("FR", "Roissy-en-France", "95700"),
    ("GB", "Castle Donington", "DE74 2SA"),
    ("US", "Louisville", "40213"),
];

struct Scan {
    after: Duration,
    status: &'static str,
    code: &'static str,
    text: &'static str,
    at: Value,
}

/// The carrier knows of a parcel, and all its scans to come. When it is going to arrive, says the carrier.
pub(super) fn begin(
    work: &Work<'_>,
    carrier: &str,
    number: &str,
    transaction: &str,
    shipment: &Value,
    rate: &Value,
) -> Result<Value, Failure> {
    let eta = iso(work.now + work.hooks.timetable.ended);
    let known = json!({
        "address_from": place(&shipment["address_from"]),
        "address_to": place(&shipment["address_to"]),
        "eta": eta,
        "original_eta": eta,
        "servicelevel": rate["servicelevel"],
        "transaction": transaction,
    });
    tracks::know(work, carrier, number, transaction, &known)?;
    for scan in scans(work, &known) {
        let status = json!({
            "object_id": work.new_id()?,
            "status": scan.status,
            "substatus": { "code": scan.code, "text": scan.text, "action_required": false },
            "status_details": scan.text,
            "location": scan.at,
        });
        work.db.execute(
            "INSERT INTO scans (seq, carrier, number, due_ms, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![work.count()?, carrier, number, millis(work.now + scan.after), status.to_string()],
        )?;
    }
    Ok(eta.into())
}

fn scans(work: &Work<'_>, known: &Value) -> Vec<Scan> {
    let Timetable { announced, accepted, sorted, out_for_delivery, ended } = work.hooks.timetable;
    let (from, to) = (&known["address_from"], &known["address_to"]);
    let centre = CENTRES.iter().find(|(country, ..)| to["country"] == *country);
    let centre = centre.map_or_else(
        || to.clone(),
        |(country, city, zip)| json!({ "city": city, "state": "", "zip": zip, "country": country }),
    );
    let scan = |after, status, code, text, at: &Value| Scan { after, status, code, text, at: at.clone() };
    let mut all = vec![
        scan(
            announced,
            "PRE_TRANSIT",
            "information_received",
            "Information about the package received.",
            from,
        ),
        scan(accepted, "TRANSIT", "package_accepted", "Package has been picked up.", from),
        scan(sorted, "TRANSIT", "package_arrived", "Package has arrived at the sorting centre.", &centre),
    ];
    match work.hooks.way {
        Way::Delivered => all.extend([
            scan(out_for_delivery, "TRANSIT", "out_for_delivery", "Package is out for delivery.", to),
            scan(ended, "DELIVERED", "delivered", "Package has been delivered.", to),
        ]),
        Way::Returned => all.extend([
            scan(out_for_delivery, "TRANSIT", "delivery_attempted", "Nobody took the package.", to),
            scan(ended, "RETURNED", "return_to_sender", "Package is returned to the sender.", from),
        ]),
        Way::Lost => all.push(scan(ended, "FAILURE", "package_lost", "Package has been lost.", &centre)),
    }
    all
}

/// Lets the scans happen that are due, each at its own moment, even if nobody looked then.
pub(super) fn settle(work: &Work<'_>) -> Result<(), Failure> {
    let mut select = work.db.prepare_cached(
        "SELECT body, seq, carrier, number, due_ms FROM scans WHERE told = 0 AND due_ms <= ?1 ORDER BY due_ms, seq",
    )?;
    let due = select.query_map([millis(work.now)], |row| {
        Ok((body(row)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
    })?;
    let due: Vec<(Value, i64, String, String, i64)> = due.collect::<Result<_, _>>()?;
    for (mut scan, seq, carrier, number, due) in due {
        let at = iso(moment(due));
        for time in ["object_created", "object_updated", "status_date"] {
            scan[time] = at.clone().into();
        }
        work.db
            .execute("UPDATE scans SET told = 1, body = ?2 WHERE seq = ?1", params![seq, scan.to_string()])?;
        let Some((track, parcel, registered)) = tracks::find(work, &carrier, &number)? else {
            continue;
        };
        if let Some((mut transaction, _)) = work.find(Kind::Transaction, &parcel)? {
            transaction["tracking_status"] = scan["status"].clone();
            work.update(Kind::Transaction, &mut transaction)?;
        }
        // Each registration is told of each scan (docs: "Duplicate registrations can result in multiple notifications").
        for _ in 0..registered {
            work.emit("track_updated", &track)?;
        }
    }
    Ok(())
}

/// Whether the carrier had the parcel of a label at that moment.
pub(super) fn is_used(work: &Work<'_>, transaction: &str, by: OffsetDateTime) -> Result<bool, Failure> {
    let mut select = work.db.prepare_cached(
        "SELECT count(*) FROM scans JOIN tracks USING (carrier, number)
         WHERE parcel = ?1 AND due_ms <= ?2 AND json_extract(scans.body, '$.status') <> 'PRE_TRANSIT'",
    )?;
    let scans: i64 = select.query_row(params![transaction, millis(by)], |row| row.get(0))?;
    Ok(scans > 0)
}

/// The parcel of a label is not seen any more after that moment.
pub(super) fn end(work: &Work<'_>, transaction: &str, after: OffsetDateTime) -> Result<(), Failure> {
    work.db.execute(
        "DELETE FROM scans WHERE due_ms > ?2
         AND (carrier, number) IN (SELECT carrier, number FROM tracks WHERE parcel = ?1)",
        params![transaction, millis(after)],
    )?;
    Ok(())
}
