//! What is given back of a charge (Stripe docs, "Refund and cancel payments").

use std::collections::BTreeMap;

use rusqlite::params;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cards;
use super::charges::Charge;
use super::error::{ApiError, Failure};
use super::form::{Params, required};
use super::intents::PaymentIntent;
use super::store::{Object, Work, to_json};

/// "Some time later" of the card whose refunds are pending (Stripe docs, "Testing": refunds), in seconds.
const PENDING_FOR: i64 = 5;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "object", rename = "refund")]
pub(super) struct Refund {
    id: String,
    amount: i64,
    balance_transaction: Option<String>,
    charge: String,
    created: i64,
    currency: String,
    metadata: BTreeMap<String, String>,
    payment_intent: String,
    reason: Option<String>,
    receipt_number: Option<String>,
    status: String,
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
            metadata: params.metadata()?,
            reason: params.one_of("reason", &["duplicate", "fraudulent", "requested_by_customer"])?,
        })
    }

    pub fn run(self, work: &Work<'_>) -> Result<Value, Failure> {
        let mut charge = self.target.charge(work)?;
        let left = charge.amount_captured - charge.amount_refunded;
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
        let pending = charge.payment_method.as_deref() == Some(cards::PENDING_REFUND);
        let refund = Refund {
            id: work.new_id("re_")?,
            amount,
            balance_transaction: None,
            charge: charge.id.clone(),
            created: work.created(),
            currency: charge.currency.clone(),
            metadata: self.metadata,
            payment_intent: charge.payment_intent.clone(),
            reason: self.reason.map(str::to_owned),
            receipt_number: None,
            status: if pending { "pending" } else { "succeeded" }.to_owned(),
        };
        charge.amount_refunded += amount;
        charge.refunded = charge.amount_refunded == charge.amount_captured;
        work.save(&charge)?;
        work.save(&refund)?;
        work.emit("refund.created", &refund)?;
        work.emit("charge.refunded", &charge)?;
        Ok(to_json(&refund)?)
    }
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
                if charge.paid { Ok(charge) } else { Err(error().param("charge").into()) }
            }
            Self::Intent(id) => {
                let intent: PaymentIntent = work.find(id, "payment_intent")?;
                let charge =
                    intent.latest_charge.map(|charge| work.find::<Charge>(&charge, "charge")).transpose()?;
                let message =
                    format!("This PaymentIntent ({id}) does not have a successful charge to refund.");
                let error = || ApiError::invalid(message).param("payment_intent");
                Ok(charge.filter(|charge| charge.paid).ok_or_else(error)?)
            }
        }
    }
}

