//! Customers ask to send something back (C5): what, why, and until when.

use serde_json::{Value, json};
use tests::{Answer, Call, Shop, order_body};

use crate::statuses::bring;
use crate::support::{
    World, assert_has, assert_invalid, assert_problem, events, get, mails, merge, money, put_product,
};

pub const DAY: i64 = 24 * 60 * 60;

/// A shop with twenty mugs and cups, whose prices have their tax in them and which delivers for 4.95; and the token of Alice.
pub async fn shop(policies: &Value) -> (Shop, String) {
    let shop = Shop::open();
    for product in ["mug", "cup"] {
        shop.stock(product, "12.50", "north", 20).await;
    }
    put_product(&shop, "cup", "5.00", &json!({})).await;
    shop.settings(&settings(policies)).await;
    let alice = shop.customer("alice");
    (shop, alice)
}

/// The settings of that shop.
pub fn settings(policies: &Value) -> Value {
    json!({
        "currency": "EUR", "country": "NL", "policies": {"returns": policies}, "guest_checkout": {"enabled": true},
        "tax": {"prices_include_tax": true, "classes": ["standard"],
            "zones": [{"countries": ["NL"], "rates": {"standard": [{"name": "btw", "rate": "21"}]}}]},
        "shipping_methods": [{"id": "post", "name": "Post",
            "zones": [{"countries": ["NL"], "bands": [{"up_to_grams": 100_000, "price": "4.95"}], "transit_days": 3}]}],
    })
}

/// Three mugs and two cups, 52.45 with the delivery.
pub fn body(card: &str) -> Value {
    let mut body = order_body("mug", 3, card);
    merge(
        &mut body,
        &json!({"lines": [{"product_id": "mug", "quantity": 3}, {"product_id": "cup", "quantity": 2}]}),
    );
    body
}

/// The id of an order of [`body`] that was delivered a moment ago.
pub async fn delivered(shop: &Shop, token: &str, card: &str) -> String {
    let key = format!("order-{}", shop.units("mug").0);
    let placed = shop.send(Call::post("/api/v1/orders").token(token).key(&key).json(&body(card))).await;
    assert_eq!((placed.status, &placed.body["total_amount"]), (201, &json!("52.45")), "{placed:?}");
    bring(shop, &placed.order_id(), "delivered").await;
    placed.order_id()
}

/// `POST /orders/{id}/returns`.
pub fn ask(token: &str, id: &str, key: &str, body: &Value) -> Call {
    Call::post(&format!("/api/v1/orders/{id}/returns")).token(token).key(key).json(body)
}

/// So many units of a line, because they are damaged.
pub fn units(line: u32, quantity: u32) -> Value {
    json!({"lines": [{"line_id": line, "quantity": quantity}], "reason": "damaged"})
}

/// `POST /admin/orders/{id}/returns/{return_id}/{verb}` by staff.
pub fn decide(shop: &Shop, id: &str, known: u64, verb: &str) -> Call {
    Call::post(&format!("/api/v1/admin/orders/{id}/returns/{known}/{verb}")).token(&shop.admin())
}

/// Staff does not take a return.
pub fn reject(shop: &Shop, id: &str, known: u64) -> Call {
    decide(shop, id, known, "reject").json(&json!({"reason": "It was used"}))
}

async fn list(shop: &Shop, token: &str, id: &str) -> Answer {
    shop.send(Call::get(&format!("/api/v1/orders/{id}/returns")).token(token)).await
}

/// What became of a line's units: cancelled, on their way back, back.
pub fn tally(order: &Value, line: usize) -> [u64; 3] {
    ["cancelled_quantity", "returning_quantity", "returned_quantity"]
        .map(|name| order["lines"][line - 1][name].as_u64().unwrap_or_default())
}

