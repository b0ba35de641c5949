//! How orders are moved on and undone, and what of it is refused, as documented.

use serde_json::{Value, json};
use tests::{Answer, Call};

use super::{Documented, Operation};

fn call(id: &str, instead: &[(&str, &str)]) -> Call {
    Operation::named(id).call(instead)
}

impl Documented {
    /// A paid order of so many mugs, as the workers leave it.
    pub(super) async fn paid(&self, key: &str, mugs: u32, card: &str) -> Answer {
        let mut body = tests::order_body("mug-enamel", mugs, card);
        body["contact_email"] = "alice@example.com".into();
        let place = call("place-order", &[("Idempotency-Key", key)]).token(&self.alice).json(&body);
        let placed = self.sent("place-order", 201, place).await;
        self.shop.finish().await;
        placed
    }

    /// Staff moves an order to each of these statuses.
    async fn moved(&self, order: &str, statuses: &[&str]) {
        for status in statuses {
            let put = call("change-status-put", &[("order_id", order)]).token(&self.staff);
            let answer = self.sent("change-status-put", 200, put.json(&json!({"status": status}))).await;
            assert_eq!(answer.body["status"], *status);
        }
    }

    /// Staff reads an order's ledger, whose entries must make its sums.
    async fn ledger(&self, order: &str) -> Value {
        let ledger = call("show-ledger", &[("order_id", order)]).token(&self.staff);
        let ledger = self.sent("show-ledger", 200, ledger).await.body;
        let last = ledger["entries"].as_array().and_then(|entries| entries.last()).cloned();
        assert_eq!(last.expect("an order was charged")["balance"], ledger["balance"]);
        ledger
    }
}

const DELIVERED: [&str; 3] = ["packed", "shipped", "delivered"];

#[tokio::test]
async fn orders_are_moved_on_as_documented() {
    let shop = Documented::set_up().await;
    let id = shop.paid("moved", 1, "pm_card_visa").await.order_id();
    let order = [("order_id", id.as_str())];
    let dry = call("change-status", &[order[0], ("dry_run", "true")]).token(&shop.staff);
    let would = shop.sent("change-status", 200, dry.json(&json!({"status": "packed"}))).await;
    assert_eq!((&would.body["status"], &would.body["dry_run"]), (&json!("packed"), &json!(true)));
    for _ in 0..2 {
        let moved = shop.examples("change-status", &[200], &shop.staff, &order).await;
        assert_eq!(moved.last().expect("an example").body["status"], "shipped");
    }
    shop.moved(&id, &["delivered"]).await;
    let read = shop.sent("get-order", 200, call("get-order", &order).token(&shop.alice)).await;
    assert_eq!(read.body["available_actions"], json!(["request_return"]));
    assert!(read.body["return_until"].is_string(), "{}", read.body);

    let unpaid = shop.paid("called-off", 1, "pm_card_authenticationRequired").await.order_id();
    let cancel = json!({"status": "cancelled", "reason": "Nobody answers the phone"});
    let put = call("change-status-put", &[("order_id", &unpaid)]).token(&shop.staff).json(&cancel);
    assert_eq!(shop.sent("change-status-put", 200, put).await.body["payment_status"], "voided");
    shop.shop.finish().await;
}

