//! Coupons: what they take off, when, how often, and what gives a use back (P8).

use serde_json::{Value, json};
use tests::{Answer, Call, Shop};

use crate::support::{
    World, assert_has, assert_invalid, assert_problem, basket, cancel, item, of_cart, place, preview,
    put_product, shop,
};

fn put(shop: &Shop, code: &str, body: &Value) -> Call {
    Call::put(&format!("/api/v1/admin/coupons/{code}")).token(&shop.admin()).json(body)
}

async fn coupon(shop: &Shop, code: &str, body: &Value) -> Answer {
    let put = shop.send(put(shop, code, body)).await;
    assert!(put.status < 300, "{put:?}");
    put
}

async fn show(shop: &Shop, code: &str) -> Answer {
    shop.send(Call::get(&format!("/api/v1/admin/coupons/{code}")).token(&shop.admin())).await
}

async fn used(shop: &Shop, code: &str) -> u64 {
    show(shop, code).await.body["used"].as_u64().expect("a number")
}

/// An order for so many mugs at 12.50 EUR with a coupon.
fn with(code: &str, mugs: u32) -> Value {
    basket(&[("mug", mugs)], &json!({"coupon_code": code}))
}

#[tokio::test]
async fn a_coupon_is_put_and_shown_whole() {
    let (shop, alice) = shop().await;
    let body = json!({"percent": "12.5", "minimum": "20.00", "currency": "EUR", "valid_from": "2026-03-01T00:00:00Z",
        "valid_until": "2026-04-01T02:00:00+02:00", "max_uses": 10, "max_uses_per_customer": 2});
    let created = coupon(&shop, "spring-26", &body).await;
    assert_eq!((created.status, created.header("etag")), (201, Some("\"1\"")));
    let shown = json!({"coupon_code": "SPRING-26", "percent": "12.5", "minimum": "20.00", "currency": "EUR",
        "valid_from": "2026-03-01T00:00:00Z", "valid_until": "2026-04-01T00:00:00Z", "max_uses": 10,
        "max_uses_per_customer": 2, "state": "active", "used": 0, "version": 1, "updated_at": "2026-03-01T10:00:00Z"});
    assert_eq!(created.body, shown);
    let read = show(&shop, "Spring-26").await;
    assert_eq!((read.status, read.header("etag"), &read.body), (200, Some("\"1\""), &shown));
    let replaced = coupon(&shop, "SPRING-26", &json!({"amount": "5", "currency": "EUR"})).await;
    assert_eq!((replaced.status, replaced.header("etag")), (200, Some("\"2\"")));
    assert_eq!(
        replaced.body,
        json!({"coupon_code": "SPRING-26", "amount": "5.00", "currency": "EUR", "state": "active", "used": 0, "version": 2,
            "updated_at": "2026-03-01T10:00:00Z"}),
        "what is left out is gone"
    );
    let world = World::of(&shop);
    let stale = shop.send(put(&shop, "SPRING-26", &body).header("if-match", "\"1\"")).await;
    assert_problem(&stale, 412, "version_mismatch");
    assert_eq!(stale.body["current_version"], 2);
    assert_problem(&show(&shop, "NONE").await, 404, "not_found");
    assert_problem(&shop.send(put(&shop, "no%20code", &body)).await, 404, "not_found");
    assert_invalid(&shop.send(put(&shop, "X", &json!({}))).await, "/percent", "required");
    assert_problem(
        &shop.send(put(&shop, "X", &json!({"percent": "5", "color": "red"}))).await,
        400,
        "malformed_body",
    );
    let by_alice = Call::get("/api/v1/admin/coupons/SPRING-26").token(&alice);
    assert_eq!(shop.send(by_alice).await.status, 403);
    world.assert_unchanged(&shop, "refused coupons");
    assert_eq!(shop.send(put(&shop, "SPRING-26", &body).header("if-match", "\"2\"")).await.status, 200);
}

