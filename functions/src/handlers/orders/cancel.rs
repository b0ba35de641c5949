//! `POST` and `PUT /orders/{order_id}/cancel`, `DELETE /orders/{order_id}`: calls an order off (C3).

use shared::api::FieldError;
use shared::api::order::CancelledView;
use shared::api::place::CancelOrder;
use shared::limits;
use shared::order::Command;

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{execute, execute_on_version, find_head, owner};
use crate::payments::settle_or_leave;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with what goes back; the same again if it was called off before; 409 once it is packed; 412 if
/// `If-Match` names another version. Stock goes back in the
/// same write; the money follows, at once if the provider answers, else through the payment worker.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.caller()?;
    let id = request.order_id()?;
    let body: CancelOrder = request.json_or_default()?;
    let reason = body.reason.unwrap_or_else(|| "customer_request".to_owned());
    if !(1..=limits::REASON).contains(&reason.trim().chars().count()) {
        return Err(vec![FieldError::new("/reason", "out_of_range", "1 to 500 characters")].into());
    }
    let customer = owner(app, &caller, &id).await?;
    let order = find_head(app, &customer, &id).await?;
    request.require_version(order.version())?;
    let actor = caller.actor();
    let cancel = Command::Cancel { reason };
    let order = match request.header("if-match") {
        Some(_) => execute_on_version(app, order, &cancel, &actor).await?,
        None => execute(app, order, &cancel, &actor).await?,
    };
    let order = settle_or_leave(app, order).await?;
    let view =
        CancelledView::of(&order).ok_or_else(|| Error::broken("a cancelled order is not", id.to_string()))?;
    Ok(Response::json(200, &view)?.versioned(order.version()))
}
