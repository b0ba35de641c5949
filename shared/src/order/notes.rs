//! What staff writes down about an order, as its log tells it (C8).

use super::{EventKind, Order};
use crate::placement::Document;

impl Order {
    /// What staff wrote down last: here, or with the order itself.
    pub fn internal_notes<'a>(&'a self, document: &'a Document) -> Option<&'a str> {
        let last = self.log.iter().rev().find_map(|event| match &event.kind {
            EventKind::NotesChanged { notes } => Some(notes),
            _ => None,
        });
        last.unwrap_or(&document.internal_notes).as_deref()
    }

    /// How often that was changed.
    pub(super) fn notes_changes(&self) -> usize {
        self.log.iter().filter(|event| matches!(event.kind, EventKind::NotesChanged { .. })).count()
    }
}
