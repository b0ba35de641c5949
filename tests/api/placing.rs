//! `POST /orders`: what an order is, and when there is none.

use serde_json::{Value, json};
use tests::{Call, Shop, order, order_body};

use crate::support::{World, assert_has, assert_problem, events, get, mails, money, only_intent, shop};

fn place(token: &str, key: &str, body: &Value) -> Call {
    Call::post("/api/v1/orders").token(token).key(key).json(body)
}

#[tokio::test]
async fn an_order_by_card_is_paid_and_answered_whole() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    let id = placed.order_id();
    let address = json!({"name": "Alice Example", "street": "Keizersgracht 123", "postal_code": "1015 CJ", "city": "Amsterdam", "country": "NL"});
    let intent = only_intent(&shop);
    assert_eq!(
        placed.body,
        json!({
            "order_id": id, "order_number": placed.body["order_number"],
            "customer_id": "alice", "status": "confirmed", "payment_status": "paid", "fulfillment_status": "unfulfilled",
            "payment_type": "card", "item_count": 2, "subtotal": "25.00", "discount_amount": "0.00",
            "line_discount_amount": "0.00", "coupon_discount_amount": "0.00", "order_discount_amount": "0.00",
            "shipping_method_name": "Standard", "delivery_charge": "0.00", "tax_amount": "0.00", "taxes": [],
            "prices_include_tax": false, "total_amount": "25.00", "currency": "EUR", "bill_number": null,
            "settings_version": 1, "version": 4, "created_at": "2026-03-01T10:00:00Z", "updated_at": "2026-03-01T10:00:00Z",
            "estimated_delivery": "2026-03-06",
            "lines": [{"line_id": 1, "product_id": "mug", "name": "mug", "quantity": 2, "list_price": "12.50",
                "unit_price": "12.50", "discount_amount": "0.00", "order_discount_share": "0.00", "net_price": "25.00",
                "tax_amount": "0.00", "taxes": [], "total_price": "25.00"}],
            "billing_address": address, "shipping_address": address, "contact_email": "alice@example.com",
            "language": "en",
            "payment": {"method": "card", "status": "paid", "payment_intent_id": intent["id"], "requires_action": false,
                "authorized_amount": "0.00", "captured_amount": "25.00", "refunded_amount": "0.00", "balance": "0.00",
                "refunds": []},
            // 600 g over 300 km at 137 g/tkm are 24.66 g.
            "eco_impact": {"carbon_grams": 25, "counted": ["transport"], "weight_grams": 600, "method": "weight × distance × factor (ISO 14083)",
                "factor_source": "EEA 2021, road freight (HGV), EU-27 2018, well-to-wheel", "factor_version": "2026.1",
                "legs": [{"warehouse_id": "north", "mode": "hgv", "weight_grams": 600, "distance_km": 300, "factor_g_per_tkm": 137,
                    "carbon_grams": 25}],
                "offset_grams": 0, "trees_planted": 0},
            "shipments": [], "allocation_reason": "only_choice", "available_actions": ["cancel", "cancel_lines"],
            "timeline": [
                {"sequence": 1, "type": "placed", "actor": "customer", "at": "2026-03-01T10:00:00Z"},
                {"sequence": 2, "type": "payment_started", "actor": "payment_provider", "at": "2026-03-01T10:00:00Z"},
                {"sequence": 3, "type": "paid", "actor": "payment_provider", "at": "2026-03-01T10:00:00Z"},
                {"sequence": 4, "type": "confirmed", "actor": "payment_provider", "at": "2026-03-01T10:00:00Z"},
            ],
        }),
    );
    assert!(
        id.starts_with("ord_")
            && placed.body["order_number"].as_str().is_some_and(|number| number.len() == 13)
    );
    assert_eq!(placed.header("location"), Some(format!("/api/v1/orders/{id}").as_str()));
    assert_eq!(placed.header("etag"), Some("\"4\""));
    assert_eq!(placed.header("content-type"), Some("application/json"));
    assert_eq!(placed.header("idempotent-replayed"), None);
    assert_has(
        &intent,
        &json!({"amount": 2500, "amount_received": 2500, "amount_refunded": 0, "currency": "eur", "status": "succeeded",
            "metadata": {"order_id": id, "customer_id": "alice", "order_number": placed.body["order_number"]}}),
    );
    assert_eq!(shop.units("mug"), (8, 2));
}

