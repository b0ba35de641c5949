//! What is given back of a charge (Stripe docs, "Refund and cancel payments").

use std::collections::BTreeMap;

use rusqlite::params;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cards;
use super::charges::Charge;
use super::disputes;
use super::error::{ApiError, Failure};
use super::form::{Params, required};
use super::intents::PaymentIntent;
use super::store::{Object, Work, to_json};

#[cfg(test)]
mod tests;

/// Why one fails, and what one has that was canceled (API docs, Refund `failure_reason`).
const FAILURE_REASON: &str = "expired_or_canceled_card";
const MERCHANT_REQUEST: &str = "merchant_request";

/// API docs, Refund `status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Pending,
    RequiresAction,
    Succeeded,
    Failed,
    Canceled,
}

impl Status {
    const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::RequiresAction => "requires_action",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    fn named(name: &str) -> Option<Self> {
        let all = [Self::Pending, Self::RequiresAction, Self::Succeeded, Self::Failed, Self::Canceled];
        all.into_iter().find(|status| status.name() == name)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "object", rename = "refund")]
pub(super) struct Refund {
    id: String,
    amount: i64,
    balance_transaction: Option<String>,
    charge: String,
    created: i64,
    currency: String,
    /// Only a failed or canceled refund has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure_reason: Option<String>,
    metadata: BTreeMap<String, String>,
    payment_intent: String,
    reason: Option<String>,
    receipt_number: Option<String>,
    status: Status,
}

impl Object for Refund {
    const KIND: &'static str = "refund";

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

impl Refund {
    fn of(work: &Work<'_>, charge: &Charge, amount: i64, reason: Option<&str>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: work.new_id("re_")?,
            amount,
            balance_transaction: None,
            charge: charge.id.clone(),
            created: work.created(),
            currency: charge.currency.clone(),
            failure_reason: None,
            metadata: BTreeMap::new(),
            payment_intent: charge.payment_intent.clone(),
            reason: reason.map(str::to_owned),
            receipt_number: None,
            status: Status::Succeeded,
        })
    }

    /// What stands for the part of an authorization that is not captured: no money moved, and none does. Nothing in it
    /// says so but the charge.
    pub fn release(
        work: &Work<'_>,
        charge: &mut Charge,
        amount: i64,
        reason: Option<&str>,
    ) -> rusqlite::Result<()> {
        let refund = Self::of(work, charge, amount, reason)?;
        work.db.execute(
            "INSERT INTO releases (refund, charge, amount) VALUES (?1, ?2, ?3)",
            params![refund.id, charge.id, amount],
        )?;
        refund.begin(work, charge)
    }

    fn begin(&self, work: &Work<'_>, charge: &mut Charge) -> rusqlite::Result<()> {
        charge.add_refunded(work, self.amount)?;
        work.save(charge)?;
        work.save(self)?;
        work.emit("refund.created", self)?;
        work.emit("charge.refunded", charge)
    }

    /// Comes to another state. What did not reach the customer is back with the seller, who may refund the charge again.
    fn becomes(&mut self, work: &Work<'_>, status: Status) -> Result<(), Failure> {
        self.status = status;
        self.failure_reason = match status {
            Status::Failed => Some(FAILURE_REASON.to_owned()),
            Status::Canceled => Some(MERCHANT_REQUEST.to_owned()),
            Status::Pending | Status::RequiresAction | Status::Succeeded => None,
        };
        if self.failure_reason.is_some() {
            let mut charge: Charge = work.find(&self.charge, "charge")?;
            charge.add_refunded(work, -self.amount)?;
            work.save(&charge)?;
        }
        work.save(self)?;
        work.db.execute("DELETE FROM unsettled_refunds WHERE id = ?1", [&self.id])?;
        work.emit("refund.updated", self)?;
        work.emit("charge.refund.updated", self)?;
        if status == Status::Failed {
            work.emit("refund.failed", self)?;
        }
        Ok(())
    }
}

/// The parameters of `POST /v1/refunds`.
pub(super) struct Create {
    target: Target,
    amount: Option<i64>,
    metadata: BTreeMap<String, String>,
    reason: Option<&'static str>,
}

enum Target {
    Intent(String),
    Charge(String),
}

