//! `PATCH /admin/orders/{order_id}/shipments/{shipment_id}`: moves one parcel on, or says who carries it.

fn main() {
    functions::start(functions::handlers::shipments::change::FUNCTION);
}
