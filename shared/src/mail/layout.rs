//! How a mail is laid out, whatever it says.

use maud::{DOCTYPE, html};

use super::english::{LANGUAGE, labels};
use super::statement::Statement;
use super::{Words, english};
use crate::ids::OrderNumber;

/// How a guest gets back to the order.
pub(super) struct WayBack<'a> {
    pub(super) token: &'a str,
    /// Where the shop shows the order, if it does.
    pub(super) url: Option<String>,
}

pub(super) fn text(
    words: &Words,
    number: &OrderNumber,
    statement: &Statement,
    way_back: Option<&WayBack<'_>>,
) -> String {
    let rows: String = statement.rows().map(|(what, cost)| format!("  {what}: {cost}\n")).collect();
    let way_back = match way_back {
        Some(WayBack { url: Some(url), .. }) => format!("\n{}: {url}\n", labels::YOUR_ORDER),
        Some(WayBack { token, url: None }) => format!("\n{}: {token}\n", labels::TOKEN),
        None => String::new(),
    };
    let paragraphs = words.paragraphs.join("\n");
    let (heading, total) = (english::order_heading(number), statement.total);
    format!("{paragraphs}\n\n{heading}\n{rows}{}: {total}\n{way_back}", labels::TOTAL)
}

pub(super) fn html(words: &Words, statement: &Statement, way_back: Option<&WayBack<'_>>) -> String {
    html! {
        (DOCTYPE)
        html lang=(LANGUAGE) {
            head { meta charset="utf-8"; title { (words.subject) } }
            body style="font-family: sans-serif; max-width: 36em; margin: 2em auto" {
                h1 { (words.subject) }
                @for paragraph in &words.paragraphs { p { (paragraph) } }
                table style="border-collapse: collapse; width: 100%" {
                    @for (what, cost) in statement.rows() {
                        tr { td { (what) } td style="text-align: right" { (cost) } }
                    }
                    tr {
                        th style="text-align: left" { (labels::TOTAL) }
                        th style="text-align: right" { (statement.total) }
                    }
                }
                @match way_back {
                    Some(WayBack { url: Some(url), .. }) => { p { a href=(url) { (labels::YOUR_ORDER) } } }
                    Some(WayBack { token, url: None }) => { p { (labels::TOKEN) ": " code { (token) } } }
                    None => {}
                }
            }
        }
    }
    .into_string()
}
