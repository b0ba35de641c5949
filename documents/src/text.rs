//! Setting text: which font, which direction, where lines break, which glyphs, and how wide it gets.
//!
//! Directions are resolved for the whole paragraph (Unicode TR 9), lines break where Unicode lets them (TR 14), and each
//! line is shaped by itself (OpenType, by HarfBuzz's rules). A character that no font has is drawn as U+FFFD and keeps its
//! meaning for who copies it; pictures, which have no place on a bill, are drawn as nothing.

use std::ops::Range;

use harfrust::{Direction, ShapeOptions, UnicodeBuffer};
use krilla::text::{GlyphId, KrillaGlyph};
use unicode_bidi::{BidiInfo, Level};
use unicode_linebreak::linebreaks;

use crate::fonts::{Face, Fonts, Weight};

/// Stands for a character that no font has.
const REPLACEMENT: char = '\u{fffd}';

/// How letters look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Points per em.
    pub size: f32,
    /// How heavy.
    pub weight: Weight,
}

/// Which way a text begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// As its first letter does: what others wrote.
    Auto,
    /// From left to right: figures.
    LeftToRight,
    /// From right to left.
    RightToLeft,
}

/// A line that is set.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// Its parts, in the order in which they are read.
    pub runs: Vec<Run>,
    /// How wide it is, in points, without spaces at its end.
    pub width: f32,
}

/// A part of a line: one font, one direction.
#[derive(Debug, Clone)]
pub struct Run {
    /// Which font.
    pub face: usize,
    /// Its glyphs, from left to right.
    pub glyphs: Vec<KrillaGlyph>,
    /// What they mean.
    pub text: String,
    /// Points from the left end of the line.
    pub x: f32,
}

/// Sets texts.
pub struct Setter<'a> {
    fonts: &'a Fonts,
}

/// A paragraph, prepared.
struct Paragraph<'a> {
    text: &'a str,
    bidi: BidiInfo<'a>,
    /// The font of each character, by its first byte.
    faces: Vec<(usize, usize)>,
    style: Style,
}

impl<'a> Setter<'a> {
    /// With these fonts.
    pub fn new(fonts: &'a Fonts) -> Self {
        Self { fonts }
    }

    /// A text as one line, however long it gets.
    pub fn line(&self, text: &str, style: Style, base: Base) -> Line {
        self.lines(text, style, base, f32::INFINITY).into_iter().next().unwrap_or_default()
    }

    /// A text in lines that are at most so wide, in points; at least one.
    pub fn lines(&self, text: &str, style: Style, base: Base, width: f32) -> Vec<Line> {
        let text = clean(text);
        let level = match base {
            Base::Auto => None,
            Base::LeftToRight => Some(Level::ltr()),
            Base::RightToLeft => Some(Level::rtl()),
        };
        let bidi = BidiInfo::new(&text, level);
        let paragraph = Paragraph { faces: self.faces(&text, style.weight), text: &text, bidi, style };
        let lines = self.breaks(&paragraph, width);
        lines.into_iter().map(|range| self.set(&paragraph, range)).collect()
    }

    /// The font of each character. A mark stays with the letter that it is on, and a space with the word before it.
    fn faces(&self, text: &str, weight: Weight) -> Vec<(usize, usize)> {
        let mut faces: Vec<(usize, usize)> = Vec::new();
        for (at, character) in text.char_indices() {
            let before = faces.last().map(|(_, face)| *face);
            let stays = |face: &usize| {
                stays_with_its_letter(character)
                    && self.fonts.face(*face).is_some_and(|face| face.has(character))
            };
            let own = || self.fonts.face_of(character, weight);
            let replacement = || self.fonts.face_of(REPLACEMENT, weight);
            let face = before.filter(stays).or_else(own).or_else(|| before.filter(|_| is_unseen(character)));
            faces.push((at, face.or_else(replacement).unwrap_or_default()));
        }
        faces
    }

