//! Payments on the provider's page: opened, paid, left alone, run out, and switched away from.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use bytes::Bytes;
use functions::Clock;
use http::{Request, Uri};
use local::twin::Options;
use serde_json::{Value, json};
use shared::time::Timestamp;
use std::cell::Cell;
use tests::{Answer, Call, Shop, order_body};

use crate::support::{World, assert_has, assert_problem, due, events, get, mails, money, shop, webhook};

/// How long stock is held unpaid, in seconds.
const HOLD: i64 = 30 * 60;
/// Where customers come back to.
pub const BACK: &str = "https://shop.example/thanks?from=page";

/// A payment on the page that leads back to this address.
pub fn redirect(url: &str) -> Value {
    json!({"method": "redirect", "redirect_url": url})
}

/// The body of an order for two mugs that is paid on the page.
pub fn body(url: &str) -> Value {
    let mut body = order_body("mug", 2, "cod");
    body["payment"] = redirect(url);
    body
}

/// `POST /orders` with that body.
pub fn place(token: &str, key: &str, url: &str) -> Call {
    Call::post("/api/v1/orders").token(token).key(key).json(&body(url))
}

/// `POST /orders/{id}/payments`.
pub fn pay(token: &str, id: &str, key: &str, choice: &Value) -> Call {
    Call::post(&format!("/api/v1/orders/{id}/payments")).token(token).key(key).json(choice)
}

/// A shop that takes payments on the page, and the token of Alice.
pub async fn open() -> (Shop, String) {
    let (shop, alice) = shop().await;
    shop.settings(&settings()).await;
    (shop, alice)
}

/// Settings with two origins that pages may lead back to.
pub fn settings() -> Value {
    json!({"payment": {"return_origins": ["https://shop.example", "http://localhost:8080"]}})
}

/// A shop with an order whose page is open.
pub async fn placed() -> (Shop, String, Answer) {
    let (shop, alice) = open().await;
    let placed = shop.send(place(&alice, "k1", BACK)).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    shop.finish().await;
    (shop, alice, placed)
}

/// Where the customer pays.
#[track_caller]
pub fn page_of(answer: &Answer) -> String {
    answer.body["payment"]["payment_url"].as_str().unwrap_or_else(|| panic!("no page: {answer:?}")).to_owned()
}

/// What the customer's browser gets when it sends this card from the page: status and where it is led.
pub fn submit(shop: &Shop, page: &str, card: &str) -> (u16, Option<String>) {
    let path = page.parse::<Uri>().expect("an address").path().to_owned();
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    let request = request.body(Bytes::from(format!("payment_method={card}"))).expect("a request");
    let response = shop.twin.cloud.call(request);
    let location = response.headers().get("location").map(|at| at.to_str().expect("an address").to_owned());
    (response.status().as_u16(), location)
}

/// The customer pays.
#[track_caller]
pub fn paid_on(shop: &Shop, page: &str) {
    assert_eq!(submit(shop, page, "pm_card_visa"), (303, Some(BACK.to_owned())));
}

/// Status of every page, oldest first.
pub fn pages(shop: &Shop) -> Vec<String> {
    let sessions = shop.twin.cloud.stripe.sessions();
    sessions.iter().map(|session| session["status"].as_str().expect("a status").to_owned()).collect()
}

/// Status of every payment, oldest first.
pub fn intents(shop: &Shop) -> Vec<String> {
    let intents = shop.twin.cloud.stripe.intents();
    intents.iter().map(|intent| intent["status"].as_str().expect("a status").to_owned()).collect()
}

/// No webhook that waits now ever comes.
fn lose_webhooks(shop: &Shop) {
    for delivery in due(shop) {
        shop.twin.cloud.stripe.delivered(shop.twin.cloud.clock.now().datetime(), &delivery.id, 200);
    }
}

/// Calls an order off.
pub async fn cancel(shop: &Shop, token: &str, id: &str) -> Answer {
    shop.send(Call::post(&format!("/api/v1/orders/{id}/cancel")).token(token)).await
}

