//! The cost table: request units of every operation, counted by the table itself and held to the budget of the design.
//!
//! README.md shows the table; `UPDATE_README=1 cargo test -p tests --test cost` writes it anew.

mod meter;
mod pages;

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
    ledger.shop.warehouse("north").await;
    let stock = json!({"warehouse_id": "north", "quantity": 10_000, "reason": "goods received"});
    let adjust = Call::post("/api/v1/admin/products/p00/stock").token(&admin).key("first").json(&stock);
    ledger.enter("adjust stock", 3.5, 4.0, 200, adjust).await;
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
        // Half a unit per product, one for the fresh look at the key, half for which version of the store counts, half for
        // the last hour's orders; and one for the store itself, the first time that a process needs it.
        let reads = f64::from(count as u32).mul_add(0.5, if count == 1 { 3.0 } else { 2.0 });
        ledger.enter(&format!("place by COD, {count} lines"), reads, budget, 201, call).await;
    }
    from_the_cart(&mut ledger, &alice, &admin).await;
    let by_card = order(&alice, "card", "p00", 2, "pm_card_visa");
    let placed = ledger.enter("place by card, 1 line, paid", 2.5, 14.0, 201, by_card.clone()).await;
    ledger.enter("the same request again", 4.0, 0.0, 200, by_card).await;

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
    ledger.worker("send one mail", "EmailQueue", 2.5, 2.0).await;
    a_mailbox_that_is_gone(&mut ledger, &admin).await;
    let prepared = order(&alice, "prepared", "p00", 1, "cod");
    assert_eq!(ledger.shop.send(prepared).await.status, 201);
    ledger.shop.twin.stream.step(&ledger.shop.twin).await;
    ledger.worker("prepare one order (status change)", "FulfillmentQueue", 2.0, 3.0).await;
    ledger.worker("number one order's invoice", "InvoiceQueue", 4.0, 5.0).await;

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
    ledger.enter("read an order, staff", 2.0, 0.0, 200, Call::get(&path).token(&admin)).await;
    ledger.enter("track an order", 1.0, 0.0, 200, Call::get(&format!("{path}/tracking")).token(&alice)).await;
    let summary = Call::get(&format!("{path}/summary?lang=de")).token(&alice);
    ledger.enter("read an order's summary", 1.0, 0.0, 200, summary).await;
    let bills = Call::get(&format!("{path}/invoice")).token(&alice);
    let bills = ledger.enter("read an order's bills", 2.5, 0.0, 200, bills).await;
    let pdf = Call::get(&format!("{path}/invoice?format=pdf")).token(&alice);
    ledger.enter("read an invoice as PDF", 1.5, 0.0, 200, pdf).await;
    let link = Call::get(bills.body["pdf_url"].as_str().expect("a link"));
    ledger.enter("read an invoice as PDF, by its link", 2.5, 0.0, 200, link).await;
    let impact = Call::get(&format!("{path}/impact?format=svg")).token(&alice);
    ledger.enter("draw what an order emits", 1.0, 0.0, 200, impact).await;
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
    ledger.enter("list 20 orders of one status, by cursor", 4.5, 0.0, 200, filtered).await;
    for_staff(&mut ledger, &placed.order_id(), &admin).await;
    let cancel = Call::post(&format!("{path}/cancel")).token(&alice);
    ledger.enter("cancel a paid order, 1 line, refunded", 2.5, 10.0, 200, cancel).await;
    undone(&mut ledger, &alice, &admin).await;
    ledger.rows
}

/// What staff reads and writes down.
async fn for_staff(ledger: &mut Ledger, order: &str, admin: &str) {
    for (operation, filter) in [
        ("list 20 of everybody's orders, staff", ""),
        (
            "list 20 of everybody's orders of one status and month, staff",
            "&status=preparing&from=2026-03-01&to=2026-03-31",
        ),
    ] {
        let list = Call::get(&format!("/api/v1/admin/orders?limit=20{filter}")).token(admin);
        ledger.enter(operation, 11.0, 0.0, 200, list).await;
    }
    let path = format!("/api/v1/admin/orders/{order}");
    let read = Call::get(&format!("{path}/events")).token(admin);
    ledger.enter("read what happened to an order, staff", 1.0, 0.0, 200, read).await;
    let note = Call::new("PATCH", &path).token(admin).header("if-match", "*");
    let note = note.json(&json!({"internal_notes": "The customer calls back on Monday"}));
    ledger.enter("change an order's notes, staff", 2.5, 2.0, 200, note).await;
}

