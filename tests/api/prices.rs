//! What orders cost: taxes, delivery, discounts, and the preview that says the same (P3, P8, P9, P10).

use serde_json::{Value, json};
use tests::{Answer, Call, Shop};

use crate::support::{
    World, assert_has, assert_invalid, assert_problem, basket, get, merge, money, place, preview, put_product,
};

/// A shop under these settings with a hundred of each product, in EUR unless the settings name another currency.
async fn shop(settings: &Value, products: &[(&str, &str)]) -> (Shop, String) {
    let shop = Shop::open();
    for (product, price) in products {
        shop.stock(product, "1.00", "north", 100).await;
        put_product(
            &shop,
            product,
            price,
            &json!({"currency": settings["currency"].as_str().unwrap_or("EUR")}),
        )
        .await;
    }
    shop.settings(settings).await;
    let alice = shop.customer("alice");
    (shop, alice)
}

/// Settings that take these taxes from everything in the Netherlands.
fn taxed(include: bool, rounding: Value, components: Value) -> Value {
    json!({"currency": "EUR", "country": "NL", "tax": {
        "prices_include_tax": include, "rounding": rounding, "classes": ["standard"],
        "zones": [{"countries": ["NL"], "rates": {"standard": components}}], "elsewhere": "untaxed",
    }})
}

fn vat(rate: &str) -> Value {
    json!([{"name": "VAT", "rate": rate}])
}

/// Places an order after its preview, which has to be the same member by member and may write nothing.
async fn buy(shop: &Shop, token: &str, key: &str, body: &Value) -> Answer {
    let world = World::of(shop);
    let preview = shop.send(preview(token, body)).await;
    assert_eq!((preview.status, &preview.body["dry_run"]), (200, &json!(true)), "{preview:?}");
    world.assert_unchanged(shop, "a preview");
    let placed = shop.send(place(token, key, body)).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    let told = preview.body.as_object().expect("an object");
    for (name, value) in told.iter().filter(|(name, _)| *name != "dry_run") {
        assert_eq!(&placed.body[name], value, "{name}");
    }
    let costs = [
        "subtotal",
        "discount_amount",
        "line_discount_amount",
        "coupon_discount_amount",
        "order_discount_amount",
        "delivery_charge",
        "tax_amount",
        "taxes",
        "prices_include_tax",
        "shipping_method_name",
        "total_amount",
        "currency",
        "lines",
        "item_count",
        "estimated_delivery",
        "settings_version",
        "allocation_reason",
        "eco_impact",
    ];
    assert!(costs.iter().all(|name| told.contains_key(*name)), "{told:#?}");
    let mut read = get(shop, token, &placed.order_id()).await;
    // No part of the order, and only where one is read.
    read.body.as_object_mut().expect("an order").remove("contact_email_status");
    assert_eq!(read.body, placed.body, "what was answered is what was kept");
    placed
}

#[tokio::test]
async fn tax_is_added_to_prices_without_it_and_taken_out_of_prices_with_it() {
    for (include, expected) in [
        (
            false,
            json!({"subtotal": "25.00", "tax_amount": "5.25", "total_amount": "30.25", "prices_include_tax": false,
            "taxes": [{"name": "VAT", "percentage": "21", "amount": "5.25"}],
            "lines": [{"unit_price": "12.50", "net_price": "25.00", "tax_amount": "5.25", "total_price": "30.25",
                "taxes": [{"name": "VAT", "percentage": "21", "amount": "5.25"}]}]}),
        ),
        // 25.00 × 21 / 121 = 4.3388
        (
            true,
            json!({"subtotal": "25.00", "tax_amount": "4.34", "total_amount": "25.00", "prices_include_tax": true,
            "taxes": [{"name": "VAT", "percentage": "21", "amount": "4.34"}],
            "lines": [{"unit_price": "12.50", "net_price": "20.66", "tax_amount": "4.34", "total_price": "25.00"}]}),
        ),
    ] {
        let (shop, alice) = shop(&taxed(include, json!({}), vat("21")), &[("mug", "12.50")]).await;
        let placed = buy(&shop, &alice, "k1", &basket(&[("mug", 2)], &json!({}))).await;
        assert_has(&placed.body, &expected);
        let card = json!({"payment": {"method": "card", "payment_method_id": "pm_card_visa"}});
        shop.send(place(&alice, "k2", &basket(&[("mug", 2)], &card))).await;
        assert_eq!(money(&shop).0, if include { 2500 } else { 3025 }, "the card is charged the total");
        // Nothing is taken abroad, where the settings say so.
        let abroad = json!({"shipping_address": {"street": "Rue 1", "city": "Paris", "country": "FR"}});
        let placed = buy(&shop, &alice, "k3", &basket(&[("mug", 2)], &abroad)).await;
        assert_has(&placed.body, &json!({"tax_amount": "0.00", "taxes": [], "total_amount": "25.00"}));
    }
}

