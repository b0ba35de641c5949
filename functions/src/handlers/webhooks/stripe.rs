//! `POST /webhooks/stripe`: what Stripe tells us about payments and refunds (A5).

use serde::Deserialize;
use serde_json::json;
use shared::ids::{CustomerId, OrderId};
use shared::order::{Actor, Command, IntentReport};
use shared::webhook_signature;

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::orders::{execute, find_head};
use crate::payments::settle;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

#[derive(Deserialize)]
struct Event {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    object: String,
    id: String,
}

/// 200 once the order shows it; 404 for an order that we do not have (yet), so that Stripe sends it again. The event
/// only says where to look: the payment is read from Stripe, so late, doubled and reordered events all end right.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let body = request.body()?;
    let secret = app.stripe.webhook_secret().await?;
    let signature = request.header("stripe-signature").unwrap_or_default();
    webhook_signature::verify(&secret, signature, body, app.now())
        .map_err(|error| Problem::new(400, "invalid_signature", &error.to_string()))?;
    let event: Event = serde_json::from_slice(body)
        .map_err(|_| Problem::new(400, "malformed_body", "the body is not an event of Stripe"))?;
    let Object { object, id } = event.data.object;
    let used = match object.as_str() {
        "payment_intent" => payment(app, &id).await?,
        "checkout.session" => session(app, &id).await?,
        "refund" => refund(app, &id).await?,
        _ => false,
    };
    Response::json(200, &json!({"received": true, "used": used}))
}

/// Takes in how a payment stands. A payment without our metadata was not made by us.
async fn payment(app: &App, id: &str) -> Result<bool, Error> {
    let intent = app.stripe.retrieve(id).await?.ok_or_else(Problem::not_found)?;
    if intent.is_of_session() {
        return Ok(false);
    }
    let report = intent.report()?;
    // Whoever created it is about to confirm it; two at once would only be in each other's way.
    if matches!(report, IntentReport::Created { .. }) {
        return Ok(false);
    }
    let Some((customer, order)) = intent.order() else { return Ok(false) };
    record(app, &customer, &order, &Command::RecordPayment(report)).await
}

/// Takes in how a Checkout session stands: paid, or closed.
async fn session(app: &App, id: &str) -> Result<bool, Error> {
    let session = app.stripe.retrieve_session(id).await?.ok_or_else(Problem::not_found)?;
    let Some((customer, order)) = session.order() else { return Ok(false) };
    record(app, &customer, &order, &Command::RecordPayment(session.report()?)).await
}

/// Takes in how a refund stands: one that Stripe took can still fail.
async fn refund(app: &App, id: &str) -> Result<bool, Error> {
    let object = app.stripe.retrieve_refund(id).await?.ok_or_else(Problem::not_found)?;
    let Some((customer, order, refund)) = object.order() else { return Ok(false) };
    record(app, &customer, &order, &Command::RecordRefund { refund, report: object.report() }).await
}

async fn record(app: &App, customer: &CustomerId, id: &OrderId, command: &Command) -> Result<bool, Error> {
    let order = find_head(app, customer, id).await?;
    let order = execute(app, order, command, &Actor::Provider).await?;
    settle(app, order).await?;
    Ok(true)
}
