//! `PUT /admin/products/{product_id}`: creates or replaces a product.

fn main() {
    functions::start(functions::handlers::products::put::FUNCTION);
}
