//! The sample events in `events/`, and a shop that has what they name.

use functions::labels::Labels;
use functions::table::Placed;
use functions::{App, bills, payments};
use hmac::{Hmac, Mac as _};
use local::cloud::{SHIPPO_WEBHOOK_SECRET, STRIPE_WEBHOOK_SECRET};
use serde_json::{Value, json};
use sha2::Sha256;
use shared::api::place::PlaceOrder;
use shared::guest;
use shared::ids::{CustomerId, IdempotencyKey, OrderId};
use shared::invoice::Linked;
use shared::mail::feedback::{MailboxStatus, Report, Verdict};
use shared::order::{Actor, Command, Order, RefundReport, RefundWish, Request, Units};
use shared::placement::{self, Buyer, Circumstances, Document, Placement};
use shared::time::Timestamp;
use std::fs;
use std::sync::Arc;

use crate::{Call, Shop};

/// The product that the samples name.
pub const PRODUCT: &str = "bottle-steel-750";
/// The warehouse that the samples name.
pub const WAREHOUSE: &str = "north";
/// The order that the samples name.
pub const ORDER: &str = "ord_0192f0c1d2e37a4b8c9d0e1f2a3b4c5d";
/// When the samples were taken.
pub const TAKEN_AT_MILLIS: i64 = 1_730_616_087_267;

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is to be paid later.
    Unpaid,
    /// It is written, and nothing else was done.
    Placed,
    /// Stripe has taken the money, and the order does not know it yet.
    Charged,
    /// The order knows it.
    Confirmed,
    /// Staff gave money back, and Stripe refused it.
    RefundFailed,
    /// Its invoice is issued.
    Invoiced,
    /// Its parcels are planned.
    Prepared,
    /// The label of its parcel was bought.
    Labelled,
    /// The customer has it.
    Delivered,
    /// The customer wants to send something back.
    ReturnRequested,
    /// The customer may.
    ReturnApproved,
}

impl Stage {
    /// How far an order is on whose sample event a function has something to do.
    pub fn for_sample(sample: &str) -> Self {
        match sample {
            "payment-worker" | "relay" => Self::Placed,
            "pay-order" | "pay-order-guest" => Self::Unpaid,
            "stripe-webhook" => Self::Charged,
            "carrier-webhook" | "change-shipment" | "change-status" | "edit-order" => Self::Prepared,
            "download-invoice" | "get-invoice" | "get-invoice-guest" => Self::Invoiced,
            "request-label" => Self::Prepared,
            "show-label" => Self::Labelled,
            "retry-refund" | "settle-refund" => Self::RefundFailed,
            "request-return" | "request-return-guest" => Self::Delivered,
            "approve-return" | "list-returns" | "list-returns-guest" | "reject-return" => {
                Self::ReturnRequested
            }
            "receive-return" => Self::ReturnApproved,
            _ => Self::Confirmed,
        }
    }
}

/// The sample events of guests, which are of the functions of customers: function and sample.
pub const OF_GUESTS: [(&str, &str); 9] = [
    ("cancel-order", "cancel-order-guest"),
    ("get-invoice", "get-invoice-guest"),
    ("get-order", "get-order-guest"),
    ("list-returns", "list-returns-guest"),
    ("pay-order", "pay-order-guest"),
    ("request-return", "request-return-guest"),
    ("show-impact", "show-impact-guest"),
    ("summarize-order", "summarize-order-guest"),
    ("track-order", "track-order-guest"),
];

