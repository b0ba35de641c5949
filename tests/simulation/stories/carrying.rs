//! Labels that are bought, and what the carrier tells about parcels.

use serde_json::json;

use super::Told;
use super::steps::{at_rest, bought, buy, by_customer, id_of, simple_shop, two_bottles};
use crate::audit::Ending;
use crate::audit::mail::{CANCELLED, CONFIRMED, DELIVERED, RECEIVED, REFUND, SHIPPED};
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

/// The order is called off when its label is bought. The carrier takes its time, and has scanned the parcel if it is asked late: the log
/// says in the end whether the label was taken back, and it was asked for.
pub async fn given_back(world: &World) -> Told {
    simple_shop(world).await;
    world.shop.settings(&json!({"fulfillment": {"buy_labels": true}})).await;
    let placing = two_bottles(world, "pm_card_visa");
    let placed = buy(world, &placing).await;
    world.work().await;
    let shippo = &world.shop.twin.cloud.shippo;
    shippo.hold_webhooks_until(world.shop.twin.cloud.clock.now().plus_seconds(10_000).datetime());
    world.arm();
    let cancel = by_customer(world, &id_of(&placed), "cancel");
    let answer = world.client(&cancel).await;
    for _ in 0..6 {
        world.pass(210).await;
    }
    let labels = shippo.labels(world.shop.twin.cloud.clock.now().datetime());
    let stand = labels.iter().map(|label| label["status"].as_str().unwrap_or_default()).collect::<Vec<_>>();
    let orders = world.shop.twin.orders();
    let known = orders.iter().flat_map(|order| order.labels().into_values());
    let known = known.map(|label| label.as_str()).collect::<Vec<_>>();
    let mails = vec![RECEIVED, CONFIRMED, CANCELLED, REFUND];
    let off = Ending { status: "cancelled", kept: 0, mails, ..bought() };
    let mut told = Told::well(off, vec![(cancel, &[200]), (placing, &[200])]);
    if answer.status != 200 {
        told.wrong.push(format!("cancelling is answered with {answer:?}"));
    }
    if !matches!((&*stand, &*known), (["REFUNDED"], ["voided"]) | (["REFUNDREJECTED"], ["failed"])) {
        told.wrong.push(format!("labels are {stand:?} at the carrier, and {known:?} in the log"));
    }
    told
}
