//! Mails to customers: which event is worth one, and what it says, in the customer's language. HTML and text (A7).
//!
//! A mail is made when its event is looked at, maybe long after it happened, and maybe again. So what it says comes from
//! the event, the events written with it and the log up to it ([`Facts`]), not from where the order stands by then. It is
//! told in sentences of no language (`story`), which one file of words per language says (`languages`); how they are laid
//! out is none of their business.

mod customs;
mod facts;
pub mod feedback;
mod html;
mod language;
mod languages;
mod layout;
mod statement;
mod story;
#[cfg(test)]
mod tests;

use crate::ids::Language;
use crate::order::{Event, Order};
use crate::placement::Document;
use crate::store::Settings;
use facts::Facts;
use layout::Letter;

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// The name beside the sender's address.
    pub sender_name: Option<String>,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// Its subject.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// For the others.
    pub html: String,
}

/// The mail about one event of an order's log, if it is worth one, in the order's language or else the store's.
/// `order_token` is a guest's way back to the order.
pub fn about(
    order: &Order,
    document: &Document,
    event: &Event,
    settings: &Settings,
    order_token: Option<&str>,
) -> Option<Mail> {
    let language = language::find(&document.language).or_else(|| language::find(&settings.default_language));
    let language = language.unwrap_or(&language::ALL[0]);
    let facts = Facts { order, document, event, settings, language };
    let letter = Letter::of(&facts, language, &story::tell(&facts)?, order_token);
    Some(Mail {
        to: document.contact_email.clone(),
        sender_name: settings.sender.as_ref().map(|sender| sender.name.clone()),
        reply_to: settings.sender.as_ref().and_then(|sender| sender.reply_to.clone()),
        text: letter.text(),
        html: letter.html(),
        subject: letter.subject,
    })
}

/// The languages that mails exist in.
pub fn languages() -> impl Iterator<Item = &'static str> {
    language::ALL.iter().map(|language| language.customs.tag)
}

/// Whether mails exist in that language, or in the same one elsewhere (`de` for `de-AT`).
pub fn exist_in(language: &Language) -> bool {
    language::find(language).is_some()
}

/// Which of the languages that mails exist in a reader likes most, by an `Accept-Language` header (RFC 9110, 12.5.4); none if
/// there is none of them in it. A range that is more exact counts for the language that it is of.
pub fn preferred(accept_language: &str) -> Option<Language> {
    let mut best: Option<(u16, &'static str)> = None;
    for part in accept_language.split(',').take(RANGES) {
        let mut parameters = part.split(';').map(str::trim);
        let range = parameters.next().and_then(|range| Language::parse(range).ok());
        let Some(found) = range.as_ref().and_then(language::find) else { continue };
        let weight =
            parameters.find_map(|parameter| parameter.strip_prefix("q=")).map_or(Some(1_000), weight);
        // The first of several that are liked as much.
        match weight {
            Some(weight) if weight > best.map_or(0, |(most, _)| most) => {
                best = Some((weight, found.customs.tag))
            }
            _ => {}
        }
    }
    best.and_then(|(_, tag)| Language::parse(tag).ok())
}

/// Ranges of a header that are looked at: people have a few, and a header may have thousands.
const RANGES: usize = 30;

/// Thousandths of a quality value: `0`, `0.5`, `1.000` (RFC 9110, 12.4.2); none if it is not one.
fn weight(text: &str) -> Option<u16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = part.len() <= 3 && part.bytes().all(|digit| digit.is_ascii_digit());
    let part: u16 = format!("{part:0<3}").parse().ok().filter(|_| digits)?;
    match whole {
        "0" => Some(part),
        "1" if part == 0 => Some(1_000),
        _ => None,
    }
}
