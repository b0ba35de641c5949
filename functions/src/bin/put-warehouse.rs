//! `PUT /admin/warehouses/{warehouse_id}`: creates or replaces a warehouse.

fn main() {
    functions::start(functions::handlers::warehouses::put::FUNCTION);
}
