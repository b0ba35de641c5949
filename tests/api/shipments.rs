//! Orders that leave in parts (A10, C9, C10). What rivals cannot do (P15): part of one line is sent, and the counts of every line say
//! where each unit is.

use serde_json::json;
use tests::Call;

use crate::refunds_support::{advance, by_staff, cancel_part, ledger, lines};
use crate::shipments_support::{bought, change, counted, fulfill, moved, stand, two_houses};
use crate::support::{World, assert_has, assert_problem, events, get, mails, money};

#[tokio::test]
async fn a_part_of_a_line_is_sent_and_the_rest_later() {
    let (shop, _) = two_houses().await;
    let id = bought(&shop, "pm_card_visa").await;
    counted(&shop, &id).await;
    let sent = shop.send(fulfill(&shop, &id, "f1", &json!({"lines": lines(&[(1, 2)])}))).await;
    assert_has(
        &sent.body,
        &json!({"status": "preparing", "payment_status": "paid", "fulfillment_status": "partially_fulfilled"}),
    );
    assert_eq!(
        (sent.status, sent.header("etag")),
        (201, Some(format!("\"{}\"", sent.body["version"]).as_str()))
    );
    let order = counted(&shop, &id).await;
    assert_eq!(stand(&order), [(3, "shipped"), (4, "planned"), (5, "planned")], "two were planned before");
    assert_has(&order["lines"][0], &json!({"quantity": 4, "shipped_quantity": 2}));
    assert_eq!((shop.units("mug"), shop.units("plate")), ((1, 2), (6, 4)));
    shop.finish().await;
    assert_eq!((mails(&shop, "A part of your order").len(), mails(&shop, "is on its way").len()), (1, 1));

    let rest = shop.send(fulfill(&shop, &id, "f2", &json!({}))).await;
    assert_has(&rest.body, &json!({"status": "shipped", "fulfillment_status": "fulfilled"}));
    counted(&shop, &id).await;
    advance(&shop, &id, &["delivered"]).await;
    shop.finish().await;
    let order = counted(&shop, &id).await;
    assert_has(&order["lines"][0], &json!({"shipped_quantity": 4, "delivered_quantity": 4}));
    assert_eq!((shop.units("mug"), shop.units("plate"), money(&shop)), ((1, 0), (6, 0), (7000, 0)));
    assert_eq!((mails(&shop, "is on its way").len(), mails(&shop, "was delivered").len()), (2, 1));
}

#[tokio::test]
async fn each_parcel_of_two_houses_goes_its_own_way_and_the_order_follows_the_last() {
    let (shop, alice) = two_houses().await;
    let id = bought(&shop, "pm_card_visa").await;
    let order = counted(&shop, &id).await;
    assert_has(
        &order["shipments"],
        &json!([
            {"shipment_id": 1, "warehouse_id": "north", "lines": lines(&[(1, 3), (2, 4)])},
            {"shipment_id": 2, "warehouse_id": "south", "lines": lines(&[(1, 1)])},
        ]),
    );
    let steps = [
        (2, "packed", "preparing", "in_progress", (1, 4)),
        (2, "shipped", "preparing", "partially_fulfilled", (1, 3)),
        (2, "delivered", "preparing", "partially_fulfilled", (1, 3)),
        (1, "packed", "packed", "partially_fulfilled", (1, 3)),
        (1, "shipped", "shipped", "fulfilled", (1, 0)),
        (1, "delivered", "delivered", "fulfilled", (1, 0)),
    ];
    for (parcel, to, status, goods, mugs) in steps {
        let order = moved(&shop, &id, parcel, to).await;
        assert_has(&order, &json!({"status": status, "fulfillment_status": goods}));
        assert_eq!(shop.units("mug"), mugs, "{to} {parcel}");
        let world = World::of(&shop);
        let again = shop.send(change(&shop, &id, parcel, &json!({"status": to}))).await;
        assert_eq!((again.status, &again.body["version"]), (200, &order["version"]), "{to} again");
        world.assert_unchanged(&shop, "a parcel that is that far");
        shop.finish().await;
    }
    let seen = get(&shop, &alice, &id).await.body;
    let moves: Vec<_> = seen["timeline"].as_array().expect("a list").iter().collect();
    let of = |name: &str| -> Vec<u64> {
        let named = moves.iter().filter(|entry| entry["type"] == name);
        named.filter_map(|entry| entry["shipment_id"].as_u64()).collect()
    };
    for name in ["parcel_packed", "parcel_shipped", "parcel_delivered"] {
        assert_eq!(of(name), [2, 1], "{name}");
    }
    assert_eq!(events(&seen).last(), Some(&"delivered"));
}

