//! The life of a shop, told with a recorder at hand: every function does here what it is for, and whatever asks for a
//! permission that its usual work does not.

use serde_json::{Value as Json, json};
use tests::{Answer, Call, order, order_body};

use crate::recorder::Recorded;
use crate::template::text;

/// A page of the shop that a customer may be sent back to.
const BACK: &str = "https://shop.example/thanks";

/// Staff sets the shop up, and everybody looks at it.
pub async fn opening(recorded: &Recorded) {
    let admin = recorded.shop.admin();
    let staff = |method: &str, path: &str| Call::new(method, &format!("/api/v1/admin{path}")).token(&admin);
    let settings = json!({
        "currency": "EUR",
        "payment": {"return_origins": ["https://shop.example"]},
        "guest_checkout": {"enabled": true, "order_url": "https://shop.example/orders/{token}"},
    });
    recorded.send("get-settings", 200, staff("GET", "/settings")).await;
    recorded.send("put-settings", 200, staff("PUT", "/settings").json(&settings)).await;
    recorded.send("get-settings", 200, staff("GET", "/settings?version=1")).await;
    let place = json!({"country": "NL", "city": "Groningen", "street": "Kade 1"});
    let warehouse = json!({"name": "North", "place": place, "areas": [{"distance_km": 180}]});
    recorded.send("put-warehouse", 201, staff("PUT", "/warehouses/north").json(&warehouse)).await;
    recorded.send("list-warehouses", 200, staff("GET", "/warehouses")).await;
    for status in [201, 200] {
        let coupon = json!({"percent": "10", "max_uses": 100, "max_uses_per_customer": 10});
        recorded.send("put-coupon", status, staff("PUT", "/coupons/TEN").json(&coupon)).await;
    }
    recorded.send("get-coupon", 200, staff("GET", "/coupons/TEN")).await;

    let product = json!({"name": "Mug", "price": "12.50", "currency": "EUR", "weight_grams": 300});
    for status in [201, 200] {
        recorded.send("put-product", status, staff("PUT", "/products/mug").json(&product)).await;
    }
    for price in ["1.00", "2.00"] {
        let mut line = product.clone();
        (line["product_id"], line["price"]) = (json!("bag"), json!(price));
        let import = staff("POST", "/products/import").header("content-type", "application/x-ndjson");
        recorded.send("import-products", 200, import.bytes(line.to_string())).await;
    }
    for (key, units) in [("in", 100), ("out", -10)] {
        let body = json!({"warehouse_id": "north", "quantity": units, "reason": "count"});
        let call = staff("POST", "/products/mug/stock").key(key).json(&body);
        recorded.send("adjust-stock", 200, call).await;
    }
    for buckets in [2, 1] {
        let body = json!({"warehouse_id": "north", "buckets": buckets});
        recorded.send("split-stock", 200, staff("POST", "/products/mug/stock/split").json(&body)).await;
    }
    recorded.send("show-stock", 200, staff("GET", "/products/mug/stock")).await;
    recorded.send("list-products", 200, Call::get("/api/v1/products")).await;
    recorded.send("get-product", 200, Call::get("/api/v1/products/mug")).await;
}

