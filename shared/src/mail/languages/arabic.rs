//! Arabic, in the standard language. Customs: CLDR `ar`, with its marks that keep a sign at the figure's left.

use crate::invoice::Kind;
use crate::language::Spoken;
use crate::mail::customs::{Customs, NBSP};
use crate::mail::words::{Label, Reason, Sentence, Subject, Words};

/// The words.
pub(in crate::mail) static WORDS: Words = Words { customs: CUSTOMS, subject, sentence, label, reason };

const CUSTOMS: Customs = Customs {
    language: Spoken::Arabic,
    decimal: ".",
    group: ",",
    grouped_from: 4,
    amount: "\u{200f}#\u{a0}¤",
    negative: "\u{200f}\u{200e}-#\u{a0}¤",
    signs: &[
        ("AED", "د.إ.\u{200f}"),
        ("AUD", "AU$"),
        ("BHD", "د.ب.\u{200f}"),
        ("BRL", "R$"),
        ("CAD", "CA$"),
        ("CNY", "CN¥"),
        ("DZD", "د.ج.\u{200f}"),
        ("EGP", "ج.م.\u{200f}"),
        ("EUR", "€"),
        ("GBP", "UK£"),
        ("HKD", "HK$"),
        ("ILS", "₪"),
        ("INR", "₹"),
        ("IQD", "د.ع.\u{200f}"),
        ("IRR", "ر.إ.\u{200f}"),
        ("JOD", "د.أ.\u{200f}"),
        ("JPY", "JP¥"),
        ("KRW", "₩"),
        ("KWD", "د.ك.\u{200f}"),
        ("LBP", "ل.ل.\u{200f}"),
        ("LYD", "د.ل.\u{200f}"),
        ("MAD", "د.م.\u{200f}"),
        ("MRU", "أ.م.\u{200f}"),
        ("MXN", "MX$"),
        ("NZD", "NZ$"),
        ("OMR", "ر.ع.\u{200f}"),
        ("QAR", "ر.ق.\u{200f}"),
        ("SAR", "ر.س.\u{200f}"),
        ("SDG", "ج.س.\u{200f}"),
        ("SYP", "ل.س.\u{200f}"),
        ("THB", "฿"),
        ("TND", "د.ت.\u{200f}"),
        ("TWD", "NT$"),
        ("USD", "US$"),
        ("VND", "₫"),
        ("XAF", "FCFA"),
        ("XCD", "EC$"),
        ("XOF", "F CFA"),
        ("XPF", "CFPF"),
        ("YER", "ر.ي.\u{200f}"),
    ],
    percent: "#\u{200e}%\u{200e}",
    comma: "، ",
    colon: ": ",
    date: |day, month, year| format!("{day} {month} {year}"),
    moment: |date, hour, minute| format!("{date}، الساعة {hour}:{minute:02}{NBSP}بالتوقيت العالمي المنسق"),
};

fn subject(subject: Subject, number: &str) -> String {
    use Subject::*;
    match subject {
        Placed => format!("استلمنا طلبكم {number}"),
        Confirmed => format!("تم تأكيد طلبكم {number}"),
        PaymentFailed => format!("تعذّر إتمام الدفع لطلبكم {number}"),
        LinesCancelled => format!("تم إلغاء جزء من طلبكم {number}"),
        Cancelled => format!("تم إلغاء طلبكم {number}"),
        PartShipped => format!("جزء من طلبكم {number} في الطريق إليكم"),
        Shipped => format!("طلبكم {number} في الطريق إليكم"),
        PartDelivered => format!("تم تسليم جزء من طلبكم {number}"),
        Delivered => format!("تم تسليم طلبكم {number}"),
        Refunded => format!("المبلغ المعاد إليكم عن طلبكم {number}"),
        ReturnRequested => format!("إرجاع منتجات من طلبكم {number}"),
        ReturnApproved => format!("تمت الموافقة على الإرجاع من طلبكم {number}"),
        ReturnRejected => format!("تعذّر قبول الإرجاع من طلبكم {number}"),
        ReturnReceived => format!("وصلتنا المنتجات المرجعة من طلبكم {number}"),
    }
}

