//! Which events go to which worker, and when. The log is the outbox; this is its routing table.

use serde::{Deserialize, Serialize};

use crate::ids::{CustomerId, OrderId};
use crate::order::payment::Method;
use crate::order::{Event, EventKind, Order};

/// A queue that a worker empties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Queue {
    /// Plans parcels.
    Fulfillment,
    /// Writes to customers.
    Email,
    /// Looks after payments and stock holds that hang.
    Payment,
    /// Numbers bills.
    Invoice,
}

impl Queue {
    /// Every queue.
    pub const ALL: [Self; 4] = [Self::Fulfillment, Self::Email, Self::Payment, Self::Invoice];
}

/// What a queue carries: ids and a sequence number, no personal data. The worker reads the rest from the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Which order.
    pub order_id: OrderId,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// Which entry of its log.
    pub sequence: u64,
    /// What happened, for whoever looks at the queue.
    #[serde(rename = "type")]
    pub kind: String,
}

impl Message {
    /// The message about one entry of an order's log.
    pub fn about(order: &Order, event: &Event) -> Self {
        Self {
            order_id: order.id,
            customer_id: order.customer.clone(),
            sequence: event.sequence,
            kind: event.kind.name().to_owned(),
        }
    }
}

/// Seconds before the payment worker first looks at a new order: the request that placed it is done by then.
pub const PAYMENT_DELAY_SECONDS: i32 = 60;

/// Where an event goes, each with the seconds that it waits in the queue.
pub fn routes(event: &EventKind) -> &'static [(Queue, i32)] {
    match event {
        EventKind::Placed {
            method: Method::Card { .. } | Method::Redirect { .. } | Method::Later, ..
        } => &[(Queue::Email, 0), (Queue::Payment, PAYMENT_DELAY_SECONDS)],
        EventKind::Placed { method: Method::Cod, .. } => &[(Queue::Email, 0)],
        EventKind::PaymentChosen { .. } => &[(Queue::Payment, PAYMENT_DELAY_SECONDS)],
        EventKind::Confirmed => &[(Queue::Email, 0), (Queue::Fulfillment, 0), (Queue::Invoice, 0)],
        // The parcels are planned anew, and what is given back is asked for.
        EventKind::LinesCancelled { .. } => {
            &[(Queue::Email, 0), (Queue::Fulfillment, 0), (Queue::Invoice, 0)]
        }
        EventKind::Cancelled { .. } => {
            &[(Queue::Email, 0), (Queue::Payment, 0), (Queue::Fulfillment, 0), (Queue::Invoice, 0)]
        }
        // What is reserved is taken now.
        EventKind::ParcelShipped { .. } => &[(Queue::Email, 0), (Queue::Payment, 0)],
        // Labels are bought for what is planned and where somebody asks, and given back for what is not sent.
        EventKind::Prepared { .. } | EventKind::LabelWanted { .. } => &[(Queue::Fulfillment, 0)],
        EventKind::RefundRequested { .. }
        | EventKind::RefundRetried { .. }
        | EventKind::RefundFailed { .. } => &[(Queue::Payment, 0)],
        // What was taken off may be final now: `invoice::due`.
        EventKind::Refunded { .. }
        | EventKind::RefundSettled { .. }
        | EventKind::RefundedOutside { .. }
        | EventKind::ReturnReceived { .. } => &[(Queue::Email, 0), (Queue::Invoice, 0)],
        EventKind::Shipped
        | EventKind::Delivered
        | EventKind::ParcelDelivered { .. }
        | EventKind::PaymentFailed { .. }
        | EventKind::ReturnRequested { .. }
        | EventKind::ReturnApproved { .. }
        | EventKind::ReturnRejected { .. } => &[(Queue::Email, 0)],
        EventKind::PaymentReplaced
        | EventKind::CheckoutOpened { .. }
        | EventKind::PaymentStarted { .. }
        | EventKind::PaymentPending
        | EventKind::PaymentAuthorized { .. }
        | EventKind::Paid { .. }
        | EventKind::Collected { .. }
        | EventKind::PaymentVoided
        | EventKind::ParcelPacked { .. }
        | EventKind::CourierNamed { .. }
        | EventKind::LabelRequested { .. }
        | EventKind::LabelBought { .. }
        | EventKind::LabelFailed { .. }
        | EventKind::LabelVoidRequested { .. }
        | EventKind::LabelVoided { .. }
        | EventKind::Packed
        | EventKind::Disputed { .. }
        | EventKind::DisputeClosed { .. }
        | EventKind::BillIssued { .. }
        | EventKind::NotesChanged { .. } => &[],
    }
}
