//! Calling orders off: money and goods go back, once.

use serde_json::{Value, json};
use tests::{Answer, Call, order, order_body};

use crate::refunds_support::{ledger, refund};
use crate::support::{
    World, assert_has, assert_problem, authenticate, events, get, mails, money, only_intent, refunds, shop,
    stripe,
};

/// The three routes.
const ROUTES: [fn(&str) -> Call; 3] = [
    |id| Call::post(&format!("/api/v1/orders/{id}/cancel")),
    |id| Call::put(&format!("/api/v1/orders/{id}/cancel")),
    |id| Call::new("DELETE", &format!("/api/v1/orders/{id}")),
];

#[tokio::test]
async fn every_route_with_and_without_a_body_gives_money_and_goods_back() {
    let (shop, alice) = shop().await;
    let mut given_back = 0;
    for (at, route) in ROUTES.iter().enumerate() {
        for (body, reason) in [
            (None, "customer_request"),
            (Some(json!({})), "customer_request"),
            (Some(json!({"reason": "Falsche Größe"})), "Falsche Größe"),
        ] {
            let placed = shop
                .send(order(
                    &alice,
                    &format!("k{at}{reason}{}", body.is_some())
                        .replace(' ', "-")
                        .replace('ö', "o")
                        .replace('ß', "s"),
                    "mug",
                    2,
                    "pm_card_visa",
                ))
                .await;
            assert_eq!(placed.status, 201, "{placed:?}");
            let call = route(&placed.order_id()).token(&alice);
            let cancelled = shop.send(body.iter().fold(call, |call, body| call.json(body))).await;
            assert_eq!(
                (cancelled.status, &cancelled.body),
                (
                    200,
                    &json!({
                        "order_id": placed.order_id(), "status": "cancelled", "payment_status": "refunded", "refund_amount": "25.00",
                        "currency": "EUR", "cancellation_reason": reason, "version": 7,
                        "eco_impact": {"carbon_grams": 0, "counted": ["transport"], "weight_grams": 0, "legs": [], "offset_grams": 0, "trees_planted": 0,
                            "method": "weight × distance × factor (ISO 14083)", "factor_source": "nothing is carried",
                            "factor_version": "2026.1"},
                    })
                )
            );
            assert_eq!(cancelled.header("etag"), Some("\"7\""));
            given_back += 2500;
            assert_eq!((money(&shop), shop.units("mug")), ((given_back, given_back), (10, 0)));
        }
    }
    assert_eq!(refunds(&shop).as_array().map(Vec::len), Some(9));
    assert!(refunds(&shop).as_array().into_iter().flatten().all(|refund| refund["amount"] == 2500));
}

#[tokio::test]
async fn cancelling_again_changes_nothing_and_answers_the_same() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    shop.finish().await;
    let first =
        shop.send(ROUTES[0](&placed.order_id()).token(&alice).json(&json!({"reason": "first"}))).await;
    shop.finish().await;
    let world = World::of(&shop);
    // It has a credit note by now.
    let mut same = first.body.clone();
    same["version"] = json!(same["version"].as_u64().expect("a version") + 1);
    let tag = format!("\"{}\"", same["version"]);
    for route in ROUTES {
        let again =
            shop.send(route(&placed.order_id()).token(&alice).json(&json!({"reason": "another"}))).await;
        assert_eq!((again.status, &again.body, again.header("etag")), (200, &same, Some(tag.as_str())));
    }
    shop.after(86_400).await;
    world.assert_unchanged(&shop, "cancelling again");
    assert_eq!((money(&shop), shop.units("mug")), ((2500, 2500), (10, 0)));
    assert_eq!(refunds(&shop).as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_cancelled_order_shows_its_refund_and_the_customer_is_told() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    shop.finish().await;
    shop.send(ROUTES[0](&placed.order_id()).token(&alice).json(&json!({"reason": "too <late>"}))).await;
    shop.finish().await;
    let order = get(&shop, &alice, &placed.order_id()).await;
    assert_has(
        &order.body,
        &json!({"status": "cancelled", "payment_status": "refunded", "fulfillment_status": "cancelled", "total_amount": "25.00",
            "payment": {"captured_amount": "25.00", "refunded_amount": "25.00", "refunds": [{"amount": "25.00", "status": "done"}]}}),
    );
    let names = [
        "placed",
        "payment_started",
        "paid",
        "confirmed",
        "preparing",
        "cancelled",
        "refund_requested",
        "refunded",
    ];
    assert_eq!(events(&order.body), names);
    assert_has(
        &order.body["timeline"],
        &json!([{}, {}, {}, {}, {}, {}, {"actor": "customer"}, {"actor": "customer"}, {"actor": "payment_provider"}, {}]),
    );
    let told = mails(&shop, "was cancelled");
    assert_eq!(told.len(), 1);
    let (text, html) =
        (told[0].text.as_deref().unwrap_or_default(), told[0].html.as_deref().unwrap_or_default());
    assert!(text.contains("Reason: too <late>.") && text.contains("We pay €25.00 back to you"), "{text}");
    assert!(html.contains("too &lt;late&gt;") && html.contains("€25.00"), "{html}");
    assert_has(
        &refunds(&shop)[0],
        &json!({"metadata": {"order_id": placed.order_id()}, "payment_intent": only_intent(&shop)["id"]}),
    );
}

