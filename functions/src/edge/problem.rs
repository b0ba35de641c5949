//! Problem answers (RFC 9457).

use serde::Serialize;
use serde_json::{Map, Value};
use shared::api::FieldError;
use std::fmt;

/// Something that the caller can act on.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// Stable, for programs.
    pub code: &'static str,
    /// For people.
    pub detail: String,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<u32>,
    context: Map<String, Value>,
}

impl Problem {
    /// A problem without context.
    pub fn new(status: u16, code: &'static str, detail: &str) -> Self {
        Self { status, code, detail: detail.to_owned(), retry_after: None, context: Map::new() }
    }

    /// Adds a typed member, e.g. the short lines.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Serialize) -> Self {
        // Views are made of strings, numbers and lists, which always become JSON.
        self.context.insert(member.to_owned(), serde_json::to_value(value).unwrap_or_default());
        self
    }

    /// Says when trying again makes sense.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// 404: missing, or somebody else's. The two look the same.
    pub fn not_found() -> Self {
        Self::new(404, "not_found", "there is no such resource")
    }

    /// 422: fields that break a rule.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self::new(422, "invalid_request", "the request breaks a rule").with("errors", errors)
    }

    /// 412: there is another version than the caller's by now.
    pub fn version_mismatch(current: u64) -> Self {
        Self::new(412, "version_mismatch", "there is another version by now").with("current_version", current)
    }

    /// 503: a service that we need did not answer; trying again with the same key is right and safe.
    pub fn unavailable() -> Self {
        let detail = "a service that is needed did not answer; try again with the same key";
        Self { retry_after: Some(1), ..Self::new(503, "unavailable", detail) }
    }

    /// The body of the answer.
    pub fn body(&self, request_id: &str) -> String {
        let mut body = Map::new();
        body.insert("type".into(), Value::from("about:blank"));
        body.insert("title".into(), Value::from(title(self.status)));
        body.insert("status".into(), Value::from(self.status));
        body.insert("code".into(), Value::from(self.code));
        body.insert("detail".into(), Value::from(self.detail.as_str()));
        body.insert("request_id".into(), Value::from(request_id));
        // The members of RFC 9457 mean what they mean: context goes beside them, never in their place.
        for (member, value) in &self.context {
            body.entry(member.clone()).or_insert_with(|| value.clone());
        }
        Value::Object(body).to_string()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code, self.detail)
    }
}

fn title(status: u16) -> &'static str {
    http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error")
}
