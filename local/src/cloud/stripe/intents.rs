//! Payment intents: one purchase from the first try to the money (Stripe docs, "How PaymentIntents work").

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cards;
use super::checkout::{self, Payment};
use super::error::{ApiError, Failure};
use super::form::{Params, required};
use super::methods::{self, AutomaticPaymentMethods, CaptureMethod, redirects_are_possible};
use super::store::{Object, Work, scrambled, to_json};

/// The statuses in which an intent can be confirmed, and those in which it can be canceled.
const CONFIRMABLE: &str = "requires_payment_method, requires_confirmation, requires_action";
const CANCELABLE: &str =
    "requires_payment_method, requires_capture, requires_confirmation, requires_action, processing";

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    RequiresCapture,
    Succeeded,
    Canceled,
}

impl Status {
    pub const fn name(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction => "requires_action",
            Self::RequiresCapture => "requires_capture",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
        }
    }

    pub const fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Canceled)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "object", rename = "payment_intent")]
pub(super) struct PaymentIntent {
    pub id: String,
    pub amount: i64,
    #[serde(default)]
    pub amount_capturable: i64,
    pub amount_received: i64,
    automatic_payment_methods: Option<AutomaticPaymentMethods>,
    canceled_at: Option<i64>,
    cancellation_reason: Option<String>,
    capture_method: CaptureMethod,
    client_secret: String,
    confirmation_method: String,
    created: i64,
    pub currency: String,
    description: Option<String>,
    pub last_payment_error: Option<Value>,
    pub latest_charge: Option<String>,
    livemode: bool,
    pub metadata: BTreeMap<String, String>,
    pub next_action: Option<Value>,
    pub payment_method: Option<String>,
    payment_method_types: Vec<String>,
    receipt_email: Option<String>,
    pub status: Status,
}

impl Object for PaymentIntent {
    const KIND: &'static str = "payment_intent";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn intent(&self) -> Option<&str> {
        None
    }
}

/// What a confirmation may say anew.
pub(super) struct Confirm {
    payment_method: Option<String>,
    receipt_email: Option<String>,
    return_url: Option<String>,
}

impl Confirm {
    pub fn parse(params: &mut Params) -> Result<Self, ApiError> {
        Ok(Self {
            receipt_email: params.email("receipt_email")?,
            payment_method: cards::known(params.text("payment_method"))?,
            return_url: params.text("return_url"),
        })
    }

    pub fn run(self, work: &Work<'_>, id: &str) -> Result<Value, Failure> {
        let mut intent: PaymentIntent = work.find(id, "intent")?;
        checkout::leaves_alone(work, &intent)?;
        if intent.status.is_final() || intent.status == Status::RequiresCapture {
            return Err(intent.unexpected_state("confirm", "confirmed", CONFIRMABLE)?.into());
        }
        let renewed = self.payment_method.is_some();
        if !renewed && intent.payment_method.is_none() {
            let message = "You cannot confirm this PaymentIntent because it's missing a payment method.";
            let error = ApiError::invalid(message).code("payment_intent_unexpected_state");
            return Err(error.payment_intent(to_json(&intent)?).into());
        }
        intent.payment_method = self.payment_method.or(intent.payment_method);
        intent.receipt_email = self.receipt_email.or(intent.receipt_email);
        // The customer is still at it: another confirmation with the same card changes nothing.
        if renewed || intent.status != Status::RequiresAction {
            redirects_are_possible(intent.automatic_payment_methods.as_ref(), self.return_url.as_deref())?;
            intent.attempt(work, self.return_url.as_deref())?;
        }
        Ok(to_json(&intent)?)
    }
}

/// The parameters of `POST /v1/payment_intents`.
pub(super) struct Create {
    amount: i64,
    currency: String,
    confirm: bool,
    with: Confirm,
    metadata: BTreeMap<String, String>,
    description: Option<String>,
    capture_method: CaptureMethod,
    automatic: Option<AutomaticPaymentMethods>,
}

impl Create {
    pub fn parse(params: &mut Params) -> Result<Self, ApiError> {
        let amount = params.amount("amount")?;
        let currency = params.currency("currency")?;
        let create = Self {
            amount: required("amount", amount)?,
            currency: required("currency", currency)?,
            confirm: params.flag("confirm")?.unwrap_or(false),
            with: Confirm::parse(params)?,
            metadata: params.metadata("metadata")?,
            description: params.text("description"),
            capture_method: CaptureMethod::parse(params, "capture_method")?,
            automatic: methods::automatic(params)?,
        };
        if create.confirm {
            required("payment_method", create.with.payment_method.as_ref())?;
            redirects_are_possible(create.automatic.as_ref(), create.with.return_url.as_deref())?;
        } else if create.with.return_url.is_some() {
            return Err(ApiError::invalid("`return_url` can only be used with `confirm` set to `true`.")
                .param("return_url"));
        }
        Ok(create)
    }

