//! What it all comes to: sums at the end of the page, taxes beside them, and how it is paid below.

use shared::invoice::Settlement;
use shared::money::Money;

use super::table::FIGURES;
use super::{ACCENT, BODY, Bill, HAIRLINE, LEFT, NAME, SMALL, SOFT, TEXT, look};
use crate::fonts::Weight;
use crate::sheet::{Align, Block, Column, Look, Meaning, Role};
use crate::words::{Label, Method, Sentence};

const TAXES: Column = Column { x: LEFT, width: 240.0 };
const SUMS: Column = Column { x: LEFT + BODY.width - 218.0, width: 218.0 };
const ROW: f32 = 17.0;
/// More taxes than these stand above the sums instead of beside them, over as many pages as they need.
const MANY_TAXES: usize = 12;
const TOTAL: Look = look(12.0, Weight::Bold, ACCENT);
const PADDING: f32 = 10.0;

pub(super) fn write(bill: &mut Bill<'_>) {
    let (sums, taxes) = (sums(bill), taxes(bill));
    let included = discounts(bill).map(|text| bill.sheet.words(&text, SMALL, BODY.width));
    let settled = settlement(bill);
    let settled = bill.sheet.words(&settled, TEXT, BODY.width - 2.0 * PADDING);
    // What it says is about goods on their way to the customer.
    let note = bill.invoice.seller.note.clone().filter(|_| !bill.invoice.is_credit_note());
    let note =
        note.map(|note| bill.sheet.quoted(&note, look(8.5, Weight::Regular, super::MUTED), BODY.width));
    let sums_height = ROW * (sums.len() as f32) + 16.0;
    let mut taxes_height = ROW * (taxes.len() as f32 + 1.0);
    let taxes = if taxes.len() > MANY_TAXES {
        bill.y = put_taxes(bill, taxes, bill.y) + 12.0;
        taxes_height = 0.0;
        vec![]
    } else {
        taxes
    };
    let height = sums_height.max(taxes_height)
        + included.as_ref().map_or(0.0, |block| block.height() + 8.0)
        + settled.height()
        + 2.0 * PADDING
        + 14.0
        + note.as_ref().map_or(0.0, |block| block.height() + 12.0);
    bill.room(height);

    let top = bill.y;
    let below_taxes = if taxes.is_empty() { top } else { put_taxes(bill, taxes, top) };
    bill.y = put_sums(bill, sums, top).max(below_taxes) + 8.0;
    if let Some(block) = included {
        let part = bill.sheet.part(Role::Paragraph, None);
        bill.y = bill.sheet.put(block, Meaning::Part(part), BODY, Align::Start, bill.y) + 8.0;
    }
    let part = bill.sheet.part(Role::Paragraph, None);
    bill.sheet.fill(BODY, bill.y, settled.height() + 2.0 * PADDING, SOFT);
    let inner = Column { x: BODY.x + PADDING, width: BODY.width - 2.0 * PADDING };
    bill.y = bill.sheet.put(settled, Meaning::Part(part), inner, Align::Start, bill.y + PADDING) + PADDING;
    if let Some(block) = note {
        let part = bill.sheet.part(Role::Paragraph, None);
        bill.y = bill.sheet.put(block, Meaning::Part(part), BODY, Align::Start, bill.y + 12.0);
    }
}

/// A sum and its name; the last one is the total.
fn sums(bill: &Bill<'_>) -> Vec<(String, String)> {
    let (invoice, customs) = (bill.invoice, bill.customs());
    let with_tax = invoice.prices_include_tax;
    let figure = |money: Money| customs.figure(money);
    let mut sums = Vec::new();
    let lines: i64 = invoice.lines.iter().map(|line| invoice.amount_of(line).minor()).sum();
    let more = invoice.adjustment.map_or(0, |it| if with_tax { it.total_minor } else { it.net_minor });
    if !invoice.lines.is_empty() {
        sums.push((bill.label(Label::Goods).to_owned(), customs.signed(lines + more, invoice.currency)));
    }
    if let Some(delivery) = &invoice.delivery {
        let amount = if with_tax { delivery.total } else { delivery.net };
        sums.push((bill.label(Label::Delivery).to_owned(), figure(amount)));
    }
    if !with_tax && !invoice.tax.is_zero() {
        sums.push((bill.label(Label::Net).to_owned(), figure(invoice.net)));
        let tax = |tax: &shared::invoice::TaxSum| (tax_name(bill, tax), figure(tax.amount));
        if invoice.taxes.len() > MANY_TAXES {
            sums.push((bill.label(Label::TaxAmount).to_owned(), figure(invoice.tax)));
        } else {
            sums.extend(invoice.taxes.iter().map(tax));
        }
    }
    let total = if invoice.is_credit_note() { Label::TotalCredited } else { Label::Total };
    sums.push((bill.label(total).to_owned(), customs.amount(invoice.total)));
    if with_tax && !invoice.tax.is_zero() {
        sums.push((bill.label(Label::Net).to_owned(), figure(invoice.net)));
    }
    sums
}

