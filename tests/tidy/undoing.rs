//! How money and goods go back, told with a recorder at hand.

use serde_json::{Value as Json, json};
use tests::{Answer, Call, order, order_body};

use crate::recorder::Recorded;
use crate::template::text;

/// Staff gives money back in every way, also when Stripe refuses and when it is down.
pub async fn money_goes_back(recorded: &Recorded) {
    let (admin, alice) = (recorded.shop.admin(), recorded.shop.customer("alice"));
    let staff = |method: &str, path: &str| Call::new(method, &format!("/api/v1{path}")).token(&admin);
    let one = json!({"lines": [{"line_id": 1, "quantity": 1}], "reason": "It leaks"});

    // Stripe takes the first refund and says later that it failed; asked again, it goes through.
    let placed = order(&alice, "m1", "mug", 2, "pm_twin_firstRefundFails");
    let placed = recorded.send("place-order", 201, placed).await.order_id();
    recorded.finish().await;
    let refunds = format!("/admin/orders/{placed}/refunds");
    for status in [201, 200] {
        recorded.send("refund-order", status, staff("POST", &refunds).key("r1").json(&one)).await;
    }
    let failed = failed(recorded, &admin, &placed).await;
    recorded.send("retry-refund", 200, staff("POST", &format!("{refunds}/{failed}/retry"))).await;
    recorded.send("show-ledger", 200, staff("GET", &format!("/admin/orders/{placed}/ledger"))).await;
    let cancel = json!({"status": "cancelled", "reason": "All of them leak"});
    let status = format!("/orders/{placed}/status");
    recorded.send("change-status", 200, staff("PUT", &status).json(&cancel)).await;
    recorded.finish().await;

    // One that failed is paid by other means, and by the way Stripe hears of another that it missed while it was down.
    let placed = order(&alice, "m2", "mug", 3, "pm_twin_firstRefundFails");
    let placed = recorded.send("place-order", 201, placed).await.order_id();
    recorded.finish().await;
    let refunds = format!("/admin/orders/{placed}/refunds");
    recorded.send("refund-order", 201, staff("POST", &refunds).key("r2").json(&one)).await;
    let failed = self::failed(recorded, &admin, &placed).await;
    let cloud = &recorded.shop.twin.cloud;
    cloud.stripe.down_until(cloud.clock.now().plus_seconds(10).datetime());
    let missed = recorded.send("refund-order", 201, staff("POST", &refunds).key("r3").json(&one)).await;
    assert_eq!(missed.body["status"], "requested", "{missed:?}");
    cloud.clock.advance(11_000);
    let settle = staff("POST", &format!("{refunds}/{failed}/settle"));
    let settled =
        recorded.send("settle-refund", 200, settle.json(&json!({"reference": "Bank transfer 17"}))).await;
    assert_eq!(settled.body["status"], "done", "{settled:?}");
    recorded.finish().await;

    // The customer calls the rest off, first a part of it.
    let cancel = Call::post(&format!("/api/v1/orders/{placed}/cancel")).token(&alice);
    let part = json!({"lines": [{"line_id": 1, "quantity": 1}]});
    recorded.send("cancel-order", 200, cancel.clone().key("c1").json(&part)).await;
    recorded.finish().await;
    recorded.send("cancel-order", 200, cancel).await;
    recorded.finish().await;
}

/// The id of the refund of this order that Stripe refuses, once it has.
async fn failed(recorded: &Recorded, admin: &str, order: &str) -> String {
    recorded.after(10).await;
    let order = Call::get(&format!("/api/v1/orders/{order}")).token(admin);
    let order = recorded.send("get-order", 200, order).await;
    let refunds = order.body["payment"]["refunds"].as_array().cloned().unwrap_or_default();
    let failed = refunds.iter().find(|refund| refund["status"] == "failed");
    text(&failed.unwrap_or_else(|| panic!("no refund failed: {order:?}"))["refund_id"])
}

/// Staff writes down what the customer says, and then calls the order off.
pub async fn staff_edits(recorded: &Recorded) {
    let (admin, alice) = (recorded.shop.admin(), recorded.shop.customer("alice"));
    let placed = recorded.send("place-order", 201, order(&alice, "e1", "mug", 2, "pm_card_visa")).await;
    recorded.finish().await;
    let path = format!("/api/v1/admin/orders/{}", placed.order_id());
    for body in [json!({"internal_notes": "Wavers"}), json!({"status": "cancelled", "internal_notes": null})]
    {
        let edit = Call::new("PATCH", &path).token(&admin).header("if-match", "*").json(&body);
        recorded.send("edit-order", 200, edit).await;
    }
    recorded.finish().await;
}

/// Reserved money is taken when the first part of an order leaves, from one of two parcels, and the rest follows.
pub async fn goods_leave_in_parts(recorded: &Recorded) {
    let (admin, alice) = (recorded.shop.admin(), recorded.shop.customer("alice"));
    let staff = |method: &str, path: &str| Call::new(method, &format!("/api/v1/admin{path}")).token(&admin);
    let settings = |capture: &str| {
        staff("PUT", "/settings").json(&json!({"currency": "EUR",
        "payment": {"capture": capture, "return_origins": ["https://shop.example"]},
        "guest_checkout": {"enabled": true, "order_url": "https://shop.example/orders/{token}"}}))
    };
    recorded.send("put-settings", 200, settings("at_shipment")).await;
    let mut orders = Vec::new();
    for key in ["s1", "s2"] {
        let placed = recorded.send("place-order", 201, order(&alice, key, "mug", 2, "pm_card_visa")).await;
        recorded.finish().await;
        orders.push(placed.order_id());
    }
    recorded.send("put-settings", 200, settings("immediately")).await;
    let part = json!({"lines": [{"line_id": 1, "quantity": 1}], "courier": "PostNL"});
    let path = format!("/orders/{}/fulfill", orders[0]);
    for status in [201, 200] {
        recorded.send("fulfill-order", status, staff("POST", &path).key("f1").json(&part)).await;
    }
    let path = format!("/orders/{}/shipments/1", orders[1]);
    for status in ["packed", "shipped", "delivered"] {
        let patch = staff("PATCH", &path).json(&json!({ "status": status }));
        recorded.send("change-shipment", 200, patch).await;
    }
    recorded.finish().await;
    let path = format!("/orders/{}/cancel", orders[0]);
    let rest = Call::post(&format!("/api/v1{path}")).token(&alice).key("f2");
    recorded.send("cancel-order", 200, rest.json(&json!({"lines": [{"line_id": 1, "quantity": 1}]}))).await;
    recorded.finish().await;
}

