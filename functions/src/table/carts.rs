//! The open cart of a customer: one item, changed line by line, and closed by the order that it becomes.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::cart::{Cart, ClosedCart, KEEP_SECONDS};
use shared::ids::{CustomerId, OrderId};
use shared::sku::Sku;
use shared::time::Timestamp;
use shared::{keys, limits};
use std::collections::{BTreeMap, HashMap};

use super::entries::{Also, Changed, Entry};
use super::{Outcome, Replaced, Table, Write, from_item, number, to_item};
use crate::error::Error;

/// What became of a change of a cart.
#[derive(Debug, PartialEq, Eq)]
pub enum CartChanged {
    /// It is written.
    Done,
    /// The cart has as many lines as it may have.
    Full,
}

/// How often a cart is opened anew because somebody else was faster.
const RACES: u32 = 20;
/// The attribute that holds the lines.
const LINES: &str = "l";

impl Table {
    /// The cart of a customer, open or run out of time.
    pub async fn cart(&self, customer: &CustomerId, fresh: bool) -> Result<Option<Cart>, Error> {
        self.get(&keys::cart(customer), fresh).await?.map(from_item).transpose()
    }

    /// Puts so many units of something into the cart, in place of what there was of it. Lines change one by one: writers
    /// of different lines do not lose each other's.
    pub async fn put_cart_line(
        &self,
        customer: &CustomerId,
        sku: &Sku,
        units: u32,
        now: Timestamp,
    ) -> Result<CartChanged, Error> {
        let name = sku.to_string();
        let entry = Entry { key: keys::cart(customer), map: LINES, name: &name };
        for _ in 0..RACES {
            let changed =
                match self.put_entry(&entry, number(units), limits::CART_LINES, touched(now)).await? {
                    // Nobody is kept out by what lies in a cart that ran out of time.
                    Changed::Full => match self.get(&entry.key, true).await? {
                        Some(item) if from_item::<Cart>(item.clone())?.is_open(now) => {
                            return Ok(CartChanged::Full);
                        }
                        Some(item) => Changed::Refused(item),
                        None => Changed::Missing,
                    },
                    changed => changed,
                };
            let read: Option<Cart> = match changed {
                Changed::Done => return Ok(CartChanged::Done),
                Changed::Full => return Ok(CartChanged::Full),
                Changed::Missing => None,
                // It ran out of time, and the table has not forgotten it yet.
                Changed::Refused(item) => Some(from_item(item)?),
            };
            let next = Cart::with_lines(read.as_ref(), BTreeMap::from([(sku.clone(), units)]), now);
            match self.replace_cart(customer, &next, read.as_ref()).await? {
                Replaced::Done => return Ok(CartChanged::Done),
                Replaced::Stale => {}
            }
        }
        Err(Error::unavailable("DynamoDB", "the cart changes faster than it can be read"))
    }

    /// Takes a line out of the cart; one that is not in it is out of it already, and a cart that ran out of time stays so.
    pub async fn remove_cart_line(
        &self,
        customer: &CustomerId,
        sku: &Sku,
        now: Timestamp,
    ) -> Result<(), Error> {
        let name = sku.to_string();
        let entry = Entry { key: keys::cart(customer), map: LINES, name: &name };
        self.remove_entry(&entry, touched(now)).await.map(drop)
    }

    /// Takes everything out of the cart.
    pub async fn clear_cart(&self, customer: &CustomerId) -> Result<(), Error> {
        let write = Write::Update {
            key: keys::cart(customer),
            change: "SET l = :empty, v = v + :one".into(),
            condition: "attribute_exists(PK)".into(),
            names: vec![],
            values: vec![(":empty", empty()), (":one", number(1))],
        };
        // Refused: there is no cart, so there is nothing in it.
        self.write(vec![write]).await.map(drop)
    }

    /// Writes a cart, all its lines at once, over the one that was read (none: there was none).
    pub async fn replace_cart(
        &self,
        customer: &CustomerId,
        cart: &Cart,
        read: Option<&Cart>,
    ) -> Result<Replaced, Error> {
        let mut item = to_item(&keys::cart(customer), cart)?;
        item.insert("expires_at".to_owned(), number(cart.until.seconds()));
        let (condition, values) = match read {
            None => ("attribute_not_exists(PK)", vec![]),
            Some(read) => ("v = :read", vec![(":read", number(read.version))]),
        };
        Ok(match self.write(vec![Write::Put { item, condition, values }]).await? {
            Outcome::Done => Replaced::Done,
            Outcome::Refused(_) => Replaced::Stale,
        })
    }
}

/// Every change of a line counts, and keeps the cart for longer, if it has not run out of time.
fn touched(now: Timestamp) -> Also {
    let until = now.plus_seconds(KEEP_SECONDS);
    Also {
        set: "v = v + :one, u = :until, expires_at = :expires",
        condition: "u > :now",
        names: vec![],
        values: vec![
            (":now", number(now.millis())),
            (":one", number(1)),
            (":until", number(until.millis())),
            (":expires", number(until.seconds())),
        ],
    }
}

/// Closes a cart because an order was placed from it: the very cart that was priced, once. What follows is another cart.
pub(super) fn close(
    customer: &CustomerId,
    cart: &Cart,
    order: OrderId,
    now: Timestamp,
) -> Result<Write, Error> {
    let next = cart.next(now);
    let before = ClosedCart { opened: cart.opened, order };
    let before = serde_dynamo::to_attribute_value(before)
        .map_err(|error| Error::broken("a closed cart does not fit an item", error))?;
    Ok(Write::Update {
        key: keys::cart(customer),
        change: "SET n = :next, v = :version, l = :empty, u = :until, expires_at = :expires, b = :before"
            .into(),
        condition: "v = :read".into(),
        names: vec![],
        values: vec![
            (":next", number(next.opened.millis())),
            (":version", number(next.version)),
            (":empty", empty()),
            (":until", number(next.until.millis())),
            (":expires", number(next.until.seconds())),
            (":before", before),
            (":read", number(cart.version)),
        ],
    })
}

fn empty() -> AttributeValue {
    AttributeValue::M(HashMap::new())
}
