//! api.orders.

use serde_json::json;
use tests::{Call, order};

use super::{Story, fill_cart};
use crate::support::{assert_problem, mails, money, shop};

#[tokio::test]
async fn a_cart_is_checked_out_found_tracked_and_cancelled_and_another_order_sent() {
    let (shop, jane) = shop().await;
    fill_cart(&shop, &jane, &[("mug", 2)]).await;
    let mut story = Story::of("api_orders", &shop);
    let placed = story.send("checkout", &jane).await;
    let cart = shop.send(Call::get("/api/v1/cart").token(&jane)).await;
    assert_eq!(cart.body["lines"], json!([]), "the order has closed the cart");
    shop.finish().await;
    let number = placed.body["order_number"].as_str().expect("a number");
    assert_eq!(mails(&shop, number).len(), 2, "placed, and confirmed: {:?}", shop.twin.cloud.ses.mails());
    for request in ["get", "by_number", "list", "track"] {
        story.send(request, &jane).await;
    }
    let foreign = Call::get(&format!("/api/v1/orders/number/{number}")).token(&shop.customer("mallory"));
    assert_problem(&shop.send(foreign).await, 404, "not_found");
    story.send("cancel", &jane).await;
    shop.finish().await;
    assert_eq!((money(&shop), shop.units("mug")), ((2_500, 2_500), (10, 0)));
    story.another_order(order(&jane, "another", "mug", 2, "pm_card_visa")).await;
    for request in ["list_all", "edit"] {
        story.send(request, &shop.admin()).await;
    }
    story.send("fulfill", &shop.admin()).await;
    story.send("cancel_too_late", &jane).await;
    shop.finish().await;
    assert_eq!((money(&shop), shop.units("mug")), ((5_000, 2_500), (8, 0)));
    assert_eq!(mails(&shop, "is on its way").len(), 1);
    story.end();
}
