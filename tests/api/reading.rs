//! Reading orders: one, by number, as a list, on its way.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Answer, Call, Shop, order, order_body};

use crate::support::{assert_has, assert_problem, events, get};

async fn shop() -> (Shop, String) {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 1_000).await;
    let alice = shop.customer("alice");
    (shop, alice)
}

async fn list(shop: &Shop, token: &str, query: &str) -> Answer {
    let page = shop.send(Call::get(&format!("/api/v1/orders{query}")).token(token)).await;
    assert_eq!(page.status, 200, "{query}: {page:?}");
    page
}

fn ids(page: &Answer) -> Vec<String> {
    let rows = page.body["orders"].as_array().expect("a list").iter();
    rows.map(|row| row["order_id"].as_str().expect("an id").to_owned()).collect()
}

/// Every id of a walk by cursor.
async fn walk(shop: &Shop, token: &str, query: &str) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    for _ in 0..100 {
        let page = list(shop, token, &format!("?{query}{cursor}")).await;
        assert!(
            page.body.get("pagination").is_none_or(|_| cursor.is_empty()),
            "a cursor has no page numbers"
        );
        found.extend(ids(&page));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
    panic!("the walk does not end");
}

#[tokio::test]
async fn an_order_is_found_by_its_number_however_it_is_typed() {
    let (shop, alice) = shop().await;
    for key in ["k1", "k2", "k3", "k4"] {
        let placed = shop.send(order(&alice, key, "mug", 1, "cod")).await;
        let number = placed.body["order_number"].as_str().expect("a number");
        let bare = number.replace('-', "");
        let alike = bare.replace('0', "o").replace('1', "l");
        for typed in [
            number,
            &number.to_lowercase(),
            &bare,
            &bare.to_lowercase(),
            &alike,
            &alike.to_uppercase(),
            &format!("-{number}"),
        ] {
            let found = shop.send(Call::get(&format!("/api/v1/orders/number/{typed}")).token(&alice)).await;
            assert_eq!((found.status, found.order_id()), (200, placed.order_id()), "{typed}: {found:?}");
            assert_eq!(
                (found.body, found.headers.get("etag")),
                (placed.body.clone(), placed.headers.get("etag"))
            );
        }
    }
}

#[tokio::test]
async fn a_caller_who_has_this_version_gets_no_body() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 1, "cod")).await;
    let number = placed.body["order_number"].as_str().expect("a number").to_owned();
    for path in [format!("/api/v1/orders/{}", placed.order_id()), format!("/api/v1/orders/number/{number}")] {
        for (tags, status) in [
            ("\"2\"", 304),
            ("W/\"2\"", 304),
            ("*", 304),
            ("\"1\", \"2\"", 304),
            ("\"1\"", 200),
            ("2", 200),
            ("\"22\"", 200),
            ("", 200),
        ] {
            let answer = shop.send(Call::get(&path).token(&alice).header("if-none-match", tags)).await;
            assert_eq!((answer.status, answer.header("etag")), (status, Some("\"2\"")), "{path} {tags}");
            assert_eq!(answer.body == Value::Null, status == 304, "{path} {tags}");
        }
    }
    shop.finish().await;
    let id = placed.order_id();
    let changed = shop
        .send(Call::get(&format!("/api/v1/orders/{id}")).token(&alice).header("if-none-match", "\"2\""))
        .await;
    assert_eq!(
        (changed.status, changed.header("etag")),
        (200, Some("\"4\"")),
        "it is being prepared by now, and billed"
    );
}

