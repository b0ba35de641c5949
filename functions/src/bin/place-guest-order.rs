//! `POST /guest/orders`: places an order without an account.

fn main() {
    functions::start(functions::handlers::guests::place::FUNCTION);
}
