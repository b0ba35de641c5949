//! The foot of every page: the seller's data, and which page it is.

use super::{BODY, Bill, HAIRLINE, LEFT, MUTED, fitted, look, party};
use crate::fonts::Weight;
use crate::sheet::{Align, Block, Column, HEIGHT, Look, Meaning};
use crate::words::{Label, Sentence};

const FINE: Look = look(7.5, Weight::Regular, MUTED);
const GAP: f32 = 12.0;
/// Where the page's number stands.
const PAGE_Y: f32 = HEIGHT - 40.0;
/// What the seller's data may take of a page.
const HIGHEST: f32 = 170.0;
const COLUMN: f32 = (BODY.width - 2.0 * GAP) / 3.0;

/// Where the foot begins, and the rest of a page ends.
pub(super) fn top(bill: &Bill<'_>) -> f32 {
    first_line(&columns(bill)) - 20.0
}

fn first_line(columns: &[Vec<Block>]) -> f32 {
    let highest =
        columns.iter().map(|column| column.iter().map(Block::height).sum::<f32>()).fold(0.0, f32::max);
    PAGE_Y - 10.0 - highest
}

/// Name and address; where questions go, and numbers; where money goes.
fn columns(bill: &Bill<'_>) -> Vec<Vec<Block>> {
    let seller = &bill.invoice.seller;
    let address = seller.address.as_ref().map(|address| party::lines(address, bill.customs().tag));
    let name: Vec<String> = seller.name.iter().cloned().chain(address.into_iter().flatten()).collect();
    let vat_id = seller.vat_id.as_ref().map(|id| format!("{}\u{a0}{}", bill.label(Label::VatId), id.trim()));
    let numbers = [seller.email.clone(), seller.website.clone(), vat_id, seller.registration.clone()];
    let texts = [name, numbers.into_iter().flatten().collect(), seller.bank.clone()];
    let set = |lines: &Vec<String>| {
        fitted(HIGHEST, |by| {
            lines.iter().map(|line| bill.sheet.quoted(line, FINE.scaled(by), COLUMN)).collect()
        })
    };
    texts.iter().map(set).collect()
}

pub(super) fn write(bill: &mut Bill<'_>) {
    let columns = columns(bill);
    let first_line = first_line(&columns);
    let pages = bill.sheet.pages();
    for page in 0..pages {
        if columns.iter().any(|column| !column.is_empty()) {
            bill.sheet.fill_on(page, BODY, first_line - 6.0, 0.6, HAIRLINE);
        }
        for (at, blocks) in columns.iter().enumerate() {
            let column = Column { x: LEFT + (COLUMN + GAP) * (at as f32), width: COLUMN };
            let mut y = first_line;
            for block in blocks {
                y = bill.sheet.put_on(page, block.clone(), Meaning::Footer, column, Align::Start, y);
            }
        }
        let number = bill.say(&Sentence::Page { page: page + 1, of: pages });
        let number = bill.sheet.words(&number, FINE, BODY.width);
        bill.sheet.put_on(page, number, Meaning::Footer, BODY, Align::End, PAGE_Y);
    }
}
