//! What orders emit: every figure with what it comes from, the store's own words, and the picture.

use serde_json::{Value, json};
use tests::{Answer, Call, Shop, order, order_body};

use crate::returns::decide;
use crate::statuses::bring;
use crate::support::{assert_has, assert_problem, get};

/// Mugs of 300 g, 300 km away by lorry.
async fn shop() -> Shop {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 100).await;
    shop
}

async fn warehouse(shop: &Shop, area: Value) {
    let body = json!({"name": "North", "place": {"country": "NL", "city": "Groningen"}, "areas": [area]});
    let put = Call::put("/api/v1/admin/warehouses/north").token(&shop.admin()).json(&body);
    assert_eq!(shop.send(put).await.status, 200);
}

async fn impact(shop: &Shop, id: &str, query: &str, accept: &str) -> Answer {
    let call = Call::get(&format!("/api/v1/orders/{id}/impact{query}")).token(&shop.customer("alice"));
    shop.send(call.header("accept", accept)).await
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.bytes.to_vec()).expect("text")
}

#[tokio::test]
async fn the_impact_of_an_order_can_be_reckoned_again_from_what_it_shows() {
    let shop = shop().await;
    shop.settings(&json!({"currency": "EUR", "eco": {"offset_transport": true, "trees_per_order": 1}})).await;
    let id = shop.send(order(&shop.customer("alice"), "k1", "mug", 2, "cod")).await.order_id();
    shop.finish().await;
    let shown = impact(&shop, &id, "", "application/json").await;
    assert_eq!((shown.status, shown.header("content-type")), (200, Some("application/json")), "{shown:?}");
    assert_eq!(shown.header("vary"), Some("accept"));
    // 630 g over 300 km at 137 g/tkm are 25.893 g; a mailer of 30 g recycled paper at 1051 g/kg is 31.53 g.
    assert_has(
        &shown.body,
        &json!({
            "order_id": id, "status": "preparing", "counted": ["transport", "packaging"], "carbon_grams": 58, "carbon_kg": "0.058", "version": 4,
            "transport": {"carbon_grams": 26, "carbon_kg": "0.026", "method": "weight × distance × factor (ISO 14083)",
                "parcels_planned": true,
                "legs": [{"warehouse_id": "north", "destination": {"city": "Amsterdam", "country": "NL"}, "parcels": 1,
                    "mode": "hgv", "weight_grams": 630, "distance_km": 300, "factor_g_per_tkm": 137,
                    "factor_source": "eea-2021", "carbon_grams": 26, "carbon_kg": "0.026"}]},
            "packaging": {"carbon_grams": 32, "carbon_kg": "0.032", "material_grams": 30, "recycled_grams": 30,
                "parcels": [{"shipment_id": 1, "warehouse_id": "north", "packaging": "recycled-mailer", "packages": 1,
                    "material": "paper", "material_grams": 30, "recycled_percent": 100, "factor_new_g_per_kg": 1346,
                    "factor_recycled_g_per_kg": 1051, "factor_source": "desnz-2025", "carbon_grams": 32}]},
            "offset": {"offset_grams": 26, "offset_kg": "0.026"}, "trees": {"trees_planted": 1},
            "factors": {"id": "freight-and-packaging", "version": "2026.1"},
        }),
    );
    let stages = shown.body["lifecycle"].as_array().expect("a list").iter();
    let stages: Vec<_> =
        stages.map(|stage| (stage["stage"].as_str(), stage["at"].as_str().is_some())).collect();
    let names = ["placed", "confirmed", "prepared", "packed", "shipped", "delivered"];
    let reached = [true, true, true, false, false, false];
    assert_eq!(stages, names.into_iter().map(Some).zip(reached).collect::<Vec<_>>());
    assert_eq!(shown.body["lifecycle"][5]["expected"], "2026-03-06");
    let sources = shown.body["factors"]["sources"].as_array().expect("a list");
    assert!(
        sources.iter().all(|source| source["url"].as_str().is_some_and(|url| url.starts_with("https://")))
    );
}

