//! Who may call an order off, and until when: the policies of five stores, at every stage, by every way to pay (C3).

use serde_json::{Value, json};
use tests::{Answer, Call, Shop, order};

use crate::payments_later::{THREE_D_SECURE, unpaid};
use crate::redirects::{BACK, body, page_of, paid_on};
use crate::refunds_support::{advance, by_staff, cancel_part, refund};
use crate::support::{World, assert_has, assert_problem, due, get, money, place, webhook};

/// The five documents' rules, and from which stage on their customers are too late by card, page, cash, and unpaid.
const POLICIES: [(&str, [&str; 4]); 5] = [
    (include_str!("../../examples/policies/api-orders.json"), ["shipped", "shipped", "shipped", "shipped"]),
    (include_str!("../../examples/policies/ecolaura.json"), ["packed", "packed", "packed", "packed"]),
    (include_str!("../../examples/policies/majarat.json"), ["never", "never", "packed", "never"]),
    (
        include_str!("../../examples/policies/order-management.json"),
        ["confirmed", "confirmed", "confirmed", "confirmed"],
    ),
    (include_str!("../../examples/policies/sjoppie.json"), ["packed", "packed", "packed", "packed"]),
];
const WAYS: [&str; 4] = ["card", "redirect", "cod", "later"];
const STAGES: [&str; 5] = ["pending", "confirmed", "preparing", "packed", "shipped"];

fn place_of(stage: &str) -> usize {
    STAGES.iter().position(|known| *known == stage).unwrap_or(0)
}

/// A shop under this policy, where customers may order as often as they like.
async fn shop_under(policy: &str) -> (Shop, String) {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 1_000).await;
    let alice = shop.customer("alice");
    put_policy(&shop, policy).await;
    (shop, alice)
}

async fn put_policy(shop: &Shop, policy: &str) {
    let mut settings: Value = serde_json::from_str(policy).expect("a policy is JSON");
    settings["payment"] = json!({"return_origins": ["https://shop.example"]});
    settings["limits"] = json!({"orders_per_hour": 1000});
    shop.settings(&settings).await;
}

/// An order of this way to pay that stands there; none if no such order ever does.
async fn standing(shop: &Shop, alice: &str, key: &str, way: &str, stage: &str) -> Option<String> {
    let placed = match (way, stage) {
        ("cod", "pending") => return None,
        ("later", "pending") => shop.send(unpaid(alice, key)).await,
        // Once it is chosen how it is paid, it is paid in that way.
        ("later", _) => return None,
        ("card", "pending") => shop.send(order(alice, key, "mug", 2, THREE_D_SECURE)).await,
        ("card", _) => shop.send(order(alice, key, "mug", 2, "pm_card_visa")).await,
        ("redirect", _) => shop.send(place(alice, key, &body(BACK))).await,
        _ => shop.send(order(alice, key, "mug", 2, "cod")).await,
    };
    assert_eq!(placed.status, 201, "{placed:?}");
    if way == "redirect" && stage != "pending" {
        paid_on(shop, &page_of(&placed));
        for delivery in due(shop) {
            assert_eq!(shop.send(webhook(&delivery.body, &delivery.signature)).await.status, 200);
        }
    }
    let id = placed.order_id();
    advance(shop, &id, STAGES.get(2..=place_of(stage)).unwrap_or_default()).await;
    assert_eq!(by_staff(shop, &id).await["status"], stage, "{way}");
    Some(id)
}

fn call_off(token: &str, id: &str, body: &Value) -> Call {
    Call::post(&format!("/api/v1/orders/{id}/cancel")).token(token).json(body)
}

async fn actions(shop: &Shop, token: &str, id: &str) -> String {
    get(shop, token, id).await.body["available_actions"].to_string()
}

