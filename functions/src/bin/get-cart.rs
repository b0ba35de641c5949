//! `GET /cart`: what is in the cart and what it would cost.

fn main() {
    functions::start(functions::handlers::carts::get::FUNCTION);
}
