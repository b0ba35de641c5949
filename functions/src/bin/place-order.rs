//! `POST /orders`: places an order.

fn main() {
    functions::start(functions::handlers::orders::place::FUNCTION);
}
