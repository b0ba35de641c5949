//! `GET /orders/number/{order_number}`: one order by the number that people read out (R2).

use shared::api::order::OrderView;
use shared::ids::OrderNumber;

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::orders::find;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with the order; 404 if there is none of theirs, whoever's it may be.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.caller()?;
    let number = request.path("order_number", OrderNumber::parse)?;
    let found = app.table.find_number(&number).await?;
    let visible = found.into_iter().find(|(customer, _)| caller.staff || *customer == caller.id);
    let (customer, id) = visible.ok_or_else(Problem::not_found)?;
    let (order, document) = find(app, &customer, &id).await?;
    let view = OrderView::of(&order, &document, &caller.actor(), app.now());
    Ok(Response::json(200, &view)?.versioned(order.version()))
}
