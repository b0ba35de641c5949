//! The document's examples work, and what is answered is as documented.

use serde_json::{Value, json};
use tests::{Answer, Call};

use super::{Documented, Operation};

/// Without a condition on the version.
const ANY: (&str, &str) = ("If-Match", "");

fn call(id: &str, instead: &[(&str, &str)]) -> Call {
    Operation::named(id).call(instead)
}

#[tokio::test]
async fn the_examples_of_staff_work_and_the_answers_are_as_documented() {
    let shop = Documented::open();
    let staff = shop.staff.as_str();
    shop.sent("get-settings", 200, call("get-settings", &[]).token(staff)).await;
    shop.sent("list-warehouses", 200, call("list-warehouses", &[]).token(staff)).await;
    shop.examples("put-settings", &[200], staff, &[ANY]).await;
    shop.examples("put-settings", &[200], staff, &[]).await;
    for version in ["", "0", "1"] {
        let settings = call("get-settings", &[("version", version)]).token(staff);
        let settings = shop.sent("get-settings", 200, settings).await;
        assert_eq!(settings.header("etag").is_none(), version == "0", "only what was written has a tag");
    }
    shop.examples("put-warehouse", &[201], staff, &[]).await;
    shop.examples("put-warehouse", &[200], staff, &[]).await;
    shop.sent("list-warehouses", 200, call("list-warehouses", &[]).token(staff)).await;

    for (example, product) in
        Operation::named("put-product").examples(&shop.document).iter().zip(["mug-enamel", "tee-organic"])
    {
        for (status, condition) in [(201, ""), (200, "*")] {
            let instead = [("product_id", product), ("If-Match", condition)];
            shop.example("put-product", example, status, staff, &instead).await;
        }
    }
    let imported = shop.examples("import-products", &[200], staff, &[]).await;
    assert_eq!(imported[0].body["rejected"], 0, "{}", imported[0].body);
    let wrong = call("import-products", &[]).token(staff).header("content-type", "application/jsonl");
    let wrong = shop.sent("import-products", 200, wrong.bytes("{}\n{\"product_id\":\"x\"}\nno JSON")).await;
    assert_eq!(wrong.body["rejected"], 3);
    shop.examples("adjust-stock", &[200], staff, &[]).await;
    let of_variation =
        json!({"warehouse_id": "north", "variation_id": "s-black", "quantity": 5, "reason": "Counted"});
    let adjust = call("adjust-stock", &[("product_id", "tee-organic")]).token(staff).json(&of_variation);
    shop.sent("adjust-stock", 200, adjust).await;
    shop.examples("split-stock", &[200], staff, &[]).await;
    for product in ["mug-enamel", "tee-organic"] {
        let stock =
            shop.sent("show-stock", 200, call("show-stock", &[("product_id", product)]).token(staff)).await;
        assert_eq!(stock.body["stock"].as_array().map(Vec::len), Some(1), "{}", stock.body);
        shop.sent("get-product", 200, call("get-product", &[("product_id", product)])).await;
    }
    shop.sent("list-products", 200, call("list-products", &[])).await;

    shop.examples("put-coupon", &[201, 200], staff, &[ANY]).await;
    shop.examples("put-coupon", &[200], staff, &[]).await;
    shop.sent("get-coupon", 200, call("get-coupon", &[]).token(staff)).await;
}

