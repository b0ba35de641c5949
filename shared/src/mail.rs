//! Mails to customers: which event is worth one, and what it says. HTML and text (A7).

use maud::{DOCTYPE, html};

use crate::order::{EventKind, Order};
use crate::placement::{Document, Line};
use crate::pricing::TaxAmount;
use crate::store::Settings;
use crate::time::iso_date;

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// The name beside the sender's address.
    pub sender_name: Option<String>,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// Its subject.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// For the others.
    pub html: String,
}

/// The mail about one event of an order, if it is worth one. `order_token` is a guest's way back to the order.
pub fn about(
    order: &Order,
    document: &Document,
    event: &EventKind,
    settings: &Settings,
    order_token: Option<&str>,
) -> Option<Mail> {
    let number = order.number();
    let total = order.total;
    let arrives = iso_date(order.estimated_delivery.date());
    let (subject, paragraphs) = match event {
        EventKind::Placed { .. } => (
            format!("We have received your order {number}"),
            vec![
                "Thank you for your order. We have received it and keep your items for you.".to_owned(),
                match order.payment.method.name() {
                    _ if total.is_zero() => "There is nothing to pay.".to_owned(),
                    "cod" => format!("You pay {total} when it is delivered."),
                    "later" => format!("It is yours once {total} are paid{}.", until(order)),
                    _ => format!("We write again as soon as your payment of {total} is through."),
                },
            ],
        ),
        EventKind::Confirmed => (
            format!("Your order {number} is confirmed"),
            vec![
                "Everything is settled, and we are preparing your parcel.".to_owned(),
                format!("It should reach you by {arrives}."),
            ],
        ),
        EventKind::Cancelled { reason, .. } => {
            let sums = order.sums();
            let refund = sums.refunded().plus(sums.requested()).ok().filter(|sum| !sum.is_zero());
            let why = match reason.as_str() {
                "payment_expired" => {
                    "We did not receive a payment in time, so your order was cancelled.".to_owned()
                }
                "payment_failed" => "Your payment was not possible, so your order was cancelled.".to_owned(),
                reason => format!("Your order was cancelled. Reason: {reason}."),
            };
            let money = match refund {
                Some(sum) => format!("We pay {sum} back to you the way you paid."),
                None => "Nothing was charged.".to_owned(),
            };
            (format!("Your order {number} was cancelled"), vec![why, money])
        }
        _ => return None,
    };
    let rows = rows(document);
    let text_rows: String = rows.iter().map(|(what, cost)| format!("  {what}: {cost}\n")).collect();
    let url = order_token.zip(settings.guest_checkout.order_url.as_ref());
    let url = url.map(|(token, url)| url.replace("{token}", token));
    let way_back = match (&url, order_token) {
        (Some(url), _) => format!("\nYour order: {url}\n"),
        (None, Some(token)) => format!("\nThe token of your order: {token}\n"),
        (None, None) => String::new(),
    };
    Some(Mail {
        to: document.contact_email.clone(),
        sender_name: settings.sender.as_ref().map(|sender| sender.name.clone()),
        reply_to: settings.sender.as_ref().and_then(|sender| sender.reply_to.clone()),
        text: format!("{}\n\nOrder {number}\n{text_rows}Total: {total}\n{way_back}", paragraphs.join("\n")),
        html: html! {
            (DOCTYPE)
            html lang="en" {
                head { meta charset="utf-8"; title { (subject) } }
                body style="font-family: sans-serif; max-width: 36em; margin: 2em auto" {
                    h1 { (subject) }
                    @for paragraph in &paragraphs { p { (paragraph) } }
                    table style="border-collapse: collapse; width: 100%" {
                        @for (what, cost) in &rows {
                            tr { td { (what) } td style="text-align: right" { (cost) } }
                        }
                        tr { th style="text-align: left" { "Total" } th style="text-align: right" { (total) } }
                    }
                    @if let Some(url) = &url { p { a href=(url) { "Your order" } } }
                    @else if let Some(token) = order_token { p { "The token of your order: " code { (token) } } }
                }
            }
        }
        .into_string(),
        subject,
    })
}

/// What an order costs, line by line; added up (a tax that prices include left out) they are the total.
fn rows(document: &Document) -> Vec<(String, String)> {
    let quote = &document.quote;
    let mut rows: Vec<(String, String)> = document
        .priced_lines()
        .map(|(line, amounts)| {
            let cost = amounts.subtotal.minus(amounts.discount).unwrap_or(amounts.subtotal);
            (line_name(line), cost.to_string())
        })
        .collect();
    let off = quote.coupon_discount.plus(quote.order_discount).unwrap_or(quote.order_discount);
    if !off.is_zero() {
        rows.push(("Discount".to_owned(), format!("-{off}")));
    }
    if !quote.delivery.charge.is_zero() {
        rows.push((quote.delivery.name.clone(), quote.delivery.charge.to_string()));
    }
    let included = if quote.prices_include_tax { ", included" } else { "" };
    let tax = |tax: &TaxAmount| (format!("{} {} %{included}", tax.name, tax.rate), tax.amount.to_string());
    rows.extend(quote.taxes.iter().filter(|tax| !tax.amount.is_zero()).map(tax));
    rows
}

fn line_name(line: &Line) -> String {
    let values: Vec<&str> = line.attributes.iter().map(|attribute| attribute.value.as_str()).collect();
    let variation = if values.is_empty() { String::new() } else { format!(" ({})", values.join(", ")) };
    format!("{} × {}{variation}", line.quantity, line.name)
}

fn until(order: &Order) -> String {
    order.hold_until.map(|until| format!(" by {}", until.rfc3339())).unwrap_or_default()
}
