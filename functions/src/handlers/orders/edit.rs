//! `PATCH /admin/orders/{order_id}`: staff changes an order and must know what it changes (C8).

use shared::api::admin::{EditOrder, EditedView};
use shared::order::Command;

use super::change_status::move_to;
use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{case, commands};

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["dry_run"], |app, request| Box::pin(handle(app, request)));

/// 200 with the order, all of it changed by one write, or as it was if nothing is new; 428 without `If-Match`, 412 if it names
/// another version; 409 with `order_status` and `allowed_actions` if a part of it is not possible, and then nothing is changed:
/// `which_shipment` if a courier is named of an order that has several parcels.
/// With `?dry_run=true` nothing is changed.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    request.expect_version()?;
    let body: EditOrder = request.json()?;
    let errors = body.check();
    if !errors.is_empty() {
        return Err(errors.into());
    }
    // What leaves has its courier by then, so that the customer's mail has it, too.
    let mut asked: Vec<Command> = body.naming().into_iter().collect();
    if let Some(status) = body.new_status() {
        asked.push(move_to(app, status).await?);
    }
    asked.extend(body.internal_notes.map(|notes| Command::ChangeNotes { notes }));
    let case = case(app, &request).await?;
    let actor = case.actor.clone();
    let done = commands(app, &request, case, &asked).await?.settled(app).await?;
    let view = EditedView::of(&done.order, &done.document, &actor, done.dry_run, app.now());
    Ok(Response::json(200, &view)?.versioned(done.order.version()))
}
