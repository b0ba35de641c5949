//! The store's settings: checked before they count, kept in every version (A4).

mod policies;

use serde_json::{Value, json};
use tests::{Answer, Call, Shop};

use crate::support::{World, assert_has, assert_problem};

const PATH: &str = "/api/v1/admin/settings";

fn put(shop: &Shop, body: &Value) -> Call {
    Call::put(PATH).token(&shop.admin()).json(body)
}

async fn show(shop: &Shop, query: &str) -> Answer {
    shop.send(Call::get(&format!("{PATH}{query}")).token(&shop.admin())).await
}

/// Everything that can be set.
fn full() -> Value {
    json!({
        "currency": "EUR", "country": "NL",
        "tax": {"prices_include_tax": true, "rounding": {"level": "order", "mode": "half_even"}, "classes": ["standard", "books"],
            "delivery_class": "standard", "elsewhere": "refuse", "zones": [
                {"countries": ["NL", "BE"], "rates": {"standard": [{"name": "btw", "rate": "21"}], "books": [{"name": "btw", "rate": "9"}]}},
                {"countries": ["US"], "rates": {"standard": [], "books": []}},
                {"countries": ["US"], "regions": ["NY"], "rates": {"standard": [{"name": "Sales tax", "rate": "8.875"}], "books": []}}]},
        "shipping_methods": [{"id": "post", "name": "Post", "names": {"nl": "Pakket"}, "zones": [
            {"countries": ["NL"], "bands": [{"up_to_grams": 1000, "price": "4.95"}], "free_from": "50", "transit_days": 2},
            {"countries": ["BE", "US"], "bands": [{"up_to_grams": 1000, "price": "9"}], "transit_days": 4}]}],
        "payment": {"methods": ["card", "redirect"], "capture": "at_shipment", "hold_minutes": 15, "unpaid_hold_minutes": 60,
            "return_origins": ["https://shop.example"]},
        "policies": {
            "cancel": {"customer": {"card": "confirmed", "redirect": "never", "cod": "preparing", "later": "shipped"},
                "staff": {"card": "packed", "redirect": "shipped", "cod": "never", "later": "confirmed"}},
            "returns": {"window_days": 14, "reasons": ["Damaged", "Too small"], "refund_delivery": true}},
        "fulfillment": {"buy_labels": true, "packagings": [
            {"id": "jiffy", "length_mm": 300, "width_mm": 220, "height_mm": 20, "max_weight_grams": 800, "weight_grams": 25, "recycled": true, "material": "plastic_film"},
            {"id": "carton", "length_mm": 400, "width_mm": 400, "height_mm": 400, "max_weight_grams": 20_000, "weight_grams": 500, "recycled": false, "material": "board"}]},
        "limits": {"orders_per_hour": 10},
        "guest_checkout": {"enabled": true, "order_url": "https://shop.example/order/{token}"},
        "eco": {"offset_transport": true, "trees_per_order": 1},
        "sender": {"name": "The Shop", "reply_to": "help@shop.example"},
        "default_language": "nl",
        "invoices": {"series": {"invoice": "INV-{year}-", "credit_note": "CN-{year}-"}, "seller": {
            "name": "The Shop B.V.", "vat_id": "NL001234567B01", "registration": "KvK 12345678", "email": "help@shop.example",
            "website": "shop.example", "bank": ["IBAN NL91 ABNA 0417 1643 00"], "note": "Thank you.",
            "address": {"street": "Damrak 1", "postal_code": "1012 LG", "city": "Amsterdam", "country": "NL"}}},
    })
}

