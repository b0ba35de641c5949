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

/// "Some time later" of the cards whose refunds change once more (Stripe docs, "Testing": refunds), in seconds.
const SETTLES_AFTER: i64 = 5;
/// Why it fails: one of the reasons of Stripe's API docs (Refund, `failure_reason`).
const FAILURE_REASON: &str = "expired_or_canceled_card";

const PENDING: &str = "pending";
const SUCCEEDED: &str = "succeeded";
const FAILED: &str = "failed";

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "object", rename = "refund")]
pub(super) struct Refund {
    id: String,
    amount: i64,
    balance_transaction: Option<String>,
    charge: String,
    created: i64,
    currency: String,
    /// Only a failed refund has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure_reason: Option<String>,
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
            metadata: params.metadata("metadata")?,
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
        let (status, becomes) = match charge.payment_method.as_deref() {
            Some(cards::PENDING_REFUND) => (PENDING, Some(SUCCEEDED)),
            Some(cards::REFUND_FAIL) => (SUCCEEDED, Some(FAILED)),
            _ => (SUCCEEDED, None),
        };
        let refund = Refund {
            id: work.new_id("re_")?,
            amount,
            balance_transaction: None,
            charge: charge.id.clone(),
            created: work.created(),
            currency: charge.currency.clone(),
            failure_reason: None,
            metadata: self.metadata,
            payment_intent: charge.payment_intent.clone(),
            reason: self.reason.map(str::to_owned),
            receipt_number: None,
            status: status.to_owned(),
        };
        charge.add_refunded(amount);
        work.save(&charge)?;
        work.save(&refund)?;
        if let Some(becomes) = becomes {
            work.db.execute(
                "INSERT INTO unsettled_refunds (id, due, becomes) VALUES (?1, ?2, ?3)",
                params![refund.id, work.created() + SETTLES_AFTER, becomes],
            )?;
        }
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

/// Lets the refunds succeed or fail whose time has come.
pub(super) fn settle(work: &Work<'_>) -> Result<(), Failure> {
    let mut select = work
        .db
        .prepare_cached("SELECT id, becomes FROM unsettled_refunds WHERE due <= ?1 ORDER BY due, rowid")?;
    let due = select
        .query_map([work.created()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(String, String)>, _>>()?;
    for (id, becomes) in due {
        let mut refund: Refund = work.find(&id, "id")?;
        refund.status = becomes;
        let failed = refund.status == FAILED;
        if failed {
            refund.failure_reason = Some(FAILURE_REASON.to_owned());
            // The money is back with the seller, who may refund the charge again.
            let mut charge: Charge = work.find(&refund.charge, "charge")?;
            charge.add_refunded(-refund.amount);
            work.save(&charge)?;
        }
        work.save(&refund)?;
        work.emit("refund.updated", &refund)?;
        if failed {
            work.emit("refund.failed", &refund)?;
        }
        work.db.execute("DELETE FROM unsettled_refunds WHERE id = ?1", [&id])?;
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

    /// The refund as `GET /v1/refunds/{id}` shows it.
    fn shown(twin: &Twin, refund: &Reply) -> Value {
        let reply = twin.get(&format!("/v1/refunds/{}", refund.text("/id")));
        assert_eq!(reply.status, 200);
        reply.json
    }

    /// What no request asked for: the types of these events and the objects that they carry.
    fn unasked(twin: &Twin) -> Vec<(String, Value)> {
        let due = twin.stripe.due_webhooks(twin.now, 100).into_iter();
        due.filter_map(|delivery| {
            let event: Value = serde_json::from_str(&delivery.body).expect("an event is JSON");
            assert_eq!(event["type"], delivery.event_type.as_str());
            event["request"]["id"].is_null().then(|| (delivery.event_type, event["data"]["object"].clone()))
        })
        .collect()
    }

    #[test]
    fn a_pending_refund_succeeds_some_time_later_and_says_so_once() {
        let mut twin = Twin::new();
        let intent = twin.pay(cards::PENDING_REFUND);
        let pending = refund(&twin, &intent, "&metadata[refund_id]=ref_1");
        assert_eq!(pending.text("/status"), "pending");
        twin.now = NOW + Duration::seconds(SETTLES_AFTER - 1);
        assert_eq!((unasked(&twin), shown(&twin, &pending)), (vec![], pending.json.clone()));
        twin.now += Duration::SECOND;
        let mut expected = pending.json.clone();
        expected["status"] = json!("succeeded");
        assert_eq!(shown(&twin, &pending), expected);
        twin.now += Duration::DAY;
        assert_eq!(unasked(&twin), [("refund.updated".to_owned(), expected)]);
        assert_eq!(twin.stripe.intents()[0]["amount_refunded"], 1500);
    }

    #[test]
    fn a_refund_that_had_succeeded_can_fail_some_time_later_and_says_so_once() {
        let mut twin = Twin::new();
        let intent = twin.pay(cards::REFUND_FAIL);
        assert_eq!(intent.text("/status"), "succeeded");
        let begun = refund(&twin, &intent, "&metadata[refund_id]=ref_1");
        assert_eq!((begun.text("/status"), begun.json.get("failure_reason")), ("succeeded", None));
        twin.now = NOW + Duration::seconds(SETTLES_AFTER - 1);
        assert_eq!((unasked(&twin), shown(&twin, &begun)), (vec![], begun.json.clone()));
        assert_eq!(twin.stripe.intents()[0]["amount_refunded"], 1500);
        twin.now += Duration::SECOND;
        let expected = json!({
            "id": begun.json["id"], "object": "refund", "amount": 1500, "balance_transaction": null,
            "charge": intent.json["latest_charge"], "created": NOW.unix_timestamp(), "currency": "eur",
            "failure_reason": "expired_or_canceled_card", "metadata": { "refund_id": "ref_1" },
            "payment_intent": intent.json["id"], "reason": null, "receipt_number": null, "status": "failed",
        });
        assert_eq!(shown(&twin, &begun), expected);
        twin.now += Duration::DAY;
        let told = ["refund.updated", "refund.failed"].map(|name| (name.to_owned(), expected.clone()));
        assert_eq!(unasked(&twin), told);
    }

    #[test]
    fn what_a_failed_refund_did_not_give_back_can_be_refunded_again() {
        let mut twin = Twin::new();
        let intent = twin.pay(cards::REFUND_FAIL);
        let first = refund(&twin, &intent, "&amount=500");
        twin.now += Duration::seconds(1);
        let second = refund(&twin, &intent, "");
        let charge = |twin: &Twin| {
            let charge = twin.get(&format!("/v1/charges/{}", intent.text("/latest_charge"))).json;
            (charge["amount_refunded"].clone(), charge["refunded"].clone())
        };
        assert_eq!(charge(&twin), (json!(1500), json!(true)));
        twin.now = NOW + Duration::seconds(SETTLES_AFTER);
        assert_eq!(charge(&twin), (json!(1000), json!(false)));
        assert_eq!((&shown(&twin, &first)["status"], shown(&twin, &second)), (&json!("failed"), second.json));
        assert_eq!(twin.stripe.intents()[0]["status"], "succeeded", "the payment itself stands");
        assert_eq!(refund(&twin, &intent, "&amount=501").error(), (400, None, Some("amount")));
        let again = refund(&twin, &intent, "");
        assert_eq!((again.text("/status"), &again.json["amount"]), ("succeeded", &json!(500)));
    }

    #[test]
    fn a_reopened_database_still_knows_which_refunds_will_fail() {
        let path = std::env::temp_dir().join(format!("stripe-refunds-{}.sqlite", std::process::id()));
        let twin = Twin::at(Some(&path));
        let begun = refund(&twin, &twin.pay(cards::REFUND_FAIL), "");
        let mut reopened = Twin::at(Some(&path));
        reopened.now = NOW + Duration::seconds(SETTLES_AFTER);
        assert_eq!(shown(&reopened, &begun)["status"], "failed");
        drop((twin, reopened));
        for suffix in ["", "-wal", "-shm"] {
            std::fs::remove_file(format!("{}{suffix}", path.display())).ok();
        }
    }

    #[test]
    fn an_unknown_refund_is_missing() {
        let reply = Twin::new().get("/v1/refunds/re_1");
        assert_eq!(reply.error(), (404, Some("resource_missing"), Some("id")));
    }
}
