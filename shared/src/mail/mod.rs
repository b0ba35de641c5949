//! Mails to customers: which event is worth one, and what it says. HTML and text (A7).
//!
//! A mail is made when its event is looked at, maybe long after it happened, and maybe again. So what it says comes from
//! the event, the events written with it and the log up to it ([`Facts`]), not from where the order stands by then. All
//! words are in one file, by language; how they are laid out is none of its business.

mod english;
mod facts;
mod layout;
mod statement;
#[cfg(test)]
mod tests;

use crate::order::{Event, Order};
use crate::placement::Document;
use crate::store::Settings;
use facts::Facts;
use statement::Statement;

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

/// What a mail has to say, in its reader's language. Nothing of it is markup.
struct Words {
    subject: String,
    paragraphs: Vec<String>,
}

/// The mail about one event of an order's log, if it is worth one. `order_token` is a guest's way back to the order.
pub fn about(
    order: &Order,
    document: &Document,
    event: &Event,
    settings: &Settings,
    order_token: Option<&str>,
) -> Option<Mail> {
    let facts = Facts { order, document, event };
    let words = english::words(&facts)?;
    let statement = Statement::of(&facts);
    let way_back = order_token.map(|token| layout::WayBack {
        token,
        url: settings.guest_checkout.order_url.as_ref().map(|url| url.replace("{token}", token)),
    });
    let number = order.number();
    Some(Mail {
        to: document.contact_email.clone(),
        sender_name: settings.sender.as_ref().map(|sender| sender.name.clone()),
        reply_to: settings.sender.as_ref().and_then(|sender| sender.reply_to.clone()),
        text: layout::text(&words, &number, &statement, way_back.as_ref()),
        html: layout::html(&words, &statement, way_back.as_ref()),
        subject: words.subject,
    })
}
