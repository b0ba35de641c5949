//! `POST /admin/orders/{order_id}/fulfill`: sends an order, or a part of it.

fn main() {
    functions::start(functions::handlers::shipments::fulfill::FUNCTION);
}
