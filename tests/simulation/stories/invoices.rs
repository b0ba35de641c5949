//! Numbers of bills.

use tests::order;

use super::Told;
use super::steps::{TOTAL_CENTS, alice, bought, buy, simple_shop, two_bottles};
use crate::audit::Ending;
use crate::audit::mail::{CONFIRMED, RECEIVED};
use crate::world::World;

/// Two orders are due their invoices at the same time, from two workers.
pub async fn numbered(world: &World) -> Told {
    simple_shop(world).await;
    let placings =
        [two_bottles(world, "pm_card_visa"), order(&alice(world), "key-2", "bottle", 2, "pm_card_visa")];
    for placing in &placings {
        buy(world, placing).await;
    }
    world.arm();
    world.at_once("InvoiceQueue").await;
    let mails = vec![RECEIVED, RECEIVED, CONFIRMED, CONFIRMED];
    let both = Ending { orders: 2, kept: 2 * TOTAL_CENTS, mails, ..bought() };
    Told::well(both, placings.map(|placing| (placing, &[200][..])).to_vec())
}
