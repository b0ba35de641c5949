//! `POST /admin/orders/{order_id}/parcels/{parcel_id}/label`: has a label bought.

fn main() {
    functions::start(functions::handlers::shipments::request_label::FUNCTION);
}
