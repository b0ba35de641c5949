//! `POST /admin/orders/{order_id}/refunds/{refund_id}/retry`: asks the provider again for a refund that it refused (C4).

use shared::order::Command;

use super::{answer, case_with};
use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::command;

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["dry_run"], |app, request| Box::pin(handle(app, request)));

/// 200 with the refund; 404 if there is none of that id; 409 if it has not failed, or its money has gone elsewhere since. The
/// payment worker does the same an hour, six hours and a day after each refusal.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let id = request.path("refund_id", |id| Ok::<_, ()>(id.to_owned()))?;
    let case = case_with(app, &request, &id).await?;
    let retry = Command::RetryRefund { refund: id.clone() };
    answer(&command(app, &request, case, &retry).await?.settled(app).await?, &id)
}
