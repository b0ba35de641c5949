//! `PUT /admin/coupons/{coupon_code}`: creates or replaces a coupon.

fn main() {
    functions::start(functions::handlers::coupons::put::FUNCTION);
}
