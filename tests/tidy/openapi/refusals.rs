//! What is refused, is refused as documented.

use functions::Function;
use serde_json::{Value, json};
use shared::limits;
use std::collections::BTreeSet;
use tests::Call;

use super::{Documented, Operation, SIGNED, operations};

fn call(id: &str, instead: &[(&str, &str)]) -> Call {
    Operation::named(id).call(instead)
}

/// An order of so many mugs, paid with this card or by `cod`, with another field.
fn order(card: &str, quantity: u32, field: &str, value: Value) -> Value {
    let mut body = tests::order_body("mug-enamel", quantity, card);
    body["contact_email"] = "alice@example.com".into();
    if !field.is_empty() {
        body[field] = value;
    }
    body
}

/// Sends each request and looks at the status and the code of its answer; the gateway's own have none.
async fn refused(shop: &Documented, calls: impl IntoIterator<Item = (&str, u16, &str, Call)>) {
    for (id, status, code, call) in calls {
        assert_eq!(shop.sent(id, status, call).await.code(), code, "{id}");
    }
}

#[tokio::test]
async fn orders_are_refused_as_documented() {
    let shop = Documented::set_up().await;
    let alice = shop.alice.as_str();
    let mut coupon = json!({"percent": "10", "max_uses": 1});
    for (code, limit) in [("UP", "max_uses"), ("BEFORE", "max_uses_per_customer")] {
        coupon = json!({"percent": coupon["percent"], limit: 1});
        let put = call("put-coupon", &[("coupon_code", code), ("If-Match", "")]).token(&shop.staff);
        shop.sent("put-coupon", 201, put.json(&coupon)).await;
        let use_it = call("place-order", &[("Idempotency-Key", code)]).token(alice);
        shop.sent("place-order", 201, use_it.json(&order("cod", 1, "coupon_code", json!(code)))).await;
    }
    let mut of_cart = order("cod", 1, "cart_id", json!("cart_none"));
    of_cart.as_object_mut().map(|body| body.remove("lines"));
    let long = "x".repeat(limits::BODY_BYTES + 1);
    for (id, token) in [("place-order", alice), ("place-order-checkout", alice), ("place-guest-order", "")] {
        let post = |instead: &[(&str, &str)]| match token {
            "" => call(id, instead),
            token => call(id, instead).token(token),
        };
        let with = |field: &str, value: Value| post(&[]).json(&order("cod", 1, field, value));
        // A key for each, because guests and customers have their own, and one of these leads to an order.
        let declined = format!("{id}-is-declined");
        let declined = |quantity: u32| {
            let body = order("pm_card_chargeDeclined", quantity, "", Value::Null);
            post(&[("Idempotency-Key", &declined)]).json(&body)
        };
        let calls = [
            (400, "malformed_body", post(&[]).json(&json!({"lines": 1}))),
            (400, "malformed_json", post(&[]).header("content-type", "application/json").bytes("{")),
            (
                400,
                "idempotency_key_required",
                post(&[("Idempotency-Key", "")]).json(&order("cod", 1, "", json!(0))),
            ),
            (
                400,
                "idempotency_key_invalid",
                post(&[("Idempotency-Key", "a b")]).json(&order("cod", 1, "", json!(0))),
            ),
            (402, "payment_declined", declined(1)),
            (409, "out_of_stock", post(&[]).json(&order("cod", 999, "", json!(0)))),
            (409, "total_changed", with("expected_total", json!("1.00"))),
            (413, "body_too_large", post(&[]).header("content-type", "application/json").bytes(long.clone())),
            (415, "unsupported_media_type", post(&[]).bytes("{}")),
            (422, "invalid_request", with("lines", json!([]))),
            (422, "invalid_request", with("shipping_method", json!("none"))),
            (422, "invalid_request", post(&[("dry_run", "yes")]).json(&order("cod", 1, "", json!(0)))),
            (422, "idempotency_key_reused", declined(2)),
        ];
        refused(&shop, calls.into_iter().map(|(status, code, call)| (id, status, code, call))).await;
        if token.is_empty() {
            let short = post(&[("Idempotency-Key", "short")]).json(&order("cod", 1, "", json!(0)));
            refused(&shop, [(id, 400, "idempotency_key_invalid", short)]).await;
            continue;
        }
        let calls = [
            (id, 401, "", call(id, &[]).json(&order("cod", 1, "", json!(0)))),
            (id, 409, "cart_not_open", post(&[]).json(&of_cart)),
            (id, 409, "coupon_used_up", with("coupon_code", json!("up"))),
            (id, 409, "coupon_used_before", with("coupon_code", json!("before"))),
        ];
        refused(&shop, calls).await;
    }
}

