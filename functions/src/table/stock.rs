//! What warehouses have: buckets, and how orders and people change them.
//!
//! Law: no write here makes units from nothing or loses any. Orders move them between `on_hand` and `held` of one bucket,
//! a split moves `on_hand` between buckets, and the sum changes only with what leaves a record: an adjustment, and in the log of
//! an order what was shipped and what came back.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::api::stock::AdjustStock;
use shared::ids::{CustomerId, IdempotencyKey, ProductId, WarehouseId};
use shared::sku::Sku;
use shared::stock::Allocation;
use shared::time::Timestamp;
use shared::{keys, limits};

use super::{Item, Outcome, Table, Write, from_item, number, sort_key, text, to_item};
use crate::error::Error;

/// A bucket, as it is in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Its number, from 0.
    pub number: u16,
    /// Units that can be sold.
    pub on_hand: i64,
    /// Units that open orders hold.
    pub held: i64,
    /// Whether nothing is to come in any more: there are fewer buckets since a split. It stays, because orders give back
    /// to the bucket that they took from.
    pub closed: bool,
}

/// What one warehouse has of one sku.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// What.
    pub sku: Sku,
    /// Where.
    pub warehouse: WarehouseId,
    /// In which buckets, by number.
    pub buckets: Vec<Bucket>,
}

/// A change of one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Which bucket.
    pub number: u16,
    /// What was read of it; none if it is new.
    pub before: Option<Bucket>,
    /// Units that come (positive) or go (negative).
    pub units: i64,
    /// Whether it is closed afterwards.
    pub closed: bool,
}

/// What became of moves.
#[derive(Debug)]
pub enum Moved {
    /// All are written.
    Done,
    /// None is: a bucket has changed since it was read.
    Changed,
}

/// An adjustment, and who asks for it under which key.
#[derive(Debug, Clone, Copy)]
pub struct Adjustment<'a> {
    /// Of which product.
    pub product: &'a ProductId,
    /// What.
    pub asked: &'a AdjustStock,
    /// Who.
    pub actor: &'a CustomerId,
    /// Under which key.
    pub key: &'a IdempotencyKey,
}

/// What became of an adjustment.
#[derive(Debug)]
pub enum Adjusted {
    /// It is booked.
    Done,
    /// It was booked before, by the same request.
    Replayed,
    /// The key was used for another adjustment.
    KeyReused,
    /// Nothing is booked: a bucket has changed since it was read.
    Changed,
}

#[derive(Serialize, Deserialize)]
struct Row {
    on_hand: i64,
    held: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    closed: bool,
}

/// The record of an adjustment; it is also the record of the idempotency key.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    #[serde(flatten)]
    asked: AdjustStock,
    actor: CustomerId,
}

impl Table {
    /// The buckets that a warehouse has of something, freshly read.
    pub async fn buckets(&self, sku: &Sku, warehouse: &WarehouseId) -> Result<Vec<Bucket>, Error> {
        let (first, last) = (keys::stock(sku, warehouse, 0), keys::stock(sku, warehouse, limits::BUCKETS));
        let items = self.range(&first, &last.sk, true).await?;
        items.into_iter().map(|item| Ok(parse(&sku.product, item)?.2)).collect()
    }

    /// Books an adjustment as these moves, once per key.
    pub async fn adjust_stock(
        &self,
        adjustment: &Adjustment<'_>,
        moves: &[Move],
        now: Timestamp,
    ) -> Result<Adjusted, Error> {
        let Adjustment { product, asked, actor, key } = *adjustment;
        let record = Record { asked: asked.clone(), actor: actor.clone() };
        let mut item = to_item(&keys::adjustment(product, actor, key), &record)?;
        item.insert("at".to_owned(), text(&now.rfc3339()));
        let mut writes = vec![Write::Put { item, condition: "attribute_not_exists(PK)", values: vec![] }];
        let sku = Sku::new(product.clone(), asked.variation_id.clone());
        for change in moves {
            writes.push(change.write(&sku, &asked.warehouse_id)?);
        }
        match self.write(writes).await? {
            Outcome::Done => Ok(Adjusted::Done),
            Outcome::Refused(mut refused) => match refused.swap_remove(0) {
                (0, Some(item)) => known(item, adjustment),
                (0, None) => Err(Error::broken("an adjustment was refused for no record", key.to_string())),
                _ => Ok(Adjusted::Changed),
            },
        }
    }

    /// What this key led to before, if it did.
    pub async fn adjustment(&self, adjustment: &Adjustment<'_>) -> Result<Option<Adjusted>, Error> {
        let key = keys::adjustment(adjustment.product, adjustment.actor, adjustment.key);
        let item = self.get(&key, true).await?;
        item.map(|item| known(item, adjustment)).transpose()
    }

    /// Moves units between the buckets of a warehouse. No record is kept of it: nothing came and nothing went, so there is
    /// nothing that the sum of adjustments and orders would not explain.
    pub async fn move_stock(
        &self,
        sku: &Sku,
        warehouse: &WarehouseId,
        moves: &[Move],
    ) -> Result<Moved, Error> {
        let writes: Vec<Write> =
            moves.iter().map(|change| change.write(sku, warehouse)).collect::<Result<_, _>>()?;
        match self.write(writes).await? {
            Outcome::Done => Ok(Moved::Done),
            Outcome::Refused(_) => Ok(Moved::Changed),
        }
    }
}

