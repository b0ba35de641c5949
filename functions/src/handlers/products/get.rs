//! `GET /products/{product_id}`: one product and how much there is of it (A1).

use shared::api::product::ProductView;
use shared::ids::ProductId;

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;

/// The function.
pub const FUNCTION: Function = Function::HttpQuery(&["lang"], |app, request| Box::pin(handle(app, request)));

/// 200 with the product, its texts in `?lang=` if it has them; 404 if there is none; 422 if the language is none.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let id = request.path("product_id", ProductId::parse)?;
    let language = request.language()?;
    let offer = app.table.offer(&id, false).await?.ok_or_else(Problem::not_found)?;
    let view = ProductView::with_stock(&offer, language.as_ref());
    Ok(Response::json(200, &view)?.header("cache-control", "no-cache"))
}
