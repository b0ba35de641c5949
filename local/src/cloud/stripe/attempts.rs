//! Attempts to charge an intent's card, and what comes of them (Stripe docs, "PaymentIntent lifecycle").

use serde_json::json;

use super::captures;
use super::cards::{self, Decline, Outcome};
use super::charges::{Charge, MethodDetails};
use super::checkout;
use super::disputes;
use super::error::{ApiError, Failure};
use super::intents::{PaymentIntent, Status};
use super::store::{Work, to_json};

impl PaymentIntent {
    /// Charges the card. The error is the caller's answer; what happened stays, whatever the answer.
    pub fn attempt(&mut self, work: &Work<'_>, return_url: Option<&str>) -> Result<(), Failure> {
        match self.payment_method.as_deref().and_then(cards::outcome) {
            Some(Outcome::Succeeds) => Ok(self.succeed(work)?),
            Some(Outcome::SucceedsUnheard) => {
                self.succeed(work)?;
                Err(ApiError::server().into())
            }
            Some(Outcome::NeedsCustomer(_)) => Ok(self.ask_customer(work, return_url)?),
            Some(Outcome::Declined(decline)) => {
                let error = self.decline(work, decline)?;
                Err(error.payment_intent(to_json(self)?).into())
            }
            None => Err(ApiError::server().into()),
        }
    }

    fn succeed(&mut self, work: &Work<'_>) -> rusqlite::Result<()> {
        let mut charge = self.charge(work, None)?;
        self.latest_charge = Some(charge.id.clone());
        self.next_action = None;
        self.last_payment_error = None;
        if self.is_captured_by_hand() {
            return self.hold(work);
        }
        self.status = Status::Succeeded;
        self.amount_received = self.amount;
        work.save(self)?;
        disputes::open(work, &mut charge)?;
        work.emit("payment_intent.succeeded", self)?;
        checkout::paid(work, &self.id)
    }

    fn ask_customer(&mut self, work: &Work<'_>, return_url: Option<&str>) -> rusqlite::Result<()> {
        let url = format!("https://hooks.stripe.com/3d_secure_2/hosted?payment_intent={}", self.id);
        self.status = Status::RequiresAction;
        self.next_action = Some(match return_url {
            Some(back) => json!({
                "type": "redirect_to_url",
                "redirect_to_url": { "return_url": back, "url": url },
            }),
            None => json!({
                "type": "use_stripe_sdk",
                "use_stripe_sdk": { "type": "three_d_secure_redirect", "stripe_js": url },
            }),
        });
        work.save(self)?;
        work.emit("payment_intent.requires_action", self)
    }

    fn decline(&mut self, work: &Work<'_>, decline: Decline) -> rusqlite::Result<ApiError> {
        let charge = self.charge(work, Some(decline))?;
        let error = decline.error().charge(&charge.id);
        self.latest_charge = Some(charge.id);
        self.fail(work, &error)?;
        Ok(error)
    }

    /// The intent needs another card; the one that failed is only in the error.
    fn fail(&mut self, work: &Work<'_>, error: &ApiError) -> rusqlite::Result<()> {
        let mut last = to_json(error)?;
        last["payment_method"] =
            json!({ "id": self.payment_method.take(), "object": "payment_method", "type": "card" });
        self.last_payment_error = Some(last);
        self.status = Status::RequiresPaymentMethod;
        self.next_action = None;
        work.save(self)?;
        work.emit("payment_intent.payment_failed", self)
    }

    fn charge(&self, work: &Work<'_>, decline: Option<Decline>) -> rusqlite::Result<Charge> {
        let paid = decline.is_none();
        let captured = paid && !self.is_captured_by_hand();
        let capture_before = (paid && !captured).then(|| captures::capture_before(work));
        let charge = Charge {
            id: work.new_id("ch_")?,
            amount: self.amount,
            amount_captured: if captured { self.amount } else { 0 },
            amount_refunded: 0,
            captured,
            created: work.created(),
            currency: self.currency.clone(),
            disputed: false,
            failure_code: decline.map(|decline| decline.code.to_owned()),
            failure_message: decline.map(|decline| decline.message.to_owned()),
            livemode: false,
            metadata: self.metadata.clone(),
            paid,
            payment_intent: self.id.clone(),
            payment_method: self.payment_method.clone(),
            payment_method_details: MethodDetails::card(capture_before),
            refunded: false,
            status: if paid { "succeeded" } else { "failed" }.to_owned(),
        };
        work.save(&charge)?;
        Ok(charge)
    }
}