    /// Where lines begin and end.
    fn breaks(&self, paragraph: &Paragraph<'_>, width: f32) -> Vec<Range<usize>> {
        let whole = 0..paragraph.text.len();
        if width.is_infinite() || paragraph.text.is_empty() {
            return vec![whole];
        }
        let advances = self.advances(paragraph);
        let may_break: Vec<usize> = linebreaks(paragraph.text).map(|(at, _)| at).collect();
        let mut lines = Vec::new();
        let (mut start, mut used, mut fits) = (0, 0.0, None);
        for (at, advance) in &advances {
            if *at > start && may_break.binary_search(at).is_ok() {
                fits = Some((*at, used));
            }
            let space = paragraph.text.get(*at..).is_some_and(|rest| rest.starts_with(' '));
            if used + advance > width && *at > start && !space {
                // A word that is wider than the line breaks where it has to.
                let (end, before) = fits.take().unwrap_or((*at, used));
                lines.push(start..end);
                (start, used) = (end, used - before);
            }
            used += advance;
        }
        lines.push(start..whole.end);
        lines
    }

    /// How wide each cluster is, in the order in which they are read.
    fn advances(&self, paragraph: &Paragraph<'_>) -> Vec<(usize, f32)> {
        let mut advances = Vec::new();
        for (range, rtl) in self.level_runs(paragraph, 0..paragraph.text.len()) {
            for (range, face) in paragraph.face_runs(range) {
                let mut glyphs = self.shape(paragraph, &range, face, rtl);
                glyphs.sort_by_key(|glyph| glyph.text_range.start);
                for glyph in glyphs {
                    let (at, advance) =
                        (range.start + glyph.text_range.start, glyph.x_advance * paragraph.style.size);
                    match advances.last_mut() {
                        Some((last, sum)) if *last == at => *sum += advance,
                        _ => advances.push((at, advance)),
                    }
                }
            }
        }
        advances.sort_by_key(|(at, _)| *at);
        advances
    }

    /// Parts of one direction, from left to right.
    fn level_runs(&self, paragraph: &Paragraph<'_>, range: Range<usize>) -> Vec<(Range<usize>, bool)> {
        let Some(whole) = paragraph.bidi.paragraphs.first().filter(|_| !range.is_empty()) else {
            return vec![];
        };
        let (levels, runs) = paragraph.bidi.visual_runs(whole, range);
        let rtl = |run: &Range<usize>| levels.get(run.start).is_some_and(Level::is_rtl);
        runs.into_iter().map(|run| (run.clone(), rtl(&run))).collect()
    }

    /// A line of these bytes.
    fn set(&self, paragraph: &Paragraph<'_>, range: Range<usize>) -> Line {
        let line = paragraph.text.get(range.clone()).unwrap_or_default();
        let seen = range.start..range.start + line.trim_end_matches(' ').len();
        let mut runs: Vec<(usize, Run)> = Vec::new();
        let mut x = 0.0;
        for (part, rtl) in self.level_runs(paragraph, seen.clone()) {
            let mut faces = paragraph.face_runs(part);
            if rtl {
                faces.reverse();
            }
            for (part, face) in faces {
                let text = paragraph.text.get(part.clone()).unwrap_or_default();
                for glyphs in pieces(self.shape(paragraph, &part, face, rtl), rtl) {
                    let width: f32 = glyphs.iter().map(|glyph| glyph.x_advance * paragraph.style.size).sum();
                    let first = glyphs.iter().map(|glyph| glyph.text_range.start).min().unwrap_or_default();
                    runs.push((part.start + first, Run { face, glyphs, text: text.to_owned(), x }));
                    x += width;
                }
            }
        }
        // The space that a line ends with is there for who copies it, outside of the line.
        if seen.end < range.end {
            let rtl = paragraph.bidi.paragraphs.first().is_some_and(|paragraph| paragraph.level.is_rtl());
            let face = paragraph.face_at(seen.end);
            let glyphs = self.shape(paragraph, &(seen.end..seen.end + 1), face, false);
            let width: f32 = glyphs.iter().map(|glyph| glyph.x_advance * paragraph.style.size).sum();
            runs.push((
                seen.end,
                Run { face, glyphs, text: " ".to_owned(), x: if rtl { -width } else { x } },
            ));
        }
        runs.sort_by_key(|(at, _)| *at);
        Line {
            runs: runs.into_iter().map(|(_, run)| run).filter(|run| !run.glyphs.is_empty()).collect(),
            width: x,
        }
    }

