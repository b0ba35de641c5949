//! Bills as PDF: A4, readable and correct in several languages and scripts, tagged for screen readers, made to be archived.
//!
//! **The bytes of a bill that was issued never change.** [`pdf`] is a pure function: no clock, no random numbers, dates and
//! ids from the bill itself, fonts compiled in. A bill names the layout that it was issued under, and a change that moves a
//! single byte of a layout is a new one: it gets a number of its own ([`shared::invoice::Layout`]) and a module beside the old
//! one, and bills of before keep theirs. A test pins the hash of a bill of each layout; the libraries that write the bytes are
//! pinned to their version for the same reason.
#![deny(missing_docs)]
#![expect(
    clippy::float_arithmetic,
    reason = "places on paper; amounts of money come in as text that is ready"
)]

mod countries;
mod customs;
mod fonts;
mod one;
mod sheet;
mod text;
mod words;

use shared::invoice::{Invoice, Layout};
use std::collections::BTreeSet;

/// A bill that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The PDF.
    pub bytes: Vec<u8>,
    /// Characters that no font has. U+FFFD is drawn in their place; who copies the text or hears it read still gets them.
    pub unprinted: BTreeSet<char>,
}

/// Why a bill cannot be written. None of these depends on what it says, so a bill that was written once can be again.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The standards that it is to follow exclude each other.
    #[error("the PDF cannot follow its standards")]
    Standards,
    /// A rule of a standard is broken, or a bound of the format exceeded.
    #[error("the PDF cannot be written")]
    Writing(#[source] krilla::error::KrillaError),
}

/// The PDF of a bill, in the layout that it was issued under: the same bytes each time.
///
/// # Errors
/// It breaks a rule of PDF/A-2a or PDF/UA-1.
pub fn pdf(invoice: &Invoice) -> Result<Written, PdfError> {
    match invoice.layout {
        Layout::One => one::pdf(invoice),
    }
}
