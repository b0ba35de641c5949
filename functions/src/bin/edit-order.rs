//! `PATCH /admin/orders/{order_id}`: staff changes an order.

fn main() {
    functions::start(functions::handlers::orders::edit::FUNCTION);
}