#[tokio::test]
async fn taxes_of_several_components_are_told_one_by_one() {
    let gst = json!([{"name": "CGST", "rate": "9"}, {"name": "SGST", "rate": "9"}]);
    let mut settings = taxed(false, json!({}), gst);
    merge(&mut settings, &json!({"currency": "INR", "country": "IN"}));
    settings["tax"]["zones"][0]["countries"] = json!(["IN"]);
    let (shop, alice) = shop(&settings, &[("sari", "99.50"), ("cup", "100.05")]).await;
    let delhi = json!({"shipping_address": {"street": "Road 1", "city": "Delhi", "postal_code": "110001", "country": "IN"}});
    let placed = buy(&shop, &alice, "k1", &basket(&[("sari", 1), ("cup", 2)], &delhi)).await;
    // 9 % of 99.50 are 8.955, of 200.10 18.009: each component is rounded by itself.
    let both = |amount: &str| json!([{"name": "CGST", "percentage": "9", "amount": amount}, {"name": "SGST", "percentage": "9", "amount": amount}]);
    assert_has(
        &placed.body,
        &json!({"currency": "INR", "subtotal": "299.60", "tax_amount": "53.94", "total_amount": "353.54", "taxes": both("26.97"),
            "lines": [{"taxes": both("8.96"), "tax_amount": "17.92", "total_price": "117.42"},
                {"taxes": both("18.01"), "tax_amount": "36.02", "total_price": "236.12"}]}),
    );
    shop.finish().await;
    let mail = &crate::support::mails(&shop, "received")[0];
    let text = mail.text.as_deref().expect("text");
    assert!(text.contains("CGST 9%: ₹26.97") && text.contains("SGST 9%: ₹26.97"), "{text}");
    assert!(text.contains("Total: ₹353.54"), "{text}");
}

#[tokio::test]
async fn tax_is_rounded_by_line_or_by_order_and_halves_as_the_settings_say() {
    // 5 % of 0.10 are half a cent; of 0.30 one and a half.
    for (level, mode, lines, total) in [
        ("line", "half_up", ["0.01", "0.01", "0.01"], "0.33"),
        ("line", "half_even", ["0.00", "0.00", "0.00"], "0.30"),
        ("order", "half_up", ["0.01", "0.01", "0.00"], "0.32"),
        ("order", "half_even", ["0.01", "0.01", "0.00"], "0.32"),
    ] {
        let settings = taxed(false, json!({"level": level, "mode": mode}), vat("5"));
        let (shop, alice) = shop(&settings, &[("a", "0.10"), ("b", "0.10"), ("c", "0.10")]).await;
        let placed = buy(&shop, &alice, "k1", &basket(&[("a", 1), ("b", 1), ("c", 1)], &json!({}))).await;
        let taxes: Value = (0..3).map(|at| placed.body["lines"][at]["tax_amount"].clone()).collect();
        assert_eq!((taxes, &placed.body["total_amount"]), (json!(lines), &json!(total)), "{level} {mode}");
    }
}

#[tokio::test]
async fn currencies_without_and_with_three_decimals_are_rounded_to_their_own_unit() {
    for (currency, price, tax, total, nothing) in [
        ("JPY", "101", "10", "111", "0"),
        ("KWD", "1.255", "0.126", "1.381", "0.000"),
        ("EUR", "1.25", "0.13", "1.38", "0.00"),
    ] {
        let mut settings = taxed(false, json!({}), vat("10"));
        settings["currency"] = json!(currency);
        let (shop, alice) = shop(&settings, &[("mug", price)]).await;
        let placed = buy(&shop, &alice, "k1", &basket(&[("mug", 1)], &json!({}))).await;
        assert_has(
            &placed.body,
            &json!({"currency": currency, "subtotal": price, "tax_amount": tax, "total_amount": total,
                "discount_amount": nothing, "delivery_charge": nothing, "payment": {"captured_amount": nothing}}),
        );
    }
}

#[tokio::test]
async fn a_product_in_another_currency_than_the_stores_is_not_sold() {
    let (shop, alice) = shop(&json!({"currency": "EUR"}), &[("mug", "12.50")]).await;
    put_product(&shop, "mug", "12.50", &json!({"currency": "USD"})).await;
    let refused = shop.send(place(&alice, "k1", &basket(&[("mug", 1)], &json!({})))).await;
    assert_invalid(&refused, "/lines/0/product_id", "currency_mismatch");
}

