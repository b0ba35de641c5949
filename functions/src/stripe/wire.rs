//! Stripe's objects, as far as we read them, and its way to count money.

use serde::Deserialize;
use shared::ids::{CustomerId, OrderId};
use shared::money::{Currency, Money};
use shared::order::{Refund, RefundReport};
use shared::store::Capture;
use std::collections::BTreeMap;

use crate::error::Error;

/// The entry of a payment's metadata that says how it came into being, where that matters.
pub(super) const VIA: &str = "via";
/// By a Checkout session.
pub(super) const CHECKOUT: &str = "checkout";

/// A PaymentIntent.
#[derive(Debug, Clone, Deserialize)]
pub struct Intent {
    /// `pi_…`
    pub id: String,
    /// Where it stands.
    pub status: String,
    /// What was taken, in Stripe's minor units.
    #[serde(default)]
    pub amount_received: i64,
    /// What is reserved and can be taken, in Stripe's minor units.
    #[serde(default)]
    pub amount_capturable: i64,
    /// In small letters.
    pub currency: String,
    /// For the shop's page, to confirm it with the bank.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// What we said about it.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Why the last attempt was refused.
    #[serde(default)]
    pub last_payment_error: Option<ErrorObject>,
}

/// A refund.
#[derive(Debug, Clone, Deserialize)]
pub struct RefundObject {
    /// `re_…`
    pub id: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    failure_reason: Option<String>,
    amount: i64,
    currency: String,
    /// Of which payment.
    #[serde(default)]
    pub payment_intent: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

impl RefundObject {
    /// Our id of the refund, if it was made by us.
    pub fn refund_id(&self) -> Option<&str> {
        order(&self.metadata)?;
        self.metadata.get("refund_id").map(String::as_str)
    }

    /// The order that it belongs to, if it was made by us.
    pub fn order(&self) -> Option<(CustomerId, OrderId)> {
        order(&self.metadata)
    }

    /// Whether it is this attempt of a refund of ours.
    pub(super) fn is_of(&self, refund: &Refund) -> bool {
        self.metadata.get("refund_id") == Some(&refund.id) && self.attempt() == refund.attempt
    }

    fn attempt(&self) -> u32 {
        self.metadata.get("attempt").and_then(|attempt| attempt.parse().ok()).unwrap_or_default()
    }

    /// How much goes back.
    pub fn amount(&self) -> Result<Money, Error> {
        money(self.amount, &self.currency)
    }

    /// A pending refund counts as taken: Stripe finishes it, or tells by webhook that it failed.
    pub fn report(&self) -> RefundReport {
        match self.status.as_deref() {
            Some("failed" | "canceled") => {
                let code = self.failure_reason.clone().unwrap_or_else(|| "failed".to_owned());
                RefundReport::Failed { attempt: self.attempt(), code }
            }
            _ => RefundReport::Done { provider: self.id.clone() },
        }
    }
}

/// Money that a bank takes back for a customer (Stripe: "The Dispute object").
#[derive(Debug, Clone, Deserialize)]
pub struct Dispute {
    /// `dp_…`
    pub id: String,
    amount: i64,
    currency: String,
    /// The bank's word for why.
    pub reason: String,
    status: String,
    /// Of which payment.
    #[serde(default)]
    pub payment_intent: Option<String>,
}

impl Dispute {
    /// How much.
    pub fn amount(&self) -> Result<Money, Error> {
        money(self.amount, &self.currency)
    }

    /// Whether the bank only asks, and takes nothing back yet.
    pub fn is_inquiry(&self) -> bool {
        self.status.starts_with("warning_")
    }

    /// Whether the store won it, once it is over.
    pub fn won(&self) -> Option<bool> {
        match self.status.as_str() {
            "won" => Some(true),
            "lost" => Some(false),
            _ => None,
        }
    }
}

/// The order that our metadata names.
pub(super) fn order(metadata: &BTreeMap<String, String>) -> Option<(CustomerId, OrderId)> {
    let customer = CustomerId::parse(metadata.get("customer_id")?).ok()?;
    Some((customer, OrderId::parse(metadata.get("order_id")?).ok()?))
}

/// A list.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
}

/// Why Stripe refused something.
#[derive(Debug, Clone, Deserialize)]
pub struct ErrorObject {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    decline_code: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    param: Option<String>,
    #[serde(default)]
    pub(super) payment_intent: Option<Box<Intent>>,
}

impl ErrorObject {
    /// The most telling code.
    pub fn code(&self) -> String {
        let codes = [&self.decline_code, &self.code, &self.kind];
        codes.into_iter().flatten().next().cloned().unwrap_or_else(|| "unknown".to_owned())
    }
}

