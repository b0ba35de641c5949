//! How many orders one customer may place within an hour (P14).

use serde_json::json;
use tests::{Shop, order};

use crate::support::{World, assert_problem, basket, cancel, place, preview};

/// A shop that takes so many orders an hour from one customer.
async fn shop(orders_per_hour: u32) -> Shop {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 1_000).await;
    shop.settings(&json!({"limits": {"orders_per_hour": orders_per_hour}})).await;
    shop
}

fn advance(shop: &Shop, seconds: i64) {
    shop.twin.cloud.clock.advance(seconds * 1_000);
}

#[tokio::test]
async fn the_order_that_is_too_many_is_told_when_the_next_will_be_taken_and_then_it_is() {
    let shop = shop(3).await;
    let (alice, bob) = (shop.customer("alice"), shop.customer("bob"));
    let buy = |token: &str, key: &str| shop.send(order(token, key, "mug", 1, "cod"));
    for (at, wait) in [(1, 0), (2, 600), (3, 1_200)] {
        advance(&shop, wait);
        assert_eq!(buy(&alice, &format!("k{at}")).await.status, 201);
    }
    // Placed at 0 s, 600 s and 1800 s: at 1800 s there is room again once the first is more than an hour old.
    let world = World::of(&shop);
    let refused = buy(&alice, "k4").await;
    assert_problem(&refused, 429, "too_many_orders");
    assert_eq!(
        (refused.header("retry-after"), &refused.body["limit"]),
        (Some("1801"), &json!(3)),
        "{refused:?}"
    );
    world.assert_unchanged(&shop, "an order too many");
    assert_eq!(buy(&bob, "k4").await.status, 201, "it is a limit per customer");

    advance(&shop, 1_800);
    let early = buy(&alice, "k4").await;
    assert_problem(&early, 429, "too_many_orders");
    assert_eq!(early.header("retry-after"), Some("1"), "a second too early");
    advance(&shop, 1);
    assert_eq!(buy(&alice, "k4").await.status, 201, "the key was free all the time");
    let next = buy(&alice, "k5").await;
    assert_eq!(
        (next.status, next.header("retry-after")),
        (429, Some("600")),
        "then the second is in the way"
    );
    advance(&shop, 600);
    assert_eq!(buy(&alice, "k5").await.status, 201);
    shop.finish().await;
    assert_eq!((shop.twin.orders().len(), shop.units("mug")), (6, (994, 6)));
}

#[tokio::test]
async fn a_replay_is_never_too_much() {
    let shop = shop(1).await;
    let alice = shop.customer("alice");
    let placed = shop.send(order(&alice, "k1", "mug", 1, "pm_card_visa")).await;
    for _ in 0..5 {
        let again = shop.send(order(&alice, "k1", "mug", 1, "pm_card_visa")).await;
        assert_eq!((again.status, again.order_id()), (200, placed.order_id()));
    }
    let reused = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    assert_problem(&reused, 422, "idempotency_key_reused");
    assert_problem(&shop.send(order(&alice, "k2", "mug", 1, "pm_card_visa")).await, 429, "too_many_orders");
}

#[tokio::test]
async fn staff_is_not_limited_neither_for_itself_nor_for_customers() {
    let shop = shop(1).await;
    let admin = shop.admin();
    let for_alice =
        basket(&[("mug", 1)], &json!({"customer_id": "alice", "contact_email": "alice@example.com"}));
    for at in 0..4 {
        assert_eq!(shop.send(order(&admin, &format!("own-{at}"), "mug", 1, "cod")).await.status, 201);
        assert_eq!(shop.send(place(&admin, &format!("hers-{at}"), &for_alice)).await.status, 201);
    }
}

#[tokio::test]
async fn what_is_not_placed_does_not_count_and_what_was_cancelled_does() {
    let shop = shop(2).await;
    let alice = shop.customer("alice");
    let body = basket(&[("mug", 1)], &json!({}));
    for at in 0..5 {
        assert_eq!(shop.send(preview(&alice, &body)).await.status, 200);
        let short = shop.send(order(&alice, &format!("short-{at}"), "mug", 2_000, "cod")).await;
        assert_problem(&short, 409, "out_of_stock");
    }
    for key in ["k1", "k2"] {
        let placed = shop.send(order(&alice, key, "mug", 1, "cod")).await;
        assert_eq!(placed.status, 201, "{placed:?}");
        assert_eq!(shop.send(cancel(&alice, &placed.order_id())).await.status, 200);
    }
    assert_problem(&shop.send(order(&alice, "k3", "mug", 1, "cod")).await, 429, "too_many_orders");
    assert_eq!(shop.send(preview(&alice, &body)).await.status, 200, "looking is still allowed");
}

#[tokio::test]
async fn a_limit_that_is_raised_or_lowered_counts_at_once() {
    let shop = shop(1).await;
    let alice = shop.customer("alice");
    let buy = |key: &'static str| shop.send(order(&alice, key, "mug", 1, "cod"));
    assert_eq!(buy("k1").await.status, 201);
    assert_eq!(buy("k2").await.status, 429);
    shop.settings(&json!({"limits": {"orders_per_hour": 3}})).await;
    assert_eq!((buy("k2").await.status, buy("k3").await.status, buy("k4").await.status), (201, 201, 429));
    shop.settings(&json!({"limits": {"orders_per_hour": 2}})).await;
    advance(&shop, 60);
    let refused = buy("k4").await;
    // Three were placed at once, so all of them have to be an hour old before there are fewer than two.
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("3541")));
}
