//! Orders summed up for their readers: languages, what became of each unit, and what is left to pay.

use serde_json::{Value, json};
use tests::{Answer, Call, Shop};

use crate::returns::decide;
use crate::statuses::bring;
use crate::support::{assert_has, assert_problem, has};

/// A tee in two colours on offer, with German and Brazilian names, and a mug that nobody has translated.
async fn shop() -> Shop {
    let shop = Shop::open();
    shop.settings(&json!({
        "currency": "INR", "country": "IN", "guest_checkout": {"enabled": true},
        "tax": {"prices_include_tax": true, "classes": ["standard", "exempt"], "delivery_class": "exempt",
            "zones": [{"countries": ["IN"], "rates": {
                "standard": [{"name": "CGST", "rate": "8"}, {"name": "SGST", "rate": "8"}], "exempt": []}}]},
        "shipping_methods": [{"id": "express", "name": "Express",
            "zones": [{"countries": ["IN"], "bands": [{"up_to_grams": 100_000, "price": "100"}], "transit_days": 4}]}],
        "policies": {"returns": {"window_days": 30, "reasons": ["damaged"]}},
    }))
    .await;
    shop.warehouse("north").await;
    let admin = shop.admin();
    let tee = json!({
        "name": "Tee", "translations": {"de": {"name": "Hemd"}, "pt-BR": {"name": "Camiseta"}},
        "price": "100.00", "offer_price": "90.00", "currency": "INR", "weight_grams": 150,
        "image_url": "https://shop.example/tee.png",
        "variations": [{"variation_id": "s-black", "attributes": [
            {"attribute": "Size", "value": "SMALL"}, {"attribute": "Colour", "value": "BLACK", "code": "#000000"}]}],
    });
    let mug = json!({"name": "Mug", "price": "20.00", "currency": "INR", "weight_grams": 300});
    for (id, product, stock) in [("tee", tee, json!({"variation_id": "s-black"})), ("mug", mug, json!({}))] {
        let put = Call::put(&format!("/api/v1/admin/products/{id}")).token(&admin).json(&product);
        assert_eq!(shop.send(put).await.status, 201);
        let mut body = json!({"warehouse_id": "north", "quantity": 50, "reason": "first"});
        for (name, value) in stock.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let path = format!("/api/v1/admin/products/{id}/stock");
        let adjust = Call::post(&path).token(&admin).key(&format!("stock-{id}")).json(&body);
        assert_eq!(shop.send(adjust).await.status, 200);
    }
    let coupon = Call::put("/api/v1/admin/coupons/SAVE20").token(&admin).json(&json!({"percent": "20"}));
    assert_eq!(shop.send(coupon).await.status, 201);
    shop
}

fn bought(coupon: &str, payment: &str) -> Value {
    let payment = match payment {
        "cod" => json!({"method": "cod"}),
        card => json!({"method": "card", "payment_method_id": card}),
    };
    let mut body = json!({
        "lines": [{"product_id": "tee", "variation_id": "s-black", "quantity": 3}, {"product_id": "mug", "quantity": 2}],
        "contact_email": "asha@example.com", "payment": payment,
        "shipping_address": {"street": "Park Street 12", "city": "Kolkata", "country": "IN"},
    });
    if !coupon.is_empty() {
        body["coupon_code"] = json!(coupon);
    }
    body
}

async fn placed(shop: &Shop, body: &Value) -> String {
    let place = Call::post("/api/v1/orders").token(&shop.customer("asha")).key("k1").json(body);
    let placed = shop.send(place).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    shop.finish().await;
    placed.order_id()
}

async fn summary(shop: &Shop, id: &str, query: &str) -> Answer {
    let path = format!("/api/v1/orders/{id}/summary{query}");
    shop.send(Call::get(&path).token(&shop.customer("asha"))).await
}

