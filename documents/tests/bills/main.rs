//! Bills as PDF: what is printed is what the invoice says, in every language and script, the same bytes each time.
//!
//! Every bill that a test makes lies in `target/tmp/bills` afterwards, for whoever wants to look at it.

#![expect(clippy::float_arithmetic, reason = "places on paper")]

mod bytes;
mod drawn;
mod layout;
mod read;
mod says;
mod scripts;
mod shop;
