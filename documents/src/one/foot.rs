//! The foot of every page: the seller's data, and which page it is.

use shared::invoice::Invoice;

use super::{BODY, Bill, HAIRLINE, LEFT, MUTED, look, party};
use crate::fonts::Weight;
use crate::sheet::{Align, Column, HEIGHT, Look, Meaning};
use crate::words::{Label, Sentence, Words};

const FINE: Look = look(7.5, Weight::Regular, MUTED);
const GAP: f32 = 12.0;
/// Where the page's number stands.
const PAGE_Y: f32 = HEIGHT - 40.0;

/// Where the foot begins, and the rest of a page ends.
pub(super) fn top(invoice: &Invoice, words: &Words) -> f32 {
    rule(invoice, words) - 14.0
}

/// Where the line above the foot is. A line of the seller's that does not fit its column takes two.
fn rule(invoice: &Invoice, words: &Words) -> f32 {
    let rows = columns(invoice, words)
        .iter()
        .map(|column| column.iter().map(|line| 1 + line.chars().count() / 44).sum::<usize>())
        .max();
    PAGE_Y - 10.0 - FINE.leading() * (rows.unwrap_or_default() as f32)
}

/// Name and address; where questions go, and numbers; where money goes.
fn columns(invoice: &Invoice, words: &Words) -> [Vec<String>; 3] {
    let seller = &invoice.seller;
    let address = seller.address.as_ref().map(|address| party::lines(address, words.customs.tag));
    let name = seller.name.iter().cloned().chain(address.into_iter().flatten()).collect();
    let vat_id =
        seller.vat_id.as_ref().map(|id| format!("{}\u{a0}{}", (words.label)(Label::VatId), id.trim()));
    let numbers = [seller.email.clone(), seller.website.clone(), vat_id, seller.registration.clone()];
    [name, numbers.into_iter().flatten().collect(), seller.bank.clone()]
}

pub(super) fn write(bill: &mut Bill<'_>) {
    let columns = columns(bill.invoice, bill.words);
    let rule = rule(bill.invoice, bill.words);
    let width = (BODY.width - 2.0 * GAP) / 3.0;
    let pages = bill.sheet.pages();
    for page in 0..pages {
        if columns.iter().any(|column| !column.is_empty()) {
            bill.sheet.fill_on(page, BODY, rule - 6.0, 0.6, HAIRLINE);
        }
        for (at, lines) in columns.iter().enumerate() {
            let column = Column { x: LEFT + (width + GAP) * (at as f32), width };
            let mut y = rule;
            for line in lines {
                let line = bill.sheet.quoted(line, FINE, width);
                y = bill.sheet.put_on(page, line, Meaning::Footer, column, Align::Start, y);
            }
        }
        let number = bill.say(&Sentence::Page { page: page + 1, of: pages });
        let number = bill.sheet.words(&number, FINE, BODY.width);
        bill.sheet.put_on(page, number, Meaning::Footer, BODY, Align::End, PAGE_Y);
    }
}
