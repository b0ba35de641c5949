//! The store's versions. Each is written once and never changes; one small item says which one counts.

use shared::keys;
use shared::store::Store;

use super::packed::{PACKED, pack, unpack};
use super::{Item, Outcome, Replaced, Table, Write, key_item, number};
use crate::error::Error;

impl Table {
    /// Which version of the store counts; 0: nobody has set it up. A fresh read sees every answered write, at twice the price.
    pub async fn current_store(&self, fresh: bool) -> Result<u64, Error> {
        let Some(item) = self.get(&keys::store(), fresh).await? else {
            return Ok(0);
        };
        let version = item.get("v").and_then(|value| value.as_n().ok()?.parse().ok());
        version.ok_or_else(|| Error::broken("the store has no version", "CURRENT"))
    }

    /// One version of the store. Always a fresh read: it happens once per process and version, and the item that names the
    /// version may be seen earlier than the version.
    pub async fn stored_version(&self, version: u64) -> Result<Option<Store>, Error> {
        self.get(&keys::store_version(version), true).await?.as_ref().map(unpack).transpose()
    }

    /// Writes the version that follows the one that was read (0: there was none), and makes it count.
    pub async fn replace_store(&self, store: &Store, read: u64) -> Result<Replaced, Error> {
        let mut item: Item = key_item(&keys::store_version(store.version));
        item.insert(PACKED.to_owned(), pack(store)?);
        let mut current: Item = key_item(&keys::store());
        current.insert("v".to_owned(), number(store.version));
        let (condition, values) = match read {
            0 => ("attribute_not_exists(PK)", vec![]),
            _ => ("v = :read", vec![(":read", number(read))]),
        };
        let written = item.clone();
        let writes = vec![
            Write::Put { item, condition: "attribute_not_exists(PK)", values: vec![] },
            Write::Put { item: current, condition, values },
        ];
        match self.write(writes).await? {
            Outcome::Done => Ok(Replaced::Done),
            // An attempt whose answer was lost had written it: this very version is there.
            Outcome::Refused(refused)
                if refused.iter().any(|(_, found)| found.as_ref() == Some(&written)) =>
            {
                Ok(Replaced::Done)
            }
            Outcome::Refused(_) => Ok(Replaced::Stale),
        }
    }
}
