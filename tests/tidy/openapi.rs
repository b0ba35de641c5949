//! `docs/openapi.yaml`: that its examples work, that answers are what it says, and that its bounds are the domain's.

use serde_json::{Value, json};
use shared::limits;
use shared::order::Status;
use std::collections::BTreeSet;
use tests::{Answer, Call, Shop};

use crate::none;
use crate::schema::{resolved, violations};
use crate::template::Template;
use crate::workspace::read;

/// The one operation whose request nobody can write by hand: Stripe signs it.
const SIGNED: &str = "stripe-webhook";

/// An operation of the document.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `GET`, …
    pub method: String,
    /// With parameters in braces.
    pub path: String,
    /// Its `operationId`.
    pub id: String,
    /// The function that answers it: `x-function`, or the operation id.
    pub function: String,
    value: Value,
    parameters: Vec<Value>,
}

fn document() -> Value {
    serde_norway::from_str(&read("docs/openapi.yaml")).expect("docs/openapi.yaml is YAML without tags")
}

/// Every operation.
pub fn operations() -> Vec<Operation> {
    let document = document();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in ["get", "put", "post", "delete", "patch"] {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
            let parameters = [&item["parameters"], &operation["parameters"]];
            let parameters = parameters.iter().flat_map(|list| list.as_array().into_iter().flatten());
            operations.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                function: operation["x-function"].as_str().unwrap_or(&id).to_owned(),
                id,
                parameters: parameters.map(|parameter| resolved(&document, parameter).clone()).collect(),
                value: operation.clone(),
            });
        }
    }
    operations
}

impl Operation {
    fn named(id: &str) -> Self {
        operations()
            .into_iter()
            .find(|operation| operation.id == id)
            .unwrap_or_else(|| panic!("there is no {id}"))
    }

    /// Names and values of the examples of its body, and its schema.
    fn bodies(&self, document: &Value) -> (Vec<(String, Value)>, Value) {
        let content = &resolved(document, &self.value["requestBody"])["content"]["application/json"];
        let examples = content["examples"].as_object().into_iter().flatten();
        (
            examples.map(|(name, example)| (name.clone(), example["value"].clone())).collect(),
            content["schema"].clone(),
        )
    }

    /// A request with the document's examples for all parameters, but these values instead of some; an empty one leaves
    /// its parameter out.
    fn call(&self, instead: &[(&str, &str)]) -> Call {
        let value = |parameter: &Value| {
            let name = parameter["name"].as_str().unwrap_or_default();
            let given =
                instead.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            let example = &parameter["example"];
            let example = example
                .as_str()
                .map(str::to_owned)
                .or_else(|| example.as_u64().map(|number| number.to_string()));
            given.or(example).filter(|value| !value.is_empty()).map(|value| (name.to_owned(), value))
        };
        let of = |place: &str| -> Vec<(String, String)> {
            self.parameters.iter().filter(|parameter| parameter["in"] == place).filter_map(value).collect()
        };
        let mut path = self.path.clone();
        for (name, value) in of("path") {
            path = path.replace(&format!("{{{name}}}"), &value);
        }
        let query: Vec<String> = of("query").iter().map(|(name, value)| format!("{name}={value}")).collect();
        let path = if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) };
        of("header")
            .iter()
            .fold(Call::new(&self.method, &path), |call, (name, value)| call.header(name, value))
    }

    /// What an answer is not, of what the document says about this operation's answers.
    fn violations(&self, document: &Value, answer: &Answer) -> Vec<String> {
        let at = format!("{} {}", self.id, answer.status);
        let Some(response) = self.value["responses"].get(answer.status.to_string()) else {
            return vec![format!("{at} is not documented: {}", answer.body)];
        };
        let response = resolved(document, response);
        let headers = response["headers"].as_object().into_iter().flatten().map(|(name, _)| name);
        let mut found: Vec<String> = headers
            .filter(|name| answer.header(name).is_none())
            .map(|name| format!("{at} has no header {name}"))
            .collect();
        let kind = answer.header("content-type").unwrap_or_default();
        match response["content"].get(kind) {
            Some(content) => found.extend(
                violations(document, &content["schema"], &answer.body).iter().map(|v| format!("{at}: {v}")),
            ),
            None if kind.is_empty() && response["content"].is_null() => {}
            None => found.push(format!("{at} is {kind:?}")),
        }
        found
    }
}

/// A shop whose answers are held against the document.
struct Contract {
    shop: Shop,
    document: Value,
    staff: String,
    alice: String,
}

