//! The words of bills. A language is one file and one arm of [`of`]; its texts are matches over the enumerations below,
//! so that one that is missing does not compile.

mod arabic;
mod dutch;
mod english;
mod french;
mod german;
mod hebrew;
mod spanish;

use shared::language::Spoken;

use crate::customs::Customs;

/// A language that bills exist in.
pub struct Words {
    /// How it writes figures and days.
    pub customs: Customs,
    /// A word or two beside something.
    pub label: fn(Label) -> &'static str,
    /// A sentence.
    pub sentence: fn(&Sentence) -> String,
}

/// The words of a language.
pub fn of(language: Spoken) -> &'static Words {
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

/// A word or two beside something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// The title.
    Invoice,
    /// The title.
    CreditNote,
    InvoiceNumber,
    CreditNoteNumber,
    /// The invoice that a credit note is about.
    ForInvoice,
    /// When it was issued.
    Date,
    OrderNumber,
    OrderDate,
    /// When the goods left.
    Shipped,
    /// When the goods were promised for.
    DeliveryExpected,
    BillTo,
    ShipTo,
    Description,
    Quantity,
    UnitPrice,
    Discount,
    Tax,
    Amount,
    /// All goods.
    Goods,
    Delivery,
    /// An amount for nothing in particular.
    AmountBack,
    Goodwill,
    /// Of what the goods cost, this had been given back before.
    GivenBefore,
    /// Everything without tax.
    Net,
    /// What is billed.
    Total,
    /// What is credited.
    TotalCredited,
    Rate,
    /// What a tax is on.
    TaxableAmount,
    TaxAmount,
    /// What no tax is on.
    NotTaxed,
    /// The seller's tax number.
    VatId,
    /// Discounts of single items, within a sentence.
    LineDiscounts,
    /// The order's discount, within a sentence.
    OrderDiscount,
    /// Before a coupon's code, within a sentence.
    Coupon,
}

impl Label {
    /// Every label.
    #[cfg(test)]
    pub const ALL: [Self; 34] = [
        Self::Invoice,
        Self::CreditNote,
        Self::InvoiceNumber,
        Self::CreditNoteNumber,
        Self::ForInvoice,
        Self::Date,
        Self::OrderNumber,
        Self::OrderDate,
        Self::Shipped,
        Self::DeliveryExpected,
        Self::BillTo,
        Self::ShipTo,
        Self::Description,
        Self::Quantity,
        Self::UnitPrice,
        Self::Discount,
        Self::Tax,
        Self::Amount,
        Self::Goods,
        Self::Delivery,
        Self::AmountBack,
        Self::Goodwill,
        Self::GivenBefore,
        Self::Net,
        Self::Total,
        Self::TotalCredited,
        Self::Rate,
        Self::TaxableAmount,
        Self::TaxAmount,
        Self::NotTaxed,
        Self::VatId,
        Self::LineDiscounts,
        Self::OrderDiscount,
        Self::Coupon,
    ];
}

/// A way to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// By card, or on the provider's page.
    Card,
    /// In cash, at the door.
    Cash,
}

/// What a bill says. Amounts and days are written as the language writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sentence {
    /// Which currency amounts are in, and whether prices and amounts of items are meant with tax.
    Amounts {
        currency: String,
        with_tax: bool,
    },
    /// `amounts` is a list of discounts with what each takes off.
    DiscountsIncluded {
        amounts: String,
    },
    Page {
        page: usize,
        of: usize,
    },

    NothingToPay,
    Paid {
        amount: String,
        on: String,
        method: Method,
    },
    /// The bank has reserved it, and it is taken when the goods leave.
    Reserved {
        amount: String,
    },
    PayOnDelivery {
        amount: String,
    },
    Open {
        amount: String,
    },
    PaidBack {
        amount: String,
        on: String,
    },
    /// Nothing goes back; less has to be paid.
    SetOff,

    /// What a credit note is for.
    ForCalledOff,
    ForSentBack,
    ForPaidBack,
    ForAmount,
    ForGoodwill,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_can_be_printed_in_either_weight() {
        let fonts = crate::fonts::Fonts::new();
        let countries = include_str!("../../data/countries.tsv").chars();
        let labels = Spoken::ALL
            .map(of)
            .into_iter()
            .flat_map(|words| Label::ALL.map(words.label))
            .flat_map(str::chars);
        let said = Spoken::ALL
            .map(of)
            .into_iter()
            .flat_map(|words| SENTENCES.map(|sentence| (words.sentence)(&sentence())))
            .collect::<String>();
        let months =
            Spoken::ALL.map(of).into_iter().flat_map(|words| words.customs.months).flat_map(str::chars);
        let marks = "0123456789.,-–+·%:()\u{a0}\u{202f}\u{fffd}".chars();
        for character in countries.chain(labels).chain(said.chars()).chain(months).chain(marks) {
            for weight in [crate::fonts::Weight::Regular, crate::fonts::Weight::Bold] {
                let known = character.is_control() || fonts.face_of(character, weight).is_some();
                assert!(known, "no font has {character:?}");
            }
        }
    }

    /// Every sentence.
    const SENTENCES: [fn() -> Sentence; 17] = [
        || Sentence::Amounts { currency: "EUR".into(), with_tax: true },
        || Sentence::Amounts { currency: "EUR".into(), with_tax: false },
        || Sentence::DiscountsIncluded { amounts: "1".into() },
        || Sentence::Page { page: 1, of: 2 },
        || Sentence::NothingToPay,
        || Sentence::Paid { amount: "1".into(), on: "2".into(), method: Method::Card },
        || Sentence::Paid { amount: "1".into(), on: "2".into(), method: Method::Cash },
        || Sentence::Reserved { amount: "1".into() },
        || Sentence::PayOnDelivery { amount: "1".into() },
        || Sentence::Open { amount: "1".into() },
        || Sentence::PaidBack { amount: "1".into(), on: "2".into() },
        || Sentence::SetOff,
        || Sentence::ForCalledOff,
        || Sentence::ForSentBack,
        || Sentence::ForPaidBack,
        || Sentence::ForAmount,
        || Sentence::ForGoodwill,
    ];

    #[test]
    fn every_language_says_everything() {
        for words in Spoken::ALL.map(of) {
            for label in Label::ALL {
                assert!(!(words.label)(label).trim().is_empty(), "{label:?}");
            }
            for sentence in SENTENCES {
                let said = (words.sentence)(&sentence());
                assert!(!said.contains('{') && !said.is_empty(), "{said}");
            }
        }
    }
}
