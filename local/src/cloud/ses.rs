//! SES on SQLite: catches every mail instead of delivering it, with `now` as the only clock.
//!
//! Wire format: AWS Query, SES API 2010-12-01 (Amazon SES API Reference, version 1). Every identity counts as
//! verified; return paths and sending authorization are accepted and have no effect. What becomes of the mails of a
//! configuration set is published as SES does it through SNS, for the queues that subscribe.

mod feedback;
mod wire;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use self::wire::{Form, Refusal};
use super::ids::{md5, uuid_like};
use super::storage::{Storage, millis, moment};
use crate::template::MailEvents;

/// To, Cc and Bcc together (SES Developer Guide, Service quotas).
const MAX_RECIPIENTS: usize = 50;
/// Version 1 of the API takes 10 MB (SES Developer Guide, Service quotas).
const MAX_BYTES: usize = 10 * 1024 * 1024;
const DAILY_QUOTA: i64 = 50_000;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS ses_mail (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, sent_at INTEGER NOT NULL, recipients INTEGER NOT NULL,
        mail TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS ses_event (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, configuration_set TEXT NOT NULL, body TEXT NOT NULL
    ) STRICT;";

/// The mail service. What it has answered is committed, so a killed process loses no mail.
pub struct Ses {
    storage: Storage,
    destinations: Mutex<Vec<MailEvents>>,
}

/// An event that subscribers have not got yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Its place among all events.
    pub sequence: i64,
    /// The queues that get it.
    pub queues: Vec<String>,
    /// What they get: SNS's envelope around SES's event.
    pub body: String,
}

/// A caught mail. For a raw mail, what its headers say, and its body as it came: `html` if that is its content type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The message id that SES answered with.
    pub id: String,
    /// Who sends it, with or without a name.
    pub from: String,
    /// Who gets it.
    pub to: Vec<String>,
    /// Who gets a copy that all see.
    pub cc: Vec<String>,
    /// Who gets a copy that nobody sees.
    pub bcc: Vec<String>,
    /// Where answers go; nowhere else than to `from` if empty.
    pub reply_to: Vec<String>,
    /// The subject line.
    pub subject: String,
    /// The body as plain text.
    pub text: Option<String>,
    /// The body as HTML.
    pub html: Option<String>,
    /// Names and values that the sender gave it.
    pub tags: Vec<(String, String)>,
    /// The configuration set that it was sent under.
    #[serde(default)]
    pub configuration_set: Option<String>,
    /// When SES took it.
    #[serde(serialize_with = "rfc3339", skip_deserializing, default = "epoch")]
    pub sent_at: OffsetDateTime,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// What SES would report about the mail later; other than delivered only for its mailbox simulator (SES Developer
/// Guide, Using the mailbox simulator).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It arrived.
    Delivered,
    /// There is no such mailbox.
    Bounced,
    /// It arrived, and its reader called it spam.
    Complained,
    /// The address is on the suppression list.
    Suppressed,
}

impl Ses {
    /// Opens the mails kept at `path`, or none in memory.
    pub fn open(path: Option<&Path>) -> Result<Self, rusqlite::Error> {
        Ok(Self { storage: Storage::open(path, SCHEMA)?, destinations: Mutex::default() })
    }

    /// Says which configuration sets there are, and who hears what becomes of their mails.
    pub fn declare(&self, destinations: &[MailEvents]) {
        *self.destinations() = destinations.to_vec();
    }

    fn destinations(&self) -> MutexGuard<'_, Vec<MailEvents>> {
        self.destinations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The events that subscribers have not got yet, oldest first. None if storage fails, which is told.
    pub fn publications(&self) -> Vec<Publication> {
        let destinations = self.destinations().clone();
        self.waiting(&destinations).unwrap_or_else(|error| {
            eprintln!("the local mail service cannot read its storage: {error:?}");
            Vec::new()
        })
    }

