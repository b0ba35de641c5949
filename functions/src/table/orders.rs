//! Heads and documents of orders.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use shared::ids::{CustomerId, OrderId, OrderNumber, PlacementTag};
use shared::keys::{self, Key};
use shared::order::{Order, Status};
use shared::placement::{Document, Placement};
use shared::stock::Allocation;
use std::io::{Read as _, Write as _};

use super::{INDEX, Item, Outcome, Table, Write, from_item, number, sort_key, text, to_item, unavailable};
use crate::error::Error;

/// What became of a placement.
#[derive(Debug)]
pub enum Placed {
    /// The order exists.
    Done,
    /// There is one under this key already.
    Taken(Box<Document>),
    /// The stock changed since it was read; read and decide again.
    StockChanged,
}

/// What became of a change of a head.
#[derive(Debug)]
pub enum Saved {
    /// It is saved.
    Done,
    /// Somebody else changed the order since it was read.
    Stale,
}

/// A page of a customer's orders.
#[derive(Debug)]
pub struct Page {
    /// Newest first.
    pub orders: Vec<Order>,
    /// The last order that was looked at, if there may be more.
    pub last: Option<OrderId>,
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
        self.get(&keys::document(customer, placement), fresh).await?.map(document).transpose()
    }

    /// Writes a new order: head, document and stock, or nothing (P4, P5).
    pub async fn place(&self, placement: &Placement) -> Result<Placed, Error> {
        let Placement { order, document: frozen } = placement;
        let mut writes = vec![
            Write::Put {
                item: document_item(order, frozen)?,
                condition: "attribute_not_exists(PK)",
                values: vec![],
            },
            Write::Put { item: head_item(order)?, condition: "attribute_not_exists(PK)", values: vec![] },
        ];
        writes.extend(frozen.allocations.iter().map(take));
        match self.write(writes).await? {
            Outcome::Done => Ok(Placed::Done),
            Outcome::Refused(mut refused) => match refused.swap_remove(0) {
                (0, Some(item)) => Ok(Placed::Taken(Box::new(document(item)?))),
                (0 | 1, _) => {
                    Err(Error::broken("an order exists without its document", order.id.to_string()))
                }
                _ => Ok(Placed::StockChanged),
            },
        }
    }

    /// Saves a changed head if it is still the one that was changed; `returned` goes back to stock in the same write.
    pub async fn save(&self, before: &Order, after: &Order, returned: &[Allocation]) -> Result<Saved, Error> {
        let mut writes = vec![Write::Put {
            item: head_item(after)?,
            condition: "v = :read",
            values: vec![(":read", number(before.version()))],
        }];
        writes.extend(returned.iter().map(give_back));
        match self.write(writes).await? {
            Outcome::Done => Ok(Saved::Done),
            Outcome::Refused(refused) if refused.iter().any(|(at, _)| *at == 0) => Ok(Saved::Stale),
            Outcome::Refused(_) => {
                Err(Error::broken("stock that an order holds is not there", after.id.to_string()))
            }
        }
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

    /// Orders of a customer, newest first: `skip` and then at most `limit` of those with `status`, after `after`. Reads at
    /// most four pages of the table, so a rare status gives short pages rather than slow ones.
    pub async fn orders(
        &self,
        customer: &CustomerId,
        status: Option<Status>,
        after: Option<OrderId>,
        skip: u32,
        limit: u32,
    ) -> Result<Page, Error> {
        const READS: u32 = 4;
        // Heads that one read looks at: about a kilobyte each, so at most 25 request units for a page.
        const FILTERED: i32 = 50;
        let wanted = usize::try_from(skip.saturating_add(limit)).unwrap_or(usize::MAX);
        let mut found: Vec<Order> = Vec::new();
        let mut last = after;
        for read in 0.. {
            let query = self.client.query().table_name(&self.name).scan_index_forward(false);
            let query = query.key_condition_expression("PK = :customer AND begins_with(SK, :order)");
            let query = query.expression_attribute_values(":customer", text(&keys::customer(customer)));
            let query = query.expression_attribute_values(":order", text(keys::ORDER_PREFIX));
            let query = match status {
                Some(status) => query
                    .limit(FILTERED)
                    .filter_expression("#status = :status")
                    .expression_attribute_names("#status", "status")
                    .expression_attribute_values(":status", text(status.as_str())),
                None => query.limit(i32::try_from(wanted - found.len()).unwrap_or(i32::MAX)),
            };
            let start = last.map(|order| super::key_item(&keys::head(customer, &order)));
            let answer = query.set_exclusive_start_key(start).send().await.map_err(unavailable)?;
            last = answer.last_evaluated_key().map(sort_key).and_then(keys::parse_order);
            for item in answer.items.unwrap_or_default() {
                found.push(order(item)?);
            }
            if found.len() >= wanted || last.is_none() || (read + 1 >= READS && status.is_some()) {
                break;
            }
        }
        if found.len() > wanted {
            found.truncate(wanted);
            last = found.last().map(|order| order.id);
        }
        let skipped = usize::try_from(skip).unwrap_or(usize::MAX).min(found.len());
        Ok(Page { orders: found.split_off(skipped), last })
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

fn head_item(order: &Order) -> Result<Item, Error> {
    let mut item = to_item(&keys::head(&order.customer, &order.id), order)?;
    item.insert("v".to_owned(), number(order.version()));
    Ok(item)
}

/// The document as one deflated attribute: it is written once, never queried into, and DynamoDB charges by the
/// kilobyte (AWS: "Best practices for storing large items", compressing).
fn document_item(order: &Order, frozen: &Document) -> Result<Item, Error> {
    let broken = |error: std::io::Error| Error::broken("a document does not compress", error);
    let json = serde_json::to_vec(frozen).map_err(|error| Error::broken("a document is not JSON", error))?;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&json).map_err(broken)?;
    let packed = encoder.finish().map_err(broken)?;
    let key: Key = keys::document(&order.customer, order.id.placement());
    let mut item = super::key_item(&key);
    item.insert("GSI1PK".to_owned(), text(&keys::number(&order.number())));
    item.insert("GSI1SK".to_owned(), text(&format!("{}{}", keys::ORDER_PREFIX, order.id)));
    item.insert("z".to_owned(), AttributeValue::B(Blob::new(packed)));
    Ok(item)
}

fn document(item: Item) -> Result<Document, Error> {
    let packed = item.get("z").and_then(|value| value.as_b().ok());
    let packed =
        packed.ok_or_else(|| Error::broken("a document has no content", sort_key(&item).to_owned()))?;
    let mut json = Vec::new();
    let inflated = DeflateDecoder::new(packed.as_ref()).read_to_end(&mut json);
    inflated.map_err(|error| Error::broken("a document does not inflate", error))?;
    serde_json::from_slice(&json).map_err(|error| Error::broken("a document is not of its kind", error))
}

fn take(allocation: &Allocation) -> Write {
    Write::Update {
        key: keys::stock(&allocation.product, &allocation.warehouse),
        change: "SET on_hand = on_hand - :units, held = held + :units".into(),
        condition: "on_hand >= :units",
        values: vec![(":units", number(allocation.quantity))],
    }
}

fn give_back(allocation: &Allocation) -> Write {
    Write::Update {
        key: keys::stock(&allocation.product, &allocation.warehouse),
        change: "SET on_hand = on_hand + :units, held = held - :units".into(),
        condition: "held >= :units",
        values: vec![(":units", number(allocation.quantity))],
    }
}
