//! French. Customs: CLDR `fr`; the first of a month is `1er`. A colon has a space before it that no line ends at.

use crate::invoice::Kind;
use crate::language::Spoken;
use crate::mail::customs::{Customs, NBSP};
use crate::mail::words::{Label, Reason, Sentence, Subject, Words};

/// The words.
pub(in crate::mail) static WORDS: Words = Words { customs: CUSTOMS, subject, sentence, label, reason };

const CUSTOMS: Customs = Customs {
    language: Spoken::French,
    decimal: ",",
    group: "\u{202f}",
    grouped_from: 4,
    amount: "#\u{a0}¤",
    negative: "-#\u{a0}¤",
    signs: &[
        ("ARS", "$AR"),
        ("AUD", "$AU"),
        ("BMD", "$BM"),
        ("BND", "$BN"),
        ("BRL", "R$"),
        ("BZD", "$BZ"),
        ("CAD", "$CA"),
        ("CLP", "$CL"),
        ("COP", "$CO"),
        ("EUR", "€"),
        ("FJD", "$FJ"),
        ("FKP", "£FK"),
        ("GBP", "£GB"),
        ("GIP", "£GI"),
        ("ILS", "₪"),
        ("INR", "₹"),
        ("KRW", "₩"),
        ("LBP", "£LB"),
        ("MXN", "$MX"),
        ("NAD", "$NA"),
        ("NZD", "$NZ"),
        ("SBD", "$SB"),
        ("SGD", "$SG"),
        ("SRD", "$SR"),
        ("TTD", "$TT"),
        ("USD", "$US"),
        ("UYU", "$UY"),
        ("VND", "₫"),
        ("WST", "$WS"),
        ("XAF", "FCFA"),
        ("XOF", "F CFA"),
        ("XPF", "FCFP"),
    ],
    percent: "#\u{a0}%",
    comma: ", ",
    colon: "\u{a0}: ",
    date: |day, month, year| match day {
        1 => format!("1er {month} {year}"),
        day => format!("{day} {month} {year}"),
    },
    moment: |date, hour, minute| format!("{date} à {hour:02}:{minute:02}{NBSP}(UTC)"),
};

fn subject(subject: Subject, number: &str) -> String {
    use Subject::*;
    match subject {
        Placed => format!("Nous avons bien reçu votre commande {number}"),
        Confirmed => format!("Votre commande {number} est confirmée"),
        PaymentFailed => format!("Le paiement de votre commande {number} n’a pas abouti"),
        LinesCancelled => format!("Une partie de votre commande {number} a été annulée"),
        Cancelled => format!("Votre commande {number} a été annulée"),
        PartShipped => format!("Une partie de votre commande {number} est en route"),
        Shipped => format!("Votre commande {number} est en route"),
        PartDelivered => format!("Une partie de votre commande {number} a été livrée"),
        Delivered => format!("Votre commande {number} a été livrée"),
        Refunded => format!("Votre remboursement pour la commande {number}"),
        ReturnRequested => format!("Votre retour pour la commande {number}"),
        ReturnApproved => format!("Votre retour pour la commande {number} est accepté"),
        ReturnRejected => format!("Votre retour pour la commande {number} n’est pas possible"),
        ReturnReceived => format!("Votre retour pour la commande {number} est arrivé"),
    }
}

