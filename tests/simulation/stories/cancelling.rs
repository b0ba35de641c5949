//! Calling orders off, and parts of them.

use serde_json::json;
use tests::Call;

use super::Told;
use super::steps::{
    CART_TOTAL_CENTS, TWO_OF_FIVE_CENTS, at_rest, bought, buy, buy_the_cart, by_customer, cart_bought,
    cart_shop, id_of, simple_shop, the_cart, two_bottles,
};
use crate::audit::Ending;
use crate::audit::mail::{CANCELLED, CONFIRMED, PART_OFF, RECEIVED, REFUND};
use crate::world::World;

pub async fn paid(world: &World) -> Told {
    simple_shop(world).await;
    let placing = two_bottles(world, "pm_card_visa");
    let placed = buy(world, &placing).await;
    let off = Ending { kept: 0, ..bought() };
    cancelled(world, &id_of(&placed), off, placing, "50.00").await
}

pub async fn from_the_cart(world: &World) -> Told {
    cart_shop(world).await;
    let placed = buy_the_cart(world).await;
    let off = Ending { kept: 0, coupon_uses: 0, ..cart_bought() };
    cancelled(world, &id_of(&placed), off, the_cart(world), "117.45").await
}

async fn cancelled(world: &World, id: &str, off: Ending, placing: Call, total: &str) -> Told {
    at_rest(world).await;
    world.arm();
    let cancel = by_customer(world, id, "cancel");
    let answer = world.client(&cancel).await;
    let mails = vec![RECEIVED, CONFIRMED, CANCELLED, REFUND];
    let off = Ending { status: "cancelled", mails, ..off };
    let mut told = Told::well(off, vec![(cancel, &[200]), (placing, &[200])]);
    if answer.status != 200 || answer.body["refund_amount"] != total {
        told.wrong.push(format!("cancelling is answered with {answer:?}"));
    }
    told
}

/// Two of five bottles, from several warehouses and buckets. The coupon stays used.
pub async fn a_part(world: &World) -> Told {
    cart_shop(world).await;
    let placed = buy_the_cart(world).await;
    at_rest(world).await;
    world.arm();
    let cancel = by_customer(world, &id_of(&placed), "cancel").key("off-1");
    let cancel = cancel.json(&json!({"lines": [{"line_id": 1, "quantity": 2}]}));
    let answer = world.client(&cancel).await;
    let rest = Ending {
        kept: CART_TOTAL_CENTS - TWO_OF_FIVE_CENTS,
        mails: vec![RECEIVED, CONFIRMED, PART_OFF, REFUND],
        ..cart_bought()
    };
    let mut told = Told::well(rest, vec![(cancel, &[200]), (the_cart(world), &[200])]);
    if answer.status != 200 || answer.body["refund_amount"] != "45.00" {
        told.wrong.push(format!("cancelling a part is answered with {answer:?}"));
    }
    told
}

/// The customer cancels, and confirms the payment with the bank at the same time: so many calls later. Whoever is first, the
/// order is off in the end, and what was taken goes back.
pub async fn against_webhook(world: &World, later: usize) -> Told {
    simple_shop(world).await;
    let placing = two_bottles(world, "pm_card_threeDSecure2Required");
    let placed = buy(world, &placing).await;
    at_rest(world).await;
    world.arm();
    let cancel = by_customer(world, &id_of(&placed), "cancel");
    let confirmed = async {
        for _ in 0..later {
            tokio::task::yield_now().await;
        }
        world.authenticate();
        world.webhooks().await;
    };
    let (answer, ()) = world.race(async { tokio::join!(world.client(&cancel), confirmed) }).await;
    let off =
        |mails: &[&'static str]| Ending { status: "cancelled", kept: 0, mails: mails.to_vec(), ..bought() };
    let mut told = Told {
        endings: vec![
            // Too late for the bank; in time for it, too late for the shop; in time for both.
            off(&[RECEIVED, CANCELLED]),
            off(&[RECEIVED, CANCELLED, REFUND]),
            off(&[RECEIVED, CONFIRMED, CANCELLED, REFUND]),
        ],
        again: vec![(cancel, &[200]), (placing, &[200])],
        wrong: vec![],
    };
    if answer.status != 200 {
        told.wrong.push(format!("cancelling is answered with {answer:?}"));
    }
    told
}
