//! Sending mail through SES.

use aws_sdk_ses::error::ProvideErrorMetadata as _;
use aws_sdk_ses::types::{Body, Content, Destination, Message};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use shared::mail::Mail;

use crate::error::Error;

/// Outgoing mail.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: aws_sdk_ses::Client,
    sender: String,
    configuration_set: String,
}

/// What SES did with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It took it, under this id.
    Taken(String),
    /// It will never take it.
    Refused,
}

impl Mailer {
    /// Mail from this sender, under the configuration set that says where SES tells what becomes of it.
    pub fn new(client: aws_sdk_ses::Client, sender: &str, configuration_set: &str) -> Self {
        Self { client, sender: sender.to_owned(), configuration_set: configuration_set.to_owned() }
    }

    /// Sends a mail.
    pub async fn send(&self, mail: &Mail) -> Result<Sent, Error> {
        let incomplete = |error| Error::broken("a mail is incomplete", error);
        let content = |text: &str| Content::builder().data(text).charset("UTF-8").build().map_err(incomplete);
        let body = Body::builder().text(content(&mail.text)?).html(content(&mail.html)?).build();
        let message = Message::builder().subject(content(&mail.subject)?).body(body).build();
        let source = match &mail.sender_name {
            Some(name) => format!("{} <{}>", encoded_word(name), self.sender),
            None => self.sender.clone(),
        };
        let request = self.client.send_email().source(source).message(message);
        let request = request.configuration_set_name(&self.configuration_set);
        let request = mail.reply_to.iter().fold(request, |request, to| request.reply_to_addresses(to));
        match request.destination(Destination::builder().to_addresses(&mail.to).build()).send().await {
            Ok(answer) => Ok(Sent::Taken(answer.message_id().to_owned())),
            // An address that is none. Everything else, also MessageRejected (a sender that is not verified, the sandbox),
            // is for us to mend: it is tried again and ends in the dead letters, which raise the alarm.
            Err(error) if error.code() == Some("InvalidParameterValue") => Ok(Sent::Refused),
            Err(error) => Err(Error::unavailable("SES", error)),
        }
    }
}

/// A name as a header may carry it (RFC 2047): SES takes ASCII only.
fn encoded_word(name: &str) -> String {
    if name.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ') {
        return name.to_owned();
    }
    // An encoded word has at most 75 characters, 63 of them content; several stand for a longer text. Cut between characters.
    let mut words: Vec<String> = vec![String::new()];
    for c in name.chars() {
        match words.last_mut() {
            Some(word) if word.len() + c.len_utf8() <= 45 => word.push(c),
            _ => words.push(c.to_string()),
        }
    }
    words.iter().map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word))).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_script_are_sent_in_ascii() {
        assert_eq!(encoded_word("Green Shop"), "Green Shop");
        assert_eq!(encoded_word("Café"), "=?UTF-8?B?Q2Fmw6k=?=");
        let long = encoded_word(&"緑".repeat(40));
        assert!(long.is_ascii() && long.split(' ').all(|word| word.len() <= 75), "{long}");
        // What could end the header or the name is only ever content.
        assert!(!encoded_word("a\"<b@c.d>\r\nBcc: x").contains(['<', '"', '\r']));
    }
}
