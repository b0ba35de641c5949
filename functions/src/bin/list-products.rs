//! `GET /products`: the catalogue.

fn main() {
    functions::start(functions::handlers::products::list::FUNCTION);
}
