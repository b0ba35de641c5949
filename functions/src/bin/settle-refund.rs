//! `POST /admin/orders/{order_id}/refunds/{refund_id}/settle`: notes that a refund was paid by other means.

fn main() {
    functions::start(functions::handlers::refunds::settle::FUNCTION);
}
