//! `POST /guest/orders/{order_token}/payments`: pays a guest's order.

fn main() {
    functions::start(functions::handlers::guests::pay::FUNCTION);
}
