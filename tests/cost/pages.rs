//! A page of staff's list costs the same at a thousand orders and at two hundred thousand, whatever is filtered.

use functions::Clock;
use local::cloud::dynamodb::{AttributeValue, Item};
use local::twin::Options;
use serde_json::{Value, json};
use shared::ids::{CustomerId, IdempotencyKey, OrderId, OrderNumber};
use shared::keys;
use shared::time::Timestamp;
use std::collections::HashMap;
use tests::{Call, START, Shop, order};

use crate::meter::{self, Units};

/// Orders of both shops. They are a minute apart, so those of a given hour are the same in both.
const SIZES: [usize; 2] = [1_000, 200_000];
/// Orders that are put into the table at once.
const BATCH: usize = 10_000;
/// The orders of a customer of both shops, by their age in minutes.
const REGULARS: std::ops::Range<usize> = 200..260;
/// Rows of a page.
const ROWS: usize = 20;

/// The two items of an order that was really placed and moved on.
struct Sample {
    id: String,
    head: Item,
    document: Item,
}

/// A shop with an order in each of these states, and the items of those.
async fn samples(shop: &Shop) -> Vec<Sample> {
    shop.stock("mug", "12.50", "north", 100).await;
    let (alice, admin) = (shop.customer("alice"), shop.admin());
    let mut ids = Vec::new();
    for (key, card, statuses) in [
        ("pending", "pm_card_authenticationRequired", &[][..]),
        ("preparing", "cod", &[]),
        ("packed", "pm_card_visa", &["packed"]),
        ("shipped", "pm_card_visa", &["packed", "shipped"]),
        ("delivered", "pm_card_visa", &["packed", "shipped", "delivered"]),
        ("returning", "cod", &["shipped", "delivered"]),
    ] {
        let id = shop.send(order(&alice, key, "mug", 1, card)).await.order_id();
        shop.finish().await;
        for status in statuses {
            let put = Call::put(&format!("/api/v1/orders/{id}/status")).token(&admin);
            assert_eq!(shop.send(put.json(&json!({"status": status}))).await.status, 200, "{key}");
        }
        if key == "returning" {
            let ask = json!({"lines": [{"line_id": 1, "quantity": 1}], "reason": "damaged"});
            let ask = Call::post(&format!("/api/v1/orders/{id}/returns")).token(&alice).key("b").json(&ask);
            assert_eq!(shop.send(ask).await.status, 201);
        }
        shop.finish().await;
        ids.push(id);
    }
    let items = shop.twin.cloud.dynamodb.items(&shop.twin.table).expect("items");
    let with = |name: &str, value: &str| -> Item {
        let item = items.iter().find(|item| {
            let is_head = item["SK"]["S"].as_str().is_some_and(|key| key.starts_with("ORDER#"));
            item["GSI1SK"]["S"] == value && is_head == (name == "head")
        });
        serde_json::from_value(item.expect("it was placed").clone()).expect("an item")
    };
    let sample = |id: String| {
        let place = format!("ORDER#{id}");
        Sample { head: with("head", &place), document: with("document", &place), id }
    };
    ids.into_iter().map(sample).collect()
}

/// The same with other names.
fn renamed(value: &AttributeValue, names: &[(&str, &str)]) -> AttributeValue {
    match value {
        AttributeValue::S(text) => AttributeValue::S(
            names
                .iter()
                .find(|(old, _)| text.contains(old))
                .map_or_else(|| text.clone(), |(old, new)| text.replace(old, new)),
        ),
        AttributeValue::L(list) => {
            AttributeValue::L(list.iter().map(|value| renamed(value, names)).collect())
        }
        AttributeValue::M(map) => AttributeValue::M(all_renamed(map, names)),
        other => other.clone(),
    }
}

fn all_renamed(map: &HashMap<String, AttributeValue>, names: &[(&str, &str)]) -> Item {
    map.iter().map(|(name, value)| (name.clone(), renamed(value, names))).collect()
}

