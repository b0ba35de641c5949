//! The open cart of a customer.

pub mod clear;
pub mod delete_line;
pub mod get;
pub mod put_line;
