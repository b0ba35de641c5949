//! Stock in buckets: spread, adjusted, taken and given back, and never a unit more or less (A1, P5).

use serde_json::{Value, json};
use std::sync::Arc;
use tests::{Answer, Call, Shop, order};
use tokio::task::JoinSet;

use crate::support::{World, assert_invalid, assert_problem, basket, cancel, item, place, put_product, shop};

const STOCK: &str = "/api/v1/admin/products/mug/stock";

fn adjust(shop: &Shop, key: &str, quantity: i64) -> Call {
    let body = json!({"warehouse_id": "north", "quantity": quantity, "reason": "counted"});
    Call::post(STOCK).token(&shop.admin()).key(key).json(&body)
}

fn split(shop: &Shop, buckets: u64) -> Call {
    let body = json!({"warehouse_id": "north", "buckets": buckets});
    Call::post(&format!("{STOCK}/split")).token(&shop.admin()).json(&body)
}

/// What each bucket of the north has: `(on hand, held, closed)`.
async fn buckets(shop: &Shop) -> Vec<(i64, i64, bool)> {
    let shown = shop.send(Call::get(STOCK).token(&shop.admin())).await;
    assert_eq!((shown.status, shown.header("cache-control")), (200, Some("private, no-cache")), "{shown:?}");
    let buckets = shown.body["stock"][0]["buckets"].as_array().expect("a list").iter();
    let number = |value: &Value| value.as_i64().expect("a number");
    buckets
        .map(|bucket| (number(&bucket["on_hand"]), number(&bucket["held"]), bucket["closed"] == true))
        .collect()
}

#[track_caller]
fn assert_level(answer: &Answer, on_hand: i64, held: i64, buckets: u64) {
    let level = json!({"product_id": "mug", "warehouse_id": "north", "on_hand": on_hand, "held": held, "buckets": buckets});
    assert_eq!((answer.status, &answer.body), (200, &level));
}

#[tokio::test]
async fn a_split_spreads_what_there_is_evenly_and_doing_it_twice_is_doing_it_once() {
    let (shop, alice) = shop().await;
    assert_level(&shop.send(split(&shop, 4)).await, 10, 0, 4);
    assert_eq!(buckets(&shop).await, [(3, 0, false), (3, 0, false), (2, 0, false), (2, 0, false)]);
    let stored = item(&shop, "PRODUCT#mug", "STOCK##north#03");
    assert_eq!((&stored["on_hand"]["N"], &stored["held"]["N"]), (&json!("2"), &json!("0")));
    let world = World::of(&shop);
    assert_level(&shop.send(split(&shop, 4)).await, 10, 0, 4);
    for count in [0, 33, 65_537] {
        assert_invalid(&shop.send(split(&shop, count)).await, "/buckets", "out_of_range");
    }
    for body in [
        json!({"warehouse_id": "south", "buckets": 2}),
        json!({"warehouse_id": "north", "buckets": 2, "variation_id": "s"}),
    ] {
        let call = Call::post(&format!("{STOCK}/split")).token(&shop.admin()).json(&body);
        assert_problem(&shop.send(call).await, 404, "not_found");
    }
    let none = Call::get("/api/v1/admin/products/none/stock").token(&shop.admin());
    assert_problem(&shop.send(none).await, 404, "not_found");
    assert_eq!(shop.send(Call::get(STOCK)).await.status, 401);
    assert_eq!(shop.send(Call::get(STOCK).token(&alice)).await.status, 403);
    world.assert_unchanged(&shop, "splits that change nothing");
    assert_level(&shop.send(split(&shop, 1)).await, 10, 0, 1);
    assert_eq!(buckets(&shop).await, [(10, 0, false), (0, 0, true), (0, 0, true), (0, 0, true)]);
    assert_eq!(shop.units("mug"), (10, 0));
    assert_level(&shop.send(split(&shop, 32)).await, 10, 0, 32);
    assert_eq!((buckets(&shop).await.len(), shop.units("mug")), (32, (10, 0)));
}

