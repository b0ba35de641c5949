//! What the twin serves beside the API.

use serde_json::{Value, json};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use tests::{Call, Shop, order};

use crate::support::{assert_has, only_intent, raw_exchange};

async fn raw(address: SocketAddr, request: String) -> String {
    tokio::task::spawn_blocking(move || raw_exchange(address, &request)).await.expect("an answer")
}

/// What a GET of this path answers: the head in lower case, and the body.
async fn get(address: SocketAddr, path: &str) -> (String, String) {
    let request = format!("GET {path} HTTP/1.1\r\nhost: twin\r\nconnection: close\r\n\r\n");
    let answer = raw(address, request).await;
    let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
    (head.to_lowercase(), body.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_is_served_as_it_is_in_the_repository() {
    let server = Shop::open().serve().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../console");
    for (path, file, kind) in [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/?order_token=x", "index.html", "text/html; charset=utf-8"),
        ("/app.js", "app.js", "text/javascript; charset=utf-8"),
        ("/views/order.js", "views/order.js", "text/javascript; charset=utf-8"),
        ("/style.css", "style.css", "text/css; charset=utf-8"),
        ("/config.json", "config.json", "application/json"),
        ("/icon.svg", "icon.svg", "image/svg+xml"),
    ] {
        let (head, body) = get(server.address, path).await;
        assert!(
            head.starts_with("http/1.1 200") && head.contains(&format!("content-type: {kind}\r\n")),
            "{head}"
        );
        assert_eq!(body, fs::read_to_string(folder.join(file)).expect(file), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_may_do_nothing_but_what_its_page_says() {
    let server = Shop::open().serve().await;
    let (head, body) = get(server.address, "/").await;
    let (_, policy) = body.split_once("\"Content-Security-Policy\" content=\"").expect("a policy");
    let (policy, _) = policy.split_once('"').expect("its end");
    assert!(policy.starts_with("default-src 'self';") && !policy.contains("unsafe"), "{policy}");
    assert!(
        head.contains(&format!("content-security-policy: {policy}; frame-ancestors 'none'\r\n")),
        "{head}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_shown_by_itself_and_may_do_nothing() {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    shop.send(order(&shop.customer("alice"), "k1", "mug", 2, "cod")).await;
    shop.finish().await;
    let server = shop.serve().await;
    let mails = server.send(Call::get("/_local/mails")).await.body;
    let id = mails[0]["id"].as_str().expect("an id");
    let (head, body) = get(server.address, &format!("/_local/mails/{id}/html")).await;
    assert!(
        head.contains("content-security-policy: default-src 'none';") && head.contains("; sandbox\r\n"),
        "{head}"
    );
    assert_eq!(Some(body.as_str()), mails[0]["html"].as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_local_route_answers_with_what_there_is() {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    let alice = shop.customer("alice");
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_threeDSecure2Required")).await;
    shop.finish().await;
    let server = shop.serve().await;
    let get = |name: &'static str| async move {
        let answer = server.send(Call::get(&format!("/_local/{name}"))).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")), "{name}");
        answer.body
    };
    let orders = get("orders").await;
    assert_has(
        &orders,
        &json!([{"order_id": placed.order_id(), "status": "pending", "customer_id": "alice", "total_amount": "25.00"}]),
    );
    let events = get("events").await;
    assert_has(
        &events,
        &json!([{"type": "payment_pending", "sequence": 3}, {"type": "payment_started"}, {"type": "placed", "actor": "customer", "order_id": placed.order_id()}]),
    );
    let mails = get("mails").await;
    assert_has(&mails, &json!([{"to": ["alice@example.com"], "outcome": "delivered"}]));
    let queues = get("queues").await;
    let queue = |name: &str| {
        queues
            .as_array()
            .into_iter()
            .flatten()
            .find(|queue| queue["name"] == name)
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(
        queue("PaymentQueue")["messages"].as_array().map(Vec::len),
        Some(1),
        "the payment worker looks in a minute: {queues}"
    );
    assert!(queues.as_array().into_iter().flatten().any(|queue| queue["dead_letters"] == true));
    let payments = get("payments").await;
    assert_has(&payments, &json!([{"amount": 2500, "status": "requires_action"}]));
    let tokens = get("tokens").await;
    for (who, path, status) in [("customer", "/api/v1/orders", 200), ("admin", "/api/v1/orders", 200)] {
        let token = tokens[who]["token"].as_str().expect("a token");
        assert_eq!(server.send(Call::get(path).token(token)).await.status, status, "{who}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_can_be_authenticated_from_the_console() {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    shop.send(order(&shop.customer("alice"), "k1", "mug", 2, "pm_card_threeDSecure2Required")).await;
    let server = shop.serve().await;
    let intent = only_intent(&shop)["id"].as_str().expect("an id").to_owned();
    let path = format!("/_local/payments/{intent}/authenticate?ok=true");
    assert_eq!(server.send(Call::post(&path)).await.body, json!({"done": true}));
    assert_eq!(server.send(Call::post(&path)).await.body, json!({"done": false}), "once");
    assert_eq!(only_intent(&shop)["status"], "succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_404_and_changes_nothing() {
    let shop = Shop::open();
    let server = shop.serve().await;
    for call in [
        Call::get("/_local/"),
        Call::get("/_local/secrets"),
        Call::get("/_local/orders/x"),
        Call::post("/_local/orders"),
        Call::get("/_local/mails/none/html"),
        Call::get("/favicon.ico"),
        Call::get("/views"),
        Call::get("/views/"),
        Call::get("/views/%2e%2e/index.html"),
        Call::get("/../Cargo.toml"),
        Call::post("/"),
        Call::get("/api/v1/nothing"),
        Call::get("/api/v2/orders"),
    ] {
        let answer = server.send(call.clone()).await;
        assert_eq!(answer.status, 404, "{call:?}");
    }
    let unknown = server.send(Call::post("/_local/payments/pi_none/authenticate?ok=true")).await;
    assert_eq!(unknown.body, json!({"done": false}));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_answers_the_same_over_http_as_in_process() {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    let server = shop.serve().await;
    let (here, there) = (
        shop.send(Call::get("/api/v1/products/mug")).await,
        server.send(Call::get("/api/v1/products/mug")).await,
    );
    assert_eq!((here.status, here.body), (there.status, there.body));
    let placed = server.send(order(&shop.customer("alice"), "k1", "mug", 2, "cod")).await;
    assert_eq!((placed.status, placed.body["total_amount"].as_str()), (201, Some("25.00")), "{placed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_request_does_not_take_the_server_along() {
    let shop = Shop::open();
    let server = shop.serve().await;
    for request in [
        "nonsense\r\n\r\n",
        "GET /api/v1/orders/\u{0} HTTP/1.1\r\nhost: twin\r\nconnection: close\r\n\r\n",
        "POST /api/v1/orders HTTP/1.1\r\nhost: twin\r\ncontent-length: -1\r\nconnection: close\r\n\r\n",
        "GET /api/v1/products/%ff HTTP/1.1\r\nhost: twin\r\nconnection: close\r\n\r\n",
        "GET /api/v1/products/%f HTTP/1.1\r\nhost: twin\r\nconnection: close\r\n\r\n",
    ] {
        let answer = raw(server.address, request.to_owned()).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{request:?}: {answer}");
    }
    assert_eq!(server.send(Call::get("/api/v1/products")).await.body["products"], Value::Array(vec![]));
}
