//! Laws of money and stock that hold after every step, whatever breaks. They are read from everything that was ever
//! written, so that nothing wrong is missed because it was mended before somebody looked.

use serde_json::Value;
use shared::ids::OrderId;
use shared::invoice::BillNumber;
use shared::order::{EntryKind, EventKind, Order, apply};
use std::collections::BTreeMap;
use tests::Shop;

/// Changes of the table that are read at once.
const BATCH: usize = 1_000;

/// Follows the table, and knows how it stands.
#[derive(Debug, Default)]
pub struct Watch {
    seen: Option<String>,
    orders: BTreeMap<OrderId, Order>,
    /// Units on hand and held, by bucket.
    stock: BTreeMap<String, (i64, i64)>,
    /// Units that there were from the beginning, once the story has begun.
    units: Option<i64>,
    /// Numbers of bills, by where each is.
    bills: BTreeMap<String, BillNumber>,
    /// The last number of each series.
    series: BTreeMap<String, u64>,
    /// What was wrong, at any time.
    pub wrong: Vec<String>,
}

impl Watch {
    /// From now on no unit comes into being.
    pub fn begin(&mut self, shop: &Shop) {
        self.look(shop);
        self.units = Some(self.units_there_were());
    }

    /// Reads what was written since the last look, and checks every law.
    pub fn look(&mut self, shop: &Shop) {
        loop {
            let table = &shop.twin.table;
            let changes =
                shop.twin.cloud.dynamodb.changes(table, self.seen.as_deref(), BATCH).expect("changes");
            for change in &changes {
                self.take_in(&change["dynamodb"]);
            }
            if changes.len() < BATCH {
                break;
            }
        }
        self.check_stock();
        self.check_bills();
        self.check_provider(shop);
    }

    fn take_in(&mut self, change: &Value) {
        self.seen = change["SequenceNumber"].as_str().map(str::to_owned);
        let (key, new) = (&change["Keys"], &change["NewImage"]);
        let sort_key = key["SK"]["S"].as_str().unwrap_or_default();
        if sort_key.starts_with("STOCK#") {
            let units = |name: &str| new[name]["N"].as_str().and_then(|n| n.parse().ok()).unwrap_or(0);
            self.stock.insert(key.to_string(), (units("on_hand"), units("held")));
        }
        if sort_key.starts_with("BILL#") {
            let number = BillNumber::parse(new["b"]["S"].as_str().unwrap_or_default()).expect("a number");
            if let Some(old) = self.bills.insert(key.to_string(), number) {
                self.wrong.push(format!("the bill {old} was written once more"));
            }
        }
        if let Some(series) = key["PK"]["S"].as_str().and_then(|key| key.strip_prefix("SERIES#")) {
            let last = new["n"]["N"].as_str().and_then(|n| n.parse().ok()).unwrap_or(0);
            self.series.insert(series.to_owned(), last);
        }
        if sort_key.starts_with(shared::keys::ORDER_PREFIX) {
            let item = functions::edge::item_from_json(new.clone()).expect("an item");
            let order = functions::table::order(item).expect("an order");
            let before = self.orders.get(&order.id);
            let broken = laws_of(&order, before).into_iter();
            self.wrong.extend(broken.map(|law| format!("version {}: {law}", order.version())));
            self.orders.insert(order.id, order);
        }
    }

    /// Every unit is on hand, held by an order, or gone with one.
    fn check_stock(&mut self) {
        let held: i64 = self.stock.values().map(|(_, held)| held).sum();
        let owed: i64 = self.orders.values().map(|order| units(order).held).sum();
        if held != owed {
            self.wrong.push(format!("{held} units are held, open orders have {owed}"));
        }
        if self.stock.values().any(|(on_hand, held)| *on_hand < 0 || *held < 0) {
            self.wrong.push(format!("less than nothing is in stock: {:?}", self.stock));
        }
        let (then, now) = (self.units, self.units_there_were());
        if then.is_some_and(|then| then != now) {
            self.wrong.push(format!("{then:?} units have become {now}"));
        }
    }

    /// Each series has every number up to its last one, once.
    fn check_bills(&mut self) {
        let mut given: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for number in self.bills.values() {
            given.entry(number.series().as_str()).or_default().push(number.number());
        }
        let mut wrong = Vec::new();
        for (series, numbers) in &mut given {
            numbers.sort_unstable();
            let last = self.series.get(*series).copied().unwrap_or(0);
            if !numbers.iter().copied().eq(1..=last) {
                wrong.push(format!("the last number of {series} is {last}, its bills are {numbers:?}"));
            }
        }
        let idle = self.series.keys().filter(|series| !given.contains_key(series.as_str()));
        wrong.extend(idle.map(|series| format!("{series} has numbers and no bills")));
        self.wrong.extend(wrong);
    }

    fn units_there_were(&self) -> i64 {
        let there: i64 = self.stock.values().map(|(on_hand, held)| on_hand + held).sum();
        there + self.orders.values().map(|order| units(order).gone).sum::<i64>()
    }

