//! The catalogue and its stock.

pub mod adjust_stock;
pub mod get;
pub mod import;
pub mod list;
pub mod put;
pub mod show_stock;
pub mod split_stock;
