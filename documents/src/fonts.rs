//! The fonts: one family for many scripts, in two weights where labels need them. README.md beside the files says where
//! they come from.

use std::cell::OnceCell;

use harfrust::ShaperData;
use krilla::text::Font;
use skrifa::{FontRef, MetadataProvider, charmap::Charmap};

/// How heavy letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Text.
    Regular,
    /// Headings and sums. Scripts without a bold face are set in the regular one.
    Bold,
}

/// A file of a font, and for which characters it is asked.
struct Source {
    bytes: &'static [u8],
    weight: Option<Weight>,
    /// Blocks of Unicode, first and last character.
    blocks: &'static [(char, char)],
}

macro_rules! source {
    ($file:literal, $weight:expr, $blocks:expr) => {
        Source {
            bytes: include_bytes!(concat!("../fonts/", $file, ".ttf")),
            weight: $weight,
            blocks: $blocks,
        }
    };
}

const WESTERN: &[(char, char)] =
    &[('\0', '\u{52f}'), ('\u{1e00}', '\u{2bff}'), ('\u{fb00}', '\u{fb06}'), ('\u{fffd}', '\u{fffd}')];
const ARABIC: &[(char, char)] =
    &[('\u{600}', '\u{6ff}'), ('\u{750}', '\u{77f}'), ('\u{8a0}', '\u{8ff}'), ('\u{fb50}', '\u{feff}')];
const HEBREW: &[(char, char)] = &[('\u{590}', '\u{5ff}'), ('\u{fb1d}', '\u{fb4f}')];

/// Every face, in the order in which they are asked for a character.
static SOURCES: [Source; 19] = [
    source!("NotoSans-Regular", Some(Weight::Regular), WESTERN),
    source!("NotoSans-Bold", Some(Weight::Bold), WESTERN),
    source!("NotoSansArabic-Regular", Some(Weight::Regular), ARABIC),
    source!("NotoSansArabic-Bold", Some(Weight::Bold), ARABIC),
    source!("NotoSansHebrew-Regular", Some(Weight::Regular), HEBREW),
    source!("NotoSansHebrew-Bold", Some(Weight::Bold), HEBREW),
    source!("NotoSansArmenian-Regular", None, &[('\u{530}', '\u{58f}'), ('\u{fb13}', '\u{fb17}')]),
    source!(
        "NotoSansDevanagari-Regular",
        None,
        &[('\u{900}', '\u{97f}'), ('\u{1cd0}', '\u{1cff}'), ('\u{a8e0}', '\u{a8ff}')]
    ),
    source!("NotoSansBengali-Regular", None, &[('\u{980}', '\u{9ff}')]),
    source!("NotoSansGurmukhi-Regular", None, &[('\u{a00}', '\u{a7f}')]),
    source!("NotoSansGujarati-Regular", None, &[('\u{a80}', '\u{aff}')]),
    source!("NotoSansOriya-Regular", None, &[('\u{b00}', '\u{b7f}')]),
    source!("NotoSansTamil-Regular", None, &[('\u{b80}', '\u{bff}')]),
    source!("NotoSansTelugu-Regular", None, &[('\u{c00}', '\u{c7f}')]),
    source!("NotoSansKannada-Regular", None, &[('\u{c80}', '\u{cff}')]),
    source!("NotoSansMalayalam-Regular", None, &[('\u{d00}', '\u{d7f}')]),
    source!("NotoSansThai-Regular", None, &[('\u{e00}', '\u{e7f}')]),
    source!(
        "NotoSansGeorgian-Regular",
        None,
        &[('\u{10a0}', '\u{10ff}'), ('\u{1c90}', '\u{1cbf}'), ('\u{2d00}', '\u{2d2f}')]
    ),
    source!(
        "DroidSansFallback",
        None,
        &[
            ('\u{2e80}', '\u{9fff}'),
            ('\u{ac00}', '\u{d7a3}'),
            ('\u{f900}', '\u{faff}'),
            ('\u{fe30}', '\u{fe4f}'),
            ('\u{ff00}', '\u{ffef}')
        ]
    ),
];

