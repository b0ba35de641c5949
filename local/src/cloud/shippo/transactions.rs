//! Transactions: labels that are bought (API docs, "Transactions"). Nothing here is idempotent.

use serde_json::{Value, json};
use shared::carrier::needs_customs;

use super::accounts::Service;
use super::error::{ApiError, Failure};
use super::params::Params;
use super::store::{Kind, Work, id};
use super::{addresses, labels, rates, timetable};

/// Formats of labels, of which PNG is not made here.
const FORMATS: [&str; 8] =
    ["PDF", "PDF_4x6", "PDF_4x8", "PDF_A4", "PDF_A5", "PDF_A6", "PDF_2.3x7.5", "ZPLII"];
/// Seconds that a label takes which is not waited for.
const MADE_AFTER: i64 = 2;

/// `POST /transactions`. One transaction for each parcel; the answer is the first, which stands for all (docs, "Multi-piece
/// shipments").
pub(super) fn create(work: &Work<'_>, mut params: Params) -> Result<Value, Failure> {
    let rate = rates::buyable(work, &params.need("rate")?)?;
    let asynchronous = params.flag("async", true)?;
    let format = params.text("label_file_type")?.unwrap_or_else(|| "PDF".to_owned());
    if !FORMATS.contains(&format.as_str()) {
        return Err(
            ApiError::field("label_file_type", &format!("\"{format}\" is not a valid choice.")).into()
        );
    }
    let metadata = params.metadata()?;
    params.finish()?;
    work.purchase();
    let shipment = work.get(Kind::Shipment, rate["shipment"].as_str().unwrap_or_default())?;
    let refusal = refusal(work, &rate, &shipment);
    let parcels = shipment["parcels"].as_array().cloned().unwrap_or_default();
    let count = if refusal.is_some() { 1 } else { parcels.len() };
    let mut first = None;
    for parcel in parcels.iter().take(count) {
        let mut transaction = work.object()?;
        transaction["rate"] = rate["object_id"].clone();
        transaction["parcel"] = parcel["object_id"].clone();
        transaction["label_file_type"] = format.clone().into();
        transaction["metadata"] = metadata.clone().into();
        transaction["messages"] = json!(refusal.iter().collect::<Vec<_>>());
        transaction["object_state"] = "VALID".into();
        transaction["created_by"] = Value::Null;
        transaction["tracking_status"] = "UNKNOWN".into();
        for text in ["commercial_invoice_url", "qr_code_url", "tracking_number", "tracking_url_provider"] {
            transaction[text] = "".into();
        }
        transaction["eta"] = Value::Null;
        transaction["status"] = if refusal.is_some() { "ERROR" } else { "QUEUED" }.into();
        if refusal.is_none() && !asynchronous {
            make(work, &mut transaction)?;
        }
        work.save(Kind::Transaction, id(&rate), &transaction)?;
        if transaction["status"] == "QUEUED" {
            work.later(Kind::Transaction, id(&transaction), MADE_AFTER)?;
        }
        let shown = view(work, transaction);
        work.emit("transaction_created", &shown)?;
        first.get_or_insert(shown);
    }
    Ok(first.ok_or_else(ApiError::server)?)
}

/// Why the carrier does not sell the label.
fn refusal(work: &Work<'_>, rate: &Value, shipment: &Value) -> Option<Value> {
    let source = rate["provider"].as_str().unwrap_or_default();
    let message = |text: String| json!({ "source": source, "code": "", "text": text });
    let missing = ["address_from", "address_to"]
        .into_iter()
        .find_map(|side| Some((side, addresses::missing(&shipment[side])?)));
    let [from, to] = ["address_from", "address_to"].map(|side| addresses::country(&shipment[side]));
    let undeclared = needs_customs(from, to) && shipment["customs_declaration"].is_null();
    work.arranged_refusal(source)
        .or_else(|| {
            missing.map(|(side, field)| message(format!("{side}: {field} is required to buy a label")))
        })
        .or_else(|| undeclared.then(|| message("Customs declaration required".to_owned())))
}

/// The label is there, and the carrier knows of the parcel.
fn make(work: &Work<'_>, transaction: &mut Value) -> Result<(), Failure> {
    let rate = work.get(Kind::Rate, transaction["rate"].as_str().unwrap_or_default())?;
    let shipment = work.get(Kind::Shipment, rate["shipment"].as_str().unwrap_or_default())?;
    let service = Service::of(&rate).ok_or_else(ApiError::server)?;
    let number = service.tracking_number(id(transaction));
    transaction["status"] = "SUCCESS".into();
    transaction["tracking_url_provider"] = format!("{}/t/{}/{number}", work.base, service.carrier).into();
    transaction["eta"] = timetable::begin(work, service.carrier, &number, id(transaction), &shipment, &rate)?;
    transaction["tracking_number"] = number.into();
    Ok(())
}

/// Makes the labels that nobody waited for.
pub(super) fn settle(work: &Work<'_>) -> Result<(), Failure> {
    for (due, _) in work.due(Kind::Transaction)? {
        let mut transaction = work.get(Kind::Transaction, &due)?;
        make(work, &mut transaction)?;
        changed(work, transaction)?;
    }
    Ok(())
}

/// Keeps what became of a transaction, and tells it.
pub(super) fn changed(work: &Work<'_>, mut transaction: Value) -> Result<(), Failure> {
    work.update(Kind::Transaction, &mut transaction)?;
    let shown = view(work, transaction);
    Ok(work.emit("transaction_updated", &shown)?)
}

/// A transaction as it is shown now: links to labels are signed anew each time.
fn view(work: &Work<'_>, mut transaction: Value) -> Value {
    let is_made = transaction["tracking_number"].as_str().is_some_and(|number| !number.is_empty());
    let link = is_made.then(|| labels::link(work, id(&transaction)));
    transaction["label_url"] = link.unwrap_or_default().into();
    transaction
}

/// `GET /transactions/{id}`.
pub(super) fn get(work: &Work<'_>, transaction: &str) -> Result<Value, Failure> {
    Ok(view(work, work.get(Kind::Transaction, transaction)?))
}

/// `GET /transactions`.
pub(super) fn list(work: &Work<'_>, params: &mut Params) -> Result<Value, Failure> {
    let rate = params.text("rate")?;
    let (status, tracking) = (params.text("object_status")?, params.text("tracking_status")?);
    let mut all = work.all(Kind::Transaction, rate.as_deref())?;
    all.retain(|transaction| {
        status.as_ref().is_none_or(|status| transaction["status"] == status.as_str())
            && tracking.as_ref().is_none_or(|status| transaction["tracking_status"] == status.as_str())
    });
    let all = all.into_iter().map(|transaction| view(work, transaction)).collect();
    work.page(all, params, "transactions")
}

/// All of them, oldest first.
pub(super) fn all(work: &Work<'_>) -> Result<Vec<Value>, Failure> {
    let all = work.all(Kind::Transaction, None)?;
    Ok(all.into_iter().map(|transaction| view(work, transaction)).collect())
}