#[tokio::test]
async fn money_goes_back_as_documented() {
    let shop = Documented::set_up().await;
    let staff = shop.staff.as_str();
    let id = shop.paid("refunded", 2, "pm_card_visa").await.order_id();
    let order = [("order_id", id.as_str())];
    let would = [order[0], ("Idempotency-Key", ""), ("dry_run", "true")];
    let would = shop.sent("refund-order", 200, call("refund-order", &would).token(staff)).await;
    assert_eq!((&would.body["amount"], &would.body["dry_run"]), (&json!("29.95"), &json!(true)));
    let refunds = shop.examples("refund-order", &[201], staff, &order).await;
    assert_eq!(refunds.last().expect("an example").body["refundable_amount"], "0.00");
    for again in shop.examples("refund-order", &[200], staff, &order).await {
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
    }
    let ledger = shop.ledger(&id).await;
    assert_eq!((&ledger["refunded_amount"], &ledger["balance"]), (&json!("29.95"), &json!("0.00")));

    // What was collected at the door is given back by hand.
    let by_hand = shop.paid("by-hand", 1, "cod").await.order_id();
    shop.moved(&by_hand, &DELIVERED).await;
    let refund = call("refund-order", &[("order_id", &by_hand)]).token(staff);
    let refund = shop.sent("refund-order", 201, refund).await;
    assert_eq!(refund.body["status"], "requested");
    let refund = refund.body["refund_id"].as_str().unwrap_or_default().to_owned();
    let instead = [("order_id", by_hand.as_str()), ("refund_id", refund.as_str())];
    for _ in 0..2 {
        shop.examples("settle-refund", &[200], staff, &instead).await;
    }
    assert_eq!(shop.ledger(&by_hand).await["refunded_amount"], "17.45");

    // Stripe takes it, and says later that it failed.
    let failing = shop.paid("failing", 1, "pm_twin_firstRefundFails").await.order_id();
    let refund = call("refund-order", &[("order_id", &failing)]).token(staff);
    let refund = shop.sent("refund-order", 201, refund).await.body["refund_id"].clone();
    shop.shop.after(10).await;
    let read = shop.sent("get-order", 200, call("get-order", &[("order_id", &failing)]).token(staff)).await;
    assert_eq!(read.body["payment"]["refunds"][0]["status"], "failed", "{}", read.body);
    let instead = [("order_id", failing.as_str()), ("refund_id", refund.as_str().unwrap_or_default())];
    let retry = shop.sent("retry-refund", 200, call("retry-refund", &instead).token(staff)).await;
    assert_eq!(retry.body["status"], "done");
    shop.ledger(&failing).await;
}

#[tokio::test]
async fn goods_come_back_as_documented() {
    let shop = Documented::set_up().await;
    let (staff, alice) = (shop.staff.as_str(), shop.alice.as_str());
    let id = shop.paid("returned", 3, "pm_card_visa").await.order_id();
    shop.moved(&id, &DELIVERED).await;
    let order = [("order_id", id.as_str())];
    shop.examples("request-return", &[201], alice, &order).await;
    for again in shop.examples("request-return", &[200], alice, &order).await {
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
    }
    let list =
        || async { shop.sent("list-returns", 200, call("list-returns", &order).token(alice)).await.body };
    assert_eq!(list().await["reasons"], json!(["damaged", "wrong_item", "other"]));
    let first = [order[0], ("return_id", "1")];
    let second = [order[0], ("return_id", "2")];
    for _ in 0..2 {
        shop.sent("approve-return", 200, call("approve-return", &first).token(staff)).await;
        shop.examples("reject-return", &[200], staff, &second).await;
    }
    for _ in 0..2 {
        let received = shop.examples("receive-return", &[200], staff, &first).await;
        assert_eq!(received[0].body["refund"]["amount"], "17.45", "a mug and the delivery");
    }
    shop.shop.finish().await;
    let returns = list().await["returns"].clone();
    assert_eq!((&returns[0]["status"], &returns[1]["status"]), (&json!("received"), &json!("rejected")));
    assert_eq!(returns[0]["received"], json!([{"line_id": 1, "restocked": 0, "scrapped": 1}]));
    shop.ledger(&id).await;
}

