//! Pages of paper: what is drawn where, and what it means to who does not see it. Positions are thought from left to right and
//! mirrored where a language goes the other way. Everything is noted down first, because a page says how many there are.

use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata, TextDirection};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TableHeaderScope, Tag, TagGroup, TagKind,
    TagTree,
};
use shared::time::Timestamp;
use std::collections::BTreeSet;

use crate::PdfError;
use crate::fonts::{Fonts, Weight};
use crate::text::{Base, Line, Setter, Style, is_replaced};

/// A4 in points (ISO 216: 210 mm by 297 mm).
pub const WIDTH: f32 = 595.276;
/// See [`WIDTH`].
pub const HEIGHT: f32 = 841.89;

/// A colour, in red, green and blue.
pub type Colour = (u8, u8, u8);

/// Where lines of text go within their column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Where reading begins.
    Start,
    /// Where reading ends.
    End,
    /// To the right in every language, so that the digits of figures stand below each other.
    Figures,
}

/// What a part of the document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The title.
    Title,
    Paragraph,
    Table,
    /// The rows at the top of a table that name its columns.
    TableHead,
    TableBody,
    Row,
    /// Names its column.
    ColumnName,
    /// Names its row.
    RowName,
    Cell,
}

/// What something drawn is for: a part of the document, or decoration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Text of that part.
    Part(usize),
    /// What is on every page, or said elsewhere.
    Header,
    /// What is at the foot of every page.
    Footer,
}

/// A column of a page, in points from where reading begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    /// Where it begins.
    pub x: f32,
    /// How wide it is.
    pub width: f32,
}

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// Points per em.
    pub size: f32,
    /// How heavy.
    pub weight: Weight,
    /// In which colour.
    pub colour: Colour,
}

impl Look {
    /// From one line to the next.
    pub fn leading(self) -> f32 {
        self.size * 1.42
    }

    /// The same, smaller or larger.
    pub fn scaled(self, by: f32) -> Self {
        Self { size: self.size * by, ..self }
    }

    fn style(self) -> Style {
        Style { size: self.size, weight: self.weight }
    }
}

/// Text that is set, ready to be put somewhere.
#[derive(Debug, Clone)]
pub struct Block {
    lines: Vec<Line>,
    look: Look,
}

impl Block {
    /// How high it is.
    pub fn height(&self) -> f32 {
        self.lines.iter().map(|_| self.look.leading()).sum()
    }

    /// How wide its widest line is.
    pub fn width(&self) -> f32 {
        self.lines.iter().map(|line| line.width).fold(0.0, f32::max)
    }

    /// Its first line alone.
    pub fn first_line(mut self) -> Self {
        self.lines.truncate(1);
        self
    }
}

enum Op {
    Text { line: Line, x: f32, y: f32, look: Look, meaning: Meaning },
    Box { x: f32, y: f32, width: f32, height: f32, colour: Colour },
}

struct Part {
    role: Role,
    within: Option<usize>,
}

/// What a document says of itself.
pub struct About {
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub author: Option<String>,
    /// Its language (BCP 47).
    pub language: &'static str,
    /// When it was issued.
    pub at: Timestamp,
}

/// All pages of a document, as they come into being.
pub struct Sheet<'a> {
    fonts: &'a Fonts,
    right_to_left: bool,
    pages: Vec<Vec<Op>>,
    parts: Vec<Part>,
}

impl<'a> Sheet<'a> {
    /// One page, still empty.
    pub fn new(fonts: &'a Fonts, right_to_left: bool) -> Self {
        Self { fonts, right_to_left, pages: vec![vec![]], parts: vec![] }
    }

    /// How many pages there are.
    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    /// Begins another page.
    pub fn turn(&mut self) {
        self.pages.push(vec![]);
    }

    /// A new part of the document, within another one.
    pub fn part(&mut self, role: Role, within: Option<usize>) -> usize {
        self.parts.push(Part { role, within });
        self.parts.len() - 1
    }

    /// Words of the document's language, in lines that fit a width.
    pub fn words(&self, text: &str, look: Look, width: f32) -> Block {
        let base = if self.right_to_left { Base::RightToLeft } else { Base::LeftToRight };
        self.block(text, look, base, width)
    }

