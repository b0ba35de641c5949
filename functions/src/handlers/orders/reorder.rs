//! `POST /orders/{order_id}/reorder`: puts what was ordered before into the cart, at today's prices (C6).

use shared::ids::{CustomerId, OrderId};
use shared::placement::Document;

use crate::app::App;
use crate::carts::{Asked, refill};
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;

/// The function.
pub const FUNCTION: Function = Function::HttpQuery(
    &["country", "region", "postal_code", "shipping_method", "coupon_code", "lang"],
    |app, request| Box::pin(handle(app, request)),
);

/// 200 with the cart and what is not as it was; 404 if there is no such order of the caller's own. Whoever has no order has no
/// cart to put it into, so this is so for staff as well.
///
/// What cannot be had any more is left out and named; that nothing can be had is an answer too. It needs no key: a line of the
/// cart becomes what was ordered or stays what it is, whichever is more, so a request that is sent again changes nothing.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.caller()?;
    let id = request.order_id()?;
    let asked = Asked::of(&request)?;
    let document = bought(app, &caller.id, &id).await?;
    Response::json(200, &refill(app, &asked, &caller.id, &document).await?)
}

/// What a customer bought with an order. It is written with the order and never changes, so the order itself need not be read.
async fn bought(app: &App, customer: &CustomerId, id: &OrderId) -> Result<Document, Error> {
    let document = match app.table.document(customer, id.placement(), false).await? {
        Some(document) => Some(document),
        // A cheap read may not have heard of an order that was placed a moment ago.
        None => app.table.document(customer, id.placement(), true).await?,
    };
    // The document's name has only the id's random part; another time in it would be another order.
    Ok(document.filter(|document| document.order == *id).ok_or_else(Problem::not_found)?)
}
