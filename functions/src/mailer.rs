//! Sending mail through SES.

use aws_sdk_ses::error::ProvideErrorMetadata as _;
use aws_sdk_ses::types::{Body, Content, Destination, Message};
use shared::mail::Mail;

use crate::error::Error;

/// Outgoing mail.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: aws_sdk_ses::Client,
    sender: String,
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
    /// Mail from this sender.
    pub fn new(client: aws_sdk_ses::Client, sender: &str) -> Self {
        Self { client, sender: sender.to_owned() }
    }

    /// Sends a mail.
    pub async fn send(&self, mail: &Mail) -> Result<Sent, Error> {
        let incomplete = |error| Error::broken("a mail is incomplete", error);
        let content = |text: &str| Content::builder().data(text).charset("UTF-8").build().map_err(incomplete);
        let body = Body::builder().text(content(&mail.text)?).html(content(&mail.html)?).build();
        let message = Message::builder().subject(content(&mail.subject)?).body(body).build();
        let request = self.client.send_email().source(&self.sender).message(message);
        match request.destination(Destination::builder().to_addresses(&mail.to).build()).send().await {
            Ok(answer) => Ok(Sent::Taken(answer.message_id().to_owned())),
            // An address that is none. Everything else, also MessageRejected (a sender that is not verified, the sandbox),
            // is for us to mend: it is tried again and ends in the dead letters, which raise the alarm.
            Err(error) if error.code() == Some("InvalidParameterValue") => Ok(Sent::Refused),
            Err(error) => Err(Error::unavailable("SES", error)),
        }
    }
}
