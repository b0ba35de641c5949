//! `POST /orders/{order_id}/payments`: pays an order, or pays it in another way.

fn main() {
    functions::start(functions::handlers::orders::pay::FUNCTION);
}
