//! A small catalogue, loaded through the API on the first start.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use std::error::Error;

use crate::twin::Twin;

/// Products, each with what two warehouses have of it.
fn catalogue() -> [(&'static str, Value, i64, i64); 5] {
    let product = |name: &str, price: &str, weight: u32, volume: u32| json!({"name": name, "price": price, "currency": "EUR", "weight_grams": weight, "volume_cm3": volume});
    [
        ("bottle-steel-750", product("Steel water bottle 750 ml", "25.00", 320, 1_500), 500, 200),
        ("mug-enamel", product("Enamel mug", "12.50", 180, 900), 300, 300),
        ("bag-cotton", product("Cotton tote bag", "9.90", 140, 700), 1_000, 0),
        ("lamp-desk", product("Desk lamp, repairable", "89.00", 1_900, 14_000), 25, 10),
        ("soap-olive", product("Olive oil soap, 6 pieces", "14.40", 640, 1_100), 0, 400),
    ]
}

/// Loads the catalogue, unless there is one.
pub async fn load(twin: &Twin) -> Result<bool, Box<dyn Error + Send + Sync>> {
    let token = twin.token("admin", true);
    let known = call(twin, "GET", "/api/v1/products", &token, "", &Value::Null).await?;
    if known["products"].as_array().is_some_and(|products| !products.is_empty()) {
        return Ok(false);
    }
    for (id, product, north, south) in catalogue() {
        call(twin, "PUT", &format!("/api/v1/admin/products/{id}"), &token, "", &product).await?;
        for (warehouse, quantity) in [("north", north), ("south", south)] {
            if quantity > 0 {
                let path = format!("/api/v1/admin/products/{id}/stock");
                let body =
                    json!({"warehouse_id": warehouse, "quantity": quantity, "reason": "demo catalogue"});
                call(twin, "POST", &path, &token, &format!("demo-{id}-{warehouse}"), &body).await?;
            }
        }
    }
    Ok(true)
}

async fn call(
    twin: &Twin,
    method: &str,
    path: &str,
    token: &str,
    key: &str,
    body: &Value,
) -> Result<Value, Box<dyn Error + Send + Sync>> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .header("idempotency-key", key);
    let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    let response = twin.answer(request.body(body)?).await;
    if response.status().is_success() {
        Ok(serde_json::from_slice(response.body())?)
    } else {
        Err(format!("{method} {path}: {} {}", response.status(), String::from_utf8_lossy(response.body()))
            .into())
    }
}
