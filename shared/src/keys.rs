//! The keys of the one table: built and parsed here and nowhere else. `docs/keys.md` shows them with their access patterns.
//!
//! | item                | PK                 | SK                      | GSI1PK            | GSI1SK           |
//! |---------------------|--------------------|-------------------------|-------------------|------------------|
//! | head of an order    | `CUSTOMER#<id>`    | `ORDER#<order id>`      | `ATTENTION`, if it needs a person | `ORDER#<id>` |
//! | frozen document     | `CUSTOMER#<id>`    | `PLACED#<placement>`    | `NUMBER#<number>` | `ORDER#<id>`     |
//! | counts of orders    | `CUSTOMER#<id>`    | `COUNTS`                |                   |                  |
//! | mail that was sent  | `CUSTOMER#<id>`    | `MAIL#<order>#<event>`  |                   |                  |
//! | bill                | `CUSTOMER#<id>`    | `BILL#<order>#<event>`  |                   |                  |
//! | parcel, seen where  | `CUSTOMER#<id>`    | `TRACK#<order>#<parcel>`|                   |                  |
//! | label being bought  | `CUSTOMER#<id>`    | `LABEL#<order>#<parcel>`|                   |                  |
//! | open cart           | `CUSTOMER#<id>`    | `CART`                  |                   |                  |
//! | address book        | `CUSTOMER#<id>`    | `ADDRESSES`             |                   |                  |
//! | uses of a coupon    | `CUSTOMER#<id>`    | `COUPON#<code>`         |                   |                  |
//! | coupon              | `COUPON#<code>`    | `COUPON`                |                   |                  |
//! | product             | `PRODUCT#<id>`     | `PRODUCT`               | `CATALOG`         | `PRODUCT#<id>`   |
//! | stock               | `PRODUCT#<id>`     | `STOCK#<variation>#<warehouse>#<bucket>` |  |                  |
//! | stock adjustment    | `PRODUCT#<id>`     | `ZADJUST#<hash>`        |                   |                  |
//! | last number of bills| `SERIES#<series>`  | `SERIES`                |                   |                  |
//! | store, which version| `STORE`            | `CURRENT`               |                   |                  |
//! | store, one version  | `STORE`            | `V#<version>`           |                   |                  |
//! | mail address        | `ADDRESS#<hash>`   | `MAILBOX`               |                   |                  |
//! | report about it     | `ADDRESS#<hash>`   | `REPORT#<id>`           |                   |                  |
//!
//! No id can contain `#` (see [`crate::ids`]). `PRODUCT` and `STOCK#…` are read together with one query, which is why
//! adjustments sort behind them.
//!
//! A second index has the lists of everybody's orders, sorted by `GSI1SK` too: `GSI2PK` is `ORDERS` on a document and
//! `ORDERS#<status>` on a head. A document's index keys never change; a head's move with its status, in the same write.

use sha2::{Digest, Sha256};

use crate::ids::{
    CouponCode, CustomerId, IdempotencyKey, OrderId, OrderNumber, PlacementTag, ProductId, VariationId,
    WarehouseId,
};
use crate::invoice::{Series, Subject};
use crate::order::Status;
use crate::sku::Sku;
use crate::time::Timestamp;

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
/// Index partition of all orders, by their documents.
pub const ORDERS: &str = "ORDERS";
/// Index partition of the orders that a person must look at, by their heads.
pub const ATTENTION: &str = "ATTENTION";
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
    Key::new(customer(owner), in_time(order))
}

/// Index partition of the orders of a status, by their heads.
pub fn orders_of(status: Status) -> String {
    format!("{ORDERS}#{}", status.as_str())
}

/// An order's place in the indexes: by the time of its placement, as in its customer's partition.
pub fn in_time(order: &OrderId) -> String {
    format!("{ORDER_PREFIX}{order}")
}

/// Where the heads of orders begin that were placed at that moment or later, behind all earlier ones.
pub fn heads_since(moment: Timestamp) -> String {
    format!("{ORDER_PREFIX}{}", OrderId::lower_bound(moment))
}

/// Just behind every head of an order.
pub const HEADS_END: &str = "ORDER$";

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

/// The record of a bill, by the event that it is about: an invoice has none, and comes first.
pub fn bill(owner: &CustomerId, order: &OrderId, subject: &Subject) -> Key {
    bill_at(owner, order, subject.place())
}

/// The same by its place ([`Subject::place`]).
pub fn bill_at(owner: &CustomerId, order: &OrderId, place: u64) -> Key {
    Key::new(customer(owner), format!("{}{place:06}", bills(order)))
}

/// What the sort keys of an order's bills begin with.
pub fn bills(order: &OrderId) -> String {
    format!("BILL#{order}#")
}

/// The last number that a series of bills has given out.
pub fn series(series: &Series) -> Key {
    Key::new(format!("SERIES#{series}"), "SERIES".to_owned())
}

/// Where a parcel of an order was seen.
pub fn track(owner: &CustomerId, order: &OrderId, parcel: u16) -> Key {
    Key::new(customer(owner), format!("{}{parcel:05}", tracks(order)))
}

/// What the sort key begins with of everything about where an order's parcels were seen.
pub fn tracks(order: &OrderId) -> String {
    format!("TRACK#{order}#")
}