/// A mail bounces, the next one is not sent, and staff takes it back.
async fn a_mailbox_that_is_gone(ledger: &mut Ledger, admin: &str) {
    ledger.shop.finish().await;
    let bob = ledger.shop.customer("bob");
    let mut body = order_body("p00", 1, "pm_card_threeDSecure2Required");
    body["contact_email"] = json!("bounce@simulator.amazonses.com");
    let place = |key: &str| Call::post("/api/v1/orders").token(&bob).key(key).json(&body);
    assert_eq!(ledger.shop.send(place("bounces")).await.status, 201);
    while ledger.shop.twin.stream.step(&ledger.shop.twin).await != Some(0) {}
    ledger.worker("send a mail that bounces", "EmailQueue", 2.5, 2.0).await;
    ledger.worker("book a bounce", "MailFeedbackQueue", 0.0, 4.0).await;
    assert_eq!(ledger.shop.send(place("is-not-told")).await.status, 201);
    while ledger.shop.twin.stream.step(&ledger.shop.twin).await != Some(0) {}
    ledger.worker("send no mail to an address that takes none", "EmailQueue", 2.5, 0.0).await;
    let unblock =
        Call::new("DELETE", "/api/v1/admin/mail-blocks/bounce%40simulator.amazonses.com").token(admin);
    ledger.enter("let mail be sent to an address again", 0.0, 1.0, 204, unblock).await;
}

/// What is called off in part; what is sent, sent back in part, and given back.
async fn undone(ledger: &mut Ledger, alice: &str, admin: &str) {
    let post = |path: String, token: &str, body: serde_json::Value| {
        let key = path.replace('/', "-");
        Call::post(&path).token(token).key(&key).json(&body)
    };
    let (path, _) = two_lines(ledger, alice, "called-off").await;
    let part = json!({"lines": [{"line_id": 1, "quantity": 1}]});
    let call = post(format!("{path}/cancel"), alice, part.clone());
    ledger.enter("call off 1 unit of a paid order, refunded", 2.5, 10.0, 200, call).await;

    let (_, of_staff) = two_lines(ledger, alice, "in-parts").await;
    // The store itself is read the first time that a process needs it.
    let preview = Call::post(&format!("{of_staff}/fulfill?dry_run=true")).token(admin);
    assert_eq!(ledger.shop.send(preview).await.status, 200);
    let send = post(format!("{of_staff}/fulfill"), admin, part);
    let sent = ledger.enter("ship a part of an order", 3.0, 8.0, 201, send).await;
    let parcel = sent.body["shipments"][1]["shipment_id"].as_u64().expect("a parcel is left");
    let pack = Call::new("PATCH", &format!("{of_staff}/shipments/{parcel}")).token(admin);
    let pack = pack.json(&json!({"status": "packed"}));
    ledger.enter("pack a parcel", 2.5, 4.0, 200, pack).await;
    let label = format!("{of_staff}/shipments/{parcel}/label");
    let want = Call::post(&label).token(admin).key("label");
    ledger.enter("ask for a parcel's label, staff", 2.5, 4.0, 202, want).await;
    ledger.shop.finish().await;
    ledger.enter("show a parcel's label, staff", 1.5, 0.0, 200, Call::get(&label).token(admin)).await;

    let (path, of_staff) = two_lines(ledger, alice, "sent-back").await;
    let status =
        |status: &str| Call::put(&format!("{path}/status")).token(admin).json(&json!({"status": status}));
    ledger.enter("ship an order, 2 lines", 2.5, 10.0, 200, status("shipped")).await;
    ledger.enter("deliver an order (status change)", 2.5, 4.0, 200, status("delivered")).await;
    let ask = json!({"lines": [{"line_id": 1, "quantity": 1}], "reason": "damaged"});
    let ask = post(format!("{path}/returns"), alice, ask);
    ledger.enter("ask for a return", 2.0, 3.0, 201, ask).await;
    let approve = Call::post(&format!("{of_staff}/returns/1/approve")).token(admin);
    ledger.enter("approve a return", 2.5, 3.0, 200, approve).await;
    let receive = post(format!("{of_staff}/returns/1/receive"), admin, json!({}));
    ledger.enter("receive a return of 1 unit, restocked and refunded", 2.5, 9.0, 200, receive).await;
    let refund = post(format!("{of_staff}/refunds"), admin, json!({"amount": "1.00", "goodwill": true}));
    ledger.enter("refund an amount", 2.5, 6.0, 201, refund).await;
    given_back(ledger, alice, admin).await;
    let read = Call::get(&format!("{of_staff}/ledger")).token(admin);
    ledger.enter("read an order's ledger, staff", 2.0, 0.0, 200, read).await;
    let read = Call::get(&format!("{path}/returns")).token(alice);
    ledger.enter("read an order's returns", 1.5, 0.0, 200, read).await;
}

