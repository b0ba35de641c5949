//! What there has to be of a language, so that mails exist in it: how it writes figures and dates, and one text for each
//! thing that a mail can say.
//!
//! A language is one file in `languages/` and one of [`Spoken`]. Its texts are matches over the enumerations below, so that
//! one that is missing does not compile. What they are filled with is ready to be read: amounts and dates are written as
//! the language writes them, and what others wrote is set apart from it.

use super::customs::Customs;
use super::languages::{arabic, dutch, english, french, german, hebrew, spanish};
use crate::invoice::Kind;
use crate::language::Spoken;

/// The words of a language.
pub(super) struct Words {
    /// How it writes figures and dates.
    pub(super) customs: Customs,
    /// The line above a mail, with the number of the order.
    pub(super) subject: fn(Subject, &str) -> String,
    /// A sentence, or a few of them.
    pub(super) sentence: fn(&Sentence) -> String,
    /// A word or two beside figures.
    pub(super) label: fn(&Label<'_>) -> String,
    /// Why something is sent back, within a sentence.
    pub(super) reason: fn(Reason) -> &'static str,
}

impl Words {
    /// Those of a language.
    pub(super) fn of(language: Spoken) -> &'static Self {
        match language {
            Spoken::English => &english::WORDS,
            Spoken::Dutch => &dutch::WORDS,
            Spoken::German => &german::WORDS,
            Spoken::French => &french::WORDS,
            Spoken::Spanish => &spanish::WORDS,
            Spoken::Arabic => &arabic::WORDS,
            Spoken::Hebrew => &hebrew::WORDS,
        }
    }
}

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Placed,
    Confirmed,
    PaymentFailed,
    LinesCancelled,
    Cancelled,
    PartShipped,
    Shipped,
    PartDelivered,
    Delivered,
    Refunded,
    ReturnRequested,
    ReturnApproved,
    ReturnRejected,
    ReturnReceived,
}

