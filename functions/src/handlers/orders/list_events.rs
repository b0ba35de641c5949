//! `GET /admin/orders/{order_id}/events`: everything that happened to an order, for staff (C11).

use shared::api::events::EventPage;
use shared::limits;

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{glance, named};

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["after", "limit"], |app, request| Box::pin(handle(app, request)));

/// 200 with at most `?limit=` events behind the one of the sequence `?after=`, oldest first; 403 for customers.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let after = request.number("after", 0, u32::MAX)?.unwrap_or(0);
    let limit = request.number("limit", 1, limits::PAGE)?.unwrap_or(limits::PAGE);
    let named = named(app, &request).await?;
    let order = glance(app, &named.customer, &named.id).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(Response::json(200, &EventPage::of(&order, u64::from(after), limit))?.versioned(order.version()))
}
