//! `GET /products/{product_id}`: one product.

fn main() {
    functions::start(functions::handlers::products::get::FUNCTION);
}
