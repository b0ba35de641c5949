//! The keys of the one table: built and parsed here and nowhere else. `docs/keys.md` shows them with their access patterns.
//!
//! | item                | PK                 | SK                      | GSI1PK            | GSI1SK           |
//! |---------------------|--------------------|-------------------------|-------------------|------------------|
//! | head of an order    | `CUSTOMER#<id>`    | `ORDER#<order id>`      |                   |                  |
//! | frozen document     | `CUSTOMER#<id>`    | `PLACED#<placement>`    | `NUMBER#<number>` | `ORDER#<id>`     |
//! | counts of orders    | `CUSTOMER#<id>`    | `COUNTS`                |                   |                  |
//! | mail that was sent  | `CUSTOMER#<id>`    | `MAIL#<order>#<event>`  |                   |                  |
//! | product             | `PRODUCT#<id>`     | `PRODUCT`               | `CATALOG`         | `PRODUCT#<id>`   |
//! | stock               | `PRODUCT#<id>`     | `STOCK#<warehouse>`     |                   |                  |
//! | stock adjustment    | `PRODUCT#<id>`     | `ZADJUST#<hash>`        |                   |                  |
//!
//! No id can contain `#` (see [`crate::ids`]). `PRODUCT` and `STOCK#…` are read together with one query, which is why
//! adjustments sort behind them. Index keys never change, so the index costs one write for an order's whole life.

use sha2::{Digest, Sha256};

use crate::ids::{CustomerId, IdempotencyKey, OrderId, OrderNumber, PlacementTag, ProductId, WarehouseId};

/// The name of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Partition.
    pub pk: String,
    /// Place in the partition.
    pub sk: String,
}

impl Key {
    fn new(pk: String, sk: String) -> Self {
        Self { pk, sk }
    }
}

/// What the sort key of every head begins with.
pub const ORDER_PREFIX: &str = "ORDER#";
/// Index partition of the catalogue.
pub const CATALOG: &str = "CATALOG";
/// Sort key of a product; also the lower bound of what a product query reads.
pub const PRODUCT: &str = "PRODUCT";
/// What the sort key of a stock item begins with.
pub const STOCK_PREFIX: &str = "STOCK#";
/// Upper bound of what a product query reads: just behind every `STOCK#…`.
pub const STOCK_END: &str = "STOCK$";

/// The partition of a customer.
pub fn customer(customer: &CustomerId) -> String {
    format!("CUSTOMER#{customer}")
}

/// Head of an order.
pub fn head(owner: &CustomerId, order: &OrderId) -> Key {
    Key::new(customer(owner), format!("{ORDER_PREFIX}{order}"))
}

/// Frozen document of an order, which is also the record of the idempotency key it was placed with.
pub fn document(owner: &CustomerId, placement: PlacementTag) -> Key {
    Key::new(customer(owner), format!("PLACED#{placement}"))
}

/// Counts of a customer's orders, kept by the relay.
pub fn counts(owner: &CustomerId) -> Key {
    Key::new(customer(owner), "COUNTS".to_owned())
}

/// The record that a mail about an event was sent.
pub fn mail(owner: &CustomerId, order: &OrderId, sequence: u64) -> Key {
    Key::new(customer(owner), format!("MAIL#{order}#{sequence:06}"))
}

/// Index partition of an order number.
pub fn number(number: &OrderNumber) -> String {
    format!("NUMBER#{number}")
}

/// A product.
pub fn product(product: &ProductId) -> Key {
    Key::new(format!("PRODUCT#{product}"), PRODUCT.to_owned())
}

/// What one warehouse has of a product.
pub fn stock(product_id: &ProductId, warehouse: &WarehouseId) -> Key {
    Key::new(product(product_id).pk, format!("{STOCK_PREFIX}{warehouse}"))
}

/// A change of stock. Named after who sent it under which key, so that it cannot be booked twice.
pub fn adjustment(product_id: &ProductId, actor: &CustomerId, key: &IdempotencyKey) -> Key {
    let digest = Sha256::digest(format!("adjust-stock#{actor}#{key}"));
    let name: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Key::new(product(product_id).pk, format!("ZADJUST#{name}"))
}

/// The customer in a partition key, if it is a customer's.
pub fn parse_customer(pk: &str) -> Option<CustomerId> {
    pk.strip_prefix("CUSTOMER#").and_then(|id| CustomerId::parse(id).ok())
}

/// The order in a head's sort key, if it is one.
pub fn parse_order(sk: &str) -> Option<OrderId> {
    sk.strip_prefix(ORDER_PREFIX).and_then(|id| OrderId::parse(id).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_is_parsed_back() {
        let alice = CustomerId::parse("auth0|alice").expect("valid");
        let key = IdempotencyKey::parse("k").expect("valid");
        let order = OrderId::new(&alice, &alice, &key, crate::time::Timestamp::from_seconds(1_772_359_200));
        let head = head(&alice, &order);
        assert_eq!(parse_customer(&head.pk), Some(alice));
        assert_eq!(parse_order(&head.sk), Some(order));
        assert_eq!(parse_order("ORDER#ord_1"), None);
        assert_eq!(parse_customer("PRODUCT#x"), None);
    }

    #[test]
    fn a_product_query_reads_product_and_stock_but_no_adjustments() {
        let id = ProductId::parse("p").expect("valid");
        let alice = CustomerId::parse("alice").expect("valid");
        let warehouse = WarehouseId::parse("zz").expect("valid");
        let inside = |sk: &str| (PRODUCT..STOCK_END).contains(&sk);
        assert!(inside(&product(&id).sk));
        assert!(inside(&stock(&id, &warehouse).sk));
        assert!(!inside(&adjustment(&id, &alice, &IdempotencyKey::parse("k").expect("valid")).sk));
    }
}
