//! `PATCH` and `PUT /orders/{order_id}/status`: staff moves an order on.

fn main() {
    functions::start(functions::handlers::orders::change_status::FUNCTION);
}
