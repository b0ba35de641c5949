//! `POST /admin/products/{product_id}/stock/split`: spreads what a warehouse has over buckets.

fn main() {
    functions::start(functions::handlers::products::split_stock::FUNCTION);
}
