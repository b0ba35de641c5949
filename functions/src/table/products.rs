//! Products and their stock.

use serde::{Deserialize, Serialize};
use shared::api::product::AdjustStock;
use shared::catalog::Product;
use shared::ids::{CustomerId, IdempotencyKey, ProductId, WarehouseId};
use shared::keys;
use shared::placement::Offer;
use shared::stock::StockLevel;
use shared::time::Timestamp;
use std::collections::BTreeMap;

use super::{INDEX, Item, Outcome, Table, Write, from_item, number, sort_key, text, to_item, unavailable};
use crate::error::Error;

/// What became of a product's change.
#[derive(Debug)]
pub enum Replaced {
    /// It is written.
    Done,
    /// Somebody else changed the product since it was read.
    Stale,
}

/// What became of a stock adjustment.
#[derive(Debug)]
pub enum Adjusted {
    /// It is booked, now or by the same request before.
    Done,
    /// The key was used for another adjustment.
    KeyReused,
    /// There would be less than nothing.
    Short,
}

/// The one attribute of a product's item; the index carries it, so that lists need no second read.
#[derive(Serialize, Deserialize)]
struct Row {
    product: Product,
}

#[derive(Serialize, Deserialize)]
struct StockRow {
    on_hand: i64,
    held: i64,
}

/// The record of an adjustment; it is also the record of the idempotency key.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct AdjustmentRow {
    #[serde(flatten)]
    asked: AdjustStock,
    actor: CustomerId,
}

impl Table {
    /// A product, without its stock.
    pub async fn product(&self, id: &ProductId) -> Result<Option<Product>, Error> {
        let item = self.get(&keys::product(id), true).await?;
        item.map(from_item::<Row>).transpose().map(|row| row.map(|row| row.product))
    }

    /// A product and what each warehouse has of it, in one read. A fresh read sees every answered write, at twice the price.
    pub async fn offer(&self, id: &ProductId, fresh: bool) -> Result<Option<Offer>, Error> {
        let query = self.client.query().table_name(&self.name).consistent_read(fresh);
        let query = query.key_condition_expression("PK = :product AND SK BETWEEN :first AND :last");
        let query = query.expression_attribute_values(":product", text(&keys::product(id).pk));
        let query = query.expression_attribute_values(":first", text(keys::PRODUCT));
        let query = query.expression_attribute_values(":last", text(keys::STOCK_END));
        let answer = query.send().await.map_err(unavailable)?;
        let mut product = None;
        let mut levels = Vec::new();
        for item in answer.items.unwrap_or_default() {
            match sort_key(&item).strip_prefix(keys::STOCK_PREFIX).map(str::to_owned) {
                Some(warehouse) => {
                    let warehouse = WarehouseId::parse(&warehouse)
                        .map_err(|error| Error::broken("a stock item has no warehouse", error))?;
                    let StockRow { on_hand, held } = from_item(item)?;
                    levels.push(StockLevel { warehouse, on_hand, held });
                }
                None => product = Some(from_item::<Row>(item)?.product),
            }
        }
        Ok(product.map(|product| (product, levels)))
    }

    /// Several products with their stock, read side by side. Unknown ones are left out.
    pub async fn offers(&self, ids: &[ProductId], fresh: bool) -> Result<BTreeMap<ProductId, Offer>, Error> {
        let reads =
            ids.iter().map(|id| async move { Ok::<_, Error>((id.clone(), self.offer(id, fresh).await?)) });
        let found = futures_util::future::try_join_all(reads).await?;
        Ok(found.into_iter().filter_map(|(id, offer)| Some((id, offer?))).collect())
    }

