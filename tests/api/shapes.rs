//! Shapes that look right and are not, and sums that are nothing.

use serde_json::json;
use tests::{Call, order, order_body};

use crate::support::{World, assert_problem, shop};

#[tokio::test]
async fn a_list_does_not_stand_for_an_object_and_cancels_nothing() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    shop.finish().await;
    let world = World::of(&shop);
    for body in [json!([]), json!(["changed my mind"])] {
        let cancel = Call::post(&format!("/api/v1/orders/{}/cancel", placed.order_id())).token(&alice);
        assert_problem(&shop.send(cancel.json(&body)).await, 400, "malformed_body");
    }
    world.assert_unchanged(&shop, "a list");
}

#[tokio::test]
async fn a_list_does_not_stand_for_an_order_a_line_an_address_or_a_payment() {
    let (shop, alice) = shop().await;
    let world = World::of(&shop);
    let good = order_body("mug", 1, "cod");
    let place = |key: &str, body| shop.send(Call::post("/api/v1/orders").token(&alice).key(key).json(&body));
    let with = |member: &str, value| {
        let mut body = good.clone();
        body[member] = value;
        body
    };
    for body in [
        json!([[{"product_id": "mug", "quantity": 1}], null, null, null, good["shipping_address"], null, {"method": "cod"}]),
        with("lines", json!([["mug", 1]])),
        with("payment", json!(["cod"])),
        with("payment", json!(["card", "pm_card_visa"])),
        with("shipping_address", json!(["Alice", "Street 1", null, null, null, "Amsterdam", null, "NL"])),
    ] {
        assert_problem(&place("k1", body).await, 400, "malformed_body");
    }
    let adjustment = Call::post("/api/v1/admin/products/mug/stock").token(&shop.admin()).key("a1");
    assert_problem(&shop.send(adjustment.json(&json!(["north", 5, "counted"]))).await, 400, "malformed_body");
    world.assert_unchanged(&shop, "lists");
}

#[tokio::test]
async fn a_state_that_is_no_text_is_a_malformed_field_and_not_malformed_json() {
    let (shop, _) = shop().await;
    for state in [json!(1), json!(null), json!([]), json!(true)] {
        let body =
            json!({"name": "Mug", "price": "1.00", "currency": "EUR", "weight_grams": 1, "state": state});
        let put = shop.send(Call::put("/api/v1/admin/products/mug").token(&shop.admin()).json(&body)).await;
        assert_problem(&put, 400, "malformed_body");
        assert_eq!(put.body["errors"][0]["pointer"], "/state");
    }
}

#[tokio::test]
async fn no_tag_matches_a_product_that_is_not_there() {
    let (shop, _) = shop().await;
    let body = json!({"name": "New", "price": "1.00", "currency": "EUR", "weight_grams": 1});
    for tags in ["*", "\"0\"", "W/\"0\""] {
        let put =
            Call::put("/api/v1/admin/products/new").token(&shop.admin()).header("if-match", tags).json(&body);
        assert_problem(&shop.send(put).await, 412, "version_mismatch");
        assert_problem(&shop.send(Call::get("/api/v1/products/new")).await, 404, "not_found");
    }
}

#[tokio::test]
async fn staff_can_give_something_away_to_a_customer_who_pays_by_card() {
    let (shop, _) = shop().await;
    let mut body = order_body("mug", 1, "pm_card_visa");
    body["lines"] = json!([{"product_id": "mug", "quantity": 1, "unit_price": "0.00"}]);
    body["override_reason"] = json!("goodwill");
    let placed = shop.send(Call::post("/api/v1/orders").token(&shop.admin()).key("k1").json(&body)).await;
    assert_eq!((placed.status, &placed.body["status"]), (201, &json!("confirmed")), "{placed:?}");
}