fn sentence(sentence: &Sentence) -> String {
    use Sentence::*;
    match sentence {
        Received => "شكرًا لكم على طلبكم. لقد استلمناه ونحتفظ لكم بمنتجاتكم.".into(),
        NothingToPay => "لا يترتب عليكم دفع أي مبلغ.".into(),
        PaidOnDelivery { amount } => format!("تدفعون {amount} عند التسليم."),
        PaidLater { amount, until: None } => format!("نبدأ بتجهيز طلبكم بمجرد دفع مبلغ {amount}."),
        PaidLater { amount, until: Some(until) } => {
            format!("نبدأ بتجهيز طلبكم بمجرد دفع مبلغ {amount}، في موعد أقصاه {until}.")
        }
        PaymentUnderWay { amount } => format!("سنكتب إليكم مجددًا فور إتمام دفعتكم بمبلغ {amount}."),
        Paid { amount } => format!("استلمنا دفعتكم بمبلغ {amount}، ونعمل الآن على تجهيز طردكم."),
        Reserved { amount } => {
            format!("حجز مصرفكم مبلغ {amount}، ونعمل الآن على تجهيز طردكم. سنخصم المبلغ عند إرساله.")
        }
        Settled => "اكتملت جميع الإجراءات، ونعمل الآن على تجهيز طردكم.".into(),
        Arrives { date } => format!("من المتوقع أن يصلكم في موعد أقصاه {date}."),
        PaymentRefused { amount } => format!("تعذّر إتمام دفعتكم بمبلغ {amount}. لم يُخصم أي مبلغ."),
        TryAgain { until } => {
            format!(
                "يمكنكم المحاولة مجددًا حتى {until}، بالبطاقة نفسها أو بطريقة أخرى. ونحتفظ لكم بمنتجاتكم حتى ذلك الحين."
            )
        }
        CalledOff { items } => format!("تم إلغاء ما يلي: {items}."),
        Because { reason } => format!("السبب: {reason}"),
        NowCosts { amount } => format!("تبلغ قيمة طلبكم الآن {amount}."),
        GoesBack { amount } => format!("سنعيد إليكم مبلغ {amount}."),
        GoesBackAsPaid { amount } => format!("سنعيد إليكم مبلغ {amount} بالطريقة التي دفعتم بها."),
        TakenOfReserved { reserved, amount } => {
            format!("من مبلغ {reserved} الذي حجزه مصرفكم سنخصم {amount}.")
        }
        Cancelled => "تم إلغاء طلبكم.".into(),
        NotPaidInTime => "لم نستلم دفعتكم في الوقت المحدد، ولذلك تم إلغاء طلبكم.".into(),
        PaymentNotPossible => "تعذّر إتمام دفعتكم، ولذلك تم إلغاء طلبكم.".into(),
        ReservationLapsed => "لم يعد مصرفكم يحجز المبلغ، ولذلك تم إلغاء طلبكم.".into(),
        NothingCharged => "لم يُخصم أي مبلغ.".into(),
        ReservedFree { amount } => {
            format!("لم يُخصم أي مبلغ. وأصبح مبلغ {amount} الذي حجزه مصرفكم متاحًا لكم من جديد.")
        }
        GivenBackBefore => "سبق أن أعدنا إليكم ما دفعتموه.".into(),
        PartOnItsWay { items } => format!("في الطريق إليكم ما يلي: {items}. وسيتبعه الباقي."),
        TravelsWith { courier, number: None } => format!("شركة التوصيل هي {courier}."),
        TravelsWith { courier, number: Some(number) } => {
            format!("شركة التوصيل هي {courier}، ورقم الشحنة {number}.")
        }
        OnItsWay { parcels } => match (parcels, parcels % 100) {
            (0 | 1, _) => "طلبكم في الطريق إليكم.".into(),
            (2, _) => "طلبكم في الطريق إليكم، في طردين.".into(),
            (_, 3..=10) => format!("طلبكم في الطريق إليكم، في {parcels} طرود."),
            (_, 11..=99) => format!("طلبكم في الطريق إليكم، في {parcels} طردًا."),
            _ => format!("طلبكم في الطريق إليكم، في {parcels} طرد."),
        },
        HaveReady { amount } => format!("يُرجى تجهيز مبلغ {amount}: يتم الدفع عند التسليم."),
        TakeReserved { amount } => format!("نخصم الآن مبلغ {amount} الذي حجزه مصرفكم."),
        TakeOfReserved { reserved, amount } => {
            format!("من مبلغ {reserved} الذي حجزه مصرفكم نخصم الآن {amount}.")
        }
        PartDelivered { items } => format!("تم تسليم ما يلي: {items}. وسيتبعه الباقي."),
        Delivered => "تم تسليم طلبكم.".into(),
        Collected { amount } => format!("حصّلت شركة التوصيل منكم مبلغ {amount}."),
        ReturnableUntil { until } => {
            format!("إذا لم يكن شيء ما على ما يرام، يمكنكم طلب إرجاعه حتى {until}.")
        }
        PaidBack { amount } => {
            format!(
                "أعدنا إليكم مبلغ {amount} بالطريقة التي دفعتم بها. قد يستغرق ظهوره لدى مصرفكم من 5 إلى 10 أيام عمل."
            )
        }
        PaidBackByHand { amount, reference } => {
            format!("أعدنا إليكم مبلغ {amount}. تجدون الدفعة تحت هذا المرجع: {reference}")
        }
        ForCalledOff { items } => format!("وذلك عمّا تم إلغاؤه: {items}."),
        ForCancelled => "وذلك عن طلبكم الذي تم إلغاؤه.".into(),
        ForOverpaid => "وهو ما دفعتموه زيادةً على قيمة طلبكم.".into(),
        ForTheRest => "وهو كل ما تبقّى مما دفعتموه.".into(),
        ForItems { items } => format!("وذلك عن: {items}."),
        ForAPart => "وهو جزء مما دفعتموه.".into(),
        ForGoodwill => "وهو لفتة تقدير منا لكم.".into(),
        ForSentBack { items } => format!("وذلك عمّا أرجعتموه: {items}."),
        WantsToSendBack { items } => format!("تريدون إرجاع ما يلي: {items}."),
        Comment { text } => format!("كتبتم: {text}"),
        WaitForUs => "يُرجى الانتظار حتى نراجع طلب الإرجاع: سنكتب إليكم مجددًا.".into(),
        PleaseSend { items } => format!("يُرجى أن ترسلوا إلينا: {items}."),
        NoteInParcel { number } => format!("ضعوا في الطرد ورقة عليها رقم طلبكم: {number}."),
        WhenArrived => "سنكتب إليكم مجددًا فور وصوله.".into(),
        CannotTakeBack { items } => format!("لا يمكننا قبول إرجاع ما يلي: {items}."),
        Arrived { items } => format!("وصلنا ما يلي: {items}."),
        DidNotArrive { items } => format!("لم يصلنا ما يلي: {items}."),
        NothingLeft => "لم يتبقَّ أي مبلغ نعيده إليكم عن ذلك.".into(),
        OwedLess { amount } => format!("ينقص ما عليكم دفعه بمقدار {amount} عن ذلك."),
        DeliveryIncluded => "ويشمل ذلك رسوم التوصيل.".into(),
    }
}