#[tokio::test]
async fn the_stock_of_a_parcel_leaves_the_buckets_that_it_was_taken_from() {
    let (shop, _) = two_houses().await;
    let split = Call::post("/api/v1/admin/products/mug/stock/split").token(&shop.admin());
    let split = shop.send(split.json(&json!({"warehouse_id": "north", "buckets": 3}))).await;
    assert_eq!(split.status, 200, "{split:?}");
    let id = bought(&shop, "cod").await;
    for (parcel, held) in [(1, 1), (2, 0)] {
        moved(&shop, &id, parcel, "shipped").await;
        assert_eq!(shop.units("mug"), (1, held), "a mug that nobody ordered stays");
    }
    let items = shop.twin.cloud.dynamodb.items(&shop.twin.table).expect("items");
    let of_mugs = items.iter().filter(|item| {
        item["PK"]["S"] == "PRODUCT#mug"
            && item["SK"]["S"].as_str().is_some_and(|key| key.starts_with("STOCK#"))
    });
    assert!(of_mugs.clone().count() >= 4, "three buckets and a house");
    for item in of_mugs {
        assert_eq!(item["held"]["N"], "0", "{item}");
    }
}

#[tokio::test]
async fn once_a_part_has_left_the_order_cannot_be_called_off_as_a_whole_and_the_rest_can() {
    let (shop, alice) = two_houses().await;
    let id = bought(&shop, "pm_card_visa").await;
    moved(&shop, &id, 2, "shipped").await;
    shop.finish().await;
    let world = World::of(&shop);
    for (token, body) in
        [(&alice, json!({})), (&shop.admin(), json!({"override_reason": "The boss says so"}))]
    {
        let whole = Call::post(&format!("/api/v1/orders/{id}/cancel")).token(token);
        let refused = shop.send(whole.json(&body)).await;
        assert_problem(&refused, 409, "partly_shipped");
        let allowed: Vec<_> = refused.body["allowed_actions"].as_array().expect("a list").iter().collect();
        assert!(allowed.iter().any(|action| *action == "cancel_lines"), "{refused:?}");
        assert!(!allowed.iter().any(|action| *action == "cancel"), "{refused:?}");
    }
    let status = json!({"status": "cancelled"});
    let by_status = Call::put(&format!("/api/v1/orders/{id}/status")).token(&shop.admin()).json(&status);
    assert_problem(&shop.send(by_status).await, 409, "partly_shipped");
    let left = shop.send(cancel_part(&alice, &id, "c0", &[(1, 4)])).await;
    assert_problem(&left, 409, "not_enough_units");
    assert_has(&left.body, &json!({"line_id": 1, "available": 3}));
    world.assert_unchanged(&shop, "what has left");

    let some = shop.send(cancel_part(&alice, &id, "c1", &[(1, 1), (2, 4)])).await;
    assert_has(&some.body, &json!({"status": "confirmed", "refund_amount": "32.50"}));
    counted(&shop, &id).await;
    shop.finish().await;
    let order = counted(&shop, &id).await;
    assert_eq!(stand(&order), [(2, "shipped"), (3, "planned")], "what is left is planned anew");
    let rest = shop.send(cancel_part(&alice, &id, "c2", &[(1, 2)])).await;
    assert_has(&rest.body, &json!({"status": "shipped", "payment_status": "partially_refunded"}));
    shop.finish().await;
    let order = counted(&shop, &id).await;
    assert_has(&order, &json!({"status": "shipped", "fulfillment_status": "fulfilled"}));
    assert_eq!((money(&shop), shop.units("mug"), shop.units("plate")), ((7000, 5750), (4, 0), (10, 0)));
    assert_has(&ledger(&shop, &id).await, &json!({"owed_amount": "12.50", "balance": "0.00"}));
}

