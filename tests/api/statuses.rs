//! Staff moves orders on (C2), and takes the money at the door (C10).

use serde_json::{Value, json};
use tests::{Answer, Call, Shop, order};

use crate::support::{
    World, assert_has, assert_problem, authenticate, basket, cancel, events, get, mails, money, only_intent,
    place, put_product, shop,
};

const VERBS: [&str; 2] = ["PATCH", "PUT"];
/// Where an order goes when nothing goes wrong.
const LIFE: [&str; 5] = ["confirmed", "preparing", "packed", "shipped", "delivered"];

/// A request of staff to move an order.
pub fn status(shop: &Shop, id: &str, status: &str) -> Call {
    to(shop, "PATCH", id, &json!({ "status": status }))
}

fn to(shop: &Shop, verb: &str, id: &str, body: &Value) -> Call {
    Call::new(verb, &format!("/api/v1/orders/{id}/status")).token(&shop.admin()).json(body)
}

/// Staff moves an order through all that lies before this status, and there.
pub async fn bring(shop: &Shop, id: &str, to: &str) -> Answer {
    let end = LIFE.iter().position(|status| *status == to).expect("a status of a good life");
    let mut last = None;
    for step in &LIFE[..=end] {
        let moved = shop.send(status(shop, id, step)).await;
        assert_eq!(moved.status, 200, "{step}: {moved:?}");
        last = Some(moved);
    }
    shop.finish().await;
    last.expect("at least one step")
}

/// What staff sees of the mugs in stock.
async fn mugs(shop: &Shop) -> (i64, i64) {
    let stock = Call::get("/api/v1/admin/products/mug/stock").token(&shop.admin());
    let stock = shop.send(stock).await.body["stock"][0].clone();
    (stock["on_hand"].as_i64().expect("a number"), stock["held"].as_i64().expect("a number"))
}

#[tokio::test]
async fn staff_moves_an_order_through_its_whole_life_and_its_stock_leaves_when_it_is_shipped() {
    for verb in VERBS {
        let (shop, alice) = shop().await;
        let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
        let id = placed.order_id();
        let mut version = placed.body["version"].as_u64().expect("a version");
        // What happens to its parcel is an event as well.
        for (status, goods, stock, events) in [
            ("preparing", "in_progress", (8, 2), 1),
            ("packed", "in_progress", (8, 2), 2),
            ("shipped", "fulfilled", (8, 0), 2),
            ("delivered", "fulfilled", (8, 0), 2),
        ] {
            shop.twin.cloud.clock.advance(3_600_000);
            let moved = shop.send(to(&shop, verb, &id, &json!({ "status": status }))).await;
            version += events;
            let eco_impact = get(&shop, &alice, &id).await.body["eco_impact"].clone();
            assert_eq!(
                (moved.status, &moved.body),
                (
                    200,
                    &json!({"order_id": id, "status": status, "payment_status": "paid", "fulfillment_status": goods,
                        "eco_impact": eco_impact, "updated_at": shop.twin.cloud.clock.now().rfc3339(), "version": version})
                )
            );
            assert_eq!(moved.header("etag"), Some(format!("\"{version}\"").as_str()));
            assert_eq!((mugs(&shop).await, shop.units("mug")), (stock, stock), "{status}");
            let seen = get(&shop, &alice, &id).await;
            assert_has(
                &seen.body,
                &json!({"status": status, "fulfillment_status": goods, "version": version}),
            );
        }
        shop.finish().await;
        let seen = get(&shop, &alice, &id).await;
        let life =
            ["placed", "payment_started", "paid", "confirmed", "preparing", "packed", "shipped", "delivered"];
        assert_eq!(events(&seen.body), life, "the worker that wanted to prepare it found it done");
        let timeline = seen.body["timeline"].as_array().expect("a timeline");
        assert!(timeline[4..8].iter().all(|event| event["actor"] == "staff"), "{timeline:?}");
        let by_staff = get(&shop, &shop.admin(), &id).await;
        assert_eq!(by_staff.body["timeline"][7]["actor"], "admin:admin");
        assert_eq!(money(&shop), (2_500, 0));
        for told in ["is confirmed", "is on its way", "was delivered"] {
            assert_eq!(mails(&shop, told).len(), 1, "{told}: {:?}", shop.twin.cloud.ses.mails());
        }
    }
}

