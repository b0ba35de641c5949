//! Everybody's orders, for staff (C7): every filter, page by page, and what needs a person.

use serde_json::{Value, json};
use shared::order::Status;
use std::collections::BTreeSet;
use tests::{Answer, Call, Shop, order, order_body};

use crate::refunds_support::{by_staff, card, dined, priced, refund, retry, settle};
use crate::statuses::bring;
use crate::support::{assert_has, assert_invalid, assert_problem, basket, cancel, get, place, stripe};

pub const DAY: i64 = 24 * 60 * 60;

fn call(shop: &Shop, query: &str) -> Call {
    Call::get(&format!("/api/v1/admin/orders{query}")).token(&shop.admin())
}

/// A page of the list.
pub async fn list(shop: &Shop, query: &str) -> Answer {
    let page = shop.send(call(shop, query)).await;
    assert_eq!(page.status, 200, "{query}: {page:?}");
    page
}

fn ids(page: &Answer) -> Vec<String> {
    let rows = page.body["orders"].as_array().expect("a list").iter();
    rows.map(|row| row["order_id"].as_str().expect("an id").to_owned()).collect()
}

/// Every id of a walk in pages of two.
async fn walk(shop: &Shop, query: &str) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    for _ in 0..100 {
        let page = list(shop, &format!("?limit=2&{query}{cursor}")).await;
        found.extend(ids(&page));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
    panic!("the walk does not end");
}

/// What the rows of an order's list say that it needs.
fn needs(page: &Answer, id: &str) -> Value {
    let row = page.body["orders"].as_array().expect("a list").iter().find(|row| row["order_id"] == id);
    let needs = row.unwrap_or_else(|| panic!("{id} is not in {page:?}"))["attention"].as_array().cloned();
    needs.expect("a list").iter().map(|need| need["type"].clone()).collect()
}

/// A shop with many mugs, and an order a day: of Alice, of Bob, and of a guest, again and again. Newest first.
async fn busy(orders: usize) -> (Shop, Vec<String>) {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 1_000).await;
    shop.settings(&json!({"currency": "EUR", "guest_checkout": {"enabled": true}})).await;
    let mut placed = Vec::new();
    for at in 0..orders {
        let key = format!("nobody-guesses-{at}");
        let call = match at % 3 {
            0 => order(&shop.customer("alice"), &key, "mug", 1, "cod"),
            1 => order(&shop.customer("bob"), &key, "mug", 1, "pm_card_visa"),
            _ => {
                let mut body = order_body("mug", 1, "cod");
                body["contact_email"] = json!("guest@example.com");
                Call::post("/api/v1/guest/orders").key(&key).json(&body)
            }
        };
        let answer = shop.send(call).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        placed.insert(0, answer.order_id());
        shop.after(DAY).await;
    }
    (shop, placed)
}

#[tokio::test]
async fn everybodys_orders_are_listed_newest_first_with_whose_they_are() {
    let (shop, placed) = busy(3).await;
    let page = list(&shop, "").await;
    assert_eq!((ids(&page), &page.body["next_cursor"]), (placed.clone(), &Value::Null));
    assert_eq!(page.header("cache-control"), Some("private, no-cache"));
    let row = &page.body["orders"][2];
    assert_has(
        row,
        &json!({"customer_id": "alice", "status": "preparing", "payment_type": "cod", "item_count": 1,
            "total_amount": "12.50", "currency": "EUR", "created_at": "2026-03-01T10:00:00Z", "bill_number": "INV-000001"}),
    );
    let guest = page.body["orders"][0]["customer_id"].as_str().expect("an id");
    assert!(guest.starts_with("guest:"), "{guest}");
    let seen = get(&shop, &shop.admin(), &placed[2]).await.body;
    for (member, value) in row.as_object().expect("an object") {
        assert_eq!(seen[member], *value, "{member} is as the order has it");
    }
}

