//! How languages write figures and dates.

use std::collections::BTreeSet;

use super::*;
use crate::mail::customs::Customs;
use crate::money::{Currency, Money};
use crate::time::Timestamp;

fn customs(tag: &str) -> &'static Customs {
    let language = Language::parse(tag).expect("a language");
    &Words::of(Spoken::of(&language).expect("mails in it")).customs
}

/// As ICU 78 writes them with the data of CLDR 48.
#[test]
fn amounts_are_written_as_the_language_writes_them() {
    let of = |text: &str| -> Money { text.parse().expect("money") };
    let shown = |tag: &str, texts: [&str; 4]| {
        let customs = customs(tag);
        let bare = |text: String| text.replace(['\u{2068}', '\u{2069}'], "");
        let mut shown: Vec<String> = texts.map(|text| bare(customs.amount(of(text)))).to_vec();
        shown.push(bare(customs.off(of("1234.50 EUR"))));
        shown
    };
    let plain = ["0.50 EUR", "1234.50 EUR", "1234567.00 USD", "5 CHF"];
    assert_eq!(shown("en", plain), ["€0.50", "€1,234.50", "US$1,234,567.00", "CHF\u{a0}5.00", "-€1,234.50"]);
    assert_eq!(
        shown("nl", plain),
        ["€\u{a0}0,50", "€\u{a0}1.234,50", "US$\u{a0}1.234.567,00", "CHF\u{a0}5,00", "€\u{a0}-1.234,50"]
    );
    assert_eq!(
        shown("de", plain),
        ["0,50\u{a0}€", "1.234,50\u{a0}€", "1.234.567,00\u{a0}$", "5,00\u{a0}CHF", "-1.234,50\u{a0}€"]
    );
    assert_eq!(
        shown("fr", plain),
        [
            "0,50\u{a0}€",
            "1\u{202f}234,50\u{a0}€",
            "1\u{202f}234\u{202f}567,00\u{a0}$US",
            "5,00\u{a0}CHF",
            "-1\u{202f}234,50\u{a0}€"
        ]
    );
    assert_eq!(
        shown("es", ["0.50 EUR", "1234.50 EUR", "12345.00 USD", "5 CHF"]),
        ["0,50\u{a0}€", "1234,50\u{a0}€", "12.345,00\u{a0}US$", "5,00\u{a0}CHF", "-1234,50\u{a0}€"]
    );
    assert_eq!(
        shown("ar", ["0.50 EUR", "1234.50 EUR", "1234.5 KWD", "5 CHF"]),
        [
            "\u{200f}0.50\u{a0}€",
            "\u{200f}1,234.50\u{a0}€",
            "\u{200f}1,234.500\u{a0}د.ك.\u{200f}",
            "\u{200f}5.00\u{a0}CHF",
            "\u{200f}\u{200e}-1,234.50\u{a0}€"
        ]
    );
    assert_eq!(
        shown("he", ["0.50 EUR", "1234.50 EUR", "1234.5 ILS", "5 CHF"]),
        [
            "\u{200f}0.50\u{a0}\u{200f}€",
            "\u{200f}1,234.50\u{a0}\u{200f}€",
            "\u{200f}1,234.50\u{a0}\u{200f}₪",
            "\u{200f}5.00\u{a0}\u{200f}CHF",
            "\u{200f}\u{200e}-1,234.50\u{a0}\u{200f}€"
        ]
    );
    assert_eq!(customs("de").amount(of("1234567 JPY")), "1.234.567\u{a0}¥");
}

#[test]
fn every_sign_belongs_to_a_currency_and_each_has_one() {
    for language in Spoken::ALL.map(Words::of) {
        let codes: BTreeSet<&str> = language.customs.signs.iter().map(|(code, _)| *code).collect();
        let signs: BTreeSet<&str> = language.customs.signs.iter().map(|(_, sign)| *sign).collect();
        assert_eq!((codes.len(), signs.len()), (language.customs.signs.len(), language.customs.signs.len()));
        assert!(codes.iter().all(|code| Currency::parse(code).is_ok()), "{codes:?}");
    }
}

#[test]
fn days_and_moments_are_written_as_the_language_writes_them() {
    // 2026-03-01T01:05:00Z
    let at = Timestamp::from_seconds(1_772_327_100);
    for (tag, day, moment) in [
        ("en", "1 March 2026", "1 March 2026 at 01:05\u{a0}(UTC)"),
        ("nl", "1 maart 2026", "1 maart 2026 om 01:05\u{a0}uur (UTC)"),
        ("de", "1. März 2026", "1. März 2026, 01:05\u{a0}Uhr (UTC)"),
        ("fr", "1er mars 2026", "1er mars 2026 à 01:05\u{a0}(UTC)"),
        ("es", "1 de marzo de 2026", "1 de marzo de 2026 a la 1:05\u{a0}(UTC)"),
        ("ar", "1 مارس 2026", "1 مارس 2026، الساعة 1:05\u{a0}بالتوقيت العالمي المنسق"),
        ("he", "1 במרץ 2026", "1 במרץ 2026 בשעה 1:05\u{a0}(UTC)"),
    ] {
        assert_eq!((customs(tag).date(at.date()).as_str(), customs(tag).moment(at).as_str()), (day, moment));
    }
    let later = at.plus_seconds(24 * 3600 + 3600);
    assert_eq!(customs("fr").date(later.date()), "2 mars 2026");
    assert_eq!(customs("es").moment(later), "2 de marzo de 2026 a las 2:05\u{a0}(UTC)");
}

#[test]
fn rates_and_counts_have_the_decimals_of_the_language() {
    let rate = crate::percent::Percent::new(rust_decimal::Decimal::new(77, 1)).expect("a rate");
    let rates: Vec<String> =
        Spoken::ALL.iter().map(|language| Words::of(*language).customs.percent(rate)).collect();
    assert_eq!(
        rates,
        ["7.7%", "7,7%", "7,7\u{a0}%", "7,7\u{a0}%", "7,7\u{a0}%", "7.7\u{200e}%\u{200e}", "7.7%"]
    );
    let counts: Vec<String> =
        Spoken::ALL.iter().map(|language| Words::of(*language).customs.number(1_000)).collect();
    assert_eq!(counts, ["1,000", "1.000", "1.000", "1\u{202f}000", "1000", "1,000", "1,000"]);
}