#[tokio::test]
async fn the_examples_of_customers_work_and_the_answers_are_as_documented() {
    let shop = Documented::set_up().await;
    let alice = shop.alice.as_str();
    let plain = |id: &str, instead: &[(&str, &str)]| call(id, instead).token(alice);
    let orders = shop.examples("place-order", &[201], alice, &[]).await;
    for again in shop.examples("place-order", &[200], alice, &[]).await {
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert!(again.header("location").is_some());
    }
    shop.shop.finish().await;
    let ids: Vec<String> = orders.iter().map(Answer::order_id).collect();
    let (id, number) = (ids[0].as_str(), orders[0].body["order_number"].as_str().unwrap_or_default());
    for (operation, instead) in
        [("get-order", [("order_id", id)]), ("find-order-by-number", [("order_number", number)])]
    {
        let order = shop.sent(operation, 200, plain(operation, &instead)).await;
        let tag = order.header("etag").unwrap_or_default().to_owned();
        let known = [instead[0], ("If-None-Match", tag.as_str())];
        shop.sent(operation, 304, plain(operation, &known)).await;
    }
    for operation in ["track-order", "summarize-order", "show-impact", "list-returns"] {
        let answer = shop.sent(operation, 200, plain(operation, &[("order_id", id)])).await;
        let tag = answer.header("etag").unwrap_or_default().to_owned();
        let known = [("order_id", id), ("If-None-Match", tag.as_str())];
        shop.sent(operation, 304, plain(operation, &known)).await;
    }
    let drawn = [("order_id", id), ("format", "svg")];
    let drawn = shop.sent("show-impact", 200, plain("show-impact", &drawn)).await;
    assert_eq!(drawn.header("content-type"), Some("image/svg+xml"));
    let billed =
        orders.iter().find(|order| order.body["status"] == "confirmed").expect("one is confirmed").order_id();
    let id = billed.as_str();
    let bills = shop.sent("get-invoice", 200, plain("get-invoice", &[("order_id", id)])).await;
    let url =
        bills.body["pdf_url"].as_str().and_then(|url| url.rsplit('/').next()).expect("a link").to_owned();
    let pdf =
        [("order_id", id), ("format", "pdf"), ("number", bills.body["bill_number"].as_str().expect("one"))];
    let linked = [("invoice_token", url.as_str())];
    for (operation, instead) in [("get-invoice", &pdf[..]), ("download-invoice", &linked[..])] {
        let call = |more: &[(&str, &str)]| plain(operation, &[instead, more].concat());
        let bill = shop.sent(operation, 200, call(&[])).await;
        assert_eq!(bill.header("content-type"), Some("application/pdf"));
        let tag = bill.header("etag").unwrap_or_default().to_owned();
        shop.sent(operation, 304, call(&[("If-None-Match", &tag)])).await;
    }
    let page = shop.sent("list-orders", 200, plain("list-orders", &[])).await;
    assert_eq!(page.body["pagination"]["total_items"], json!(orders.len()));
    let first = shop.sent("list-orders", 200, plain("list-orders", &[("per_page", "1")])).await;
    let cursor = first.body["next_cursor"].as_str().expect("there is more").to_owned();
    shop.sent("list-orders", 200, plain("list-orders", &[("cursor", &cursor)])).await;

    let dry = [("order_id", ids[0].as_str()), ("dry_run", "true")];
    let preview = shop.sent("cancel-order", 200, plain("cancel-order", &dry)).await;
    assert_eq!(preview.body["dry_run"], true);
    shop.examples("cancel-order", &[200], alice, &[("order_id", &ids[0])]).await;
    shop.examples("cancel-order-put", &[200], alice, &[("order_id", &ids[1])]).await;
    shop.sent("cancel-order-delete", 200, plain("cancel-order-delete", &[("order_id", &ids[2])])).await;
    shop.shop.finish().await;
    let abroad = [("order_id", ids[1].as_str()), ("country", "JP")];
    for instead in [&[("order_id", id)][..], &abroad] {
        shop.sent("reorder", 200, plain("reorder", instead)).await;
    }
    for id in &ids {
        shop.sent("get-order", 200, plain("get-order", &[("order_id", id)])).await;
        shop.sent("track-order", 200, plain("track-order", &[("order_id", id)])).await;
    }
}