#[tokio::test]
async fn a_paid_order_is_prepared_with_its_parcel_and_carbon() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    shop.finish().await;
    let order = get(&shop, &alice, &placed.order_id()).await;
    assert_has(
        &order.body,
        &json!({
            "status": "preparing", "fulfillment_status": "in_progress", "payment_status": "paid", "version": 6,
            "shipments": [{"shipment_id": 1, "warehouse_id": "north", "packaging": "recycled-mailer", "packages": 1,
                "weight_grams": 630}],
            // 600 g of goods and 30 g of packaging: 25.89 g.
            "eco_impact": {"carbon_grams": 26, "weight_grams": 630},
        }),
    );
    assert_eq!(events(&order.body), ["placed", "payment_started", "paid", "confirmed", "preparing"]);
    assert_eq!(order.body["timeline"][4]["actor"], "system");
    assert_eq!(shop.units("mug"), (8, 2));
    assert_eq!(money(&shop), (2500, 0));
}

#[tokio::test]
async fn the_customer_gets_one_mail_for_placing_and_one_for_confirming_in_html_and_text() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    shop.finish().await;
    shop.after(120).await;
    let number = placed.body["order_number"].as_str().expect("a number");
    let all = shop.twin.cloud.ses.mails();
    let subjects: Vec<_> = all.iter().map(|mail| mail.subject.clone()).collect();
    assert_eq!(
        subjects,
        [format!("We have received your order {number}"), format!("Your order {number} is confirmed")]
    );
    for mail in &all {
        assert_eq!(
            (mail.from.as_str(), mail.to.as_slice()),
            ("orders@shop.example", &["alice@example.com".to_owned()][..])
        );
        let (text, html) = (mail.text.as_deref().expect("text"), mail.html.as_deref().expect("HTML"));
        assert!(
            text.contains("2 × mug: €25.00") && text.contains("Total: €25.00") && text.contains(number),
            "{text}"
        );
        assert!(
            html.starts_with("<!DOCTYPE html>")
                && html.contains("2 × mug")
                && html.contains("€25.00")
                && html.contains(number),
            "{html}"
        );
    }
    assert!(
        all[0].text.as_deref().is_some_and(|text| text.contains("your payment of €25.00")),
        "{:?}",
        all[0]
    );
    assert!(all[1].text.as_deref().is_some_and(|text| text.contains("by 6 March 2026.")), "{:?}", all[1]);
}

#[tokio::test]
async fn a_product_name_cannot_bring_markup_into_a_mail() {
    let shop = Shop::open();
    shop.stock("evil", "1.00", "north", 5).await;
    let name = "<script>alert('x')</script> & Co.";
    let body = json!({"name": name, "price": "1.00", "currency": "EUR", "weight_grams": 1});
    let put = shop.send(Call::put("/api/v1/admin/products/evil").token(&shop.admin()).json(&body)).await;
    assert_eq!(put.status, 200, "{put:?}");
    shop.send(order(&shop.customer("alice"), "k1", "evil", 1, "cod")).await;
    shop.finish().await;
    let mail = &mails(&shop, "received")[0];
    let (text, html) = (mail.text.as_deref().expect("text"), mail.html.as_deref().expect("HTML"));
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script>"), "{html}");
    assert!(text.contains(name), "{text}");
}

#[tokio::test]
async fn an_order_by_cash_on_delivery_is_confirmed_without_a_payment() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "cod")).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    assert_has(
        &placed.body,
        &json!({"status": "confirmed", "payment_status": "unpaid", "payment_type": "cod", "total_amount": "25.00",
            "payment": {"method": "cod", "requires_action": false, "captured_amount": "0.00"}, "version": 2}),
    );
    assert_eq!(placed.body["payment"]["pay_until"], Value::Null);
    assert_eq!(events(&placed.body), ["placed", "confirmed"]);
    shop.finish().await;
    shop.after(3600).await;
    let order = get(&shop, &alice, &placed.order_id()).await;
    assert_has(&order.body, &json!({"status": "preparing", "payment_status": "unpaid"}));
    assert!(shop.twin.cloud.stripe.intents().is_empty());
    assert_eq!(shop.units("mug"), (8, 2));
    let mail = &mails(&shop, "received")[0];
    assert!(
        mail.text.as_deref().is_some_and(|text| text.contains("You pay €25.00 when it is delivered.")),
        "{mail:?}"
    );
    assert_eq!(shop.twin.cloud.ses.mails().len(), 2);
}

