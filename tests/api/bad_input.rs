//! Every HTTP function against input that is wrong: each refusal is the documented one and leaves nothing behind.

use bytes::Bytes;
use local::template::{Template, Trigger};
use serde_json::{Value, json};
use tests::{Answer, Call, START, Shop, order, order_body};

use crate::support::{World, problem, webhook};

/// A request that has to be refused.
struct Case {
    what: String,
    call: Call,
    status: u16,
    code: &'static str,
    field: Option<(&'static str, &'static str)>,
}

impl Case {
    /// The field that has to be named, and the rule that it breaks.
    fn at(mut self, pointer: &'static str, code: &'static str) -> Self {
        self.field = Some((pointer, code));
        self
    }

    fn objection(&self, answer: &Answer) -> Option<String> {
        let objection = problem(answer, self.status, self.code).or_else(|| {
            let (pointer, code) = self.field?;
            let errors = answer.body["errors"].as_array().cloned().unwrap_or_default();
            let named = errors.iter().any(|error| error["pointer"] == pointer && error["code"] == code);
            (!named).then(|| format!("{pointer} {code} expected in {}", answer.body["errors"]))
        });
        objection.map(|objection| format!("{}: {objection}", self.what))
    }
}

fn case(what: impl Into<String>, call: Call, status: u16, code: &'static str) -> Case {
    Case { what: what.into(), call, status, code, field: None }
}

/// A shop with products, an order of alice's, one of bob's, and nothing left to do.
struct Stage {
    shop: Shop,
    alice: String,
    admin: String,
    own: String,
    foreign: String,
}

async fn shop() -> Stage {
    let shop = Shop::open();
    for product in ["mug", "cup"] {
        shop.stock(product, "12.50", "north", 1_000).await;
    }
    let dollar = json!({"name": "Dollar", "price": "1.00", "currency": "USD", "weight_grams": 1});
    let (admin, alice, bob) = (shop.admin(), shop.customer("alice"), shop.customer("bob"));
    let put = shop.send(Call::put("/api/v1/admin/products/dollar").token(&admin).json(&dollar)).await;
    assert_eq!(put.status, 201, "{put:?}");
    let own = shop.send(order(&alice, "own", "mug", 1, "pm_card_visa")).await.order_id();
    let foreign = shop.send(order(&bob, "foreign", "mug", 1, "pm_card_visa")).await.order_id();
    shop.finish().await;
    Stage { shop, alice, admin, own, foreign }
}

/// Sends every case, then lets the workers work; names all that went wrong at once.
async fn refused(shop: &Shop, cases: Vec<Case>) {
    let world = World::of(shop);
    let mut objections = Vec::new();
    for case in &cases {
        let answer = shop.send(case.call.clone()).await;
        objections.extend(case.objection(&answer));
    }
    assert!(objections.is_empty(), "{} of {}:\n{}", objections.len(), cases.len(), objections.join("\n"));
    shop.finish().await;
    world.assert_unchanged(shop, "all that");
}

/// A JSON body with other text in some place.
fn text(body: &Value, from: &str, to: &str) -> Bytes {
    let text = body.to_string();
    assert!(text.contains(from), "{from} is not in {text}");
    text.replacen(from, to, 1).into()
}

fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    body.pointer_mut(parent)
        .and_then(Value::as_object_mut)
        .expect("an object")
        .insert(name.to_owned(), value);
    body
}

fn without(body: &Value, pointer: &str) -> Value {
    let mut body = body.clone();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    parent.remove(name).expect("it is there");
    body
}

const JSON: &str = "application/json";

/// What no function takes as a body, whatever it wants: sent with `call`, whose good body is `body`.
fn bodies(call: &Call, body: &Value) -> Vec<Case> {
    let json = |bytes: Bytes| call.clone().header("content-type", JSON).bytes(bytes);
    let good = body.to_string();
    let malformed = |what: &str, bytes: Bytes| case(what, json(bytes), 400, "malformed_json");
    let misshapen = |what: &str, bytes: Bytes| case(what, json(bytes), 400, "malformed_body");
    let first = good[1..].split(':').next().expect("a member").to_owned();
    let value = &body[first.trim_matches('"')];
    let mut cases = vec![
        malformed("not JSON", "hello".into()),
        malformed("half of it", good[..good.len() - 1].to_owned().into()),
        malformed("something behind it", format!("{good} x").into()),
        malformed("two of it", format!("{good}{good}").into()),
        malformed("only spaces", "   ".into()),
        malformed("a byte order mark", format!("\u{feff}{good}").into()),
        malformed("UTF-16", good.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>().into()),
        malformed("single quotes", good.replace('"', "'").into()),
        malformed("a trailing comma", format!("{},}}", &good[..good.len() - 1]).into()),
        malformed(
            "NaN as a member",
            good.replacen('{', "{\"x\":NaN,", 1).replacen("\"x\":NaN", &format!("{first}:NaN"), 1).into(),
        ),
        misshapen("null", "null".into()),
        misshapen("a text", "\"hello\"".into()),
        misshapen("a number", "1".into()),
        misshapen("an unknown field", good.replacen('{', "{\"quantitty\":1,", 1).into()),
        misshapen("a field named in capitals", good.replacen(&first, &first.to_uppercase(), 1).into()),
        misshapen("a field twice", good.replacen('{', &format!("{{{first}:{value},"), 1).into()),
        misshapen("a prototype", good.replacen('{', "{\"__proto__\":{},", 1).into()),
        misshapen(
            "deep nesting where it is unknown",
            good.replacen('{', &format!("{{\"x\":{}{},", "[".repeat(50_000), "]".repeat(50_000)), 1).into(),
        ),
        misshapen(
            "deep nesting where it is known",
            good.replacen(&value.to_string(), &format!("{}{}", "[".repeat(50_000), "]".repeat(50_000)), 1)
                .into(),
        ),
        misshapen(
            "deep objects",
            good.replacen(
                &value.to_string(),
                &format!("{}1{}", "{\"a\":".repeat(30_000), "}".repeat(30_000)),
                1,
            )
            .into(),
        ),
        case(
            "1 MB of spaces",
            json(format!("{good}{}", " ".repeat(1_000_000)).into()),
            413,
            "body_too_large",
        ),
        case("1 MB of rubbish", json(Bytes::from(vec![b'['; 1_000_000])), 413, "body_too_large"),
        case("1 MB that is not text", json(Bytes::from(vec![0xff; 1_000_000])), 413, "body_too_large"),
    ];
    cases.push(malformed("a text that is not UTF-8", {
        let mut bytes = good.clone().into_bytes();
        let at = good.find(&first).expect("a member") + 1;
        bytes[at] = 0xff;
        bytes.into()
    }));
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
        "application/json-patch+json",
        "",
        "application",
    ] {
        let call = call.clone().header("content-type", media_type).bytes(good.clone());
        cases.push(case(format!("content type {media_type:?}"), call, 415, "unsupported_media_type"));
    }
    cases.push(case("no content type", call.clone().bytes(good), 415, "unsupported_media_type"));
    cases
}

