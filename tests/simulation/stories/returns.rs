//! Sending goods back.

use serde_json::json;

use super::Told;
use super::steps::{
    CART_TOTAL_CENTS, TWO_OF_FIVE_CENTS, at_rest, buy_the_cart, by_customer, by_staff, cart_bought,
    cart_shop, deliver, id_of, the_cart,
};
use crate::audit::Ending;
use crate::audit::mail::{
    CONFIRMED, DELIVERED, RECEIVED, REFUND, RETURN, RETURN_APPROVED, RETURN_ARRIVED, SHIPPED,
};
use crate::world::World;

/// Two of five bottles come back; one can be sold again, one cannot.
pub async fn received_and_refunded(world: &World) -> Told {
    cart_shop(world).await;
    let id = id_of(&buy_the_cart(world).await);
    at_rest(world).await;
    deliver(world, &id).await;
    world.arm();
    let wish = json!({"lines": [{"line_id": 1, "quantity": 2}], "reason": "damaged"});
    let steps = [
        by_customer(world, &id, "returns").key("return-1").json(&wish),
        by_staff(world, &id, "returns/1/approve"),
        by_staff(world, &id, "returns/1/receive")
            .json(&json!({"lines": [{"line_id": 1, "restock": 1, "scrap": 1}]})),
    ];
    let mut wrong = Vec::new();
    for step in &steps {
        let answer = world.client(step).await;
        if !matches!(answer.status, 200 | 201) || answer.body["return_id"] != 1 {
            wrong.push(format!("{step:?} is answered with {answer:?}"));
        }
    }
    let order = &world.shop.twin.orders()[0];
    if order.returns().len() != 1 {
        wrong.push(format!("one return was asked for, the order has {:?}", order.returns()));
    }
    let mails =
        vec![RECEIVED, CONFIRMED, SHIPPED, DELIVERED, RETURN, RETURN_APPROVED, RETURN_ARRIVED, REFUND];
    let kept = CART_TOTAL_CENTS - TWO_OF_FIVE_CENTS;
    let ending = Ending { status: "delivered", kept, mails, ..cart_bought() };
    let again = steps.into_iter().chain([the_cart(world)]).map(|step| (step, &[200][..])).collect();
    Told { endings: vec![ending], again, wrong }
}
