//! What tests about money that goes back have in common: a shop whose prices have cents to lose, requests, and a ledger that is
//! added up independently every time that it is read.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use tests::{Answer, Call, Shop};

use crate::support::{basket, get, merge, place, put_product};

/// A day in seconds.
pub const DAY: i64 = 24 * 60 * 60;

/// Prices without tax, 21 % on goods and delivery, which costs 4.95; a coupon for a tenth that one order may use.
pub fn settings() -> Value {
    json!({"currency": "EUR", "country": "NL",
        "tax": {"prices_include_tax": false, "classes": ["standard"], "delivery_class": "standard",
            "zones": [{"countries": ["NL"], "rates": {"standard": [{"name": "VAT", "rate": "21"}]}}]},
        "shipping_methods": [{"id": "post", "name": "Post",
            "zones": [{"countries": ["NL"], "bands": [{"up_to_grams": 100_000, "price": "4.95"}], "transit_days": 3}]}]})
}

/// A shop with those prices, ten mugs at 12.50 and ten plates at 3.33 before taxes, and the token of Alice.
pub async fn priced() -> (Shop, String) {
    priced_with(&json!({})).await
}

/// The same with these settings besides.
pub async fn priced_with(more: &Value) -> (Shop, String) {
    let shop = Shop::open();
    for (product, price) in [("mug", "12.50"), ("plate", "3.33")] {
        shop.stock(product, "1.00", "north", 10).await;
        put_product(&shop, product, price, &json!({})).await;
    }
    let mut settings = settings();
    merge(&mut settings, more);
    shop.settings(&settings).await;
    let coupon = Call::put("/api/v1/admin/coupons/TEN").token(&shop.admin());
    let put = shop.send(coupon.json(&json!({"percent": "10", "max_uses": 1}))).await;
    assert_eq!(put.status, 201, "{put:?}");
    let alice = shop.customer("alice");
    (shop, alice)
}

/// Three plates and two mugs with the coupon, paid by this card: 44.10 EUR.
///
/// | | price | coupon | net | 21 % | total | its units |
/// |---|---|---|---|---|---|---|
/// | plates | 9.99 | 1.00 | 8.99 | 1.89 | 10.88 | 3.62, 3.63, 3.63 |
/// | mugs | 25.00 | 2.50 | 22.50 | 4.73 | 27.23 | 13.61, 13.62 |
/// | delivery | 4.95 | | 4.95 | 1.04 | 5.99 | |
pub fn dinner(payment: &Value) -> Value {
    basket(&[("plate", 3), ("mug", 2)], &json!({"coupon_code": "TEN", "payment": payment}))
}

/// A payment by this card.
pub fn card(name: &str) -> Value {
    json!({"method": "card", "payment_method_id": name})
}

/// Places that order and lets everything come to rest: its id.
pub async fn dined(shop: &Shop, alice: &str, payment: &Value) -> String {
    let placed = shop.send(place(alice, "dinner", &dinner(payment))).await;
    assert_eq!((placed.status, &placed.body["total_amount"]), (201, &json!("44.10")), "{placed:?}");
    shop.finish().await;
    placed.order_id()
}

/// `POST /orders/{id}/cancel` of a part: units of lines.
pub fn cancel_part(token: &str, id: &str, key: &str, units: &[(u32, u32)]) -> Call {
    Call::post(&format!("/api/v1/orders/{id}/cancel"))
        .token(token)
        .key(key)
        .json(&json!({"lines": lines(units)}))
}

/// Units of lines as requests name them.
pub fn lines(units: &[(u32, u32)]) -> Value {
    units.iter().map(|(line, quantity)| json!({"line_id": line, "quantity": quantity})).collect()
}

/// `POST /admin/orders/{id}/refunds`.
pub fn refund(shop: &Shop, id: &str, key: &str, body: &Value) -> Call {
    Call::post(&format!("/api/v1/admin/orders/{id}/refunds")).token(&shop.admin()).key(key).json(body)
}

/// The preview of a refund.
pub fn refund_preview(shop: &Shop, id: &str, body: &Value) -> Call {
    Call::post(&format!("/api/v1/admin/orders/{id}/refunds?dry_run=true")).token(&shop.admin()).json(body)
}

