//! Every bin behind a Lambda Runtime API.

use local::template::FunctionSpec;
use local::twin::Options;
use serde_json::{Value, json};
use shared::order::Order;
use shared::outbox::{Message, Queue, routes};
use shared::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use tests::Shop;
use tests::runtime_api::samples::{self, Stage};
use tests::runtime_api::{self, Outcome, Runtime, bins};

/// What a bin is to do with its sample event.
struct Expected {
    /// Whose order there is before, and how far it is.
    order: Option<(Whose, Stage)>,
    /// A part of the answer.
    answer: &'static str,
    /// What the shop looks like afterwards.
    after: &'static str,
}

/// Who placed the order that a sample is about.
#[derive(Debug, Clone, Copy)]
enum Whose {
    /// The samples' customer.
    Alices,
    /// Somebody without an account.
    Guests,
}

const PAID: Option<(Whose, Stage)> = Some((Whose::Alices, Stage::Confirmed));
/// What a shop looks like whose order is paid, and which nobody has done anything to.
const UNTOUCHED: &str = "1 confirmed, 48 + 2 units, 4990 taken, 0 given back";
/// What is seen of an order that its customer calls off after paying it.
const CALLED_OFF: &str = "1 cancelled, 50 + 0 units, 4990 taken, 4990 given back";

/// What a shop looks like whose order was delivered, and from which nothing came back yet.
const DELIVERED: &str = "1 delivered, 48 + 0 units, 4990 taken, 0 given back";

