//! `GET /guest/orders/{order_token}`: a guest's order, by the token in the mail (R1).

use shared::api::order::OrderView;
use shared::order::Actor;

use super::opened;
use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::find;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with the order; 304 if the caller has this version; 404 if the token opens none, or none any more.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let (customer, id) = opened(app, &request).await?;
    let (order, document) = find(app, &customer, &id).await?;
    if request.has_version(order.version()) {
        return Ok(Response::empty(304).versioned(order.version()));
    }
    let view = OrderView::of(&order, &document, &Actor::Customer);
    Ok(Response::json(200, &view)?.versioned(order.version()))
}