#[tokio::test]
async fn every_filter_and_every_pair_of_them_finds_what_it_says_and_each_once() {
    let (shop, placed) = busy(9).await;
    for (at, status) in [(1, "packed"), (4, "shipped"), (7, "delivered")] {
        bring(&shop, &placed[at], status).await;
    }
    shop.send(cancel(&shop.admin(), &placed[2])).await;
    shop.finish().await;
    let rows = list(&shop, "").await.body["orders"].as_array().expect("rows").clone();
    let guest = rows[0]["customer_id"].as_str().expect("an id").to_owned();
    let filter = |wanted: &dyn Fn(&Value) -> bool| -> Vec<String> {
        let ids = rows.iter().filter(|row| wanted(row)).map(|row| row["order_id"].as_str().expect("an id"));
        ids.map(str::to_owned).collect()
    };
    let when = |row: &Value| row["created_at"].as_str().expect("a time")[..10].to_owned();
    let (from, to) = ("2026-03-03", "2026-03-06");
    for status in [""].into_iter().chain(Status::ALL.map(Status::as_str)) {
        for customer in ["", "alice", "bob", &guest, "nobody"] {
            for dates in ["", "from", "to", "both"] {
                let mut query = String::new();
                for (name, value) in [("status", status), ("user_id", customer)] {
                    if !value.is_empty() {
                        query.push_str(&format!("&{name}={value}"));
                    }
                }
                let (by_from, by_to) = (dates == "from" || dates == "both", dates == "to" || dates == "both");
                if by_from {
                    query.push_str(&format!("&from={from}"));
                }
                if by_to {
                    query.push_str(&format!("&to={to}"));
                }
                let wanted = filter(&|row| {
                    (status.is_empty() || row["status"] == status)
                        && (customer.is_empty() || row["customer_id"] == customer)
                        && (!by_from || when(row).as_str() >= from)
                        && (!by_to || when(row).as_str() <= to)
                });
                assert_eq!(walk(&shop, &query).await, wanted, "{query}");
            }
        }
    }
}

#[tokio::test]
async fn a_period_begins_with_its_first_moment_and_ends_before_its_last() {
    let (shop, placed) = busy(3).await;
    // Placed on the 3rd, the 2nd and the 1st of March, at ten.
    for (query, first, last) in [
        ("from=2026-03-02T10:00:00Z", 0, 2),
        ("from=2026-03-02T10:00:00.001Z", 0, 1),
        ("to=2026-03-02T10:00:00Z", 2, 3),
        ("to=2026-03-02T10:00:00.001Z", 1, 3),
        ("from=2026-03-02&to=2026-03-02", 1, 2),
        ("from=2026-03-02T11:00:00%2B01:00&to=2026-03-03", 0, 2),
        ("from=2027-01-01", 3, 3),
        ("to=1969-12-31", 3, 3),
        ("from=0001-01-01&to=9999-12-31", 0, 3),
    ] {
        assert_eq!(walk(&shop, query).await, placed[first..last], "{query}");
    }
}

#[tokio::test]
async fn a_cursor_is_for_its_caller_and_its_filters_alone() {
    let (shop, _) = busy(4).await;
    let queries = [
        "",
        "&status=preparing",
        "&user_id=alice",
        "&from=2026-03-01",
        "&to=2026-04-01",
        "&status=preparing&user_id=alice",
    ];
    for query in queries {
        let page = list(&shop, &format!("?limit=1{query}")).await;
        let cursor = page.body["next_cursor"].as_str().expect("there is more").to_owned();
        for other in queries {
            let answer = shop.send(call(&shop, &format!("?limit=1{other}&cursor={cursor}"))).await;
            if other == query {
                assert_eq!(answer.status, 200, "{query}: {answer:?}");
            } else {
                assert_problem(&answer, 400, "invalid_cursor");
            }
        }
        let path = format!("/api/v1/admin/orders?limit=1{query}&cursor={cursor}");
        let colleague = shop.send(Call::get(&path).token(&shop.twin.token("colleague", true))).await;
        assert_problem(&colleague, 400, "invalid_cursor");
        let of_customers = format!("/api/v1/orders?limit=1&cursor={cursor}");
        let own = shop.send(Call::get(&of_customers).token(&shop.admin())).await;
        assert_problem(&own, 400, "invalid_cursor");
    }
    assert_problem(&shop.send(call(&shop, "?cursor=AAAA")).await, 400, "invalid_cursor");
}

