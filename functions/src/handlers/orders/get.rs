//! `GET /orders/{order_id}`: one order, whole (R1, R8).

use shared::api::order::OrderView;

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{find, owner};

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with the order; 304 if the caller has this version; 404 if there is none of theirs.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.caller()?;
    let id = request.order_id()?;
    let customer = owner(app, &caller, &id).await?;
    let (order, document) = find(app, &customer, &id).await?;
    if request.has_version(order.version()) {
        return Ok(Response::empty(304).versioned(order.version()));
    }
    let view = OrderView::of(&order, &document, &caller.actor());
    Ok(Response::json(200, &view)?.versioned(order.version()))
}
