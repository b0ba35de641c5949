//! Hebrew. Customs: CLDR `he`, with its marks that keep a sign at the figure's left.

use crate::invoice::Kind;
use crate::language::Spoken;
use crate::mail::customs::{Customs, NBSP};
use crate::mail::words::{Label, Reason, Sentence, Subject, Words};

/// The words.
pub(in crate::mail) static WORDS: Words = Words { customs: CUSTOMS, subject, sentence, label, reason };

const CUSTOMS: Customs = Customs {
    language: Spoken::Hebrew,
    decimal: ".",
    group: ",",
    grouped_from: 4,
    amount: "\u{200f}#\u{a0}\u{200f}¤",
    negative: "\u{200f}\u{200e}-#\u{a0}\u{200f}¤",
    signs: &[
        ("AUD", "A$"),
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
    percent: "#%",
    comma: ", ",
    colon: ": ",
    date: |day, month, year| format!("{day} ב{month} {year}"),
    moment: |date, hour, minute| format!("{date} בשעה {hour}:{minute:02}{NBSP}(UTC)"),
};

fn subject(subject: Subject, number: &str) -> String {
    use Subject::*;
    match subject {
        Placed => format!("קיבלנו את הזמנתכם {number}"),
        Confirmed => format!("הזמנתכם {number} אושרה"),
        PaymentFailed => format!("התשלום עבור הזמנתכם {number} לא עבר"),
        LinesCancelled => format!("חלק מהזמנתכם {number} בוטל"),
        Cancelled => format!("הזמנתכם {number} בוטלה"),
        PartShipped => format!("חלק מהזמנתכם {number} בדרך אליכם"),
        Shipped => format!("הזמנתכם {number} בדרך אליכם"),
        PartDelivered => format!("חלק מהזמנתכם {number} נמסר"),
        Delivered => format!("הזמנתכם {number} נמסרה"),
        Refunded => format!("ההחזר הכספי עבור הזמנתכם {number}"),
        ReturnRequested => format!("החזרת פריטים מהזמנתכם {number}"),
        ReturnApproved => format!("ההחזרה מהזמנתכם {number} אושרה"),
        ReturnRejected => format!("ההחזרה מהזמנתכם {number} אינה אפשרית"),
        ReturnReceived => format!("הפריטים שהחזרתם מהזמנתכם {number} הגיעו אלינו"),
    }
}

fn sentence(sentence: &Sentence) -> String {
    use Sentence::*;
    match sentence {
        Received => "תודה על הזמנתכם. קיבלנו אותה ואנו שומרים לכם את הפריטים.".into(),
        NothingToPay => "אין מה לשלם.".into(),
        PaidOnDelivery { amount } => format!("התשלום, {amount}, ייגבה בעת המסירה."),
        PaidLater { amount, until: None } => format!("נתחיל להכין את ההזמנה ברגע שישולמו {amount}."),
        PaidLater { amount, until: Some(until) } => {
            format!("נתחיל להכין את ההזמנה ברגע שישולמו {amount}, לא יאוחר מ-{until}.")
        }
        PaymentUnderWay { amount } => format!("נכתוב לכם שוב ברגע שהתשלום על סך {amount} יעבור."),
        Paid { amount } => format!("קיבלנו את התשלום על סך {amount}, ואנו מכינים את החבילה."),
        Reserved { amount } => {
            format!("הבנק שלכם שמר {amount}, ואנו מכינים את החבילה. נגבה את הסכום כשנשלח אותה.")
        }
        Settled => "הכול מוסדר, ואנו מכינים את החבילה.".into(),
        Arrives { date } => format!("ההזמנה צפויה להגיע אליכם לא יאוחר מ-{date}."),
        PaymentRefused { amount } => format!("התשלום על סך {amount} לא עבר. לא חויבתם."),
        TryAgain { until } => {
            format!("אפשר לנסות שוב עד {until}, באותו כרטיס או בדרך אחרת. עד אז נשמור לכם את הפריטים.")
        }
        CalledOff { items } => format!("הפריטים שבוטלו: {items}."),
        Because { reason } => format!("הסיבה: {reason}"),
        NowCosts { amount } => format!("מחיר ההזמנה הוא עכשיו {amount}."),
        GoesBack { amount } => format!("נחזיר לכם {amount}."),
        GoesBackAsPaid { amount } => format!("נחזיר לכם {amount} באותה דרך שבה שילמתם."),
        TakenOfReserved { reserved, amount } => {
            format!("מתוך {reserved} שהבנק שלכם שמר נגבה {amount}.")
        }
        Cancelled => "הזמנתכם בוטלה.".into(),
        NotPaidInTime => "לא קיבלנו תשלום בזמן, ולכן הזמנתכם בוטלה.".into(),
        PaymentNotPossible => "התשלום לא עבר, ולכן הזמנתכם בוטלה.".into(),
        ReservationLapsed => "הבנק שלכם אינו שומר עוד את הסכום, ולכן הזמנתכם בוטלה.".into(),
        NothingCharged => "לא חויבתם.".into(),
        ReservedFree { amount } => {
            format!("לא חויבתם. הסכום שהבנק שלכם שמר, {amount}, עומד שוב לרשותכם.")
        }
        GivenBackBefore => "מה ששילמתם כבר הוחזר לכם.".into(),
        PartOnItsWay { items } => format!("הפריטים שבדרך אליכם: {items}. היתר יישלח בהמשך."),
        TravelsWith { courier, number: None } => format!("המשלוח נעשה באמצעות {courier}."),
        TravelsWith { courier, number: Some(number) } => {
            format!("המשלוח נעשה באמצעות {courier}, ומספרו {number}.")
        }
        OnItsWay { parcels: 0 | 1 } => "הזמנתכם בדרך אליכם.".into(),
        OnItsWay { parcels: 2 } => "הזמנתכם בדרך אליכם, בשתי חבילות.".into(),
        OnItsWay { parcels } => format!("הזמנתכם בדרך אליכם, ב-{parcels} חבילות."),
        HaveReady { amount } => format!("נא להכין {amount}: התשלום הוא בעת המסירה."),
        TakeReserved { amount } => format!("אנו גובים עכשיו את הסכום שהבנק שלכם שמר, {amount}."),
        TakeOfReserved { reserved, amount } => {
            format!("מתוך {reserved} שהבנק שלכם שמר אנו גובים עכשיו {amount}.")
        }
        PartDelivered { items } => format!("הפריטים שנמסרו: {items}. היתר יישלח בהמשך."),
        Delivered => "הזמנתכם נמסרה.".into(),
        Collected { amount } => format!("חברת המשלוחים גבתה מכם {amount}."),
        ReturnableUntil { until } => format!("אם משהו אינו כשורה, אפשר לבקש להחזיר אותו עד {until}."),
        PaidBack { amount } => {
            format!(
                "החזרנו לכם {amount} באותה דרך שבה שילמתם. ייתכן שיעברו 5 עד 10 ימי עסקים עד שההחזר יופיע בבנק שלכם."
            )
        }
        PaidBackByHand { amount, reference } => {
            format!("החזרנו לכם {amount}. תמצאו את ההחזר לפי האסמכתה הזאת: {reference}")
        }
        ForCalledOff { items } => format!("ההחזר הוא עבור מה שבוטל: {items}."),
        ForCancelled => "ההחזר הוא עבור הזמנתכם שבוטלה.".into(),
        ForOverpaid => "זה מה ששילמתם מעבר למחיר ההזמנה.".into(),
        ForTheRest => "זה כל מה שנותר מתשלומכם.".into(),
        ForItems { items } => format!("ההחזר הוא עבור: {items}."),
        ForAPart => "זה חלק ממה ששילמתם.".into(),
        ForGoodwill => "זוהי מחווה של רצון טוב מצידנו.".into(),
        ForSentBack { items } => format!("ההחזר הוא עבור מה שהחזרתם: {items}."),
        WantsToSendBack { items } => format!("ביקשתם להחזיר: {items}."),
        Comment { text } => format!("כתבתם: {text}"),
        WaitForUs => "נא להמתין עד שנבדוק את הבקשה: נכתוב לכם שוב.".into(),
        PleaseSend { items } => format!("נא לשלוח אלינו: {items}."),
        NoteInParcel { number } => format!("נא לצרף לחבילה פתק עם מספר ההזמנה: {number}."),
        WhenArrived => "נכתוב לכם שוב כשהחבילה תגיע אלינו.".into(),
        CannotTakeBack { items } => format!("איננו יכולים לקבל בחזרה: {items}."),
        Arrived { items } => format!("הגיעו אלינו: {items}."),
        DidNotArrive { items } => format!("לא הגיעו אלינו: {items}."),
        NothingLeft => "לא נותר סכום להחזיר עבור זה.".into(),
        OwedLess { amount } => format!("הסכום שעליכם לשלם קטן ב-{amount}."),
        DeliveryIncluded => "הסכום כולל את דמי המשלוח.".into(),
    }
}

fn label(label: &Label<'_>) -> String {
    use Label::*;
    match label {
        Greeting { name: Some(name) } => format!("שלום {name},"),
        Greeting { name: None } => "שלום,".into(),
        Closing => "בברכה".into(),
        Order { number } => format!("הזמנה {number}"),
        Discount => "הנחה".into(),
        Tax { tax, included: false } => (*tax).into(),
        Tax { tax, included: true } => format!("{tax}, כלול במחיר"),
        Delivery => "דמי משלוח".into(),
        AsOrdered => "כפי שהוזמן".into(),
        Total => "סך הכול".into(),
        CalledOff { items } => format!("בוטל: {items}"),
        Cancelled => "ההזמנה בוטלה".into(),
        SentBack { items } => format!("הוחזר: {items}"),
        GivenBack { items: Some(items) } => format!("החזר כספי: {items}"),
        GivenBack { items: None } => "החזר כספי".into(),
        Goodwill => "מחווה של רצון טוב".into(),
        SeeYourOrder => "לצפייה בהזמנה".into(),
        Bill { kind: Kind::Invoice } => "חשבונית (PDF)".into(),
        Bill { kind: Kind::CreditNote } => "חשבונית זיכוי (PDF)".into(),
        Follow { courier } => format!("מעקב אחר החבילה אצל {courier}"),
        Token => "קוד הגישה להזמנה".into(),
    }
}

fn reason(reason: Reason) -> &'static str {
    use Reason::*;
    match reason {
        Damaged => "הפריט ניזוק",
        Defective => "הפריט פגום",
        WrongItem => "פריט שגוי",
        NotAsDescribed => "אינו תואם את התיאור",
        NoLongerWanted => "כבר אין בו צורך",
        Other => "סיבה אחרת",
    }
}
