//! `GET /orders`: the caller's orders.

fn main() {
    functions::start(functions::handlers::orders::list::FUNCTION);
}
