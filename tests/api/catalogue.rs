//! The catalogue: everything a product can have, languages, variations, imports, and the demo shop (A1).

use local::demo;
use serde_json::{Value, json};
use tests::{Answer, Call, Shop};

use crate::support::{World, assert_has, assert_invalid, assert_problem};

const TEE: &str = "/api/v1/admin/products/tee";
const IMPORT: &str = "/api/v1/admin/products/import";

fn tee() -> Value {
    json!({"name": "Tee", "description": "Of cotton.", "price": "20.00", "offer_price": "18.00", "currency": "EUR",
    "tax_class": "clothes", "weight_grams": 150, "size_mm": {"length": 300, "width": 200, "height": 10},
    "image_url": "https://shop.example/tee.png", "country_of_origin": "PT", "production_carbon_grams": 2_100,
    "translations": {"de": {"name": "Hemd", "description": "Aus Baumwolle."}, "pt-BR": {"name": "Camiseta"}},
    "variations": [
        {"variation_id": "s", "attributes": [{"attribute": "Size", "value": "S", "code": "01"}]},
        {"variation_id": "m", "attributes": [{"attribute": "Size", "value": "M"}], "price": "22.00", "weight_grams": 170,
            "image_url": "https://shop.example/tee-m.png"},
    ]})
}

/// A shop with a warehouse and the tee, of which there is nothing yet.
async fn shop() -> (Shop, String) {
    let shop = Shop::open();
    shop.warehouse("north").await;
    let admin = shop.admin();
    let put = shop.send(Call::put(TEE).token(&admin).json(&tee())).await;
    assert_eq!(put.status, 201, "{put:?}");
    (shop, admin)
}

fn adjust(admin: &str, key: &str, variation: &str, warehouse: &str, quantity: i64) -> Call {
    let mut body = json!({"warehouse_id": warehouse, "quantity": quantity, "reason": "counted"});
    if !variation.is_empty() {
        body["variation_id"] = variation.into();
    }
    Call::post(&format!("{TEE}/stock")).token(admin).key(key).json(&body)
}

#[tokio::test]
async fn a_product_is_shown_with_all_that_it_has() {
    let (shop, admin) = shop().await;
    assert_eq!(shop.send(adjust(&admin, "k1", "s", "north", 5)).await.status, 200);
    assert_eq!(shop.send(adjust(&admin, "k2", "m", "north", 2)).await.status, 200);
    let shown = shop.send(Call::get("/api/v1/products/tee")).await;
    assert_eq!((shown.status, shown.header("cache-control")), (200, Some("no-cache")));
    let mut expected = json!({
        "product_id": "tee", "name": "Tee", "description": "Of cotton.", "price": "18.00", "list_price": "20.00",
        "offer_price": "18.00", "currency": "EUR", "tax_class": "clothes", "weight_grams": 150, "volume_cm3": 600,
        "size_mm": {"length": 300, "width": 200, "height": 10}, "image_url": "https://shop.example/tee.png",
        "country_of_origin": "PT", "production_carbon_grams": 2_100, "translations": tee()["translations"],
        "variations": [
            {"variation_id": "s", "attributes": [{"attribute": "Size", "value": "S", "code": "01"}], "price": "18.00",
                "list_price": "20.00", "weight_grams": 150, "available": 5},
            // Its own price has no offer.
            {"variation_id": "m", "attributes": [{"attribute": "Size", "value": "M"}], "price": "22.00", "list_price": "22.00",
                "weight_grams": 170, "image_url": "https://shop.example/tee-m.png", "available": 2},
        ],
        "state": "active", "available": 7, "version": 1, "updated_at": "2026-03-01T10:00:00Z",
    });
    assert_eq!(shown.body, expected);
    // A page of the catalogue has neither stock nor other languages.
    let row = expected.as_object_mut().expect("an object");
    row.remove("available");
    row.remove("translations");
    for variation in row["variations"].as_array_mut().expect("a list") {
        variation.as_object_mut().expect("an object").remove("available");
    }
    let page = shop.send(Call::get("/api/v1/products")).await;
    assert_eq!(
        (page.header("cache-control"), &page.body),
        (Some("public, max-age=10"), &json!({"products": [expected], "next_cursor": null}))
    );
}

