//! HTTP in and out: API Gateway's payload format 2.0.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use lambda_http::request::{LambdaRequest, RequestContext};
use lambda_http::tower::Service as _;
use lambda_http::{Adapter, Body, Context, LambdaEvent, RequestExt as _, service_fn};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use shared::api::FieldError;
use shared::api::wire::Object;
use shared::ids::{IdempotencyKey, Language, OrderId};
use shared::language::Spoken;
use shared::limits;
use shared::placement::fingerprint;
use std::collections::BTreeMap;
use std::convert::Infallible;
use tokio::time::Instant;

use super::{Caller, Problem, REQUEST_WITHIN, Running, guarded, negotiation};
use crate::app::App;
use crate::error::{Error, Source};

/// A request, as handlers see it.
#[derive(Debug)]
pub struct Request {
    inner: lambda_http::Request,
    context: Option<Box<lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext>>,
}

/// Wrong parameters that an answer names.
const PARAMETERS_TOLD: usize = 20;
/// Characters of such a name that it repeats.
const PARAMETER_CHARACTERS: usize = 64;

/// Lines of a body by their numbers, each with what is in it or what is wrong with it.
pub type Lines<T> = Vec<(usize, Result<T, FieldError>)>;

/// An answer.
#[derive(Debug)]
pub struct Response {
    status: u16,
    headers: HeaderMap,
    body: Body,
    /// Whether an `ETag` says all that there is to say about the body.
    is_told_by_tag: bool,
}