#[tokio::test]
async fn what_is_no_filter_is_named() {
    let (shop, _) = busy(0).await;
    for (query, pointer, code) in [
        ("status=lost", "?status", "unknown_status"),
        ("user_id=a%20b", "?user_id", "invalid"),
        ("user_id=", "?user_id", "invalid"),
        ("from=yesterday", "?from", "invalid"),
        ("to=2026-02-30", "?to", "invalid"),
        ("from=2026-03-02&to=2026-03-01", "?to", "out_of_range"),
        ("attention=maybe", "?attention", "invalid"),
        ("limit=0", "?limit", "out_of_range"),
        ("limit=101", "?limit", "out_of_range"),
    ] {
        assert_invalid(&shop.send(call(&shop, &format!("?{query}"))).await, pointer, code);
    }
    let by_customer = Call::get("/api/v1/admin/orders").token(&shop.customer("alice"));
    assert_eq!(shop.send(by_customer).await.status, 403);
    assert_eq!(shop.send(Call::get("/api/v1/admin/orders")).await.status, 401);
}

/// What the index says of each order, for all that are in the table.
fn places(shop: &Shop) -> BTreeSet<(String, String, String)> {
    let items = shop.twin.cloud.dynamodb.items(&shop.twin.table).expect("items");
    let text = |item: &Value, name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
    let heads = items.iter().filter(|item| text(item, "SK").starts_with("ORDER#"));
    heads.map(|item| (text(item, "GSI1SK"), text(item, "GSI2PK"), text(item, "GSI1PK"))).collect()
}

#[tokio::test]
async fn an_order_is_in_the_list_of_its_status_and_in_no_other_all_its_life() {
    let (shop, placed) = busy(1).await;
    let id = &placed[0];
    for status in ["preparing", "packed", "shipped", "delivered"] {
        bring(&shop, id, status).await;
        for listed in Status::ALL.map(Status::as_str) {
            let found = ids(&list(&shop, &format!("?status={listed}")).await);
            assert_eq!(found.contains(id), listed == status, "{status}: {listed}");
        }
        let place = (format!("ORDER#{id}"), format!("ORDERS#{status}"), String::new());
        assert_eq!(places(&shop), [place].into());
        assert_eq!(ids(&list(&shop, "").await), std::slice::from_ref(id));
    }
}

#[tokio::test]
async fn a_failed_refund_is_on_staffs_list_until_it_is_paid() {
    for by_hand in [false, true] {
        let (shop, alice) = priced().await;
        let id = dined(&shop, &alice, &card("pm_twin_firstRefundFails")).await;
        let another = basket(&[("mug", 1)], &json!({"payment": card("pm_card_visa")}));
        assert_eq!(shop.send(place(&alice, "another", &another)).await.status, 201);
        assert!(ids(&list(&shop, "?attention=true").await).is_empty());
        let given = shop.send(refund(&shop, &id, "r1", &json!({"amount": "10.00"}))).await;
        let refund_id = given.body["refund_id"].as_str().expect("an id").to_owned();
        shop.after(10).await;

        for query in ["?attention=true", "?attention=true&status=preparing", "?attention=true&user_id=alice"]
        {
            let page = list(&shop, query).await;
            assert_eq!(ids(&page), std::slice::from_ref(&id), "{query}");
            let need = &page.body["orders"][0]["attention"][0];
            assert_has(need, &json!({"type": "refund_failed", "refund_id": refund_id}));
            assert_has(&by_staff(&shop, &id).await, &json!({"attention": [need]}));
        }
        assert!(ids(&list(&shop, "?attention=true&status=shipped").await).is_empty());
        assert!(ids(&list(&shop, "?attention=true&user_id=alice&status=shipped").await).is_empty());
        assert!(ids(&list(&shop, "?attention=true&to=2026-02-28").await).is_empty());
        assert_eq!(get(&shop, &alice, &id).await.body.get("attention"), None, "no customer's business");

        let paid = if by_hand {
            shop.send(settle(&shop, &id, &refund_id, "bank transfer")).await
        } else {
            shop.send(retry(&shop, &id, &refund_id)).await
        };
        assert_eq!(paid.body["status"], "done", "{paid:?}");
        assert!(ids(&list(&shop, "?attention=true").await).is_empty());
        assert_has(&by_staff(&shop, &id).await, &json!({"attention": []}));
    }
}

