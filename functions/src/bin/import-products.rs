//! `POST /admin/products/import`: creates or replaces many products.

fn main() {
    functions::start(functions::handlers::products::import::FUNCTION);
}
