//! Address books: one item per customer, changed address by address.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::address::Address;
use shared::ids::{AddressId, CustomerId};
use shared::{keys, limits};
use std::collections::BTreeMap;

use super::entries::{Also, Changed, Entry};
use super::{Outcome, Table, Write, from_item, to_item};
use crate::error::Error;

/// What became of a change of an address book.
#[derive(Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is written.
    Done,
    /// The book has as many addresses as it may have.
    Full,
}

#[derive(Serialize, Deserialize)]
struct Row {
    addresses: BTreeMap<AddressId, Address>,
}

impl Table {
    /// All addresses of a customer. A fresh read sees every answered write, at twice the price.
    pub async fn addresses(
        &self,
        customer: &CustomerId,
        fresh: bool,
    ) -> Result<BTreeMap<AddressId, Address>, Error> {
        let row = self.get(&keys::addresses(customer), fresh).await?.map(from_item::<Row>).transpose()?;
        Ok(row.map(|row| row.addresses).unwrap_or_default())
    }

    /// Adds an address, or replaces the one of that id; others that are changed meanwhile stay as they are.
    pub async fn put_address(
        &self,
        customer: &CustomerId,
        id: &AddressId,
        address: &Address,
    ) -> Result<Kept, Error> {
        let value: AttributeValue = serde_dynamo::to_attribute_value(address)
            .map_err(|error| Error::broken("an address does not fit an item", error))?;
        loop {
            match self
                .put_entry(&entry(customer, id), value.clone(), limits::ADDRESSES, Also::default())
                .await?
            {
                Changed::Done => return Ok(Kept::Done),
                Changed::Full => return Ok(Kept::Full),
                Changed::Refused(_) => {
                    return Err(Error::broken("a book refused an address", id.to_string()));
                }
                Changed::Missing => {}
            }
            let book = Row { addresses: [(id.clone(), address.clone())].into() };
            let item = to_item(&keys::addresses(customer), &book)?;
            let write = Write::Put { item, condition: "attribute_not_exists(PK)", values: vec![] };
            // Refused: another address has begun the book. Books are never removed, so the next turn is the last.
            if let Outcome::Done = self.write(vec![write]).await? {
                return Ok(Kept::Done);
            }
        }
    }

    /// Removes an address; one that is not there is removed.
    pub async fn remove_address(&self, customer: &CustomerId, id: &AddressId) -> Result<(), Error> {
        match self.remove_entry(&entry(customer, id), Also::default()).await? {
            Changed::Done | Changed::Missing => Ok(()),
            Changed::Full | Changed::Refused(_) => {
                Err(Error::broken("a book refused to lose an address", id.to_string()))
            }
        }
    }
}

fn entry<'a>(customer: &CustomerId, id: &'a AddressId) -> Entry<'a> {
    Entry { key: keys::addresses(customer), map: "addresses", name: id.as_str() }
}
