//! How a language writes figures and days: the patterns of Unicode CLDR 48, with the digits 0 to 9. Currencies go by their
//! code (ISO 4217), which is the same on every bill and never in doubt.

use shared::money::{Currency, Money};
use shared::percent::Percent;
use time::Date;

/// A space that no line ends at.
pub const NBSP: char = '\u{a0}';

/// How a language writes what is no sentence.
pub struct Customs {
    /// Its tag (BCP 47).
    pub tag: &'static str,
    /// Whether it is written from right to left.
    pub right_to_left: bool,
    /// Between whole and part.
    pub decimal: char,
    /// Between thousands.
    pub group: char,
    /// Digits of the shortest whole number whose thousands are grouped.
    pub grouped_from: usize,
    /// Whether the currency goes before the amount.
    pub currency_first: bool,
    /// Between a rate and its sign.
    pub before_percent: &'static str,
    /// The months of a date.
    pub months: [&'static str; 12],
    /// A day: of the month, the month's name, the year.
    pub date: fn(u8, &str, i32) -> String,
}

impl Customs {
    /// An amount without its currency.
    pub fn figure(&self, amount: Money) -> String {
        self.decimal(&amount.amount().to_string())
    }

    /// An amount of so many minor units, which may be below zero.
    pub fn signed(&self, minor: i64, currency: Currency) -> String {
        let digits = usize::try_from(currency.exponent()).unwrap_or_default();
        let plain = format!("{:0>1$}", minor.unsigned_abs(), digits + 1);
        let (whole, part) = plain.split_at(plain.len().saturating_sub(digits));
        let figure = self.decimal(&if digits == 0 { plain.clone() } else { format!("{whole}.{part}") });
        if minor < 0 { format!("-{figure}") } else { figure }
    }

    /// An amount with its currency.
    pub fn amount(&self, amount: Money) -> String {
        let (figure, currency) = (self.figure(amount), amount.currency());
        if self.currency_first {
            format!("{currency}{NBSP}{figure}")
        } else {
            format!("{figure}{NBSP}{currency}")
        }
    }

    /// A rate.
    pub fn percent(&self, rate: Percent) -> String {
        format!("{}{}%", self.decimal(&rate.to_string()), self.before_percent)
    }

    /// A whole number.
    pub fn number(&self, number: u32) -> String {
        self.decimal(&number.to_string())
    }

    /// A day.
    pub fn date(&self, date: Date) -> String {
        let month = self.months.get(usize::from(u8::from(date.month())).wrapping_sub(1)).copied();
        (self.date)(date.day(), month.unwrap_or_default(), date.year())
    }

    /// Plain digits with a point, as this language has them.
    fn decimal(&self, plain: &str) -> String {
        let (whole, part) = plain.split_once('.').map_or((plain, None), |(whole, part)| (whole, Some(part)));
        let mut figure = String::new();
        for (at, digit) in whole.chars().enumerate() {
            let left = whole.len().saturating_sub(at);
            if whole.len() >= self.grouped_from && at > 0 && left % 3 == 0 {
                figure.push(self.group);
            }
            figure.push(digit);
        }
        if let Some(part) = part {
            figure.push(self.decimal);
            figure.push_str(part);
        }
        figure
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;
    use shared::ids::Language;
    use shared::language::Spoken;

    fn customs(tag: &str) -> &'static Customs {
        let language = Spoken::of(&Language::parse(tag).expect("a language"));
        &words::of(language.unwrap_or_default()).customs
    }

    fn money(text: &str) -> Money {
        text.parse().expect("valid money")
    }

    #[test]
    fn amounts_are_written_as_the_language_writes_them_with_the_currencys_decimals() {
        for (tag, amount, written) in [
            ("en", "1234567.5 EUR", "EUR\u{a0}1,234,567.50"),
            ("de", "1234.5 EUR", "1.234,50\u{a0}EUR"),
            ("fr", "1234.5 EUR", "1\u{202f}234,50\u{a0}EUR"),
            ("es", "1234.5 EUR", "1234,50\u{a0}EUR"),
            ("es", "12345.5 EUR", "12.345,50\u{a0}EUR"),
            ("nl", "1234 JPY", "1.234\u{a0}JPY"),
            ("ar", "0.005 KWD", "0.005\u{a0}KWD"),
            ("he", "1234.5 ILS", "1,234.50\u{a0}ILS"),
        ] {
            assert_eq!(customs(tag).amount(money(amount)), written, "{tag}");
        }
    }

    #[test]
    fn what_is_below_zero_has_a_minus() {
        let eur = Currency::parse("EUR").expect("a currency");
        let jpy = Currency::parse("JPY").expect("a currency");
        for (minor, currency, written) in
            [(-1, eur, "-0.01"), (0, eur, "0.00"), (123_456, eur, "1,234.56"), (-1_500, jpy, "-1,500")]
        {
            assert_eq!(customs("en").signed(minor, currency), written);
        }
    }

    #[test]
    fn days_and_rates_are_written_out() {
        let day = Date::from_calendar_date(2026, time::Month::March, 1).expect("a day");
        let rate: Percent = serde_json::from_str("\"8.875\"").expect("a rate");
        for (tag, date, percent) in [
            ("en", "1 March 2026", "8.875%"),
            ("de", "1. März 2026", "8,875\u{a0}%"),
            ("fr", "1er mars 2026", "8,875\u{202f}%"),
            ("nl", "1 maart 2026", "8,875%"),
            ("es", "1 de marzo de 2026", "8,875\u{a0}%"),
            ("ar", "1 مارس 2026", "8.875%"),
            ("he", "1 במרץ 2026", "8.875%"),
        ] {
            assert_eq!(customs(tag).date(day), date);
            assert_eq!(customs(tag).percent(rate), percent);
        }
    }
}