#[tokio::test]
async fn an_order_answers_with_the_page_on_which_it_is_paid() {
    let (shop, alice, placed) = placed().await;
    let session = shop.twin.cloud.stripe.sessions().remove(0);
    assert_has(
        &placed.body,
        &json!({"status": "pending", "payment_status": "unpaid", "payment_type": "redirect",
            "available_actions": ["pay", "cancel", "cancel_lines"],
            "payment": {"method": "redirect", "payment_url": session["url"], "checkout_session_id": session["id"],
                "requires_action": true, "pay_until": "2026-03-01T10:30:00Z"}}),
    );
    assert_has(
        &session,
        &json!({"status": "open", "amount_total": 2500, "currency": "eur", "success_url": BACK, "cancel_url": BACK,
            "client_reference_id": placed.order_id(),
            "metadata": {"order_id": placed.order_id(), "customer_id": "alice"}}),
    );
    assert_eq!(events(&placed.body), ["placed", "checkout_opened"]);
    let world = World::of(&shop);
    let again = shop.send(place(&alice, "k1", BACK)).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, Some("true")));
    assert_eq!(again.body, placed.body);
    world.assert_unchanged(&shop, "a replay");
    assert_eq!((pages(&shop), shop.units("mug")), (vec!["open".to_owned()], (8, 2)));
    // The address is for who places the order, not for everybody who may read it.
    let read = get(&shop, &alice, &placed.order_id()).await;
    assert_has(&read.body, &json!({"payment": {"checkout_session_id": session["id"]}}));
    assert_eq!(read.body["payment"].get("payment_url"), None);
}

#[tokio::test]
async fn a_customer_who_pays_on_the_page_has_the_order_confirmed_by_webhook() {
    let (shop, alice, placed) = placed().await;
    shop.after(600).await;
    paid_on(&shop, &page_of(&placed));
    shop.finish().await;
    let order = get(&shop, &alice, &placed.order_id()).await;
    let intent = shop.twin.cloud.stripe.intents().remove(0);
    assert_has(
        &order.body,
        &json!({"status": "preparing", "payment_status": "paid",
            "payment": {"captured_amount": "25.00", "requires_action": false, "payment_intent_id": intent["id"]}}),
    );
    assert_eq!(events(&order.body), ["placed", "checkout_opened", "paid", "confirmed", "preparing"]);
    assert_eq!((pages(&shop), intents(&shop)), (vec!["complete".into()], vec!["succeeded".into()]));
    let again = shop.send(place(&alice, "k1", BACK)).await;
    assert_eq!((again.status, again.body["payment"].get("payment_url")), (200, None));
    shop.after(86_400).await;
    assert_eq!((shop.units("mug"), money(&shop)), ((8, 2), (2500, 0)));
    assert_eq!((mails(&shop, "").len(), mails(&shop, "is confirmed").len()), (2, 1));
}

#[tokio::test]
async fn a_card_that_is_declined_on_the_page_leaves_it_open_for_another() {
    let (shop, alice, placed) = placed().await;
    let page = page_of(&placed);
    for card in ["pm_card_visa_chargeDeclined", "pm_card_chargeDeclinedExpiredCard"] {
        assert_eq!(submit(&shop, &page, card), (402, None));
        shop.finish().await;
        let order = get(&shop, &alice, &placed.order_id()).await;
        assert_has(
            &order.body,
            &json!({"status": "pending", "payment_status": "unpaid", "payment": {"requires_action": true}}),
        );
    }
    paid_on(&shop, &page);
    shop.finish().await;
    let order = get(&shop, &alice, &placed.order_id()).await;
    assert_has(&order.body, &json!({"status": "preparing", "payment_status": "paid"}));
    assert_eq!((intents(&shop), money(&shop)), (vec!["succeeded".to_owned()], (2500, 0)));
}

