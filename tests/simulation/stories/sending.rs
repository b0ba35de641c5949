//! Sending orders in parts.

use serde_json::{Value, json};
use tests::Call;

use super::Told;
use super::steps::{
    CART_TOTAL_CENTS, at_rest, buy_the_cart, by_staff, cart_bought, cart_shop, id_of, the_cart,
};
use crate::audit::Ending;
use crate::audit::mail::{CONFIRMED, DELIVERED, PART_DELIVERED, PART_SENT, RECEIVED, SHIPPED};
use crate::world::World;

/// Four of five bottles lie in two buckets of one house, one in another house. Two leave first; the others follow, and each parcel
/// arrives on its own.
pub async fn in_parts(world: &World) -> Told {
    cart_shop(world).await;
    let id = id_of(&buy_the_cart(world).await);
    at_rest(world).await;
    world.arm();
    let part = json!({"lines": [{"line_id": 1, "quantity": 2}], "courier": "PostNL"});
    let steps = [
        by_staff(world, &id, "fulfill").key("part").json(&part),
        by_staff(world, &id, "fulfill").key("rest").json(&json!({})),
    ];
    let (mut wrong, mut parcels) = (Vec::new(), Vec::new());
    for step in &steps {
        let answer = world.client(step).await;
        if !matches!(answer.status, 200 | 201) {
            wrong.push(format!("{step:?} is answered with {answer:?}"));
        }
        parcels = answer.body["shipments"].as_array().cloned().unwrap_or_default();
        world.pass(1).await;
    }
    let arrivals: Vec<Call> = parcels.iter().map(|parcel| arrives(world, &id, parcel)).collect();
    for (at, arrival) in arrivals.iter().enumerate() {
        let answer = world.client(arrival).await;
        let status = if at + 1 < arrivals.len() { "shipped" } else { "delivered" };
        if answer.status != 200 || answer.body["status"] != status {
            wrong.push(format!("{arrival:?} is answered with {answer:?}"));
        }
        world.pass(1).await;
    }
    let mails = vec![RECEIVED, CONFIRMED, PART_SENT, SHIPPED, PART_DELIVERED, PART_DELIVERED, DELIVERED];
    let ending = Ending { status: "delivered", kept: CART_TOTAL_CENTS, mails, ..cart_bought() };
    let again = steps.into_iter().chain(arrivals).chain([the_cart(world)]);
    Told { endings: vec![ending], again: again.map(|step| (step, &[200][..])).collect(), wrong }
}

/// The request of staff that says that a parcel has arrived.
fn arrives(world: &World, id: &str, parcel: &Value) -> Call {
    let path = format!("/api/v1/admin/orders/{id}/shipments/{}", parcel["shipment_id"]);
    Call::new("PATCH", &path).token(&world.shop.admin()).json(&json!({"status": "delivered"}))
}
