//! Payments of one order at once: whatever wins, it is charged once.

use http::Uri;
use local::twin::Options;
use serde_json::json;
use tests::{Answer, Shop};

use crate::payments_later::{THREE_D_SECURE, card, states, unpaid};
use crate::races::{all, call, count, rest};
use crate::redirects::{BACK, page_of, pages, place, settings};
use crate::support::{assert_problem, authenticate, get, money};

/// A shop with its pumps running, and the calls that pay one unpaid order with these cards, each under a key of its own.
async fn at_once(cards: &[&str]) -> (Shop, Vec<Answer>, String) {
    let shop = Shop::with(Options::default());
    shop.stock("mug", "12.50", "north", 10).await;
    let server = shop.serve().await;
    let alice = shop.customer("alice");
    let id = server.send(unpaid(&alice, "k1")).await.order_id();
    let calls = cards.iter().enumerate().map(|(at, payment_method)| {
        let path = format!("/orders/{id}/payments");
        call("POST", &path, &alice, ("idempotency-key", &format!("p{at}")), &card(payment_method))
    });
    let answers = all(server, calls).await;
    (shop, answers, id)
}

fn assert_refused_for_now(answer: &Answer) {
    assert_eq!(answer.status, 409, "{answer:?}");
    assert!(matches!(answer.code(), "payment_in_progress" | "order_not_payable"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_payments_at_once_under_different_keys_are_one_charge() {
    let (shop, answers, _) = at_once(&["pm_card_visa"; 30]).await;
    assert_eq!(count(&answers, 200), 1, "{answers:#?}");
    answers.iter().filter(|answer| answer.status != 200).for_each(assert_refused_for_now);
    rest(&shop).await;
    assert_eq!((states(&shop), money(&shop)), (vec!["succeeded".to_owned()], (2500, 0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn good_and_declined_cards_at_once_are_one_charge_at_most() {
    for round in 0..5 {
        let cards: Vec<&str> = (0..20)
            .map(|at| if (at + round) % 2 == 0 { "pm_card_visa_chargeDeclined" } else { "pm_card_visa" })
            .collect();
        let (shop, answers, id) = at_once(&cards).await;
        let odd: Vec<_> = answers.iter().filter(|answer| !matches!(answer.status, 200 | 402 | 409)).collect();
        assert!(odd.is_empty(), "{odd:#?}");
        let states = states(&shop);
        let charged = states.iter().filter(|state| *state == "succeeded").count();
        let order = get(&shop, &shop.customer("alice"), &id).await;
        let paid = order.body["payment_status"] == "paid";
        assert_eq!((charged, money(&shop).0), (usize::from(paid), if paid { 2500 } else { 0 }), "{states:?}");
        let live = states.iter().filter(|state| *state != "canceled").count();
        assert_eq!(live, 1, "one is charged, or can be tried again: {states:?} {order:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cards_that_wait_for_the_bank_replace_each_other_and_only_the_last_can_be_charged() {
    let (shop, answers, id) = at_once(&[THREE_D_SECURE; 20]).await;
    let odd: Vec<_> = answers.iter().filter(|answer| !matches!(answer.status, 200 | 409)).collect();
    assert!(odd.is_empty(), "{odd:#?}");
    let intents = shop.twin.cloud.stripe.intents();
    let charged = intents
        .iter()
        .filter(|intent| authenticate(&shop, intent["id"].as_str().expect("an id"), true))
        .count();
    assert_eq!(charged, 1, "{intents:#?}");
    rest(&shop).await;
    let order = get(&shop, &shop.customer("alice"), &id).await;
    assert_eq!((&order.body["payment_status"], money(&shop)), (&json!("paid"), (2500, 0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_sent_many_times_at_once_is_one_payment_and_one_answer() {
    let shop = Shop::with(Options::default());
    shop.stock("mug", "12.50", "north", 10).await;
    let server = shop.serve().await;
    let alice = shop.customer("alice");
    let id = server.send(unpaid(&alice, "k1")).await.order_id();
    let path = format!("/orders/{id}/payments");
    let call = call("POST", &path, &alice, ("idempotency-key", "p1"), &card("pm_card_visa"));
    let answers = all(server, (0..40).map(|_| call.clone())).await;
    assert_eq!(count(&answers, 200), 40, "{answers:#?}");
    assert!(answers.iter().all(|answer| answer.body["payment_status"] == "paid"), "{answers:#?}");
    rest(&shop).await;
    assert_eq!((states(&shop), money(&shop)), (vec!["succeeded".to_owned()], (2500, 0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn paying_on_the_page_while_switching_to_a_card_is_one_charge() {
    let shop = Shop::with(Options::default());
    shop.stock("mug", "12.50", "north", 1_000).await;
    shop.settings(&settings()).await;
    let server = shop.serve().await;
    let alice = shop.customer("alice");
    let mut by_page = 0;
    for round in 0..20 {
        let placed = server.send(place(&alice, &format!("k{round}"), BACK)).await;
        let (id, page) = (placed.order_id(), page_of(&placed));
        let choice = json!({"method": "card", "payment_method_id": "pm_card_visa"});
        let path = format!("/orders/{id}/payments");
        let switch = call("POST", &path, &alice, ("idempotency-key", "p1"), &choice);
        let page = page.parse::<Uri>().expect("an address").path().to_owned();
        let form = "payment_method=pm_card_visa";
        let pay = format!(
            "POST {page} HTTP/1.1\r\nhost: twin\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{form}",
            form.len()
        );
        let answers = all(server, if round % 2 == 0 { [pay, switch] } else { [switch, pay] }).await;
        let (paying, switching) =
            if round % 2 == 0 { (&answers[0], &answers[1]) } else { (&answers[1], &answers[0]) };
        assert!(matches!(paying.status, 303 | 410), "{paying:?}");
        // The webhook may have brought the news before the switch was asked for.
        match switching.status {
            200 => assert_eq!(switching.body["payment_status"], "paid", "{switching:?}"),
            _ => assert_problem(switching, 409, "order_not_payable"),
        }
        by_page += usize::from(paying.status == 303);
        assert_eq!(money(&shop), (2500 * (round + 1), 0), "round {round}: {:?}", states(&shop));
        let order = get(&shop, &alice, &id).await;
        assert_eq!(order.body["payment_status"], "paid", "round {round}: {order:?}");
    }
    let complete = pages(&shop).iter().filter(|status| *status == "complete").count();
    assert_eq!((complete, pages(&shop).iter().filter(|status| *status == "open").count()), (by_page, 0));
}