#[tokio::test]
async fn equal_products_are_summed_into_one_line() {
    let (shop, alice) = shop().await;
    let mut body = order_body("mug", 2, "pm_card_visa");
    body["lines"] = json!([{"product_id": "mug", "quantity": 2}, {"product_id": "mug", "quantity": 3}]);
    let placed = shop.send(place(&alice, "k1", &body)).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    let lines = json!([{"line_id": 1, "product_id": "mug", "quantity": 5, "total_price": "62.50"}]);
    assert_has(&placed.body, &json!({"item_count": 5, "total_amount": "62.50", "lines": lines}));
    assert_eq!(shop.units("mug"), (5, 5));
    assert_eq!(money(&shop), (6250, 0));
}

#[tokio::test]
async fn the_same_key_and_body_lead_to_the_same_order_and_no_second_charge_or_hold() {
    let (shop, alice) = shop().await;
    let call = order(&alice, "k1", "mug", 2, "pm_card_visa");
    let first = shop.send(call.clone()).await;
    let world = World::of(&shop);
    let again = shop.send(call.clone()).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, Some("true")), "{again:?}");
    assert_eq!(again.body, first.body);
    assert_eq!(
        (again.header("etag"), again.header("location")),
        (first.header("etag"), first.header("location"))
    );
    world.assert_unchanged(&shop, "a replay");
    assert_eq!((shop.units("mug"), money(&shop)), ((8, 2), (2500, 0)));

    // Also days later, when the price is another one and the provider has forgotten its own keys.
    shop.finish().await;
    shop.stock("mug", "99.00", "north", 1).await;
    shop.after(30 * 86_400).await;
    let late = shop.send(order(&shop.customer("alice"), "k1", "mug", 2, "pm_card_visa")).await;
    assert_eq!((late.status, late.order_id()), (200, first.order_id()), "{late:?}");
    assert_eq!(late.body["total_amount"], "25.00");
    assert_eq!((shop.units("mug"), money(&shop)), ((9, 2), (2500, 0)));
}

#[tokio::test]
async fn a_key_means_the_same_quoted_or_not_and_a_body_the_same_however_it_is_written() {
    let (shop, alice) = shop().await;
    let mut body = order_body("mug", 2, "cod");
    body["expected_total"] = json!("25.00");
    let first = shop.send(place(&alice, "k1", &body)).await;
    assert_eq!(first.status, 201, "{first:?}");
    let spaced = format!("  {}\n", body.to_string().replace("\"25.00\"", "25.0"));
    let again = Call::post("/api/v1/orders")
        .token(&alice)
        .key("\"k1\"")
        .header("content-type", "Application/JSON; charset=utf-8");
    let again = shop.send(again.bytes(spaced)).await;
    assert_eq!((again.status, again.order_id()), (200, first.order_id()), "{again:?}");
    assert_eq!(shop.units("mug"), (8, 2));
}

#[tokio::test]
async fn a_key_that_was_used_for_another_body_is_refused() {
    let (shop, alice) = shop().await;
    let first = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    let world = World::of(&shop);
    let other = shop.send(order(&alice, "k1", "mug", 3, "pm_card_visa")).await;
    assert_problem(&other, 422, "idempotency_key_reused");
    assert_eq!(other.body["order_id"], first.body["order_id"]);
    world.assert_unchanged(&shop, "a reused key");
}

#[tokio::test]
async fn a_key_belongs_to_its_customer() {
    let (shop, alice) = shop().await;
    let bob = shop.customer("bob");
    let hers = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    let his = shop.send(order(&bob, "k1", "mug", 2, "pm_card_visa")).await;
    assert_eq!((hers.status, his.status), (201, 201));
    assert_ne!(hers.order_id(), his.order_id());
    assert_ne!(hers.body["order_number"], his.body["order_number"]);
    assert_eq!((shop.units("mug"), money(&shop)), ((6, 4), (5000, 0)));
}

