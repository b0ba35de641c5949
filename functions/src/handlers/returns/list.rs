//! `GET /orders/{order_id}/returns`, `GET /guest/orders/{order_token}/returns`: the returns of an order (C5).

use shared::api::returns::ReturnsView;

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{find, named};

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with every return, the reasons to choose from, and until when another can be asked for; 404 if there is no such order of
/// theirs.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let named = named(app, &request).await?;
    let (order, document) = find(app, &named.customer, &named.id).await?;
    Ok(Response::json(200, &ReturnsView::of(&order, &document))?.versioned(order.version()))
}
