//! `POST /admin/orders/{order_id}/returns/{return_id}/receive`: takes in what arrived (C5).

use shared::api::returns::ReceiveReturn;
use shared::order::Command;

use super::{answer, case_with, return_id};
use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::command;

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["dry_run"], |app, request| Box::pin(handle(app, request)));

/// 200 with the return and its refund, the same again for the same goods; 404 if there is none of that number; 409 if it is not
/// approved, or more arrived than was approved. What can be sold again is in stock with the same write; the money follows, at
/// once if the provider answers, else through the payment worker.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let id = return_id(&request)?;
    let body: ReceiveReturn = request.json_or_default()?;
    let errors = body.check();
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let case = case_with(app, &request, id).await?;
    let receive =
        Command::ReceiveReturn { id, lines: body.received(), refund_delivery: body.refund_delivery };
    answer(&command(app, &request, case, &receive).await?.settled(app).await?, id)
}