fn sentence(sentence: &Sentence) -> String {
    use Sentence::*;
    match sentence {
        Received => {
            "Merci pour votre commande. Nous l’avons bien reçue et vous réservons vos articles.".into()
        }
        NothingToPay => "Vous n’avez rien à payer.".into(),
        PaidOnDelivery { amount } => format!("Vous paierez {amount} à la livraison."),
        PaidLater { amount, until: None } => {
            format!("Votre commande sera traitée dès que le montant de {amount} sera réglé.")
        }
        PaidLater { amount, until: Some(until) } => {
            format!(
                "Votre commande sera traitée dès que le montant de {amount} sera réglé, au plus tard le {until}."
            )
        }
        PaymentUnderWay { amount } => {
            format!("Nous vous écrirons de nouveau dès que votre paiement de {amount} sera validé.")
        }
        Paid { amount } => format!("Nous avons reçu votre paiement de {amount} et préparons votre colis."),
        Reserved { amount } => {
            format!(
                "Votre banque a réservé {amount} et nous préparons votre colis. Nous débiterons le montant lors de l’expédition."
            )
        }
        Settled => "Tout est réglé et nous préparons votre colis.".into(),
        Arrives { date } => format!("Il devrait vous parvenir au plus tard le {date}."),
        PaymentRefused { amount } => {
            format!("Votre paiement de {amount} n’a pas abouti. Rien n’a été débité.")
        }
        TryAgain { until } => {
            format!(
                "Vous pouvez réessayer jusqu’au {until}, avec la même carte ou par un autre moyen de paiement. Nous vous réservons vos articles jusque-là."
            )
        }
        CalledOff { items } => format!("Voici ce qui a été annulé{NBSP}: {items}."),
        Because { reason } => format!("Motif{NBSP}: {reason}"),
        NowCosts { amount } => format!("Votre commande coûte désormais {amount}."),
        GoesBack { amount } => format!("Nous vous remboursons {amount}."),
        GoesBackAsPaid { amount } => {
            format!("Nous vous remboursons {amount} par le moyen de paiement que vous avez utilisé.")
        }
        TakenOfReserved { reserved, amount } => {
            format!("Sur les {reserved} que votre banque a réservés, nous débiterons {amount}.")
        }
        Cancelled => "Votre commande a été annulée.".into(),
        NotPaidInTime => {
            "Nous n’avons pas reçu de paiement à temps. Votre commande a donc été annulée.".into()
        }
        PaymentNotPossible => "Votre paiement n’a pas abouti. Votre commande a donc été annulée.".into(),
        ReservationLapsed => {
            "Votre banque ne réserve plus le montant. Votre commande a donc été annulée.".into()
        }
        NothingCharged => "Rien n’a été débité.".into(),
        ReservedFree { amount } => {
            format!(
                "Rien n’a été débité. Le montant de {amount} que votre banque avait réservé est de nouveau disponible."
            )
        }
        GivenBackBefore => "Ce que vous aviez payé vous a déjà été remboursé.".into(),
        PartOnItsWay { items } => format!("Voici ce qui est en route{NBSP}: {items}. Le reste suivra."),
        TravelsWith { courier, number: None } => format!("La livraison est assurée par {courier}."),
        TravelsWith { courier, number: Some(number) } => {
            format!("La livraison est assurée par {courier}, sous le numéro {number}.")
        }
        OnItsWay { parcels: 0 | 1 } => "Votre commande est en route.".into(),
        OnItsWay { parcels } => format!("Votre commande est en route, en {parcels} colis."),
        HaveReady { amount } => format!("Merci de prévoir {amount}{NBSP}: vous paierez à la livraison."),
        TakeReserved { amount } => {
            format!("Nous débitons maintenant le montant de {amount} que votre banque a réservé.")
        }
        TakeOfReserved { reserved, amount } => {
            format!("Sur les {reserved} que votre banque a réservés, nous débitons maintenant {amount}.")
        }
        PartDelivered { items } => format!("Voici ce qui a été livré{NBSP}: {items}. Le reste suivra."),
        Delivered => "Votre commande a été livrée.".into(),
        Collected { amount } => format!("Le transporteur a encaissé {amount} à la livraison."),
        ReturnableUntil { until } => {
            format!("Si quelque chose ne va pas, vous pouvez demander un retour jusqu’au {until}.")
        }
        PaidBack { amount } => {
            format!(
                "Nous vous avons remboursé {amount} par le moyen de paiement que vous avez utilisé. Votre banque peut mettre de 5 à 10 jours ouvrés à afficher ce montant."
            )
        }
        PaidBackByHand { amount, reference } => {
            format!(
                "Nous vous avons remboursé {amount}. Vous retrouverez ce paiement sous la référence{NBSP}: {reference}"
            )
        }
        ForCalledOff { items } => format!("Cela correspond à ce qui a été annulé{NBSP}: {items}."),
        ForCancelled => "Cela correspond à votre commande annulée.".into(),
        ForOverpaid => "C’est ce que vous avez payé en plus du prix de votre commande.".into(),
        ForTheRest => "C’est tout ce qui restait de votre paiement.".into(),
        ForItems { items } => format!("Cela correspond à{NBSP}: {items}."),
        ForAPart => "C’est une partie de ce que vous avez payé.".into(),
        ForGoodwill => "C’est un geste commercial de notre part.".into(),
        ForSentBack { items } => format!("Cela correspond à ce que vous avez renvoyé{NBSP}: {items}."),
        WantsToSendBack { items } => format!("Vous souhaitez renvoyer{NBSP}: {items}."),
        Comment { text } => format!("Vous avez écrit{NBSP}: {text}"),
        WaitForUs => {
            "Merci d’attendre que nous ayons examiné votre demande\u{a0}: nous vous écrirons de nouveau."
                .into()
        }
        PleaseSend { items } => format!("Merci de nous envoyer{NBSP}: {items}."),
        NoteInParcel { number } => {
            format!("Glissez dans le colis un mot portant votre numéro de commande, {number}.")
        }
        WhenArrived => "Nous vous écrirons de nouveau dès son arrivée.".into(),
        CannotTakeBack { items } => format!("Nous ne pouvons pas reprendre{NBSP}: {items}."),
        Arrived { items } => format!("Nous avons bien reçu{NBSP}: {items}."),
        DidNotArrive { items } => format!("Nous n’avons pas reçu{NBSP}: {items}."),
        NothingLeft => "Il ne reste rien à vous rembourser à ce titre.".into(),
        OwedLess { amount } => format!("Vous avez {amount} de moins à payer à ce titre."),
        DeliveryIncluded => "Les frais de livraison y sont compris.".into(),
    }
}