#[tokio::test]
async fn a_cart_is_filled_looked_at_and_bought_as_documented() {
    let shop = Documented::set_up().await;
    let (staff, alice) = (shop.staff.as_str(), shop.alice.as_str());
    let plain = |id: &str, instead: &[(&str, &str)]| call(id, instead).token(alice);
    shop.examples("put-coupon", &[201, 200], staff, &[ANY]).await;
    let tee = &Operation::named("put-product").examples(&shop.document)[1];
    shop.example("put-product", tee, 201, staff, &[("product_id", "tee"), ANY]).await;

    shop.examples("put-address", &[201], alice, &[]).await;
    shop.examples("put-address", &[200], alice, &[]).await;
    shop.sent("list-addresses", 200, plain("list-addresses", &[])).await;

    shop.sent("get-cart", 200, plain("get-cart", &[])).await;
    shop.examples("put-cart-line", &[200], alice, &[]).await;
    let short = shop.examples("put-cart-line", &[200], alice, &[("product_id", "tee:s-black")]).await;
    assert_eq!(short[0].body["lines"][1]["problem"], "out_of_stock", "{}", short[0].body);
    let in_question = [
        vec![],
        vec![("country", "BE"), ("region", "Brussels"), ("postal_code", "1000")],
        vec![("shipping_method", "express"), ("coupon_code", "welcome10"), ("lang", "nl")],
        vec![("country", "JP")],
        vec![("coupon_code", "unknown")],
    ];
    for question in &in_question {
        shop.sent("get-cart", 200, plain("get-cart", question)).await;
    }
    let delete = plain("delete-cart-line", &[("product_id", "tee:s-black")]);
    let cart = shop.sent("delete-cart-line", 200, delete).await;
    assert_eq!(cart.body["problems"], json!([]));
    assert!(cart.body["quote"].is_object(), "{}", cart.body);

    let body = json!({"shipping_address_id": "home", "coupon_code": "WELCOME10", "create_payment": false});
    let dry = |id: &str| plain(id, &[("Idempotency-Key", ""), ("dry_run", "true")]).json(&body);
    let preview = shop.sent("place-order", 200, dry("place-order")).await;
    shop.sent("place-order-checkout", 200, dry("place-order-checkout")).await;
    let bought = shop.examples("place-order-checkout", &[201], alice, &[]).await;
    assert_eq!(bought[0].body["total_amount"], preview.body["total_amount"]);
    assert_eq!(bought[0].body["cart_id"], cart.body["cart_id"]);
    shop.examples("place-order-checkout", &[200], alice, &[]).await;

    shop.sent("clear-cart", 204, plain("clear-cart", &[])).await;
    shop.sent("get-cart", 200, plain("get-cart", &[])).await;
    shop.sent("delete-address", 204, plain("delete-address", &[])).await;
}

/// An order that is to be paid later.
async fn unpaid(shop: &Documented, id: &str, token: &str, key: &str) -> Answer {
    let body = json!({
        "lines": [{"product_id": "mug-enamel", "quantity": 1}],
        "contact_email": "alice@example.com",
        "shipping_address": {"street": "Keizersgracht 123", "city": "Amsterdam", "country": "NL"},
        "create_payment": false,
    });
    let call = call(id, &[("Idempotency-Key", key)]).json(&body);
    shop.sent(id, 201, if token.is_empty() { call } else { call.token(token) }).await
}

#[tokio::test]
async fn orders_are_paid_in_every_way_as_documented() {
    let shop = Documented::set_up().await;
    let alice = shop.alice.as_str();
    for example in Operation::named("pay-order").examples(&shop.document) {
        let order = unpaid(&shop, "place-order", alice, &format!("unpaid-{}", example.name)).await;
        assert_eq!(order.body["available_actions"], json!(["pay", "cancel", "cancel_lines"]));
        let id = order.order_id();
        for _ in 0..2 {
            let paid = shop.example("pay-order", &example, 200, alice, &[("order_id", &id)]).await;
            assert_eq!(paid.body["payment"]["payment_url"].is_string(), example.name == "redirect");
            assert_eq!(paid.body["order_token"], Value::Null);
        }
        shop.shop.finish().await;
        shop.sent("get-order", 200, call("get-order", &[("order_id", &id)]).token(alice)).await;
    }
}

