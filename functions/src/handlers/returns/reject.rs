//! `POST /admin/orders/{order_id}/returns/{return_id}/reject`: does not let the customer send it (C5).

use shared::api::returns::RejectReturn;
use shared::order::Command;

use super::{answer, case_with, return_id};
use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::command;

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["dry_run"], |app, request| Box::pin(handle(app, request)));

/// 200 with the return, the same again for the same reason; 404 if there is none of that number; 409 if it has arrived. Its
/// units can be asked for anew.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let id = return_id(&request)?;
    let body: RejectReturn = request.json()?;
    let errors = body.check();
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let case = case_with(app, &request, id).await?;
    let reject = Command::RejectReturn { id, reason: body.reason };
    answer(&command(app, &request, case, &reject).await?, id)
}