#[tokio::test]
async fn what_an_order_has_reached_or_passed_can_be_asked_for_again_and_changes_nothing() {
    let (shop, alice) = shop().await;
    let id = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await.order_id();
    for at in 0..LIFE.len() {
        let reached = bring(&shop, &id, LIFE[at]).await;
        let world = World::of(&shop);
        let now = shop.send(status(&shop, &id, LIFE[at])).await;
        for passed in &LIFE[..=at] {
            for verb in VERBS {
                let again = shop.send(to(&shop, verb, &id, &json!({ "status": passed }))).await;
                assert_eq!((again.status, &again.body), (200, &now.body), "{passed} after {}", LIFE[at]);
                assert_eq!(again.header("etag"), now.header("etag"));
            }
        }
        shop.finish().await;
        world.assert_unchanged(&shop, LIFE[at]);
        if at > 0 {
            assert_has(&reached.body, &json!({"status": LIFE[at]}));
        }
    }
    let (shop, alice) = crate::support::shop().await;
    let id = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await.order_id();
    let first = shop.send(status(&shop, &id, "cancelled")).await;
    let again = shop.send(to(&shop, "PUT", &id, &json!({"status": "cancelled", "reason": "another"}))).await;
    assert_eq!((first.status, again.status, &again.body), (200, 200, &first.body));
    assert_eq!((money(&shop), shop.units("mug")), ((2_500, 2_500), (10, 0)));
}

#[tokio::test]
async fn a_way_that_does_not_exist_is_refused_with_where_the_order_stands_and_the_ways_there_are() {
    let (shop, alice) = shop().await;
    let waiting = shop.send(order(&alice, "k1", "mug", 1, "pm_card_threeDSecure2Required")).await.order_id();
    let moved = shop.send(order(&alice, "k2", "mug", 1, "pm_card_visa")).await.order_id();
    let gone = shop.send(order(&alice, "k3", "mug", 1, "cod")).await.order_id();
    shop.send(cancel(&alice, &gone)).await;
    let refuse = async |id: &str, at: &str, impossible: &[&str]| {
        let world = World::of(&shop);
        let seen = get(&shop, &shop.admin(), id).await;
        assert_eq!(seen.body["status"], at);
        for impossible in impossible {
            let code = match (*impossible, at) {
                ("cancelled", _) => "order_not_cancellable",
                ("confirmed", "pending") => "order_not_paid",
                _ => "status_not_reachable",
            };
            for verb in VERBS {
                let refused = shop.send(to(&shop, verb, id, &json!({ "status": impossible }))).await;
                assert_problem(&refused, 409, code);
                assert_eq!(refused.body["order_status"], at, "{impossible}: {refused:?}");
                assert_eq!(refused.body["allowed_actions"], seen.body["available_actions"], "{impossible}");
            }
        }
        world.assert_unchanged(&shop, at);
    };
    refuse(&waiting, "pending", &["confirmed", "preparing", "packed", "shipped", "delivered"]).await;
    refuse(&moved, "confirmed", &["packed", "shipped", "delivered"]).await;
    shop.send(status(&shop, &moved, "preparing")).await;
    refuse(&moved, "preparing", &["delivered"]).await;
    shop.send(status(&shop, &moved, "packed")).await;
    refuse(&moved, "packed", &["delivered"]).await;
    shop.send(status(&shop, &moved, "shipped")).await;
    refuse(&moved, "shipped", &["cancelled"]).await;
    shop.send(status(&shop, &moved, "delivered")).await;
    refuse(&moved, "delivered", &["cancelled"]).await;
    refuse(&gone, "cancelled", &["confirmed", "preparing", "packed", "shipped", "delivered"]).await;
}

#[tokio::test]
async fn an_order_that_is_ready_can_be_shipped_without_being_packed_first() {
    let (shop, alice) = shop().await;
    let id = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await.order_id();
    shop.finish().await;
    assert_eq!(shop.send(status(&shop, &id, "shipped")).await.status, 200);
    let seen = get(&shop, &alice, &id).await;
    assert_eq!(events(&seen.body)[4..], ["preparing", "shipped"]);
    assert_eq!(mugs(&shop).await, (8, 0));
}