/// Wrong idempotency keys for a call that needs one.
fn keys(call: &Call) -> Vec<Case> {
    let long = "k".repeat(300);
    let mut cases = vec![case("no key", call.clone(), 400, "idempotency_key_required")];
    for key in ["", "\"\"", " ", "two words", "a\tb", &long, &"k".repeat(256)] {
        let what = format!("key {:?} of {}", key.chars().take(9).collect::<String>(), key.len());
        cases.push(case(what, call.clone().key(key), 400, "idempotency_key_invalid"));
    }
    cases
}

/// What cannot be an order's id, and ids of orders that the caller has not.
fn order_ids(foreign: &str) -> Vec<String> {
    let hex = &foreign[4..];
    let mut ids: Vec<String> =
        ["%23", "ord_", "ord_1", "ORDER%23x", "null", "..%2f..%2fx", "%00", "%20", "*", "%F0%9F%98%80"]
            .map(str::to_owned)
            .into();
    ids.extend([
        foreign.to_owned(),
        foreign.to_uppercase(),
        hex.to_owned(),
        format!("ord_{}", "0".repeat(32)),
        format!("{foreign}%23"),
        format!("%23{foreign}"),
        format!("{foreign}%0d%0a"),
        format!("{foreign}0"),
        foreign[..35].to_owned(),
        format!("ord_{}-{}", &hex[..8], &hex[8..]),
        "ord_01890a5dac967aabbccddeeff0011223".to_owned(),
        "x".repeat(5_000),
    ]);
    ids
}

#[tokio::test]
async fn placing_refuses_bodies_that_are_not_of_the_documented_shape() {
    let Stage { shop, alice, .. } = shop().await;
    let good = order_body("mug", 2, "pm_card_visa");
    let call = Call::post("/api/v1/orders").token(&alice).key("k1");
    let mut cases = bodies(&call, &good);
    cases.push(case("no body", call.clone().header("content-type", JSON), 400, "malformed_json"));
    for pointer in [
        "/lines",
        "/payment",
        "/lines/0/quantity",
        "/lines/0/product_id",
        "/payment/method",
        "/payment/payment_method_id",
        "/shipping_address/street",
        "/shipping_address/city",
        "/shipping_address/country",
    ] {
        let body = if pointer.starts_with("/lines/0") {
            let mut body = good.clone();
            body["lines"][0].as_object_mut().expect("a line").remove(&pointer["/lines/0/".len()..]);
            body
        } else {
            without(&good, pointer)
        };
        cases.push(case(format!("without {pointer}"), call.clone().json(&body), 400, "malformed_body"));
    }
    for (pointer, values) in [
        (
            "/lines",
            vec![json!({}), json!(1), json!("mug"), json!(null), json!([1]), json!([null]), json!({"0": {}})],
        ),
        ("/lines/0/quantity", vec![json!("2"), json!(null), json!(true), json!([2]), json!({})]),
        (
            "/lines/0/product_id",
            vec![
                json!(7),
                json!(""),
                json!("a b"),
                json!("a#b"),
                json!("a/b"),
                json!("x".repeat(65)),
                json!("müg"),
                json!(null),
            ],
        ),
        (
            "/payment",
            vec![
                json!("card"),
                json!(null),
                json!({}),
                json!({"method": "cash"}),
                json!({"method": 1}),
                json!({"method": "CARD", "payment_method_id": "pm_card_visa"}),
            ],
        ),
        ("/payment/payment_method_id", vec![json!(1), json!(null), json!(["pm_card_visa"])]),
        ("/shipping_address", vec![json!("Amsterdam"), json!(7)]),
        ("/shipping_address/street", vec![json!(123), json!(null)]),
        ("/customer_id", vec![json!(1), json!(""), json!("a#b"), json!("x".repeat(256)), json!("a b")]),
        ("/currency", vec![json!(978), json!("eur"), json!("XXX"), json!(""), json!("EURO")]),
        (
            "/expected_total",
            vec![
                json!("1e3"),
                json!("NaN"),
                json!(""),
                json!("-"),
                json!("0x19"),
                json!("25,00"),
                json!(" 25.00"),
                json!("+25.00"),
                json!("２５"),
                json!("1".repeat(29)),
                json!("1.2.3"),
                json!(true),
                json!([]),
                json!({}),
                json!("Infinity"),
            ],
        ),
        ("/notes", vec![json!(1), json!([]), json!({})]),
        ("/different_shipping", vec![json!("yes"), json!(1)]),
    ] {
        for value in values {
            let mut body = good.clone();
            match pointer.strip_prefix("/lines/0/") {
                Some(name) => body["lines"][0][name] = value.clone(),
                None => body = with(&good, pointer, value.clone()),
            }
            let shown = value.to_string();
            let what = format!("{pointer} = {}", shown.chars().take(40).collect::<String>());
            cases.push(case(what, call.clone().json(&body), 400, "malformed_body"));
        }
    }
    for (pointer, unknown) in [("/shipping_address", "colour"), ("/payment", "cvc"), ("/payment", "confirm")]
    {
        let body = with(&good, &format!("{pointer}/{unknown}"), json!(1));
        cases.push(case(format!("{unknown} in {pointer}"), call.clone().json(&body), 400, "malformed_body"));
    }
    let cod = json!({"method": "cod", "payment_method_id": "pm_card_visa"});
    cases.push(case(
        "a card to cash on delivery",
        call.clone().json(&with(&good, "/payment", cod)),
        400,
        "malformed_body",
    ));
    let json_bytes = |bytes: Bytes| call.clone().header("content-type", JSON).bytes(bytes);
    for number in [
        "-1",
        "1.5",
        "2.0",
        "1e300",
        "1e1",
        "1e-1",
        "-0.5",
        "18446744073709551616",
        &format!("1{}", "0".repeat(300)),
        "1e400",
    ] {
        let what = format!("quantity {}", number.chars().take(30).collect::<String>());
        cases.push(case(
            what,
            json_bytes(text(&good, "\"quantity\":2", &format!("\"quantity\":{number}"))),
            400,
            "malformed_body",
        ));
    }
    for number in ["1e3", "25e0", "1E300", "-1e-3", "2.5e1"] {
        let body = text(&good, "{", &format!("{{\"expected_total\":{number},"));
        cases.push(case(format!("expected_total {number}"), json_bytes(body), 400, "malformed_body"));
    }
    for number in ["NaN", "Infinity", "-Infinity", "01", "0x10", "1_000", ".5", "5.", "+1"] {
        cases.push(case(
            format!("quantity {number}"),
            json_bytes(text(&good, "\"quantity\":2", &format!("\"quantity\":{number}"))),
            400,
            "malformed_json",
        ));
    }
    for (what, from, to) in [
        ("quantity twice", "\"quantity\":2", "\"quantity\":2,\"quantity\":1"),
        ("lines twice", "\"lines\":", "\"lines\":[],\"lines\":"),
        ("method twice", "\"method\":\"card\"", "\"method\":\"cod\",\"method\":\"card\""),
        (
            "card twice",
            "\"payment_method_id\":\"pm_card_visa\"",
            "\"payment_method_id\":\"pm_card_visa\",\"payment_method_id\":\"pm_card_visa\"",
        ),
        ("street under two names", "\"street\":", "\"address\":\"x\",\"street\":"),
        ("postal code under two names", "\"postal_code\":", "\"zip\":\"x\",\"postal_code\":"),
    ] {
        cases.push(case(what, json_bytes(text(&good, from, to)), 400, "malformed_body"));
    }
    refused(&shop, cases).await;
}