/// What a mail says. `items` are units with their names, `until` and `date` moments and days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sentence {
    /// Thanks: the order is known, and its items are kept.
    Received,
    NothingToPay,
    PaidOnDelivery {
        amount: String,
    },
    /// It is the customer's once it is paid, for which there may be a last moment.
    PaidLater {
        amount: String,
        until: Option<String>,
    },
    /// Another mail comes once the payment is through.
    PaymentUnderWay {
        amount: String,
    },

    /// Paid, and the parcel is being prepared.
    Paid {
        amount: String,
    },
    /// Reserved by the bank and taken at shipment; the parcel is being prepared.
    Reserved {
        amount: String,
    },
    /// Nothing is open; the parcel is being prepared.
    Settled,
    /// When it should be there at the latest.
    Arrives {
        date: String,
    },

    /// The payment was not possible, and nothing was taken.
    PaymentRefused {
        amount: String,
    },
    /// So long it can be tried again, and so long the items are kept.
    TryAgain {
        until: String,
    },

    CalledOff {
        items: String,
    },
    /// Why. It ends as a sentence does.
    Because {
        reason: String,
    },
    /// What the order costs now.
    NowCosts {
        amount: String,
    },
    /// So much is paid back.
    GoesBack {
        amount: String,
    },
    /// So much is paid back the way it was paid.
    GoesBackAsPaid {
        amount: String,
    },
    /// Of what the bank has reserved, so much will be taken.
    TakenOfReserved {
        reserved: String,
        amount: String,
    },

    Cancelled,
    /// Cancelled, because no payment came in time.
    NotPaidInTime,
    /// Cancelled, because the payment was not possible.
    PaymentNotPossible,
    /// Cancelled, because the bank does not reserve the money any more.
    ReservationLapsed,
    NothingCharged,
    /// Nothing was charged, and what was reserved is free again.
    ReservedFree {
        amount: String,
    },
    /// What was paid has gone back before.
    GivenBackBefore,

    /// A part of the order has left.
    PartOnItsWay {
        items: String,
    },
    /// Who carries it, and under which number.
    TravelsWith {
        courier: String,
        number: Option<String>,
    },
    /// It has left, in so many parcels.
    OnItsWay {
        parcels: u32,
    },
    /// The carrier takes so much at the door.
    HaveReady {
        amount: String,
    },
    /// All that was reserved is taken now.
    TakeReserved {
        amount: String,
    },
    /// Of what was reserved, so much is taken now.
    TakeOfReserved {
        reserved: String,
        amount: String,
    },

    /// A part of the order has arrived.
    PartDelivered {
        items: String,
    },
    Delivered,
    /// The carrier took so much at the door.
    Collected {
        amount: String,
    },
    /// So long something can be sent back.
    ReturnableUntil {
        until: String,
    },

    /// It was paid back the way it was paid; the bank may take 5 to 10 business days to show it (Stripe, "Refund and cancel
    /// payments").
    PaidBack {
        amount: String,
    },
    /// It was paid back by hand, under a reference.
    PaidBackByHand {
        amount: String,
        reference: String,
    },
    /// The refund is for what was called off.
    ForCalledOff {
        items: String,
    },
    /// … for the cancelled order.
    ForCancelled,
    /// … what was paid beyond what the order costs.
    ForOverpaid,
    /// … all that was left of the payment.
    ForTheRest,
    ForItems {
        items: String,
    },
    /// … a part of the payment.
    ForAPart,
    ForGoodwill,
    /// … for what was sent back.
    ForSentBack {
        items: String,
    },

    /// The customer wants to send something back.
    WantsToSendBack {
        items: String,
    },
    /// What the customer wrote about it.
    Comment {
        text: String,
    },
    /// Nothing is to be sent before we have looked at it.
    WaitForUs,
    /// What is to be sent back.
    PleaseSend {
        items: String,
    },
    /// The parcel needs a note with the number of the order.
    NoteInParcel {
        number: String,
    },
    /// Another mail comes once it has arrived.
    WhenArrived,
    CannotTakeBack {
        items: String,
    },
    /// What has come back.
    Arrived {
        items: String,
    },
    DidNotArrive {
        items: String,
    },
    /// There is nothing left to be paid back for it.
    NothingLeft,
    /// So much less is owed for it.
    OwedLess {
        amount: String,
    },
    /// The delivery charge is in the sum that goes back.
    DeliveryIncluded,
}

/// A word or two beside figures, and what frames a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label<'a> {
    /// How a letter begins.
    Greeting {
        name: Option<&'a str>,
    },
    /// How it ends.
    Closing,
    /// What goes above the bill.
    Order {
        number: &'a str,
    },
    Discount,
    /// A tax, with its rate. It is on top, or what is above includes it.
    Tax {
        tax: &'a str,
        included: bool,
    },
    /// The charge for delivery, within a list.
    Delivery,
    /// What it cost before anything was taken off.
    AsOrdered,
    Total,
    /// Why something was taken off.
    CalledOff {
        items: &'a str,
    },
    /// … all of it was called off.
    Cancelled,
    SentBack {
        items: &'a str,
    },
    GivenBack {
        items: Option<&'a str>,
    },
    Goodwill,
    /// On the button that leads to the order.
    SeeYourOrder,
    /// On the button that leads to the PDF of a bill.
    Bill {
        kind: Kind,
    },
    /// On the button that leads to where a courier shows a parcel.
    Follow {
        courier: &'a str,
    },
    /// What opens the order, where there is no page that shows it.
    Token,
}

/// A reason to send something back that is among those a store begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    Damaged,
    Defective,
    WrongItem,
    NotAsDescribed,
    NoLongerWanted,
    Other,
}

impl Reason {
    /// The one of that code ([`crate::store::ReturnPolicy`]).
    pub(super) fn of(code: &str) -> Option<Self> {
        Some(match code {
            "damaged" => Self::Damaged,
            "defective" => Self::Defective,
            "wrong_item" => Self::WrongItem,
            "not_as_described" => Self::NotAsDescribed,
            "no_longer_wanted" => Self::NoLongerWanted,
            "other" => Self::Other,
            _ => return None,
        })
    }
}
