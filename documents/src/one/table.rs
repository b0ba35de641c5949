//! The table of goods. It goes on over as many pages as it needs; each begins with the names of the columns.

use shared::invoice::{AdjustmentKind, Line};

use super::{ACCENT, BODY, Bill, HAIRLINE, INK, LEFT, NAME, SMALL, STRONG, TEXT, fitted, look};
use crate::fonts::Weight;
use crate::sheet::{Align, Block, Column, Look, Meaning, Role};
use crate::words::{Label, Sentence};

/// Figures in the tables of the sums.
pub(super) const FIGURES: Look = look(8.5, Weight::Regular, INK);
/// Between two columns.
const GAP: f32 = 14.0;
/// What names of columns and rates of taxes may take before they take two lines.
const WIDEST_NAME: f32 = 66.0;

/// A column: its name, how wide it is, and where its text goes.
struct Shape {
    name: Label,
    column: Column,
    align: Align,
}

/// A row: what is bought, and a figure for each other column.
struct Row {
    goods: Goods,
    figures: Vec<String>,
}

/// What stands in the first column.
enum Goods {
    /// A name, what makes it this variation, and what programs call it.
    Line { name: String, attributes: String, sku: String },
    /// Something that is no goods.
    Label(Label),
}

pub(super) fn write(bill: &mut Bill<'_>) {
    let rows = rows(bill);
    if rows.is_empty() {
        return;
    }
    // Where there is no tax, none is included.
    let with_tax = bill.invoice.prices_include_tax && !bill.invoice.tax.is_zero();
    let currency = bill.invoice.currency.code().to_owned();
    let amounts = bill.say(&Sentence::Amounts { currency, with_tax });
    let part = bill.sheet.part(Role::Paragraph, None);
    let amounts = bill.sheet.words(&amounts, SMALL, BODY.width);
    bill.y = bill.sheet.put(amounts, Meaning::Part(part), BODY, Align::Start, bill.y) + 4.0;

    let shapes = shapes(bill, &rows);
    let table = bill.sheet.part(Role::Table, None);
    names(bill, &shapes, Some(table));
    let body = bill.sheet.part(Role::TableBody, Some(table));
    for row in &rows {
        let cells = cells(bill, &shapes, row);
        put(bill, &shapes, cells, body);
    }
    bill.y += 12.0;
}

/// The columns of figures. Discounts and taxes have one only if there are any.
fn columns(bill: &Bill<'_>) -> Vec<Label> {
    let discounts = bill.invoice.lines.iter().any(|line| line.off_minor() != 0);
    let taxes = !bill.invoice.taxes.is_empty();
    let all = [Label::Quantity, Label::UnitPrice, Label::Discount, Label::Tax, Label::Amount];
    let has = |label: &Label| match label {
        Label::Discount => discounts,
        Label::Tax => taxes,
        _ => true,
    };
    all.into_iter().filter(has).collect()
}

fn rows(bill: &Bill<'_>) -> Vec<Row> {
    let columns = columns(bill);
    let lines = bill.invoice.lines.iter().map(|line| goods(bill, &columns, line));
    lines.chain(adjustment(bill, &columns)).collect()
}

fn goods(bill: &Bill<'_>, columns: &[Label], line: &Line) -> Row {
    let (invoice, customs) = (bill.invoice, bill.customs());
    let attributes: Vec<String> =
        line.attributes.iter().map(|it| format!("{}: {}", it.attribute.trim(), it.value.trim())).collect();
    let rates: Vec<String> = line.taxes.iter().map(|(_, rate, _)| customs.percent(*rate)).collect();
    let figure = |column: &Label| match column {
        Label::Quantity => customs.number(line.quantity),
        Label::UnitPrice => customs.figure(line.unit_price),
        Label::Discount if line.off_minor() == 0 => String::new(),
        Label::Discount => customs.signed(-line.off_minor(), invoice.currency),
        Label::Tax if rates.is_empty() => "\u{2013}".to_owned(),
        Label::Tax => rates.join(" + "),
        _ => customs.figure(invoice.amount_of(line)),
    };
    Row {
        goods: Goods::Line {
            name: line.name_in(&invoice.language).to_owned(),
            attributes: attributes.join("  ·  "),
            sku: line.sku.to_string(),
        },
        figures: columns.iter().map(figure).collect(),
    }
}

/// What a credit note has beside goods.
fn adjustment(bill: &Bill<'_>, columns: &[Label]) -> Option<Row> {
    let adjustment = bill.invoice.adjustment?;
    let label = match adjustment.kind {
        AdjustmentKind::Amount => Label::AmountBack,
        AdjustmentKind::Goodwill => Label::Goodwill,
        AdjustmentKind::GivenBefore => Label::GivenBefore,
    };
    let minor = if bill.invoice.prices_include_tax { adjustment.total_minor } else { adjustment.net_minor };
    let figure = |column: &Label| match column {
        Label::Amount => bill.customs().signed(minor, bill.invoice.currency),
        _ => String::new(),
    };
    Some(Row { goods: Goods::Label(label), figures: columns.iter().map(figure).collect() })
}

