//! Plans the parcels of confirmed orders.

fn main() {
    functions::start(functions::handlers::workers::fulfillment::FUNCTION);
}