#[tokio::test]
async fn disputes_returns_and_cash_that_goes_back_are_on_staffs_list() {
    let (shop, alice) = priced().await;
    let disputed = dined(&shop, &alice, &card("pm_card_createDispute")).await;
    let cash = basket(&[("mug", 2)], &json!({"payment": {"method": "cod"}}));
    let cash = shop.send(place(&alice, "another", &cash)).await.order_id();
    shop.finish().await;
    for status in ["shipped", "delivered"] {
        bring(&shop, &cash, status).await;
    }
    assert_eq!(ids(&list(&shop, "?attention=true").await), std::slice::from_ref(&disputed));
    let ask = json!({"lines": [{"line_id": 1, "quantity": 1}], "reason": "damaged"});
    let ask = Call::post(&format!("/api/v1/orders/{cash}/returns")).token(&alice).key("b1").json(&ask);
    assert_eq!(shop.send(ask).await.status, 201);
    let page = list(&shop, "?attention=true").await;
    assert_eq!(ids(&page), [cash.clone(), disputed.clone()]);
    assert_eq!(
        (needs(&page, &cash), needs(&page, &disputed)),
        (json!(["return_requested"]), json!(["dispute"]))
    );

    let answer = |verb: &str| {
        Call::post(&format!("/api/v1/admin/orders/{cash}/returns/1/{verb}")).token(&shop.admin())
    };
    assert_eq!(shop.send(answer("approve")).await.status, 200);
    assert_eq!(ids(&list(&shop, "?attention=true").await), std::slice::from_ref(&disputed));
    assert_eq!(shop.send(answer("receive")).await.status, 200);
    let page = list(&shop, "?attention=true").await;
    assert_eq!(needs(&page, &cash), json!(["refund_by_hand"]));

    let disputes = stripe(&shop, "GET", "/v1/disputes?limit=10", "");
    let path = format!("/v1/disputes/{}", disputes["data"][0]["id"].as_str().expect("an id"));
    stripe(&shop, "POST", &path, "evidence[uncategorized_text]=winning_evidence");
    shop.after(60).await;
    assert_eq!(ids(&list(&shop, "?attention=true").await), [cash]);
}

#[tokio::test]
async fn an_overdue_delivery_is_shown_on_every_list_and_found_by_its_status_and_time() {
    let (shop, placed) = busy(1).await;
    bring(&shop, &placed[0], "shipped").await;
    assert_eq!(needs(&list(&shop, "").await, &placed[0]), json!([]));
    shop.after(14 * DAY).await;
    for query in ["", "?status=shipped&to=2026-03-10", "?user_id=alice"] {
        assert_eq!(needs(&list(&shop, query).await, &placed[0]), json!(["delivery_overdue"]), "{query}");
    }
    assert!(ids(&list(&shop, "?attention=true").await).is_empty(), "nothing wrote it down");
    bring(&shop, &placed[0], "delivered").await;
    assert_eq!(needs(&list(&shop, "").await, &placed[0]), json!([]));
}
