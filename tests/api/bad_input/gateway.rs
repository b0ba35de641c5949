//! What the gateway answers itself: no token, a wrong one, no such route; and tokens that name nobody.

use local::template::Trigger;
use serde_json::{Value, json};
use tests::{Call, START, order, order_body};

use super::{Stage, case, check, gateway_case, shop, with, without};

/// Every route with an authorizer, as a good request without its token.
fn authorized_routes(own: &str) -> Vec<(Call, bool)> {
    let product = json!({"name": "Mug", "price": "12.50", "currency": "EUR", "weight_grams": 300});
    let adjustment = json!({"warehouse_id": "north", "quantity": 5, "reason": "counted"});
    let address = json!({"street": "Home 1", "city": "Utrecht", "country": "NL"});
    let warehouse = json!({"name": "West", "place": {"country": "NL", "city": "Leiden"}, "areas": []});
    let line =
        json!({"product_id": "new", "name": "New", "price": "1.00", "currency": "EUR", "weight_grams": 1});
    let of_staff = format!("/api/v1/admin/orders/{own}");
    let sent_back = json!({"line_ids": [1], "reason": "damaged"});
    let packed = json!({"status": "packed"});
    let import = Call::post("/api/v1/admin/products/import").header("content-type", "application/x-ndjson");
    vec![
        (Call::post("/api/v1/orders").key("k9").json(&order_body("mug", 1, "pm_card_visa")), false),
        (Call::post("/api/v1/orders/checkout").key("k9").json(&order_body("mug", 1, "pm_card_visa")), false),
        (
            Call::post(&format!("/api/v1/orders/{own}/payments")).key("k9").json(&json!({"method": "cod"})),
            false,
        ),
        (Call::get("/api/v1/orders"), false),
        (Call::get(&format!("/api/v1/orders/{own}")), false),
        (Call::get("/api/v1/orders/number/00000-00000-0"), false),
        (Call::get(&format!("/api/v1/orders/{own}/tracking")), false),
        (Call::post(&format!("/api/v1/orders/{own}/cancel")), false),
        (Call::put(&format!("/api/v1/orders/{own}/cancel")), false),
        (Call::new("DELETE", &format!("/api/v1/orders/{own}")), false),
        (Call::post(&format!("/api/v1/orders/{own}/reorder")), false),
        (Call::get(&format!("/api/v1/orders/{own}/summary")), false),
        (Call::get(&format!("/api/v1/orders/{own}/impact")), false),
        (Call::get(&format!("/api/v1/orders/{own}/invoice")), false),
        (Call::get(&format!("/api/v1/orders/{own}/returns")), false),
        (Call::post(&format!("/api/v1/orders/{own}/returns")).key("k9").json(&sent_back), false),
        (Call::new("PATCH", &format!("/api/v1/orders/{own}/status")).json(&packed), true),
        (Call::put(&format!("/api/v1/orders/{own}/status")).json(&packed), true),
        (Call::post(&format!("{of_staff}/fulfill")).key("k9"), true),
        (Call::new("PATCH", &format!("{of_staff}/shipments/1")).json(&packed), true),
        (Call::post(&format!("{of_staff}/shipments/1/label")).key("k9"), true),
        (Call::get(&format!("{of_staff}/shipments/1/label")), true),
        (Call::get("/api/v1/admin/orders"), true),
        (Call::new("PATCH", &of_staff).json(&packed).header("if-match", "*"), true),
        (Call::get(&format!("{of_staff}/events")), true),
        (Call::get(&format!("{of_staff}/ledger")), true),
        (Call::post(&format!("{of_staff}/refunds")).key("k9"), true),
        (Call::post(&format!("{of_staff}/refunds/ref_1/retry")), true),
        (Call::post(&format!("{of_staff}/refunds/ref_1/settle")).json(&json!({"reference": "x"})), true),
        (Call::post(&format!("{of_staff}/returns/1/approve")), true),
        (Call::post(&format!("{of_staff}/returns/1/reject")).json(&json!({"reason": "x"})), true),
        (Call::post(&format!("{of_staff}/returns/1/receive")), true),
        (Call::get("/api/v1/cart"), false),
        (Call::new("DELETE", "/api/v1/cart"), false),
        (Call::put("/api/v1/cart/lines/mug").json(&json!({"quantity": 1})), false),
        (Call::new("DELETE", "/api/v1/cart/lines/mug"), false),
        (Call::get("/api/v1/addresses"), false),
        (Call::put("/api/v1/addresses/home").json(&address), false),
        (Call::new("DELETE", "/api/v1/addresses/home"), false),
        (Call::put("/api/v1/admin/products/mug").json(&product), true),
        (import.bytes(line.to_string()), true),
        (Call::get("/api/v1/admin/products/mug/stock"), true),
        (
            Call::post("/api/v1/admin/products/mug/stock/split")
                .json(&json!({"warehouse_id": "north", "buckets": 2})),
            true,
        ),
        (Call::get("/api/v1/admin/settings"), true),
        (Call::put("/api/v1/admin/settings").json(&json!({"country": "NL"})), true),
        (Call::get("/api/v1/admin/warehouses"), true),
        (Call::put("/api/v1/admin/warehouses/west").json(&warehouse), true),
        (Call::get("/api/v1/admin/coupons/SPRING"), true),
        (Call::put("/api/v1/admin/coupons/SPRING").json(&json!({"percent": "5"})), true),
        (Call::new("DELETE", "/api/v1/admin/mail-blocks/alice%40example.com"), true),
        (Call::post("/api/v1/admin/products/mug/stock").key("a9").json(&adjustment), true),
    ]
}

