//! `POST /admin/orders/{order_id}/returns/{return_id}/reject`: does not let the customer send it.

fn main() {
    functions::start(functions::handlers::returns::reject::FUNCTION);
}
