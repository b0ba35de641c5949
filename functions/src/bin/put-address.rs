//! `PUT /addresses/{address_id}`: adds an address to the caller's book, or replaces it.

fn main() {
    functions::start(functions::handlers::addresses::put::FUNCTION);
}
