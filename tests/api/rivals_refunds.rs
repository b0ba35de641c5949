//! What other shops got wrong when money goes back, each test named after what went wrong there. The numbers are those of public
//! issues of Medusa, Saleor and Vendure.

use serde_json::json;
use std::sync::Arc;
use tests::{Call, Shop, order};
use tokio::task::JoinSet;

use crate::payments_later::THREE_D_SECURE;
use crate::refunds_support::{
    advance, by_staff, cancel_part, card, cents, dined, ledger, lines, priced, refund, refund_preview, settle,
};
use crate::support::{
    assert_has, assert_problem, authenticate, basket, get, merge, money, only_intent, place, put_product,
    refunds, shop,
};

/// A shop with an order of 20.00 paid by card.
async fn twenty() -> (Shop, String) {
    let shop = Shop::open();
    shop.stock("lamp", "20.00", "north", 10).await;
    let alice = shop.customer("alice");
    let placed = shop.send(order(&alice, "k1", "lamp", 1, "pm_card_visa")).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    shop.finish().await;
    (shop, placed.order_id())
}

/// Vendure #2302, #2523: the provider was asked for a refund of nothing.
#[tokio::test]
async fn p8_the_provider_is_asked_for_the_amount_that_the_refund_shows() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    for (at, body) in
        [json!({"lines": lines(&[(2, 1)])}), json!({"delivery": true}), json!({"amount": "3.21"}), json!({})]
            .into_iter()
            .enumerate()
    {
        let given = shop.send(refund(&shop, &id, &format!("r{at}"), &body)).await;
        let asked = &refunds(&shop)[0];
        assert_eq!(asked["amount"].as_i64(), Some(cents(&given.body["amount"])), "{given:?} {asked:#}");
        assert!(asked["amount"].as_i64().is_some_and(|amount| amount > 0));
        assert_eq!(asked["metadata"]["refund_id"], given.body["refund_id"]);
    }
    assert_eq!(money(&shop), (4410, 4410));
}

/// Vendure #890, #2393: promotions were ignored. Medusa #10760: tax was left out.
#[tokio::test]
async fn p8_a_refund_of_a_line_has_its_share_of_the_promotion_and_its_tax() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    let mugs = json!({"lines": lines(&[(2, 2)])});
    // 2 × 12.50 less a tenth, with 21 %; neither 25.00 nor 22.50 nor 30.25.
    let seen = shop.send(refund_preview(&shop, &id, &mugs)).await;
    assert_eq!(seen.body["amount"], "27.23");
    let given = shop.send(refund(&shop, &id, "r1", &mugs)).await;
    assert_eq!(
        (given.body["amount"].as_str(), money(&shop)),
        (Some("27.23"), (4410, 2723)),
        "as the preview said"
    );
}

/// Medusa #9261, #10491, #10842, #11481, #13433: refunds were refused because nothing was "outstanding".
#[tokio::test]
async fn p9_what_was_taken_can_be_given_back_although_nothing_is_outstanding() {
    let (shop, id) = twenty().await;
    assert_eq!(ledger(&shop, &id).await["balance"], "0.00");
    for (key, body) in
        [("r1", json!({"amount": "5.00"})), ("r2", json!({"amount": "5.00", "goodwill": true}))]
    {
        assert_eq!(shop.send(refund(&shop, &id, key, &body)).await.status, 201);
    }
    advance(&shop, &id, &["packed", "shipped", "delivered"]).await;
    shop.finish().await;
    let late = shop.send(refund(&shop, &id, "r3", &json!({"lines": lines(&[(1, 1)])}))).await;
    assert_problem(&late, 409, "refund_exceeds_captured");
    assert_eq!(late.body["refundable_amount"], "10.00", "and it says what is possible");
    assert_eq!(shop.send(refund(&shop, &id, "r3", &json!({}))).await.status, 201);
    assert_eq!(money(&shop), (2000, 2000));
}

/// The same after units were called off, which the store owed back and paid.
#[tokio::test]
async fn p9_a_gift_is_possible_after_a_part_was_called_off_and_paid_back() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    shop.send(cancel_part(&alice, &id, "c1", &[(1, 3)])).await;
    let gift = shop.send(refund(&shop, &id, "r1", &json!({"amount": "7.00", "goodwill": true}))).await;
    assert_has(&gift.body, &json!({"status": "done", "refundable_amount": "26.22"}));
    assert_eq!(money(&shop), (4410, 1788));
    assert_has(&ledger(&shop, &id).await, &json!({"balance": "0.00", "owed_amount": "26.22"}));
}

