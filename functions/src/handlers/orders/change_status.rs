//! `PATCH` and `PUT /orders/{order_id}/status`: staff moves an order on (C2).

use shared::api::status::{ChangeStatus, StatusView};
use shared::order::{Command, Status};

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::orders::{case, command};

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["dry_run"], |app, request| Box::pin(handle(app, request)));

/// 200 with where the order stands, the same again if it stood there before; 403 for customers; 409 with `order_status` and
/// `allowed_actions` if no command leads there from where it stands. With `?dry_run=true` nothing is changed.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let body: ChangeStatus = request.json()?;
    let errors = body.check();
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let case = case(app, &request).await?;
    let done = command(app, &request, case, &move_to(app, body).await?).await?.settled(app).await?;
    let view = StatusView::of(&done.order, &done.document, done.dry_run);
    Ok(Response::json(200, &view)?.versioned(done.order.version()))
}

/// The command that leads to a status.
pub(super) async fn move_to(app: &App, body: ChangeStatus) -> Result<Command, Error> {
    Ok(match body.status {
        Status::Confirmed => Command::Accept,
        Status::Preparing => Command::Prepare { packagings: app.packagings().await? },
        Status::Packed => Command::PACK,
        Status::Shipped => Command::SHIP,
        Status::Delivered => Command::DELIVER,
        Status::Cancelled => Command::Cancel {
            reason: body.reason.unwrap_or_else(|| "staff_request".to_owned()),
            override_reason: body.override_reason,
        },
        // The body's own check has refused it.
        Status::Pending => {
            return Err(Problem::new(409, "status_not_reachable", "no command leads there").into());
        }
    })
}
