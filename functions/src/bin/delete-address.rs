//! `DELETE /addresses/{address_id}`: takes an address out of the caller's book.

fn main() {
    functions::start(functions::handlers::addresses::delete::FUNCTION);
}
