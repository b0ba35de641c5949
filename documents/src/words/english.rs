//! English.

use shared::language::Spoken;

use super::{Label, Method, Sentence, Words};
use crate::customs::Customs;

pub(super) const WORDS: Words = Words { customs: CUSTOMS, label, sentence };

const CUSTOMS: Customs = Customs {
    tag: "en",
    right_to_left: false,
    decimal: '.',
    group: ',',
    grouped_from: 4,
    currency_first: true,
    before_percent: "",
    months: Spoken::English.months(),
    date: |day, month, year| format!("{day} {month} {year}"),
};

fn label(label: Label) -> &'static str {
    match label {
        Label::Invoice => "Invoice",
        Label::CreditNote => "Credit note",
        Label::InvoiceNumber => "Invoice no.",
        Label::CreditNoteNumber => "Credit note no.",
        Label::ForInvoice => "For invoice",
        Label::Date => "Date",
        Label::OrderNumber => "Order no.",
        Label::OrderDate => "Ordered on",
        Label::Shipped => "Shipped on",
        Label::DeliveryExpected => "Delivery expected",
        Label::BillTo => "Bill to",
        Label::ShipTo => "Ship to",
        Label::Description => "Description",
        Label::Quantity => "Qty",
        Label::UnitPrice => "Unit price",
        Label::Discount => "Discount",
        Label::Tax => "Tax",
        Label::Amount => "Amount",
        Label::Goods => "Items",
        Label::Delivery => "Delivery",
        Label::AmountBack => "Amount given back",
        Label::Goodwill => "Goodwill",
        Label::GivenBefore => "Given back before",
        Label::Net => "Total without tax",
        Label::Total => "Total",
        Label::TotalCredited => "Total credit",
        Label::Rate => "Rate",
        Label::TaxableAmount => "On",
        Label::TaxAmount => "Tax",
        Label::NotTaxed => "Not taxed",
        Label::VatId => "VAT ID",
        Label::LineDiscounts => "discounts on items",
        Label::OrderDiscount => "discount on the order",
        Label::Coupon => "coupon",
    }
}

fn sentence(sentence: &Sentence) -> String {
    match sentence {
        Sentence::Amounts { currency, with_tax: true } => {
            format!("All amounts in {currency}. Prices and amounts of items include tax.")
        }
        Sentence::Amounts { currency, with_tax: false } => {
            format!("All amounts in {currency}. Prices and amounts of items are without tax.")
        }
        Sentence::DiscountsIncluded { amounts } => format!("Already taken off: {amounts}."),
        Sentence::Page { page, of } => format!("Page {page} of {of}"),
        Sentence::NothingToPay => "There is nothing to pay.".to_owned(),
        Sentence::Paid { amount, on, method: Method::Card } => {
            format!("{amount} was paid by card on {on}. Thank you.")
        }
        Sentence::Paid { amount, on, method: Method::Cash } => {
            format!("{amount} was paid in cash on {on}. Thank you.")
        }
        Sentence::Reserved { amount } => {
            format!("Your bank has reserved {amount}. We take the money when we ship your order.")
        }
        Sentence::PayOnDelivery { amount } => format!("Please pay {amount} when your order is delivered."),
        Sentence::Open { amount } => format!("Please pay {amount}."),
        Sentence::PaidBack { amount, on } => format!("We paid {amount} back to you on {on}."),
        Sentence::SetOff => "This is taken off what you have to pay.".to_owned(),
        Sentence::ForCalledOff => "For what was called off:".to_owned(),
        Sentence::ForSentBack => "For what you sent back:".to_owned(),
        Sentence::ForPaidBack => "For what we gave back to you:".to_owned(),
        Sentence::ForAmount => "For an amount that we gave back to you:".to_owned(),
        Sentence::ForGoodwill => "As a gesture of goodwill:".to_owned(),
    }
}
