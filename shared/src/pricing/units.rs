//! Parts and sums of what was priced.

use std::ops::Range;

use super::{LineAmounts, Quote, TaxAmount, UnitAmounts, money};
use crate::money::{Currency, Money};

impl LineAmounts {
    /// What the units `from..to` of the line cost, counted from 0; units beyond the line cost nothing.
    ///
    /// The first `k` units cost the whole part of `amount × k / quantity`, of the net amount, of each tax and of the
    /// discount. So whichever way a line is cut into ranges, their amounts sum to the line's, to the minor unit.
    pub fn of_units(&self, units: Range<u32>) -> UnitAmounts {
        let part = |amount: Money| {
            let first = |count: u32| match self.quantity {
                0 => 0,
                quantity => {
                    i128::from(amount.minor()) * i128::from(count.min(quantity)) / i128::from(quantity)
                }
            };
            bounded(first(units.end) - first(units.start), amount.currency())
        };
        let net = part(self.net);
        let taxes: Vec<TaxAmount> = self
            .taxes
            .iter()
            .map(|tax| TaxAmount { name: tax.name.clone(), rate: tax.rate, amount: part(tax.amount) })
            .collect();
        let off = sum([self.discount, self.coupon_share, self.order_share], self.net.currency());
        let total = sum(taxes.iter().map(|tax| tax.amount).chain([net]), net.currency());
        UnitAmounts { net, taxes, discount: part(off), total }
    }
}

impl Quote {
    /// All taxes together.
    pub fn tax(&self) -> Money {
        sum(self.taxes.iter().map(|tax| tax.amount), self.total.currency())
    }

    /// Everything that is taken off the goods: the lines' own discounts, the coupon and the order's discount.
    pub fn discount(&self) -> Money {
        sum([self.line_discount, self.coupon_discount, self.order_discount], self.total.currency())
    }

    /// What the goods cost after everything that is taken off: with tax if prices include it.
    pub fn goods(&self) -> Money {
        let left = i128::from(self.subtotal.minor()) - i128::from(self.discount().minor());
        bounded(left, self.total.currency())
    }
}

fn sum(amounts: impl IntoIterator<Item = Money>, currency: Currency) -> Money {
    bounded(amounts.into_iter().map(|amount| i128::from(amount.minor())).sum(), currency)
}

/// Parts of a quote are in range; what never was a quote comes to nothing rather than to an error.
fn bounded(minor: i128, currency: Currency) -> Money {
    money(minor, currency).unwrap_or_else(|_| Money::zero(currency))
}