#[tokio::test]
async fn guests_undo_their_orders_as_documented() {
    let shop = Documented::set_up().await;
    let mut body = tests::order_body("mug-enamel", 2, "pm_card_visa");
    body["contact_email"] = "carol@example.com".into();
    let mut orders = Vec::new();
    for key in ["called-off-by-a-guest", "returned-by-a-guest"] {
        let place = call("place-guest-order", &[("Idempotency-Key", key)]).json(&body);
        let order = shop.sent("place-guest-order", 201, place).await;
        orders.push((order.order_id(), order.body["order_token"].as_str().unwrap_or_default().to_owned()));
    }
    shop.shop.finish().await;
    let [(_, first), (id, second)] = orders.as_slice() else { panic!("two were placed") };
    shop.examples("cancel-order-guest", &[200], "", &[("order_token", first)]).await;
    shop.moved(id, &DELIVERED).await;
    let order = [("order_token", second.as_str())];
    shop.examples("request-return-guest", &[201], "", &order).await;
    let list = shop.sent("list-returns-guest", 200, call("list-returns-guest", &order)).await;
    assert_eq!(list.body["returns"].as_array().map(Vec::len), Some(2));
    shop.shop.finish().await;
}

/// Sends each request and looks at the status and the code of its answer. That a conflict says where the order stands and what
/// it allows, the document demands of every one.
async fn refused(shop: &Documented, calls: impl IntoIterator<Item = (&str, u16, &str, Call)>) {
    for (id, status, code, call) in calls {
        assert_eq!(shop.sent(id, status, call).await.code(), code, "{id}");
    }
}

#[tokio::test]
async fn what_an_order_does_not_allow_is_refused_as_documented() {
    let shop = Documented::set_up().await;
    let (staff, alice) = (shop.staff.as_str(), shop.alice.as_str());
    let id = shop.paid("open", 2, "pm_card_visa").await.order_id();
    let open = |call_of: &str, key: &str, body: Value| {
        call(call_of, &[("order_id", id.as_str()), ("Idempotency-Key", key)]).json(&body)
    };
    let units = |line: u32, quantity: u32| json!([{"line_id": line, "quantity": quantity}]);
    let to = |status: &str| open("change-status", "", json!({"status": status})).token(staff);
    let cancel = |key: &str, body: Value| open("cancel-order", key, body).token(alice);
    let refund = |key: &str, body: Value| open("refund-order", key, body).token(staff);
    let give_back = |key: &str, body: Value| open("request-return", key, body).token(alice);
    let done = format!("{id}-refund-1");
    let of_refund = |call_of: &str, refund: &str, body: Value| {
        call(call_of, &[("order_id", id.as_str()), ("refund_id", refund)]).json(&body).token(staff)
    };
    let of_return = |call_of: &str, body: Value| open(call_of, "", body).token(staff);
    let damaged = json!({"lines": units(1, 1), "reason": "damaged"});
    let none = json!({});
    shop.sent("cancel-order", 200, cancel("part", json!({"lines": units(1, 1)}))).await;
    shop.shop.finish().await;
    shop.sent("refund-order", 201, refund("delivery", json!({"delivery": true}))).await;
    let calls = [
        ("change-status", 409, "status_not_reachable", to("delivered")),
        ("change-status", 422, "invalid_request", to("pending")),
        ("change-status", 400, "malformed_body", to("lost")),
        ("cancel-order", 400, "idempotency_key_required", cancel("", json!({"lines": units(1, 1)}))),
        ("cancel-order", 409, "not_enough_units", cancel("k", json!({"lines": units(1, 2)}))),
        ("cancel-order", 422, "invalid_request", cancel("k", json!({"lines": units(2, 1)}))),
        ("cancel-order", 422, "invalid_request", cancel("k", json!({"lines": []}))),
        ("cancel-order", 422, "idempotency_key_reused", cancel("part", json!({"lines": units(1, 2)}))),
        ("refund-order", 400, "idempotency_key_required", refund("", none.clone())),
        ("refund-order", 409, "refund_exceeds_captured", refund("k", json!({"amount": "99"}))),
        ("refund-order", 409, "not_enough_units", refund("k", json!({"lines": units(1, 2)}))),
        ("refund-order", 409, "delivery_already_refunded", refund("k", json!({"delivery": true}))),
        ("refund-order", 422, "invalid_request", refund("k", json!({"amount": "1", "delivery": true}))),
        ("refund-order", 422, "invalid_request", refund("k", json!({"goodwill": true}))),
        ("refund-order", 422, "idempotency_key_reused", refund("delivery", none.clone())),
        ("retry-refund", 404, "not_found", of_refund("retry-refund", "none", none.clone())),
        ("retry-refund", 409, "refund_not_open", of_refund("retry-refund", &done, none)),
        (
            "settle-refund",
            409,
            "refund_not_open",
            of_refund("settle-refund", &done, json!({"reference": "17"})),
        ),
        (
            "settle-refund",
            422,
            "invalid_request",
            of_refund("settle-refund", &done, json!({"reference": ""})),
        ),
        ("request-return", 409, "order_not_returnable", give_back("k", damaged.clone())),
        ("request-return", 422, "invalid_request", give_back("k", json!({"reason": "damaged"}))),
        ("approve-return", 404, "not_found", of_return("approve-return", json!({}))),
    ];
    refused(&shop, calls).await;

    shop.moved(&id, &DELIVERED).await;
    shop.sent("refund-order", 201, refund("rest", json!({}))).await;
    let unknown =
        shop.sent("request-return", 422, give_back("k", json!({"line_ids": [1], "reason": "bored"}))).await;
    assert_eq!((unknown.code(), &unknown.body["reasons"][0]), ("invalid_request", &json!("damaged")));
    shop.sent("request-return", 201, give_back("one", damaged.clone())).await;
    let calls = [
        ("change-status", 409, "order_not_cancellable", to("cancelled")),
        ("cancel-order", 409, "order_not_cancellable", cancel("", json!({}))),
        ("refund-order", 409, "nothing_to_refund", refund("k", json!({}))),
        ("request-return", 409, "nothing_to_return", give_back("k", damaged.clone())),
        (
            "request-return",
            422,
            "idempotency_key_reused",
            give_back("one", json!({"line_ids": [1], "reason": "other"})),
        ),
        ("receive-return", 409, "return_not_open", of_return("receive-return", json!({}))),
        ("reject-return", 422, "invalid_request", of_return("reject-return", json!({"reason": ""}))),
    ];
    refused(&shop, calls).await;
    let approve = call("approve-return", &[("order_id", &id)]).token(staff);
    shop.sent("approve-return", 200, approve).await;
    let more = json!({"lines": [{"line_id": 1, "restock": 1, "scrap": 1}]});
    refused(&shop, [("receive-return", 409, "not_enough_units", of_return("receive-return", more))]).await;
}

