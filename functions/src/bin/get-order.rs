//! `GET /orders/{order_id}`: one order.

fn main() {
    functions::start(functions::handlers::orders::get::FUNCTION);
}