    /// Writes a product over the version that was read (0: there was none).
    pub async fn replace_product(&self, product: &Product, read: u64) -> Result<Replaced, Error> {
        let mut item = to_item(&keys::product(&product.id), &Row { product: product.clone() })?;
        item.insert("v".to_owned(), number(product.version));
        item.insert("GSI1PK".to_owned(), text(keys::CATALOG));
        item.insert("GSI1SK".to_owned(), text(&format!("{}#{}", keys::PRODUCT, product.id)));
        let (condition, values) = match read {
            0 => ("attribute_not_exists(PK)", vec![]),
            _ => ("v = :read", vec![(":read", number(read))]),
        };
        match self.write(vec![Write::Put { item, condition, values }]).await? {
            Outcome::Done => Ok(Replaced::Done),
            Outcome::Refused(_) => Ok(Replaced::Stale),
        }
    }

    /// Books a change of stock, once per key.
    pub async fn adjust_stock(
        &self,
        product: &ProductId,
        asked: &AdjustStock,
        actor: &CustomerId,
        key: &IdempotencyKey,
        now: Timestamp,
    ) -> Result<Adjusted, Error> {
        let record = AdjustmentRow { asked: asked.clone(), actor: actor.clone() };
        let mut item = to_item(&keys::adjustment(product, actor, key), &record)?;
        item.insert("at".to_owned(), text(&now.rfc3339()));
        let booked = Write::Put { item, condition: "attribute_not_exists(PK)", values: vec![] };
        let change = Write::Update {
            key: keys::stock(product, &asked.warehouse_id),
            change: "SET on_hand = if_not_exists(on_hand, :none) + :units, held = if_not_exists(held, :none)"
                .into(),
            condition: if asked.quantity < 0 {
                "on_hand >= :bound"
            } else {
                "attribute_not_exists(on_hand) OR on_hand <= :bound"
            },
            values: vec![
                (":units", number(asked.quantity)),
                (":none", number(0)),
                (
                    ":bound",
                    number(if asked.quantity < 0 {
                        -asked.quantity
                    } else {
                        shared::limits::STOCK - asked.quantity
                    }),
                ),
            ],
        };
        match self.write(vec![booked, change]).await? {
            Outcome::Done => Ok(Adjusted::Done),
            Outcome::Refused(mut refused) => match refused.swap_remove(0) {
                (0, Some(item)) if from_item::<AdjustmentRow>(item.clone())? == record => Ok(Adjusted::Done),
                (0, _) => Ok(Adjusted::KeyReused),
                _ => Ok(Adjusted::Short),
            },
        }
    }

    /// What one warehouse has of a product: units on hand and units held.
    pub async fn stock(&self, product: &ProductId, warehouse: &WarehouseId) -> Result<(i64, i64), Error> {
        let item = self.get(&keys::stock(product, warehouse), true).await?;
        Ok(item.map(from_item::<StockRow>).transpose()?.map_or((0, 0), |row| (row.on_hand, row.held)))
    }

    /// A page of the catalogue by product id, after `after`; and the last id, if there may be more.
    pub async fn catalogue(
        &self,
        after: Option<&ProductId>,
        limit: u32,
    ) -> Result<(Vec<Product>, Option<ProductId>), Error> {
        let query = self.client.query().table_name(&self.name).index_name(INDEX);
        let query = query.key_condition_expression("GSI1PK = :catalogue");
        let query = query.expression_attribute_values(":catalogue", text(keys::CATALOG));
        let start = after.map(|id| {
            let mut key: Item = super::key_item(&keys::product(id));
            key.insert("GSI1PK".to_owned(), text(keys::CATALOG));
            key.insert("GSI1SK".to_owned(), text(&format!("{}#{id}", keys::PRODUCT)));
            key
        });
        let query = query.set_exclusive_start_key(start).limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let answer = query.send().await.map_err(unavailable)?;
        let more = answer.last_evaluated_key().is_some();
        let rows = answer.items.unwrap_or_default().into_iter().map(from_item::<Row>);
        let products: Vec<Product> = rows.map(|row| row.map(|row| row.product)).collect::<Result<_, _>>()?;
        let last = products.last().map(|product| product.id.clone()).filter(|_| more);
        Ok((products, last))
    }
}
