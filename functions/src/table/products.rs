//! Products of the catalogue, alone and with their stock.

use serde::{Deserialize, Serialize};
use shared::catalog::{Offer, Product};
use shared::ids::ProductId;
use shared::keys::{self, Key};
use shared::stock::StockBucket;
use std::collections::BTreeMap;

use super::stock::{self, Level};
use super::{INDEX, Item, Outcome, Table, Write, from_item, number, sort_key, text, to_item, unavailable};
use crate::error::Error;

/// What became of a change of something that has versions: a product, a coupon, the store.
#[derive(Debug)]
pub enum Replaced {
    /// It is written.
    Done,
    /// Somebody else changed it since it was read.
    Stale,
}

/// The one attribute of a product's item; the index carries it, so that lists need no second read.
#[derive(Serialize, Deserialize)]
struct Row {
    product: Product,
}

impl Table {
    /// A product, without its stock.
    pub async fn product(&self, id: &ProductId) -> Result<Option<Product>, Error> {
        let item = self.get(&keys::product(id), true).await?;
        item.map(from_item::<Row>).transpose().map(|row| row.map(|row| row.product))
    }

    /// A product and what there is of it, in one read. A fresh read sees every answered write, at twice the price.
    pub async fn offer(&self, id: &ProductId, fresh: bool) -> Result<Option<Offer>, Error> {
        let Some((product, levels)) = self.inventory(id, fresh).await? else {
            return Ok(None);
        };
        let mut offer = Offer { product, stock: BTreeMap::new() };
        for Level { sku, warehouse, buckets } in levels {
            let buckets = buckets.into_iter().map(|bucket| StockBucket {
                warehouse: warehouse.clone(),
                bucket: bucket.number,
                on_hand: bucket.on_hand,
                held: bucket.held,
            });
            offer.stock.entry(sku).or_default().extend(buckets);
        }
        Ok(Some(offer))
    }

    /// Several products with their stock, read side by side. Unknown ones are left out.
    pub async fn offers(&self, ids: &[ProductId], fresh: bool) -> Result<BTreeMap<ProductId, Offer>, Error> {
        let reads =
            ids.iter().map(|id| async move { Ok::<_, Error>((id.clone(), self.offer(id, fresh).await?)) });
        let found = futures_util::future::try_join_all(reads).await?;
        Ok(found.into_iter().filter_map(|(id, offer)| Some((id, offer?))).collect())
    }

    /// A product and what each warehouse has of it or its variations, by variation, warehouse and bucket.
    pub async fn inventory(
        &self,
        id: &ProductId,
        fresh: bool,
    ) -> Result<Option<(Product, Vec<Level>)>, Error> {
        let mut product = None;
        let mut levels: Vec<Level> = Vec::new();
        for item in self.range(&keys::product(id), keys::STOCK_END, fresh).await? {
            if !sort_key(&item).starts_with(keys::STOCK_PREFIX) {
                product = Some(from_item::<Row>(item)?.product);
                continue;
            }
            let (sku, warehouse, bucket) = stock::parse(id, item)?;
            match levels.last_mut().filter(|level| level.sku == sku && level.warehouse == warehouse) {
                Some(level) => level.buckets.push(bucket),
                None => levels.push(Level { sku, warehouse, buckets: vec![bucket] }),
            }
        }
        Ok(product.map(|product| (product, levels)))
    }

    /// Every item of a partition from `first` up to `last`, however many there are.
    pub(super) async fn range(&self, first: &Key, last: &str, fresh: bool) -> Result<Vec<Item>, Error> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let query = self.client.query().table_name(&self.name).consistent_read(fresh);
            let query = query.key_condition_expression("PK = :partition AND SK BETWEEN :first AND :last");
            let query = query.expression_attribute_values(":partition", text(&first.pk));
            let query = query.expression_attribute_values(":first", text(&first.sk));
            let query = query.expression_attribute_values(":last", text(last));
            let answer = query.set_exclusive_start_key(start).send().await.map_err(unavailable)?;
            items.extend(answer.items.unwrap_or_default());
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
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
