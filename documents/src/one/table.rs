//! The table of goods. It goes on over as many pages as it needs; each begins with the names of the columns.

use shared::invoice::{AdjustmentKind, Line};
use shared::percent::Percent;

use super::{ACCENT, BODY, Bill, HAIRLINE, LEFT, NAME, SMALL, STRONG, TEXT, look};
use crate::fonts::Weight;
use crate::sheet::{Align, Block, Colour, Column, Meaning, Role};
use crate::words::{Label, Sentence};

/// A column: its name, how wide it is, and where its text goes.
struct Shape {
    name: Label,
    column: Column,
    align: Align,
}

/// A row: what stands in each column, or nothing.
type Row = Vec<Vec<Block>>;

pub(super) fn write(bill: &mut Bill<'_>) {
    let invoice = bill.invoice;
    if invoice.lines.is_empty() && invoice.adjustment.is_none() {
        return;
    }
    let with_tax = invoice.prices_include_tax;
    let amounts = bill.say(&Sentence::Amounts { currency: invoice.currency.code().to_owned(), with_tax });
    let part = bill.sheet.part(Role::Paragraph, None);
    let amounts = bill.sheet.words(&amounts, SMALL, BODY.width);
    bill.y = bill.sheet.put(amounts, Meaning::Part(part), BODY, Align::Start, bill.y) + 4.0;

    let shapes = shapes(bill);
    let table = bill.sheet.part(Role::Table, None);
    names(bill, &shapes, Some(table));
    let body = bill.sheet.part(Role::TableBody, Some(table));
    for line in &invoice.lines {
        let row = goods(bill, &shapes, line);
        put(bill, &shapes, row, body);
    }
    if let Some(row) = adjustment(bill, &shapes) {
        put(bill, &shapes, row, body);
    }
    bill.y += 12.0;
}

/// The columns. Discounts have one only if there are any.
fn shapes(bill: &Bill<'_>) -> Vec<Shape> {
    let discounts = bill.invoice.lines.iter().any(|line| line.off_minor() != 0);
    let widths = [
        Some((Label::Quantity, 44.0)),
        Some((Label::UnitPrice, 72.0)),
        discounts.then_some((Label::Discount, 66.0)),
        Some((Label::Tax, 62.0)),
        Some((Label::Amount, 80.0)),
    ];
    let figures: Vec<(Label, f32)> = widths.into_iter().flatten().collect();
    let taken: f32 = figures.iter().map(|(_, width)| width).sum();
    let mut shapes = vec![Shape {
        name: Label::Description,
        column: Column { x: LEFT, width: BODY.width - taken },
        align: Align::Start,
    }];
    let mut x = LEFT + BODY.width - taken;
    for (name, width) in figures {
        // A gap to the column before.
        shapes.push(Shape { name, column: Column { x: x + 8.0, width: width - 8.0 }, align: Align::Figures });
        x += width;
    }
    shapes
}

/// The names of the columns: a part of the document once, decoration on later pages.
fn names(bill: &mut Bill<'_>, shapes: &[Shape], table: Option<usize>) {
    let row = table.map(|table| {
        let head = bill.sheet.part(Role::TableHead, Some(table));
        bill.sheet.part(Role::Row, Some(head))
    });
    let mut end = bill.y;
    for shape in shapes {
        let meaning =
            row.map_or(Meaning::Header, |row| Meaning::Part(bill.sheet.part(Role::ColumnName, Some(row))));
        let name = bill.sheet.words(bill.label(shape.name), NAME, shape.column.width);
        end = end.max(bill.sheet.put(name, meaning, shape.column, shape.align, bill.y));
    }
    bill.y = end + 4.0;
    bill.sheet.fill(BODY, bill.y, 0.9, ACCENT);
    bill.y += 1.0;
}

