//! Taxes of the lines and of the delivery.

use super::rounding::{divide, spread};
use super::{Basket, PriceError};
use crate::ids::TaxClass;
use crate::percent::Percent;
use crate::store::{Elsewhere, Rounding, RoundingLevel, RoundingMode, TaxComponent, TaxTable, TaxZone};

/// The tax table, seen from one destination.
pub(super) struct Rates<'a> {
    zone: Option<&'a TaxZone>,
    elsewhere: Elsewhere,
}

impl<'a> Rates<'a> {
    /// For where the basket goes.
    pub fn new(table: &'a TaxTable, basket: &Basket) -> Self {
        Self { zone: table.zone(&basket.destination), elsewhere: table.elsewhere }
    }

    /// What is taken from a class; nothing at all is an answer, a gap in the table is none.
    pub fn of(&self, class: &TaxClass) -> Result<&'a [TaxComponent], PriceError> {
        match (self.zone, self.elsewhere) {
            (Some(zone), _) => zone.rates.get(class).map(Vec::as_slice),
            (None, Elsewhere::Untaxed) => Some(Default::default()),
            (None, Elsewhere::Refuse) => None,
        }
        .ok_or_else(|| PriceError::NoTaxRate { class: class.clone() })
    }
}

/// Something that is taxed: a line or the delivery.
pub(super) struct Taxable<'a> {
    /// Its class.
    pub class: &'a TaxClass,
    /// What is taken from this class.
    pub components: &'a [TaxComponent],
    /// What it costs after all discounts, in minor units: with tax if prices include it.
    pub amount: i128,
}

/// The taxes of each item, in the order of its components, in minor units.
pub(super) fn taxes(items: &[Taxable<'_>], rounding: Rounding, included: bool) -> Vec<Vec<i128>> {
    let mut taxes: Vec<Vec<i128>> = items.iter().map(|_| Vec::new()).collect();
    for group in groups(items, rounding.level) {
        let members: Vec<&Taxable<'_>> = group.iter().filter_map(|at| items.get(*at)).collect();
        let amounts: Vec<i128> = members.iter().map(|item| item.amount).collect();
        let components = members.first().map(|item| item.components).unwrap_or_default();
        let rates: Vec<i128> =
            components.iter().map(|component| i128::from(component.rate.millionths())).collect();
        let by_component = if included {
            within(&amounts, &rates, rounding.mode)
        } else {
            on_top(&amounts, &rates, rounding.mode)
        };
        for shares in by_component {
            for (at, share) in group.iter().zip(shares) {
                if let Some(taxes) = taxes.get_mut(*at) {
                    taxes.push(share);
                }
            }
        }
    }
    taxes
}

/// What is rounded together.
fn groups(items: &[Taxable<'_>], level: RoundingLevel) -> Vec<Vec<usize>> {
    let mut groups: Vec<(&TaxClass, Vec<usize>)> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let same = groups.iter_mut().find(|(class, _)| level == RoundingLevel::Order && *class == item.class);
        match same {
            Some((_, group)) => group.push(at),
            None => groups.push((item.class, vec![at])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Each component's tax on top of net amounts, rounded once, then spread over the amounts.
fn on_top(amounts: &[i128], rates: &[i128], mode: RoundingMode) -> Vec<Vec<i128>> {
    let sum: i128 = amounts.iter().sum();
    rates.iter().map(|rate| spread(divide(sum * rate, i128::from(Percent::WHOLE), mode), amounts)).collect()
}

/// The tax that is contained in gross amounts, rounded once, then spread over the amounts; the components share it in
/// proportion to their rates. Each component is spread over what is left of each amount's tax, so both the components'
/// sums and the amounts' taxes come out, and no tax is more than its amount.
fn within(amounts: &[i128], rates: &[i128], mode: RoundingMode) -> Vec<Vec<i128>> {
    let (sum, rate): (i128, i128) = (amounts.iter().sum(), rates.iter().sum());
    let tax = divide(sum * rate, i128::from(Percent::WHOLE) + rate, mode);
    let mut left = spread(tax, amounts);
    let mut by_component = Vec::with_capacity(rates.len());
    for component in spread(tax, rates) {
        let shares = spread(component, &left);
        for (left, share) in left.iter_mut().zip(&shares) {
            *left -= share;
        }
        by_component.push(shares);
    }
    by_component
}