#[tokio::test]
async fn an_order_that_is_cancelled_before_it_is_prepared_stays_cancelled() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "cod")).await;
    let cancelled = shop.send(ROUTES[2](&placed.order_id()).token(&alice)).await;
    assert_has(
        &cancelled.body,
        &json!({"status": "cancelled", "payment_status": "voided", "refund_amount": "0.00"}),
    );
    shop.finish().await;
    let order = get(&shop, &alice, &placed.order_id()).await;
    assert_eq!(events(&order.body), ["placed", "confirmed", "cancelled"]);
    assert_eq!((shop.units("mug"), money(&shop)), ((10, 0), (0, 0)));
    let text = mails(&shop, "was cancelled")[0].text.clone().unwrap_or_default();
    assert!(text.contains("Nothing was charged."), "{text}");
}

#[tokio::test]
async fn cancelling_an_order_that_waits_for_the_bank_voids_its_payment() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_threeDSecure2Required")).await;
    let cancelled = shop.send(ROUTES[1](&placed.order_id()).token(&alice)).await;
    assert_has(
        &cancelled.body,
        &json!({"status": "cancelled", "payment_status": "voided", "refund_amount": "0.00"}),
    );
    let intent = only_intent(&shop);
    assert_eq!((&intent["status"], shop.units("mug")), (&json!("canceled"), (10, 0)));
    assert!(!authenticate(&shop, intent["id"].as_str().expect("an id"), true));
    shop.finish().await;
    shop.after(86_400).await;
    assert_eq!((money(&shop), shop.units("mug"), refunds(&shop)), ((0, 0), (10, 0), json!([])));
}

#[tokio::test]
async fn a_payment_that_came_through_just_before_the_cancellation_is_given_back() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_threeDSecure2Required")).await;
    assert!(authenticate(&shop, only_intent(&shop)["id"].as_str().expect("an id"), true));
    // The webhook has not come yet: the order still looks unpaid.
    let cancelled = shop.send(ROUTES[0](&placed.order_id()).token(&alice)).await;
    assert_has(
        &cancelled.body,
        &json!({"status": "cancelled", "payment_status": "refunded", "refund_amount": "25.00"}),
    );
    shop.finish().await;
    assert_eq!((money(&shop), shop.units("mug")), ((2500, 2500), (10, 0)));
    assert_eq!(refunds(&shop).as_array().map(Vec::len), Some(1));
    assert!(mails(&shop, "is confirmed").is_empty());
}

#[tokio::test]
async fn a_declined_order_can_be_cancelled_and_nobody_can_pay_it_later() {
    let (shop, alice) = shop().await;
    let declined = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa_chargeDeclined")).await;
    let id = declined.body["order"]["order_id"].as_str().expect("an id").to_owned();
    let cancelled = shop.send(ROUTES[0](&id).token(&alice)).await;
    assert_has(
        &cancelled.body,
        &json!({"status": "cancelled", "payment_status": "voided", "refund_amount": "0.00"}),
    );
    assert_eq!((&only_intent(&shop)["status"], shop.units("mug")), (&json!("canceled"), (10, 0)));
    shop.finish().await;
    shop.after(3600).await;
    assert_eq!((shop.units("mug"), mails(&shop, "was cancelled").len()), ((10, 0), 1));
}

#[tokio::test]
async fn a_refund_that_is_pending_at_stripe_is_asked_for_once() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_pendingRefund")).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    for _ in 0..3 {
        let cancelled = shop.send(ROUTES[0](&placed.order_id()).token(&alice)).await;
        assert_has(&cancelled.body, &json!({"status": "cancelled", "payment_status": "refunded"}));
        shop.after(7200).await;
    }
    assert_eq!((money(&shop), refunds(&shop).as_array().map(Vec::len)), ((2500, 2500), Some(1)));
}