impl Request {
    fn new(inner: lambda_http::Request) -> Self {
        let context = match inner.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => Some(Box::new(context.clone())),
            _ => None,
        };
        Self { inner, context }
    }

    /// The gateway's id of the request.
    pub fn id(&self) -> &str {
        self.context.as_ref().and_then(|context| context.request_id.as_deref()).unwrap_or_default()
    }

    /// Who calls. 401 without a verified token.
    pub fn caller(&self) -> Result<Caller, Error> {
        let caller = self.context.as_ref().and_then(|context| Caller::of(context));
        caller.ok_or_else(|| Problem::new(401, "unauthorized", "a valid bearer token is needed").into())
    }

    /// Who calls, if it is staff. 401 or 403 otherwise.
    pub fn staff(&self) -> Result<Caller, Error> {
        let caller = self.caller()?;
        caller.require_staff()?;
        Ok(caller)
    }

    /// A part of the path, parsed. What cannot be an id cannot be found: 404.
    pub fn path<T, E>(&self, name: &str, parse: impl Fn(&str) -> Result<T, E>) -> Result<T, Error> {
        let parameters = self.inner.path_parameters_ref();
        let text = parameters.and_then(|parameters| parameters.first(name)).unwrap_or_default();
        parse(text).map_err(|_| Problem::not_found().into())
    }

    /// The order that the path names.
    pub fn order_id(&self) -> Result<OrderId, Error> {
        self.path("order_id", OrderId::parse)
    }

    /// What should open an order, if this is a route of guests.
    pub fn order_token(&self) -> Option<&str> {
        self.inner.path_parameters_ref().and_then(|parameters| parameters.first("order_token"))
    }

    /// A parameter of the query, if given.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.inner.query_string_parameters_ref().and_then(|parameters| parameters.first(name))
    }

    /// 422 if the query has parameters that are not among these, or one of them twice: nobody could say which of them counts.
    fn require_known(&self, known: Known) -> Result<(), Error> {
        let Some(known) = known else { return Ok(()) };
        let given = self.inner.query_string_parameters_ref();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (name, _) in given.into_iter().flat_map(|parameters| parameters.iter()) {
            *counts.entry(name).or_default() += 1;
        }
        let wrong = counts.into_iter().filter_map(|(name, count)| {
            let name: String = name.chars().take(PARAMETER_CHARACTERS).collect();
            let error = |code, detail: &str| Some(FieldError::new(format!("?{name}"), code, detail));
            match known {
                [] => error("unknown_parameter", "the route has no parameters in its query"),
                known if !known.contains(&name.as_str()) => {
                    error("unknown_parameter", &format!("the route has {}", known.join(", ")))
                }
                _ if count > 1 => error("repeated_parameter", "it is given more than once"),
                _ => None,
            }
        });
        let wrong: Vec<FieldError> = wrong.take(PARAMETERS_TOLD).collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
    }

    /// A whole number in the query between `least` and `most`; 422 otherwise.
    pub fn number(&self, name: &str, least: u32, most: u32) -> Result<Option<u32>, Error> {
        let Some(text) = self.query(name) else {
            return Ok(None);
        };
        match text.parse() {
            Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
            _ => {
                let detail = format!("a whole number from {least} to {most}");
                Err(vec![FieldError::new(format!("?{name}"), "out_of_range", &detail)].into())
            }
        }
    }

    /// The language that the query asks for (`?lang=`), if it does; 422 if it is no language tag.
    pub fn language(&self) -> Result<Option<Language>, Error> {
        let parsed = self.query("lang").map(Language::parse).transpose();
        parsed.map_err(|rule| vec![FieldError::new("?lang", "invalid", &rule.to_string())].into())
    }

    /// Which of the languages that we speak the caller prefers (`Accept-Language`), if it says so.
    pub fn preferred_language(&self) -> Option<Spoken> {
        self.header("accept-language").and_then(negotiation::spoken)
    }

    /// The language that names in the answer should be in: that of the query, else the one that `Accept-Language` puts first;
    /// 422 if the query's is no language tag. Those after the first do not count: which language the catalogue's own names are
    /// in, nobody has said, and they may be the reader's second choice.
    pub fn reader_language(&self) -> Result<Option<Language>, Error> {
        let first = |accept| negotiation::languages(accept).into_iter().next();
        Ok(self.language()?.or_else(|| self.header("accept-language").and_then(first)))
    }

    /// In which of these forms the answer should be, each with the name that `?format=` has for it: as the query says, else as
    /// `Accept` likes it best, else the first. 422 if the query names another one.
    pub fn format(&self, forms: &[(&str, &'static str)]) -> Result<&'static str, Error> {
        let Some(name) = self.query("format") else {
            let offered: Vec<&'static str> = forms.iter().map(|(_, media_type)| *media_type).collect();
            let liked = negotiation::media_type(self.header("accept"), &offered);
            return Ok(liked.unwrap_or("application/json"));
        };
        let named = forms.iter().find(|(known, _)| *known == name).map(|(_, media_type)| *media_type);
        let names = || forms.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" or ");
        Ok(named.ok_or_else(|| vec![FieldError::new("?format", "invalid", &names())])?)
    }

    /// A switch in the query: `true` or `false`, off unless given; 422 otherwise.
    pub fn flag(&self, name: &str) -> Result<bool, Error> {
        match self.query(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(vec![FieldError::new(format!("?{name}"), "invalid", "true or false")].into()),
        }
    }

    /// A header, if given and readable.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.inner.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// What the caller has already (`If-None-Match`, R8). Of a request that may change something nothing counts as such.
    fn known(&self) -> Option<String> {
        let reads = self.inner.method() == http::Method::GET;
        self.header("if-none-match").filter(|_| reads).map(str::to_owned)
    }

    /// 412 if the caller names other versions than this one (`If-Match`).
    pub fn require_version(&self, version: u64) -> Result<(), Error> {
        match self.header("if-match") {
            Some(tags) if version == 0 || !negotiation::names(tags, &etag(version)) => {
                Err(Problem::version_mismatch(version).into())
            }
            _ => Ok(()),
        }
    }

    /// 428 if the caller does not say which version it has seen (`If-Match`): what is written over must be known.
    pub fn expect_version(&self) -> Result<(), Error> {
        let problem =
            || Problem::new(428, "version_required", "send the ETag that you have seen as If-Match");
        self.header("if-match").map(drop).ok_or_else(|| problem().into())
    }

    /// The idempotency key. 400 without one: every request that creates or moves something needs it (P4).
    pub fn idempotency_key(&self) -> Result<IdempotencyKey, Error> {
        let Some(value) = self.inner.headers().get("idempotency-key") else {
            return Err(
                Problem::new(400, "idempotency_key_required", "send an Idempotency-Key header").into()
            );
        };
        let key = value.to_str().ok().and_then(|value| IdempotencyKey::from_header(value).ok());
        key.ok_or_else(|| {
            Problem::new(400, "idempotency_key_invalid", "1 to 255 printable ASCII characters without spaces")
                .into()
        })
    }

    /// The raw body. 413 if it is too large to be looked at.
    pub fn body(&self) -> Result<&[u8], Error> {
        let body: &[u8] = self.inner.body();
        if body.len() > limits::BODY_BYTES {
            return Err(Problem::new(413, "body_too_large", "a body has at most 262144 bytes").into());
        }
        Ok(body)
    }

    /// The body as JSON. 413, 415 or 400 if it is not what it must be.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let body = self.body()?;
        self.require_media_type(&["application/json"])?;
        // JSON is UTF-8 (RFC 8259, 8.1).
        let body = std::str::from_utf8(body).map_err(|_| malformed_json())?;
        read_json(body).map_err(Error::from)
    }

    /// The body as JSON Lines: the number of each line that is not empty, from 1, and what is in it or what is wrong with
    /// it. 413, 415, 400 if it is no text, or 422 without any line and with more than `most`.
    pub fn json_lines<T: DeserializeOwned>(&self, most: usize) -> Result<Lines<T>, Error> {
        let body = self.body()?;
        self.require_media_type(&["application/x-ndjson", "application/jsonl"])?;
        let malformed = || Problem::new(400, "malformed_json", "the body is not UTF-8");
        let body = std::str::from_utf8(body).map_err(|_| malformed())?;
        let lines = (1..).zip(body.lines()).filter(|(_, line)| !line.trim().is_empty());
        let lines: Lines<T> = lines
            .take(most + 1)
            .map(|(number, line)| (number, read_json(line).map_err(Unreadable::field)))
            .collect();
        if (1..=most).contains(&lines.len()) {
            Ok(lines)
        } else {
            Err(vec![FieldError::new("", "out_of_range", &format!("1 to {most} lines"))].into())
        }
    }

    /// 415 if the body is declared to be something else.
    fn require_media_type(&self, known: &[&str]) -> Result<(), Error> {
        let media_type = self.header("content-type").and_then(|value| value.split(';').next()).map(str::trim);
        if media_type.is_some_and(|sent| known.iter().any(|known| sent.eq_ignore_ascii_case(known))) {
            Ok(())
        } else {
            let detail = format!("send {}", known.join(" or "));
            Err(Problem::new(415, "unsupported_media_type", &detail).into())
        }
    }

    /// The body as JSON, or the default if there is none.
    pub fn json_or_default<T: DeserializeOwned + Default>(&self) -> Result<T, Error> {
        if self.body()?.is_empty() { Ok(T::default()) } else { self.json() }
    }
}

