//! Lists of orders, newest first: a customer's, and everybody's.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use shared::ids::{CustomerId, OrderId};
use shared::keys;
use shared::order::{Order, Status, attention};
use shared::time::Timestamp;
use std::collections::HashMap;
use std::time::Duration;

use super::orders::order;
use super::{INDEX, Item, LISTS, Table, key_item, sort_key, text, unavailable};
use crate::error::Error;

/// How often what a batch did not get is asked for again. A batch has at most 16 MB (AWS: "BatchGetItem"), and a hundred heads
/// are far smaller, so only a table that is busy leaves anything.
const BATCH_ATTEMPTS: u32 = 5;

/// Which orders a list has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those that stand there.
    pub status: Option<Status>,
    /// Those whose log says that a person must look at them ([`attention::is_open`]).
    pub attention: bool,
    /// Those that were placed then or later.
    pub from: Option<Timestamp>,
    /// Those that were placed before.
    pub before: Option<Timestamp>,
}

/// A place in a list: whose order, and which.
pub type Place = (CustomerId, OrderId);

/// A page of orders.
#[derive(Debug)]
pub struct Page {
    /// Newest first.
    pub orders: Vec<Order>,
    /// The last order that was looked at, if there may be more.
    pub last: Option<Place>,
}

impl Filter {
    /// Those of one status, or all.
    pub fn of(status: Option<Status>) -> Self {
        Self { status, ..Self::default() }
    }

    fn matches(&self, order: &Order) -> bool {
        self.status.is_none_or(|status| order.status == status) && self.needs(order)
    }

    /// Whether an order is what the index says that these are.
    fn fits(&self, order: &Order) -> bool {
        if self.attention { self.needs(order) } else { self.matches(order) }
    }

    fn needs(&self, order: &Order) -> bool {
        !self.attention || attention::is_open(order)
    }

    /// Between which sort keys they lie.
    fn bounds(&self) -> (String, String) {
        let from = self.from.map_or_else(|| keys::ORDER_PREFIX.to_owned(), keys::heads_since);
        (from, self.before.map_or_else(|| keys::HEADS_END.to_owned(), keys::heads_since))
    }

    /// The condition on a head that its keys do not answer.
    fn expression(&self) -> Option<&'static str> {
        match (self.status.is_some(), self.attention) {
            (false, false) => None,
            (true, false) => Some("#status = :status"),
            (false, true) => Some("attribute_exists(GSI1PK)"),
            (true, true) => Some("#status = :status AND attribute_exists(GSI1PK)"),
        }
    }
}

impl Table {
    /// Orders of a customer: `skip` and then at most `limit` of those that the filter wants, after `after`. Reads at most four
    /// pages of the table, so a rare status gives short pages rather than slow ones.
    pub async fn orders(
        &self,
        customer: &CustomerId,
        filter: &Filter,
        after: Option<OrderId>,
        skip: u32,
        limit: u32,
    ) -> Result<Page, Error> {
        const READS: u32 = 4;
        // Heads that one read looks at: about a kilobyte each, so at most 25 request units for a page.
        const FILTERED: i32 = 50;
        let wanted = usize::try_from(skip.saturating_add(limit)).unwrap_or(usize::MAX);
        let filtered = filter.expression();
        let mut found: Vec<Order> = Vec::new();
        let mut last = after;
        for read in 0.. {
            let query = self.between("PK", &keys::customer(customer), "SK", filter);
            let query = match filtered {
                Some(expression) => query.limit(FILTERED).filter_expression(expression),
                None => query.limit(i32::try_from(wanted - found.len()).unwrap_or(i32::MAX)),
            };
            let query = match filter.status {
                Some(status) => query
                    .expression_attribute_names("#status", "status")
                    .expression_attribute_values(":status", text(status.as_str())),
                None => query,
            };
            let start = last.map(|order| key_item(&keys::head(customer, &order)));
            let answer = query.set_exclusive_start_key(start).send().await.map_err(unavailable)?;
            last = answer.last_evaluated_key().map(sort_key).and_then(keys::parse_order);
            for item in answer.items.unwrap_or_default() {
                found.push(order(item)?);
            }
            if found.len() >= wanted || last.is_none() || (read + 1 >= READS && filtered.is_some()) {
                break;
            }
        }
        if found.len() > wanted {
            found.truncate(wanted);
            last = found.last().map(|order| order.id);
        }
        let skipped = usize::try_from(skip).unwrap_or(usize::MAX).min(found.len());
        let last = last.map(|order| (customer.clone(), order));
        Ok(Page { orders: found.split_off(skipped), last })
    }

