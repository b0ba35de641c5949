//! The contract: every exchange of the tests is held against `docs/openapi.yaml` and the template's routes.
//!
//! An answer has to be one that the document describes for the operation: status, content type, headers, body. What was
//! accepted has to be described too: parameters and body of a request that was answered with 2xx. The document is read as
//! complete: a field that it does not describe is wrong on both sides, unless it says `additionalProperties: true`.

mod operation;
mod schema;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::{Request, Response};
use local::gateway::BODY_LIMIT;
use local::template::Trigger;
use serde_json::Value;
use std::sync::OnceLock;

use operation::Operation;

/// What the document is about; other paths are the twin's own.
const API: &str = "/api/v1";

/// What the document says, together with the template's routes.
#[derive(Debug)]
pub struct Contract {
    operations: Vec<Operation>,
    routes: Vec<Route>,
}

/// A method and a path with its parameters in braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// `GET`, …
    pub method: String,
    /// With parameters in braces.
    pub path: String,
}

/// How much of an exchange has to be as documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The answer, and the request if it was accepted.
    Exchange,
    /// The answer alone, because the test sends on purpose what is ignored, as parameters that nobody asks for are.
    Answer,
}

/// Panics with all that is not as `docs/openapi.yaml` and `template.yaml` of this repository say.
pub fn check(request: &Request<Bytes>, response: &Response<Bytes>, scope: Scope) {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    let found = CONTRACT.get_or_init(Contract::of_this_repository).violations(request, response, scope);
    let sent = String::from_utf8_lossy(request.body());
    let answered = String::from_utf8_lossy(response.body());
    assert!(
        found.is_empty(),
        "{} {:.200} is answered {}, which is not as docs/openapi.yaml says:\n  {}\nsent: {sent:.1000}\nanswered: {answered:.3000}",
        request.method(),
        request.uri().path(),
        response.status().as_u16(),
        found.join("\n  "),
    );
}

impl Contract {
    fn of_this_repository() -> Self {
        let document = include_str!("../../docs/openapi.yaml");
        let document = serde_norway::from_str(document).expect("docs/openapi.yaml is YAML without tags");
        let template = local::twin::template().expect("the template is understood");
        let events = template.functions.iter().flat_map(|function| &function.events);
        let routes = events.filter_map(|event| match event {
            Trigger::Http(route) => Some(Route { method: route.method.clone(), path: route.path.clone() }),
            Trigger::Queue { .. } | Trigger::Stream { .. } => None,
        });
        Self::new(&document, routes.collect())
    }

    /// A contract of an OpenAPI document and of the routes that there are.
    ///
    /// # Panics
    /// If the document is not understood.
    pub fn new(document: &Value, routes: Vec<Route>) -> Self {
        Self { operations: operation::all(document), routes }
    }

    /// What of an exchange is not as documented; nothing of paths outside the API.
    pub fn violations(
        &self,
        request: &Request<Bytes>,
        response: &Response<Bytes>,
        scope: Scope,
    ) -> Vec<String> {
        let path = request.uri().path();
        if path != API && !path.starts_with(&format!("{API}/")) {
            return vec![];
        }
        // The gateway looks at these two before it looks for a route.
        if request.body().len() > BODY_LIMIT {
            return by_gateway(response, 413);
        }
        let Some(segments) = segments(path) else {
            return by_gateway(response, 400);
        };
        let method = request.method().as_str();
        let routes = fitting(&self.routes, |route| route, method, &segments);
        let operations = fitting(&self.operations, |operation| &operation.route, method, &segments);
        match (operations.as_slice(), routes.as_slice()) {
            ([], []) => by_gateway(response, 404),
            ([operation], [route]) if operation.route == **route => {
                let mut found = operation.answer_violations(response);
                if scope == Scope::Exchange && response.status().is_success() {
                    found.extend(operation.request_violations(request, &segments));
                }
                found
            }
            (operations, routes) => {
                let operations: Vec<_> = operations.iter().map(|operation| &operation.route).collect();
                vec![format!("documented as {operations:?}, but a route as {routes:?}")]
            }
        }
    }
}

/// What is wrong with an answer that the gateway has to give itself.
fn by_gateway(response: &Response<Bytes>, status: u16) -> Vec<String> {
    if operation::is_of_gateway(response) && response.status().as_u16() == status {
        return vec![];
    }
    vec![format!("the gateway has to answer {status} with a message alone")]
}

/// Those that a request fits, and of them those with the fewest parameters, as gateways choose.
fn fitting<'a, T>(all: &'a [T], route: fn(&T) -> &Route, method: &str, segments: &[String]) -> Vec<&'a T> {
    let fits = |one: &&T| route(one).method == method && arguments(&route(one).path, segments).is_some();
    let parameters = |one: &&T| route(one).path.matches('{').count();
    let mut found: Vec<&T> = all.iter().filter(fits).collect();
    let fewest = found.iter().map(parameters).min();
    found.retain(|one| Some(parameters(one)) == fewest);
    found
}

/// Names and values of the parameters of a path, if it fits the pattern.
fn arguments<'a>(pattern: &'a str, segments: &[String]) -> Option<Vec<(&'a str, String)>> {
    let parts: Vec<&str> = pattern.split('/').collect();
    if parts.len() != segments.len() {
        return None;
    }
    let mut found = Vec::new();
    for (part, segment) in parts.into_iter().zip(segments) {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) if !segment.is_empty() => found.push((name, segment.clone())),
            None if part == segment => {}
            _ => return None,
        }
    }
    Some(found)
}

/// The parts of a path, decoded (RFC 3986, 2.1). None if they are not UTF-8.
fn segments(path: &str) -> Option<Vec<String>> {
    path.split('/').map(decoded).collect()
}

fn decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}