#[tokio::test]
async fn units_of_a_line_are_asked_for_once_under_their_key_and_seen_wherever_the_order_is() {
    let (shop, alice) = shop(&json!({})).await;
    let id = delivered(&shop, &alice, "pm_card_visa").await;
    let asked = json!({"lines": [{"line_id": 1, "quantity": 2}], "reason": "damaged", "comment": "The <handles> broke."});
    let before = get(&shop, &alice, &id).await;
    let answer = shop.send(ask(&alice, &id, "r1", &asked)).await;
    let now = shop.twin.cloud.clock.now().rfc3339();
    let expected = json!({
        "return_id": 1, "status": "requested", "lines": [{"line_id": 1, "quantity": 2}], "reason": "damaged",
        "comment": "The <handles> broke.", "requested_at": now, "updated_at": now,
    });
    let version = before.body["version"].as_u64().expect("a version") + 1;
    let mut whole = expected.clone();
    merge(&mut whole, &json!({"order_id": id, "version": version}));
    assert_eq!((answer.status, &answer.body), (201, &whole));
    assert_eq!(answer.header("etag"), Some(format!("\"{version}\"").as_str()));
    shop.finish().await;

    let listed = list(&shop, &alice, &id).await;
    let until = shop.twin.cloud.clock.now().plus_seconds(30 * DAY).rfc3339();
    assert_eq!(
        listed.body,
        json!({"order_id": id, "returns": [expected], "return_until": until, "reasons":
            ["damaged", "defective", "wrong_item", "not_as_described", "no_longer_wanted", "other"]})
    );
    let seen = get(&shop, &alice, &id).await;
    assert_eq!((tally(&seen.body, 1), tally(&seen.body, 2)), ([0, 2, 0], [0, 0, 0]));
    assert_eq!(
        (events(&seen.body).last(), &seen.body["return_until"]),
        (Some(&"return_requested"), &json!(until))
    );
    let told = mails(&shop, "Your return for order");
    let text = told[0].text.as_deref().unwrap_or_default();
    assert!(told.len() == 1 && text.contains("2 × mug") && text.contains("The <handles> broke."), "{told:?}");

    let world = World::of(&shop);
    let again = shop.send(ask(&alice, &id, "r1", &asked)).await;
    assert_eq!(
        (again.status, again.header("idempotent-replayed"), &again.body),
        (200, Some("true"), &answer.body)
    );
    assert_problem(&shop.send(ask(&alice, &id, "r1", &units(1, 1))).await, 422, "idempotency_key_reused");
    let keyless = Call::post(&format!("/api/v1/orders/{id}/returns")).token(&alice).json(&asked);
    assert_problem(&shop.send(keyless).await, 400, "idempotency_key_required");
    shop.finish().await;
    world.assert_unchanged(&shop, "the same request again");
    assert_eq!((money(&shop), shop.units("mug")), ((5_245, 0), (17, 0)), "nothing has come back yet");
}

#[tokio::test]
async fn whole_lines_are_named_by_their_ids_and_mean_what_is_left_of_them() {
    let (shop, alice) = shop(&json!({})).await;
    let id = delivered(&shop, &alice, "pm_card_visa").await;
    assert_eq!(shop.send(ask(&alice, &id, "r1", &units(1, 1))).await.status, 201);
    let short = json!({"line_ids": [2, 1], "reason": "wrong_item"});
    let answer = shop.send(ask(&alice, &id, "r2", &short)).await;
    assert_has(
        &answer.body,
        &json!({"return_id": 2, "lines": [{"line_id": 2, "quantity": 2}, {"line_id": 1, "quantity": 2}]}),
    );
    let replayed = shop.send(ask(&alice, &id, "r2", &short)).await;
    assert_eq!((replayed.status, &replayed.body), (200, &answer.body), "though nothing is left by now");
    let none = shop.send(ask(&alice, &id, "r3", &short)).await;
    assert_problem(&none, 409, "nothing_to_return");
    assert_eq!(shop.send(reject(&shop, &id, 1)).await.status, 200);
    let gone = shop.send(ask(&alice, &id, "r3", &short)).await;
    assert_problem(&gone, 409, "not_enough_units");
    assert_has(&gone.body, &json!({"line_id": 2, "available": 0, "order_status": "delivered"}));
}

