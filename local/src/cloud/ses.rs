//! SES on SQLite: catches every mail instead of delivering it, with `now` as the only clock.
//!
//! Wire format: AWS Query, SES API 2010-12-01 (Amazon SES API Reference, version 1). Every identity counts as
//! verified; configuration sets, return paths and sending authorization are accepted and have no effect.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode};
use md5::{Digest as _, Md5};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// To, Cc and Bcc together (SES Developer Guide, Service quotas).
const MAX_RECIPIENTS: usize = 50;
/// Version 1 of the API takes 10 MB (SES Developer Guide, Service quotas).
const MAX_BYTES: usize = 10 * 1024 * 1024;
const DAILY_QUOTA: i64 = 50_000;
const XMLNS: &str = "http://ses.amazonaws.com/doc/2010-12-01/";

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS ses_mail (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, sent_at INTEGER NOT NULL, recipients INTEGER NOT NULL,
        mail TEXT NOT NULL
    ) STRICT;";

/// The mail service. What it has answered is committed, so a killed process loses no mail.
pub struct Ses {
    connection: Mutex<Connection>,
}

/// A caught mail. For a raw mail, what its headers say, and its body as it came: `html` if that is its content type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    pub id: String,
    pub from: String,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
    pub reply_to: Vec<String>,
    pub subject: String,
    pub text: Option<String>,
    pub html: Option<String>,
    pub tags: Vec<(String, String)>,
    #[serde(serialize_with = "rfc3339", skip_deserializing, default = "epoch")]
    pub sent_at: OffsetDateTime,
    pub outcome: Outcome,
}

/// What SES would report about the mail later; other than delivered only for its mailbox simulator (SES Developer
/// Guide, Using the mailbox simulator).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Delivered,
    Bounced,
    Complained,
    Suppressed,
}

