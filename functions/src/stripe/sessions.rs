//! Checkout sessions: pages of Stripe's where a customer pays (P11).

use serde::Deserialize;
use shared::ids::{CustomerId, OrderId};
use shared::order::payment::{Method, Reference};
use shared::order::{IntentReport, Order};
use shared::store::Capture;
use shared::time::Timestamp;
use std::collections::BTreeMap;

use super::wire::{self, CHECKOUT};
use super::{Answer, Stripe, attempt_key, refused};
use crate::error::Error;

/// The shortest life of a session, in seconds (Stripe: `expires_at` is at least 30 minutes away), and a minute for the way.
const SHORTEST_SECONDS: i64 = 31 * 60;
/// The entry of a session's metadata that says when its money is taken.
const CAPTURE: &str = "capture";
/// The longest (Stripe: 24 hours), less a minute for the way.
const LONGEST_SECONDS: i64 = 24 * 60 * 60 - 60;

/// A Checkout session.
#[derive(Debug, Clone, Deserialize)]
pub struct Session {
    id: String,
    status: String,
    payment_status: String,
    amount_total: i64,
    currency: String,
    #[serde(default)]
    payment_intent: Option<String>,
    /// Where the customer pays; none once that is over.
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

impl Session {
    /// The order that it was opened for, if we opened it.
    pub fn order(&self) -> Option<(CustomerId, OrderId)> {
        wire::order(&self.metadata)
    }

    /// What its state means for the order (Stripe: "The Checkout Session object"). Once it is paid on, its PaymentIntent says
    /// more: none until that is asked.
    fn report(&self) -> Result<Option<IntentReport>, Error> {
        let reference = Reference::Session(self.id.clone());
        Ok(Some(match (self.status.as_str(), self.payment_status.as_str(), &self.payment_intent) {
            ("complete", "paid", Some(intent)) if !self.is_held() => IntentReport::Succeeded {
                reference,
                intent: intent.clone(),
                amount: wire::money(self.amount_total, &self.currency)?,
            },
            ("complete", _, Some(_)) if self.is_held() => return Ok(None),
            ("expired", ..) => IntentReport::Canceled { reference },
            _ => IntentReport::Open { reference },
        }))
    }