#[tokio::test]
async fn staff_cancels_a_customers_order_and_nobody_else_does() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    shop.finish().await;
    let world = World::of(&shop);
    for route in ROUTES {
        assert_problem(
            &shop.send(route(&placed.order_id()).token(&shop.customer("bob"))).await,
            404,
            "not_found",
        );
    }
    shop.finish().await;
    world.assert_unchanged(&shop, "a stranger's cancellation");
    let cancelled =
        shop.send(ROUTES[0](&placed.order_id()).token(&shop.admin()).json(&json!({"reason": "fraud"}))).await;
    assert_has(
        &cancelled.body,
        &json!({"status": "cancelled", "refund_amount": "25.00", "cancellation_reason": "fraud"}),
    );
    let order = get(&shop, &alice, &placed.order_id()).await;
    let by = |name: &str| -> Option<&Value> {
        order.body["timeline"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|entry| entry["type"] == name)
            .map(|entry| &entry["actor"])
    };
    assert_eq!(by("cancelled"), Some(&json!("staff")), "who of the staff it was is no customer's business");
    assert_eq!((money(&shop), shop.units("mug")), ((2500, 2500), (10, 0)));
}

#[tokio::test]
async fn what_goes_back_can_be_bought_again() {
    let (shop, alice) = shop().await;
    let all: Answer = shop.send(order(&alice, "k1", "mug", 10, "pm_card_visa")).await;
    assert_problem(&shop.send(order(&alice, "k2", "mug", 1, "cod")).await, 409, "out_of_stock");
    shop.send(ROUTES[0](&all.order_id()).token(&alice)).await;
    let again = shop
        .send(Call::post("/api/v1/orders").token(&alice).key("k2").json(&order_body("mug", 1, "cod")))
        .await;
    assert_eq!((again.status, shop.units("mug")), (201, (9, 1)), "a refused key is still free: {again:?}");
}

#[tokio::test]
async fn a_cancellation_of_another_version_is_refused_and_changes_nothing() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 1, "cod")).await;
    let world = World::of(&shop);
    let cancel = |tag: &str| ROUTES[0](&placed.order_id()).token(&alice).header("if-match", tag);
    assert_problem(&shop.send(cancel("\"999\"")).await, 412, "version_mismatch");
    world.assert_unchanged(&shop, "a cancellation of another version");
    let tag = placed.header("etag").expect("a tag").to_owned();
    assert_eq!(shop.send(cancel(&tag)).await.status, 200);
}

/// Somebody gave a part back at the provider by hand, so the provider refuses to give all of it back.
#[tokio::test]
async fn a_refund_that_the_provider_refuses_stays_owed_raises_the_alarm_and_is_for_staff() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    let id = placed.order_id();
    shop.finish().await;
    let intent = only_intent(&shop)["id"].as_str().expect("an intent").to_owned();
    let by_hand = stripe(&shop, "POST", "/v1/refunds", &format!("payment_intent={intent}&amount=500"));
    assert_eq!(by_hand["status"], "succeeded", "{by_hand:#}");

    let cancelled = shop.send(ROUTES[0](&id).token(&alice)).await;
    assert_has(&cancelled.body, &json!({"status": "cancelled", "refund_amount": "25.00"}));
    for _ in 0..30 {
        shop.after(7_200).await;
    }
    let order = get(&shop, &shop.customer("alice"), &id).await;
    assert_has(
        &order.body["payment"],
        &json!({"captured_amount": "25.00", "refunded_amount": "5.00", "balance": "-20.00",
            "refunds": [{"amount": "25.00", "status": "failed"}]}),
    );
    let told = mails(&shop, "was cancelled");
    assert!(told[0].text.as_deref().is_some_and(|text| text.contains("We pay €25.00 back")), "{told:?}");
    assert!(!shop.twin.cloud.sqs.messages("PaymentDeadLetters").is_empty(), "somebody has to look at it");
    let rest = shop.send(refund(&shop, &id, "r1", &json!({}))).await;
    assert_has(&rest.body, &json!({"amount": "20.00", "status": "done", "payment_status": "refunded"}));
    assert_eq!(money(&shop), (2500, 2500));
    ledger(&shop, &id).await;
}

#[tokio::test]
async fn a_refund_that_fails_after_stripe_took_it_is_shown_and_raises_the_alarm() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_refundFail")).await;
    shop.finish().await;
    let cancelled = shop.send(ROUTES[0](&placed.order_id()).token(&alice)).await;
    assert_has(&cancelled.body, &json!({"status": "cancelled", "payment_status": "refunded"}));
    for _ in 0..60 {
        shop.after(7_200).await;
    }
    let order = get(&shop, &shop.customer("alice"), &placed.order_id()).await;
    assert_has(
        &order.body,
        &json!({"payment_status": "paid", "payment": {"refunded_amount": "0.00", "balance": "-25.00"}}),
    );
    assert_eq!(order.body["payment"]["refunds"][0]["status"], "failed");
    let failures = events(&order.body).iter().filter(|name| **name == "refund_failed").count();
    assert_eq!(failures, 4, "asked for once, and again after an hour, six and a day: {order:?}");
    assert!(!shop.twin.cloud.sqs.messages("PaymentDeadLetters").is_empty(), "somebody has to look at it");
    ledger(&shop, &placed.order_id()).await;
}
