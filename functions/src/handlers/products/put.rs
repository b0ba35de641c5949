//! `PUT /admin/products/{product_id}`: creates or replaces a product (A1).

use shared::api::product::{ProductView, PutProduct};
use shared::ids::ProductId;

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::table::Replaced;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 201 if the product is new, 200 if it was replaced; 409 if somebody else replaced it at the same moment; 412 if
/// `If-Match` names another version.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let id = request.path("product_id", ProductId::parse)?;
    let body: PutProduct = request.json()?;
    let read = app.table.product(&id).await?.map_or(0, |product| product.version);
    request.require_version(read)?;
    let product = body.parse(id, read + 1, app.now())?;
    match app.table.replace_product(&product, read).await? {
        Replaced::Done => {
            let status = if read == 0 { 201 } else { 200 };
            Ok(Response::json(status, &ProductView::of(&product, None))?.versioned(product.version))
        }
        Replaced::Stale => {
            Err(Problem::new(409, "concurrent_change", "somebody else changed the product").into())
        }
    }
}
