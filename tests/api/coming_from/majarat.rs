//! Majarat Order API.

use serde_json::{Value, json};
use tests::{Call, Shop};

use super::{Story, sell, shop_at};
use crate::returns::decide;
use crate::statuses::bring;
use crate::support::{assert_has, merge, money};

/// 2023-08-07T06:01:52Z, a Monday: when the first order of the document's list was placed.
const PLACED: i64 = 1_691_388_112;

/// Prices with two taxes of 8 % in them, delivery within four days for 100 without tax, and a coupon of 20 %.
async fn shop() -> Shop {
    let shop = shop_at(PLACED);
    shop.settings(&json!({
        "currency": "INR", "country": "IN",
        "tax": {"prices_include_tax": true, "classes": ["standard", "exempt"], "delivery_class": "exempt",
            "zones": [{"countries": ["IN"], "rates": {
                "standard": [{"name": "CGST", "rate": "8"}, {"name": "SGST", "rate": "8"}], "exempt": []}}]},
        "shipping_methods": [{"id": "express", "name": "Express",
            "zones": [{"countries": ["IN"], "bands": [{"up_to_grams": 100_000, "price": "100"}],
                "free_from": "1000", "transit_days": 4}]}],
    }))
    .await;
    put_policy(&shop).await;
    shop.warehouse("north").await;
    let jacket = json!({
        "name": "NETPLAY Zip-Front Puffer Jacket with Insert Pockets with premium colour of which has high quality",
        "translations": {"hi": {"name": "ज़िप-फ्रंट पफ़र जैकेट"}},
        "price": "100.00", "offer_price": "90.00", "currency": "INR", "weight_grams": 900,
        "image_url": "https://majarat.example/uploads/all/71srbo5I7VL._SL1500_.jpg",
        "variations": [{"variation_id": "small-black", "attributes": [
            {"attribute": "Size", "value": "SMALL"}, {"attribute": "Colour", "value": "BLACK", "code": "#000000"}]}],
    });
    let scarf = json!({"name": "Scarf", "price": "20.00", "currency": "INR", "weight_grams": 100});
    sell(&shop, &[("1", jacket), ("2", scarf)]).await;
    let coupon =
        Call::put("/api/v1/admin/coupons/SAVE20").token(&shop.admin()).json(&json!({"percent": "20"}));
    assert_eq!(shop.send(coupon).await.status, 201);
    shop
}

/// The rule of the document, over the settings that there are.
async fn put_policy(shop: &Shop) {
    let example: Value =
        serde_json::from_str(include_str!("../../../examples/policies/majarat.json")).expect("JSON");
    let path = "/api/v1/admin/settings";
    let mut settings = shop.send(Call::get(path).token(&shop.admin())).await.body;
    settings["policies"] = example["policies"].clone();
    shop.settings(&settings).await;
}

#[tokio::test]
async fn orders_are_placed_summed_up_tracked_listed_cancelled_ordered_again_and_sent_back() {
    let shop = shop().await;
    let asha = shop.customer("asha");
    let mut story = Story::of("majarat", &shop);
    story.send("place", &asha).await;
    shop.finish().await;
    story.send("summary", &asha).await;
    story.send("e_bill", &asha).await;
    for at in 0..23 {
        shop.twin.cloud.clock.advance(1_000);
        let body = json!({
            "lines": [{"product_id": "2", "quantity": 1}],
            "shipping_address": {"street": "Park Street 12", "city": "Kolkata", "country": "IN"},
            "payment": {"method": "card", "payment_method_id": "pm_card_visa"},
        });
        let place = Call::post("/api/v1/orders").token(&asha).key(&format!("k{at}")).json(&body);
        assert_eq!(shop.send(place).await.status, 201);
    }
    shop.finish().await;
    let list = story.send("my_orders", &asha).await;
    assert_eq!(list.body["orders"].as_array().map(Vec::len), Some(15));
    assert_has(
        &list.body["orders"][0],
        &json!({"item_count": 1, "total_amount": "120.00", "currency": "INR", "payment_status": "paid", "payment_type": "card",
            "estimated_delivery": "2023-08-11", "bill_number": "INV-000024"}),
    );
    story.send("cancel", &asha).await;
    shop.finish().await;
    assert_eq!(shop.units("1"), (100, 0), "the jackets are back");
    story.send("reorder", &asha).await;
    let online = json!({
        "lines": [{"product_id": "1", "variation_id": "small-black", "quantity": 3}],
        "shipping_address": {"street": "Park Street 12", "city": "Kolkata", "country": "IN"},
        "payment": {"method": "card", "payment_method_id": "pm_card_visa"},
    });
    let online = Call::post("/api/v1/orders").token(&asha).key("online").json(&online);
    let id = story.another_order(online).await.order_id();
    let before = money(&shop);
    story.send("cancel_online", &asha).await;
    let courier = json!({"courier": "DTDC", "tracking_number": "D71204865",
        "tracking_url": "https://dtdc.example/track/D71204865"});
    for (status, seconds, more) in [("packed", 7_200, json!({})), ("shipped", 3_600, courier)] {
        shop.after(seconds).await;
        let mut change = json!({ "status": status });
        merge(&mut change, &more);
        let path = format!("/api/v1/admin/orders/{id}/shipments/1");
        let moved = shop.send(Call::new("PATCH", &path).token(&shop.admin()).json(&change)).await;
        assert_eq!(moved.status, 200, "{moved:?}");
    }
    let asha = shop.customer("asha");
    story.send("tracking", &asha).await;
    bring(&shop, &id, "delivered").await;
    story.send("return", &asha).await;
    for verb in ["approve", "receive"] {
        assert_eq!(shop.send(decide(&shop, &id, 1, verb)).await.status, 200);
    }
    story.send("returned", &asha).await;
    assert_eq!(shop.units("1"), (100, 0), "they are back once more");
    assert_eq!(money(&shop), (before.0, before.1 + 27_000), "the delivery is not paid back");
    story.end();
}