impl Ses {
    /// Opens the mails kept at `path`, or none in memory.
    pub fn open(path: Option<&Path>) -> Result<Self, rusqlite::Error> {
        let connection = path.map_or_else(Connection::open_in_memory, Connection::open)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Answers one API call.
    pub fn call(&self, now: OffsetDateTime, request: &Request<Bytes>) -> Response<Bytes> {
        let form = Form(form_urlencoded::parse(request.body()).into_owned().collect());
        let action = form.text("Action").unwrap_or_default();
        let request_id = uuid_like(&format!("request {} {}", now.unix_timestamp_nanos(), hash(request.body())));
        let (status, xml) = match self.answer(now, action, &form) {
            Ok(result) => (
                StatusCode::OK,
                format!(
                    "<{action}Response xmlns=\"{XMLNS}\"><{action}Result>{result}</{action}Result>\
                     <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{action}Response>"
                ),
            ),
            Err(refusal) => {
                let (status, kind, code) = refusal.wire();
                let message = escaped(&refusal.to_string());
                let error = format!("<Type>{kind}</Type><Code>{code}</Code><Message>{message}</Message>");
                let error = format!("<Error>{error}</Error><RequestId>{request_id}</RequestId>");
                (status, format!("<ErrorResponse xmlns=\"{XMLNS}\">{error}</ErrorResponse>"))
            }
        };
        let mut response = Response::new(Bytes::from(xml));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/xml"));
        response
    }

    /// All mails, newest last. None if storage fails, which is told: whoever looks, looks again.
    pub fn mails(&self) -> Vec<Mail> {
        self.read().unwrap_or_else(|error| {
            eprintln!("the local mail service cannot read its storage: {error:?}");
            Vec::new()
        })
    }

    fn read(&self) -> Result<Vec<Mail>, Refusal> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT mail, sent_at FROM ses_mail ORDER BY sequence")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.map(|row| {
            let (mail, sent_at): (String, i64) = row?;
            let sent_at = epoch().saturating_add(time::Duration::milliseconds(sent_at));
            Ok(Mail { sent_at, ..serde_json::from_str(&mail)? })
        })
        .collect()
    }

    fn answer(&self, now: OffsetDateTime, action: &str, form: &Form) -> Result<String, Refusal> {
        let mut connection = self.lock();
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let answer = match action {
            "SendEmail" => store(&tx, now, formatted(form)?)?,
            "SendRawEmail" => store(&tx, now, raw(form)?)?,
            "GetSendQuota" => {
                let day_ago = millis(now) - 86_400_000;
                // Recipients count, not mails (SES Developer Guide, Managing your sending limits).
                let sent: i64 = tx.query_row(
                    "SELECT coalesce(sum(recipients), 0) FROM ses_mail WHERE sent_at > ?1",
                    [day_ago],
                    |row| row.get(0),
                )?;
                format!(
                    "<Max24HourSend>{DAILY_QUOTA}.0</Max24HourSend><MaxSendRate>14.0</MaxSendRate>\
                     <SentLast24Hours>{sent}.0</SentLast24Hours>"
                )
            }
            other => return Err(Refusal::Action(other.to_owned())),
        };
        tx.commit()?;
        Ok(answer)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere cannot leave a half-done state: its transaction was rolled back.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a call was refused, with the codes of the SES API Reference, Common errors.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    /// 400 `ValidationError`: a required member is missing.
    #[error("1 validation error detected: Value null at '{0}' failed to satisfy constraint: Member must not be null")]
    Missing(&'static str),
    /// 400 `InvalidParameterValue`
    #[error("{0}")]
    Parameter(String),
    /// 400 `InvalidAction`
    #[error("The local mail service does not offer {0:?}.")]
    Action(String),
    /// 500 `InternalFailure`
    #[error("The request processing has failed because of an unknown error.")]
    Storage(#[from] rusqlite::Error),
    /// 500 `InternalFailure`
    #[error("The request processing has failed because of an unknown error.")]
    Encoding(#[from] serde_json::Error),
}

impl Refusal {
    /// Status, `Type` and `Code`.
    fn wire(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Missing(_) => (StatusCode::BAD_REQUEST, "Sender", "ValidationError"),
            Self::Parameter(_) => (StatusCode::BAD_REQUEST, "Sender", "InvalidParameterValue"),
            Self::Action(_) => (StatusCode::BAD_REQUEST, "Sender", "InvalidAction"),
            Self::Storage(_) | Self::Encoding(_) => (StatusCode::INTERNAL_SERVER_ERROR, "Receiver", "InternalFailure"),
        }
    }
}

/// The parameters of a call; lists are `<name>.member.<1…>`.
struct Form(BTreeMap<String, String>);

impl Form {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn owned(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    fn list(&self, name: &str) -> Vec<String> {
        (1..).map_while(|n| self.owned(&format!("{name}.member.{n}"))).collect()
    }

    fn tags(&self) -> Vec<(String, String)> {
        let part = |n: u32, part: &str| self.owned(&format!("Tags.member.{n}.{part}"));
        (1..).map_while(|n| part(n, "Name").zip(part(n, "Value"))).collect()
    }
}

fn formatted(form: &Form) -> Result<Mail, Refusal> {
    let destination = |kind: &str| form.list(&format!("Destination.{kind}Addresses"));
    let mail = Mail {
        id: String::new(),
        from: form.owned("Source").ok_or(Refusal::Missing("source"))?,
        to: destination("To"),
        cc: destination("Cc"),
        bcc: destination("Bcc"),
        reply_to: form.list("ReplyToAddresses"),
        subject: form.owned("Message.Subject.Data").ok_or(Refusal::Missing("message.subject"))?,
        text: form.owned("Message.Body.Text.Data"),
        html: form.owned("Message.Body.Html.Data"),
        tags: form.tags(),
        sent_at: epoch(),
        outcome: Outcome::Delivered,
    };
    // An empty destination looks like none in this protocol.
    if mail.to.is_empty() && mail.cc.is_empty() && mail.bcc.is_empty() {
        return Err(Refusal::Missing("destination"));
    }
    if mail.text.is_none() && mail.html.is_none() {
        return Err(Refusal::Missing("message.body"));
    }
    Ok(mail)
}

fn raw(form: &Form) -> Result<Mail, Refusal> {
    let data = form.text("RawMessage.Data").ok_or(Refusal::Missing("rawMessage"))?;
    let data = STANDARD.decode(data).map_err(|_| Refusal::Parameter("RawMessage.Data is not base64.".to_owned()))?;
    let message = String::from_utf8_lossy(&data).replace("\r\n", "\n");
    let (head, body) = message.split_once("\n\n").unwrap_or((&message, ""));
    // A line that starts with white space continues the one before (RFC 5322, 2.2.3).
    let head = head.replace("\n ", " ").replace("\n\t", " ");
    let header = |name: &str| {
        let mut fields = head.lines().filter_map(|line| line.split_once(':'));
        fields.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let addresses = |name: &str| header(name).map(|list| split_addresses(&list)).unwrap_or_default();
    let is_html = header("Content-Type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"));
    let (text, html) = if is_html { (None, Some(body.to_owned())) } else { (Some(body.to_owned()), None) };
    // The call's own source and destinations, if any, replace the headers' (API Reference, SendRawEmail).
    let (mut to, mut cc, mut bcc) = (addresses("To"), addresses("Cc"), addresses("Bcc"));
    let destinations: Vec<String> = (1..).map_while(|n| form.owned(&format!("Destinations.member.{n}"))).collect();
    if !destinations.is_empty() {
        (to, cc, bcc) = (destinations, Vec::new(), Vec::new());
    }
    if to.is_empty() && cc.is_empty() && bcc.is_empty() {
        return Err(Refusal::Parameter("Missing required header 'To'.".to_owned()));
    }
    let from = form.owned("Source").or_else(|| header("From"));
    Ok(Mail {
        id: String::new(),
        from: from.ok_or_else(|| Refusal::Parameter("Missing required header 'From'.".to_owned()))?,
        to,
        cc,
        bcc,
        reply_to: addresses("Reply-To"),
        subject: header("Subject").unwrap_or_default(),
        text,
        html,
        tags: form.tags(),
        sent_at: epoch(),
        outcome: Outcome::Delivered,
    })
}

/// An address list's members; a comma within a quoted name does not part them.
fn split_addresses(list: &str) -> Vec<String> {
    let mut quoted = false;
    let parts = list.split(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// Checks the mail as SES does, keeps it, and answers with its id.
fn store(tx: &Transaction<'_>, now: OffsetDateTime, mut mail: Mail) -> Result<String, Refusal> {
    let recipients = [&*mail.to, &*mail.cc, &*mail.bcc].concat();
    if recipients.len() > MAX_RECIPIENTS {
        return Err(Refusal::Parameter(format!("Recipient count exceeds {MAX_RECIPIENTS}.")));
    }
    for address in recipients.iter().chain(&mail.reply_to).chain([&mail.from]) {
        check_address(address)?;
    }
    let length = mail.subject.len() + [&mail.text, &mail.html].into_iter().flatten().map(String::len).sum::<usize>();
    if length > MAX_BYTES {
        return Err(Refusal::Parameter(format!("Message length is more than {MAX_BYTES} bytes long.")));
    }
    // API Reference, MessageTag.
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    for part in mail.tags.iter().flat_map(|(name, value)| [name, value]) {
        if !(1..=256).contains(&part.len()) || !part.chars().all(allowed) {
            return Err(Refusal::Parameter("A tag takes 1 to 256 ASCII letters, digits, '_' and '-'.".to_owned()));
        }
    }
    let last = tx.query_row("SELECT seq FROM sqlite_sequence WHERE name = 'ses_mail'", [], |row| row.get(0));
    mail.id = format!("{}-000000", uuid_like(&format!("mail {}", last.optional()?.unwrap_or(0_i64))));
    mail.sent_at = now;
    let undelivered = recipients.iter().map(|address| outcome(address)).find(|outcome| *outcome != Outcome::Delivered);
    mail.outcome = undelivered.unwrap_or(Outcome::Delivered);
    tx.execute(
        "INSERT INTO ses_mail (sent_at, recipients, mail) VALUES (?1, ?2, ?3)",
        params![millis(now), recipients.len(), serde_json::to_string(&mail)?],
    )?;
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
    let Some((local, domain)) = bare(address).rsplit_once('@').filter(|(_, domain)| !domain.is_empty()) else {
        return refused("Missing final '@domain'");
    };
    if local.is_empty() {
        return refused("User name is missing");
    }
    if [local, domain].iter().any(|part| part.contains(|c: char| c.is_ascii_whitespace() || c.is_ascii_control())) {
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

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}

fn uuid_like(seed: &str) -> String {
    let hash = hash(seed.as_bytes());
    format!("{}-{}-{}-{}-{}", &hash[..8], &hash[8..12], &hash[12..16], &hash[16..20], &hash[20..])
}

fn millis(at: OffsetDateTime) -> i64 {
    at.unix_timestamp() * 1000 + i64::from(at.millisecond())
}

fn epoch() -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH
}

fn rfc3339<S: Serializer>(at: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.format(&Rfc3339).map_err(serde::ser::Error::custom)?)
}

#[cfg(test)]
mod tests {
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
        let ses = Ses::open(None).unwrap();
        let more =
            [("Tags.member.1.Name", "event"), ("Tags.member.1.Value", "placed"), ("Message.Body.Html.Data", "<p>")];
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
        let ses = Ses::open(None).unwrap();
        let data = STANDARD.encode(
            "From: a@example.com\r\nTo: \"B, b\" <b@example.com>,\r\n c@example.com\r\nSubject: Hi\r\n\r\nBody",
        );
        assert_eq!(call(&ses, &[("Action", "SendRawEmail"), ("RawMessage.Data", &data)]).0, 200);
        let mail = ses.mails().remove(0);
        assert_eq!((&*mail.from, &*mail.subject, mail.text.as_deref()), ("a@example.com", "Hi", Some("Body")));
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
        let ses = Ses::open(None).unwrap();
        let many: Vec<String> = (2..=51).map(|n| format!("Destination.BccAddresses.member.{}", n - 1)).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|name| (&**name, "b@example.com")).collect();
        let without = |name: &str| MAIL.into_iter().filter(|(key, _)| *key != name).collect::<Vec<_>>();
        let with = |more: &[(&'static str, &'static str)]| [MAIL.as_slice(), more].concat();
        for (fields, code) in [
            (without("Source"), "ValidationError"),
            (without("Destination.ToAddresses.member.1"), "ValidationError"),
            (without("Message.Subject.Data"), "ValidationError"),
            (without("Message.Body.Text.Data"), "ValidationError"),
            (without("Action"), "InvalidAction"),
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
