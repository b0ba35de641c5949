//! `docs/coming-from.md` and its pages: what they say to send is sent, and what they say comes back is held against what does.
//!
//! The pages carry markers in comments. `request: name METHOD /path` stands before the JSON to send, if any; `answer: name status`
//! before what the answer has at least; `fields: name` before a table whose second column names fields of that answer.
//! `{order_id}` and the like stand for what earlier answers said.

mod api_orders;
mod ecolaura;
mod majarat;
mod order_management;
mod page;
mod sjoppie;

use functions::Clock;
use local::twin::Options;
use serde_json::{Value, json};
use shared::time::Timestamp;
use std::collections::BTreeMap;
use tests::{Answer, Call, Shop};

use crate::support::has;
use page::{Marked, Row};

/// One requirement document, told against one shop.
struct Story<'a> {
    document: &'static str,
    shop: &'a Shop,
    /// What stands for `{order_id}` and the like.
    names: BTreeMap<&'static str, String>,
    /// The last answer to each request.
    answers: BTreeMap<String, Value>,
}

impl<'a> Story<'a> {
    fn of(document: &'static str, shop: &'a Shop) -> Self {
        Self { document, shop, names: BTreeMap::new(), answers: BTreeMap::new() }
    }

    /// Sends one of the page's requests and holds the answer against the page's.
    async fn send(&mut self, request: &str, token: &str) -> Answer {
        let name = format!("{}/{request}", self.document);
        let Marked { head, json, .. } = page::marked("request", self.document, &name);
        let (method, path) = head.split_once(' ').expect("a method and a path");
        let mut call = Call::new(method, &self.named(path)).token(token);
        if method == "POST"
            && ["/orders", "/checkout", "/fulfill", "/payments", "/refunds", "/returns"]
                .iter()
                .any(|end| path.ends_with(end))
        {
            call = call.key(&name);
        }
        if let Some(json) = json {
            call = call.header("content-type", "application/json").bytes(self.named(&json));
        }
        let answer = self.shop.send(call).await;
        for id in ["order_id", "order_number", "cart_id"] {
            if let Some(text) = answer.body[id].as_str() {
                self.names.insert(id, text.to_owned());
            }
        }
        let Marked { head, json, .. } = page::marked("answer", self.document, &name);
        assert_eq!(answer.status.to_string(), head, "{name}: {answer:?}");
        let json = self.named(&json.expect("an answer has a body"));
        let expected: Value = serde_json::from_str(&json).expect("the page's answers are JSON");
        assert!(
            has(&answer.body, &expected),
            "{name}: the page has {expected:#}\nbut it is {:#}",
            answer.body
        );
        self.answers.insert(name, answer.body.clone());
        answer
    }

    fn named(&self, text: &str) -> String {
        let replace =
            |text: String, (name, value): (&&str, &String)| text.replace(&format!("{{{name}}}"), value);
        self.names.iter().fold(text.to_owned(), replace)
    }

    /// From here on the page speaks of another order, placed by this request.
    async fn another_order(&mut self, place: Call) -> Answer {
        let placed = self.shop.send(place).await;
        assert_eq!(placed.status, 201, "{placed:?}");
        self.names.insert("order_id", placed.order_id());
        self.shop.finish().await;
        placed
    }

    /// Every field that the page's tables name is in the answers, and every request of the document was sent.
    fn end(self) {
        let unsent: Vec<_> = page::all("request", self.document)
            .into_iter()
            .filter(|request| !self.answers.contains_key(&request.name))
            .map(|request| request.name)
            .collect();
        assert!(unsent.is_empty(), "the page has requests that nobody sends: {unsent:?}");
        let mut missing = Vec::new();
        for table in page::all("fields", self.document) {
            assert!(!table.rows.is_empty(), "{}: the table is found", table.name);
            for Row { theirs, fields, elsewhere, .. } in table.rows {
                let of = elsewhere.map_or(table.name.clone(), |other| format!("{}/{other}", self.document));
                let answer = self.answers.get(&of).unwrap_or_else(|| panic!("{of} is answered"));
                let lost = fields.into_iter().filter(|field| !reaches(answer, field));
                missing.extend(lost.map(|field| format!("{of} has no {field} for {theirs}")));
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
    }
}

/// Whether there is such a field: `payment.status`, or in each entry of a list, `lines[].line_id`.
fn reaches(value: &Value, field: &str) -> bool {
    let (first, rest) = field.split_once('.').map_or((field, None), |(first, rest)| (first, Some(rest)));
    let found = value.get(first.trim_end_matches("[]"));
    let inside = |value: &Value| rest.is_none_or(|rest| reaches(value, rest));
    match (found, first.ends_with("[]")) {
        (Some(Value::Array(entries)), true) => !entries.is_empty() && entries.iter().all(inside),
        (Some(value), false) => inside(value),
        _ => false,
    }
}

/// An empty shop whose clock stands at this second.
fn shop_at(seconds: i64) -> Shop {
    Shop::with(Options { clock: Clock::manual(Timestamp::from_seconds(seconds)), ..Options::default() })
}

/// Adds products, 100 units of each in the warehouse `north`, which serves everybody.
async fn sell(shop: &Shop, products: &[(&str, Value)]) {
    let admin = shop.admin();
    for (id, body) in products {
        let path = format!("/api/v1/admin/products/{id}");
        let put = shop.send(Call::put(&path).token(&admin).json(body)).await;
        assert_eq!(put.status, 201, "{put:?}");
        let mut received = json!({"warehouse_id": "north", "quantity": 100, "reason": "goods received"});
        if let Some(variation) = body["variations"][0]["variation_id"].as_str() {
            received["variation_id"] = variation.into();
        }
        let adjusted = Call::post(&format!("{path}/stock")).token(&admin).key(id).json(&received);
        let adjusted = shop.send(adjusted).await;
        assert_eq!(adjusted.status, 200, "{adjusted:?}");
    }
}

/// Puts something into the caller's cart and says which cart that is.
async fn fill_cart(shop: &Shop, token: &str, lines: &[(&str, u32)]) -> String {
    let mut cart = String::new();
    for (product, quantity) in lines {
        let put = Call::put(&format!("/api/v1/cart/lines/{product}")).token(token);
        let put = shop.send(put.json(&json!({"quantity": quantity}))).await;
        assert_eq!(put.status, 200, "{put:?}");
        cart = put.body["cart_id"].as_str().expect("a cart").to_owned();
    }
    cart
}
