//! Order Management API.

use serde_json::json;
use tests::{Call, order_body};

use super::{Story, fill_cart, sell, shop_at};
use crate::support::{get, money};

/// 2025-06-27T12:00:00Z, when the document's order was placed.
const PLACED: i64 = 1_751_025_600;

#[tokio::test]
async fn orders_are_created_from_a_cart_paid_later_read_listed_cancelled_and_shipped() {
    let shop = shop_at(PLACED);
    shop.warehouse("north").await;
    let product = |name: &str, price: &str| json!({"name": name, "price": price, "currency": "USD", "weight_grams": 300});
    sell(&shop, &[("p001", product("Wireless Mouse", "25.00")), ("p002", product("Keyboard", "64.99"))])
        .await;
    let user = shop.customer("user789");
    let mut story = Story::of("order_management", &shop);
    let cart = fill_cart(&shop, &user, &[("p001", 1), ("p002", 1)]).await;
    story.names.insert("cart_id", cart);
    let created = story.send("create", &user).await;
    assert_eq!(money(&shop), (0, 0), "nothing is taken yet");
    story.send("pay", &user).await;
    shop.finish().await;
    let read = story.send("get", &user).await;
    let by_staff = get(&shop, &shop.admin(), &created.order_id()).await;
    assert_eq!(read.body["total_amount"], by_staff.body["total_amount"]);
    story.send("list", &user).await;
    story.send("list_of_user", &shop.admin()).await;
    story.send("cancel", &user).await;
    shop.finish().await;
    assert_eq!((money(&shop), shop.units("p001"), shop.units("p002")), ((8_999, 8_999), (100, 0), (100, 0)));
    let another = order_body("p001", 1, "pm_card_visa");
    story.another_order(Call::post("/api/v1/orders").token(&user).key("another").json(&another)).await;
    for request in ["status", "status_conflict"] {
        story.send(request, &shop.admin()).await;
    }
    assert_eq!((money(&shop), shop.units("p001")), ((11_499, 8_999), (99, 0)));
    story.end();
}
