//! The catalogue and its stock.

use serde_json::{Value, json};
use tests::{Call, Shop, order};

use crate::support::{World, assert_has, assert_problem};

const PATH: &str = "/api/v1/admin/products/mug";

fn mug() -> Value {
    json!({"name": "Mug", "price": "12.50", "currency": "EUR", "weight_grams": 300})
}

fn adjust(token: &str, key: &str, warehouse: &str, quantity: i64) -> Call {
    let body = json!({"warehouse_id": warehouse, "quantity": quantity, "reason": "counted"});
    Call::post(&format!("{PATH}/stock")).token(token).key(key).json(&body)
}

#[tokio::test]
async fn a_product_is_created_then_replaced_whole() {
    let shop = Shop::open();
    let admin = shop.admin();
    let mut full = mug();
    full["description"] = json!("Holds coffee.");
    full["volume_cm3"] = json!(900);
    full["image_url"] = json!("https://shop.example/mug.png");
    let created = shop.send(Call::put(PATH).token(&admin).json(&full)).await;
    assert_eq!((created.status, created.header("etag")), (201, Some("\"1\"")), "{created:?}");
    let shown = json!({"product_id": "mug", "name": "Mug", "description": "Holds coffee.", "price": "12.50",
        "list_price": "12.50", "currency": "EUR", "tax_class": "standard", "weight_grams": 300, "volume_cm3": 900,
        "image_url": "https://shop.example/mug.png", "variations": [], "state": "active", "version": 1,
        "updated_at": "2026-03-01T10:00:00Z"});
    assert_eq!(created.body, shown);
    let read = shop.send(Call::get("/api/v1/products/mug")).await;
    assert_eq!((read.status, read.body["available"].as_i64()), (200, Some(0)), "anybody may look: {read:?}");
    assert_has(&read.body, &shown);

    shop.twin.cloud.clock.advance(1_000);
    let replaced = shop.send(Call::put(PATH).token(&admin).json(&mug())).await;
    assert_eq!((replaced.status, replaced.header("etag")), (200, Some("\"2\"")), "{replaced:?}");
    assert_eq!(
        replaced.body,
        json!({"product_id": "mug", "name": "Mug", "price": "12.50", "list_price": "12.50", "currency": "EUR",
            "tax_class": "standard", "weight_grams": 300, "volume_cm3": 300, "variations": [], "state": "active", "version": 2, "updated_at": "2026-03-01T10:00:01Z"}),
        "what is left out is empty afterwards"
    );
}

#[tokio::test]
async fn a_product_is_not_replaced_over_a_version_that_the_caller_has_not_seen() {
    let shop = Shop::open();
    let admin = shop.admin();
    let put = |tags: Option<&str>| {
        let call = Call::put(PATH).token(&admin).json(&mug());
        shop.send(tags.iter().fold(call, |call, tags| call.header("if-match", tags)))
    };
    for tags in ["\"1\"", "*"] {
        assert_problem(&put(Some(tags)).await, 412, "version_mismatch");
    }
    assert_problem(&shop.send(Call::get("/api/v1/products/mug")).await, 404, "not_found");
    assert_eq!(put(None).await.status, 201);
    assert_eq!(put(Some("\"1\"")).await.status, 200);
    let world = World::of(&shop);
    let stale = put(Some("\"1\"")).await;
    assert_problem(&stale, 412, "version_mismatch");
    assert_eq!(stale.body["current_version"], 2);
    assert_problem(&put(Some("\"3\"")).await, 412, "version_mismatch");
    assert_problem(&put(Some("2")).await, 412, "version_mismatch");
    world.assert_unchanged(&shop, "a stale replacement");
    assert_eq!((put(Some("\"1\", \"2\"")).await.status, put(Some("*")).await.status), (200, 200));
}

#[tokio::test]
async fn an_archived_product_can_be_read_but_not_ordered_until_it_is_back() {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    let (admin, alice) = (shop.admin(), shop.customer("alice"));
    let placed = shop.send(order(&alice, "before", "mug", 1, "cod")).await;
    let mut archived = mug();
    archived["state"] = json!("archived");
    assert_eq!(shop.send(Call::put(PATH).token(&admin).json(&archived)).await.status, 200);
    let world = World::of(&shop);
    let refused = shop.send(order(&alice, "k1", "mug", 1, "pm_card_visa")).await;
    assert_problem(&refused, 422, "invalid_request");
    assert_has(
        &refused.body,
        &json!({"errors": [{"pointer": "/lines/0/product_id", "code": "product_archived"}]}),
    );
    world.assert_unchanged(&shop, "an archived product");
    let read = shop.send(Call::get("/api/v1/products/mug")).await;
    assert_has(&read.body, &json!({"state": "archived", "available": 9}));
    let order_read =
        shop.send(Call::get(&format!("/api/v1/orders/{}", placed.order_id())).token(&alice)).await;
    assert_eq!(order_read.body["lines"][0]["name"], "mug", "an order keeps what it was placed with");
    assert_eq!(shop.send(Call::put(PATH).token(&admin).json(&mug())).await.status, 200);
    assert_eq!(shop.send(order(&alice, "k1", "mug", 1, "pm_card_visa")).await.status, 201);
}

