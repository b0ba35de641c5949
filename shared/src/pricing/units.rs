//! Parts and sums of what was priced.

use std::ops::Range;

use super::{LineAmounts, Quote, TaxAmount, UnitAmounts, money};
use crate::money::{Currency, Money};

impl LineAmounts {
    /// What the units `from..to` of the line cost, counted from 0; units beyond the line cost nothing.
    ///
    /// The first `k` units cost the whole part of `total × k / quantity`, so a unit costs what one can work out by hand. Of
    /// that, all taxes are the whole part of their share in the total, and each tax of its share in them. Each of these grows with
    /// what it is a part of and never faster, so whichever way a line is cut into ranges, no amount is below zero, and they sum
    /// to the line's, to the minor unit.
    pub fn of_units(&self, units: Range<u32>) -> UnitAmounts {
        let (from, to) = (self.first(units.start), self.first(units.end));
        let currency = self.net.currency();
        let taxes = self.taxes.iter().zip(from.taxes.iter().zip(&to.taxes));
        let taxes: Vec<TaxAmount> = taxes
            .map(|(tax, (from, to))| TaxAmount {
                name: tax.name.clone(),
                rate: tax.rate,
                amount: bounded(to - from, currency),
            })
            .collect();
        let total = bounded(to.total - from.total, currency);
        let tax = sum(taxes.iter().map(|tax| tax.amount), currency);
        let net = bounded(i128::from(total.minor()) - i128::from(tax.minor()), currency);
        UnitAmounts { net, taxes, discount: bounded(to.discount - from.discount, currency), total }
    }

    /// What so many of its units cost, the first ones.
    fn first(&self, count: u32) -> First {
        let share = |whole: i128, part: i128, of: i128| if of == 0 { 0 } else { whole * part / of };
        let (quantity, count) = (i128::from(self.quantity), i128::from(count.min(self.quantity)));
        let minor = |amount: &Money| i128::from(amount.minor());
        let all: i128 = self.taxes.iter().map(|tax| minor(&tax.amount)).sum();
        let off = minor(&self.discount) + minor(&self.coupon_share) + minor(&self.order_share);
        let total = share(minor(&self.total), count, quantity);
        let (mut rest, mut of) = (share(all, total, minor(&self.total)), all);
        let mut taxes = Vec::with_capacity(self.taxes.len());
        for tax in &self.taxes {
            let amount = share(minor(&tax.amount), rest, of);
            rest -= amount;
            of -= minor(&tax.amount);
            taxes.push(amount);
        }
        First { total, taxes, discount: share(off, count, quantity) }
    }
}

/// What the first units of a line cost, in minor units.
struct First {
    total: i128,
    taxes: Vec<i128>,
    discount: i128,
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