/// What parcels are packed in unless the settings say otherwise.
fn packagings() -> Value {
    let kind =
        |id: &str, [length, width, height, carries, weighs]: [u32; 5], recycled: bool, material: &str| {
            json!({"id": id, "length_mm": length, "width_mm": width, "height_mm": height,
            "max_weight_grams": carries, "weight_grams": weighs, "recycled": recycled, "material": material})
        };
    json!([
        kind("recycled-mailer", [250, 200, 40, 1_000, 30], true, "paper"),
        kind("recycled-box-s", [250, 200, 160, 5_000, 120], true, "board"),
        kind("recycled-box-m", [400, 300, 250, 15_000, 350], true, "board"),
        kind("box-l", [600, 500, 400, 30_000, 900], false, "board"),
    ])
}

#[tokio::test]
async fn a_store_that_nobody_set_up_has_defaults_and_no_version() {
    let shop = Shop::open();
    let world = World::of(&shop);
    let shown = show(&shop, "").await;
    assert_eq!(
        (shown.status, shown.header("etag"), shown.header("cache-control")),
        (200, None, Some("private, no-cache"))
    );
    assert_eq!(
        shown.body,
        json!({"version": 0, "currency": null, "country": null, "shipping_methods": [], "sender": null, "default_language": "en",
            "tax": {"prices_include_tax": false, "rounding": {"level": "line", "mode": "half_up"}, "classes": [],
                "delivery_class": null, "zones": [], "elsewhere": "untaxed"},
            "payment": {"methods": ["card", "redirect", "cod"], "capture": "immediately", "hold_minutes": 30,
                "unpaid_hold_minutes": 1440, "return_origins": []},
            "policies": policies::defaults(), "fulfillment": {"buy_labels": false, "packagings": packagings()},
            "invoices": {"series": {"invoice": "INV-", "credit_note": "CN-"}, "seller": {}},
            "limits": {"orders_per_hour": 60}, "guest_checkout": {"enabled": false, "order_url": null},
            "eco": {"offset_transport": false, "trees_per_order": 0}})
    );
    assert_eq!(show(&shop, "?version=0").await.body, shown.body);
    assert_problem(&show(&shop, "?version=1").await, 404, "not_found");
    world.assert_unchanged(&shop, "looking at settings");
}

#[tokio::test]
async fn settings_are_shown_as_they_were_put_and_what_is_left_out_takes_its_default() {
    let shop = Shop::open();
    let put_once = shop.send(put(&shop, &full())).await;
    assert_eq!((put_once.status, put_once.header("etag")), (200, Some("\"1\"")), "{put_once:?}");
    let mut expected = full();
    crate::support::merge(&mut expected, &json!({"version": 1, "updated_at": "2026-03-01T10:00:00Z"}));
    assert_eq!(put_once.body, expected);
    assert_eq!(show(&shop, "").await.body, expected);
    let less = shop.send(put(&shop, &json!({"currency": "USD"}))).await;
    assert_has(
        &less.body,
        &json!({"version": 2, "currency": "USD", "country": null, "limits": {"orders_per_hour": 60}, "sender": null,
            "payment": {"capture": "immediately"}, "policies": policies::defaults()}),
    );
}

#[tokio::test]
async fn every_version_is_kept_and_warehouses_count_as_changes_too() {
    let shop = Shop::open();
    shop.settings(&full()).await;
    shop.twin.cloud.clock.advance(1_000);
    shop.warehouse("north").await;
    shop.twin.cloud.clock.advance(1_000);
    shop.settings(&json!({"currency": "USD"})).await;
    for (version, currency, at) in [(1, "EUR", "10:00:00"), (2, "EUR", "10:00:01"), (3, "USD", "10:00:02")] {
        let shown = show(&shop, &format!("?version={version}")).await;
        assert_has(
            &shown.body,
            &json!({"version": version, "currency": currency, "updated_at": format!("2026-03-01T{at}Z")}),
        );
        assert_eq!(shown.header("etag"), Some(format!("\"{version}\"").as_str()));
    }
    for wrong in ["4", "4294967295"] {
        assert_problem(&show(&shop, &format!("?version={wrong}")).await, 404, "not_found");
    }
    for wrong in ["-1", "", "x", "4294967296"] {
        let refused = show(&shop, &format!("?version={wrong}")).await;
        assert_problem(&refused, 422, "invalid_request");
        assert_has(&refused.body, &json!({"errors": [{"pointer": "?version", "code": "out_of_range"}]}));
    }
    let warehouses = shop.send(Call::get("/api/v1/admin/warehouses").token(&shop.admin())).await;
    assert_has(&warehouses.body, &json!({"version": 3, "warehouses": [{"warehouse_id": "north"}]}));
}

