//! Money that a card's bank holds until it is captured or let go (Stripe docs, "Place a hold on a payment method").

use rusqlite::params;
use serde_json::Value;

use super::charges::{Charge, MethodDetails};
use super::checkout;
use super::disputes;
use super::error::{ApiError, Failure};
use super::form::Params;
use super::intents::{PaymentIntent, Status};
use super::refunds::Refund;
use super::store::{Work, to_json};

#[cfg(test)]
mod tests;

/// How long a bank holds the money of a customer who pays online, in seconds (Stripe docs, "Place a hold on a payment
/// method", "Authorization validity windows": 7 days).
const HELD_FOR: i64 = 7 * 24 * 60 * 60;
/// Why a refund was made that stands for a hold whose time was up (API docs, Refund `reason`).
const EXPIRED: &str = "expired_uncaptured_charge";

/// When an authorization made now ends.
pub(super) fn capture_before(work: &Work<'_>) -> i64 {
    work.created() + HELD_FOR
}

/// The parameters of `POST /v1/payment_intents/{id}/capture`.
pub(super) struct Capture(Option<i64>);

impl Capture {
    pub fn parse(params: &mut Params) -> Result<Self, ApiError> {
        params.at_least(1, "amount_to_capture").map(Self)
    }

    pub fn run(self, work: &Work<'_>, id: &str) -> Result<Value, Failure> {
        let mut intent: PaymentIntent = work.find(id, "intent")?;
        if intent.status != Status::RequiresCapture {
            return Err(refusal(&intent)?.into());
        }
        let amount = self.0.unwrap_or(intent.amount_capturable);
        if amount > intent.amount_capturable {
            let message = "The payment could not be captured because the requested capture amount is greater than the \
                           amount you can capture for this charge.";
            let error = ApiError::invalid(message).code("amount_too_large");
            return Err(error.payment_intent(to_json(&intent)?).into());
        }
        let mut charge = intent.taken(work)?;
        charge.captured = true;
        charge.amount_captured = amount;
        charge.payment_method_details = MethodDetails::card(None);
        work.save(&charge)?;
        work.emit("charge.captured", &charge)?;
        release(work, &mut charge, intent.amount_capturable - amount, None)?;
        intent.status = Status::Succeeded;
        intent.amount_capturable = 0;
        intent.amount_received = amount;
        work.save(&intent)?;
        ended(work, &intent.id)?;
        disputes::open(work, &mut charge)?;
        work.emit("payment_intent.succeeded", &intent)?;
        checkout::paid(work, &intent.id)?;
        Ok(to_json(&intent)?)
    }
}

fn refusal(intent: &PaymentIntent) -> rusqlite::Result<ApiError> {
    let message = match intent.status {
        Status::Succeeded => {
            "This PaymentIntent could not be captured because it has already been captured.".to_owned()
        }
        status => format!(
            "This PaymentIntent could not be captured because it has a status of {}. Only a PaymentIntent with one of \
             the following statuses may be captured: requires_capture.",
            status.name()
        ),
    };
    Ok(ApiError::invalid(message).code("payment_intent_unexpected_state").payment_intent(to_json(intent)?))
}

impl PaymentIntent {
    /// The bank said yes, and the money waits.
    pub fn hold(&mut self, work: &Work<'_>) -> rusqlite::Result<()> {
        self.status = Status::RequiresCapture;
        self.amount_capturable = self.amount;
        work.save(self)?;
        let insert = "INSERT INTO holds (intent, due) VALUES (?1, ?2)";
        work.db.execute(insert, params![self.id, capture_before(work)])?;
        work.emit("payment_intent.amount_capturable_updated", self)?;
        checkout::held(work, &self.id)
    }

    /// Gives up what is held, if anything is. `why` is the reason that a refund has for it.
    pub fn let_go(&mut self, work: &Work<'_>, why: Option<&str>) -> Result<(), Failure> {
        if self.status == Status::RequiresCapture {
            let mut charge = self.taken(work)?;
            charge.payment_method_details = MethodDetails::card(None);
            work.save(&charge)?;
            if why.is_some() {
                work.emit("charge.expired", &charge)?;
            }
            release(work, &mut charge, self.amount_capturable, why)?;
            ended(work, &self.id)?;
            self.amount_capturable = 0;
        }
        Ok(())
    }

    fn taken(&self, work: &Work<'_>) -> Result<Charge, Failure> {
        work.find(self.latest_charge.as_deref().unwrap_or_default(), "charge")
    }
}

/// Shows what is not captured as a refund, in the versions that do.
fn release(work: &Work<'_>, charge: &mut Charge, amount: i64, why: Option<&str>) -> rusqlite::Result<()> {
    if amount == 0 || !work.version.releases_are_refunds() {
        return Ok(());
    }
    Refund::release(work, charge, amount, why)
}

fn ended(work: &Work<'_>, intent: &str) -> rusqlite::Result<()> {
    work.db.execute("DELETE FROM holds WHERE intent = ?1", [intent])?;
    Ok(())
}

/// Cancels the intents whose authorization is over.
pub(super) fn settle(work: &Work<'_>) -> Result<(), Failure> {
    let select = "SELECT intent FROM holds WHERE due <= ?1 ORDER BY due, rowid";
    for id in work.due(select, |row| row.get::<_, String>(0))? {
        let mut intent: PaymentIntent = work.find(&id, "intent")?;
        intent.let_go(work, Some(EXPIRED))?;
        intent.cancel(work, Some("automatic"))?;
    }
    Ok(())
}
