//! Sjoppie Orders API.

use serde_json::json;
use tests::{Call, Shop};

use super::{Story, sell, shop_at};
use crate::redirects::submit;
use crate::support::money;

/// 2024-04-25T12:00:00Z, when the document's order was placed.
const PLACED: i64 = 1_714_046_400;
const CUSTOMER: &str = "5f0c9a9e-3a51-4a52-9f0e-6d3c1f4f8a11";
const PRODUCT: &str = "a3d6b1f0-6f0e-4c0e-8b1e-1c2d3e4f5a6b";

/// Prices without tax, and 21 % on top.
async fn shop() -> Shop {
    let shop = shop_at(PLACED);
    shop.settings(&json!({
        "currency": "EUR", "country": "NL",
        "tax": {"prices_include_tax": false, "classes": ["standard"],
            "zones": [{"countries": ["NL"], "rates": {"standard": [{"name": "btw", "rate": "21"}]}}]},
        "payment": {"return_origins": ["https://example.com"]},
    }))
    .await;
    shop.warehouse("north").await;
    sell(
        &shop,
        &[(PRODUCT, json!({"name": "Klompen", "price": "10.00", "currency": "EUR", "weight_grams": 300}))],
    )
    .await;
    shop
}

#[tokio::test]
async fn orders_are_created_by_staff_and_customers_read_listed_shipped_and_refunded() {
    let shop = shop().await;
    let (customer, staff) = (shop.customer(CUSTOMER), shop.admin());
    let mut story = Story::of("sjoppie", &shop);
    let created = story.send("create", &staff).await;
    let payment_url = created.body["payment"]["payment_url"].as_str().expect("a page to pay on");
    assert!(payment_url.starts_with("http"), "{payment_url}");
    assert_eq!(shop.twin.cloud.stripe.sessions()[0]["amount_total"], 1_210);
    story.send("get", &customer).await;
    let addresses = [("home", "Main Street", "Amsterdam"), ("office", "Shipping Street", "Rotterdam")];
    for (id, street, city) in addresses {
        let body = json!({"street": street, "house_number": "1", "postal_code": "1234 AB", "city": city, "country": "NL"});
        let put = Call::put(&format!("/api/v1/addresses/{id}")).token(&customer).json(&body);
        assert_eq!(shop.send(put).await.status, 201);
    }
    story.send("create_by_address_ids", &customer).await;
    story.send("create_to_billing_address", &customer).await;
    story.send("refused", &customer).await;
    shop.finish().await;
    let list = story.send("list", &customer).await;
    assert_eq!(list.body["orders"].as_array().map(Vec::len), Some(3));
    let all = story.send("list_all", &staff).await;
    assert_eq!(all.body["orders"].as_array().map(Vec::len), Some(3));
    assert_eq!(shop.units(PRODUCT), (97, 3), "each order holds its own");
    // The page speaks of the first order again, whose customer has paid.
    assert_eq!(submit(&shop, payment_url, "pm_card_visa").0, 303);
    shop.finish().await;
    story.names.insert("order_id", created.order_id());
    story.send("status", &staff).await;
    assert_eq!((money(&shop), shop.units(PRODUCT)), ((1_210, 0), (97, 2)));
    story.send("refund", &staff).await;
    assert_eq!(money(&shop), (1_210, 1_210));
    story.end();
}