#[tokio::test]
async fn settings_are_not_replaced_over_a_version_that_the_caller_has_not_seen() {
    let shop = Shop::open();
    let other = json!({"currency": "USD"});
    for tags in ["*", "\"0\"", "\"1\""] {
        assert_problem(
            &shop.send(put(&shop, &full()).header("if-match", tags)).await,
            412,
            "version_mismatch",
        );
    }
    shop.settings(&full()).await;
    let world = World::of(&shop);
    let stale = shop.send(put(&shop, &other).header("if-match", "\"2\"")).await;
    assert_problem(&stale, 412, "version_mismatch");
    assert_eq!(stale.body["current_version"], 1);
    // What is wanted is there already, so a request whose answer was lost can be sent again.
    let again = shop.send(put(&shop, &full()).header("if-match", "\"0\"")).await;
    assert_eq!((again.status, again.header("etag")), (200, Some("\"1\"")), "{again:?}");
    world.assert_unchanged(&shop, "what makes no new version");
    let changed = shop.send(put(&shop, &other).header("if-match", "\"1\"")).await;
    assert_eq!((changed.status, changed.header("etag")), (200, Some("\"2\"")));
}

#[tokio::test]
async fn what_is_shown_can_be_edited_and_put_back_unless_somebody_was_faster() {
    let shop = Shop::open();
    let mut first = show(&shop, "").await.body;
    first["currency"] = json!("EUR");
    // Of the store that nobody has set up, too.
    assert_eq!(shop.send(put(&shop, &first)).await.body["version"], 1);
    shop.settings(&full()).await;
    let world = World::of(&shop);
    let mut shown = show(&shop, "").await.body;
    let same = shop.send(put(&shop, &shown)).await;
    assert_eq!((same.status, &same.body), (200, &shown));
    world.assert_unchanged(&shop, "settings that were put back as they are");
    shown["limits"]["orders_per_hour"] = json!(11);
    let edited = shop.send(put(&shop, &shown)).await;
    assert_eq!((edited.status, &edited.body["version"]), (200, &json!(3)), "{edited:?}");
    assert_eq!(edited.body["limits"]["orders_per_hour"], 11);
    // The answer was lost, and it is sent again: what was wanted is there.
    assert_eq!(shop.send(put(&shop, &shown)).await.body, edited.body);
    let world = World::of(&shop);
    shown["limits"]["orders_per_hour"] = json!(12);
    let refused = shop.send(put(&shop, &shown)).await;
    assert_problem(&refused, 412, "version_mismatch");
    assert_eq!(refused.body["current_version"], 3);
    for version in [0, 4] {
        let refused = shop.send(put(&shop, &json!({"version": version}))).await;
        assert_problem(&refused, 412, "version_mismatch");
    }
    // Each of the two is a condition of its own.
    for (version, tag) in [(3, "\"2\""), (2, "\"3\"")] {
        let body = json!({"version": version, "currency": "USD"});
        assert_problem(&shop.send(put(&shop, &body).header("if-match", tag)).await, 412, "version_mismatch");
    }
    world.assert_unchanged(&shop, "settings that were put over others that the caller has not seen");
}