#[tokio::test]
async fn no_more_can_be_asked_for_than_was_delivered_and_is_not_on_its_way() {
    let (shop, alice) = shop(&json!({})).await;
    let placed =
        shop.send(Call::post("/api/v1/orders").token(&alice).key("k1").json(&body("pm_card_visa"))).await;
    let id = placed.order_id();
    let off = json!({"lines": [{"line_id": 1, "quantity": 1}]});
    let off = Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&alice).key("c1").json(&off);
    assert_eq!(shop.send(off).await.status, 200);
    shop.finish().await;
    bring(&shop, &id, "delivered").await;
    let refuse = async |key: &str, quantity: u32, left: u32| {
        let world = World::of(&shop);
        let refused = shop.send(ask(&alice, &id, key, &units(1, quantity))).await;
        assert_problem(&refused, 409, "not_enough_units");
        assert_has(&refused.body, &json!({"line_id": 1, "available": left}));
        world.assert_unchanged(&shop, "too many units");
    };
    refuse("r1", 3, 2).await;
    assert_eq!(shop.send(ask(&alice, &id, "r1", &units(1, 1))).await.status, 201, "a refused key is free");
    refuse("r2", 2, 1).await;
    assert_eq!(shop.send(decide(&shop, &id, 1, "approve")).await.status, 200);
    refuse("r2", 2, 1).await;
    assert_eq!(shop.send(reject(&shop, &id, 1)).await.status, 200);
    assert_eq!(
        shop.send(ask(&alice, &id, "r2", &units(1, 2))).await.status,
        201,
        "what was rejected can be asked anew"
    );
    assert_eq!(shop.send(decide(&shop, &id, 2, "approve")).await.status, 200);
    assert_eq!(shop.send(decide(&shop, &id, 2, "receive")).await.status, 200);
    refuse("r3", 1, 0).await;
    assert_eq!(tally(&get(&shop, &alice, &id).await.body, 1), [1, 0, 2]);
}

#[tokio::test]
async fn a_reason_that_the_store_does_not_offer_is_refused_with_those_that_it_does() {
    let reasons = json!(["Damaged items", "Other"]);
    let (shop, alice) = shop(&json!({ "reasons": reasons })).await;
    let id = delivered(&shop, &alice, "pm_card_visa").await;
    // The reasons of the order's day count.
    shop.settings(&settings(&json!({"reasons": ["damaged"]}))).await;
    let world = World::of(&shop);
    for reason in ["damaged", "Damaged  items", "other", "OTHER", "Other "] {
        let asked = json!({"line_ids": [1], "reason": reason});
        let refused = shop.send(ask(&alice, &id, "r1", &asked)).await;
        assert_invalid(&refused, "/reason", "unknown_reason");
        assert_eq!(refused.body["reasons"], reasons);
    }
    assert_eq!(list(&shop, &alice, &id).await.body["reasons"], reasons);
    world.assert_unchanged(&shop, "other reasons");
    let good = json!({"line_ids": [1], "reason": "Other", "comment": "é".repeat(500)});
    assert_eq!(shop.send(ask(&alice, &id, "r1", &good)).await.body["comment"], good["comment"]);
}

#[tokio::test]
async fn lines_that_are_none_of_the_orders_are_named_by_their_place() {
    let (shop, alice) = shop(&json!({})).await;
    let id = delivered(&shop, &alice, "pm_card_visa").await;
    let world = World::of(&shop);
    for line in [0, 3, 65_536, 65_537, u32::MAX] {
        let lines = json!([{"line_id": 1, "quantity": 1}, {"line_id": line, "quantity": 1}]);
        let asked = json!({"lines": lines, "reason": "damaged"});
        assert_invalid(&shop.send(ask(&alice, &id, "r1", &asked)).await, "/lines/1", "unknown_line");
        let short = json!({"line_ids": [1, line], "reason": "damaged"});
        assert_invalid(&shop.send(ask(&alice, &id, "r1", &short)).await, "/line_ids/1", "unknown_line");
    }
    world.assert_unchanged(&shop, "lines that are not there");
}

