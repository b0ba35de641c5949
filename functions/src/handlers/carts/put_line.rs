//! `PUT /cart/lines/{product_id}`: puts something into the cart, or changes how much of it (A2).

use shared::api::FieldError;
use shared::api::cart::PutCartLine;
use shared::catalog::NotForSale;
use shared::sku::Sku;

use crate::app::App;
use crate::carts::{Asked, look};
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::table::CartChanged;

/// The function.
pub const FUNCTION: Function = Function::HttpQuery(
    &["country", "region", "postal_code", "shipping_method", "coupon_code", "lang"],
    |app, request| Box::pin(handle(app, request)),
);

/// 200 with the cart; 404 if there is no such product or variation; 409 if the cart is full; 422 if it is not for sale. What is
/// short may lie in the cart: stock is held by the order, and the cart says what is short.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.caller()?;
    let asked = Asked::of(&request)?;
    let sku = request.path("product_id", Sku::parse)?;
    let units = request.json::<PutCartLine>()?.units()?;
    let product = app.table.product(&sku.product).await?.ok_or_else(Problem::not_found)?;
    product.for_sale(&sku).map_err(|reason| match reason {
        NotForSale::UnknownVariation => Problem::not_found(),
        other => Problem::invalid(vec![FieldError::new("", other.code(), &other.to_string())]),
    })?;
    match app.table.put_cart_line(&caller.id, &sku, units, app.now()).await? {
        CartChanged::Done => {}
        CartChanged::Full => {
            return Err(Problem::new(409, "cart_full", "a cart has at most 40 lines").into());
        }
    }
    Response::json(200, &look(app, asked, &caller.id, true).await?)
}