/// The parcel in the sort key of where it was seen, if it is one.
pub fn parse_track(sk: &str) -> Option<u16> {
    sk.strip_prefix("TRACK#").and_then(|rest| rest.rsplit('#').next()?.parse().ok())
}

/// The claim on buying the label of a parcel of an order.
pub fn label(owner: &CustomerId, order: &OrderId, parcel: u16) -> Key {
    Key::new(customer(owner), format!("LABEL#{order}#{parcel:05}"))
}

/// Index partition of an order number.
pub fn number(number: &OrderNumber) -> String {
    format!("NUMBER#{number}")
}

/// A product.
pub fn product(product: &ProductId) -> Key {
    Key::new(format!("PRODUCT#{product}"), PRODUCT.to_owned())
}

/// One bucket of what a warehouse has of a product or variation.
pub fn stock(sku: &Sku, warehouse: &WarehouseId, bucket: u16) -> Key {
    let variation = sku.variation.as_ref().map_or("", |variation| variation.as_str());
    Key::new(product(&sku.product).pk, format!("{STOCK_PREFIX}{variation}#{warehouse}#{bucket:02}"))
}

/// The variation, warehouse and bucket in a stock item's sort key, if it is one.
pub fn parse_stock(sk: &str) -> Option<(Option<VariationId>, WarehouseId, u16)> {
    let mut parts = sk.strip_prefix(STOCK_PREFIX)?.split('#');
    let (variation, warehouse, bucket) = (parts.next()?, parts.next()?, parts.next()?);
    let variation = match variation {
        "" => None,
        id => Some(VariationId::parse(id).ok()?),
    };
    let rest = parts.next();
    Some((variation, WarehouseId::parse(warehouse).ok()?, bucket.parse().ok()?)).filter(|_| rest.is_none())
}

/// The open cart of a customer.
pub fn cart(owner: &CustomerId) -> Key {
    Key::new(customer(owner), "CART".to_owned())
}

/// The address book of a customer.
pub fn addresses(owner: &CustomerId) -> Key {
    Key::new(customer(owner), "ADDRESSES".to_owned())
}

/// A coupon and how often it was used.
pub fn coupon(code: &CouponCode) -> Key {
    Key::new(format!("COUPON#{code}"), "COUPON".to_owned())
}

/// How often a customer used a coupon.
pub fn coupon_uses(owner: &CustomerId, code: &CouponCode) -> Key {
    Key::new(customer(owner), format!("COUPON#{code}"))
}

/// Which version of the store counts.
pub fn store() -> Key {
    Key::new("STORE".to_owned(), "CURRENT".to_owned())
}

/// One version of the store; written once.
pub fn store_version(version: u64) -> Key {
    Key::new("STORE".to_owned(), format!("V#{version:010}"))
}

/// A change of stock. Named after who sent it under which key, so that it cannot be booked twice.
pub fn adjustment(product_id: &ProductId, actor: &CustomerId, key: &IdempotencyKey) -> Key {
    let digest = Sha256::digest(format!("adjust-stock#{actor}#{key}"));
    let name: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Key::new(product(product_id).pk, format!("ZADJUST#{name}"))
}

/// What is known of a mail address. Named after a hash: partition keys turn up in logs.
pub fn mailbox(address: &str) -> Key {
    let digest = Sha256::digest(address.trim().to_lowercase());
    let name: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Key::new(format!("ADDRESS#{name}"), "MAILBOX".to_owned())
}

/// A report about a mail to that address; without `#`, see [`crate::mail::feedback::Report::read`].
pub fn report(address: &str, id: &str) -> Key {
    Key::new(mailbox(address).pk, format!("REPORT#{id}"))
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
        let seen = track(&CustomerId::parse("auth0|alice").expect("valid"), &order, 12);
        assert!(seen.sk.starts_with(&tracks(&order)));
        assert_eq!(parse_track(&seen.sk), Some(12));
        assert_eq!(parse_customer("PRODUCT#x"), None);
    }

    #[test]
    fn an_address_is_the_same_however_it_is_spelled_and_its_key_does_not_show_it() {
        let key = mailbox("Alice@Example.org ");
        assert_eq!(key, mailbox("alice@example.org"));
        assert_ne!(key, mailbox("alice@example.com"));
        assert!(!key.pk.contains("alice") && key.pk == report("ALICE@example.org", "r").pk, "{key:?}");
    }

    #[test]
    fn a_product_query_reads_product_and_stock_but_no_adjustments() {
        let id = ProductId::parse("p").expect("valid");
        let alice = CustomerId::parse("alice").expect("valid");
        let warehouse = WarehouseId::parse("zz").expect("valid");
        let inside = |sk: &str| (PRODUCT..STOCK_END).contains(&sk);
        assert!(inside(&product(&id).sk));
        for text in ["p", "p:small"] {
            let sku = Sku::parse(text).expect("valid");
            let key = stock(&sku, &warehouse, 7);
            assert!(inside(&key.sk));
            assert_eq!(parse_stock(&key.sk), Some((sku.variation, warehouse.clone(), 7)));
        }
        assert!(!inside(&adjustment(&id, &alice, &IdempotencyKey::parse("k").expect("valid")).sk));
    }
}
