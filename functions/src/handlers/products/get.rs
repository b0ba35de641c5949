//! `GET /products/{product_id}`: one product and how much there is of it (A1).

use shared::api::product::ProductView;
use shared::ids::ProductId;

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with the product; 404 if there is none.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let id = request.path("product_id", ProductId::parse)?;
    let (product, levels) = app.table.offer(&id, false).await?.ok_or_else(Problem::not_found)?;
    Ok(Response::json(200, &ProductView::with_stock(&product, &levels))?.header("cache-control", "no-cache"))
}
