//! Orders without an account, and the token that is the only way back to them.

use serde_json::{Value, json};
use shared::limits::GUEST_TOKEN_DAYS;
use tests::{Answer, Call, Shop};

use crate::support::{
    World, assert_has, assert_invalid, assert_problem, basket, cancel, get, has, mails, merge, money,
    put_product,
};

const KEY: &str = "0b9f6f0e-guest-1";
const PAGE: &str = "https://shop.example/order?t={token}&from=mail";
const DAY: i64 = 24 * 60 * 60;

/// A shop that sells ten mugs to guests, and shows their orders on a page of its own.
async fn shop() -> Shop {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    shop.settings(&json!({"guest_checkout": {"enabled": true, "order_url": PAGE}})).await;
    shop
}

fn body(more: &Value) -> Value {
    let mut body = basket(&[("mug", 2)], &json!({"contact_email": "jane@example.com"}));
    merge(&mut body, more);
    body
}

fn order(key: &str, body: &Value) -> Call {
    Call::post("/api/v1/guest/orders").key(key).json(body)
}

fn read(token: &str) -> Call {
    Call::get(&format!("/api/v1/guest/orders/{token}"))
}

fn pay(token: &str, key: &str, card: &str) -> Call {
    let card = json!({"method": "card", "payment_method_id": card});
    Call::post(&format!("/api/v1/guest/orders/{token}/payments")).key(key).json(&card)
}

fn call_off(token: &str) -> Call {
    Call::post(&format!("/api/v1/guest/orders/{token}/cancel"))
}

#[track_caller]
fn token(answer: &Answer) -> String {
    answer.body["order_token"].as_str().unwrap_or_else(|| panic!("a token in {answer:?}")).to_owned()
}

/// The answer without what only the answer to placing and paying has.
fn as_read(answer: &Answer) -> Value {
    let mut body = answer.body.clone();
    body.as_object_mut().expect("an object").remove("order_token").expect("a token");
    body
}

#[tokio::test]
async fn a_store_that_takes_no_guests_says_so() {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 10).await;
    let world = World::of(&shop);
    assert_problem(&shop.send(order(KEY, &body(&json!({})))).await, 403, "guests_not_allowed");
    let preview = Call::post("/api/v1/guest/orders?dry_run=true").json(&body(&json!({})));
    assert_problem(&shop.send(preview).await, 403, "guests_not_allowed");
    world.assert_unchanged(&shop, "a guest who is not taken");
}

#[tokio::test]
async fn a_guest_orders_and_finds_the_order_by_the_token_of_the_answer_and_of_every_mail() {
    let shop = shop().await;
    let placed = shop.send(order(KEY, &body(&json!({})))).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    let token = token(&placed);
    assert_has(
        &placed.body,
        &json!({"status": "confirmed", "payment_type": "cod", "total_amount": "25.00", "contact_email": "jane@example.com",
            "timeline": [{"type": "placed", "actor": "customer"}, {"type": "confirmed"}]}),
    );
    let customer = placed.body["customer_id"].as_str().expect("an id");
    assert!(customer.starts_with("guest:") && !customer.contains("jane"), "{customer}");
    assert_eq!(placed.header("location"), None, "there is no way to it by id");
    assert_eq!(shop.units("mug"), (8, 2));
    let found = shop.send(read(&token)).await;
    assert_eq!((found.status, &found.body), (200, &as_read(&placed)), "{found:?}");
    assert_eq!(
        (found.header("etag"), found.header("cache-control")),
        (Some("\"2\""), Some("private, no-cache"))
    );
    let known = shop.send(read(&token).header("if-none-match", "\"2\"")).await;
    assert_eq!((known.status, known.body), (304, Value::Null));

    shop.finish().await;
    let all = shop.twin.cloud.ses.mails();
    assert_eq!(all.len(), 2);
    let url = PAGE.replace("{token}", &token);
    for mail in all {
        assert_eq!(mail.to, ["jane@example.com"]);
        let (text, html) = (mail.text.expect("text"), mail.html.expect("HTML"));
        assert!(text.contains(&format!("See your order: {url}\n")), "{text}");
        assert!(html.contains(&format!("href=\"{}\"", url.replace('&', "&amp;"))), "{html}");
    }
    assert_eq!(shop.send(read(&token)).await.body["status"], "preparing", "the token shows what is now");
}

