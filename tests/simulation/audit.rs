//! The auditor: reads what is stored, at the table, at the payment provider, in the mailboxes, and knows nothing of how
//! it came about.

use serde_json::Value;
use shared::invoice::{Issue, Subject, due};
use std::collections::BTreeMap;
use tests::Shop;

use crate::laws::{at_provider, units};

/// Subjects of mails; `#` stands for the order's number.
pub mod mail {
    pub const RECEIVED: &str = "We have received your order #";
    pub const DECLINED: &str = "Your payment for order # was not possible";
    pub const CONFIRMED: &str = "Your order # is confirmed";
    pub const SHIPPED: &str = "Your order # is on its way";
    pub const DELIVERED: &str = "Your order # was delivered";
    pub const PART_SENT: &str = "A part of your order # is on its way";
    pub const PART_DELIVERED: &str = "A part of your order # was delivered";
    pub const PART_OFF: &str = "A part of your order # was called off";
    pub const CANCELLED: &str = "Your order # was cancelled";
    pub const REFUND: &str = "Your refund for order #";
    pub const RETURN: &str = "Your return for order #";
    pub const RETURN_APPROVED: &str = "Your return for order # is approved";
    pub const RETURN_ARRIVED: &str = "Your return for order # has arrived";
}

/// What may be true in the end, of the one order that a story has, or of the few that end alike.
#[derive(Debug, Clone)]
pub struct Ending {
    /// How many there are.
    pub orders: usize,
    /// Their status.
    pub status: &'static str,
    /// Cents that the shop keeps.
    pub kept: i64,
    /// Units of the product that were received.
    pub received: i64,
    /// Subjects of the mails about them.
    pub mails: Vec<&'static str>,
    /// How often the coupon counts as used, by all and by the customer.
    pub coupon_uses: i64,
}

/// Everything that is wrong with the ending that fits best. Empty: all is well. So many mails may have come twice.
pub fn audit(shop: &Shop, endings: &[Ending], doubles: usize) -> Vec<String> {
    let all = endings.iter().map(|ending| against(shop, ending, doubles));
    all.min_by_key(Vec::len).unwrap_or_else(|| vec!["a story has no ending".to_owned()])
}

fn against(shop: &Shop, ending: &Ending, doubles: usize) -> Vec<String> {
    let items = shop.twin.cloud.dynamodb.items(&shop.twin.table).expect("items");
    let mut wrong = Vec::new();
    wrong.extend(orders(shop, ending, &items));
    wrong.extend(money(shop, ending));
    wrong.extend(mails(shop, ending, doubles));
    for (queue, _) in &shop.twin.queue_names {
        let left = shop.twin.cloud.sqs.messages(queue).len();
        if left > 0 {
            wrong.push(format!("{left} messages are left in {queue}"));
        }
    }
    wrong
}

/// Every order that is confirmed and not off has one invoice, and there is a credit note for all that was taken off it.
pub async fn bills(shop: &Shop) -> Vec<String> {
    let table = &shop.twin.lambda.app("get-invoice").expect("a function").table;
    let mut wrong = Vec::new();
    for order in shop.twin.orders() {
        let document =
            table.document(&order.customer, order.id.placement(), true).await.expect("the table answers");
        let issued = table.bills(&order.customer, &order.id, true).await.expect("the table answers");
        match document.map(|document| due(&order, &document, &issued)) {
            None => wrong.push("an order has no document".to_owned()),
            Some(Some(subject)) => {
                wrong.push(format!("there is no bill for {subject:?}, only {issued:?}"));
            }
            Some(None) => {}
        }
        let invoices = issued.iter().filter(|issue| issue.subject == Subject::Order).count();
        let is_unknown = |issue: &&Issue| order.bill_number(issue.subject.place()) != Some(&issue.number);
        wrong.extend(
            issued.iter().filter(is_unknown).map(|issue| format!("the order does not note {issue:?}")),
        );
        if invoices > 1 {
            wrong.push(format!("there are {invoices} invoices"));
        }
    }
    wrong
}

/// Items whose sort key begins like this.
fn of<'a>(items: &'a [Value], prefix: &str) -> Vec<&'a Value> {
    let named = |item: &&Value| item["SK"]["S"].as_str().is_some_and(|key| key.starts_with(prefix));
    items.iter().filter(named).collect()
}

