//! What an order costs, as it was with an event: what was placed, less what was taken off since.

use super::english;
use super::facts::{Facts, item};
use crate::money::Money;
use crate::placement::Document;
use crate::pricing::TaxAmount;

/// A bill. Its rows (a tax that prices include left out) add up to its total.
pub(super) struct Statement {
    pub(super) rows: Vec<Row>,
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
        let mut rows = placed(facts.document);
        for credit in facts.credits() {
            rows.push(Row {
                what: english::taken_off(facts, &credit.event.kind),
                cost: format!("-{}", credit.amount),
            });
        }
        Self { rows, total: facts.sums().owed() }
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