#[tokio::test]
async fn placing_refuses_what_breaks_a_rule_and_names_the_field() {
    let Stage { shop, alice, .. } = shop().await;
    let good = order_body("mug", 2, "pm_card_visa");
    let call = Call::post("/api/v1/orders").token(&alice).key("k1");
    let invalid = |what: &str, body: &Value| case(what, call.clone().json(body), 422, "invalid_request");
    let lines = |lines: Value| with(&good, "/lines", lines);
    let line = |quantity: Value| lines(json!([{"product_id": "mug", "quantity": quantity}]));
    let many =
        |count: usize| lines((0..count).map(|_| json!({"product_id": "mug", "quantity": 1})).collect());
    let mut cases = vec![
        invalid("quantity 0", &line(json!(0))).at("/lines/0/quantity", "out_of_range"),
        invalid("quantity 10001", &line(json!(10_001))).at("/lines/0/quantity", "out_of_range"),
        invalid("quantity 2^31", &line(json!(1_u64 << 31))).at("/lines/0/quantity", "out_of_range"),
        invalid("quantity 2^32 + 1", &line(json!((1_u64 << 32) + 1))).at("/lines/0/quantity", "out_of_range"),
        invalid("quantity 2^64 - 1", &line(json!(u64::MAX))).at("/lines/0/quantity", "out_of_range"),
        invalid(
            "the second of two",
            &lines(json!([{"product_id": "mug", "quantity": 1}, {"product_id": "cup", "quantity": 0}])),
        )
        .at("/lines/1/quantity", "out_of_range"),
        invalid(
            "too many in two lines",
            &lines(
                json!([{"product_id": "mug", "quantity": 6_000}, {"product_id": "mug", "quantity": 6_000}]),
            ),
        )
        .at("/lines", "out_of_range"),
        invalid("no lines", &lines(json!([]))).at("/lines", "out_of_range"),
        invalid("201 lines", &many(201)).at("/lines", "out_of_range"),
        invalid("7 000 lines", &many(7_000)).at("/lines", "out_of_range"),
        case("10 000 lines", call.clone().json(&many(10_000)), 413, "body_too_large"),
        invalid(
            "41 products",
            &lines((0..41).map(|at| json!({"product_id": format!("p{at}"), "quantity": 1})).collect()),
        )
        .at("/lines", "too_many_products"),
        invalid("an unknown product", &order_body("nothing", 1, "cod"))
            .at("/lines/0/product_id", "unknown_product"),
        invalid("a product of another currency", &with(&good, "/currency", json!("USD")))
            .at("/lines/0/product_id", "currency_mismatch"),
        invalid(
            "two currencies",
            &lines(json!([{"product_id": "mug", "quantity": 1}, {"product_id": "dollar", "quantity": 1}])),
        )
        .at("/lines", "currency_mismatch"),
        invalid("three decimals", &with(&good, "/expected_total", json!("25.001")))
            .at("/expected_total", "invalid"),
        invalid("less than nothing", &with(&good, "/expected_total", json!("-25.00")))
            .at("/expected_total", "invalid"),
        invalid("too much", &with(&good, "/expected_total", json!("1000000000.01")))
            .at("/expected_total", "invalid"),
        invalid("long notes", &with(&good, "/notes", json!("ü".repeat(2_001)))).at("/notes", "too_long"),
        invalid("internal notes", &with(&good, "/internal_notes", json!("x")))
            .at("/internal_notes", "not_permitted"),
        invalid("for somebody else", &with(&good, "/customer_id", json!("bob")))
            .at("/customer_id", "not_permitted"),
        invalid("no address", &without(&good, "/shipping_address")).at("/shipping_address", "required"),
    ];
    let billed =
        with(&without(&good, "/shipping_address"), "/billing_address", good["shipping_address"].clone());
    let insisting = with(&billed, "/different_shipping", json!(true));
    cases.push(invalid("no shipping address of its own", &insisting).at("/shipping_address", "required"));
    for email in [
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
        &format!("{}@example.com", "a".repeat(65)),
        &format!("a@{}.com", "b".repeat(300)),
    ] {
        cases.push(
            invalid(&format!("mail to {email:?}"), &with(&good, "/contact_email", json!(email)))
                .at("/contact_email", "invalid"),
        );
    }
    for card in [
        "",
        "pm_",
        "4242424242424242",
        "tok_visa",
        "pm_card visa",
        "pm_card_visa\r\nX: y",
        "pm_card&amount=1",
        "pm_../../refunds",
        &format!("pm_{}", "a".repeat(101)),
    ] {
        let body = with(&good, "/payment/payment_method_id", json!(card));
        cases.push(invalid(&format!("card {card:?}"), &body).at("/payment/payment_method_id", "invalid"));
    }
    for (part, values, pointer) in [
        ("street", vec!["", "  ", "a\r\nb", "\u{0}"], "/shipping_address/street"),
        ("city", vec!["", "a\tb"], "/shipping_address/city"),
        ("name", vec!["", "Alice\u{7}"], "/shipping_address/name"),
        ("postal_code", vec!["", " "], "/shipping_address/postal_code"),
        ("country", vec!["", "nl", "NLD", "N", "Netherlands", "N1", "ÄÖ"], "/shipping_address/country"),
    ] {
        for value in values {
            let body = with(&good, &format!("/shipping_address/{part}"), json!(value));
            cases.push(invalid(&format!("{part} {value:?}"), &body).at(pointer, "invalid"));
        }
    }
    let long = with(&good, "/shipping_address/street", json!("s".repeat(201)));
    cases.push(invalid("a long street", &long).at("/shipping_address/street", "invalid"));
    let billing = with(&good, "/billing_address", json!({"street": "", "city": "x", "country": "NL"}));
    cases.push(
        invalid("a billing address without a street", &billing).at("/billing_address/street", "invalid"),
    );
    cases.extend(keys(&Call::post("/api/v1/orders").token(&alice).json(&good)));
    cases.push(case("more than there is", call.clone().json(&line(json!(2_000))), 409, "out_of_stock"));
    refused(&shop, cases).await;
}