fn label(label: &Label<'_>) -> String {
    use Label::*;
    match label {
        Greeting { name: Some(name) } => format!("مرحبًا {name}،"),
        Greeting { name: None } => "مرحبًا بكم،".into(),
        Closing => "مع أطيب التحيات".into(),
        Order { number } => format!("الطلب {number}"),
        Discount => "خصم".into(),
        Tax { tax, included: false } => (*tax).into(),
        Tax { tax, included: true } => format!("{tax}، مشمولة في السعر"),
        Delivery => "رسوم التوصيل".into(),
        AsOrdered => "قيمة الطلب الأصلية".into(),
        Total => "الإجمالي".into(),
        CalledOff { items } => format!("إلغاء: {items}"),
        Cancelled => "إلغاء الطلب".into(),
        SentBack { items } => format!("إرجاع: {items}"),
        GivenBack { items: Some(items) } => format!("إعادة المبلغ: {items}"),
        GivenBack { items: None } => "إعادة مبلغ".into(),
        Goodwill => "لفتة تقدير".into(),
        SeeYourOrder => "عرض طلبكم".into(),
        Bill { kind: Kind::Invoice } => "الفاتورة (PDF)".into(),
        Bill { kind: Kind::CreditNote } => "إشعار دائن (PDF)".into(),
        Follow { courier } => format!("تتبّع طردكم لدى {courier}"),
        Token => "رمز الوصول إلى طلبكم".into(),
    }
}

fn reason(reason: Reason) -> &'static str {
    use Reason::*;
    match reason {
        Damaged => "المنتج تالف",
        Defective => "المنتج معيب",
        WrongItem => "منتج غير صحيح",
        NotAsDescribed => "غير مطابق للوصف",
        NoLongerWanted => "لم يعد مرغوبًا فيه",
        Other => "سبب آخر",
    }
}
