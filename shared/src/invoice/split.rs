//! Amounts by how they are taxed: what every bill is added up from.

use super::TaxSum;
use crate::money::{Currency, Money};
use crate::percent::Percent;
use crate::placement::Document;
use crate::pricing::{TaxAmount, spread};

/// Net amounts and taxes, in minor units, apart for everything that is taxed alike. Every split of an order has the same
/// places: its lines' taxes in the order of the lines, then the delivery's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Split {
    currency: Currency,
    groups: Vec<Group>,
}

/// What is taxed alike.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    taxes: Vec<(String, Percent)>,
    /// The net amount, then each tax.
    minor: Vec<i128>,
}

impl Split {
    /// Nothing, with a place for all that an order can have.
    pub fn nothing(document: &Document) -> Self {
        let quote = &document.quote;
        let mut groups: Vec<Group> = Vec::new();
        for taxes in quote.lines.iter().map(|line| &line.taxes).chain([&quote.delivery.taxes]) {
            if !groups.iter().any(|group| group.is_of(taxes)) {
                let named = taxes.iter().map(|tax| (tax.name.clone(), tax.rate)).collect();
                groups.push(Group { taxes: named, minor: vec![0; taxes.len() + 1] });
            }
        }
        Self { currency: quote.total.currency(), groups }
    }

    /// Adds something, taxed as a line or the delivery of the order is.
    pub fn add(&mut self, net: Money, taxes: &[TaxAmount]) {
        if let Some(group) = self.groups.iter_mut().find(|group| group.is_of(taxes)) {
            let amounts = [net].into_iter().chain(taxes.iter().map(|tax| tax.amount));
            for (sum, amount) in group.minor.iter_mut().zip(amounts) {
                *sum += i128::from(amount.minor());
            }
        }
    }

    /// Takes another split of the same order off.
    pub fn take(&mut self, other: &Self) {
        for (group, theirs) in self.groups.iter_mut().zip(&other.groups) {
            for (amount, their) in group.minor.iter_mut().zip(&theirs.minor) {
                *amount -= their;
            }
        }
    }

    /// Everything, with tax.
    pub fn total(&self) -> i128 {
        self.flat().iter().sum()
    }

    /// Everything, without tax.
    pub fn net(&self) -> i128 {
        self.groups.iter().filter_map(|group| group.minor.first()).sum()
    }

    /// So much of this split, which has at least that: as `wanted` where this has as much, the rest of it in proportion to
    /// what is left. All is by largest remainder, so no part is ever more than there is of it, and parts that come to this
    /// split's total come to each of its amounts.
    pub fn part(&self, wanted: &Self, total: i128) -> Self {
        let have = self.flat();
        let at_most: Vec<i128> =
            have.iter().zip(wanted.flat()).map(|(have, wanted)| wanted.min(*have)).collect();
        let first = total.min(at_most.iter().sum());
        let shares = spread(first, &at_most);
        let left: Vec<i128> = have.iter().zip(&shares).map(|(have, share)| have - share).collect();
        let rest = spread(total - first, &left);
        let mut amounts = shares.into_iter().zip(rest).map(|(share, more)| share + more);
        let mut part = self.clone();
        for amount in part.groups.iter_mut().flat_map(|group| &mut group.minor) {
            *amount = amounts.next().unwrap_or_default();
        }
        part
    }

    /// Each tax by name and rate: on what, and how much.
    pub fn taxes(&self) -> Vec<TaxSum> {
        let mut sums: Vec<(&(String, Percent), i128, i128)> = Vec::new();
        for group in self.groups.iter().filter(|group| group.minor.iter().any(|amount| *amount != 0)) {
            let Some((net, taxes)) = group.minor.split_first() else { continue };
            for (at, (tax, amount)) in group.taxes.iter().zip(taxes).enumerate() {
                // Goods that have a tax twice are taxed twice on the same amount.
                let again = group.taxes.iter().take(at).any(|earlier| earlier == tax);
                let net = if again { 0 } else { *net };
                match sums.iter_mut().find(|(known, ..)| *known == tax) {
                    Some((_, sum, taxed)) => (*sum, *taxed) = (*sum + net, *taxed + amount),
                    None => sums.push((tax, net, *amount)),
                }
            }
        }
        let sum = |((name, rate), net, amount): (&(String, Percent), i128, i128)| TaxSum {
            name: name.clone(),
            rate: *rate,
            net: self.money(net),
            amount: self.money(amount),
        };
        sums.into_iter().map(sum).collect()
    }

    /// What no tax is on.
    pub fn untaxed(&self) -> Money {
        let group = self.groups.iter().find(|group| group.taxes.is_empty());
        self.money(group.and_then(|group| group.minor.first()).copied().unwrap_or_default())
    }

    /// An amount of the order's currency. Parts of an order are in range; what is none comes to nothing.
    pub fn money(&self, minor: i128) -> Money {
        money(minor, self.currency)
    }

    fn flat(&self) -> Vec<i128> {
        self.groups.iter().flat_map(|group| group.minor.iter().copied()).collect()
    }
}

impl Group {
    fn is_of(&self, taxes: &[TaxAmount]) -> bool {
        self.taxes.iter().map(|(name, rate)| (name, rate)).eq(taxes.iter().map(|tax| (&tax.name, &tax.rate)))
    }
}

/// An amount of so many minor units; nothing if there can be no such amount.
pub(super) fn money(minor: i128, currency: Currency) -> Money {
    let minor = i64::try_from(minor).unwrap_or_default();
    Money::from_minor(minor, currency).unwrap_or(Money::zero(currency))
}
