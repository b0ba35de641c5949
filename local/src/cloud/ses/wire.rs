//! The wire: AWS Query, as parameters of a form in and XML out.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};

use super::{Mail, Outcome, epoch};

const XMLNS: &str = "http://ses.amazonaws.com/doc/2010-12-01/";

/// Why a call was refused, with the codes of the SES API Reference, Common errors.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// 400 `ValidationError`: a required member is missing.
    #[error(
        "1 validation error detected: Value null at '{0}' failed to satisfy constraint: Member must not be null"
    )]
    Missing(&'static str),
    /// 400 `InvalidParameterValue`
    #[error("{0}")]
    Parameter(String),
    /// 400 `ConfigurationSetDoesNotExist`
    #[error("Configuration set <{0}> does not exist.")]
    ConfigurationSet(String),
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
            Self::ConfigurationSet(_) => (StatusCode::BAD_REQUEST, "Sender", "ConfigurationSetDoesNotExist"),
            Self::Action(_) => (StatusCode::BAD_REQUEST, "Sender", "InvalidAction"),
            Self::Storage(_) | Self::Encoding(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "Receiver", "InternalFailure")
            }
        }
    }
}

/// The parameters of a call; lists are `<name>.member.<1…>`.
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    pub fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    pub fn text(&self, name: &str) -> Option<&str> {
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

/// The mail of `SendEmail`.
pub(super) fn formatted(form: &Form) -> Result<Mail, Refusal> {
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
        configuration_set: form.owned("ConfigurationSetName"),
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

/// The mail of `SendRawEmail`.
pub(super) fn raw(form: &Form) -> Result<Mail, Refusal> {
    let data = form.text("RawMessage.Data").ok_or(Refusal::Missing("rawMessage"))?;
    let data =
        STANDARD.decode(data).map_err(|_| Refusal::Parameter("RawMessage.Data is not base64.".to_owned()))?;
    let message = String::from_utf8_lossy(&data).replace("\r\n", "\n");
    let (head, body) = message.split_once("\n\n").unwrap_or((&message, ""));
    // A line that starts with white space continues the one before (RFC 5322, 2.2.3).
    let head = head.replace("\n ", " ").replace("\n\t", " ");
    let header = |name: &str| {
        let mut fields = head.lines().filter_map(|line| line.split_once(':'));
        fields.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let addresses = |name: &str| header(name).map(|list| split_addresses(&list)).unwrap_or_default();
    let is_html =
        header("Content-Type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"));
    let (text, html) = if is_html { (None, Some(body.to_owned())) } else { (Some(body.to_owned()), None) };
    // The call's own source and destinations, if any, replace the headers' (API Reference, SendRawEmail).
    let (mut to, mut cc, mut bcc) = (addresses("To"), addresses("Cc"), addresses("Bcc"));
    let destinations: Vec<String> =
        (1..).map_while(|n| form.owned(&format!("Destinations.member.{n}"))).collect();
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
        configuration_set: form.owned("ConfigurationSetName"),
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

/// The answer in HTTP.
pub(super) fn respond(answer: Result<String, Refusal>, action: &str, request_id: &str) -> Response<Bytes> {
    let (status, xml) = match answer {
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

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
