//! Stripe's API: create, confirm, capture, cancel and look up a payment, refund it, look at its disputes. Any server that speaks it will do.
//!
//! No moment of this client is allowed to matter for correctness by its idempotency keys alone: a payment is created
//! without moving money, confirmed only under an id that the order carries, and a refund is looked up when it is old.

mod sessions;
mod wire;

pub use sessions::Session;
pub use wire::{Dispute, Intent, RefundObject};

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use shared::ids::{CustomerId, OrderId};
use shared::money::Money;
use shared::order::payment::{Method, Reference};
use shared::order::{IntentReport, Order, Refund, RefundReport};
use std::time::Duration;

use crate::error::{Error, Source};
use crate::secrets::Secrets;
use wire::{Failure, List};

/// Time for one exchange with Stripe. Two that run out of it still leave time for the answer.
const TIMEOUT: Duration = Duration::from_millis(3_500);
/// The API version that this client is written for (Stripe: "API versioning").
const VERSION: &str = "2025-03-31.basil";

/// The payment provider.
#[derive(Debug, Clone)]
pub struct Stripe {
    connector: SharedHttpConnector,
    base_url: String,
    secret: Secrets,
}

enum Answer<T> {
    Ok(T),
    Refused(Box<Failure>),
}

impl Stripe {
    /// Stripe at `base_url`; `secret` is a JSON object with `api_key` and `webhook_secret`.
    pub fn new(connector: SharedHttpConnector, base_url: &str, secret: Secrets) -> Self {
        Self { connector, base_url: base_url.trim_end_matches('/').to_owned(), secret }
    }

    /// The secret that webhooks are signed with.
    pub async fn webhook_secret(&self) -> Result<String, Error> {
        self.secret.member("webhook_secret").await
    }

    /// Creates the payment of an order, unconfirmed.
    pub async fn create(&self, order: &Order) -> Result<IntentReport, Error> {
        let Method::Card { payment_method } = &order.payment.method else {
            return Err(Error::broken("only card payments are created", order.id.to_string()));
        };
        let amount = wire::minor_units(order.payment.amount)?.to_string();
        let currency = order.total.currency().code().to_ascii_lowercase();
        let (id, customer, number) =
            (order.id.to_string(), order.customer.to_string(), order.number().to_string());
        let form = [
            ("amount", amount.as_str()),
            ("currency", &currency),
            ("payment_method", payment_method),
            ("payment_method_types[]", "card"),
            ("capture_method", wire::capture_method(order.payment.capture)),
            ("metadata[order_id]", &id),
            ("metadata[customer_id]", &customer),
            ("metadata[order_number]", &number),
        ];
        let key = attempt_key(order, "create");
        let answer = self.post::<Intent>("/v1/payment_intents", &form, Some(key)).await?;
        self.report(answer, order)
    }

    /// Confirms a payment: the money moves, or the customer has to act, or the bank refuses.
    pub async fn confirm(&self, order: &Order, intent: &str) -> Result<IntentReport, Error> {
        let path = format!("/v1/payment_intents/{}/confirm", wire::path_segment(intent));
        let answer = self.post::<Intent>(&path, &[], Some(attempt_key(order, "confirm"))).await?;
        self.report(answer, order)
    }

    /// Takes what is reserved, or a part of it; the rest is free again. Taken once is taken: asked again, Stripe says how it
    /// stands.
    pub async fn capture(&self, order: &Order, intent: &str, amount: Money) -> Result<IntentReport, Error> {
        let path = format!("/v1/payment_intents/{}/capture", wire::path_segment(intent));
        let units = wire::minor_units(amount)?.to_string();
        let form = [("amount_to_capture", units.as_str())];
        let key = attempt_key(order, &format!("capture-{units}"));
        let answer = self.post::<Intent>(&path, &form, Some(key)).await?;
        self.report(answer, order)
    }

    /// Calls an attempt off; if that is too late, says how it stands.
    pub async fn void(&self, order: &Order, reference: &Reference) -> Result<IntentReport, Error> {
        match reference {
            Reference::Intent(intent) => self.cancel(order, intent).await,
            Reference::Session(session) => self.expire_session(session).await,
        }
    }