impl Contract {
    fn open() -> Self {
        let shop = Shop::open();
        Self { staff: shop.admin(), alice: shop.customer("alice"), document: document(), shop }
    }

    /// Sends a request and checks that its answer has this status and is one that the document knows.
    #[track_caller]
    fn sent(&self, id: &str, status: u16, call: Call) -> impl Future<Output = Answer> {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.shop.send(call).await;
            assert_eq!(answer.status, status, "{id} at {caller}: {}", answer.body);
            none(&Operation::named(id).violations(&self.document, &answer));
            answer
        }
    }

    /// Sends every example of an operation's body; the answers.
    async fn examples(&self, id: &str, status: u16, token: &str, instead: &[(&str, &str)]) -> Vec<Answer> {
        let operation = Operation::named(id);
        let (examples, schema) = operation.bodies(&self.document);
        assert!(!examples.is_empty(), "{id} has examples");
        let mut answers = Vec::new();
        for (name, body) in examples {
            none(
                &violations(&self.document, &schema, &body)
                    .iter()
                    .map(|v| format!("{id} {name}: {v}"))
                    .collect::<Vec<_>>(),
            );
            let key = format!("{id}-{name}");
            let instead: Vec<_> =
                instead.iter().copied().chain([("Idempotency-Key", key.as_str())]).collect();
            let token = if name == "staff" { &self.staff } else { token };
            answers.push(self.sent(id, status, operation.call(&instead).token(token).json(&body)).await);
        }
        answers
    }
}

#[tokio::test]
async fn the_examples_work_and_the_answers_are_as_documented() {
    let shop = Contract::open();
    let (staff, alice) = (shop.staff.as_str(), shop.alice.as_str());
    let plain = |id: &str, instead: &[(&str, &str)]| Operation::named(id).call(instead).token(alice);
    let unconditional = [("If-Match", "")];
    shop.examples("put-product", 201, staff, &unconditional).await;
    shop.examples("put-product", 200, staff, &[]).await;
    shop.examples("adjust-stock", 200, staff, &[]).await;
    shop.sent("list-products", 200, Operation::named("list-products").call(&[])).await;
    shop.sent("get-product", 200, Operation::named("get-product").call(&[])).await;

    let orders = shop.examples("place-order", 201, alice, &[]).await;
    for again in shop.examples("place-order", 200, alice, &[]).await {
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
    }
    shop.shop.finish().await;
    let ids: Vec<String> = orders.iter().map(Answer::order_id).collect();
    let (id, number) = (ids[0].as_str(), orders[0].body["order_number"].as_str().unwrap_or_default());
    for (operation, instead) in
        [("get-order", [("order_id", id)]), ("find-order-by-number", [("order_number", number)])]
    {
        let order = shop.sent(operation, 200, plain(operation, &instead)).await;
        let tag = order.header("etag").unwrap_or_default().to_owned();
        let known = [instead[0], ("If-None-Match", tag.as_str())];
        shop.sent(operation, 304, plain(operation, &known)).await;
    }
    shop.sent("track-order", 200, plain("track-order", &[("order_id", id)])).await;
    let page = shop.sent("list-orders", 200, plain("list-orders", &[])).await;
    assert_eq!(page.body["pagination"]["total_items"], json!(orders.len()));
    let first = shop.sent("list-orders", 200, plain("list-orders", &[("per_page", "1")])).await;
    let cursor = first.body["next_cursor"].as_str().expect("there is more").to_owned();
    shop.sent("list-orders", 200, plain("list-orders", &[("cursor", &cursor)])).await;

    shop.examples("cancel-order", 200, alice, &[("order_id", &ids[0])]).await;
    shop.examples("cancel-order-put", 200, alice, &[("order_id", &ids[1])]).await;
    shop.sent("cancel-order-delete", 200, plain("cancel-order-delete", &[("order_id", &ids[2])])).await;
    shop.shop.finish().await;
    shop.sent("get-order", 200, plain("get-order", &[("order_id", id)])).await;
    shop.sent("track-order", 200, plain("track-order", &[("order_id", id)])).await;
}

