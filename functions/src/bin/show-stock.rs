//! `GET /admin/products/{product_id}/stock`: what each warehouse has of a product.

fn main() {
    functions::start(functions::handlers::products::show_stock::FUNCTION);
}