fn goods(bill: &Bill<'_>, shapes: &[Shape], line: &Line) -> Row {
    let (invoice, customs) = (bill.invoice, bill.customs());
    let width = shapes.first().map_or(BODY.width, |shape| shape.column.width);
    let mut name = vec![bill.sheet.quoted(line.name_in(&invoice.language), STRONG, width)];
    if !line.attributes.is_empty() {
        let attributes: Vec<String> = line
            .attributes
            .iter()
            .map(|it| format!("{}: {}", it.attribute.trim(), it.value.trim()))
            .collect();
        name.push(bill.sheet.quoted(&attributes.join("  ·  "), SMALL, width));
    }
    name.push(bill.sheet.quoted(&line.sku.to_string(), SMALL, width));
    let figure = |text: &str| vec![bill.sheet.figure(text, TEXT)];
    let rates: Vec<Percent> = line.taxes.iter().map(|(_, rate, _)| *rate).collect();
    let cell = |shape: &Shape| match shape.name {
        Label::Quantity => figure(&customs.number(line.quantity)),
        Label::UnitPrice => figure(&customs.figure(line.unit_price)),
        Label::Discount if line.off_minor() == 0 => vec![],
        Label::Discount => figure(&customs.signed(-line.off_minor(), invoice.currency)),
        Label::Tax => vec![tax(bill, &rates, shape.column.width)],
        _ => figure(&customs.figure(invoice.amount_of(line))),
    };
    [name].into_iter().chain(shapes.iter().skip(1).map(cell)).collect()
}

/// The rates of a line, together.
fn tax(bill: &Bill<'_>, rates: &[Percent], width: f32) -> Block {
    let rates: Vec<String> = rates.iter().map(|rate| bill.customs().percent(*rate)).collect();
    if rates.is_empty() {
        return bill.sheet.figure("\u{2013}", TEXT);
    }
    bill.sheet.wrapped_figure(&rates.join(" + "), TEXT, width)
}

/// What a credit note has beside goods.
fn adjustment(bill: &Bill<'_>, shapes: &[Shape]) -> Option<Row> {
    let adjustment = bill.invoice.adjustment?;
    let label = match adjustment.kind {
        AdjustmentKind::Amount => Label::AmountBack,
        AdjustmentKind::Goodwill => Label::Goodwill,
        AdjustmentKind::GivenBefore => Label::GivenBefore,
    };
    let minor = if bill.invoice.prices_include_tax { adjustment.total_minor } else { adjustment.net_minor };
    let width = shapes.first().map_or(BODY.width, |shape| shape.column.width);
    let name = bill.sheet.words(bill.label(label), STRONG, width);
    let amount = bill.sheet.figure(&bill.customs().signed(minor, bill.invoice.currency), TEXT);
    let between = shapes.len().saturating_sub(2);
    Some([vec![name]].into_iter().chain(std::iter::repeat_n(vec![], between)).chain([vec![amount]]).collect())
}

/// Puts a row below the others, on another page if it does not fit; it is never torn.
fn put(bill: &mut Bill<'_>, shapes: &[Shape], row: Row, body: usize) {
    let height = row.iter().map(|cell| cell.iter().map(Block::height).sum::<f32>()).fold(0.0, f32::max);
    if bill.room(height + 13.0) {
        names(bill, shapes, None);
    }
    let part = bill.sheet.part(Role::Row, Some(body));
    for (shape, cell) in shapes.iter().zip(row) {
        let meaning = Meaning::Part(bill.sheet.part(Role::Cell, Some(part)));
        let mut y = bill.y + 6.0;
        for block in cell {
            y = bill.sheet.put(block, meaning, shape.column, shape.align, y);
        }
    }
    bill.y += height + 12.0;
    line(bill, HAIRLINE);
}

fn line(bill: &mut Bill<'_>, colour: Colour) {
    bill.sheet.fill(BODY, bill.y, 0.6, colour);
    bill.y += 0.6;
}

/// The look of small print in columns of the sums.
pub(super) const FIGURES: crate::sheet::Look = look(8.5, Weight::Regular, super::INK);
