//! Labels that staff asks for, and links to those that were bought.

use serde_json::{Value, json};
use tests::{Answer, Call, Shop, order};

use crate::refunds_support::by_staff;
use crate::support::{World, assert_has, assert_problem, cancel};

/// A shop with ten mugs in the north, and an order of two that is prepared. It buys no labels unless it is asked to.
async fn prepared(buys: bool) -> (Shop, String) {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    shop.settings(&json!({"fulfillment": {"buy_labels": buys}})).await;
    let placed = shop.send(order(&shop.customer("alice"), "k1", "mug", 2, "pm_card_visa")).await;
    (shop, placed.order_id())
}

fn path(id: &str, parcel: &str) -> String {
    format!("/api/v1/admin/orders/{id}/shipments/{parcel}/label")
}

async fn want(shop: &Shop, id: &str, key: &str) -> Answer {
    shop.send(Call::post(&path(id, "1")).token(&shop.admin()).key(key)).await
}

async fn shown(shop: &Shop, id: &str) -> Answer {
    shop.send(Call::get(&path(id, "1")).token(&shop.admin())).await
}

/// The label of the only parcel, as staff sees it.
async fn label(shop: &Shop, id: &str) -> Value {
    by_staff(shop, id).await["shipments"][0]["label"].clone()
}

/// Labels that the carrier has sold and nobody gave back.
fn sold(shop: &Shop) -> usize {
    let labels = shop.twin.cloud.shippo.labels(shop.twin.cloud.clock.now().datetime());
    labels.iter().filter(|label| label["status"] == "SUCCESS").count()
}

#[tokio::test]
async fn a_label_that_staff_asks_for_is_bought_by_the_worker_and_not_by_the_request() {
    let (shop, id) = prepared(false).await;
    shop.finish().await;
    assert_eq!(label(&shop, &id).await, Value::Null);
    let asked = want(&shop, &id, "w1").await;
    assert_eq!(asked.status, 202, "{asked:?}");
    assert_has(&asked.body["shipments"][0], &json!({"status": "planned", "label": {"status": "wanted"}}));
    assert_eq!(sold(&shop), 0, "the log says it, and nobody was asked");
    shop.finish().await;
    assert_has(&label(&shop, &id).await, &json!({"status": "bought"}));
    assert_eq!(sold(&shop), 1);
    shop.after(90).await;
    assert_eq!(by_staff(&shop, &id).await["status"], "delivered");
}

#[tokio::test]
async fn when_all_tries_are_used_up_staff_asks_again_and_the_worker_has_as_many_as_before() {
    let (shop, id) = prepared(true).await;
    let shippo = &shop.twin.cloud.shippo;
    let tries = |order: &Value| {
        let timeline = order["timeline"].as_array().cloned().unwrap_or_default();
        timeline.iter().filter(|event| event["type"] == "label_failed").count()
    };
    for round in 1..=2 {
        for pause in [0, 5 * 60, 60 * 60, 6 * 60 * 60] {
            shippo.refuse_next_label("", "The address is not known.");
            // What waits for longer than fifteen minutes is held back by the queue several times.
            for _ in 0..pause / 900 {
                shop.after(900).await;
            }
            shop.after(pause % 900 + 2).await;
        }
        shop.after(900).await;
        assert_eq!(tries(&by_staff(&shop, &id).await), 4 * round);
        assert_eq!(label(&shop, &id).await["status"], "failed");
        assert_eq!(want(&shop, &id, &format!("w{round}")).await.status, 202);
    }
    shop.finish().await;
    assert_has(&label(&shop, &id).await, &json!({"status": "bought"}));
    assert_eq!(sold(&shop), 1);
}

#[tokio::test]
async fn asked_any_number_of_times_one_label_is_bought() {
    let (shop, id) = prepared(false).await;
    shop.finish().await;
    let asked = want(&shop, &id, "w1").await;
    let again = want(&shop, &id, "w1").await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, Some("true")));
    assert_eq!(again.body["version"], asked.body["version"]);
    assert_problem(&want(&shop, &id, "w2").await, 409, "no_label_wanted");
    shop.finish().await;
    let before = World::of(&shop);
    let again = want(&shop, &id, "w1").await;
    assert_eq!(again.status, 200);
    assert_eq!(
        again.body["shipments"][0]["label"]["status"], "bought",
        "the same request, and what became of it"
    );
    let refused = want(&shop, &id, "w3").await;
    assert_problem(&refused, 409, "no_label_wanted");
    assert_has(
        &refused.body,
        &json!({"detail": "no shipment waits for a label", "order_status": "preparing"}),
    );
    before.assert_unchanged(&shop, "what was asked before");
    assert_eq!(sold(&shop), 1);
}

#[tokio::test]
async fn a_wish_whose_answer_from_the_carrier_is_lost_is_still_one_label() {
    let (shop, id) = prepared(false).await;
    shop.finish().await;
    assert_eq!(want(&shop, &id, "w1").await.status, 202);
    shop.twin.cloud.shippo.break_next_label();
    shop.finish().await;
    assert_eq!(label(&shop, &id).await["status"], "requested");
    assert_problem(&want(&shop, &id, "w2").await, 409, "no_label_wanted");
    for _ in 0..2 {
        shop.after(61).await;
    }
    assert_eq!((&label(&shop, &id).await["status"], sold(&shop)), (&json!("bought"), 1));
}