#[tokio::test]
async fn a_coupon_takes_off_a_part_or_an_amount_shared_by_the_lines() {
    let (shop, alice) = shop().await;
    shop.stock("cup", "5.00", "north", 100).await;
    coupon(&shop, "TEN", &json!({"percent": "10"})).await;
    coupon(&shop, "FIVE", &json!({"amount": "5.00", "currency": "EUR"})).await;
    coupon(&shop, "ALL", &json!({"amount": "1000", "currency": "EUR"})).await;
    // 25.00 of mugs and 5.00 of cups.
    for (typed, code, off, shares, total) in [
        (" ten ", "TEN", "3.00", ["2.50", "0.50"], "27.00"),
        ("Five", "FIVE", "5.00", ["4.17", "0.83"], "25.00"),
        ("ALL", "ALL", "30.00", ["25.00", "5.00"], "0.00"),
    ] {
        let body = basket(&[("mug", 2), ("cup", 1)], &json!({"coupon_code": typed}));
        let preview = shop.send(preview(&alice, &body)).await;
        let placed = shop.send(place(&alice, code, &body)).await;
        assert_eq!(placed.status, 201, "{placed:?}");
        let expected = json!({"subtotal": "30.00", "discount_amount": off, "coupon_discount_amount": off, "line_discount_amount": "0.00",
            "order_discount_amount": "0.00", "total_amount": total,
            "lines": [{"order_discount_share": shares[0], "discount_amount": "0.00"}, {"order_discount_share": shares[1]}]});
        assert_has(&preview.body, &expected);
        assert_has(&placed.body, &expected);
        assert_eq!(placed.body["coupon_code"], code);
        let read = shop.send(Call::get(&format!("/api/v1/orders/{}", placed.order_id())).token(&alice)).await;
        assert_eq!(read.body["coupon_code"], code);
    }
    assert_eq!(used(&shop, "TEN").await, 0, "uses are counted only where there is a limit");
}

#[tokio::test]
async fn a_coupon_and_a_discount_by_staff_come_one_after_the_other() {
    let (shop, _) = shop().await;
    coupon(&shop, "TEN", &json!({"percent": "10"})).await;
    let more = json!({"coupon_code": "TEN", "discount_percentage": "10", "override_reason": "regular",
        "lines": [{"product_id": "mug", "quantity": 2, "discount_amount": "5.00"}]});
    let placed = shop.send(place(&shop.admin(), "k1", &basket(&[], &more))).await;
    assert_has(
        &placed.body,
        &json!({"subtotal": "25.00", "line_discount_amount": "5.00", "coupon_discount_amount": "2.00",
            "order_discount_amount": "1.80", "discount_amount": "8.80", "total_amount": "16.20",
            "lines": [{"discount_amount": "5.00", "order_discount_share": "3.80", "total_price": "16.20"}]}),
    );
}

#[tokio::test]
async fn a_coupon_that_does_not_count_stops_the_order_and_says_why() {
    let (shop, alice) = shop().await;
    coupon(&shop, "BIG", &json!({"percent": "10", "minimum": "25.01", "currency": "EUR"})).await;
    coupon(&shop, "GONE", &json!({"percent": "10", "state": "archived"})).await;
    coupon(&shop, "DOLLARS", &json!({"amount": "5.00", "currency": "USD"})).await;
    let world = World::of(&shop);
    for (code, rule) in [
        ("NONE", "unknown_coupon"),
        ("GONE", "unknown_coupon"),
        ("", "unknown_coupon"),
        ("ä", "unknown_coupon"),
        ("BIG", "coupon_minimum"),
        ("DOLLARS", "coupon_other_currency"),
    ] {
        assert_invalid(&shop.send(place(&alice, "k1", &with(code, 2))).await, "/coupon_code", rule);
    }
    world.assert_unchanged(&shop, "coupons that do not count");
    assert_eq!(shop.send(place(&alice, "k1", &with("BIG", 3))).await.body["coupon_discount_amount"], "3.75");
}

