//! The cost table: request units of every operation, counted by the table itself and held to the budget of the design.
//!
//! README.md shows the table; `UPDATE_README=1 cargo test -p tests --test cost` writes it anew.

mod meter;

use functions::Clock;
use local::twin::Options;
use meter::Units;
use serde_json::json;
use shared::time::Timestamp;
use std::fmt::Write as _;
use tests::{Answer, Call, START, Shop, order, order_body};

/// One row of the table.
struct Row {
    operation: String,
    units: Units,
    /// The most that it may read and write.
    budget: Units,
}

struct Ledger {
    shop: Shop,
    rows: Vec<Row>,
}

impl Ledger {
    fn open() -> Self {
        let clock = Clock::manual(Timestamp::from_seconds(START));
        let shop = Shop::with(Options { clock, wrap: meter::wrap, ..Options::default() });
        Self { shop, rows: vec![] }
    }

    /// Sends a request and enters what it cost.
    async fn enter(&mut self, operation: &str, read: f64, written: f64, status: u16, call: Call) -> Answer {
        meter::take();
        let answer = self.shop.send(call).await;
        assert_eq!(answer.status, status, "{operation}: {answer:?}");
        self.row(operation, read, written);
        answer
    }

    /// Enters what was counted since.
    fn row(&mut self, operation: &str, read: f64, written: f64) {
        let budget = Units { read, written };
        self.rows.push(Row { operation: operation.to_owned(), units: meter::take(), budget });
    }

    /// The workers' share of one step.
    async fn worker(&mut self, operation: &str, queue: &str, read: f64, written: f64) {
        meter::take();
        let pump = self.shop.twin.queues.iter().find(|pump| pump.queue == queue).expect("a queue").clone();
        assert!(pump.step(&self.shop.twin).await > 0, "{queue} is empty");
        self.row(operation, read, written);
    }
}

const COLOURS: [&str; 8] =
    ["Moss green", "Slate", "Ochre", "Midnight blue", "Terracotta", "Off-white", "Charcoal", "Plum"];
const MATERIALS: [&str; 5] = ["bamboo", "recycled steel", "organic cotton", "cork", "borosilicate glass"];
const THINGS: [&str; 11] = [
    "toothbrush",
    "lunch box",
    "pillowcase",
    "notebook",
    "carafe",
    "apron",
    "coaster set",
    "tea strainer",
    "backpack",
    "soap dish",
    "plant pot",
];
const SIZES: [&str; 7] = ["small", "350 ml", "pack of 4", "A5 ruled", "large", "1.5 l", "60 × 80 cm"];

fn lines(count: usize) -> serde_json::Value {
    let mut body = order_body("p00", 1, "cod");
    body["lines"] = (0..count).map(|at| json!({"product_id": format!("p{at:02}"), "quantity": 2})).collect();
    body
}