#[tokio::test]
async fn staff_cannot_place_nonsense_either() {
    let Stage { shop, admin, .. } = shop().await;
    let call = Call::post("/api/v1/orders").token(&admin).key("k1");
    let good = with(&order_body("mug", 2, "pm_card_visa"), "/override_reason", json!("agreed"));
    let line = |field: &str, amount: Value| {
        with(&good, "/lines", json!([{"product_id": "mug", "quantity": 2, field: amount}]))
    };
    let mut cases = Vec::new();
    for (field, amount, pointer, code) in [
        ("unit_price", "-1.00", "/lines/0/unit_price", "invalid"),
        ("unit_price", "1.005", "/lines/0/unit_price", "invalid"),
        ("unit_price", "1000000001", "/lines/0/unit_price", "invalid"),
        ("unit_price", "999999999", "/lines/0", "out_of_range"),
        ("discount_amount", "-0.01", "/lines/0/discount_amount", "invalid"),
        ("discount_amount", "0.001", "/lines/0/discount_amount", "invalid"),
        ("discount_amount", "25.01", "/lines/0/discount_amount", "out_of_range"),
    ] {
        cases.push(
            case(
                format!("{field} {amount}"),
                call.clone().json(&line(field, json!(amount))),
                422,
                "invalid_request",
            )
            .at(pointer, code),
        );
    }
    for amount in [json!("1e3"), json!("NaN"), json!(""), json!([]), json!({}), json!(true)] {
        for field in ["unit_price", "discount_amount"] {
            cases.push(case(
                format!("{field} {amount}"),
                call.clone().json(&line(field, amount.clone())),
                400,
                "malformed_body",
            ));
        }
    }
    let reason = |reason: &str| with(&line("unit_price", json!("1.00")), "/override_reason", json!(reason));
    cases.push(
        case("a long reason", call.clone().json(&reason(&"r".repeat(501))), 422, "invalid_request")
            .at("/override_reason", "too_long"),
    );
    let foreign = with(&good, "/customer_id", json!("bob"));
    cases.push(
        case("for a customer without a mail address", call.clone().json(&foreign), 422, "invalid_request")
            .at("/contact_email", "required"),
    );
    refused(&shop, cases).await;
}

#[tokio::test]
async fn reading_one_order_refuses_ids_that_are_none_or_not_the_callers() {
    let Stage { shop, alice, own, foreign, .. } = shop().await;
    let mut cases = Vec::new();
    for id in order_ids(&foreign) {
        for suffix in ["", "/tracking"] {
            let call = Call::get(&format!("/api/v1/orders/{id}{suffix}")).token(&alice);
            cases.push(case(format!("{id:.60}{suffix}"), call, 404, "not_found"));
        }
    }
    // A body and a query where none is wanted do no harm.
    let harmless = Call::get(&format!("/api/v1/orders/{own}?page=-1&x=%ff")).token(&alice).bytes("rubbish");
    assert_eq!(shop.send(harmless).await.status, 200);
    refused(&shop, cases).await;
}

#[tokio::test]
async fn finding_by_number_refuses_what_is_no_number_or_not_the_callers() {
    let Stage { shop, alice, own, foreign, .. } = shop().await;
    let number = shop
        .send(Call::get(&format!("/api/v1/orders/{foreign}")).token(&shop.admin()))
        .await
        .body["order_number"]
        .clone();
    let number = number.as_str().expect("a number").to_owned();
    let digits: Vec<char> = number.chars().filter(|c| *c != '-').collect();
    let mut typed: Vec<String> = [
        "%23",
        "0",
        "00000-00000-0",
        "00000-00000-1",
        "-",
        "NUMBER%23x",
        "%F0%9F%98%80",
        "UUUUU-UUUUU-U",
        "*****-*****-*",
    ]
    .map(str::to_owned)
    .into();
    let mut swapped = digits.clone();
    swapped.rotate_left(1);
    typed.extend([
        number.clone(),
        number[..12].to_owned(),
        format!("{number}0"),
        swapped.iter().collect(),
        own,
        format!("{number}%00"),
        "7".repeat(5_000),
    ]);
    let cases = typed.into_iter().map(|typed| {
        let call = Call::get(&format!("/api/v1/orders/number/{typed}")).token(&alice);
        case(format!("{typed:.60}"), call, 404, "not_found")
    });
    refused(&shop, cases.collect()).await;
}

