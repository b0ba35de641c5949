//! The first layout. Bills were issued under it: nothing here changes a single byte of them any more (see the crate).

mod foot;
mod head;
mod party;
mod sums;
mod table;

use shared::invoice::{Invoice, Kind};
use shared::language::Spoken;

use crate::customs::Customs;
use crate::fonts::{Fonts, Weight};
use crate::sheet::{About, Block, Colour, Column, Look, Sheet};
use crate::words::{self, Label, Sentence, Words};
use crate::{PdfError, Written};

const INK: Colour = (0x1b, 0x22, 0x27);
const MUTED: Colour = (0x5a, 0x67, 0x6f);
const ACCENT: Colour = (0x0b, 0x5c, 0x6b);
const HAIRLINE: Colour = (0xd5, 0xdc, 0xdf);
const SOFT: Colour = (0xee, 0xf4, 0xf5);

/// The part of a page that is written on, in points.
const LEFT: f32 = 56.0;
const BODY: Column = Column { x: LEFT, width: crate::sheet::WIDTH - 2.0 * LEFT };
/// Where pages after the first begin.
const TOP: f32 = 84.0;

const fn look(size: f32, weight: Weight, colour: Colour) -> Look {
    Look { size, weight, colour }
}

const TEXT: Look = look(9.5, Weight::Regular, INK);
const STRONG: Look = look(9.5, Weight::Bold, INK);
const SMALL: Look = look(8.0, Weight::Regular, MUTED);
const NAME: Look = look(8.0, Weight::Bold, ACCENT);

/// How much smaller text gets, step by step, so that whatever was allowed to be written finds its place.
const SMALLER: [f32; 5] = [1.0, 0.86, 0.74, 0.63, 0.53];

/// What is written in the largest size in which it is not higher than this.
fn fitted(height: f32, write: impl Fn(f32) -> Vec<Block>) -> Vec<Block> {
    let is_fine = |blocks: &Vec<Block>| blocks.iter().map(Block::height).sum::<f32>() <= height;
    SMALLER.into_iter().map(&write).find(is_fine).unwrap_or_else(|| write(SMALLER[SMALLER.len() - 1]))
}

/// A bill, its words, and where on which page it goes on.
struct Bill<'a> {
    invoice: &'a Invoice,
    words: &'static Words,
    sheet: Sheet<'a>,
    /// Where the next thing goes, on the last page.
    y: f32,
    /// Where pages end.
    bottom: f32,
}

/// The PDF of a bill.
pub fn pdf(invoice: &Invoice) -> Result<Written, PdfError> {
    let fonts = Fonts::new();
    let language = Spoken::of(&invoice.language).unwrap_or_default();
    let words = words::of(language);
    let mut bill =
        Bill { invoice, words, sheet: Sheet::new(&fonts, words.customs.right_to_left), y: 0.0, bottom: 0.0 };
    bill.bottom = foot::top(&bill);
    head::write(&mut bill);
    table::write(&mut bill);
    sums::write(&mut bill);
    foot::write(&mut bill);
    let about = About {
        title: format!("{} {}", bill.label(bill.title()), invoice.number),
        author: invoice.seller.name.clone(),
        language: words.customs.tag,
        at: invoice.issued_at,
    };
    let unprinted = bill.sheet.unprinted();
    Ok(Written { bytes: bill.sheet.finish(about)?, unprinted })
}

impl Bill<'_> {
    fn customs(&self) -> &'static Customs {
        &self.words.customs
    }

    fn label(&self, label: Label) -> &'static str {
        (self.words.label)(label)
    }

    fn say(&self, sentence: &Sentence) -> String {
        (self.words.sentence)(sentence)
    }

    fn title(&self) -> Label {
        match self.invoice.kind {
            Kind::Invoice => Label::Invoice,
            Kind::CreditNote => Label::CreditNote,
        }
    }

    /// A figure within a sentence: where sentences go from right to left, its own direction is kept apart from theirs
    /// (Unicode TR 9, "Explicit directional isolates").
    fn within(&self, figure: String) -> String {
        if self.customs().right_to_left { format!("\u{2068}{figure}\u{2069}") } else { figure }
    }

    /// Makes sure that so much fits below, on another page if need be. Says whether it is another page.
    fn room(&mut self, height: f32) -> bool {
        if self.y + height <= self.bottom {
            return false;
        }
        self.sheet.turn();
        head::again(self);
        self.y = TOP;
        true
    }
}
