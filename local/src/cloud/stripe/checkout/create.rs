//! What a session is made of: the parameters of `POST /v1/checkout/sessions`.

use std::collections::BTreeMap;

use http::{HeaderValue, Uri};
use rusqlite::params;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::error::{ApiError, Failure};
use super::super::form::{MAX_AMOUNT, Params, required};
use super::super::methods::{CaptureMethod, only_cards};
use super::super::store::{Work, to_json};
use super::{CustomerDetails, PaymentStatus, Session, Status, TotalDetails};

/// Seconds that a session lasts at least, and at most, which is also the default (API docs, Session `expires_at`).
const MIN_SECONDS: i64 = 30 * 60;
const MAX_SECONDS: i64 = 24 * 60 * 60;
/// API docs, Session `line_items`: "a maximum of 100 line items" in payment mode.
const MAX_ITEMS: usize = 100;
/// Characters (API docs, Create a Checkout Session).
const MAX_URL: usize = 5000;
const MAX_REFERENCE: usize = 200;

/// One line of what is bought.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Item {
    pub name: String,
    pub quantity: i64,
    pub unit_amount: i64,
}

/// What the session's payment intent will carry: `payment_intent_data`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in super::super) struct Payment {
    pub description: Option<String>,
    pub metadata: BTreeMap<String, String>,
    pub receipt_email: Option<String>,
    #[serde(default)]
    pub capture_method: CaptureMethod,
}

/// The parameters of `POST /v1/checkout/sessions`.
pub(in super::super) struct Create {
    mode: &'static str,
    items: Vec<Item>,
    currency: String,
    total: i64,
    success_url: String,
    cancel_url: Option<String>,
    expires_at: Option<i64>,
    client_reference_id: Option<String>,
    customer_email: Option<String>,
    metadata: BTreeMap<String, String>,
    payment: Payment,
}

impl Create {
    pub fn parse(params: &mut Params) -> Result<Self, ApiError> {
        let mode = params.one_of("mode", &["payment"])?;
        let success_url = address(params, "success_url")?;
        let (items, currency) = items(params)?;
        only_cards(&params.list("payment_method_types"))?;
        Ok(Self {
            mode: required("mode", mode)?,
            total: total(&items, &currency)?,
            items,
            currency,
            success_url: required("success_url", success_url)?,
            cancel_url: address(params, "cancel_url")?,
            expires_at: params.integer("expires_at")?,
            client_reference_id: bounded(params, "client_reference_id", MAX_REFERENCE)?,
            customer_email: params.email("customer_email")?,
            metadata: params.metadata("metadata")?,
            payment: Payment {
                description: params.text("payment_intent_data[description]"),
                metadata: params.metadata("payment_intent_data[metadata]")?,
                receipt_email: params.email("payment_intent_data[receipt_email]")?,
                capture_method: CaptureMethod::parse(params, "payment_intent_data[capture_method]")?,
            },
        })
    }

