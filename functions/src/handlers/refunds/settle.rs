//! `POST /admin/orders/{order_id}/refunds/{refund_id}/settle`: notes that a refund was paid by other means (C4).

use shared::api::refund::SettleRefund;
use shared::order::Command;

use super::{answer, case_with};
use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::command;

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["dry_run"], |app, request| Box::pin(handle(app, request)));

/// 200 with the refund, the same again for the same reference; 404 if there is none of that id; 409 if the provider still has
/// it or has paid it. What was paid at the door has to be given back by hand, and so has what the provider refuses for good.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let id = request.path("refund_id", |id| Ok::<_, ()>(id.to_owned()))?;
    let body: SettleRefund = request.json()?;
    let errors = body.check();
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let case = case_with(app, &request, &id).await?;
    let settle = Command::SettleRefund { refund: id.clone(), reference: body.reference };
    answer(&command(app, &request, case, &settle).await?.settled(app).await?, &id)
}