    fn waiting(&self, destinations: &[MailEvents]) -> Result<Vec<Publication>, Refusal> {
        self.storage.transaction(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT sequence, configuration_set, body FROM ses_event ORDER BY sequence",
            )?;
            let rows = statement.query_map([], |row| {
                let set: String = row.get(1)?;
                let heard = destinations.iter().filter(|known| known.configuration_set == set);
                let queues = heard.flat_map(|known| known.queues.clone()).collect();
                Ok(Publication { sequence: row.get(0)?, queues, body: row.get(2)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Says that every subscriber has got an event.
    pub fn published(&self, sequence: i64) {
        let forgotten: Result<(), Refusal> = self.storage.transaction(|tx| {
            tx.execute("DELETE FROM ses_event WHERE sequence = ?1", [sequence])?;
            Ok(())
        });
        if let Err(error) = forgotten {
            eprintln!("the local mail service publishes an event again: {error:?}");
        }
    }

    /// Answers one API call.
    pub fn call(&self, now: OffsetDateTime, request: &Request<Bytes>) -> Response<Bytes> {
        let form = Form::read(request.body());
        let action = form.text("Action").unwrap_or_default();
        let request_id =
            uuid_like(&format!("request {} {}", now.unix_timestamp_nanos(), md5(request.body())));
        wire::respond(self.answer(now, action, &form), action, &request_id)
    }

    /// All mails, newest last. None if storage fails, which is told: whoever looks, looks again.
    pub fn mails(&self) -> Vec<Mail> {
        self.read().unwrap_or_else(|error| {
            eprintln!("the local mail service cannot read its storage: {error:?}");
            Vec::new()
        })
    }

    fn read(&self) -> Result<Vec<Mail>, Refusal> {
        self.storage.transaction(|tx| {
            let mut statement = tx.prepare_cached("SELECT mail, sent_at FROM ses_mail ORDER BY sequence")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let mails = rows.map(|row| {
                let (mail, sent_at): (String, i64) = row?;
                Ok(Mail { sent_at: moment(sent_at), ..serde_json::from_str(&mail)? })
            });
            mails.collect()
        })
    }

    fn answer(&self, now: OffsetDateTime, action: &str, form: &Form) -> Result<String, Refusal> {
        let destinations = self.destinations().clone();
        self.storage.transaction(|tx| match action {
            "SendEmail" => store(tx, now, wire::formatted(form)?, &destinations),
            "SendRawEmail" => store(tx, now, wire::raw(form)?, &destinations),
            "GetSendQuota" => {
                let day_ago = millis(now) - 86_400_000;
                // Recipients count, not mails (SES Developer Guide, Managing your sending limits).
                let sent: i64 = tx.query_row(
                    "SELECT coalesce(sum(recipients), 0) FROM ses_mail WHERE sent_at > ?1",
                    [day_ago],
                    |row| row.get(0),
                )?;
                Ok(format!(
                    "<Max24HourSend>{DAILY_QUOTA}.0</Max24HourSend><MaxSendRate>14.0</MaxSendRate>\
                     <SentLast24Hours>{sent}.0</SentLast24Hours>"
                ))
            }
            other => Err(Refusal::Action(other.to_owned())),
        })
    }
}

/// Checks the mail as SES does, keeps it, and answers with its id.
fn store(
    tx: &Transaction<'_>,
    now: OffsetDateTime,
    mut mail: Mail,
    destinations: &[MailEvents],
) -> Result<String, Refusal> {
    let named = mail.configuration_set.clone();
    let heard = match &named {
        Some(set) => {
            let known = destinations.iter().find(|known| known.configuration_set == *set);
            Some(known.ok_or_else(|| Refusal::ConfigurationSet(set.clone()))?)
        }
        None => None,
    };
    let recipients = [&*mail.to, &*mail.cc, &*mail.bcc].concat();
    if recipients.len() > MAX_RECIPIENTS {
        return Err(Refusal::Parameter(format!("Recipient count exceeds {MAX_RECIPIENTS}.")));
    }
    for address in recipients.iter().chain(&mail.reply_to).chain([&mail.from]) {
        check_address(address)?;
    }
    let length =
        mail.subject.len() + [&mail.text, &mail.html].into_iter().flatten().map(String::len).sum::<usize>();
    if length > MAX_BYTES {
        return Err(Refusal::Parameter(format!("Message length is more than {MAX_BYTES} bytes long.")));
    }
    // API Reference, MessageTag.
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    for part in mail.tags.iter().flat_map(|(name, value)| [name, value]) {
        if !(1..=256).contains(&part.len()) || !part.chars().all(allowed) {
            return Err(Refusal::Parameter(
                "A tag takes 1 to 256 ASCII letters, digits, '_' and '-'.".to_owned(),
            ));
        }
    }
    let last = tx.query_row("SELECT seq FROM sqlite_sequence WHERE name = 'ses_mail'", [], |row| row.get(0));
    mail.id = format!("{}-000000", uuid_like(&format!("mail {}", last.optional()?.unwrap_or(0_i64))));
    mail.sent_at = now;
    let undelivered =
        recipients.iter().map(|address| outcome(address)).find(|outcome| *outcome != Outcome::Delivered);
    mail.outcome = undelivered.unwrap_or(Outcome::Delivered);
    tx.execute(
        "INSERT INTO ses_mail (sent_at, recipients, mail) VALUES (?1, ?2, ?3)",
        params![millis(now), recipients.len(), serde_json::to_string(&mail)?],
    )?;
    for event in heard.into_iter().flat_map(|heard| feedback::events(&mail, heard)) {
        tx.execute(
            "INSERT INTO ses_event (configuration_set, body) VALUES (?1, ?2)",
            params![mail.configuration_set, event.to_string()],
        )?;
    }
    Ok(format!("<MessageId>{}</MessageId>", mail.id))
}

/// The address itself in `Name <address>`.
fn bare(address: &str) -> &str {
    address.rsplit_once('<').map_or(address, |(_, rest)| rest.trim_end().trim_end_matches('>')).trim()
}

fn check_address(address: &str) -> Result<(), Refusal> {
    let refused = |reason: &str| Err(Refusal::Parameter(reason.to_owned()));
    // Punycode and encoded words carry what is not ASCII (API Reference, SendEmail, Source).
    if !address.is_ascii() {
        return refused("The email address string must be 7-bit ASCII.");
    }
    let Some((local, domain)) = bare(address).rsplit_once('@').filter(|(_, domain)| !domain.is_empty())
    else {
        return refused("Missing final '@domain'");
    };
    if local.is_empty() {
        return refused("User name is missing");
    }
    if [local, domain]
        .iter()
        .any(|part| part.contains(|c: char| c.is_ascii_whitespace() || c.is_ascii_control()))
    {
        return refused("Address contains control or whitespace");
    }
    Ok(())
}

/// Labels (`bounce+order-1@…`) are allowed (SES Developer Guide, Using the mailbox simulator).
fn outcome(address: &str) -> Outcome {
    let address = bare(address).to_ascii_lowercase();
    match address.strip_suffix("@simulator.amazonses.com").and_then(|local| local.split('+').next()) {
        Some("bounce") => Outcome::Bounced,
        Some("complaint") => Outcome::Complained,
        Some("suppressionlist") => Outcome::Suppressed,
        Some(_) | None => Outcome::Delivered,
    }
}

fn epoch() -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH
}

fn rfc3339<S: Serializer>(at: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.format(&Rfc3339).map_err(serde::ser::Error::custom)?)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn call(ses: &Ses, fields: &[(&str, &str)]) -> (u16, String) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let now = epoch() + time::Duration::seconds(1_750_000_000);
        let response = ses.call(now, &Request::new(Bytes::from(body)));
        (response.status().as_u16(), String::from_utf8_lossy(response.body()).into_owned())
    }

    const MAIL: [(&str, &str); 5] = [
        ("Action", "SendEmail"),
        ("Source", "Shop <shop@example.com>"),
        ("Destination.ToAddresses.member.1", "alice@example.com"),
        ("Message.Subject.Data", "Grüße & <more>"),
        ("Message.Body.Text.Data", "text"),
    ];

    #[test]
    fn a_mail_is_caught_with_all_its_parts() {
        let ses = Ses::open(None).expect("the database opens");
        let more = [
            ("Tags.member.1.Name", "event"),
            ("Tags.member.1.Value", "placed"),
            ("Message.Body.Html.Data", "<p>"),
        ];
        let (status, xml) = call(&ses, &[MAIL.as_slice(), &more].concat());
        let mail = ses.mails().remove(0);
        assert!(status == 200 && xml.contains(&format!("<MessageId>{}</MessageId>", mail.id)), "{xml}");
        assert_eq!((mail.subject.as_str(), mail.html.as_deref()), ("Grüße & <more>", Some("<p>")));
        assert_eq!(mail.tags, [("event".to_owned(), "placed".to_owned())]);
        assert_eq!(mail.sent_at.unix_timestamp(), 1_750_000_000);
        assert!(call(&ses, &[("Action", "GetSendQuota")]).1.contains("<SentLast24Hours>1.0<"));
    }

    #[test]
    fn a_raw_mail_is_read_from_its_headers() {
        let ses = Ses::open(None).expect("the database opens");
        let data = STANDARD.encode(
            "From: a@example.com\r\nTo: \"B, b\" <b@example.com>,\r\n c@example.com\r\nSubject: Hi\r\n\r\nBody",
        );
        assert_eq!(call(&ses, &[("Action", "SendRawEmail"), ("RawMessage.Data", &data)]).0, 200);
        let mail = ses.mails().remove(0);
        assert_eq!(
            (&*mail.from, &*mail.subject, mail.text.as_deref()),
            ("a@example.com", "Hi", Some("Body"))
        );
        assert_eq!(mail.to, ["\"B, b\" <b@example.com>", "c@example.com"]);
    }

    #[test]
    fn the_mailbox_simulator_decides_the_outcome() {
        for (address, expected) in [
            ("success@simulator.amazonses.com", Outcome::Delivered),
            ("bounce+order-1@simulator.amazonses.com", Outcome::Bounced),
            ("Alice <complaint@simulator.amazonses.com>", Outcome::Complained),
            ("suppressionlist@simulator.amazonses.com", Outcome::Suppressed),
            ("bounce@example.com", Outcome::Delivered),
        ] {
            assert_eq!(outcome(address), expected, "{address}");
        }
    }

    #[test]
    fn what_ses_refuses_is_refused() {
        let ses = Ses::open(None).expect("the database opens");
        let many: Vec<String> =
            (2..=51).map(|n| format!("Destination.BccAddresses.member.{}", n - 1)).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|name| (&**name, "b@example.com")).collect();
        let without = |name: &str| MAIL.into_iter().filter(|(key, _)| *key != name).collect::<Vec<_>>();
        let with = |more: &[(&'static str, &'static str)]| [MAIL.as_slice(), more].concat();
        for (fields, code) in [
            (without("Source"), "ValidationError"),
            (without("Destination.ToAddresses.member.1"), "ValidationError"),
            (without("Message.Subject.Data"), "ValidationError"),
            (without("Message.Body.Text.Data"), "ValidationError"),
            (without("Action"), "InvalidAction"),
            (with(&[("ConfigurationSetName", "none")]), "ConfigurationSetDoesNotExist"),
            (with(&[("Destination.CcAddresses.member.1", "nobody")]), "InvalidParameterValue"),
            (with(&[("Tags.member.1.Name", "a b"), ("Tags.member.1.Value", "c")]), "InvalidParameterValue"),
            ([MAIL.as_slice(), &many].concat(), "InvalidParameterValue"),
        ] {
            let (status, xml) = call(&ses, &fields);
            assert!(status == 400 && xml.contains(&format!("<Code>{code}</Code>")), "{xml}");
        }
        assert!(ses.mails().is_empty());
    }
}