#[tokio::test]
async fn refusals_are_as_documented() {
    let shop = Contract::open();
    let (staff, alice) = (shop.staff.as_str(), shop.alice.as_str());
    shop.shop.stock("mug-enamel", "12.50", "north", 10).await;
    let order = |card: &str, quantity: u32| tests::order_body("mug-enamel", quantity, card);
    let post = |instead: &[(&str, &str)]| Operation::named("place-order").call(instead).token(alice);
    let changed = |field: &str, value: Value| {
        let mut body = order("cod", 1);
        body[field] = value;
        body
    };
    let keyless = Call::post("/api/v1/orders").token(alice).json(&order("cod", 1));
    let long = "x".repeat(limits::BODY_BYTES + 1);
    let calls = [
        (400, "malformed_body", post(&[]).json(&json!({"lines": 1}))),
        (400, "malformed_json", post(&[]).header("content-type", "application/json").bytes("{")),
        (400, "idempotency_key_required", keyless),
        (400, "idempotency_key_invalid", post(&[("Idempotency-Key", "a b")]).json(&order("cod", 1))),
        (401, "", Operation::named("place-order").call(&[]).json(&order("cod", 1))),
        (
            402,
            "payment_declined",
            post(&[("Idempotency-Key", "no")]).json(&order("pm_card_chargeDeclined", 1)),
        ),
        (409, "out_of_stock", post(&[]).json(&order("cod", 99))),
        (409, "total_changed", post(&[]).json(&changed("expected_total", json!("1.00")))),
        (413, "body_too_large", post(&[]).header("content-type", "application/json").bytes(long)),
        (415, "unsupported_media_type", post(&[]).bytes("{}")),
        (422, "invalid_request", post(&[]).json(&changed("lines", json!([])))),
        (422, "idempotency_key_reused", post(&[("Idempotency-Key", "no")]).json(&order("cod", 2))),
    ];
    for (status, code, call) in calls {
        assert_eq!(shop.sent("place-order", status, call).await.code(), code);
    }
    let get = |id: &str, instead: &[(&str, &str)]| Operation::named(id).call(instead).token(alice);
    let calls = [
        ("get-order", 404, "not_found", get("get-order", &[])),
        ("find-order-by-number", 404, "not_found", get("find-order-by-number", &[])),
        ("track-order", 404, "not_found", get("track-order", &[])),
        ("cancel-order", 404, "not_found", get("cancel-order", &[])),
        ("get-product", 404, "not_found", get("get-product", &[("product_id", "none")])),
        ("list-orders", 400, "invalid_cursor", get("list-orders", &[("cursor", "x")])),
        ("list-orders", 422, "invalid_request", get("list-orders", &[("page", "0")])),
        ("list-products", 400, "invalid_cursor", get("list-products", &[("cursor", "x")])),
        ("list-products", 422, "invalid_request", get("list-products", &[("limit", "101")])),
        ("put-product", 403, "", get("put-product", &[])),
        ("adjust-stock", 403, "", get("adjust-stock", &[])),
        (SIGNED, 400, "invalid_signature", get(SIGNED, &[])),
    ];
    for (id, status, code, call) in calls {
        assert_eq!(shop.sent(id, status, call).await.code(), code, "{id}");
    }
    let product = json!({"name": "Mug", "price": "1.00", "currency": "EUR", "weight_grams": 1});
    let put = Operation::named("put-product").call(&[("If-Match", "\"7\"")]).token(staff).json(&product);
    assert_eq!(shop.sent("put-product", 412, put).await.code(), "version_mismatch");
    let adjust = |instead: &[(&str, &str)], quantity: i64| {
        let body = json!({"warehouse_id": "north", "quantity": quantity, "reason": "count"});
        Operation::named("adjust-stock").call(instead).token(staff).json(&body)
    };
    let calls = [
        (404, "not_found", adjust(&[("product_id", "none")], 1)),
        (409, "stock_out_of_range", adjust(&[], -1_000)),
        (422, "invalid_request", adjust(&[], 0)),
    ];
    for (status, code, call) in calls {
        assert_eq!(shop.sent("adjust-stock", status, call).await.code(), code);
    }
}

