//! `PATCH /admin/orders/{order_id}/shipments/{shipment_id}`: moves one parcel on, or says who carries it (C9, C10).

use shared::api::shipment::{ChangeShipment, FulfilledView};

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::orders::{case, command};

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["dry_run"], |app, request| Box::pin(handle(app, request)));

/// 200 with the order's parcels, the same again if it was so far before; 404 if no such parcel has left or is planned; 409 if it
/// is not far enough, or the order is not paid. The order as a whole follows the least of its parcels. With `?dry_run=true`
/// nothing is changed.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let parcel = request.path("shipment_id", str::parse)?;
    let body: ChangeShipment = request.json()?;
    let errors = body.check();
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let case = case(app, &request).await?;
    if case.order.shipment(parcel).is_none() {
        return Err(Problem::not_found().into());
    }
    let change = body.command(parcel).ok_or_else(Problem::not_found)?;
    let done = command(app, &request, case, &change).await?.settled(app).await?;
    let view = FulfilledView::of(&done.order, done.dry_run);
    Ok(Response::json(200, &view)?.versioned(done.order.version()))
}