#[tokio::test]
async fn a_staff_key_is_not_the_customers_key() {
    let (shop, alice) = shop().await;
    let hers = shop.send(order(&alice, "k1", "mug", 1, "cod")).await;
    let mut body = order_body("mug", 1, "cod");
    body["customer_id"] = json!("alice");
    body["contact_email"] = json!("alice@example.com");
    let by_staff = shop.send(place(&shop.admin(), "k1", &body)).await;
    assert_eq!((hers.status, by_staff.status), (201, 201), "{by_staff:?}");
    assert_ne!(hers.order_id(), by_staff.order_id());
    assert_eq!(shop.units("mug"), (8, 2));
}

#[tokio::test]
async fn an_expected_total_that_holds_is_taken_as_string_or_number() {
    let (shop, alice) = shop().await;
    for (at, total) in ["\"25.00\"", "25.00", "25", "\"25\"", "25.000"].iter().enumerate() {
        let text = order_body("mug", 2, "cod").to_string().replacen(
            '{',
            &format!("{{\"expected_total\":{total},"),
            1,
        );
        let call = Call::post("/api/v1/orders")
            .token(&alice)
            .key(&format!("k{at}"))
            .header("content-type", "application/json");
        let placed = shop.send(call.bytes(text)).await;
        assert_eq!(placed.status, 201, "{total}: {placed:?}");
    }
    assert_eq!(shop.units("mug"), (0, 10));
}

#[tokio::test]
async fn an_expected_total_that_does_not_hold_writes_nothing() {
    let (shop, alice) = shop().await;
    let world = World::of(&shop);
    let mut body = order_body("mug", 2, "pm_card_visa");
    body["expected_total"] = json!("24.99");
    let refused = shop.send(place(&alice, "k1", &body)).await;
    assert_problem(&refused, 409, "total_changed");
    let lines = json!([{"product_id": "mug", "quantity": 2, "unit_price": "12.50", "total_price": "25.00"}]);
    assert_has(
        &refused.body,
        &json!({"expected_total": "24.99", "actual_total": "25.00", "currency": "EUR", "lines": lines}),
    );
    world.assert_unchanged(&shop, "a changed total");
    // The key is still free for the right total.
    body["expected_total"] = json!("25.00");
    assert_eq!(shop.send(place(&alice, "k1", &body)).await.status, 201);
}

#[tokio::test]
async fn a_shortage_names_every_short_product_and_writes_nothing() {
    let (shop, alice) = shop().await;
    shop.stock("cup", "5.00", "north", 1).await;
    shop.stock("cup", "5.00", "south", 2).await;
    shop.stock("pan", "30.00", "north", 100).await;
    let world = World::of(&shop);
    let mut body = order_body("mug", 2, "pm_card_visa");
    body["lines"] = json!([
        {"product_id": "mug", "quantity": 6}, {"product_id": "pan", "quantity": 1},
        {"product_id": "cup", "quantity": 4}, {"product_id": "mug", "quantity": 5},
    ]);
    let refused = shop.send(place(&alice, "k1", &body)).await;
    assert_problem(&refused, 409, "out_of_stock");
    let short = json!([
        {"product_id": "cup", "requested": 4, "available": 3}, {"product_id": "mug", "requested": 11, "available": 10},
    ]);
    assert_eq!(refused.body["lines"], short);
    world.assert_unchanged(&shop, "a shortage");
    assert_eq!((shop.units("mug"), shop.units("cup"), shop.units("pan")), ((10, 0), (3, 0), (100, 0)));
    assert!(shop.twin.cloud.stripe.intents().is_empty());
}

