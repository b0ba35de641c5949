//! The domain of the order backend: what an order is, what may happen to it, what it costs.
//!
//! Pure by rule: no I/O, no clock, no random numbers, no environment. Time, ids and stored items come in as
//! arguments, so every rule here is tested without a table, a network or a mock. `clippy.toml` holds the bans.
#![deny(clippy::float_arithmetic, missing_docs)]

pub mod address;
pub mod api;
pub mod carbon;
pub mod carrier;
pub mod cart;
pub mod catalog;
pub mod coupon;
pub mod fulfillment;
pub mod guest;
pub mod ids;
pub mod invoice;
pub mod keys;
pub mod language;
pub mod limits;
pub mod mail;
pub mod money;
pub mod order;
pub mod outbox;
pub mod packaging;
pub mod percent;
pub mod picture;
pub mod placement;
pub mod pricing;
pub mod seal;
pub mod sku;
pub mod stock;
pub mod store;
pub mod time;
pub mod webhook_signature;
