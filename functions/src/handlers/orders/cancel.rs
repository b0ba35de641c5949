//! `POST` and `PUT /orders/{order_id}/cancel`, `DELETE /orders/{order_id}`, `POST /guest/orders/{order_token}/cancel`: calls an
//! order off, or a part of it (C3).

use shared::api::cancel::CancelOrder;
use shared::api::order::CancelledView;
use shared::api::units::AskedUnits;
use shared::order::{Command, Role};

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{Case, case, command, keyed};

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["dry_run"], |app, request| Box::pin(handle(app, request)));

/// 200 with what goes back; the same again if it was called off before; 409 if the policy of its placement, or where it stands,
/// is against it; 412 if `If-Match` names another version. Stock goes back in the same write; the money follows, at once if the
/// provider answers, else through the payment worker. A part needs an `Idempotency-Key`, because it can be called off twice.
/// With `?dry_run=true` nothing is changed.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let body: CancelOrder = request.json_or_default()?;
    let errors = body.check();
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let case = case(app, &request).await?;
    let cancel = cancel(&request, &case, body)?;
    let done = command(app, &request, case, &cancel).await?.settled(app).await?;
    let view = CancelledView::of(&done.order, &done.document, cancel.request(), done.dry_run)
        .ok_or_else(|| Error::broken("a cancelled order is not", done.order.id.to_string()))?;
    Ok(Response::json(200, &view)?.versioned(done.order.version()))
}

fn cancel(request: &Request, case: &Case, body: CancelOrder) -> Result<Command, Error> {
    let by_staff = case.actor.role() == Role::Staff;
    let unsaid = if by_staff { "staff_request" } else { "customer_request" };
    let reason = body.reason.clone().unwrap_or_else(|| unsaid.to_owned());
    let override_reason = body.override_reason.clone();
    Ok(match &body.lines {
        None => Command::Cancel { reason, override_reason },
        Some(lines) => Command::CancelLines {
            lines: AskedUnits::all(lines),
            reason,
            override_reason,
            request: keyed(request, &case.caller, "cancel-lines", &body)?,
        },
    })
}