/// A refund that Stripe refuses, asked for again; one that is paid by other means; a return that is not taken.
async fn given_back(ledger: &mut Ledger, alice: &str, admin: &str) {
    let mut by = json!({"method": "card", "payment_method_id": "pm_twin_firstRefundFails"});
    for (operation, key, status, written) in [
        ("ask Stripe again for a refund", "retried", "retry", 5.0),
        ("note a refund that was paid by other means", "settled", "settle", 3.0),
    ] {
        let mut body = order_body("p00", 1, "pm_card_visa");
        body["payment"] = by.clone();
        let placed = Call::post("/api/v1/orders").token(alice).key(key).json(&body);
        let id = ledger.shop.send(placed).await.order_id();
        ledger.shop.finish().await;
        let refunds = format!("/api/v1/admin/orders/{id}/refunds");
        let refund = Call::post(&refunds).token(admin).key(key).json(&json!({"amount": "1.00"}));
        let refund = ledger.shop.send(refund).await.body["refund_id"].clone();
        ledger.shop.after(10).await;
        let path = format!("{refunds}/{}/{status}", refund.as_str().expect("a refund"));
        let call = Call::post(&path).token(admin);
        let call = if status == "settle" { call.json(&json!({"reference": "SEPA 17"})) } else { call };
        ledger.enter(operation, 2.5, written, 200, call).await;
        by["payment_method_id"] = json!("pm_card_refundFail");
    }
    let (path, of_staff) = two_lines(ledger, alice, "kept").await;
    for status in ["shipped", "delivered"] {
        let moved = Call::put(&format!("{path}/status")).token(admin).json(&json!({"status": status}));
        assert_eq!(ledger.shop.send(moved).await.status, 200);
    }
    let ask = json!({"lines": [{"line_id": 1, "quantity": 1}], "reason": "damaged"});
    let ask = Call::post(&format!("{path}/returns")).token(alice).key("kept").json(&ask);
    assert_eq!(ledger.shop.send(ask).await.status, 201);
    let reject = Call::post(&format!("{of_staff}/returns/1/reject")).token(admin);
    ledger.enter("reject a return", 2.5, 3.0, 200, reject.json(&json!({"reason": "It was used"}))).await;
}

/// A paid and prepared order of two lines: its path, and the one that staff knows it by.
async fn two_lines(ledger: &Ledger, alice: &str, key: &str) -> (String, String) {
    let mut body = order_body("p00", 2, "pm_card_visa");
    body["lines"] = json!([{"product_id": "p00", "quantity": 3}, {"product_id": "p02", "quantity": 2}]);
    let placed = Call::post("/api/v1/orders").token(alice).key(key).json(&body);
    let placed = ledger.shop.send(placed).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    ledger.shop.finish().await;
    let id = placed.order_id();
    (format!("/api/v1/orders/{id}"), format!("/api/v1/admin/orders/{id}"))
}

