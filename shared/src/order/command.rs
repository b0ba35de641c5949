//! What can be asked of an order.

use std::borrow::Cow;

use super::event::Request;
use super::payment::{Method, Reference};
use super::returns::Received;
use super::rules::Action;
use super::shipments::Courier;
use super::units::Units;
use crate::carrier::{Label, Rate, Refusal};
use crate::invoice::BillNumber;
use crate::money::Money;
use crate::packaging::{self, Packaging};

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
    /// Take in that somebody gave money back at the provider, without us.
    RecordOutsideRefund {
        /// The provider's id of it.
        provider: String,
        /// How much.
        amount: Money,
    },
    /// Take in what the provider says about a dispute.
    RecordDispute {
        /// The provider's id of it.
        dispute: String,
        /// How much.
        amount: Money,
        /// The provider's word for why.
        reason: String,
        /// Whether it was won, once it is over.
        won: Option<bool>,
    },
    /// Call all of it off (C3).
    Cancel {
        /// Why.
        reason: String,
        /// Why staff does it against the policy.
        override_reason: Option<String>,
    },
    /// Call a part of it off (C3).
    CancelLines {
        /// Which part.
        lines: Vec<Units>,
        /// Why.
        reason: String,
        /// Why staff does it against the policy.
        override_reason: Option<String>,
        /// The request that asks for it.
        request: Request,
    },
    /// Give it up, because nobody paid while its stock was held.
    Expire,
    /// Begin to pack it: plan its parcels.
    Prepare {
        /// What there is to pack it in.
        packagings: Cow<'static, [Packaging]>,
    },
    /// A parcel is closed, or all of them.
    Pack {
        /// Its number; without it, all.
        parcel: Option<u16>,
    },
    /// A carrier has a parcel, or all that have not left.
    Ship {
        /// Its number; without it, all.
        parcel: Option<u16>,
        /// Who carries it.
        courier: Option<Courier>,
    },
    /// The customer has a parcel, or all of it; what is paid on delivery is paid with the last (C10).
    Deliver {
        /// Its number; without it, all.
        parcel: Option<u16>,
    },
    /// Send units in parcels of their own, now (C9).
    Fulfill {
        /// Which; without them, all that have not left.
        lines: Option<Vec<Units>>,
        /// Who carries them.
        courier: Option<Courier>,
        /// What there is to pack them in.
        packagings: Cow<'static, [Packaging]>,
        /// The request that asks for it.
        request: Request,
    },
    /// Say who carries a parcel (C8).
    NameCourier {
        /// The parcel's number; without it, the order's only one.
        parcel: Option<u16>,
        /// Who.
        courier: Courier,
    },
    /// Have a label bought for a parcel, whatever was tried before. The worker does it.
    WantLabel {
        /// The parcel's number.
        parcel: u16,
        /// The request that asks for it.
        request: Request,
    },
    /// Buy a label for a parcel.
    RequestLabel {
        /// The parcel's number.
        parcel: u16,
        /// At which rate.
        rate: Rate,
    },
    /// Take in what the carrier says about a label.
    RecordLabel {
        /// The parcel's number.
        parcel: u16,
        /// What became of it.
        report: LabelReport,
    },
    /// Give money back (C4).
    Refund {
        /// How much.
        what: RefundWish,
        /// Why.
        reason: Option<String>,
        /// The request that asks for it.
        request: Request,
    },
    /// Ask the provider anew for a refund that it refused.
    RetryRefund {
        /// Our id of the refund.
        refund: String,
    },
    /// Note that a refund was paid in another way.
    SettleRefund {
        /// Our id of the refund.
        refund: String,
        /// How it can be found.
        reference: String,
    },
    /// Ask to send something back (C5).
    RequestReturn {
        /// What.
        lines: Vec<Units>,
        /// One of the reasons that the store offers.
        reason: String,
        /// More about it.
        comment: Option<String>,
        /// The request that asks for it.
        request: Request,
    },
    /// Let the customer send it.
    ApproveReturn {
        /// Which return.
        id: u16,
    },
    /// Do not let the customer send it.
    RejectReturn {
        /// Which return.
        id: u16,
        /// Why not.
        reason: String,
    },
    /// It arrived.
    ReceiveReturn {
        /// Which return.
        id: u16,
        /// What arrived; without it all of it, in good condition.
        lines: Option<Vec<Received>>,
        /// Whether the delivery charge goes back too; without it as the policy says.
        refund_delivery: Option<bool>,
    },
    /// Note that a bill was issued (R6).
    NoteBill {
        /// Its number.
        number: BillNumber,
        /// Its place among those of the order.
        place: u64,
    },
    /// Write down what only staff sees (C8).
    ChangeNotes {
        /// Instead of what is there; nothing takes it away.
        notes: Option<String>,
    },
}

