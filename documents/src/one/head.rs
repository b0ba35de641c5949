//! The head of the first page: who sells, what it is, to whom, and the facts; and the short head of the others.

use shared::invoice::Supply;

use super::{ACCENT, BODY, Bill, HAIRLINE, INK, LEFT, MUTED, NAME, SMALL, TEXT, fitted, look, party};
use crate::fonts::Weight;
use crate::sheet::{Align, Column, Look, Meaning, Role};
use crate::words::{Label, Sentence};

const SELLER: Column = Column { x: LEFT, width: 240.0 };
/// As wide as the longest title, the German credit note's.
const TITLE: Column = Column { x: LEFT + 246.0, width: BODY.width - 246.0 };
const HEADLINE: Look = look(21.0, Weight::Bold, ACCENT);
/// The facts, and what is left for the addresses.
const FACTS: Column = Column { x: LEFT + BODY.width - 208.0, width: 208.0 };
const GAP: f32 = 18.0;

pub(super) fn write(bill: &mut Bill<'_>) {
    let title = bill.sheet.part(Role::Title, None);
    let text = bill.sheet.words(bill.label(bill.title()), HEADLINE, TITLE.width);
    let below_title = bill.sheet.put(text, Meaning::Part(title), TITLE, Align::End, 46.0);
    let below_seller = seller(bill, 48.0);
    bill.y = below_title.max(below_seller) + 12.0;
    bill.sheet.fill(BODY, bill.y, 1.2, ACCENT);
    bill.y += 18.0;
    let (addresses, facts) = (parties(bill), facts(bill));
    bill.y = addresses.max(facts) + 24.0;
    if let Some(occasion) = bill.invoice.occasion {
        let sentence = bill.say(&match occasion {
            shared::invoice::Occasion::CalledOff => Sentence::ForCalledOff,
            shared::invoice::Occasion::SentBack => Sentence::ForSentBack,
            shared::invoice::Occasion::PaidBack => Sentence::ForPaidBack,
            shared::invoice::Occasion::Amount => Sentence::ForAmount,
            shared::invoice::Occasion::Goodwill => Sentence::ForGoodwill,
        });
        let part = bill.sheet.part(Role::Paragraph, None);
        let text = bill.sheet.words(&sentence, TEXT, BODY.width);
        bill.y = bill.sheet.put(text, Meaning::Part(part), BODY, Align::Start, bill.y) + 6.0;
    }
}

/// The head of another page.
pub(super) fn again(bill: &mut Bill<'_>) {
    let name = bill.invoice.seller.name.clone().unwrap_or_default();
    let half = Column { width: BODY.width / 2.0 - 6.0, ..BODY };
    let other = Column { x: half.x + half.width + 12.0, ..half };
    let name = bill.sheet.quoted(&name, look(9.0, Weight::Bold, INK), half.width).first_line();
    bill.sheet.put(name, Meaning::Header, half, Align::Start, 44.0);
    let number = bill.invoice.number.to_string();
    let title = format!("{} {}", bill.label(bill.title()), bill.within(number));
    let title = bill.sheet.words(&title, look(9.0, Weight::Regular, MUTED), other.width).first_line();
    bill.sheet.put(title, Meaning::Header, other, Align::End, 44.0);
    bill.sheet.fill(BODY, 64.0, 0.6, HAIRLINE);
}

/// Name and address of the seller. Says where it ends.
fn seller(bill: &mut Bill<'_>, y: f32) -> f32 {
    let seller = &bill.invoice.seller;
    let address =
        seller.address.as_ref().map(|address| party::lines(address, bill.customs().tag).join("  ·  "));
    let blocks = fitted(96.0, |by| {
        let quoted = |text: &String, look: Look| bill.sheet.quoted(text, look.scaled(by), SELLER.width);
        let name = seller.name.iter().map(|name| quoted(name, look(13.0, Weight::Bold, INK)));
        name.chain(address.iter().map(|address| quoted(address, SMALL))).collect()
    });
    let part = bill.sheet.part(Role::Paragraph, None);
    let mut y = y;
    for block in blocks {
        y = bill.sheet.put(block, Meaning::Part(part), SELLER, Align::Start, y) + 1.0;
    }
    y
}

