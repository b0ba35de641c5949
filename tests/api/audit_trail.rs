//! The audit trail (C11): every change with its time, who made it by which command, and what it did to the books.

use serde_json::{Value, json};
use tests::{Answer, Call, Shop, order};

use crate::statuses::status;
use crate::support::{assert_has, assert_invalid, assert_problem, get, shop};

async fn trail(shop: &Shop, id: &str, query: &str) -> Answer {
    let call = Call::get(&format!("/api/v1/admin/orders/{id}/events{query}")).token(&shop.admin());
    let page = shop.send(call).await;
    assert_eq!(page.status, 200, "{page:?}");
    page
}

/// Command, type and actor of each event.
fn told(page: &Answer) -> Vec<[String; 3]> {
    let events = page.body["events"].as_array().expect("events").iter();
    events
        .map(|event| {
            ["command", "type", "actor"].map(|part| event[part].as_str().expect("a text").to_owned())
        })
        .collect()
}

#[tokio::test]
async fn a_life_is_told_with_who_did_what() {
    let (shop, alice) = shop().await;
    let id = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await.order_id();
    shop.finish().await;
    for step in ["packed", "shipped", "delivered"] {
        assert_eq!(shop.send(status(&shop, &id, step)).await.status, 200);
    }
    let ask = json!({"lines": [{"line_id": 1, "quantity": 1}], "reason": "damaged", "comment": "A crack"});
    let ask = Call::post(&format!("/api/v1/orders/{id}/returns")).token(&alice).key("b1").json(&ask);
    assert_eq!(shop.send(ask).await.status, 201);
    let path = format!("/api/v1/admin/orders/{id}/returns/1");
    for verb in ["approve", "receive"] {
        assert_eq!(shop.send(Call::post(&format!("{path}/{verb}")).token(&shop.admin())).await.status, 200);
    }
    shop.finish().await;

    let page = trail(&shop, &id, "").await;
    let (staff, us, stripe) = ("admin:admin", "system", "payment_provider");
    assert_eq!(
        told(&page),
        [
            ["place", "placed", "customer"],
            ["record_payment", "payment_started", stripe],
            ["record_payment", "paid", stripe],
            ["record_payment", "confirmed", stripe],
            ["prepare", "preparing", us],
            ["note_bill", "bill_issued", us],
            ["pack", "parcel_packed", staff],
            ["pack", "packed", staff],
            ["ship", "parcel_shipped", staff],
            ["ship", "shipped", staff],
            ["deliver", "parcel_delivered", staff],
            ["deliver", "delivered", staff],
            ["request_return", "return_requested", "customer"],
            ["approve_return", "return_approved", staff],
            ["receive_return", "return_received", staff],
            ["receive_return", "refund_requested", staff],
            ["record_refund", "refunded", stripe],
            ["note_bill", "bill_issued", us],
        ]
    );
    let events = page.body["events"].as_array().expect("events");
    let sequences: Vec<_> =
        events.iter().map(|event| event["sequence"].as_u64().expect("a number")).collect();
    assert_eq!(sequences, (1..=18).collect::<Vec<_>>());
    assert_eq!((&page.body["version"], page.header("etag")), (&json!(18), Some("\"18\"")));
    assert_has(
        &events[0],
        &json!({"data": {"customer_id": "alice", "total_amount": "25.00", "item_count": 2, "payment_type": "card"},
            "ledger": [{"kind": "charge", "amount": "25.00", "balance": "25.00"}]}),
    );
    assert_has(&events[2], &json!({"ledger": [{"kind": "capture", "amount": "25.00", "balance": "0.00"}]}));
    assert_has(&events[12]["data"], &json!({"return_id": 1, "reason": "damaged", "comment": "A crack"}));
    let received = json!({"received": [{"line_id": 1, "restocked": 1, "scrapped": 0}], "amount": "12.50"});
    assert_has(&events[14]["data"], &received);
    assert_has(&events[16], &json!({"ledger": [{"kind": "refund", "amount": "12.50", "balance": "0.00"}]}));
    let notes = [5, 17].map(|at: usize| (&events[at]["data"]["bill_number"], &events[at]["data"]["kind"]));
    assert_eq!(
        notes,
        [(&json!("INV-000001"), &json!("invoice")), (&json!("CN-000001"), &json!("credit_note"))]
    );
    assert!(!page.body.to_string().contains("pm_card"), "how to charge the card is a secret");

    // The ledger and the timeline say the same.
    let ledger = Call::get(&format!("/api/v1/admin/orders/{id}/ledger")).token(&shop.admin());
    let ledger = shop.send(ledger).await;
    let effects = events.iter().flat_map(|event| event["ledger"].as_array().into_iter().flatten());
    let effects: Vec<_> = effects.map(|effect| (&effect["kind"], &effect["amount"])).collect();
    let entries = ledger.body["entries"].as_array().expect("entries").iter();
    assert_eq!(effects, entries.map(|entry| (&entry["kind"], &entry["amount"])).collect::<Vec<_>>());
    let timeline = get(&shop, &shop.admin(), &id).await.body["timeline"].clone();
    let timeline = timeline.as_array().expect("a timeline").iter();
    for (entry, event) in timeline.zip(events) {
        for member in ["sequence", "type", "at", "actor"] {
            assert_eq!(entry[member], event[member]);
        }
    }
}

#[tokio::test]
async fn the_trail_is_read_page_by_page_and_goes_on_where_it_grew() {
    let (shop, alice) = shop().await;
    let id = shop.send(order(&alice, "k1", "mug", 1, "cod")).await.order_id();
    shop.finish().await;
    let first = trail(&shop, &id, "?limit=2").await;
    assert_eq!(
        (first.body["events"].as_array().map(Vec::len), &first.body["next_after"]),
        (Some(2), &json!(2))
    );
    let last = trail(&shop, &id, "?limit=2&after=2").await;
    assert_eq!(told(&last), [["prepare", "preparing", "system"], ["note_bill", "bill_issued", "system"]]);
    assert_eq!(last.body["next_after"], Value::Null);
    let after = last.body["version"].as_u64().expect("a version");
    assert_eq!(trail(&shop, &id, &format!("?after={after}")).await.body["events"], json!([]));
    assert_eq!(shop.send(status(&shop, &id, "packed")).await.status, 200);
    let news = trail(&shop, &id, &format!("?after={after}")).await;
    assert_eq!(told(&news), [["pack", "parcel_packed", "admin:admin"], ["pack", "packed", "admin:admin"]]);
    assert_eq!(trail(&shop, &id, "?after=4294967295").await.body["events"], json!([]));
}

#[tokio::test]
async fn the_trail_is_staffs() {
    let (shop, alice) = shop().await;
    let id = shop.send(order(&alice, "k1", "mug", 1, "cod")).await.order_id();
    let path = format!("/api/v1/admin/orders/{id}/events");
    assert_eq!(shop.send(Call::get(&path).token(&alice)).await.status, 403);
    assert_eq!(shop.send(Call::get(&path)).await.status, 401);
    for id in ["ord_01a1fc2143867fe2ab9377e44462b779", "ord_1"] {
        let path = format!("/api/v1/admin/orders/{id}/events");
        assert_problem(&shop.send(Call::get(&path).token(&shop.admin())).await, 404, "not_found");
    }
    for (query, pointer) in
        [("after=-1", "?after"), ("after=x", "?after"), ("limit=0", "?limit"), ("limit=101", "?limit")]
    {
        let call = Call::get(&format!("{path}?{query}")).token(&shop.admin());
        assert_invalid(&shop.send(call).await, pointer, "out_of_range");
    }
}
