//! Heads and documents of orders.

use shared::ids::{CustomerId, OrderId, OrderNumber, PlacementTag};
use shared::keys::{self, Key};
use shared::order::{Effects, Order, attention};
use shared::placement::{Document, Placement};
use shared::time::Timestamp;

use super::carts::close;
use super::coupons::{count_use, give_use_back};
use super::packed::{PACKED, pack, unpack};
use super::stock::{give_back, restock, ship, take};
use super::{INDEX, Item, Outcome, Table, Write, from_item, number, sort_key, text, to_item, unavailable};
use crate::error::Error;

/// How often a placement is tried against others that are at the same items. Then it is better decided anew: what is used up
/// by now is refused by the next read, and not by ever longer waiting.
const PLACE_ATTEMPTS: u32 = 4;

/// What became of a placement.
#[derive(Debug)]
pub enum Placed {
    /// The order exists.
    Done,
    /// There is one under this key already.
    Taken(Box<Document>),
    /// Stock, cart or coupon changed since they were read, or others are at them right now; read and decide again.
    Changed,
}

/// What became of a change of a head.
#[derive(Debug)]
pub enum Saved {
    /// It is saved.
    Done,
    /// Somebody else changed the order since it was read.
    Stale,
}

impl Table {
    /// An order of this customer. A fresh read sees every answered write; the other kind costs half.
    pub async fn order(
        &self,
        customer: &CustomerId,
        id: &OrderId,
        fresh: bool,
    ) -> Result<Option<Order>, Error> {
        self.get(&keys::head(customer, id), fresh).await?.map(order).transpose()
    }

    /// What was frozen when the order was placed under this tag. It never changes, so only a look-up by idempotency key
    /// needs a fresh read.
    pub async fn document(
        &self,
        customer: &CustomerId,
        placement: PlacementTag,
        fresh: bool,
    ) -> Result<Option<Document>, Error> {
        self.get(&keys::document(customer, placement), fresh).await?.as_ref().map(unpack).transpose()
    }

    /// Writes a new order, or nothing: head, document, the end of its cart, the use of its coupon, and stock (P1, P4, P5, P8).
    pub async fn place(&self, placement: &Placement) -> Result<Placed, Error> {
        let Placement { order, document: frozen, cart } = placement;
        let mut writes = vec![
            Write::Put {
                item: document_item(order, frozen)?,
                condition: "attribute_not_exists(PK)",
                values: vec![],
            },
            Write::Put { item: head_item(order)?, condition: "attribute_not_exists(PK)", values: vec![] },
        ];
        if let Some(cart) = cart {
            writes.push(close(&order.customer, cart, order.id, order.placed_at)?);
        }
        writes.extend(frozen.coupon.iter().flat_map(|used| count_use(&order.customer, used)));
        writes.extend(frozen.allocations.iter().map(take));
        match self.try_write(&writes, PLACE_ATTEMPTS).await? {
            None => Ok(Placed::Changed),
            Some(Outcome::Done) => Ok(Placed::Done),
            Some(Outcome::Refused(mut refused)) => match refused.swap_remove(0) {
                (0, Some(item)) => Ok(Placed::Taken(Box::new(unpack(&item)?))),
                (0 | 1, _) => {
                    Err(Error::broken("an order exists without its document", order.id.to_string()))
                }
                _ => Ok(Placed::Changed),
            },
        }
    }

    /// Saves a changed head if it is still the one that was changed, and what the change does beyond it in the same write.
    pub async fn save(&self, before: &Order, after: &Order, effects: &Effects) -> Result<Saved, Error> {
        let mut writes = vec![Write::Put {
            item: head_item(after)?,
            condition: "v = :read",
            values: vec![(":read", number(before.version()))],
        }];
        writes.extend(effects.coupon.iter().flat_map(|used| give_use_back(&after.customer, used)));
        writes.extend(effects.released.iter().map(give_back));
        writes.extend(effects.shipped.iter().map(ship));
        writes.extend(effects.restocked.iter().map(restock));
        match self.write(writes).await? {
            Outcome::Done => Ok(Saved::Done),
            Outcome::Refused(refused) if refused.iter().any(|(at, _)| *at == 0) => Ok(Saved::Stale),
            Outcome::Refused(_) => {
                Err(Error::broken("the stock of an order is not where it took it from", after.id.to_string()))
            }
        }
    }

    /// When a customer's orders were placed since a moment, oldest first and at most so many. The time is part of their ids,
    /// so nothing has to be counted when an order is placed (P14).
    pub async fn placed_since(
        &self,
        customer: &CustomerId,
        since: Timestamp,
        most: u32,
    ) -> Result<Vec<Timestamp>, Error> {
        let query = self.client.query().table_name(&self.name).projection_expression("SK");
        let query = query.key_condition_expression("PK = :customer AND SK BETWEEN :since AND :end");
        let query = query.expression_attribute_values(":customer", text(&keys::customer(customer)));
        let query = query.expression_attribute_values(":since", text(&keys::heads_since(since)));
        let query = query.expression_attribute_values(":end", text(keys::HEADS_END));
        let answer =
            query.limit(i32::try_from(most).unwrap_or(i32::MAX)).send().await.map_err(unavailable)?;
        let ids = answer.items().iter().filter_map(|item| keys::parse_order(sort_key(item)));
        Ok(ids.map(|id| id.placed_at()).collect())
    }

    /// The order of that number, whoever's it is: its customer and id. Numbers are 50 bits of the id, so two orders could
    /// share one; the caller's own is meant then.
    pub async fn find_number(&self, order_number: &OrderNumber) -> Result<Vec<(CustomerId, OrderId)>, Error> {
        let query = self.client.query().table_name(&self.name).index_name(INDEX);
        let query = query.key_condition_expression("GSI1PK = :number");
        let query = query.expression_attribute_values(":number", text(&keys::number(order_number)));
        let answer = query.send().await.map_err(unavailable)?;
        let attribute = |item: &Item, name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
        Ok(answer
            .items()
            .iter()
            .filter_map(|item| {
                let customer = keys::parse_customer(&attribute(item, "PK")?)?;
                Some((customer, keys::parse_order(&attribute(item, "GSI1SK")?)?))
            })
            .collect())
    }
}

/// Whether an item is the head of an order.
pub fn is_head(item: &Item) -> bool {
    keys::parse_order(sort_key(item)).is_some()
}

/// The order that a head holds.
pub fn order(item: Item) -> Result<Order, Error> {
    from_item(item)
}

/// Its places in the lists are written with it, so they cannot say anything else than it does.
fn head_item(order: &Order) -> Result<Item, Error> {
    let mut item = to_item(&keys::head(&order.customer, &order.id), order)?;
    item.insert("v".to_owned(), number(order.version()));
    item.insert("GSI1SK".to_owned(), text(&keys::in_time(&order.id)));
    item.insert("GSI2PK".to_owned(), text(&keys::orders_of(order.status)));
    if attention::is_open(order) {
        item.insert("GSI1PK".to_owned(), text(keys::ATTENTION));
    }
    Ok(item)
}

/// The document is written once and never queried into, so it is packed.
fn document_item(order: &Order, frozen: &Document) -> Result<Item, Error> {
    let key: Key = keys::document(&order.customer, order.id.placement());
    let mut item = super::key_item(&key);
    item.insert("GSI1PK".to_owned(), text(&keys::number(&order.number())));
    item.insert("GSI1SK".to_owned(), text(&keys::in_time(&order.id)));
    item.insert("GSI2PK".to_owned(), text(keys::ORDERS));
    item.insert(PACKED.to_owned(), pack(frozen)?);
    Ok(item)
}
