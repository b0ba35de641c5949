//! P21: at other systems webhooks of the payment provider were applied twice, or those about failures ignored. Here each is put
//! to use once, in whatever order they come, and what they are about need not be known yet.

use local::cloud::stripe::Delivery;
use serde_json::{Value, json};
use tests::{Shop, order};

use crate::support::{
    World, assert_has, assert_problem, authenticate, due, events, get, money, only_intent, shop, stripe,
    webhook,
};

const SIGN_IN: &str = "pm_card_threeDSecure2Required";

/// What happens at the provider, and what an order is after it was told.
struct News {
    what: &'static str,
    card: &'static str,
    happens: fn(&Shop),
    then: Value,
    /// What was taken and given back, in cents.
    money: (i64, i64),
}

fn intent(shop: &Shop) -> String {
    only_intent(shop)["id"].as_str().expect("an id").to_owned()
}

fn signs_in(shop: &Shop) {
    assert!(authenticate(shop, &intent(shop), true));
}

fn does_not_sign_in(shop: &Shop) {
    assert!(authenticate(shop, &intent(shop), false));
}

fn called_off_there(shop: &Shop) {
    let canceled = stripe(shop, "POST", &format!("/v1/payment_intents/{}/cancel", intent(shop)), "");
    assert_eq!(canceled["status"], "canceled", "{canceled}");
}

fn given_back_there(shop: &Shop) {
    for amount in [500, 100] {
        let form = format!("payment_intent={}&amount={amount}", intent(shop));
        assert_eq!(stripe(shop, "POST", "/v1/refunds", &form)["status"], "succeeded");
    }
}

fn signs_in_and_is_paid_back_there(shop: &Shop) {
    signs_in(shop);
    given_back_there(shop);
}

fn nothing_more(_: &Shop) {}

fn disputed_and_lost(shop: &Shop) {
    let dispute = shop.twin.cloud.stripe.disputes().remove(0);
    stripe(shop, "POST", &format!("/v1/disputes/{}/close", dispute["id"].as_str().expect("an id")), "");
}

fn news() -> Vec<News> {
    vec![
        News {
            what: "succeeded",
            card: SIGN_IN,
            happens: signs_in,
            then: json!({"status": "confirmed", "payment_status": "paid", "payment": {"captured_amount": "25.00"}}),
            money: (2_500, 0),
        },
        News {
            what: "failed",
            card: SIGN_IN,
            happens: does_not_sign_in,
            then: json!({"status": "pending", "payment_status": "failed", "available_actions": ["pay", "cancel", "cancel_lines"],
                "payment": {"failure_code": "payment_intent_authentication_failure"}}),
            money: (0, 0),
        },
        News {
            what: "canceled",
            card: SIGN_IN,
            happens: called_off_there,
            then: json!({"status": "cancelled", "payment_status": "voided"}),
            money: (0, 0),
        },
        News {
            what: "refunded",
            card: "pm_card_visa",
            happens: given_back_there,
            then: json!({"status": "confirmed", "payment_status": "partially_refunded",
                "payment": {"refunded_amount": "6.00", "balance": "0.00"}}),
            money: (2_500, 600),
        },
        News {
            what: "succeeded, and refunded before anybody heard of it",
            card: SIGN_IN,
            happens: signs_in_and_is_paid_back_there,
            then: json!({"status": "confirmed", "payment_status": "partially_refunded",
                "payment": {"captured_amount": "25.00", "refunded_amount": "6.00", "balance": "0.00"}}),
            money: (2_500, 600),
        },
        News {
            what: "disputed",
            card: "pm_card_createDispute",
            happens: nothing_more,
            then: json!({"status": "confirmed", "payment": {"disputes": [{"amount": "25.00", "status": "open"}]}}),
            money: (2_500, 0),
        },
        News {
            what: "disputed and lost",
            card: "pm_card_createDispute",
            happens: disputed_and_lost,
            then: json!({"status": "confirmed", "payment": {"disputes": [{"amount": "25.00", "status": "lost"}]}}),
            money: (2_500, 0),
        },
    ]
}

/// An order with this card, about which something happened that nobody told.
async fn untold(news: &News) -> (Shop, String, String) {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, news.card)).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    (news.happens)(&shop);
    (shop, alice, placed.order_id())
}

async fn bring(shop: &Shop, deliveries: impl IntoIterator<Item = &Delivery>) {
    for delivery in deliveries {
        let taken = shop.send(webhook(&delivery.body, &delivery.signature)).await;
        assert_eq!(taken.status, 200, "{}: {taken:?}", delivery.event_type);
    }
}

