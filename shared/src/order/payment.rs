//! The money side of an order: what was asked of the provider, what it answered, what to ask next.

use serde::{Deserialize, Serialize};

use super::{Order, Status};
use crate::money::Money;
use crate::time::Timestamp;

/// A refund that was requested longer ago is looked up at the provider before it is asked for (again): the provider
/// forgets idempotency keys (Stripe: after 24 h), so a key alone must never stand between us and paying twice.
pub const LOOK_UP_REFUND_AFTER_SECONDS: i64 = 60 * 60;

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
    /// What was taken.
    pub captured: Money,
    /// What goes back, and has gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<Refund>,
}

/// Money that goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Our id, and the provider's idempotency key.
    pub id: String,
    /// How much.
    pub amount: Money,
    /// How far.
    pub state: RefundState,
    /// When it was requested.
    pub since: Timestamp,
}

/// How far a refund is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// The provider is to be asked.
    Requested,
    /// The provider took it.
    Done,
    /// The provider refused it.
    Failed,
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

impl Payment {
    /// What the provider has of the present attempt.
    pub fn reference(&self) -> Option<Reference> {
        let session = self.session.clone().map(Reference::Session);
        session.or_else(|| self.intent.clone().map(Reference::Intent))
    }

    /// Where the money stands. Refunds count once the provider took them.
    pub fn status(&self) -> PaymentStatus {
        match self.state {
            State::Captured => {
                let refunded = self.refunded();
                if refunded.is_zero() {
                    PaymentStatus::Paid
                } else if refunded == self.captured {
                    PaymentStatus::Refunded
                } else {
                    PaymentStatus::PartiallyRefunded
                }
            }
            State::Unchosen | State::OnDelivery | State::Requested | State::Created | State::Open => {
                PaymentStatus::Unpaid
            }
            State::Failed { .. } => PaymentStatus::Failed,
            State::Voiding | State::Voided => PaymentStatus::Voided,
        }
    }

    /// What the provider has given back.
    pub fn refunded(&self) -> Money {
        self.sum_of(|refund| refund.state == RefundState::Done)
    }

    /// What was taken and is not promised back.
    pub fn refundable(&self) -> Money {
        let promised = self.sum_of(|refund| refund.state != RefundState::Failed);
        self.captured.minus(promised).unwrap_or(Money::zero(self.captured.currency()))
    }

    fn sum_of(&self, counts: impl Fn(&Refund) -> bool) -> Money {
        let zero = Money::zero(self.captured.currency());
        // Refunds are of the capture's currency and bounded by it, so the sum exists.
        self.refunds
            .iter()
            .filter(|refund| counts(refund))
            .try_fold(zero, |sum, refund| sum.plus(refund.amount))
            .unwrap_or(zero)
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
    /// Give the order up: its hold is over and nobody paid.
    Expire,
    /// Nothing to ask before this moment.
    WaitUntil(Timestamp),
    /// Nothing to do.
    Done,
}

/// The next step for this order's money. Whoever comes by takes it: the caller's own request, the provider's webhook,
/// the payment worker. All of them end in the same state.
pub fn next_step(order: &Order, now: Timestamp) -> Step {
    let payment = &order.payment;
    if let Some(refund) = payment.refunds.iter().find(|refund| refund.state == RefundState::Requested) {
        let look_up = now.seconds_since(refund.since) > LOOK_UP_REFUND_AFTER_SECONDS;
        return Step::Refund { refund: refund.clone(), look_up };
    }
    if let Some(replaced) = payment.replaced.clone() {
        return Step::Void(replaced);
    }
    let hold = order.hold_until.unwrap_or(order.placed_at);
    let held = now < hold;
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