#[tokio::test]
async fn customers_and_strangers_move_nothing() {
    let (shop, alice) = shop().await;
    let id = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await.order_id();
    shop.finish().await;
    let world = World::of(&shop);
    let path = format!("/api/v1/orders/{id}/status");
    for verb in VERBS {
        for target in LIFE.iter().chain(&["cancelled"]) {
            let call = Call::new(verb, &path).json(&json!({ "status": target }));
            for customer in [alice.clone(), shop.customer("bob")] {
                let refused = shop.send(call.clone().token(&customer)).await;
                assert_eq!((refused.status, &refused.body), (403, &json!({"message": "Forbidden"})));
            }
            assert_eq!(shop.send(call).await.status, 401);
        }
    }
    let missing = status(&shop, "ord_01890a5dac967aabbccddeeff0011223", "packed");
    assert_problem(&shop.send(missing).await, 404, "not_found");
    world.assert_unchanged(&shop, "what only staff may do");
}

#[tokio::test]
async fn another_version_is_not_moved_and_a_dry_run_moves_nothing_and_says_what_would_be() {
    let (shop, alice) = shop().await;
    let id = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await.order_id();
    shop.finish().await;
    let seen = get(&shop, &alice, &id).await;
    let (tag, version) =
        (seen.header("etag").expect("a tag"), seen.body["version"].as_u64().expect("a number"));
    let world = World::of(&shop);
    let stale = shop.send(status(&shop, &id, "packed").header("if-match", "\"999\"")).await;
    assert_problem(&stale, 412, "version_mismatch");
    for (target, stock) in [("packed", "in_progress"), ("shipped", "fulfilled"), ("cancelled", "cancelled")] {
        let path = format!("/api/v1/orders/{id}/status?dry_run=true");
        let call = Call::put(&path).token(&shop.admin()).json(&json!({ "status": target }));
        let would = shop.send(call.header("if-match", tag)).await;
        assert_eq!(would.status, 200, "{would:?}");
        assert_has(&would.body, &json!({"status": target, "fulfillment_status": stock, "dry_run": true}));
        assert!(would.body["version"].as_u64() > Some(version));
    }
    let path = format!("/api/v1/orders/{id}/status?dry_run=true");
    let refused = Call::put(&path).token(&shop.admin()).json(&json!({"status": "delivered"}));
    assert_problem(&shop.send(refused).await, 409, "status_not_reachable");
    shop.finish().await;
    world.assert_unchanged(&shop, "what was only tried");
    let packed = shop.send(status(&shop, &id, "packed").header("if-match", tag)).await;
    assert_eq!((packed.status, packed.body.get("dry_run")), (200, None));
    let late = shop.send(status(&shop, &id, "shipped").header("if-match", tag)).await;
    assert_problem(&late, 412, "version_mismatch");
}

#[tokio::test]
async fn staff_cancels_by_status_with_a_reason_and_against_the_policy_only_with_another() {
    let (shop, alice) = shop().await;
    let never = json!({"card": "never", "redirect": "never", "cod": "never", "later": "never"});
    shop.settings(&json!({"policies": {"cancel": {"customer": never, "staff": never}}})).await;
    let id = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await.order_id();
    shop.finish().await;
    let world = World::of(&shop);
    let refused =
        shop.send(to(&shop, "PATCH", &id, &json!({"status": "cancelled", "reason": "fraud"}))).await;
    assert_problem(&refused, 409, "override_required");
    assert!(refused.body["allowed_actions"].as_array().expect("a list").contains(&json!("cancel")));
    assert_problem(&shop.send(cancel(&alice, &id)).await, 409, "order_not_cancellable");
    world.assert_unchanged(&shop, "what the policy is against");
    let body = json!({"status": "cancelled", "reason": "fraud", "override_reason": "The bank called"});
    let cancelled = shop.send(to(&shop, "PATCH", &id, &body)).await;
    assert_has(&cancelled.body, &json!({"status": "cancelled", "payment_status": "refunded"}));
    let why = |order: &Value| {
        let timeline = order["timeline"].as_array().expect("a timeline").clone();
        timeline.into_iter().find(|event| event["type"] == "cancelled").expect("it is there")
    };
    let by_staff = why(&get(&shop, &shop.admin(), &id).await.body);
    assert_has(
        &by_staff,
        &json!({"actor": "admin:admin", "reason": "fraud", "override_reason": "The bank called"}),
    );
    let by_alice = why(&get(&shop, &alice, &id).await.body);
    assert_eq!((&by_alice["reason"], by_alice.get("override_reason")), (&json!("fraud"), None));
    assert_eq!((money(&shop), shop.units("mug")), ((2_500, 2_500), (10, 0)));
}

