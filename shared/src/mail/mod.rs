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
mod languages;
mod layout;
mod statement;
mod story;
#[cfg(test)]
mod tests;
mod words;

use crate::invoice::Kind;
use crate::language::Spoken;
use crate::order::{Event, Order};
use crate::placement::Document;
use crate::store::Settings;
use facts::Facts;
use layout::Letter;
use words::Words;

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

/// What a mail leads to, by the tokens that open it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ways<'a> {
    /// A guest's way back to the order.
    pub order: Option<&'a str>,
    /// To a bill.
    pub bill: Option<(Kind, &'a str)>,
}

/// The mail about one event of an order's log, if it is worth one, in the order's language or else the store's.
pub fn about(
    order: &Order,
    document: &Document,
    event: &Event,
    settings: &Settings,
    ways: Ways<'_>,
) -> Option<Mail> {
    let language = Spoken::of(&document.language).or_else(|| Spoken::of(&settings.default_language));
    let words = Words::of(language.unwrap_or_default());
    let facts = Facts { order, document, event, settings, words };
    let letter = Letter::of(&facts, words, &story::tell(&facts)?, ways);
    Some(Mail {
        to: document.contact_email.clone(),
        sender_name: settings.sender.as_ref().map(|sender| sender.name.clone()),
        reply_to: settings.sender.as_ref().and_then(|sender| sender.reply_to.clone()),
        text: letter.text(),
        html: letter.html(),
        subject: letter.subject,
    })
}