#[tokio::test]
async fn adjustments_fill_the_emptiest_open_buckets_and_drain_the_fullest() {
    let (shop, _) = shop().await;
    shop.send(split(&shop, 3)).await;
    assert_eq!(buckets(&shop).await, [(4, 0, false), (3, 0, false), (3, 0, false)]);
    assert_level(&shop.send(adjust(&shop, "a1", 5)).await, 15, 0, 3);
    assert_eq!(buckets(&shop).await, [(5, 0, false), (5, 0, false), (5, 0, false)]);
    assert_level(&shop.send(adjust(&shop, "a2", -4)).await, 11, 0, 3);
    let left = buckets(&shop).await;
    assert_eq!(left.iter().map(|(on_hand, ..)| on_hand).sum::<i64>(), 11);
    assert!(left.iter().all(|(on_hand, ..)| (3..=4).contains(on_hand)), "{left:?}");
    shop.send(split(&shop, 2)).await;
    assert_level(&shop.send(adjust(&shop, "a3", 9)).await, 20, 0, 2);
    assert_eq!(
        buckets(&shop).await,
        [(10, 0, false), (10, 0, false), (0, 0, true)],
        "nothing comes into a closed one"
    );
    let world = World::of(&shop);
    assert_problem(&shop.send(adjust(&shop, "a4", -21)).await, 409, "stock_out_of_range");
    world.assert_unchanged(&shop, "less than nothing");
    assert_level(&shop.send(adjust(&shop, "a4", -20)).await, 0, 0, 2);
    assert_level(&shop.send(adjust(&shop, "a4", -20)).await, 0, 0, 2);
    assert_eq!(shop.units("mug"), (0, 0), "a replay takes nothing twice");
}

#[tokio::test]
async fn an_order_takes_from_one_bucket_if_one_has_all_and_else_from_several() {
    let (shop, alice) = shop().await;
    shop.send(split(&shop, 4)).await;
    assert_eq!(shop.send(order(&alice, "k1", "mug", 2, "cod")).await.status, 201);
    assert_eq!(buckets(&shop).await.iter().filter(|(_, held, _)| *held == 2).count(), 1);
    let many = shop.send(order(&alice, "k2", "mug", 7, "cod")).await;
    assert_eq!(many.status, 201, "{many:?}");
    let now = buckets(&shop).await;
    assert!(now.iter().filter(|(_, held, _)| *held > 0).count() >= 3, "{now:?}");
    assert_eq!(shop.units("mug"), (1, 9));
    let short = shop.send(order(&alice, "k3", "mug", 2, "cod")).await;
    assert_problem(&short, 409, "out_of_stock");
    assert_eq!(short.body["lines"], json!([{"product_id": "mug", "requested": 2, "available": 1}]));
    shop.finish().await;
    let read = crate::support::get(&shop, &alice, &many.order_id()).await;
    assert_eq!(read.body["shipments"].as_array().map(Vec::len), Some(1), "buckets are no parcels");
}

#[tokio::test]
async fn a_cancelled_order_gives_back_to_the_very_buckets_that_it_took_from() {
    let (shop, alice) = shop().await;
    shop.send(split(&shop, 4)).await;
    let before = buckets(&shop).await;
    let other = shop.send(order(&alice, "k0", "mug", 1, "cod")).await;
    let between = buckets(&shop).await;
    let placed = shop.send(order(&alice, "k1", "mug", 8, "cod")).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    assert_eq!(shop.send(cancel(&alice, &placed.order_id())).await.status, 200);
    assert_eq!(buckets(&shop).await, between);
    assert_eq!(shop.send(cancel(&alice, &other.order_id())).await.status, 200);
    assert_eq!(buckets(&shop).await, before);
}

#[tokio::test]
async fn what_is_given_back_to_a_closed_bucket_can_be_sold_and_taken_away_again() {
    let (shop, alice) = shop().await;
    shop.send(split(&shop, 4)).await;
    let placed = shop.send(order(&alice, "k1", "mug", 8, "cod")).await;
    let one = shop.send(split(&shop, 1)).await;
    assert_level(&one, 2, 8, 1);
    assert_eq!(shop.send(cancel(&alice, &placed.order_id())).await.status, 200);
    let now = buckets(&shop).await;
    assert!(now.iter().any(|(on_hand, _, closed)| *closed && *on_hand > 0), "{now:?}");
    assert_eq!(shop.send(Call::get("/api/v1/products/mug")).await.body["available"], 10);
    assert_eq!(shop.send(order(&alice, "k2", "mug", 9, "cod")).await.status, 201);
    assert_level(&shop.send(adjust(&shop, "a1", -1)).await, 0, 9, 1);
    assert_eq!(shop.units("mug"), (0, 9));
}

