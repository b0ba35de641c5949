//! German. Customs: CLDR `de`; between day and time a comma, as in its shorter formats.

use crate::invoice::Kind;
use crate::language::Spoken;
use crate::mail::customs::{Customs, NBSP};
use crate::mail::words::{Label, Reason, Sentence, Subject, Words};

/// The words.
pub(in crate::mail) static WORDS: Words = Words { customs: CUSTOMS, subject, sentence, label, reason };

const CUSTOMS: Customs = Customs {
    language: Spoken::German,
    decimal: ",",
    group: ".",
    grouped_from: 4,
    amount: "#\u{a0}¤",
    negative: "-#\u{a0}¤",
    signs: &[
        ("AUD", "AU$"),
        ("BRL", "R$"),
        ("CAD", "CA$"),
        ("CNY", "CN¥"),
        ("EUR", "€"),
        ("GBP", "£"),
        ("HKD", "HK$"),
        ("ILS", "₪"),
        ("INR", "₹"),
        ("JPY", "¥"),
        ("KRW", "₩"),
        ("MXN", "MX$"),
        ("NZD", "NZ$"),
        ("THB", "฿"),
        ("TWD", "NT$"),
        ("USD", "$"),
        ("VND", "₫"),
        ("XAF", "FCFA"),
        ("XCD", "EC$"),
        ("XOF", "F CFA"),
        ("XPF", "CFPF"),
    ],
    percent: "#\u{a0}%",
    comma: ", ",
    colon: ": ",
    date: |day, month, year| format!("{day}. {month} {year}"),
    moment: |date, hour, minute| format!("{date}, {hour:02}:{minute:02}{NBSP}Uhr (UTC)"),
};

fn subject(subject: Subject, number: &str) -> String {
    use Subject::*;
    match subject {
        Placed => format!("Wir haben Ihre Bestellung {number} erhalten"),
        Confirmed => format!("Ihre Bestellung {number} ist bestätigt"),
        PaymentFailed => format!("Ihre Zahlung für die Bestellung {number} war nicht möglich"),
        LinesCancelled => format!("Ein Teil Ihrer Bestellung {number} wurde storniert"),
        Cancelled => format!("Ihre Bestellung {number} wurde storniert"),
        PartShipped => format!("Ein Teil Ihrer Bestellung {number} ist unterwegs"),
        Shipped => format!("Ihre Bestellung {number} ist unterwegs"),
        PartDelivered => format!("Ein Teil Ihrer Bestellung {number} wurde zugestellt"),
        Delivered => format!("Ihre Bestellung {number} wurde zugestellt"),
        Refunded => format!("Ihre Erstattung zur Bestellung {number}"),
        ReturnRequested => format!("Ihre Rücksendung zur Bestellung {number}"),
        ReturnApproved => format!("Ihre Rücksendung zur Bestellung {number} ist genehmigt"),
        ReturnRejected => format!("Ihre Rücksendung zur Bestellung {number} ist nicht möglich"),
        ReturnReceived => format!("Ihre Rücksendung zur Bestellung {number} ist angekommen"),
    }
}