#[tokio::test]
async fn lists_of_orders_refuse_wrong_pages_filters_and_cursors() {
    let Stage { shop, alice, .. } = shop().await;
    let bob = shop.customer("bob");
    for at in 0..3 {
        shop.twin.cloud.clock.advance(1_000);
        for token in [&alice, &bob] {
            shop.send(order(token, &format!("k{at}"), "mug", 1, "cod")).await;
        }
    }
    shop.finish().await;
    let cursor = |token: String, query: &'static str| {
        let shop = &shop;
        async move {
            let page = shop.send(Call::get(&format!("/api/v1/{query}")).token(&token)).await;
            page.body["next_cursor"].as_str().expect("there is more").to_owned()
        }
    };
    let own = cursor(alice.clone(), "orders?limit=1").await;
    let list = |query: String| Call::get(&format!("/api/v1/orders?{query}")).token(&alice);
    assert_eq!(shop.send(list(format!("limit=1&cursor={own}"))).await.status, 200);
    let mut cases = Vec::new();
    for (name, pointer) in [("page", "?page"), ("per_page", "?per_page"), ("limit", "?limit")] {
        for value in [
            "0",
            "-1",
            "1.5",
            "1e1",
            "abc",
            "",
            "%20",
            "1%20",
            "0x1",
            "1001",
            "4294967296",
            "99999999999999999999999999",
            "NaN",
            "%ff",
            "%00",
            "%F0%9F%98%80",
            "true",
            "null",
        ] {
            cases.push(
                case(format!("{name}={value}"), list(format!("{name}={value}")), 422, "invalid_request")
                    .at(pointer, "out_of_range"),
            );
        }
    }
    for query in ["per_page=101", "limit=101"] {
        cases.push(case(query, list(query.to_owned()), 422, "invalid_request"));
    }
    for query in ["page=1000&per_page=100", "page=12&per_page=100", "page=102"] {
        cases.push(case(query, list(query.to_owned()), 422, "invalid_request").at("?page", "too_deep"));
    }
    for status in ["", "PENDING", "paid", "pending,cancelled", "%23", "%ff", "pending%20", "*"] {
        cases.push(
            case(format!("status={status}"), list(format!("status={status}")), 422, "invalid_request")
                .at("?status", "unknown_status"),
        );
    }
    let mut flipped = own.clone().into_bytes();
    flipped[3] = if flipped[3] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).expect("ASCII");
    for (what, query) in [
        ("an empty cursor", "cursor=".to_owned()),
        ("rubbish", "cursor=AAAA".to_owned()),
        ("an id", "cursor=ord_01890a5dac967aabbccddeeff0011223".to_owned()),
        ("a flipped bit", format!("cursor={flipped}")),
        ("a cut one", format!("cursor={}", &own[..own.len() - 1])),
        ("a longer one", format!("cursor={own}AAAA")),
        ("not base 64", "cursor=%2f%2b%00%ff".to_owned()),
        ("100 kB", format!("cursor={}", "A".repeat(40_000))),
        ("another filter's", format!("cursor={own}&status=confirmed")),
        ("another customer's", format!("cursor={}", cursor(bob.clone(), "orders?limit=1").await)),
        (
            "another customer's by page",
            format!("cursor={}&per_page=10", cursor(bob.clone(), "orders?per_page=1").await),
        ),
        ("staff's", format!("cursor={}", cursor(alice.clone(), "products?limit=1").await)),
        (
            "one with a filter, without it",
            format!("cursor={}", cursor(alice.clone(), "orders?limit=1&status=preparing").await),
        ),
    ] {
        cases.push(case(what, list(query), 400, "invalid_cursor"));
    }
    refused(&shop, cases).await;
}

#[tokio::test]
async fn cancelling_refuses_wrong_bodies_reasons_and_orders() {
    let Stage { shop, alice, own, foreign, .. } = shop().await;
    let good = json!({"reason": "changed my mind"});
    let routes: [fn(&str) -> Call; 3] = [
        |id| Call::post(&format!("/api/v1/orders/{id}/cancel")),
        |id| Call::put(&format!("/api/v1/orders/{id}/cancel")),
        |id| Call::new("DELETE", &format!("/api/v1/orders/{id}")),
    ];
    let mut cases = Vec::new();
    for (at, route) in routes.iter().enumerate() {
        let call = route(&own).token(&alice);
        cases.extend(bodies(&call, &good));
        for reason in ["", "   ", &"r".repeat(501), "\n\t"] {
            let body = json!({"reason": reason});
            cases.push(
                case(format!("reason {reason:.9?}"), call.clone().json(&body), 422, "invalid_request")
                    .at("/reason", "out_of_range"),
            );
        }
        for reason in [json!(1), json!([]), json!({}), json!(true)] {
            cases.push(case(
                format!("reason {reason}"),
                call.clone().json(&json!({"reason": reason})),
                400,
                "malformed_body",
            ));
        }
        for id in order_ids(&foreign) {
            cases.push(case(format!("route {at}, {id:.60}"), route(&id).token(&alice), 404, "not_found"));
            cases.push(case(
                format!("route {at}, {id:.60}, with a body"),
                route(&id).token(&alice).json(&good),
                404,
                "not_found",
            ));
        }
    }
    refused(&shop, cases).await;
}

#[tokio::test]
async fn putting_a_product_refuses_wrong_bodies_and_values() {
    let Stage { shop, admin, .. } = shop().await;
    let good = json!({"currency": "EUR", "name": "Mug", "price": "12.50", "weight_grams": 300});
    let call = Call::put("/api/v1/admin/products/mug").token(&admin);
    let mut cases = bodies(&call, &good);
    cases.push(case("no body", call.clone().header("content-type", JSON), 400, "malformed_json"));
    for pointer in ["/name", "/price", "/currency", "/weight_grams"] {
        cases.push(case(
            format!("without {pointer}"),
            call.clone().json(&without(&good, pointer)),
            400,
            "malformed_body",
        ));
    }
    for (pointer, values) in [
        ("/name", vec![json!(1), json!(null), json!(["Mug"])]),
        (
            "/price",
            vec![
                json!("1e3"),
                json!("NaN"),
                json!(""),
                json!(null),
                json!(true),
                json!([]),
                json!("12,50"),
                json!("1".repeat(29)),
            ],
        ),
        ("/currency", vec![json!("eur"), json!("XXX"), json!("€"), json!(978), json!(null)]),
        ("/weight_grams", vec![json!(-1), json!(1.5), json!("300"), json!(4_294_967_296_u64), json!(null)]),
        ("/volume_cm3", vec![json!(-1), json!(0.5), json!("1")]),
        ("/state", vec![json!("deleted"), json!("Active")]),
        ("/description", vec![json!(1), json!([])]),
        ("/image_url", vec![json!(1), json!({})]),
        ("/product_id", vec![json!("mug")]),
        ("/version", vec![json!(9)]),
    ] {
        for value in values {
            let what = format!("{pointer} = {:.40}", value.to_string());
            cases.push(case(what, call.clone().json(&with(&good, pointer, value)), 400, "malformed_body"));
        }
    }
    for (pointer, values, code) in [
        ("/name", vec![json!(""), json!("   "), json!("n".repeat(201))], "out_of_range"),
        (
            "/price",
            vec![
                json!("0"),
                json!("-1"),
                json!("0.001"),
                json!("12.505"),
                json!("1000000000.01"),
                json!("9".repeat(28)),
            ],
            "out_of_range",
        ),
        ("/weight_grams", vec![json!(0), json!(1_000_001), json!(4_294_967_295_u64)], "out_of_range"),
        ("/volume_cm3", vec![json!(0), json!(10_000_001)], "out_of_range"),
        ("/description", vec![json!("d".repeat(2_001))], "out_of_range"),
        (
            "/image_url",
            vec![
                json!("http://shop.example/a.png"),
                json!("javascript:alert(1)"),
                json!(""),
                json!(format!("https://{}", "a".repeat(1_000))),
            ],
            "out_of_range",
        ),
    ] {
        for value in values {
            let what = format!("{pointer} = {:.40}", value.to_string());
            cases.push(
                case(what, call.clone().json(&with(&good, pointer, value)), 422, "invalid_request")
                    .at(pointer, code),
            );
        }
    }
    for number in ["1e3", "1E300", "12.5e0"] {
        let call = call.clone().header("content-type", JSON).bytes(text(&good, "\"12.50\"", number));
        cases.push(case(format!("price {number}"), call, 400, "malformed_body"));
    }
    for id in ["%23", "a%23b", "a%20b", "a%2fb", &"x".repeat(65), "%F0%9F%98%80", "%00", "m%C3%BCg"] {
        let call = Call::put(&format!("/api/v1/admin/products/{id}")).token(&admin).json(&good);
        cases.push(case(format!("product {id:.30}"), call, 404, "not_found"));
    }
    for tags in ["\"9\"", "\"0\"", "1", "", "W/", "\"", "rubbish"] {
        cases.push(case(
            format!("if-match {tags:?}"),
            call.clone().header("if-match", tags).json(&good),
            412,
            "version_mismatch",
        ));
    }
    refused(&shop, cases).await;
}

