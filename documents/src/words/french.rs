//! French.

use shared::language::Spoken;

use super::{Label, Method, Sentence, Words};
use crate::customs::Customs;

pub(super) const WORDS: Words = Words { customs: CUSTOMS, label, sentence };

const CUSTOMS: Customs = Customs {
    tag: "fr",
    right_to_left: false,
    decimal: ',',
    group: '\u{202f}',
    grouped_from: 4,
    currency_first: false,
    before_percent: "\u{202f}",
    months: Spoken::French.months(),
    // The first of a month is "premier".
    date: |day, month, year| format!("{day}{} {month} {year}", if day == 1 { "er" } else { "" }),
};

fn label(label: Label) -> &'static str {
    match label {
        Label::Invoice => "Facture",
        Label::CreditNote => "Avoir",
        Label::InvoiceNumber => "Facture n°",
        Label::CreditNoteNumber => "Avoir n°",
        Label::ForInvoice => "Sur la facture",
        Label::Date => "Date",
        Label::OrderNumber => "Commande n°",
        Label::OrderDate => "Commandé le",
        Label::Shipped => "Expédié le",
        Label::DeliveryExpected => "Livraison prévue",
        Label::BillTo => "Facturé à",
        Label::ShipTo => "Livré à",
        Label::Description => "Désignation",
        Label::Quantity => "Qté",
        Label::UnitPrice => "Prix unitaire",
        Label::Discount => "Remise",
        Label::Tax => "Taxe",
        Label::Amount => "Montant",
        Label::Goods => "Articles",
        Label::Delivery => "Livraison",
        Label::AmountBack => "Montant remboursé",
        Label::Goodwill => "Geste commercial",
        Label::GivenBefore => "Déjà remboursé",
        Label::Net => "Total hors taxes",
        Label::Total => "Total",
        Label::TotalCredited => "Total de l’avoir",
        Label::Rate => "Taux",
        Label::TaxableAmount => "Sur",
        Label::TaxAmount => "Taxe",
        Label::NotTaxed => "Non taxé",
        Label::VatId => "N° TVA",
        Label::LineDiscounts => "remises sur articles",
        Label::OrderDiscount => "remise sur la commande",
        Label::Coupon => "bon",
    }
}

fn sentence(sentence: &Sentence) -> String {
    match sentence {
        Sentence::Amounts { currency, with_tax: true } => {
            format!("Tous les montants en {currency}. Prix et montants des articles taxes comprises.")
        }
        Sentence::Amounts { currency, with_tax: false } => {
            format!("Tous les montants en {currency}. Prix et montants des articles hors taxes.")
        }
        Sentence::DiscountsIncluded { amounts } => format!("Déjà déduit\u{a0}: {amounts}."),
        Sentence::Page { page, of } => format!("Page {page} sur {of}"),
        Sentence::NothingToPay => "Il n’y a rien à payer.".to_owned(),
        Sentence::Paid { amount, on, method: Method::Card } => {
            format!("{amount} payés par carte le {on}. Merci.")
        }
        Sentence::Paid { amount, on, method: Method::Cash } => {
            format!("{amount} payés en espèces le {on}. Merci.")
        }
        Sentence::Reserved { amount } => {
            format!(
                "Votre banque a réservé {amount}. Nous encaissons ce montant à l’expédition de votre commande."
            )
        }
        Sentence::PayOnDelivery { amount } => format!("Merci de payer {amount} à la livraison."),
        Sentence::Open { amount } => format!("Merci de payer {amount}."),
        Sentence::PaidBack { amount, on } => format!("Nous vous avons remboursé {amount} le {on}."),
        Sentence::SetOff => "Ce montant vient en déduction de ce que vous devez.".to_owned(),
        Sentence::ForCalledOff => "Pour ce qui a été annulé\u{a0}:".to_owned(),
        Sentence::ForSentBack => "Pour ce que vous avez renvoyé\u{a0}:".to_owned(),
        Sentence::ForPaidBack => "Pour ce que nous vous avons remboursé\u{a0}:".to_owned(),
        Sentence::ForAmount => "Pour un montant que nous vous avons remboursé\u{a0}:".to_owned(),
        Sentence::ForGoodwill => "À titre de geste commercial\u{a0}:".to_owned(),
    }
}