    async fn cancel(&self, order: &Order, intent: &str) -> Result<IntentReport, Error> {
        let path = format!("/v1/payment_intents/{}/cancel", wire::path_segment(intent));
        let answer = self.post::<Intent>(&path, &[], None).await?;
        self.report(answer, order)
    }

    /// How a payment stands now. `None`: there is no such payment.
    pub async fn retrieve(&self, intent: &str) -> Result<Option<Intent>, Error> {
        let path = format!("/v1/payment_intents/{}", wire::path_segment(intent));
        match self.get(&path).await? {
            Answer::Ok(intent) => Ok(Some(intent)),
            Answer::Refused(failure) if failure.status == 404 => Ok(None),
            Answer::Refused(failure) => Err(refused(&failure)),
        }
    }

    /// Gives money back, unless that was done already. What Stripe refuses is asked for anew later, as another attempt.
    pub async fn refund(&self, order: &Order, refund: &Refund, look_up: bool) -> Result<RefundReport, Error> {
        let intent = order.payment.intent.as_deref().unwrap_or_default();
        if look_up && let Some(done) = self.find_refund(intent, refund).await? {
            return Ok(done);
        }
        let amount = wire::minor_units(refund.amount)?.to_string();
        let (id, customer) = (order.id.to_string(), order.customer.to_string());
        let attempt = refund.attempt.to_string();
        let form = [
            ("payment_intent", intent),
            ("amount", &amount),
            ("metadata[refund_id]", &refund.id),
            ("metadata[attempt]", &attempt),
            ("metadata[order_id]", &id),
            ("metadata[customer_id]", &customer),
        ];
        let key = match refund.attempt {
            0 => refund.id.clone(),
            attempt => format!("{}-{attempt}", refund.id),
        };
        match self.post::<RefundObject>("/v1/refunds", &form, Some(key)).await? {
            Answer::Ok(object) => Ok(object.report()),
            Answer::Refused(failure) => {
                let code = failure.code();
                let found = self.find_refund(intent, refund).await?;
                Ok(found.unwrap_or(RefundReport::Failed { attempt: refund.attempt, code }))
            }
        }
    }

    /// How a refund stands now. `None`: there is no such refund.
    pub async fn retrieve_refund(&self, id: &str) -> Result<Option<RefundObject>, Error> {
        match self.get(&format!("/v1/refunds/{}", wire::path_segment(id))).await? {
            Answer::Ok(refund) => Ok(Some(refund)),
            Answer::Refused(failure) if failure.status == 404 => Ok(None),
            Answer::Refused(failure) => Err(refused(&failure)),
        }
    }

    /// The refunds of a payment, newest first; Stripe lists a hundred, and an order has no more ([`shared::limits::ALL_REFUNDS`]).
    pub async fn refunds_of(&self, intent: &str) -> Result<Vec<RefundObject>, Error> {
        let path = format!("/v1/refunds?limit=100&payment_intent={}", wire::path_segment(intent));
        match self.get::<List<RefundObject>>(&path).await? {
            Answer::Ok(list) => Ok(list.data),
            Answer::Refused(failure) => Err(refused(&failure)),
        }
    }

    async fn find_refund(&self, intent: &str, refund: &Refund) -> Result<Option<RefundReport>, Error> {
        let list = self.refunds_of(intent).await?;
        Ok(list.into_iter().find(|object| object.is_of(refund)).map(|object| object.report()))
    }

    /// How a dispute stands now. `None`: there is no such dispute.
    pub async fn retrieve_dispute(&self, id: &str) -> Result<Option<Dispute>, Error> {
        match self.get(&format!("/v1/disputes/{}", wire::path_segment(id))).await? {
            Answer::Ok(dispute) => Ok(Some(dispute)),
            Answer::Refused(failure) if failure.status == 404 => Ok(None),
            Answer::Refused(failure) => Err(refused(&failure)),
        }
    }

