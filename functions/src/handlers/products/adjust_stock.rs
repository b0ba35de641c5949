//! `POST /admin/products/{product_id}/stock`: books what came into a warehouse, or went (A1).

use shared::api::product::{AdjustStock, StockView};
use shared::ids::ProductId;

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::table::Adjusted;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with what the warehouse has now; 404 without such a product; 409 if there would be less than nothing. The same
/// key books once.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.staff()?;
    let key = request.idempotency_key()?;
    let id = request.path("product_id", ProductId::parse)?;
    let body: AdjustStock = request.json()?;
    let errors = body.check();
    if !errors.is_empty() {
        return Err(errors.into());
    }
    app.table.product(&id).await?.ok_or_else(Problem::not_found)?;
    match app.table.adjust_stock(&id, &body, &caller.id, &key, app.now()).await? {
        Adjusted::Done => {}
        Adjusted::KeyReused => {
            let detail = "this Idempotency-Key was used for another request";
            return Err(Problem::new(422, "idempotency_key_reused", detail).into());
        }
        Adjusted::Short => {
            let detail = "a warehouse has between 0 and 1000000000 units of a product";
            return Err(Problem::new(409, "stock_out_of_range", detail).into());
        }
    }
    let (on_hand, held) = app.table.stock(&id, &body.warehouse_id).await?;
    Response::json(200, &StockView { product_id: id, warehouse_id: body.warehouse_id, on_hand, held })
}