fn tax_name(bill: &Bill<'_>, tax: &shared::invoice::TaxSum) -> String {
    format!("{} {}", bill.within(tax.name.clone()), bill.within(bill.customs().percent(tax.rate)))
}

fn put_sums(bill: &mut Bill<'_>, sums: Vec<(String, String)>, top: f32) -> f32 {
    let total_at = sums.iter().rposition(|(_, figure)| figure.contains(bill.invoice.currency.code()));
    let look_of = |at: usize| if Some(at) == total_at { TOTAL } else { TEXT };
    let figures: Vec<Block> =
        sums.iter().enumerate().map(|(at, (_, figure))| bill.sheet.figure(figure, look_of(at))).collect();
    let widest = figures.iter().map(Block::width).fold(0.0, f32::max);
    let inner = Column { x: SUMS.x + 8.0, width: SUMS.width - 16.0 };
    let column = Column { x: inner.x + inner.width - widest, width: widest };
    let table = bill.sheet.part(Role::Table, None);
    let mut y = top;
    for (at, ((name, _), figure)) in sums.iter().zip(figures).enumerate() {
        let is_total = Some(at) == total_at;
        let row = bill.sheet.part(Role::Row, Some(table));
        let (name_part, cell) =
            (bill.sheet.part(Role::RowName, Some(row)), bill.sheet.part(Role::Cell, Some(row)));
        let name_look = if is_total { look(10.5, Weight::Bold, ACCENT) } else { TEXT };
        let name = bill.sheet.words(name, name_look, inner.width - figure.width() - 8.0);
        let height = (if is_total { ROW + 13.0 } else { ROW }).max(name.height() + 4.0);
        if is_total {
            bill.sheet.fill(SUMS, y + 3.0, height - 6.0, SOFT);
        }
        let middle = |block: &Block| y + (height - block.height()) / 2.0;
        let (name_y, figure_y) = (middle(&name), middle(&figure));
        bill.sheet.put(name, Meaning::Part(name_part), inner, Align::Start, name_y);
        bill.sheet.put(figure, Meaning::Part(cell), column, Align::Figures, figure_y);
        y += height;
    }
    y
}

/// Each tax: name, rate, what it is on, what it comes to.
fn taxes(bill: &Bill<'_>) -> Vec<[String; 4]> {
    let (invoice, customs) = (bill.invoice, bill.customs());
    let mut rows: Vec<[String; 4]> = invoice
        .taxes
        .iter()
        .map(|tax| {
            [tax.name.clone(), customs.percent(tax.rate), customs.figure(tax.net), customs.figure(tax.amount)]
        })
        .collect();
    if !invoice.untaxed.is_zero() {
        let dash = || "\u{2013}".to_owned();
        rows.push([bill.label(Label::NotTaxed).to_owned(), dash(), customs.figure(invoice.untaxed), dash()]);
    }
    rows
}