#[tokio::test]
async fn only_what_was_delivered_comes_back() {
    let (shop, alice) = two_houses().await;
    let id = bought(&shop, "pm_card_visa").await;
    let path = format!("/api/v1/orders/{id}/returns");
    let ask = |key: &str, units: &[(u32, u32)]| {
        let body = json!({"lines": lines(units), "reason": "damaged"});
        Call::post(&path).token(&alice).key(key).json(&body)
    };
    moved(&shop, &id, 2, "shipped").await;
    moved(&shop, &id, 2, "delivered").await;
    // Nothing comes back while a part is still to be sent: until then it can be called off.
    assert_problem(&shop.send(ask("r0", &[(1, 1)])).await, 409, "order_not_returnable");
    shop.send(cancel_part(&alice, &id, "c1", &[(1, 2), (2, 4)])).await;
    shop.finish().await;
    let order = counted(&shop, &id).await;
    let last = stand(&order).last().expect("a parcel").0;
    moved(&shop, &id, last, "shipped").await;
    moved(&shop, &id, last, "delivered").await;
    let short = shop.send(ask("r1", &[(1, 3)])).await;
    assert_problem(&short, 409, "not_enough_units");
    assert_has(&short.body, &json!({"line_id": 1, "available": 2}));
    assert_problem(&shop.send(ask("r1", &[(2, 1)])).await, 409, "not_enough_units");
    assert_eq!(shop.send(ask("r1", &[(1, 2)])).await.status, 201);
    let order = by_staff(&shop, &id).await;
    assert_has(
        &order["lines"][0],
        &json!({"delivered_quantity": 2, "cancelled_quantity": 2, "returning_quantity": 2}),
    );
}

#[tokio::test]
async fn a_parcel_that_is_planned_anew_gets_another_number() {
    let (shop, alice) = two_houses().await;
    let id = bought(&shop, "pm_card_visa").await;
    moved(&shop, &id, 1, "packed").await;
    let sent = shop.send(fulfill(&shop, &id, "f1", &json!({"lines": lines(&[(2, 1)])}))).await;
    let order = counted(&shop, &id).await;
    assert_eq!(stand(&order), [(3, "shipped"), (4, "planned"), (5, "planned")], "closed parcels are opened");
    assert_has(&sent.body, &json!({"shipments": order["shipments"]}));
    assert_problem(&shop.send(change(&shop, &id, 1, &json!({"status": "shipped"}))).await, 404, "not_found");
    shop.send(cancel_part(&alice, &id, "c1", &[(2, 1)])).await;
    shop.finish().await;
    assert_eq!(stand(&counted(&shop, &id).await), [(3, "shipped"), (6, "planned"), (7, "planned")]);
    // A parcel that has just these units goes as it is.
    let sent = shop.send(fulfill(&shop, &id, "f2", &json!({"lines": lines(&[(1, 1)])}))).await;
    assert_eq!(sent.status, 201, "{sent:?}");
    assert_eq!(stand(&counted(&shop, &id).await), [(3, "shipped"), (6, "planned"), (7, "shipped")]);
}

