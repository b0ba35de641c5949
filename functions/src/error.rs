//! What can go wrong, and what the caller hears of it.

use shared::api::FieldError;
use shared::api::quote::LineView;
use shared::coupon::CouponRefusal;
use shared::order::{Action, Rejection};
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

/// The answer to a command that was refused.
pub fn refused(rejection: Rejection) -> Error {
    let detail = rejection.to_string();
    let conflict = |code| Problem::new(409, code, &detail);
    let invalid = |pointer: &str, code| vec![FieldError::new(pointer, code, &detail)].into();
    match rejection {
        Rejection::NotForRole { .. } => Problem::new(403, "forbidden", &detail),
        Rejection::WrongStatus { action, .. } => conflict(refusal_code(action)),
        Rejection::AgainstPolicy { .. } => conflict("order_not_cancellable"),
        Rejection::OverrideRequired => conflict("override_required"),
        Rejection::PartlyShipped => conflict("partly_shipped"),
        Rejection::UnknownShipment => Problem::not_found(),
        Rejection::ShipmentNotOpen { state } => conflict("shipment_not_open").with("shipment_status", state),
        Rejection::NoLabelWanted { .. } => conflict("no_label_wanted"),
        Rejection::WhichShipment { shipments } => conflict("which_shipment").with("shipments", shipments),
        Rejection::NotExpired => conflict("payment_open"),
        Rejection::NotPaid => conflict("order_not_paid"),
        Rejection::Allocation(mismatch) => {
            return Error::broken("an order's stock is not what it sells", mismatch);
        }
        Rejection::PaymentMismatch => conflict("payment_mismatch"),
        Rejection::PaymentInProgress => conflict("payment_in_progress").retry_after(2),
        Rejection::KeyReused => Problem::new(422, "idempotency_key_reused", &detail),
        Rejection::UnknownLine { at } => return invalid(&format!("/lines/{at}"), "unknown_line"),
        Rejection::NotEnoughUnits { line, left } => {
            conflict("not_enough_units").with("line_id", line).with("available", left)
        }
        Rejection::NothingToRefund => conflict("nothing_to_refund"),
        Rejection::RefundExceedsCaptured { refundable } => conflict("refund_exceeds_captured")
            .with("refundable_amount", refundable.amount().to_string())
            .with("currency", refundable.currency()),
        Rejection::DeliveryGone => conflict("delivery_already_refunded"),
        Rejection::UnknownRefund | Rejection::UnknownReturn => Problem::not_found(),
        Rejection::NoRefundOfThatState => conflict("refund_not_open"),
        Rejection::ReturnWindowClosed { until } => {
            let problem = conflict("return_window_closed");
            match until {
                Some(until) => problem.with("return_until", until.rfc3339()),
                None => problem,
            }
        }
        Rejection::UnknownReason { reasons } => {
            let errors = vec![FieldError::new("/reason", "unknown_reason", &detail)];
            Problem::invalid(errors).with("reasons", reasons)
        }
        Rejection::NothingToReturn => conflict("nothing_to_return"),
        Rejection::ReturnNotOpen { state } => conflict("return_not_open").with("return_status", state),
        Rejection::NoReturnOfThatState => conflict("return_not_open"),
        Rejection::TooMany { .. } => conflict("too_many"),
    }
    .into()
}

/// The code of an action that is not possible where the order stands.
fn refusal_code(action: Action) -> &'static str {
    match action {
        Action::Pay => "order_not_payable",
        Action::Cancel | Action::CancelLines => "order_not_cancellable",
        Action::WantLabel => "no_label_wanted",
        Action::RequestReturn => "order_not_returnable",
        Action::ApproveReturn | Action::RejectReturn | Action::ReceiveReturn => "return_not_open",
        _ => "status_not_reachable",
    }
}
