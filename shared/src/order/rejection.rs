//! Why a command is refused. Each is something that a caller can act on.

use super::Status;
use super::returns::ReturnState;
use super::rules::Action;
use super::shipments::ShipmentState;
use crate::fulfillment::AllocationMismatch;
use crate::money::Money;
use crate::time::Timestamp;

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// 403 `not_permitted`: the caller's role never may.
    #[error("your role may not do this")]
    NotForRole {
        /// What.
        action: Action,
    },
    /// 409: not where the order stands. The code names the action, e.g. `order_not_cancellable`.
    #[error("the order is {}", status.as_str())]
    WrongStatus {
        /// What.
        action: Action,
        /// Where it stands.
        status: Status,
    },
    /// 409 `order_not_cancellable`: the policy of its placement does not let customers call it off any more.
    #[error("the store does not let customers call off an order that is {}", status.as_str())]
    AgainstPolicy {
        /// Where it stands.
        status: Status,
    },
    /// 409 `override_required`: the policy says no, and staff gave no reason to go beyond it.
    #[error("the store's policy is against it; staff may go beyond it with an override_reason")]
    OverrideRequired,
    /// 409 `partly_shipped`: parcels have left, so only what has not can be called off.
    #[error("a part of the order has left; the rest can be called off by its lines")]
    PartlyShipped,
    /// 404: no parcel of that number has left or is planned.
    #[error("the order has no such shipment")]
    UnknownShipment,
    /// 409 `shipment_not_open`: it is too far for this, or not far enough.
    #[error("the shipment is {}", state.as_str())]
    ShipmentNotOpen {
        /// How far it is.
        state: ShipmentState,
    },
    /// 409 `no_label_wanted`: the parcel has a label, or one is on its way, or it does not need one any more.
    #[error("{why}")]
    NoLabelWanted {
        /// Why not.
        why: &'static str,
    },
    /// 409 `which_shipment`: the order has several, so it must be said which.
    #[error("the order has {shipments} shipments; change the one that is meant")]
    WhichShipment {
        /// How many it has.
        shipments: usize,
    },
    /// 409 `payment_open`: the hold is not over, or the payment still runs.
    #[error("the order cannot expire yet")]
    NotExpired,
    /// 409 `order_not_paid`: neither paid, nor reserved, nor to be paid on delivery.
    #[error("the order is neither paid nor to be paid on delivery")]
    NotPaid,
    /// The stock that the order took is not what it sells: a mistake of ours, which somebody has to look at.
    #[error(transparent)]
    Allocation(#[from] AllocationMismatch),
    /// 409 `payment_mismatch`: the provider's payment is not the one that this order waits for.
    #[error("the payment does not belong to this order, or is of another amount")]
    PaymentMismatch,
    /// 409 `payment_in_progress`: the provider is at a payment right now; ask again in a moment.
    #[error("a payment is under way")]
    PaymentInProgress,
    /// 422 `idempotency_key_reused`: the key was used for another request on this order.
    #[error("this Idempotency-Key was used for another request")]
    KeyReused,
    /// 422 `unknown_line`: there is no such line.
    #[error("the order has no such line")]
    UnknownLine {
        /// Its place in the request, from 0.
        at: usize,
    },
    /// 409 `not_enough_units`: so many are not left of a line.
    #[error("the line has {left} units left for this")]
    NotEnoughUnits {
        /// Which line, from 1.
        line: u16,
        /// How many are left.
        left: u32,
    },
    /// 409 `nothing_to_refund`: nothing was taken that is not promised back.
    #[error("nothing was taken that is not given back or promised")]
    NothingToRefund,
    /// 409 `refund_exceeds_captured`: more than was taken and is not promised back.
    #[error("at most {refundable} can be given back")]
    RefundExceedsCaptured {
        /// What can be given back.
        refundable: Money,
    },
    /// 409 `delivery_already_refunded`.
    #[error("the delivery charge is not owed any more")]
    DeliveryGone,
    /// 404: no such refund was requested.
    #[error("the order has no such refund")]
    UnknownRefund,
    /// 409 `refund_not_open`: it does not wait for this.
    #[error("no refund waits for this")]
    NoRefundOfThatState,
    /// 409 `return_window_closed`.
    #[error("it is too late to send anything back, or never possible")]
    ReturnWindowClosed {
        /// Until when it was possible.
        until: Option<Timestamp>,
    },
    /// 422 `unknown_reason`: not one of those that the store offers.
    #[error("not one of the store's reasons")]
    UnknownReason {
        /// Those that it offers.
        reasons: Vec<String>,
    },
    /// 409 `nothing_to_return`: every unit was sent back, or is on its way.
    #[error("every unit was sent back or is on its way")]
    NothingToReturn,
    /// 404: no such return was asked for.
    #[error("the order has no such return")]
    UnknownReturn,
    /// 409 `return_not_open`: it stands elsewhere.
    #[error("the return is {}", state.as_str())]
    ReturnNotOpen {
        /// Where.
        state: ReturnState,
    },
    /// 409 `return_not_open`: no return waits for this.
    #[error("no return waits for this")]
    NoReturnOfThatState,
    /// 409 `too_many`: the log of an order is bounded.
    #[error("the order has as many {what} as one can have")]
    TooMany {
        /// Of what.
        what: &'static str,
    },
}