#[tokio::test]
async fn every_reading_of_an_order_is_sent_once_until_it_changes() {
    let (shop, alice) = shop().await;
    let id = shop.send(order(&alice, "k1", "mug", 1, "cod")).await.order_id();
    shop.finish().await;
    let readings =
        ["", "/tracking", "/summary", "/summary?lang=de", "/impact", "/impact?format=svg", "/returns"];
    let read = async |path: &str, tag: &str| {
        let alice = shop.customer("alice");
        let call = Call::get(&format!("/api/v1/orders/{id}{path}")).token(&alice);
        let answer = shop.send(if tag.is_empty() { call } else { call.header("if-none-match", tag) }).await;
        (answer.status, answer.header("etag").expect("a tag").to_owned(), answer)
    };
    let mut tags = BTreeSet::new();
    for path in readings {
        let (status, tag, first) = read(path, "").await;
        assert_eq!(status, 200, "{path}");
        assert_eq!(read(path, "\"x\"").await.0, 200, "{path}");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let (status, again, known) = read(path, &known).await;
            assert_eq!((status, &again, known.bytes.len()), (304, &tag, 0), "{path}");
            assert_eq!(known.header("content-type"), None, "{path}");
            for kept in ["cache-control", "vary"] {
                assert_eq!(known.header(kept), first.header(kept), "{path}: {kept}");
            }
        }
        tags.insert(tag);
    }
    // The order and its returns are named by the version; the others by what is in them. The same name in two languages is one.
    assert_eq!(tags.len(), readings.len() - 2, "{tags:?}");
    let known: Vec<String> = tags.into_iter().collect();
    // The day after the promised one it is late, and nothing else is different.
    shop.after(6 * 86_400).await;
    for path in readings {
        assert_eq!(
            read(path, &known.join(", ")).await.0,
            if path == "/tracking" { 200 } else { 304 },
            "{path}"
        );
    }
    shop.send(Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&shop.customer("alice"))).await;
    for path in readings {
        assert_eq!(read(path, &known.join(", ")).await.0, 200, "{path}");
    }
}

#[tokio::test]
async fn nothing_but_reading_is_left_out_because_the_caller_has_it() {
    let (shop, alice) = shop().await;
    let id = shop.send(order(&alice, "k1", "mug", 1, "cod")).await.order_id();
    let path = format!("/api/v1/orders/{id}/cancel");
    let off = shop.send(Call::post(&path).token(&alice).header("if-none-match", "*")).await;
    assert_eq!((off.status, &off.body["status"]), (200, &json!("cancelled")));
    let admin = shop.admin();
    let coupon = Call::put("/api/v1/admin/coupons/TEN").token(&admin).json(&json!({"percent": "10"}));
    let tag = shop.send(coupon).await.header("etag").expect("a tag").to_owned();
    let read = Call::get("/api/v1/admin/coupons/TEN").token(&admin).header("if-none-match", &tag);
    let read = shop.send(read).await;
    assert_eq!((read.status, &read.body["used"]), (200, &json!(0)), "how often it was used has no version");
}

#[tokio::test]
async fn a_foreign_order_looks_exactly_like_a_missing_one() {
    let (shop, alice) = shop().await;
    let bob = shop.customer("bob");
    let hers = shop.send(order(&alice, "k1", "mug", 1, "pm_card_visa")).await;
    shop.finish().await;
    let (id, number) = (hers.order_id(), hers.body["order_number"].as_str().expect("a number").to_owned());
    // Another order's id with the last digit changed was never given out.
    let missing = format!("{}{}", &id[..35], if id.ends_with('0') { '1' } else { '0' });
    type Asked = fn(&str, &str) -> Call;
    let calls: [(&str, Asked); 7] = [
        ("get", |id, _| Call::get(&format!("/api/v1/orders/{id}"))),
        ("number", |_, number| Call::get(&format!("/api/v1/orders/number/{number}"))),
        ("tracking", |id, _| Call::get(&format!("/api/v1/orders/{id}/tracking"))),
        ("summary", |id, _| Call::get(&format!("/api/v1/orders/{id}/summary"))),
        ("impact", |id, _| Call::get(&format!("/api/v1/orders/{id}/impact?format=svg"))),
        ("cancel", |id, _| Call::post(&format!("/api/v1/orders/{id}/cancel"))),
        ("delete", |id, _| Call::new("DELETE", &format!("/api/v1/orders/{id}"))),
    ];
    let anonymous = |answer: Answer| {
        let mut body = answer.body;
        body.as_object_mut().expect("an object").remove("request_id").expect("a request id");
        let mut headers: Vec<_> =
            answer.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        headers.sort_by_key(|(name, _)| name.to_string());
        (answer.status, headers, body)
    };
    for (what, call) in calls {
        let foreign = shop.send(call(&id, &number).token(&bob)).await;
        assert_problem(&foreign, 404, "not_found");
        let absent = shop.send(call(&missing, "00000-00000-0").token(&bob)).await;
        assert_eq!(anonymous(foreign), anonymous(absent), "{what}");
    }
    let still = get(&shop, &alice, &id).await;
    assert_eq!((still.status, &still.body["status"]), (200, &json!("preparing")));
    assert!(ids(&list(&shop, &bob, "").await).is_empty());
}

