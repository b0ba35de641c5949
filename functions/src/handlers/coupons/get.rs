//! `GET /admin/coupons/{coupon_code}`: a coupon and how often it was used (P8).

use shared::api::coupon::CouponView;
use shared::ids::CouponCode;

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with the coupon; 404 if there is none. Its version counts changes, not uses.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let code = request.path("coupon_code", CouponCode::from_input)?;
    let (coupon, used) = app.table.coupon(&code, true).await?.ok_or_else(Problem::not_found)?;
    Ok(Response::json(200, &CouponView::of(&coupon, used))?.versioned(coupon.version).always_sent())
}
