//! Stripe is down for six hours.

use serde_json::json;
use tests::Call;

use super::Told;
use super::steps::{
    TOTAL_CENTS, at_rest, bought, buy, by_customer, by_staff, deliver, id_of, moving, shop_with, simple_shop,
    two_bottles,
};
use crate::audit::Ending;
use crate::audit::mail::{CANCELLED, CONFIRMED, DELIVERED, RECEIVED, REFUND, SHIPPED};
use crate::world::World;
use shared::order::EventKind;

/// The longest that the payment worker may be away: its next look, and the one after it should a process die.
const GRACE_SECONDS: i64 = 30 * 60;

/// A new order waits for Stripe as long as its stock is held, and is given up then.
pub async fn placed(world: &World) -> Told {
    simple_shop(world).await;
    world.arm();
    world.stripe_goes_down();
    let placing = two_bottles(world, "pm_card_visa");
    buy(world, &placing).await;
    given_up(world, placing, &[RECEIVED, CANCELLED]).await
}

/// The customer confirms the payment with the bank, and before the shop hears of it Stripe goes down. The stock is held no
/// longer for that; what was taken is found afterwards, and goes back.
pub async fn confirmed_before(world: &World) -> Told {
    simple_shop(world).await;
    let placing = two_bottles(world, "pm_card_threeDSecure2Required");
    buy(world, &placing).await;
    at_rest(world).await;
    world.arm();
    world.authenticate();
    world.stripe_goes_down();
    given_up(world, placing, &[RECEIVED, CANCELLED, REFUND]).await
}

async fn given_up(world: &World, placing: Call, mails: &[&'static str]) -> Told {
    world.outlast().await;
    let ending = Ending { status: "cancelled", kept: 0, mails: mails.to_vec(), ..bought() };
    let mut told = Told::well(ending, vec![(placing, &[200])]);
    let order = &world.shop.twin.orders()[0];
    let given_up = order.log.iter().find(|event| matches!(event.kind, EventKind::Cancelled { .. }));
    let hold = order.hold_until.expect("a hold").plus_seconds(GRACE_SECONDS);
    if given_up.is_none_or(|event| event.at > hold) {
        told.wrong.push("it is not given up when its hold is over".to_owned());
    }
    told
}

pub async fn cancelled(world: &World) -> Told {
    simple_shop(world).await;
    let placing = two_bottles(world, "pm_card_visa");
    let id = id_of(&buy(world, &placing).await);
    at_rest(world).await;
    world.arm();
    world.stripe_goes_down();
    let cancel = by_customer(world, &id, "cancel");
    let mails = vec![RECEIVED, CONFIRMED, CANCELLED, REFUND];
    let ending = Ending { status: "cancelled", kept: 0, mails, ..bought() };
    answered_at_once(world, cancel, ending, placing).await
}

pub async fn refunded(world: &World) -> Told {
    simple_shop(world).await;
    let placing = two_bottles(world, "pm_card_visa");
    let id = id_of(&buy(world, &placing).await);
    at_rest(world).await;
    deliver(world, &id).await;
    world.arm();
    world.stripe_goes_down();
    let refund = by_staff(world, &id, "refunds").key("refund-1").json(&json!({"amount": "10.00"}));
    let mails = vec![RECEIVED, CONFIRMED, SHIPPED, DELIVERED, REFUND];
    let ending = Ending { status: "delivered", kept: TOTAL_CENTS - 1_000, mails, ..bought() };
    answered_at_once(world, refund, ending, placing).await
}

/// What is reserved is taken when Stripe is back.
pub async fn shipped(world: &World) -> Told {
    shop_with(world, &json!({"capture": "at_shipment"})).await;
    let placing = two_bottles(world, "pm_card_visa");
    let id = id_of(&buy(world, &placing).await);
    at_rest(world).await;
    world.arm();
    world.stripe_goes_down();
    let ship = moving(world, &id, "shipped");
    let ending = Ending { status: "shipped", mails: vec![RECEIVED, CONFIRMED, SHIPPED], ..bought() };
    answered_at_once(world, ship, ending, placing).await
}

/// Whoever asks does not wait for Stripe.
async fn answered_at_once(world: &World, call: Call, ending: Ending, placing: Call) -> Told {
    let answer = world.client(&call).await;
    world.outlast().await;
    let mut told = Told::well(ending, vec![(call, &[200]), (placing, &[200])]);
    if !matches!(answer.status, 200 | 201) {
        told.wrong.push(format!("without Stripe the answer is {answer:?}"));
    }
    told
}
