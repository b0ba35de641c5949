//! What goes over the wire: requests that are checked while they are read, and views of what is stored.

pub mod address;
pub mod admin;
pub mod attention;
pub mod cancel;
pub mod cart;
pub mod coupon;
pub mod events;
pub mod impact;
pub mod import;
pub mod invoice;
pub mod label;
pub mod ledger;
pub mod order;
pub mod place;
pub mod product;
pub mod quote;
pub mod refund;
pub mod reorder;
pub mod returns;
pub mod shipment;
pub mod status;
pub mod stock;
pub mod store;
pub mod summary;
pub mod tracking;
pub mod units;
pub mod wire;

use serde::Serialize;

/// One field that breaks a rule; part of a problem answer (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// JSON pointer to the field (RFC 6901); empty for the whole body.
    pub pointer: String,
    /// Stable, for programs.
    pub code: &'static str,
    /// For people.
    pub detail: String,
}

impl FieldError {
    /// An error at `pointer`.
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: &str) -> Self {
        Self { pointer: pointer.into(), code, detail: detail.to_owned() }
    }
}

/// What is wrong with a text that people write: empty, or longer than so many characters.
pub fn check_words(pointer: &str, text: &str, most: usize) -> Option<FieldError> {
    let detail = || format!("1 to {most} characters");
    (!(1..=most).contains(&text.trim().chars().count()))
        .then(|| FieldError::new(pointer, "out_of_range", &detail()))
}