fn sentence(sentence: &Sentence) -> String {
    use Sentence::*;
    match sentence {
        Received => {
            "Vielen Dank für Ihre Bestellung. Wir haben sie erhalten und halten Ihre Artikel für Sie zurück."
                .into()
        }
        NothingToPay => "Es ist nichts zu bezahlen.".into(),
        PaidOnDelivery { amount } => format!("Sie zahlen {amount} bei der Zustellung."),
        PaidLater { amount, until: None } => {
            format!("Wir führen Ihre Bestellung aus, sobald der Betrag von {amount} bezahlt ist.")
        }
        PaidLater { amount, until: Some(until) } => {
            format!(
                "Wir führen Ihre Bestellung aus, wenn der Betrag von {amount} bis zum {until} bezahlt ist."
            )
        }
        PaymentUnderWay { amount } => {
            format!("Sobald Ihre Zahlung über {amount} eingegangen ist, schreiben wir Ihnen wieder.")
        }
        Paid { amount } => {
            format!("Wir haben Ihre Zahlung über {amount} erhalten und bereiten Ihr Paket vor.")
        }
        Reserved { amount } => {
            format!(
                "Ihre Bank hat {amount} reserviert, und wir bereiten Ihr Paket vor. Wir buchen den Betrag ab, wenn wir es versenden."
            )
        }
        Settled => "Alles ist geregelt, und wir bereiten Ihr Paket vor.".into(),
        Arrives { date } => format!("Es sollte bis zum {date} bei Ihnen sein."),
        PaymentRefused { amount } => {
            format!("Ihre Zahlung über {amount} war nicht möglich. Es wurde nichts abgebucht.")
        }
        TryAgain { until } => {
            format!(
                "Sie können es bis zum {until} noch einmal versuchen, mit derselben Karte oder auf einem anderen Weg. So lange halten wir Ihre Artikel für Sie zurück."
            )
        }
        CalledOff { items } => format!("Das wurde storniert: {items}."),
        Because { reason } => format!("Grund: {reason}"),
        NowCosts { amount } => format!("Ihre Bestellung kostet jetzt {amount}."),
        GoesBack { amount } => format!("Wir zahlen Ihnen {amount} zurück."),
        GoesBackAsPaid { amount } => {
            format!("Wir zahlen Ihnen {amount} auf dem Weg zurück, auf dem Sie bezahlt haben.")
        }
        TakenOfReserved { reserved, amount } => {
            format!("Von den {reserved}, die Ihre Bank reserviert hat, buchen wir {amount} ab.")
        }
        Cancelled => "Ihre Bestellung wurde storniert.".into(),
        NotPaidInTime => {
            "Wir haben nicht rechtzeitig eine Zahlung erhalten. Deshalb wurde Ihre Bestellung storniert."
                .into()
        }
        PaymentNotPossible => {
            "Ihre Zahlung war nicht möglich. Deshalb wurde Ihre Bestellung storniert.".into()
        }
        ReservationLapsed => {
            "Ihre Bank hält den Betrag nicht mehr zurück. Deshalb wurde Ihre Bestellung storniert.".into()
        }
        NothingCharged => "Es wurde nichts abgebucht.".into(),
        ReservedFree { amount } => {
            format!(
                "Es wurde nichts abgebucht. Der Betrag von {amount}, den Ihre Bank reserviert hatte, ist wieder frei."
            )
        }
        GivenBackBefore => "Was Sie bezahlt hatten, haben Sie bereits zurückerhalten.".into(),
        PartOnItsWay { items } => format!("Das ist unterwegs: {items}. Der Rest folgt."),
        TravelsWith { courier, number: None } => format!("Zugestellt wird mit {courier}."),
        TravelsWith { courier, number: Some(number) } => {
            format!("Zugestellt wird mit {courier}, Sendungsnummer {number}.")
        }
        OnItsWay { parcels: 0 | 1 } => "Ihre Bestellung ist unterwegs.".into(),
        OnItsWay { parcels } => format!("Ihre Bestellung ist unterwegs, in {parcels} Paketen."),
        HaveReady { amount } => format!("Bitte halten Sie {amount} bereit: Sie zahlen bei der Zustellung."),
        TakeReserved { amount } => {
            format!("Wir buchen jetzt den Betrag von {amount} ab, den Ihre Bank reserviert hat.")
        }
        TakeOfReserved { reserved, amount } => {
            format!("Von den {reserved}, die Ihre Bank reserviert hat, buchen wir jetzt {amount} ab.")
        }
        PartDelivered { items } => format!("Das wurde zugestellt: {items}. Der Rest folgt."),
        Delivered => "Ihre Bestellung wurde zugestellt.".into(),
        Collected { amount } => format!("Der Zustelldienst hat {amount} von Ihnen eingezogen."),
        ReturnableUntil { until } => {
            format!("Wenn etwas nicht in Ordnung ist, können Sie bis zum {until} eine Rücksendung anmelden.")
        }
        PaidBack { amount } => {
            format!(
                "Wir haben Ihnen {amount} zurückgezahlt, auf dem Weg, auf dem Sie bezahlt haben. Bis Ihre Bank den Betrag anzeigt, können 5 bis 10 Werktage vergehen."
            )
        }
        PaidBackByHand { amount, reference } => {
            format!(
                "Wir haben Ihnen {amount} zurückgezahlt. Sie finden die Zahlung unter diesem Verwendungszweck: {reference}"
            )
        }
        ForCalledOff { items } => format!("Das ist für die stornierten Artikel: {items}."),
        ForCancelled => "Das ist für Ihre stornierte Bestellung.".into(),
        ForOverpaid => "Das ist, was Sie über den Preis Ihrer Bestellung hinaus bezahlt haben.".into(),
        ForTheRest => "Das ist alles, was von Ihrer Zahlung noch übrig war.".into(),
        ForItems { items } => format!("Das ist für: {items}."),
        ForAPart => "Das ist ein Teil dessen, was Sie bezahlt haben.".into(),
        ForGoodwill => "Das ist ein Entgegenkommen von uns.".into(),
        ForSentBack { items } => format!("Das ist für Ihre Rücksendung: {items}."),
        WantsToSendBack { items } => format!("Sie möchten das zurücksenden: {items}."),
        Comment { text } => format!("Sie schrieben: {text}"),
        WaitForUs => {
            "Bitte warten Sie, bis wir Ihre Anfrage geprüft haben: Wir schreiben Ihnen wieder.".into()
        }
        PleaseSend { items } => format!("Bitte senden Sie uns: {items}."),
        NoteInParcel { number } => {
            format!("Legen Sie dem Paket einen Zettel mit Ihrer Bestellnummer {number} bei.")
        }
        WhenArrived => "Wir schreiben Ihnen wieder, sobald es angekommen ist.".into(),
        CannotTakeBack { items } => format!("Das können wir nicht zurücknehmen: {items}."),
        Arrived { items } => format!("Das ist bei uns angekommen: {items}."),
        DidNotArrive { items } => format!("Das ist nicht angekommen: {items}."),
        NothingLeft => "Dafür ist nichts mehr zurückzuzahlen.".into(),
        OwedLess { amount } => format!("Sie haben dafür {amount} weniger zu bezahlen."),
        DeliveryIncluded => "Die Versandkosten sind darin enthalten.".into(),
    }
}