/// A customer fills a cart, orders, pays and calls off, in each way that there is.
pub async fn customers(recorded: &Recorded) {
    let (admin, alice) = (recorded.shop.admin(), recorded.shop.customer("alice"));
    let own = |method: &str, path: &str| Call::new(method, &format!("/api/v1{path}")).token(&alice);

    // Paid, prepared, read in every way, called off by the customer.
    let placed = recorded.send("place-order", 201, order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    recorded.send("place-order", 200, order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    recorded.finish().await;
    recorded.after(60).await;
    read(recorded, &placed).await;
    let id = placed.order_id();
    recorded.send("cancel-order", 200, own("POST", &format!("/orders/{id}/cancel"))).await;
    recorded.finish().await;

    // On delivery, called off by staff.
    let placed = recorded.send("place-order", 201, order(&alice, "k2", "mug", 1, "cod")).await;
    recorded.finish().await;
    let path = format!("/api/v1/orders/{}", placed.order_id());
    recorded.send("cancel-order", 200, Call::new("DELETE", &path).token(&admin)).await;
    recorded.finish().await;

    // From the cart to the address in the book, with a coupon; paid later, and first in a way that does not go through.
    let address = json!({"street": "Keizersgracht 123", "city": "Amsterdam", "country": "NL"});
    for (id, status) in [("home", 201), ("office", 201), ("home", 200)] {
        recorded.send("put-address", status, own("PUT", &format!("/addresses/{id}")).json(&address)).await;
    }
    recorded.send("delete-address", 204, own("DELETE", "/addresses/office")).await;
    recorded.send("list-addresses", 200, own("GET", "/addresses")).await;
    for product in ["mug", "bag"] {
        let line = own("PUT", &format!("/cart/lines/{product}")).json(&json!({"quantity": 2}));
        recorded.send("put-cart-line", 200, line).await;
    }
    recorded.send("delete-cart-line", 200, own("DELETE", "/cart/lines/bag?coupon_code=TEN")).await;
    recorded.send("get-cart", 200, own("GET", "/cart?coupon_code=TEN")).await;
    let checkout = json!({"shipping_address_id": "home", "coupon_code": "TEN", "create_payment": false,
        "contact_email": "alice@example.com"});
    let checkout = own("POST", "/orders/checkout").key("k3").json(&checkout);
    let placed = recorded.send("place-order", 201, checkout).await;
    recorded.send("clear-cart", 204, own("DELETE", "/cart")).await;
    recorded.send("reorder", 200, own("POST", &format!("/orders/{id}/reorder"))).await;
    let pay = format!("/orders/{}/payments", placed.order_id());
    let redirect = json!({"method": "redirect", "redirect_url": BACK});
    let redirected = recorded.send("pay-order", 200, own("POST", &pay).key("p1").json(&redirect)).await;
    assert!(redirected.body["payment"]["payment_url"].is_string(), "{redirected:?}");
    recorded.send("pay-order", 402, own("POST", &pay).key("p2").json(&card("pm_card_chargeDeclined"))).await;
    let by_staff = Call::post(&format!("/api/v1{pay}")).token(&admin).key("p3").json(&card("pm_card_visa"));
    recorded.send("pay-order", 200, by_staff).await;
    recorded.finish().await;
    recorded.send("cancel-order", 200, own("POST", &format!("/orders/{}/cancel", placed.order_id()))).await;
    recorded.finish().await;

    // Unpaid, and then a card is named that the provider does not know: another one may be.
    let mut later = order_body("mug", 1, "cod");
    later["create_payment"] = json!(false);
    let placed = own("POST", "/orders").key("k4").json(&later);
    let placed = recorded.send("place-order", 201, placed).await;
    let pay = own("POST", &format!("/orders/{}/payments", placed.order_id())).key("p4");
    let refused = recorded.send("pay-order", 402, pay.json(&card("pm_card_nonsense"))).await;
    assert_eq!(refused.body["order"]["status"], "pending", "{refused:?}");
    recorded.send("cancel-order", 200, own("POST", &format!("/orders/{}/cancel", placed.order_id()))).await;
    recorded.finish().await;
}

/// Somebody without an account does the same with what the answers carry.
pub async fn guests(recorded: &Recorded) {
    let mut body = order_body("mug", 1, "pm_card_visa");
    body["contact_email"] = json!("guest@example.com");
    let place = |key: &str, body: &Json| {
        Call::post("/api/v1/guest/orders").key(&format!("nobody-guesses-{key}")).json(body)
    };
    let path = |placed: &Answer| format!("/api/v1/guest/orders/{}", text(&placed.body["order_token"]));
    let paid = recorded.send("place-guest-order", 201, place("g1", &body)).await;
    recorded.finish().await;
    recorded.send("get-order", 200, Call::get(&path(&paid))).await;
    recorded.send("track-order", 200, Call::get(&format!("{}/tracking", path(&paid)))).await;
    recorded.send("summarize-order", 200, Call::get(&format!("{}/summary", path(&paid)))).await;
    recorded.send("show-impact", 200, Call::get(&format!("{}/impact", path(&paid)))).await;
    recorded.send("get-invoice", 200, Call::get(&format!("{}/invoice", path(&paid)))).await;

    body["create_payment"] = json!(false);
    let later = recorded.send("place-guest-order", 201, place("g2", &body)).await;
    let pay = |placed: &Answer, key: &str| Call::post(&format!("{}/payments", path(placed))).key(key);
    recorded.send("pay-order", 200, pay(&later, "p1").json(&card("pm_card_visa"))).await;
    recorded.finish().await;
    let unlucky = recorded.send("place-guest-order", 201, place("g3", &body)).await;
    let refused = pay(&unlucky, "p2").json(&card("pm_card_nonsense"));
    recorded.send("pay-order", 402, refused).await;
    recorded.finish().await;

    // Staff helps: pays for a guest, and calls off; one of them the guest calls off alone.
    let admin = recorded.shop.admin();
    let helped = recorded.send("place-guest-order", 201, place("g4", &body)).await;
    let pay = Call::post(&format!("/api/v1/orders/{}/payments", helped.order_id())).token(&admin);
    recorded.send("pay-order", 200, pay.key("p3").json(&card("pm_card_visa"))).await;
    recorded.send("cancel-order", 200, Call::post(&format!("{}/cancel", path(&paid)))).await;
    for placed in [later, unlucky, helped] {
        let cancel = Call::post(&format!("/api/v1/orders/{}/cancel", placed.order_id())).token(&admin);
        recorded.send("cancel-order", 200, cancel).await;
    }
    recorded.finish().await;
}

/// Nobody comes to pay, or the bank says no too late.
pub async fn payments_that_fail(recorded: &Recorded) {
    let alice = recorded.shop.customer("alice");

    // Waits for the customer, who never comes: the worker gives it up.
    recorded.send("place-order", 201, order(&alice, "k5", "mug", 1, "pm_card_authenticationRequired")).await;
    recorded.after(60).await;
    for _ in 0..3 {
        recorded.after(900).await;
    }

    // The bank says no after the hold is over: the webhook gives it up.
    let placed = recorded
        .send("place-order", 201, order(&alice, "k6", "mug", 1, "pm_card_authenticationRequired"))
        .await;
    let twin = &recorded.shop.twin;
    while recorded.webhooks().await > 0 {}
    twin.cloud.clock.advance(1_801_000);
    let intent = text(&placed.body["payment"]["payment_intent_id"]);
    assert!(twin.cloud.stripe.authenticate(twin.cloud.clock.now().datetime(), &intent, false));
    while recorded.webhooks().await > 0 {}
    let path = format!("/api/v1/orders/{}", placed.order_id());
    let order = recorded.send("get-order", 200, Call::get(&path).token(&alice)).await;
    assert_eq!(order.body["status"], "cancelled", "{order:?}");
    recorded.finish().await;
}

/// A guest's mailbox is gone, and comes back.
pub async fn a_mailbox_that_is_gone(recorded: &Recorded) {
    let mut body = order_body("mug", 1, "cod");
    body["contact_email"] = json!("bounce@simulator.amazonses.com");
    let placed = Call::post("/api/v1/guest/orders").key("nobody-guesses-g5").json(&body);
    let placed = recorded.send("place-guest-order", 201, placed).await;
    recorded.finish().await;
    let admin = recorded.shop.admin();
    let path = format!("/api/v1/orders/{}", placed.order_id());
    let order = recorded.send("get-order", 200, Call::get(&path).token(&admin)).await;
    assert_eq!(order.body["contact_email_status"], "bounced", "{order:?}");
    let unblock = Call::new("DELETE", "/api/v1/admin/mail-blocks/bounce%40simulator.amazonses.com");
    recorded.send("delete-mail-block", 204, unblock.token(&admin)).await;
    recorded.send("cancel-order", 200, Call::post(&format!("{path}/cancel")).token(&admin)).await;
    recorded.finish().await;
}

/// Its customer and staff read a prepared order, in every way.
async fn read(recorded: &Recorded, placed: &Answer) {
    let (id, number) = (placed.order_id(), text(&placed.body["order_number"]));
    let admin = recorded.shop.admin();
    let staff = |path: &str| Call::get(&format!("/api/v1/admin/orders{path}")).token(&admin);
    for filter in ["", "?status=preparing", "?attention=true", "?user_id=alice"] {
        recorded.send("list-all-orders", 200, staff(filter)).await;
    }
    recorded.send("list-order-events", 200, staff(&format!("/{id}/events"))).await;
    for token in [recorded.shop.customer("alice"), recorded.shop.admin()] {
        let get = |path: &str| Call::get(&format!("/api/v1/orders{path}")).token(&token);
        recorded.send("get-order", 200, get(&format!("/{id}"))).await;
        recorded.send("track-order", 200, get(&format!("/{id}/tracking"))).await;
        recorded.send("summarize-order", 200, get(&format!("/{id}/summary?lang=nl"))).await;
        recorded.send("show-impact", 200, get(&format!("/{id}/impact?format=svg"))).await;
        let bills = recorded.send("get-invoice", 200, get(&format!("/{id}/invoice"))).await;
        recorded.send("get-invoice", 200, get(&format!("/{id}/invoice?format=pdf"))).await;
        recorded.send("download-invoice", 200, Call::get(&text(&bills.body["pdf_url"]))).await;
        recorded.send("find-order-by-number", 200, get(&format!("/number/{number}"))).await;
        recorded.send("list-orders", 200, get("?status=preparing")).await;
    }
}

fn card(id: &str) -> Json {
    json!({"method": "card", "payment_method_id": id})
}
