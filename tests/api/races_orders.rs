//! Many orders at once: for the last uses of a coupon, and for the last units in several buckets.

use local::twin::Options;
use serde_json::{Value, json};
use tests::{Answer, Call, Server, Shop, order_body};

use crate::races::{all, call, count, open, open_with};
use crate::races_conflicts::{conflicts, contended};
use crate::support::assert_problem;

const CROWD: usize = 100;

/// Sets up the coupon `SPRING`.
pub async fn coupon(shop: &Shop, body: &Value) -> Answer {
    shop.send(Call::put("/api/v1/admin/coupons/SPRING").token(&shop.admin()).json(body)).await
}

/// How often it counts as used.
async fn coupon_uses(shop: &Shop) -> Value {
    let read = shop.send(Call::get("/api/v1/admin/coupons/SPRING").token(&shop.admin())).await;
    assert_eq!(read.status, 200, "{read:?}");
    read.body["used"].clone()
}

/// `POST /orders` with this body.
pub fn place(token: &str, key: &str, body: &Value) -> String {
    call("POST", "/orders", token, ("idempotency-key", key), body)
}

/// An order of one mug, paid on delivery, by one of many customers: every second one has staff order for them.
fn one_of_many(shop: &Shop, at: usize, more: &[(&str, &str)]) -> String {
    let customer = format!("buyer-{at}");
    let mut body = order_body("mug", 1, "cod");
    for (field, value) in more {
        body[*field] = json!(value);
    }
    if at.is_multiple_of(2) {
        return place(&shop.customer(&customer), "k1", &body);
    }
    body["customer_id"] = json!(customer);
    body["contact_email"] = json!("buyer@mail.example");
    place(&shop.admin(), &format!("k{at}"), &body)
}

/// Panics unless every order that was answered can be read, as it was answered.
async fn assert_readable(shop: &Shop, answers: &[Answer]) {
    let mut ids: Vec<String> =
        answers.iter().filter(|answer| answer.status == 201).map(Answer::order_id).collect();
    for id in &ids {
        let read = shop.send(Call::get(&format!("/api/v1/orders/{id}")).token(&shop.admin())).await;
        assert_eq!((read.status, &read.order_id()), (200, id), "{read:?}");
    }
    ids.sort();
    let mut stored: Vec<String> = shop.twin.orders().iter().map(|order| order.id.to_string()).collect();
    stored.sort();
    assert_eq!(ids, stored, "what was answered is what there is");
}

/// Splits the mugs over so many buckets.
fn split(admin: &str, buckets: usize) -> String {
    let body = json!({"warehouse_id": "north", "buckets": buckets});
    call("POST", "/admin/products/mug/stock/split", admin, ("accept", "*/*"), &body)
}

/// Units on hand and held, bucket by bucket.
async fn buckets(shop: &Shop) -> Vec<(i64, i64)> {
    let read = shop.send(Call::get("/api/v1/admin/products/mug/stock").token(&shop.admin())).await;
    let buckets = read.body["stock"][0]["buckets"].as_array().cloned().unwrap_or_default();
    let number = |bucket: &Value, name: &str| bucket[name].as_i64().expect("a number");
    buckets.iter().map(|bucket| (number(bucket, "on_hand"), number(bucket, "held"))).collect()
}