    /// What a Checkout Session makes when its customer first tries to pay.
    pub fn for_checkout(amount: i64, currency: String, payment: Payment) -> Self {
        let with = Confirm { payment_method: None, receipt_email: payment.receipt_email, return_url: None };
        Self {
            amount,
            currency,
            confirm: false,
            with,
            metadata: payment.metadata,
            description: payment.description,
            capture_method: payment.capture_method,
            automatic: None,
        }
    }

    pub fn run(self, work: &Work<'_>) -> Result<Value, Failure> {
        let (confirm, return_url) = (self.confirm, self.with.return_url.clone());
        let mut intent = self.open(work)?;
        if confirm {
            intent.attempt(work, return_url.as_deref())?;
        }
        Ok(to_json(&intent)?)
    }

    /// The intent, before any attempt.
    pub fn open(self, work: &Work<'_>) -> rusqlite::Result<PaymentIntent> {
        let id = work.new_id("pi_")?;
        let intent = PaymentIntent {
            amount: self.amount,
            amount_capturable: 0,
            amount_received: 0,
            automatic_payment_methods: self.automatic,
            canceled_at: None,
            cancellation_reason: None,
            capture_method: self.capture_method,
            client_secret: format!("{id}_secret_{}", scrambled(&format!("secret of {id}"), 25)),
            confirmation_method: "automatic".to_owned(),
            created: work.created(),
            currency: self.currency,
            description: self.description,
            last_payment_error: None,
            latest_charge: None,
            livemode: false,
            metadata: self.metadata,
            next_action: None,
            status: match self.with.payment_method {
                None => Status::RequiresPaymentMethod,
                Some(_) => Status::RequiresConfirmation,
            },
            payment_method: self.with.payment_method,
            payment_method_types: vec!["card".to_owned()],
            receipt_email: self.with.receipt_email,
            id,
        };
        work.save(&intent)?;
        work.emit("payment_intent.created", &intent)?;
        Ok(intent)
    }
}

