//! `GET /orders/{order_id}/tracking`, `GET /guest/orders/{order_token}/tracking`: where the parcels are.

fn main() {
    functions::start(functions::handlers::orders::track::FUNCTION);
}
