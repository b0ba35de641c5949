//! Writes to customers.

fn main() {
    functions::start(functions::handlers::workers::email::FUNCTION);
}