#[tokio::test]
async fn a_store_refuses_guests_and_too_many_orders_as_documented() {
    let shop = Documented::set_up().await;
    let settings = call("put-settings", &[]).token(&shop.staff);
    let settings = settings.json(&json!({"currency": "EUR", "limits": {"orders_per_hour": 1}}));
    shop.sent("put-settings", 200, settings).await;
    let guest = call("place-guest-order", &[]).json(&order("cod", 1, "", json!(0)));
    refused(&shop, [("place-guest-order", 403, "guests_not_allowed", guest)]).await;
    let place = |key: &str| {
        let call = call("place-order", &[("Idempotency-Key", key)]).token(&shop.alice);
        call.json(&order("cod", 1, "", json!(0)))
    };
    shop.sent("place-order", 201, place("first")).await;
    let second = shop.sent("place-order", 429, place("second")).await;
    assert_eq!((second.code(), second.header("retry-after")), ("too_many_orders", Some("3601")));
}

#[tokio::test]
async fn payments_are_refused_as_documented() {
    let shop = Documented::set_up().await;
    let alice = shop.alice.as_str();
    let paid = call("place-order", &[]).token(alice).json(&order("cod", 1, "", json!(0)));
    let paid = shop.sent("place-order", 201, paid).await.order_id();
    let later = call("place-order", &[("Idempotency-Key", "later")]).token(alice);
    let mut body = order("cod", 1, "create_payment", json!(false));
    let later = shop.sent("place-order", 201, later.json(&body)).await.order_id();
    let of_guest = call("place-guest-order", &[]);
    body["contact_email"] = "carol@example.com".into();
    let of_guest = shop.sent("place-guest-order", 201, of_guest.json(&body)).await;
    let of_guest = of_guest.body["order_token"].as_str().expect("a guest has a token").to_owned();

    let cod = json!({"method": "cod"});
    let elsewhere = json!({"method": "redirect", "redirect_url": "https://elsewhere.example"});
    let declined = json!({"method": "card", "payment_method_id": "pm_card_chargeDeclined"});
    for (id, parameter, open, token) in [
        ("pay-order", "order_id", later.as_str(), alice),
        ("pay-order-guest", "order_token", of_guest.as_str(), ""),
    ] {
        let pay = |instead: &[(&str, &str)], body: &Value| {
            let instead: Vec<_> = instead.iter().copied().chain([(parameter, open)]).collect();
            let call = call(id, &instead).json(body);
            if token.is_empty() { call } else { call.token(token) }
        };
        let calls = [
            (id, 404, "not_found", pay(&[(parameter, "none")], &cod)),
            (id, 400, "idempotency_key_required", pay(&[("Idempotency-Key", "")], &cod)),
            (id, 400, "malformed_body", pay(&[], &json!({"method": "barter"}))),
            (id, 415, "unsupported_media_type", pay(&[], &cod).header("content-type", "text/plain")),
            (id, 422, "invalid_request", pay(&[], &elsewhere)),
            (id, 402, "payment_declined", pay(&[("Idempotency-Key", "no")], &declined)),
            (id, 422, "idempotency_key_reused", pay(&[("Idempotency-Key", "no")], &cod)),
        ];
        refused(&shop, calls).await;
    }
    let again = call("pay-order", &[("order_id", &paid)]).token(alice).json(&cod);
    refused(&shop, [("pay-order", 409, "order_not_payable", again)]).await;
}

