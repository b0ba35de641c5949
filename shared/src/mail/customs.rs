//! How a language writes amounts, rates, days and lists: the patterns of CLDR, filled in.
//!
//! Source of the patterns in `languages/`: Unicode CLDR 48, `numbers` and `dates` of each locale, with the digits 0 to 9,
//! which are also its default for Arabic. Differences are told where they are.

use crate::language::Spoken;
use crate::money::Money;
use crate::percent::Percent;
use crate::time::Timestamp;
use time::Date;

/// A space that no line ends at.
pub(super) const NBSP: &str = "\u{a0}";
/// What comes next has a direction of its own, that of its first letter (Unicode TR 9, "Explicit directional isolates").
const ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';

/// How a language writes what is no sentence.
pub(super) struct Customs {
    /// Which one.
    pub(super) language: Spoken,
    /// Between whole and part.
    pub(super) decimal: &'static str,
    /// Between thousands.
    pub(super) group: &'static str,
    /// Digits of the shortest whole number whose thousands are grouped.
    pub(super) grouped_from: usize,
    /// An amount: `#` is the figure, `¤` the currency.
    pub(super) amount: &'static str,
    /// An amount below zero.
    pub(super) negative: &'static str,
    /// Currencies that are written with a sign of their own, and the sign; all others are by their code.
    pub(super) signs: &'static [(&'static str, &'static str)],
    /// A rate: `#` is the figure.
    pub(super) percent: &'static str,
    /// Between the parts of a list that has no end.
    pub(super) comma: &'static str,
    /// Between a label and what it is about.
    pub(super) colon: &'static str,
    /// A day: of the month, the month's name, the year.
    pub(super) date: fn(u8, &str, i32) -> String,
    /// A moment: the day as written, hour and minute, in UTC.
    pub(super) moment: fn(&str, u8, u8) -> String,
}

impl Customs {
    /// An amount with its currency.
    pub(super) fn amount(&self, amount: Money) -> String {
        self.isolated(self.money(amount, self.amount))
    }

    /// What is taken off.
    pub(super) fn off(&self, amount: Money) -> String {
        self.isolated(self.money(amount, self.negative))
    }

    fn money(&self, amount: Money, pattern: &str) -> String {
        let currency = amount.currency();
        let code = currency.code();
        let sign = self.signs.iter().find(|(known, _)| *known == code).map_or(code, |(_, sign)| sign);
        let figure = self.decimal(&amount.amount().to_string());
        // Letters do not touch the figure (CLDR, "currencySpacing").
        let touching = pattern.contains("¤#") && sign.ends_with(char::is_alphabetic);
        let pattern = if touching { pattern.replace('¤', &format!("¤{NBSP}")) } else { pattern.to_owned() };
        pattern.replace('#', &figure).replace('¤', sign)
    }

    /// A rate of a tax.
    pub(super) fn percent(&self, rate: Percent) -> String {
        self.percent.replace('#', &self.decimal(&rate.to_string()))
    }

    /// A whole number.
    pub(super) fn number(&self, number: u32) -> String {
        self.decimal(&number.to_string())
    }

    /// Plain digits with a point, as this language has them.
    fn decimal(&self, plain: &str) -> String {
        let (whole, part) = plain.split_once('.').map_or((plain, None), |(whole, part)| (whole, Some(part)));
        let mut figure = String::new();
        for (at, digit) in whole.chars().enumerate() {
            let left = whole.len().saturating_sub(at);
            if whole.len() >= self.grouped_from && at > 0 && left % 3 == 0 {
                figure.push_str(self.group);
            }
            figure.push(digit);
        }
        match part {
            Some(part) => figure + self.decimal + part,
            None => figure,
        }
    }

    /// A day.
    pub(super) fn date(&self, date: Date) -> String {
        let month = self.language.months().get(usize::from(u8::from(date.month())).wrapping_sub(1)).copied();
        (self.date)(date.day(), month.unwrap_or_default(), date.year())
    }

    /// A moment, to the minute.
    pub(super) fn moment(&self, at: Timestamp) -> String {
        let time = at.datetime().time();
        (self.moment)(&self.date(at.date()), time.hour(), time.minute())
    }

    /// Texts one after the other.
    pub(super) fn list(&self, texts: &[String]) -> String {
        texts.join(self.comma)
    }

    /// A label and what it is about.
    pub(super) fn labelled(&self, label: &str, value: &str) -> String {
        format!("{label}{}{value}", self.colon)
    }

    /// A text that somebody else wrote, or a figure, so that its direction and the sentence's do not mix. Where everything
    /// goes from left to right nothing is added.
    pub(super) fn isolated(&self, text: impl Into<String>) -> String {
        let mut text = text.into();
        // What opens a direction and never closes it would reach into the sentence.
        text.retain(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
        let apart = self.language.is_right_to_left() || text.contains(is_right_to_left);
        if apart { format!("{ISOLATE}{text}{POP_ISOLATE}") } else { text }
    }
}

/// Whether a letter is of a script that is written from right to left (Unicode, `Bidi_Class` R and AL, by block).
fn is_right_to_left(c: char) -> bool {
    matches!(
        c,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}'
    )
}
