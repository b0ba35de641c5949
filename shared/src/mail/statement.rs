//! What an order costs, as it was with an event: what was placed, less what was taken off since.

use super::facts::{Facts, arrived};
use super::story::parts;
use super::words::Label;
use crate::invoice::{TaxSum, taxes_left};
use crate::money::Money;
use crate::order::{Cause, EventKind};
use crate::percent::Percent;

/// A bill. What was ordered adds up to what it cost; less what was taken off since, that is the total. Each amount says
/// what it is a part of by its place: a tax that prices include is no row of that sum, it is below the total that has it.
pub(super) struct Statement {
    /// What was ordered.
    pub(super) ordered: Vec<Row>,
    /// What it cost, if something was taken off since.
    pub(super) cost: Option<Row>,
    /// What was taken off since.
    pub(super) off: Vec<Row>,
    /// What is owed.
    pub(super) total: Row,
    /// What of the total is tax, if prices include it. What was taken off has taken its tax with it.
    pub(super) included: Vec<Row>,
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
            .map(|credit| Row::off(facts, taken_off(facts, &credit.event.kind), credit.amount))
            .collect();
        let sum = |label, amount| Row::of(facts, (facts.words.label)(label), amount);
        Self {
            ordered: placed(facts),
            cost: (!off.is_empty()).then(|| sum(&Label::AsOrdered, facts.order.total)),
            off,
            total: sum(&Label::Total, facts.sums().owed()),
            included: included(facts),
        }
    }

    /// All rows above the total, as they are shown.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.ordered.iter().chain(&self.cost).chain(&self.off)
    }
}

impl Row {
    fn of(facts: &Facts<'_>, what: String, amount: Money) -> Self {
        Self { what, cost: facts.words.customs.amount(amount) }
    }

    fn off(facts: &Facts<'_>, what: String, amount: Money) -> Self {
        Self { what, cost: facts.words.customs.off(amount) }
    }
}

fn placed(facts: &Facts<'_>) -> Vec<Row> {
    let (quote, language) = (&facts.document.quote, facts.words);
    let mut rows: Vec<Row> = facts
        .document
        .priced_lines()
        .map(|(line, amounts)| {
            let cost = amounts.subtotal.minus(amounts.discount).unwrap_or(amounts.subtotal);
            Row::of(facts, facts.item(line, line.quantity), cost)
        })
        .collect();
    let off = quote.coupon_discount.plus(quote.order_discount).unwrap_or(quote.order_discount);
    if !off.is_zero() {
        rows.push(Row::off(facts, (language.label)(&Label::Discount), off));
    }
    if !quote.delivery.charge.is_zero() {
        rows.push(Row::of(facts, facts.delivery_name(), quote.delivery.charge));
    }
    let on_top = quote.taxes.iter().filter(|tax| !quote.prices_include_tax && !tax.amount.is_zero());
    rows.extend(on_top.map(|tax| {
        let what = (language.label)(&Label::Tax { tax: &named(facts, &tax.name, tax.rate), included: false });
        Row::of(facts, what, tax.amount)
    }));
    rows
}

/// What is left of each tax that prices include, to the cent as invoice and credit notes have it.
fn included(facts: &Facts<'_>) -> Vec<Row> {
    if !facts.document.quote.prices_include_tax {
        return vec![];
    }
    let left = taxes_left(facts.order, facts.document, facts.event.sequence);
    let row = |tax: &TaxSum| {
        let tax_name = named(facts, &tax.name, tax.rate);
        Row::of(facts, (facts.words.label)(&Label::Tax { tax: &tax_name, included: true }), tax.amount)
    };
    left.iter().filter(|tax| !tax.amount.is_zero()).map(row).collect()
}

/// A tax with its rate. Many stores have the rate in the name; they read it once.
fn named(facts: &Facts<'_>, name: &str, rate: Percent) -> String {
    let customs = &facts.words.customs;
    let isolated = customs.isolated(name);
    if rate.is_said_in(name) { isolated } else { format!("{isolated} {}", customs.percent(rate)) }
}

/// Why something is taken off.
fn taken_off(facts: &Facts<'_>, because: &EventKind) -> String {
    let label = facts.words.label;
    match because {
        EventKind::LinesCancelled { lines, .. } => label(&Label::CalledOff { items: &facts.items(lines) }),
        EventKind::Cancelled { .. } => label(&Label::Cancelled),
        EventKind::ReturnReceived { lines, delivery, .. } => {
            label(&Label::SentBack { items: &parts(facts, &arrived(lines), *delivery) })
        }
        EventKind::RefundRequested { cause: Cause::Lines, lines, delivery, .. } => {
            label(&Label::GivenBack { items: Some(&parts(facts, lines, *delivery)) })
        }
        EventKind::RefundRequested { cause: Cause::Goodwill, .. } => label(&Label::Goodwill),
        _ => label(&Label::GivenBack { items: None }),
    }
}