#[test]
fn the_table_of_routes_has_every_route_with_an_authorizer() {
    let template = local::twin::template().expect("the template is understood");
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
    let mut cases = Vec::new();
    for (at, (call, _)) in authorized_routes(&own).into_iter().enumerate() {
        cases.push(gateway_case(format!("route {at} without a token"), call.clone(), 401, "Unauthorized"));
        let basic = call.clone().header("authorization", "Basic YWxpY2U6c2VjcmV0");
        cases.push(gateway_case(format!("route {at} with a password"), basic, 401, "Unauthorized"));
        for (what, token) in &tokens {
            let call = call.clone().token(token);
            cases.push(gateway_case(format!("route {at} with a token {what}"), call, 401, "Unauthorized"));
        }
    }
    check(&shop, cases).await;
}

#[tokio::test]
async fn the_gateway_keeps_customers_from_admin_routes() {
    let Stage { shop, alice, own, .. } = shop().await;
    let scope = |scope: Value| {
        shop.twin.tokens.sign(&json!({"iss": "https://twin.local/", "aud": "orders", "sub": "alice", "scope": scope, "exp": START + 3600}))
    };
    let mut cases = Vec::new();
    for (call, _) in authorized_routes(&own).into_iter().filter(|(_, admin)| *admin) {
        for token in [
            alice.clone(),
            scope(json!("orders:administrator")),
            scope(json!("ORDERS:ADMIN")),
            scope(json!("")),
            scope(json!("orders:admin,x")),
        ] {
            cases.push(gateway_case("a customer", call.clone().token(&token), 403, "Forbidden"));
        }
    }
    check(&shop, cases).await;
}

#[tokio::test]
async fn the_gateway_answers_what_has_no_route() {
    let Stage { shop, alice, admin, own, .. } = shop().await;
    let mut cases = Vec::new();
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
            cases.push(gateway_case(
                format!("{method} {path}"),
                Call::new(method, path).token(token),
                404,
                "Not Found",
            ));
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
        cases.push(gateway_case(path, Call::get(path).token(&alice), 400, "Bad Request"));
    }
    for call in [
        Call::post(&format!("/api/v1/orders/{own}%ff/cancel")).token(&alice),
        Call::put("/api/v1/admin/products/%ff").token(&admin),
        Call::post("/api/v1/admin/products/%ff/stock").token(&admin).key("k"),
        Call::new("DELETE", "/api/v1/orders/%ff").token(&alice),
    ] {
        cases.push(gateway_case(format!("{call:.60?}"), call, 400, "Bad Request"));
    }
    let huge = Call::post("/api/v1/orders").token(&alice).key("k").bytes(vec![b' '; 7 * 1024 * 1024]);
    cases.push(gateway_case("7 MB", huge, 413, "Request Entity Too Large"));
    check(&shop, cases).await;
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
    check(&shop, cases).await;
}
