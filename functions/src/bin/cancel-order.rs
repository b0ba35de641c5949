//! `POST` and `PUT /orders/{order_id}/cancel`, `DELETE /orders/{order_id}`: calls an order off.

fn main() {
    functions::start(functions::handlers::orders::cancel::FUNCTION);
}
