//! The store's settings (A4).

pub mod get;
pub mod put;
