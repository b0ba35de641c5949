//! Stripe's error envelope (Stripe API docs, "Errors" and "Error codes").

use serde::Serialize;
use serde_json::{Value, json};

/// Why a request did not end in its object.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// An answer that Stripe documents.
    #[error("answered {}", .0.status())]
    Api(ApiError),
    /// The fake's own database failed: everything the request did is rolled back.
    #[error("the database of the Stripe fake failed")]
    Storage(#[from] rusqlite::Error),
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

/// The `error` object of an answer; without `payment_intent` it is also an intent's `last_payment_error`.
/// Boxed, because it is the rare case of every `Result`.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(super) struct ApiError(Box<Fields>);

#[derive(Debug, Clone, Serialize)]
struct Fields {
    #[serde(skip)]
    status: u16,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decline_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doc_url: Option<String>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    charge: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_intent: Option<Value>,
}

impl ApiError {
    fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Fields {
            status,
            kind,
            code: None,
            decline_code: None,
            doc_url: None,
            message: message.into(),
            param: None,
            charge: None,
            payment_intent: None,
        }))
    }

    /// 400: the request cannot be carried out as it is.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", message)
    }

    /// 401: no key, or not ours.
    pub fn unauthorized(message: &str) -> Self {
        Self::new(401, "invalid_request_error", message)
    }

    /// 402: the card's bank said no.
    pub fn card(message: &str) -> Self {
        Self::new(402, "card_error", message)
    }

    /// 404: no such address.
    pub fn unknown_url(method: &http::Method, path: &str) -> Self {
        Self::new(404, "invalid_request_error", format!("Unrecognized request URL ({method}: {path})."))
    }

    /// 404: no such object.
    pub fn no_such(kind: &str, id: &str, param: &str) -> Self {
        let message = format!("No such {kind}: '{id}'");
        Self::new(404, "invalid_request_error", message).code("resource_missing").param(param)
    }

    /// 400: an idempotency key came back with another request.
    pub fn key_reused(key: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. \
             Try using a key other than '{key}' if you meant to execute a different request."
        );
        Self::new(400, "idempotency_error", message)
    }

    /// 500: nobody knows what happened.
    pub fn server() -> Self {
        Self::new(500, "api_error", "An unknown error occurred.")
    }

    /// 503: Stripe is not there.
    pub fn down() -> Self {
        Self::new(503, "api_error", "Stripe is temporarily unavailable.")
    }

    pub fn code(mut self, code: &'static str) -> Self {
        self.0.code = Some(code);
        self.0.doc_url = Some(format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-")));
        self
    }

    pub fn decline_code(mut self, code: Option<&'static str>) -> Self {
        self.0.decline_code = code;
        self
    }

    pub fn param(mut self, param: impl Into<String>) -> Self {
        self.0.param = Some(param.into());
        self
    }

    pub fn charge(mut self, id: &str) -> Self {
        self.0.charge = Some(id.to_owned());
        self
    }

    /// The intent as the failed request left it.
    pub fn payment_intent(mut self, intent: Value) -> Self {
        self.0.payment_intent = Some(intent);
        self
    }

    pub fn status(&self) -> u16 {
        self.0.status
    }

    pub fn message(&self) -> &str {
        &self.0.message
    }

    pub fn envelope(&self) -> Value {
        json!({ "error": self })
    }
}
