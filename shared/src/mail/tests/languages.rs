//! What every language has to keep to.

use std::collections::BTreeSet;

use super::*;
use crate::catalog::Attribute;
use crate::invoice::Kind;
use crate::mail::words::{Label, Reason, Sentence};

/// Every mail of every history in one language, its goods named in that language.
fn mails_in(tag: &str) -> Vec<(String, Mail)> {
    let language = Language::parse(tag).expect("a language");
    let mut mails = Vec::new();
    for (name, mut case) in histories() {
        case.document.language = language.clone();
        for (at, line) in case.document.lines.iter_mut().enumerate() {
            line.names.insert(language.clone(), format!("№{at}"));
        }
        for event in &case.order.log {
            let mail = about(
                &case.order,
                &case.document,
                event,
                &settings(),
                Ways { order: Some("t0ken"), ..Ways::default() },
            );
            mails.extend(mail.map(|mail| (format!("{tag}, {name}: {}", event.kind.name()), mail)));
        }
    }
    assert!(mails.len() > 30, "{}", mails.len());
    mails
}

/// One of each sentence, filled with what looks like nothing else.
fn sentences() -> Vec<Sentence> {
    use Sentence::*;
    let amount = || "⟨1⟩".to_owned();
    let (items, until, reserved) = (amount, amount, || "⟨2⟩".to_owned());
    let mut all = vec![
        Received,
        NothingToPay,
        PaidOnDelivery { amount: amount() },
        PaidLater { amount: amount(), until: None },
        PaidLater { amount: amount(), until: Some(reserved()) },
        PaymentUnderWay { amount: amount() },
        Paid { amount: amount() },
        Reserved { amount: amount() },
        Settled,
        Arrives { date: amount() },
        PaymentRefused { amount: amount() },
        TryAgain { until: until() },
        CalledOff { items: items() },
        Because { reason: amount() },
        NowCosts { amount: amount() },
        GoesBack { amount: amount() },
        GoesBackAsPaid { amount: amount() },
        TakenOfReserved { reserved: reserved(), amount: amount() },
        Cancelled,
        NotPaidInTime,
        PaymentNotPossible,
        ReservationLapsed,
        NothingCharged,
        ReservedFree { amount: amount() },
        GivenBackBefore,
        PartOnItsWay { items: items() },
        TravelsWith { courier: amount(), number: None },
        TravelsWith { courier: amount(), number: Some(reserved()) },
        PartDelivered { items: items() },
        HaveReady { amount: amount() },
        TakeReserved { amount: amount() },
        TakeOfReserved { reserved: reserved(), amount: amount() },
        Delivered,
        Collected { amount: amount() },
        ReturnableUntil { until: until() },
        PaidBack { amount: amount() },
        PaidBackByHand { amount: amount(), reference: reserved() },
        ForCalledOff { items: items() },
        ForCancelled,
        ForOverpaid,
        ForTheRest,
        ForItems { items: items() },
        ForAPart,
        ForGoodwill,
        ForSentBack { items: items() },
        WantsToSendBack { items: items() },
        Comment { text: amount() },
        WaitForUs,
        PleaseSend { items: items() },
        NoteInParcel { number: amount() },
        WhenArrived,
        CannotTakeBack { items: items() },
        Arrived { items: items() },
        DidNotArrive { items: items() },
        NothingLeft,
        OwedLess { amount: amount() },
        DeliveryIncluded,
    ];
    all.extend([0, 1, 2, 3, 10, 11, 99, 100, 101, 103].map(|parcels| OnItsWay { parcels }));
    all
}

