//! Hebrew.

use shared::language::Spoken;

use super::{Label, Method, Sentence, Words};
use crate::customs::Customs;

pub(super) const WORDS: Words = Words { customs: CUSTOMS, label, sentence };

const CUSTOMS: Customs = Customs {
    tag: "he",
    right_to_left: true,
    decimal: '.',
    group: ',',
    grouped_from: 4,
    currency_first: false,
    before_percent: "",
    months: Spoken::Hebrew.months(),
    date: |day, month, year| format!("{day} ב{month} {year}"),
};

fn label(label: Label) -> &'static str {
    match label {
        Label::Invoice => "חשבונית",
        Label::CreditNote => "חשבונית זיכוי",
        Label::InvoiceNumber => "מספר חשבונית",
        Label::CreditNoteNumber => "מספר זיכוי",
        Label::ForInvoice => "עבור חשבונית",
        Label::Date => "תאריך",
        Label::OrderNumber => "מספר הזמנה",
        Label::OrderDate => "תאריך ההזמנה",
        Label::Shipped => "תאריך המשלוח",
        Label::DeliveryExpected => "מסירה צפויה",
        Label::BillTo => "לכבוד",
        Label::ShipTo => "כתובת למשלוח",
        Label::Description => "תיאור",
        Label::Quantity => "כמות",
        Label::UnitPrice => "מחיר ליחידה",
        Label::Discount => "הנחה",
        Label::Tax => "מס",
        Label::Amount => "סכום",
        Label::Goods => "פריטים",
        Label::Delivery => "משלוח",
        Label::AmountBack => "סכום שהוחזר",
        Label::Goodwill => "מחווה של רצון טוב",
        Label::GivenBefore => "הוחזר קודם לכן",
        Label::Net => "סך הכול ללא מס",
        Label::Total => "סך הכול",
        Label::TotalCredited => "סך הזיכוי",
        Label::Rate => "שיעור",
        Label::TaxableAmount => "על סכום",
        Label::TaxAmount => "מס",
        Label::NotTaxed => "פטור ממס",
        Label::VatId => "מספר עוסק",
        Label::LineDiscounts => "הנחות על פריטים",
        Label::OrderDiscount => "הנחה על ההזמנה",
        Label::Coupon => "קופון",
    }
}

fn sentence(sentence: &Sentence) -> String {
    match sentence {
        Sentence::Amounts { currency, with_tax: true } => {
            format!("כל הסכומים ב-{currency}. מחירי הפריטים וסכומיהם כוללים מס.")
        }
        Sentence::Amounts { currency, with_tax: false } => {
            format!("כל הסכומים ב-{currency}. מחירי הפריטים וסכומיהם אינם כוללים מס.")
        }
        Sentence::DiscountsIncluded { amounts } => format!("כבר נוכה: {amounts}."),
        Sentence::Page { page, of } => format!("עמוד {page} מתוך {of}"),
        Sentence::NothingToPay => "אין מה לשלם.".to_owned(),
        Sentence::Paid { amount, on, method: Method::Card } => {
            format!("{amount} שולמו בכרטיס ב-{on}. תודה רבה.")
        }
        Sentence::Paid { amount, on, method: Method::Cash } => {
            format!("{amount} שולמו במזומן ב-{on}. תודה רבה.")
        }
        Sentence::Reserved { amount } => format!("הבנק שלך שמר {amount}. נגבה את הסכום כשנשלח את ההזמנה."),
        Sentence::PayOnDelivery { amount } => format!("נא לשלם {amount} בעת המסירה."),
        Sentence::Open { amount } => format!("נא לשלם {amount}."),
        Sentence::PaidBack { amount, on } => format!("החזרנו לך {amount} ב-{on}."),
        Sentence::SetOff => "הסכום מנוכה ממה שעליך לשלם.".to_owned(),
        Sentence::ForCalledOff => "עבור מה שבוטל:".to_owned(),
        Sentence::ForSentBack => "עבור מה שהחזרת:".to_owned(),
        Sentence::ForPaidBack => "עבור מה שהחזרנו לך את מחירו:".to_owned(),
        Sentence::ForAmount => "עבור סכום שהחזרנו לך:".to_owned(),
        Sentence::ForGoodwill => "כמחווה של רצון טוב:".to_owned(),
    }
}
