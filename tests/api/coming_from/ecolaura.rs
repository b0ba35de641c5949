//! Ecolaura Orders API.

use serde_json::json;
use tests::{Call, Shop};

use super::{Story, fill_cart, sell, shop_at};
use crate::support::{assert_problem, mails, money};

/// 2023-09-01T10:00:00Z, when the document's order was placed.
const PLACED: i64 = 1_693_562_400;
/// From then to 2023-09-03T14:30:00Z, when it was shipped, in seconds.
const SHIPPED_AFTER: i64 = 52 * 3_600 + 30 * 60;

/// Two bottles and a trailer: 25 kg, of which a thousand kilometres at 100 g/tkm are 2.5 kg CO2e.
async fn shop() -> Shop {
    let shop = shop_at(PLACED);
    shop.settings(&json!({
        "currency": "USD",
        "shipping_methods": [{"id": "train", "name": "By train",
            "zones": [{"bands": [{"up_to_grams": 100_000, "price": "0.00"}], "transit_days": 14}]}],
        "eco": {"offset_transport": true, "trees_per_order": 1},
    }))
    .await;
    let north = json!({"name": "North", "place": {"country": "CR", "city": "Puntarenas"},
        "areas": [{"distance_km": 1000, "g_per_tkm": 100}]});
    let north = Call::put("/api/v1/admin/warehouses/north").token(&shop.admin()).json(&north);
    assert_eq!(shop.send(north).await.status, 201);
    let product = |name: &str, price: &str, grams: u32| json!({"name": name, "price": price, "currency": "USD", "weight_grams": grams});
    sell(
        &shop,
        &[
            ("prod_123456", product("Eco-Friendly Water Bottle", "25.00", 500)),
            ("prod_654321", product("Bicycle Trailer", "100.00", 24_000)),
        ],
    )
    .await;
    shop
}

#[tokio::test]
async fn orders_are_created_from_the_cart_read_listed_cancelled_and_shipped() {
    let shop = shop().await;
    let alice = shop.customer("alice");
    fill_cart(&shop, &alice, &[("prod_123456", 2), ("prod_654321", 1)]).await;
    let mut story = Story::of("ecolaura", &shop);
    story.send("create", &alice).await;
    shop.finish().await;
    story.send("get", &alice).await;
    story.send("list", &alice).await;
    assert_eq!((money(&shop), shop.units("prod_123456")), ((15_000, 0), (98, 2)));
    story.send("cancel", &alice).await;
    shop.finish().await;
    assert_eq!((money(&shop), shop.units("prod_123456")), ((15_000, 15_000), (100, 0)));
    assert_eq!(mails(&shop, "cancel").len(), 1, "{:?}", shop.twin.cloud.ses.mails());
    fill_cart(&shop, &alice, &[("prod_123456", 2)]).await;
    let card = json!({"method": "card", "payment_method_id": "pm_card_visa"});
    let another = json!({"payment": card, "shipping_address": {"street": "123 Eco Street", "city": "Green City", "country": "CR"}});
    story.another_order(Call::post("/api/v1/orders").token(&alice).key("another").json(&another)).await;
    shop.twin.cloud.clock.advance(SHIPPED_AFTER * 1_000);
    story.send("status", &shop.admin()).await;
    shop.finish().await;
    assert_eq!(shop.units("prod_123456"), (98, 0), "they have left");
    assert_eq!(mails(&shop, "is on its way").len(), 1);
    story.end();
}

#[tokio::test]
async fn what_is_short_and_a_declined_card_are_the_problems_that_the_page_names() {
    let shop = shop().await;
    let alice = shop.customer("alice");
    let place = |key: &str, quantity: u32, card: &str| {
        let body = json!({
            "lines": [{"product_id": "prod_123456", "quantity": quantity}],
            "shipping_address": {"street": "123 Eco Street", "city": "Green City", "zip": "12345", "country": "CR"},
            "payment": {"method": "card", "payment_method_id": card},
        });
        shop.send(Call::post("/api/v1/orders").token(&alice).key(key).json(&body))
    };
    assert_problem(&place("k1", 101, "pm_card_visa").await, 409, "out_of_stock");
    assert_problem(&place("k2", 1, "pm_card_chargeDeclined").await, 402, "payment_declined");
    assert_eq!(money(&shop), (0, 0));
}