#[tokio::test]
async fn p21_in_whatever_order_and_however_often_webhooks_come_each_is_put_to_use_once() {
    for news in news() {
        let mut seen = Vec::new();
        for way in
            ["as they happened", "the last first", "each twice", "all twice", "the last alone, then all"]
        {
            let (shop, alice, id) = untold(&news).await;
            let all = due(&shop);
            assert!(all.len() > 1, "{}", news.what);
            match way {
                "as they happened" => bring(&shop, &all).await,
                "the last first" => bring(&shop, all.iter().rev()).await,
                "each twice" => bring(&shop, all.iter().flat_map(|one| [one, one])).await,
                "all twice" => bring(&shop, all.iter().chain(&all)).await,
                _ => bring(&shop, all.last().into_iter().chain(&all)).await,
            }
            let order = get(&shop, &alice, &id).await;
            assert_has(&order.body, &news.then);
            assert_eq!(money(&shop), news.money, "{} {way}", news.what);
            let mut happened: Vec<String> = events(&order.body).into_iter().map(str::to_owned).collect();
            happened.sort();
            seen.push((way, happened));
            let world = World::of(&shop);
            bring(&shop, all.iter().rev().chain(&all)).await;
            world.assert_unchanged(&shop, &format!("{} {way}, and then all again", news.what));
        }
        let first = seen[0].1.clone();
        assert!(seen.iter().all(|(_, happened)| *happened == first), "{}: {seen:#?}", news.what);
    }
}

#[tokio::test]
async fn p21_a_webhook_that_comes_late_or_never_leaves_no_order_hanging() {
    for news in news() {
        for never in [true, false] {
            let (shop, alice, id) = untold(&news).await;
            for delivery in due(&shop) {
                let (now, status) = (shop.twin.cloud.clock.now().datetime(), if never { 200 } else { 503 });
                shop.twin.cloud.stripe.delivered(now, &delivery.id, status);
            }
            for _ in 0..6 {
                shop.after(20 * 60).await;
            }
            let order = get(&shop, &alice, &id).await;
            let (status, paid) = if news.money.0 > 0 { ("preparing", true) } else { ("cancelled", false) };
            assert_eq!(
                order.body["status"], status,
                "{}, never: {never}: {:#}",
                news.what, order.body["timeline"]
            );
            assert_eq!(order.body["payment"]["captured_amount"], if paid { "25.00" } else { "0.00" });
            assert_eq!(shop.units("mug"), if paid { (8, 2) } else { (10, 0) });
            if !never && paid {
                assert_has(
                    &order.body["payment"],
                    &json!({"refunded_amount": news.then["payment"].get("refunded_amount").cloned().unwrap_or(json!("0.00"))}),
                );
                assert_eq!(
                    order.body["payment"].get("disputes").is_some(),
                    news.what.starts_with("disputed")
                );
            }
        }
    }
}

#[tokio::test]
async fn p21_a_webhook_about_an_order_that_is_not_there_is_not_answered_as_if_it_were_done() {
    let (shop, alice) = shop().await;
    let id = shop.send(order(&alice, "k1", "mug", 1, "pm_card_visa")).await.order_id();
    shop.finish().await;
    let missing = format!("{}{}", &id[..35], if id.ends_with('0') { '1' } else { '0' });
    for (card, more) in [
        ("pm_card_visa", "succeeded and refunded"),
        ("pm_card_chargeDeclined", "failed"),
        ("pm_card_createDispute", "disputed"),
        (SIGN_IN, "canceled"),
    ] {
        let form = format!(
            "amount=2500&currency=eur&payment_method={card}&payment_method_types[]=card&confirm=true\
             &metadata[order_id]={missing}&metadata[customer_id]=alice"
        );
        let made = stripe(&shop, "POST", "/v1/payment_intents", &form);
        let made =
            made["id"].as_str().or(made["error"]["payment_intent"]["id"].as_str()).expect("an id").to_owned();
        match more {
            "canceled" => drop(stripe(&shop, "POST", &format!("/v1/payment_intents/{made}/cancel"), "")),
            "succeeded and refunded" => {
                drop(stripe(&shop, "POST", "/v1/refunds", &format!("payment_intent={made}&amount=100")));
            }
            _ => {}
        }
        let world = World::of(&shop);
        let deliveries = due(&shop);
        let mut refused = Vec::new();
        for delivery in &deliveries {
            let answer = shop.send(webhook(&delivery.body, &delivery.signature)).await;
            if answer.status == 200 {
                assert_eq!(answer.body["used"], false, "{}", delivery.event_type);
            } else {
                assert_problem(&answer, 404, "not_found");
                refused.push(delivery.event_type.clone());
            }
            let now = shop.twin.cloud.clock.now().datetime();
            shop.twin.cloud.stripe.delivered(now, &delivery.id, answer.status);
        }
        let told: &[&str] = match more {
            "succeeded and refunded" => &["payment_intent.succeeded", "refund.created", "charge.refunded"],
            "failed" => &["payment_intent.payment_failed"],
            "disputed" => &["payment_intent.succeeded", "charge.dispute.created"],
            _ => &["payment_intent.canceled"],
        };
        for event in told {
            assert!(refused.iter().any(|known| known == event), "{more}: {event} is not among {refused:?}");
        }
        world.assert_unchanged(&shop, more);
        shop.twin.cloud.clock.advance(10_000);
        assert!(due(&shop).len() >= refused.len(), "{more}: they are sent again");
        for delivery in due(&shop) {
            shop.twin.cloud.stripe.delivered(shop.twin.cloud.clock.now().datetime(), &delivery.id, 200);
        }
    }
}
