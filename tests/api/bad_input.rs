//! Every HTTP function against input that is wrong: each refusal is the documented one and leaves nothing behind.
//!
//! A test here is a table of cases that goes through [`check`]; a file has the cases of one subject.

mod after_the_sale;
mod cancelling;
mod everywhere;
mod gateway;
mod placing;
mod placing_rules;
mod products;
mod reading;
mod sending;
mod webhook;

use bytes::Bytes;
use serde_json::{Value, json};
use tests::{Answer, Call, Shop, order};

use crate::support::{World, problem};

const JSON: &str = "application/json";

/// A request that has to be refused.
struct Case {
    what: String,
    call: Call,
    status: u16,
    refusal: Refusal,
}

enum Refusal {
    /// A problem of this code that names this field and the rule that it breaks, if any.
    Problem(&'static str, Option<(String, &'static str)>),
    /// The gateway's own answer.
    Gateway(&'static str),
}

impl Case {
    /// The field that has to be named, and the rule that it breaks.
    fn at(mut self, pointer: impl Into<String>, rule: &'static str) -> Self {
        if let Refusal::Problem(_, field) = &mut self.refusal {
            *field = Some((pointer.into(), rule));
        }
        self
    }

    fn objection(&self, answer: &Answer) -> Option<String> {
        let objection = match &self.refusal {
            Refusal::Problem(code, field) => problem(answer, self.status, code).or_else(|| {
                let (pointer, rule) = field.as_ref()?;
                let errors = answer.body["errors"].as_array().cloned().unwrap_or_default();
                let named = errors.iter().any(|error| error["pointer"] == *pointer && error["code"] == *rule);
                (!named).then(|| format!("{pointer} {rule} expected in {}", answer.body["errors"]))
            }),
            Refusal::Gateway(message) => {
                let as_gateway = answer.status == self.status
                    && answer.body == json!({"message": message})
                    && answer.header("content-type") == Some(JSON);
                let found = format!("{} {}", answer.status, answer.body);
                (!as_gateway).then(|| format!("{} {message} expected, not {found}", self.status))
            }
        };
        objection.map(|objection| format!("{}: {objection}", self.what))
    }
}

/// A case that the function refuses.
fn case(what: impl Into<String>, call: Call, status: u16, code: &'static str) -> Case {
    Case { what: what.into(), call, status, refusal: Refusal::Problem(code, None) }
}

/// A case that the gateway refuses, so that no function hears of it.
fn gateway_case(what: impl Into<String>, call: Call, status: u16, message: &'static str) -> Case {
    Case { what: what.into(), call, status, refusal: Refusal::Gateway(message) }
}

/// Sends every case, then lets the workers work; names all that went wrong at once.
async fn check(shop: &Shop, cases: Vec<Case>) {
    let world = World::of(shop);
    let mut objections = Vec::new();
    for case in &cases {
        let answer = shop.send(case.call.clone()).await;
        objections.extend(case.objection(&answer));
    }
    assert!(!cases.is_empty() && objections.is_empty(), "of {}:\n{}", cases.len(), objections.join("\n"));
    shop.finish().await;
    world.assert_unchanged(shop, "all that");
}

/// A shop with products, an order of alice's, one of bob's, and nothing left to do.
struct Stage {
    shop: Shop,
    alice: String,
    admin: String,
    own: String,
    foreign: String,
}

async fn shop() -> Stage {
    let shop = Shop::open();
    for product in ["mug", "cup"] {
        shop.stock(product, "12.50", "north", 1_000).await;
    }
    let dollar = json!({"name": "Dollar", "price": "1.00", "currency": "USD", "weight_grams": 1});
    let (admin, alice, bob) = (shop.admin(), shop.customer("alice"), shop.customer("bob"));
    let put = shop.send(Call::put("/api/v1/admin/products/dollar").token(&admin).json(&dollar)).await;
    assert_eq!(put.status, 201, "{put:?}");
    let own = shop.send(order(&alice, "own", "mug", 1, "pm_card_visa")).await.order_id();
    let foreign = shop.send(order(&bob, "foreign", "mug", 1, "pm_card_visa")).await.order_id();
    shop.finish().await;
    Stage { shop, alice, admin, own, foreign }
}

/// A good request with a body, for cases that have something else in one place of it.
struct Good {
    call: Call,
    body: Value,
}

impl Good {
    /// The call with another body.
    fn call(&self, body: &Value) -> Call {
        self.call.clone().json(body)
    }

    /// The call with a body that is said to be JSON.
    fn raw(&self, bytes: impl Into<Bytes>) -> Call {
        self.call.clone().header("content-type", JSON).bytes(bytes)
    }

    /// The call with other text in one place of the body.
    fn text(&self, from: &str, to: &str) -> Call {
        let text = self.body.to_string();
        assert!(text.contains(from), "{from} is not in {text}");
        self.raw(text.replacen(from, to, 1))
    }

    /// Bodies in which a part is missing.
    fn incomplete(&self, places: &[&str]) -> Vec<Case> {
        let call = |place| self.call(&without(&self.body, place));
        places
            .iter()
            .map(|place| case(format!("without {place}"), call(place), 400, "malformed_body"))
            .collect()
    }

    /// Rows of a place and what is of the wrong shape there.
    fn misshapen(&self, table: &[(&str, Value)]) -> Vec<Case> {
        self.each(table, |_, what, call| case(what, call, 400, "malformed_body"))
    }

    /// Rows of a place and what breaks this rule there, which the answer has to say.
    fn invalid(&self, rule: &'static str, table: &[(&str, Value)]) -> Vec<Case> {
        self.each(table, |place, what, call| case(what, call, 422, "invalid_request").at(place, rule))
    }

    fn each(&self, table: &[(&str, Value)], case: impl Fn(&str, String, Call) -> Case) -> Vec<Case> {
        let mut cases = Vec::new();
        for (place, values) in table {
            for value in values.as_array().expect("a list of values") {
                let what = format!("{place} = {}", short(&value.to_string()));
                cases.push(case(place, what, self.call(&with(&self.body, place, value.clone()))));
            }
        }
        cases
    }
}

fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    parent.insert(name.to_owned(), value);
    body
}

fn without(body: &Value, pointer: &str) -> Value {
    let mut body = body.clone();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    parent.remove(name).expect("it is there");
    body
}

/// As much of a text as a message needs.
fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
