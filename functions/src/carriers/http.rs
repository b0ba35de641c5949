//! JSON over the HTTP seam, as all providers here speak it.

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::carrier::Refusal;
use std::time::Duration;

use crate::error::{Error, Source};

/// Time for a look-up.
pub(super) const LOOK_UP: Duration = Duration::from_millis(3_500);
/// Time for what a provider has to ask carriers for: rates and labels.
pub(super) const ASK_CARRIERS: Duration = Duration::from_secs(8);

/// A provider's API.
#[derive(Debug, Clone)]
pub(super) struct Api {
    connector: SharedHttpConnector,
    base_url: String,
    /// Its name, for whoever reads the log.
    name: &'static str,
}

/// A request, without the key.
pub(super) struct Call<'a, B: Serialize> {
    pub method: &'static str,
    /// With the query.
    pub path: &'a str,
    pub headers: &'a [(&'static str, &'a str)],
    pub body: Option<&'a B>,
    pub within: Duration,
}

/// What a provider says.
pub(super) enum Answer<T> {
    Ok(T),
    /// 404.
    Missing,
    /// The request, as it is, will never do.
    Refused(Refusal),
}

impl Api {
    pub fn new(connector: SharedHttpConnector, base_url: &str, name: &'static str) -> Self {
        Self { connector, base_url: base_url.trim_end_matches('/').to_owned(), name }
    }

    /// Sends it once: whether a second attempt is safe, only the caller knows.
    pub async fn exchange<T: DeserializeOwned, B: Serialize>(
        &self,
        call: Call<'_, B>,
    ) -> Result<Answer<T>, Error> {
        let down = |source: Source| Error::Unavailable { service: self.name, source };
        let unbuilt = |source: Source| Error::broken("a request to a carrier cannot be built", source);
        let request = http::Request::builder()
            .method(call.method)
            .uri(format!("{}{}", self.base_url, call.path))
            .header("accept", "application/json")
            .header("content-type", "application/json");
        let request =
            call.headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let body = call.body.map(serde_json::to_vec).transpose().map_err(|error| unbuilt(error.into()))?;
        let request = request.body(SdkBody::from(body.unwrap_or_default()));
        let request = request.map_err(|error| unbuilt(error.into()))?;
        let request = HttpRequest::try_from(request).map_err(|error| unbuilt(error.into()))?;
        let (status, _, bytes) =
            crate::seam::send(&self.connector, request, call.within).await.map_err(down)?;
        match status {
            200..=299 => serde_json::from_slice(&bytes).map(Answer::Ok).map_err(|error| down(error.into())),
            404 => Ok(Answer::Missing),
            // 409: too many calls at once (Shippo: "HTTP response status codes"). 429 and 5xx: later.
            408 | 409 | 429 | 500.. => Err(down(format!("status {status}").into())),
            401 | 403 => Err(Error::broken("a carrier refuses our key", format!("status {status}"))),
            _ => Ok(Answer::Refused(refusal(&bytes))),
        }
    }
}

/// Providers name fields and say what is wrong with them, in objects and lists within each other; the shape is not
/// documented. The outermost field becomes the code.
fn refusal(body: &[u8]) -> Refusal {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let field = body.as_object().and_then(|fields| fields.keys().next()).map(String::as_str);
    let code = match field {
        Some("rate") => RATE_GONE,
        _ => "invalid_request",
    };
    let mut texts = Vec::new();
    collect("", &body, &mut texts);
    Refusal::new(code, &texts.join(" "))
}

/// The code of a rate that cannot be bought any more: a new quote is needed.
pub(super) const RATE_GONE: &str = "rate_gone";

fn collect(name: &str, value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) if matches!(name, "" | "detail" | "__all__") => texts.push(text.clone()),
        Value::String(text) => texts.push(format!("{name}: {text}")),
        Value::Array(values) => values.iter().for_each(|value| collect(name, value, texts)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| collect(name, value, texts)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_of_any_shape_becomes_a_sentence() {
        for (body, code, detail) in [
            (r#"{"detail":"Not this way."}"#, "invalid_request", "Not this way."),
            (
                r#"{"rate":["Rate with supplied object_id not found."]}"#,
                RATE_GONE,
                "rate: Rate with supplied object_id not found.",
            ),
            (
                r#"{"address_to":[{"__all__":["Invalid."],"zip":["Required."]}],"test":true}"#,
                "invalid_request",
                "Invalid. zip: Required.",
            ),
            (r#"["one","two"]"#, "invalid_request", "one two"),
            ("<html>", "invalid_request", ""),
        ] {
            let refusal = refusal(body.as_bytes());
            assert_eq!((refusal.code.as_str(), refusal.detail.as_str()), (code, detail), "{body}");
        }
    }
}