#[tokio::test]
async fn adjusting_stock_refuses_wrong_bodies_keys_and_amounts() {
    let Stage { shop, admin, .. } = shop().await;
    let good = json!({"quantity": 5, "reason": "counted", "warehouse_id": "north"});
    let path = "/api/v1/admin/products/mug/stock";
    let call = Call::post(path).token(&admin).key("a1");
    let mut cases = bodies(&call, &good);
    cases.push(case("no body", call.clone().header("content-type", JSON), 400, "malformed_json"));
    cases.extend(keys(&Call::post(path).token(&admin).json(&good)));
    for pointer in ["/quantity", "/reason", "/warehouse_id"] {
        cases.push(case(
            format!("without {pointer}"),
            call.clone().json(&without(&good, pointer)),
            400,
            "malformed_body",
        ));
    }
    for (pointer, values) in [
        (
            "/quantity",
            vec![json!("5"), json!(1.5), json!(null), json!(9_223_372_036_854_775_808_u64), json!(1e300)],
        ),
        (
            "/warehouse_id",
            vec![
                json!(""),
                json!("a b"),
                json!("a#b"),
                json!("n/s"),
                json!("w".repeat(33)),
                json!(1),
                json!(null),
            ],
        ),
        ("/reason", vec![json!(1), json!(null)]),
    ] {
        for value in values {
            let what = format!("{pointer} = {:.40}", value.to_string());
            cases.push(case(what, call.clone().json(&with(&good, pointer, value)), 400, "malformed_body"));
        }
    }
    for quantity in [0, 1_000_000_001, -1_000_000_001, i64::MAX, i64::MIN] {
        let body = with(&good, "/quantity", json!(quantity));
        cases.push(
            case(format!("quantity {quantity}"), call.clone().json(&body), 422, "invalid_request")
                .at("/quantity", "out_of_range"),
        );
    }
    for reason in ["", "  ", &"r".repeat(501)] {
        let body = with(&good, "/reason", json!(reason));
        cases.push(
            case(format!("reason {reason:.9?}"), call.clone().json(&body), 422, "invalid_request")
                .at("/reason", "out_of_range"),
        );
    }
    for quantity in [-1_001, 999_999_999, 1_000_000_000, -1_000_000_000] {
        let body = with(&good, "/quantity", json!(quantity));
        cases.push(case(format!("quantity {quantity}"), call.clone().json(&body), 409, "stock_out_of_range"));
    }
    for id in ["nothing", "%23", "a%23b", "%00", &"x".repeat(65), "%F0%9F%98%80"] {
        let call =
            Call::post(&format!("/api/v1/admin/products/{id}/stock")).token(&admin).key("a1").json(&good);
        cases.push(case(format!("product {id:.30}"), call, 404, "not_found"));
    }
    refused(&shop, cases).await;
}

#[tokio::test]
async fn the_catalogue_refuses_wrong_ids_limits_and_cursors() {
    let Stage { shop, alice, .. } = shop().await;
    for at in 0..2 {
        shop.twin.cloud.clock.advance(1_000);
        shop.send(order(&alice, &format!("k{at}"), "mug", 1, "cod")).await;
    }
    shop.finish().await;
    let mut cases = Vec::new();
    for id in [
        "nothing",
        "%23",
        "mug%23",
        "mug%20",
        "%00",
        "mug%2f",
        "%2e%2e%2f",
        &"x".repeat(5_000),
        "%F0%9F%98%80",
        "MUG",
    ] {
        cases.push(case(
            format!("product {id:.30}"),
            Call::get(&format!("/api/v1/products/{id}")),
            404,
            "not_found",
        ));
    }
    let list = |query: String| Call::get(&format!("/api/v1/products?{query}"));
    for limit in ["0", "-1", "101", "1.5", "", "abc", "99999999999999999999", "%ff", "NaN"] {
        cases.push(
            case(format!("limit={limit}"), list(format!("limit={limit}")), 422, "invalid_request")
                .at("?limit", "out_of_range"),
        );
    }
    let orders = shop.send(Call::get("/api/v1/orders?limit=1").token(&alice)).await;
    let orders = orders.body["next_cursor"].as_str().expect("there is more").to_owned();
    let own = shop.send(list("limit=1".to_owned())).await.body["next_cursor"]
        .as_str()
        .expect("there is more")
        .to_owned();
    for cursor in ["", "AAAA", "mug", "%00%ff", &orders, &own[1..], &format!("{own}A"), &"A".repeat(40_000)] {
        cases.push(case(
            format!("cursor={cursor:.30}"),
            list(format!("cursor={cursor}")),
            400,
            "invalid_cursor",
        ));
    }
    refused(&shop, cases).await;
}

