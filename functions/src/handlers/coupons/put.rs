//! `PUT /admin/coupons/{coupon_code}`: creates or replaces a coupon (P8).

use shared::api::coupon::{CouponView, PutCoupon};
use shared::ids::CouponCode;

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::table::Replaced;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 201 if the coupon is new, 200 if it was replaced, which keeps what was counted of its uses; 422 if it breaks a rule; 409 if
/// somebody else replaced it at the same moment; 412 if `If-Match` names another version.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let code = request.path("coupon_code", CouponCode::from_input)?;
    let body: PutCoupon = request.json()?;
    let (read, used) =
        app.table.coupon(&code, true).await?.map_or((0, 0), |(coupon, used)| (coupon.version, used));
    request.require_version(read)?;
    let coupon = body.parse(code, read + 1, app.now())?;
    match app.table.replace_coupon(&coupon, read).await? {
        Replaced::Done => {
            let status = if read == 0 { 201 } else { 200 };
            Ok(Response::json(status, &CouponView::of(&coupon, used))?.versioned(coupon.version))
        }
        Replaced::Stale => {
            Err(Problem::new(409, "concurrent_change", "somebody else changed the coupon").into())
        }
    }
}