#[tokio::test]
async fn the_window_is_that_of_the_day_of_placement_to_the_second_and_staff_may_book_what_comes_later() {
    let (shop, alice) = shop(&json!({"window_days": 14})).await;
    let id = delivered(&shop, &alice, "pm_card_visa").await;
    let until = shop.twin.cloud.clock.now().plus_seconds(14 * DAY).rfc3339();
    for window in [365, 0] {
        shop.settings(&settings(&json!({"window_days": window}))).await;
        assert_eq!(list(&shop, &alice, &id).await.body["return_until"], until);
    }
    shop.twin.cloud.clock.advance(14 * DAY * 1_000);
    let alice = shop.customer("alice");
    let last = get(&shop, &alice, &id).await;
    assert!(last.body["available_actions"].as_array().expect("a list").contains(&json!("request_return")));
    assert_eq!(shop.send(ask(&alice, &id, "r1", &units(1, 1))).await.status, 201, "at the very last moment");
    shop.twin.cloud.clock.advance(1_000);
    let world = World::of(&shop);
    let late = shop.send(ask(&alice, &id, "r2", &units(1, 1))).await;
    assert_problem(&late, 409, "return_window_closed");
    assert_has(
        &late.body,
        &json!({"return_until": until, "order_status": "delivered", "allowed_actions": []}),
    );
    assert_eq!(get(&shop, &alice, &id).await.body["available_actions"], json!([]));
    world.assert_unchanged(&shop, "a return that comes too late");
    let replayed = shop.send(ask(&alice, &id, "r1", &units(1, 1))).await;
    assert_eq!(replayed.status, 200, "what was in time is in time");
    let by_staff = shop.send(ask(&shop.admin(), &id, "r2", &units(2, 1))).await;
    assert_eq!(by_staff.status, 201, "{by_staff:?}");
    let timeline = get(&shop, &alice, &id).await.body["timeline"].clone();
    let actors: Vec<_> = timeline.as_array().expect("a timeline").iter().rev().take(2).collect();
    assert_eq!((&actors[0]["actor"], &actors[1]["actor"]), (&json!("staff"), &json!("customer")));

    // This one was placed when nothing could be sent back.
    let never = delivered(&shop, &alice, "pm_card_visa").await;
    let refused = shop.send(ask(&alice, &never, "r3", &units(1, 1))).await;
    assert_problem(&refused, 409, "return_window_closed");
    assert_eq!(refused.body.get("return_until"), None);
    assert_eq!(list(&shop, &alice, &never).await.body.get("return_until"), None);
    assert_eq!(shop.send(ask(&shop.admin(), &never, "r3", &units(1, 1))).await.status, 201);
}

#[tokio::test]
async fn whoever_read_an_order_in_time_is_told_when_the_time_to_send_it_back_is_over() {
    let (shop, alice) = shop(&json!({"window_days": 14})).await;
    let id = delivered(&shop, &alice, "pm_card_visa").await;
    let first = get(&shop, &alice, &id).await;
    let tag = first.header("etag").expect("a tag");
    for (days, status) in [(0, 304), (13, 304), (2, 200), (1, 200)] {
        shop.twin.cloud.clock.advance(days * DAY * 1_000);
        let read = Call::get(&format!("/api/v1/orders/{id}")).token(&shop.customer("alice"));
        let read = shop.send(read.header("if-none-match", tag)).await;
        assert_eq!((read.status, read.header("etag")), (status, Some(tag)), "after {days} more days");
        if status == 200 {
            assert_eq!(read.body["available_actions"], json!([]));
        }
    }
}

