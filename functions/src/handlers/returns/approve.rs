//! `POST /admin/orders/{order_id}/returns/{return_id}/approve`: lets the customer send it (C5).

use shared::order::Command;

use super::{answer, case_with, return_id};
use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::command;

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["dry_run"], |app, request| Box::pin(handle(app, request)));

/// 200 with the return, the same again if it was approved before; 404 if there is none of that number; 409 if it was rejected or
/// has arrived.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let id = return_id(&request)?;
    let case = case_with(app, &request, id).await?;
    answer(&command(app, &request, case, &Command::ApproveReturn { id }).await?, id)
}
