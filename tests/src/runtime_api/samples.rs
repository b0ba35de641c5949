//! The sample events in `events/`, and a shop that has what they name.

use functions::table::Placed;
use functions::{App, payments};
use hmac::{Hmac, Mac as _};
use local::cloud::STRIPE_WEBHOOK_SECRET;
use serde_json::Value;
use sha2::Sha256;
use shared::ids::{CustomerId, OrderId};
use shared::order::{Actor, Command, Order};
use shared::placement::{self, Buyer, Placement};
use shared::time::Timestamp;
use std::fs;

use crate::Shop;

/// The product that the samples name.
pub const PRODUCT: &str = "bottle-steel-750";
/// The warehouse that the samples name.
pub const WAREHOUSE: &str = "amsterdam";
/// The order that the samples name.
pub const ORDER: &str = "ord_0192f0c1d2e37a4b8c9d0e1f2a3b4c5d";
/// When the samples were taken.
pub const TAKEN_AT_MILLIS: i64 = 1_730_616_087_267;

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is written, and nothing else was done.
    Placed,
    /// Stripe has taken the money, and the order does not know it yet.
    Charged,
    /// The order knows it.
    Confirmed,
}

/// A function's sample event.
pub fn event(function: &str) -> String {
    let path = format!("{}/../events/{function}.json", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The order that the samples name.
pub fn order_id() -> OrderId {
    OrderId::parse(ORDER).expect("the samples name an order")
}

/// Whose order it is.
pub fn customer() -> CustomerId {
    CustomerId::parse("alice").expect("the samples name a customer")
}

/// Puts the samples' product into the catalogue, with so many units of it.
pub async fn goods(shop: &Shop, units: i64) {
    shop.stock(PRODUCT, "24.95", WAREHOUSE, units).await;
}

/// Writes the order that the sample of `place-order` asks for under an id of the caller's choice, and takes it so far.
pub async fn order(shop: &Shop, id: OrderId, at: Timestamp, stage: Stage) -> Order {
    let app = app(shop);
    let sample: Value = serde_json::from_str(&event("place-order")).expect("the sample is JSON");
    let body = sample["body"].as_str().expect("the sample has a body");
    let request = serde_json::from_str(body).expect("the body is an order");
    let email = sample["requestContext"]["authorizer"]["jwt"]["claims"]["email"].as_str().map(str::to_owned);
    let buyer = Buyer { customer: customer(), caller: customer(), actor: Actor::Customer, email };
    let offers =
        app.table.offers(&placement::products_of(&request), true).await.expect("the catalogue answers");
    let placement = placement::place(&request, &buyer, id, &offers, at).expect("the order can be placed");
    let placed = app.table.place(&placement).await.expect("the table answers");
    assert!(matches!(placed, Placed::Done), "{placed:?}");
    let Placement { order, .. } = placement;
    match stage {
        Stage::Placed => order,
        Stage::Charged => charge(app, order).await,
        Stage::Confirmed => payments::settle(app, order).await.expect("the payment goes through"),
    }
}

async fn charge(app: &App, order: Order) -> Order {
    let created = app.stripe.create(&order).await.expect("a payment is created");
    let order =
        functions::orders::execute(app, order, &Command::RecordPayment(created), &Actor::Provider).await;
    let order = order.expect("the payment is on the order");
    let intent = order.payment.intent.clone().expect("the order has a payment");
    // What Stripe answers here is lost: its webhook is to bring it.
    drop(app.stripe.confirm(&order, &intent).await.expect("the payment is confirmed"));
    order
}

/// Any function's clients; they all look alike.
fn app(shop: &Shop) -> &App {
    shop.twin.lambda.app("place-order").expect("the template has place-order")
}

/// A function's sample event about another order than the sample's, in this shop and at this moment: Stripe chooses the
/// ids of its payments, and its signatures are good for five minutes only.
pub fn event_about(function: &str, order: &Order, now: Timestamp) -> String {
    let event = event(function).replace(ORDER, &order.id.to_string());
    if function != "stripe-webhook" {
        return event;
    }
    let mut event: Value = serde_json::from_str(&event).expect("the sample is JSON");
    let body = event["body"].as_str().expect("the sample has a body");
    let mut body: Value = serde_json::from_str(body).expect("the body is JSON");
    body["data"]["object"]["id"] = Value::from(order.payment.intent.clone());
    let body = body.to_string();
    event["headers"]["content-length"] = Value::from(body.len().to_string());
    event["headers"]["stripe-signature"] = Value::from(signature(&body, now));
    event["body"] = Value::from(body);
    event.to_string()
}

/// A signature of Stripe's (its documentation, "Verify webhook signatures manually").
fn signature(body: &str, now: Timestamp) -> String {
    let seconds = now.seconds();
    let mut mac =
        <Hmac<Sha256> as hmac::Mac>::new_from_slice(STRIPE_WEBHOOK_SECRET.as_bytes()).expect("any key fits");
    mac.update(format!("{seconds}.{body}").as_bytes());
    format!("t={seconds},v1={}", hex::encode(mac.finalize().into_bytes()))
}