/// A sample event: a function's, or one of [`OF_GUESTS`].
pub fn event(sample: &str) -> String {
    let path = format!("{}/../events/{sample}.json", env!("CARGO_MANIFEST_DIR"));
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

/// Opens a store that takes guests, with the samples' product in its catalogue and so many units of it.
pub async fn goods(shop: &Shop, units: i64) {
    let (guests, limits) = (json!({"enabled": true}), json!({"orders_per_hour": 1000}));
    shop.settings(&json!({"currency": "EUR", "guest_checkout": guests, "limits": limits})).await;
    shop.stock(PRODUCT, "24.95", WAREHOUSE, units).await;
}

/// What else the samples name: a cart, an address, a coupon, a mailbox that is gone. Can be done again.
pub async fn belongings(shop: &Shop) {
    let (staff, alice) = (shop.admin(), shop.customer("alice"));
    let address = json!({"street": "Keizersgracht 123", "city": "Amsterdam", "country": "NL"});
    put(shop, &alice, &format!("/api/v1/cart/lines/{PRODUCT}"), &json!({"quantity": 1})).await;
    put(shop, &alice, "/api/v1/addresses/home", &address).await;
    put(shop, &staff, "/api/v1/admin/coupons/WELCOME10", &json!({"percent": "10"})).await;
    let (id, addresses) = ("a-report-of-the-samples".to_owned(), vec!["erin@example.com".to_owned()]);
    let report = Report { id, addresses, verdict: Verdict::Block(MailboxStatus::Bounced) };
    let table = &app(shop, "mail-feedback-worker").table;
    let booked = table.book_report("erin@example.com", &report, shop.twin.cloud.clock.now()).await;
    booked.expect("the table answers");
}

async fn put(shop: &Shop, token: &str, path: &str, body: &Value) {
    let answer = shop.send(Call::put(path).token(token).json(body)).await;
    assert!(answer.status < 300, "{path}: {answer:?}");
}

/// Writes the order that the sample of `place-order` asks for under an id of the caller's choice, and takes it so far.
pub async fn order(shop: &Shop, id: OrderId, at: Timestamp, stage: Stage) -> Order {
    let sample: Value = serde_json::from_str(&event("place-order")).expect("the sample is JSON");
    let email = sample["requestContext"]["authorizer"]["jwt"]["claims"]["email"].as_str().map(str::to_owned);
    let buyer =
        Buyer { customer: customer(), caller: customer(), actor: Actor::Customer, email, language: None };
    placed(shop, &sample, &buyer, id, at, stage).await
}

/// Writes the order that the sample of `place-guest-order` asks for as if it had come at that moment under this key, and takes
/// it so far.
pub async fn guest_order(shop: &Shop, key: &str, at: Timestamp, stage: Stage) -> Order {
    let sample: Value = serde_json::from_str(&event("place-guest-order")).expect("the sample is JSON");
    let body: Value =
        serde_json::from_str(sample["body"].as_str().expect("the sample has a body")).expect("JSON");
    let email = body["contact_email"].as_str().expect("the sample has a mail address");
    let guest = CustomerId::of_guest(signing_key(shop).await.as_bytes(), email);
    let key = IdempotencyKey::parse(key).expect("a key");
    let id = OrderId::new(&guest, &guest, &key, at);
    let buyer =
        Buyer { customer: guest.clone(), caller: guest, actor: Actor::Customer, email: None, language: None };
    placed(shop, &sample, &buyer, id, at, stage).await
}

async fn placed(
    shop: &Shop,
    sample: &Value,
    buyer: &Buyer,
    id: OrderId,
    at: Timestamp,
    stage: Stage,
) -> Order {
    let app = app(shop, "place-order");
    let body = sample["body"].as_str().expect("the sample has a body");
    let mut request: PlaceOrder = serde_json::from_str(body).expect("the body is an order");
    if stage == Stage::Unpaid {
        request.create_payment = Some(false);
    }
    let offers = app.table.offers(&request.products(), true).await.expect("the catalogue answers");
    let store = app.store(true).await.expect("the table answers");
    let known = Circumstances { offers, ..Circumstances::default() };
    let placement =
        placement::place(&request, buyer, id, &known, &store, at).expect("the order can be placed");
    let written = app.table.place(&placement).await.expect("the table answers");
    assert!(matches!(written, Placed::Done), "{written:?}");
    let Placement { order, document, .. } = placement;
    match stage {
        Stage::Unpaid | Stage::Placed => order,
        Stage::Charged => charge(app, order, &document).await,
        beyond => {
            let mut order = payments::settle(app, order, &document).await.expect("the payment goes through");
            if beyond == Stage::Invoiced {
                order = bills::issue_due(app, order, &document).await.expect("the table answers");
            }
            let order = went_on(app, order, &document, beyond).await;
            if beyond == Stage::Labelled { labelled(shop, order, &document).await } else { order }
        }
    }
}

/// Takes a confirmed order so far.
async fn went_on(app: &App, mut order: Order, document: &Document, stage: Stage) -> Order {
    for (actor, command) in after_confirmation(&order, stage) {
        let after = functions::orders::execute(app, order, document, &command, &actor).await;
        order = after.expect("the order goes on");
    }
    order
}

/// Has the carrier sell the label of the order's parcel.
async fn labelled(shop: &Shop, order: Order, document: &Document) -> Order {
    let app = self::app(shop, "fulfillment-worker");
    let request = Request { key: "the-label-of-the-samples".to_owned(), body: String::new() };
    let staff = Actor::Admin(CustomerId::parse("shop-admin").expect("the samples name staff"));
    let want = Command::WantLabel { parcel: 1, request };
    let order = functions::orders::execute(app, order, document, &want, &staff).await;
    let store = app.store(true).await.expect("the table answers");
    let mut labels = Labels::new(app, document, &store, "the samples");
    let settled = labels.settle(order.expect("the label is wanted")).await;
    settled.expect("the carrier sells it").order
}

/// What happens to an order between its confirmation and that stage.
fn after_confirmation(order: &Order, stage: Stage) -> Vec<(Actor, Command)> {
    let staff = || Actor::Admin(CustomerId::parse("shop-admin").expect("the samples name staff"));
    let asked = |key: &str| Request { key: key.to_owned(), body: key.to_owned() };
    let delivered = || {
        let moved = [Command::PACK, Command::SHIP, Command::DELIVER].map(|command| (staff(), command));
        [(Actor::Worker, Command::PREPARE)].into_iter().chain(moved)
    };
    let requested = || {
        let lines = vec![Units { line: 1, quantity: 1 }];
        let (reason, request) = ("damaged".to_owned(), asked("the-return-of-the-samples"));
        let ask = Command::RequestReturn { lines, reason, comment: None, request };
        delivered().chain([(Actor::Customer, ask)])
    };
    match stage {
        Stage::Unpaid | Stage::Placed | Stage::Charged | Stage::Confirmed | Stage::Invoiced => vec![],
        Stage::RefundFailed => {
            let request = asked("the-refund-of-the-samples");
            let (refund, code) = (format!("{}-refund-1", order.id), "expired_or_canceled_card".to_owned());
            let report = RefundReport::Failed { attempt: 0, code };
            vec![
                (staff(), Command::Refund { what: RefundWish::Full, reason: None, request }),
                (Actor::Provider, Command::RecordRefund { refund, report }),
            ]
        }
        Stage::Prepared | Stage::Labelled => vec![(Actor::Worker, Command::PREPARE)],
        Stage::Delivered => delivered().collect(),
        Stage::ReturnRequested => requested().collect(),
        Stage::ReturnApproved => requested().chain([(staff(), Command::ApproveReturn { id: 1 })]).collect(),
    }
}

async fn charge(app: &App, order: Order, document: &Document) -> Order {
    let created = app.stripe.create(&order).await.expect("a payment is created");
    let record = Command::RecordPayment(created);
    let order = functions::orders::execute(app, order, document, &record, &Actor::Provider).await;
    let order = order.expect("the payment is on the order");
    let intent = order.payment.intent.clone().expect("the order has a payment");
    // What Stripe answers here is lost: its webhook is to bring it.
    drop(app.stripe.confirm(&order, &intent).await.expect("the payment is confirmed"));
    order
}

/// A function's clients.
fn app<'a>(shop: &'a Shop, function: &str) -> &'a App {
    shop.twin.lambda.app(function).expect("the template has the function")
}

