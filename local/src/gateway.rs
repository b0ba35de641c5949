//! The HTTP API: routes and authorizer of the template, API Gateway's payload format 2.0.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

use functions::Clock;

use crate::lambda::Lambda;
use crate::template::{Route, Template, Trigger};
use crate::tokens::{Denied, Tokens};

/// Bytes that Lambda takes with one request (AWS Lambda quotas: 6 MB).
pub const BODY_LIMIT: usize = 6 * 1024 * 1024;

/// The gateway.
pub struct Gateway {
    routes: Vec<(Route, String)>,
    requests: AtomicU64,
    clock: Clock,
}

impl Gateway {
    /// The template's routes.
    pub fn new(template: &Template, clock: Clock) -> Self {
        let routes = template.functions.iter().flat_map(|function| {
            function.events.iter().filter_map(|event| match event {
                Trigger::Http(route) => Some((route.clone(), function.name.clone())),
                Trigger::Queue { .. } | Trigger::Stream { .. } => None,
            })
        });
        let mut routes: Vec<_> = routes.collect();
        // The most specific route wins (AWS: "Routes for HTTP APIs", priority): fixed parts before parameters.
        routes.sort_by_key(|(route, _)| route.path.matches('{').count());
        Self { routes, requests: AtomicU64::new(1), clock }
    }

    /// Answers one request.
    pub async fn answer(&self, tokens: &Tokens, lambda: &Lambda, request: Request<Bytes>) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        if body.len() > BODY_LIMIT {
            return plain(413, "Request Entity Too Large");
        }
        let Some(segments) = segments(parts.uri.path()) else {
            return plain(400, "Bad Request");
        };
        let fitting = self.routes.iter().find_map(|(route, function)| {
            (route.method == parts.method.as_str())
                .then(|| parameters(&route.path, &segments))
                .flatten()
                .map(|found| (route, function, found))
        });
        let Some((route, function, found)) = fitting else {
            return plain(404, "Not Found");
        };
        let claims = if route.authorized {
            let header = parts.headers.get("authorization").and_then(|header| header.to_str().ok());
            match tokens.authorize(header, &route.scopes, self.clock.now()) {
                Ok(claims) => Some(claims),
                Err(Denied::Unauthorized) => return plain(401, "Unauthorized"),
                Err(Denied::Forbidden) => return plain(403, "Forbidden"),
            }
        } else {
            None
        };
        let event = self.event(route, found, claims, &parts.method, &parts.uri, &parts.headers, &body);
        match lambda.invoke(function, &event.to_string()).await {
            Some(answer) => response(&answer).unwrap_or_else(|| plain(500, "Internal Server Error")),
            None => plain(503, "Service Unavailable"),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one request, taken apart by the caller")]
    fn event(
        &self,
        route: &Route,
        path_parameters: Map<String, Value>,
        claims: Option<Map<String, Value>>,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Value {
        let now = self.clock.now();
        let id = format!("req-{:08}", self.requests.fetch_add(1, Ordering::Relaxed));
        let route_key = format!("{} {}", route.method, route.path);
        let mut event = json!({
            "version": "2.0",
            "routeKey": route_key,
            "rawPath": uri.path(),
            "rawQueryString": uri.query().unwrap_or_default(),
            "headers": joined(headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?.to_owned())))),
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "twin",
                "domainName": "127.0.0.1",
                "domainPrefix": "127",
                "http": {
                    "method": method.as_str(), "path": uri.path(), "protocol": "HTTP/1.1",
                    "sourceIp": "127.0.0.1",
                    "userAgent": headers.get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or_default(),
                },
                "requestId": id,
                "routeKey": route_key,
                "stage": "$default",
                "time": now.rfc3339(),
                "timeEpoch": now.millis(),
            },
            "isBase64Encoded": false,
        });
        if let Some(query) = uri.query() {
            let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect::<Vec<_>>();
            event["queryStringParameters"] =
                joined(pairs.iter().map(|(name, value)| (name.as_str(), value.clone())));
        }
        if !path_parameters.is_empty() {
            event["pathParameters"] = Value::Object(path_parameters);
        }
        if let Some(claims) = claims {
            // The authorizer hands every claim on as a text.
            let texts: Map<String, Value> = claims
                .into_iter()
                .map(|(name, value)| {
                    (name, Value::String(value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
                })
                .collect();
            event["requestContext"]["authorizer"] = json!({"jwt": {"claims": texts, "scopes": null}});
        }
        match std::str::from_utf8(body) {
            Ok("") => {}
            Ok(text) => event["body"] = Value::from(text),
            Err(_) => {
                event["body"] = Value::from(STANDARD.encode(body));
                event["isBase64Encoded"] = Value::Bool(true);
            }
        }
        event
    }
}

/// Values of one name, joined by commas as the payload format has it.
fn joined<'a>(pairs: impl Iterator<Item = (&'a str, String)>) -> Value {
    let mut fields: Map<String, Value> = Map::new();
    for (name, value) in pairs {
        let known = fields.get(name).and_then(Value::as_str).map(|known| format!("{known},{value}"));
        fields.insert(name.to_owned(), Value::String(known.unwrap_or(value)));
    }
    Value::Object(fields)
}

/// The parts of a path, decoded. None if they are not UTF-8.
fn segments(path: &str) -> Option<Vec<String>> {
    path.split('/').map(decode).collect()
}

/// Percent-decoding (RFC 3986, 2.1). A plus stays a plus: this is a path.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// The parameters of a path, if it is one of this pattern.
fn parameters(pattern: &str, segments: &[String]) -> Option<Map<String, Value>> {
    let parts: Vec<&str> = pattern.split('/').collect();
    if parts.len() != segments.len() {
        return None;
    }
    let mut found = Map::new();
    for (part, segment) in parts.iter().zip(segments) {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) if !segment.is_empty() => {
                found.insert(name.to_owned(), Value::from(segment.as_str()));
            }
            None if part == segment => {}
            _ => return None,
        }
    }
    Some(found)
}

/// A function's answer as HTTP.
fn response(answer: &str) -> Option<Response<Bytes>> {
    let answer: Value = serde_json::from_str(answer).ok()?;
    let body = answer["body"].as_str().unwrap_or_default();
    let body = match answer["isBase64Encoded"].as_bool() {
        Some(true) => Bytes::from(STANDARD.decode(body).ok()?),
        _ => Bytes::from(body.to_owned()),
    };
    let mut response = Response::builder().status(u16::try_from(answer["statusCode"].as_u64()?).ok()?);
    for field in ["headers", "multiValueHeaders"] {
        for (name, value) in answer[field].as_object().into_iter().flatten() {
            let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            for value in values.iter().filter_map(Value::as_str) {
                response = response.header(name, value);
            }
        }
    }
    response.body(body).ok()
}

/// An answer of the gateway itself.
fn plain(status: u16, message: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(json!({"message": message}).to_string()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
    response
}
