//! `GET /orders/{order_id}`, `GET /guest/orders/{order_token}`: one order, whole (R1, R8).

use shared::api::order::OrderView;

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{find, named};

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with the order; 404 if there is none of theirs, or the token opens none.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let named = named(app, &request).await?;
    let (order, document) = find(app, &named.customer, &named.id).await?;
    let view = OrderView::of(&order, &document, &named.actor, app.now());
    Ok(Response::json(200, &view)?.versioned(order.version()))
}
