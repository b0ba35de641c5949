//! `GET /orders/{order_id}/tracking`: where the parcels are.

fn main() {
    functions::start(functions::handlers::orders::track::FUNCTION);
}