#[tokio::test]
async fn a_coupon_counts_from_its_first_moment_to_just_before_its_last() {
    let (shop, alice) = shop().await;
    let times =
        json!({"percent": "10", "valid_from": "2026-03-01T11:00:00Z", "valid_until": "2026-03-01T12:00:00Z"});
    coupon(&shop, "HOUR", &times).await;
    let buy = |key: &'static str| shop.send(place(&alice, key, &with("HOUR", 1)));
    assert_invalid(&buy("k1").await, "/coupon_code", "coupon_not_yet_valid");
    shop.twin.cloud.clock.advance(3_599_999);
    assert_invalid(&buy("k1").await, "/coupon_code", "coupon_not_yet_valid");
    shop.twin.cloud.clock.advance(1);
    assert_eq!(buy("k1").await.status, 201);
    shop.twin.cloud.clock.advance(3_599_999);
    assert_eq!(buy("k2").await.status, 201);
    shop.twin.cloud.clock.advance(1);
    assert_invalid(&buy("k3").await, "/coupon_code", "coupon_expired");
    assert_eq!(buy("k1").await.status, 200, "what was ordered with it stays so");
}

#[tokio::test]
async fn a_coupon_is_used_up_by_orders_and_given_back_by_those_that_are_called_off() {
    let (shop, alice) = shop().await;
    coupon(&shop, "TWICE", &json!({"percent": "10", "max_uses": 2})).await;
    let (bob, carol) = (shop.customer("bob"), shop.customer("carol"));
    let hers = shop.send(place(&alice, "k1", &with("twice", 1))).await;
    assert_eq!((hers.status, used(&shop, "TWICE").await), (201, 1));
    assert_eq!(shop.send(place(&alice, "k1", &with("twice", 1))).await.status, 200);
    assert_eq!(used(&shop, "TWICE").await, 1, "a replay is no second use");
    assert_eq!(shop.send(preview(&bob, &with("TWICE", 1))).await.status, 200);
    assert_eq!(used(&shop, "TWICE").await, 1, "nor is a preview");
    assert_eq!(shop.send(place(&bob, "k1", &with("TWICE", 1))).await.status, 201);
    let world = World::of(&shop);
    for call in [place(&carol, "k1", &with("TWICE", 1)), preview(&carol, &with("TWICE", 1))] {
        assert_problem(&shop.send(call).await, 409, "coupon_used_up");
    }
    world.assert_unchanged(&shop, "a coupon that is used up");
    for _ in 0..2 {
        assert_eq!(shop.send(cancel(&alice, &hers.order_id())).await.status, 200);
        assert_eq!(used(&shop, "TWICE").await, 1, "a use is given back once");
    }
    assert_eq!(shop.send(place(&carol, "k1", &with("TWICE", 1))).await.status, 201);
    assert_eq!((used(&shop, "TWICE").await, shop.units("mug")), (2, (8, 2)));
}

#[tokio::test]
async fn a_customer_uses_a_coupon_as_often_as_each_may() {
    let (shop, alice) = shop().await;
    coupon(&shop, "ONCE", &json!({"percent": "10", "max_uses_per_customer": 1})).await;
    let bob = shop.customer("bob");
    let hers = shop.send(place(&alice, "k1", &with("ONCE", 1))).await;
    assert_eq!(hers.status, 201);
    let world = World::of(&shop);
    assert_problem(&shop.send(place(&alice, "k2", &with("once", 1))).await, 409, "coupon_used_before");
    world.assert_unchanged(&shop, "a second use");
    assert_eq!(shop.send(place(&bob, "k1", &with("ONCE", 1))).await.status, 201);
    assert_eq!(item(&shop, "CUSTOMER#alice", "COUPON#ONCE")["used"]["N"], "1");
    // Staff that orders for her uses her coupon.
    let mut for_alice = with("ONCE", 1);
    crate::support::merge(
        &mut for_alice,
        &json!({"customer_id": "alice", "contact_email": "alice@example.com"}),
    );
    assert_problem(&shop.send(place(&shop.admin(), "k1", &for_alice)).await, 409, "coupon_used_before");
    assert_eq!(shop.send(cancel(&alice, &hers.order_id())).await.status, 200);
    assert_eq!(item(&shop, "CUSTOMER#alice", "COUPON#ONCE")["used"]["N"], "0");
    assert_eq!(shop.send(place(&alice, "k2", &with("ONCE", 1))).await.status, 201);
    assert_eq!(used(&shop, "ONCE").await, 0, "without a limit in all, nothing is counted in all");
}