    /// Everybody's orders that the filter wants, after `after`. A page is one read of an index, of so many entries, and one of
    /// their heads, however many orders there are. What the index does not know, a second filter and what happened a moment ago,
    /// is asked of the heads and makes a page shorter.
    pub async fn all_orders(&self, filter: &Filter, after: Option<Place>, limit: u32) -> Result<Page, Error> {
        let (index, partition_key, partition) = match (filter.attention, filter.status) {
            (true, _) => (INDEX, "GSI1PK", keys::ATTENTION.to_owned()),
            (false, Some(status)) => (LISTS, "GSI2PK", keys::orders_of(status)),
            (false, None) => (LISTS, "GSI2PK", keys::ORDERS.to_owned()),
        };
        let start = after.map(|(customer, order)| {
            let base = match (filter.attention, filter.status) {
                (false, None) => keys::document(&customer, order.placement()),
                _ => keys::head(&customer, &order),
            };
            let mut start = key_item(&base);
            start.insert(partition_key.to_owned(), text(&partition));
            start.insert("GSI1SK".to_owned(), text(&keys::in_time(&order)));
            start
        });
        let query = self.between(partition_key, &partition, "GSI1SK", filter).index_name(index);
        let query = query.limit(i32::try_from(limit).unwrap_or(i32::MAX)).set_exclusive_start_key(start);
        let answer = query.send().await.map_err(unavailable)?;
        let places: Vec<Place> = answer.items().iter().filter_map(place).collect();
        let mut heads = self.heads(&places, false).await?;
        // Both reads may be a moment old. Where they contradict each other the order is in no list, unless it is looked at again.
        let doubtful =
            places.iter().filter(|(_, order)| !heads.get(order).is_some_and(|head| filter.fits(head)));
        let doubtful: Vec<Place> = doubtful.cloned().collect();
        heads.extend(self.heads(&doubtful, true).await?);
        let orders = places.iter().filter_map(|(_, order)| heads.remove(order));
        Ok(Page {
            orders: orders.filter(|order| filter.matches(order)).collect(),
            last: answer.last_evaluated_key().and_then(place),
        })
    }

    /// The orders of a partition, newest first, between the filter's bounds.
    fn between(
        &self,
        partition_key: &str,
        partition: &str,
        sort_key: &str,
        filter: &Filter,
    ) -> QueryFluentBuilder {
        let (from, to) = filter.bounds();
        let condition = format!("{partition_key} = :partition AND {sort_key} BETWEEN :from AND :to");
        let query = self.client.query().table_name(&self.name).scan_index_forward(false);
        let query = query.key_condition_expression(condition);
        let query = query.expression_attribute_values(":partition", text(partition));
        query.expression_attribute_values(":from", text(&from)).expression_attribute_values(":to", text(&to))
    }

    /// Heads of orders. A fresh read sees every answered write; the other kind costs half.
    async fn heads(&self, places: &[Place], fresh: bool) -> Result<HashMap<OrderId, Order>, Error> {
        let mut found = HashMap::new();
        let mut keys: Vec<Item> =
            places.iter().map(|(customer, order)| key_item(&keys::head(customer, order))).collect();
        for attempt in 0..BATCH_ATTEMPTS {
            if keys.is_empty() {
                return Ok(found);
            }
            if attempt > 0 {
                tokio::time::sleep(Duration::from_millis(25 << attempt)).await;
            }
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(fresh).build();
            let wanted = wanted.map_err(|error| Error::broken("a read is incomplete", error))?;
            let request = self.client.batch_get_item().request_items(&self.name, wanted);
            let answer = request.send().await.map_err(unavailable)?;
            for item in answer.responses.unwrap_or_default().remove(&self.name).unwrap_or_default() {
                let head = order(item)?;
                found.insert(head.id, head);
            }
            let left = answer.unprocessed_keys.unwrap_or_default().remove(&self.name);
            keys = left.map(|left| left.keys).unwrap_or_default();
        }
        if keys.is_empty() {
            Ok(found)
        } else {
            Err(Error::unavailable("DynamoDB", "it gives a part of what it was asked for"))
        }
    }
}

/// The order that an index entry stands for.
fn place(entry: &Item) -> Option<Place> {
    let attribute = |name: &str| entry.get(name).and_then(|value| value.as_s().ok());
    Some((keys::parse_customer(attribute("PK")?)?, keys::parse_order(attribute("GSI1SK")?)?))
}
