//! Refunds: labels that are given back because nobody used them (docs, "Refunding labels").

use serde_json::Value;

use super::error::{ApiError, Failure};
use super::params::Params;
use super::store::{Kind, Work, id};
use super::{timetable, transactions};

/// Seconds that a carrier takes to look whether a label was used. Real ones take weeks.
const DECIDED_AFTER: i64 = 5;

/// `POST /refunds`. A label that the carrier has scanned is refused at the end, not at once.
pub(super) fn create(work: &Work<'_>, mut params: Params) -> Result<Value, Failure> {
    let transaction = params.need("transaction")?;
    params.flag("async", true)?;
    params.finish()?;
    let found = work.find(Kind::Transaction, &transaction)?;
    let (mut label, _) = found.ok_or_else(|| ApiError::no_such("transaction", "Transaction"))?;
    if label["status"] != "SUCCESS" {
        let status = label["status"].as_str().unwrap_or_default();
        let text = format!("Only labels with the status SUCCESS can be refunded, not {status}.");
        return Err(ApiError::field("transaction", &text).into());
    }
    let mut refund = work.object()?;
    refund["transaction"] = transaction.into();
    refund["status"] = "QUEUED".into();
    work.save(Kind::Refund, id(&label), &refund)?;
    work.later(Kind::Refund, id(&refund), DECIDED_AFTER)?;
    label["status"] = "REFUNDPENDING".into();
    transactions::changed(work, label)?;
    Ok(refund)
}

/// Lets carriers decide about labels that they had time for.
pub(super) fn settle(work: &Work<'_>) -> Result<(), Failure> {
    for (due, decided) in work.due(Kind::Refund)? {
        let mut refund = work.get(Kind::Refund, &due)?;
        let mut label = work.get(Kind::Transaction, refund["transaction"].as_str().unwrap_or_default())?;
        let used = timetable::is_used(work, id(&label), decided)?;
        let (refund_status, label_status) =
            if used { ("ERROR", "REFUNDREJECTED") } else { ("SUCCESS", "REFUNDED") };
        if !used {
            timetable::end(work, id(&label), decided)?;
        }
        refund["status"] = refund_status.into();
        work.update(Kind::Refund, &mut refund)?;
        label["status"] = label_status.into();
        transactions::changed(work, label)?;
    }
    Ok(())
}

/// `GET /refunds`.
pub(super) fn list(work: &Work<'_>, params: &mut Params) -> Result<Value, Failure> {
    work.page(work.all(Kind::Refund, None)?, params, "refunds")
}