/// Who pays, and where it goes if that is elsewhere. Says where it ends.
fn parties(bill: &mut Bill<'_>) -> f32 {
    let invoice = bill.invoice;
    let apart = invoice.ship_to != invoice.buyer;
    let room = FACTS.x - LEFT - GAP;
    let width = if apart { (room - GAP) / 2.0 } else { room };
    let mut end = bill.y;
    let both = [(Label::BillTo, &invoice.buyer), (Label::ShipTo, &invoice.ship_to)];
    for (at, (label, address)) in both.into_iter().take(if apart { 2 } else { 1 }).enumerate() {
        let column = Column { x: if at == 0 { LEFT } else { LEFT + width + GAP }, width };
        let part = bill.sheet.part(Role::Paragraph, None);
        let name = bill.sheet.words(bill.label(label), NAME, width);
        let mut y = bill.sheet.put(name, Meaning::Part(part), column, Align::Start, bill.y) + 2.0;
        let lines = party::lines(address, bill.customs().tag);
        let lines = fitted(220.0, |by| {
            lines.iter().map(|line| bill.sheet.quoted(line, TEXT.scaled(by), width)).collect()
        });
        for line in lines {
            y = bill.sheet.put(line, Meaning::Part(part), column, Align::Start, y);
        }
        end = end.max(y);
    }
    end
}

/// Numbers and days. Says where they end.
fn facts(bill: &mut Bill<'_>) -> f32 {
    let (invoice, customs) = (bill.invoice, bill.customs());
    let number = match bill.title() {
        Label::CreditNote => Label::CreditNoteNumber,
        _ => Label::InvoiceNumber,
    };
    let mut facts = vec![(number, invoice.number.to_string(), true)];
    facts.extend(invoice.corrects.iter().map(|number| (Label::ForInvoice, number.to_string(), true)));
    facts.push((Label::Date, customs.date(invoice.issued_at.date()), false));
    facts.push((Label::OrderNumber, invoice.order_number.to_string(), true));
    facts.push((Label::OrderDate, customs.date(invoice.ordered_at.date()), false));
    facts.extend(invoice.supply.map(|supply| match supply {
        Supply::Shipped(day) => (Label::Shipped, customs.date(day), false),
        Supply::Promised(day) => (Label::DeliveryExpected, customs.date(day), false),
    }));
    let mut y = bill.y;
    for (at, (label, value, is_number)) in facts.into_iter().enumerate() {
        let part = bill.sheet.part(Role::Paragraph, None);
        let value_look = if at == 0 { super::STRONG } else { TEXT };
        let value = if is_number {
            bill.sheet.figure(&value, value_look)
        } else {
            bill.sheet.words(&value, value_look, f32::INFINITY)
        };
        let room = FACTS.width - value.width() - 8.0;
        let label = bill.sheet.words(bill.label(label), look(8.5, Weight::Regular, MUTED), room.max(60.0));
        let below = bill.sheet.put(label, Meaning::Part(part), FACTS, Align::Start, y + 0.7);
        y = bill.sheet.put(value, Meaning::Part(part), FACTS, Align::End, y).max(below) + 1.6;
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fonts::Fonts;
    use crate::sheet::Sheet;
    use crate::words;
    use shared::language::Spoken;

    #[test]
    fn every_title_is_one_line_in_every_language() {
        let fonts = Fonts::new();
        for language in Spoken::ALL {
            let words = words::of(language);
            let sheet = Sheet::new(&fonts, words.customs.right_to_left);
            for title in [Label::Invoice, Label::CreditNote].map(words.label) {
                let set = sheet.words(title, HEADLINE, TITLE.width);
                assert!(set.height() < 1.5 * HEADLINE.leading(), "{title}");
            }
        }
    }
}
