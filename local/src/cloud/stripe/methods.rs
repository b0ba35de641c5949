//! Which payment methods an intent or a session takes (Stripe docs, "Payment method integration options").

use serde::{Deserialize, Serialize};

use super::error::ApiError;
use super::form::{Params, required};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct AutomaticPaymentMethods {
    allow_redirects: String,
    enabled: bool,
}

/// When an authorized payment is captured (API docs, PaymentIntent `capture_method`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CaptureMethod {
    Automatic,
    /// The default since version 2024-04-10 (Stripe's changelog).
    #[default]
    AutomaticAsync,
    Manual,
}

impl CaptureMethod {
    pub fn parse(params: &mut Params, name: &str) -> Result<Self, ApiError> {
        Ok(match params.one_of(name, &["automatic", "automatic_async", "manual"])? {
            Some("automatic") => Self::Automatic,
            Some("manual") => Self::Manual,
            _ => Self::AutomaticAsync,
        })
    }
}

/// Cards are all that the fake knows.
pub(super) fn only_cards(types: &[String]) -> Result<(), ApiError> {
    match types.iter().find(|name| *name != "card") {
        None => Ok(()),
        Some(other) => Err(ApiError::invalid(format!("The payment method type \"{other}\" is invalid."))
            .param("payment_method_types")),
    }
}

/// On unless the types are listed, since version 2023-08-16 (API docs, PaymentIntent `automatic_payment_methods`).
pub(super) fn automatic(params: &mut Params) -> Result<Option<AutomaticPaymentMethods>, ApiError> {
    let types = params.list("payment_method_types");
    let enabled = params.flag("automatic_payment_methods[enabled]")?;
    let redirects = params.one_of("automatic_payment_methods[allow_redirects]", &["always", "never"])?;
    if redirects.is_some() {
        required("automatic_payment_methods[enabled]", enabled)?;
    }
    if enabled == Some(true) && !types.is_empty() {
        let message =
            "You may only specify one of these parameters: automatic_payment_methods, payment_method_types.";
        return Err(ApiError::invalid(message));
    }
    only_cards(&types)?;
    let on = enabled.unwrap_or(types.is_empty());
    Ok(on.then(|| AutomaticPaymentMethods {
        allow_redirects: redirects.unwrap_or("always").to_owned(),
        enabled: true,
    }))
}

/// A payment method that may send the customer away needs an address to come back to, even if this one would not.
pub(super) fn redirects_are_possible(
    automatic: Option<&AutomaticPaymentMethods>,
    return_url: Option<&str>,
) -> Result<(), ApiError> {
    match automatic {
        Some(methods) if methods.allow_redirects != "never" && return_url.is_none() => {
            Err(ApiError::invalid(
                "This PaymentIntent is configured to accept payment methods that might redirect your customer off of \
             your page: you must provide a `return_url`. If you don't want to accept them, set \
             `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never`.",
            ))
        }
        _ => Ok(()),
    }
}
