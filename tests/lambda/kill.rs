//! The twin as `cargo run` starts it, killed in the middle of its work.

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use aws_smithy_types::body::SdkBody;
use functions::{Clock, seam};
use local::twin::Options;
use serde_json::Value;
use shared::ids::{CustomerId, IdempotencyKey, PlacementTag};
use shared::money::{Currency, Money};
use shared::order::payment::{Method, State};
use shared::order::{Order, Status};
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tests::runtime_api::bins;
use tests::{Call, Shop, order_body};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

const ORDERS: usize = 50;
/// The products that are ordered, and what the demo catalogue has of each.
const PRODUCTS: [(&str, i64); 2] = [("bottle-steel-750", 700), ("mug-enamel", 600)];
/// How long anything here may take before it counts as hung.
const HUNG: Duration = Duration::from_secs(120);

/// A folder of its own, gone with this.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("orders-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }

    /// The files as they are, for looking at them without touching them.
    fn copy(&self, name: &str) -> Self {
        let copy = Self::new(name);
        for file in fs::read_dir(&self.0).expect("the folder is there") {
            let file = file.expect("a file");
            fs::copy(file.path(), copy.0.join(file.file_name())).expect("a copy");
        }
        copy
    }

    /// A shop on this data, with nothing going on, whose clock moves only when it is told to.
    fn open(&self) -> Shop {
        let clock = Clock::manual(Clock::System.now());
        Shop::with(Options { folder: Some(self.0.clone()), clock, ..Options::default() })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} stays: {error}", self.0.display());
        }
    }
}

/// A running twin.
struct Process {
    child: Child,
    base: String,
    connector: SharedHttpConnector,
    token: String,
}

impl Process {
    async fn start(binary: &Path, folder: &Path) -> Self {
        let connector = seam::connector();
        // Somebody else may take the port between finding it and using it; then another one is tried.
        for _ in 0..5 {
            let free = TcpListener::bind("127.0.0.1:0")
                .expect("a free port")
                .local_addr()
                .expect("an address")
                .port();
            let mut child = Command::new(binary)
                .args(["--quiet", "--port", &free.to_string(), "--data"])
                .arg(folder)
                .stdin(Stdio::null())
                .kill_on_drop(true)
                .spawn()
                .expect("the twin starts");
            let base = format!("http://127.0.0.1:{free}");
            let ready = within(async {
                loop {
                    if child.try_wait().expect("a status").is_some() {
                        return None;
                    }
                    match exchange(&connector, "GET", &format!("{base}/_local/tokens"), &[], String::new())
                        .await
                    {
                        Some((200, tokens)) => return Some(tokens),
                        _ => tokio::time::sleep(Duration::from_millis(20)).await,
                    }
                }
            });
            if let Some(tokens) = ready.await {
                let token = |whose: &str| tokens[whose]["token"].as_str().expect("a token").to_owned();
                let twin = Self { child, base, connector, token: token("customer") };
                twin.keep_parcels(&token("admin")).await;
                return twin;
            }
        }
        panic!("the twin does not start");
    }

    /// Buys no labels, so that no carrier comes while the test counts what is in the house.
    async fn keep_parcels(&self, admin: &str) {
        let (url, token) = (format!("{}/api/v1/admin/settings", self.base), format!("Bearer {admin}"));
        let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
        let (_, mut settings) =
            exchange(&self.connector, "GET", &url, &headers, String::new()).await.expect("settings");
        settings["fulfillment"]["buy_labels"] = false.into();
        for of_the_answer in ["version", "updated_at"] {
            settings.as_object_mut().expect("an object").remove(of_the_answer);
        }
        let put = exchange(&self.connector, "PUT", &url, &headers, settings.to_string()).await;
        assert_eq!(put.map(|(status, _)| status), Some(200));
    }