async fn signing_key(shop: &Shop) -> Arc<str> {
    app(shop, "place-guest-order").signing.text().await.expect("the shop has a key")
}

/// A sample event about another order than the sample's, in this shop and at this moment: Stripe chooses the
/// ids of its payments, and its signatures are good for five minutes only; a guest's token opens one order, a link one bill, for a
/// while.
pub async fn event_about(shop: &Shop, sample: &str, order: &Order, now: Timestamp) -> String {
    let text = event(sample).replace(ORDER, &order.id.to_string());
    let mut event: Value = serde_json::from_str(&text).expect("the sample is JSON");
    if let Some(sample) = event["pathParameters"]["order_token"].as_str() {
        let token = guest::token(signing_key(shop).await.as_bytes(), &order.customer, &order.id);
        return text.replace(sample, &token);
    }
    if let Some(sample) = event["pathParameters"]["invoice_token"].as_str() {
        let bill = Linked { customer: order.customer.clone(), order: order.id, place: 0 };
        let token = bill.token(signing_key(shop).await.as_bytes(), Linked::until(now));
        return text.replace(sample, &token);
    }
    if sample == "carrier-webhook" {
        let body = event["body"].as_str().expect("the sample has a body");
        let signed = signature(SHIPPO_WEBHOOK_SECRET, body, now);
        event["headers"]["shippo-auth-signature"] = Value::from(signed);
        return event.to_string();
    }
    if sample != "stripe-webhook" {
        return text;
    }
    let body = event["body"].as_str().expect("the sample has a body");
    let mut body: Value = serde_json::from_str(body).expect("the body is JSON");
    body["data"]["object"]["id"] = Value::from(order.payment.intent.clone());
    let body = body.to_string();
    event["headers"]["content-length"] = Value::from(body.len().to_string());
    event["headers"]["stripe-signature"] = Value::from(signature(STRIPE_WEBHOOK_SECRET, &body, now));
    event["body"] = Value::from(body);
    event.to_string()
}

/// A signature of Stripe's (its documentation, "Verify webhook signatures manually"), and of Shippo's ("Webhook security").
fn signature(secret: &str, body: &str, now: Timestamp) -> String {
    let seconds = now.seconds();
    let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(secret.as_bytes()).expect("any key fits");
    mac.update(format!("{seconds}.{body}").as_bytes());
    format!("t={seconds},v1={}", hex::encode(mac.finalize().into_bytes()))
}