#[tokio::test]
async fn what_an_order_emits_stays_as_it_was_placed_whatever_the_shop_changes() {
    let shop = shop().await;
    warehouse(&shop, json!({"distance_km": 300, "mode": "van"})).await;
    let id = shop.send(order(&shop.customer("alice"), "k1", "mug", 2, "cod")).await.order_id();
    shop.finish().await;
    let before = impact(&shop, &id, "", "").await.body;
    let leg = &before["transport"]["legs"][0];
    assert_has(leg, &json!({"mode": "van", "factor_g_per_tkm": 783, "factor_source": "desnz-2025"}));
    assert!(leg["factor_published"].as_str().is_some_and(|published| published.contains("27_303_3102_14_1")));
    warehouse(&shop, json!({"distance_km": 90, "g_per_tkm": 12})).await;
    shop.settings(&json!({"currency": "EUR", "eco": {"offset_transport": true, "trees_per_order": 5}})).await;
    assert_eq!(impact(&shop, &id, "", "").await.body, before);
    let next = shop.send(order(&shop.customer("alice"), "k2", "mug", 2, "cod")).await.order_id();
    let own = impact(&shop, &next, "", "").await.body;
    assert_has(
        &own["transport"]["legs"][0],
        &json!({"mode": null, "factor_g_per_tkm": 12, "factor_published": null, "factor_source": "shop", "parcels": 0}),
    );
    assert_eq!(own["transport"]["parcels_planned"], false);
    assert_eq!(own["trees"]["trees_planted"], 5);
}

#[tokio::test]
async fn a_way_by_train_is_reckoned_as_one_and_can_decide_where_goods_come_from() {
    let shop = shop().await;
    shop.stock("mug", "12.50", "south", 100).await;
    let body = json!({"name": "South", "place": {"country": "NL", "city": "Maastricht"},
        "areas": [{"distance_km": 900, "mode": "rail"}]});
    let put = Call::put("/api/v1/admin/warehouses/south").token(&shop.admin()).json(&body);
    assert_eq!(shop.send(put).await.status, 200);
    let placed = shop.send(order(&shop.customer("alice"), "k1", "mug", 2, "cod")).await;
    // 0.6 kg × 900 km × 35 g are 18.9 g; from the north by lorry it would be 24.66 g.
    assert_has(
        &placed.body,
        &json!({"allocation_reason": "least_carbon", "eco_impact": {"carbon_grams": 19, "factor_version": "2026.1",
            "factor_source": "DESNZ 2025, freight train, UK, well-to-wheel", "legs": [{"warehouse_id": "south", "mode": "rail"}]}}),
    );
    let refused = json!({"name": "South", "place": {"country": "NL", "city": "Maastricht"},
        "areas": [{"distance_km": 900, "mode": "zeppelin"}]});
    let put = Call::put("/api/v1/admin/warehouses/south").token(&shop.admin()).json(&refused);
    assert_problem(&shop.send(put).await, 400, "malformed_body");
}

#[tokio::test]
async fn the_picture_is_sent_to_whoever_likes_pictures() {
    let shop = shop().await;
    let id = shop.send(order(&shop.customer("alice"), "k1", "mug", 2, "cod")).await.order_id();
    shop.finish().await;
    let image = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
    let page = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for (query, accept, drawn) in [
        ("", "image/svg+xml", true),
        ("", image, true),
        ("?format=svg", "application/json", true),
        ("", page, false),
        ("", "*/*", false),
        ("?format=json", image, false),
    ] {
        let answer = impact(&shop, &id, query, accept).await;
        let media_type = if drawn { "image/svg+xml" } else { "application/json" };
        assert_eq!(answer.header("content-type"), Some(media_type), "{query} {accept}");
        assert_eq!((answer.status, answer.header("vary")), (200, Some("accept")), "{query} {accept}");
        assert_eq!(answer.header("content-security-policy").is_some(), drawn);
    }
    let shown = text(&impact(&shop, &id, "?format=svg", "").await);
    assert!(shown.starts_with("<svg xmlns=") && shown.ends_with("</svg>"), "{shown}");
    assert!(shown.contains("1 parcel: north → Amsterdam") && shown.contains("0.058"), "{shown}");
    assert_problem(&impact(&shop, &id, "?format=png", "").await, 422, "invalid_request");
}