/// The parameters of `POST /v1/payment_intents/{id}/cancel`.
pub(super) struct Cancel(Option<&'static str>);

impl Cancel {
    pub fn parse(params: &mut Params) -> Result<Self, ApiError> {
        const REASONS: [&str; 4] = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"];
        params.one_of("cancellation_reason", &REASONS).map(Self)
    }

    pub fn run(self, work: &Work<'_>, id: &str) -> Result<Value, Failure> {
        let mut intent: PaymentIntent = work.find(id, "intent")?;
        if intent.status != Status::RequiresCapture {
            checkout::leaves_alone(work, &intent)?;
        }
        if intent.status.is_final() {
            return Err(intent.unexpected_state("cancel", "canceled", CANCELABLE)?.into());
        }
        intent.let_go(work, None)?;
        intent.cancel(work, self.0)?;
        Ok(to_json(&intent)?)
    }
}

impl PaymentIntent {
    pub fn cancel(&mut self, work: &Work<'_>, reason: Option<&str>) -> rusqlite::Result<()> {
        self.status = Status::Canceled;
        self.canceled_at = Some(work.created());
        self.cancellation_reason = reason.map(str::to_owned);
        self.next_action = None;
        work.save(self)?;
        work.emit("payment_intent.canceled", self)
    }

    /// Whether the bank only holds the money until somebody captures it.
    pub fn is_captured_by_hand(&self) -> bool {
        self.capture_method == CaptureMethod::Manual
    }

    fn unexpected_state(&self, verb: &str, participle: &str, allowed: &str) -> rusqlite::Result<ApiError> {
        let message = format!(
            "You cannot {verb} this PaymentIntent because it has a status of {}. Only a PaymentIntent with one of the \
             following statuses may be {participle}: {allowed}.",
            self.status.name()
        );
        Ok(ApiError::invalid(message).code("payment_intent_unexpected_state").payment_intent(to_json(self)?))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{NOW, Twin};

    #[test]
    fn a_good_card_is_charged_at_once() {
        let twin = Twin::new();
        let form = "amount=1500&currency=eur&payment_method=pm_card_visa&confirm=true&description=Order+1\
                    &receipt_email=a@example.com&metadata[order_id]=ord_1&automatic_payment_methods[enabled]=true\
                    &automatic_payment_methods[allow_redirects]=never";
        let reply = twin.post("/v1/payment_intents", form, None);
        assert_eq!(reply.status, 200);
        let intent = &reply.json;
        let expected = json!({
            "id": intent["id"], "object": "payment_intent", "amount": 1500, "amount_capturable": 0,
            "amount_received": 1500,
            "automatic_payment_methods": { "enabled": true, "allow_redirects": "never" }, "canceled_at": null,
            "cancellation_reason": null, "capture_method": "automatic_async", "client_secret": intent["client_secret"],
            "confirmation_method": "automatic", "created": NOW.unix_timestamp(), "currency": "eur",
            "description": "Order 1", "last_payment_error": null, "latest_charge": intent["latest_charge"],
            "livemode": false, "metadata": { "order_id": "ord_1" }, "next_action": null,
            "payment_method": "pm_card_visa", "payment_method_types": ["card"], "receipt_email": "a@example.com",
            "status": "succeeded",
        });
        assert_eq!(intent, &expected);
        assert!(reply.text("/id").starts_with("pi_") && reply.text("/id").len() == 27);
        let secret = format!("{}_secret_", reply.text("/id"));
        assert!(reply.text("/client_secret").starts_with(&secret));
        let kept = twin.get(&format!("/v1/payment_intents/{}", reply.text("/id")));
        assert_eq!(kept.json, expected);
        assert_eq!(twin.events(), ["payment_intent.created", "payment_intent.succeeded"]);
        let charge = twin.get(&format!("/v1/charges/{}", reply.text("/latest_charge")));
        assert_eq!(
            (charge.text("/status"), charge.text("/payment_intent")),
            ("succeeded", reply.text("/id"))
        );
    }

    #[test]
    fn an_intent_can_be_confirmed_later_with_a_card_of_its_own_or_a_new_one() {
        let twin = Twin::new();
        let form = "amount=5&currency=eur&payment_method_types[]=card";
        let bare = twin.post("/v1/payment_intents", form, None);
        assert_eq!(bare.text("/status"), "requires_payment_method");
        assert_eq!(
            twin.act(&bare, "confirm", "").error(),
            (400, Some("payment_intent_unexpected_state"), None)
        );
        assert_eq!(twin.act(&bare, "confirm", "payment_method=pm_card_amex").text("/status"), "succeeded");
        let ready = twin.post("/v1/payment_intents", &format!("{form}&payment_method=pm_card_visa"), None);
        assert_eq!(ready.text("/status"), "requires_confirmation");
        assert_eq!(twin.act(&ready, "confirm", "").text("/status"), "succeeded");
        let twice = twin.act(&ready, "confirm", "");
        assert_eq!(twice.error(), (400, Some("payment_intent_unexpected_state"), None));
        assert_eq!(twice.text("/error/payment_intent/id"), ready.text("/id"));
    }

    #[test]
    fn an_unknown_card_is_refused_and_nothing_is_made() {
        let twin = Twin::new();
        let reply = twin.pay("pm_card_nonsense");
        assert_eq!(reply.error(), (400, Some("resource_missing"), Some("payment_method")));
        assert_eq!(reply.text("/error/message"), "No such PaymentMethod: 'pm_card_nonsense'");
        assert!(twin.stripe.intents().is_empty());
    }

    #[test]
    fn a_return_url_is_needed_where_a_redirect_is_possible_and_makes_it_one() {
        let twin = Twin::new();
        let form = "amount=5&currency=eur&confirm=true&payment_method=pm_card_threeDSecure2Required";
        assert_eq!(twin.post("/v1/payment_intents", form, None).error(), (400, None, None));
        let reply =
            twin.post("/v1/payment_intents", &format!("{form}&return_url=https://shop.example/done"), None);
        assert_eq!(reply.text("/next_action/type"), "redirect_to_url");
        assert_eq!(reply.text("/next_action/redirect_to_url/return_url"), "https://shop.example/done");
    }

    #[test]
    fn an_unpaid_intent_can_be_canceled_once() {
        let twin = Twin::new();
        let intent = twin.pay("pm_card_threeDSecure2Required");
        let canceled = twin.act(&intent, "cancel", "cancellation_reason=abandoned");
        assert_eq!(
            (canceled.text("/status"), canceled.text("/cancellation_reason")),
            ("canceled", "abandoned")
        );
        assert_eq!(canceled.json["canceled_at"], NOW.unix_timestamp());
        assert_eq!(twin.events().last().map(String::as_str), Some("payment_intent.canceled"));
        for again in ["cancel", "confirm"] {
            assert_eq!(
                twin.act(&intent, again, "").error(),
                (400, Some("payment_intent_unexpected_state"), None)
            );
        }
        assert!(!twin.stripe.authenticate(NOW, intent.text("/id"), true), "the customer came too late");
    }

    #[test]
    fn a_paid_intent_cannot_be_canceled_and_is_shown_in_the_error() {
        let twin = Twin::new();
        let intent = twin.pay("pm_card_visa");
        let refused = twin.act(&intent, "cancel", "");
        assert_eq!(refused.error(), (400, Some("payment_intent_unexpected_state"), None));
        assert_eq!(refused.json["error"]["payment_intent"], intent.json);
    }
}
