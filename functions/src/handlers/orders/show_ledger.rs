//! `GET /admin/orders/{order_id}/ledger`: every cent of an order, explained (C4).

use shared::api::ledger::LedgerView;

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{find, named};

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with what was agreed, every movement of money since, and what it comes to; 403 for customers.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let named = named(app, &request).await?;
    let (order, document) = find(app, &named.customer, &named.id).await?;
    Ok(Response::json(200, &LedgerView::of(&order, &document))?.versioned(order.version()))
}
