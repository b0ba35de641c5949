//! Labels that are bought, and what the carrier tells about parcels.

use serde_json::json;

use super::Told;
use super::steps::{at_rest, bought, buy, id_of, simple_shop, two_bottles};
use crate::audit::Ending;
use crate::audit::mail::{CONFIRMED, DELIVERED, RECEIVED, SHIPPED};
use crate::world::World;

/// Nobody hears of the parcel before it has arrived; then everything is told twice, and the last first. However often a call breaks,
/// one label is bought, and the order is delivered once.
pub async fn told_out_of_order(world: &World) -> Told {
    simple_shop(world).await;
    world.shop.settings(&json!({"fulfillment": {"buy_labels": true}})).await;
    let placing = two_bottles(world, "pm_card_visa");
    let placed = buy(world, &placing).await;
    let shippo = &world.shop.twin.cloud.shippo;
    shippo.hold_webhooks_until(world.shop.twin.cloud.clock.now().plus_seconds(700).datetime());
    shippo.double_webhooks(true);
    shippo.reverse_webhooks(true);
    world.arm();
    at_rest(world).await;
    for _ in 0..6 {
        world.pass(210).await;
    }
    let now = world.shop.twin.cloud.clock.now().datetime();
    let labels = shippo.labels(now);
    let sold = labels.iter().filter(|label| label["status"] == "SUCCESS").count();
    let mails = vec![RECEIVED, CONFIRMED, SHIPPED, DELIVERED];
    let mut told = Told::well(Ending { status: "delivered", mails, ..bought() }, vec![(placing, &[200])]);
    if sold != 1 {
        told.wrong.push(format!("{}: {sold} labels were bought: {labels:?}", id_of(&placed)));
    }
    told
}
