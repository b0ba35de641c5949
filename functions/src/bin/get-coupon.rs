//! `GET /admin/coupons/{coupon_code}`: a coupon and how often it was used.

fn main() {
    functions::start(functions::handlers::coupons::get::FUNCTION);
}