fn labels() -> Vec<Label<'static>> {
    use Label::*;
    vec![
        Greeting { name: Some("⟨1⟩") },
        Greeting { name: None },
        Closing,
        Order { number: "⟨1⟩" },
        Discount,
        Tax { tax: "⟨1⟩", included: true },
        Delivery,
        AsOrdered,
        Total,
        CalledOff { items: "⟨1⟩" },
        Cancelled,
        SentBack { items: "⟨1⟩" },
        GivenBack { items: Some("⟨1⟩") },
        GivenBack { items: None },
        Goodwill,
        SeeYourOrder,
        Bill { kind: Kind::Invoice },
        Bill { kind: Kind::CreditNote },
        Follow { courier: "⟨1⟩" },
        Token,
    ]
}

const REASONS: [Reason; 6] = [
    Reason::Damaged,
    Reason::Defective,
    Reason::WrongItem,
    Reason::NotAsDescribed,
    Reason::NoLongerWanted,
    Reason::Other,
];

#[test]
fn every_text_is_in_its_own_language_and_says_what_it_is_given() {
    let english = Words::of(Spoken::English);
    for language in Spoken::ALL {
        let (tag, words) = (language.tag(), Words::of(language));
        let told: Vec<(String, String)> = sentences()
            .iter()
            .map(|sentence| ((english.sentence)(sentence), (words.sentence)(sentence)))
            .chain(labels().iter().map(|label| ((english.label)(label), (words.label)(label))))
            .chain(REASONS.map(|reason| ((english.reason)(reason).into(), (words.reason)(reason).into())))
            .collect();
        for (original, text) in told {
            for given in ["⟨1⟩", "⟨2⟩"] {
                assert_eq!(text.matches(given).count(), original.matches(given).count(), "{tag}: {text}");
            }
            assert!(!text.is_empty() && text.trim() == text && !text.contains("  "), "{tag}: {text:?}");
            // The French and the Spanish word for it is the English one.
            let same = original == "Total" && ["fr", "es"].contains(&tag);
            assert!(tag == "en" || same || text != original, "{tag}: {text}");
        }
    }
}

#[test]
fn no_two_sentences_of_a_language_are_alike() {
    for language in Spoken::ALL {
        let mut seen = BTreeSet::new();
        for sentence in sentences() {
            let text = (Words::of(language).sentence)(&sentence);
            let alike = matches!(sentence, Sentence::OnItsWay { parcels: 1 });
            assert!(seen.insert(text.clone()) || alike, "{}: {text}", language.tag());
        }
    }
}

/// Words that are frequent in English and no words of any other of the languages.
const ENGLISH: [&str; 22] = [
    "the",
    "your",
    "order",
    "you",
    "have",
    "has",
    "and",
    "of",
    "back",
    "this",
    "payment",
    "nothing",
    "we",
    "it",
    "until",
    "delivery",
    "return",
    "refund",
    "arrived",
    "damaged",
    "discount",
    "cancelled",
];

#[test]
fn every_event_in_every_language_gives_a_mail_without_a_word_of_english() {
    for tag in languages().filter(|tag| *tag != "en") {
        for (name, mail) in mails_in(tag) {
            // What people typed stays as it is.
            let said = [mail.subject, mail.text].join(" ").to_lowercase();
            let typed =
                ["the handle is off", "too many", "changed my mind", "it was used", "sepa 4711", "t0ken"];
            let said = typed.iter().fold(said, |said, typed| said.replace(typed, ""));
            let words: BTreeSet<&str> = said.split(|c: char| !c.is_alphabetic()).collect();
            for word in ENGLISH {
                assert!(!words.contains(word), "{name}: {word:?} in {said}");
            }
        }
    }
}

#[test]
fn a_subject_is_short_enough_to_be_read_in_a_list() {
    for (name, mail) in languages().flat_map(mails_in) {
        let length = mail.subject.chars().count();
        assert!(
            (10..=120).contains(&length) && !mail.subject.contains(['\n', '\r']),
            "{name}: {}",
            mail.subject
        );
    }
}