#[tokio::test]
async fn readers_and_carts_are_refused_as_documented() {
    let shop = Documented::set_up().await;
    let alice = shop.alice.as_str();
    let get = |id: &str, instead: &[(&str, &str)]| call(id, instead).token(alice);
    let line = |product: &str, quantity: i64| {
        get("put-cart-line", &[("product_id", product)]).json(&json!({"quantity": quantity}))
    };
    let address = json!({"street": "Keizersgracht 123", "city": "Amsterdam", "country": "nl"});
    let calls = [
        ("get-order", 404, "not_found", get("get-order", &[])),
        ("find-order-by-number", 404, "not_found", get("find-order-by-number", &[])),
        ("track-order", 404, "not_found", get("track-order", &[])),
        ("summarize-order", 404, "not_found", get("summarize-order", &[])),
        ("summarize-order", 422, "invalid_request", get("summarize-order", &[("lang", "a_b")])),
        ("summarize-order-guest", 404, "not_found", call("summarize-order-guest", &[])),
        ("show-impact", 404, "not_found", get("show-impact", &[])),
        ("show-impact", 422, "invalid_request", get("show-impact", &[("format", "png")])),
        ("track-order-guest", 404, "not_found", call("track-order-guest", &[])),
        ("show-impact-guest", 404, "not_found", call("show-impact-guest", &[])),
        ("get-invoice", 404, "not_found", get("get-invoice", &[])),
        ("get-invoice", 422, "invalid_request", get("get-invoice", &[("format", "svg")])),
        ("get-invoice", 422, "invalid_request", get("get-invoice", &[("number", "INV-1")])),
        ("get-invoice-guest", 404, "not_found", call("get-invoice-guest", &[])),
        ("download-invoice", 404, "not_found", call("download-invoice", &[])),
        ("cancel-order", 404, "not_found", get("cancel-order", &[])),
        ("reorder", 401, "", call("reorder", &[])),
        ("reorder", 404, "not_found", get("reorder", &[])),
        ("reorder", 422, "invalid_request", get("reorder", &[("country", "nl")])),
        ("get-order-guest", 404, "not_found", call("get-order-guest", &[])),
        ("get-product", 404, "not_found", get("get-product", &[("product_id", "none")])),
        ("get-product", 422, "invalid_request", get("get-product", &[("lang", "a_b")])),
        ("list-orders", 400, "invalid_cursor", get("list-orders", &[("cursor", "x")])),
        ("list-orders", 422, "invalid_request", get("list-orders", &[("page", "0")])),
        ("list-products", 400, "invalid_cursor", get("list-products", &[("cursor", "x")])),
        ("list-products", 422, "invalid_request", get("list-products", &[("limit", "101")])),
        (SIGNED[0], 400, "invalid_signature", get(SIGNED[0], &[])),
        (SIGNED[1], 400, "invalid_signature", get(SIGNED[1], &[])),
        ("get-cart", 401, "", call("get-cart", &[])),
        ("get-cart", 422, "invalid_request", get("get-cart", &[("country", "nl")])),
        ("clear-cart", 401, "", call("clear-cart", &[])),
        ("put-cart-line", 404, "not_found", line("none", 1)),
        ("put-cart-line", 422, "invalid_request", line("mug-enamel", 0)),
        ("put-cart-line", 400, "malformed_body", line("mug-enamel", -1)),
        ("delete-cart-line", 404, "not_found", get("delete-cart-line", &[("product_id", "a:b:c")])),
        ("delete-cart-line", 422, "invalid_request", get("delete-cart-line", &[("lang", "_")])),
        ("list-addresses", 401, "", call("list-addresses", &[])),
        ("put-address", 404, "not_found", get("put-address", &[("address_id", "a.b")]).json(&address)),
        ("put-address", 422, "invalid_request", get("put-address", &[]).json(&address)),
        ("put-address", 400, "malformed_body", get("put-address", &[]).json(&json!({}))),
        ("delete-address", 404, "not_found", get("delete-address", &[])),
        ("delete-mail-block", 401, "", call("delete-mail-block", &[])),
        ("delete-mail-block", 403, "", get("delete-mail-block", &[])),
    ];
    refused(&shop, calls).await;
}

/// Whether the URLs of an operation are written, or added to, by others: providers, and those who open a link in a mail.
fn is_open(operation: &Operation) -> bool {
    SIGNED.contains(&operation.id.as_str()) || operation.id == "download-invoice"
}