#[tokio::test]
async fn products_are_shown_in_the_language_that_is_asked_for_or_one_close_to_it() {
    let (shop, _) = shop().await;
    for (asked, name, description) in [
        ("de-AT", "Hemd", "Aus Baumwolle."),
        ("DE", "Hemd", "Aus Baumwolle."),
        ("pt-BR", "Camiseta", "Of cotton."),
        ("pt", "Tee", "Of cotton."),
        ("en", "Tee", "Of cotton."),
    ] {
        let one = shop.send(Call::get(&format!("/api/v1/products/tee?lang={asked}"))).await;
        assert_has(&one.body, &json!({"name": name, "description": description, "available": 0}));
        let list = shop.send(Call::get(&format!("/api/v1/products?lang={asked}"))).await;
        assert_has(&list.body["products"][0], &json!({"name": name, "description": description}));
    }
    for path in ["/api/v1/products/tee?lang=d%20e", "/api/v1/products?lang="] {
        assert_invalid(&shop.send(Call::get(path)).await, "?lang", "invalid");
    }
}

#[tokio::test]
async fn a_product_that_breaks_a_rule_is_refused_with_every_mistake() {
    let (shop, admin) = shop().await;
    let world = World::of(&shop);
    let mut body = tee();
    body["offer_price"] = json!("20.01");
    body["size_mm"]["height"] = json!(0);
    body["translations"]["DE"] = json!({"name": ""});
    body["variations"][1]["variation_id"] = json!("s");
    body["variations"][1]["attributes"] = json!([]);
    let refused = shop.send(Call::put(TEE).token(&admin).json(&body)).await;
    assert_problem(&refused, 422, "invalid_request");
    let mut named: Vec<_> = refused.body["errors"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|error| {
            format!(
                "{} {}",
                error["pointer"].as_str().unwrap_or_default(),
                error["code"].as_str().unwrap_or_default()
            )
        })
        .collect();
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "/offer_price out_of_range",
            "/size_mm out_of_range",
            "/size_mm/height out_of_range",
            "/translations/DE/name out_of_range",
            "/translations/de duplicate",
            "/variations/1/attributes out_of_range",
            "/variations/1/variation_id duplicate"
        ]
    );
    world.assert_unchanged(&shop, "a product that cannot be");
}

#[tokio::test]
async fn an_adjustment_names_what_it_does_not_know_and_books_once_per_key() {
    let (shop, admin) = shop().await;
    let world = World::of(&shop);
    let sent = |key: &'static str, variation: &'static str, warehouse: &'static str, quantity: i64| {
        shop.send(adjust(&admin, key, variation, warehouse, quantity))
    };
    assert_invalid(&sent("k1", "", "north", 5).await, "/variation_id", "variation_required");
    assert_invalid(&sent("k1", "xl", "north", 5).await, "/variation_id", "unknown_variation");
    assert_invalid(&sent("k1", "s", "west", 5).await, "/warehouse_id", "unknown_warehouse");
    assert_invalid(&sent("k1", "s", "north", 0).await, "/quantity", "out_of_range");
    assert_problem(&sent("k1", "s", "north", -1).await, 409, "stock_out_of_range");
    world.assert_unchanged(&shop, "adjustments that cannot be");
    let booked = sent("k1", "s", "north", 5).await;
    assert_eq!(
        (booked.status, &booked.body),
        (
            200,
            &json!({"product_id": "tee", "variation_id": "s", "warehouse_id": "north", "on_hand": 5, "held": 0, "buckets": 1})
        )
    );
    let world = World::of(&shop);
    assert_eq!(sent("k1", "s", "north", 5).await.body, booked.body);
    for (variation, quantity) in [("s", 6), ("m", 5), ("xl", 5)] {
        assert_problem(&sent("k1", variation, "north", quantity).await, 422, "idempotency_key_reused");
    }
    world.assert_unchanged(&shop, "a key that was used");
    let gone = sent("k2", "s", "north", -5).await;
    assert_eq!((gone.status, &gone.body["on_hand"]), (200, &json!(0)));
    assert_eq!(
        sent("k2", "s", "north", -5).await.body,
        gone.body,
        "a replay is no second sale of what is gone"
    );
}