    /// The glyphs of a part in one font and direction, from left to right.
    fn shape(
        &self,
        paragraph: &Paragraph<'_>,
        range: &Range<usize>,
        face: usize,
        rtl: bool,
    ) -> Vec<KrillaGlyph> {
        let (Some(face), Some(text)) = (self.fonts.face(face), paragraph.text.get(range.clone())) else {
            return vec![];
        };
        let mut buffer = UnicodeBuffer::new();
        for (at, character) in text.char_indices().filter(|(_, character)| !is_direction(*character)) {
            let shown = match character {
                _ if face.has(character) => character,
                // The font hides what has no shape by itself.
                _ if is_unseen(character) => '\u{200b}',
                _ => REPLACEMENT,
            };
            buffer.add(shown, u32::try_from(at).unwrap_or_default());
        }
        buffer.guess_segment_properties();
        buffer.set_direction(if rtl { Direction::RightToLeft } else { Direction::LeftToRight });
        let shaper = face.shaper.shaper(&face.outlines).build();
        let shaped = shaper.shape(buffer, ShapeOptions::new());
        let mut starts: Vec<usize> =
            shaped.glyph_infos().iter().map(|glyph| glyph.cluster as usize).collect();
        starts.sort_unstable();
        starts.dedup();
        let scale = 1.0 / face.font.units_per_em();
        let glyphs = shaped.glyph_infos().iter().zip(shaped.glyph_positions());
        glyphs
            .map(|(glyph, position)| {
                let start = glyph.cluster as usize;
                let end =
                    starts.get(starts.partition_point(|at| *at <= start)).copied().unwrap_or(text.len());
                KrillaGlyph {
                    glyph_id: GlyphId::new(glyph.glyph_id),
                    text_range: start..end,
                    x_advance: position.x_advance as f32 * scale,
                    x_offset: position.x_offset as f32 * scale,
                    y_offset: position.y_offset as f32 * scale,
                    y_advance: position.y_advance as f32 * scale,
                    location: None,
                }
            })
            .collect()
    }
}

/// What can be drawn in one go. Glyphs that go from right to left are told apart from others by their order, which marks on
/// letters hide: those are drawn by themselves, so that all is still read in the order in which it was written.
fn pieces(glyphs: Vec<KrillaGlyph>, rtl: bool) -> Vec<Vec<KrillaGlyph>> {
    if !rtl {
        return vec![glyphs];
    }
    let mut pieces: Vec<Vec<KrillaGlyph>> = Vec::new();
    let clusters = glyphs.chunk_by(|one, other| one.text_range == other.text_range);
    let mut alone = true;
    for cluster in clusters {
        match pieces.last_mut().filter(|_| !alone && cluster.len() == 1) {
            Some(piece) => piece.extend_from_slice(cluster),
            None => pieces.push(cluster.to_vec()),
        }
        alone = cluster.len() > 1;
    }
    pieces
}

impl Paragraph<'_> {
    fn face_at(&self, at: usize) -> usize {
        let found = self.faces.binary_search_by_key(&at, |(start, _)| *start);
        found.ok().and_then(|found| self.faces.get(found)).map_or(0, |(_, face)| *face)
    }

    /// Parts of one font, in the order in which they are read.
    fn face_runs(&self, range: Range<usize>) -> Vec<(Range<usize>, usize)> {
        let mut runs: Vec<(Range<usize>, usize)> = Vec::new();
        for (at, face) in self.faces.iter().filter(|(at, _)| range.contains(at)) {
            match runs.last_mut() {
                Some((run, of)) if of == face => run.end = range.end,
                last => {
                    if let Some((run, _)) = last {
                        run.end = *at;
                    }
                    runs.push((*at..range.end, *face));
                }
            }
        }
        runs
    }
}

/// What can be printed: no control characters, and nothing that only programs of one's own understand.
fn clean(text: &str) -> String {
    let printable = text.trim().chars().map(|character| match character {
        '\u{2028}' | '\u{2029}' | '\t' => ' ',
        control if control.is_control() => ' ',
        '\u{feff}' | '\u{fffe}' | '\u{ffff}' => ' ',
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => REPLACEMENT,
        character => character,
    });
    printable.collect()
}