#[tokio::test]
async fn the_right_random_part_under_another_time_is_no_order() {
    let (shop, alice) = shop().await;
    let id = shop.send(order(&alice, "k1", "mug", 1, "cod")).await.order_id();
    let other_time = format!("ord_{}{}", "0123456789ab", &id[16..]);
    for token in [&alice, &shop.admin()] {
        for suffix in ["", "/tracking"] {
            let answer =
                shop.send(Call::get(&format!("/api/v1/orders/{other_time}{suffix}")).token(token)).await;
            assert_problem(&answer, 404, "not_found");
        }
    }
}

#[tokio::test]
async fn staff_reads_every_order_and_alone_its_internal_notes() {
    let (shop, alice) = shop().await;
    let admin = shop.admin();
    let mut body = order_body("mug", 1, "cod");
    body["customer_id"] = json!("alice");
    body["contact_email"] = json!("alice@example.com");
    body["internal_notes"] = json!("VIP");
    body["notes"] = json!("ring twice");
    let placed = shop.send(Call::post("/api/v1/orders").token(&admin).key("k1").json(&body)).await;
    let (id, number) =
        (placed.order_id(), placed.body["order_number"].as_str().expect("a number").to_owned());
    for path in [format!("/api/v1/orders/{id}"), format!("/api/v1/orders/number/{number}")] {
        let by_staff = shop.send(Call::get(&path).token(&admin)).await;
        assert_has(&by_staff.body, &json!({"order_id": id, "internal_notes": "VIP", "notes": "ring twice"}));
        let by_customer = shop.send(Call::get(&path).token(&alice)).await;
        assert_has(&by_customer.body, &json!({"order_id": id, "notes": "ring twice"}));
        assert!(!by_customer.body.to_string().contains("VIP"), "{by_customer:?}");
    }
    let tracking = shop.send(Call::get(&format!("/api/v1/orders/{id}/tracking")).token(&admin)).await;
    assert_eq!(tracking.status, 200);
    assert_eq!(ids(&list(&shop, &alice, "").await), [id], "it is the customer's");
    assert!(ids(&list(&shop, &admin, "").await).is_empty(), "and not in staff's own list");
}

#[tokio::test]
async fn available_actions_follow_the_order() {
    let (shop, alice) = shop().await;
    let pending = shop.send(order(&alice, "k1", "mug", 1, "pm_card_threeDSecure2Required")).await;
    assert_has(
        &pending.body,
        &json!({"status": "pending", "available_actions": ["pay", "cancel", "cancel_lines"]}),
    );
    let confirmed = shop.send(order(&alice, "k2", "mug", 1, "cod")).await;
    assert_has(
        &confirmed.body,
        &json!({"status": "confirmed", "available_actions": ["cancel", "cancel_lines"]}),
    );
    shop.finish().await;
    let by_staff = json!([
        "cancel",
        "cancel_lines",
        "pack",
        "ship",
        "fulfill",
        "name_courier",
        "want_label",
        "change_notes"
    ]);
    for (token, actions) in [(&alice, json!(["cancel", "cancel_lines"])), (&shop.admin(), by_staff)] {
        let preparing = get(&shop, token, &confirmed.order_id()).await;
        assert_has(&preparing.body, &json!({"status": "preparing", "available_actions": actions}));
    }
    shop.send(Call::new("DELETE", &format!("/api/v1/orders/{}", confirmed.order_id())).token(&alice)).await;
    let cancelled = get(&shop, &alice, &confirmed.order_id()).await;
    assert_has(&cancelled.body, &json!({"status": "cancelled", "available_actions": []}));
    assert_eq!(events(&cancelled.body), ["placed", "confirmed", "preparing", "cancelled"]);
    let sequences: Vec<_> = cancelled.body["timeline"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|entry| entry["sequence"].as_u64())
        .collect();
    assert_eq!(sequences, [Some(1), Some(2), Some(3), Some(4), Some(5)]);
}