fn delivering() -> Value {
    let band = |grams: u64, price: &str| json!({"up_to_grams": grams, "price": price});
    json!({"currency": "EUR", "country": "NL", "shipping_methods": [
        {"id": "express", "name": "Express", "zones": [
            {"countries": ["NL"], "bands": [band(10_000, "12.00")], "transit_days": 1}]},
        {"id": "post", "name": "Post", "zones": [
            {"countries": ["NL"], "bands": [band(1_000, "4.95"), band(5_000, "9.95")], "free_from": "60.00", "transit_days": 3},
            {"countries": ["US"], "regions": ["HI", "AK"], "bands": [band(5_000, "39.00")], "transit_days": 14},
            {"countries": ["US"], "bands": [band(5_000, "19.00")], "transit_days": 9}]},
    ]})
}

#[tokio::test]
async fn delivery_costs_by_weight_and_destination_and_nothing_from_the_threshold_on() {
    let (shop, alice) = shop(&delivering(), &[("mug", "12.50")]).await;
    let to = |country: &str, state: Value| {
        let mut address = json!({"street": "Road 1", "city": "Town", "country": country});
        merge(&mut address, &state);
        json!({"shipping_address": address})
    };
    let express = json!({"shipping_method": "express"});
    for (mugs, more, method, charge, total, arrives) in [
        (3, json!({}), "post", "4.95", "42.45", "2026-03-04"),
        (4, json!({}), "post", "9.95", "59.95", "2026-03-04"),
        (5, json!({}), "post", "0.00", "62.50", "2026-03-04"),
        (4, express, "express", "12.00", "62.00", "2026-03-02"),
        // 5100 g are too heavy for the post, free or not.
        (17, json!({}), "express", "12.00", "224.50", "2026-03-02"),
        (5, to("US", json!({})), "post", "19.00", "81.50", "2026-03-10"),
        (5, to("US", json!({"state": " hi "})), "post", "39.00", "101.50", "2026-03-15"),
        (5, to("US", json!({"state": "NY"})), "post", "19.00", "81.50", "2026-03-10"),
    ] {
        let key = format!("{mugs} {more}").replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let placed = buy(&shop, &alice, &key, &basket(&[("mug", mugs)], &more)).await;
        assert_has(
            &placed.body,
            &json!({"shipping_method": method, "delivery_charge": charge, "total_amount": total, "estimated_delivery": arrives}),
        );
    }
}

#[tokio::test]
async fn what_cannot_be_delivered_is_refused() {
    let (shop, alice) = shop(&delivering(), &[("mug", "12.50")]).await;
    let world = World::of(&shop);
    let abroad = json!({"shipping_address": {"street": "Rue 1", "city": "Paris", "country": "FR"}});
    let us = json!({"shipping_method": "express", "shipping_address": {"street": "Road 1", "city": "Town", "country": "US"}});
    for (mugs, more, pointer, code) in [
        (1, abroad, "/shipping_address", "not_deliverable"),
        (1, us, "/shipping_method", "not_deliverable"),
        (34, json!({}), "/shipping_address", "not_deliverable"),
        (17, json!({"shipping_method": "post"}), "/shipping_method", "not_deliverable"),
        (1, json!({"shipping_method": "drone"}), "/shipping_method", "unknown_shipping_method"),
    ] {
        let body = basket(&[("mug", mugs)], &more);
        assert_invalid(&shop.send(place(&alice, "k1", &body)).await, pointer, code);
        assert_invalid(&shop.send(preview(&alice, &body)).await, pointer, code);
    }
    world.assert_unchanged(&shop, "what cannot be delivered");
}

#[tokio::test]
async fn delivery_is_taxed_in_its_own_class_or_else_as_the_goods() {
    for (class, tax, total) in [(json!("reduced"), "5.65", "35.60"), (json!(null), "6.29", "36.24")] {
        let mut settings = delivering();
        settings["tax"] = json!({"prices_include_tax": false, "classes": ["standard", "reduced"], "delivery_class": class,
            "zones": [{"countries": ["NL", "US"], "rates": {"standard": vat("21"), "reduced": vat("8")}}]});
        let (shop, alice) = shop(&settings, &[("mug", "12.50")]).await;
        let placed = buy(&shop, &alice, "k1", &basket(&[("mug", 2)], &json!({}))).await;
        // 21 % of 25.00 are 5.25; of 4.95, 8 % are 0.396 and 21 % 1.0395.
        assert_has(
            &placed.body,
            &json!({"delivery_charge": "4.95", "tax_amount": tax, "total_amount": total}),
        );
        let line = &placed.body["lines"][0];
        assert_has(line, &json!({"tax_amount": "5.25", "total_price": "30.25"}));
    }
}

