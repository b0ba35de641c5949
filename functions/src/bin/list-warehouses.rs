//! `GET /admin/warehouses`: the store's warehouses.

fn main() {
    functions::start(functions::handlers::warehouses::list::FUNCTION);
}
