//! The store's settings and warehouses, as functions read and change them.
//!
//! A version is written once and never changes, so a warm function keeps what it has read for as long as it lives; what is
//! read each time is one small item, which says what version counts.

use serde::Serialize;
use shared::limits;
use shared::packaging::Packaging;
use shared::store::Store;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::app::App;
use crate::edge::{Problem, Response};
use crate::error::Error;
use crate::table::Replaced;

/// Versions that are kept in memory; the oldest goes first.
const KEPT: usize = 8;
/// How often a change is decided anew. Each time somebody else's change has come through, so it takes that many at once to
/// run out.
const ATTEMPTS: u32 = 50;

/// The versions that this process has read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Versions(Arc<Mutex<BTreeMap<u64, Arc<Store>>>>);

impl Versions {
    fn get(&self, version: u64) -> Option<Arc<Store>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&version).cloned()
    }

    fn keep(&self, store: Store) -> Arc<Store> {
        let store = Arc::new(store);
        let mut versions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        versions.insert(store.version, Arc::clone(&store));
        if versions.len() > KEPT {
            versions.pop_first();
        }
        store
    }
}

impl App {
    /// The store as it is now. A fresh read sees every answered change, at twice the price.
    pub async fn store(&self, fresh: bool) -> Result<Arc<Store>, Error> {
        self.store_version(self.table.current_store(fresh).await?).await
    }

    /// The store as it was in one version; 0 is the one that nobody has set up. The caller has the number from something
    /// stored, so that there is such a version.
    pub async fn store_version(&self, version: u64) -> Result<Arc<Store>, Error> {
        if let Some(store) = self.versions.get(version) {
            return Ok(store);
        }
        let store = match version {
            0 => Store::default(),
            _ => self
                .table
                .stored_version(version)
                .await?
                .ok_or_else(|| Error::broken("a version of the store is missing", version.to_string()))?,
        };
        Ok(self.versions.keep(store))
    }

    /// What the warehouses keep to pack parcels in. A change may be seen a moment late.
    pub async fn packagings(&self) -> Result<Cow<'static, [Packaging]>, Error> {
        Ok(Cow::Owned(self.store(false).await?.settings.fulfillment.packagings.clone()))
    }

    /// Makes `next` the store if `read` still is. None: somebody else changed it. Nothing is written where nothing differs.
    /// 409 if it is too large.
    pub async fn replace_store(&self, read: &Arc<Store>, next: Store) -> Result<Option<Arc<Store>>, Error> {
        if next == **read {
            return Ok(Some(Arc::clone(read)));
        }
        let next = Store { version: read.version + 1, updated_at: self.now(), ..next };
        require_size(&next)?;
        Ok(match self.table.replace_store(&next, read.version).await? {
            Replaced::Done => Some(self.versions.keep(next)),
            Replaced::Stale => None,
        })
    }

    /// Changes a part of the store that does not care what else changes meanwhile: `change` is asked again for each version
    /// that others put in between. Answers the store before and after.
    pub async fn change_store(
        &self,
        change: impl Fn(&Store) -> Result<Store, Error>,
    ) -> Result<(Arc<Store>, Arc<Store>), Error> {
        for _ in 0..ATTEMPTS {
            let read = self.store(true).await?;
            if let Some(next) = self.replace_store(&read, change(&read)?).await? {
                return Ok((read, next));
            }
        }
        Err(Error::unavailable("DynamoDB", "too many writers are at the store"))
    }
}

/// 409 if the store does not fit into an item.
fn require_size(store: &Store) -> Result<(), Error> {
    let json = serde_json::to_vec(store).map_err(|error| Error::broken("the store is not JSON", error))?;
    if json.len() > limits::STORE_BYTES {
        let detail = "settings and warehouses together have at most 400000 bytes";
        return Err(Problem::new(409, "store_too_large", detail).into());
    }
    Ok(())
}

/// An answer about the store, with its version as `ETag`. The store that nobody has set up has none: `If-Match` is about what
/// somebody wrote.
pub(crate) fn answer(status: u16, view: &impl Serialize, store: &Store) -> Result<Response, Error> {
    let response = Response::json(status, view)?;
    Ok(match store.version {
        0 => response.header("cache-control", "private, no-cache"),
        version => response.versioned(version),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handful_of_versions_is_kept_and_the_newest_of_them() {
        let versions = Versions::default();
        for version in 1..=20 {
            let kept = versions.clone().keep(Store { version, ..Store::default() });
            assert_eq!(kept.version, version);
        }
        let found: Vec<u64> = (1..=20).filter(|version| versions.get(*version).is_some()).collect();
        assert_eq!(found, (13..=20).collect::<Vec<_>>());
        assert_eq!(versions.keep(Store::default()).version, 0);
        assert_eq!(versions.get(0), None);
    }

    #[test]
    fn a_store_that_does_not_fit_into_an_item_is_refused_before_it_is_written() {
        let with_url = |length| {
            let mut store = Store::default();
            store.settings.guest_checkout.order_url = Some("x".repeat(length));
            require_size(&store)
        };
        assert!(with_url(390_000).is_ok());
        assert!(with_url(400_000).is_err_and(|error| matches!(
            error,
            Error::Problem(problem) if (problem.status, problem.code) == (409, "store_too_large")
        )));
    }
}