#[tokio::test]
async fn tracking_follows_each_parcel_to_the_door_and_says_whether_it_came_early() {
    let (shop, alice) = shop().await;
    let id = shop.send(order(&alice, "k1", "mug", 2, "cod")).await.order_id();
    shop.finish().await;
    let send = json!({"lines": [{"line_id": 1, "quantity": 1}], "courier": "PostNL", "tracking_number": "3SABC",
        "tracking_url": "https://postnl.example/3SABC"});
    let fulfill = Call::post(&format!("/api/v1/admin/orders/{id}/fulfill")).token(&shop.admin()).key("f1");
    assert_eq!(shop.send(fulfill.json(&send)).await.status, 201);
    shop.after(86_400).await;
    let move_on = async |parcel: u32, status: &str| {
        let path = format!("/api/v1/admin/orders/{id}/shipments/{parcel}");
        let patch = Call::new("PATCH", &path).token(&shop.admin()).json(&json!({ "status": status }));
        assert_eq!(shop.send(patch).await.status, 200);
        let path = format!("/api/v1/orders/{id}/tracking");
        shop.send(Call::get(&path).token(&shop.customer("alice"))).await.body
    };
    let seen = move_on(2, "delivered").await;
    let courier =
        json!({"name": "PostNL", "tracking_number": "3SABC", "tracking_url": "https://postnl.example/3SABC"});
    assert_has(
        &seen,
        &json!({
            "status": "preparing", "shipped_at": null, "delivered_at": null, "delay_status": "on_time",
            "shipments": [
                {"shipment_id": 2, "status": "delivered", "courier": courier, "checkpoints": [
                    {"at": "2026-03-01T10:00:00Z", "status": "shipped", "location": null},
                    {"at": "2026-03-02T10:00:00Z", "status": "delivered", "location": null}]},
                {"shipment_id": 3, "status": "planned"},
            ],
        }),
    );
    assert_eq!(seen["shipments"][1].get("courier"), None);
    let line = |seen: &Value| -> Vec<(String, String)> {
        let points = seen["checkpoints"].as_array().expect("a list").iter();
        let text = |point: &Value, name: &str| point[name].as_str().expect("a text").to_owned();
        points.map(|point| (text(point, "status"), text(point, "at"))).collect()
    };
    let began = "2026-03-01T10:00:00Z";
    let so_far = ["placed", "confirmed", "preparing"].map(|status| (status.to_owned(), began.to_owned()));
    assert_eq!(line(&seen), so_far, "what is left was planned anew, which is no step of the order");
    move_on(3, "packed").await;
    shop.after(3_600).await;
    move_on(3, "shipped").await;
    shop.after(86_400).await;
    let arrived = move_on(3, "delivered").await;
    let states: Vec<String> = line(&arrived).into_iter().map(|(status, _)| status).collect();
    assert_eq!(states, ["placed", "confirmed", "preparing", "packed", "shipped", "delivered"]);
    assert_has(
        &arrived,
        &json!({
            "status": "delivered", "packed_at": "2026-03-02T10:00:00Z", "shipped_at": "2026-03-02T11:00:00Z",
            "delivered_at": "2026-03-03T11:00:00Z", "estimated_delivery": "2026-03-06",
            "delivery_day": "Tuesday", "delay_status": "early",
        }),
    );
}

#[tokio::test]
async fn tracking_shows_milestones_and_whether_the_promise_holds() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 1, "cod")).await;
    shop.after(60).await;
    let path = format!("/api/v1/orders/{}/tracking", placed.order_id());
    let tracking = shop.send(Call::get(&path).token(&alice)).await;
    assert_eq!(tracking.status, 200, "{tracking:?}");
    assert!(tracking.header("etag").is_some_and(|tag| tag.starts_with("\"4-")), "{tracking:?}");
    let eco_impact = get(&shop, &alice, &placed.order_id()).await.body["eco_impact"].clone();
    assert_eq!(
        tracking.body,
        json!({
            "eco_impact": eco_impact,
            "order_id": placed.order_id(), "order_number": placed.body["order_number"], "status": "preparing",
            "placed_at": "2026-03-01T10:00:00Z", "confirmed_at": "2026-03-01T10:00:00Z",
            "preparing_at": "2026-03-01T10:01:00Z", "packed_at": null, "shipped_at": null, "delivered_at": null,
            "cancelled_at": null, "estimated_delivery": "2026-03-06",
            "delivery_day": "Friday", "delay_status": "on_time",
            "checkpoints": [
                {"at": "2026-03-01T10:00:00Z", "status": "placed", "location": null},
                {"at": "2026-03-01T10:00:00Z", "status": "confirmed", "location": null},
                {"at": "2026-03-01T10:01:00Z", "status": "preparing", "location": null},
            ],
            "shipments": [
                {"shipment_id": 1, "status": "planned", "lines": [{"line_id": 1, "quantity": 1}],
                    "packed_at": null, "shipped_at": null, "delivered_at": null, "checkpoints": []},
            ],
        })
    );
    shop.after(6 * 86_400).await;
    let alice = shop.customer("alice");
    let late = shop.send(Call::get(&path).token(&alice)).await;
    assert_eq!(late.body["delay_status"], "late");
    shop.send(Call::post(&format!("/api/v1/orders/{}/cancel", placed.order_id())).token(&alice)).await;
    let off = shop.send(Call::get(&path).token(&alice)).await;
    assert_has(
        &off.body,
        &json!({"status": "cancelled", "delay_status": null, "cancelled_at": "2026-03-07T10:01:00Z"}),
    );
}

