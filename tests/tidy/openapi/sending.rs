//! How orders are sent, parcel by parcel, and what of it is refused, as documented.

use serde_json::{Value, json};
use tests::Call;

use super::{Documented, Operation};

fn call(id: &str, instead: &[(&str, &str)]) -> Call {
    Operation::named(id).call(instead)
}

#[tokio::test]
async fn orders_are_sent_in_parts_as_documented() {
    let shop = Documented::set_up().await;
    let staff = shop.staff.as_str();
    let id = shop.paid("sent", 2, "pm_card_visa").await.order_id();
    let order = [("order_id", id.as_str())];
    let would = [order[0], ("Idempotency-Key", ""), ("dry_run", "true")];
    let would = shop.sent("fulfill-order", 200, call("fulfill-order", &would).token(staff)).await;
    assert_eq!((&would.body["status"], &would.body["dry_run"]), (&json!("shipped"), &json!(true)));
    let sent = shop.examples("fulfill-order", &[201], staff, &order).await;
    let statuses: Vec<&Value> = sent.iter().map(|answer| &answer.body["fulfillment_status"]).collect();
    assert_eq!(statuses, ["partially_fulfilled", "fulfilled"]);
    for again in shop.examples("fulfill-order", &[200], staff, &order).await {
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
    }
    for (parcel, status) in [("2", "shipped"), ("3", "delivered")] {
        let parcel = [order[0], ("shipment_id", parcel)];
        let arrived = call("change-shipment", &parcel).token(staff).json(&json!({"status": "delivered"}));
        let arrived = shop.sent("change-shipment", 200, arrived).await;
        assert_eq!(arrived.body["status"], status);
    }
    for token in [staff, shop.alice.as_str()] {
        let read = shop.sent("get-order", 200, call("get-order", &order).token(token)).await;
        assert_eq!(read.body["lines"][0]["delivered_quantity"], 2, "{}", read.body);
        shop.sent("track-order", 200, call("track-order", &order).token(token)).await;
    }
    shop.shop.finish().await;
}

#[tokio::test]
async fn a_parcel_is_moved_on_as_documented() {
    let shop = Documented::set_up().await;
    let id = shop.paid("moved", 1, "pm_card_visa").await.order_id();
    let parcel = [("order_id", id.as_str()), ("shipment_id", "1")];
    let dry = call("change-shipment", &[parcel[0], parcel[1], ("dry_run", "true")]).token(&shop.staff);
    let would = shop.sent("change-shipment", 200, dry.json(&json!({"status": "packed"}))).await;
    assert_eq!((&would.body["status"], &would.body["dry_run"]), (&json!("packed"), &json!(true)));
    for _ in 0..2 {
        let moved = shop.examples("change-shipment", &[200], &shop.staff, &parcel).await;
        assert_eq!(moved.last().expect("an example").body["status"], "shipped");
    }
    shop.shop.finish().await;
}

