//! The catalogue and its stock.

pub mod adjust_stock;
pub mod get;
pub mod list;
pub mod put;