#[tokio::test]
async fn an_order_that_is_never_paid_gives_the_use_and_the_goods_back() {
    let (shop, alice) = shop().await;
    coupon(&shop, "LAST", &json!({"percent": "10", "max_uses": 1, "max_uses_per_customer": 1})).await;
    shop.settings(&json!({"payment": {"unpaid_hold_minutes": 30}})).await;
    let mut unpaid = with("LAST", 2);
    unpaid["create_payment"] = json!(false);
    let placed = shop.send(place(&alice, "k1", &unpaid)).await;
    assert_has(&placed.body, &json!({"status": "pending", "payment": {"pay_until": "2026-03-01T10:30:00Z"}}));
    shop.finish().await;
    assert_eq!((used(&shop, "LAST").await, shop.units("mug")), (1, (8, 2)));
    for _ in 0..12 {
        shop.after(300).await;
    }
    let read = shop.send(Call::get(&format!("/api/v1/orders/{}", placed.order_id())).token(&alice)).await;
    assert_has(&read.body, &json!({"status": "cancelled", "coupon_code": "LAST"}));
    assert_eq!((used(&shop, "LAST").await, shop.units("mug")), (0, (10, 0)));
    assert_eq!(shop.send(place(&alice, "k2", &with("LAST", 1))).await.status, 201);
}

#[tokio::test]
async fn replacing_a_coupon_keeps_what_was_counted() {
    let (shop, alice) = shop().await;
    coupon(&shop, "FEW", &json!({"percent": "10", "max_uses": 5})).await;
    let orders = [
        shop.send(place(&alice, "k1", &with("FEW", 1))).await,
        shop.send(place(&alice, "k2", &with("FEW", 1))).await,
    ];
    let replaced = coupon(&shop, "FEW", &json!({"percent": "20", "max_uses": 2})).await;
    assert_has(&replaced.body, &json!({"used": 2, "max_uses": 2, "version": 2, "percent": "20"}));
    assert_problem(&shop.send(place(&alice, "k3", &with("FEW", 1))).await, 409, "coupon_used_up");
    // Without a limit there is nothing to be used up; what was counted is still given back.
    coupon(&shop, "FEW", &json!({"percent": "20"})).await;
    assert_eq!(shop.send(place(&alice, "k3", &with("FEW", 1))).await.status, 201);
    assert_eq!(used(&shop, "FEW").await, 2);
    assert_eq!(shop.send(cancel(&alice, &orders[0].order_id())).await.status, 200);
    assert_eq!(used(&shop, "FEW").await, 1);
    coupon(&shop, "FEW", &json!({"percent": "20", "max_uses": 2})).await;
    assert_eq!(shop.send(place(&alice, "k4", &with("FEW", 1))).await.status, 201);
    assert_problem(&shop.send(place(&alice, "k5", &with("FEW", 1))).await, 409, "coupon_used_up");
}

#[tokio::test]
async fn a_cart_is_bought_with_a_coupon() {
    let (shop, alice) = shop().await;
    put_product(&shop, "mug", "12.50", &json!({"offer_price": "10.00"})).await;
    coupon(&shop, "TEN", &json!({"percent": "10", "max_uses": 1})).await;
    shop.send(Call::put("/api/v1/cart/lines/mug").token(&alice).json(&json!({"quantity": 3}))).await;
    let placed = shop.send(place(&alice, "k1", &of_cart(&json!({"coupon_code": "ten"})))).await;
    assert_has(
        &placed.body,
        &json!({"subtotal": "30.00", "coupon_discount_amount": "3.00", "total_amount": "27.00", "coupon_code": "TEN"}),
    );
    assert_eq!(used(&shop, "TEN").await, 1);
    shop.finish().await;
    let mail = &crate::support::mails(&shop, "received")[0];
    let text = mail.text.as_deref().expect("text");
    assert!(text.contains("3 × mug: €30.00") && text.contains("Discount: -€3.00"), "{text}");
    assert!(text.contains("Total: €27.00"), "{text}");
}