#[tokio::test]
async fn a_total_that_was_not_expected_is_told_with_its_taxed_lines_and_nothing_is_written() {
    let mut settings = delivering();
    settings["tax"] = taxed(false, json!({}), vat("21"))["tax"].clone();
    let (shop, alice) = shop(&settings, &[("mug", "12.50")]).await;
    let world = World::of(&shop);
    let body = |total: &str| basket(&[("mug", 2)], &json!({"expected_total": total}));
    for call in [place(&alice, "k1", &body("25.00")), preview(&alice, &body("25.00"))] {
        let refused = shop.send(call).await;
        assert_problem(&refused, 409, "total_changed");
        assert_has(
            &refused.body,
            &json!({"expected_total": "25.00", "actual_total": "36.24", "currency": "EUR", "lines": [
                {"product_id": "mug", "quantity": 2, "net_price": "25.00", "tax_amount": "5.25", "total_price": "30.25"}]}),
        );
    }
    world.assert_unchanged(&shop, "an unexpected total");
    assert_eq!(buy(&shop, &alice, "k1", &body("36.240")).await.body["total_amount"], "36.24");
}

#[tokio::test]
async fn staff_takes_something_off_lines_and_the_whole_order_with_a_reason() {
    let mut settings = taxed(false, json!({}), vat("10"));
    merge(&mut settings, &json!({"shipping_methods": delivering()["shipping_methods"]}));
    let (shop, alice) = shop(&settings, &[("mug", "12.50"), ("cup", "5.00")]).await;
    let admin = shop.admin();
    let for_alice = json!({"customer_id": "alice", "contact_email": "alice@example.com"});
    let discounts = json!({"override_reason": "a scratch", "discount_amount": "2.75", "lines": [
        {"product_id": "mug", "quantity": 2, "discount_percentage": "10"}, {"product_id": "cup", "quantity": 1}]});
    let mut body = basket(&[], &for_alice);
    merge(&mut body, &discounts);
    // 25.00 less 10 % is 22.50; with the cup 27.50, of which a tenth goes: 2.25 and 0.50.
    let placed = buy(&shop, &admin, "k1", &body).await;
    assert_has(
        &placed.body,
        &json!({"subtotal": "30.00", "discount_amount": "5.25", "line_discount_amount": "2.50", "order_discount_amount": "2.75",
        "coupon_discount_amount": "0.00", "delivery_charge": "4.95", "tax_amount": "2.98", "total_amount": "32.68",
        "lines": [
            {"unit_price": "12.50", "discount_amount": "2.50", "order_discount_share": "2.25", "net_price": "20.25",
                "tax_amount": "2.03", "total_price": "22.28"},
            {"unit_price": "5.00", "discount_amount": "0.00", "order_discount_share": "0.50", "net_price": "4.50",
                "tax_amount": "0.45", "total_price": "4.95"},
        ]}),
    );
    let percent = json!({"override_reason": "a scratch", "discount_percentage": "100"});
    let gift = buy(&shop, &admin, "k2", &basket(&[("mug", 1)], &percent)).await;
    assert_has(
        &gift.body,
        &json!({"discount_amount": "12.50", "delivery_charge": "4.95", "total_amount": "5.45"}),
    );

    let world = World::of(&shop);
    let line =
        |member: &str, value: Value| json!({"lines": [{"product_id": "mug", "quantity": 1, member: value}]});
    for (more, pointer, code) in [
        (json!({"discount_amount": "1.00"}), "/override_reason", "required"),
        (line("discount_percentage", json!("5")), "/override_reason", "required"),
        (
            json!({"override_reason": "x", "discount_amount": "1.00", "discount_percentage": "1"}),
            "/discount_percentage",
            "not_together",
        ),
        (json!({"override_reason": "x", "discount_amount": "12.51"}), "/discount_amount", "out_of_range"),
        (json!({"override_reason": "x", "discount_amount": "0.001"}), "/discount_amount", "invalid"),
        (json!({"override_reason": "x", "discount_amount": "-1.00"}), "/discount_amount", "invalid"),
    ] {
        assert_invalid(&shop.send(place(&admin, "k3", &basket(&[("mug", 1)], &more))).await, pointer, code);
    }
    for (more, pointer) in [
        (json!({"discount_amount": "1.00"}), "/discount_amount"),
        (json!({"discount_percentage": "1"}), "/discount_percentage"),
        (line("discount_percentage", json!("1")), "/lines/0/discount_percentage"),
    ] {
        let refused = shop.send(place(&alice, "k3", &basket(&[("mug", 1)], &more))).await;
        assert_invalid(&refused, pointer, "not_permitted");
    }
    world.assert_unchanged(&shop, "discounts that may not be");
    let nothing = json!({"discount_amount": "0.00", "lines": [{"product_id": "mug", "quantity": 1, "discount_percentage": "0"}]});
    assert_eq!(
        shop.send(place(&alice, "k3", &basket(&[], &nothing))).await.status,
        201,
        "nothing off is no discount"
    );
}

