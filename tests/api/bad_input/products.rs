//! Products and stock that cannot be, and a catalogue that is read wrongly.

use serde_json::json;
use tests::{Call, order};

use super::everywhere::{bodies, keys, missing};
use super::{Good, JSON, Stage, case, check, shop, short};

#[tokio::test]
async fn putting_a_product_refuses_wrong_bodies_and_values() {
    let Stage { shop, admin, .. } = shop().await;
    let good = Good {
        call: Call::put("/api/v1/admin/products/mug").token(&admin),
        body: json!({"currency": "EUR", "name": "Mug", "price": "12.50", "weight_grams": 300}),
    };
    let mut cases = bodies(&good);
    cases.push(case("no body", good.call.clone().header("content-type", JSON), 400, "malformed_json"));
    cases.extend(good.incomplete(&["/name", "/price", "/currency", "/weight_grams"]));
    cases.extend(good.misshapen(&[
        ("/name", json!([1, null, ["Mug"]])),
        ("/price", json!(["1e3", "NaN", "", null, true, [], "12,50", "1".repeat(29)])),
        ("/currency", json!(["eur", "XXX", "€", 978, null])),
        ("/weight_grams", json!([-1, 1.5, "300", 4_294_967_296_u64, null])),
        ("/volume_cm3", json!([-1, 0.5, "1"])),
        ("/state", json!(["deleted", "Active"])),
        ("/description", json!([1, []])),
        ("/image_url", json!([1, {}])),
        ("/product_id", json!(["mug"])),
        ("/version", json!([9])),
    ]));
    let long_url = format!("https://{}", "a".repeat(1_000));
    cases.extend(good.invalid(
        "out_of_range",
        &[
            ("/name", json!(["", "   ", "n".repeat(201)])),
            ("/price", json!(["0", "-1", "0.001", "12.505", "1000000000.01", "9".repeat(28)])),
            ("/weight_grams", json!([0, 1_000_001, u32::MAX])),
            ("/volume_cm3", json!([0, 10_000_001])),
            ("/description", json!(["d".repeat(2_001)])),
            ("/image_url", json!(["http://shop.example/a.png", "javascript:alert(1)", "", long_url])),
        ],
    ));
    for number in ["1e3", "1E300", "12.5e0"] {
        cases.push(case(format!("price {number}"), good.text("\"12.50\"", number), 400, "malformed_body"));
    }
    let ids = ["%23", "a%23b", "a%20b", "a%2fb", &"x".repeat(65), "%F0%9F%98%80", "%00", "m%C3%BCg"];
    let put = |id: &str| Call::put(&format!("/api/v1/admin/products/{id}")).token(&admin).json(&good.body);
    cases.extend(missing(&ids, put));
    for tags in ["\"9\"", "\"0\"", "1", "", "W/", "\"", "rubbish"] {
        let call = good.call(&good.body).header("if-match", tags);
        cases.push(case(format!("if-match {tags:?}"), call, 412, "version_mismatch"));
    }
    check(&shop, cases).await;
}

#[tokio::test]
async fn adjusting_stock_refuses_wrong_bodies_keys_and_amounts() {
    let Stage { shop, admin, .. } = shop().await;
    let adjust = |id: &str| Call::post(&format!("/api/v1/admin/products/{id}/stock")).token(&admin);
    let good = Good {
        call: adjust("mug").key("a1"),
        body: json!({"quantity": 5, "reason": "counted", "warehouse_id": "north"}),
    };
    let mut cases = bodies(&good);
    cases.push(case("no body", good.call.clone().header("content-type", JSON), 400, "malformed_json"));
    cases.extend(keys(&adjust("mug").json(&good.body)));
    cases.extend(good.incomplete(&["/quantity", "/reason", "/warehouse_id"]));
    cases.extend(good.misshapen(&[
        ("/quantity", json!(["5", 1.5, null, 9_223_372_036_854_775_808_u64, 1e300])),
        ("/warehouse_id", json!(["", "a b", "a#b", "n/s", "w".repeat(33), 1, null])),
        ("/reason", json!([1, null])),
    ]));
    cases.extend(good.invalid(
        "out_of_range",
        &[
            ("/quantity", json!([0, 1_000_000_001, -1_000_000_001, i64::MAX, i64::MIN])),
            ("/reason", json!(["", "  ", "r".repeat(501)])),
        ],
    ));
    for quantity in [-1_001, 999_999_999, 1_000_000_000, -1_000_000_000] {
        let call = good.text("\"quantity\":5", &format!("\"quantity\":{quantity}"));
        cases.push(case(format!("quantity {quantity}"), call, 409, "stock_out_of_range"));
    }
    let ids = ["nothing", "%23", "a%23b", "%00", &"x".repeat(65), "%F0%9F%98%80"];
    cases.extend(missing(&ids, |id| adjust(id).key("a1").json(&good.body)));
    check(&shop, cases).await;
}

#[tokio::test]
async fn the_catalogue_refuses_wrong_ids_limits_and_cursors() {
    let Stage { shop, alice, .. } = shop().await;
    for at in 0..2 {
        shop.twin.cloud.clock.advance(1_000);
        shop.send(order(&alice, &format!("k{at}"), "mug", 1, "cod")).await;
    }
    shop.finish().await;
    let long = "x".repeat(5_000);
    let ids =
        ["nothing", "%23", "mug%23", "mug%20", "%00", "mug%2f", "%2e%2e%2f", &long, "%F0%9F%98%80", "MUG"];
    let mut cases = missing(&ids, |id| Call::get(&format!("/api/v1/products/{id}")));
    let list = |query: &str| Call::get(&format!("/api/v1/products?{query}"));
    for limit in ["0", "-1", "101", "1.5", "", "abc", "99999999999999999999", "%ff", "NaN"] {
        let query = format!("limit={limit}");
        cases.push(case(&query, list(&query), 422, "invalid_request").at("?limit", "out_of_range"));
    }
    let cursor = |page: tests::Answer| page.body["next_cursor"].as_str().expect("there is more").to_owned();
    let orders = cursor(shop.send(Call::get("/api/v1/orders?limit=1").token(&alice)).await);
    let own = cursor(shop.send(list("limit=1")).await);
    let long = "A".repeat(40_000);
    for cursor in ["", "AAAA", "mug", "%00%ff", &orders, &own[1..], &format!("{own}A"), &long] {
        let query = format!("cursor={cursor}");
        cases.push(case(short(&query), list(&query), 400, "invalid_cursor"));
    }
    check(&shop, cases).await;
}
