//! Labels bought from the carrier, and parcels that it brings: the order follows its scans by itself.

use serde_json::{Value, json};
use tests::{Answer, Call, Shop, order};

use crate::refunds_support::by_staff;
use crate::shipments_support::{bought, counted, stand, two_houses};
use crate::support::{assert_has, assert_problem, cancel, get, mails};

/// Labels that the carrier has sold: the status of each, the first first.
fn sold(shop: &Shop) -> Vec<String> {
    let now = shop.twin.cloud.clock.now().datetime();
    let labels = shop.twin.cloud.shippo.labels(now);
    labels.iter().map(|label| label["status"].as_str().expect("a status").to_owned()).collect()
}

/// A shop that buys labels, with ten mugs in the north; and the token of Alice.
async fn shop() -> (Shop, String) {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    buying(&shop).await;
    let alice = shop.customer("alice");
    (shop, alice)
}

async fn buying(shop: &Shop) {
    shop.settings(&json!({"fulfillment": {"buy_labels": true}})).await;
}

async fn placed(shop: &Shop, alice: &str) -> String {
    let id = shop.send(order(alice, "k1", "mug", 2, "pm_card_visa")).await.order_id();
    shop.finish().await;
    id
}

async fn tracking(shop: &Shop, id: &str) -> Value {
    let path = format!("/api/v1/orders/{id}/tracking");
    let answer = shop.send(Call::get(&path).token(&shop.customer("alice"))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

fn way(tracking: &Value) -> Vec<(&str, Option<&str>)> {
    let points = tracking["shipments"][0]["checkpoints"].as_array().into_iter().flatten();
    points.map(|point| (point["status"].as_str().expect("a status"), point["location"].as_str())).collect()
}

#[tokio::test]
async fn an_order_reaches_its_customer_by_itself_along_the_carriers_timetable() {
    let (shop, alice) = shop().await;
    let id = placed(&shop, &alice).await;
    let prepared = by_staff(&shop, &id).await;
    let parcel = &prepared["shipments"][0];
    assert_has(parcel, &json!({"status": "planned", "label": {"status": "bought"}}));
    assert!(parcel["courier"]["tracking_number"].is_string(), "{parcel}");
    let seen = get(&shop, &alice, &id).await.body;
    assert!(seen["shipments"][0].get("label").is_none(), "labels are the store's own business");
    for (seconds, status) in [(3, "preparing"), (8, "shipped"), (30, "shipped"), (20, "delivered")] {
        shop.after(seconds).await;
        assert_eq!(counted(&shop, &id).await["status"], status, "after {seconds} more seconds");
    }
    assert_eq!((mails(&shop, "is on its way").len(), mails(&shop, "delivered").len()), (1, 1));
    let tracking = tracking(&shop, &id).await;
    assert_has(&tracking, &json!({"status": "delivered", "delay_status": "early"}));
    let way = way(&tracking);
    let statuses: Vec<&str> = way.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, ["pre_transit", "transit", "transit", "out_for_delivery", "delivered"]);
    assert!(way[1].1.is_some_and(|place| place.contains("Utrecht")), "{way:?}");
}

#[tokio::test]
async fn scans_that_come_late_twice_and_last_first_tell_the_same_way() {
    let (shop, alice) = shop().await;
    let shippo = &shop.twin.cloud.shippo;
    shippo.hold_webhooks_until(shop.twin.cloud.clock.now().plus_seconds(300).datetime());
    shippo.double_webhooks(true);
    shippo.reverse_webhooks(true);
    let id = placed(&shop, &alice).await;
    shop.after(100).await;
    assert_eq!(by_staff(&shop, &id).await["status"], "preparing", "nobody was told");
    shop.after(300).await;
    assert_eq!(counted(&shop, &id).await["status"], "delivered");
    let tracking = tracking(&shop, &id).await;
    let moments: Vec<&str> = tracking["shipments"][0]["checkpoints"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|point| point["at"].as_str().expect("a time"))
        .collect();
    assert_eq!(moments.len(), 5, "each once: {moments:?}");
    assert!(moments.is_sorted(), "{moments:?}");
    assert_eq!((mails(&shop, "is on its way").len(), mails(&shop, "delivered").len()), (1, 1));
}

#[tokio::test]
async fn what_the_carrier_refuses_is_visible_to_staff_and_asked_for_again() {
    let (shop, alice) = shop().await;
    shop.twin.cloud.shippo.refuse_next_label("carrier_timeout", "UPS API did not respond.");
    let id = placed(&shop, &alice).await;
    let label = &by_staff(&shop, &id).await["shipments"][0]["label"];
    assert_has(
        label,
        &json!({"status": "failed", "failure_code": "carrier_timeout", "failure_detail": "UPS: UPS API did not respond."}),
    );
    shop.after(4 * 60).await;
    assert_eq!(by_staff(&shop, &id).await["shipments"][0]["label"]["status"], "failed", "not yet");
    shop.after(2 * 60).await;
    assert_eq!(by_staff(&shop, &id).await["shipments"][0]["label"]["status"], "bought");
    assert_eq!(sold(&shop).iter().filter(|status| *status == "SUCCESS").count(), 1);
}

#[tokio::test]
async fn a_label_whose_answer_is_lost_is_found_and_not_bought_again() {
    let (shop, alice) = shop().await;
    shop.twin.cloud.shippo.break_next_label();
    let id = placed(&shop, &alice).await;
    assert_eq!(by_staff(&shop, &id).await["shipments"][0]["label"]["status"], "requested");
    shop.after(61).await;
    shop.after(61).await;
    assert_eq!(by_staff(&shop, &id).await["shipments"][0]["label"]["status"], "bought");
    assert_eq!(sold(&shop), ["SUCCESS"]);
}

#[tokio::test]
async fn a_carrier_that_is_down_is_asked_until_it_answers() {
    let (shop, alice) = shop().await;
    shop.twin.cloud.shippo.down_until(shop.twin.cloud.clock.now().plus_seconds(3_600).datetime());
    let id = placed(&shop, &alice).await;
    for _ in 0..40 {
        shop.after(120).await;
    }
    assert_eq!(sold(&shop), ["SUCCESS"]);
    assert_eq!(counted(&shop, &id).await["status"], "delivered");
}

#[tokio::test]
async fn the_label_of_a_parcel_that_is_not_sent_is_given_back() {
    let (shop, alice) = shop().await;
    let id = placed(&shop, &alice).await;
    let off = shop.send(cancel(&alice, &id)).await;
    assert_eq!(off.status, 200, "{off:?}");
    shop.finish().await;
    assert_eq!(label_events(&shop, &id).await.last().map(String::as_str), Some("label_void_requested"));
    shop.after(61).await;
    assert_eq!(label_events(&shop, &id).await.last().map(String::as_str), Some("label_voided"));
    shop.after(120).await;
    assert_eq!(counted(&shop, &id).await["status"], "cancelled", "its parcel's scans move nothing");
}

/// What the log says about labels: each event, with why it failed.
async fn label_events(shop: &Shop, id: &str) -> Vec<String> {
    let log = Call::get(&format!("/api/v1/admin/orders/{id}/events")).token(&shop.admin());
    let log = shop.send(log).await.body;
    let about = |event: &Value| {
        let (kind, why) = (event["type"].as_str()?, event["data"]["failure_code"].as_str());
        kind.starts_with("label_")
            .then(|| [Some(kind), why].into_iter().flatten().collect::<Vec<_>>().join(" "))
    };
    log["events"].as_array().expect("a log").iter().filter_map(about).collect()
}

#[tokio::test]
async fn a_carrier_that_does_not_take_a_label_back_after_all_is_heard() {
    let (shop, alice) = shop().await;
    let id = placed(&shop, &alice).await;
    shop.after(8).await;
    assert_eq!(shop.send(cancel(&alice, &id)).await.status, 200);
    shop.finish().await;
    // The carrier fetches the parcel before it decides.
    shop.after(61).await;
    assert_eq!(
        label_events(&shop, &id).await,
        ["label_requested", "label_bought", "label_void_requested", "label_failed void_rejected"]
    );
    shop.after(900).await;
    assert_eq!(label_events(&shop, &id).await.len(), 4, "it is decided");
}

#[tokio::test]
async fn each_parcel_has_its_own_label_and_the_order_is_delivered_with_the_last() {
    let (shop, _) = two_houses().await;
    buying(&shop).await;
    let id = bought(&shop, "cod").await;
    assert_eq!(sold(&shop), ["SUCCESS", "SUCCESS"]);
    shop.after(30).await;
    assert_eq!(stand(&counted(&shop, &id).await), [(1, "shipped"), (2, "shipped")]);
    shop.after(60).await;
    let order = counted(&shop, &id).await;
    assert_eq!((&order["status"], &order["payment_status"]), (&json!("delivered"), &json!("paid")));
}

#[tokio::test]
async fn a_warehouse_without_a_street_sends_nothing_by_itself() {
    let (shop, alice) = shop().await;
    let north = json!({"name": "North", "place": {"country": "NL", "city": "Utrecht"}, "areas": [{"distance_km": 3}]});
    let put = Call::put("/api/v1/admin/warehouses/north").token(&shop.admin()).json(&north);
    assert_eq!(shop.send(put).await.status, 200);
    let id = placed(&shop, &alice).await;
    let label = &by_staff(&shop, &id).await["shipments"][0]["label"];
    assert_has(label, &json!({"status": "failed", "failure_code": "warehouse_without_street"}));
    assert_eq!(sold(&shop), [""; 0]);
}

async fn told(shop: &Shop, query: &str, body: &Value) -> Answer {
    let path = format!("/api/v1/webhooks/carrier{query}");
    shop.send(Call::post(&path).json(body)).await
}

#[tokio::test]
async fn what_nobody_proved_is_not_believed_and_an_order_that_is_not_here_is_told_again() {
    let (shop, alice) = shop().await;
    let id = placed(&shop, &alice).await;
    let scan = |reference: &str| {
        let scan = json!({"status": "DELIVERED", "status_date": "2026-03-01T10:05:00Z", "status_details": "Handed over."});
        json!({"event": "track_updated", "data": {"carrier": "ups", "tracking_number": "1Z",
            "metadata": reference, "tracking_status": scan, "tracking_history": [scan]}})
    };
    let ours = scan(&format!("{id} 1 alice"));
    for query in ["", "?token=guessed", "?token="] {
        assert_problem(&told(&shop, query, &ours).await, 400, "invalid_signature");
    }
    assert_eq!(by_staff(&shop, &id).await["status"], "preparing");
    let secret = "?token=hmac_twin";
    for reference in [format!("{id} 1 bob"), "ord_019ca8e8d0007000800000000000000f 1".to_owned()] {
        assert_problem(&told(&shop, secret, &scan(&reference)).await, 503, "unavailable");
    }
    let unknown = told(&shop, secret, &scan(&format!("{id} 9 alice"))).await;
    assert_has(&unknown.body, &json!({"received": true, "used": false}));
    let short = told(&shop, secret, &scan(&format!("{id} 1"))).await;
    assert_has(&short.body, &json!({"received": true, "used": true}));
    assert_eq!(counted(&shop, &id).await["status"], "delivered", "found by its number");
}
