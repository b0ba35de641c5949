//! What can go wrong, and what the caller hears of it.

use shared::api::FieldError;
use shared::api::quote::LineView;
use shared::coupon::CouponRefusal;
use shared::order::Rejection;
use shared::placement::Refusal;

use crate::edge::Problem;

/// The source of an error; logged, never shown.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a function did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller can do something about it.
    #[error("{0}")]
    Problem(Box<Problem>),
    /// 503 `unavailable`: a service that we need did not answer in time. Trying again is right, and safe.
    #[error("{service} is unavailable")]
    Unavailable {
        /// Which service.
        service: &'static str,
        /// What it said.
        #[source]
        source: Source,
    },
    /// 500 `internal`: stored data or configuration is not what it must be. An operator has to look.
    #[error("{what}")]
    Broken {
        /// What is not as it must be.
        what: &'static str,
        /// How that was seen.
        #[source]
        source: Source,
    },
}

impl Error {
    /// A service did not answer.
    pub fn unavailable(service: &'static str, source: impl Into<Source>) -> Self {
        Self::Unavailable { service, source: source.into() }
    }

    /// Something stored or configured is broken.
    pub fn broken(what: &'static str, source: impl Into<Source>) -> Self {
        Self::Broken { what, source: source.into() }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<Vec<FieldError>> for Error {
    fn from(errors: Vec<FieldError>) -> Self {
        Problem::invalid(errors).into()
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Invalid(errors) => Problem::invalid(errors),
            Refusal::TotalChanged { expected, actual } => {
                let total = actual.order.total;
                Problem::new(409, "total_changed", "the total is not the one that was expected")
                    .with("expected_total", expected.amount().to_string())
                    .with("actual_total", total.amount().to_string())
                    .with("currency", total.currency())
                    .with("lines", LineView::all(&actual.document))
            }
            Refusal::OutOfStock(shortages) => {
                Problem::new(409, "out_of_stock", "some products are short").with("lines", shortages)
            }
            Refusal::CartNotOpen { order } => {
                let problem = Problem::new(409, "cart_not_open", "the cart is not the open one");
                match order {
                    Some(order) => problem.with("order_id", order),
                    None => problem,
                }
            }
            Refusal::Coupon(refusal @ (CouponRefusal::UsedUp | CouponRefusal::UsedBefore)) => {
                Problem::new(409, refusal.code(), &refusal.to_string())
            }
            Refusal::Coupon(refusal) => {
                Problem::invalid(vec![FieldError::new("/coupon_code", refusal.code(), &refusal.to_string())])
            }
        }
        .into()
    }
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        let detail = rejection.to_string();
        match rejection {
            Rejection::TooLateToCancel { status } => Problem::new(409, "order_not_cancellable", &detail)
                .with("order_status", status)
                .with("allowed_actions", Vec::<String>::new()),
            Rejection::NotExpired => Problem::new(409, "payment_open", &detail),
            Rejection::NotConfirmed => Problem::new(409, "order_not_confirmed", &detail),
            Rejection::PaymentMismatch => Problem::new(409, "payment_mismatch", &detail),
            Rejection::UnknownRefund => Problem::new(409, "unknown_refund", &detail),
            Rejection::NotPayable { status } => {
                Problem::new(409, "order_not_payable", &detail).with("order_status", status)
            }
            Rejection::PaymentInProgress => Problem::new(409, "payment_in_progress", &detail).retry_after(2),
            Rejection::PaymentKeyReused => Problem::new(422, "idempotency_key_reused", &detail),
        }
        .into()
    }
}