    /// Whether the money is only reserved when the customer pays.
    fn is_held(&self) -> bool {
        self.metadata.get(CAPTURE).is_some_and(|capture| capture == wire::capture_method(Capture::AtShipment))
    }
}

impl Stripe {
    /// Opens a page for an order's payment. It lives until `until`, or as short as Stripe lets it; when the order is given
    /// up before, it is closed.
    pub async fn open_session(
        &self,
        order: &Order,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<IntentReport, Error> {
        let Method::Redirect { return_url } = &order.payment.method else {
            return Err(Error::broken("only redirects have sessions", order.id.to_string()));
        };
        let amount = wire::minor_units(order.payment.amount)?.to_string();
        let capture = wire::capture_method(order.payment.capture);
        let currency = order.total.currency().code().to_ascii_lowercase();
        let (id, customer, number) =
            (order.id.to_string(), order.customer.to_string(), order.number().to_string());
        let name = format!("Order {number}");
        // The same in every repetition, because the idempotency key insists on the same form: it is counted from what was
        // decided, not from now, unless that is too near.
        let chosen =
            order.log.iter().rev().find(|event| is_choice(&event.kind)).map_or(now, |event| event.at);
        let expires = until.seconds().clamp(
            chosen.plus_seconds(SHORTEST_SECONDS).seconds(),
            chosen.plus_seconds(LONGEST_SECONDS).seconds(),
        );
        let late = expires < now.plus_seconds(SHORTEST_SECONDS - 60).seconds();
        let expires = if late { now.plus_seconds(SHORTEST_SECONDS).seconds() } else { expires };
        let expires_text = expires.to_string();
        let form = [
            ("mode", "payment"),
            ("payment_method_types[0]", "card"),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", &currency),
            ("line_items[0][price_data][unit_amount]", &amount),
            ("line_items[0][price_data][product_data][name]", &name),
            ("success_url", return_url),
            ("cancel_url", return_url),
            ("expires_at", &expires_text),
            ("client_reference_id", &id),
            ("metadata[order_id]", &id),
            ("metadata[customer_id]", &customer),
            ("metadata[order_number]", &number),
            ("metadata[capture]", capture),
            ("payment_intent_data[capture_method]", capture),
            ("payment_intent_data[metadata][order_id]", &id),
            ("payment_intent_data[metadata][customer_id]", &customer),
            ("payment_intent_data[metadata][order_number]", &number),
            ("payment_intent_data[metadata][via]", CHECKOUT),
        ];
        // Should there be one from before whose answer was lost, nobody has its address, so nobody can pay on it.
        let key = if late { format!("session-{expires_text}") } else { "session".to_owned() };
        match self.post::<Session>("/v1/checkout/sessions", &form, Some(attempt_key(order, &key))).await? {
            Answer::Ok(session) => self.report_of(&session).await,
            Answer::Refused(failure) if failure.is_final() => Ok(IntentReport::Failed {
                intent: None,
                attempt: Some(order.payment.attempt),
                code: failure.code(),
            }),
            Answer::Refused(failure) => Err(refused(&failure)),
        }
    }

    /// Closes a page; if it is too late for that, says how it stands.
    pub(super) async fn expire_session(&self, session: &str) -> Result<IntentReport, Error> {
        let path = format!("/v1/checkout/sessions/{}/expire", wire::path_segment(session));
        match self.post::<Session>(&path, &[], None).await? {
            Answer::Ok(session) => self.report_of(&session).await,
            Answer::Refused(failure) => match self.retrieve_session(session).await? {
                Some(session) => self.report_of(&session).await,
                None => Err(refused(&failure)),
            },
        }
    }

    /// What a session means for its order.
    pub async fn report_of(&self, session: &Session) -> Result<IntentReport, Error> {
        let reference = Reference::Session(session.id.clone());
        if let Some(report) = session.report()? {
            return Ok(report);
        }
        let Some(intent) = self.retrieve(session.payment_intent.as_deref().unwrap_or_default()).await? else {
            return Err(Error::broken("a session's payment is not there", session.id.clone()));
        };
        Ok(match intent.report()? {
            IntentReport::Succeeded { intent, amount, .. } => {
                IntentReport::Succeeded { reference, intent, amount }
            }
            IntentReport::Authorized { intent, amount, .. } => {
                IntentReport::Authorized { reference, intent, amount }
            }
            IntentReport::Canceled { .. } => IntentReport::Canceled { reference },
            _ => IntentReport::Open { reference },
        })
    }

    /// How a session stands now. `None`: there is no such session.
    pub async fn retrieve_session(&self, session: &str) -> Result<Option<Session>, Error> {
        match self.get(&format!("/v1/checkout/sessions/{}", wire::path_segment(session))).await? {
            Answer::Ok(session) => Ok(Some(session)),
            Answer::Refused(failure) if failure.status == 404 => Ok(None),
            Answer::Refused(failure) => Err(refused(&failure)),
        }
    }
}

fn is_choice(kind: &shared::order::EventKind) -> bool {
    use shared::order::EventKind::{PaymentChosen, Placed};
    matches!(kind, Placed { .. } | PaymentChosen { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_a_session_has_a_meaning() {
        let report = |status: &str, paid: &str, intent: &str| {
            let json = format!(
                r#"{{"id":"cs_1","status":"{status}","payment_status":"{paid}","amount_total":2000,"currency":"eur","payment_intent":{intent}}}"#
            );
            serde_json::from_str::<Session>(&json)
                .expect("a session")
                .report()
                .expect("a report")
                .expect("known")
        };
        let reference = || Reference::Session("cs_1".to_owned());
        assert_eq!(report("open", "unpaid", "null"), IntentReport::Open { reference: reference() });
        assert_eq!(report("open", "unpaid", "\"pi_1\""), IntentReport::Open { reference: reference() });
        assert_eq!(report("complete", "unpaid", "\"pi_1\""), IntentReport::Open { reference: reference() });
        assert_eq!(report("expired", "unpaid", "null"), IntentReport::Canceled { reference: reference() });
        let amount = "20.00 EUR".parse().expect("valid money");
        assert_eq!(
            report("complete", "paid", "\"pi_1\""),
            IntentReport::Succeeded { reference: reference(), intent: "pi_1".to_owned(), amount }
        );
    }
}