/// Labels are bought, scans bring orders to their customers, and what is called off gives its label back.
pub async fn carriers_bring_parcels(recorded: &Recorded) {
    let (admin, alice) = (recorded.shop.admin(), recorded.shop.customer("alice"));
    let path = "/api/v1/admin/settings";
    let before = recorded.send("get-settings", 200, Call::get(path).token(&admin)).await;
    let mut settings = before.body.clone();
    for of_the_answer in ["version", "updated_at"] {
        settings.as_object_mut().expect("an object").remove(of_the_answer);
    }
    settings["fulfillment"] = json!({"buy_labels": true});
    settings["payment"] = json!({"capture": "at_shipment"});
    recorded.send("put-settings", 200, Call::put(path).token(&admin).json(&settings)).await;
    let mut ids = Vec::new();
    // One label is refused at first. The carrier keeps no name that is as long as hers.
    recorded.shop.twin.cloud.shippo.refuse_next_label("carrier_timeout", "Please try again.");
    let long = recorded.shop.customer(&"a".repeat(70));
    for (customer, key) in [(&alice, "l1"), (&alice, "l2"), (&long, "l3")] {
        let mut body = order_body("mug", 1, "pm_card_visa");
        body["contact_email"] = json!("somebody@example.com");
        let place = Call::post("/api/v1/orders").token(customer).key(key).json(&body);
        let placed = recorded.send("place-order", 201, place).await;
        recorded.finish().await;
        ids.push(placed.order_id());
    }
    let off = Call::post(&format!("/api/v1/orders/{}/cancel", ids[1])).token(&alice);
    recorded.send("cancel-order", 200, off).await;
    // Staff does not wait for the worker's next try.
    let label = format!("/api/v1/admin/orders/{}/shipments/1/label", ids[0]);
    recorded.send("request-label", 202, Call::post(&label).token(&admin).key("l4")).await;
    recorded.after(61).await;
    recorded.send("show-label", 200, Call::get(&label).token(&admin)).await;
    recorded.after(301).await;
    recorded.after(70).await;
    let path = format!("/api/v1/orders/{}/tracking", ids[0]);
    let tracking = recorded.send("track-order", 200, Call::get(&path).token(&alice)).await;
    assert_eq!(tracking.body["status"], "delivered", "{tracking:?}");
}

/// Orders are delivered, and parts of them are sent back.
pub async fn goods_come_back(recorded: &Recorded) {
    let (admin, alice) = (recorded.shop.admin(), recorded.shop.customer("alice"));
    let staff = |method: &str, path: &str| Call::new(method, &format!("/api/v1{path}")).token(&admin);
    let one = json!({"lines": [{"line_id": 1, "quantity": 1}], "reason": "damaged"});
    let placed = recorded.send("place-order", 201, order(&alice, "b1", "mug", 3, "pm_card_visa")).await;
    let id = delivered(recorded, &placed).await;
    let returns = format!("/orders/{id}/returns");
    for (key, token) in [("b2", &alice), ("b3", &admin)] {
        let ask = Call::post(&format!("/api/v1{returns}")).token(token).key(key).json(&one);
        recorded.send("request-return", 201, ask).await;
        recorded.send("list-returns", 200, Call::get(&format!("/api/v1{returns}")).token(token)).await;
    }
    let answer =
        |number: u32, verb: &str| staff("POST", &format!("/admin/orders/{id}/returns/{number}/{verb}"));
    recorded.send("approve-return", 200, answer(1, "approve")).await;
    recorded.send("receive-return", 200, answer(1, "receive")).await;
    recorded.send("reject-return", 200, answer(2, "reject").json(&json!({"reason": "It was used"}))).await;
    recorded.finish().await;

    let mut body: Json = order_body("mug", 1, "cod");
    body["contact_email"] = json!("guest@example.com");
    let place = Call::post("/api/v1/guest/orders").key("nobody-guesses-b4").json(&body);
    let placed = recorded.send("place-guest-order", 201, place).await;
    delivered(recorded, &placed).await;
    let path = format!("/api/v1/guest/orders/{}/returns", text(&placed.body["order_token"]));
    recorded.send("request-return", 201, Call::post(&path).key("b5").json(&one)).await;
    recorded.send("list-returns", 200, Call::get(&path)).await;
    recorded.finish().await;
}

/// Staff brings an order to its customer.
async fn delivered(recorded: &Recorded, placed: &Answer) -> String {
    recorded.finish().await;
    let id = placed.order_id();
    let path = format!("/api/v1/orders/{id}/status");
    for status in ["packed", "shipped", "delivered"] {
        let patch = Call::new("PATCH", &path).token(&recorded.shop.admin()).json(&json!({"status": status}));
        recorded.send("change-status", 200, patch).await;
    }
    recorded.finish().await;
    id
}
