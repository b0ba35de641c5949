//! Many callers at once, over HTTP, with every pump running.

use local::twin::Options;
use serde_json::{Value, json};
use shared::order::payment::PaymentStatus;
use shared::order::{Event, Status};
use shared::outbox::{Queue, routes};
use std::sync::{Arc, Barrier};
use std::time::Duration;
use tests::{Answer, Call, Server, Shop, order, order_body};
use tokio::task::JoinSet;

use crate::support::{
    assert_problem, authenticate, due, exchange, get, money, only_intent, refunds, webhook,
};

/// A shop with so many mugs, and its server.
pub async fn open(units: i64) -> (Shop, Server) {
    open_with(Options::default(), units).await
}

/// The same on a twin that is made in another way.
pub async fn open_with(options: Options, units: i64) -> (Shop, Server) {
    let shop = Shop::with(options);
    shop.stock("mug", "12.50", "north", units).await;
    let server = shop.serve().await;
    (shop, server)
}

/// A request of many that are sent at once.
pub fn call(method: &str, path: &str, token: &str, header: (&str, &str), body: &Value) -> String {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let (name, value) = header;
    format!(
        "{method} /api/v1{path} HTTP/1.1\r\nhost: twin\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         {name}: {value}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// An order for one product by card, or by cash on delivery.
fn purchase(token: &str, key: &str, quantity: u32, card: &str) -> String {
    call("POST", "/orders", token, ("idempotency-key", key), &order_body("mug", quantity, card))
}

/// So many units for the warehouse.
fn adjustment(token: &str, key: &str, quantity: i64) -> String {
    let body = json!({"warehouse_id": "north", "quantity": quantity, "reason": "counted"});
    call("POST", "/admin/products/mug/stock", token, ("idempotency-key", key), &body)
}

/// Sends all of them at once, each from a thread and on a connection of its own: in the server's runtime, the clients
/// would wait for the very work that they ask for. The answers are in the order of the calls.
pub async fn all(server: Server, calls: impl IntoIterator<Item = String>) -> Vec<Answer> {
    let calls: Vec<String> = calls.into_iter().collect();
    let ready = Arc::new(Barrier::new(calls.len()));
    let send = |call: String| {
        let ready = Arc::clone(&ready);
        tokio::task::spawn_blocking(move || {
            ready.wait();
            exchange(server.address, &call)
        })
    };
    let threads: Vec<_> = calls.into_iter().map(send).collect();
    let mut answers = Vec::new();
    for thread in threads {
        answers.push(thread.await.expect("an answer"));
    }
    answers
}

/// Waits for the pumps to bring something about. Panics if they do not.
pub async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..6_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came about that {what}");
}

/// Until relay, mail, fulfilment and bills have nothing to do and no webhook waits.
pub async fn rest(shop: &Shop) {
    let idle = |queue: &str| shop.twin.cloud.sqs.messages(queue).is_empty();
    let relayed = || {
        let orders = shop.twin.orders();
        let mailed = |event: &&Event| routes(&event.kind).iter().any(|(queue, _)| *queue == Queue::Email);
        let worth_a_mail = orders.iter().flat_map(|order| &order.log).filter(mailed).count();
        shop.twin.cloud.ses.mails().len() == worth_a_mail
    };
    until("everything is delivered", || {
        let queues = ["EmailQueue", "FulfillmentQueue", "InvoiceQueue"];
        relayed() && queues.into_iter().all(idle) && due(shop).is_empty()
    })
    .await;
}

/// How many of the answers have this status.
pub fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_requests_with_one_key_are_one_order_and_one_charge() {
    let (shop, server) = open(1_000).await;
    let call = purchase(&shop.customer("alice"), "k1", 2, "pm_card_visa");
    let answers = all(server, (0..200).map(|_| call.clone())).await;
    let odd: Vec<_> = answers.iter().filter(|answer| !matches!(answer.status, 200 | 201)).collect();
    assert!(odd.is_empty(), "{} of 200: {odd:#?}", odd.len());
    assert_eq!(count(&answers, 201), 1);
    assert!(answers.iter().all(|answer| answer.order_id() == answers[0].order_id()));
    assert!(
        answers
            .iter()
            .all(|answer| (answer.status == 200) == (answer.header("idempotent-replayed") == Some("true")))
    );
    rest(&shop).await;
    assert_eq!((shop.twin.orders().len(), shop.units("mug"), money(&shop)), (1, (998, 2), (2500, 0)));
    assert_eq!(only_intent(&shop)["status"], "succeeded");
    assert_eq!(shop.twin.cloud.ses.mails().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_for_many_bodies_at_once_places_the_first_and_refuses_the_others() {
    let (shop, server) = open(1_000).await;
    let alice = shop.customer("alice");
    let answers =
        all(server, (1..=50).map(|quantity| purchase(&alice, "k1", quantity, "pm_card_visa"))).await;
    assert_eq!(count(&answers, 201), 1, "{answers:#?}");
    let placed = answers.iter().find(|answer| answer.status == 201).expect("one was placed");
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_problem(refused, 422, "idempotency_key_reused");
        assert_eq!(refused.body["order_id"], placed.body["order_id"]);
    }
    let units = placed.body["item_count"].as_i64().expect("a number");
    assert_eq!((shop.units("mug"), money(&shop)), ((1_000 - units, units), (1250 * units, 0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_buyers_of_ten_pieces_get_ten_and_forty_clear_refusals() {
    let (shop, server) = open(10).await;
    let tokens: Vec<String> = (0..50).map(|at| shop.customer(&format!("buyer-{at}"))).collect();
    let answers = all(server, tokens.iter().map(|token| purchase(token, "k1", 1, "pm_card_visa"))).await;
    assert_eq!((count(&answers, 201), count(&answers, 409)), (10, 40), "{answers:#?}");
    for refused in answers.iter().filter(|answer| answer.status == 409) {
        assert_problem(refused, 409, "out_of_stock");
        assert_eq!(refused.body["lines"], json!([{"product_id": "mug", "requested": 1, "available": 0}]));
    }
    rest(&shop).await;
    assert_eq!((shop.units("mug"), shop.twin.orders().len(), money(&shop)), ((0, 10), 10, (12_500, 0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn buyers_of_several_pieces_never_get_more_than_there_is() {
    let (shop, server) = open(5).await;
    shop.stock("mug", "12.50", "south", 5).await;
    let tokens: Vec<String> = (0..30).map(|at| shop.customer(&format!("buyer-{at}"))).collect();
    let answers = all(server, tokens.iter().map(|token| purchase(token, "k1", 3, "cod"))).await;
    assert_eq!((count(&answers, 201), count(&answers, 409)), (3, 27), "{answers:#?}");
    assert_eq!((shop.units("mug"), shop.twin.orders().len()), ((1, 9), 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_cancellations_at_once_refund_once() {
    let (shop, server) = open(10).await;
    let (alice, admin) = (shop.customer("alice"), shop.admin());
    let placed = server.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    let path = format!("/orders/{}", placed.order_id());
    let plain = ("accept", "*/*");
    let calls = (0..50).map(|at| match at % 3 {
        0 => call("POST", &format!("{path}/cancel"), &alice, plain, &Value::Null),
        1 => call("DELETE", &path, &alice, plain, &Value::Null),
        _ => call("PUT", &format!("{path}/cancel"), &admin, plain, &json!({"reason": "staff"})),
    });
    let answers = all(server, calls).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:#?}");
    assert!(
        answers
            .iter()
            .all(|answer| answer.body["cancellation_reason"] == answers[0].body["cancellation_reason"])
    );
    rest(&shop).await;
    assert_eq!((shop.units("mug"), money(&shop)), ((10, 0), (2500, 2500)));
    assert_eq!(refunds(&shop).as_array().map(Vec::len), Some(1));
    let names: Vec<_> = shop.twin.orders()[0].log.iter().map(|event| event.kind.name()).collect();
    assert_eq!(names.iter().filter(|name| **name == "cancelled").count(), 1, "{names:?}");
    assert_eq!(names.iter().filter(|name| **name == "refunded").count(), 1, "{names:?}");
}

/// What an order, its payment at Stripe and its stock are in the end.
fn assert_consistent(shop: &Shop, intent: &str, order: &str) -> PaymentStatus {
    let head = shop.twin.orders().into_iter().find(|head| head.id.to_string() == order).expect("the order");
    let intents = shop.twin.cloud.stripe.intents();
    let intent = intents.iter().find(|known| known["id"] == intent).expect("the payment");
    let payment = head.payment_status();
    let (status, refunded) = match (head.status, payment) {
        (Status::Cancelled, PaymentStatus::Refunded) => ("succeeded", 2500),
        (Status::Cancelled, PaymentStatus::Voided) => ("canceled", 0),
        (Status::Confirmed | Status::Preparing, PaymentStatus::Paid) => ("succeeded", 0),
        other => panic!("{other:?}: {head:#?} {intent:#}"),
    };
    assert_eq!(
        (intent["status"].as_str(), intent["amount_refunded"].as_i64()),
        (Some(status), Some(refunded)),
        "{head:#?}"
    );
    payment
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cancelling_while_the_payment_comes_through_leaves_money_and_goods_in_one_place() {
    let (shop, server) = open(1_000).await;
    let alice = shop.customer("alice");
    let mut endings: Vec<PaymentStatus> = Vec::new();
    for round in 0..40 {
        let placed =
            server.send(order(&alice, &format!("k{round}"), "mug", 2, "pm_card_threeDSecure2Required")).await;
        assert_eq!(placed.status, 201, "{placed:?}");
        let (id, intent) = (
            placed.order_id(),
            placed.body["payment"]["payment_intent_id"].as_str().expect("an id").to_owned(),
        );
        let cancel = Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&alice);
        // In turn: the bank says yes first, the two race, the customer cancels first.
        let cancelling = match round % 3 {
            0 => {
                assert!(authenticate(&shop, &intent, true));
                tokio::spawn(async move { server.send(cancel).await })
            }
            1 => {
                let cancelling = tokio::spawn(async move { server.send(cancel).await });
                authenticate(&shop, &intent, true);
                cancelling
            }
            _ => {
                let answer = server.send(cancel).await;
                assert!(!authenticate(&shop, &intent, true), "round {round}");
                tokio::spawn(async move { answer })
            }
        };
        // The pump brings the webhooks; bringing them here too is what a doubled delivery is.
        let mut webhooks = JoinSet::new();
        for delivery in due(&shop) {
            webhooks.spawn(async move { server.send(webhook(&delivery.body, &delivery.signature)).await });
        }
        let told = webhooks.join_all().await;
        assert!(told.iter().all(|answer| answer.status == 200), "round {round}: {told:#?}");
        let cancelled = cancelling.await.expect("an answer");
        assert_eq!(cancelled.status, 200, "round {round}: {cancelled:?}");
        until("no webhook waits", || due(&shop).is_empty()).await;
        endings.push(assert_consistent(&shop, &intent, &id));
    }
    rest(&shop).await;
    assert_eq!(shop.units("mug"), (1_000, 0));
    let (taken, back) = money(&shop);
    assert_eq!(taken, back);
    let refunded = endings.iter().filter(|ending| **ending == PaymentStatus::Refunded).count();
    assert_eq!(refunds(&shop).as_array().map(Vec::len), Some(refunded));
    assert!(refunded >= 14 && endings.len() - refunded >= 13, "both endings were seen: {endings:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cancellation_beside_the_placement_itself_loses_no_money() {
    let (shop, server) = open(1_000).await;
    let alice = shop.customer("alice");
    for round in 0..20 {
        let call = order(&alice, &format!("k{round}"), "mug", 2, "pm_card_visa");
        let placing = tokio::spawn(async move { server.send(call).await });
        // The id is known as soon as the order is in the table, which is before its payment is asked for.
        until("the order is there", || shop.twin.orders().len() == round + 1).await;
        let id = shop.twin.orders()[0].id.to_string();
        let cancelled = server.send(Call::new("DELETE", &format!("/api/v1/orders/{id}")).token(&alice)).await;
        assert_eq!(cancelled.status, 200, "{cancelled:?}");
        let placed = placing.await.expect("an answer");
        assert_eq!((placed.status, placed.order_id()), (201, id.clone()), "{placed:?}");
        let read = get(&shop, &alice, &id).await;
        assert_eq!(read.body["status"], "cancelled");
    }
    rest(&shop).await;
    let (taken, back) = money(&shop);
    assert_eq!((taken - back, shop.units("mug")), (0, (1_000, 0)));
    assert!(shop.twin.orders().iter().all(|order| order.status == Status::Cancelled));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn adjustments_of_two_admins_add_up() {
    let (shop, server) = open(1_000).await;
    let mut calls = Vec::new();
    for (name, quantity) in [("ann", 3), ("ben", -1)] {
        let token = shop.twin.token(name, true);
        calls.extend((0..100).map(|at| adjustment(&token, &format!("a{at}"), quantity)));
    }
    let answers = all(server, calls).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:#?}");
    assert_eq!(shop.units("mug"), (1_200, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn withdrawals_at_once_never_go_below_zero() {
    let (shop, server) = open(10).await;
    let admin = shop.admin();
    let answers = all(server, (0..30).map(|at| adjustment(&admin, &format!("a{at}"), -1))).await;
    assert_eq!((count(&answers, 200), count(&answers, 409)), (10, 20), "{answers:#?}");
    assert_eq!(shop.units("mug"), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_admins_who_replace_the_version_that_they_saw_one_wins() {
    let (shop, server) = open(1).await;
    let (ann, ben) = (shop.twin.token("ann", true), shop.twin.token("ben", true));
    let put = |token: &str, name: &str, seen: Option<u64>| {
        let body = json!({"name": name, "price": "12.50", "currency": "EUR", "weight_grams": 300});
        let tag = seen.map(|seen| format!("\"{seen}\""));
        let header = tag.as_ref().map_or(("accept", "*/*"), |tag| ("if-match", tag));
        call("PUT", "/admin/products/mug", token, header, &body)
    };
    let read = || async { server.send(Call::get("/api/v1/products/mug")).await.body };
    let version = |product: &Value| product["version"].as_u64().expect("a version");
    for round in 0..20 {
        let seen = version(&read().await);
        let names = [format!("ann-{round}"), format!("ben-{round}")];
        let answers = all(server, [put(&ann, &names[0], Some(seen)), put(&ben, &names[1], Some(seen))]).await;
        let winner = answers.iter().find(|answer| answer.status == 200).expect("one of them");
        let loser = answers.iter().find(|answer| answer.status != 200).expect("the other one");
        assert!(
            matches!((loser.status, loser.code()), (409, "concurrent_change") | (412, "version_mismatch")),
            "{loser:?}"
        );
        let now = read().await;
        assert_eq!((version(&now), &now["name"]), (seen + 1, &winner.body["name"]));
    }
    // Without a version, whoever gets through counts as one change.
    let before = version(&read().await);
    let answers =
        all(server, (0..60).map(|at| put(if at % 2 == 0 { &ann } else { &ben }, &format!("n-{at}"), None)))
            .await;
    assert_eq!(count(&answers, 200) + count(&answers, 409), 60, "{answers:#?}");
    assert_eq!(version(&read().await), before + u64::try_from(count(&answers, 200)).expect("few"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn orders_for_the_same_two_products_in_opposite_order_do_not_block_each_other() {
    let (shop, server) = open(60).await;
    shop.stock("cup", "5.00", "north", 60).await;
    let alice = shop.customer("alice");
    let calls = (0..40).map(|at| {
        let mut body = order_body("mug", 1, "cod");
        let (first, second) = if at % 2 == 0 { ("mug", "cup") } else { ("cup", "mug") };
        body["lines"] = json!([{"product_id": first, "quantity": 1}, {"product_id": second, "quantity": 1}]);
        call("POST", "/orders", &alice, ("idempotency-key", &format!("k{at}")), &body)
    });
    let answers = all(server, calls).await;
    assert_eq!(count(&answers, 201), 40, "{answers:#?}");
    assert_eq!((shop.units("mug"), shop.units("cup")), ((20, 40), (20, 40)));
}
