//! How the text of a PDF is drawn.

use lopdf::Document;
use lopdf::content::Content;

use crate::read::strings;

/// How far above the lower edge of its page the lowest text stands, in points.
pub fn lowest(pdf: &[u8]) -> f32 {
    let document = Document::load_mem(pdf).expect("a PDF");
    let mut lowest = f32::INFINITY;
    for page in document.get_pages().into_values() {
        let content = Content::decode(&document.get_page_content(page)).expect("operations");
        let mut flipped: Vec<(f32, f32)> = vec![(1.0, 0.0)];
        for operation in &content.operations {
            let number = |at: usize| operation.operands[at].as_float().expect("a number");
            let (scale, shift) = *flipped.last().expect("one is open");
            match operation.operator.as_str() {
                "q" => flipped.push((scale, shift)),
                "Q" => drop(flipped.pop()),
                "cm" => {
                    *flipped.last_mut().expect("one is open") = (scale * number(3), scale * number(5) + shift)
                }
                "Tm" => lowest = lowest.min(scale * number(5) + shift),
                _ => {}
            }
        }
    }
    lowest
}

/// Whether any run draws the glyph for characters that a font lacks.
pub fn has_missing_glyphs(pdf: &[u8]) -> bool {
    let document = Document::load_mem(pdf).expect("a PDF");
    document.get_pages().into_values().any(|page| {
        let content = Content::decode(&document.get_page_content(page)).expect("operations");
        let shown = content.operations.iter().filter(|it| matches!(it.operator.as_str(), "Tj" | "TJ"));
        shown.flat_map(|it| strings(&it.operands)).any(|codes| codes.contains(&0))
    })
}
