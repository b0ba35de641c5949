//! Coupons (P8).

pub mod get;
pub mod put;
