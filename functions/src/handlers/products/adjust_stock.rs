//! `POST /admin/products/{product_id}/stock`: books what came into a warehouse, or went (A1).

use shared::api::stock::AdjustStock;
use shared::ids::ProductId;

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::stock;
use crate::table::Adjustment;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with what the warehouse has now; 404 without such a product; 409 if there would be less than nothing or too much;
/// 422 for an unknown warehouse or variation. The same key books once; with another body it is a 422.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.staff()?;
    let key = request.idempotency_key()?;
    let id = request.path("product_id", ProductId::parse)?;
    let body: AdjustStock = request.json()?;
    let errors = body.check();
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let adjustment = Adjustment { product: &id, asked: &body, actor: &caller.id, key: &key };
    Response::json(200, &stock::adjust(app, &adjustment).await?)
}