/// Saleor #19645, #14326: only the single amount was compared with what was taken, not the sum.
#[tokio::test]
async fn p10_the_sum_of_refunds_is_capped_and_not_each_alone() {
    let (shop, id) = twenty().await;
    for (key, amount, status) in [
        ("r1", "12.00", 201),
        ("r2", "12.00", 409),
        ("r3", "8.01", 409),
        ("r4", "8.00", 201),
        ("r5", "0.01", 409),
    ] {
        let answer = shop.send(refund(&shop, &id, key, &json!({"amount": amount}))).await;
        assert_eq!(answer.status, status, "{key}: {answer:?}");
    }
    assert_eq!((money(&shop), refunds(&shop).as_array().map(Vec::len)), ((2000, 2000), Some(2)));
}

/// The same by requests that do not see each other.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p10_the_sum_of_refunds_is_capped_however_many_ask_at_once() {
    let (shop, id) = twenty().await;
    let shop = Arc::new(shop);
    let mut all = JoinSet::new();
    for at in 0..50 {
        let (shop, call) =
            (Arc::clone(&shop), refund(&shop, &id, &format!("r{at}"), &json!({"amount": "1.00"})));
        all.spawn(async move { shop.send(call).await });
    }
    let answers = all.join_all().await;
    let given = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.status == 409);
    let codes: Vec<_> = refused.map(|answer| answer.code().to_owned()).collect();
    assert_eq!((given, codes.len()), (20, 30), "{answers:#?}");
    assert!(
        codes.iter().all(|code| ["refund_exceeds_captured", "nothing_to_refund"].contains(&code.as_str())),
        "{codes:?}"
    );
    shop.finish().await;
    assert_eq!((money(&shop), refunds(&shop).as_array().map(Vec::len)), ((2000, 2000), Some(20)));
    assert_has(&ledger(&shop, &id).await, &json!({"refundable_amount": "0.00", "refunded_amount": "20.00"}));
}

/// Ten at once under one key are one, and beside a cancellation of all of it no cent goes back twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p10_one_key_is_one_refund_and_a_cancellation_beside_it_pays_the_rest() {
    let (shop, id) = twenty().await;
    let shop = Arc::new(shop);
    let alice = shop.customer("alice");
    let mut all = JoinSet::new();
    for at in 0..11 {
        let call = match at {
            5 => Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&alice),
            _ => refund(&shop, &id, "r1", &json!({"amount": "3.00"})),
        };
        let shop = Arc::clone(&shop);
        all.spawn(async move { shop.send(call).await });
    }
    let answers = all.join_all().await;
    assert!(answers.iter().all(|answer| [200, 201, 409].contains(&answer.status)), "{answers:#?}");
    shop.finish().await;
    assert_eq!(money(&shop), (2000, 2000));
    let asked = refunds(&shop);
    let amounts: Vec<_> =
        asked.as_array().into_iter().flatten().filter_map(|refund| refund["amount"].as_i64()).collect();
    assert!([vec![1700, 300], vec![2000]].contains(&amounts), "{amounts:?}");
    ledger(&shop, &id).await;
}

/// Saleor dashboard #4493: it suggested a refund below zero.
#[tokio::test]
async fn p10_what_can_be_given_back_is_never_below_nothing() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    shop.send(refund(&shop, &id, "r1", &json!({"amount": "30.00", "goodwill": true}))).await;
    // Worth 27.23, of which 14.10 are left.
    let off = shop.send(cancel_part(&alice, &id, "c1", &[(2, 2)])).await;
    assert_eq!(off.body["refund_amount"], "14.10");
    let rest = shop.send(cancel_part(&alice, &id, "c2", &[(1, 1)])).await;
    assert_eq!(rest.body["refund_amount"], "0.00");
    let told = ledger(&shop, &id).await;
    assert_has(&told, &json!({"refundable_amount": "0.00", "owed_amount": "0.00", "balance": "0.00"}));
    let amounts = told["entries"].as_array().into_iter().flatten().map(|entry| cents(&entry["amount"]));
    assert!(amounts.into_iter().all(|amount| amount > 0), "{told:#}");
}

