//! `POST /admin/orders/{order_id}/shipments/{shipment_id}/label`: has a label bought, whatever was tried before (A6, A10).

use shared::api::shipment::FulfilledView;
use shared::order::Command;

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::orders::{case, command, keyed};

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["dry_run"], |app, request| Box::pin(handle(app, request)));

/// 202 with the order's parcels, 200 if the key led to it before; 404 if the order never had such a parcel; 409 if it has a label, or
/// has left, or is not sent any more, or its label is being bought. No carrier is asked here: the fulfilment worker buys what the log
/// wants, once. With `?dry_run=true` 200, and nothing is changed.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let parcel = request.path("shipment_id", str::parse)?;
    let case = case(app, &request).await?;
    if case.order.planned_parcel(parcel).is_none() {
        return Err(Problem::not_found().into());
    }
    let asked = keyed(&request, &case.caller, "request-label", &parcel)?;
    let want = Command::WantLabel { parcel, request: asked };
    let done = command(app, &request, case, &want).await?;
    done.answered(202, &FulfilledView::of(&done.order, done.dry_run))
}