/// What the fifth document reads, field by field: its example is the tee alone, three of them less a fifth.
#[tokio::test]
async fn a_summary_has_all_that_majarats_has() {
    let shop = shop().await;
    let mut body = bought("SAVE20", "cod");
    body["lines"].as_array_mut().expect("a list").truncate(1);
    let id = placed(&shop, &body).await;
    let ours = summary(&shop, &id, "").await.body;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let cents = |value: &Value| -> i64 { text(value).replace('.', "").parse().expect("digits") };
    let line = &ours["lines"][0];
    let theirs = json!({
        "order_code": text(&ours["order_number"]), "bill_no": ours["bill_number"],
        "payment_status": ours["payment_status"], "payment_type": ours["payment_type"],
        "sub_total": cents(&ours["subtotal"]) - cents(&ours["discount_amount"]),
        "total_amount": cents(&ours["total_amount"]), "total_tax": cents(&ours["tax_amount"]),
        "split_tax": ours["taxes"].as_array().expect("a list").iter().map(|tax| json!({
            "key": tax["name"], "percentage": format!("{}.00%", text(&tax["percentage"])), "value": tax["amount"]
        })).collect::<Vec<_>>(),
        "delivery_charge": cents(&ours["delivery_charge"]), "discount_rate": cents(&ours["discount_amount"]),
        "discount_percentage": ours["discount_percentage"],
        "order_details": [{
            "serial": line["line_id"], "product_id": line["product_id"],
            "product": {
                "thumbnail": line["thumbnail"], "name": line["name"],
                "variations": line["variations"].as_array().expect("a list").iter().map(|variation| json!({
                    "attribute": variation["attribute"], "attribute_value": variation["value"],
                    "attribute_code": variation.get("code")
                })).collect::<Vec<_>>(),
                "is_returned": i32::from(line["is_returned"] == true),
            },
            "quantity": line["quantity"], "mrp": line["list_price"], "offer_price": line["offer_price"],
            "total_price": line["subtotal"],
        }],
    });
    assert_has(
        &theirs,
        &json!({
            "bill_no": "INV-000001", "payment_status": "unpaid", "payment_type": "cod", "sub_total": 21_600, "total_amount": 31_600,
            "total_tax": 2_979,
            "split_tax": [{"key": "CGST", "percentage": "8.00%", "value": "14.90"}, {"key": "SGST", "percentage": "8.00%", "value": "14.89"}],
            "delivery_charge": 10_000, "discount_rate": 5_400, "discount_percentage": "20",
            "order_details": [{"serial": 1, "product_id": "tee",
                "product": {"thumbnail": "https://shop.example/tee.png", "name": "Tee", "is_returned": 0, "variations": [
                    {"attribute": "Size", "attribute_value": "SMALL", "attribute_code": null},
                    {"attribute": "Colour", "attribute_value": "BLACK", "attribute_code": "#000000"}]},
                "quantity": 3, "mrp": "100.00", "offer_price": "90.00", "total_price": "270.00"}],
        }),
    );
}

#[tokio::test]
async fn names_are_in_the_readers_language_where_there_were_any_at_placement() {
    let shop = shop().await;
    let id = placed(&shop, &bought("", "cod")).await;
    let renamed = json!({"name": "Shirt", "translations": {"de": {"name": "T-Shirt"}}, "price": "100.00", "currency": "INR",
        "weight_grams": 150, "variations": [{"variation_id": "s-black", "attributes": [{"attribute": "Size", "value": "S"}]}]});
    let put = Call::put("/api/v1/admin/products/tee").token(&shop.admin()).json(&renamed);
    assert_eq!(shop.send(put).await.status, 200);
    for (query, accepted, name, language) in [
        ("", "", "Tee", Value::Null),
        ("?lang=de", "", "Hemd", json!("de")),
        ("?lang=de-AT", "", "Hemd", json!("de")),
        ("?lang=DE-at", "", "Hemd", json!("de")),
        ("?lang=pt-BR", "", "Camiseta", json!("pt-BR")),
        ("?lang=pt", "", "Tee", Value::Null),
        ("?lang=fr", "de", "Tee", Value::Null),
        ("", "de-CH, fr;q=0.8", "Hemd", json!("de")),
        ("", "en-GB,en;q=0.9,de;q=0.8", "Tee", Value::Null),
        ("", "*", "Tee", Value::Null),
    ] {
        let path = format!("/api/v1/orders/{id}/summary{query}");
        let call = Call::get(&path).token(&shop.customer("asha")).header("accept-language", accepted);
        let read = shop.send(call).await;
        let lines = [("tee", name, language), ("mug", "Mug", Value::Null)].map(|(product, name, language)| {
            json!({"product_id": product, "name": name, "name_language": language})
        });
        assert_has(&read.body, &json!({"lines": lines}));
        assert_eq!(read.header("vary"), Some("accept-language"), "{query} {accepted}");
    }
    assert_problem(&summary(&shop, &id, "?lang=a_b").await, 422, "invalid_request");
}