    /// Sends all orders at once, and kills the twin as soon as so many are answered. The answers, by order; without a
    /// number to kill after, all of them.
    async fn place_all(&mut self, kill_after: Option<usize>) -> BTreeMap<usize, (u16, Value)> {
        let mut requests = JoinSet::new();
        for at in 0..ORDERS {
            let (connector, url) = (self.connector.clone(), format!("{}/api/v1/orders", self.base));
            let (authorization, key) = (format!("Bearer {}", self.token), key(at));
            requests.spawn(async move {
                let (product, quantity) = asked(at);
                let body = order_body(product, quantity, if by_card(at) { "pm_card_visa" } else { "cod" });
                let headers = [
                    ("authorization", authorization.as_str()),
                    ("idempotency-key", &key),
                    ("content-type", "application/json"),
                ];
                (at, exchange(&connector, "POST", &url, &headers, body.to_string()).await)
            });
        }
        let mut answers = BTreeMap::new();
        while let Some(done) = requests.join_next().await {
            if let (at, Some(answer)) = done.expect("a request does not panic") {
                answers.insert(at, answer);
            }
            if kill_after == Some(answers.len()) {
                // SIGKILL; nothing in the process gets to know of it.
                self.child.start_kill().expect("the twin is killed");
            }
        }
        answers
    }

    async fn local(&self, name: &str) -> Value {
        let answer =
            exchange(&self.connector, "GET", &format!("{}/_local/{name}", self.base), &[], String::new())
                .await;
        let (status, body) = answer.expect("the twin answers");
        assert_eq!(status, 200, "{name}");
        body
    }

    /// Ctrl-C.
    async fn interrupt(mut self) -> ExitStatus {
        let id = self.child.id().expect("the twin runs").to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status().await.expect("kill runs");
        assert!(sent.success());
        within(self.child.wait()).await.expect("a status")
    }
}

async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(HUNG, work).await.expect("the twin hangs")
}

/// One exchange; none if the twin went away before it answered.
async fn exchange(
    connector: &SharedHttpConnector,
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: String,
) -> Option<(u16, Value)> {
    let request = http::Request::builder().method(method).uri(url);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let request = request.body(SdkBody::from(body)).expect("a request").try_into().expect("a request");
    let (status, _, body) = seam::send(connector, request, HUNG).await.ok()?;
    Some((status, serde_json::from_slice(&body).unwrap_or_default()))
}

fn key(at: usize) -> String {
    format!("order-{at}")
}

fn asked(at: usize) -> (&'static str, u32) {
    let (product, _) = PRODUCTS[at % PRODUCTS.len()];
    (product, 1 + u32::try_from(at % 3).expect("small"))
}

fn by_card(at: usize) -> bool {
    !at.is_multiple_of(5)
}

/// The orders that are there, by their place; each is looked up by its own idempotency key, so a double is found.
fn orders(shop: &Shop) -> BTreeMap<usize, Order> {
    let alice = CustomerId::parse("alice").expect("a customer");
    let tag = |at| PlacementTag::new(&alice, &alice, &IdempotencyKey::parse(&key(at)).expect("a key"));
    let mut by_place = BTreeMap::new();
    for order in shop.twin.orders() {
        let at = (0..ORDERS).find(|at| tag(*at) == order.id.placement()).expect("every order was asked for");
        assert!(by_place.insert(at, order).is_none(), "order {at} is there twice");
    }
    by_place
}

