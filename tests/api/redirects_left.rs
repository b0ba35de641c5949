//! What becomes of the provider's page when the customer leaves it for a card or another page, or the order is called off.

use serde_json::json;
use tests::Call;

use crate::redirects::{
    BACK, body, cancel, intents, open, page_of, pages, paid_on, pay, place, placed, redirect, settings,
    submit,
};
use crate::support::{assert_has, assert_problem, due, events, get, money, refunds, shop, webhook};

#[tokio::test]
async fn a_customer_who_switches_to_a_card_has_the_page_closed_first_and_pays_once() {
    let (shop, alice, placed) = placed().await;
    submit(&shop, &page_of(&placed), "pm_card_visa_chargeDeclined");
    let choice = json!({"method": "card", "payment_method_id": "pm_card_visa"});
    let paid = shop.send(pay(&alice, &placed.order_id(), "p1", &choice)).await;
    assert_eq!(paid.status, 200, "{paid:?}");
    assert_has(&paid.body, &json!({"status": "confirmed", "payment_status": "paid", "payment_type": "card"}));
    assert_eq!(
        events(&paid.body),
        [
            "placed",
            "checkout_opened",
            "payment_chosen",
            "payment_replaced",
            "payment_started",
            "paid",
            "confirmed"
        ]
    );
    assert_eq!(paid.body["payment"].get("checkout_session_id"), None);
    assert_eq!(
        (pages(&shop), intents(&shop)),
        (vec!["expired".into()], vec!["canceled".into(), "succeeded".into()])
    );
    assert_eq!(submit(&shop, &page_of(&placed), "pm_card_visa").0, 410);
    shop.finish().await;
    shop.after(86_400).await;
    assert_eq!((money(&shop), shop.units("mug")), ((2500, 0), (8, 2)));
}

#[tokio::test]
async fn a_customer_who_has_paid_on_the_page_and_switches_is_not_charged_again() {
    for choice in [
        json!({"method": "card", "payment_method_id": "pm_card_visa"}),
        json!({"method": "cod"}),
        redirect(BACK),
    ] {
        let (shop, alice, placed) = placed().await;
        paid_on(&shop, &page_of(&placed));
        let switched = shop.send(pay(&alice, &placed.order_id(), "p1", &choice)).await;
        assert_eq!(switched.status, 200, "{switched:?}");
        assert_has(
            &switched.body,
            &json!({"status": "confirmed", "payment_status": "paid", "payment": {"captured_amount": "25.00"}}),
        );
        assert_eq!(switched.body["payment"].get("payment_url"), None);
        for delivery in due(&shop) {
            let told = shop.send(webhook(&delivery.body, &delivery.signature)).await;
            assert_eq!(told.status, 200, "{}: {told:?}", delivery.event_type);
        }
        shop.finish().await;
        shop.after(86_400).await;
        assert_eq!((intents(&shop), pages(&shop)), (vec!["succeeded".into()], vec!["complete".into()]));
        let cancelled = cancel(&shop, &shop.customer("alice"), &placed.order_id()).await;
        assert_eq!((cancelled.status, money(&shop)), (200, (2500, 2500)));
    }
}

#[tokio::test]
async fn a_page_replaces_a_declined_card_and_another_page() {
    let (shop, alice) = open().await;
    let mut first = body(BACK);
    first["payment"] = json!({"method": "card", "payment_method_id": "pm_card_visa_chargeDeclined"});
    let declined = shop.send(Call::post("/api/v1/orders").token(&alice).key("k1").json(&first)).await;
    assert_problem(&declined, 402, "payment_declined");
    let id = declined.body["order"]["order_id"].as_str().expect("an id").to_owned();
    let one = shop.send(pay(&alice, &id, "p1", &redirect(BACK))).await;
    let other = shop.send(pay(&alice, &id, "p2", &redirect(BACK))).await;
    assert_eq!((one.status, other.status), (200, 200), "{one:?} {other:?}");
    assert_ne!(page_of(&one), page_of(&other));
    assert_eq!(submit(&shop, &page_of(&one), "pm_card_visa").0, 410);
    let again = shop.send(pay(&alice, &id, "p2", &redirect(BACK))).await;
    assert_eq!((again.status, again.body), (200, other.body.clone()));
    paid_on(&shop, &page_of(&other));
    shop.finish().await;
    let order = get(&shop, &alice, &id).await;
    assert_has(&order.body, &json!({"status": "preparing", "payment_status": "paid"}));
    assert_eq!((pages(&shop), money(&shop)), (vec!["expired".into(), "complete".into()], (2500, 0)));
    assert_eq!(intents(&shop), ["canceled", "succeeded"]);
}

