//! `POST /admin/orders/{order_id}/refunds`: gives money back (C4).

use shared::api::refund::{RefundOrder, RefundedView};
use shared::order::Command;

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{case, command, keyed};

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["dry_run"], |app, request| Box::pin(handle(app, request)));

/// 201 with the refund, 200 if the key led to it before; 409 with `refundable` if it is more than was taken and is not promised
/// back. That is decided by the write, before the provider is asked; the money follows, at once if the provider answers, else
/// through the payment worker. With `?dry_run=true` 200 with the refund that would be, and nothing is changed.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let body: RefundOrder = request.json_or_default()?;
    let case = case(app, &request).await?;
    let what = body.wish(case.order.total.currency())?;
    let asked = keyed(&request, &case.caller, "refund-order", &body)?;
    let refund = Command::Refund { what, reason: body.reason, request: asked.clone() };
    let done = command(app, &request, case, &refund).await?.settled(app).await?;
    let refund = done.order.refund_of(&asked);
    let refund = refund.ok_or_else(|| Error::broken("a refund is not there", done.order.id.to_string()))?;
    done.created(&RefundedView::of(&done.order, &refund, done.dry_run))
}
