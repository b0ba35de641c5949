//! `POST /orders/{order_id}/returns`, `POST /guest/orders/{order_token}/returns`: asks to send something back.

fn main() {
    functions::start(functions::handlers::returns::request::FUNCTION);
}
