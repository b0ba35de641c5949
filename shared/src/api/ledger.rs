//! The ledger of an order on the wire: every cent, explained (C4).

use rust_decimal::Decimal;

use crate::money::Currency;

/// An amount of minor units in major units, which may be below zero.
pub(super) fn signed(minor: i64, currency: Currency) -> String {
    Decimal::new(minor, currency.exponent()).to_string()
}