/// A font that was read.
pub struct Face {
    /// As it is drawn.
    pub font: Font,
    /// As it is shaped.
    pub outlines: FontRef<'static>,
    /// What shaping looks up.
    pub shaper: ShaperData,
    characters: Charmap<'static>,
}

impl Face {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let outlines = FontRef::new(bytes).ok()?;
        Some(Self {
            font: Font::new(bytes.into(), 0)?,
            shaper: ShaperData::new(&outlines),
            characters: outlines.charmap(),
            outlines,
        })
    }

    /// Whether it has a character.
    pub fn has(&self, character: char) -> bool {
        self.characters.map(character).is_some()
    }
}

/// The fonts, each read when it is first asked for.
pub struct Fonts([OnceCell<Option<Face>>; SOURCES.len()]);

impl Fonts {
    /// None is read yet.
    pub fn new() -> Self {
        Self(std::array::from_fn(|_| OnceCell::new()))
    }

    /// The face of that number.
    pub fn face(&self, number: usize) -> Option<&Face> {
        let read = || SOURCES.get(number).and_then(|source| Face::read(source.bytes));
        self.0.get(number)?.get_or_init(read).as_ref()
    }

    /// The face that a character is set in; none if no font has it.
    pub fn face_of(&self, character: char, weight: Weight) -> Option<usize> {
        let of = |source: &Source| {
            source.weight.is_none_or(|has| has == weight)
                && source.blocks.iter().any(|(first, last)| (*first..=*last).contains(&character))
        };
        let mut asked = (0..SOURCES.len()).filter(|at| SOURCES.get(*at).is_some_and(of));
        asked.find(|at| self.face(*at).is_some_and(|face| face.has(character)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_font_can_be_read() {
        let fonts = Fonts::new();
        for number in 0..SOURCES.len() {
            assert!(fonts.face(number).is_some(), "font {number}");
        }
    }

    #[test]
    fn every_letter_of_these_scripts_has_a_shape() {
        let fonts = Fonts::new();
        for (first, last) in [
            (' ', '~'),
            ('¡', 'ɏ'),
            ('Ḁ', 'ỹ'),
            ('ʹ', 'ͷ'),
            ('Α', 'Ρ'),
            ('Σ', 'Ω'),
            ('α', 'ώ'),
            ('Ѐ', 'ԯ'),
            ('א', 'ת'),
            ('ء', 'ي'),
            ('ٱ', 'ۓ'),
            ('۰', '۹'),
            ('अ', 'ह'),
            ('০', '৯'),
            ('Ա', 'Ֆ'),
            ('ა', 'ჺ'),
            ('ก', 'ฺ'),
            ('ぁ', 'ん'),
            ('ァ', 'ヶ'),
            ('가', '힣'),
            ('一', '\u{9fa5}'),
            ('、', '〃'),
            ('々', '〇'),
            ('《', '】'),
            ('！', '～'),
        ] {
            let missing: String =
                (first..=last).filter(|letter| fonts.face_of(*letter, Weight::Bold).is_none()).collect();
            assert_eq!(missing, "", "{first} to {last}");
        }
    }

    #[test]
    fn scripts_are_set_in_their_own_font_and_in_bold_where_there_is_one() {
        let fonts = Fonts::new();
        let asked =
            |character| [Weight::Regular, Weight::Bold].map(|weight| fonts.face_of(character, weight));
        assert_eq!(asked('a'), [Some(0), Some(1)]);
        assert_eq!(asked('Ω'), [Some(0), Some(1)]);
        assert_eq!(asked('ж'), [Some(0), Some(1)]);
        assert_eq!(asked('ع'), [Some(2), Some(3)]);
        assert_eq!(asked('ש'), [Some(4), Some(5)]);
        assert_eq!(asked('क'), [Some(7), Some(7)]);
        assert_eq!(asked('茶'), [Some(18), Some(18)]);
        assert_eq!(asked('한'), [Some(18), Some(18)]);
        assert_eq!(asked('𓂀'), [None, None]);
    }
}
