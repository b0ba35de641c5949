//! `GET /guest/orders/{order_token}`: a guest's order, by the token in the mail.

fn main() {
    functions::start(functions::handlers::guests::get::FUNCTION);
}