#[tokio::test]
async fn a_page_leads_back_to_the_stores_own_origins_only() {
    let (shop, alice) = open().await;
    let unpaid = {
        let mut body = body(BACK);
        body["create_payment"] = json!(false);
        shop.send(Call::post("/api/v1/orders").token(&alice).key("later").json(&body)).await.order_id()
    };
    let world = World::of(&shop);
    for url in [
        "https://evil.example/",
        "https://shop.example.evil.example/",
        "https://shop.example@evil.example/",
        "https://shop.example:443@evil.example/",
        "https://shop.example%2eevil.example/",
        "https://evil.example/https://shop.example/",
        "https://evil.example#https://shop.example/",
        "https://evil.example?https://shop.example/",
        "https://shop.example./",
        "https://shop.example:444/",
        "https://user:secret@shop.example/",
        "http://shop.example/",
        "http://localhost/",
        "http://localhost:80801/",
        "javascript:location='https://shop.example'",
        "data:text/html,https://shop.example/",
        "https:////evil.example/",
        "https:shop.example/",
        "https:/shop.example/",
        "https:///shop.example/",
        "//shop.example/",
        "/thanks",
        "shop.example",
        "https://shop.example\\@evil.example/",
        "https://shop.example/\r\nlocation: https://evil.example/",
        "https://shop.example\t.evil.example/",
        " https://shop.example/",
        "",
        &format!("https://shop.example/{}", "x".repeat(500)),
    ] {
        let placing = shop.send(place(&alice, "k1", url)).await;
        let paying = shop.send(pay(&alice, &unpaid, "p1", &redirect(url))).await;
        for (answer, pointer) in [(placing, "/payment/redirect_url"), (paying, "/redirect_url")] {
            assert_eq!((answer.status, answer.code()), (422, "invalid_request"), "{url}");
            assert_has(&answer.body, &json!({"errors": [{"pointer": pointer}]}));
            let code = answer.body["errors"][0]["code"].as_str();
            assert!(matches!(code, Some("origin_not_allowed" | "invalid")), "{url}: {answer:?}");
        }
    }
    world.assert_unchanged(&shop, "addresses that lead elsewhere");
    for (at, url) in ["HTTPS://SHOP.example:443/", "http://localhost:8080/a?b#c"].into_iter().enumerate() {
        let placed = shop.send(place(&alice, &format!("good-{at}"), url)).await;
        assert_eq!(placed.status, 201, "{placed:?}");
        page_of(&placed);
    }
}

#[tokio::test]
async fn without_an_origin_in_the_settings_no_page_is_opened() {
    let (shop, alice) = shop().await;
    let refused = shop.send(place(&alice, "k1", BACK)).await;
    assert_problem(&refused, 422, "invalid_request");
    assert_has(
        &refused.body,
        &json!({"errors": [{"pointer": "/payment/redirect_url", "code": "origin_not_allowed"}]}),
    );
    assert_eq!((pages(&shop), shop.units("mug")), (vec![], (10, 0)));
}

#[tokio::test]
async fn a_page_that_nobody_pays_on_is_closed_when_the_hold_ends_and_the_stock_goes_back() {
    let (shop, alice, placed) = placed().await;
    submit(&shop, &page_of(&placed), "pm_card_visa_chargeDeclined");
    for seconds in [60, 900, HOLD - 961] {
        shop.after(seconds).await;
        let order = get(&shop, &alice, &placed.order_id()).await;
        assert_eq!((&order.body["status"], shop.units("mug")), (&json!("pending"), (8, 2)));
    }
    shop.after(2).await;
    let order = get(&shop, &alice, &placed.order_id()).await;
    assert_has(&order.body, &json!({"status": "cancelled", "payment_status": "voided"}));
    assert_eq!((pages(&shop), intents(&shop)), (vec!["expired".into()], vec!["canceled".into()]));
    assert_eq!((shop.units("mug"), money(&shop)), ((10, 0), (0, 0)));
    assert_eq!(submit(&shop, &page_of(&placed), "pm_card_visa").0, 410, "it is too late");
    let told = mails(&shop, "was cancelled");
    let text = told.first().and_then(|mail| mail.text.as_deref()).unwrap_or_default();
    assert!(text.contains("We did not receive a payment in time"), "{text}");
    shop.after(86_400).await;
    assert_eq!((mails(&shop, "").len(), money(&shop)), (2, (0, 0)));
}

#[tokio::test]
async fn a_page_that_runs_out_at_the_provider_first_calls_the_order_off_by_webhook() {
    let (shop, alice, placed) = placed().await;
    // No worker comes by, only the provider does.
    shop.twin.cloud.clock.advance(32 * 60 * 1000);
    let webhooks = due(&shop);
    assert_eq!(webhooks.len(), 1);
    assert_eq!(webhooks[0].event_type, "checkout.session.expired");
    for _ in 0..2 {
        assert_eq!(shop.send(webhook(&webhooks[0].body, &webhooks[0].signature)).await.status, 200);
    }
    let order = get(&shop, &alice, &placed.order_id()).await;
    assert_has(&order.body, &json!({"status": "cancelled", "payment_status": "voided"}));
    assert_eq!(shop.units("mug"), (10, 0));
    shop.finish().await;
    assert_eq!(mails(&shop, "was cancelled").len(), 1);
}

