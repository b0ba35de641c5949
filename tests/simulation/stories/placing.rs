//! Placing orders, and paying them.

use serde_json::json;

use super::Told;
use super::steps::{
    alice, at_rest, bought, buy, buy_the_cart, by_customer, cart_bought, cart_shop, id_of, moving, shop_with,
    simple_shop, the_cart, two_bottles,
};
use crate::audit::Ending;
use crate::audit::mail::{CANCELLED, CONFIRMED, DECLINED, RECEIVED, SHIPPED};
use crate::world::World;
use tests::{Call, order_body};

pub async fn from_the_cart(world: &World) -> Told {
    cart_shop(world).await;
    world.arm();
    buy_the_cart(world).await;
    Told::well(cart_bought(), vec![(the_cart(world), &[200])])
}

pub async fn by_card(world: &World) -> Told {
    simple_shop(world).await;
    world.arm();
    let placing = two_bottles(world, "pm_card_visa");
    buy(world, &placing).await;
    Told::well(bought(), vec![(placing, &[200])])
}

pub async fn by_cod(world: &World) -> Told {
    simple_shop(world).await;
    world.arm();
    let placing = two_bottles(world, "cod");
    buy(world, &placing).await;
    Told::well(Ending { kept: 0, ..bought() }, vec![(placing, &[200])])
}

pub async fn declined(world: &World) -> Told {
    simple_shop(world).await;
    world.arm();
    let placing = two_bottles(world, "pm_card_visa_chargeDeclined");
    buy(world, &placing).await;
    let given_up =
        Ending { status: "cancelled", kept: 0, mails: vec![RECEIVED, DECLINED, CANCELLED], ..bought() };
    Told::well(given_up, vec![(placing, &[200, 402])])
}

pub async fn never_confirmed(world: &World) -> Told {
    simple_shop(world).await;
    world.arm();
    let placing = two_bottles(world, "pm_card_threeDSecure2Required");
    buy(world, &placing).await;
    let given_up = Ending { status: "cancelled", kept: 0, mails: vec![RECEIVED, CANCELLED], ..bought() };
    Told::well(given_up, vec![(placing, &[200])])
}

/// While the provider is still at the first payment there is no second one.
pub async fn declined_and_retried(world: &World) -> Told {
    simple_shop(world).await;
    world.arm();
    let placing = two_bottles(world, "pm_card_visa_chargeDeclined");
    let placed = buy(world, &placing).await;
    let card = json!({"method": "card", "payment_method_id": "pm_card_visa"});
    let paying = by_customer(world, &id_of(&placed), "payments").key("pay-1").json(&card);
    let paid = world.patient_client(&paying, |answer| answer.status != 409).await;
    // Nobody is told of a card that is history when the mail is written.
    let mails = [vec![RECEIVED, DECLINED, CONFIRMED], vec![RECEIVED, CONFIRMED]];
    let endings = mails.map(|mails| Ending { mails, ..bought() }).to_vec();
    let mut told = Told { endings, again: vec![(paying, &[200]), (placing, &[200])], wrong: vec![] };
    if paid.status != 200 {
        told.wrong.push(format!("the second card is answered with {paid:?}"));
    }
    told
}

pub async fn paid_later(world: &World) -> Told {
    shop_with(world, &json!({"return_origins": ["https://shop.example"]})).await;
    world.arm();
    let mut body = order_body("bottle", 2, "");
    body.as_object_mut().expect("an object").remove("payment");
    body["create_payment"] = json!(false);
    let placing = Call::post("/api/v1/orders").token(&alice(world)).key("key-1").json(&body);
    let placed = buy(world, &placing).await;
    let payment = json!({"method": "redirect", "redirect_url": "https://shop.example/thanks"});
    let pay = by_customer(world, &id_of(&placed), "payments").key("pay-1").json(&payment);
    let mut paying = world.client(&pay).await;
    // The provider may be down for a moment; the order stands, and asking again goes on.
    for _ in 0..5 {
        if paying.body["payment"]["payment_url"].is_string() {
            break;
        }
        world.pass(1).await;
        paying = world.client(&pay).await;
    }
    world.pay_on(paying.body["payment"]["payment_url"].as_str().expect("a page to pay on"));
    Told::well(bought(), vec![(placing, &[200])])
}

/// The work behind a placed order.
pub async fn fulfilled(world: &World) -> Told {
    simple_shop(world).await;
    let placing = two_bottles(world, "pm_card_visa");
    buy(world, &placing).await;
    world.arm();
    Told::well(bought(), vec![(placing, &[200])])
}

/// Nothing is taken before the order leaves.
pub async fn captured_at_shipment(world: &World) -> Told {
    shop_with(world, &json!({"capture": "at_shipment"})).await;
    world.arm();
    let placing = two_bottles(world, "pm_card_visa");
    let placed = buy(world, &placing).await;
    at_rest(world).await;
    let shipping = moving(world, &id_of(&placed), "shipped");
    let shipped = world.patient_client(&shipping, |answer| answer.status != 409).await;
    let mut told = Told::well(
        Ending { status: "shipped", mails: vec![RECEIVED, CONFIRMED, SHIPPED], ..bought() },
        vec![(shipping, &[200]), (placing, &[200])],
    );
    if shipped.status != 200 {
        told.wrong.push(format!("it cannot be shipped: {shipped:?}"));
    }
    told
}
