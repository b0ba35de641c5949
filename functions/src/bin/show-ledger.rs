//! `GET /admin/orders/{order_id}/ledger`: every cent of an order, explained.

fn main() {
    functions::start(functions::handlers::orders::show_ledger::FUNCTION);
}
