//! Stripe's test cards (Stripe docs, "Testing": cards by brand, declined payments, 3D Secure, refunds).

use super::error::ApiError;
use super::refunds::Status;

/// Says yes to a charge, but answers the request with 500: the case "treat the result as indeterminate" of Stripe's
/// docs on low-level errors, for which Stripe itself has no test card.
const UNHEARD: &str = "pm_twin_chargedWithServerError";
/// A refund of it is `pending` first and succeeds later.
pub(super) const PENDING_REFUND: &str = "pm_card_pendingRefund";
/// A refund of it is `succeeded` first and fails later.
pub(super) const REFUND_FAIL: &str = "pm_card_refundFail";
/// The twin's own: the first refund fails as that of [`REFUND_FAIL`] does, every other one succeeds.
pub(super) const FIRST_REFUND_FAILS: &str = "pm_twin_firstRefundFails";
/// The twin's own: a refund of it is `pending` first and fails later.
pub(super) const PENDING_REFUND_FAILS: &str = "pm_twin_pendingRefundFails";
/// The twin's own: a refund of it waits for the customer, as it does with payment methods that are no cards.
pub(super) const REFUND_REQUIRES_ACTION: &str = "pm_twin_refundRequiresAction";
/// The charge is disputed at once, as fraud, or because nothing arrived.
pub(super) const DISPUTED: &str = "pm_card_createDispute";
pub(super) const NOT_RECEIVED: &str = "pm_card_createDisputeProductNotReceived";
/// The bank inquires first: no money is taken, and refunds go on.
pub(super) const INQUIRED: &str = "pm_card_createDisputeInquiry";

/// "Some time later" of the cards whose refunds change once more (Stripe docs, "Testing": refunds), in seconds.
pub(super) const SETTLES_AFTER: i64 = 5;
/// When a customer does what a refund asks, in seconds.
pub(super) const ANSWERED_AFTER: i64 = 24 * 60 * 60;

const PLAIN: [&str; 19] = [
    "pm_card_visa",
    "pm_card_visa_debit",
    "pm_card_mastercard",
    "pm_card_mastercard_debit",
    "pm_card_mastercard_prepaid",
    "pm_card_amex",
    "pm_card_discover",
    "pm_card_diners",
    "pm_card_jcb",
    "pm_card_unionpay",
    "pm_card_us",
    PENDING_REFUND,
    REFUND_FAIL,
    FIRST_REFUND_FAILS,
    PENDING_REFUND_FAILS,
    REFUND_REQUIRES_ACTION,
    DISPUTED,
    NOT_RECEIVED,
    INQUIRED,
];

/// How a refund goes: its first status, and what becomes of it after so many seconds.
pub(super) struct Course {
    pub begins: Status,
    pub then: Option<(i64, Status)>,
}

/// How a refund to that card goes, and whether it is the first of its charge.
pub(super) fn refund(payment_method: &str, first: bool) -> Course {
    let (begins, then) = match payment_method {
        PENDING_REFUND => (Status::Pending, Some((SETTLES_AFTER, Status::Succeeded))),
        PENDING_REFUND_FAILS => (Status::Pending, Some((SETTLES_AFTER, Status::Failed))),
        REFUND_FAIL => (Status::Succeeded, Some((SETTLES_AFTER, Status::Failed))),
        FIRST_REFUND_FAILS if first => (Status::Succeeded, Some((SETTLES_AFTER, Status::Failed))),
        REFUND_REQUIRES_ACTION => (Status::RequiresAction, Some((ANSWERED_AFTER, Status::Succeeded))),
        _ => (Status::Succeeded, None),
    };
    Course { begins, then }
}

/// What a charge to a card comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Outcome {
    Succeeds,
    /// Succeeds, but the caller gets a 500.
    SucceedsUnheard,
    Declined(Decline),
    /// The customer has to authenticate; then the bank may still say no.
    NeedsCustomer(Option<Decline>),
}