#[tokio::test]
async fn who_names_no_language_reads_the_one_of_the_order() {
    let shop = shop().await;
    let mut body = bought("", "cod");
    body["language"] = json!("de-AT");
    let id = placed(&shop, &body).await;
    for (query, name) in [("", "Hemd"), ("?lang=en", "Tee"), ("?lang=pt-BR", "Camiseta")] {
        assert_eq!(summary(&shop, &id, query).await.body["lines"][0]["name"], name, "{query}");
    }
}

#[tokio::test]
async fn what_was_called_off_and_sent_back_shows_in_the_units_and_in_what_is_left_to_pay() {
    let shop = shop().await;
    let id = placed(&shop, &bought("", "pm_card_visa")).await;
    let asha = shop.customer("asha");
    let units = |line: u32, quantity: u32| json!([{"line_id": line, "quantity": quantity}]);
    let part = Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&asha).key("part");
    assert_eq!(shop.send(part.json(&json!({"lines": units(2, 1)}))).await.status, 200);
    shop.finish().await;
    bring(&shop, &id, "delivered").await;
    let asha = shop.customer("asha");
    let back = Call::post(&format!("/api/v1/orders/{id}/returns")).token(&asha).key("back");
    assert_eq!(shop.send(back.json(&json!({"lines": units(1, 2), "reason": "damaged"}))).await.status, 201);
    let told = async || {
        let read = summary(&shop, &id, "").await.body;
        let lines = read["lines"].as_array().expect("a list").clone();
        let units = lines.into_iter().map(|line| {
            let of = |name: &str| line[format!("{name}_quantity")].as_u64().expect("units");
            ([of("cancelled"), of("returning"), of("returned")], line["is_returned"] == true)
        });
        (units.collect::<Vec<_>>(), read)
    };
    let (units, _) = told().await;
    assert_eq!(units, [([0, 2, 0], false), ([1, 0, 0], false)]);
    for verb in ["approve", "receive"] {
        assert_eq!(shop.send(decide(&shop, &id, 1, verb)).await.status, 200);
    }
    shop.finish().await;
    let (units, read) = told().await;
    assert_eq!(units, [([0, 0, 2], true), ([1, 0, 0], false)]);
    // 3 × 90 + 2 × 20 + 100, less a mug, less two tees.
    assert_has(
        &read,
        &json!({"total_amount": "410.00", "discount_amount": "0.00", "discount_percentage": "0",
            "after_refunds": {"total_amount": "210.00", "captured_amount": "410.00", "refunded_amount": "200.00",
                "pending_refund_amount": "0.00", "balance": "0.00"}}),
    );
}

#[tokio::test]
async fn a_guest_reads_the_summary_and_the_way_with_the_token_and_nothing_else() {
    let shop = shop().await;
    let place = Call::post("/api/v1/guest/orders").key("nobody-guesses-this-one").json(&bought("", "cod"));
    let placed = shop.send(place).await;
    let token = placed.body["order_token"].as_str().expect("a token");
    let read = shop.send(Call::get(&format!("/api/v1/guest/orders/{token}/summary?lang=de"))).await;
    assert_eq!(read.status, 200, "{read:?}");
    let id = placed.order_id();
    assert!(has(&read.body, &json!({"order_id": id, "total_amount": "410.00"})), "{}", read.body);
    assert_eq!(read.body["lines"][0]["name"], "Hemd");
    assert!(!read.body.to_string().contains("Park Street"), "an address is no part of it");
    let way = shop.send(Call::get(&format!("/api/v1/guest/orders/{token}/tracking"))).await;
    assert_eq!(way.status, 200, "{way:?}");
    assert!(has(&way.body, &json!({"order_id": id, "delay_status": "on_time"})), "{}", way.body);
    for read in ["summary", "tracking"] {
        let by_id = shop.send(Call::get(&format!("/api/v1/guest/orders/{id}/{read}"))).await;
        assert_problem(&by_id, 404, "not_found");
    }
}