impl Bucket {
    /// The bucket after a move, if nobody else changed it meanwhile.
    pub fn after(&self, change: &Move) -> Self {
        Self { on_hand: self.on_hand + change.units, closed: change.closed, ..*self }
    }
}

impl Move {
    fn write(&self, sku: &Sku, warehouse: &WarehouseId) -> Result<Write, Error> {
        let key = keys::stock(sku, warehouse, self.number);
        let Some(before) = self.before else {
            let row = Row { on_hand: self.units, held: 0, closed: self.closed };
            let item = to_item(&key, &row)?;
            return Ok(Write::Put { item, condition: "attribute_not_exists(PK)", values: vec![] });
        };
        let mut values = vec![(":units", number(self.units))];
        let mut change = "SET on_hand = on_hand + :units";
        if before.closed != self.closed {
            change = "SET on_hand = on_hand + :units, closed = :closed";
            values.push((":closed", AttributeValue::Bool(self.closed)));
        }
        // Orders may take from a bucket meanwhile, as long as what is to go is there. If somebody brought units to where these
        // come, the warehouse may have more than it may have: that is for a new decision.
        let condition = if self.units < 0 {
            values.push((":least", number(-self.units)));
            "on_hand >= :least"
        } else {
            values.push((":seen", number(before.on_hand)));
            "on_hand <= :seen"
        };
        Ok(Write::Update { key, change: change.into(), condition: condition.into(), names: vec![], values })
    }
}

/// What an order takes.
pub(super) fn take(allocation: &Allocation) -> Write {
    change(allocation, "SET on_hand = on_hand - :units, held = held + :units", "on_hand >= :units")
}

/// What an order gives back, to the bucket that it was taken from.
pub(super) fn give_back(allocation: &Allocation) -> Write {
    change(allocation, "SET on_hand = on_hand + :units, held = held - :units", "held >= :units")
}

/// What has left the house for an order.
pub(super) fn ship(allocation: &Allocation) -> Write {
    change(allocation, "SET held = held - :units", "held >= :units")
}

/// What came back and can be sold again, to the bucket that it was taken from.
pub(super) fn restock(allocation: &Allocation) -> Write {
    change(allocation, "SET on_hand = on_hand + :units", "attribute_exists(PK)")
}

fn change(allocation: &Allocation, change: &'static str, condition: &'static str) -> Write {
    Write::Update {
        key: keys::stock(&allocation.sku, &allocation.warehouse, allocation.bucket),
        change: change.into(),
        condition: condition.into(),
        names: vec![],
        values: vec![(":units", number(allocation.quantity))],
    }
}

/// What a stock item of a product says.
pub(super) fn parse(product: &ProductId, item: Item) -> Result<(Sku, WarehouseId, Bucket), Error> {
    let broken = || Error::broken("a stock item is not named as one", sort_key(&item).to_owned());
    let (variation, warehouse, bucket) = keys::parse_stock(sort_key(&item)).ok_or_else(broken)?;
    let Row { on_hand, held, closed } = from_item(item)?;
    let sku = Sku::new(product.clone(), variation);
    Ok((sku, warehouse, Bucket { number: bucket, on_hand, held, closed }))
}

fn known(item: Item, adjustment: &Adjustment<'_>) -> Result<Adjusted, Error> {
    let record: Record = from_item(item)?;
    let same = record.asked == *adjustment.asked && record.actor == *adjustment.actor;
    Ok(if same { Adjusted::Replayed } else { Adjusted::KeyReused })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn north() -> WarehouseId {
        WarehouseId::parse("north").expect("valid")
    }

    fn tee() -> Sku {
        Sku::parse("tee:small").expect("valid")
    }

    #[test]
    fn an_order_takes_from_the_bucket_that_it_gives_back_to() {
        let allocation = Allocation { warehouse: north(), sku: tee(), bucket: 3, quantity: 2 };
        for write in [take(&allocation), give_back(&allocation)] {
            let Write::Update { key, .. } = write else { panic!("stock is changed by an update") };
            assert_eq!((key.pk.as_str(), key.sk.as_str()), ("PRODUCT#tee", "STOCK#small#north#03"));
        }
    }

    #[test]
    fn a_stock_item_is_read_back_and_only_a_split_closes_it() {
        let open = Move { number: 0, before: None, units: 5, closed: false };
        let Ok(Write::Put { item, .. }) = open.write(&tee(), &north()) else { panic!("a new bucket is put") };
        assert_eq!(item.len(), 4, "{item:?}");
        let (sku, warehouse, bucket) = parse(&tee().product, item).expect("a stock item");
        assert_eq!((sku, warehouse), (tee(), north()));
        assert_eq!(bucket, Bucket { number: 0, on_hand: 5, held: 0, closed: false });
        let closing = Move { number: 0, before: Some(bucket), units: -5, closed: true };
        assert_eq!(bucket.after(&closing), Bucket { on_hand: 0, closed: true, ..bucket });
        let Ok(Write::Update { change, .. }) = closing.write(&tee(), &north()) else { panic!("an update") };
        assert!(change.contains("closed"));
        let adding = Move { number: 0, before: Some(bucket), units: 1, closed: false };
        let Ok(Write::Update { change, .. }) = adding.write(&tee(), &north()) else { panic!("an update") };
        assert!(!change.contains("closed"));
    }
}
