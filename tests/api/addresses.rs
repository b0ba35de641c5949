//! The address book, and orders that name addresses in it (A3, P7).

use serde_json::{Value, json};
use std::sync::Arc;
use tests::{Answer, Call, Shop};
use tokio::task::JoinSet;

use crate::support::{
    World, assert_has, assert_invalid, assert_problem, basket, get, merge, place, preview, shop,
};

fn put(token: &str, id: &str, address: &Value) -> Call {
    Call::put(&format!("/api/v1/addresses/{id}")).token(token).json(address)
}

fn delete(token: &str, id: &str) -> Call {
    Call::new("DELETE", &format!("/api/v1/addresses/{id}")).token(token)
}

async fn book(shop: &Shop, token: &str) -> Value {
    let book = shop.send(Call::get("/api/v1/addresses").token(token)).await;
    assert_eq!((book.status, book.header("cache-control")), (200, Some("private, no-cache")), "{book:?}");
    book.body["addresses"].clone()
}

fn home() -> Value {
    json!({"name": "Alice", "street": "Home 1", "house_number": "1a", "additional_info": "left door", "postal_code": "3511 AA",
        "city": "Utrecht", "state": "Utrecht", "country": "NL", "phone": "+31 30 123"})
}

fn office() -> Value {
    json!({"street": "Office 2", "city": "Berlin", "country": "DE"})
}

/// An order for one mug, of these addresses and nothing else of the kind.
fn order(addresses: &Value) -> Value {
    let mut body = basket(&[("mug", 1)], &json!({}));
    body.as_object_mut().expect("an object").remove("shipping_address");
    merge(&mut body, addresses);
    body
}

fn shown(id: &str, address: &Value) -> Value {
    let mut shown = address.clone();
    shown["address_id"] = json!(id);
    shown
}

#[tokio::test]
async fn addresses_are_put_replaced_listed_and_deleted() {
    let (shop, alice) = shop().await;
    assert_eq!(book(&shop, &alice).await, json!([]));
    let created = shop.send(put(&alice, "home", &home())).await;
    assert_eq!((created.status, &created.body), (201, &shown("home", &home())), "{created:?}");
    assert_eq!(shop.send(put(&alice, "Buero", &office())).await.status, 201);
    assert_eq!(book(&shop, &alice).await, json!([shown("Buero", &office()), shown("home", &home())]));
    assert_eq!(book(&shop, &shop.customer("bob")).await, json!([]), "books are their customers' own");
    let moved = json!({"address": "New 9", "zip": "1000", "city": "Delft", "country": "NL"});
    let replaced = shop.send(put(&alice, "home", &moved)).await;
    let new = json!({"address_id": "home", "street": "New 9", "postal_code": "1000", "city": "Delft", "country": "NL"});
    assert_eq!((replaced.status, &replaced.body), (200, &new), "what is left out is gone");
    assert_eq!(shop.send(delete(&alice, "Buero")).await.status, 204);
    assert_problem(&shop.send(delete(&alice, "Buero")).await, 404, "not_found");
    assert_problem(&shop.send(delete(&shop.customer("bob"), "home")).await, 404, "not_found");
    assert_eq!(book(&shop, &alice).await, json!([new]));
}

#[tokio::test]
async fn an_address_that_breaks_a_rule_does_not_get_into_the_book() {
    let (shop, alice) = shop().await;
    let world = World::of(&shop);
    for (member, value, code) in [
        ("street", json!(" "), "invalid"),
        ("city", json!("a\tb"), "invalid"),
        ("country", json!("nl"), "invalid"),
        ("phone", json!("1".repeat(201)), "invalid"),
    ] {
        let mut address = home();
        address[member] = value;
        assert_invalid(&shop.send(put(&alice, "home", &address)).await, &format!("/{member}"), code);
    }
    for address in [
        json!({"street": "x", "city": "y"}),
        json!({"street": "x", "city": "y", "country": "NL", "planet": "Earth"}),
        json!([]),
    ] {
        assert_problem(&shop.send(put(&alice, "home", &address)).await, 400, "malformed_body");
    }
    for id in ["a%20b", "a%23b", "%20", &"x".repeat(200)] {
        assert_problem(&shop.send(put(&alice, id, &home())).await, 404, "not_found");
        assert_problem(&shop.send(delete(&alice, id)).await, 404, "not_found");
    }
    world.assert_unchanged(&shop, "addresses that cannot be");
}