/// A bank's no: the error's `code` and `decline_code`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Decline {
    pub code: &'static str,
    decline_code: Option<&'static str>,
    pub message: &'static str,
}

impl Decline {
    const fn card_declined(decline_code: &'static str, message: &'static str) -> Self {
        Self { code: "card_declined", decline_code: Some(decline_code), message }
    }

    const fn other(code: &'static str, message: &'static str) -> Self {
        Self { code, decline_code: None, message }
    }

    pub fn error(self) -> ApiError {
        ApiError::card(self.message).code(self.code).decline_code(self.decline_code)
    }
}

const GENERIC: Decline = Decline::card_declined("generic_decline", "Your card was declined.");
const NO_FUNDS: Decline = Decline::card_declined("insufficient_funds", "Your card has insufficient funds.");

/// What the test card of that name does; `None`: there is no such card.
pub(super) fn outcome(payment_method: &str) -> Option<Outcome> {
    use Outcome::{Declined, NeedsCustomer, Succeeds, SucceedsUnheard};
    if PLAIN.contains(&payment_method) {
        return Some(Succeeds);
    }
    if payment_method == UNHEARD {
        return Some(SucceedsUnheard);
    }
    // Stripe's docs name the declining cards with the brand; the older names without it still work.
    let card = payment_method.strip_prefix("pm_card_")?;
    Some(match card.strip_prefix("visa_").unwrap_or(card) {
        "chargeDeclined" => Declined(GENERIC),
        "chargeDeclinedInsufficientFunds" => Declined(NO_FUNDS),
        "chargeDeclinedLostCard" => Declined(Decline::card_declined("lost_card", GENERIC.message)),
        "chargeDeclinedStolenCard" => Declined(Decline::card_declined("stolen_card", GENERIC.message)),
        "chargeDeclinedFraudulent" => Declined(Decline::card_declined("fraudulent", GENERIC.message)),
        "chargeDeclinedExpiredCard" => Declined(Decline::other("expired_card", "Your card has expired.")),
        "chargeDeclinedIncorrectCvc" => {
            Declined(Decline::other("incorrect_cvc", "Your card's security code is incorrect."))
        }
        "chargeDeclinedProcessingError" => {
            Declined(Decline::other("processing_error", "An error occurred while processing your card."))
        }
        "authenticationRequired" | "threeDSecure2Required" | "threeDSecureRequired" => NeedsCustomer(None),
        "authenticationRequiredChargeDeclinedInsufficientFunds" => NeedsCustomer(Some(NO_FUNDS)),
        _ => return None,
    })
}

/// The name of a known card; an unknown one is answered as Stripe does.
pub(super) fn known(payment_method: Option<String>) -> Result<Option<String>, ApiError> {
    match payment_method {
        Some(name) if outcome(&name).is_none() => {
            Err(ApiError::invalid(format!("No such PaymentMethod: '{name}'"))
                .code("resource_missing")
                .param("payment_method"))
        }
        known => Ok(known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declining_cards_have_stripes_codes() {
        for (name, code, decline_code) in [
            ("pm_card_chargeDeclined", "card_declined", Some("generic_decline")),
            ("pm_card_visa_chargeDeclined", "card_declined", Some("generic_decline")),
            ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", Some("insufficient_funds")),
            ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", Some("insufficient_funds")),
            ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", Some("stolen_card")),
            ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
        ] {
            let Some(Outcome::Declined(decline)) = outcome(name) else { panic!("{name} is not declined") };
            assert_eq!((decline.code, decline.decline_code), (code, decline_code), "{name}");
        }
    }

    #[test]
    fn cards_of_all_brands_succeed_and_unknown_ones_are_unknown() {
        assert!(PLAIN.iter().all(|name| outcome(name) == Some(Outcome::Succeeds)));
        assert_eq!(outcome("pm_card_nonsense"), None);
        assert_eq!(outcome("visa"), None);
    }
}