#[tokio::test]
async fn a_stock_adjustment_is_booked_once_per_key() {
    let shop = Shop::open();
    let admin = shop.admin();
    shop.warehouse("north").await;
    shop.warehouse("south").await;
    shop.send(Call::put(PATH).token(&admin).json(&mug())).await;
    let first = shop.send(adjust(&admin, "a1", "north", 10)).await;
    assert_eq!(
        (first.status, &first.body),
        (200, &json!({"product_id": "mug", "warehouse_id": "north", "on_hand": 10, "held": 0, "buckets": 1}))
    );
    let world = World::of(&shop);
    let again = shop.send(adjust(&admin, "a1", "north", 10)).await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    for other in [adjust(&admin, "a1", "north", 11), adjust(&admin, "a1", "south", 10)] {
        assert_problem(&shop.send(other).await, 422, "idempotency_key_reused");
    }
    world.assert_unchanged(&shop, "a key that was used");
    assert_eq!(
        shop.send(adjust(&shop.twin.token("other-admin", true), "a1", "north", 5)).await.status,
        200,
        "keys are their sender's"
    );
    let less = shop.send(adjust(&admin, "a2", "north", -3)).await;
    assert_eq!((less.status, less.body["on_hand"].as_i64()), (200, Some(12)));
    assert_eq!(shop.send(adjust(&admin, "a3", "south", 7)).await.body["on_hand"], 7);
    assert_eq!(shop.units("mug"), (19, 0));
    assert_eq!(shop.send(Call::get("/api/v1/products/mug")).await.body["available"], 19);
}

#[tokio::test]
async fn stock_never_goes_below_zero_and_never_takes_what_orders_hold() {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    shop.warehouse("south").await;
    let admin = shop.admin();
    shop.send(order(&shop.customer("alice"), "k1", "mug", 4, "cod")).await;
    let world = World::of(&shop);
    assert_problem(&shop.send(adjust(&admin, "a1", "north", -7)).await, 409, "stock_out_of_range");
    assert_problem(&shop.send(adjust(&admin, "a2", "south", -1)).await, 409, "stock_out_of_range");
    assert_problem(&shop.send(adjust(&admin, "a3", "north", 1_000_000_000)).await, 409, "stock_out_of_range");
    world.assert_unchanged(&shop, "an impossible adjustment");
    let all = shop.send(adjust(&admin, "a1", "north", -6)).await;
    assert_eq!(
        (all.status, &all.body),
        (200, &json!({"product_id": "mug", "warehouse_id": "north", "on_hand": 0, "held": 4, "buckets": 1})),
        "the key was free"
    );
    assert_eq!(shop.send(Call::get("/api/v1/products/mug")).await.body["available"], 0);
    let unknown = Call::post("/api/v1/admin/products/none/stock").token(&admin).key("a9");
    let body = json!({"warehouse_id": "north", "quantity": 1, "reason": "counted"});
    assert_problem(&shop.send(unknown.json(&body)).await, 404, "not_found");
}

#[tokio::test]
async fn the_catalogue_is_walked_by_cursor_without_gaps() {
    let shop = Shop::open();
    let admin = shop.admin();
    let mut known = Vec::new();
    for at in 0..23 {
        let id = format!("p-{at:02}");
        let mut body = mug();
        if at == 5 {
            body["state"] = json!("archived");
        }
        assert_eq!(
            shop.send(Call::put(&format!("/api/v1/admin/products/{id}")).token(&admin).json(&body))
                .await
                .status,
            201
        );
        known.push(id);
    }
    for limit in ["", "limit=1", "limit=7", "limit=23", "limit=100"] {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        for _ in 0..50 {
            let page = shop.send(Call::get(&format!("/api/v1/products?{limit}{cursor}"))).await;
            assert_eq!(page.status, 200, "{page:?}");
            let rows = page.body["products"].as_array().expect("a list");
            found.extend(rows.iter().filter_map(|row| row["product_id"].as_str().map(str::to_owned)));
            match page.body["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(found, known, "{limit}");
    }
    let first = shop.send(Call::get("/api/v1/products")).await;
    assert_eq!(first.body["products"].as_array().map(Vec::len), Some(10));
    assert_has(
        &first.body["products"][5],
        &json!({"product_id": "p-05", "state": "archived", "price": "12.50"}),
    );
}

#[tokio::test]
async fn available_is_what_all_warehouses_can_sell_now() {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 3).await;
    shop.stock("mug", "12.50", "south", 4).await;
    let alice = shop.customer("alice");
    let available =
        || async { shop.send(Call::get("/api/v1/products/mug")).await.body["available"].as_i64() };
    assert_eq!(available().await, Some(7));
    let placed = shop.send(order(&alice, "k1", "mug", 5, "cod")).await;
    assert_eq!(available().await, Some(2));
    shop.send(Call::new("DELETE", &format!("/api/v1/orders/{}", placed.order_id())).token(&alice)).await;
    assert_eq!(available().await, Some(7));
}