#[tokio::test]
async fn an_order_takes_from_two_warehouses_when_none_has_all() {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 3).await;
    shop.stock("mug", "12.50", "south", 2).await;
    let alice = shop.customer("alice");
    let placed = shop.send(order(&alice, "k1", "mug", 5, "pm_card_visa")).await;
    assert_eq!(
        (placed.status, &placed.body["allocation_reason"]),
        (201, &json!("only_choice")),
        "{placed:?}"
    );
    assert_eq!(shop.units("mug"), (0, 5));
    shop.finish().await;
    let prepared = get(&shop, &alice, &placed.order_id()).await;
    let parcels = json!([
        {"shipment_id": 1, "warehouse_id": "north", "weight_grams": 930}, {"shipment_id": 2, "warehouse_id": "south", "weight_grams": 630},
    ]);
    assert_has(
        &prepared.body,
        &json!({"status": "preparing", "shipments": parcels, "item_count": 5, "eco_impact": {"weight_grams": 1560}}),
    );
    let cancelled =
        shop.send(Call::post(&format!("/api/v1/orders/{}/cancel", placed.order_id())).token(&alice)).await;
    assert_eq!((cancelled.status, shop.units("mug")), (200, (5, 0)), "{cancelled:?}");
    let product = shop.send(Call::get("/api/v1/products/mug")).await;
    assert_eq!(product.body["available"], 5);
    // Both warehouses have their own units back: all three of the north's go out in one parcel.
    let north = shop.send(order(&alice, "k2", "mug", 3, "cod")).await;
    assert_eq!(north.body["allocation_reason"], "only_choice");
    shop.finish().await;
    let north = get(&shop, &alice, &north.order_id()).await;
    assert_has(&north.body, &json!({"shipments": [{"warehouse_id": "north", "weight_grams": 930}]}));
}

#[tokio::test]
async fn staff_orders_for_a_customer_and_sets_prices_with_a_reason() {
    let (shop, alice) = shop().await;
    let admin = shop.admin();
    let mut body = order_body("mug", 2, "pm_card_visa");
    body["customer_id"] = json!("alice");
    body["contact_email"] = json!("alice@example.com");
    body["lines"] =
        json!([{"product_id": "mug", "quantity": 2, "unit_price": "10.00", "discount_amount": "1.50"}]);
    body["internal_notes"] = json!("called by phone");
    let world = World::of(&shop);
    let unreasoned = shop.send(place(&admin, "k1", &body)).await;
    assert_problem(&unreasoned, 422, "invalid_request");
    assert_eq!(unreasoned.body["errors"][0]["pointer"], "/override_reason");
    world.assert_unchanged(&shop, "an override without a reason");

    body["override_reason"] = json!("damaged box");
    let placed = shop.send(place(&admin, "k1", &body)).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    assert_has(
        &placed.body,
        &json!({"customer_id": "alice", "subtotal": "20.00", "discount_amount": "1.50", "total_amount": "18.50",
            "lines": [{"unit_price": "10.00", "discount_amount": "1.50", "total_price": "18.50"}],
            "internal_notes": "called by phone", "timeline": [{"type": "placed", "actor": "admin:admin"}, {}, {}, {}]}),
    );
    assert_eq!(money(&shop), (1850, 0));
    let hers = get(&shop, &alice, &placed.order_id()).await;
    assert_eq!((hers.status, hers.body["total_amount"].as_str()), (200, Some("18.50")), "{hers:?}");
    shop.finish().await;
    assert!(shop.twin.cloud.ses.mails().iter().all(|mail| mail.to == ["alice@example.com"]));
    assert_eq!(shop.twin.cloud.ses.mails().len(), 2);
}

#[tokio::test]
async fn customers_set_no_prices_write_no_internal_notes_and_order_for_nobody_else() {
    let (shop, alice) = shop().await;
    let world = World::of(&shop);
    let line = |field: &str, value: &str| json!([{"product_id": "mug", "quantity": 1, field: value}]);
    for (member, value, pointer) in [
        ("lines", line("unit_price", "0.01"), "/lines/0/unit_price"),
        ("lines", line("unit_price", "12.50"), "/lines/0/unit_price"),
        ("lines", line("discount_amount", "0.01"), "/lines/0/discount_amount"),
        ("internal_notes", json!("psst"), "/internal_notes"),
        ("customer_id", json!("bob"), "/customer_id"),
    ] {
        let mut body = order_body("mug", 1, "cod");
        body["override_reason"] = json!("because");
        body[member] = value;
        let refused = shop.send(place(&alice, "k1", &body)).await;
        assert_problem(&refused, 422, "invalid_request");
        assert_has(&refused.body, &json!({"errors": [{"pointer": pointer, "code": "not_permitted"}]}));
    }
    world.assert_unchanged(&shop, "what only staff may do");
    let mut body = order_body("mug", 1, "cod");
    body["customer_id"] = json!("alice");
    body["lines"] = line("discount_amount", "0.00");
    assert_eq!(
        shop.send(place(&alice, "k1", &body)).await.status,
        201,
        "naming oneself and no discount are fine"
    );
}