#[tokio::test]
async fn lists_are_whole_newest_first_and_only_the_callers_own() {
    let (shop, alice) = shop().await;
    let bob = shop.customer("bob");
    let (mut newest, mut cancelled) = (Vec::new(), Vec::new());
    for at in 0..35 {
        shop.twin.cloud.clock.advance(1_000);
        let placed = shop.send(order(&alice, &format!("k{at}"), "mug", 1, "cod")).await;
        assert_eq!(placed.status, 201);
        newest.insert(0, placed.order_id());
        shop.send(order(&bob, &format!("k{at}"), "mug", 1, "cod")).await;
        if at % 5 == 0 {
            cancelled.insert(0, placed.order_id());
            shop.send(Call::post(&format!("/api/v1/orders/{}/cancel", placed.order_id())).token(&alice))
                .await;
        }
    }
    shop.finish().await;

    let first = list(&shop, &alice, "").await;
    assert_has(
        &first.body,
        &json!({"pagination": {"current_page": 1, "per_page": 10, "total_items": 35, "total_pages": 4}}),
    );
    assert_has(
        &first.body["orders"][0],
        &json!({"order_id": newest[0], "status": "preparing", "payment_status": "unpaid", "payment_type": "cod",
            "fulfillment_status": "in_progress", "item_count": 1, "total_amount": "12.50", "currency": "EUR",
            "created_at": "2026-03-01T10:00:35Z", "estimated_delivery": "2026-03-06", "bill_number": "INV-000062"}),
    );
    let mut paged = Vec::new();
    for page in 1..=4 {
        let rows = list(&shop, &alice, &format!("?page={page}&per_page=10")).await;
        assert_eq!(rows.body["pagination"]["current_page"], page);
        paged.extend(ids(&rows));
    }
    assert_eq!(paged, newest);
    let beyond = list(&shop, &alice, "?page=5").await;
    assert!(ids(&beyond).is_empty());
    assert_eq!(beyond.body["pagination"]["total_items"], 35);
    assert_eq!(ids(&list(&shop, &alice, "?per_page=100").await), newest);

    for size in [1, 3, 7, 34, 35, 36, 100] {
        assert_eq!(walk(&shop, &alice, &format!("limit={size}")).await, newest, "by {size}");
        assert_eq!(
            walk(&shop, &alice, &format!("limit={size}&status=cancelled")).await,
            cancelled,
            "cancelled by {size}"
        );
    }
    assert_eq!(walk(&shop, &alice, "per_page=10").await, newest, "a numbered page can be gone on from");

    let off = list(&shop, &alice, "?status=cancelled&per_page=3&page=2").await;
    assert_eq!(ids(&off), cancelled[3..6]);
    assert_has(
        &off.body,
        &json!({"pagination": {"total_items": 7, "total_pages": 3, "current_page": 2, "per_page": 3}}),
    );
    let others = list(&shop, &alice, "?status=preparing&per_page=100").await;
    let (others, all): (BTreeSet<_>, BTreeSet<_>) =
        (ids(&others).into_iter().collect(), newest.iter().cloned().collect());
    assert_eq!(others, all.difference(&cancelled.iter().cloned().collect()).cloned().collect());
    let none = list(&shop, &alice, "?status=delivered").await;
    assert_has(
        &none.body,
        &json!({"orders": [], "next_cursor": null, "pagination": {"total_items": 0, "total_pages": 0}}),
    );

    let his = walk(&shop, &bob, "limit=10").await;
    assert!(his.len() == 35 && his.iter().all(|id| !newest.contains(id)));
}

#[tokio::test]
async fn a_walk_misses_nothing_when_orders_are_placed_meanwhile() {
    let (shop, alice) = shop().await;
    let mut known = Vec::new();
    for at in 0..10 {
        shop.twin.cloud.clock.advance(1_000);
        known.insert(0, shop.send(order(&alice, &format!("k{at}"), "mug", 1, "cod")).await.order_id());
    }
    let first = list(&shop, &alice, "?limit=4").await;
    shop.twin.cloud.clock.advance(1_000);
    shop.send(order(&alice, "later", "mug", 1, "cod")).await;
    let cursor = first.body["next_cursor"].as_str().expect("there is more");
    let rest = list(&shop, &alice, &format!("?limit=100&cursor={cursor}")).await;
    assert_eq!([ids(&first), ids(&rest)].concat(), known);
}
