//! Guests send something back, with the token of their mail (C5).

use serde_json::{Value, json};
use tests::{Answer, Call, Shop};

use crate::returns::{DAY, body, decide, reject, shop, tally, units};
use crate::statuses::bring;
use crate::support::{World, assert_has, assert_problem, get, mails, merge, money};

/// A shop, and a guest's order that was delivered a moment ago: its id and its token.
async fn delivered(card: &str) -> (Shop, String, String) {
    let (shop, _) = shop(&json!({"window_days": 365})).await;
    let mut order = body(card);
    merge(&mut order, &json!({"contact_email": "jane@example.com"}));
    let placed = shop.send(Call::post("/api/v1/guest/orders").key("0b9f6f0e-guest-1").json(&order)).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    bring(&shop, &placed.order_id(), "delivered").await;
    let token = placed.body["order_token"].as_str().expect("a token").to_owned();
    (shop, placed.order_id(), token)
}

fn ask(token: &str, key: &str, body: &Value) -> Call {
    Call::post(&format!("/api/v1/guest/orders/{token}/returns")).key(key).json(body)
}

async fn read(shop: &Shop, token: &str) -> Answer {
    shop.send(Call::get(&format!("/api/v1/guest/orders/{token}"))).await
}

async fn list(shop: &Shop, token: &str) -> Answer {
    shop.send(Call::get(&format!("/api/v1/guest/orders/{token}/returns"))).await
}

#[tokio::test]
async fn a_guest_asks_sends_and_is_paid_back_with_the_token_alone() {
    let (shop, id, token) = delivered("pm_card_visa").await;
    let seen = read(&shop, &token).await;
    assert_eq!(seen.body["available_actions"], json!(["request_return"]));
    let asked = shop.send(ask(&token, "r1", &units(1, 2))).await;
    assert_eq!(asked.status, 201, "{asked:?}");
    let again = shop.send(ask(&token, "r1", &units(1, 2))).await;
    assert_eq!((again.status, &again.body), (200, &asked.body));
    assert_problem(&shop.send(ask(&token, "r1", &units(1, 1))).await, 422, "idempotency_key_reused");
    assert_problem(&shop.send(ask(&token, "r2", &units(1, 2))).await, 409, "not_enough_units");
    let keyless = Call::post(&format!("/api/v1/guest/orders/{token}/returns")).json(&units(1, 1));
    assert_problem(&shop.send(keyless).await, 400, "idempotency_key_required");
    let stale = ask(&token, "r2", &units(1, 1)).header("if-match", "\"1\"");
    assert_problem(&shop.send(stale).await, 412, "version_mismatch");

    assert_eq!(shop.send(decide(&shop, &id, 1, "approve")).await.status, 200);
    shop.finish().await;
    let told = mails(&shop, "is approved");
    let text = told[0].text.as_deref().unwrap_or_default();
    assert!(
        told[0].to.contains(&"jane@example.com".to_owned()) && text.contains(&token),
        "the way back: {text}"
    );
    assert_eq!(shop.send(decide(&shop, &id, 1, "receive")).await.status, 200);
    shop.finish().await;
    let listed = list(&shop, &token).await;
    assert_has(
        &listed.body,
        &json!({"order_id": id, "returns": [{"return_id": 1, "status": "received",
            "refund": {"amount": "25.00", "currency": "EUR", "status": "done"}}]}),
    );
    let seen = read(&shop, &token).await;
    assert_eq!(tally(&seen.body, 1), [0, 0, 2]);
    assert_eq!((money(&shop), shop.units("mug")), ((5_245, 2_500), (19, 0)));
    let by_staff = Call::get(&format!("/api/v1/orders/{id}/returns")).token(&shop.admin());
    assert_eq!(shop.send(by_staff).await.body, listed.body);
}

#[tokio::test]
async fn no_token_but_the_orders_own_sends_anything_back() {
    let (shop, id, token) = delivered("cod").await;
    let world = World::of(&shop);
    let forged = format!("{}{}", if token.starts_with('A') { 'B' } else { 'A' }, &token[1..]);
    for other in [forged.as_str(), "AAAA", &id] {
        assert_problem(&shop.send(ask(other, "r1", &units(1, 1))).await, 404, "not_found");
        assert_problem(&list(&shop, other).await, 404, "not_found");
    }
    for customer in ["jane@example.com", "bob"] {
        let customer = shop.customer(customer);
        for name in [&id, &token] {
            let call = Call::post(&format!("/api/v1/orders/{name}/returns")).token(&customer).key("r1");
            assert_problem(&shop.send(call.json(&units(1, 1))).await, 404, "not_found");
        }
    }
    // The token makes its bearer the order's customer, and staff no staff.
    for (verb, body) in [("approve", json!({})), ("reject", json!({"reason": "no"})), ("receive", json!({}))]
    {
        let call = Call::post(&format!("/api/v1/admin/orders/{token}/returns/1/{verb}"));
        assert_eq!(shop.send(call.clone().json(&body)).await.status, 401);
        let call = call.token(&shop.admin());
        let call = if verb == "approve" { call } else { call.json(&body) };
        assert_problem(&shop.send(call).await, 404, "not_found");
    }
    world.assert_unchanged(&shop, "what is not the order's own token");
}

#[tokio::test]
async fn a_guest_whose_return_was_rejected_reads_why_and_may_ask_again() {
    let (shop, id, token) = delivered("cod").await;
    assert_eq!(shop.send(ask(&token, "r1", &units(2, 2))).await.status, 201);
    assert_eq!(shop.send(reject(&shop, &id, 1)).await.status, 200);
    shop.finish().await;
    assert_has(
        &list(&shop, &token).await.body,
        &json!({"returns": [{"status": "rejected", "rejection_reason": "It was used"}]}),
    );
    let told = mails(&shop, "is not possible");
    assert!(told[0].text.as_deref().is_some_and(|text| text.contains("It was used")), "{told:?}");
    assert_eq!(shop.send(ask(&token, "r2", &units(2, 2))).await.status, 201);
    let timeline = get(&shop, &shop.admin(), &id).await.body["timeline"].clone();
    let asked = timeline.as_array().into_iter().flatten().filter(|event| event["type"] == "return_requested");
    assert!(asked.clone().count() == 2 && asked.into_iter().all(|event| event["actor"] == "customer"));
}

/// The token is the shorter of the two, however long the store takes things back.
#[tokio::test]
async fn when_the_token_is_over_staff_books_what_a_guest_sends_back() {
    let (shop, id, token) = delivered("pm_card_visa").await;
    shop.twin.cloud.clock.advance((shared::limits::GUEST_TOKEN_DAYS * DAY - 1) * 1_000);
    assert_eq!(shop.send(ask(&token, "r1", &units(1, 1))).await.status, 201);
    shop.twin.cloud.clock.advance(1_000);
    assert_problem(&shop.send(ask(&token, "r2", &units(1, 1))).await, 404, "not_found");
    assert_problem(&list(&shop, &token).await, 404, "not_found");
    let by_staff = Call::post(&format!("/api/v1/orders/{id}/returns")).token(&shop.admin()).key("r2");
    assert_eq!(shop.send(by_staff.json(&units(1, 1))).await.status, 201);
}