impl Create {
    pub fn parse(params: &mut Params) -> Result<Self, ApiError> {
        let target = match (params.text("payment_intent"), params.text("charge")) {
            (Some(_), Some(_)) => {
                let message = "You may only specify one of these parameters: payment_intent, charge.";
                return Err(ApiError::invalid(message).param("charge"));
            }
            (None, Some(charge)) => Target::Charge(charge),
            (intent, None) => Target::Intent(required("payment_intent", intent)?),
        };
        Ok(Self {
            target,
            amount: params.amount("amount")?,
            metadata: params.metadata("metadata")?,
            reason: params.one_of("reason", &["duplicate", "fraudulent", "requested_by_customer"])?,
        })
    }

    pub fn run(self, work: &Work<'_>) -> Result<Value, Failure> {
        let mut charge = self.target.charge(work)?;
        disputes::allow_refund(work, &charge)?;
        let left = charge.left(work)?;
        if left == 0 {
            let message = format!("Charge {} has already been refunded.", charge.id);
            return Err(ApiError::invalid(message).code("charge_already_refunded").into());
        }
        let amount = self.amount.unwrap_or(left);
        if amount > left {
            let message = format!(
                "Refund amount ({amount} {0}) is greater than unrefunded amount on charge ({left} {0})",
                charge.currency
            );
            return Err(ApiError::invalid(message).param("amount").into());
        }
        let card = charge.payment_method.as_deref().unwrap_or_default();
        let course = cards::refund(card, is_first(work, &charge)?);
        let mut refund = Refund::of(work, &charge, amount, self.reason)?;
        refund.metadata = self.metadata;
        refund.status = course.begins;
        refund.begin(work, &mut charge)?;
        if let Some((seconds, status)) = course.then {
            work.db.execute(
                "INSERT INTO unsettled_refunds (id, due, becomes) VALUES (?1, ?2, ?3)",
                params![refund.id, work.created() + seconds, status.name()],
            )?;
        }
        Ok(to_json(&refund)?)
    }
}

/// Whether nobody tried to refund the charge before.
fn is_first(work: &Work<'_>, charge: &Charge) -> rusqlite::Result<bool> {
    let select = "SELECT NOT EXISTS (SELECT 1 FROM objects WHERE intent = ?1 AND kind = 'refund'
                  AND id NOT IN (SELECT refund FROM releases))";
    work.db.prepare_cached(select)?.query_row([&charge.payment_intent], |row| row.get(0))
}

impl Target {
    /// The charge that took the money.
    fn charge(&self, work: &Work<'_>) -> Result<Charge, Failure> {
        match self {
            Self::Charge(id) => {
                let charge: Charge = work.find(id, "charge")?;
                let error = || {
                    ApiError::invalid(format!(
                        "The charge {id} was not successful: there is nothing to refund."
                    ))
                };
                if charge.captured { Ok(charge) } else { Err(error().param("charge").into()) }
            }
            Self::Intent(id) => {
                let intent: PaymentIntent = work.find(id, "payment_intent")?;
                let charge =
                    intent.latest_charge.map(|charge| work.find::<Charge>(&charge, "charge")).transpose()?;
                let message =
                    format!("This PaymentIntent ({id}) does not have a successful charge to refund.");
                let error = || ApiError::invalid(message).param("payment_intent");
                Ok(charge.filter(|charge| charge.captured).ok_or_else(error)?)
            }
        }
    }
}

/// `POST /v1/refunds/{id}/cancel`: only what waits for the customer can be canceled (API docs, "Cancel a refund").
pub(super) fn cancel(work: &Work<'_>, id: &str) -> Result<Value, Failure> {
    let mut refund: Refund = work.find(id, "id")?;
    if refund.status != Status::RequiresAction {
        let message = format!(
            "Refund {id} cannot be canceled because it has a status of {}. Only a refund with a status of \
             requires_action may be canceled.",
            refund.status.name()
        );
        return Err(ApiError::invalid(message).into());
    }
    refund.becomes(work, Status::Canceled)?;
    Ok(to_json(&refund)?)
}

/// Lets the refunds succeed or fail whose time has come.
pub(super) fn settle(work: &Work<'_>) -> Result<(), Failure> {
    let select = "SELECT id, becomes FROM unsettled_refunds WHERE due <= ?1 ORDER BY due, rowid";
    for (id, becomes) in work.due(select, |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))? {
        let status = Status::named(&becomes).unwrap_or(Status::Failed);
        work.find::<Refund>(&id, "id")?.becomes(work, status)?;
    }
    Ok(())
}
