//! English. Days are written as in Great Britain (CLDR `en-GB`): nobody takes 4 March for 3 April.

use crate::invoice::Kind;
use crate::language::Spoken;
use crate::mail::customs::{Customs, NBSP};
use crate::mail::words::{Label, Reason, Sentence, Subject, Words};

/// The words.
pub(in crate::mail) static WORDS: Words = Words { customs: CUSTOMS, subject, sentence, label, reason };

const CUSTOMS: Customs = Customs {
    language: Spoken::English,
    decimal: ".",
    group: ",",
    grouped_from: 4,
    amount: "¤#",
    negative: "-¤#",
    signs: &[
        ("AUD", "A$"),
        ("BRL", "R$"),
        ("CAD", "CA$"),
        ("CNY", "CN¥"),
        ("EUR", "€"),
        ("GBP", "£"),
        ("HKD", "HK$"),
        ("ILS", "₪"),
        ("INR", "₹"),
        ("JPY", "JP¥"),
        ("KRW", "₩"),
        ("MXN", "MX$"),
        ("NZD", "NZ$"),
        ("PHP", "₱"),
        ("TWD", "NT$"),
        ("USD", "US$"),
        ("VND", "₫"),
        ("XAF", "FCFA"),
        ("XCD", "EC$"),
        ("XOF", "F CFA"),
        ("XPF", "CFPF"),
    ],
    percent: "#%",
    comma: ", ",
    colon: ": ",
    date: |day, month, year| format!("{day} {month} {year}"),
    moment: |date, hour, minute| format!("{date} at {hour:02}:{minute:02}{NBSP}(UTC)"),
};

fn subject(subject: Subject, number: &str) -> String {
    use Subject::*;
    match subject {
        Placed => format!("We have received your order {number}"),
        Confirmed => format!("Your order {number} is confirmed"),
        PaymentFailed => format!("Your payment for order {number} was not possible"),
        LinesCancelled => format!("A part of your order {number} was called off"),
        Cancelled => format!("Your order {number} was cancelled"),
        PartShipped => format!("A part of your order {number} is on its way"),
        Shipped => format!("Your order {number} is on its way"),
        PartDelivered => format!("A part of your order {number} was delivered"),
        Delivered => format!("Your order {number} was delivered"),
        Refunded => format!("Your refund for order {number}"),
        ReturnRequested => format!("Your return for order {number}"),
        ReturnApproved => format!("Your return for order {number} is approved"),
        ReturnRejected => format!("Your return for order {number} is not possible"),
        ReturnReceived => format!("Your return for order {number} has arrived"),
    }
}

