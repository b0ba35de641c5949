//! Mails to customers: which event is worth one, and what it says. HTML and text (A7).

use maud::{DOCTYPE, html};

use crate::order::{EventKind, Order};
use crate::placement::Document;
use crate::time::iso_date;

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// For the others.
    pub html: String,
}

/// The mail about one event of an order, if it is worth one.
pub fn about(order: &Order, document: &Document, event: &EventKind) -> Option<Mail> {
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
        EventKind::Cancelled { reason } => {
            let refund =
                order.payment.captured.minus(order.payment.refundable()).ok().filter(|sum| !sum.is_zero());
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
        EventKind::PaymentStarted { .. }
        | EventKind::PaymentPending
        | EventKind::Paid { .. }
        | EventKind::PaymentFailed { .. }
        | EventKind::PaymentVoided
        | EventKind::Prepared { .. }
        | EventKind::RefundRequested { .. }
        | EventKind::Refunded { .. }
        | EventKind::RefundFailed { .. } => return None,
    };
    let lines: Vec<(String, String)> = document
        .lines
        .iter()
        .map(|line| (format!("{} × {}", line.quantity, line.name), line.total().to_string()))
        .collect();
    let rows: String = lines.iter().map(|(what, cost)| format!("  {what}: {cost}\n")).collect();
    Some(Mail {
        to: document.contact_email.clone(),
        text: format!("{}\n\nOrder {number}\n{rows}Total: {total}\n", paragraphs.join("\n")),
        html: html! {
            (DOCTYPE)
            html lang="en" {
                head { meta charset="utf-8"; title { (subject) } }
                body style="font-family: sans-serif; max-width: 36em; margin: 2em auto" {
                    h1 { (subject) }
                    @for paragraph in &paragraphs { p { (paragraph) } }
                    table style="border-collapse: collapse; width: 100%" {
                        @for (what, cost) in &lines {
                            tr { td { (what) } td style="text-align: right" { (cost) } }
                        }
                        tr { th style="text-align: left" { "Total" } th style="text-align: right" { (total) } }
                    }
                }
            }
        }
        .into_string(),
        subject,
    })
}