#[tokio::test]
async fn a_page_that_was_paid_at_the_last_moment_confirms_the_order_even_if_no_webhook_ever_comes() {
    let (shop, alice, placed) = placed().await;
    for seconds in [60, 900, HOLD - 961] {
        shop.after(seconds).await;
    }
    paid_on(&shop, &page_of(&placed));
    lose_webhooks(&shop);
    shop.after(2).await;
    lose_webhooks(&shop);
    let order = get(&shop, &alice, &placed.order_id()).await;
    assert_has(&order.body, &json!({"status": "preparing", "payment_status": "paid"}));
    assert!(!events(&order.body).contains(&"cancelled"));
    assert_eq!(
        (shop.units("mug"), money(&shop), mails(&shop, "was cancelled").len()),
        ((8, 2), (2500, 0), 0)
    );
}

#[tokio::test]
async fn webhooks_of_a_page_that_come_twice_late_or_in_any_order_change_nothing_more() {
    let (shop, alice, placed) = placed().await;
    submit(&shop, &page_of(&placed), "pm_card_visa_chargeDeclined");
    paid_on(&shop, &page_of(&placed));
    let webhooks = due(&shop);
    assert!(webhooks.iter().any(|delivery| delivery.event_type == "checkout.session.completed"));
    for delivery in webhooks.iter().rev().chain(&webhooks) {
        assert_eq!(shop.send(webhook(&delivery.body, &delivery.signature)).await.status, 200);
    }
    shop.finish().await;
    let order = get(&shop, &alice, &placed.order_id()).await;
    assert_eq!(events(&order.body), ["placed", "checkout_opened", "paid", "confirmed", "preparing"]);
    let world = World::of(&shop);
    for delivery in &webhooks {
        assert_eq!(shop.send(webhook(&delivery.body, &delivery.signature)).await.status, 200);
    }
    shop.finish().await;
    world.assert_unchanged(&shop, "late webhooks");
    cancel(&shop, &alice, &placed.order_id()).await;
    shop.finish().await;
    let world = World::of(&shop);
    for delivery in &webhooks {
        assert_eq!(shop.send(webhook(&delivery.body, &delivery.signature)).await.status, 200);
    }
    world.assert_unchanged(&shop, "webhooks after the cancellation");
    assert_eq!(money(&shop), (2500, 2500));
}

thread_local! {
    /// Whether Stripe cannot be reached from this test's thread.
    static STRIPE_IS_DOWN: Cell<bool> = const { Cell::new(false) };
}

#[derive(Debug)]
struct MaybeDown(SharedHttpConnector);

impl HttpConnector for MaybeDown {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if STRIPE_IS_DOWN.get() && request.uri().contains("/stripe/") {
            return HttpConnectorFuture::ready(Err(ConnectorError::io("connection refused".into())));
        }
        self.0.call(request)
    }
}

#[tokio::test]
async fn a_page_that_could_not_be_opened_is_opened_when_the_request_is_sent_again() {
    let shop = Shop::with(Options {
        clock: Clock::manual(Timestamp::from_seconds(tests::START)),
        wrap: |inner| SharedHttpConnector::new(MaybeDown(inner)),
        ..Options::default()
    });
    shop.stock("mug", "12.50", "north", 10).await;
    shop.settings(&settings()).await;
    let alice = shop.customer("alice");
    STRIPE_IS_DOWN.set(true);
    let placed = shop.send(place(&alice, "k1", BACK)).await;
    assert_eq!((placed.status, placed.body["payment"].get("payment_url")), (201, None), "{placed:?}");
    assert_eq!(shop.units("mug"), (8, 2));
    STRIPE_IS_DOWN.set(false);
    let again = shop.send(place(&alice, "k1", BACK)).await;
    assert_eq!((again.status, again.order_id()), (200, placed.order_id()));
    paid_on(&shop, &page_of(&again));
    shop.finish().await;
    let order = get(&shop, &alice, &placed.order_id()).await;
    assert_has(&order.body, &json!({"status": "preparing", "payment_status": "paid"}));
    assert_eq!((pages(&shop).len(), money(&shop)), (1, (2500, 0)));
}
