//! `POST /orders/{order_id}/reorder`: puts what was ordered before into the cart.

fn main() {
    functions::start(functions::handlers::orders::reorder::FUNCTION);
}
