//! Orders that are not of the documented shape.

use serde_json::{Value, json};
use tests::{Call, order_body};

use super::everywhere::bodies;
use super::{Good, JSON, Stage, case, check, shop, with, without};

#[tokio::test]
async fn placing_refuses_bodies_that_are_not_of_the_documented_shape() {
    let Stage { shop, alice, .. } = shop().await;
    let call = Call::post("/api/v1/orders").token(&alice).key("k1");
    let good = Good { call: call.clone(), body: order_body("mug", 2, "pm_card_visa") };
    let mut cases = bodies(&good);
    cases.push(case("no body", call.header("content-type", JSON), 400, "malformed_json"));
    cases.extend(good.incomplete(&[
        "/lines/0/quantity",
        "/lines/0/product_id",
        "/payment/method",
        "/payment/payment_method_id",
        "/shipping_address/street",
        "/shipping_address/city",
        "/shipping_address/country",
    ]));
    let payments = json!([
        "card", {}, {"method": "cash"}, {"method": 1},
        {"method": "CARD", "payment_method_id": "pm_card_visa"},
        {"method": "cod", "payment_method_id": "pm_card_visa"},
    ]);
    let totals = json!([
        "1e3",
        "NaN",
        "",
        "-",
        "0x19",
        "25,00",
        " 25.00",
        "+25.00",
        "２５",
        "1.2.3",
        "Infinity",
        "1".repeat(29),
        true,
        [],
        {},
    ]);
    let product_ids = json!([7, "", "a b", "a#b", "a/b", "x".repeat(65), "müg", null]);
    cases.extend(good.misshapen(&[
        ("/lines", json!([{}, 1, "mug", [1], [null], {"0": {}}])),
        ("/lines/0/quantity", json!(["2", null, true, [2], {}])),
        ("/lines/0/product_id", product_ids),
        ("/payment", payments),
        ("/payment/payment_method_id", json!([1, null, ["pm_card_visa"]])),
        ("/payment/cvc", json!([1])),
        ("/payment/confirm", json!([1])),
        ("/shipping_address", json!(["Amsterdam", 7])),
        ("/shipping_address/street", json!([123, null])),
        ("/shipping_address/colour", json!([1])),
        ("/customer_id", json!([1, "", "a#b", "x".repeat(256), "a b"])),
        ("/currency", json!([978, "eur", "XXX", "", "EURO"])),
        ("/cart_id", json!([1, "", "a b", "a#b"])),
        ("/shipping_address_id", json!([1, "", "a b"])),
        ("/billing_address_id", json!([[], "a#b"])),
        ("/shipping_method", json!([1, "", "a b"])),
        ("/coupon_code", json!([1, ["SPRING"]])),
        ("/create_payment", json!(["false", 0])),
        ("/discount_amount", json!(["1e3", "", []])),
        ("/discount_percentage", json!(["1e1", "-1", "100.1", "0.00001", []])),
        ("/lines/0/discount_percentage", json!(["ten", "101"])),
        ("/lines/0/variation_id", json!([1, "", "a:b"])),
        ("/expected_total", totals),
        ("/notes", json!([1, [], {}])),
        ("/different_shipping", json!(["yes", 1])),
    ]));
    // What may be missing may be null as well: without lines the cart is bought, and there is none; who does not pay now says so.
    for (place, rule) in [("/lines", "cart_empty"), ("/payment", "required")] {
        for (what, body) in
            [("without", without(&good.body, place)), ("no", with(&good.body, place, Value::Null))]
        {
            let call = good.call(&body);
            cases.push(case(format!("{what} {place}"), call, 422, "invalid_request").at(place, rule));
        }
    }
    check(&shop, cases).await;
}

#[tokio::test]
async fn placing_refuses_numbers_and_fields_that_are_written_in_another_way() {
    let Stage { shop, alice, .. } = shop().await;
    let call = Call::post("/api/v1/orders").token(&alice).key("k1");
    let good = Good { call, body: order_body("mug", 2, "pm_card_visa") };
    let quantity = |number: &str| good.text("\"quantity\":2", &format!("\"quantity\":{number}"));
    let mut cases = Vec::new();
    let huge = format!("1{}", "0".repeat(300));
    for number in ["-1", "1.5", "2.0", "1e300", "1e1", "1e-1", "-0.5", "18446744073709551616", &huge, "1e400"]
    {
        cases.push(case(format!("quantity {number:.30}"), quantity(number), 400, "malformed_body"));
    }
    for number in ["NaN", "Infinity", "-Infinity", "01", "0x10", "1_000", ".5", "5.", "+1"] {
        cases.push(case(format!("quantity {number}"), quantity(number), 400, "malformed_json"));
    }
    for number in ["1e3", "25e0", "1E300", "-1e-3", "2.5e1"] {
        let call = good.text("{", &format!("{{\"expected_total\":{number},"));
        cases.push(case(format!("expected_total {number}"), call, 400, "malformed_body"));
    }
    let card = "\"payment_method_id\":\"pm_card_visa\"";
    for (what, from, to) in [
        ("quantity twice", "\"quantity\":2", "\"quantity\":2,\"quantity\":1"),
        ("lines twice", "\"lines\":", "\"lines\":[],\"lines\":"),
        ("method twice", "\"method\":\"card\"", "\"method\":\"cod\",\"method\":\"card\""),
        ("card twice", card, &format!("{card},{card}")),
        ("street under two names", "\"street\":", "\"address\":\"x\",\"street\":"),
        ("postal code under two names", "\"postal_code\":", "\"zip\":\"x\",\"postal_code\":"),
    ] {
        cases.push(case(what, good.text(from, to), 400, "malformed_body"));
    }
    check(&shop, cases).await;
}

#[tokio::test]
async fn staff_cannot_place_nonsense_either() {
    let Stage { shop, admin, .. } = shop().await;
    let call = Call::post("/api/v1/orders").token(&admin).key("k1");
    let body = with(&order_body("mug", 2, "pm_card_visa"), "/override_reason", json!("agreed"));
    let good = Good { call, body };
    let (price, discount) = ("/lines/0/unit_price", "/lines/0/discount_amount");
    let wrong = json!(["1e3", "NaN", "", [], {}, true]);
    let mut cases = good.misshapen(&[(price, wrong.clone()), (discount, wrong)]);
    cases.extend(good.invalid(
        "invalid",
        &[(price, json!(["-1.00", "1.005", "1000000001"])), (discount, json!(["-0.01", "0.001"]))],
    ));
    cases.extend(good.invalid("out_of_range", &[(discount, json!(["25.01"]))]));
    let priced = |price: &str| with(&good.body, "/lines/0/unit_price", json!(price));
    let long = with(&priced("1.00"), "/override_reason", json!("r".repeat(501)));
    let foreign = with(&good.body, "/customer_id", json!("bob"));
    let rows: [(&str, Value, &str, &str); 3] = [
        ("a sum that is too large", priced("999999999"), "/lines/0", "out_of_range"),
        ("a long reason", long, "/override_reason", "too_long"),
        ("for a customer without a mail address", foreign, "/contact_email", "required"),
    ];
    for (what, body, pointer, rule) in rows {
        cases.push(case(what, good.call(&body), 422, "invalid_request").at(pointer, rule));
    }
    check(&shop, cases).await;
}
