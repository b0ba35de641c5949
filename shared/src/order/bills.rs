//! Which bills an order has, as its log tells it (R6).

use super::{EventKind, Order};
use crate::invoice::BillNumber;

impl Order {
    /// The number of the bill in a place, once it is noted; that of the invoice is in place 0.
    pub fn bill_number(&self, place: u64) -> Option<&BillNumber> {
        self.log.iter().find_map(|event| match &event.kind {
            EventKind::BillIssued { number, place: known } if *known == place => Some(number),
            _ => None,
        })
    }
}
