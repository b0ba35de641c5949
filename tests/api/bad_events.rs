//! Events that are not as they should be, straight into the functions: queues, the stream, and requests that came past
//! the gateway's authorizer.

use serde_json::{Value, json};
use shared::keys::ORDER_PREFIX;
use tests::{START, Shop, order, order_body};

use crate::support::{World, assert_has, events, get, mails, money};

/// Calls a function as Lambda does; `None` if the whole invocation failed.
async fn invoke(shop: &Shop, name: &str, event: &str) -> Option<Value> {
    let function = functions::function(name).expect("there is such a function");
    let app = shop.twin.lambda.app(name).expect("it is deployed");
    let answer = functions::invoke(function, app, event, "test").await.ok()?;
    Some(serde_json::from_str(&answer).expect("an answer is JSON"))
}

/// A batch of a queue: bodies by message id.
fn batch(messages: &[(&str, String)]) -> String {
    let records =
        messages.iter().map(|(id, body)| json!({"messageId": id, "body": body, "eventSource": "aws:sqs"}));
    json!({"Records": records.collect::<Vec<_>>()}).to_string()
}

fn failures(ids: &[&str]) -> Value {
    json!({"batchItemFailures": ids.iter().map(|id| json!({"itemIdentifier": id})).collect::<Vec<_>>()})
}

fn message(order: &str, customer: &str, sequence: u64) -> Value {
    json!({"order_id": order, "customer_id": customer, "sequence": sequence, "type": "placed"})
}

/// Messages that no worker can do anything with, by a name for each.
fn broken(order: &str) -> Vec<(&'static str, String)> {
    let good = message(order, "alice", 1);
    let with = |name: &str, value: Value| {
        let mut message = good.clone();
        message[name] = value;
        message.to_string()
    };
    let absent = format!("{}{}", &order[..35], if order.ends_with('0') { '1' } else { '0' });
    vec![
        ("empty", String::new()),
        ("not JSON", "hello".to_owned()),
        ("half JSON", good.to_string()[..40].to_owned()),
        ("another shape", "{}".to_owned()),
        ("null", "null".to_owned()),
        ("a list", "[]".to_owned()),
        ("deep", "[".repeat(100_000)),
        ("unknown field", with("priority", json!(1))),
        ("sequence is a text", with("sequence", json!("1"))),
        ("sequence is negative", with("sequence", json!(-1))),
        ("order id is none", with("order_id", json!("ord_1"))),
        ("order id with a separator", with("order_id", json!(format!("{order}#")))),
        ("customer is none", with("customer_id", json!(""))),
        ("customer with a separator", with("customer_id", json!("alice#ORDER"))),
        ("order is not there", with("order_id", json!(absent))),
        ("order is somebody else's", with("customer_id", json!("bob"))),
    ]
}

/// A shop with two orders whose events nobody has delivered yet.
async fn shop(card: &str) -> (Shop, [String; 2]) {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    let alice = shop.customer("alice");
    let mut ids = [String::new(), String::new()];
    for (at, id) in ids.iter_mut().enumerate() {
        let placed = shop.send(order(&alice, &format!("k{at}"), "mug", 1, card)).await;
        assert_eq!(placed.status, 201, "{placed:?}");
        *id = placed.order_id();
    }
    (shop, ids)
}