#[tokio::test]
async fn an_offer_is_what_is_paid_and_the_list_price_is_shown_beside_it() {
    let (shop, alice) = shop(&json!({"currency": "EUR"}), &[("mug", "20.00")]).await;
    put_product(&shop, "mug", "20.00", &json!({"offer_price": "15.00"})).await;
    let placed = buy(&shop, &alice, "k1", &basket(&[("mug", 2)], &json!({}))).await;
    assert_has(
        &placed.body,
        &json!({"subtotal": "30.00", "discount_amount": "0.00", "total_amount": "30.00",
            "lines": [{"list_price": "20.00", "unit_price": "15.00", "total_price": "30.00"}]}),
    );
}

#[tokio::test]
async fn nothing_is_sold_where_no_tax_is_known() {
    let mut settings = taxed(true, json!({}), vat("21"));
    settings["tax"]["elsewhere"] = json!("refuse");
    let (shop, alice) = shop(&settings, &[("mug", "12.50"), ("ring", "99.00")]).await;
    put_product(&shop, "ring", "99.00", &json!({"tax_class": "luxury"})).await;
    let world = World::of(&shop);
    let germany = json!({"shipping_address": {"street": "Weg 1", "city": "Berlin", "country": "DE"}});
    for body in [basket(&[("mug", 1)], &germany), basket(&[("mug", 1), ("ring", 1)], &json!({}))] {
        assert_invalid(&shop.send(place(&alice, "k1", &body)).await, "/shipping_address", "no_tax_rate");
    }
    world.assert_unchanged(&shop, "sales without a tax rate");
    // Who pays from Germany and has it sent to the Netherlands is taxed where it goes.
    let billed = json!({"billing_address": germany["shipping_address"]});
    assert_eq!(buy(&shop, &alice, "k1", &basket(&[("mug", 1)], &billed)).await.body["tax_amount"], "2.17");
}

#[tokio::test]
async fn an_order_keeps_its_amounts_and_the_version_of_its_settings_whatever_changes_later() {
    let (shop, alice) = shop(&taxed(true, json!({}), vat("21")), &[("mug", "12.50")]).await;
    let body = basket(&[("mug", 2)], &json!({}));
    let first = buy(&shop, &alice, "k1", &body).await;
    let version = first.body["settings_version"].as_u64().expect("a version");
    let mut other = delivering();
    other["tax"] = taxed(false, json!({}), json!([{"name": "New", "rate": "50"}]))["tax"].clone();
    shop.settings(&other).await;
    put_product(&shop, "mug", "99.00", &json!({"name": "New mug"})).await;
    assert_eq!(get(&shop, &alice, &first.order_id()).await.body, first.body);
    let again = shop.send(place(&alice, "k1", &body)).await;
    assert_eq!((again.status, &again.body), (200, &first.body), "a replay is not priced anew");
    let second = buy(&shop, &alice, "k2", &body).await;
    assert_has(
        &second.body,
        &json!({"settings_version": version + 1, "subtotal": "198.00", "tax_amount": "99.00", "total_amount": "297.00",
            "delivery_charge": "0.00", "taxes": [{"name": "New", "percentage": "50"}]}),
    );
    let old = Call::get(&format!("/api/v1/admin/settings?version={version}")).token(&shop.admin());
    let old = shop.send(old).await;
    assert_has(
        &old.body,
        &json!({"version": version, "tax": {"prices_include_tax": true, "zones": [{"rates": {"standard": [{"name": "VAT"}]}}]}}),
    );
    shop.finish().await;
    let mail = crate::support::mails(
        &shop,
        &format!("received your order {}", first.body["order_number"].as_str().expect("a number")),
    );
    let text = mail[0].text.as_deref().expect("text");
    assert!(text.contains("2 × mug: €25.00") && text.contains("VAT 21%, included: €4.34"), "{text}");
}