#[tokio::test]
async fn what_the_policies_of_its_placement_forbid_is_refused_as_documented() {
    let shop = Documented::set_up().await;
    let policies = json!({
        "cancel": {"customer": {"card": "never"}, "staff": {"card": "never"}},
        "returns": {"window_days": 1},
    });
    let put = call("put-settings", &[]).token(&shop.staff);
    let put = put.json(&json!({"currency": "EUR", "policies": policies}));
    shop.sent("put-settings", 200, put).await;
    let id = shop.paid("strict", 1, "pm_card_visa").await.order_id();
    let cancel = || call("cancel-order", &[("order_id", id.as_str())]);
    let body = json!({"reason": "Out of print"});
    let calls = [
        ("cancel-order", 409, "order_not_cancellable", cancel().token(&shop.alice)),
        ("cancel-order", 409, "override_required", cancel().token(&shop.staff).json(&body)),
    ];
    refused(&shop, calls).await;
    shop.moved(&id, &DELIVERED).await;
    shop.shop.after(86_400 + 1).await;
    let late = json!({"line_ids": [1], "reason": "damaged"});
    let late = call("request-return", &[("order_id", &id)]).token(&shop.shop.customer("alice")).json(&late);
    let late = shop.sent("request-return", 409, late).await;
    assert_eq!(late.code(), "return_window_closed");
    assert!(late.body["return_until"].is_string(), "{}", late.body);
}
