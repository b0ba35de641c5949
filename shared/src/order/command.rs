//! What can be asked of an order, and why it may be refused.

use super::Status;
use super::event::Parcel;
use super::payment::{Method, Reference};
use crate::money::Money;

/// Something that is asked of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Pay in this way from now on (P11). An attempt before it is called off at the provider first.
    Pay {
        /// In which way.
        method: Method,
        /// Hash of the caller and the idempotency key of the request.
        key: String,
    },
    /// Take it as an order that is paid on delivery, once no other payment can be made for it any more.
    Accept,
    /// Take in what the provider says about the payment.
    RecordPayment(IntentReport),
    /// Take in what the provider says about a refund.
    RecordRefund {
        /// Our id of the refund.
        refund: String,
        /// What became of it.
        report: RefundReport,
    },
    /// Call it off.
    Cancel {
        /// Why.
        reason: String,
    },
    /// Give it up, because nobody paid while its stock was held.
    Expire,
    /// Begin to pack it.
    Prepare {
        /// What goes into which parcel.
        parcels: Vec<Parcel>,
        /// Grams CO2e of sending them.
        carbon_grams: u64,
    },
}

/// What the provider says about a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntentReport {
    /// The money was taken.
    Succeeded {
        /// By which attempt.
        reference: Reference,
        /// Stripe's PaymentIntent, which refunds go by.
        intent: String,
        /// How much.
        amount: Money,
    },
    /// It exists and is not confirmed.
    Created {
        /// Stripe's PaymentIntent.
        intent: String,
    },
    /// The customer has to confirm it, or the provider is still at it.
    Open {
        /// What waits.
        reference: Reference,
    },
    /// It was refused.
    Failed {
        /// Stripe's PaymentIntent, if there is one.
        intent: Option<String>,
        /// The provider's code.
        code: String,
    },
    /// It was called off at the provider, or ran out of time there.
    Canceled {
        /// What was called off.
        reference: Reference,
    },
}

impl IntentReport {
    /// The attempt that the report is about.
    pub fn reference(&self) -> Option<Reference> {
        match self {
            Self::Succeeded { reference, .. } | Self::Open { reference } | Self::Canceled { reference } => {
                Some(reference.clone())
            }
            Self::Created { intent } => Some(Reference::Intent(intent.clone())),
            Self::Failed { intent, .. } => intent.clone().map(Reference::Intent),
        }
    }
}

/// What the provider says about a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundReport {
    /// It took it.
    Done {
        /// The provider's id.
        provider: String,
    },
    /// It refused it for good.
    Failed {
        /// The provider's code.
        code: String,
    },
}

/// Why a command is refused. Each is something that a caller can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// 409 `order_not_cancellable`: too late to call it off.
    #[error("the order is already {}", status.as_str())]
    TooLateToCancel {
        /// Where it stands.
        status: Status,
    },
    /// 409 `payment_open`: the hold is not over, or the payment still runs.
    #[error("the order cannot expire yet")]
    NotExpired,
    /// 409 `order_not_confirmed`: nothing is packed before it is paid.
    #[error("the order is not confirmed yet")]
    NotConfirmed,
    /// 409 `payment_mismatch`: the provider's payment is not the one that this order waits for.
    #[error("the payment does not belong to this order, or is of another amount")]
    PaymentMismatch,
    /// 409 `unknown_refund`: no such refund was requested.
    #[error("the order has no such refund")]
    UnknownRefund,
    /// 409 `order_not_payable`: there is nothing to pay, no time left, or no try ([`crate::limits::PAYMENT_ATTEMPTS`]).
    #[error("the order is {} and takes no payment", status.as_str())]
    NotPayable {
        /// Where it stands.
        status: Status,
    },
    /// 409 `payment_in_progress`: the provider is at a payment right now; ask again in a moment.
    #[error("a payment is under way")]
    PaymentInProgress,
    /// 422 `idempotency_key_reused`: the key was used for another payment of this order.
    #[error("this Idempotency-Key was used for another request")]
    PaymentKeyReused,
}
