//! Where parcels were seen: one item per parcel that a carrier has told about.

use shared::carrier::{Checkpoint, merge};
use shared::ids::{CustomerId, OrderId};
use shared::keys;
use std::collections::BTreeMap;

use super::packed::{PACKED, pack, unpack};
use super::{Item, Outcome, Table, Write, key_item, number, sort_key, text, unavailable};
use crate::error::Error;

/// How often news are merged anew because others came in at the same time.
const RACES: u32 = 20;
/// Counts the changes of an item.
const REVISION: &str = "revision";

impl Table {
    /// Adds what a carrier tells to what is known of a parcel, in the order of the way, each checkpoint once. Returns all that is
    /// known then.
    pub async fn add_checkpoints(
        &self,
        customer: &CustomerId,
        order: &OrderId,
        parcel: u16,
        news: &[Checkpoint],
    ) -> Result<Vec<Checkpoint>, Error> {
        let key = keys::track(customer, order, parcel);
        for _ in 0..RACES {
            let item = self.get(&key, true).await?;
            let known = item.as_ref().map(unpack::<Vec<Checkpoint>>).transpose()?.unwrap_or_default();
            let merged = merge(&known, news);
            if merged == known {
                return Ok(known);
            }
            let revision = item.as_ref().map_or(0, revision);
            let mut item: Item = key_item(&key);
            item.insert(PACKED.to_owned(), pack(&merged)?);
            item.insert(REVISION.to_owned(), number(revision + 1));
            let write = Write::Put {
                item,
                condition: "attribute_not_exists(PK) OR revision = :read",
                values: vec![(":read", number(revision))],
            };
            if let Outcome::Done = self.write(vec![write]).await? {
                return Ok(merged);
            }
        }
        Err(Error::unavailable("DynamoDB", "a parcel is seen faster than it can be written"))
    }

    /// Where an order's parcels were seen, by their numbers. It may be a moment old.
    pub async fn checkpoints(
        &self,
        customer: &CustomerId,
        order: &OrderId,
    ) -> Result<BTreeMap<u16, Vec<Checkpoint>>, Error> {
        let mut found = BTreeMap::new();
        let mut start = None;
        loop {
            let query = self.client.query().table_name(&self.name);
            let query = query.key_condition_expression("PK = :customer AND begins_with(SK, :tracks)");
            let query = query.expression_attribute_values(":customer", text(&keys::customer(customer)));
            let query = query.expression_attribute_values(":tracks", text(&keys::tracks(order)));
            let answer = query.set_exclusive_start_key(start).send().await.map_err(unavailable)?;
            for item in answer.items.unwrap_or_default() {
                if let Some(parcel) = keys::parse_track(sort_key(&item)) {
                    found.insert(parcel, unpack(&item)?);
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(found);
            }
        }
    }
}

fn revision(item: &Item) -> u64 {
    item.get(REVISION).and_then(|value| value.as_n().ok()?.parse().ok()).unwrap_or_default()
}