#[tokio::test]
async fn the_webhook_refuses_what_stripe_did_not_sign_and_what_is_no_event() {
    let Stage { shop, .. } = shop().await;
    assert_eq!(shop.twin.cloud.clock.now().seconds(), START);
    let mut cases = Vec::new();
    for signature in [
        "",
        "t=1",
        "v1=00",
        "t=x,v1=00",
        "t=1772359200,v1=zz",
        "t=1772359200,v1=0",
        "t=1772359200",
        &format!("t=1772359200,v1={}", "00".repeat(32)),
        &format!("t={},v1=00", "9".repeat(40)),
        &"t=1,".repeat(5_000),
    ] {
        for body in ["{}", "hello", "", &"[".repeat(100_000)] {
            let call = webhook(body, signature);
            cases.push(case(format!("{body:.9} signed {signature:.40}"), call, 400, "invalid_signature"));
        }
    }
    cases.push(case(
        "no signature",
        Call::post("/api/v1/webhooks/stripe").json(&json!({})),
        400,
        "invalid_signature",
    ));
    cases.push(case("1 MB", webhook(&" ".repeat(1_000_000), "t=1,v1=00"), 413, "body_too_large"));
    // Signed with the twin's secret for the moment at which its clock stands:
    // printf '1772359200.{}' | openssl dgst -sha256 -hmac whsec_twin
    for (body, mac, status, code) in [
        (
            "not json",
            "88f88bf2110b5d98c516585457d1a7190283efdb48bf45016e15d61a9a97d415",
            400,
            "malformed_body",
        ),
        ("{}", "265bf2a912527e798a146bdee80a99f43417fbf04091550ace11855c1aba192b", 400, "malformed_body"),
        ("[]", "ad9f5c11f65bc8b103230f39331af38e1abb2186c9e9feb203a23d536062a8b0", 400, "malformed_body"),
        (
            r#"{"data":{"object":{"object":"payment_intent"}}}"#,
            "62d1294eb150e7fe6c10b578551b217faf0450273debe5006ea8a5dabe800e78",
            400,
            "malformed_body",
        ),
        (
            r#"{"data":{"object":{"object":"payment_intent","id":"pi_nowhere"}}}"#,
            "d6d5b47eb5ac27bb652003cb549744964d8a033f248d6a5dc4d661677d8cdb2c",
            404,
            "not_found",
        ),
        (
            r#"{"data":{"object":{"object":"payment_intent","id":"../refunds?x=#"}}}"#,
            "20d5bd278b001a0ba5f008c534c565bec8b06c2c4cdd7eb8c99b7e014cbf2fba",
            404,
            "not_found",
        ),
    ] {
        cases.push(case(body, webhook(body, &format!("t={START},v1={mac}")), status, code));
    }
    refused(&shop, cases).await;
}

/// Every route with an authorizer, as a good request without its token.
fn authorized_routes(own: &str) -> Vec<(Call, bool)> {
    let product = json!({"name": "Mug", "price": "12.50", "currency": "EUR", "weight_grams": 300});
    let adjustment = json!({"warehouse_id": "north", "quantity": 5, "reason": "counted"});
    vec![
        (Call::post("/api/v1/orders").key("k9").json(&order_body("mug", 1, "pm_card_visa")), false),
        (Call::get("/api/v1/orders"), false),
        (Call::get(&format!("/api/v1/orders/{own}")), false),
        (Call::get("/api/v1/orders/number/00000-00000-0"), false),
        (Call::get(&format!("/api/v1/orders/{own}/tracking")), false),
        (Call::post(&format!("/api/v1/orders/{own}/cancel")), false),
        (Call::put(&format!("/api/v1/orders/{own}/cancel")), false),
        (Call::new("DELETE", &format!("/api/v1/orders/{own}")), false),
        (Call::put("/api/v1/admin/products/mug").json(&product), true),
        (Call::post("/api/v1/admin/products/mug/stock").key("a9").json(&adjustment), true),
    ]
}

#[test]
fn the_table_of_routes_has_every_route_with_an_authorizer() {
    let template = Template::parse(local::twin::TEMPLATE, &local::twin::parameters()).expect("the template");
    let events = template.functions.iter().flat_map(|function| &function.events);
    let scopes = events.filter_map(|event| match event {
        Trigger::Http(route) if route.authorized => Some(!route.scopes.is_empty()),
        _ => None,
    });
    let (mut known, mut listed): (Vec<bool>, Vec<bool>) =
        (scopes.collect(), authorized_routes("x").into_iter().map(|(_, admin)| admin).collect());
    known.sort_unstable();
    listed.sort_unstable();
    assert_eq!(known, listed, "a new route belongs into authorized_routes");
}

/// Sends calls that the gateway has to answer itself, in its own way.
async fn gateway_refuses(shop: &Shop, calls: Vec<(String, Call, u16, &str)>) {
    let world = World::of(shop);
    let mut objections = Vec::new();
    for (what, call, status, message) in calls {
        let answer = shop.send(call).await;
        let as_gateway = answer.status == status && answer.body == json!({"message": message});
        if !as_gateway || answer.header("content-type") != Some(JSON) {
            objections
                .push(format!("{what}: {status} {message} expected, not {} {}", answer.status, answer.body));
        }
    }
    assert!(objections.is_empty(), "{}", objections.join("\n"));
    shop.finish().await;
    world.assert_unchanged(shop, "all that");
}