#[tokio::test]
async fn without_a_page_of_the_shop_the_mail_has_the_token_itself() {
    let shop = shop().await;
    shop.settings(&json!({"guest_checkout": {"enabled": true}})).await;
    let token = token(&shop.send(order(KEY, &body(&json!({})))).await);
    shop.finish().await;
    let mail = &mails(&shop, "received")[0];
    assert!(
        mail.text.as_deref().is_some_and(|text| text.contains(&format!("The token of your order: {token}"))),
        "{mail:?}"
    );
    assert!(
        mail.html.as_deref().is_some_and(|html| html.contains(&token) && !html.contains("href")),
        "{mail:?}"
    );
}

#[tokio::test]
async fn mails_to_customers_carry_no_token() {
    let shop = shop().await;
    let alice = shop.customer("alice");
    let placed = shop.send(crate::support::place(&alice, "k1", &basket(&[("mug", 1)], &json!({})))).await;
    assert_eq!((placed.status, placed.body.get("order_token")), (201, None));
    shop.finish().await;
    assert!(
        mails(&shop, "")
            .iter()
            .all(|mail| !format!("{mail:?}").contains("token") && !format!("{mail:?}").contains("href"))
    );
}

#[tokio::test]
async fn a_guests_order_is_not_there_for_customers_by_id_or_number_and_the_token_opens_no_other_door() {
    let shop = shop().await;
    let placed = shop.send(order(KEY, &body(&json!({})))).await;
    let (id, number) =
        (placed.order_id(), placed.body["order_number"].as_str().expect("a number").to_owned());
    let token = token(&placed);
    let world = World::of(&shop);
    // Even a customer whose token has the guest's mail address.
    for customer in [shop.customer("alice"), shop.customer("jane")] {
        assert_problem(&get(&shop, &customer, &id).await, 404, "not_found");
        for call in [
            Call::get(&format!("/api/v1/orders/number/{number}")),
            Call::get(&format!("/api/v1/orders/{id}/tracking")),
            Call::get(&format!("/api/v1/orders/{token}")),
            Call::new("DELETE", &format!("/api/v1/orders/{id}")),
        ] {
            assert_problem(&shop.send(call.token(&customer)).await, 404, "not_found");
        }
        let list = shop.send(Call::get("/api/v1/orders").token(&customer)).await;
        assert_eq!(list.body["orders"], json!([]));
    }
    assert_problem(&shop.send(read(&id)).await, 404, "not_found");
    assert_problem(&shop.send(read(&number)).await, 404, "not_found");
    world.assert_unchanged(&shop, "looking for a guest's order");
    let by_staff = get(&shop, &shop.admin(), &id).await;
    assert_eq!(
        (by_staff.status, by_staff.body.get("order_token")),
        (200, None),
        "staff finds it, without the token"
    );
    assert_eq!(shop.send(cancel(&shop.admin(), &id)).await.status, 200);
    assert_eq!(shop.send(read(&token)).await.body["status"], "cancelled");
}

#[tokio::test]
async fn no_token_but_the_orders_own_opens_it() {
    let shop = shop().await;
    let first = shop.send(order(KEY, &body(&json!({})))).await;
    let second = shop.send(order("0b9f6f0e-guest-2", &body(&json!({})))).await;
    let (own, other) = (token(&first), token(&second));
    assert_ne!(own, other);
    assert_eq!(shop.send(read(&other)).await.order_id(), second.order_id());
    let mut forged = vec![
        "AAAA".to_owned(),
        own[1..].to_owned(),
        format!("{own}A"),
        own.to_uppercase(),
        "%20".to_owned(),
        "ä".to_owned(),
    ];
    // Every single letter counts.
    for at in [0, 10, 21, 22, 40, own.len() - 2] {
        let mut text = own.clone().into_bytes();
        text[at] = if text[at] == b'A' { b'B' } else { b'A' };
        forged.push(String::from_utf8(text).expect("ASCII"));
    }
    // The seal of one with the content of the other.
    forged.push(format!("{}{}", &own[..20], &other[20..]));
    let world = World::of(&shop);
    for token in &forged {
        let encoded = token.replace('ä', "%C3%A4");
        assert_problem(&shop.send(read(&encoded)).await, 404, "not_found");
        assert_problem(&shop.send(pay(&encoded, KEY, "pm_card_visa")).await, 404, "not_found");
        assert_problem(&shop.send(call_off(&encoded)).await, 404, "not_found");
    }
    world.assert_unchanged(&shop, "forged tokens");
    // A cursor is sealed with the same key, and is good for lists alone.
    let alice = shop.customer("alice");
    for key in ["k1", "k2"] {
        shop.twin.cloud.clock.advance(1_000);
        shop.send(crate::support::place(&alice, key, &basket(&[("mug", 1)], &json!({})))).await;
    }
    let list = shop.send(Call::get("/api/v1/orders?limit=1").token(&alice)).await;
    let cursor = list.body["next_cursor"].as_str().expect("there is more");
    assert_problem(&shop.send(read(cursor)).await, 404, "not_found");
}

