//! `GET /addresses`: the caller's address book.

fn main() {
    functions::start(functions::handlers::addresses::list::FUNCTION);
}