/// `POST /admin/orders/{id}/refunds/{refund}/retry`.
pub fn retry(shop: &Shop, id: &str, refund: &str) -> Call {
    Call::post(&format!("/api/v1/admin/orders/{id}/refunds/{refund}/retry")).token(&shop.admin())
}

/// `POST /admin/orders/{id}/refunds/{refund}/settle`.
pub fn settle(shop: &Shop, id: &str, refund: &str, reference: &str) -> Call {
    let path = format!("/api/v1/admin/orders/{id}/refunds/{refund}/settle");
    Call::post(&path).token(&shop.admin()).json(&json!({"reference": reference}))
}

/// Staff moves an order on, step by step.
pub async fn advance(shop: &Shop, id: &str, statuses: &[&str]) {
    for status in statuses {
        let call = Call::new("PATCH", &format!("/api/v1/orders/{id}/status")).token(&shop.admin());
        let moved = shop.send(call.json(&json!({"status": status}))).await;
        assert_eq!((moved.status, moved.body["status"].as_str()), (200, Some(*status)), "{moved:?}");
    }
}

/// The order as staff sees it.
pub async fn by_staff(shop: &Shop, id: &str) -> Value {
    let read = get(shop, &shop.admin(), id).await;
    assert_eq!(read.status, 200, "{read:?}");
    read.body
}

/// The only refund of an order, as staff sees it.
pub async fn only_refund(shop: &Shop, id: &str) -> Value {
    let refunds = by_staff(shop, id).await["payment"]["refunds"].take();
    assert_eq!(refunds.as_array().map(Vec::len), Some(1), "{refunds:#}");
    refunds[0].clone()
}

/// The ledger of an order, after its sums were added up from its entries, and its total from its lines.
pub async fn ledger(shop: &Shop, id: &str) -> Value {
    let path = format!("/api/v1/admin/orders/{id}/ledger");
    let read: Answer = shop.send(Call::get(&path).token(&shop.admin())).await;
    assert_eq!(read.status, 200, "{read:?}");
    audit_placement(&read.body["placed"]);
    audit_entries(&read.body);
    read.body
}

/// Kind and amount of every entry of a ledger.
pub fn entries(ledger: &Value) -> Vec<(&str, &str)> {
    let all = ledger["entries"].as_array().expect("entries");
    let pair = |entry| -> Option<(&str, &str)> {
        let entry: &Value = entry;
        Some((entry["kind"].as_str()?, entry["amount"].as_str()?))
    };
    all.iter().map(|entry| pair(entry).expect("a kind and an amount")).collect()
}

/// An amount in cents.
#[track_caller]
pub fn cents(amount: &Value) -> i64 {
    let text = amount.as_str().unwrap_or_else(|| panic!("an amount, not {amount}"));
    let (whole, part) = text.split_once('.').unwrap_or_else(|| panic!("two decimals in {text}"));
    assert_eq!(part.len(), 2, "{text}");
    format!("{whole}{part}").parse().unwrap_or_else(|_| panic!("a number, not {text}"))
}

/// The taxes in a list, by name and rate, in cents.
pub fn taxes(list: &Value) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for tax in list.as_array().into_iter().flatten() {
        *sums.entry(format!("{} {}", tax["name"], tax["percentage"])).or_default() += cents(&tax["amount"]);
    }
    sums
}

/// Net and taxes make the total.
#[track_caller]
fn audit_amounts(part: &Value) {
    let tax: i64 = taxes(&part["taxes"]).values().sum();
    assert_eq!(cents(&part["net"]) + tax, cents(&part["total"]), "{part:#}");
}