#[tokio::test]
async fn a_warehouse_set_up_meanwhile_is_a_version_that_the_caller_has_not_seen() {
    let shop = Shop::open();
    shop.settings(&full()).await;
    let mut shown = show(&shop, "").await.body;
    shop.warehouse("north").await;
    shown["country"] = json!("BE");
    assert_problem(&shop.send(put(&shop, &shown)).await, 412, "version_mismatch");
    shown["version"] = json!(null);
    shown["updated_at"] = json!("whatever it says");
    assert_eq!(
        shop.send(put(&shop, &shown)).await.body["version"],
        3,
        "without a version there is no condition"
    );
}

#[tokio::test]
async fn an_older_version_is_put_back_without_its_version() {
    let shop = Shop::open();
    shop.settings(&full()).await;
    shop.settings(&json!({"currency": "USD"})).await;
    let mut old = show(&shop, "?version=1").await.body;
    assert_problem(&shop.send(put(&shop, &old)).await, 412, "version_mismatch");
    old.as_object_mut().expect("an object").remove("version");
    let back = shop.send(put(&shop, &old)).await;
    crate::support::merge(&mut old, &json!({"version": 3}));
    assert_eq!((back.status, back.body), (200, old));
}

#[tokio::test]
async fn a_tax_table_that_would_lose_money_by_a_gap_is_refused_with_the_reason() {
    let shop = Shop::open();
    shop.settings(&json!({"currency": "EUR"})).await;
    let world = World::of(&shop);
    let with = |pointer: &str, value: Value| {
        let mut body = full();
        *body.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
        body
    };
    let rate = json!([{"name": "btw", "rate": "21"}]);
    for (what, body, pointer, code, reason) in [
        (
            "a class without a rate",
            with("/tax/zones/0/rates", json!({"standard": rate})),
            "/tax/zones/0/rates",
            "tax_gap",
            "no rates for books",
        ),
        (
            "a state without the rest",
            with("/tax/zones/1/countries", json!(["CA"])),
            "/tax/zones/2/regions",
            "tax_gap",
            "none for the rest",
        ),
        (
            "delivery where orders are refused",
            with("/shipping_methods/0/zones/1/countries", json!(["BE", "DE"])),
            "/shipping_methods/0/zones/1/countries/1",
            "tax_gap",
            "orders to DE are refused",
        ),
        (
            "delivery to everywhere",
            with("/shipping_methods/0/zones/1/countries", json!([])),
            "/shipping_methods/0/zones/1/countries",
            "tax_gap",
            "everywhere else",
        ),
        (
            "no zone at all",
            json!({"tax": {"prices_include_tax": true, "classes": [], "zones": []}}),
            "/tax/elsewhere",
            "tax_gap",
            "every order is refused",
        ),
        (
            "two rates for one place",
            with("/tax/zones/1/countries", json!(["US", "NL"])),
            "/tax/zones/1/countries/1",
            "tax_overlap",
            "another zone",
        ),
        (
            "a class that is none",
            with("/tax/delivery_class", json!("luxury")),
            "/tax/delivery_class",
            "unknown_tax_class",
            "luxury",
        ),
    ] {
        let refused = shop.send(put(&shop, &body)).await;
        assert_problem(&refused, 422, "invalid_request");
        let errors = refused.body["errors"].as_array().expect("a list");
        let named = errors.iter().any(|error| {
            error["pointer"] == pointer
                && error["code"] == code
                && error["detail"].as_str().is_some_and(|detail| detail.contains(reason))
        });
        assert!(named, "{what}: {errors:#?}");
    }
    world.assert_unchanged(&shop, "settings that were refused");
}

