//! A small shop, loaded through the API on the first start.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use std::error::Error;

use crate::twin::Twin;

type Failure = Box<dyn Error + Send + Sync>;

/// The catalogue, as `POST /admin/products/import` takes it.
const CATALOGUE: &str = include_str!("../../examples/catalogue.jsonl");
/// What the demo writes last.
const COUPON: &str = "/api/v1/admin/coupons/WELCOME10";

/// What two warehouses have of each thing.
const STOCK: [(&str, &str, i64, i64); 13] = [
    ("bottle-steel-750", "", 500, 200),
    ("mug-enamel", "", 300, 300),
    ("bag-cotton", "", 1_000, 0),
    ("lamp-desk", "", 25, 10),
    ("soap-olive", "", 0, 400),
    ("socks-wool", "", 120, 80),
    ("book-repair", "", 40, 0),
    ("tee-organic", "s-black", 30, 20),
    ("tee-organic", "s-ecru", 30, 0),
    ("tee-organic", "m-black", 60, 40),
    ("tee-organic", "m-ecru", 60, 40),
    ("tee-organic", "l-black", 40, 20),
    ("tee-organic", "l-ecru", 0, 15),
];

/// VAT of some countries, standard and reduced, in percent (European Commission, "VAT rates applied in the Member States of
/// the European Union"; the reduced rate is the one for books).
const VAT: [(&str, &str, &str, &str); 4] = [
    ("NL", "btw", "21", "9"),
    ("BE", "btw", "21", "6"),
    ("DE", "USt", "19", "7"),
    ("FR", "TVA", "20", "5.5"),
];

/// Loads the shop, unless there is a catalogue already that is not a half-loaded one of ours. Every step can be repeated.
pub async fn load(twin: &Twin, port: u16) -> Result<bool, Failure> {
    let staff = Staff { twin, token: twin.token("admin", true) };
    let known = staff.find("/api/v1/products?limit=1").await?;
    let stocked =
        known.is_some_and(|known| known["products"].as_array().is_some_and(|rows| !rows.is_empty()));
    let begun = staff.find("/api/v1/products/bottle-steel-750").await?.is_some();
    if stocked && (!begun || staff.find(COUPON).await?.is_some()) {
        return Ok(false);
    }
    for (id, warehouse) in warehouses() {
        staff.put(&format!("/api/v1/admin/warehouses/{id}"), &warehouse).await?;
    }
    staff.put("/api/v1/admin/settings", &settings(port)).await?;
    let report = staff.call(
        "POST",
        "/api/v1/admin/products/import",
        ("content-type", "application/x-ndjson"),
        CATALOGUE,
    );
    let report = report.await?;
    if report["rejected"] != 0 || report["unfinished"] != 0 {
        return Err(format!("the demo catalogue was not taken: {report}").into());
    }
    for (product, variation, north, south) in STOCK {
        for (warehouse, quantity) in
            [("north", north), ("south", south)].into_iter().filter(|(_, units)| *units > 0)
        {
            let mut body =
                json!({"warehouse_id": warehouse, "quantity": quantity, "reason": "demo catalogue"});
            if !variation.is_empty() {
                body["variation_id"] = variation.into();
            }
            let path = format!("/api/v1/admin/products/{product}/stock");
            let key = format!("demo-{product}-{variation}-{warehouse}");
            staff.call("POST", &path, ("idempotency-key", &key), &body.to_string()).await?;
        }
    }
    staff.put(COUPON, &json!({"percent": "10"})).await?;
    Ok(true)
}