/// Lets the pending refunds succeed whose time has come.
pub(super) fn settle(work: &Work<'_>) -> Result<(), Failure> {
    let mut select = work.db.prepare_cached(
        "SELECT id FROM objects WHERE json_extract(body, '$.status') = 'pending' AND created <= ?1 ORDER BY seq",
    )?;
    let due = params![work.created() - PENDING_FOR];
    let ids = select.query_map(due, |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    for id in ids {
        let mut refund: Refund = work.find(&id, "id")?;
        refund.status = "succeeded".to_owned();
        work.save(&refund)?;
        work.emit("refund.updated", &refund)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::Duration;

    use super::super::testing::{NOW, Reply, Twin};
    use super::*;

    fn refund(twin: &Twin, intent: &Reply, more: &str) -> Reply {
        twin.post("/v1/refunds", &format!("payment_intent={}{more}", intent.text("/id")), None)
    }

    #[test]
    fn a_refund_without_an_amount_gives_back_what_is_left() {
        let twin = Twin::new();
        let intent = twin.pay("pm_card_visa");
        let part = refund(&twin, &intent, "&amount=500&reason=requested_by_customer&metadata[return_id]=r1");
        let expected = json!({
            "id": part.json["id"], "object": "refund", "amount": 500, "balance_transaction": null,
            "charge": intent.json["latest_charge"], "created": NOW.unix_timestamp(), "currency": "eur",
            "metadata": { "return_id": "r1" }, "payment_intent": intent.json["id"], "reason": "requested_by_customer",
            "receipt_number": null, "status": "succeeded",
        });
        assert_eq!(part.json, expected);
        assert_eq!(twin.get(&format!("/v1/refunds/{}", part.text("/id"))).json, expected);
        assert_eq!(refund(&twin, &intent, "").json["amount"], 1000);
        let seen = &twin.stripe.intents()[0];
        assert_eq!((&seen["amount_refunded"], &seen["status"]), (&json!(1500), &json!("succeeded")));
        let charge = twin.get(&format!("/v1/charges/{}", intent.text("/latest_charge"))).json;
        assert_eq!((&charge["amount_refunded"], &charge["refunded"]), (&json!(1500), &json!(true)));
        assert_eq!(twin.events()[2..], ["refund.created", "charge.refunded"].repeat(2));
    }

    #[test]
    fn a_charge_can_be_named_instead_of_its_intent() {
        let twin = Twin::new();
        let intent = twin.pay("pm_card_visa");
        let reply = twin.post("/v1/refunds", &format!("charge={}", intent.text("/latest_charge")), None);
        assert_eq!((reply.status.as_u16(), reply.text("/payment_intent")), (200, intent.text("/id")));
    }

    #[test]
    fn no_more_is_refunded_than_was_paid() {
        let twin = Twin::new();
        let intent = twin.pay("pm_card_visa");
        assert_eq!(refund(&twin, &intent, "&amount=1501").error(), (400, None, Some("amount")));
        assert_eq!(refund(&twin, &intent, "&amount=1000").status, 200);
        assert_eq!(refund(&twin, &intent, "&amount=501").error(), (400, None, Some("amount")));
        assert_eq!(refund(&twin, &intent, "&amount=500").status, 200);
        assert_eq!(refund(&twin, &intent, "&amount=1").error(), (400, Some("charge_already_refunded"), None));
        assert_eq!(twin.stripe.intents()[0]["amount_refunded"], 1500);
    }

    #[test]
    fn what_was_not_paid_is_not_refunded() {
        let twin = Twin::new();
        let open = twin.post("/v1/payment_intents", "amount=5&currency=eur", None);
        assert_eq!(refund(&twin, &open, "").error(), (400, None, Some("payment_intent")));
        let declined = twin.pay("pm_card_chargeDeclined");
        let by_charge = format!("charge={}", declined.text("/error/charge"));
        assert_eq!(twin.post("/v1/refunds", &by_charge, None).error(), (400, None, Some("charge")));
        let unknown = twin.post("/v1/refunds", "payment_intent=pi_1", None);
        assert_eq!(unknown.error(), (404, Some("resource_missing"), Some("payment_intent")));
    }

    #[test]
    fn a_refund_names_one_target_a_positive_amount_and_a_known_reason() {
        let twin = Twin::new();
        for (form, code, param) in [
            ("amount=5", Some("parameter_missing"), "payment_intent"),
            ("payment_intent=pi_1&charge=ch_1", None, "charge"),
            ("payment_intent=pi_1&amount=0", Some("parameter_invalid_integer"), "amount"),
            ("payment_intent=pi_1&reason=mood", None, "reason"),
            ("payment_intent=pi_1&foo=1", Some("parameter_unknown"), "foo"),
        ] {
            assert_eq!(twin.post("/v1/refunds", form, None).error(), (400, code, Some(param)), "{form}");
        }
    }

    #[test]
    fn the_refunds_of_one_intent_are_listed_newest_first() {
        let twin = Twin::new();
        let (one, other) = (twin.pay("pm_card_visa"), twin.pay("pm_card_visa"));
        let ids =
            [refund(&twin, &one, "&amount=1"), refund(&twin, &other, ""), refund(&twin, &one, "&amount=2")];
        let list = twin.get(&format!("/v1/refunds?payment_intent={}&expand[]=data.charge", one.text("/id")));
        assert_eq!(
            (list.text("/data/0/id"), list.text("/data/1/id")),
            (ids[2].text("/id"), ids[0].text("/id"))
        );
        assert_eq!((&list.json["data"][2], &list.json["has_more"]), (&Value::Null, &json!(false)));
        assert_eq!(list.json["data"][0]["charge"]["amount_refunded"], 3);
        assert_eq!(twin.get("/v1/refunds").json["data"].as_array().map(Vec::len), Some(3));
    }

    #[test]
    fn a_pending_refund_succeeds_some_time_later_and_says_so() {
        let mut twin = Twin::new();
        let intent = twin.pay(cards::PENDING_REFUND);
        let pending = refund(&twin, &intent, "");
        assert_eq!(pending.text("/status"), "pending");
        twin.now = NOW + Duration::seconds(PENDING_FOR);
        assert_eq!(twin.events().last().map(String::as_str), Some("refund.updated"));
        assert_eq!(twin.get(&format!("/v1/refunds/{}", pending.text("/id"))).text("/status"), "succeeded");
        assert_eq!(twin.events().iter().filter(|name| *name == "refund.updated").count(), 1);
    }
}
