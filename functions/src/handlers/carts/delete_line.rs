//! `DELETE /cart/lines/{product_id}`: takes something out of the cart (A2).

use shared::sku::Sku;

use crate::app::App;
use crate::carts::{Asked, look};
use crate::edge::{Function, Request, Response};
use crate::error::Error;

/// The function.
pub const FUNCTION: Function = Function::HttpQuery(
    &["country", "region", "postal_code", "shipping_method", "coupon_code", "lang"],
    |app, request| Box::pin(handle(app, request)),
);

/// 200 with the cart; the same if it was not in it.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.caller()?;
    let asked = Asked::of(&request)?;
    let sku = request.path("product_id", Sku::parse)?;
    app.table.remove_cart_line(&caller.id, &sku, app.now()).await?;
    Response::json(200, &look(app, asked, &caller.id, true).await?)
}