#[tokio::test]
async fn guests_order_read_and_pay_as_documented() {
    let shop = Documented::set_up().await;
    let orders = shop.examples("place-guest-order", &[201], "", &[]).await;
    for again in shop.examples("place-guest-order", &[200], "", &[]).await {
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
    }
    let example = &Operation::named("place-guest-order").examples(&shop.document)[0];
    let dry = [("Idempotency-Key", ""), ("dry_run", "true")];
    let preview = example.sent_with(call("place-guest-order", &dry));
    shop.sent("place-guest-order", 200, preview).await;
    shop.shop.finish().await;
    for order in &orders {
        let token = order.body["order_token"].as_str().expect("a guest has a token");
        let read = call("get-order-guest", &[("order_token", token)]);
        let order = shop.sent("get-order-guest", 200, read).await;
        assert_eq!(order.body["order_token"], Value::Null);
        let tag = order.header("etag").unwrap_or_default().to_owned();
        let known = call("get-order-guest", &[("order_token", token), ("If-None-Match", &tag)]);
        shop.sent("get-order-guest", 304, known).await;
        for operation in
            ["track-order-guest", "summarize-order-guest", "show-impact-guest", "list-returns-guest"]
        {
            let answer = shop.sent(operation, 200, call(operation, &[("order_token", token)])).await;
            let tag = answer.header("etag").unwrap_or_default().to_owned();
            let known = call(operation, &[("order_token", token), ("If-None-Match", &tag)]);
            shop.sent(operation, 304, known).await;
        }
    }
    let token = orders[0].body["order_token"].as_str().expect("a guest has a token");
    for (form, kind) in [("json", "application/json"), ("pdf", "application/pdf")] {
        let instead = [("order_token", token), ("format", form)];
        let bill = shop.sent("get-invoice-guest", 200, call("get-invoice-guest", &instead)).await;
        assert_eq!(bill.header("content-type"), Some(kind));
    }
    for example in Operation::named("pay-order-guest").examples(&shop.document) {
        let key = format!("unpaid-by-a-guest-{}", example.name);
        let order = unpaid(&shop, "place-guest-order", "", &key).await;
        let token = order.body["order_token"].as_str().expect("a guest has a token").to_owned();
        let paid = shop.example("pay-order-guest", &example, 200, "", &[("order_token", &token)]).await;
        assert_eq!(paid.body["order_token"], json!(token));
    }
}

#[tokio::test]
async fn an_address_that_takes_no_mail_is_cleared_as_documented() {
    let shop = Documented::set_up().await;
    let mut body = tests::order_body("mug-enamel", 1, "cod");
    let address = "complaint+of-alice@simulator.amazonses.com";
    body["contact_email"] = address.into();
    let order = shop.sent("place-order", 201, call("place-order", &[]).token(&shop.alice).json(&body)).await;
    let id = order.order_id();
    assert_eq!(mailbox(&shop, &id).await, "ok");
    shop.shop.finish().await;
    assert_eq!(mailbox(&shop, &id).await, "complained");
    let clear = |address: &str| call("delete-mail-block", &[("address", address)]).token(&shop.staff);
    shop.sent("delete-mail-block", 204, clear(address)).await;
    assert_eq!(mailbox(&shop, &id).await, "ok");
    shop.shop.twin.cloud.clock.advance(1_000);
    shop.sent("delete-mail-block", 404, clear(address)).await;
}

/// Whether staff sees that the customer's address takes mail.
async fn mailbox(shop: &Documented, id: &str) -> Value {
    let read = call("get-order", &[("order_id", id)]).token(&shop.staff);
    shop.sent("get-order", 200, read).await.body["contact_email_status"].clone()
}
