//! Numbers the bills of orders.

fn main() {
    functions::start(functions::handlers::workers::invoice::FUNCTION);
}