/// A refusal with its status.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) status: u16,
    pub(super) error: ErrorObject,
}

impl Failure {
    pub(super) fn parse(status: u16, body: &[u8]) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Envelope {
            error: ErrorObject,
        }
        serde_json::from_slice::<Envelope>(body).map(|envelope| Self { status, error: envelope.error })
    }

    pub(super) fn code(&self) -> String {
        self.error.code()
    }

    /// Whether this is a verdict on the card, the amount or the way back, which asking again cannot change. Any other refusal is a
    /// mistake of ours, and no reason to call the customer's payment declined.
    pub(super) fn is_final(&self) -> bool {
        let param = self.error.param.as_deref().unwrap_or_default();
        self.error.kind.as_deref() == Some("card_error")
            || matches!(param, "payment_method" | "amount" | "currency" | "success_url" | "cancel_url")
            || self.error.code.as_deref().is_some_and(|code| code.starts_with("amount_too_"))
    }
}

/// Stripe's word for when money is taken (Stripe: "Place a hold on a payment method").
pub(super) fn capture_method(capture: Capture) -> &'static str {
    match capture {
        Capture::Immediately => "automatic",
        Capture::AtShipment => "manual",
    }
}

/// Decimals that Stripe counts in, where that is not ISO 4217's (Stripe: "Zero-decimal currencies", "Special cases"):
/// ISK and UGX take two decimals that must be zero, MGA has none.
fn exponent(currency: Currency) -> u32 {
    match currency.code() {
        "ISK" | "UGX" => 2,
        "MGA" => 0,
        _ => currency.exponent(),
    }
}

/// An amount in the units that Stripe counts in.
pub(super) fn minor_units(money: Money) -> Result<i64, Error> {
    let (ours, theirs) = (money.currency().exponent(), exponent(money.currency()));
    let minor = money.minor();
    let scaled = if theirs >= ours {
        minor.checked_mul(10i64.pow(theirs - ours))
    } else {
        let unit = 10i64.pow(ours - theirs);
        (minor % unit == 0).then_some(minor / unit)
    };
    scaled.ok_or_else(|| Error::broken("Stripe cannot take this amount", money.to_string()))
}

/// What an amount in Stripe's units is.
pub(super) fn money(minor: i64, currency: &str) -> Result<Money, Error> {
    let unreadable = |_| Error::broken("Stripe answered with an amount that is none", currency.to_owned());
    let currency = Currency::parse(&currency.to_ascii_uppercase()).map_err(unreadable)?;
    Money::new(rust_decimal::Decimal::new(minor, exponent(currency)), currency).map_err(unreadable)
}

/// A text as part of a path or a query.
pub(super) fn path_segment(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_survive_stripes_way_of_counting() {
        for (text, units) in [
            ("20.00 EUR", 2_000),
            ("150 JPY", 150),
            ("1.500 KWD", 1_500),
            ("20 ISK", 2_000),
            ("5 UGX", 500),
            ("7 MGA", 7),
        ] {
            let amount: Money = text.parse().expect("valid money");
            assert_eq!(minor_units(amount).ok(), Some(units), "{text}");
            let code = amount.currency().code().to_ascii_lowercase();
            assert_eq!(money(units, &code).ok(), Some(amount), "{text}");
        }
        assert!(minor_units("7.01 MGA".parse().expect("valid money")).is_err());
    }

    #[test]
    fn every_state_of_a_payment_has_a_meaning() {
        use shared::order::IntentReport::{Canceled, Created, Failed, Open, Succeeded};
        let report = |status: &str, error: &str| {
            let json = format!(
                r#"{{"id":"pi_1","status":"{status}","amount_received":2000,"currency":"eur","last_payment_error":{error}}}"#
            );
            serde_json::from_str::<Intent>(&json).expect("an intent").report().expect("a report")
        };
        assert!(matches!(report("succeeded", "null"), Succeeded { amount, .. } if amount.minor() == 2_000));
        assert!(matches!(report("canceled", "null"), Canceled { .. }));
        assert!(matches!(report("requires_confirmation", "null"), Created { .. }));
        assert!(matches!(report("requires_payment_method", "null"), Created { .. }));
        assert!(matches!(report("requires_action", "null"), Open { .. }));
        assert!(matches!(report("processing", "null"), Open { .. }));
        let declined = r#"{"code":"card_declined","decline_code":"insufficient_funds"}"#;
        assert!(
            matches!(report("requires_payment_method", declined), Failed { code, .. } if code == "insufficient_funds")
        );
    }
}
