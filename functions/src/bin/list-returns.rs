//! `GET /orders/{order_id}/returns`, `GET /guest/orders/{order_token}/returns`: the returns of an order.

fn main() {
    functions::start(functions::handlers::returns::list::FUNCTION);
}