async fn measure() -> Vec<Row> {
    let mut ledger = Ledger::open();
    let (alice, admin) = (ledger.shop.customer("auth0|65f1c7a0b2d94e0012ab34cd"), ledger.shop.admin());
    let product = json!({"name": "Steel water bottle 750 ml", "price": "25.00", "currency": "EUR", "weight_grams": 320, "volume_cm3": 1500});
    ledger
        .enter(
            "create a product",
            1.0,
            3.0,
            201,
            Call::put("/api/v1/admin/products/p00").token(&admin).json(&product),
        )
        .await;
    ledger
        .enter(
            "replace a product",
            1.0,
            3.0,
            200,
            Call::put("/api/v1/admin/products/p00").token(&admin).json(&product),
        )
        .await;
    let stock = json!({"warehouse_id": "north", "quantity": 10_000, "reason": "goods received"});
    let adjust = Call::post("/api/v1/admin/products/p00/stock").token(&admin).key("first").json(&stock);
    ledger.enter("adjust stock", 2.0, 4.0, 200, adjust).await;
    for at in 1..40 {
        ledger.shop.stock(&format!("p{at:02}"), "19.95", "north", 10_000).await;
        // Names as different as a shop's, because the frozen document is compressed.
        let name =
            format!("{} {} {}, {}", COLOURS[at % 8], MATERIALS[at % 5], THINGS[at % 11], SIZES[at % 7]);
        let price = format!("{}.{:02}", 3 + at * 7 % 90, at * 37 % 100);
        let body = json!({"name": name, "price": price, "currency": "EUR", "weight_grams": 50 + at * 83, "volume_cm3": 90 + at * 131});
        let put = Call::put(&format!("/api/v1/admin/products/p{at:02}")).token(&admin).json(&body);
        assert_eq!(ledger.shop.send(put).await.status, 200);
    }
    ledger.enter("read a product", 0.5, 0.0, 200, Call::get("/api/v1/products/p00")).await;
    ledger.enter("list 20 products", 3.5, 0.0, 200, Call::get("/api/v1/products?limit=20")).await;

    for count in [1, 5, 20, 40] {
        let budget = (12 + 2 * count) as f64;
        let call =
            Call::post("/api/v1/orders").token(&alice).key(&format!("cod-{count}")).json(&lines(count));
        // Half a unit per product, and one for the fresh look at the key.
        let reads = f64::from(count as u32).mul_add(0.5, 1.0);
        ledger.enter(&format!("place by COD, {count} lines"), reads, budget, 201, call).await;
    }
    let by_card = order(&alice, "card", "p00", 2, "pm_card_visa");
    let placed = ledger.enter("place by card, 1 line, paid", 1.5, 14.0, 201, by_card.clone()).await;
    ledger.enter("the same request again", 2.5, 0.0, 200, by_card).await;

    meter::take();
    while ledger.shop.twin.stream.step(&ledger.shop.twin).await != Some(0) {}
    meter::take();
    let cheap = order(&alice, "relayed", "p00", 1, "cod");
    assert_eq!(ledger.shop.send(cheap).await.status, 201);
    meter::take();
    ledger.shop.twin.stream.step(&ledger.shop.twin).await;
    ledger.row("relay one placed order", 0.0, 1.0);
    ledger.shop.finish().await;
    let mail = order(&alice, "mailed", "p00", 1, "pm_card_threeDSecure2Required");
    assert_eq!(ledger.shop.send(mail).await.status, 201);
    ledger.shop.twin.stream.step(&ledger.shop.twin).await;
    ledger.worker("send one mail", "EmailQueue", 2.0, 2.0).await;
    let prepared = order(&alice, "prepared", "p00", 1, "cod");
    assert_eq!(ledger.shop.send(prepared).await.status, 201);
    ledger.shop.twin.stream.step(&ledger.shop.twin).await;
    ledger.worker("prepare one order (status change)", "FulfillmentQueue", 2.0, 3.0).await;

    for at in 0..20 {
        assert_eq!(
            ledger.shop.send(order(&alice, &format!("list-{at}"), "p00", 1, "pm_card_visa")).await.status,
            201
        );
    }
    ledger.shop.finish().await;
    let path = format!("/api/v1/orders/{}", placed.order_id());
    let number = placed.body["order_number"].as_str().expect("a number").to_owned();
    ledger.enter("read an order", 1.0, 0.0, 200, Call::get(&path).token(&alice)).await;
    ledger
        .enter(
            "read an order by number",
            1.5,
            0.0,
            200,
            Call::get(&format!("/api/v1/orders/number/{number}")).token(&alice),
        )
        .await;
    ledger.enter("read an order, staff", 1.5, 0.0, 200, Call::get(&path).token(&admin)).await;
    ledger.enter("track an order", 0.5, 0.0, 200, Call::get(&format!("{path}/tracking")).token(&alice)).await;
    ledger
        .enter("list 20 orders by cursor", 3.5, 0.0, 200, Call::get("/api/v1/orders?limit=20").token(&alice))
        .await;
    ledger
        .enter(
            "list 20 orders by page, with totals",
            3.5,
            0.0,
            200,
            Call::get("/api/v1/orders?per_page=20").token(&alice),
        )
        .await;
    let filtered = Call::get("/api/v1/orders?status=preparing&limit=20").token(&alice);
    ledger.enter("list 20 orders of one status, by cursor", 3.5, 0.0, 200, filtered).await;
    let cancel = Call::post(&format!("{path}/cancel")).token(&alice);
    ledger.enter("cancel a paid order, 1 line, refunded", 2.5, 9.0, 200, cancel).await;
    ledger.rows
}

fn table(rows: &[Row]) -> String {
    let mut text =
        String::from("| operation | reads (RRU) | writes (WRU) | budget |\n|---|---:|---:|---:|\n");
    for Row { operation, units, budget } in rows {
        writeln!(
            text,
            "| {operation} | {} | {} | {} / {} |",
            units.read, units.written, budget.read, budget.written
        )
        .expect("a text takes everything");
    }
    text
}

#[tokio::test]
async fn every_operation_stays_within_its_budget_of_request_units_and_the_readme_says_so() {
    let rows = measure().await;
    let table = table(&rows);
    println!("{table}");
    let over: Vec<_> = rows
        .iter()
        .filter(|row| row.units.read > row.budget.read || row.units.written > row.budget.written)
        .map(|row| format!("{}: {:?} of {:?}", row.operation, row.units, row.budget))
        .collect();
    assert!(over.is_empty(), "over budget:\n{}", over.join("\n"));

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = std::fs::read_to_string(path).expect("README.md");
    let (before, rest) = readme.split_once("<!-- cost:begin -->\n").expect("the begin of the cost table");
    let (shown, after) = rest.split_once("<!-- cost:end -->").expect("the end of the cost table");
    if std::env::var_os("UPDATE_README").is_some() {
        let updated = format!("{before}<!-- cost:begin -->\n{table}<!-- cost:end -->{after}");
        std::fs::write(path, updated).expect("README.md can be written");
    } else {
        assert_eq!(shown, table, "README.md shows another table; UPDATE_README=1 writes it anew");
    }
}
