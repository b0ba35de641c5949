//! What the stories have in common: two shops, and orders in them that are ready for what is to come.

use serde_json::{Value, json};
use tests::{Answer, Call, order, order_body};

use crate::audit::Ending;
use crate::audit::mail::{CONFIRMED, RECEIVED};
use crate::world::World;

/// Units that the simple shop received.
pub const UNITS: i64 = 100;
/// Two bottles of 25.00.
pub const TOTAL_CENTS: i64 = 5_000;
/// Units that the shop with carts received.
pub const CART_UNITS: i64 = 7;
/// Five bottles of 25.00 less 10 %, and 4.95 for delivery; tax is included.
pub const CART_TOTAL_CENTS: i64 = 11_745;
/// Two of these bottles, of 22.50 each.
pub const TWO_OF_FIVE_CENTS: i64 = 4_500;

/// Two bottles were bought, and paid.
pub fn bought() -> Ending {
    Ending {
        orders: 1,
        status: "preparing",
        kept: TOTAL_CENTS,
        received: UNITS,
        mails: vec![RECEIVED, CONFIRMED],
        coupon_uses: 0,
    }
}

/// The cart was bought, and paid.
pub fn cart_bought() -> Ending {
    Ending { kept: CART_TOTAL_CENTS, received: CART_UNITS, coupon_uses: 1, ..bought() }
}

/// The customer's token.
pub fn alice(world: &World) -> String {
    world.shop.customer("alice")
}

/// A shop with bottles in one warehouse.
pub async fn simple_shop(world: &World) {
    shop_with(world, &json!({})).await;
}

/// A shop with bottles in one warehouse, and payment settings of its own.
pub async fn shop_with(world: &World, payment: &Value) {
    world.shop.stock("bottle", "25.00", "north", UNITS).await;
    world.shop.settings(&json!({"payment": payment})).await;
}

/// A shop with tax, delivery and two warehouses, one of which has its stock in two buckets; and a coupon that has uses left for
/// one order of one customer.
pub async fn cart_shop(world: &World) {
    let shop = &world.shop;
    shop.stock("bottle", "25.00", "north", 4).await;
    shop.stock("bottle", "25.00", "south", 3).await;
    let admin = shop.admin();
    let split = Call::post("/api/v1/admin/products/bottle/stock/split").token(&admin);
    let split = shop.send(split.json(&json!({"warehouse_id": "north", "buckets": 2}))).await;
    assert_eq!(split.status, 200, "{split:?}");
    let standard = json!({"id": "standard", "name": "Standard", "zones": [
        {"countries": ["NL"], "transit_days": 2, "bands": [{"up_to_grams": 30_000, "price": "4.95"}]}]});
    let vat = json!({"countries": ["NL"], "rates": {"standard": [{"name": "VAT", "rate": "21"}]}});
    let taxes = json!({"prices_include_tax": true, "classes": ["standard"], "zones": [vat]});
    shop.settings(&json!({"currency": "EUR", "country": "NL", "tax": taxes, "shipping_methods": [standard]}))
        .await;
    let coupon = json!({"percent": "10", "max_uses": 1, "max_uses_per_customer": 1});
    let put = Call::put("/api/v1/admin/coupons/SPRING").token(&admin).json(&coupon);
    let put = shop.send(put).await;
    assert_eq!(put.status, 201, "{put:?}");
}

/// The order of two bottles by this card.
pub fn two_bottles(world: &World, card: &str) -> Call {
    order(&alice(world), "key-1", "bottle", 2, card)
}

/// The order of the cart.
pub fn the_cart(world: &World) -> Call {
    let mut body = order_body("bottle", 2, "pm_card_visa");
    body.as_object_mut().expect("an object").remove("lines");
    body["coupon_code"] = json!("spring");
    Call::post("/api/v1/orders").token(&alice(world)).key("key-1").json(&body)
}

/// Puts five bottles into the cart, and buys it. A cart is a cart whatever is repeated: the line says how many, not how many more.
pub async fn buy_the_cart(world: &World) -> Answer {
    let line = Call::put("/api/v1/cart/lines/bottle").token(&alice(world)).json(&json!({"quantity": 5}));
    let cart = world.client(&line).await;
    assert_eq!(cart.status, 200, "{cart:?}");
    buy(world, &the_cart(world)).await
}

/// Places an order, which the shop takes whatever becomes of its payment.
pub async fn buy(world: &World, placing: &Call) -> Answer {
    let answer = world.client(placing).await;
    assert!(matches!(answer.status, 200 | 201 | 402), "{answer:?}");
    answer
}

/// The id of an order that is placed, also if its payment was declined.
pub fn id_of(answer: &Answer) -> String {
    let order = if answer.status == 402 { &answer.body["order"] } else { &answer.body };
    order["order_id"].as_str().expect("an order").to_owned()
}

/// Lets everything that a new order has to wait for happen, up to the payment worker's look at it.
pub async fn at_rest(world: &World) {
    world.work().await;
    world.pass(61).await;
}

/// Brings an order to the customer. The answer to the last step.
pub async fn deliver(world: &World, id: &str) {
    for status in ["shipped", "delivered"] {
        let moved = move_to(world, id, status).await;
        assert_eq!(moved.status, 200, "{moved:?}");
        world.work().await;
    }
}

/// Staff moves an order on.
pub async fn move_to(world: &World, id: &str, status: &str) -> Answer {
    world.client(&moving(world, id, status)).await
}

/// The request of staff that moves an order on.
pub fn moving(world: &World, id: &str, status: &str) -> Call {
    let path = format!("/api/v1/orders/{id}/status");
    Call::new("PATCH", &path).token(&world.shop.admin()).json(&json!({"status": status}))
}

/// Something that staff asks of an order, by the last part of its path.
pub fn by_staff(world: &World, id: &str, what: &str) -> Call {
    Call::post(&format!("/api/v1/admin/orders/{id}/{what}")).token(&world.shop.admin())
}

/// Something that the customer asks of an order, by the last part of its path.
pub fn by_customer(world: &World, id: &str, what: &str) -> Call {
    Call::post(&format!("/api/v1/orders/{id}/{what}")).token(&alice(world))
}
