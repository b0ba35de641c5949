//! `GET /invoices/{invoice_token}`: the PDF of the bill that a link leads to (R6).

use shared::invoice::Linked;

use crate::app::App;
use crate::bills::Billed;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;

/// The function.
pub const FUNCTION: Function = Function::HttpOpen(|app, request| Box::pin(handle(app, request)));

/// 200 with the PDF; 404 if the link is none of ours, or its time is over.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let key = app.signing.text().await?;
    let bill = request.path("invoice_token", |token| Linked::open(key.as_bytes(), token, app.now()))?;
    let billed = Billed::one(app, &bill.customer, &bill.order, bill.place).await?;
    let issue = billed.issued.first().ok_or_else(Problem::not_found)?;
    billed.pdf(app, issue).await
}
