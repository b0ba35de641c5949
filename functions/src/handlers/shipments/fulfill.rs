//! `POST /admin/orders/{order_id}/fulfill`: sends an order, or a part of it (C9).

use shared::api::shipment::{FulfillOrder, FulfilledView};
use shared::api::units::AskedUnits;
use shared::order::Command;

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{case, command, keyed};

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["dry_run"], |app, request| Box::pin(handle(app, request)));

/// 201 with the order's parcels, 200 if the key led to it before; 409 if it is not paid, or so many units have not left. Stock
/// leaves in the same write; what is reserved is taken with the first parcel, at once if the provider answers, else through the
/// payment worker. With `?dry_run=true` 200 with the parcels that would be, and nothing is changed.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let body: FulfillOrder = request.json_or_default()?;
    let errors = body.check();
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let case = case(app, &request).await?;
    let asked = keyed(&request, &case.caller, "fulfill-order", &body)?;
    let lines = body.lines.as_deref().map(AskedUnits::all);
    let (courier, packagings) = (body.courier(), app.packagings().await?);
    let fulfill = Command::Fulfill { lines, courier, packagings, request: asked };
    let done = command(app, &request, case, &fulfill).await?.settled(app).await?;
    done.created(&FulfilledView::of(&done.order, done.dry_run))
}