#[test]
fn arabic_counts_parcels_in_its_five_ways() {
    let arabic = Words::of(Spoken::Arabic);
    let on_its_way = |parcels| (arabic.sentence)(&Sentence::OnItsWay { parcels });
    assert_eq!(on_its_way(1), "طلبكم في الطريق إليكم.");
    for (parcels, end) in [
        (2, "في طردين."),
        (3, "في 3 طرود."),
        (10, "في 10 طرود."),
        (11, "في 11 طردًا."),
        (99, "في 99 طردًا."),
        (100, "في 100 طرد."),
        (102, "في 102 طرد."),
        (103, "في 103 طرود."),
    ] {
        assert!(on_its_way(parcels).ends_with(end), "{parcels}: {}", on_its_way(parcels));
    }
}

#[test]
fn goods_and_the_way_to_deliver_have_the_names_of_the_customers_language() {
    let german = Language::parse("de").expect("a language");
    let mut case = Case::cod();
    case.document.language = Language::parse("de-AT").expect("a language");
    case.document.lines[0].names.insert(german.clone(), "Becher".into());
    case.document.lines[0].attributes =
        vec![Attribute { attribute: "Farbe".into(), value: "Blau".into(), code: None }];
    let mut settings = settings();
    settings.shipping_methods[0].names.insert(german, "Paket".into());
    let event = &case.order.log[0];
    let mail = about(&case.order, &case.document, event, &settings, Ways::default()).expect("a mail");
    for row in ["3 × Becher (Blau): 29,97\u{a0}€", "2 × book: 39,98\u{a0}€", "Paket: 4,90\u{a0}€"] {
        assert!(mail.text.contains(row), "{row} in {}", mail.text);
    }
    assert!(mail.html.contains("<html lang=\"de\" dir=\"ltr\">"), "{}", mail.html);
}

#[test]
fn a_language_that_there_are_no_mails_in_is_answered_in_the_stores_and_a_store_without_one_in_english() {
    let mut case = Case::cod();
    case.document.language = Language::parse("pt-BR").expect("a language");
    let told = |default: &str| {
        let mut settings = settings();
        settings.default_language = Language::parse(default).expect("a language");
        about(&case.order, &case.document, &case.order.log[0], &settings, Ways::default())
            .expect("a mail")
            .subject
    };
    assert!(told("nl").starts_with("Wij hebben"), "{}", told("nl"));
    assert!(told("de-CH").starts_with("Wir haben"), "{}", told("de-CH"));
    assert!(told("zz").starts_with("We have"), "{}", told("zz"));
}

#[test]
fn from_right_to_left_figures_and_foreign_names_are_set_apart() {
    let mut case = Case::cod();
    case.document.language = Language::parse("ar").expect("a language");
    case.document.billing_address.name = Some("Alice \u{202e}Example".into());
    let mail =
        about(&case.order, &case.document, &case.order.log[0], &settings(), Ways::default()).expect("a mail");
    let number = case.order.number();
    assert_eq!(mail.subject, format!("استلمنا طلبكم \u{2068}{number}\u{2069}"));
    assert!(mail.text.starts_with("مرحبًا \u{2068}Alice Example\u{2069}،\n"), "{}", mail.text);
    assert!(mail.text.contains("تدفعون \u{2068}\u{200f}85.16\u{a0}€\u{2069} عند التسليم."), "{}", mail.text);
    assert!(
        mail.text.contains("  \u{2068}3 × mug\u{2069}: \u{2068}\u{200f}29.97\u{a0}€\u{2069}\n"),
        "{}",
        mail.text
    );
    for part in [&mail.text, &mail.subject, &mail.html] {
        assert_eq!(part.matches('\u{2068}').count(), part.matches('\u{2069}').count(), "{part}");
    }
    // A name from right to left in a mail from left to right is, too.
    case.document.language = Language::default();
    case.document.lines[0].name = "كوب".into();
    let mail =
        about(&case.order, &case.document, &case.order.log[0], &settings(), Ways::default()).expect("a mail");
    assert!(mail.text.contains("  \u{2068}3 × كوب\u{2069}: €29.97\n  2 × book: "), "{}", mail.text);
}
