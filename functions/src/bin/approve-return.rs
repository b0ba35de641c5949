//! `POST /admin/orders/{order_id}/returns/{return_id}/approve`: lets the customer send it.

fn main() {
    functions::start(functions::handlers::returns::approve::FUNCTION);
}