    pub fn run(self, work: &Work<'_>, base: &str) -> Result<Value, Failure> {
        let created = work.created();
        let expires_at = expiry(created, self.expires_at)?;
        let id = work.new_id("cs_test_")?;
        work.db.execute(
            "INSERT INTO open_sessions (id, due, items, payment) VALUES (?1, ?2, ?3, ?4)",
            params![id, expires_at, to_json(&self.items)?.to_string(), to_json(&self.payment)?.to_string()],
        )?;
        let session = Session {
            amount_subtotal: self.total,
            amount_total: self.total,
            cancel_url: self.cancel_url,
            client_reference_id: self.client_reference_id,
            created,
            currency: self.currency,
            customer: None,
            customer_details: self.customer_email.clone().map(CustomerDetails::of),
            customer_email: self.customer_email,
            expires_at,
            livemode: false,
            metadata: self.metadata,
            mode: self.mode.to_owned(),
            payment_intent: None,
            payment_method_types: vec!["card".to_owned()],
            payment_status: PaymentStatus::Unpaid,
            status: Status::Open,
            success_url: self.success_url,
            total_details: TotalDetails { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
            ui_mode: "hosted".to_owned(),
            url: Some(format!("{base}/c/pay/{id}")),
            id,
        };
        work.save(&session)?;
        Ok(to_json(&session)?)
    }
}

impl CustomerDetails {
    fn of(email: String) -> Self {
        Self {
            address: None,
            email: Some(email),
            name: None,
            phone: None,
            tax_exempt: "none".to_owned(),
            tax_ids: None,
        }
    }
}

fn items(params: &mut Params) -> Result<(Vec<Item>, String), ApiError> {
    let indexes = params.indexes("line_items");
    if indexes.len() > MAX_ITEMS {
        return Err(ApiError::invalid(format!("A Checkout Session has at most {MAX_ITEMS} line items."))
            .param("line_items"));
    }
    let mut items = Vec::new();
    let mut common: Option<String> = None;
    for index in indexes {
        let item = format!("line_items[{index}]");
        let param = format!("{item}[price_data][currency]");
        let currency = required(&param, params.currency(&param)?)?;
        if common.get_or_insert_with(|| currency.clone()) != &currency {
            return Err(ApiError::invalid("All line items of a Checkout Session have the same currency.")
                .param(param));
        }
        let param = format!("{item}[price_data][product_data][name]");
        let name = required(&param, params.text(&param))?;
        let param = format!("{item}[price_data][unit_amount]");
        let unit_amount = required(&param, params.at_least(0, &param)?)?;
        let param = format!("{item}[quantity]");
        let quantity = required(&param, params.at_least(1, &param)?)?;
        items.push(Item { name, quantity, unit_amount });
    }
    Ok((items, required("line_items", common)?))
}

fn total(items: &[Item], currency: &str) -> Result<i64, ApiError> {
    let amounts = items.iter().map(|item| item.unit_amount.checked_mul(item.quantity));
    let total = amounts.reduce(|sum, amount| sum?.checked_add(amount?)).flatten();
    match total {
        Some(0) => {
            let message =
                format!("The Checkout Session's total amount due must add up to at least 1 {currency}");
            Err(ApiError::invalid(message).code("amount_too_small"))
        }
        Some(total) if total <= MAX_AMOUNT => Ok(total),
        _ => {
            let message = "The Checkout Session's total amount due must be no more than 999,999.99";
            Err(ApiError::invalid(message).code("amount_too_large"))
        }
    }
}

fn expiry(created: i64, asked: Option<i64>) -> Result<i64, ApiError> {
    let at = asked.unwrap_or(created + MAX_SECONDS);
    let bound = if at < created + MIN_SECONDS {
        "at least 30 minutes"
    } else if at > created + MAX_SECONDS {
        "less than 24 hours"
    } else {
        return Ok(at);
    };
    let message = format!("The `expires_at` timestamp must be {bound} from Checkout Session creation.");
    Err(ApiError::invalid(message).param("expires_at"))
}

/// An address of the web to which a browser can be sent.
fn address(params: &mut Params, name: &str) -> Result<Option<String>, ApiError> {
    let Some(address) = bounded(params, name, MAX_URL)? else {
        return Ok(None);
    };
    let uri = address.parse::<Uri>().ok().filter(|_| HeaderValue::from_str(&address).is_ok());
    let scheme = uri.as_ref().and_then(Uri::scheme_str);
    if matches!(scheme, Some("http" | "https")) {
        Ok(Some(address))
    } else {
        Err(ApiError::invalid("Not a valid URL").code("url_invalid").param(name))
    }
}

fn bounded(params: &mut Params, name: &str, most: usize) -> Result<Option<String>, ApiError> {
    match params.text(name) {
        Some(text) if text.chars().count() > most => {
            Err(ApiError::invalid(format!("Invalid string: must be at most {most} characters")).param(name))
        }
        text => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::testing::{NOW, SESSION, Twin};
    use super::*;

    #[test]
    fn a_session_says_what_is_to_be_paid_by_when_and_where() {
        let twin = Twin::new();
        let more = "&line_items[1][quantity]=1&line_items[1][price_data][currency]=eur\
        &line_items[1][price_data][unit_amount]=99&line_items[1][price_data][product_data][name]=Delivery\
        &client_reference_id=ord_1&customer_email=a@example.com&metadata[order_id]=ord_1\
        &payment_intent_data[metadata][order_id]=ord_2&payment_method_types[0]=card";
        let at = NOW.unix_timestamp();
        let session = twin.session(&format!("{more}&expires_at={}", at + 1800));
        let id = session.text("/id");
        let expected = json!({
            "id": id, "object": "checkout.session", "amount_subtotal": 1599, "amount_total": 1599,
            "cancel_url": "https://shop.example/cart", "client_reference_id": "ord_1", "created": at, "currency": "eur",
            "customer": null,
            "customer_details": {
                "address": null, "email": "a@example.com", "name": null, "phone": null, "tax_exempt": "none",
                "tax_ids": null,
            },
            "customer_email": "a@example.com", "expires_at": at + 1800, "livemode": false,
            "metadata": { "order_id": "ord_1" }, "mode": "payment", "payment_intent": null,
            "payment_method_types": ["card"], "payment_status": "unpaid", "status": "open",
            "success_url": "https://shop.example/done?id={CHECKOUT_SESSION_ID}",
            "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 }, "ui_mode": "hosted",
            "url": format!("http://127.0.0.1/stripe/c/pay/{id}"),
        });
        assert_eq!((session.status.as_u16(), &session.json), (200, &expected));
        assert!(id.starts_with("cs_test_") && id.len() == 66, "{id}");
        assert_eq!(twin.reread(&session).json, expected);
        assert_eq!(twin.stripe.sessions(), [expected]);
        assert!(
            twin.events().is_empty() && twin.stripe.intents().is_empty(),
            "nothing is begun before the customer"
        );
    }

    #[test]
    fn a_session_lasts_a_day_unless_it_says_otherwise() {
        let twin = Twin::new();
        let at = NOW.unix_timestamp();
        assert_eq!(twin.session("").json["expires_at"], at + 86_400);
        for seconds in [1800, 86_400] {
            let asked = twin.session(&format!("&expires_at={}", at + seconds));
            assert_eq!((asked.status.as_u16(), &asked.json["expires_at"]), (200, &json!(at + seconds)));
        }
        for (seconds, bound) in
            [(1799, "at least 30 minutes"), (-5, "at least 30 minutes"), (86_401, "less than 24 hours")]
        {
            let refused = twin.session(&format!("&expires_at={}", at + seconds));
            assert_eq!(refused.error(), (400, None, Some("expires_at")));
            assert_eq!(
                refused.text("/error/message"),
                format!("The `expires_at` timestamp must be {bound} from Checkout Session creation.")
            );
        }
        assert_eq!(twin.stripe.sessions().len(), 3);
    }

    #[test]
    fn a_wrong_parameter_is_named_and_nothing_is_made() {
        let unknown = Some("parameter_unknown");
        let missing = Some("parameter_missing");
        let integer = Some("parameter_invalid_integer");
        let long = format!("&client_reference_id={}", "x".repeat(201));
        let long_url = format!("&success_url=https://shop.example/{}", "x".repeat(5000));
        let second = "&line_items[1][quantity]=1&line_items[1][price_data][currency]=usd\
        &line_items[1][price_data][unit_amount]=1&line_items[1][price_data][product_data][name]=A";
        for (more, code, param) in [
            ("&allow_promotion_codes=true", unknown, "allow_promotion_codes"),
            ("&line_items[0][price]=price_1", unknown, "line_items[0][price]"),
            ("&line_items[00][quantity]=1", unknown, "line_items[00][quantity]"),
            ("&payment_intent_data[capture_method]=later", None, "payment_intent_data[capture_method]"),
            (
                "&payment_intent_data[setup_future_usage]=off_session",
                unknown,
                "payment_intent_data[setup_future_usage]",
            ),
            ("&line_items[7][quantity]=1", missing, "line_items[7][price_data][currency]"),
            ("&mode=subscription", None, "mode"),
            ("&line_items[0][quantity]=0", integer, "line_items[0][quantity]"),
            ("&line_items[0][price_data][unit_amount]=-1", integer, "line_items[0][price_data][unit_amount]"),
            ("&line_items[0][price_data][currency]=euro", None, "line_items[0][price_data][currency]"),
            (second, None, "line_items[1][price_data][currency]"),
            ("&success_url=", missing, "success_url"),
            ("&success_url=/done", Some("url_invalid"), "success_url"),
            ("&cancel_url=javascript:alert(1)", Some("url_invalid"), "cancel_url"),
            ("&cancel_url=https://shop.example/%0Ax", Some("url_invalid"), "cancel_url"),
            (long_url.as_str(), None, "success_url"),
            (long.as_str(), None, "client_reference_id"),
            ("&customer_email=nobody", Some("email_invalid"), "customer_email"),
            (
                "&payment_intent_data[receipt_email]=no",
                Some("email_invalid"),
                "payment_intent_data[receipt_email]",
            ),
            ("&payment_method_types[]=ideal", None, "payment_method_types"),
            ("&expires_at=soon", integer, "expires_at"),
            ("&expand[]=line_items", None, "expand"),
        ] {
            let twin = Twin::new();
            assert_eq!(twin.session(more).error(), (400, code, Some(param)), "{more}");
            assert!(twin.stripe.sessions().is_empty(), "{more} left something behind");
        }
        let bare =
            Twin::new().post("/v1/checkout/sessions", "mode=payment&success_url=https://a.example", None);
        assert_eq!(bare.error(), (400, missing, Some("line_items")));
    }

    #[test]
    fn a_session_is_neither_free_nor_beyond_what_stripe_takes() {
        let twin = Twin::new();
        let costing = |cents: &str| {
            let reply = twin.session(&format!("&line_items[0][price_data][unit_amount]={cents}"));
            (reply.status.as_u16(), reply.json["error"]["code"].clone())
        };
        assert_eq!(costing("0"), (400, json!("amount_too_small")));
        assert_eq!(costing("33333333"), (200, Value::Null));
        assert_eq!(costing("33333334"), (400, json!("amount_too_large")));
        assert_eq!(costing("9223372036854775807"), (400, json!("amount_too_large")));
    }

    #[test]
    fn an_idempotency_key_makes_one_session() {
        let twin = Twin::new();
        let first = twin.post("/v1/checkout/sessions", SESSION, Some("k"));
        let again = twin.post("/v1/checkout/sessions", SESSION, Some("k"));
        assert_eq!((&again.raw, again.header("idempotent-replayed")), (&first.raw, Some("true")));
        let other =
            twin.post("/v1/checkout/sessions", &format!("{SESSION}&client_reference_id=2"), Some("k"));
        assert_eq!(other.text("/error/type"), "idempotency_error");
        assert_eq!(twin.stripe.sessions().len(), 1);
    }
}
