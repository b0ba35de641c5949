//! `docs/openapi.yaml`: that its examples work, that answers are what it says, and that its bounds are the domain's.

mod bounds;
mod refusals;
mod sending;
mod story;
mod undoing;

use serde_json::{Value, json};
use shared::order::{Action, Status};
use std::collections::BTreeSet;
use tests::{Answer, Call, Shop};

use crate::none;
use crate::template::Template;
use crate::workspace::read;

/// The operations whose requests nobody can write by hand: Stripe and the carrier sign them.
const SIGNED: [&str; 2] = ["stripe-webhook", "carrier-webhook"];

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

/// An example of a body.
struct Example {
    name: String,
    /// Its media type.
    kind: String,
    value: Value,
}

impl Example {
    /// A request with it.
    fn sent_with(&self, call: Call) -> Call {
        match self.value.as_str() {
            Some(text) => call.header("content-type", &self.kind).bytes(text.to_owned()),
            None => call.json(&self.value),
        }
    }
}

fn document() -> Value {
    serde_norway::from_str(&read("docs/openapi.yaml")).expect("docs/openapi.yaml is YAML without tags")
}

/// What a `$ref` leads to.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(target) => {
            let pointer = target.strip_prefix('#').expect("references stay in the document");
            resolved(document, document.pointer(pointer).unwrap_or_else(|| panic!("{target} leads nowhere")))
        }
        None => value,
    }
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

    /// The examples of its body.
    fn examples(&self, document: &Value) -> Vec<Example> {
        let content = resolved(document, &self.value["requestBody"])["content"].as_object();
        let examples = content.into_iter().flatten().flat_map(|(kind, content)| {
            let examples = content["examples"].as_object().into_iter().flatten();
            examples.map(|(name, example)| Example {
                name: name.clone(),
                kind: kind.clone(),
                value: example["value"].clone(),
            })
        });
        examples.collect()
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
}

/// A shop that is sent what the document says. The workbench holds every exchange against the document's schemas.
struct Documented {
    shop: Shop,
    document: Value,
    staff: String,
    alice: String,
}

impl Documented {
    fn open() -> Self {
        let shop = Shop::open();
        Self { staff: shop.admin(), alice: shop.customer("alice"), document: document(), shop }
    }

    /// A shop that is set up as the examples say, with some of everything in its warehouse.
    async fn set_up() -> Self {
        let shop = Self::open();
        shop.examples("put-settings", &[200], &shop.staff, &[("If-Match", "")]).await;
        shop.examples("put-warehouse", &[201], &shop.staff, &[("If-Match", "")]).await;
        shop.examples("import-products", &[200], &shop.staff, &[]).await;
        for product in ["mug-enamel", "lamp-desk"] {
            let body = json!({"warehouse_id": "north", "quantity": 100, "reason": "Goods received"});
            let call = Operation::named("adjust-stock").call(&[("product_id", product)]).token(&shop.staff);
            shop.sent("adjust-stock", 200, call.json(&body)).await;
        }
        shop
    }

    /// Sends a request and checks that its answer has this status.
    #[track_caller]
    fn sent(&self, id: &str, status: u16, call: Call) -> impl Future<Output = Answer> {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.shop.send(call).await;
            assert_eq!(answer.status, status, "{id} at {caller}: {}", answer.body);
            answer
        }
    }

    /// Sends one example of an operation's body, as staff if that is its name; an empty token is none.
    async fn example(
        &self,
        id: &str,
        example: &Example,
        status: u16,
        token: &str,
        instead: &[(&str, &str)],
    ) -> Answer {
        let key = format!("{id}-{}", example.name);
        let instead: Vec<_> = instead.iter().copied().chain([("Idempotency-Key", key.as_str())]).collect();
        let call = example.sent_with(Operation::named(id).call(&instead));
        let token = if example.name == "staff" { &self.staff } else { token };
        self.sent(id, status, if token.is_empty() { call } else { call.token(token) }).await
    }

    /// Sends every example of an operation's body; the last status holds for all further ones. The answers.
    async fn examples(
        &self,
        id: &str,
        statuses: &[u16],
        token: &str,
        instead: &[(&str, &str)],
    ) -> Vec<Answer> {
        let examples = Operation::named(id).examples(&self.document);
        assert!(!examples.is_empty(), "{id} has examples");
        let mut answers = Vec::new();
        for (at, example) in examples.iter().enumerate() {
            let status = statuses[at.min(statuses.len() - 1)];
            answers.push(self.example(id, example, status, token, instead).await);
        }
        answers
    }
}

#[test]
fn the_document_knows_every_status() {
    let statuses: Vec<&str> = Status::ALL.into_iter().map(Status::as_str).collect();
    assert_eq!(document()["components"]["schemas"]["Status"]["enum"], json!(statuses));
}

/// What only workers and the provider do is on no wire.
#[test]
fn the_document_knows_every_action_of_people() {
    let of_people = Action::all().map(Action::name);
    let of_workers =
        |name: &str| ["expire", "buy_label", "note_bill"].contains(&name) || name.starts_with("record_");
    let of_people: BTreeSet<&str> = of_people.filter(|name| !of_workers(name)).collect();
    let document = document();
    let documented = document["components"]["schemas"]["Action"]["enum"].as_array().into_iter().flatten();
    assert_eq!(documented.filter_map(Value::as_str).collect::<BTreeSet<_>>(), of_people);
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
        if !SIGNED.contains(&operation.id.as_str()) && !operation.value["requestBody"].is_null() {
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