#[tokio::test]
async fn the_picture_follows_an_order_until_it_comes_back() {
    let shop = shop().await;
    let id = shop.send(order(&shop.customer("alice"), "k1", "mug", 2, "pm_card_visa")).await.order_id();
    shop.finish().await;
    let marks =
        async || text(&impact(&shop, &id, "?format=svg", "").await).matches("class=\"mark past\"").count();
    assert_eq!(marks().await, 3, "placed, confirmed, prepared");
    bring(&shop, &id, "delivered").await;
    assert!(marks().await >= 5);
    let back = Call::post(&format!("/api/v1/orders/{id}/returns")).token(&shop.customer("alice")).key("back");
    let back = back.json(&json!({"line_ids": [1], "reason": "other"}));
    assert_eq!(shop.send(back).await.status, 201);
    for verb in ["approve", "receive"] {
        assert_eq!(shop.send(decide(&shop, &id, 1, verb)).await.status, 200);
    }
    let shown = text(&impact(&shop, &id, "?format=svg", "").await);
    assert!(shown.contains(">Returned<"), "{shown}");
}

#[tokio::test]
async fn a_guest_puts_the_picture_on_a_page_with_the_token_alone() {
    let shop = shop().await;
    shop.settings(&json!({"currency": "EUR", "guest_checkout": {"enabled": true}})).await;
    let mut body = order_body("mug", 1, "cod");
    body["contact_email"] = json!("jane@example.com");
    body["shipping_address"]["city"] = json!("<Ams&terdam>");
    let placed =
        shop.send(Call::post("/api/v1/guest/orders").key("nobody-guesses-this-one").json(&body)).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    let token = placed.body["order_token"].as_str().expect("a token");
    let path = format!("/api/v1/guest/orders/{token}/impact");
    let shown = shop.send(Call::get(&path).header("accept", "image/svg+xml")).await;
    assert_eq!((shown.status, shown.header("content-type")), (200, Some("image/svg+xml")), "{shown:?}");
    assert!(text(&shown).contains("&lt;Ams&amp;terdam&gt;"), "{}", text(&shown));
    let by_id = shop.send(Call::get(&format!("/api/v1/guest/orders/{}/impact", placed.order_id()))).await;
    assert_problem(&by_id, 404, "not_found");
}

#[tokio::test]
async fn every_answer_about_an_order_says_what_it_emits_in_one_shape() {
    let shop = shop().await;
    let alice = shop.customer("alice");
    let placed = shop.send(order(&alice, "k1", "mug", 2, "cod")).await;
    shop.finish().await;
    let id = placed.order_id();
    let number = placed.body["order_number"].as_str().expect("a number").to_owned();
    let now = get(&shop, &alice, &id).await.body["eco_impact"].clone();
    let shape = |eco: &Value| eco.as_object().expect("it is there").keys().cloned().collect::<Vec<_>>();
    assert_eq!(shape(&placed.body["eco_impact"]), shape(&now));
    for path in [format!("/{id}/tracking"), format!("/{id}/summary"), format!("/number/{number}")] {
        let read = shop.send(Call::get(&format!("/api/v1/orders{path}")).token(&alice)).await;
        assert_eq!(read.body["eco_impact"], now, "{path}");
    }
    let status = Call::new("PATCH", &format!("/api/v1/orders/{id}/status")).token(&shop.admin());
    let packed = shop.send(status.json(&json!({"status": "packed"}))).await;
    assert_eq!(packed.body["eco_impact"], now);
    let off = shop.send(Call::post(&format!("/api/v1/orders/{id}/cancel")).token(&shop.admin())).await;
    let eco = &off.body["eco_impact"];
    assert_eq!((shape(eco), &eco["carbon_grams"], &eco["legs"]), (shape(&now), &json!(0), &json!([])));
    let nothing = impact(&shop, &id, "", "").await.body;
    assert_has(&nothing, &json!({"carbon_grams": 0, "carbon_kg": "0.000", "packaging": {"parcels": []}}));
}