/// Medusa #13091: a cent that was rounded elsewhere blocked the refund. #13734, Vendure #2662, #4474: a cent stayed behind.
#[tokio::test]
async fn p11_parts_that_do_not_divide_leave_no_cent_behind() {
    let (shop, alice) = priced().await;
    put_product(&shop, "plate", "0.07", &json!({})).await;
    put_product(&shop, "mug", "33.33", &json!({})).await;
    let mut body = basket(&[("plate", 7), ("mug", 3)], &json!({"coupon_code": "TEN"}));
    merge(&mut body, &json!({"payment": card("pm_card_visa")}));
    let placed = shop.send(place(&alice, "k1", &body)).await;
    let (id, total) = (placed.order_id(), cents(&placed.body["total_amount"]));
    shop.finish().await;
    let mut back = 0;
    for (line, quantity) in [(1, 7), (2, 3)] {
        for at in 0..quantity {
            let part = json!({"lines": lines(&[(line, 1)])});
            let given = shop.send(refund(&shop, &id, &format!("r{line}-{at}"), &part)).await;
            assert_eq!(given.status, 201, "{given:?}");
            back += cents(&given.body["amount"]);
        }
    }
    let delivery = shop.send(refund(&shop, &id, "r-d", &json!({"delivery": true}))).await;
    back += cents(&delivery.body["amount"]);
    assert_eq!((back, money(&shop)), (total, (total, total)));
    assert_eq!(by_staff(&shop, &id).await["payment_status"], "refunded");
    ledger(&shop, &id).await;
}

/// Medusa #5457: an order that was paid, or partly refunded, could not be called off any more.
#[tokio::test]
async fn p14_an_order_is_called_off_after_it_was_paid_and_partly_refunded() {
    let (shop, id) = twenty().await;
    shop.send(refund(&shop, &id, "r1", &json!({"amount": "4.50"}))).await;
    shop.finish().await;
    let alice = shop.customer("alice");
    let off = shop.send(Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&alice)).await;
    assert_has(
        &off.body,
        &json!({"status": "cancelled", "payment_status": "refunded", "refund_amount": "15.50"}),
    );
    assert_eq!((money(&shop), shop.units("lamp")), ((2000, 2000), (10, 0)));
    let (shop, id) = twenty().await;
    shop.send(refund(&shop, &id, "r1", &json!({}))).await;
    let off = shop.send(Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&alice)).await;
    assert_has(
        &off.body,
        &json!({"status": "cancelled", "refund_amount": "0.00", "payment_status": "refunded"}),
    );
    assert_eq!((money(&shop), shop.units("lamp")), ((2000, 2000), (10, 0)), "goods go back all the same");
    ledger(&shop, &id).await;
}

/// Medusa #14214: the balance of orders that are paid at the door was wrong.
#[tokio::test]
async fn p14_the_balance_of_an_order_paid_at_the_door_is_right_at_every_step() {
    let (shop, alice) = priced().await;
    let id = dined(&shop, &alice, &json!({"method": "cod"})).await;
    let balance = async || {
        let told = ledger(&shop, &id).await;
        let seen = get(&shop, &alice, &id).await;
        assert_eq!(seen.body["payment"]["balance"], told["balance"]);
        told["balance"].as_str().expect("an amount").to_owned()
    };
    assert_eq!(balance().await, "44.10");
    shop.send(cancel_part(&alice, &id, "c1", &[(2, 1)])).await;
    shop.finish().await;
    assert_eq!(balance().await, "30.49");
    advance(&shop, &id, &["packed", "shipped"]).await;
    assert_eq!(balance().await, "30.49");
    advance(&shop, &id, &["delivered"]).await;
    assert_eq!(balance().await, "0.00");
    let given = shop.send(refund(&shop, &id, "r1", &json!({"amount": "0.49"}))).await;
    assert_eq!(balance().await, "-0.49");
    let refund_id = given.body["refund_id"].as_str().expect("an id");
    shop.send(settle(&shop, &id, refund_id, "cash")).await;
    assert_eq!(balance().await, "0.00");
}

/// The same of one that is called off before anything was collected: nothing is owed by anybody.
#[tokio::test]
async fn p14_an_order_that_was_never_paid_owes_nothing_once_it_is_off() {
    let (shop, alice) = shop().await;
    let cash = shop.send(order(&alice, "k1", "mug", 2, "cod")).await.order_id();
    let asked = shop.send(order(&alice, "k2", "mug", 2, THREE_D_SECURE)).await.order_id();
    for id in [&cash, &asked] {
        shop.send(Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&alice)).await;
        shop.finish().await;
        let told = ledger(&shop, id).await;
        assert_has(
            &told,
            &json!({"balance": "0.00", "owed_amount": "0.00", "captured_amount": "0.00", "refundable_amount": "0.00"}),
        );
    }
    assert!(!authenticate(&shop, only_intent(&shop)["id"].as_str().expect("an id"), true));
    assert_eq!((money(&shop), shop.units("mug")), ((0, 0), (10, 0)));
}
