//! Dutch. Customs: CLDR `nl`.

use crate::invoice::Kind;
use crate::language::Spoken;
use crate::mail::customs::{Customs, NBSP};
use crate::mail::words::{Label, Reason, Sentence, Subject, Words};

/// The words.
pub(in crate::mail) static WORDS: Words = Words { customs: CUSTOMS, subject, sentence, label, reason };

const CUSTOMS: Customs = Customs {
    language: Spoken::Dutch,
    decimal: ",",
    group: ".",
    grouped_from: 4,
    amount: "¤\u{a0}#",
    negative: "¤\u{a0}-#",
    signs: &[
        ("AUD", "AU$"),
        ("BRL", "R$"),
        ("CAD", "C$"),
        ("CNY", "CN¥"),
        ("EUR", "€"),
        ("FJD", "FJ$"),
        ("GBP", "£"),
        ("HKD", "HK$"),
        ("ILS", "₪"),
        ("INR", "₹"),
        ("JPY", "JP¥"),
        ("KRW", "₩"),
        ("MXN", "MX$"),
        ("NZD", "NZ$"),
        ("SBD", "SI$"),
        ("THB", "฿"),
        ("TWD", "NT$"),
        ("USD", "US$"),
        ("VND", "₫"),
        ("XAF", "FCFA"),
        ("XCD", "EC$"),
        ("XOF", "F CFA"),
        ("ZWG", "ZiG"),
    ],
    percent: "#%",
    comma: ", ",
    colon: ": ",
    date: |day, month, year| format!("{day} {month} {year}"),
    moment: |date, hour, minute| format!("{date} om {hour:02}:{minute:02}{NBSP}uur (UTC)"),
};

fn subject(subject: Subject, number: &str) -> String {
    use Subject::*;
    match subject {
        Placed => format!("Wij hebben uw bestelling {number} ontvangen"),
        Confirmed => format!("Uw bestelling {number} is bevestigd"),
        PaymentFailed => format!("De betaling van uw bestelling {number} is niet gelukt"),
        LinesCancelled => format!("Een deel van uw bestelling {number} is geannuleerd"),
        Cancelled => format!("Uw bestelling {number} is geannuleerd"),
        PartShipped => format!("Een deel van uw bestelling {number} is onderweg"),
        Shipped => format!("Uw bestelling {number} is onderweg"),
        PartDelivered => format!("Een deel van uw bestelling {number} is bezorgd"),
        Delivered => format!("Uw bestelling {number} is bezorgd"),
        Refunded => format!("Terugbetaling voor uw bestelling {number}"),
        ReturnRequested => format!("Uw retour voor bestelling {number}"),
        ReturnApproved => format!("Uw retour voor bestelling {number} is goedgekeurd"),
        ReturnRejected => format!("Uw retour voor bestelling {number} is niet mogelijk"),
        ReturnReceived => format!("Wij hebben uw retour voor bestelling {number} ontvangen"),
    }
}

