//! Orders of the right shape that break a rule.

use serde_json::{Value, json};
use tests::{Call, order_body};

use super::everywhere::keys;
use super::{Good, Stage, case, check, shop, with, without};

#[tokio::test]
async fn placing_refuses_what_breaks_a_rule_and_names_the_field() {
    let Stage { shop, alice, .. } = shop().await;
    let call = Call::post("/api/v1/orders").token(&alice).key("k1");
    let good = Good { call, body: order_body("mug", 2, "pm_card_visa") };
    let line = |product: &str, quantity: u32| json!({"product_id": product, "quantity": quantity});
    let lines = |lines: Vec<Value>| with(&good.body, "/lines", lines.into());
    let many = |count: usize| lines(vec![line("mug", 1); count]);
    let products = (0..41).map(|at| line(&format!("p{at}"), 1)).collect();
    let addressless = without(&good.body, "/shipping_address");
    let billed = with(&addressless, "/billing_address", good.body["shipping_address"].clone());
    let insisting = with(&billed, "/different_shipping", json!(true));
    let elsewhere = with(&good.body, "/billing_address", json!({"street": "", "city": "x", "country": "NL"}));
    let mut cases = Vec::new();
    for (what, body, pointer, rule) in [
        (
            "the second of two",
            lines(vec![line("mug", 1), line("cup", 0)]),
            "/lines/1/quantity",
            "out_of_range",
        ),
        ("too many in two lines", lines(vec![line("mug", 6_000); 2]), "/lines", "out_of_range"),
        ("no lines", lines(vec![]), "/lines", "out_of_range"),
        ("201 lines", many(201), "/lines", "out_of_range"),
        ("7 000 lines", many(7_000), "/lines", "out_of_range"),
        ("41 products", lines(products), "/lines", "too_many_products"),
        ("an unknown product", order_body("nothing", 1, "cod"), "/lines/0/product_id", "unknown_product"),
        (
            "a product of another currency",
            with(&good.body, "/currency", json!("USD")),
            "/lines/0/product_id",
            "currency_mismatch",
        ),
        ("two currencies", lines(vec![line("mug", 1), line("dollar", 1)]), "/lines", "currency_mismatch"),
        ("no address", addressless, "/shipping_address", "required"),
        ("no shipping address of its own", insisting, "/shipping_address", "required"),
        ("a billing address without a street", elsewhere, "/billing_address/street", "invalid"),
    ] {
        cases.push(case(what, good.call(&body), 422, "invalid_request").at(pointer, rule));
    }
    cases.extend(good.invalid(
        "out_of_range",
        &[("/lines/0/quantity", json!([0, 10_001, 1_u64 << 31, (1_u64 << 32) + 1, u64::MAX]))],
    ));
    cases.extend(
        good.invalid("invalid", &[("/expected_total", json!(["25.001", "-25.00", "1000000000.01"]))]),
    );
    cases.extend(good.invalid("too_long", &[("/notes", json!(["ü".repeat(2_001)]))]));
    cases.extend(
        good.invalid("not_permitted", &[("/internal_notes", json!(["x"])), ("/customer_id", json!(["bob"]))]),
    );
    cases.push(case("10 000 lines", good.call(&many(10_000)), 413, "body_too_large"));
    cases.push(case("more than there is", good.call(&lines(vec![line("mug", 2_000)])), 409, "out_of_stock"));
    cases.extend(keys(&Call::post("/api/v1/orders").token(&alice).json(&good.body)));
    check(&shop, cases).await;
}

#[tokio::test]
async fn placing_refuses_mail_addresses_cards_and_addresses_that_are_none() {
    let Stage { shop, alice, .. } = shop().await;
    let call = Call::post("/api/v1/orders").token(&alice).key("k1");
    let good = Good { call, body: order_body("mug", 2, "pm_card_visa") };
    let emails = json!([
        "",
        "alice",
        "alice@",
        "@example.com",
        "a@b",
        "a b@example.com",
        "a@example.com\r\nBcc: x@example.com",
        "a@example.com\n",
        "\ra@example.com",
        "a@example.com,b@example.com",
        "<a@example.com>",
        "a@b@c.de",
        "a@.com",
        "ä@example.com",
        format!("{}@example.com", "a".repeat(65)),
        format!("a@{}.com", "b".repeat(300)),
    ]);
    let cards = json!([
        "",
        "pm_",
        "4242424242424242",
        "tok_visa",
        "pm_card visa",
        "pm_card_visa\r\nX: y",
        "pm_card&amount=1",
        "pm_../../refunds",
        format!("pm_{}", "a".repeat(101)),
    ]);
    let cases = good.invalid(
        "invalid",
        &[
            ("/contact_email", emails),
            ("/payment/payment_method_id", cards),
            ("/shipping_address/street", json!(["", "  ", "a\r\nb", "\u{0}", "s".repeat(201)])),
            ("/shipping_address/city", json!(["", "a\tb"])),
            ("/shipping_address/name", json!(["", "Alice\u{7}"])),
            ("/shipping_address/postal_code", json!(["", " "])),
            ("/shipping_address/country", json!(["", "nl", "NLD", "N", "Netherlands", "N1", "ÄÖ"])),
        ],
    );
    check(&shop, cases).await;
}