    /// What others wrote: it goes the way of its first letter.
    pub fn quoted(&self, text: &str, look: Look, width: f32) -> Block {
        self.block(text, look, Base::Auto, width)
    }

    /// A figure, a date or a number.
    pub fn figure(&self, text: &str, look: Look) -> Block {
        self.block(text, look, Base::LeftToRight, f32::INFINITY)
    }

    /// A figure that may take several lines.
    pub fn wrapped_figure(&self, text: &str, look: Look, width: f32) -> Block {
        self.block(text, look, Base::LeftToRight, width)
    }

    fn block(&self, text: &str, look: Look, base: Base, width: f32) -> Block {
        let setter = Setter::new(self.fonts);
        let lines = if width.is_finite() {
            setter.lines(text, look.style(), base, width)
        } else {
            vec![setter.line(text, look.style(), base)]
        };
        Block { lines, look }
    }

    /// Puts text on a page (the last one unless named), its top at `y`. Says where it ends.
    pub fn put(&mut self, block: Block, meaning: Meaning, column: Column, align: Align, y: f32) -> f32 {
        let page = self.pages.len().saturating_sub(1);
        self.put_on(page, block, meaning, column, align, y)
    }

    /// Puts text on a page, its top at `y`. Says where it ends.
    pub fn put_on(
        &mut self,
        page: usize,
        block: Block,
        meaning: Meaning,
        column: Column,
        align: Align,
        y: f32,
    ) -> f32 {
        let Block { lines, look } = block;
        let (left, right) = self.place(column);
        let to_right = match align {
            Align::Start => self.right_to_left,
            Align::End => !self.right_to_left,
            Align::Figures => true,
        };
        let mut y = y;
        for line in lines {
            let x = if to_right { right - line.width } else { left };
            let baseline = y + look.leading() * 0.5 + look.size * 0.36;
            if let Some(page) = self.pages.get_mut(page) {
                page.push(Op::Text { line, x, y: baseline, look, meaning });
            }
            y += look.leading();
        }
        y
    }

    /// A filled box on the last page.
    pub fn fill(&mut self, column: Column, y: f32, height: f32, colour: Colour) {
        let page = self.pages.len().saturating_sub(1);
        self.fill_on(page, column, y, height, colour);
    }

    /// A filled box on a page.
    pub fn fill_on(&mut self, page: usize, column: Column, y: f32, height: f32, colour: Colour) {
        let (left, right) = self.place(column);
        if let Some(page) = self.pages.get_mut(page) {
            page.push(Op::Box { x: left, y, width: right - left, height, colour });
        }
    }

    /// Where a column lies on the paper.
    fn place(&self, column: Column) -> (f32, f32) {
        let (begin, end) = (column.x, column.x + column.width);
        if self.right_to_left { (WIDTH - end, WIDTH - begin) } else { (begin, end) }
    }

    /// Characters that no font has, on any page.
    pub fn unprinted(&self) -> BTreeSet<char> {
        let runs = self.pages.iter().flatten().flat_map(|op| match op {
            Op::Text { line, .. } => line.runs.as_slice(),
            Op::Box { .. } => &[],
        });
        let faces = runs.filter_map(|run| Some((self.fonts.face(run.face)?, run)));
        faces
            .flat_map(|(face, run)| run.text.chars().filter(|character| is_replaced(face, *character)))
            .collect()
    }