impl Command {
    /// Parcels are planned, in the packagings of a store that says nothing about them.
    pub const PREPARE: Self = Self::Prepare { packagings: Cow::Borrowed(&packaging::DEFAULT) };
    /// All parcels are closed.
    pub const PACK: Self = Self::Pack { parcel: None };
    /// All parcels have left, by whomever.
    pub const SHIP: Self = Self::Ship { parcel: None, courier: None };
    /// All parcels have arrived.
    pub const DELIVER: Self = Self::Deliver { parcel: None };

    /// What it does, for the rules.
    pub fn action(&self) -> Action {
        match self {
            Self::Pay { .. } => Action::Pay,
            Self::Accept => Action::Accept,
            Self::RecordPayment(_) => Action::RecordPayment,
            Self::RecordRefund { .. } | Self::RecordOutsideRefund { .. } => Action::RecordRefund,
            Self::RecordDispute { .. } => Action::RecordDispute,
            Self::Cancel { .. } => Action::Cancel,
            Self::CancelLines { .. } => Action::CancelLines,
            Self::Expire => Action::Expire,
            Self::Prepare { .. } => Action::Prepare,
            Self::Pack { .. } => Action::Pack,
            Self::Ship { .. } => Action::Ship,
            Self::Deliver { .. } => Action::Deliver,
            Self::Fulfill { .. } => Action::Fulfill,
            Self::NameCourier { .. } => Action::NameCourier,
            Self::WantLabel { .. } => Action::WantLabel,
            Self::RequestLabel { .. } => Action::BuyLabel,
            Self::RecordLabel { .. } => Action::RecordLabel,
            Self::Refund { .. } => Action::Refund,
            Self::RetryRefund { .. } => Action::RetryRefund,
            Self::SettleRefund { .. } => Action::SettleRefund,
            Self::RequestReturn { .. } => Action::RequestReturn,
            Self::ApproveReturn { .. } => Action::ApproveReturn,
            Self::RejectReturn { .. } => Action::RejectReturn,
            Self::ReceiveReturn { .. } => Action::ReceiveReturn,
            Self::NoteBill { .. } => Action::NoteBill,
            Self::ChangeNotes { .. } => Action::ChangeNotes,
        }
    }

    /// The request behind it, where a request sent again must be known.
    pub fn request(&self) -> Option<&Request> {
        match self {
            Self::CancelLines { request, .. }
            | Self::Fulfill { request, .. }
            | Self::WantLabel { request, .. }
            | Self::Refund { request, .. }
            | Self::RequestReturn { request, .. } => Some(request),
            _ => None,
        }
    }
}

/// What a carrier says about a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelReport {
    /// It is there.
    Bought(Box<Label>),
    /// The carrier refused it or has none of it, or does not take it back.
    Failed(Refusal),
    /// No carrier takes the parcel, or not as it is.
    NoRate {
        /// How much had happened to its label when the carriers were asked ([`Order::label_news`](super::Order::label_news)).
        known: usize,
        /// Why.
        refusal: Refusal,
    },
    /// It is to be given back, and the carrier has not decided.
    VoidRequested,
    /// It was given back.
    Voided,
}

/// What staff wants to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundWish {
    /// All that can be given back.
    Full,
    /// The price of units, or of the delivery.
    Lines {
        /// Which units.
        lines: Vec<Units>,
        /// Whether the delivery charge too.
        delivery: bool,
    },
    /// So much.
    Amount {
        /// How much.
        amount: Money,
        /// Whether because staff is sorry.
        goodwill: bool,
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
    /// The money is reserved.
    Authorized {
        /// By which attempt.
        reference: Reference,
        /// Stripe's PaymentIntent, which it is taken by.
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
        /// The attempt that was refused, where that is known: without a PaymentIntent nothing else tells.
        attempt: Option<u32>,
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
            Self::Succeeded { reference, .. }
            | Self::Authorized { reference, .. }
            | Self::Open { reference }
            | Self::Canceled { reference } => Some(reference.clone()),
            Self::Created { intent } => Some(Reference::Intent(intent.clone())),
            Self::Failed { intent, .. } => intent.clone().map(Reference::Intent),
        }
    }

    /// The PaymentIntent that has the money, if one has.
    pub fn money(&self) -> Option<(&str, Money)> {
        match self {
            Self::Succeeded { intent, amount, .. } | Self::Authorized { intent, amount, .. } => {
                Some((intent, *amount))
            }
            _ => None,
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
    /// It refused it.
    Failed {
        /// Which attempt it refused.
        attempt: u32,
        /// The provider's code.
        code: String,
    },
}