    /// Nothing is noted that did not happen, and nothing goes back that was not promised before.
    fn check_provider(&mut self, shop: &Shop) {
        let intents = shop.twin.cloud.stripe.intents();
        for order in self.orders.values() {
            let (received, returned) = at_provider(&intents, order);
            let sums = order.sums();
            let (refunded, promised) = (sums.refunded().minor(), sums.requested().minor());
            let collected = by_kind(order, |kind| kind == EntryKind::CodCollection);
            if sums.captured().minor() - collected > received {
                self.wrong.push(format!("the ledger has {}, the provider took {received}", sums.captured()));
            }
            if !(refunded..=refunded + promised).contains(&returned) {
                self.wrong.push(format!(
                    "{returned} cents went back, the ledger says {refunded}, and {promised} are promised"
                ));
            }
            if returned > received {
                self.wrong.push(format!("of {received} cents {returned} went back"));
            }
        }
    }
}

/// Where the units of an order are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Units {
    /// In the warehouse, for nobody else.
    pub held: i64,
    /// Out of the warehouse, for good.
    pub gone: i64,
}

/// Where the units of an order must be, by its log: they leave parcel by parcel.
pub fn units(order: &Order) -> Units {
    let sum =
        |lines: &[shared::order::Units]| -> i64 { lines.iter().map(|units| i64::from(units.quantity)).sum() };
    let mut units = Units { held: i64::from(order.item_count), gone: 0 };
    let mut parcels: BTreeMap<u16, i64> = BTreeMap::new();
    for event in &order.log {
        match &event.kind {
            EventKind::Prepared { parcels: planned, .. } => {
                parcels.extend(planned.iter().map(|parcel| (parcel.number, sum(&parcel.lines))));
            }
            EventKind::ParcelShipped { parcel, .. } => {
                // One that was never planned moves nothing, which the sums then show.
                let left = parcels.remove(parcel).unwrap_or_default();
                units.held -= left;
                units.gone += left;
            }
            EventKind::LinesCancelled { lines, .. } => units.held -= sum(lines),
            EventKind::Cancelled { .. } => units.held = 0,
            EventKind::ReturnReceived { lines, .. } => {
                units.gone -= lines.iter().map(|units| i64::from(units.restocked)).sum::<i64>();
            }
            _ => {}
        }
    }
    units
}

/// Cents that the provider took for an order, and gave back.
pub fn at_provider(intents: &[Value], order: &Order) -> (i64, i64) {
    let id = order.id.to_string();
    let mine = intents.iter().filter(|intent| intent["metadata"]["order_id"] == id);
    mine.fold((0, 0), |(received, refunded), intent| {
        let cents = |name: &str| intent[name].as_i64().unwrap_or(0);
        (received + cents("amount_received"), refunded + cents("amount_refunded"))
    })
}

/// What breaks a law in an order that was written; `before` is what was there.
fn laws_of(order: &Order, before: Option<&Order>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |holds: bool, law: &str| {
        if !holds {
            wrong.push(law.to_owned());
        }
    };
    let gapless = order.log.iter().enumerate().all(|(at, event)| event.sequence == at as u64 + 1);
    must(gapless, "the log has a gap");
    must(folded(order).as_ref() == Some(order), "the head is not what its log comes to");
    must(before.is_none_or(|before| order.log.starts_with(&before.log)), "what had happened has changed");

    let sums = order.sums();
    let has = sums.captured().minor() - sums.refunded().minor() - sums.disputed().minor();
    must(sums.balance_minor() + has >= 0, "less than nothing is owed");
    must(sums.requested().minor() <= has, "more is promised back than was taken");
    must(sums.refundable().minor() == has - sums.requested().minor(), "what can go back is miscounted");

    let credits = |kind| matches!(kind, EntryKind::Credit | EntryKind::Goodwill);
    let captures = |kind| matches!(kind, EntryKind::Capture | EntryKind::CodCollection);
    let charged = by_kind(order, |kind| kind == EntryKind::Charge);
    must(charged == order.total.minor(), "not the total was charged");
    must(charged - by_kind(order, credits) == sums.owed().minor(), "the entries do not come to what is owed");
    must(by_kind(order, captures) == sums.captured().minor(), "the entries do not come to what was taken");
    let refunded = by_kind(order, |kind| kind == EntryKind::Refund);
    must(refunded == sums.refunded().minor(), "the entries do not come to what went back");
    must(order.ledger().last().is_none_or(|last| last.sums == sums), "the ledger ends in other sums");
    wrong
}

/// What the log comes to, event by event.
fn folded(order: &Order) -> Option<Order> {
    order
        .log
        .iter()
        .fold(None, |order, event| apply(order, std::slice::from_ref(&event.kind), &event.actor, event.at))
}

fn by_kind(order: &Order, wanted: impl Fn(EntryKind) -> bool) -> i64 {
    order.ledger().iter().filter(|entry| wanted(entry.kind)).map(|entry| entry.amount.minor()).sum()
}