#[tokio::test]
async fn a_book_has_fifty_addresses_and_not_one_more() {
    let (shop, alice) = shop().await;
    for at in 0..50 {
        assert_eq!(shop.send(put(&alice, &format!("a{at:02}"), &office())).await.status, 201);
    }
    let world = World::of(&shop);
    assert_problem(&shop.send(put(&alice, "a50", &office())).await, 409, "address_book_full");
    world.assert_unchanged(&shop, "the fifty-first address");
    assert_eq!(shop.send(put(&alice, "a49", &home())).await.status, 200);
    assert_eq!(shop.send(delete(&alice, "a00")).await.status, 204);
    assert_eq!(shop.send(put(&alice, "a50", &office())).await.status, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn addresses_that_are_put_at_the_same_moment_are_all_there() {
    let (shop, alice) = shop().await;
    let shop = Arc::new(shop);
    let mut tasks = JoinSet::new();
    for at in 0..20 {
        let (shop, alice) = (Arc::clone(&shop), alice.clone());
        tasks.spawn(async move { shop.send(put(&alice, &format!("a{at:02}"), &office())).await });
    }
    let answers: Vec<Answer> = tasks.join_all().await;
    assert!(answers.iter().all(|answer| answer.status == 201), "{answers:#?}");
    assert_eq!(book(&shop, &alice).await.as_array().map(Vec::len), Some(20));
}

#[tokio::test]
async fn an_order_names_addresses_of_the_book_and_keeps_copies_of_its_own() {
    let (shop, alice) = shop().await;
    shop.send(put(&alice, "home", &home())).await;
    shop.send(put(&alice, "office", &office())).await;
    let inline = json!({"street": "Inline 3", "city": "Ghent", "country": "BE"});
    for (key, addresses, billing, shipping) in [
        ("k1", json!({"shipping_address_id": "home"}), home(), home()),
        ("k2", json!({"billing_address_id": "office"}), office(), office()),
        (
            "k3",
            json!({"billing_address_id": "office", "shipping_address_id": "home", "different_shipping": true}),
            office(),
            home(),
        ),
        ("k4", json!({"billing_address_id": "office", "shipping_address": inline}), office(), inline.clone()),
    ] {
        let body = order(&addresses);
        assert_eq!(shop.send(preview(&alice, &body)).await.status, 200);
        let placed = shop.send(place(&alice, key, &body)).await;
        assert_eq!(placed.status, 201, "{placed:?}");
        assert_eq!(
            (&placed.body["billing_address"], &placed.body["shipping_address"]),
            (&billing, &shipping),
            "{key}"
        );
        assert_eq!(get(&shop, &alice, &placed.order_id()).await.body["billing_address"], billing);
    }
    let first = shop.send(place(&alice, "k1", &order(&json!({"shipping_address_id": "home"})))).await;
    shop.send(put(&alice, "home", &office())).await;
    shop.send(delete(&alice, "office")).await;
    assert_eq!(
        get(&shop, &alice, &first.order_id()).await.body["shipping_address"],
        home(),
        "orders keep copies"
    );
    let again = shop.send(place(&alice, "k1", &order(&json!({"shipping_address_id": "home"})))).await;
    assert_eq!((again.status, &again.body["shipping_address"]), (200, &home()), "so do replays");
}

#[tokio::test]
async fn an_order_cannot_name_what_is_not_in_its_customers_book() {
    let (shop, alice) = shop().await;
    shop.send(put(&shop.customer("bob"), "home", &home())).await;
    shop.send(put(&shop.admin(), "depot", &home())).await;
    let world = World::of(&shop);
    for name in ["shipping_address_id", "billing_address_id"] {
        for id in ["home", "depot"] {
            let refused = shop.send(place(&alice, "k1", &order(&json!({name: id})))).await;
            assert_invalid(&refused, &format!("/{name}"), "unknown_address");
        }
    }
    for (addresses, pointer, code) in [
        (
            json!({"shipping_address_id": "home", "shipping_address": home()}),
            "/shipping_address_id",
            "not_together",
        ),
        (
            json!({"billing_address_id": "home", "billing_address": home()}),
            "/billing_address_id",
            "not_together",
        ),
        (json!({"billing_address_id": "home", "different_shipping": true}), "/shipping_address", "required"),
        (json!({}), "/shipping_address", "required"),
    ] {
        assert_invalid(
            &shop.send(place(&shop.customer("bob"), "k1", &order(&addresses))).await,
            pointer,
            code,
        );
    }
    world.assert_unchanged(&shop, "addresses that are not in the book");
    // Staff names addresses of the customer's book, not of their own.
    let mut for_bob = order(&json!({"shipping_address_id": "home"}));
    merge(&mut for_bob, &json!({"customer_id": "bob", "contact_email": "bob@example.com"}));
    let placed = shop.send(place(&shop.admin(), "k1", &for_bob)).await;
    assert_has(&placed.body, &json!({"customer_id": "bob", "shipping_address": home()}));
    for_bob["shipping_address_id"] = json!("depot");
    assert_invalid(
        &shop.send(place(&shop.admin(), "k2", &for_bob)).await,
        "/shipping_address_id",
        "unknown_address",
    );
}