/// Calls the whole order off, or finds that it cannot be: the answer is what `available_actions` promised.
async fn assert_cancellable(shop: &Shop, token: &str, id: &str, expected: bool, what: &str) {
    let seen = actions(shop, token, id).await;
    assert_eq!(
        (seen.contains("\"cancel\""), seen.contains("cancel_lines")),
        (expected, expected),
        "{what}: {seen}"
    );
    let (world, units) = (World::of(shop), shop.units("mug"));
    let part = shop.send(cancel_part(token, id, "c1", &[(1, 1)])).await;
    let all = if expected { None } else { Some(shop.send(call_off(token, id, &json!({}))).await) };
    if let Some(all) = all {
        for refused in [part, all] {
            assert_problem(&refused, 409, "order_not_cancellable");
            let allowed = refused.body["allowed_actions"].to_string();
            assert!(!allowed.contains("cancel"), "{what}: {refused:?}");
        }
        return world.assert_unchanged(shop, what);
    }
    assert_eq!((part.status, shop.units("mug")), (200, (units.0 + 1, units.1 - 1)), "{what}: {part:?}");
    let all: Answer = shop.send(call_off(token, id, &json!({"reason": "changed my mind"}))).await;
    assert_has(&all.body, &json!({"status": "cancelled", "cancellation_reason": "changed my mind"}));
    assert_eq!(shop.units("mug"), (units.0 + 2, units.1 - 2), "{what}");
}

#[tokio::test]
async fn customers_call_orders_off_until_the_stage_that_each_of_five_stores_names_by_way_of_payment() {
    for (policy, cutoffs) in POLICIES {
        let (shop, alice) = shop_under(policy).await;
        for (way, cutoff) in WAYS.iter().zip(cutoffs) {
            for (at, stage) in STAGES.iter().enumerate() {
                let key = format!("{way}-{stage}");
                let Some(id) = standing(&shop, &alice, &key, way, stage).await else { continue };
                let expected = cutoff != "never" && at < place_of(cutoff);
                let what = format!("a customer, {way}, {stage}, under {policy}");
                assert_cancellable(&shop, &alice, &id, expected, &what).await;
            }
        }
        let (taken, back) = money(&shop);
        assert!(taken > back, "what was not called off stays paid: {policy}");
    }
}

#[tokio::test]
async fn staff_calls_orders_off_until_they_are_shipped_in_each_of_five_stores() {
    for (policy, _) in POLICIES {
        let (shop, alice) = shop_under(policy).await;
        let admin = shop.admin();
        for way in WAYS {
            for stage in STAGES {
                let key = format!("{way}-{stage}");
                let Some(id) = standing(&shop, &alice, &key, way, stage).await else { continue };
                let what = format!("staff, {way}, {stage}, under {policy}");
                assert_cancellable(&shop, &admin, &id, stage != "shipped", &what).await;
                if stage == "shipped" {
                    // No reason in the world brings back what has left.
                    let refused =
                        shop.send(call_off(&admin, &id, &json!({"override_reason": "please"}))).await;
                    assert_problem(&refused, 409, "order_not_cancellable");
                }
            }
        }
    }
}

/// A store whose staff is bound too.
const STRICT: &str = r#"{"policies": {"cancel": {
    "customer": {"card": "never", "redirect": "never", "cod": "never", "later": "never"},
    "staff": {"card": "preparing", "redirect": "preparing", "cod": "never", "later": "confirmed"}}}}"#;

/// The entry of an order's timeline of this type.
fn entry(order: &Value, name: &str) -> Value {
    let timeline = order["timeline"].as_array().expect("a timeline");
    timeline.iter().find(|entry| entry["type"] == name).cloned().unwrap_or_default()
}

#[tokio::test]
async fn staff_goes_beyond_the_policy_with_a_reason_that_stays_in_the_log_and_is_not_shown_to_customers() {
    let (shop, alice) = shop_under(STRICT).await;
    let admin = shop.admin();
    for (at, (way, stage)) in
        [("card", "preparing"), ("card", "packed"), ("cod", "confirmed"), ("redirect", "packed")]
            .into_iter()
            .enumerate()
    {
        let id = standing(&shop, &alice, &format!("k{at}"), way, stage).await.expect("an order");
        assert!(actions(&shop, &admin, &id).await.contains("\"cancel\""), "it is possible, with a reason");
        assert!(!actions(&shop, &alice, &id).await.contains("cancel"));
        let world = World::of(&shop);
        for refused in [
            shop.send(call_off(&admin, &id, &json!({"reason": "asked by phone"}))).await,
            shop.send(cancel_part(&admin, &id, "c1", &[(1, 1)])).await,
        ] {
            assert_problem(&refused, 409, "override_required");
        }
        let by_customer = call_off(&alice, &id, &json!({"override_reason": "I am the boss"}));
        assert_problem(&shop.send(by_customer).await, 409, "order_not_cancellable");
        world.assert_unchanged(&shop, "without a reason");
        let part =
            json!({"lines": [{"line_id": 1, "quantity": 1}], "override_reason": "broken in the house"});
        let part = shop.send(call_off(&admin, &id, &part).key("c2")).await;
        assert_eq!(part.status, 200, "{part:?}");
        // A part of a packed order opens it again, which is no reason to forget that the policy was against it.
        let body = json!({"reason": "asked by phone", "override_reason": "a good customer"});
        let all = shop.send(call_off(&admin, &id, &body)).await;
        assert_has(&all.body, &json!({"status": "cancelled", "cancellation_reason": "asked by phone"}));
        let seen = by_staff(&shop, &id).await;
        assert_has(
            &entry(&seen, "lines_cancelled"),
            &json!({"actor": "admin:admin", "override_reason": "broken in the house"}),
        );
        let shown = get(&shop, &alice, &id).await;
        assert_has(&entry(&shown.body, "cancelled"), &json!({"actor": "staff", "reason": "asked by phone"}));
        assert!(!shown.body.to_string().contains("broken in the house"), "{shown:?}");
    }
    let (taken, back) = money(&shop);
    assert_eq!((taken, shop.units("mug")), (back, (1_000, 0)));
}