#[test]
fn the_documents_bounds_are_the_domains() {
    let document = document();
    let bounds = [
        ("PlaceOrder/properties/lines/maxItems", limits::LINES as u64),
        ("PlaceLine/properties/quantity/maximum", u64::from(limits::QUANTITY)),
        ("PlaceOrder/properties/notes/maxLength", limits::NOTES as u64),
        ("PlaceOrder/properties/internal_notes/maxLength", limits::NOTES as u64),
        ("PlaceOrder/properties/override_reason/maxLength", limits::REASON as u64),
        ("PlaceOrder/properties/contact_email/maxLength", limits::EMAIL as u64),
        ("CancelOrder/properties/reason/maxLength", limits::REASON as u64),
        ("AdjustStock/properties/reason/maxLength", limits::REASON as u64),
        ("AdjustStock/properties/quantity/maximum", limits::STOCK as u64),
        ("PutProduct/properties/name/maxLength", limits::NAME as u64),
        ("PutProduct/properties/description/maxLength", limits::NOTES as u64),
        ("AmountGiven/anyOf/1/maximum", limits::AMOUNT as u64),
        ("OrderPage/properties/orders/maxItems", u64::from(limits::PAGE)),
    ];
    let names =
        ["name", "street", "house_number", "additional_info", "postal_code", "city", "state", "phone"];
    let names = names.map(|name| (format!("Address/properties/{name}/maxLength"), limits::NAME as u64));
    let schemas = bounds.map(|(pointer, bound)| (pointer.to_owned(), bound)).into_iter().chain(names);
    let others = [
        ("/components/parameters/IdempotencyKey/schema/maxLength", limits::IDEMPOTENCY_KEY as u64),
        ("/components/parameters/Limit/schema/maximum", u64::from(limits::PAGE)),
        ("/components/parameters/Limit/schema/default", u64::from(limits::DEFAULT_PAGE)),
        ("/paths/~1api~1v1~1orders/get/parameters/1/schema/maximum", u64::from(limits::PAGE_DEPTH)),
        ("/paths/~1api~1v1~1orders/get/parameters/2/schema/maximum", u64::from(limits::PAGE)),
        ("/paths/~1api~1v1~1orders/get/parameters/2/schema/default", u64::from(limits::DEFAULT_PAGE)),
    ];
    let all = schemas.map(|(pointer, bound)| (format!("/components/schemas/{pointer}"), bound));
    let all = all.chain(others.map(|(pointer, bound)| (pointer.to_owned(), bound)));
    let broken =
        all.filter(|(pointer, bound)| document.pointer(pointer).and_then(Value::as_u64) != Some(*bound));
    none(&broken.map(|(pointer, bound)| format!("{pointer} is not {bound}")).collect::<Vec<_>>());

    // Those that no keyword can say are in words.
    let text = read("docs/openapi.yaml");
    for words in [
        format!("A body has at most {} bytes", limits::BODY_BYTES),
        format!("At most {} distinct products", limits::DISTINCT_PRODUCTS),
        format!("at most {} seconds old", shared::webhook_signature::TOLERANCE_SECONDS),
    ] {
        assert!(text.contains(&words), "the document does not say: {words}");
    }
}

#[test]
fn the_document_knows_every_status() {
    let statuses: Vec<&str> = Status::ALL.into_iter().map(Status::as_str).collect();
    assert_eq!(document()["components"]["schemas"]["Status"]["enum"], json!(statuses));
}

#[test]
fn the_document_asks_for_a_token_where_the_template_does() {
    let routes = Template::load().routes();
    let mut broken = Vec::new();
    for operation in operations() {
        let route =
            routes.iter().find(|route| route.method == operation.method && route.path == operation.path);
        let wanted = match route {
            Some(route) if route.public => json!([]),
            Some(route) if !route.scopes.is_empty() => json!([{ "token": route.scopes }]),
            _ => Value::Null,
        };
        if operation.value["security"] != wanted {
            broken.push(format!("{}: {}", operation.id, operation.value["security"]));
        }
    }
    none(&broken);
}

#[test]
fn every_operation_says_what_can_go_wrong_with_it() {
    let document = document();
    let mut broken = Vec::new();
    for operation in operations() {
        let said: BTreeSet<&str> = operation.value["responses"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(status, _)| status.as_str())
            .collect();
        let mut wanted = vec!["429", "500", "503"];
        match operation.value["security"].as_array() {
            None => wanted.push("401"),
            Some(scopes) if scopes.is_empty() => {}
            Some(_) => wanted.extend(["401", "403"]),
        }
        if !operation.value["requestBody"].is_null() {
            wanted.extend(["400", "413"]);
        }
        if operation.path.contains('{') {
            wanted.push("404");
        }
        if operation.id != SIGNED && !operation.bodies(&document).0.is_empty() {
            wanted.extend(["415", "422"]);
        }
        broken.extend(
            wanted
                .iter()
                .filter(|status| !said.contains(*status))
                .map(|status| format!("{} {status}", operation.id)),
        );
    }
    none(&broken);
}
