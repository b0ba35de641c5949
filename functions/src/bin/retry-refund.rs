//! `POST /admin/orders/{order_id}/refunds/{refund_id}/retry`: asks the provider again for a refund that it refused.

fn main() {
    functions::start(functions::handlers::refunds::retry::FUNCTION);
}