async fn a_hundred_want_a_coupon_with_ten_uses(options: Options) {
    let (shop, server) = open_with(options, 1_000).await;
    assert_eq!(coupon(&shop, &json!({"percent": "10", "max_uses": 10})).await.status, 201);
    let orders: Vec<String> =
        (0..CROWD).map(|at| one_of_many(&shop, at, &[("coupon_code", "spring")])).collect();
    let answers = all(server, orders).await;
    assert_eq!(
        (count(&answers, 201), count(&answers, 409)),
        (10, 90),
        "{} conflicts: {answers:#?}",
        conflicts()
    );
    for answer in &answers {
        match answer.status {
            201 => {
                assert_eq!(answer.body["coupon_code"], "SPRING");
                assert_eq!(answer.body["coupon_discount_amount"], "1.25");
            }
            _ => assert_problem(answer, 409, "coupon_used_up"),
        }
    }
    assert_eq!((coupon_uses(&shop).await, shop.units("mug")), (json!(10), (990, 10)));
    assert_readable(&shop, &answers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_orders_at_once_ten_get_the_coupon_with_ten_uses() {
    a_hundred_want_a_coupon_with_ten_uses(Options::default()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_orders_at_once_ten_get_the_coupon_even_if_all_conflict() {
    a_hundred_want_a_coupon_with_ten_uses(contended()).await;
    assert!(conflicts() > 0, "they were in each other's way");
}

async fn a_hundred_want_forty_units_in_four_buckets(options: Options) {
    let (shop, server) = open_with(options, 40).await;
    all(server, [split(&shop.admin(), 4)]).await;
    assert_eq!(buckets(&shop).await, [(10, 0); 4]);
    let orders: Vec<String> = (0..CROWD).map(|at| one_of_many(&shop, at, &[])).collect();
    let answers = all(server, orders).await;
    assert_eq!(
        (count(&answers, 201), count(&answers, 409)),
        (40, 60),
        "{} conflicts: {answers:#?}",
        conflicts()
    );
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_problem(refused, 409, "out_of_stock");
        assert_eq!(refused.body["lines"], json!([{"product_id": "mug", "requested": 1, "available": 0}]));
    }
    assert_eq!(buckets(&shop).await, [(0, 10); 4]);
    assert_readable(&shop, &answers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_orders_at_once_forty_get_the_forty_units_of_four_buckets() {
    a_hundred_want_forty_units_in_four_buckets(Options::default()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_orders_at_once_forty_get_the_forty_units_even_if_all_conflict() {
    a_hundred_want_forty_units_in_four_buckets(contended()).await;
    assert!(conflicts() > 0, "they were in each other's way");
}

async fn one_customer_uses_a_coupon_once(options: Options, limits: Value) {
    let (shop, server) = open_with(options, 100).await;
    assert_eq!(coupon(&shop, &limits).await.status, 201);
    let alice = shop.customer("alice");
    let mut body = order_body("mug", 1, "cod");
    body["coupon_code"] = json!("SPRING");
    let answers = all(server, (0..10).map(|at| place(&alice, &format!("k{at}"), &body))).await;
    assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 9), "{answers:#?}");
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_problem(refused, 409, "coupon_used_before");
    }
    assert_eq!(shop.units("mug"), (99, 1));
    let others = all(server, [place(&shop.customer("bob"), "k1", &body)]).await;
    assert_eq!(others[0].status, 201, "{others:?}");
    let counted = if limits["max_uses"].is_null() { json!(0) } else { json!(2) };
    assert_eq!(coupon_uses(&shop).await, counted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_orders_of_one_customer_at_once_use_a_coupon_once_if_that_is_the_limit() {
    one_customer_uses_a_coupon_once(Options::default(), json!({"percent": "10", "max_uses_per_customer": 1}))
        .await;
    one_customer_uses_a_coupon_once(
        contended(),
        json!({"percent": "10", "max_uses_per_customer": 1, "max_uses": 5}),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_use_of_a_coupon_goes_to_one_and_comes_back_with_a_cancellation() {
    let (shop, server) = open(100).await;
    coupon(&shop, &json!({"percent": "10", "max_uses": 1})).await;
    for round in 0..5 {
        let orders: Vec<String> = (0..20)
            .map(|at| {
                let mut body = order_body("mug", 1, "cod");
                body["coupon_code"] = json!("SPRING");
                place(&shop.customer(&format!("buyer-{at}")), &format!("k{round}"), &body)
            })
            .collect();
        let answers = all(server, orders).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 19), "round {round}: {answers:#?}");
        let winner = answers.iter().find(|answer| answer.status == 201).expect("one");
        let path = format!("/orders/{}/cancel", winner.order_id());
        let cancel = call("POST", &path, &shop.admin(), ("accept", "*/*"), &Value::Null);
        let cancelled = all(server, (0..10).map(|_| cancel.clone())).await;
        assert_eq!(count(&cancelled, 200), 10, "{cancelled:#?}");
        assert_eq!((coupon_uses(&shop).await, shop.units("mug")), (json!(0), (100, 0)));
    }
}

/// Orders, cancellations and splits at once. Returns how many orders were placed.
async fn rearrange_while_selling(shop: &Shop, server: Server, orders: usize) -> Vec<Answer> {
    let admin = shop.admin();
    let before: Vec<String> =
        (0..10).map(|at| place(&admin, &format!("before-{at}"), &for_anybody(at))).collect();
    let before = all(server, before).await;
    assert_eq!(count(&before, 201), 10, "{before:#?}");
    let mut calls: Vec<String> = before
        .iter()
        .map(|placed| {
            let path = format!("/orders/{}/cancel", placed.order_id());
            call("POST", &path, &admin, ("accept", "*/*"), &Value::Null)
        })
        .collect();
    calls.extend((0..20).map(|at| split(&admin, 1 + at * 5 % 8)));
    let others = calls.len();
    calls.extend((0..orders).map(|at| one_of_many(shop, at, &[])));
    let mut answers = all(server, calls).await;
    let placed = answers.split_off(others);
    assert_eq!(count(&answers, 200), others, "{answers:#?}");
    placed
}

fn for_anybody(at: usize) -> Value {
    let mut body = order_body("mug", 1, "cod");
    body["customer_id"] = json!(format!("early-{at}"));
    body["contact_email"] = json!("early@mail.example");
    body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn splitting_the_stock_while_it_is_sold_and_given_back_neither_makes_nor_loses_a_unit() {
    for options in [Options::default(), contended()] {
        let (shop, server) = open_with(options, 200).await;
        let placed = rearrange_while_selling(&shop, server, 60).await;
        assert_eq!(count(&placed, 201), 60, "{} conflicts: {placed:#?}", conflicts());
        assert_eq!(shop.units("mug"), (140, 60));
        let buckets = buckets(&shop).await;
        assert!(buckets.iter().all(|(on_hand, held)| *on_hand >= 0 && *held >= 0), "{buckets:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_units_are_sold_while_they_move_between_buckets() {
    let (shop, server) = open(40).await;
    let placed = rearrange_while_selling(&shop, server, 60).await;
    let sold = count(&placed, 201);
    assert_eq!(sold + count(&placed, 409), 60, "{placed:#?}");
    // Ten units came back meanwhile: who asked before that was told so, and rightly.
    assert!((30..=40).contains(&sold), "{sold}");
    let sold = i64::try_from(sold).expect("few");
    assert_eq!(shop.units("mug"), (40 - sold, sold));
    let rest = all(server, (100..120).map(|at| one_of_many(&shop, at, &[]))).await;
    assert_eq!(i64::try_from(count(&rest, 201)).expect("few"), 40 - sold, "{rest:#?}");
    assert_eq!(shop.units("mug"), (0, 40));
}
