//! `GET /cart`: what is in the cart and what it would cost (A2).

use crate::app::App;
use crate::carts::{Asked, look};
use crate::edge::{Function, Request, Response};
use crate::error::Error;

/// The function.
pub const FUNCTION: Function = Function::HttpQuery(
    &["country", "region", "postal_code", "shipping_method", "coupon_code", "lang"],
    |app, request| Box::pin(handle(app, request)),
);

/// 200 with the cart, an empty one if there is none. `?country=&region=&postal_code=` say where it would go, `?shipping_method=`
/// how, `?coupon_code=` with what coupon, `?lang=` in which language names are shown.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.caller()?;
    let asked = Asked::of(&request)?;
    let view = look(app, asked, &caller.id, false).await?;
    Ok(Response::json(200, &view)?.header("cache-control", "private, no-cache"))
}
