//! What can go wrong, and what the caller hears of it.

use shared::api::FieldError;
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
        use shared::api::order::LineView;
        match refusal {
            Refusal::Invalid(errors) => Problem::invalid(errors),
            Refusal::TotalChanged { expected, actual, lines } => {
                let lines: Vec<LineView> =
                    lines.iter().enumerate().map(|(at, line)| LineView::of(at, line)).collect();
                Problem::new(409, "total_changed", "the total is not the one that was expected")
                    .with("expected_total", expected.amount().to_string())
                    .with("actual_total", actual.amount().to_string())
                    .with("currency", actual.currency())
                    .with("lines", lines)
            }
            Refusal::OutOfStock(shortages) => {
                Problem::new(409, "out_of_stock", "some products are short").with("lines", shortages)
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
                .with("status", status)
                .with("allowed_actions", Vec::<String>::new()),
            Rejection::NotExpired => Problem::new(409, "payment_open", &detail),
            Rejection::NotConfirmed => Problem::new(409, "order_not_confirmed", &detail),
            Rejection::PaymentMismatch => Problem::new(409, "payment_mismatch", &detail),
            Rejection::UnknownRefund => Problem::new(409, "unknown_refund", &detail),
        }
        .into()
    }
}