/// Why a text is not the JSON that it must be.
enum Unreadable {
    /// It is no JSON.
    Syntax,
    /// This field of it is not as documented.
    Shape(FieldError),
}

impl Unreadable {
    fn field(self) -> FieldError {
        match self {
            Self::Syntax => FieldError::new("", "malformed_json", "the line is not JSON"),
            Self::Shape(error) => error,
        }
    }
}

impl From<Unreadable> for Error {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Syntax => malformed_json().into(),
            Unreadable::Shape(error) => {
                Problem::new(400, "malformed_body", "the body is not of the documented shape")
                    .with("errors", [error])
                    .into()
            }
        }
    }
}

fn malformed_json() -> Problem {
    Problem::new(400, "malformed_json", "the body is not JSON")
}

fn read_json<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    let mut parser = serde_json::Deserializer::from_str(text);
    let parsed = serde_path_to_error::deserialize::<_, Object<T>>(&mut parser);
    // The parser reports some wrong types as wrong syntax, so the two are told apart by reading again.
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        return Err(Unreadable::Syntax);
    }
    parsed.map(|object| object.0).map_err(|error| {
        let detail = error.inner().to_string();
        Unreadable::Shape(FieldError::new(pointer(error.path()), "malformed", &detail))
    })
}

/// The path to a field as a JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

impl Response {
    /// A JSON answer.
    pub fn json(status: u16, body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_string(body).map_err(|error| Error::broken("a view is not JSON", error))?;
        Ok(Self::new(status, "application/json", body))
    }

    /// An SVG picture. Opened by itself, it may do nothing but show what it has.
    pub fn svg(status: u16, picture: String) -> Self {
        Self::new(status, "image/svg+xml", picture)
            .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'")
            .header("x-content-type-options", "nosniff")
    }

