//! The money side of an order: what was asked of the provider, what it answered, what to ask next.

use serde::{Deserialize, Serialize};

use super::refunds::{Refund, RefundState};
use super::{Order, Status};
use crate::money::Money;
use crate::store::Capture;
use crate::time::Timestamp;

/// A refund that was requested longer ago is looked up at the provider before it is asked for (again): the provider
/// forgets idempotency keys (Stripe: after 24 h), so a key alone must never stand between us and paying twice.
pub const LOOK_UP_REFUND_AFTER_SECONDS: i64 = 60 * 60;
/// How long after each refusal a refund is asked for anew: an hour, six, a day. Then it is for staff.
pub const RETRY_REFUND_AFTER_SECONDS: [i64; 3] = [60 * 60, 6 * 60 * 60, 24 * 60 * 60];

/// How long after the end of its hold an order waits for a provider that does not say how its payment stands. Then it is given
/// up: what was taken meanwhile is found when the provider is back, and goes back.
pub const PROVIDER_PATIENCE_SECONDS: i64 = 15 * 60;

/// How an order is paid. Card numbers never reach us; a payment method id stands for the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By card, through a Stripe PaymentIntent.
    Card {
        /// Stripe's PaymentMethod.
        payment_method: String,
    },
    /// Cash on delivery.
    Cod,
    /// On the provider's page, through a Stripe Checkout session.
    Redirect {
        /// Where the customer comes back to.
        return_url: String,
    },
    /// Not chosen yet: `POST /orders/{id}/payments` chooses.
    Later,
}

impl Method {
    /// Its name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Card { .. } => "card",
            Self::Cod => "cod",
            Self::Redirect { .. } => "redirect",
            Self::Later => "later",
        }
    }

    /// How far a payment is that was just chosen.
    pub(super) fn begins(&self) -> State {
        match self {
            Self::Card { .. } | Self::Redirect { .. } => State::Requested,
            Self::Cod => State::OnDelivery,
            Self::Later => State::Unchosen,
        }
    }
}

/// What the provider has of a payment; while it lives, money can be taken by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// Stripe's PaymentIntent, `pi_…`.
    Intent(String),
    /// Stripe's Checkout session, `cs_…`.
    Session(String),
}

/// How far the payment is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody has said yet how it is paid.
    Unchosen,
    /// To be paid on delivery; nothing to ask the provider.
    OnDelivery,
    /// The provider is to be asked for a payment. Nothing can be taken yet.
    Requested,
    /// The provider's payment is known to us, and is to be confirmed. From here on money can move.
    Created,
    /// The provider waits: for the customer to confirm it with the bank, or for the bank.
    Open,
    /// The money is reserved, and is taken when the first parcel leaves.
    Authorized,
    /// The money was taken, or there was none to take.
    Captured,
    /// It was refused.
    Failed {
        /// The provider's code.
        code: String,
    },
    /// The order is off, but the provider may still take the money: it has to be told.
    Voiding,
    /// No money was taken and none will be.
    Voided,
}

/// The money side of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// How.
    pub method: Method,
    /// How far.
    pub state: State,
    /// Stripe's PaymentIntent, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// Stripe's Checkout session, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The attempt before this one, while the provider has not called it off: nothing new is created before, so that an
    /// order never has two payments that could both be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<Reference>,
    /// Counts the times that a way to pay was chosen after placement; part of the provider's idempotency keys.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub attempt: u32,
    /// What this attempt asks for: what was owed when it was chosen.
    pub amount: Money,
    /// When the money is taken.
    #[serde(default, skip_serializing_if = "is_immediate")]
    pub capture: Capture,
}

/// The payment axis as the API shows it (C1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Nothing was taken yet.
    Unpaid,
    /// The money is reserved, not taken.
    Authorized,
    /// All of it was taken.
    Paid,
    /// A part went back.
    PartiallyRefunded,
    /// All of it went back.
    Refunded,
    /// The payment was refused.
    Failed,
    /// It will not be taken.
    Voided,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

fn is_immediate(capture: &Capture) -> bool {
    *capture == Capture::Immediately
}

impl Payment {
    /// What the provider has of the present attempt.
    pub fn reference(&self) -> Option<Reference> {
        let session = self.session.clone().map(Reference::Session);
        session.or_else(|| self.intent.clone().map(Reference::Intent))
    }
}

impl Order {
    /// Where its money stands. Refunds count once the provider took them.
    pub fn payment_status(&self) -> PaymentStatus {
        match self.payment.state {
            State::Captured => {
                let sums = self.sums();
                if sums.refunded().is_zero() {
                    PaymentStatus::Paid
                } else if sums.refunded() == sums.captured() {
                    PaymentStatus::Refunded
                } else {
                    PaymentStatus::PartiallyRefunded
                }
            }
            State::Authorized => PaymentStatus::Authorized,
            State::Unchosen | State::OnDelivery | State::Requested | State::Created | State::Open => {
                PaymentStatus::Unpaid
            }
            State::Failed { .. } => PaymentStatus::Failed,
            State::Voiding | State::Voided => PaymentStatus::Voided,
        }
    }
}