#[tokio::test]
async fn settings_that_break_a_rule_are_refused_and_every_mistake_is_named_at_once() {
    let shop = Shop::open();
    let world = World::of(&shop);
    let body = json!({
        "payment": {"methods": [], "hold_minutes": 4, "return_origins": ["https://shop.example/"]},
        "fulfillment": {"packagings": []},
        "limits": {"orders_per_hour": 0},
        "guest_checkout": {"enabled": true, "order_url": "https://shop.example/order"},
        "eco": {"trees_per_order": 101},
        "sender": {"name": "a \"shop\"", "reply_to": "nobody"},
        "invoices": {"seller": {"name": "", "email": "nobody", "address": {"street": "", "city": "Jena", "country": "UK"}}},
        "shipping_methods": [{"id": "post", "name": "", "zones": [{"bands": [], "transit_days": 366}]}],
    });
    let refused = shop.send(put(&shop, &body)).await;
    assert_problem(&refused, 422, "invalid_request");
    let mut pointers: Vec<_> = refused.body["errors"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|error| error["pointer"].as_str().expect("a text"))
        .collect();
    pointers.sort_unstable();
    assert_eq!(
        pointers,
        [
            "/eco/trees_per_order",
            "/fulfillment/packagings",
            "/guest_checkout/order_url",
            "/invoices/seller/address/country",
            "/invoices/seller/address/street",
            "/invoices/seller/email",
            "/invoices/seller/name",
            "/limits/orders_per_hour",
            "/payment/hold_minutes",
            "/payment/methods",
            "/payment/return_origins/0",
            "/sender/name",
            "/sender/reply_to",
            "/shipping_methods/0/name",
            "/shipping_methods/0/zones/0/bands",
            "/shipping_methods/0/zones/0/transit_days"
        ]
    );
    let priced = json!({"shipping_methods": full()["shipping_methods"]});
    let refused = shop.send(put(&shop, &priced)).await;
    assert_has(&refused.body, &json!({"errors": [{"pointer": "/currency", "code": "required"}]}));
    for body in [
        json!({"colour": "red"}),
        json!({"currency": "eur"}),
        json!({"tax": []}),
        json!({"limits": {"orders_per_hour": -1}}),
        json!({"version": -1}),
        json!({"version": "0"}),
        json!({"payment": {"methods": ["cheque"]}}),
        json!({"invoices": {"series": {"invoice": "INV-2026"}}}),
    ] {
        assert_problem(&shop.send(put(&shop, &body)).await, 400, "malformed_body");
    }
    for token in [shop.customer("alice")] {
        assert_eq!(shop.send(Call::put(PATH).token(&token).json(&full())).await.status, 403);
        assert_eq!(shop.send(Call::get(PATH).token(&token)).await.status, 403);
    }
    world.assert_unchanged(&shop, "settings that were refused");
}

#[tokio::test]
async fn the_sender_signs_mails_and_the_store_plants_and_offsets_what_it_says() {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    let settings = json!({"currency": "EUR", "sender": full()["sender"], "eco": {"offset_transport": true, "trees_per_order": 2}});
    shop.settings(&settings).await;
    let placed = shop.send(tests::order(&shop.customer("alice"), "k1", "mug", 2, "cod")).await;
    assert_has(
        &placed.body,
        &json!({"eco_impact": {"carbon_grams": 25, "offset_grams": 25, "trees_planted": 2}}),
    );
    shop.settings(&json!({"currency": "EUR"})).await;
    shop.finish().await;
    for mail in shop.twin.cloud.ses.mails() {
        assert!(mail.from.contains("The Shop") && mail.from.contains("orders@shop.example"), "{mail:?}");
    }
}

#[tokio::test]
async fn the_store_takes_only_the_ways_to_pay_that_it_offers() {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    shop.settings(&json!({"payment": {"methods": ["card"]}})).await;
    let world = World::of(&shop);
    let alice = shop.customer("alice");
    let refused = shop.send(tests::order(&alice, "k1", "mug", 1, "cod")).await;
    crate::support::assert_invalid(&refused, "/payment/method", "payment_method_not_offered");
    world.assert_unchanged(&shop, "a way to pay that is not offered");
    assert_eq!(shop.send(tests::order(&alice, "k1", "mug", 1, "pm_card_visa")).await.status, 201);
}