    /// A PDF, to be taken for nothing else. Its bytes go through the gateway as base64.
    pub fn pdf(status: u16, bytes: Vec<u8>) -> Self {
        Self::new(status, "application/pdf", bytes).header("x-content-type-options", "nosniff")
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: HeaderMap::new(), body: Body::Text(String::new()), is_told_by_tag: true }
    }

    fn new(status: u16, media_type: &'static str, body: impl Into<Body>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        Self { status, headers, body: body.into(), is_told_by_tag: true }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// Adds the version as `ETag`, and says that the answer is for this caller alone.
    #[must_use]
    pub fn versioned(self, version: u64) -> Self {
        self.header("etag", &etag(version)).header("cache-control", "private, no-cache")
    }

    /// Like [`Response::versioned`], where more than the version makes the answer what it is: time, language or form. The tag
    /// names the body too, and is of no use as `If-Match`.
    #[must_use]
    pub fn versioned_with_body(self, version: u64) -> Self {
        let text = std::str::from_utf8(&self.body).unwrap_or_default();
        let body: String = fingerprint(&text).chars().take(16).collect();
        self.header("etag", &format!("\"{version}-{body}\"")).header("cache-control", "private, no-cache")
    }

    /// Says that the body can change while its version stays: it is sent whenever it is asked for.
    #[must_use]
    pub fn always_sent(mut self) -> Self {
        self.is_told_by_tag = false;
        self
    }

    /// 304 in place of what the caller has already (RFC 9110, 15.4.5): the same headers, without the body.
    fn unless_known(mut self, known: Option<&str>) -> Self {
        let tag = self.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
        let is_known = known.zip(tag).is_some_and(|(known, tag)| negotiation::names(known, tag));
        if self.status == 200 && self.is_told_by_tag && is_known {
            self.status = 304;
            self.headers.remove(header::CONTENT_TYPE);
            self.body = Body::Text(String::new());
        }
        self
    }

    fn of(error: &Error, request_id: &str) -> Self {
        let problem = match error {
            Error::Problem(problem) => (**problem).clone(),
            Error::Unavailable { .. } => Problem::unavailable(),
            Error::Broken { .. } => {
                Problem::new(500, "internal", "something is wrong on our side; it has been noted")
            }
        };
        let answer = Self::new(problem.status, "application/problem+json", problem.body(request_id));
        match problem.retry_after {
            Some(seconds) => answer.header("retry-after", &seconds.to_string()),
            None => answer,
        }
    }
}

/// The `ETag` of a version.
fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

type Handler = for<'a> fn(&'a App, Request) -> Running<'a, Response>;

/// Parameters of the query that a route knows; `None`: any.
type Known = Option<&'static [&'static str]>;

pub(super) async fn invoke(
    handler: Handler,
    parameters: Known,
    app: &App,
    event: &str,
) -> Result<String, Source> {
    let request: LambdaRequest = serde_json::from_str(event)?;
    let mut adapter =
        Adapter::from(service_fn(|request: lambda_http::Request| answer(handler, parameters, app, request)));
    let response = adapter.call(LambdaEvent::new(request, Context::default())).await?;
    Ok(serde_json::to_string(&response)?)
}

async fn answer(
    handler: Handler,
    parameters: Known,
    app: &App,
    request: lambda_http::Request,
) -> Result<http::Response<Body>, Infallible> {
    let started = app.clock.now();
    let request = Request::new(request);
    let id = request.id().to_owned();
    let known = request.known();
    let route = request.context.as_ref().and_then(|context| context.route_key.clone()).unwrap_or_default();
    let outcome = match request.require_known(parameters) {
        Ok(()) => {
            guarded(Instant::now() + REQUEST_WITHIN, "the handler panicked", handler(app, request)).await
        }
        Err(error) => Err(error),
    };
    let response = outcome.unwrap_or_else(|error| {
        if !matches!(error, Error::Problem(_)) {
            app.log.error("a request failed", &[("request.id", Value::from(id.as_str()))], &error);
        }
        Response::of(&error, &id)
    });
    let response = response.unless_known(known.as_deref());
    let fields = [
        ("http.route", Value::from(route)),
        ("http.status", Value::from(response.status)),
        ("request.id", Value::from(id)),
        ("duration_ms", Value::from(app.clock.now().millis() - started.millis())),
    ];
    app.log.info("answered", &fields);
    let mut answer = http::Response::new(response.body);
    *answer.status_mut() =
        http::StatusCode::from_u16(response.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    *answer.headers_mut() = response.headers;
    Ok(answer)
}
