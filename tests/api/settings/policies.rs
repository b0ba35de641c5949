//! What can be undone until when, and when the money of a card is taken, as settings (A5, C3, C5).

use serde_json::{Value, json};
use std::path::Path;
use tests::{Answer, Call, Shop};

use super::{PATH, full, put, show};
use crate::support::{World, assert_invalid, assert_problem};

/// What a store has that says nothing.
pub fn defaults() -> Value {
    let all = |cutoff| json!({"card": cutoff, "redirect": cutoff, "cod": cutoff, "later": cutoff});
    json!({
        "cancel": {"customer": all("packed"), "staff": all("shipped")},
        "returns": {
            "window_days": 30,
            "reasons": ["damaged", "defective", "wrong_item", "not_as_described", "no_longer_wanted", "other"],
            "refund_delivery": false,
        },
    })
}

async fn put_policies(shop: &Shop, policies: Value) -> Answer {
    shop.send(put(shop, &json!({ "policies": policies }))).await
}

#[tokio::test]
async fn a_cutoff_that_is_left_out_is_the_usual_one_of_customers_or_of_staff() {
    let shop = Shop::open();
    for (actor, way, cutoff) in [
        ("customer", "card", "never"),
        ("customer", "later", "confirmed"),
        ("staff", "cod", "preparing"),
        ("staff", "redirect", "packed"),
    ] {
        let stored = put_policies(&shop, json!({"cancel": {actor: {way: cutoff}}})).await;
        let mut expected = defaults();
        expected["cancel"][actor][way] = json!(cutoff);
        assert_eq!((stored.status, &stored.body["policies"]), (200, &expected), "{stored:?}");
        assert_eq!(show(&shop, "").await.body["policies"], expected);
    }
    let returns = put_policies(&shop, json!({"returns": {"window_days": 0}})).await;
    let mut expected = defaults();
    expected["returns"]["window_days"] = json!(0);
    assert_eq!(returns.body["policies"], expected);
    assert_eq!(put_policies(&shop, json!({})).await.body["policies"], defaults());
}

#[tokio::test]
async fn every_version_keeps_its_policies() {
    let shop = Shop::open();
    shop.settings(&full()).await;
    shop.settings(&json!({"payment": {"capture": "immediately"}})).await;
    for (version, policies, capture) in [
        (0, defaults(), "immediately"),
        (1, full()["policies"].clone(), "at_shipment"),
        (2, defaults(), "immediately"),
    ] {
        let shown = show(&shop, &format!("?version={version}")).await;
        assert_eq!(shown.body["policies"], policies, "version {version}");
        assert_eq!(shown.body["payment"]["capture"], capture, "version {version}");
    }
}

#[tokio::test]
async fn returns_without_end_or_without_clear_reasons_are_refused() {
    let shop = Shop::open();
    shop.settings(&full()).await;
    let world = World::of(&shop);
    let reasons = |count: usize| (0..count).map(|at| json!(at.to_string())).collect::<Value>();
    for (field, value, pointer, code) in [
        ("window_days", json!(366), "", "out_of_range"),
        ("reasons", json!([]), "", "required"),
        ("reasons", reasons(51), "", "out_of_range"),
        ("reasons", json!(["damaged", "DAMAGED "]), "/1", "duplicate"),
        ("reasons", json!(["damaged", ""]), "/1", "invalid"),
        ("reasons", json!(["a\u{7}"]), "/0", "invalid"),
        ("reasons", json!(["x".repeat(61)]), "/0", "invalid"),
    ] {
        let refused = put_policies(&shop, json!({"returns": {field: value}})).await;
        assert_invalid(&refused, &format!("/policies/returns/{field}{pointer}"), code);
    }
    world.assert_unchanged(&shop, "policies that were refused");
    for (field, value) in
        [("window_days", json!(365)), ("reasons", reasons(50)), ("reasons", json!(["é".repeat(60)]))]
    {
        assert_eq!(put_policies(&shop, json!({"returns": {field: value}})).await.status, 200, "{field}");
    }
}

#[tokio::test]
async fn policies_that_are_not_what_is_documented_are_refused_with_their_place() {
    let shop = Shop::open();
    let world = World::of(&shop);
    for (body, pointer) in [
        (json!({"policies": []}), "/policies"),
        (json!({"policies": null}), "/policies"),
        (json!({"policies": {"refunds": {}}}), "/policies/refunds"),
        (json!({"policies": {"cancel": []}}), "/policies/cancel"),
        (json!({"policies": {"cancel": {"system": {}}}}), "/policies/cancel/system"),
        (json!({"policies": {"cancel": {"customer": ["never"]}}}), "/policies/cancel/customer"),
        (
            json!({"policies": {"cancel": {"customer": {"cheque": "never"}}}}),
            "/policies/cancel/customer/cheque",
        ),
        (json!({"policies": {"cancel": {"staff": {"card": "delivered"}}}}), "/policies/cancel/staff/card"),
        (json!({"policies": {"cancel": {"staff": {"cod": null}}}}), "/policies/cancel/staff/cod"),
        (json!({"policies": {"returns": []}}), "/policies/returns"),
        (json!({"policies": {"returns": {"window_days": -1}}}), "/policies/returns/window_days"),
        (json!({"policies": {"returns": {"window_days": 1.5}}}), "/policies/returns/window_days"),
        (json!({"policies": {"returns": {"reasons": [1]}}}), "/policies/returns/reasons/0"),
        (json!({"policies": {"returns": {"refund_delivery": 1}}}), "/policies/returns/refund_delivery"),
        (json!({"payment": {"capture": "later"}}), "/payment/capture"),
        (json!({"payment": {"capture": null}}), "/payment/capture"),
    ] {
        let refused = shop.send(put(&shop, &body)).await;
        assert_problem(&refused, 400, "malformed_body");
        let error = &refused.body["errors"][0];
        assert_eq!(
            (&error["pointer"], &error["code"]),
            (&json!(pointer), &json!("malformed")),
            "{body}: {refused:?}"
        );
    }
    world.assert_unchanged(&shop, "policies that cannot be read");
}

/// As docs/settings.md says to do it: what is shown, with the file laid over it, is put back.
#[tokio::test]
async fn each_example_of_policies_can_be_put_by_itself_and_over_the_settings_of_a_shop() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/policies");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let example = std::fs::read_to_string(&path).expect("a text");
        let shop = Shop::open();
        let bare = Call::put(PATH).token(&shop.admin()).header("content-type", "application/json");
        let bare = shop.send(bare.bytes(example.clone())).await;
        let example: Value = serde_json::from_str(&example).expect("JSON");
        assert_eq!((bare.status, &bare.body["policies"]), (200, &example["policies"]), "{path:?}: {bare:?}");
        shop.settings(&full()).await;
        let mut body = show(&shop, "").await.body;
        body["policies"] = example["policies"].clone();
        let stored = shop.send(put(&shop, &body)).await;
        let mut expected = body.clone();
        for member in ["version", "updated_at"] {
            expected[member] = stored.body[member].clone();
        }
        assert_eq!((stored.status, &stored.body), (200, &expected), "{path:?}");
        count += 1;
    }
    assert_eq!(count, 5, "one for each document of docs/coming-from.md");
}
