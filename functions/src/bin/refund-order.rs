//! `POST /admin/orders/{order_id}/refunds`: gives money back.

fn main() {
    functions::start(functions::handlers::refunds::request::FUNCTION);
}
