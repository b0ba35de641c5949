//! `GET /admin/products/{product_id}/stock`: what each warehouse has of a product, by variation and bucket (A1).

use shared::api::stock::InventoryView;
use shared::ids::ProductId;

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::stock;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with the warehouses that have it, or had it; 404 without such a product.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let id = request.path("product_id", ProductId::parse)?;
    let (_, levels) = app.table.inventory(&id, true).await?.ok_or_else(Problem::not_found)?;
    let view = InventoryView { product_id: id, stock: levels.iter().map(stock::level_view).collect() };
    Ok(Response::json(200, &view)?.header("cache-control", "private, no-cache"))
}