/// Sends a worker the broken messages alone, one by one, then in the middle of two good ones.
async fn check_worker(
    shop: &Shop,
    worker: &str,
    ids: &[String; 2],
    sequence: u64,
    more: &[(&'static str, String)],
) {
    let mut bad = broken(&ids[0]);
    bad.extend_from_slice(more);
    let world = World::of(shop);
    for (name, body) in &bad {
        let answer = invoke(shop, worker, &batch(&[(*name, body.clone())])).await;
        assert_eq!(answer, Some(failures(&[*name])), "{worker}, {name}");
    }
    world.assert_unchanged(shop, "broken messages");
    let good = |id: &String| message(id, "alice", sequence).to_string();
    let mut messages = vec![("first", good(&ids[0]))];
    messages.extend(bad.iter().cloned());
    messages.push(("last", good(&ids[1])));
    let named: Vec<&str> = bad.iter().map(|(name, _)| *name).collect();
    for round in ["once", "again"] {
        assert_eq!(
            invoke(shop, worker, &batch(&messages)).await,
            Some(failures(&named)),
            "{worker}, {round}"
        );
    }
}

#[tokio::test]
async fn broken_messages_do_not_keep_mails_of_the_same_batch_from_being_sent_once() {
    let (shop, ids) = shop("cod").await;
    let more = [
        ("event that did not happen", message(&ids[0], "alice", 99).to_string()),
        ("event zero", message(&ids[0], "alice", 0).to_string()),
    ];
    check_worker(&shop, "email-worker", &ids, 1, &more).await;
    assert_eq!((mails(&shop, "received").len(), mails(&shop, "").len()), (2, 2));
}

#[tokio::test]
async fn broken_messages_do_not_keep_orders_of_the_same_batch_from_being_prepared() {
    let (shop, ids) = shop("cod").await;
    let alice = shop.customer("alice");
    let unpaid = shop.send(order(&alice, "k9", "mug", 1, "pm_card_threeDSecure2Required")).await.order_id();
    // A part that is called off before it is paid sends one, and the confirmation another.
    let early = batch(&[("not paid yet", message(&unpaid, "alice", 1).to_string())]);
    assert_eq!(invoke(&shop, "fulfillment-worker", &early).await, Some(failures(&[])));
    check_worker(&shop, "fulfillment-worker", &ids, 2, &[]).await;
    for id in &ids {
        let order = get(&shop, &alice, id).await;
        assert_eq!(events(&order.body), ["placed", "confirmed", "preparing"]);
    }
    assert_eq!(get(&shop, &alice, &unpaid).await.body["status"], "pending");
}

#[tokio::test]
async fn broken_messages_do_not_keep_unpaid_orders_of_the_same_batch_from_expiring() {
    let (shop, ids) = shop("pm_card_threeDSecure2Required").await;
    shop.twin.cloud.clock.advance(31 * 60 * 1000);
    check_worker(&shop, "payment-worker", &ids, 1, &[]).await;
    for id in &ids {
        assert_eq!(get(&shop, &shop.customer("alice"), id).await.body["status"], "cancelled");
    }
    assert_eq!((shop.units("mug"), money(&shop)), ((10, 0), (0, 0)));
}

#[tokio::test]
async fn broken_messages_do_not_keep_bills_of_the_same_batch_from_being_numbered_once() {
    let (shop, ids) = shop("cod").await;
    check_worker(&shop, "invoice-worker", &ids, 2, &[]).await;
    let items = shop.twin.cloud.dynamodb.items(&shop.twin.table).expect("items");
    let bills =
        items.iter().filter(|item| item["SK"]["S"].as_str().is_some_and(|key| key.starts_with("BILL#")));
    let mut numbers: Vec<&str> = bills.filter_map(|bill| bill["b"]["S"].as_str()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, ["INV-000001", "INV-000002"]);
}

#[tokio::test]
async fn an_empty_batch_is_done_and_an_event_that_is_no_batch_fails_as_a_whole() {
    let shop = Shop::open();
    for function in ["email-worker", "fulfillment-worker", "invoice-worker", "payment-worker", "relay"] {
        assert_eq!(invoke(&shop, function, r#"{"Records":[]}"#).await, Some(failures(&[])), "{function}");
        for event in [
            "",
            "hello",
            "{}",
            "null",
            r#"{"Records":{}}"#,
            r#"{"Records":[{"body":"{}"}]}"#,
            r#"{"records":[]}"#,
        ] {
            assert_eq!(invoke(&shop, function, event).await, None, "{function}: {event}");
        }
    }
}

/// Changes of heads of orders, as the stream brings them.
fn heads(shop: &Shop) -> Vec<Value> {
    let changes = shop.twin.cloud.dynamodb.changes(&shop.twin.table, None, 1_000).expect("changes");
    let is_head = |change: &Value| {
        change["dynamodb"]["Keys"]["SK"]["S"].as_str().is_some_and(|sk| sk.starts_with(ORDER_PREFIX))
    };
    changes.into_iter().filter(is_head).collect()
}

/// Order ids of the messages in a queue.
fn queued(shop: &Shop, queue: &str) -> Vec<String> {
    let messages = shop.twin.cloud.sqs.messages(queue).into_iter();
    let bodies =
        messages.map(|message| serde_json::from_str::<Value>(&message.body).expect("a message is JSON"));
    bodies.map(|body| body["order_id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn a_broken_change_stops_the_batch_there_and_is_the_only_one_named() {
    let (model, _) = shop("cod").await;
    let broken_image = |name: &str, value: Value| {
        let mut image = heads(&model)[0]["dynamodb"]["NewImage"].clone();
        image[name] = value;
        image
    };
    let without_status = {
        let mut image = heads(&model)[0]["dynamodb"]["NewImage"].clone();
        image.as_object_mut().expect("an image").remove("status").expect("a status");
        image
    };
    for (what, image) in [
        ("a head that lacks its status", without_status),
        ("a status of tomorrow", broken_image("status", json!({"S": "teleported"}))),
        ("a total that is none", broken_image("total", json!({"S": "a lot"}))),
        ("an attribute without a type", broken_image("total", json!("25.00 EUR"))),
        ("an attribute of two types", broken_image("total", json!({"S": "25.00 EUR", "N": "25"}))),
        ("an attribute of a type that we do not have", broken_image("tags", json!({"SS": ["a"]}))),
        ("bytes that are none", broken_image("z", json!({"B": "%%%"}))),
        ("an image that is none", json!("image")),
    ] {
        let (shop, ids) = shop("cod").await;
        let changes = heads(&shop);
        let mut bad = changes[0].clone();
        bad["dynamodb"]["NewImage"] = image;
        bad["dynamodb"]["SequenceNumber"] = json!("777");
        let event = |changes: &[&Value]| json!({"Records": changes}).to_string();
        let world = World::of(&shop);
        assert_eq!(invoke(&shop, "relay", &event(&[&bad])).await, Some(failures(&["777"])), "{what}");
        world.assert_unchanged(&shop, what);
        assert!(
            ["EmailQueue", "FulfillmentQueue", "InvoiceQueue", "PaymentQueue"]
                .iter()
                .all(|queue| queued(&shop, queue).is_empty()),
            "{what}"
        );

        let answer = invoke(&shop, "relay", &event(&[&changes[0], &bad, &changes[1]])).await;
        assert_eq!(answer, Some(failures(&["777"])), "{what}");
        let first = ids
            .iter()
            .find(|id| queued(&shop, "FulfillmentQueue").contains(id))
            .expect("the first is through")
            .clone();
        assert_eq!(
            queued(&shop, "FulfillmentQueue"),
            std::slice::from_ref(&first),
            "what is behind it waits: {what}"
        );
        assert_eq!(queued(&shop, "EmailQueue"), [first.clone(), first.clone()], "{what}");
        assert!(queued(&shop, "PaymentQueue").is_empty(), "cash needs no looking after: {what}");
    }
}

#[tokio::test]
async fn a_change_that_cannot_be_named_fails_the_batch_as_a_whole() {
    let (shop, _) = shop("cod").await;
    let mut nameless = heads(&shop)[0].clone();
    nameless["dynamodb"].as_object_mut().expect("images").remove("SequenceNumber").expect("a number");
    for record in [nameless, json!({}), json!({"dynamodb": {}}), json!(1), json!(null)] {
        let event = json!({"Records": [record]}).to_string();
        assert_eq!(invoke(&shop, "relay", &event).await, None, "{record:.60}");
    }
    assert!(queued(&shop, "EmailQueue").is_empty());
}

#[tokio::test]
async fn changes_of_other_items_and_deletions_are_passed_over() {
    let (shop, _) = shop("cod").await;
    let changes = shop.twin.cloud.dynamodb.changes(&shop.twin.table, None, 1_000).expect("changes");
    let known: Vec<_> = heads(&shop).iter().map(Value::to_string).collect();
    let mut others: Vec<Value> =
        changes.into_iter().filter(|change| !known.contains(&change.to_string())).collect();
    assert!(others.len() >= 6, "products, stock and documents: {others:#?}");
    let mut deletion = heads(&shop)[0].clone();
    deletion["dynamodb"]["OldImage"] = deletion["dynamodb"]["NewImage"].take();
    deletion["dynamodb"].as_object_mut().expect("images").remove("NewImage");
    others.push(deletion);
    let world = World::of(&shop);
    assert_eq!(invoke(&shop, "relay", &json!({"Records": others}).to_string()).await, Some(failures(&[])));
    world.assert_unchanged(&shop, "changes that are not ours");
    assert!(queued(&shop, "EmailQueue").is_empty());
}

#[tokio::test]
async fn a_change_that_is_brought_twice_is_counted_once_and_mailed_once() {
    let (shop, ids) = shop("cod").await;
    let event = json!({"Records": heads(&shop)}).to_string();
    for _ in 0..3 {
        assert_eq!(invoke(&shop, "relay", &event).await, Some(failures(&[])));
    }
    assert_eq!(queued(&shop, "FulfillmentQueue").len(), 6, "at least once means that it may come again");
    shop.finish().await;
    let alice = shop.customer("alice");
    let list = shop.send(tests::Call::get("/api/v1/orders").token(&alice)).await;
    assert_eq!(list.body["pagination"]["total_items"], 2);
    assert_eq!((mails(&shop, "received").len(), mails(&shop, "confirmed").len()), (2, 2));
    for id in &ids {
        assert_eq!(events(&get(&shop, &alice, id).await.body), ["placed", "confirmed", "preparing"]);
    }
}

/// A request as the gateway hands it on, with these claims of a token; null for none.
fn request(route: &str, parameters: &Value, claims: &Value, body: &Value) -> Value {
    let (method, path) = route.split_once(' ').expect("method and path");
    let mut event = json!({
        "version": "2.0", "routeKey": route, "rawPath": path, "rawQueryString": "",
        "headers": {"content-type": "application/json", "idempotency-key": "k1"},
        "pathParameters": parameters, "isBase64Encoded": false, "body": body.to_string(),
        "requestContext": {
            "accountId": "0", "apiId": "a", "domainName": "d", "domainPrefix": "d", "requestId": "req-1", "routeKey": route,
            "stage": "$default", "time": "01/Mar/2026:10:00:00 +0000", "timeEpoch": START * 1000,
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "test"},
        },
    });
    if !claims.is_null() {
        event["requestContext"]["authorizer"] = json!({"jwt": {"claims": claims, "scopes": null}});
    }
    event
}

fn is_problem(answer: Option<&Value>, status: u16, code: &str) -> bool {
    let body = answer.and_then(|answer| answer["body"].as_str()).unwrap_or_default();
    let problem: Value = serde_json::from_str(body).unwrap_or_default();
    answer.is_some_and(|answer| {
        answer["statusCode"] == status && answer["headers"]["content-type"] == "application/problem+json"
    }) && (&problem["code"], &problem["status"], &problem["request_id"])
        == (&json!(code), &json!(status), &json!("req-1"))
}

#[tokio::test]
async fn functions_check_the_caller_themselves_even_if_the_gateway_would_not() {
    let (shop, ids) = shop("cod").await;
    shop.finish().await;
    let world = World::of(&shop);
    let product = json!({"name": "Mug", "price": "1.00", "currency": "EUR", "weight_grams": 1});
    let adjustment = json!({"warehouse_id": "north", "quantity": 1, "reason": "counted"});
    let order_parameters = json!({"order_id": ids[0]});
    let product_parameters = json!({"product_id": "mug"});
    let functions = [
        ("place-order", "POST /api/v1/orders", json!({}), order_body("mug", 1, "cod"), false),
        ("get-order", "GET /api/v1/orders/{order_id}", order_parameters.clone(), json!(null), false),
        (
            "find-order-by-number",
            "GET /api/v1/orders/number/{order_number}",
            json!({"order_number": "00000-00000-0"}),
            json!(null),
            false,
        ),
        ("list-orders", "GET /api/v1/orders", json!({}), json!(null), false),
        (
            "track-order",
            "GET /api/v1/orders/{order_id}/tracking",
            order_parameters.clone(),
            json!(null),
            false,
        ),
        (
            "summarize-order",
            "GET /api/v1/orders/{order_id}/summary",
            order_parameters.clone(),
            json!(null),
            false,
        ),
        ("show-impact", "GET /api/v1/orders/{order_id}/impact", order_parameters.clone(), json!(null), false),
        ("cancel-order", "POST /api/v1/orders/{order_id}/cancel", order_parameters, json!({}), false),
        ("put-product", "PUT /api/v1/admin/products/{product_id}", product_parameters.clone(), product, true),
        (
            "adjust-stock",
            "POST /api/v1/admin/products/{product_id}/stock",
            product_parameters,
            adjustment,
            true,
        ),
    ];
    for (name, route, parameters, body, admin) in &functions {
        for claims in [
            json!(null),
            json!({}),
            json!({"sub": ""}),
            json!({"sub": "alice#1"}),
            json!({"scope": "orders:admin"}),
        ] {
            let answer = invoke(&shop, name, &request(route, parameters, &claims, body).to_string()).await;
            assert!(is_problem(answer.as_ref(), 401, "unauthorized"), "{name} {claims}: {answer:?}");
        }
        for scope in
            ["orders", "", "orders:administrator", "xorders:admin", "ORDERS:ADMIN"].iter().filter(|_| *admin)
        {
            let claims = json!({"sub": "alice", "scope": scope, "cognito:groups": "[customers]"});
            let answer = invoke(&shop, name, &request(route, parameters, &claims, body).to_string()).await;
            assert!(is_problem(answer.as_ref(), 403, "forbidden"), "{name} {scope}: {answer:?}");
        }
    }
    shop.finish().await;
    world.assert_unchanged(&shop, "callers without a right");

    // Staff by the group that a user pool's token has.
    let (name, route, parameters, body, _) = &functions[7];
    let claims = json!({"sub": "eve", "scope": "orders", "cognito:groups": "[staff orders:admin]"});
    let answer =
        invoke(&shop, name, &request(route, parameters, &claims, body).to_string()).await.expect("an answer");
    assert_has(&answer, &json!({"statusCode": 200}));
}

fn is_http(function: functions::Function) -> bool {
    use functions::Function::{Http, HttpOpen, HttpQuery};
    matches!(function, Http(_) | HttpQuery(..) | HttpOpen(_))
}

#[tokio::test]
async fn an_event_that_is_no_request_fails_the_invocation_and_nothing_else() {
    let (shop, _) = shop("cod").await;
    let world = World::of(&shop);
    for function in functions::REGISTRY.iter().filter(|(_, function)| is_http(*function)) {
        for event in ["", "hello", "{}", "null", "[]", r#"{"Records":[]}"#] {
            assert_eq!(invoke(&shop, function.0, event).await, None, "{}: {event}", function.0);
        }
    }
    world.assert_unchanged(&shop, "events of another kind");
}