#[tokio::test]
async fn variations_are_split_each_by_itself() {
    let (shop, alice) = shop().await;
    let size = |id: &str| json!({"variation_id": id, "attributes": [{"attribute": "Size", "value": id}]});
    put_product(&shop, "tee", "20.00", &json!({"variations": [size("s"), size("m")]})).await;
    let admin = shop.admin();
    for id in ["s", "m"] {
        let body = json!({"variation_id": id, "warehouse_id": "north", "quantity": 6, "reason": "received"});
        let call = Call::post("/api/v1/admin/products/tee/stock").token(&admin).key(id).json(&body);
        assert_eq!(shop.send(call).await.status, 200);
    }
    let body = json!({"variation_id": "s", "warehouse_id": "north", "buckets": 2});
    let split =
        shop.send(Call::post("/api/v1/admin/products/tee/stock/split").token(&admin).json(&body)).await;
    assert_eq!(
        split.body,
        json!({"product_id": "tee", "variation_id": "s", "warehouse_id": "north", "on_hand": 6, "held": 0, "buckets": 2})
    );
    let mut tees = basket(&[("tee", 5)], &json!({}));
    tees["lines"][0]["variation_id"] = json!("s");
    assert_eq!(shop.send(place(&alice, "k1", &tees)).await.status, 201);
    let shown = shop.send(Call::get("/api/v1/admin/products/tee/stock").token(&admin)).await;
    let bucket = |bucket: u32, on_hand: u32, held: u32| json!({"bucket": bucket, "on_hand": on_hand, "held": held, "closed": false});
    let (small, medium) = (&shown.body["stock"][1], &shown.body["stock"][0]);
    assert_eq!(
        medium,
        &json!({"variation_id": "m", "warehouse_id": "north", "on_hand": 6, "held": 0, "buckets": [bucket(0, 6, 0)]})
    );
    assert_eq!(
        (&small["variation_id"], &small["on_hand"], &small["held"]),
        (&json!("s"), &json!(1), &json!(5))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn orders_cancellations_splits_and_adjustments_at_the_same_moment_lose_no_unit() {
    let (shop, alice) = shop().await;
    shop.send(adjust(&shop, "more", 90)).await;
    let shop = Arc::new(shop);
    let mut tasks = JoinSet::new();
    for at in 0..32_i64 {
        let (shop, alice) = (Arc::clone(&shop), alice.clone());
        tasks.spawn(async move {
            let key = format!("k{at}");
            let (answer, booked, held) = match at % 4 {
                0 => (shop.send(split(&shop, 1 + at.unsigned_abs() % 7)).await, 0, 0),
                1 => (shop.send(adjust(&shop, &key, -2)).await, -2, 0),
                2 => (shop.send(adjust(&shop, &key, 5)).await, 5, 0),
                _ => (shop.send(order(&alice, &key, "mug", 2, "cod")).await, 0, 2),
            };
            // Who is always overtaken gives up, and has changed nothing.
            let done = matches!(answer.status, 200 | 201);
            assert!(done || answer.status == 503, "{answer:?}");
            if done && held > 0 && at % 8 == 3 {
                let cancelled = shop.send(cancel(&alice, &answer.order_id())).await;
                assert_eq!(cancelled.status, 200, "{cancelled:?}");
                return (0, 0);
            }
            if done { (booked, held) } else { (0, 0) }
        });
    }
    let (booked, held) =
        tasks.join_all().await.into_iter().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
    assert_eq!(shop.units("mug"), (100 + booked - held, held));
    let level = shop.send(split(&shop, 3)).await;
    assert_level(&level, 100 + booked - held, held, 3);
}
