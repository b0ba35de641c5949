//! Ids, numbers, pages, filters and cursors under which there is no order.

use tests::{Call, order};

use super::everywhere::{missing, order_ids};
use super::{Stage, case, check, shop};

#[tokio::test]
async fn reading_one_order_refuses_ids_that_are_none_or_not_the_callers() {
    let Stage { shop, alice, own, foreign, .. } = shop().await;
    let mut cases = Vec::new();
    for query in ["page=-1", "x=%ff", "%00=", "a&b"] {
        let asked = Call::get(&format!("/api/v1/orders/{own}?{query}")).token(&alice);
        assert_eq!(shop.send(asked.beyond_the_document()).await.code(), "invalid_request", "{query}");
    }
    let twice = Call::get("/api/v1/orders?status=confirmed&status=delivered").token(&alice);
    let refused = shop.send(twice.beyond_the_document()).await;
    assert_eq!((refused.status, &refused.body["errors"][0]["code"]), (422, &"repeated_parameter".into()));
    for suffix in ["", "/tracking"] {
        let call = |id: &str| Call::get(&format!("/api/v1/orders/{id}{suffix}")).token(&alice);
        cases.extend(missing(&order_ids(&foreign), call));
    }
    // A body where none is wanted does no harm.
    let harmless = Call::get(&format!("/api/v1/orders/{own}")).token(&alice).bytes("rubbish");
    assert_eq!(shop.send(harmless.beyond_the_document()).await.status, 200);
    check(&shop, cases).await;
}

#[tokio::test]
async fn finding_by_number_refuses_what_is_no_number_or_not_the_callers() {
    let Stage { shop, alice, admin, own, foreign, .. } = shop().await;
    let order = shop.send(Call::get(&format!("/api/v1/orders/{foreign}")).token(&admin)).await;
    let number = order.body["order_number"].as_str().expect("a number");
    let mut swapped: Vec<char> = number.chars().filter(|c| *c != '-').collect();
    swapped.rotate_left(1);
    let typed = [
        "%23",
        "0",
        "00000-00000-0",
        "00000-00000-1",
        "-",
        "NUMBER%23x",
        "%F0%9F%98%80",
        "UUUUU-UUUUU-U",
        "*****-*****-*",
        number,
        &number[..12],
        &format!("{number}0"),
        &swapped.iter().collect::<String>(),
        &own,
        &format!("{number}%00"),
        &"7".repeat(5_000),
    ];
    let call = |typed: &str| Call::get(&format!("/api/v1/orders/number/{typed}")).token(&alice);
    check(&shop, missing(&typed, call)).await;
}

#[tokio::test]
async fn lists_of_orders_refuse_wrong_pages_and_filters() {
    let Stage { shop, alice, .. } = shop().await;
    let list = |query: &str| Call::get(&format!("/api/v1/orders?{query}")).token(&alice);
    let invalid =
        |query: &str, pointer: &str, rule| case(query, list(query), 422, "invalid_request").at(pointer, rule);
    let mut cases = Vec::new();
    for name in ["page", "per_page", "limit"] {
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
            cases.push(invalid(&format!("{name}={value}"), &format!("?{name}"), "out_of_range"));
        }
    }
    for (query, pointer, rule) in [
        ("per_page=101", "?per_page", "out_of_range"),
        ("limit=101", "?limit", "out_of_range"),
        ("page=1000&per_page=100", "?page", "too_deep"),
        ("page=12&per_page=100", "?page", "too_deep"),
        ("page=102", "?page", "too_deep"),
    ] {
        cases.push(invalid(query, pointer, rule));
    }
    for status in ["", "PENDING", "paid", "pending,cancelled", "%23", "%ff", "pending%20", "*"] {
        cases.push(invalid(&format!("status={status}"), "?status", "unknown_status"));
    }
    check(&shop, cases).await;
}

#[tokio::test]
async fn lists_of_orders_refuse_cursors_that_are_none_or_another_lists() {
    let Stage { shop, alice, .. } = shop().await;
    let bob = shop.customer("bob");
    for at in 0..3 {
        shop.twin.cloud.clock.advance(1_000);
        for token in [&alice, &bob] {
            shop.send(order(token, &format!("k{at}"), "mug", 1, "cod")).await;
        }
    }
    shop.finish().await;
    let cursor = async |token: &str, list: &str| {
        let page = shop.send(Call::get(&format!("/api/v1/{list}")).token(token)).await;
        page.body["next_cursor"].as_str().expect("there is more").to_owned()
    };
    let own = cursor(&alice, "orders?limit=1").await;
    let list = |query: &str| Call::get(&format!("/api/v1/orders?{query}")).token(&alice);
    assert_eq!(shop.send(list(&format!("limit=1&cursor={own}"))).await.status, 200);
    let other = if own.as_bytes()[3] == b'A' { "B" } else { "A" };
    let mut cases = Vec::new();
    for (what, cursor) in [
        ("an empty cursor", String::new()),
        ("rubbish", "AAAA".to_owned()),
        ("an id", "ord_01890a5dac967aabbccddeeff0011223".to_owned()),
        ("a flipped bit", format!("{}{other}{}", &own[..3], &own[4..])),
        ("a cut one", own[..own.len() - 1].to_owned()),
        ("a longer one", format!("{own}AAAA")),
        ("not base 64", "%2f%2b%00%ff".to_owned()),
        ("40 kB", "A".repeat(40_000)),
        ("another filter's", format!("{own}&status=confirmed")),
        ("another customer's", cursor(&bob, "orders?limit=1").await),
        ("another customer's by page", cursor(&bob, "orders?per_page=1").await + "&per_page=10"),
        ("the catalogue's", cursor(&alice, "products?limit=1").await),
        ("one with a filter, without it", cursor(&alice, "orders?limit=1&status=preparing").await),
    ] {
        cases.push(case(what, list(&format!("cursor={cursor}")), 400, "invalid_cursor"));
    }
    check(&shop, cases).await;
}