/// What has to be asked of the payment provider next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Create the payment at the provider, unconfirmed: no money moves.
    Create,
    /// Open a page of the provider's for the customer to pay on, until this moment or later.
    OpenSession {
        /// When the order is given up.
        until: Timestamp,
    },
    /// Confirm the payment: the money moves. Only ever one whose id is on the order already, so that whoever calls
    /// the order off knows what to call off at the provider. That, and no time limit of an idempotency key, is what
    /// makes a charge nobody knows of impossible.
    Confirm(String),
    /// Take money that is reserved.
    Capture {
        /// Stripe's PaymentIntent.
        intent: String,
        /// How much of it: what is owed. The rest is free again.
        amount: Money,
    },
    /// Tell the provider not to take the money.
    Void(Reference),
    /// Nothing stands in the way of paying on delivery any more.
    Accept,
    /// Give money back.
    Refund {
        /// Which refund.
        refund: Refund,
        /// Whether to look it up first.
        look_up: bool,
    },
    /// Ask again for a refund that the provider refused a while ago.
    RetryRefund(String),
    /// Give the order up: its hold is over and nobody paid.
    Expire,
    /// Nothing to ask before this moment.
    WaitUntil(Timestamp),
    /// Nothing to do.
    Done,
}

/// Whether an unpaid order has waited for the provider's word long enough ([`PROVIDER_PATIENCE_SECONDS`]), so that it can be
/// given up without it.
pub fn has_waited_long_enough(order: &Order, now: Timestamp) -> bool {
    let hold = order.hold_until.unwrap_or(order.placed_at);
    order.status == Status::Pending && now >= hold.plus_seconds(PROVIDER_PATIENCE_SECONDS)
}

/// The next step for this order's money. Whoever comes by takes it: the caller's own request, the provider's webhook,
/// the payment worker. All of them end in the same state.
pub fn next_step(order: &Order, now: Timestamp) -> Step {
    match next_refund(order, now) {
        Some(Step::WaitUntil(moment)) => match next_payment(order, now) {
            Step::Done => Step::WaitUntil(moment),
            Step::WaitUntil(other) => Step::WaitUntil(moment.min(other)),
            step => step,
        },
        Some(step) => step,
        None => next_payment(order, now),
    }
}

fn next_refund(order: &Order, now: Timestamp) -> Option<Step> {
    if order.refunds_by_hand() {
        return None;
    }
    let refunds = order.refunds();
    if let Some(refund) = refunds.iter().find(|refund| refund.state == RefundState::Requested) {
        let look_up = now.seconds_since(refund.since) > LOOK_UP_REFUND_AFTER_SECONDS;
        return Some(Step::Refund { refund: refund.clone(), look_up });
    }
    let refundable = order.sums().refundable().minor();
    let again = refunds.iter().filter(|refund| refund.state == RefundState::Failed);
    let again = again.filter(|refund| refund.amount.minor() <= refundable).filter_map(|refund| {
        let wait = RETRY_REFUND_AFTER_SECONDS.get(usize::try_from(refund.attempt).ok()?)?;
        Some((refund.since.plus_seconds(*wait), refund))
    });
    let (due, refund) = again.min_by_key(|(due, _)| *due)?;
    Some(if due <= now { Step::RetryRefund(refund.id.clone()) } else { Step::WaitUntil(due) })
}

fn next_payment(order: &Order, now: Timestamp) -> Step {
    let payment = &order.payment;
    let hold = order.hold_until.unwrap_or(order.placed_at);
    let held = now < hold;
    if let Some(replaced) = payment.replaced.clone() {
        return Step::Void(replaced);
    }
    match (&payment.state, payment.reference()) {
        (State::OnDelivery, _) if order.status == Status::Pending => Step::Accept,
        (State::OnDelivery | State::Captured, _) => Step::Done,
        (State::Unchosen, _) if held => Step::WaitUntil(hold),
        (State::Requested, _) if held => match payment.method {
            Method::Redirect { .. } => Step::OpenSession { until: hold },
            _ => Step::Create,
        },
        (State::Unchosen | State::Requested, _) => Step::Expire,
        (State::Created, Some(Reference::Intent(intent))) if held => Step::Confirm(intent),
        (State::Open, Some(_)) if held => Step::WaitUntil(hold),
        // The provider takes from one reservation once, so all that is owed is taken with the first parcel that leaves.
        (State::Authorized, Some(Reference::Intent(intent))) if order.has_left() => {
            match order.sums().owed() {
                nothing if nothing.is_zero() => Step::Void(Reference::Intent(intent)),
                amount => Step::Capture { intent, amount },
            }
        }
        (State::Authorized, _) => Step::Done,
        (State::Created | State::Open | State::Voiding, Some(reference)) => Step::Void(reference),
        (State::Failed { .. } | State::Voided, _) if order.status != Status::Pending => Step::Done,
        // A refused payment can be tried again, or another one made, as long as the stock is held for it.
        (State::Failed { .. }, _) if held => Step::WaitUntil(hold),
        (State::Failed { .. }, Some(reference)) => Step::Void(reference),
        // There is nothing that could still be paid: the stock goes back at once.
        (State::Failed { .. } | State::Voided, _) => Step::Expire,
        // Only a known payment is ever confirmed, waited for or voided.
        (State::Created | State::Open | State::Voiding, None) => Step::Done,
    }
}
