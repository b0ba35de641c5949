//! The auditor: reads what is stored, at the table, at the payment provider, in the mailboxes, and knows nothing of how
//! it came about.

use serde_json::Value;
use std::collections::BTreeMap;
use tests::Shop;

/// What must be true in the end.
#[derive(Debug, Clone, Copy)]
pub struct Expected {
    /// Orders in the shop.
    pub orders: usize,
    /// Status of each.
    pub status: &'static str,
    /// Units of the product that were received.
    pub received: i64,
    /// Cents that the shop keeps, over all orders.
    pub kept: i64,
    /// Mails about each order, by a word in their subject.
    pub mails: &'static [&'static str],
    /// How many mails may have come twice.
    pub doubles: usize,
    /// How often the coupon counts as used, by all and by the customer.
    pub coupon_uses: i64,
}

/// Everything that is wrong. Empty: all is well.
pub fn audit(shop: &Shop, expected: Expected) -> Vec<String> {
    let mut wrong = Vec::new();
    let items = shop.twin.cloud.dynamodb.items(&shop.twin.table).expect("items");
    let of = |prefix: &str| -> Vec<&Value> {
        items
            .iter()
            .filter(|item| item["SK"]["S"].as_str().is_some_and(|key| key.starts_with(prefix)))
            .collect()
    };
    let orders = shop.twin.orders();
    if orders.len() != expected.orders
        || of("ORDER#").len() != expected.orders
        || of("PLACED#").len() != expected.orders
    {
        wrong.push(format!(
            "{} orders and {} documents instead of {}",
            orders.len(),
            of("PLACED#").len(),
            expected.orders
        ));
    }

    let (on_hand, held) = shop.units("bottle");
    if on_hand + held != expected.received {
        wrong.push(format!("{on_hand} on hand and {held} held are not the {} received", expected.received));
    }
    let open: i64 = orders
        .iter()
        .filter(|order| order.status.as_str() != "cancelled")
        .map(|order| i64::from(order.item_count))
        .sum();
    if held != open {
        wrong.push(format!("{held} units are held, open orders have {open}"));
    }

    for item in of("COUPON") {
        let used = item["used"]["N"].as_str().and_then(|used| used.parse::<i64>().ok()).unwrap_or(0);
        if used != expected.coupon_uses {
            wrong.push(format!("a coupon counts as used {used} times instead of {}", expected.coupon_uses));
        }
    }
    for cart in of("CART") {
        let lines = cart["l"]["M"].as_object().map_or(0, serde_json::Map::len);
        let order = cart["b"]["M"]["o"]["S"].as_str().unwrap_or_default();
        if lines != 0 || !orders.iter().any(|known| known.id.to_string() == order) {
            wrong.push(format!("the cart has {lines} lines and names {order:?} as its order"));
        }
    }

    let intents = shop.twin.cloud.stripe.intents();
    let mut kept = 0;
    let mut charges: BTreeMap<&str, usize> = BTreeMap::new();
    for intent in &intents {
        let order = intent["metadata"]["order_id"].as_str().unwrap_or_default();
        let (received, refunded) = (
            intent["amount_received"].as_i64().unwrap_or(0),
            intent["amount_refunded"].as_i64().unwrap_or(0),
        );
        kept += received - refunded;
        if received > 0 {
            *charges.entry(order).or_default() += 1;
            if !orders.iter().any(|known| known.id.to_string() == order) {
                wrong.push(format!("{order} was charged and does not exist"));
            }
        }
    }
    if charges.values().any(|count| *count > 1) {
        wrong.push(format!("charged more than once: {charges:?}"));
    }
    if kept != expected.kept {
        wrong.push(format!("the shop keeps {kept} cents instead of {}", expected.kept));
    }

    let mails = shop.twin.cloud.ses.mails();
    let mut doubles = 0;
    for order in &orders {
        if order.status.as_str() != expected.status {
            wrong.push(format!("an order is {} instead of {}", order.status.as_str(), expected.status));
        }
        let sums = order.sums();
        let captured = sums.captured().minor() - sums.refunded().minor();
        let charged: i64 = intents
            .iter()
            .filter(|intent| intent["metadata"]["order_id"] == order.id.to_string())
            .map(|intent| {
                intent["amount_received"].as_i64().unwrap_or(0)
                    - intent["amount_refunded"].as_i64().unwrap_or(0)
            })
            .sum();
        if captured != charged {
            wrong.push(format!("the order says {captured} cents, the provider {charged}"));
        }
        if order.log.iter().enumerate().any(|(at, event)| event.sequence != at as u64 + 1) {
            wrong.push("the log has a gap".to_owned());
        }
        let number = order.number();
        let mine: Vec<_> = mails.iter().filter(|mail| mail.subject.contains(number.as_str())).collect();
        let about = |word: &str| mine.iter().filter(|mail| mail.subject.contains(word)).count();
        for word in expected.mails {
            match about(word) {
                0 => wrong.push(format!("no mail {word:?}")),
                count => doubles += count - 1,
            }
        }
        if mine.len() != expected.mails.iter().map(|word| about(word)).sum::<usize>() {
            wrong.push("there are mails that nobody expects".to_owned());
        }
    }
    if doubles > expected.doubles {
        wrong.push(format!("{doubles} mails came twice, {} may", expected.doubles));
    }

    for (queue, _) in &shop.twin.queue_names {
        let left = shop.twin.cloud.sqs.messages(queue).len();
        if left > 0 {
            wrong.push(format!("{left} messages are left in {queue}"));
        }
    }
    let counted: i64 = of("COUNTS")
        .iter()
        .map(|item| {
            item[format!("n_{}", expected.status)]["N"]
                .as_str()
                .and_then(|n| n.parse::<i64>().ok())
                .unwrap_or(0)
        })
        .sum();
    if counted != expected.orders as i64 {
        wrong.push(format!("{counted} orders are counted as {}", expected.status));
    }
    wrong
}