fn label(label: &Label<'_>) -> String {
    use Label::*;
    match label {
        Greeting { name: Some(name) } => format!("Guten Tag {name},"),
        Greeting { name: None } => "Guten Tag,".into(),
        Closing => "Mit freundlichen Grüßen".into(),
        Order { number } => format!("Bestellung {number}"),
        Discount => "Rabatt".into(),
        Tax { tax, included: false } => (*tax).into(),
        Tax { tax, included: true } => format!("{tax}, enthalten"),
        Delivery => "Versandkosten".into(),
        AsOrdered => "Wie bestellt".into(),
        Total => "Gesamtbetrag".into(),
        CalledOff { items } => format!("Storniert: {items}"),
        Cancelled => "Storniert".into(),
        SentBack { items } => format!("Zurückgesendet: {items}"),
        GivenBack { items: Some(items) } => format!("Erstattet: {items}"),
        GivenBack { items: None } => "Erstattet".into(),
        Goodwill => "Kulanz".into(),
        SeeYourOrder => "Bestellung ansehen".into(),
        Bill { kind: Kind::Invoice } => "Rechnung (PDF)".into(),
        Bill { kind: Kind::CreditNote } => "Rechnungskorrektur (PDF)".into(),
        Follow { courier } => format!("Sendung bei {courier} verfolgen"),
        Token => "Zugangscode Ihrer Bestellung".into(),
    }
}

fn reason(reason: Reason) -> &'static str {
    use Reason::*;
    match reason {
        Damaged => "beschädigt",
        Defective => "defekt",
        WrongItem => "falscher Artikel",
        NotAsDescribed => "nicht wie beschrieben",
        NoLongerWanted => "nicht mehr gewünscht",
        Other => "ein anderer",
    }
}