#[tokio::test]
async fn the_gateway_refuses_tokens_that_are_not_ours_or_not_of_now() {
    let Stage { shop, own, .. } = shop().await;
    let good = json!({"iss": "https://twin.local/", "aud": "orders", "sub": "alice", "scope": "orders orders:admin",
        "email": "alice@example.com", "exp": START + 3600});
    let sign = |claims: &Value| shop.twin.tokens.sign(claims);
    // Twins in memory share one key, so the other one needs a place of its own.
    let folder = std::env::temp_dir().join(format!("other-issuer-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let other_issuer = local::tokens::Tokens::open(Some(&folder)).expect("a key");
    std::fs::remove_dir_all(&folder).expect("the folder is ours");
    assert_eq!(
        shop.send(Call::get("/api/v1/orders").token(&sign(&good))).await.status,
        200,
        "the good one is good"
    );
    let mut tokens = vec![
        ("expired", sign(&with(&good, "/exp", json!(START - 1)))),
        ("expired right now", sign(&with(&good, "/exp", json!(START)))),
        ("without an end", sign(&without(&good, "/exp"))),
        ("whose end is a text", sign(&with(&good, "/exp", json!("tomorrow")))),
        ("not valid yet", sign(&with(&good, "/nbf", json!(START + 60)))),
        ("of another issuer", sign(&with(&good, "/iss", json!("https://evil.example/")))),
        ("without an issuer", sign(&without(&good, "/iss"))),
        ("for another audience", sign(&with(&good, "/aud", json!("billing")))),
        ("for no audience", sign(&without(&good, "/aud"))),
        ("signed by another key", other_issuer.sign(&good)),
        // {"alg":"none"}, with claims that are good for decades.
        ("unsigned", "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL3R3aW4ubG9jYWwvIiwiYXVkIjoib3JkZXJzIiwic3ViIjoiYWxpY2UiLCJzY29wZSI6Im9yZGVycyBvcmRlcnM6YWRtaW4iLCJleHAiOjQxMDI0NDQ4MDB9.".to_owned()),
        ("that is none", "hello".to_owned()),
        ("that is empty", String::new()),
    ];
    let mut parts: Vec<String> = sign(&good).split('.').map(str::to_owned).collect();
    parts[1] = sign(&with(&good, "/sub", json!("bob"))).split('.').nth(1).expect("claims").to_owned();
    tokens.push(("with swapped claims", parts.join(".")));
    let mut calls = Vec::new();
    for (at, (call, _)) in authorized_routes(&own).into_iter().enumerate() {
        calls.push((format!("route {at} without a token"), call.clone(), 401, "Unauthorized"));
        let basic = call.clone().header("authorization", "Basic YWxpY2U6c2VjcmV0");
        calls.push((format!("route {at} with a password"), basic, 401, "Unauthorized"));
        for (what, token) in &tokens {
            calls.push((
                format!("route {at} with a token {what}"),
                call.clone().token(token),
                401,
                "Unauthorized",
            ));
        }
    }
    gateway_refuses(&shop, calls).await;
}

#[tokio::test]
async fn the_gateway_keeps_customers_from_admin_routes() {
    let Stage { shop, alice, own, .. } = shop().await;
    let scope = |scope: Value| {
        shop.twin.tokens.sign(&json!({"iss": "https://twin.local/", "aud": "orders", "sub": "alice", "scope": scope, "exp": START + 3600}))
    };
    let mut calls = Vec::new();
    for (call, _) in authorized_routes(&own).into_iter().filter(|(_, admin)| *admin) {
        for token in [
            alice.clone(),
            scope(json!("orders:administrator")),
            scope(json!("ORDERS:ADMIN")),
            scope(json!("")),
            scope(json!("orders:admin,x")),
        ] {
            calls.push(("a customer".to_owned(), call.clone().token(&token), 403, "Forbidden"));
        }
    }
    gateway_refuses(&shop, calls).await;
}

#[tokio::test]
async fn the_gateway_answers_what_has_no_route() {
    let Stage { shop, alice, admin, own, .. } = shop().await;
    let mut calls = Vec::new();
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/api/v1"),
        ("GET", "/api/v1/orders/"),
        ("GET", "/api/v1//orders"),
        ("GET", "/API/V1/ORDERS"),
        ("GET", "/api/v2/orders"),
        ("PATCH", "/api/v1/orders"),
        ("DELETE", "/api/v1/orders"),
        ("HEAD", "/api/v1/orders"),
        ("OPTIONS", "/api/v1/orders"),
        ("GET", "/api/v1/webhooks/stripe"),
        ("DELETE", "/api/v1/admin/products/mug"),
        ("POST", "/api/v1/products/mug"),
        ("GET", "/api/v1/orders/x/y/z"),
        ("GET", "/api/v1/orders/number/"),
        ("POST", "/api/v1/admin/products//stock"),
        ("GET", "/api/v1/orders%2fx"),
    ] {
        for token in [&alice, &admin] {
            calls.push((format!("{method} {path}"), Call::new(method, path).token(token), 404, "Not Found"));
        }
    }
    for path in [
        "/api/v1/orders/%ff",
        "/api/v1/orders/%ff/tracking",
        "/api/v1/orders/number/%c3%28",
        "/api/v1/products/%ff",
        "/api/v1/orders/%f",
        "/api/v1/orders/%zz",
        "/api/v1/%ff",
    ] {
        calls.push((path.to_owned(), Call::get(path).token(&alice), 400, "Bad Request"));
    }
    for call in [
        Call::post(&format!("/api/v1/orders/{own}%ff/cancel")).token(&alice),
        Call::put("/api/v1/admin/products/%ff").token(&admin),
        Call::post("/api/v1/admin/products/%ff/stock").token(&admin).key("k"),
        Call::new("DELETE", "/api/v1/orders/%ff").token(&alice),
    ] {
        calls.push((format!("{call:.60?}"), call, 400, "Bad Request"));
    }
    let huge = Call::post("/api/v1/orders").token(&alice).key("k").bytes(vec![b' '; 7 * 1024 * 1024]);
    calls.push(("7 MB".to_owned(), huge, 413, "Request Entity Too Large"));
    gateway_refuses(&shop, calls).await;
}

#[tokio::test]
async fn a_subject_that_cannot_name_a_customer_is_nobody() {
    let Stage { shop, own, .. } = shop().await;
    let token = |claims: Value| {
        let mut all = json!({"iss": "https://twin.local/", "aud": "orders", "scope": "orders orders:admin", "exp": START + 3600});
        all.as_object_mut().expect("an object").extend(claims.as_object().expect("an object").clone());
        shop.twin.tokens.sign(&all)
    };
    let mut cases = Vec::new();
    for claims in [
        json!({}),
        json!({"sub": ""}),
        json!({"sub": "alice#ORDER"}),
        json!({"sub": "a b"}),
        json!({"sub": "ä"}),
        json!({"sub": "x".repeat(256)}),
        json!({"sub": "a\r\nb"}),
    ] {
        for (at, (call, _)) in authorized_routes(&own).into_iter().enumerate() {
            cases.push(case(
                format!("route {at}, {claims:.40}"),
                call.token(&token(claims.clone())),
                401,
                "unauthorized",
            ));
        }
    }
    // A mail address in the token is checked as one in the body is.
    for email in ["alice", "a@example.com\r\nBcc: x@example.com", ""] {
        let token = token(json!({"sub": "carol", "email": email}));
        cases.push(
            case(format!("mail {email:?}"), order(&token, "k1", "mug", 1, "cod"), 422, "invalid_request")
                .at("/contact_email", "invalid"),
        );
    }
    let silent = token(json!({"sub": "carol"}));
    cases.push(
        case("no mail address", order(&silent, "k1", "mug", 1, "cod"), 422, "invalid_request")
            .at("/contact_email", "required"),
    );
    refused(&shop, cases).await;
}