/// The customer's answer to 3-D Secure; `false`: the intent waits for none.
pub(super) fn authenticate(work: &Work<'_>, id: &str, ok: bool) -> Result<bool, Failure> {
    let mut intent: PaymentIntent = work.find(id, "intent")?;
    if intent.status != Status::RequiresAction {
        return Ok(false);
    }
    match intent.payment_method.as_deref().and_then(cards::outcome) {
        Some(Outcome::NeedsCustomer(None)) if ok => intent.succeed(work)?,
        Some(Outcome::NeedsCustomer(Some(decline))) if ok => {
            intent.decline(work, decline)?;
        }
        _ => {
            let message = "The provided PaymentMethod has failed authentication. \
                           You can provide a new PaymentMethod to attempt to fulfill this PaymentIntent again.";
            intent.fail(work, &ApiError::invalid(message).code("payment_intent_authentication_failure"))?;
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::testing::{NOW, Reply, Twin};
    use super::*;

    fn state(twin: &Twin, reply: &Reply) -> Value {
        twin.get(&format!("/v1/payment_intents/{}", reply.text("/id"))).json["status"].clone()
    }

    #[test]
    fn a_declined_card_is_a_402_and_the_intent_waits_for_another_card() {
        let twin = Twin::new();
        let reply = twin.pay("pm_card_chargeDeclinedInsufficientFunds");
        assert_eq!(reply.error(), (402, Some("card_declined"), None));
        assert_eq!(
            (reply.text("/error/type"), reply.text("/error/decline_code")),
            ("card_error", "insufficient_funds")
        );
        let intent = &reply.json["error"]["payment_intent"];
        assert_eq!(
            (&intent["status"], &intent["payment_method"]),
            (&json!("requires_payment_method"), &Value::Null)
        );
        assert_eq!(
            (&intent["amount_received"], &intent["latest_charge"]),
            (&json!(0), &reply.json["error"]["charge"])
        );
        let last = &intent["last_payment_error"];
        assert_eq!((&last["type"], &last["code"]), (&json!("card_error"), &json!("card_declined")));
        assert_eq!(last["payment_method"]["id"], "pm_card_chargeDeclinedInsufficientFunds");
        assert_eq!(twin.events(), ["payment_intent.created", "payment_intent.payment_failed"]);
    }

    #[test]
    fn a_declined_intent_can_be_confirmed_again_with_another_card() {
        let twin = Twin::new();
        let declined = twin.pay("pm_card_chargeDeclined");
        let path = format!("/v1/payment_intents/{}/confirm", declined.text("/error/payment_intent/id"));
        let alone = twin.post(&path, "", None);
        assert_eq!(alone.error(), (400, Some("payment_intent_unexpected_state"), None));
        let worse = twin.post(&path, "payment_method=pm_card_chargeDeclinedExpiredCard", None);
        assert_eq!(worse.error(), (402, Some("expired_card"), None));
        assert_eq!(worse.text("/error/payment_intent/last_payment_error/code"), "expired_card");
        let paid = twin.post(&path, "payment_method=pm_card_visa", None);
        assert_eq!((paid.status.as_u16(), paid.text("/status")), (200, "succeeded"));
        assert_eq!(
            (paid.text("/payment_method"), &paid.json["amount_received"]),
            ("pm_card_visa", &json!(1500))
        );
        assert_eq!(paid.json["last_payment_error"], Value::Null);
        let charges =
            [declined.text("/error/charge"), worse.text("/error/charge"), paid.text("/latest_charge")];
        let taken = charges.map(|id| {
            let charge = twin.get(&format!("/v1/charges/{id}")).json;
            (charge["status"].clone(), charge["amount_captured"].clone())
        });
        let failed = (json!("failed"), json!(0));
        assert_eq!(taken, [failed.clone(), failed, (json!("succeeded"), json!(1500))]);
        assert_eq!(
            twin.events()[1..],
            ["payment_intent.payment_failed", "payment_intent.payment_failed", "payment_intent.succeeded"]
        );
        let again = twin.post(&path, "payment_method=pm_card_visa", None);
        assert_eq!(again.error(), (400, Some("payment_intent_unexpected_state"), None));
    }

    #[test]
    fn a_server_error_may_have_charged_the_card() {
        let twin = Twin::new();
        let reply = twin.pay("pm_twin_chargedWithServerError");
        assert_eq!((reply.status.as_u16(), reply.text("/error/type")), (500, "api_error"));
        assert_eq!(twin.stripe.intents()[0]["status"], "succeeded");
        assert_eq!(twin.events(), ["payment_intent.created", "payment_intent.succeeded"]);
    }

    #[test]
    fn three_d_secure_waits_for_the_customer_who_passes_or_fails() {
        for (card, ok, status, last_event) in [
            ("pm_card_threeDSecure2Required", true, "succeeded", "payment_intent.succeeded"),
            (
                "pm_card_authenticationRequired",
                false,
                "requires_payment_method",
                "payment_intent.payment_failed",
            ),
            (
                "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
                true,
                "requires_payment_method",
                "payment_intent.payment_failed",
            ),
        ] {
            let twin = Twin::new();
            let reply = twin.pay(card);
            assert_eq!((reply.status.as_u16(), reply.text("/status")), (200, "requires_action"), "{card}");
            assert_eq!(reply.text("/next_action/type"), "use_stripe_sdk");
            assert_eq!(twin.act(&reply, "confirm", "").text("/status"), "requires_action");
            assert!(twin.stripe.authenticate(NOW, reply.text("/id"), ok));
            assert_eq!(state(&twin, &reply), status, "{card}");
            assert_eq!(twin.stripe.intents()[0]["next_action"], Value::Null);
            assert_eq!(
                twin.events(),
                ["payment_intent.created", "payment_intent.requires_action", last_event]
            );
            assert!(
                !twin.stripe.authenticate(NOW, reply.text("/id"), ok),
                "there is nothing left to authenticate"
            );
        }
        assert!(!Twin::new().stripe.authenticate(NOW, "pi_unknown", true));
    }
}