#[tokio::test]
async fn a_token_is_good_for_ninety_days_and_not_a_second_longer() {
    let shop = shop().await;
    let token = token(&shop.send(order(KEY, &body(&json!({})))).await);
    shop.finish().await;
    shop.twin.cloud.clock.advance((GUEST_TOKEN_DAYS * DAY - 1) * 1_000);
    assert_eq!(shop.send(read(&token)).await.status, 200);
    shop.twin.cloud.clock.advance(1_000);
    assert_problem(&shop.send(read(&token)).await, 404, "not_found");
    assert_problem(&shop.send(pay(&token, "another-long-key", "pm_card_visa")).await, 404, "not_found");
    assert_problem(&shop.send(call_off(&token)).await, 404, "not_found");
}

#[tokio::test]
async fn guests_have_no_cart_no_book_and_no_say_in_prices() {
    let shop = shop().await;
    let world = World::of(&shop);
    let without = |member: &str| {
        let mut body = body(&json!({}));
        body.as_object_mut().expect("an object").remove(member).expect("it is there");
        body
    };
    assert_invalid(&shop.send(order(KEY, &without("lines"))).await, "/lines", "required");
    assert_invalid(&shop.send(order(KEY, &without("contact_email"))).await, "/contact_email", "required");
    let mut cart = without("lines");
    cart["cart_id"] = json!("cart_000000000001");
    assert_invalid(&shop.send(order(KEY, &cart)).await, "/lines", "required");
    for (more, pointer, code) in [
        (json!({"cart_id": "cart_000000000001"}), "/cart_id", "not_together"),
        (json!({"customer_id": "alice"}), "/customer_id", "not_permitted"),
        (json!({"contact_email": "jane"}), "/contact_email", "invalid"),
        (json!({"internal_notes": "x"}), "/internal_notes", "not_permitted"),
        (json!({"discount_amount": "1.00"}), "/discount_amount", "not_permitted"),
        (
            json!({"lines": [{"product_id": "mug", "quantity": 1, "unit_price": "0.01"}]}),
            "/lines/0/unit_price",
            "not_permitted",
        ),
        (json!({"billing_address_id": "home"}), "/billing_address_id", "unknown_address"),
        (json!({"coupon_code": "NONE"}), "/coupon_code", "unknown_coupon"),
    ] {
        assert_invalid(&shop.send(order(KEY, &body(&more))).await, pointer, code);
    }
    assert_problem(
        &shop.send(order(KEY, &body(&json!({"expected_total": "1.00"})))).await,
        409,
        "total_changed",
    );
    let many = body(&json!({"lines": [{"product_id": "mug", "quantity": 11}]}));
    assert_problem(&shop.send(order(KEY, &many)).await, 409, "out_of_stock");
    world.assert_unchanged(&shop, "what guests may not do");
}

#[tokio::test]
async fn a_guests_key_must_be_long_enough_not_to_be_guessed() {
    let shop = shop().await;
    let world = World::of(&shop);
    for key in ["k1", "0123456789abcde"] {
        assert_problem(&shop.send(order(key, &body(&json!({})))).await, 400, "idempotency_key_invalid");
    }
    let keyless = Call::post("/api/v1/guest/orders").json(&body(&json!({})));
    assert_problem(&shop.send(keyless).await, 400, "idempotency_key_required");
    world.assert_unchanged(&shop, "short keys");
    assert_eq!(shop.send(order("0123456789abcdef", &body(&json!({})))).await.status, 201);
}

#[tokio::test]
async fn the_same_key_answers_the_same_order_with_its_token_and_another_body_learns_nothing() {
    let shop = shop().await;
    let placed = shop.send(order(KEY, &body(&json!({})))).await;
    let world = World::of(&shop);
    shop.twin.cloud.clock.advance(3_600_000);
    let again = shop.send(order(KEY, &body(&json!({})))).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, Some("true")), "{again:?}");
    assert_eq!(again.body, placed.body, "the token, too, is the same");
    for other in [
        json!({"notes": "x"}),
        json!({"lines": [{"product_id": "mug", "quantity": 1}]}),
        json!({"contact_email": "JANE@example.com"}),
    ] {
        let refused = shop.send(order(KEY, &body(&other))).await;
        assert_problem(&refused, 422, "idempotency_key_reused");
        let told = refused.body.to_string();
        assert!(!told.contains(&placed.order_id()) && !told.contains("order_id"), "{told}");
    }
    world.assert_unchanged(&shop, "a key that was used");
    // Keys belong to whoever has the mail address.
    let john = shop.send(order(KEY, &body(&json!({"contact_email": "john@example.com"})))).await;
    assert_eq!(john.status, 201, "{john:?}");
    assert_ne!(
        (john.order_id(), &john.body["customer_id"]),
        (placed.order_id(), &placed.body["customer_id"])
    );
}

