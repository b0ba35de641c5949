//! German.

use shared::language::Spoken;

use super::{Label, Method, Sentence, Words};
use crate::customs::Customs;

pub(super) const WORDS: Words = Words { customs: CUSTOMS, label, sentence };

const CUSTOMS: Customs = Customs {
    tag: "de",
    right_to_left: false,
    decimal: ',',
    group: '.',
    grouped_from: 4,
    currency_first: false,
    before_percent: "\u{a0}",
    months: Spoken::German.months(),
    date: |day, month, year| format!("{day}. {month} {year}"),
};

fn label(label: Label) -> &'static str {
    match label {
        Label::Invoice => "Rechnung",
        // "Gutschrift" is what a customer writes to a seller (UStG, § 14, 2).
        Label::CreditNote => "Rechnungskorrektur",
        Label::InvoiceNumber => "Rechnungsnummer",
        Label::CreditNoteNumber => "Nummer",
        Label::ForInvoice => "Zur Rechnung",
        Label::Date => "Datum",
        Label::OrderNumber => "Bestellnummer",
        Label::OrderDate => "Bestellt am",
        Label::Shipped => "Versandt am",
        Label::DeliveryExpected => "Lieferung voraussichtlich",
        Label::BillTo => "Rechnung an",
        Label::ShipTo => "Lieferung an",
        Label::Description => "Bezeichnung",
        Label::Quantity => "Menge",
        Label::UnitPrice => "Einzelpreis",
        Label::Discount => "Rabatt",
        Label::Tax => "Steuer",
        Label::Amount => "Betrag",
        Label::Goods => "Artikel",
        Label::Delivery => "Versand",
        Label::AmountBack => "Erstatteter Betrag",
        Label::Goodwill => "Kulanz",
        Label::GivenBefore => "Bereits erstattet",
        Label::Net => "Summe ohne Steuer",
        Label::Total => "Gesamtbetrag",
        Label::TotalCredited => "Gesamtbetrag der Korrektur",
        Label::Rate => "Satz",
        Label::TaxableAmount => "Auf",
        Label::TaxAmount => "Steuer",
        Label::NotTaxed => "Ohne Steuer",
        Label::VatId => "USt-IdNr.",
        Label::LineDiscounts => "Rabatte auf Artikel",
        Label::OrderDiscount => "Rabatt auf die Bestellung",
        Label::Coupon => "Gutschein",
    }
}

fn sentence(sentence: &Sentence) -> String {
    match sentence {
        Sentence::Amounts { currency, with_tax: true } => {
            format!("Alle Beträge in {currency}. Preise und Beträge der Artikel enthalten die Steuer.")
        }
        Sentence::Amounts { currency, with_tax: false } => {
            format!("Alle Beträge in {currency}. Preise und Beträge der Artikel sind ohne Steuer.")
        }
        Sentence::DiscountsIncluded { amounts } => format!("Bereits abgezogen: {amounts}."),
        Sentence::Page { page, of } => format!("Seite {page} von {of}"),
        Sentence::NothingToPay => "Es ist nichts zu bezahlen.".to_owned(),
        Sentence::Paid { amount, on, method: Method::Card } => {
            format!("{amount} wurden am {on} mit Karte bezahlt. Vielen Dank.")
        }
        Sentence::Paid { amount, on, method: Method::Cash } => {
            format!("{amount} wurden am {on} bar bezahlt. Vielen Dank.")
        }
        Sentence::Reserved { amount } => {
            format!(
                "Ihre Bank hat {amount} reserviert. Wir buchen den Betrag ab, wenn wir Ihre Bestellung versenden."
            )
        }
        Sentence::PayOnDelivery { amount } => format!("Bitte bezahlen Sie {amount} bei der Lieferung."),
        Sentence::Open { amount } => format!("Bitte bezahlen Sie {amount}."),
        Sentence::PaidBack { amount, on } => format!("Wir haben Ihnen am {on} {amount} zurückgezahlt."),
        Sentence::SetOff => "Der Betrag mindert, was Sie zu bezahlen haben.".to_owned(),
        Sentence::ForCalledOff => "Für Storniertes:".to_owned(),
        Sentence::ForSentBack => "Für Zurückgesandtes:".to_owned(),
        Sentence::ForPaidBack => "Für das, was wir Ihnen erstattet haben:".to_owned(),
        Sentence::ForAmount => "Für einen Betrag, den wir Ihnen erstattet haben:".to_owned(),
        Sentence::ForGoodwill => "Aus Kulanz:".to_owned(),
    }
}
