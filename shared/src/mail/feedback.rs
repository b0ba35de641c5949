//! What SES tells about mails that it has sent: addresses that take none, and readers who want none (A7).
//!
//! Source of the format: Amazon SES Developer Guide, "Contents of event data that Amazon SES publishes to Amazon SNS".

use serde::{Deserialize, Serialize};

/// What became of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// SES's id of the report: one that comes twice has it twice.
    pub id: String,
    /// Whom it is about.
    pub addresses: Vec<String>,
    /// What it says of them.
    pub verdict: Verdict,
}

/// What a report says of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It takes no mail, for this reason: none is sent there any more.
    Block(MailboxStatus),
    /// It did not take this one, and may take the next.
    Count,
}

/// Whether an address takes mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailboxStatus {
    /// For all that is known, it does.
    #[default]
    Ok,
    /// There is no such mailbox, or it is closed for good.
    Bounced,
    /// Its owner called a mail of ours spam.
    Complained,
}

impl MailboxStatus {
    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }
}

/// A report that is none of the documented form.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    /// It is no JSON, or a field of it is missing.
    #[error("a report of SES is malformed")]
    Json(#[from] serde_json::Error),
    /// It names no address, or has no id that could be a key.
    #[error("a report of SES is of no use: {0}")]
    Content(&'static str),
}

/// What SES sends once, when an event destination is created. It is not JSON.
const WELCOME: &str = "Successfully validated SNS topic for Amazon SES event publishing";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_type: String,
    mail: Sent,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
}

#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    destination: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounced_recipients: Vec<Recipient>,
    feedback_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complained_recipients: Vec<Recipient>,
    feedback_id: String,
    complaint_feedback_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    email_address: String,
}

impl Report {
    /// Reads what SES published; none if it says nothing about an address.
    pub fn read(published: &str) -> Result<Option<Self>, Malformed> {
        if published.trim_start().starts_with(WELCOME) {
            return Ok(None);
        }
        let event: Event = serde_json::from_str(published)?;
        let (id, recipients, verdict) = match (event.event_type.as_str(), event.bounce, event.complaint) {
            ("Bounce", Some(bounce), _) => {
                // `Transient` and `Undetermined` say nothing of the next mail.
                let verdict = match bounce.bounce_type.as_str() {
                    "Permanent" => Verdict::Block(MailboxStatus::Bounced),
                    _ => Verdict::Count,
                };
                (bounce.feedback_id, bounce.bounced_recipients, verdict)
            }
            ("Complaint", _, Some(complaint)) => {
                // Somebody took it out of the spam folder.
                if complaint.complaint_feedback_type.as_deref() == Some("not-spam") {
                    return Ok(None);
                }
                let verdict = Verdict::Block(MailboxStatus::Complained);
                (complaint.feedback_id, complaint.complained_recipients, verdict)
            }
            ("Bounce" | "Complaint", ..) => return Err(Malformed::Content("it has no details")),
            _ => return Ok(None),
        };
        // `#` would be a separator of keys.
        if !(1..=200).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
            return Err(Malformed::Content("its id cannot be a key"));
        }
        let addresses = addressed(event.mail.destination, recipients);
        if addresses.is_empty() {
            return Err(Malformed::Content("it names no address"));
        }
        Ok(Some(Self { id, addresses, verdict }))
    }
}

/// Whom the report is about. A mail to one address is about that one: what the receiver's server names may be where it was
/// forwarded to, and some who complained are only guessed.
fn addressed(destination: Vec<String>, recipients: Vec<Recipient>) -> Vec<String> {
    let named = match destination.as_slice() {
        [_] => destination,
        _ => recipients.into_iter().map(|recipient| recipient.email_address).collect(),
    };
    named.iter().map(|address| bare(address).to_owned()).filter(|address| !address.is_empty()).collect()
}

/// The address itself in `Name <address>`.
fn bare(address: &str) -> &str {
    address.rsplit_once('<').map_or(address, |(_, rest)| rest.split('>').next().unwrap_or(rest)).trim()
}
