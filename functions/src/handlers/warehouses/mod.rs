//! The store's warehouses (A1).

pub mod list;
pub mod put;
