//! `GET /orders/{order_id}/invoice`, `GET /guest/orders/{order_token}/invoice`: the bills of an order, or the PDF of one.

fn main() {
    functions::start(functions::handlers::invoices::get::FUNCTION);
}
