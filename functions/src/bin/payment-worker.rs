//! Brings payments and stock holds that hang to an end.

fn main() {
    functions::start(functions::handlers::workers::payment::FUNCTION);
}