#[tokio::test]
async fn what_was_not_delivered_cannot_be_sent_back() {
    let (shop, alice) = shop(&json!({})).await;
    let placed = shop.send(Call::post("/api/v1/orders").token(&alice).key("k1").json(&body("cod"))).await;
    let id = placed.order_id();
    for status in ["confirmed", "preparing", "packed", "shipped"] {
        bring(&shop, &id, status).await;
        for caller in [alice.clone(), shop.admin()] {
            let refused = shop.send(ask(&caller, &id, "r1", &units(1, 1))).await;
            assert_problem(&refused, 409, "order_not_returnable");
            let seen = get(&shop, &caller, &id).await;
            assert_eq!(refused.body["order_status"], seen.body["status"]);
            assert_eq!(refused.body["allowed_actions"], seen.body["available_actions"]);
        }
        let nothing = list(&shop, &alice, &id).await;
        assert_eq!((&nothing.body["returns"], nothing.body.get("return_until")), (&json!([]), None));
    }
    bring(&shop, &id, "delivered").await;
    assert_eq!(shop.send(ask(&alice, &id, "r1", &units(1, 1))).await.status, 201);
}

#[tokio::test]
async fn a_foreign_orders_returns_are_not_there_and_only_staff_decides() {
    let (shop, alice) = shop(&json!({})).await;
    let id = delivered(&shop, &alice, "pm_card_visa").await;
    assert_eq!(shop.send(ask(&alice, &id, "r1", &units(1, 1))).await.status, 201);
    let world = World::of(&shop);
    let bob = shop.customer("bob");
    assert_problem(&shop.send(ask(&bob, &id, "r1", &units(1, 1))).await, 404, "not_found");
    assert_problem(&list(&shop, &bob, &id).await, 404, "not_found");
    for verb in ["approve", "reject", "receive"] {
        let call =
            Call::post(&format!("/api/v1/admin/orders/{id}/returns/1/{verb}")).json(&json!({"reason": "no"}));
        for customer in [&alice, &bob] {
            assert_eq!(shop.send(call.clone().token(customer)).await.status, 403);
        }
        for known in ["0", "2", "65535"] {
            let path = format!("/api/v1/admin/orders/{id}/returns/{known}/{verb}");
            let call = Call::post(&path).token(&shop.admin());
            let call = if verb == "reject" { call.json(&json!({"reason": "no"})) } else { call };
            assert_problem(&shop.send(call).await, 404, "not_found");
        }
    }
    assert_eq!(list(&shop, &shop.admin(), &id).await.body, list(&shop, &alice, &id).await.body);
    world.assert_unchanged(&shop, "foreign returns");
}

#[tokio::test]
async fn a_return_that_is_only_tried_or_of_another_version_is_none() {
    let (shop, alice) = shop(&json!({})).await;
    let id = delivered(&shop, &alice, "pm_card_visa").await;
    let world = World::of(&shop);
    let stale = ask(&alice, &id, "r1", &units(1, 1)).header("if-match", "\"1\"");
    assert_problem(&shop.send(stale).await, 412, "version_mismatch");
    let path = format!("/api/v1/orders/{id}/returns?dry_run=true");
    let tried = shop.send(Call::post(&path).token(&alice).json(&units(1, 1))).await;
    assert_eq!(tried.status, 200, "{tried:?}");
    assert_has(&tried.body, &json!({"dry_run": true, "return_id": 1, "status": "requested"}));
    let refused = shop.send(Call::post(&path).token(&alice).json(&units(1, 4))).await;
    assert_problem(&refused, 409, "not_enough_units");
    shop.finish().await;
    world.assert_unchanged(&shop, "what was only tried");
    let tag = get(&shop, &alice, &id).await.header("etag").expect("a tag").to_owned();
    let fresh = ask(&alice, &id, "r1", &units(1, 1)).header("if-match", &tag);
    assert_eq!(shop.send(fresh).await.status, 201);
}
