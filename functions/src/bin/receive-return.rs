//! `POST /admin/orders/{order_id}/returns/{return_id}/receive`: takes in what arrived.

fn main() {
    functions::start(functions::handlers::returns::receive::FUNCTION);
}
