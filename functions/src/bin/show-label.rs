//! `GET /admin/orders/{order_id}/shipments/{shipment_id}/label`: a link to a label that works now.

fn main() {
    functions::start(functions::handlers::shipments::show_label::FUNCTION);
}