/// Orders are there whole or not at all: head, document, stock, and no payment without an order.
async fn assert_whole(shop: &Shop, orders: &BTreeMap<usize, Order>) {
    let items = shop.twin.cloud.dynamodb.items(&shop.twin.table).expect("items");
    let documents =
        items.iter().filter(|item| item["SK"]["S"].as_str().is_some_and(|key| key.starts_with("PLACED#")));
    assert_eq!(documents.count(), orders.len(), "a document for every head, and no more");
    let token = shop.customer("alice");
    for (at, order) in orders {
        let answer = shop.send(Call::get(&format!("/api/v1/orders/{}", order.id)).token(&token)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let (product, quantity) = asked(*at);
        assert_eq!(answer.body["lines"].as_array().map(Vec::len), Some(1), "{answer:?}");
        assert_eq!(answer.body["lines"][0]["product_id"], product);
        assert_eq!(answer.body["lines"][0]["quantity"], quantity);
    }
    for (product, received) in PRODUCTS {
        let ordered: i64 = orders
            .keys()
            .map(|at| asked(*at))
            .filter(|(name, _)| *name == product)
            .map(|(_, units)| i64::from(units))
            .sum();
        assert_eq!(shop.units(product), (received - ordered, ordered), "{product}");
    }
    for intent in shop.twin.cloud.stripe.intents() {
        let order = orders.values().find(|order| intent["metadata"]["order_id"] == order.id.to_string());
        let order = order.expect("there is no payment without an order");
        let known = order.payment.intent.as_deref().is_some_and(|known| intent["id"] == known);
        assert!(
            known || intent["amount_received"] == 0,
            "money was taken, and the order does not know: {intent}"
        );
    }
}

/// Everything about these orders has come to its end: parcels, money, mails.
async fn assert_finished(shop: &Shop, orders: &BTreeMap<usize, Order>) {
    assert_whole(shop, orders).await;
    let intents = shop.twin.cloud.stripe.intents();
    let mails = shop.twin.cloud.ses.mails();
    for (at, order) in orders {
        assert_eq!(order.status, Status::Preparing, "order {at}");
        let its = intents.iter().filter(|intent| intent["metadata"]["order_id"] == order.id.to_string());
        let taken: Vec<i64> = its.filter_map(|intent| intent["amount_received"].as_i64()).collect();
        match order.payment.method {
            Method::Card { .. } => {
                let cents =
                    Money::from_minor(taken.iter().sum(), Currency::parse("EUR").expect("a currency"))
                        .expect("an amount");
                assert_eq!((taken.len(), cents), (1, order.total), "order {at} is charged once, and in full");
                assert_eq!(order.payment.state, State::Captured, "order {at}");
            }
            Method::Cod => assert!(taken.is_empty(), "order {at} is paid on delivery"),
            Method::Redirect { .. } | Method::Later => panic!("order {at} was not placed like that"),
        }
        for subject in [
            format!("We have received your order {}", order.number()),
            format!("Your order {} is confirmed", order.number()),
        ] {
            assert!(mails.iter().any(|mail| mail.subject == subject), "order {at}: {subject}");
        }
    }
}

/// Lets time pass, a second after the other, until everything that waits for its time has had it. All queues are empty then.
async fn let_time_pass(shop: &Shop) {
    for _ in 0..150 {
        shop.after(1).await;
    }
    for (queue, _) in &shop.twin.queue_names {
        assert_eq!(shop.twin.cloud.sqs.messages(queue), [], "{queue}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_twin_that_is_killed_again_and_again_loses_and_doubles_nothing() {
    // Built before the clock runs: on a clean checkout that takes minutes.
    let binary = bins::twin();
    let folder = Folder::new("killed");
    let mut known = BTreeMap::new();
    for kill_after in [10, 30] {
        let mut twin = within(Process::start(binary, &folder.0)).await;
        let answers = within(twin.place_all(Some(kill_after))).await;
        let ended = within(twin.child.wait()).await.expect("a status");
        assert!(!ended.success(), "it was killed");
        assert!(answers.len() < ORDERS, "it was killed in the middle");

        // What the kill left behind, without a new twin having put it right.
        let copy = folder.copy(&format!("killed-after-{kill_after}"));
        let shop = copy.open();
        let there = orders(&shop);
        assert_whole(&shop, &there).await;
        for (at, (status, body)) in &answers {
            let expected = if known.contains_key(at) { 200 } else { 201 };
            assert_eq!(*status, expected, "order {at}: {body}");
            let order = there.get(at).unwrap_or_else(|| panic!("order {at} was answered, and is lost"));
            assert_eq!(body["order_id"], order.id.to_string());
        }
        for at in known.keys() {
            assert!(there.contains_key(at), "order {at} was there before, and is lost");
        }
        // All of it comes to its end also if nobody asks for an order again.
        let_time_pass(&shop).await;
        assert_finished(&shop, &orders(&shop)).await;
        known = there;
    }

    let mut twin = within(Process::start(binary, &folder.0)).await;
    let answers = within(twin.place_all(None)).await;
    assert_eq!(answers.len(), ORDERS);
    for (at, (status, body)) in &answers {
        let expected = if known.contains_key(at) { 200 } else { 201 };
        assert_eq!(*status, expected, "order {at}: {body}");
        assert!(
            known.get(at).is_none_or(|order| body["order_id"] == order.id.to_string()),
            "order {at} is another now"
        );
    }
    within(async {
        loop {
            let orders = twin.local("orders").await;
            if orders.as_array().expect("a list").iter().all(|order| order["status"] == "preparing") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let payments = twin.local("payments").await;
    let payments = payments.as_array().expect("a list");
    let cards = (0..ORDERS).filter(|at| by_card(*at)).count();
    assert_eq!(payments.iter().filter(|payment| payment["status"] == "succeeded").count(), cards);
    for queue in twin.local("queues").await.as_array().expect("a list") {
        for message in queue["messages"].as_array().expect("a list") {
            let name = queue["name"].as_str().unwrap_or_default();
            // A mail may wait for the claim of a worker that was killed to run out, and nothing waits for a bill.
            let may_wait = matches!(name, "PaymentQueue" | "EmailQueue" | "InvoiceQueue");
            assert!(may_wait, "{name} holds {message}");
            let body: Value =
                serde_json::from_str(message["body"].as_str().unwrap_or_default()).expect("a message");
            assert!(
                name != "PaymentQueue" || body["type"] == "placed",
                "only checks for later are left: {message}"
            );
        }
    }
    assert_eq!(twin.interrupt().await.code(), Some(0));

    let shop = folder.open();
    let_time_pass(&shop).await;
    let there = orders(&shop);
    assert_eq!(there.len(), ORDERS);
    assert_finished(&shop, &there).await;
}

#[tokio::test]
async fn ctrl_c_ends_the_twin_with_exit_code_0_and_the_next_start_has_its_data() {
    // Built before the clock runs: on a clean checkout that takes minutes.
    let binary = bins::twin();
    let folder = Folder::new("interrupted");
    let mut twin = within(Process::start(binary, &folder.0)).await;
    let placed = within(twin.place_all(None)).await;
    assert_eq!(twin.interrupt().await.code(), Some(0));

    let again = within(Process::start(binary, &folder.0)).await;
    let orders = again.local("orders").await;
    assert_eq!(orders.as_array().map(Vec::len), Some(placed.len()));
    assert_eq!(again.interrupt().await.code(), Some(0));
}

#[tokio::test]
async fn a_mail_whose_worker_was_killed_while_sending_it_is_sent_by_the_next_start() {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 5).await;
    let placed = shop.send(tests::order(&shop.customer("alice"), "k", "mug", 1, "cod")).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    let order = shop.twin.orders().remove(0);
    // The worker that is killed has received the message and claimed the mail, and that is all.
    assert!(shop.twin.stream.step(&shop.twin).await.is_some());
    let now = shop.twin.cloud.clock.now();
    let received = shop.twin.cloud.sqs.receive(now.datetime(), "EmailQueue", 1);
    assert_eq!(received.len(), 1);
    let table = &shop.twin.lambda.app("email-worker").expect("a function").table;
    let claim =
        table.claim_mail(&order.customer, &order.id, 1, "the killed worker", now).await.expect("a claim");
    assert_eq!(claim, functions::table::Claim::Ours);
    // What a start does first.
    shop.twin.cloud.sqs.release_all(now.datetime());
    let_time_pass(&shop).await;
    let received = format!("We have received your order {}", order.number());
    assert!(shop.twin.cloud.ses.mails().iter().any(|mail| mail.subject == received));
}