/// Puts the table of taxes; each row goes on another page if it does not fit. Says where it ends.
fn put_taxes(bill: &mut Bill<'_>, rows: Vec<[String; 4]>, top: f32) -> f32 {
    let names = [Label::Tax, Label::Rate, Label::TaxableAmount, Label::TaxAmount];
    // As wide as the figures need it; the names of taxes have the rest.
    let width = |at: usize| {
        let figures =
            rows.iter().filter_map(|row| row.get(at)).map(|text| bill.sheet.figure(text, FIGURES).width());
        let name = names
            .get(at)
            .map_or(0.0, |name| bill.sheet.words(bill.label(*name), NAME, f32::INFINITY).width());
        figures.fold(name, f32::max) + 12.0
    };
    let figures = [width(1), width(2), width(3)];
    let mut x = TAXES.x;
    let columns =
        [TAXES.width - figures.iter().sum::<f32>(), figures[0], figures[1], figures[2]].map(|width| {
            let column = Column { x, width };
            x += width;
            column
        });
    let align = |at: usize| if at == 0 { Align::Start } else { Align::Figures };
    let put_names = |bill: &mut Bill<'_>, y: f32, row: Option<usize>| {
        for (at, (name, column)) in names.into_iter().zip(columns).enumerate() {
            let meaning = match row {
                Some(row) => Meaning::Part(bill.sheet.part(Role::ColumnName, Some(row))),
                None => Meaning::Header,
            };
            let name = bill.sheet.words(bill.label(name), NAME, column.width.max(1.0));
            bill.sheet.put(name, meaning, column, align(at), y + 2.0);
        }
        bill.y = y + ROW;
    };
    let table = bill.sheet.part(Role::Table, None);
    let head = bill.sheet.part(Role::TableHead, Some(table));
    let row = bill.sheet.part(Role::Row, Some(head));
    put_names(bill, top, Some(row));
    let body = bill.sheet.part(Role::TableBody, Some(table));
    for cells in rows {
        let blocks: Vec<Block> = cells
            .iter()
            .zip(columns)
            .enumerate()
            .map(|(at, (text, column))| match at {
                0 => bill.sheet.quoted(text, FIGURES, (column.width - 4.0).max(20.0)),
                _ => bill.sheet.figure(text, FIGURES),
            })
            .collect();
        let height = blocks.iter().map(Block::height).fold(0.0, f32::max).max(ROW - 5.0) + 5.0;
        if bill.room(height) {
            let y = bill.y;
            put_names(bill, y, None);
        }
        let y = bill.y;
        bill.sheet.fill(TAXES, y, 0.6, HAIRLINE);
        let row = bill.sheet.part(Role::Row, Some(body));
        for (at, (block, column)) in blocks.into_iter().zip(columns).enumerate() {
            let part = bill.sheet.part(Role::Cell, Some(row));
            bill.sheet.put(block, Meaning::Part(part), column, align(at), y + 2.5);
        }
        bill.y = y + height;
    }
    bill.y
}

/// What was taken off, in a sentence.
fn discounts(bill: &Bill<'_>) -> Option<String> {
    let (discounts, customs) = (&bill.invoice.discounts, bill.customs());
    let coupon = match &discounts.coupon_code {
        Some(code) => format!("{} {}", bill.label(Label::Coupon), bill.within(code.to_string())),
        None => bill.label(Label::Coupon).to_owned(),
    };
    let parts = [
        (bill.label(Label::LineDiscounts).to_owned(), discounts.lines),
        (coupon, discounts.coupon),
        (bill.label(Label::OrderDiscount).to_owned(), discounts.order),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(_, amount)| !amount.is_zero())
        .map(|(name, amount)| format!("{name} ({})", bill.within(customs.amount(amount))))
        .collect();
    let comma = if customs.tag == "ar" { "، " } else { ", " };
    (!parts.is_empty()).then(|| bill.say(&Sentence::DiscountsIncluded { amounts: parts.join(comma) }))
}

/// How it is paid, or paid back.
fn settlement(bill: &Bill<'_>) -> String {
    let (invoice, customs) = (bill.invoice, bill.customs());
    let amount = |money: Money| bill.within(customs.amount(money));
    let day = |day| bill.within(customs.date(day));
    let method = if invoice.method == "cod" { Method::Cash } else { Method::Card };
    let total = amount(invoice.total);
    bill.say(&match &invoice.settlement {
        Settlement::Nothing => Sentence::NothingToPay,
        Settlement::Paid { on } => Sentence::Paid { amount: total, on: day(*on), method },
        Settlement::Reserved => Sentence::Reserved { amount: total },
        Settlement::OnDelivery => Sentence::PayOnDelivery { amount: total },
        Settlement::Open => Sentence::Open { amount: total },
        Settlement::PaidBack { on, amount: back } => {
            Sentence::PaidBack { amount: amount(*back), on: day(*on) }
        }
        Settlement::SetOff => Sentence::SetOff,
    })
}
