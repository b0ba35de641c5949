//! The address book of a customer (A3).

pub mod delete;
pub mod list;
pub mod put;