#[tokio::test]
async fn of_what_is_called_off_no_label_is_bought_and_one_that_was_is_given_back_once() {
    let (shop, id) = prepared(false).await;
    assert_problem(&want(&shop, &id, "w1").await, 404, "not_found");
    shop.finish().await;
    assert_eq!(want(&shop, &id, "w1").await.status, 202);
    shop.finish().await;
    assert_eq!(shop.send(cancel(&shop.customer("alice"), &id)).await.status, 200);
    assert_problem(&want(&shop, &id, "w2").await, 409, "no_label_wanted");
    shop.finish().await;
    assert_eq!(shown(&shop, &id).await.body["label_status"], "void_requested");
    shop.after(61).await;
    let order = by_staff(&shop, &id).await;
    let timeline = order["timeline"].as_array().expect("a timeline");
    assert!(timeline.iter().any(|event| event["type"] == "label_voided"), "{order:#}");
    assert_problem(&want(&shop, &id, "w3").await, 409, "no_label_wanted");
    assert_eq!(want(&shop, &id, "w1").await.status, 200, "it was asked for, and is off by now");
    shop.after(900).await;
    let labels = shop.twin.cloud.shippo.labels(shop.twin.cloud.clock.now().datetime());
    assert_eq!((labels.len(), sold(&shop)), (1, 0));
    assert_has(&shown(&shop, &id).await.body, &json!({"code": "no_label", "label_status": "voided"}));
}

#[tokio::test]
async fn a_link_to_a_label_works_when_the_one_from_its_purchase_has_ended() {
    let (shop, id) = prepared(false).await;
    shop.finish().await;
    let none = shown(&shop, &id).await;
    assert_problem(&none, 409, "no_label");
    assert_eq!(none.body["label_status"], "none");
    want(&shop, &id, "w1").await;
    assert_eq!(shown(&shop, &id).await.body["label_status"], "wanted");
    shop.finish().await;
    let old = label(&shop, &id).await["url"].as_str().expect("a link").to_owned();
    shop.twin.cloud.clock.advance(2 * 24 * 60 * 60 * 1_000);
    let now = shop.twin.cloud.clock.now();
    let link = shown(&shop, &id).await;
    assert_eq!((link.status, link.header("cache-control")), (200, Some("no-store")), "{link:?}");
    assert_has(
        &link.body,
        &json!({"order_id": id, "shipment_id": 1, "format": "PDF_A6", "pieces": [],
            "expires_at": now.plus_seconds(24 * 60 * 60).rfc3339()}),
    );
    let fresh = link.body["url"].as_str().expect("a link");
    assert_eq!((read(&shop, &old), read(&shop, fresh)), (403, 200));
}

/// What a browser that follows a link is answered.
fn read(shop: &Shop, url: &str) -> u16 {
    let at = url.find("/shippo/").expect("a link to the carrier");
    let request = http::Request::get(&url[at..]).body(bytes::Bytes::new()).expect("a request");
    shop.twin.cloud.call(request).status().as_u16()
}

#[tokio::test]
async fn a_carrier_that_does_not_answer_is_unavailable_and_a_wish_waits_for_it() {
    let (shop, id) = prepared(false).await;
    shop.finish().await;
    want(&shop, &id, "w1").await;
    shop.finish().await;
    shop.twin.cloud.shippo.down_until(shop.twin.cloud.clock.now().plus_seconds(60).datetime());
    assert_problem(&shown(&shop, &id).await, 503, "unavailable");
    shop.after(61).await;
    assert_eq!(shown(&shop, &id).await.status, 200);
}

#[tokio::test]
async fn labels_are_for_staff_and_of_parcels_that_there_are() {
    let (shop, id) = prepared(false).await;
    shop.finish().await;
    for parcel in ["2", "0", "x", "99999999"] {
        let (ask, show) = (Call::post(&path(&id, parcel)).key("w1"), Call::get(&path(&id, parcel)));
        for call in [ask, show] {
            assert_problem(&shop.send(call.token(&shop.admin())).await, 404, "not_found");
        }
    }
    let keyless = shop.send(Call::post(&path(&id, "1")).token(&shop.admin())).await;
    assert_problem(&keyless, 400, "idempotency_key_required");
    for call in [Call::post(&path(&id, "1")).key("w1"), Call::get(&path(&id, "1"))] {
        assert_eq!(shop.send(call.token(&shop.customer("alice"))).await.status, 403);
    }
    let dry = Call::post(&format!("{}?dry_run=true", path(&id, "1"))).token(&shop.admin());
    let would = shop.send(dry).await;
    assert_eq!((would.status, &would.body["dry_run"]), (200, &json!(true)));
    assert_eq!(label(&shop, &id).await, Value::Null);
    let stale = Call::post(&path(&id, "1")).token(&shop.admin()).key("w1").header("if-match", "\"1\"");
    assert_problem(&shop.send(stale).await, 412, "version_mismatch");
}