#[tokio::test]
async fn what_is_left_of_a_variation_that_is_gone_can_be_taken_away_but_nothing_is_added_or_sold() {
    let (shop, admin) = shop().await;
    assert_eq!(shop.send(adjust(&admin, "k1", "s", "north", 5)).await.status, 200);
    let mut body = tee();
    body["variations"].as_array_mut().expect("a list").remove(0);
    assert_eq!(shop.send(Call::put(TEE).token(&admin).json(&body)).await.status, 200);
    assert_eq!(shop.send(Call::get("/api/v1/products/tee")).await.body["available"], 0);
    let mut order = crate::support::basket(&[("tee", 1)], &json!({}));
    order["lines"][0]["variation_id"] = json!("s");
    let refused = shop.send(crate::support::place(&shop.customer("alice"), "k1", &order)).await;
    assert_invalid(&refused, "/lines/0/variation_id", "unknown_variation");
    assert_invalid(
        &shop.send(adjust(&admin, "k2", "s", "north", 1)).await,
        "/variation_id",
        "unknown_variation",
    );
    let shown = shop.send(Call::get(&format!("{TEE}/stock")).token(&admin)).await;
    assert_has(&shown.body, &json!({"stock": [{"variation_id": "s", "on_hand": 5}]}));
    assert_eq!(shop.send(adjust(&admin, "k3", "s", "north", -5)).await.status, 200);
}

fn line(id: &str, price: &str) -> String {
    json!({"product_id": id, "name": id, "price": price, "currency": "EUR", "weight_grams": 100}).to_string()
}

fn import(admin: &str, body: String) -> Call {
    Call::post(IMPORT).token(admin).header("content-type", "application/x-ndjson; charset=utf-8").bytes(body)
}

/// What became of each line: its number, the result, and the first mistake.
fn results(report: &Answer) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let lines = report.body["lines"].as_array().expect("a list").iter();
    lines
        .map(|line| {
            let error = &line["errors"][0];
            let told = format!(
                "{} {} {} {}",
                line["line"],
                text(&line["result"]),
                text(&error["code"]),
                text(&error["pointer"])
            );
            told.trim().to_owned()
        })
        .collect()
}

#[tokio::test]
async fn an_import_does_every_line_that_is_right_and_can_be_repeated_for_nothing() {
    let (shop, admin) = shop().await;
    let body = [
        line("a", "1.00"),
        String::new(),
        line("b", "0"),
        "{".to_owned(),
        line("c", "3.00").replace("\"c\"", "7"),
        line("a", "2.00"),
        tee().to_string().replacen('{', "{\"product_id\": \"tee\", ", 1),
        line("d", "4.00").replace("\"weight_grams\"", "\"weight\""),
    ]
    .join("\r\n");
    let first = shop.send(import(&admin, body.clone())).await;
    assert_eq!(first.status, 200, "{first:?}");
    assert_eq!(
        results(&first),
        [
            "1 created",
            "3 rejected out_of_range /price",
            "4 rejected malformed_json",
            "5 rejected malformed /name",
            "6 rejected duplicate /product_id",
            "7 unchanged",
            "8 rejected malformed"
        ]
    );
    assert_has(
        &first.body,
        &json!({"created": 1, "replaced": 0, "unchanged": 1, "rejected": 5, "unfinished": 0}),
    );
    let world = World::of(&shop);
    let again = shop.send(import(&admin, body)).await;
    assert_has(&again.body, &json!({"created": 0, "replaced": 0, "unchanged": 2, "rejected": 5}));
    world.assert_unchanged(&shop, "an import that was done before");
    let changed = shop.send(import(&admin, line("a", "1.50"))).await;
    assert_eq!((results(&changed), &changed.body["replaced"]), (vec!["1 replaced".to_owned()], &json!(1)));
    let read = shop.send(Call::get("/api/v1/products/a")).await;
    assert_has(&read.body, &json!({"price": "1.50", "version": 2}));
}

