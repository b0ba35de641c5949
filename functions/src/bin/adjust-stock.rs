//! `POST /admin/products/{product_id}/stock`: books a change of stock.

fn main() {
    functions::start(functions::handlers::products::adjust_stock::FUNCTION);
}
