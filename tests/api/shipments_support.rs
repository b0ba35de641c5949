//! What tests about parcels have in common: requests of staff, and a count of every unit that is made each time that it is asked for.

use serde_json::{Value, json};
use tests::{Call, Shop, order_body};

use crate::refunds_support::by_staff;
use crate::support::place;

/// A shop with three mugs in the north and two in the south, and ten plates in the north; and the token of Alice.
pub async fn two_houses() -> (Shop, String) {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 3).await;
    shop.stock("mug", "12.50", "south", 2).await;
    shop.stock("plate", "5.00", "north", 10).await;
    let alice = shop.customer("alice");
    (shop, alice)
}

/// Alice's order of four mugs and four plates, paid in this way and prepared: three mugs and the plates come from the north, one
/// mug from the south.
pub async fn bought(shop: &Shop, payment: &str) -> String {
    let mut body = order_body("mug", 4, payment);
    body["lines"] = json!([{"product_id": "mug", "quantity": 4}, {"product_id": "plate", "quantity": 4}]);
    let placed = shop.send(place(&shop.customer("alice"), "k1", &body)).await;
    assert_eq!((placed.status, &placed.body["total_amount"]), (201, &json!("70.00")), "{placed:?}");
    shop.finish().await;
    placed.order_id()
}

/// `POST /admin/orders/{id}/fulfill`.
pub fn fulfill(shop: &Shop, id: &str, key: &str, body: &Value) -> Call {
    Call::post(&format!("/api/v1/admin/orders/{id}/fulfill")).token(&shop.admin()).key(key).json(body)
}

/// `PATCH /admin/orders/{id}/shipments/{parcel}`.
pub fn change(shop: &Shop, id: &str, parcel: u64, body: &Value) -> Call {
    let path = format!("/api/v1/admin/orders/{id}/shipments/{parcel}");
    Call::new("PATCH", &path).token(&shop.admin()).json(body)
}

/// Staff moves a parcel on; the order afterwards.
pub async fn moved(shop: &Shop, id: &str, parcel: u64, status: &str) -> Value {
    let moved = shop.send(change(shop, id, parcel, &json!({ "status": status }))).await;
    assert_eq!(moved.status, 200, "{moved:?}");
    counted(shop, id).await
}

/// Number and status of an order's parcels.
pub fn stand(order: &Value) -> Vec<(u64, &str)> {
    let all = order["shipments"].as_array().expect("parcels");
    let one = |shipment| -> Option<(u64, &str)> {
        let shipment: &Value = shipment;
        Some((shipment["shipment_id"].as_u64()?, shipment["status"].as_str()?))
    };
    all.iter().map(|shipment| one(shipment).expect("a number and a status")).collect()
}

/// Units of a line in parcels of this order that are so far.
fn in_parcels(order: &Value, line: &Value, statuses: &[&str]) -> u64 {
    let parcels = order["shipments"].as_array().into_iter().flatten();
    let so_far = parcels.filter(|parcel| statuses.iter().any(|status| parcel["status"] == *status));
    let lines = so_far.flat_map(|parcel| parcel["lines"].as_array().into_iter().flatten());
    lines.filter(|units| units["line_id"] == *line).filter_map(|units| units["quantity"].as_u64()).sum()
}

/// The order as staff sees it, after every unit of it was counted: ordered are those that are open, packed, on their way, delivered
/// and called off; the parcels say the same; and what has not left is what the warehouses hold.
pub async fn counted(shop: &Shop, id: &str) -> Value {
    let order = by_staff(shop, id).await;
    let mut held = 0;
    for line in order["lines"].as_array().expect("lines") {
        // A number that is left out is none.
        let number = |name: &str| line[name].as_u64().unwrap_or_default();
        let (packed, gone, cancelled) =
            (number("packed_quantity"), number("shipped_quantity"), number("cancelled_quantity"));
        let in_parcels = |statuses: &[&str]| in_parcels(&order, &line["line_id"], statuses);
        let open = number("quantity").checked_sub(packed + gone + cancelled);
        let open = open.unwrap_or_else(|| panic!("more went than was ordered: {line:#}"));
        assert_eq!(packed, in_parcels(&["packed"]), "{order:#}");
        assert_eq!(gone, in_parcels(&["shipped", "delivered"]), "{order:#}");
        assert_eq!(number("delivered_quantity"), in_parcels(&["delivered"]), "{order:#}");
        let planned = if order["status"] == "confirmed" { 0 } else { open };
        assert_eq!(planned, in_parcels(&["planned"]), "{order:#}");
        held += open + packed;
    }
    let units = shop.units("mug").1 + shop.units("plate").1;
    assert_eq!(units, i64::try_from(held).expect("a few"), "what has not left is held: {order:#}");
    order
}
