//! Names in the scripts of the world, in bills of either direction.

use serde_json::json;
use shared::invoice::Invoice;
use shared::language::Spoken;
use std::collections::BTreeSet;

use crate::read::{pages, spaced, text};
use crate::shop::{Case, Item, alice, card, item, pdf, settings};

/// A thing's name in many scripts.
const NAMES: [&str; 22] = [
    "Żółta filiżanka, ½ litra — “Œuvre”, Ægir, ţară, İstanbul, Tiếng Việt",
    "Εμαγιέ κούπα, ἀρχαῖος",
    "Эмалированная кружка, їжак, ћирилица",
    "كوب مطلي بالمينا (أزرق) 2 لتر",
    "ספל אמייל (כחול) 2 ליטר",
    "کتاب راهنمای پرندگان، چاپ ۲",
    "नीला तामचीनी मग, क्षत्रिय, श्री",
    "搪瓷杯（蓝色）",
    "琺瑯杯，藍色",
    "ほうろうマグカップ・ブルー",
    "에나멜 머그컵",
    "Բաժակ",
    "ჭიქა ქართული",
    "เสื้อยืดผ้าฝ้าย",
    "নীল কাপ, ক্ষমা",
    "ਨੀਲਾ ਕੱਪ",
    "વાદળી કપ, ક્ષમા",
    "ନୀଳ କପ୍",
    "நீல கோப்பை, கொடி",
    "నీలి కప్పు, క్షమ",
    "ನೀಲಿ ಕಪ್, ಕ್ಷಮೆ",
    "നീല കപ്പ്",
];

fn bill(language: &str) -> Invoice {
    let items: Vec<Item> = NAMES.iter().map(|name| item(name, "9.99 EUR", 1)).collect();
    let mut case = Case::new(settings(), &items, alice("NL"), card());
    case.pay();
    case.bill(language)
}

#[test]
fn every_script_can_be_read_back_as_it_was_written() {
    for language in Spoken::ALL.map(Spoken::tag) {
        let bill = bill(language);
        let bytes = pdf(&bill, &format!("scripts-{language}"));
        let unprinted = documents::pdf(&bill).expect("a PDF").unprinted;
        assert_eq!(
            unprinted,
            BTreeSet::new(),
            "{language}: text that can be read back may be drawn as nothing"
        );
        let text = text(&bytes);
        for name in NAMES {
            assert!(text.contains(&spaced(name)), "{language}: \"{name}\" is not in: {text}");
        }
    }
}

#[test]
fn a_name_in_no_script_that_we_have_does_not_stop_a_bill() {
    let items = [item("Eye 𓂀 🎁 \u{200b}gift", "9.99 EUR", 1)];
    let mut case = Case::new(settings(), &items, alice("NL"), card());
    case.pay();
    let bill = case.bill("en");
    let bytes = pdf(&bill, "script-unknown");
    assert!(text(&bytes).contains("Eye 𓂀 🎁"), "{}", text(&bytes));
    // A picture is left out; a letter is not left out in silence.
    let unprinted = documents::pdf(&bill).expect("a PDF").unprinted;
    assert_eq!(unprinted, BTreeSet::from(['𓂀']));
}

#[test]
fn an_address_is_in_its_own_script_whatever_the_bill_is_in() {
    let address = json!({"name": "田中 花子", "street": "丸の内1-1-1", "postal_code": "100-0005", "city": "千代田区", "state": "東京都", "country": "JP"});
    let mut settings = settings();
    settings["tax"]["elsewhere"] = json!("untaxed");
    for language in ["fr", "he"] {
        let mut case = Case::new(settings.clone(), &[item("Mug", "9.99 EUR", 1)], address.clone(), card());
        case.pay();
        let text = text(&pdf(&case.bill(language), &format!("address-{language}")));
        for part in ["田中 花子", "丸の内1-1-1", "100-0005 千代田区", "東京都"] {
            assert!(text.contains(part), "{part} is not in: {text}");
        }
        assert!(text.contains(if language == "fr" { "Japon" } else { "יפן" }), "{text}");
    }
}

#[test]
fn a_text_of_two_directions_is_read_in_the_order_in_which_it_was_written() {
    let name = "Mug כחול blue 2 (ספל) 100% كوب XL";
    for language in ["en", "he"] {
        let mut case = Case::new(settings(), &[item(name, "9.99 EUR", 1)], alice("NL"), card());
        case.pay();
        let bytes = pdf(&case.bill(language), &format!("mixed-{language}"));
        let text = text(&bytes);
        assert!(text.contains(name), "{:?}", pages(&bytes));
    }
}