fn label(label: &Label<'_>) -> String {
    use Label::*;
    match label {
        Greeting { name: Some(name) } => format!("Bonjour {name},"),
        Greeting { name: None } => "Bonjour,".into(),
        Closing => "Cordialement".into(),
        Order { number } => format!("Commande {number}"),
        Discount => "Remise".into(),
        Tax { tax, included: false } => (*tax).into(),
        Tax { tax, included: true } => format!("dont {tax}"),
        Delivery => "frais de livraison".into(),
        AsOrdered => "Montant initial".into(),
        Total => "Total".into(),
        CalledOff { items } => format!("Annulé{NBSP}: {items}"),
        Cancelled => "Annulation".into(),
        SentBack { items } => format!("Renvoyé{NBSP}: {items}"),
        GivenBack { items: Some(items) } => format!("Remboursé{NBSP}: {items}"),
        GivenBack { items: None } => "Remboursé".into(),
        Goodwill => "Geste commercial".into(),
        SeeYourOrder => "Voir votre commande".into(),
        Bill { kind: Kind::Invoice } => "Facture (PDF)".into(),
        Bill { kind: Kind::CreditNote } => "Avoir (PDF)".into(),
        Follow { courier } => format!("Suivre votre colis chez {courier}"),
        Token => "Code d’accès à votre commande".into(),
    }
}

fn reason(reason: Reason) -> &'static str {
    use Reason::*;
    match reason {
        Damaged => "article endommagé",
        Defective => "article défectueux",
        WrongItem => "mauvais article",
        NotAsDescribed => "article non conforme à la description",
        NoLongerWanted => "article qui ne convient plus",
        Other => "autre",
    }
}
