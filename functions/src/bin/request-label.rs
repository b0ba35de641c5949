//! `POST /admin/orders/{order_id}/shipments/{shipment_id}/label`: has a label bought.

fn main() {
    functions::start(functions::handlers::shipments::request_label::FUNCTION);
}
