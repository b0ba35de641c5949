//! What an order costs, as it was with an event: what was placed, less what was taken off since.

use super::english;
use super::facts::{Facts, item};
use crate::money::Money;
use crate::placement::Document;
use crate::pricing::TaxAmount;

/// A bill. What was ordered (a tax that prices include left out) adds up to what it cost; less what was taken off since,
/// that is the total.
pub(super) struct Statement {
    /// What was ordered.
    pub(super) ordered: Vec<Row>,
    /// What it cost, if something was taken off since.
    pub(super) cost: Option<Money>,
    /// What was taken off since.
    pub(super) off: Vec<Row>,
    /// What is owed.
    pub(super) total: Money,
}

/// One row of it.
pub(super) struct Row {
    pub(super) what: String,
    /// An amount with its currency, with a sign if it is taken off.
    pub(super) cost: String,
}

impl Statement {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let off: Vec<Row> = facts
            .credits()
            .iter()
            .map(|credit| Row {
                what: english::taken_off(facts, &credit.event.kind),
                cost: format!("-{}", credit.amount),
            })
            .collect();
        Self {
            ordered: placed(facts.document),
            cost: (!off.is_empty()).then_some(facts.order.total),
            off,
            total: facts.sums().owed(),
        }
    }

    /// All rows above the total, as they are shown.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&str, String)> {
        let cost = self.cost.iter().map(|cost| (english::labels::AS_ORDERED, cost.to_string()));
        self.ordered
            .iter()
            .map(|row| (row.what.as_str(), row.cost.clone()))
            .chain(cost)
            .chain(self.off.iter().map(|row| (row.what.as_str(), row.cost.clone())))
    }
}

fn placed(document: &Document) -> Vec<Row> {
    let quote = &document.quote;
    let mut rows: Vec<Row> = document
        .priced_lines()
        .map(|(line, amounts)| {
            let cost = amounts.subtotal.minus(amounts.discount).unwrap_or(amounts.subtotal);
            Row { what: item(line, line.quantity), cost: cost.to_string() }
        })
        .collect();
    let off = quote.coupon_discount.plus(quote.order_discount).unwrap_or(quote.order_discount);
    if !off.is_zero() {
        rows.push(Row { what: english::labels::DISCOUNT.to_owned(), cost: format!("-{off}") });
    }
    if !quote.delivery.charge.is_zero() {
        rows.push(Row { what: quote.delivery.name.clone(), cost: quote.delivery.charge.to_string() });
    }
    let tax = |tax: &TaxAmount| Row {
        what: english::tax(&tax.name, tax.rate, quote.prices_include_tax),
        cost: tax.amount.to_string(),
    };
    rows.extend(quote.taxes.iter().filter(|tax| !tax.amount.is_zero()).map(tax));
    rows
}
