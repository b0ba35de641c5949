//! `POST /orders/{order_id}/returns`, `POST /guest/orders/{order_token}/returns`: asks to send something back (C5).

use shared::api::returns::{RequestReturn, ReturnedView};
use shared::order::Command;

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{case, command, keyed};

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["dry_run"], |app, request| Box::pin(handle(app, request)));

/// 201 with the return, 200 if the key led to it before; 409 if the order is not delivered, the window of its placement is over,
/// or so many units are not left; 422 if the reason is not one of the store's.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let body: RequestReturn = request.json()?;
    let errors = body.check();
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let case = case(app, &request).await?;
    let errors = body.unknown_lines(&case.document);
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let asked = keyed(&request, &case.caller, "request-return", &body)?;
    let lines = body.units(&case.order, &case.document);
    let ask =
        Command::RequestReturn { lines, reason: body.reason, comment: body.comment, request: asked.clone() };
    let done = command(app, &request, case, &ask).await?;
    let a_return = done.order.return_of(&asked);
    let a_return =
        a_return.ok_or_else(|| Error::broken("a return is not there", done.order.id.to_string()))?;
    done.created(&ReturnedView::of(&done.order, &a_return, done.dry_run))
}