/// One in the north of the Netherlands, one in the south. Distances are those of a usual way by road.
fn warehouses() -> [(&'static str, Value); 2] {
    let area = |country: &str, distance: u32| json!({"countries": [country], "distance_km": distance});
    let elsewhere = json!({"distance_km": 1_500});
    [
        (
            "north",
            json!({
                "name": "Groningen",
                "place": {"country": "NL", "postal_code": "9723 AA", "city": "Groningen", "street": "Peizerweg 130"},
                "areas": [area("NL", 180), area("DE", 400), area("BE", 340), area("FR", 800), elsewhere],
            }),
        ),
        (
            "south",
            json!({
                "name": "Maastricht",
                "place": {"country": "NL", "postal_code": "6222 AA", "city": "Maastricht", "street": "Galjoenweg 70"},
                "areas": [area("NL", 190), area("DE", 300), area("BE", 110), area("FR", 450), elsewhere],
            }),
        ),
    ]
}

fn settings(port: u16) -> Value {
    let vat = |name: &str, rate: &str| json!([{"name": name, "rate": rate}]);
    let zones = VAT.map(|(country, name, standard, reduced)| {
        json!({"countries": [country], "rates": {"standard": vat(name, standard), "reduced": vat(name, reduced)}})
    });
    let near = VAT.map(|(country, ..)| country);
    let band = |up_to_grams: u32, price: &str| json!({"up_to_grams": up_to_grams, "price": price});
    json!({
        "currency": "EUR",
        "country": "NL",
        "tax": {
            "prices_include_tax": true,
            "classes": ["standard", "reduced"],
            "delivery_class": "standard",
            "zones": zones,
            // Exports are exempt (Council Directive 2006/112/EC, article 146). A real shop also lists the other member states.
            "elsewhere": "untaxed",
        },
        "shipping_methods": [
            {
                "id": "standard",
                "name": "Parcel post",
                "names": {"nl": "Pakketpost", "de": "Paketpost"},
                "zones": [
                    {
                        "countries": near,
                        "bands": [band(30_000, "4.95"), band(5_000_000, "95.00")],
                        "free_from": "50.00",
                        "transit_days": 3,
                    },
                    {"bands": [band(30_000, "14.95")], "transit_days": 8},
                ],
            },
            {
                "id": "express",
                "name": "Express",
                "zones": [{"countries": near, "bands": [band(30_000, "9.95")], "transit_days": 1}],
            },
        ],
        "payment": {"return_origins": [format!("http://localhost:{port}"), format!("http://127.0.0.1:{port}")]},
        "fulfillment": {"buy_labels": true},
        "guest_checkout": {"enabled": true, "order_url": format!("http://127.0.0.1:{port}/?order_token={{token}}")},
        "sender": {"name": "Groningen & Maastricht Supplies"},
        "invoices": {
            "url": format!("http://127.0.0.1:{port}/api/v1/invoices/{{token}}"),
            // A number of the right form that nobody has.
            "seller": {
                "name": "Groningen & Maastricht Supplies B.V.",
                "address": {"street": "Peizerweg 130", "postal_code": "9723 AA", "city": "Groningen", "country": "NL"},
                "vat_id": "NL000000000B00",
                "email": "orders@shop.example",
            },
        },
    })
}

/// Somebody who may do everything.
struct Staff<'a> {
    twin: &'a Twin,
    token: String,
}

impl Staff<'_> {
    async fn put(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.call("PUT", path, ("accept", "application/json"), &body.to_string()).await
    }

    /// What is there, if it is there.
    async fn find(&self, path: &str) -> Result<Option<Value>, Failure> {
        let response = self.send("GET", path, ("accept", "application/json"), "").await?;
        match response.status() {
            StatusCode::NOT_FOUND => Ok(None),
            _ => read("GET", path, &response).map(Some),
        }
    }

    /// Sends a request with one more header.
    async fn call(
        &self,
        method: &str,
        path: &str,
        header: (&str, &str),
        body: &str,
    ) -> Result<Value, Failure> {
        read(method, path, &self.send(method, path, header, body).await?)
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        header: (&str, &str),
        body: &str,
    ) -> Result<http::Response<Bytes>, Failure> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.token))
            .header(header.0, header.1);
        if header.0 != "content-type" {
            request = request.header("content-type", "application/json");
        }
        Ok(self.twin.answer(request.body(Bytes::from(body.to_owned()))?).await)
    }
}

fn read(method: &str, path: &str, response: &http::Response<Bytes>) -> Result<Value, Failure> {
    if response.status().is_success() {
        return Ok(serde_json::from_slice(response.body())?);
    }
    let body = String::from_utf8_lossy(response.body());
    Err(format!("{method} {path}: {} {body}", response.status()).into())
}