    /// The document as a PDF for archives and for screen readers (PDF/A-2a, PDF/UA-1).
    ///
    /// # Errors
    /// It breaks a rule of these standards, or a bound of the format.
    pub fn finish(self, about: About) -> Result<Vec<u8>, PdfError> {
        let configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A2_A)
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|_| PdfError::Standards)?;
        let mut document =
            Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
        let mut texts: Vec<Vec<Identifier>> = self.parts.iter().map(|_| vec![]).collect();
        for ops in &self.pages {
            let mut page =
                document.start_page_with(PageSettings::from_wh(WIDTH, HEIGHT).ok_or(PdfError::Standards)?);
            let mut surface = page.surface();
            for op in ops {
                if let Some((part, identifier)) = self.draw(&mut surface, op)
                    && let Some(texts) = texts.get_mut(part)
                {
                    texts.push(identifier);
                }
            }
            surface.finish();
            page.finish();
        }
        document.set_tag_tree(self.tags(&texts, &about));
        let mut outline = Outline::new();
        outline.push_child(OutlineNode::new(
            about.title.clone(),
            XyzDestination::new(0, Point::from_xy(0.0, 0.0)),
        ));
        document.set_outline(outline);
        document.set_metadata(metadata(about, self.right_to_left));
        document.finish().map_err(PdfError::Writing)
    }

    /// Draws, and says what it was for.
    fn draw(&self, surface: &mut Surface<'_>, op: &Op) -> Option<(usize, Identifier)> {
        match op {
            Op::Box { x, y, width, height, colour } => {
                let mut path = PathBuilder::new();
                path.push_rect(Rect::from_xywh(*x, *y, *width, *height)?);
                surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
                surface.set_fill(Some(fill(*colour)));
                surface.draw_path(&path.finish()?);
                surface.end_tagged();
                None
            }
            Op::Text { line, x, y, look, meaning } => {
                let artifact = |kind| ContentTag::Artifact(Artifact::with_kind(kind));
                let identifier = surface.start_tagged(match meaning {
                    Meaning::Part(_) => ContentTag::Span(SpanTag::empty()),
                    Meaning::Header => artifact(ArtifactType::Header),
                    Meaning::Footer => artifact(ArtifactType::Footer),
                });
                surface.set_fill(Some(fill(look.colour)));
                for run in &line.runs {
                    if let Some(face) = self.fonts.face(run.face) {
                        let start = Point::from_xy(x + run.x, *y);
                        surface.draw_glyphs(
                            start,
                            &run.glyphs,
                            face.font.clone(),
                            &run.text,
                            look.size,
                            false,
                        );
                    }
                }
                surface.end_tagged();
                match meaning {
                    Meaning::Part(part) => Some((*part, identifier)),
                    Meaning::Header | Meaning::Footer => None,
                }
            }
        }
    }

    /// The parts of the document, in the order in which they are read.
    fn tags(&self, texts: &[Vec<Identifier>], about: &About) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some(about.language.to_owned()));
        for group in self.groups(None, texts, about) {
            tree.push(group);
        }
        tree
    }

    fn groups(&self, within: Option<usize>, texts: &[Vec<Identifier>], about: &About) -> Vec<Node> {
        let mut groups = Vec::new();
        for (at, part) in self.parts.iter().enumerate().filter(|(_, part)| part.within == within) {
            let mut group = TagGroup::new(part.role.tag(about));
            for child in self.groups(Some(at), texts, about) {
                group.push(child);
            }
            for text in texts.get(at).into_iter().flatten() {
                group.push(*text);
            }
            groups.push(Node::Group(group));
        }
        groups
    }
}

impl Role {
    fn tag(self, about: &About) -> TagKind {
        match self {
            Self::Title => Tag::Hn(std::num::NonZeroU16::MIN, Some(about.title.clone())).into(),
            Self::Paragraph => Tag::P.into(),
            Self::Table => Tag::Table.into(),
            Self::TableHead => Tag::THead.into(),
            Self::TableBody => Tag::TBody.into(),
            Self::Row => Tag::TR.into(),
            Self::ColumnName => Tag::TH(TableHeaderScope::Column).into(),
            Self::RowName => Tag::TH(TableHeaderScope::Row).into(),
            Self::Cell => Tag::TD.into(),
        }
    }
}

fn fill((red, green, blue): Colour) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, ..Fill::default() }
}

fn metadata(about: About, right_to_left: bool) -> Metadata {
    let at = about.at.datetime();
    let year = u16::try_from(at.year()).unwrap_or_default();
    let date = DateTime::new(year)
        .month(at.month().into())
        .day(at.day())
        .hour(at.hour())
        .minute(at.minute())
        .second(at.second())
        .utc_offset_hour(0);
    Metadata::new()
        .title(about.title.clone())
        .document_id(about.title)
        .authors(about.author.into_iter().collect())
        .language(about.language.to_owned())
        .text_direction(if right_to_left { TextDirection::RightToLeft } else { TextDirection::LeftToRight })
        .creation_date(date)
}
