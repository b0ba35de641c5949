//! `GET /admin/orders/{order_id}/events`: everything that happened to an order.

fn main() {
    functions::start(functions::handlers::orders::list_events::FUNCTION);
}