#[tokio::test]
async fn either_address_stands_in_for_the_other_and_two_are_kept_apart() {
    let (shop, alice) = shop().await;
    let (home, office) = (
        json!({"street": "Home 1", "city": "Utrecht", "country": "NL"}),
        json!({"name": "Alice", "address": "Office 2", "zip": "10115", "city": "Berlin", "country": "DE"}),
    );
    let office_shown = json!({"name": "Alice", "street": "Office 2", "postal_code": "10115", "city": "Berlin", "country": "DE"});
    for (key, billing, shipping, billed, shipped) in [
        ("k1", Some(&home), None, &home, &home),
        ("k2", None, Some(&office), &office_shown, &office_shown),
        ("k3", Some(&home), Some(&office), &home, &office_shown),
    ] {
        let mut body = order_body("mug", 1, "cod");
        body.as_object_mut().expect("an object").remove("shipping_address");
        for (name, address) in [("billing_address", billing), ("shipping_address", shipping)] {
            if let Some(address) = address {
                body[name] = address.clone();
            }
        }
        let placed = shop.send(place(&alice, key, &body)).await;
        assert_eq!(placed.status, 201, "{placed:?}");
        assert_eq!(
            (&placed.body["billing_address"], &placed.body["shipping_address"]),
            (billed, shipped),
            "{key}"
        );
        let read = get(&shop, &alice, &placed.order_id()).await;
        assert_eq!(
            (&read.body["billing_address"], &read.body["shipping_address"]),
            (billed, shipped),
            "{key}"
        );
    }
}

#[tokio::test]
async fn the_contact_address_and_notes_are_the_orders_own() {
    let (shop, alice) = shop().await;
    let mut body = order_body("mug", 1, "cod");
    body["contact_email"] = json!("office@example.org");
    body["notes"] = json!("Ring twice.\nThe dog is friendly.");
    let placed = shop.send(place(&alice, "k1", &body)).await;
    assert_has(
        &placed.body,
        &json!({"contact_email": "office@example.org", "notes": "Ring twice.\nThe dog is friendly."}),
    );
    shop.finish().await;
    let to: Vec<_> = shop.twin.cloud.ses.mails().into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(to, ["office@example.org", "office@example.org"]);
}

#[tokio::test]
async fn forty_products_in_one_order_are_one_write() {
    let shop = Shop::open();
    let mut lines = Vec::new();
    for at in 0..40 {
        let product = format!("p{at:02}");
        shop.stock(&product, "1.00", "north", 2).await;
        lines.push(json!({"product_id": product, "quantity": 2}));
    }
    let mut body = order_body("p00", 1, "pm_card_visa");
    body["lines"] = json!(lines);
    let placed = shop.send(place(&shop.customer("alice"), "k1", &body)).await;
    assert_eq!((placed.status, &placed.body["total_amount"]), (201, &json!("80.00")), "{placed:?}");
    assert!((0..40).all(|at| shop.units(&format!("p{at:02}")) == (0, 2)));
}

#[tokio::test]
async fn currencies_keep_their_own_decimals() {
    let shop = Shop::open();
    for (product, price, currency, total, cents) in [
        ("yen", "150", "JPY", "300", 300),
        ("dinar", "1.500", "KWD", "3.000", 3_000),
        ("dollar", "0.10", "USD", "0.20", 20),
    ] {
        shop.stock(product, "1.00", "north", 5).await;
        let product_body = json!({"name": product, "price": price, "currency": currency, "weight_grams": 1});
        let path = format!("/api/v1/admin/products/{product}");
        assert_eq!(shop.send(Call::put(&path).token(&shop.admin()).json(&product_body)).await.status, 200);
        let placed = shop.send(order(&shop.customer("alice"), product, product, 2, "pm_card_visa")).await;
        assert_eq!(placed.status, 201, "{placed:?}");
        assert_has(
            &placed.body,
            &json!({"total_amount": total, "currency": currency, "payment_status": "paid"}),
        );
        let intents = shop.twin.cloud.stripe.intents();
        let last = intents.last().expect("a payment");
        assert_has(last, &json!({"amount": cents, "currency": currency.to_lowercase()}));
    }
}