#[tokio::test]
async fn an_order_that_is_called_off_has_its_page_closed() {
    let (shop, alice, placed) = placed().await;
    let cancelled = cancel(&shop, &alice, &placed.order_id()).await;
    assert_has(
        &cancelled.body,
        &json!({"status": "cancelled", "payment_status": "voided", "refund_amount": "0.00"}),
    );
    assert_eq!(
        (pages(&shop), submit(&shop, &page_of(&placed), "pm_card_visa").0),
        (vec!["expired".to_owned()], 410)
    );
    shop.finish().await;
    assert_eq!((shop.units("mug"), money(&shop)), ((10, 0), (0, 0)));
}

#[tokio::test]
async fn what_was_paid_on_the_page_goes_back_when_the_order_is_called_off() {
    for told_of_the_payment in [true, false] {
        let (shop, alice, placed) = placed().await;
        paid_on(&shop, &page_of(&placed));
        if told_of_the_payment {
            shop.finish().await;
        }
        let cancelled = cancel(&shop, &alice, &placed.order_id()).await;
        assert_has(&cancelled.body, &json!({"payment_status": "refunded", "refund_amount": "25.00"}));
        shop.finish().await;
        shop.after(86_400).await;
        let refunds = refunds(&shop);
        let intent = shop.twin.cloud.stripe.intents().remove(0);
        assert_has(
            &refunds,
            &json!([{"amount": 2500, "payment_intent": intent["id"], "status": "succeeded"}]),
        );
        assert_eq!((money(&shop), shop.units("mug")), ((2500, 2500), (10, 0)));
    }
}

#[tokio::test]
async fn currencies_without_decimals_and_with_three_are_asked_for_in_their_own_units() {
    for (currency, price, total, minor) in
        [("JPY", "1250", "2500", 2500), ("KWD", "1.250", "2.500", 2500), ("EUR", "0.29", "0.58", 58)]
    {
        let (shop, alice) = open().await;
        let product = json!({"name": "Mug", "price": price, "currency": currency, "weight_grams": 300});
        shop.send(Call::put("/api/v1/admin/products/mug").token(&shop.admin()).json(&product)).await;
        let placed = shop.send(place(&alice, "k1", BACK)).await;
        assert_has(&placed.body, &json!({"total_amount": total, "currency": currency}));
        let session = shop.twin.cloud.stripe.sessions().remove(0);
        assert_has(&session, &json!({"amount_total": minor, "currency": currency.to_ascii_lowercase()}));
        paid_on(&shop, &page_of(&placed));
        shop.finish().await;
        let order = get(&shop, &alice, &placed.order_id()).await;
        assert_has(&order.body, &json!({"payment_status": "paid", "payment": {"captured_amount": total}}));
        cancel(&shop, &alice, &placed.order_id()).await;
        assert_eq!(money(&shop), (minor, minor));
    }
}

#[tokio::test]
async fn a_page_that_the_provider_closes_after_a_day_takes_an_order_along_that_might_have_waited_for_days() {
    let (shop, alice) = shop().await;
    let mut with_days = settings();
    with_days["payment"]["unpaid_hold_minutes"] = json!(7 * 24 * 60);
    shop.settings(&with_days).await;
    let mut unpaid = body(BACK);
    unpaid["create_payment"] = json!(false);
    let placed = shop.send(Call::post("/api/v1/orders").token(&alice).key("k1").json(&unpaid)).await;
    let id = placed.order_id();
    let opened = shop.send(pay(&alice, &id, "p1", &redirect(BACK))).await;
    page_of(&opened);
    shop.after(25 * 60 * 60).await;
    assert_eq!(pages(&shop), ["expired"]);
    let order = get(&shop, &shop.customer("alice"), &id).await;
    assert_has(&order.body, &json!({"status": "cancelled", "payment_status": "voided"}));
    assert_eq!((shop.units("mug"), money(&shop)), ((10, 0), (0, 0)));
}