#[tokio::test]
async fn a_guest_pays_later_with_the_token() {
    let shop = shop().await;
    let unpaid = json!({"create_payment": false});
    let mut asked = body(&unpaid);
    asked.as_object_mut().expect("an object").remove("payment");
    let placed = shop.send(order(KEY, &asked)).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    assert_has(
        &placed.body,
        &json!({"status": "pending", "payment_status": "unpaid", "payment_type": "later",
            "available_actions": ["pay", "cancel", "cancel_lines"],
            "payment": {"method": "later", "pay_until": "2026-03-02T10:00:00Z"}}),
    );
    assert!(shop.twin.cloud.stripe.intents().is_empty());
    let token = token(&placed);
    let keyless =
        Call::post(&format!("/api/v1/guest/orders/{token}/payments")).json(&json!({"method": "cod"}));
    assert_problem(&shop.send(keyless).await, 400, "idempotency_key_required");
    let paid = shop.send(pay(&token, "p1", "pm_card_visa")).await;
    assert_eq!(paid.status, 200, "{paid:?}");
    assert_has(
        &paid.body,
        &json!({"status": "confirmed", "payment_status": "paid", "payment_type": "card", "order_token": token}),
    );
    assert_eq!(money(&shop), (2500, 0));
    let again = shop.send(pay(&token, "p1", "pm_card_visa")).await;
    assert_eq!((again.status, &again.body), (200, &paid.body), "the same key pays once");
    assert_problem(&shop.send(pay(&token, "p2", "pm_card_visa")).await, 409, "order_not_payable");
    assert_eq!(money(&shop), (2500, 0));
    assert_eq!(shop.send(read(&token)).await.body, as_read(&paid));
}

#[tokio::test]
async fn a_guest_whose_card_is_declined_gets_the_token_with_the_refusal_and_tries_another_card() {
    let shop = shop().await;
    let card = json!({"payment": {"method": "card", "payment_method_id": "pm_card_chargeDeclined"}});
    let declined = shop.send(order(KEY, &body(&card))).await;
    assert_problem(&declined, 402, "payment_declined");
    let token = declined.body["order"]["order_token"].as_str().expect("a token").to_owned();
    let paid = shop.send(pay(&token, "p1", "pm_card_visa")).await;
    assert_eq!((paid.status, &paid.body["payment_status"]), (200, &json!("paid")), "{paid:?}");
    shop.finish().await;
    assert_eq!((money(&shop), shop.units("mug")), ((2500, 0), (8, 2)));
}

#[tokio::test]
async fn a_guest_calls_off_with_the_token_once_and_money_and_goods_go_back() {
    let shop = shop().await;
    let card = json!({"payment": {"method": "card", "payment_method_id": "pm_card_visa"}});
    let placed = shop.send(order(KEY, &body(&card))).await;
    assert_eq!((placed.status, money(&shop), shop.units("mug")), (201, (2500, 0), (8, 2)), "{placed:?}");
    let token = token(&placed);
    let tag = placed.header("etag").expect("a tag").to_owned();
    let world = World::of(&shop);
    assert_problem(&shop.send(call_off(&token).header("if-match", "\"999\"")).await, 412, "version_mismatch");
    assert_invalid(
        &shop.send(call_off(&token).json(&json!({"reason": " "}))).await,
        "/reason",
        "out_of_range",
    );
    world.assert_unchanged(&shop, "refused cancellations");
    let reason = json!({"reason": "Ordered twice"});
    let cancelled = shop.send(call_off(&token).header("if-match", &tag).json(&reason)).await;
    assert_eq!(cancelled.status, 200, "{cancelled:?}");
    assert_has(
        &cancelled.body,
        &json!({"status": "cancelled", "payment_status": "refunded", "refund_amount": "25.00",
            "cancellation_reason": "Ordered twice"}),
    );
    let again = shop.send(call_off(&token)).await;
    assert_eq!((again.status, &again.body), (200, &cancelled.body));
    shop.finish().await;
    assert_eq!((money(&shop), shop.units("mug")), ((2500, 2500), (10, 0)));
    assert_problem(&shop.send(pay(&token, "p1", "pm_card_visa")).await, 409, "order_not_payable");
}

