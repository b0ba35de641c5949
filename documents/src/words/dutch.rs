//! Dutch.

use shared::language::Spoken;

use super::{Label, Method, Sentence, Words};
use crate::customs::Customs;

pub(super) const WORDS: Words = Words { customs: CUSTOMS, label, sentence };

const CUSTOMS: Customs = Customs {
    tag: "nl",
    right_to_left: false,
    decimal: ',',
    group: '.',
    grouped_from: 4,
    currency_first: false,
    before_percent: "",
    months: Spoken::Dutch.months(),
    date: |day, month, year| format!("{day} {month} {year}"),
};

fn label(label: Label) -> &'static str {
    match label {
        Label::Invoice => "Factuur",
        Label::CreditNote => "Creditnota",
        Label::InvoiceNumber => "Factuurnummer",
        Label::CreditNoteNumber => "Creditnotanummer",
        Label::ForInvoice => "Bij factuur",
        Label::Date => "Datum",
        Label::OrderNumber => "Bestelnummer",
        Label::OrderDate => "Besteld op",
        Label::Shipped => "Verzonden op",
        Label::DeliveryExpected => "Levering verwacht",
        Label::BillTo => "Factuuradres",
        Label::ShipTo => "Bezorgadres",
        Label::Description => "Omschrijving",
        Label::Quantity => "Aantal",
        Label::UnitPrice => "Prijs per stuk",
        Label::Discount => "Korting",
        Label::Tax => "Belasting",
        Label::Amount => "Bedrag",
        Label::Goods => "Artikelen",
        Label::Delivery => "Verzending",
        Label::AmountBack => "Terugbetaald bedrag",
        Label::Goodwill => "Coulance",
        Label::GivenBefore => "Al terugbetaald",
        Label::Net => "Totaal zonder belasting",
        Label::Total => "Totaal",
        Label::TotalCredited => "Totaal credit",
        Label::Rate => "Tarief",
        Label::TaxableAmount => "Over",
        Label::TaxAmount => "Belasting",
        Label::NotTaxed => "Onbelast",
        Label::VatId => "Btw-nummer",
        Label::LineDiscounts => "korting op artikelen",
        Label::OrderDiscount => "korting op de bestelling",
        Label::Coupon => "kortingscode",
    }
}

fn sentence(sentence: &Sentence) -> String {
    match sentence {
        Sentence::Amounts { currency, with_tax: true } => {
            format!("Alle bedragen in {currency}. Prijzen en bedragen van artikelen zijn met belasting.")
        }
        Sentence::Amounts { currency, with_tax: false } => {
            format!("Alle bedragen in {currency}. Prijzen en bedragen van artikelen zijn zonder belasting.")
        }
        Sentence::DiscountsIncluded { amounts } => format!("Al afgetrokken: {amounts}."),
        Sentence::Page { page, of } => format!("Pagina {page} van {of}"),
        Sentence::NothingToPay => "Er is niets te betalen.".to_owned(),
        Sentence::Paid { amount, on, method: Method::Card } => {
            format!("{amount} is op {on} met een kaart betaald. Hartelijk dank.")
        }
        Sentence::Paid { amount, on, method: Method::Cash } => {
            format!("{amount} is op {on} contant betaald. Hartelijk dank.")
        }
        Sentence::Reserved { amount } => {
            format!(
                "Uw bank heeft {amount} gereserveerd. Wij schrijven het bedrag af wanneer wij uw bestelling verzenden."
            )
        }
        Sentence::PayOnDelivery { amount } => format!("Betaal {amount} bij de bezorging."),
        Sentence::Open { amount } => format!("Nog te betalen: {amount}."),
        Sentence::PaidBack { amount, on } => format!("Wij hebben u op {on} {amount} terugbetaald."),
        Sentence::SetOff => "Dit gaat af van wat u moet betalen.".to_owned(),
        Sentence::ForCalledOff => "Voor wat is geannuleerd:".to_owned(),
        Sentence::ForSentBack => "Voor wat u hebt teruggestuurd:".to_owned(),
        Sentence::ForPaidBack => "Voor wat wij u hebben terugbetaald:".to_owned(),
        Sentence::ForAmount => "Voor een bedrag dat wij u hebben terugbetaald:".to_owned(),
        Sentence::ForGoodwill => "Uit coulance:".to_owned(),
    }
}