fn audit_placement(placed: &Value) {
    let lines = placed["lines"].as_array().expect("lines");
    let mut all_taxes = taxes(&placed["delivery"]["taxes"]);
    let mut total = cents(&placed["delivery"]["total"]);
    audit_amounts(&placed["delivery"]);
    for line in lines {
        audit_amounts(line);
        let units = line["quantity"].as_i64().expect("a number");
        assert_eq!(cents(&line["unit_price"]) * units, cents(&line["subtotal"]), "{line:#}");
        let off: i64 =
            ["discount", "coupon_share", "order_discount_share"].iter().map(|name| cents(&line[name])).sum();
        let included = placed["prices_include_tax"] == true;
        let left = if included { &line["total"] } else { &line["net"] };
        assert_eq!(cents(&line["subtotal"]) - off, cents(left), "{line:#}");
        total += cents(&line["total"]);
        for (tax, amount) in taxes(&line["taxes"]) {
            *all_taxes.entry(tax).or_default() += amount;
        }
    }
    assert_eq!((total, all_taxes), (cents(&placed["total_amount"]), taxes(&placed["taxes"])), "{placed:#}");
}

/// What entries come to, counted by other rules than the product's: every refund is where its last entry says.
#[derive(Debug, Default)]
struct Count {
    owed: i64,
    authorized: i64,
    captured: i64,
    outside: i64,
    disputed: i64,
    refunds: BTreeMap<String, (String, i64)>,
}

impl Count {
    fn take(&mut self, entry: &Value) {
        let amount = cents(&entry["amount"]);
        assert!(amount > 0 || entry["kind"] == "charge", "nothing is no entry: {entry:#}");
        match entry["kind"].as_str().expect("a kind") {
            "charge" => self.owed += amount,
            "credit" | "goodwill" => self.owed -= amount,
            "authorization" => self.authorized += amount,
            "void" => self.authorized -= amount,
            "capture" => {
                self.captured += amount;
                self.authorized -= amount.min(self.authorized);
            }
            "cod_collection" => self.captured += amount,
            kind @ ("refund_requested" | "refund" | "refund_failed") => match entry["refund_id"].as_str() {
                Some(id) => drop(self.refunds.insert(id.to_owned(), (kind.to_owned(), amount))),
                None => self.outside += amount,
            },
            "dispute" => self.disputed += amount,
            "dispute_won" => self.disputed -= amount,
            other => panic!("an unknown entry {other}"),
        }
    }

    fn refunds(&self, kind: &str) -> i64 {
        self.refunds.values().filter(|(last, _)| last == kind).map(|(_, amount)| amount).sum()
    }

    fn refunded(&self) -> i64 {
        self.refunds("refund") + self.outside
    }

    fn balance(&self) -> i64 {
        self.owed - (self.captured - self.refunded() - self.disputed)
    }
}

fn audit_entries(ledger: &Value) {
    let entries = ledger["entries"].as_array().expect("entries");
    let mut count = Count::default();
    for (at, entry) in entries.iter().enumerate() {
        count.take(entry);
        audit_parts(entry);
        // An event happens as a whole, so all its entries have the balance after it.
        if entries.get(at + 1).is_none_or(|next| next["sequence"] != entry["sequence"]) {
            assert_eq!(count.balance(), cents(&entry["balance"]), "after {entry:#}");
        }
    }
    let promised = count.refunds("refund_requested");
    let sums = [
        ("owed_amount", count.owed),
        ("authorized_amount", count.authorized),
        ("captured_amount", count.captured),
        ("pending_refund_amount", promised),
        ("refunded_amount", count.refunded()),
        ("disputed_amount", count.disputed),
        ("refundable_amount", (count.captured - count.refunded() - promised - count.disputed).max(0)),
        ("balance", count.balance()),
    ];
    for (name, sum) in sums {
        assert_eq!(cents(&ledger[name]), sum, "{name}: {count:#?} in {ledger:#}");
    }
    assert!(count.captured >= count.refunded() + promised, "never more than was taken: {ledger:#}");
}

/// What an entry is for is worth what it says; less only where a part was given away before.
fn audit_parts(entry: &Value) {
    let parts: Vec<&Value> =
        entry["parts"].as_array().into_iter().flatten().chain(entry.get("delivery")).collect();
    parts.iter().for_each(|part| audit_amounts(part));
    let worth: i64 = parts.iter().map(|part| cents(&part["total"])).sum();
    assert!(parts.is_empty() || cents(&entry["amount"]) <= worth, "{entry:#}");
}
