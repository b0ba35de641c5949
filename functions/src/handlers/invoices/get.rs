//! `GET /orders/{order_id}/invoice`, `GET /guest/orders/{order_token}/invoice`: the bills of an order, or the PDF of one (R6).

use shared::api::FieldError;
use shared::api::invoice::{BillView, InvoiceView, PdfLink};
use shared::invoice::{BillNumber, Linked};
use shared::order::Status;

use crate::app::App;
use crate::bills::Billed;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::orders::named;

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["format", "number"], |app, request| Box::pin(handle(app, request)));

const PDF: &str = "application/pdf";
const FORMS: [(&str, &str); 2] = [("json", "application/json"), ("pdf", PDF)];

/// 200 with the invoice and the credit notes, each with a link to its PDF; or, by `?format=pdf` or `Accept`, the PDF of the invoice
/// or of the one that `?number=` names. 404 if there is no such order of theirs, or no bill of that number; 404
/// `invoice_not_ready` before there is one at all, `no_invoice` where there will be none; 422 if the format is none of the two or the number cannot be one.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let form = request.format(&FORMS)?;
    let number = request.query("number").map(parse_number).transpose()?;
    let named = named(app, &request).await?;
    let billed = Billed::all(app, &named.customer, &named.id).await?;
    let [first, ..] = billed.issued.as_slice() else {
        return Err(without(billed.order.status).into());
    };
    let wanted = |number: BillNumber| billed.issued.iter().find(|issue| issue.number == number);
    let issue = number.map_or(Some(first), wanted).ok_or_else(Problem::not_found)?;
    if form == PDF {
        return Ok(billed.pdf(app, issue).await?.header("vary", "accept"));
    }
    let mut bills = links(app, &billed).await?.into_iter();
    let view = bills.next().map(|invoice| InvoiceView { invoice, credit_notes: bills.collect() });
    let response = Response::json(200, &view.ok_or_else(Problem::not_found)?)?;
    // Each answer has links of its own.
    Ok(response.header("vary", "accept").header("cache-control", "private, no-store"))
}

/// 404: there is no bill. An order that was called off before its invoice gets none.
fn without(status: Status) -> Problem {
    match status {
        Status::Cancelled => {
            Problem::new(404, "no_invoice", "the order was called off before it had an invoice")
        }
        _ => Problem::new(404, "invoice_not_ready", "the order has no invoice yet"),
    }
}

/// Every bill, with a link to its PDF.
async fn links(app: &App, billed: &Billed) -> Result<Vec<BillView>, Error> {
    let key = app.signing.text().await?;
    let expires_at = Linked::until(app.now());
    let mut bills = Vec::new();
    for issue in &billed.issued {
        let (customer, order) = (billed.order.customer.clone(), billed.order.id);
        let bill = Linked { customer, order, place: issue.subject.place() };
        let url = format!("/api/v1/invoices/{}", bill.token(key.as_bytes(), expires_at));
        bills.push(BillView::of(&billed.invoice(app, issue).await?, PdfLink { url, expires_at }));
    }
    Ok(bills)
}

fn parse_number(text: &str) -> Result<BillNumber, Error> {
    BillNumber::parse(text)
        .map_err(|rule| vec![FieldError::new("?number", "invalid", &rule.to_string())].into())
}
