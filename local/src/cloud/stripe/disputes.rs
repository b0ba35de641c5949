//! Charges that customers dispute with their bank (Stripe docs, "How disputes work").

use std::collections::BTreeMap;

use rusqlite::params;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::evidence::Details;
pub(super) use self::evidence::Update;
use super::cards;
use super::charges::Charge;
use super::error::{ApiError, Failure};
use super::store::{Object, Work, to_json};

mod evidence;
#[cfg(test)]
mod tests;

/// API docs, Dispute `status`. A warning is an inquiry: no money has been withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    WarningNeedsResponse,
    WarningUnderReview,
    WarningClosed,
    NeedsResponse,
    UnderReview,
    Won,
    Lost,
}

impl Status {
    const fn is_final(self) -> bool {
        matches!(self, Self::Won | Self::Lost | Self::WarningClosed)
    }

    const fn is_inquiry(self) -> bool {
        matches!(self, Self::WarningNeedsResponse | Self::WarningUnderReview | Self::WarningClosed)
    }

    /// Whether the charge can be refunded: not while the bank has taken the money.
    const fn is_refundable(self) -> bool {
        self.is_inquiry() || matches!(self, Self::Won)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "object", rename = "dispute")]
pub(super) struct Dispute {
    id: String,
    amount: i64,
    balance_transactions: Vec<Value>,
    charge: String,
    created: i64,
    currency: String,
    evidence: BTreeMap<String, Option<String>>,
    evidence_details: Details,
    is_charge_refundable: bool,
    livemode: bool,
    metadata: BTreeMap<String, String>,
    payment_intent: String,
    payment_method_details: Value,
    reason: String,
    status: Status,
}

impl Object for Dispute {
    const KIND: &'static str = "dispute";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn intent(&self) -> Option<&str> {
        Some(&self.payment_intent)
    }
}

/// Disputes a charge whose money was just taken, if its card is one that does. Its events come before the intent's: the
/// first that a shop hears of a payment may be that it is disputed.
pub(super) fn open(work: &Work<'_>, charge: &mut Charge) -> rusqlite::Result<()> {
    // The reasons and their codes in Visa's network.
    let (reason, status, code) = match charge.payment_method.as_deref() {
        Some(cards::DISPUTED) => ("fraudulent", Status::NeedsResponse, "10.4"),
        Some(cards::NOT_RECEIVED) => ("product_not_received", Status::NeedsResponse, "13.1"),
        Some(cards::INQUIRED) => ("fraudulent", Status::WarningNeedsResponse, "10"),
        _ => return Ok(()),
    };
    let dispute = Dispute {
        id: work.new_id("du_")?,
        amount: charge.amount_captured,
        balance_transactions: Vec::new(),
        charge: charge.id.clone(),
        created: work.created(),
        currency: charge.currency.clone(),
        evidence: evidence::none(),
        evidence_details: Details::due_after(work.created()),
        is_charge_refundable: status.is_refundable(),
        livemode: false,
        metadata: BTreeMap::new(),
        payment_intent: charge.payment_intent.clone(),
        payment_method_details: json!({
            "card": { "brand": "visa", "network_reason_code": code },
            "type": "card",
        }),
        reason: reason.to_owned(),
        status,
    };
    charge.disputed = true;
    work.save(charge)?;
    work.save(&dispute)?;
    work.emit("charge.dispute.created", &dispute)?;
    if status.is_inquiry() { Ok(()) } else { work.emit("charge.dispute.funds_withdrawn", &dispute) }
}

impl Dispute {
    /// An error if it is over.
    fn expect_open(&self) -> Result<(), ApiError> {
        if self.status.is_final() {
            return Err(ApiError::invalid("This dispute is already closed"));
        }
        Ok(())
    }

    /// Comes to another state, and says what that does to the money.
    fn becomes(&mut self, work: &Work<'_>, status: Status) -> rusqlite::Result<()> {
        let was_inquiry = self.status.is_inquiry();
        self.status = status;
        self.is_charge_refundable = status.is_refundable();
        work.save(self)?;
        work.db.execute("DELETE FROM reviews WHERE dispute = ?1", [&self.id])?;
        match status {
            Status::Won => work.emit("charge.dispute.funds_reinstated", self)?,
            Status::NeedsResponse if was_inquiry => {
                work.emit("charge.dispute.updated", self)?;
                work.emit("charge.dispute.funds_withdrawn", self)?;
            }
            _ => {}
        }
        if status.is_final() { work.emit("charge.dispute.closed", self) } else { Ok(()) }
    }
}

/// `POST /v1/disputes/{id}/close`: it is lost, and nothing changes that (API docs, "Close a dispute").
pub(super) fn close(work: &Work<'_>, id: &str) -> Result<Value, Failure> {
    let mut dispute: Dispute = work.find(id, "dispute")?;
    dispute.expect_open()?;
    dispute.becomes(work, Status::Lost)?;
    Ok(to_json(&dispute)?)
}

/// An error if the bank has taken the charge's money back.
pub(super) fn allow_refund(work: &Work<'_>, charge: &Charge) -> Result<(), Failure> {
    match work.belonging::<Dispute>(&charge.payment_intent)? {
        Some(dispute) if !dispute.is_charge_refundable => {
            let message = format!("Charge {} has been charged back; cannot issue a refund.", charge.id);
            Err(ApiError::invalid(message).code("charge_disputed").into())
        }
        _ => Ok(()),
    }
}

/// Lets the bank decide whose review is over.
pub(super) fn settle(work: &Work<'_>) -> Result<(), Failure> {
    let select = "SELECT dispute, becomes FROM reviews WHERE due <= ?1 ORDER BY due, rowid";
    for (id, becomes) in work.due(select, |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))? {
        let mut dispute: Dispute = work.find(&id, "dispute")?;
        let status = serde_json::from_value(Value::String(becomes)).map_err(super::store::unreadable)?;
        dispute.becomes(work, status)?;
    }
    Ok(())
}

/// Lets the bank decide after a while.
fn decide_later(work: &Work<'_>, dispute: &Dispute, status: Status) -> rusqlite::Result<()> {
    let becomes = to_json(&status)?;
    work.db.execute(
        "INSERT OR REPLACE INTO reviews (dispute, due, becomes) VALUES (?1, ?2, ?3)",
        params![dispute.id, work.created() + cards::SETTLES_AFTER, becomes.as_str()],
    )?;
    Ok(())
}