/// As wide as the figures need it; the goods have the rest.
fn shapes(bill: &Bill<'_>, rows: &[Row]) -> Vec<Shape> {
    let width = |(at, name): (usize, &Label)| {
        let named = bill.sheet.words(bill.label(*name), NAME, WIDEST_NAME).width();
        let figures = rows.iter().filter_map(|row| row.figures.get(at));
        let widest = figures.map(|figure| bill.sheet.figure(figure, TEXT).width()).fold(0.0, f32::max);
        // A line can have many taxes.
        named.max(if *name == Label::Tax { widest.min(WIDEST_NAME) } else { widest })
    };
    let widths: Vec<(Label, f32)> =
        columns(bill).iter().enumerate().map(|(at, name)| (*name, width((at, name)))).collect();
    let goods = BODY.width - widths.iter().map(|(_, width)| width + GAP).sum::<f32>();
    let mut shapes = vec![Shape {
        name: Label::Description,
        column: Column { x: LEFT, width: goods },
        align: Align::Start,
    }];
    let mut x = LEFT + goods;
    for (name, width) in widths {
        shapes.push(Shape { name, column: Column { x: x + GAP, width }, align: Align::Figures });
        x += GAP + width;
    }
    shapes
}

/// The names of the columns: a part of the document once, decoration on later pages.
fn names(bill: &mut Bill<'_>, shapes: &[Shape], table: Option<usize>) {
    let row = table.map(|table| {
        let head = bill.sheet.part(Role::TableHead, Some(table));
        bill.sheet.part(Role::Row, Some(head))
    });
    let name = |bill: &Bill<'_>, shape: &Shape| {
        bill.sheet.words(bill.label(shape.name), NAME, shape.column.width.max(1.0))
    };
    let height = shapes.iter().map(|shape| name(bill, shape).height()).fold(0.0, f32::max);
    for shape in shapes {
        let meaning = match row {
            Some(row) => Meaning::Part(bill.sheet.part(Role::ColumnName, Some(row))),
            None => Meaning::Header,
        };
        let name = name(bill, shape);
        let y = bill.y + height - name.height();
        bill.sheet.put(name, meaning, shape.column, shape.align, y);
    }
    bill.y += height + 4.0;
    bill.sheet.fill(BODY, bill.y, 0.9, ACCENT);
    bill.y += 1.0;
}

/// What stands in each column of a row.
fn cells(bill: &Bill<'_>, shapes: &[Shape], row: &Row) -> Vec<Vec<Block>> {
    let width = |at: usize| shapes.get(at).map_or(BODY.width, |shape| shape.column.width);
    let goods = match &row.goods {
        Goods::Label(label) => vec![bill.sheet.words(bill.label(*label), STRONG, width(0))],
        Goods::Line { name, attributes, sku } => {
            let small = [attributes, sku].into_iter().filter(|text| !text.is_empty());
            let small: Vec<&String> = small.collect();
            let small = fitted(220.0, |by| {
                small.iter().map(|text| bill.sheet.quoted(text, SMALL.scaled(by), width(0))).collect()
            });
            [bill.sheet.quoted(name, STRONG, width(0))].into_iter().chain(small).collect()
        }
    };
    let figure = |(at, text): (usize, &String)| match text.as_str() {
        "" => vec![],
        // Wide enough for all but many taxes.
        text => vec![bill.sheet.wrapped_figure(text, TEXT, width(at + 1) + 0.1)],
    };
    [goods].into_iter().chain(row.figures.iter().enumerate().map(figure)).collect()
}

/// Puts a row below the others, on another page if it does not fit; it is never torn.
fn put(bill: &mut Bill<'_>, shapes: &[Shape], cells: Vec<Vec<Block>>, body: usize) {
    let height = cells.iter().map(|cell| cell.iter().map(Block::height).sum::<f32>()).fold(0.0, f32::max);
    if bill.room(height + 13.0) {
        names(bill, shapes, None);
    }
    let row = bill.sheet.part(Role::Row, Some(body));
    for (shape, cell) in shapes.iter().zip(cells) {
        let meaning = Meaning::Part(bill.sheet.part(Role::Cell, Some(row)));
        let mut y = bill.y + 6.0;
        for block in cell {
            y = bill.sheet.put(block, meaning, shape.column, shape.align, y);
        }
    }
    bill.y += height + 12.0;
    bill.sheet.fill(BODY, bill.y, 0.6, HAIRLINE);
    bill.y += 0.6;
}
