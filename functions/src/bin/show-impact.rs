//! `GET /orders/{order_id}/impact`: what an order emits.

fn main() {
    functions::start(functions::handlers::orders::show_impact::FUNCTION);
}