fn sentence(sentence: &Sentence) -> String {
    use Sentence::*;
    match sentence {
        Received => {
            "Hartelijk dank voor uw bestelling. Wij hebben deze ontvangen en houden uw artikelen voor u apart.".into()
        }
        NothingToPay => "U hoeft niets te betalen.".into(),
        PaidOnDelivery { amount } => format!("U betaalt {amount} bij de bezorging."),
        PaidLater { amount, until: None } => format!("Uw bestelling is definitief zodra {amount} is betaald."),
        PaidLater { amount, until: Some(until) } => {
            format!("Uw bestelling is definitief zodra {amount} is betaald, uiterlijk op {until}.")
        }
        PaymentUnderWay { amount } => format!("Zodra uw betaling van {amount} is gelukt, hoort u weer van ons."),
        Paid { amount } => format!("Wij hebben uw betaling van {amount} ontvangen en maken uw pakket klaar."),
        Reserved { amount } => {
            format!("Uw bank heeft {amount} gereserveerd en wij maken uw pakket klaar. Wij schrijven het bedrag af zodra wij het versturen.")
        }
        Settled => "Alles is geregeld en wij maken uw pakket klaar.".into(),
        Arrives { date } => format!("U ontvangt het naar verwachting uiterlijk op {date}."),
        PaymentRefused { amount } => format!("Uw betaling van {amount} is niet gelukt. Er is niets afgeschreven."),
        TryAgain { until } => {
            format!("U kunt het tot {until} opnieuw proberen, met dezelfde kaart of op een andere manier. Tot dan houden wij uw artikelen voor u apart.")
        }
        CalledOff { items } => format!("Dit is geannuleerd: {items}."),
        Because { reason } => format!("Reden: {reason}"),
        NowCosts { amount } => format!("Uw bestelling kost nu {amount}."),
        GoesBack { amount } => format!("Wij betalen u {amount} terug."),
        GoesBackAsPaid { amount } => format!("Wij betalen u {amount} terug op de manier waarop u hebt betaald."),
        TakenOfReserved { reserved, amount } => {
            format!("Van de {reserved} die uw bank heeft gereserveerd, schrijven wij {amount} af.")
        }
        Cancelled => "Uw bestelling is geannuleerd.".into(),
        NotPaidInTime => "Wij hebben niet op tijd een betaling ontvangen. Daarom is uw bestelling geannuleerd.".into(),
        PaymentNotPossible => "Uw betaling is niet gelukt. Daarom is uw bestelling geannuleerd.".into(),
        ReservationLapsed => "Uw bank houdt het bedrag niet langer gereserveerd. Daarom is uw bestelling geannuleerd.".into(),
        NothingCharged => "Er is niets afgeschreven.".into(),
        ReservedFree { amount } => {
            format!("Er is niets afgeschreven. Het bedrag van {amount} dat uw bank had gereserveerd, is weer vrijgegeven.")
        }
        GivenBackBefore => "Wat u had betaald, is al eerder terugbetaald.".into(),
        PartOnItsWay { items } => format!("Dit is onderweg: {items}. De rest volgt."),
        TravelsWith { courier, number: None } => format!("De bezorger is {courier}."),
        TravelsWith { courier, number: Some(number) } => format!("De bezorger is {courier}, onder nummer {number}."),
        OnItsWay { parcels: 0 | 1 } => "Uw bestelling is onderweg.".into(),
        OnItsWay { parcels } => format!("Uw bestelling is onderweg, in {parcels} pakketten."),
        HaveReady { amount } => format!("Houd {amount} gereed: u betaalt bij de bezorging."),
        TakeReserved { amount } => format!("Wij schrijven nu het bedrag van {amount} af dat uw bank heeft gereserveerd."),
        TakeOfReserved { reserved, amount } => {
            format!("Van de {reserved} die uw bank heeft gereserveerd, schrijven wij nu {amount} af.")
        }
        PartDelivered { items } => format!("Dit is bezorgd: {items}. De rest volgt."),
        Delivered => "Uw bestelling is bezorgd.".into(),
        Collected { amount } => format!("De bezorger heeft {amount} bij u geïnd."),
        ReturnableUntil { until } => {
            format!("Is er iets niet in orde, dan kunt u tot {until} een retour aanvragen.")
        }
        PaidBack { amount } => {
            format!("Wij hebben {amount} aan u terugbetaald op de manier waarop u hebt betaald. Het kan 5 tot 10 werkdagen duren voordat uw bank het bedrag toont.")
        }
        PaidBackByHand { amount, reference } => {
            format!("Wij hebben {amount} aan u terugbetaald. U vindt de betaling onder dit kenmerk: {reference}")
        }
        ForCalledOff { items } => format!("Dit is voor wat is geannuleerd: {items}."),
        ForCancelled => "Dit is voor uw geannuleerde bestelling.".into(),
        ForOverpaid => "Dit is wat u meer hebt betaald dan uw bestelling kost.".into(),
        ForTheRest => "Dit is alles wat er nog over was van uw betaling.".into(),
        ForItems { items } => format!("Dit is voor: {items}."),
        ForAPart => "Dit is een deel van wat u hebt betaald.".into(),
        ForGoodwill => "Dit is een tegemoetkoming van onze kant.".into(),
        ForSentBack { items } => format!("Dit is voor wat u hebt teruggestuurd: {items}."),
        WantsToSendBack { items } => format!("U wilt dit terugsturen: {items}."),
        Comment { text } => format!("U schreef: {text}"),
        WaitForUs => "Wacht nog even met versturen tot wij uw aanvraag hebben bekeken: u hoort weer van ons.".into(),
        PleaseSend { items } => format!("Stuur ons alstublieft: {items}."),
        NoteInParcel { number } => format!("Leg een briefje met uw bestelnummer, {number}, in het pakket."),
        WhenArrived => "U hoort weer van ons zodra het is aangekomen.".into(),
        CannotTakeBack { items } => format!("Dit kunnen wij niet terugnemen: {items}."),
        Arrived { items } => format!("Dit is bij ons aangekomen: {items}."),
        DidNotArrive { items } => format!("Dit is niet aangekomen: {items}."),
        NothingLeft => "Hiervoor valt niets meer terug te betalen.".into(),
        OwedLess { amount } => format!("U hoeft hiervoor {amount} minder te betalen."),
        DeliveryIncluded => "De verzendkosten zijn hierbij inbegrepen.".into(),
    }
}

fn label(label: &Label<'_>) -> String {
    use Label::*;
    match label {
        Greeting { name: Some(name) } => format!("Beste {name},"),
        Greeting { name: None } => "Geachte klant,".into(),
        Closing => "Met vriendelijke groet".into(),
        Order { number } => format!("Bestelling {number}"),
        Discount => "Korting".into(),
        Tax { tax, included: false } => (*tax).into(),
        Tax { tax, included: true } => format!("{tax}, inbegrepen"),
        Delivery => "verzendkosten".into(),
        AsOrdered => "Zoals besteld".into(),
        Total => "Totaal".into(),
        CalledOff { items } => format!("Geannuleerd: {items}"),
        Cancelled => "Geannuleerd".into(),
        SentBack { items } => format!("Teruggestuurd: {items}"),
        GivenBack { items: Some(items) } => format!("Terugbetaald: {items}"),
        GivenBack { items: None } => "Terugbetaald".into(),
        Goodwill => "Tegemoetkoming".into(),
        SeeYourOrder => "Bekijk uw bestelling".into(),
        Bill { kind: Kind::Invoice } => "Factuur (pdf)".into(),
        Bill { kind: Kind::CreditNote } => "Creditnota (pdf)".into(),
        Follow { courier } => format!("Volg uw pakket bij {courier}"),
        Token => "Toegangscode van uw bestelling".into(),
    }
}

fn reason(reason: Reason) -> &'static str {
    use Reason::*;
    match reason {
        Damaged => "beschadigd",
        Defective => "defect",
        WrongItem => "verkeerd artikel",
        NotAsDescribed => "niet zoals beschreven",
        NoLongerWanted => "niet meer gewenst",
        Other => "anders",
    }
}