#[tokio::test]
async fn a_reason_that_is_not_needed_is_not_kept() {
    let (shop, alice) = shop_under(STRICT).await;
    let id = standing(&shop, &alice, "k1", "card", "confirmed").await.expect("an order");
    let body = json!({"override_reason": "to be sure"});
    assert_eq!(shop.send(call_off(&shop.admin(), &id, &body)).await.status, 200);
    let cancelled = entry(&by_staff(&shop, &id).await, "cancelled");
    assert_has(&cancelled, &json!({"reason": "staff_request"}));
    assert_eq!(cancelled.get("override_reason"), None);
}

#[tokio::test]
async fn staff_that_cancels_by_status_is_bound_by_the_same_policy() {
    let (shop, alice) = shop_under(STRICT).await;
    let id = standing(&shop, &alice, "k1", "card", "packed").await.expect("an order");
    let change =
        |body: &Value| Call::put(&format!("/api/v1/orders/{id}/status")).token(&shop.admin()).json(body);
    let refused = shop.send(change(&json!({"status": "cancelled"}))).await;
    assert_problem(&refused, 409, "override_required");
    let body = json!({"status": "cancelled", "reason": "lost", "override_reason": "fell off the lorry"});
    let done = shop.send(change(&body)).await;
    assert_has(&done.body, &json!({"status": "cancelled", "payment_status": "refunded"}));
    assert_has(
        &entry(&by_staff(&shop, &id).await, "cancelled"),
        &json!({"reason": "lost", "override_reason": "fell off the lorry"}),
    );
}

#[tokio::test]
async fn an_order_keeps_the_policy_of_its_placement_whatever_the_store_decides_later() {
    let (open, _) = POLICIES[0];
    let (shop, alice) = shop_under(open).await;
    let before = standing(&shop, &alice, "k1", "card", "packed").await.expect("an order");
    put_policy(&shop, STRICT).await;
    let after = standing(&shop, &alice, "k2", "card", "confirmed").await.expect("an order");
    put_policy(&shop, open).await;
    let again = standing(&shop, &alice, "k3", "card", "packed").await.expect("an order");
    put_policy(&shop, STRICT).await;
    for (id, expected) in [(&before, true), (&after, false), (&again, true)] {
        assert_cancellable(&shop, &alice, id, expected, "an order of an earlier policy").await;
    }
    let versions: Vec<_> = [by_staff(&shop, &before).await, by_staff(&shop, &again).await]
        .map(|order| order["settings_version"].clone())
        .into();
    assert_ne!(versions[0], versions[1], "the version that it keeps is named");
}

#[tokio::test]
async fn what_cannot_be_called_off_can_still_be_paid_back() {
    let (shop, alice) = shop_under(STRICT).await;
    let id = standing(&shop, &alice, "k1", "card", "shipped").await.expect("an order");
    assert_problem(&shop.send(call_off(&alice, &id, &json!({}))).await, 409, "order_not_cancellable");
    let given = shop.send(refund(&shop, &id, "r1", &json!({}))).await;
    assert_has(&given.body, &json!({"amount": "25.00", "status": "done", "payment_status": "refunded"}));
    assert_eq!(
        (by_staff(&shop, &id).await["status"].clone(), money(&shop)),
        (json!("shipped"), (2500, 2500))
    );
}
