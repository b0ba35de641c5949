//! What the twin serves beside the API: the console, and below `/_local/` what the API does not show, as JSON.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use shared::api::order::OrderRow;
use std::sync::Arc;

use crate::console;
use crate::gateway::BODY_LIMIT;
use crate::twin::Twin;

/// Paths of the gateway. What is neither its nor a service's is a file of the console.
const API: &str = "/api/";
/// Events that `/_local/events` shows.
const EVENTS: usize = 200;

/// Everything that the twin's port answers: the API, the console, and the services for programs of their own.
pub fn router(twin: Arc<Twin>) -> Router {
    Router::new().fallback(answer).with_state(twin)
}

async fn answer(State(twin): State<Arc<Twin>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    // A body beyond the limit is cut short of being read; the gateway then answers as API Gateway would.
    let Ok(body) = to_bytes(body, BODY_LIMIT * 2).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let path = parts.uri.path().to_owned();
    if let Some(name) = path.strip_prefix("/_local/") {
        if let (&Method::GET, Some(mail)) = (&parts.method, mail(&twin, name)) {
            return console::mail(mail);
        }
        let query = parts.uri.query().unwrap_or_default();
        return match local(&twin, &parts.method, name, query) {
            Some(value) => ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        };
    }
    let service = ["/aws/", "/stripe/", "/shippo/"].iter().any(|prefix| path.starts_with(prefix));
    if !service && !path.starts_with(API) && matches!(parts.method, Method::GET | Method::HEAD) {
        return console::file(&path);
    }
    let request = http::Request::from_parts(parts, body);
    let response: http::Response<Bytes> =
        if service { twin.cloud.call(request) } else { twin.answer(request).await };
    response.map(Body::from)
}

/// The HTML of the mail that `mails/{id}/html` names.
fn mail(twin: &Twin, name: &str) -> Option<String> {
    let id = name.strip_prefix("mails/")?.strip_suffix("/html")?;
    twin.cloud.ses.mails().into_iter().find(|mail| mail.id == id)?.html
}

fn local(twin: &Twin, method: &Method, name: &str, query: &str) -> Option<Value> {
    if *method == Method::POST {
        let intent = name.strip_prefix("payments/")?.strip_suffix("/authenticate")?;
        let approved = query.split('&').any(|pair| pair == "ok=true");
        let done = twin.cloud.stripe.authenticate(twin.cloud.clock.now().datetime(), intent, approved);
        return Some(json!({"done": done}));
    }
    match name {
        "orders" => Some(json!(twin.orders().iter().map(OrderRow::of).collect::<Vec<_>>())),
        "events" => Some(events(twin)),
        "mails" => Some(json!(twin.cloud.ses.mails())),
        "queues" => Some(twin.queue_contents()),
        "payments" => Some(json!(twin.cloud.stripe.intents())),
        "labels" => Some(json!(twin.cloud.shippo.labels(twin.cloud.clock.now().datetime()))),
        "tokens" => Some(json!({
            "customer": {"sub": "alice", "token": twin.token("alice", false)},
            "admin": {"sub": "admin", "token": twin.token("admin", true)},
        })),
        _ => None,
    }
}

fn events(twin: &Twin) -> Value {
    let orders = twin.orders();
    let mut events: Vec<_> =
        orders.iter().flat_map(|order| order.log.iter().map(move |event| (order, event))).collect();
    events.sort_by_key(|(order, event)| std::cmp::Reverse((event.at, order.id, event.sequence)));
    let shown = events.into_iter().take(EVENTS).map(|(order, event)| {
        json!({
            "at": event.at.rfc3339(), "order_id": order.id, "customer_id": order.customer, "sequence": event.sequence,
            "type": event.kind.name(), "actor": event.actor.to_string(),
        })
    });
    Value::Array(shown.collect())
}