#[tokio::test]
async fn the_same_key_sends_once_and_another_request_under_it_is_none() {
    let (shop, _) = two_houses().await;
    let id = bought(&shop, "pm_card_visa").await;
    let part = json!({"lines": lines(&[(1, 2)]), "courier": "PostNL"});
    let first = shop.send(fulfill(&shop, &id, "f1", &part)).await;
    assert_eq!(first.status, 201, "{first:?}");
    shop.finish().await;
    let world = World::of(&shop);
    let again = shop.send(fulfill(&shop, &id, "f1", &part)).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, Some("true")));
    assert_eq!(again.body["shipments"], first.body["shipments"]);
    for other in [
        json!({}),
        json!({"lines": lines(&[(1, 2)])}),
        json!({"lines": lines(&[(1, 1)]), "courier": "PostNL"}),
    ] {
        let reused = shop.send(fulfill(&shop, &id, "f1", &other)).await;
        assert_problem(&reused, 422, "idempotency_key_reused");
    }
    let keyless = Call::post(&format!("/api/v1/admin/orders/{id}/fulfill")).token(&shop.admin());
    assert_problem(&shop.send(keyless.json(&part)).await, 400, "idempotency_key_required");
    world.assert_unchanged(&shop, "a replay and refusals");
    assert_eq!(counted(&shop, &id).await["lines"][0]["shipped_quantity"], 2);
}

#[tokio::test]
async fn a_dry_run_says_how_it_would_be_sent_and_changes_nothing() {
    let (shop, _) = two_houses().await;
    let id = bought(&shop, "pm_card_visa").await;
    let world = World::of(&shop);
    let path = format!("/api/v1/admin/orders/{id}/fulfill?dry_run=true");
    let part = Call::post(&path).token(&shop.admin()).json(&json!({"lines": lines(&[(1, 2)])}));
    let would = shop.send(part).await;
    assert_has(&would.body, &json!({"dry_run": true, "fulfillment_status": "partially_fulfilled"}));
    assert_eq!((would.status, would.body["shipments"].as_array().map(Vec::len)), (200, Some(3)));
    let path = format!("/api/v1/admin/orders/{id}/shipments/1?dry_run=true");
    let patch = Call::new("PATCH", &path).token(&shop.admin()).json(&json!({"status": "shipped"}));
    let would = shop.send(patch).await;
    assert_has(
        &would.body,
        &json!({"dry_run": true, "status": "preparing", "fulfillment_status": "partially_fulfilled"}),
    );
    shop.finish().await;
    world.assert_unchanged(&shop, "previews");
    let stale = fulfill(&shop, &id, "f1", &json!({})).header("if-match", "\"3\"");
    assert_problem(&shop.send(stale).await, 412, "version_mismatch");
    world.assert_unchanged(&shop, "another version");
}

#[tokio::test]
async fn parcels_are_packed_in_what_the_store_keeps_when_they_are_planned() {
    let (shop, _) = two_houses().await;
    let kept = |id: &str, carries: u32, weighs: u32| {
        let packaging = json!({"id": id, "length_mm": 400, "width_mm": 300, "height_mm": 200,
            "max_weight_grams": carries, "weight_grams": weighs, "recycled": true, "material": "board"});
        json!({"fulfillment": {"packagings": [packaging]}})
    };
    shop.settings(&kept("wrap", 1_000, 10)).await;
    let id = bought(&shop, "cod").await;
    assert_has(
        &counted(&shop, &id).await["shipments"],
        &json!([
            {"shipment_id": 1, "packaging": "wrap", "packages": 3, "weight_grams": 2_130},
            {"shipment_id": 2, "packaging": "wrap", "packages": 1, "weight_grams": 310},
        ]),
    );
    shop.settings(&kept("crate", 50_000, 2_000)).await;
    moved(&shop, &id, 2, "shipped").await;
    let part = json!({"lines": lines(&[(2, 4)])});
    assert_eq!(shop.send(fulfill(&shop, &id, "f1", &part)).await.status, 201);
    assert_has(
        &counted(&shop, &id).await["shipments"],
        &json!([
            {"shipment_id": 2, "packaging": "wrap", "weight_grams": 310},
            {"shipment_id": 3, "packaging": "crate", "packages": 1, "weight_grams": 3_200},
            {"shipment_id": 4, "packaging": "crate", "packages": 1, "weight_grams": 2_900},
        ]),
    );
}