fn number(item: &Value, name: &str) -> i64 {
    item[name]["N"].as_str().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// There are as many orders as should be, where they should be, and everything that counts with them.
fn orders(shop: &Shop, ending: &Ending, items: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    let orders = shop.twin.orders();
    let documents = of(items, "PLACED#").len();
    if (orders.len(), documents) != (ending.orders, ending.orders) {
        wrong.push(format!("{} orders and {documents} documents", orders.len()));
    }
    for order in &orders {
        if order.status.as_str() != ending.status {
            wrong.push(format!("the order is {} instead of {}", order.status.as_str(), ending.status));
        }
    }
    let (on_hand, held) = shop.units("bottle");
    let gone: i64 = orders.iter().map(|order| units(order).gone).sum();
    if on_hand + held + gone != ending.received {
        wrong.push(format!(
            "{on_hand} on hand, {held} held and {gone} sent are not the {} received",
            ending.received
        ));
    }
    for item in of(items, "COUPON") {
        let used = number(item, "used");
        if used != ending.coupon_uses {
            wrong.push(format!("a coupon counts as used {used} times instead of {}", ending.coupon_uses));
        }
    }
    for cart in of(items, "CART") {
        let lines = cart["l"]["M"].as_object().map_or(0, serde_json::Map::len);
        let order = cart["b"]["M"]["o"]["S"].as_str().unwrap_or_default();
        if lines != 0 || !orders.iter().any(|known| known.id.to_string() == order) {
            wrong.push(format!("the cart has {lines} lines and names {order:?} as its order"));
        }
    }
    let counted: i64 =
        of(items, "COUNTS").iter().map(|item| number(item, &format!("n_{}", ending.status))).sum();
    if usize::try_from(counted) != Ok(ending.orders) {
        wrong.push(format!("{counted} orders are counted as {}", ending.status));
    }
    wrong
}

/// The ledger and the provider have the same, and it is what the shop should keep.
fn money(shop: &Shop, ending: &Ending) -> Vec<String> {
    let mut wrong = Vec::new();
    let (orders, intents) = (shop.twin.orders(), shop.twin.cloud.stripe.intents());
    let mut charges: BTreeMap<&str, usize> = BTreeMap::new();
    for intent in intents.iter().filter(|intent| intent["amount_received"].as_i64() > Some(0)) {
        *charges.entry(intent["metadata"]["order_id"].as_str().unwrap_or_default()).or_default() += 1;
    }
    let known = |id: &str| orders.iter().any(|order| order.id.to_string() == id);
    if charges.iter().any(|(id, count)| *count > 1 || !known(id)) {
        wrong.push(format!("charged more than once, or for no order: {charges:?}"));
    }
    // Money that is neither taken nor let go hangs between the two.
    let hanging = intents.iter().filter(|intent| intent["status"] == "requires_capture").count();
    if hanging > 0 {
        wrong.push(format!("{hanging} reservations are neither taken nor let go"));
    }
    let mut kept = 0;
    for order in &orders {
        let (received, returned) = at_provider(&intents, order);
        kept += received - returned;
        let sums = order.sums();
        if (sums.captured().minor(), sums.refunded().minor()) != (received, returned) {
            wrong.push(format!(
                "the ledger has taken {} and given back {}, the provider {received} and {returned}",
                sums.captured(),
                sums.refunded()
            ));
        }
        if !sums.requested().is_zero() {
            wrong.push(format!("{} are promised and not given back", sums.requested()));
        }
    }
    if kept != ending.kept {
        wrong.push(format!("the shop keeps {kept} cents instead of {}", ending.kept));
    }
    wrong
}

/// Each expected mail came, none that nobody expects, and no more of them twice than may.
fn mails(shop: &Shop, ending: &Ending, doubles: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    let numbers: Vec<_> = shop.twin.orders().iter().map(shared::order::Order::number).collect();
    let mut came: BTreeMap<String, usize> = BTreeMap::new();
    for mail in shop.twin.cloud.ses.mails() {
        let subject =
            numbers.iter().fold(mail.subject, |subject, number| subject.replace(number.as_str(), "#"));
        *came.entry(subject).or_default() += 1;
    }
    for subject in &ending.mails {
        match came.get_mut(*subject) {
            Some(count @ 1..) => *count -= 1,
            _ => wrong.push(format!("no mail {subject:?}")),
        }
    }
    let mut more = 0;
    for (subject, count) in came {
        if ending.mails.contains(&subject.as_str()) {
            more += count;
        } else {
            wrong.push(format!("nobody expects {subject:?}"));
        }
    }
    if more > doubles {
        wrong.push(format!("{more} mails came twice, {doubles} may"));
    }
    wrong
}