fn sentence(sentence: &Sentence) -> String {
    use Sentence::*;
    match sentence {
        Received => "Thank you for your order. We have received it and keep your items for you.".into(),
        NothingToPay => "There is nothing to pay.".into(),
        PaidOnDelivery { amount } => format!("You pay {amount} when it is delivered."),
        PaidLater { amount, until: None } => format!("It is yours once {amount} are paid."),
        PaidLater { amount, until: Some(until) } => format!("It is yours once {amount} are paid by {until}."),
        PaymentUnderWay { amount } => {
            format!("We write again as soon as your payment of {amount} is through.")
        }
        Paid { amount } => {
            format!("We have received your payment of {amount}, and are preparing your parcel.")
        }
        Reserved { amount } => {
            format!(
                "Your bank has reserved {amount}, and we are preparing your parcel. We take the money when we send it."
            )
        }
        Settled => "Everything is settled, and we are preparing your parcel.".into(),
        Arrives { date } => format!("It should reach you by {date}."),
        PaymentRefused { amount } => {
            format!("Your payment of {amount} was not possible. Nothing was charged.")
        }
        TryAgain { until } => {
            format!(
                "You can try again until {until}, with the same card or in another way. We keep your items for you until then."
            )
        }
        CalledOff { items } => format!("This was called off: {items}."),
        Because { reason } => format!("Reason: {reason}"),
        NowCosts { amount } => format!("Your order now costs {amount}."),
        GoesBack { amount } => format!("We pay {amount} back to you."),
        GoesBackAsPaid { amount } => format!("We pay {amount} back to you the way you paid."),
        TakenOfReserved { reserved, amount } => {
            format!("Of the {reserved} that your bank has reserved we take {amount}.")
        }
        Cancelled => "Your order was cancelled.".into(),
        NotPaidInTime => "We did not receive a payment in time, so your order was cancelled.".into(),
        PaymentNotPossible => "Your payment was not possible, so your order was cancelled.".into(),
        ReservationLapsed => "Your bank no longer reserves the money, so your order was cancelled.".into(),
        NothingCharged => "Nothing was charged.".into(),
        ReservedFree { amount } => {
            format!("Nothing was charged. The {amount} that your bank has reserved are free again.")
        }
        GivenBackBefore => "What you paid was given back before.".into(),
        PartOnItsWay { items } => format!("This is on its way: {items}. The rest follows."),
        TravelsWith { courier, number: None } => format!("It travels with {courier}."),
        TravelsWith { courier, number: Some(number) } => {
            format!("It travels with {courier}, under the number {number}.")
        }
        OnItsWay { parcels: 0 | 1 } => "Your order is on its way.".into(),
        OnItsWay { parcels } => format!("Your order is on its way, in {parcels} parcels."),
        HaveReady { amount } => format!("Please have {amount} ready: you pay when it is delivered."),
        TakeReserved { amount } => format!("We now take the {amount} that your bank has reserved."),
        TakeOfReserved { reserved, amount } => {
            format!("Of the {reserved} that your bank has reserved we now take {amount}.")
        }
        PartDelivered { items } => format!("This was delivered: {items}. The rest follows."),
        Delivered => "Your order was delivered.".into(),
        Collected { amount } => format!("The carrier has collected {amount} from you."),
        ReturnableUntil { until } => {
            format!("If something is not right, you can ask to send it back until {until}.")
        }
        PaidBack { amount } => {
            format!(
                "We have paid {amount} back to you, the way you paid. Your bank may take 5 to 10 business days to show it."
            )
        }
        PaidBackByHand { amount, reference } => {
            format!("We have paid {amount} back to you. You find it by this reference: {reference}")
        }
        ForCalledOff { items } => format!("It is for what was called off: {items}."),
        ForCancelled => "It is for your order, which was cancelled.".into(),
        ForOverpaid => "It is what you have paid beyond what your order costs.".into(),
        ForTheRest => "It is all that was left of what you paid.".into(),
        ForItems { items } => format!("It is for: {items}."),
        ForAPart => "It is a part of what you paid.".into(),
        ForGoodwill => "It is a gesture of goodwill.".into(),
        ForSentBack { items } => format!("It is for what you sent back: {items}."),
        WantsToSendBack { items } => format!("You want to send this back: {items}."),
        Comment { text } => format!("You wrote: {text}"),
        WaitForUs => "Please wait until we have looked at it: we write again.".into(),
        PleaseSend { items } => format!("Please send us: {items}."),
        NoteInParcel { number } => {
            format!("Put a note with the number of your order, {number}, into the parcel.")
        }
        WhenArrived => "We write again once it has arrived.".into(),
        CannotTakeBack { items } => format!("We cannot take this back: {items}."),
        Arrived { items } => format!("This has arrived: {items}."),
        DidNotArrive { items } => format!("This did not arrive: {items}."),
        NothingLeft => "There is nothing left to pay back for it.".into(),
        OwedLess { amount } => format!("You owe {amount} less for it."),
        DeliveryIncluded => "The delivery charge is part of it.".into(),
    }
}

fn label(label: &Label<'_>) -> String {
    use Label::*;
    match label {
        Greeting { name: Some(name) } => format!("Hello {name},"),
        Greeting { name: None } => "Hello,".into(),
        Closing => "Kind regards".into(),
        Order { number } => format!("Order {number}"),
        Discount => "Discount".into(),
        Tax { tax, included: false } => (*tax).into(),
        Tax { tax, included: true } => format!("{tax}, included"),
        Delivery => "delivery".into(),
        AsOrdered => "As ordered".into(),
        Total => "Total".into(),
        CalledOff { items } => format!("Called off: {items}"),
        Cancelled => "Cancelled".into(),
        SentBack { items } => format!("Sent back: {items}"),
        GivenBack { items: Some(items) } => format!("Given back: {items}"),
        GivenBack { items: None } => "Given back".into(),
        Goodwill => "Goodwill".into(),
        SeeYourOrder => "See your order".into(),
        Bill { kind: Kind::Invoice } => "Invoice (PDF)".into(),
        Bill { kind: Kind::CreditNote } => "Credit note (PDF)".into(),
        Follow { courier } => format!("Follow your parcel with {courier}"),
        Token => "The token of your order".into(),
    }
}

fn reason(reason: Reason) -> &'static str {
    use Reason::*;
    match reason {
        Damaged => "damaged",
        Defective => "defective",
        WrongItem => "wrong item",
        NotAsDescribed => "not as described",
        NoLongerWanted => "no longer wanted",
        Other => "other",
    }
}
