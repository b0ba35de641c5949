//! Every bin behind a Lambda Runtime API.

use local::template::FunctionSpec;
use local::twin::Options;
use serde_json::{Value, json};
use shared::outbox::{Message, Queue, routes};
use shared::time::Timestamp;
use tests::Shop;
use tests::runtime_api::samples::{self, Stage};
use tests::runtime_api::{self, Outcome, Runtime, bins};

/// What a bin is to do with its sample event.
struct Expected {
    /// How far the sample's order is before; without one, there is none.
    order: Option<Stage>,
    /// A part of the answer.
    answer: &'static str,
    /// What the shop looks like afterwards.
    after: &'static str,
}

/// What a shop looks like whose order is paid, and which nobody has done anything to.
const UNTOUCHED: &str = "1 confirmed, 48 + 2 units, 4990 taken, 0 given back";

fn expected(function: &str) -> Expected {
    let (order, answer, after) = match function {
        "adjust-stock" => (
            Some(Stage::Confirmed),
            r#"200 "on_hand":98"#,
            "1 confirmed, 98 + 2 units, 4990 taken, 0 given back",
        ),
        "cancel-order" => (
            Some(Stage::Confirmed),
            r#"200 "status":"cancelled""#,
            "1 cancelled, 50 + 0 units, 4990 taken, 4990 given back",
        ),
        "email-worker" => (
            Some(Stage::Confirmed),
            "[]",
            "1 confirmed, 48 + 2 units, 4990 taken, 0 given back, mail to alice@example.com: We have received your order 8E3WN-3PK2X-S",
        ),
        "find-order-by-number" | "get-order" => {
            (Some(Stage::Confirmed), r#"200 "order_number":"8E3WN-3PK2X-S""#, UNTOUCHED)
        }
        "fulfillment-worker" => {
            (Some(Stage::Confirmed), "[]", "1 preparing, 48 + 2 units, 4990 taken, 0 given back")
        }
        "get-product" => (Some(Stage::Confirmed), r#"200 "product_id":"bottle-steel-750""#, UNTOUCHED),
        "list-orders" => {
            (Some(Stage::Confirmed), r#"200 "order_id":"ord_0192f0c1d2e37a4b8c9d0e1f2a3b4c5d""#, UNTOUCHED)
        }
        "list-products" => (Some(Stage::Confirmed), r#"200 "product_id":"bottle-steel-750""#, UNTOUCHED),
        "payment-worker" => (Some(Stage::Placed), "[]", UNTOUCHED),
        "place-order" => (None, r#"201 "status":"confirmed""#, UNTOUCHED),
        "put-product" => (
            Some(Stage::Confirmed),
            r#"200 "name":"Steel bottle, 750 ml""#,
            "1 confirmed, 48 + 2 units, 4990 taken, 0 given back, product renamed",
        ),
        "relay" => (
            Some(Stage::Placed),
            "[]",
            "1 pending, 48 + 2 units, 0 taken, 0 given back, EmailQueue: placed 1, PaymentQueue: placed 1, counted",
        ),
        "stripe-webhook" => (Some(Stage::Charged), r#"200 "used":true"#, UNTOUCHED),
        "track-order" => (Some(Stage::Confirmed), r#"200 "delay_status":"on_time""#, UNTOUCHED),
        other => panic!("say here what {other} is to do with its sample event"),
    };
    Expected { order, answer, after }
}

/// All that a function can change, in one line.
async fn look(shop: &Shop) -> String {
    let orders = shop.twin.orders();
    let statuses: Vec<&str> = orders.iter().map(|order| order.status.as_str()).collect();
    let (on_hand, held) = shop.units(samples::PRODUCT);
    let intents = shop.twin.cloud.stripe.intents();
    let sum = |field: &str| intents.iter().filter_map(|intent| intent[field].as_i64()).sum::<i64>();
    let (taken, given_back) = (sum("amount_received"), sum("amount_refunded"));
    let mut seen = vec![
        format!("{} {}", orders.len(), statuses.join(" ")),
        format!("{on_hand} + {held} units"),
        format!("{taken} taken"),
        format!("{given_back} given back"),
    ];
    for (queue, _) in &shop.twin.queue_names {
        for message in shop.twin.cloud.sqs.messages(queue) {
            let body: Value = serde_json::from_str(&message.body).expect("a message is JSON");
            assert_eq!(body["order_id"], samples::ORDER, "{queue}");
            seen.push(format!("{queue}: {} {}", body["type"].as_str().unwrap_or_default(), body["sequence"]));
        }
    }
    for mail in shop.twin.cloud.ses.mails() {
        seen.push(format!("mail to {}: {}", mail.to.join(" "), mail.subject));
    }
    let table = &shop.twin.lambda.app("list-orders").expect("a function").table;
    let products = table.catalogue(None, 100).await.expect("the table answers").0;
    if products.iter().any(|product| product.name != product.id.as_str()) {
        seen.push("product renamed".to_owned());
    }
    if table.count_orders(&samples::customer(), None).await.expect("the table answers") > 0 {
        seen.push("counted".to_owned());
    }
    seen.join(", ")
}

/// A shop on the machine's clock, which is the bins' clock too, with the samples' product and maybe their order.
async fn shop(stage: Option<Stage>) -> (Shop, Option<shared::order::Order>) {
    let shop = Shop::with(Options::default());
    samples::goods(&shop, 50).await;
    let order = match stage {
        Some(stage) => Some(samples::order(&shop, samples::order_id(), now(), stage).await),
        None => None,
    };
    (shop, order)
}

fn now() -> Timestamp {
    functions::Clock::System.now()
}

/// The answer as one line: the status and the body of an HTTP function, the failures of a worker.
fn shown(outcome: Outcome) -> String {
    let Outcome::Answer(answer) = outcome else {
        return format!("{outcome:?}");
    };
    let answer: Value = serde_json::from_str(&answer).expect("an answer is JSON");
    match answer.get("batchItemFailures") {
        Some(failures) => failures.to_string(),
        None => format!("{} {}", answer["statusCode"], answer["body"].as_str().unwrap_or_default()),
    }
}

fn fits(answer: &str, expected: &str) -> bool {
    let (status, part) = expected.split_once(' ').unwrap_or((expected, ""));
    answer.starts_with(status) && answer.contains(part)
}

#[tokio::test]
async fn every_bin_does_with_its_sample_event_what_it_is_for() {
    for function in runtime_api::functions() {
        let name = function.name.as_str();
        let Expected { order, answer: wanted, after } = expected(name);
        let (shop, order) = shop(order).await;
        let event =
            order.map_or_else(|| samples::event(name), |order| samples::event_about(name, &order, now()));
        let cloud = runtime_api::serve_cloud(&shop).await;
        let mut runtime = Runtime::start(bins::functions(), &function, &cloud).await;
        let answer = shown(runtime.invoke(&event).await);
        assert!(
            fits(&answer, wanted),
            "{name}: {wanted} is wanted, this is the answer: {answer}\n{:#?}",
            runtime.logged()
        );
        assert_eq!(look(&shop).await, after, "{name}");
    }
}

#[tokio::test]
async fn a_bin_says_that_it_cannot_read_an_event_and_goes_on_with_the_next() {
    let (shop, order) = shop(Some(Stage::Confirmed)).await;
    let order = order.expect("there is an order");
    let cloud = runtime_api::serve_cloud(&shop).await;
    for function in runtime_api::functions() {
        let name = function.name.as_str();
        let mut runtime = Runtime::start(bins::functions(), &function, &cloud).await;
        for malformed in ["", "{", "[]", "null", r#"{"neither":"a request nor records"}"#] {
            match runtime.invoke(malformed).await {
                Outcome::Failure(reason) => {
                    assert!(reason["errorType"].is_string(), "{name}: {malformed}: {reason}")
                }
                other => panic!("{name}: {malformed} is no event of its kind, and yet: {other:?}"),
            }
        }
        let answer = shown(runtime.invoke(&samples::event_about(name, &order, now())).await);
        assert!(answer.starts_with('2') || answer == "[]", "{name}: {answer}\n{:#?}", runtime.logged());
    }
}

#[tokio::test]
async fn a_bin_without_the_name_of_the_table_says_so_in_one_line_and_ends() {
    let start = |function: FunctionSpec| async move {
        let mut function = function;
        function.environment.remove("TABLE_NAME").expect("the template names the table");
        // There is no cloud, and nobody asks for one: the environment is looked at first.
        Runtime::start(bins::functions(), &function, "http://127.0.0.1:9").await.ended().await
    };
    for function in runtime_api::functions() {
        let name = function.name.clone();
        let (status, lines) = start(function).await;
        assert_eq!(status.code(), Some(1), "{name}");
        let [line] = lines.as_slice() else { panic!("{name} says {lines:#?}") };
        let line: Value = serde_json::from_str(line).expect("a log line is JSON");
        let wanted = json!({
            "level": "ERROR", "message": "the function could not start", "error.chain": ["TABLE_NAME is not set"],
        });
        assert_eq!(line, wanted, "{name}");
    }
}

#[tokio::test]
async fn the_samples_name_the_order_whose_head_the_relay_sample_carries() {
    let shop = Shop::with(Options::default());
    samples::goods(&shop, 50).await;
    let at = Timestamp::from_millis(samples::TAKEN_AT_MILLIS);
    samples::order(&shop, samples::order_id(), at, Stage::Placed).await;
    let items = shop.twin.cloud.dynamodb.items(&shop.twin.table).expect("items");
    let is_head = |item: &&Value| {
        item["SK"]["S"].as_str().is_some_and(|key| key.starts_with(shared::keys::ORDER_PREFIX))
    };
    let head = items.iter().find(is_head).expect("the head is in the table");
    let sample: Value = serde_json::from_str(&samples::event("relay")).expect("the sample is JSON");
    let change = &sample["Records"][0]["dynamodb"];
    assert_eq!(&change["NewImage"], head, "as the table stores it: {head:#}");
    assert_eq!(change["Keys"], json!({"PK": head["PK"], "SK": head["SK"]}));
}

#[tokio::test]
async fn the_samples_of_the_workers_are_messages_as_the_relay_sends_them() {
    let (_shop, order) = shop(Some(Stage::Confirmed)).await;
    let order = order.expect("there is an order");
    for (worker, queue) in [
        ("email-worker", Queue::Email),
        ("fulfillment-worker", Queue::Fulfillment),
        ("payment-worker", Queue::Payment),
    ] {
        let sample: Value = serde_json::from_str(&samples::event(worker)).expect("the sample is JSON");
        let body = sample["Records"][0]["body"].as_str().expect("the sample has a body");
        let sent = order.log.iter().filter(|event| routes(&event.kind).iter().any(|(to, _)| *to == queue));
        let sent = sent.map(|event| serde_json::to_string(&Message::about(&order, event)).expect("JSON"));
        let sent: Vec<String> = sent.collect();
        assert!(sent.iter().any(|sent| sent == body), "{worker}: {body} is none of {sent:#?}");
    }
}