/// Settings, cart, coupon, addresses, and an order that has it all; then a guest's.
async fn from_the_cart(ledger: &mut Ledger, alice: &str, admin: &str) {
    let zone =
        json!({"countries": ["NL"], "transit_days": 2, "bands": [{"up_to_grams": 30_000, "price": "4.95"}]});
    let vat = json!({"countries": ["NL"], "rates": {"standard": [{"name": "VAT", "rate": "21"}]}});
    let settings = json!({"currency": "EUR", "country": "NL", "guest_checkout": {"enabled": true},
        "tax": {"prices_include_tax": true, "classes": ["standard"], "zones": [vat]},
        "shipping_methods": [{"id": "standard", "name": "Standard", "zones": [zone]}]});
    let put = Call::put("/api/v1/admin/settings").token(admin).json(&settings);
    ledger.enter("change the settings", 2.0, 4.0, 200, put).await;
    ledger.enter("read the settings", 2.0, 0.0, 200, Call::get("/api/v1/admin/settings").token(admin)).await;
    let coupon = json!({"percent": "10", "max_uses": 1_000, "max_uses_per_customer": 5});
    let put = Call::put("/api/v1/admin/coupons/SPRING").token(admin).json(&coupon);
    ledger.enter("create a coupon", 1.0, 1.0, 201, put).await;
    let split = json!({"warehouse_id": "north", "buckets": 4});
    let split = Call::post("/api/v1/admin/products/p01/stock/split").token(admin).json(&split);
    ledger.enter("split stock into 4 buckets", 1.0, 8.0, 200, split).await;

    let address = order_body("p00", 1, "cod")["shipping_address"].clone();
    for (operation, written, status) in [("add a first address", 1.0, 201), ("change an address", 1.0, 200)] {
        let put = Call::put("/api/v1/addresses/home").token(alice).json(&address);
        ledger.enter(operation, 1.0, written, status, put).await;
    }
    for (at, operation) in
        ["put a first line into the cart", "put another line into the cart"].iter().enumerate()
    {
        let line =
            Call::put(&format!("/api/v1/cart/lines/p{at:02}")).token(alice).json(&json!({"quantity": 2}));
        ledger.enter(operation, 4.5, 1.0, 200, line).await;
    }
    ledger.enter("read the cart, 2 lines", 3.0, 0.0, 200, Call::get("/api/v1/cart").token(alice)).await;
    let mut body = order_body("p00", 1, "cod");
    let fields = body.as_object_mut().expect("an object");
    fields.remove("lines");
    fields.remove("shipping_address");
    fields.insert("shipping_address_id".into(), json!("home"));
    fields.insert("coupon_code".into(), json!("SPRING"));
    let preview = Call::post("/api/v1/orders?dry_run=true").token(alice).json(&body);
    ledger.enter("preview the order of the cart, with a coupon", 8.0, 0.0, 200, preview).await;
    let place = Call::post("/api/v1/orders").token(alice).key("cart").json(&body);
    let placed = "place the order of the cart, 2 lines, with a coupon, by COD";
    let placed = ledger.enter(placed, 6.0, 17.0, 201, place).await;
    let again = Call::post(&format!("/api/v1/orders/{}/reorder", placed.order_id())).token(alice);
    ledger.enter("put an order's 2 lines into the cart again", 4.0, 1.0, 200, again).await;

    let mut body = order_body("p00", 1, "cod");
    body["contact_email"] = json!("jane@example.com");
    let guest = Call::post("/api/v1/guest/orders").key("7f9c2ba4e88f827d").json(&body);
    let placed = ledger.enter("place a guest's order by COD, 1 line", 4.0, 9.0, 201, guest).await;
    let token = placed.body["order_token"].as_str().expect("a token").to_owned();
    let read = Call::get(&format!("/api/v1/guest/orders/{token}"));
    ledger.enter("read a guest's order", 1.0, 0.0, 200, read).await;

    let mut body = order_body("p00", 1, "cod");
    body.as_object_mut().expect("an object").remove("payment");
    body["create_payment"] = json!(false);
    let unpaid = Call::post("/api/v1/orders").token(alice).key("later").json(&body);
    let placed = ledger.enter("place an order to be paid later, 1 line", 2.5, 9.0, 201, unpaid).await;
    let path = format!("/api/v1/orders/{}/payments", placed.order_id());
    let pay = json!({"method": "card", "payment_method_id": "pm_card_visa"});
    let pay = Call::post(&path).token(alice).key("pay").json(&pay);
    ledger.enter("pay an order by card", 3.5, 5.0, 200, pay).await;
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