#[tokio::test]
async fn a_parameter_that_a_route_has_not_is_refused_and_nothing_changes() {
    let shop = Documented::set_up().await;
    let items = || shop.shop.twin.cloud.dynamodb.items(&shop.shop.twin.table).expect("items");
    let before = items();
    for mut operation in operations().into_iter().filter(|operation| !is_open(operation)) {
        operation.parameters.push(json!({"name": "customer_ids", "in": "query", "example": "1"}));
        let call = operation.call(&[]).token(&shop.staff);
        let answer = shop.sent(&operation.id, 422, call).await;
        let error = &answer.body["errors"][0];
        assert_eq!(error["pointer"], "?customer_ids", "{}: {answer:?}", operation.id);
        assert_eq!(error["code"], "unknown_parameter", "{}: {answer:?}", operation.id);
    }
    assert_eq!(items(), before);
}

#[test]
fn functions_know_the_parameters_that_are_documented() {
    for (name, function) in functions::REGISTRY {
        let known: &[&str] = match function {
            Function::Http(_) => &[],
            Function::HttpQuery(known, _) => known,
            Function::HttpOpen(_) | Function::Sqs(_) | Function::Sns(_) | Function::Stream(_) => continue,
        };
        let parameters = operations().into_iter().filter(|operation| operation.function == *name);
        let parameters = parameters.flat_map(|operation| operation.parameters);
        let documented = parameters.filter(|parameter| parameter["in"] == "query");
        let documented: BTreeSet<String> =
            documented.map(|parameter| parameter["name"].as_str().unwrap_or_default().to_owned()).collect();
        assert_eq!(
            known.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>(),
            documented,
            "{name}"
        );
    }
}

#[tokio::test]
async fn what_is_full_takes_no_more_as_documented() {
    let shop = Documented::set_up().await;
    let (staff, alice) = (shop.staff.as_str(), shop.alice.as_str());
    let product = |at: usize| json!({"product_id": format!("p{at}"), "name": "P", "price": "1", "currency": "EUR", "weight_grams": 1});
    let lines: Vec<String> = (0..=limits::CART_LINES).map(|at| product(at).to_string()).collect();
    let import = call("import-products", &[]).token(staff).header("content-type", "application/jsonl");
    shop.sent("import-products", 200, import.bytes(lines.join("\n"))).await;
    let line = |at: usize| {
        let call = call("put-cart-line", &[("product_id", &format!("p{at}"))]).token(alice);
        call.json(&json!({"quantity": 1}))
    };
    let address = |at: usize| {
        let call = call("put-address", &[("address_id", &format!("a{at}"))]).token(alice);
        call.json(&json!({"street": "Keizersgracht 123", "city": "Amsterdam", "country": "NL"}))
    };
    // One is there already.
    let warehouse = |at: usize| {
        let instead = [("warehouse_id", format!("w{at}"))];
        let call = call("put-warehouse", &instead.each_ref().map(|(name, id)| (*name, id.as_str())));
        call.token(staff)
            .json(&json!({"name": "W", "place": {"country": "NL", "city": "Utrecht"}, "areas": []}))
    };
    for at in 0..limits::CART_LINES {
        shop.sent("put-cart-line", 200, line(at)).await;
    }
    for at in 0..limits::ADDRESSES {
        shop.sent("put-address", 201, address(at)).await;
    }
    for at in 1..limits::WAREHOUSES {
        shop.sent("put-warehouse", 201, warehouse(at)).await;
    }
    let calls = [
        ("put-cart-line", 409, "cart_full", line(limits::CART_LINES)),
        ("put-address", 409, "address_book_full", address(limits::ADDRESSES)),
        ("put-warehouse", 409, "too_many_warehouses", warehouse(limits::WAREHOUSES)),
    ];
    refused(&shop, calls).await;
}