#[tokio::test]
async fn an_import_that_is_no_import_is_refused_as_a_whole() {
    let (shop, admin) = shop().await;
    let world = World::of(&shop);
    let lines =
        |count: usize| (0..count).map(|at| line(&format!("p{at}"), "1")).collect::<Vec<_>>().join("\n");
    for body in [String::new(), "\n\n".into(), lines(201)] {
        assert_invalid(&shop.send(import(&admin, body)).await, "", "out_of_range");
    }
    assert_problem(&shop.send(import(&admin, "x".repeat(262_145))).await, 413, "body_too_large");
    let json = Call::post(IMPORT).token(&admin).json(&json!([]));
    assert_problem(&shop.send(json).await, 415, "unsupported_media_type");
    let bytes =
        Call::post(IMPORT).token(&admin).header("content-type", "application/jsonl").bytes(vec![0xff]);
    assert_problem(&shop.send(bytes).await, 400, "malformed_json");
    assert_eq!(shop.send(import(&shop.customer("alice"), lines(1))).await.status, 403);
    world.assert_unchanged(&shop, "what is no import");
    let full = shop.send(import(&admin, lines(200))).await;
    assert_has(&full.body, &json!({"created": 200, "rejected": 0}));
}

#[tokio::test]
async fn a_file_of_any_size_is_imported_in_parts_over_http() {
    let (shop, admin) = shop().await;
    let server = shop.serve().await;
    let path = std::env::temp_dir().join(format!("catalogue-{}.jsonl", std::process::id()));
    let lines: Vec<String> = (0..450).map(|at| line(&format!("p{at:04}"), "1.00")).collect();
    std::fs::write(&path, lines.join("\n")).expect("a file");
    let url = format!("http://{}/api/v1", server.address);
    let done = local::import::send_file(&path, &url, &admin).await.expect("imported");
    assert_eq!((done.created, done.rejected), (450, 0));
    let again = local::import::send_file(&path, &url, &admin).await.expect("imported");
    assert_eq!((again.unchanged, again.rejected), (450, 0));
    assert!(local::import::send_file(&path, &url, "wrong").await.is_err());
    std::fs::remove_file(&path).expect("the file is ours");
}

#[tokio::test]
async fn the_demo_shop_is_loaded_once() {
    let shop = Shop::open();
    assert!(demo::load(&shop.twin, 3000).await.expect("it loads"));
    let world = World::of(&shop);
    assert!(!demo::load(&shop.twin, 3000).await.expect("it is there already"));
    world.assert_unchanged(&shop, "a second load");
    assert_eq!((shop.units("bottle-steel-750"), shop.units("tee-organic")), ((700, 0), (355, 0)));
    let socks = shop.send(Call::get("/api/v1/products/socks-wool")).await;
    assert_has(&socks.body, &json!({"price": "12.90", "list_price": "16.90"}));
    let coupon = Call::get("/api/v1/admin/coupons/WELCOME10").token(&shop.admin());
    assert_has(&shop.send(coupon).await.body, &json!({"percent": "10", "state": "active"}));
}

#[tokio::test]
async fn a_demo_shop_that_was_killed_while_it_was_loaded_is_finished_at_the_next_start() {
    let shop = Shop::open();
    let admin = shop.admin();
    shop.warehouse("north").await;
    let body = json!({"name": "x", "price": "1", "currency": "EUR", "weight_grams": 1});
    let put = Call::put("/api/v1/admin/products/bottle-steel-750").token(&admin).json(&body);
    assert_eq!(shop.send(put).await.status, 201);
    let body = json!({"warehouse_id": "north", "quantity": 500, "reason": "demo catalogue"});
    let stocked = Call::post("/api/v1/admin/products/bottle-steel-750/stock").token(&admin);
    let stocked = shop.send(stocked.key("demo-bottle-steel-750--north").json(&body)).await;
    assert_eq!(stocked.status, 200, "{stocked:?}");
    assert!(demo::load(&shop.twin, 3000).await.expect("it loads"));
    assert_eq!(shop.units("bottle-steel-750"), (700, 0));
}

#[tokio::test]
async fn a_shop_that_has_its_own_catalogue_gets_no_demo() {
    let (shop, _) = shop().await;
    let world = World::of(&shop);
    assert!(!demo::load(&shop.twin, 3000).await.expect("nothing to do"));
    world.assert_unchanged(&shop, "a load that was not due");
}
