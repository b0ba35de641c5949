//! Arabic, with the digits 0 to 9.

use shared::language::Spoken;

use super::{Label, Method, Sentence, Words};
use crate::customs::Customs;

pub(super) const WORDS: Words = Words { customs: CUSTOMS, label, sentence };

const CUSTOMS: Customs = Customs {
    tag: "ar",
    right_to_left: true,
    decimal: '.',
    group: ',',
    grouped_from: 4,
    currency_first: false,
    before_percent: "",
    months: Spoken::Arabic.months(),
    date: |day, month, year| format!("{day} {month} {year}"),
};

fn label(label: Label) -> &'static str {
    match label {
        Label::Invoice => "فاتورة",
        Label::CreditNote => "إشعار دائن",
        Label::InvoiceNumber => "رقم الفاتورة",
        Label::CreditNoteNumber => "رقم الإشعار",
        Label::ForInvoice => "بخصوص الفاتورة",
        Label::Date => "التاريخ",
        Label::OrderNumber => "رقم الطلب",
        Label::OrderDate => "تاريخ الطلب",
        Label::Shipped => "تاريخ الشحن",
        Label::DeliveryExpected => "التسليم المتوقع",
        Label::BillTo => "عنوان الفاتورة",
        Label::ShipTo => "عنوان التسليم",
        Label::Description => "الوصف",
        Label::Quantity => "الكمية",
        Label::UnitPrice => "سعر الوحدة",
        Label::Discount => "الخصم",
        Label::Tax => "الضريبة",
        Label::Amount => "المبلغ",
        Label::Goods => "السلع",
        Label::Delivery => "التوصيل",
        Label::AmountBack => "مبلغ مردود",
        Label::Goodwill => "لفتة تقدير",
        Label::GivenBefore => "رُدّ سابقًا",
        Label::Net => "المجموع بدون ضريبة",
        Label::Total => "المجموع",
        Label::TotalCredited => "مجموع الإشعار",
        Label::Rate => "النسبة",
        Label::TaxableAmount => "على مبلغ",
        Label::TaxAmount => "قيمة الضريبة",
        Label::NotTaxed => "غير خاضع للضريبة",
        Label::VatId => "الرقم الضريبي",
        Label::LineDiscounts => "خصومات على السلع",
        Label::OrderDiscount => "خصم على الطلب",
        Label::Coupon => "القسيمة",
    }
}

fn sentence(sentence: &Sentence) -> String {
    match sentence {
        Sentence::Amounts { currency, with_tax: true } => {
            format!("جميع المبالغ بعملة {currency}. أسعار السلع ومبالغها شاملة الضريبة.")
        }
        Sentence::Amounts { currency, with_tax: false } => {
            format!("جميع المبالغ بعملة {currency}. أسعار السلع ومبالغها بدون ضريبة.")
        }
        Sentence::DiscountsIncluded { amounts } => format!("خُصم بالفعل: {amounts}."),
        Sentence::Page { page, of } => format!("صفحة {page} من {of}"),
        Sentence::NothingToPay => "لا يوجد مبلغ مستحق الدفع.".to_owned(),
        Sentence::Paid { amount, on, method: Method::Card } => {
            format!("دُفع {amount} بالبطاقة في {on}. شكرًا لك.")
        }
        Sentence::Paid { amount, on, method: Method::Cash } => format!("دُفع {amount} نقدًا في {on}. شكرًا لك."),
        Sentence::Reserved { amount } => format!("حجز مصرفك مبلغ {amount}. نحصّل المبلغ عند شحن طلبك."),
        Sentence::PayOnDelivery { amount } => format!("يُرجى دفع {amount} عند التسليم."),
        Sentence::Open { amount } => format!("يُرجى دفع {amount}."),
        Sentence::PaidBack { amount, on } => format!("رددنا إليك {amount} في {on}."),
        Sentence::SetOff => "يُخصم هذا المبلغ مما عليك دفعه.".to_owned(),
        Sentence::ForCalledOff => "مقابل ما أُلغي:".to_owned(),
        Sentence::ForSentBack => "مقابل ما أعدته إلينا:".to_owned(),
        Sentence::ForPaidBack => "مقابل ما رددنا ثمنه إليك:".to_owned(),
        Sentence::ForAmount => "مقابل مبلغ رددناه إليك:".to_owned(),
        Sentence::ForGoodwill => "لفتة تقدير منا:".to_owned(),
    }
}