#[tokio::test]
async fn staff_is_refused_as_documented() {
    let shop = Documented::set_up().await;
    let staff = |id: &str, instead: &[(&str, &str)]| call(id, instead).token(&shop.staff);
    let other = ("If-Match", "\"7\"");
    let product = json!({"name": "Mug", "price": "1.00", "currency": "EUR", "weight_grams": 1});
    let adjust = |instead: &[(&str, &str)], warehouse: &str, quantity: i64| {
        let body = json!({"warehouse_id": warehouse, "quantity": quantity, "reason": "count"});
        staff("adjust-stock", instead).json(&body)
    };
    let split = |warehouse: &str, buckets: u32| {
        staff("split-stock", &[]).json(&json!({"warehouse_id": warehouse, "buckets": buckets}))
    };
    let warehouse = json!({"name": "North", "place": {"country": "NL", "city": "Assen"}, "areas": []});
    let nameless = json!({"name": "", "place": {"country": "NL", "city": "Assen"}, "areas": []});
    let import = |kind: &str, body: &'static [u8]| {
        staff("import-products", &[]).header("content-type", kind).bytes(body)
    };
    let lines = "application/x-ndjson";
    let calls = [
        ("put-product", 412, "version_mismatch", staff("put-product", &[other]).json(&product)),
        ("adjust-stock", 404, "not_found", adjust(&[("product_id", "none")], "north", 1)),
        ("adjust-stock", 409, "stock_out_of_range", adjust(&[("Idempotency-Key", "1")], "north", -1_000)),
        ("adjust-stock", 422, "invalid_request", adjust(&[], "north", 0)),
        ("adjust-stock", 422, "invalid_request", adjust(&[("Idempotency-Key", "2")], "nowhere", 1)),
        ("adjust-stock", 422, "idempotency_key_reused", adjust(&[], "north", 7)),
        ("split-stock", 404, "not_found", split("nowhere", 2)),
        ("split-stock", 422, "invalid_request", split("north", 33)),
        ("show-stock", 404, "not_found", staff("show-stock", &[("product_id", "none")])),
        ("import-products", 400, "malformed_json", import(lines, b"\xff")),
        ("import-products", 415, "unsupported_media_type", import("application/json", b"{}")),
        ("import-products", 422, "invalid_request", import(lines, b"\n \n")),
        ("get-settings", 404, "not_found", staff("get-settings", &[("version", "99")])),
        ("get-settings", 422, "invalid_request", staff("get-settings", &[("version", "-1")])),
        ("put-settings", 400, "malformed_body", staff("put-settings", &[]).json(&json!({"colour": "red"}))),
        ("put-settings", 412, "version_mismatch", staff("put-settings", &[]).json(&json!({"version": 99}))),
        (
            "put-settings",
            422,
            "invalid_request",
            staff("put-settings", &[]).json(&json!({"payment": {"methods": []}})),
        ),
        ("put-settings", 412, "version_mismatch", staff("put-settings", &[other]).json(&json!({}))),
        (
            "put-warehouse",
            404,
            "not_found",
            staff("put-warehouse", &[("warehouse_id", "a.b")]).json(&warehouse),
        ),
        ("put-warehouse", 412, "version_mismatch", staff("put-warehouse", &[other]).json(&warehouse)),
        ("put-warehouse", 422, "invalid_request", staff("put-warehouse", &[]).json(&nameless)),
        ("get-coupon", 404, "not_found", staff("get-coupon", &[("coupon_code", "NONE")])),
        ("put-coupon", 404, "not_found", staff("put-coupon", &[("coupon_code", "a.b")]).json(&json!({}))),
        ("put-coupon", 412, "version_mismatch", staff("put-coupon", &[other]).json(&json!({"percent": "5"}))),
        (
            "put-coupon",
            422,
            "invalid_request",
            staff("put-coupon", &[("If-Match", "")]).json(&json!({"percent": "0"})),
        ),
    ];
    refused(&shop, calls).await;
}

#[tokio::test]
async fn what_only_staff_may_do_is_refused_to_others_as_documented() {
    let shop = Documented::open();
    let of_staff = |operation: &Operation| operation.value["security"][0]["token"][0] == "orders:admin";
    for operation in super::operations().into_iter().filter(of_staff) {
        let id = operation.id.as_str();
        refused(&shop, [(id, 403, "", call(id, &[]).token(&shop.alice)), (id, 401, "", call(id, &[]))]).await;
    }
}
