//! One file per function: parse, load, decide, save, view.

pub mod addresses;
pub mod carts;
pub mod coupons;
pub mod guests;
pub mod invoices;
pub mod mail_blocks;
pub mod orders;
pub mod products;
pub mod refunds;
pub mod returns;
pub mod settings;
pub mod shipments;
pub mod warehouses;
pub mod webhooks;
pub mod workers;
