//! `POST /admin/products/{product_id}/stock/split`: spreads what a warehouse has of something over buckets, so that many
//! orders can take it at the same time (A1, P5).

use shared::api::stock::SplitStock;
use shared::ids::ProductId;
use shared::sku::Sku;

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::stock;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with what the warehouse has, which is as much as before; 404 if it never had any; 422 for too many buckets.
///
/// It needs no idempotency key: it says how many buckets there are to be, so doing it twice is doing it once. It is no
/// adjustment and leaves no record either: no unit comes or goes.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let id = request.path("product_id", ProductId::parse)?;
    let body: SplitStock = request.json()?;
    let count = body.count()?;
    let sku = Sku::new(id, body.variation_id);
    Response::json(200, &stock::split(app, &sku, &body.warehouse_id, count).await?)
}
