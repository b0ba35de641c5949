//! How a mail is laid out as HTML: what mail programs have in common, which is less than what browsers have.
//!
//! Tables and styles at the elements, because Outlook lays out with Word and Gmail drops what it does not know; the style
//! sheet in the head is for dark mode and small screens alone, and the mail is whole without it. Nothing is fetched from
//! anywhere, no pictures of the items either: most programs ask before they show any, and a request would tell who reads
//! when.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::layout::{Letter, Link};
use super::statement::{Row, Statement};

/// Colours are written at the elements for light mode; here are those of programs that can do more.
const STYLES: &str = "\
:root{color-scheme:light dark;supported-color-schemes:light dark}\
@media (prefers-color-scheme:dark){\
.page{background-color:#18181b!important}.sheet{background-color:#27272a!important;border-color:#3f3f46!important}\
.ink{color:#f4f4f5!important}.pale{color:#a1a1aa!important}.line{border-color:#3f3f46!important}\
.button{background-color:#f4f4f5!important;color:#18181b!important}}\
@media (max-width:480px){.pad{padding-left:20px!important;padding-right:20px!important}}";

const FONT: &str = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;";
/// Width of the sheet, in pixels: what programs with a list beside the mail have room for.
const WIDTH: &str = "600";

/// Sides of a line, by the direction that it is read in.
struct Sides {
    direction: &'static str,
    start: &'static str,
    end: &'static str,
}

impl Letter {
    /// For readers with HTML.
    pub(super) fn html(&self) -> String {
        let sides = if self.words.customs.language.is_right_to_left() {
            Sides { direction: "rtl", start: "right", end: "left" }
        } else {
            Sides { direction: "ltr", start: "left", end: "right" }
        };
        let sheet_style = format!(
            "width:100%;max-width:{WIDTH}px;background-color:#ffffff;border:1px solid #e4e4e7;border-radius:12px;border-collapse:separate;"
        );
        html! {
            (DOCTYPE)
            html lang=(self.words.customs.language.tag()) dir=(sides.direction) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="supported-color-schemes" content="light dark";
                    title { (self.subject) }
                    style { (PreEscaped(STYLES)) }
                }
                body class="page" dir=(sides.direction) style="margin:0;padding:0;background-color:#f4f4f5;" {
                    (self.preview())
                    table class="page" role="presentation" dir=(sides.direction) width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f4f4f5;" {
                        tr { td align="center" style="padding:24px 12px;" {
                            table class="sheet" role="presentation" dir=(sides.direction) width=(WIDTH) cellpadding="0" cellspacing="0" border="0" style=(sheet_style) {
                                (self.body(&sides))
                            }
                        } }
                    }
                }
            }
        }
        .into_string()
    }

    /// What lists of mails show beside the subject; hidden in the mail itself, which says it again.
    fn preview(&self) -> Markup {
        html! {
            div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;mso-hide:all;" {
                (self.paragraphs.first().map(String::as_str).unwrap_or_default())
            }
        }
    }

    fn body(&self, sides: &Sides) -> Markup {
        let heading =
            format!("margin:0 0 20px;{FONT}font-size:22px;line-height:30px;font-weight:600;color:#18181b;");
        let paragraph = format!("margin:0 0 12px;{FONT}font-size:16px;line-height:24px;color:#18181b;");
        let cell = |top: &str| format!("padding:{top} 32px 0;text-align:{};", sides.start);
        html! {
            @if let Some(shop) = &self.shop {
                tr { td class="pad pale" align=(sides.start) style={ (cell("28px")) (FONT) "font-size:14px;line-height:20px;font-weight:600;color:#71717a;" } { (shop) } }
            }
            tr { td class="pad" align=(sides.start) style=(cell("28px")) {
                h1 class="ink" style=(heading) { (self.subject) }
                p class="ink" style=(paragraph) { (self.greeting) }
                @for text in &self.paragraphs { p class="ink" style=(paragraph) { (text) } }
            } }
            tr { td class="pad" align=(sides.start) style=(cell("16px")) { (bill(&self.heading, &self.statement, sides)) } }
            @for link in &self.links {
                tr { td class="pad" align=(sides.start) style=(cell("24px")) { (button(link)) } }
            }
            @if let Some((label, token)) = &self.token {
                tr { td class="pad" align=(sides.start) style=(cell("24px")) {
                    p class="pale" style={ "margin:0;" (FONT) "font-size:14px;line-height:20px;color:#71717a;" } {
                        (label) (self.words.customs.colon)
                        code dir="ltr" style="font-family:Consolas,Menlo,monospace;font-size:13px;word-break:break-all;" { (token) }
                    }
                } }
            }
            tr { td class="pad" align=(sides.start) style={ (cell("24px")) "padding-bottom:32px;" } {
                @if let Some(shop) = &self.shop {
                    p class="ink" style={ "margin:0;" (FONT) "font-size:16px;line-height:24px;color:#18181b;" } { (self.closing) br; (shop) }
                }
            } }
        }
    }
}

fn bill(heading: &str, statement: &Statement, sides: &Sides) -> Markup {
    let title = format!(
        "padding:0 0 8px;text-align:{};{FONT}font-size:14px;line-height:20px;font-weight:600;color:#71717a;",
        sides.start
    );
    html! {
        table class="line" dir=(sides.direction) width="100%" cellpadding="0" cellspacing="0" border="0" style="width:100%;border-collapse:collapse;" {
            tr { td class="pale" colspan="2" align=(sides.start) style=(title) { (heading) } }
            @for line in statement.rows() { (row(line, sides, "font-size:15px;font-weight:400;")) }
            (row(&statement.total, sides, "font-size:16px;font-weight:700;"))
            @for tax in &statement.included { (row(tax, sides, "font-size:15px;font-weight:400;")) }
        }
    }
}

fn row(row: &Row, sides: &Sides, weight: &str) -> Markup {
    let cell = |side: &str, rest: &str| {
        format!(
            "padding:10px 0;border-top:1px solid #e4e4e7;vertical-align:top;text-align:{side};{FONT}line-height:22px;color:#18181b;{weight}{rest}"
        )
    };
    let gap = format!("white-space:nowrap;padding-{}:16px;", sides.start);
    html! {
        tr {
            td class="ink line" align=(sides.start) style=(cell(sides.start, "")) { (row.what) }
            td class="ink line" align=(sides.end) style=(cell(sides.end, &gap)) { (row.cost) }
        }
    }
}

/// A cell with a colour and a link in it: Outlook knows no padding of links, but that of cells.
fn button(link: &Link) -> Markup {
    let style = format!(
        "display:inline-block;{FONT}font-size:16px;line-height:24px;font-weight:600;color:#ffffff;text-decoration:none;"
    );
    html! {
        table role="presentation" cellpadding="0" cellspacing="0" border="0" {
            tr { td class="button" align="center" bgcolor="#18181b" style="padding:10px 20px;border-radius:8px;background-color:#18181b;" {
                a class="button" href=(link.url) style=(style) { (link.label) }
            } }
        }
    }
}