/// What a bin of the orders is to do with a sample.
fn with_orders(sample: &str) -> Option<Expected> {
    let (answer, after) = match sample {
        "approve-return" => (r#"200 "status":"approved""#, DELIVERED),
        "cancel-order" | "cancel-order-guest" => (r#"200 "status":"cancelled""#, CALLED_OFF),
        "carrier-webhook" => (
            r#"200 "used":true"#,
            "1 shipped, 48 + 0 units, 4990 taken, 0 given back, new CUSTOMER#alice TRACK",
        ),
        "change-shipment" => {
            (r#"200 "status":"shipped""#, "1 shipped, 48 + 0 units, 4990 taken, 0 given back")
        }
        "change-status" => (r#"200 "status":"shipped""#, "1 shipped, 48 + 0 units, 4990 taken, 0 given back"),
        "email-worker" => (
            "[]",
            "1 confirmed, 48 + 2 units, 4990 taken, 0 given back, mail to alice@example.com: We have received your order 8E3WN-3PK2X-S, new CUSTOMER#alice MAIL",
        ),
        "edit-order" => (
            r#"200 "internal_notes":"Gift, no prices in the parcel""#,
            "1 packed, 48 + 2 units, 4990 taken, 0 given back",
        ),
        "find-order-by-number" | "get-order" => (r#"200 "order_number":"8E3WN-3PK2X-S""#, UNTOUCHED),
        "fulfill-order" => (
            r#"201 "fulfillment_status":"partially_fulfilled""#,
            "1 preparing, 48 + 1 units, 4990 taken, 0 given back",
        ),
        "fulfillment-worker" => ("[]", "1 preparing, 48 + 2 units, 4990 taken, 0 given back"),
        "get-order-guest" => (r#"200 "contact_email":"alice@example.com""#, UNTOUCHED),
        "list-all-orders" | "list-orders" => {
            (r#"200 "order_id":"ord_0192f0c1d2e37a4b8c9d0e1f2a3b4c5d""#, UNTOUCHED)
        }
        "list-order-events" => (r#"200 "command":"record_payment""#, UNTOUCHED),
        "download-invoice" => ("200 JVBERi0", UNTOUCHED),
        "get-invoice" | "get-invoice-guest" => (r#"200 "bill_number":"INV-000001""#, UNTOUCHED),
        "invoice-worker" => {
            let after = "1 confirmed, 48 + 2 units, 4990 taken, 0 given back, new CUSTOMER#alice BILL, new SERIES#INV- SERIES";
            ("[]", after)
        }
        "list-returns" | "list-returns-guest" => (r#"200 "status":"requested""#, DELIVERED),
        "pay-order" => (r#"200 "status":"confirmed""#, UNTOUCHED),
        "pay-order-guest" => (r#"200 "order_token":""#, UNTOUCHED),
        "payment-worker" => ("[]", UNTOUCHED),
        "place-guest-order" => (r#"201 "order_token":""#, UNTOUCHED),
        "place-order" => (r#"201 "status":"confirmed""#, UNTOUCHED),
        "receive-return" => {
            (r#"200 "restocked":1"#, "1 delivered, 49 + 0 units, 4990 taken, 2495 given back")
        }
        "refund-order" => {
            (r#"201 "status":"done""#, "1 confirmed, 48 + 2 units, 4990 taken, 2495 given back")
        }
        "reject-return" => (r#"200 "rejection_reason":"It was used""#, DELIVERED),
        "relay" => (
            "[]",
            "1 pending, 48 + 2 units, 0 taken, 0 given back, EmailQueue: placed 1, PaymentQueue: placed 1, new CUSTOMER#alice COUNTS",
        ),
        "reorder" => {
            let after = "1 confirmed, 48 + 2 units, 4990 taken, 0 given back, changed CUSTOMER#alice CART";
            (r#"200 "item_count":2"#, after)
        }
        "request-label" => {
            (r#"202 "label":{"status":"wanted"}"#, "1 preparing, 48 + 2 units, 4990 taken, 0 given back")
        }
        "show-label" => (r#"200 "format":"PDF_A6""#, "1 preparing, 48 + 2 units, 4990 taken, 0 given back"),
        "request-return" | "request-return-guest" => (r#"201 "comment":"The lid does not close""#, DELIVERED),
        "retry-refund" => {
            (r#"200 "status":"done""#, "1 confirmed, 48 + 2 units, 4990 taken, 4990 given back")
        }
        "settle-refund" => (r#"200 "reference":"Bank transfer 2024-11-03/17""#, UNTOUCHED),
        "show-impact" | "show-impact-guest" => ("200 <svg xmlns=\"http://www.w3.org/2000/svg\"", UNTOUCHED),
        "show-ledger" => (r#"200 "captured_amount":"49.90""#, UNTOUCHED),
        "stripe-webhook" => (r#"200 "used":true"#, UNTOUCHED),
        "summarize-order" | "summarize-order-guest" => (r#"200 "discount_percentage":"0""#, UNTOUCHED),
        "track-order" | "track-order-guest" => (r#"200 "delay_status":"on_time""#, UNTOUCHED),
        _ => return None,
    };
    let whose = if sample.ends_with("-guest") { Whose::Guests } else { Whose::Alices };
    let order = (!sample.starts_with("place-")).then(|| (whose, Stage::for_sample(sample)));
    Some(Expected { order, answer, after })
}

/// What a bin is to do that has nothing to do with an order: its answer, and what is new, changed or gone.
fn without_orders(function: &str) -> Option<(&'static str, &'static str)> {
    Some(match function {
        "clear-cart" => ("204 ", "changed CUSTOMER#alice CART"),
        "delete-address" => ("204 ", "changed CUSTOMER#alice ADDRESSES"),
        "delete-cart-line" => (r#"200 "lines":[]"#, "changed CUSTOMER#alice CART"),
        "delete-mail-block" => (
            "204 ",
            "changed ADDRESS#405340cd9ac94b08b93800aee3f0db2dd673256bc318987e51e177eb53cca1b2 MAILBOX",
        ),
        "get-cart" => (r#"200 "total_amount":"24.95""#, ""),
        "get-coupon" => (r#"200 "coupon_code":"WELCOME10""#, ""),
        "get-product" => (r#"200 "product_id":"bottle-steel-750""#, ""),
        "get-settings" => (r#"200 "currency":"EUR""#, ""),
        "import-products" => {
            (r#"200 "created":2"#, "new PRODUCT#soap-olive PRODUCT, new PRODUCT#tee-linen PRODUCT")
        }
        "list-addresses" => (r#"200 "address_id":"home""#, ""),
        "list-products" => (r#"200 "product_id":"bottle-steel-750""#, ""),
        "list-warehouses" => (r#"200 "warehouse_id":"north""#, ""),
        "mail-feedback-worker" => (
            "[]",
            "new ADDRESS#7b34211350ff567970974e1e2b98d319a601969e74fd1a957bc889b8332d00eb MAILBOX, new ADDRESS#7b34211350ff567970974e1e2b98d319a601969e74fd1a957bc889b8332d00eb REPORT",
        ),
        "put-address" => (r#"201 "address_id":"office""#, "changed CUSTOMER#alice ADDRESSES"),
        "put-cart-line" => (r#"200 "item_count":2"#, "changed CUSTOMER#alice CART"),
        "put-coupon" => (r#"201 "coupon_code":"SPRING15""#, "new COUPON#SPRING15 COUPON"),
        "put-product" => (r#"200 "name":"Steel bottle, 750 ml""#, "changed PRODUCT#bottle-steel-750 PRODUCT"),
        "put-settings" => (r#"200 "trees_per_order":1"#, "changed STORE CURRENT, new STORE V"),
        "put-warehouse" => (r#"201 "warehouse_id":"south""#, "changed STORE CURRENT, new STORE V"),
        "show-stock" => (r#"200 "on_hand":50"#, ""),
        "split-stock" => (
            r#"200 "on_hand":50"#,
            "new PRODUCT#bottle-steel-750 STOCK, new PRODUCT#bottle-steel-750 STOCK, new PRODUCT#bottle-steel-750 STOCK",
        ),
        _ => return None,
    })
}

/// What a bin is to do with a sample, and what the shop looks like afterwards.
fn expected(function: &str) -> (Option<(Whose, Stage)>, &'static str, String) {
    if function == "adjust-stock" {
        let after = "0 , 100 + 0 units, 0 taken, 0 given back, new PRODUCT#bottle-steel-750 ZADJUST";
        return (None, r#"200 "on_hand":100"#, after.to_owned());
    }
    if let Some(Expected { order, answer, after }) = with_orders(function) {
        return (order, answer, after.to_owned());
    }
    let (answer, changes) = without_orders(function)
        .unwrap_or_else(|| panic!("say here what {function} is to do with its sample event"));
    let untouched = "0 , 50 + 0 units, 0 taken, 0 given back";
    let after = if changes.is_empty() { untouched.to_owned() } else { format!("{untouched}, {changes}") };
    (None, answer, after)
}

type Items = BTreeMap<(String, String), Value>;

/// Every item of the table, by its key.
fn items(shop: &Shop) -> Items {
    let text = |item: &Value, name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
    let items = shop.twin.cloud.dynamodb.items(&shop.twin.table).expect("the table answers");
    items.into_iter().map(|item| ((text(&item, "PK"), text(&item, "SK")), item)).collect()
}

/// What is new, changed or gone, orders and units left out: partition and kind of each item, sorted.
fn changes(before: &Items, after: &Items) -> Vec<String> {
    let keys: BTreeSet<&(String, String)> = before.keys().chain(after.keys()).collect();
    let told = |key: &(String, String)| {
        let change = match (before.get(key), after.get(key)) {
            (None, Some(_)) => "new",
            (Some(_), None) => "gone",
            (before, after) if before != after => "changed",
            _ => return None,
        };
        let kind = key.1.split('#').next().unwrap_or_default();
        let of_orders = kind == "ORDER" || kind == "PLACED" || (kind == "STOCK" && change == "changed");
        (!of_orders).then(|| format!("{change} {} {kind}", key.0))
    };
    let mut changes: Vec<String> = keys.into_iter().filter_map(told).collect();
    changes.sort();
    changes
}

/// All that a function can change, in one line.
fn look(shop: &Shop, before: &Items) -> String {
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
    seen.extend(changes(before, &items(shop)));
    seen.join(", ")
}

/// A shop on the machine's clock, which is the bins' clock too, with what the samples name and maybe their order.
async fn shop(order: Option<(Whose, Stage)>) -> (Shop, Option<Order>) {
    let shop = Shop::with(Options::default());
    samples::goods(&shop, 50).await;
    samples::belongings(&shop).await;
    let order = match order {
        Some((Whose::Alices, stage)) => Some(samples::order(&shop, samples::order_id(), now(), stage).await),
        Some((Whose::Guests, stage)) => {
            Some(samples::guest_order(&shop, "the-key-of-a-guest", now(), stage).await)
        }
        None => None,
    };
    (shop, order)
}

/// A sample event in this shop.
async fn event(shop: &Shop, sample: &str, order: Option<&Order>) -> String {
    match order {
        Some(order) => samples::event_about(shop, sample, order, now()).await,
        None => samples::event(sample),
    }
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
        let of_guests = samples::OF_GUESTS.iter().filter(|(of, _)| *of == function.name);
        let of_guests = of_guests.map(|(_, sample)| (*sample).to_owned());
        for name in [function.name.clone()].into_iter().chain(of_guests) {
            let (order, wanted, after) = expected(&name);
            let (shop, order) = shop(order).await;
            let (event, before) = (event(&shop, &name, order.as_ref()).await, items(&shop));
            let cloud = runtime_api::serve_cloud(&shop).await;
            let mut runtime = Runtime::start(bins::functions(), function, &cloud).await;
            let answer = shown(runtime.invoke(&event).await);
            assert!(
                fits(&answer, wanted),
                "{name}: {wanted} is wanted, this is the answer: {answer}\n{:#?}",
                runtime.logged()
            );
            assert_eq!(look(&shop, &before), after, "{name}");
        }
    }
}

#[tokio::test]
async fn a_bin_says_that_it_cannot_read_an_event_and_goes_on_with_the_next() {
    for function in runtime_api::functions() {
        let name = function.name.as_str();
        let (shop, order) = shop(expected(name).0).await;
        let cloud = runtime_api::serve_cloud(&shop).await;
        let mut runtime = Runtime::start(bins::functions(), function, &cloud).await;
        for malformed in ["", "{", "[]", "null", r#"{"neither":"a request nor records"}"#] {
            match runtime.invoke(malformed).await {
                Outcome::Failure(reason) => {
                    assert!(reason["errorType"].is_string(), "{name}: {malformed}: {reason}")
                }
                other => panic!("{name}: {malformed} is no event of its kind, and yet: {other:?}"),
            }
        }
        let answer = shown(runtime.invoke(&event(&shop, name, order.as_ref()).await).await);
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
        let (status, lines) = start(function.clone()).await;
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
    let (_shop, order) = shop(PAID).await;
    let order = order.expect("there is an order");
    for (worker, queue) in [
        ("email-worker", Queue::Email),
        ("fulfillment-worker", Queue::Fulfillment),
        ("invoice-worker", Queue::Invoice),
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