/// Spaces, marks, and what joins letters.
fn stays_with_its_letter(character: char) -> bool {
    matches!(
        character,
        ' ' | '\u{a0}' | '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c7}'
            | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{964}' | '\u{965}' | '\u{200b}'..='\u{200f}'
            | '\u{20d0}'..='\u{20ff}' | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}'
    )
}

/// What has no shape by itself, and pictures.
fn is_unseen(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{2600}'..='\u{27bf}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{1f000}'..='\u{1faff}' | '\u{e0000}'..='\u{e01ef}'
    ) || is_direction(character)
}

/// Whether U+FFFD is drawn for a character of a run in this face.
pub fn is_replaced(face: &Face, character: char) -> bool {
    character == REPLACEMENT || !face.has(character) && !is_unseen(character)
}

/// What says which way to go, and nothing else. It has done so when glyphs are chosen.
fn is_direction(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style { size: 10.0, weight: Weight::Regular };

    fn texts(lines: &[Line]) -> Vec<String> {
        lines.iter().map(|line| line.runs.iter().map(|run| run.text.as_str()).collect()).collect()
    }

    #[test]
    fn a_long_text_breaks_between_words_and_a_long_word_where_it_has_to() {
        let fonts = Fonts::new();
        let setter = Setter::new(&fonts);
        let lines = setter.lines("A mug of enamelled steel", STYLE, Base::Auto, 60.0);
        assert_eq!(texts(&lines), ["A mug of ", "enamelled ", "steel"]);
        assert!(lines.iter().all(|line| line.width <= 60.0));
        let lines = setter.lines(&"x".repeat(40), STYLE, Base::Auto, 60.0);
        assert!(lines.len() > 2 && lines.iter().all(|line| line.width <= 60.0));
        assert_eq!(texts(&lines).concat(), "x".repeat(40));
        let lines = setter.lines("有機棉圓領短袖上衣和搪瓷杯", STYLE, Base::Auto, 60.0);
        assert!(lines.len() > 1, "Chinese breaks between characters");
    }

    #[test]
    fn what_is_written_from_right_to_left_begins_at_the_right() {
        let fonts = Fonts::new();
        let setter = Setter::new(&fonts);
        let line = setter.line("كوب 2 Mug", STYLE, Base::RightToLeft);
        let cup = line.runs.iter().find(|run| run.text.contains('ك')).expect("Arabic");
        let mug = line.runs.iter().find(|run| run.text.contains('M')).expect("Latin");
        assert!(cup.x > mug.x, "{line:?}");
        let starts: Vec<usize> = cup.glyphs.iter().map(|glyph| glyph.text_range.start).collect();
        assert!(starts.is_sorted_by(|a, b| a >= b), "its glyphs are from left to right: {starts:?}");
        assert_eq!(texts(&[line]), ["كوب 2 Mug"], "it is read in the order in which it was written");
    }

    #[test]
    fn letters_of_one_word_are_joined_and_marks_stay_on_their_letters() {
        let fonts = Fonts::new();
        let setter = Setter::new(&fonts);
        for (word, glyphs) in [("क्षि", 1..=3), ("لا", 1..=1), ("é", 1..=1), ("e\u{301}", 1..=1), ("கொ", 3..=3)]
        {
            let line = setter.line(word, STYLE, Base::Auto);
            let count: usize = line.runs.iter().map(|run| run.glyphs.len()).sum();
            assert!(line.runs.len() == 1 && glyphs.contains(&count), "{word}: {line:?}");
        }
    }

    #[test]
    fn what_no_font_has_keeps_its_meaning() {
        let fonts = Fonts::new();
        let line = Setter::new(&fonts).line("a𓂀🎁\u{e000}b", STYLE, Base::Auto);
        assert_eq!(texts(std::slice::from_ref(&line)), ["a𓂀🎁\u{fffd}b"]);
        let glyphs: Vec<_> = line.runs.iter().flat_map(|run| &run.glyphs).collect();
        assert_eq!(glyphs.len(), 5);
        assert!(glyphs.iter().all(|glyph| glyph.glyph_id.to_u32() != 0));
        assert_eq!(glyphs[2].x_advance, 0.0, "a picture is drawn as nothing");
    }
}
