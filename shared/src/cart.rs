//! The cart of a customer: what is in it, and when it is gone (A2).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::ids::CartId;
use crate::sku::Sku;
use crate::time::Timestamp;

/// How long a cart is kept after its last change, in seconds: 30 days.
pub const KEEP_SECONDS: i64 = 30 * 24 * 60 * 60;

/// The open cart of a customer. Short names, which are none of DynamoDB's reserved words.
///
/// A customer has one. The order that is placed from it closes it in the same write: its lines are gone and the next cart
/// begins under another id, so no second order can come from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// When it was opened, in milliseconds since the epoch, and later than any cart before it: what its id is made of.
    #[serde(rename = "n")]
    pub opened: Timestamp,
    /// Counts the changes of this and all carts before it.
    #[serde(rename = "v")]
    pub version: u64,
    /// What is in it, and how many units.
    #[serde(rename = "l")]
    pub lines: BTreeMap<Sku, u32>,
    /// When it is gone, in milliseconds since the epoch.
    #[serde(rename = "u")]
    pub until: Timestamp,
    /// The cart before it, and the order that closed that one.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub before: Option<ClosedCart>,
}

/// A cart that became an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedCart {
    /// When it had been opened.
    #[serde(rename = "n")]
    pub opened: Timestamp,
    /// The order.
    #[serde(rename = "o")]
    pub order: crate::ids::OrderId,
}

impl Cart {
    /// Its id.
    pub fn id(&self) -> CartId {
        cart_id(self.opened)
    }

    /// The cart that follows this one at `now`: empty, under a later id.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Self {
        Self {
            opened: Timestamp::from_millis(now.millis().max(self.opened.millis() + 1)),
            version: self.version + 1,
            lines: BTreeMap::new(),
            until: now.plus_seconds(KEEP_SECONDS),
            before: self.before.clone(),
        }
    }

    /// The cart that has these lines from `now` on, over the one that was read: the same if that is open, else the one after it.
    pub fn with_lines(read: Option<&Self>, lines: BTreeMap<Sku, u32>, now: Timestamp) -> Self {
        let until = now.plus_seconds(KEEP_SECONDS);
        match read {
            None => Self { opened: now, version: 1, lines, until, before: None },
            Some(open) if open.is_open(now) => {
                Self { version: open.version + 1, lines, until, ..open.clone() }
            }
            Some(old) => Self { lines, ..old.next(now) },
        }
    }

    /// Whether it is still there at `now`. The table forgets it later than that.
    pub fn is_open(&self, now: Timestamp) -> bool {
        now < self.until
    }
}

/// The id of the cart that was opened then. Carts live in their customer's partition, so the id need not be secret.
pub fn cart_id(opened: Timestamp) -> CartId {
    let text = format!("cart_{:012x}", opened.millis());
    CartId::parse(&text).unwrap_or_else(|_| unreachable!("an underscore and hexadecimal digits are valid"))
}