    /// What an answer about an order's payment means. A refusal usually carries the payment, whose state says it all.
    fn report(&self, answer: Answer<Intent>, order: &Order) -> Result<IntentReport, Error> {
        match answer {
            Answer::Ok(intent) => intent.report(),
            Answer::Refused(failure) => match &failure.error.payment_intent {
                Some(intent) => intent.report(),
                None if failure.is_final() => Ok(IntentReport::Failed {
                    intent: order.payment.intent.clone(),
                    attempt: Some(order.payment.attempt),
                    code: failure.code(),
                }),
                None => Err(refused(&failure)),
            },
        }
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<Answer<T>, Error> {
        self.exchange("GET", path, None, None).await
    }

    async fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        form: &[(&str, &str)],
        key: Option<String>,
    ) -> Result<Answer<T>, Error> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.exchange("POST", path, Some(body), key).await
    }

    async fn exchange<T: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        body: Option<String>,
        key: Option<String>,
    ) -> Result<Answer<T>, Error> {
        let down = |source: Source| Error::Unavailable { service: "Stripe", source };
        let api_key = self.secret.member("api_key").await?;
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base_url))
            .header("authorization", format!("Bearer {api_key}"))
            .header("stripe-version", VERSION)
            .header("content-type", "application/x-www-form-urlencoded");
        let request = key.iter().fold(request, |request, key| request.header("idempotency-key", key));
        let request = request.body(SdkBody::from(body.unwrap_or_default()));
        let request = request.map_err(|error| Error::broken("a request to Stripe cannot be built", error))?;
        let request = HttpRequest::try_from(request)
            .map_err(|error| Error::broken("a request to Stripe cannot be built", error))?;
        let (status, _, bytes) = crate::seam::send(&self.connector, request, TIMEOUT).await.map_err(down)?;
        match status {
            200..=299 => serde_json::from_slice(&bytes).map(Answer::Ok).map_err(|error| down(error.into())),
            // 409: another request under this key is under way. 429 and 5xx: later.
            409 | 429 | 500.. => Err(down(format!("status {status}").into())),
            401 | 403 => Err(Error::broken("Stripe refuses our key", format!("status {status}"))),
            _ => {
                let failure = Failure::parse(status, &bytes).map_err(|error| down(error.into()))?;
                Ok(Answer::Refused(Box::new(failure)))
            }
        }
    }
}

/// The idempotency key of a step of an order's present attempt.
fn attempt_key(order: &Order, step: &str) -> String {
    match order.payment.attempt {
        0 => format!("{}-{step}", order.id),
        attempt => format!("{}-{step}-{attempt}", order.id),
    }
}

fn refused(failure: &Failure) -> Error {
    Error::broken("Stripe refused a request", format!("status {}, code {}", failure.status, failure.code()))
}

impl Intent {
    /// Whether it belongs to a Checkout session, which says all that we have to know.
    pub fn is_of_session(&self) -> bool {
        self.metadata.get(wire::VIA).is_some_and(|via| via == wire::CHECKOUT)
    }

    /// The order that this payment was created for, if it was created by us.
    pub fn order(&self) -> Option<(CustomerId, OrderId)> {
        wire::order(&self.metadata)
    }

    /// What the state of the payment means for its order (Stripe: "PaymentIntents lifecycle").
    pub fn report(&self) -> Result<IntentReport, Error> {
        let intent = self.id.clone();
        Ok(match self.status.as_str() {
            "succeeded" => IntentReport::Succeeded {
                amount: wire::money(self.amount_received, &self.currency)?,
                reference: Reference::Intent(intent.clone()),
                intent,
            },
            "requires_capture" => IntentReport::Authorized {
                amount: wire::money(self.amount_capturable, &self.currency)?,
                reference: Reference::Intent(intent.clone()),
                intent,
            },
            "canceled" => IntentReport::Canceled { reference: Reference::Intent(intent) },
            "requires_confirmation" => IntentReport::Created { intent },
            "requires_payment_method" => match &self.last_payment_error {
                Some(error) => {
                    IntentReport::Failed { intent: Some(intent), attempt: None, code: error.code() }
                }
                None => IntentReport::Created { intent },
            },
            _ => IntentReport::Open { reference: Reference::Intent(intent) },
        })
    }
}
