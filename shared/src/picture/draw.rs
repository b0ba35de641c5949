//! A canvas that is written on from the top down.

use maud::{Markup, PreEscaped, html};

/// Width of the picture.
pub(super) const WIDTH: u32 = 400;
/// Where text begins.
pub(super) const LEFT: u32 = 24;
/// Where text ends.
pub(super) const RIGHT: u32 = WIDTH - LEFT;
/// Where the line is that the stages stand on.
pub(super) const STEM: u32 = 38;
/// Between a box and what is in it.
pub(super) const GAP: u32 = 14;

/// Between one stage and the next.
const STEP: u32 = 54;
const RADIUS: u32 = 10;

/// What is drawn, and how far down it reaches.
pub(super) struct Canvas {
    y: u32,
    /// Where the last stage stands.
    stood: Option<u32>,
    lines: String,
    shapes: String,
}

impl Canvas {
    pub(super) fn new() -> Self {
        Self { y: 0, stood: None, lines: String::new(), shapes: String::new() }
    }

    /// Its height, and all that is on it; lines are behind everything else.
    pub(super) fn done(self) -> (u32, Markup) {
        (self.y, PreEscaped(self.lines + &self.shapes))
    }

    pub(super) fn down(&mut self, by: u32) {
        self.y += by;
    }

    /// Draws something where the canvas is.
    pub(super) fn draw(&mut self, shape: impl FnOnce(u32) -> Markup) {
        self.shapes.push_str(&shape(self.y).0);
    }

    /// A line from margin to margin.
    pub(super) fn rule(&mut self) {
        self.down(10);
        self.draw(|y| html! { line class="rule" x1=(LEFT) y1=(y) x2=(RIGHT) y2=(y) {} });
    }

    /// A stage on the stem: a mark of this class, and what is beside it. The stem leads to it from the one before.
    pub(super) fn stage(&mut self, class: &str, beside: impl FnOnce(u32) -> Markup) {
        let y = self.y + RADIUS;
        if let Some(from) = self.stood.replace(y) {
            let stem = html! { line class={ "stem " (class) } x1=(STEM) y1=(from) x2=(STEM) y2=(y) {} };
            self.lines.push_str(&stem.0);
        }
        let sign = match class {
            "past" => Some(format!("M{} {y}l4 4l7 -8", STEM - 5)),
            "off" => Some(format!("M{} {}l8 8m0 -8l-8 8", STEM - 4, y - 4)),
            "back" => Some(format!("M{} {}l-5 4l5 4m-5 -4h9", STEM, y - 4)),
            _ => None,
        };
        let mark = html! {
            circle class={ "mark " (class) } cx=(STEM) cy=(y) r=(RADIUS) {}
            @if let Some(sign) = sign { path class="sign" d=(sign) {} }
        };
        self.shapes.push_str(&mark.0);
        self.shapes.push_str(&beside(y).0);
        self.y += STEP;
    }

    /// After the last stage: there is no stem to leave room for.
    pub(super) fn end_of_stages(&mut self) {
        self.y -= 12;
    }

    /// A box beside the stem, with a band of this class.
    pub(super) fn card(&mut self, class: &str, height: u32, inside: impl FnOnce(u32, u32) -> Markup) {
        let (x, y) = (STEM + 24, self.y - 8);
        let frame = html! {
            rect class="box" x=(x) y=(y) width=(RIGHT - x) height=(height) rx="10" {}
            rect class=(class) x=(x) y=(y + 10) width="4" height=(height - 20) {}
        };
        self.shapes.push_str(&frame.0);
        self.shapes.push_str(&inside(x + GAP, y).0);
        self.y += height + 6;
    }
}
