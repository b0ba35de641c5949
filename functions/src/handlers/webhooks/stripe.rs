//! `POST /webhooks/stripe`: what Stripe tells us about payments and refunds (A5).

use serde::Deserialize;
use serde_json::json;
use shared::ids::{CustomerId, OrderId};
use shared::order::{Actor, Command, IntentReport, Order, RefundReport};
use shared::placement::Document;
use shared::webhook_signature;

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::orders::{execute, find_head, load};
use crate::payments::settle;
use crate::stripe::RefundObject;

/// The function.
pub const FUNCTION: Function = Function::HttpOpen(|app, request| Box::pin(handle(app, request)));

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
    #[serde(default)]
    payment_intent: Option<String>,
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
    let Object { object, id, .. } = &event.data.object;
    let used = match object.as_str() {
        "payment_intent" => payment(app, id).await?,
        "checkout.session" => session(app, id).await?,
        "refund" => refund(app, id).await?,
        "charge" => refunds_of(app, &event.data.object).await?,
        "dispute" => dispute(app, id).await?,
        _ => false,
    };
    Response::json(200, &json!({"received": true, "used": used}))
}

/// Takes in how a payment stands. A payment without our metadata was not made by us.
async fn payment(app: &App, id: &str) -> Result<bool, Error> {
    let intent = app.stripe.retrieve(id).await?.ok_or_else(Problem::not_found)?;
    let Some((customer, order)) = intent.order() else { return Ok(false) };
    let report = intent.report()?;
    // Whoever created it is about to confirm it; two at once would only be in each other's way.
    if matches!(report, IntentReport::Created { .. }) {
        return Ok(false);
    }
    let case = load(app, &customer, &order).await?;
    // Until the order knows the payment by this name, the page that it was made on says all.
    if intent.is_of_session() && case.0.payment.intent.as_deref() != Some(id) {
        return Ok(false);
    }
    record(app, case, &Command::RecordPayment(report)).await
}

/// Takes in how a Checkout session stands: paid, or closed.
async fn session(app: &App, id: &str) -> Result<bool, Error> {
    let session = app.stripe.retrieve_session(id).await?.ok_or_else(Problem::not_found)?;
    let Some((customer, order)) = session.order() else { return Ok(false) };
    let report = app.stripe.report_of(&session).await?;
    record(app, load(app, &customer, &order).await?, &Command::RecordPayment(report)).await
}

/// Takes in how a refund stands: one that Stripe took can still fail, and one can be made on Stripe's own pages.
async fn refund(app: &App, id: &str) -> Result<bool, Error> {
    let object = app.stripe.retrieve_refund(id).await?.ok_or_else(Problem::not_found)?;
    let intent = object.payment_intent.clone();
    take_refunds(app, intent.as_deref(), &[object]).await
}

/// Takes in all refunds of a charge: an event about a charge does not say which of them it is about.
async fn refunds_of(app: &App, charge: &Object) -> Result<bool, Error> {
    let Some(intent) = charge.payment_intent.as_deref() else { return Ok(false) };
    take_refunds(app, Some(intent), &app.stripe.refunds_of(intent).await?).await
}

/// Takes in how refunds of one payment stand, newest first as Stripe lists them. The order hears of them one after the other, and
/// then its money moves on.
async fn take_refunds(app: &App, intent: Option<&str>, refunds: &[RefundObject]) -> Result<bool, Error> {
    let news: Vec<Command> = refunds.iter().rev().filter_map(news_of).collect::<Result<_, _>>()?;
    let by_hand = |command: &Command| matches!(command, Command::RecordOutsideRefund { .. });
    let any_by_hand = news.iter().any(by_hand);
    if news.is_empty() {
        return Ok(false);
    }
    let place = match refunds.iter().find_map(RefundObject::order) {
        Some(ours) => Some(ours),
        None => order_of(app, intent).await?,
    };
    let Some((customer, id)) = place else { return Ok(false) };
    let (mut order, document) = load(app, &customer, &id).await?;
    if any_by_hand && order.sums().captured().is_zero() {
        // What goes back was taken before, which the order has not heard of yet.
        payment(app, intent.unwrap_or_default()).await?;
        order = find_head(app, &customer, &id).await?;
    }
    let knows = order.payment.intent.as_deref() == intent;
    for command in news.iter().filter(|command| knows || !by_hand(command)) {
        order = execute(app, order, &document, command, &Actor::Provider).await?;
    }
    settle(app, order, &document).await?;
    // If the order could not hear of the payment in this way, Stripe sends this again.
    if knows || !any_by_hand { Ok(true) } else { Err(Problem::not_found().into()) }
}

/// What a refund means to its order: nothing, if somebody made it by hand and it failed.
fn news_of(object: &RefundObject) -> Option<Result<Command, Error>> {
    match (object.refund_id(), object.report()) {
        (Some(refund), report) => Some(Ok(Command::RecordRefund { refund: refund.to_owned(), report })),
        (None, RefundReport::Done { provider }) => {
            Some(object.amount().map(|amount| Command::RecordOutsideRefund { provider, amount }))
        }
        (None, RefundReport::Failed { .. }) => None,
    }
}

/// Takes in how a dispute stands.
async fn dispute(app: &App, id: &str) -> Result<bool, Error> {
    let dispute = app.stripe.retrieve_dispute(id).await?.ok_or_else(Problem::not_found)?;
    if dispute.is_inquiry() {
        return Ok(false);
    }
    let Some((customer, order)) = order_of(app, dispute.payment_intent.as_deref()).await? else {
        return Ok(false);
    };
    let command = Command::RecordDispute {
        amount: dispute.amount()?,
        won: dispute.won(),
        dispute: dispute.id,
        reason: dispute.reason,
    };
    record(app, load(app, &customer, &order).await?, &command).await
}

/// The order that a payment was made for, if it was made by us.
async fn order_of(app: &App, intent: Option<&str>) -> Result<Option<(CustomerId, OrderId)>, Error> {
    let Some(intent) = intent else { return Ok(None) };
    Ok(app.stripe.retrieve(intent).await?.and_then(|intent| intent.order()))
}

async fn record(app: &App, (order, document): (Order, Document), command: &Command) -> Result<bool, Error> {
    let order = execute(app, order, &document, command, &Actor::Provider).await?;
    settle(app, order, &document).await?;
    Ok(true)
}