#[tokio::test]
async fn what_is_paid_at_the_door_is_paid_on_delivery_and_it_is_what_is_owed_by_then() {
    let (shop, alice) = shop().await;
    shop.settings(&json!({
        "currency": "EUR",
        "tax": {"prices_include_tax": false, "classes": ["standard"],
            "zones": [{"countries": ["NL"], "rates": {"standard": [{"name": "btw", "rate": "21"}]}}]},
        "shipping_methods": [{"id": "post", "name": "Post",
            "zones": [{"countries": ["NL"], "bands": [{"up_to_grams": 100_000, "price": "4.95"}], "transit_days": 3}]}],
    }))
    .await;
    put_product(&shop, "mug", "12.50", &json!({})).await;
    let placed = shop.send(place(&alice, "k1", &basket(&[("mug", 3)], &json!({})))).await;
    // 3 × 12.50 with 21 % are 45.375, so 45.38; 4.95 with 21 % are 5.99.
    assert_eq!(placed.body["total_amount"], "51.37", "{placed:?}");
    let id = placed.order_id();
    let off = json!({"lines": [{"line_id": 1, "quantity": 1}]});
    let off = Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&alice).key("c1").json(&off);
    assert_eq!(shop.send(off).await.status, 200);
    shop.finish().await;
    let shipped = bring(&shop, &id, "shipped").await;
    assert_eq!(shipped.body["payment_status"], "unpaid");
    let ledger = Call::get(&format!("/api/v1/admin/orders/{id}/ledger")).token(&shop.admin());
    let before = shop.send(ledger.clone()).await;
    assert_has(&before.body, &json!({"captured_amount": "0.00", "refundable_amount": "0.00"}));
    let owed = before.body["owed_amount"].as_str().expect("an amount").to_owned();
    assert_eq!(before.body["balance"], owed.as_str());
    let delivered = bring(&shop, &id, "delivered").await;
    assert_has(&delivered.body, &json!({"status": "delivered", "payment_status": "paid"}));
    let after = shop.send(ledger.clone()).await;
    assert_has(
        &after.body,
        &json!({"owed_amount": owed, "captured_amount": owed, "refundable_amount": owed, "balance": "0.00"}),
    );
    let collected = after.body["entries"].as_array().and_then(|entries| entries.last()).expect("an entry");
    assert_has(collected, &json!({"kind": "cod_collection", "amount": owed, "actor": "admin:admin"}));
    assert!(["36.24", "36.25"].contains(&owed.as_str()), "one mug and its tax less: {owed}");
    bring(&shop, &id, "delivered").await;
    assert_eq!(shop.send(ledger).await.body, after.body, "it is collected once");
    assert_eq!((money(&shop), shop.units("mug")), ((0, 0), (8, 0)));
    let told = mails(&shop, "was delivered");
    let text = told[0].text.as_deref().unwrap_or_default();
    assert!(text.contains(&format!("collected €{owed}")), "{text}");
    let seen = get(&shop, &alice, &id).await;
    assert_has(
        &seen.body,
        &json!({"payment": {"captured_amount": owed, "balance": "0.00"}, "payment_status": "paid"}),
    );
}

#[tokio::test]
async fn a_payment_that_ends_while_staff_waits_opens_the_ways_that_were_closed() {
    let (shop, alice) = shop().await;
    let id = shop.send(order(&alice, "k1", "mug", 2, "pm_card_threeDSecure2Required")).await.order_id();
    assert_problem(&shop.send(status(&shop, &id, "preparing")).await, 409, "status_not_reachable");
    assert!(authenticate(&shop, only_intent(&shop)["id"].as_str().expect("an id"), true));
    shop.finish().await;
    assert_has(
        &bring(&shop, &id, "delivered").await.body,
        &json!({"status": "delivered", "payment_status": "paid"}),
    );
    assert_eq!((money(&shop), shop.units("mug")), ((2_500, 0), (8, 0)));
}