/// The gateway looks at no bearer token there, and the function at nothing that it may say.
#[tokio::test]
async fn whoever_comes_with_a_guests_token_is_that_guest_staff_too() {
    let shop = shop().await;
    let staff = shop.admin();
    let placed = shop.send(order(KEY, &body(&json!({"create_payment": false})))).await;
    let (id, token) = (placed.order_id(), token(&placed));
    let plain = shop.send(read(&token)).await;
    assert_eq!(shop.send(read(&token).token(&staff)).await.body, plain.body);
    assert_problem(&shop.send(read(&id).token(&staff)).await, 404, "not_found");
    assert_eq!(shop.send(pay(&token, "p1", "pm_card_visa").token(&staff)).await.body["order_token"], token);
    assert_eq!(shop.send(call_off(&token).token(&staff)).await.status, 200);
    let order = get(&shop, &staff, &id).await;
    let by_people = |event: &&Value| event["type"] == "payment_chosen" || event["type"] == "cancelled";
    let actors: Vec<&Value> = order.body["timeline"]
        .as_array()
        .expect("a timeline")
        .iter()
        .filter(by_people)
        .map(|event| &event["actor"])
        .collect();
    assert!(!actors.is_empty() && actors.iter().all(|actor| **actor == "customer"), "{order:?}");
}

/// Where callers are known by their claims, a guest's token is no name of an order, for nobody.
#[tokio::test]
async fn a_guests_token_opens_nothing_where_callers_are_known_by_their_claims() {
    let shop = shop().await;
    let token = token(&shop.send(order(KEY, &body(&json!({})))).await);
    let world = World::of(&shop);
    let card = json!({"method": "card", "payment_method_id": "pm_card_visa"});
    for caller in [shop.customer("alice"), shop.admin()] {
        for call in [
            Call::get(&format!("/api/v1/orders/{token}")),
            Call::new("DELETE", &format!("/api/v1/orders/{token}")),
            Call::post(&format!("/api/v1/orders/{token}/cancel")).header("order_token", &token),
            Call::post(&format!("/api/v1/orders/{token}/payments")).key("p1").json(&card),
        ] {
            assert_problem(&shop.send(call.token(&caller)).await, 404, "not_found");
        }
        for method in ["GET", "DELETE"] {
            let call = Call::new(method, &format!("/api/v1/orders/{token}?order_token={token}"));
            assert_problem(&shop.send(call.token(&caller)).await, 422, "invalid_request");
        }
    }
    world.assert_unchanged(&shop, "a guest's token in the place of an order's id");
}

#[tokio::test]
async fn a_guests_preview_needs_no_key_and_writes_nothing() {
    let shop = shop().await;
    put_product(&shop, "mug", "12.50", &json!({"offer_price": "10.00"})).await;
    let world = World::of(&shop);
    let preview = shop.send(Call::post("/api/v1/guest/orders?dry_run=true").json(&body(&json!({})))).await;
    assert_eq!(preview.status, 200, "{preview:?}");
    world.assert_unchanged(&shop, "a preview");
    let placed = shop.send(order(KEY, &body(&json!({})))).await;
    for (name, value) in
        preview.body.as_object().expect("an object").iter().filter(|(name, _)| *name != "dry_run")
    {
        assert!(has(&placed.body[name], value), "{name}: {value}\n{}", placed.body[name]);
    }
}

#[tokio::test]
async fn one_mail_address_is_one_guest_for_the_limit_on_orders() {
    let shop = shop().await;
    shop.settings(&json!({"guest_checkout": {"enabled": true}, "limits": {"orders_per_hour": 2}})).await;
    let one = |key: &str, email: &str| {
        let body = body(&json!({"contact_email": email, "lines": [{"product_id": "mug", "quantity": 1}]}));
        shop.send(order(key, &body))
    };
    assert_eq!(one("guest-order-0001", "jane@example.com").await.status, 201);
    assert_eq!(one("guest-order-0002", "JANE@example.com").await.status, 201);
    let third = one("guest-order-0003", "Jane@Example.com").await;
    assert_problem(&third, 429, "too_many_orders");
    assert_eq!(one("guest-order-0003", "john@example.com").await.status, 201);
    assert_eq!(one("guest-order-0001", "jane@example.com").await.status, 200, "a replay is always answered");
}