#[tokio::test]
async fn a_label_is_asked_for_and_printed_as_documented() {
    let shop = Documented::set_up().await;
    shop.shop.twin.cloud.shippo.refuse_next_label("carrier_timeout", "Please try again.");
    let id = shop.paid("labelled", 1, "pm_card_visa").await.order_id();
    let (staff, order) = (shop.staff.as_str(), ("order_id", id.as_str()));
    let label = |operation: &str, instead: &[(&str, &str)]| {
        call(operation, &[&[order], instead].concat()).token(staff)
    };
    let none = shop.sent("show-label", 409, label("show-label", &[])).await;
    assert_eq!((none.code(), &none.body["label_status"]), ("no_label", &json!("failed")));
    let dry = label("request-label", &[("dry_run", "true"), ("Idempotency-Key", "")]);
    assert_eq!(shop.sent("request-label", 200, dry).await.body["dry_run"], true);
    for (status, replayed) in [(202, None), (200, Some("true"))] {
        let asked = shop.sent("request-label", status, label("request-label", &[])).await;
        assert_eq!(asked.body["shipments"][0]["label"]["status"], "wanted");
        assert_eq!(asked.header("idempotent-replayed"), replayed);
    }
    for (status, code, instead) in [
        (400, "idempotency_key_required", ("Idempotency-Key", "")),
        (404, "not_found", ("shipment_id", "2")),
        (409, "no_label_wanted", ("Idempotency-Key", "another")),
    ] {
        assert_eq!(shop.sent("request-label", status, label("request-label", &[instead])).await.code(), code);
    }
    shop.shop.after(61).await;
    let reused = label("request-label", &[("If-Match", "\"1\"")]);
    assert_eq!(shop.sent("request-label", 412, reused).await.code(), "version_mismatch");
    let shown = shop.sent("show-label", 200, label("show-label", &[])).await;
    assert_eq!(shown.body["shipment_id"], 1);
    let missing = label("show-label", &[("shipment_id", "2")]);
    assert_eq!(shop.sent("show-label", 404, missing).await.code(), "not_found");
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_as_documented() {
    let shop = Documented::set_up().await;
    let staff = shop.staff.as_str();
    let unpaid = shop.paid("unpaid", 1, "pm_card_authenticationRequired").await.order_id();
    let id = shop.paid("in-parts", 3, "pm_card_visa").await.order_id();
    let fulfill = |order: &str, key: &str, body: Value| {
        let call = call("fulfill-order", &[("order_id", order), ("Idempotency-Key", key)]);
        call.token(staff).json(&body)
    };
    let parcel = |number: &str, body: Value| {
        let call = call("change-shipment", &[("order_id", &id), ("shipment_id", number)]);
        call.token(staff).json(&body)
    };
    let units = |line: u32, quantity: u32| json!({"lines": [{"line_id": line, "quantity": quantity}]});
    shop.sent("fulfill-order", 201, fulfill(&id, "one", units(1, 1))).await;
    let calls = [
        ("fulfill-order", 400, "idempotency_key_required", fulfill(&id, "", units(1, 1))),
        ("fulfill-order", 400, "malformed_body", fulfill(&id, "k", json!({"lines": 1}))),
        ("fulfill-order", 404, "not_found", fulfill("none", "k", json!({}))),
        ("fulfill-order", 409, "status_not_reachable", fulfill(&unpaid, "k", json!({}))),
        ("fulfill-order", 409, "not_enough_units", fulfill(&id, "k", units(1, 3))),
        ("fulfill-order", 422, "invalid_request", fulfill(&id, "k", units(2, 1))),
        ("fulfill-order", 422, "invalid_request", fulfill(&id, "k", json!({"tracking_number": "3S"}))),
        ("fulfill-order", 422, "idempotency_key_reused", fulfill(&id, "one", units(1, 2))),
        ("change-shipment", 400, "malformed_body", parcel("3", json!({"status": "lost"}))),
        ("change-shipment", 404, "not_found", parcel("1", json!({"status": "packed"}))),
        ("change-shipment", 404, "not_found", parcel("x", json!({"status": "packed"}))),
        ("change-shipment", 409, "shipment_not_open", parcel("3", json!({"status": "delivered"}))),
        ("change-shipment", 422, "invalid_request", parcel("3", json!({}))),
        ("change-shipment", 422, "invalid_request", parcel("3", json!({"status": "planned"}))),
        ("change-shipment", 422, "invalid_request", parcel("3", json!({"status": "packed", "courier": "x"}))),
        (
            "change-shipment",
            422,
            "invalid_request",
            parcel("3", json!({"courier": "x", "tracking_url": "ftp://x.example"})),
        ),
    ];
    for (id, status, code, call) in calls {
        assert_eq!(shop.sent(id, status, call).await.code(), code, "{id}");
    }
    let whole = call("cancel-order", &[("order_id", &id), ("Idempotency-Key", "")]).token(&shop.alice);
    assert_eq!(shop.sent("cancel-order", 409, whole).await.code(), "partly_shipped");
}