/// The items of another order like this one, so many minutes old.
fn copied(sample: &Sample, minutes: usize) -> [Item; 2] {
    let name = if REGULARS.contains(&minutes) { "regular".to_owned() } else { format!("customer-{minutes}") };
    let customer = CustomerId::parse(&name).expect("an id");
    let key = IdempotencyKey::parse(&format!("key-{minutes}")).expect("a key");
    let placed_at = Timestamp::from_seconds(START).plus_seconds(-60 * i64::try_from(minutes).expect("few"));
    let id = OrderId::new(&customer, &customer, &key, placed_at);
    let text = |text: String| AttributeValue::S(text);

    let mut head = all_renamed(&sample.head, &[(&sample.id, &id.to_string())]);
    head.insert("PK".into(), text(keys::customer(&customer)));
    head.insert("customer".into(), text(customer.to_string()));
    head.insert("placed_at".into(), AttributeValue::N(placed_at.millis().to_string()));
    let mut document = sample.document.clone();
    let named = keys::document(&customer, id.placement());
    document.insert("PK".into(), text(named.pk));
    document.insert("SK".into(), text(named.sk));
    document.insert("GSI1PK".into(), text(keys::number(&OrderNumber::of(&id))));
    document.insert("GSI1SK".into(), text(keys::in_time(&id)));
    [head, document]
}

/// A shop with so many orders.
async fn seeded(orders: usize) -> Shop {
    let clock = Clock::manual(Timestamp::from_seconds(START));
    let shop = Shop::with(Options { clock, wrap: meter::wrap, ..Options::default() });
    let samples = samples(&shop).await;
    for begin in (0..orders).step_by(BATCH) {
        let batch = begin + 1..(begin + BATCH).min(orders) + 1;
        let items = batch.flat_map(|minutes| copied(&samples[minutes % samples.len()], minutes));
        shop.twin.cloud.dynamodb.load(&shop.twin.table, items.collect()).expect("items");
    }
    shop
}

/// What the first two pages of a list cost, and how many rows they have.
async fn pages(shop: &Shop, filter: &str) -> Vec<(Units, usize)> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    for _ in 0..2 {
        let path = format!("/api/v1/admin/orders?limit={ROWS}{filter}{cursor}");
        meter::take();
        let page = shop.send(Call::get(&path).token(&shop.admin())).await;
        assert_eq!(page.status, 200, "{filter}: {page:?}");
        pages.push((meter::take(), page.body["orders"].as_array().map_or(0, Vec::len)));
        match &page.body["next_cursor"] {
            Value::String(next) => cursor = format!("&cursor={next}"),
            _ => break,
        }
    }
    pages
}

/// Every combination of filters, for one value of each.
fn filters() -> Vec<String> {
    // From 500 minutes before the start until 200 minutes before it.
    let period = "&from=2026-03-01T01:40:00Z&to=2026-03-01T06:40:00Z";
    let mut filters = vec![String::new()];
    for part in ["&status=delivered", "&user_id=regular", period, "&attention=true"] {
        filters.extend(filters.clone().into_iter().map(|filter| filter + part));
    }
    filters
}

#[tokio::test]
async fn a_page_of_everybodys_orders_costs_the_same_however_many_there_are() {
    let mut costs = Vec::new();
    for orders in SIZES {
        let shop = seeded(orders).await;
        let mut of_size = Vec::new();
        for filter in filters() {
            of_size.push((filter.clone(), pages(&shop, &filter).await));
        }
        costs.push(of_size);
    }
    for (few, many) in costs[0].iter().zip(&costs[1]) {
        println!("{few:?}");
        assert_eq!(few, many, "a page of a thousand orders and one of two hundred thousand");
    }
    // The first page of each is full where the filter is one that an index knows, so what is compared is no empty list.
    for (filter, pages) in &costs[1] {
        let by_index =
            !(filter.contains("user_id") || (filter.contains("status") && filter.contains("attention")));
        assert!(pages[0].1 == ROWS || !by_index, "{filter}: {pages:?}");
        assert!(
            pages.iter().all(|(units, _)| units.read <= 25.0 && units.written == 0.0),
            "{filter}: {pages:?}"
        );
    }
}
