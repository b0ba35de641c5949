//! Parts and parcels that nobody can send like this.

use serde_json::{Value, json};
use tests::Call;

use super::after_the_sale::units;
use super::everywhere::{bodies, keys, missing, order_ids};
use super::{Good, Stage, case, check, shop};

/// Couriers that are none.
fn couriers(good: &Good) -> Vec<super::Case> {
    let shapes = json!([1, true, [], {}]);
    let mut cases = good.misshapen(&[
        ("/courier", shapes.clone()),
        ("/tracking_number", shapes.clone()),
        ("/tracking_url", shapes),
    ]);
    let texts = json!(["", " ", "\n", "c".repeat(201)]);
    cases.extend(good.invalid("out_of_range", &[("/courier", texts.clone()), ("/tracking_number", texts)]));
    let pages = json!([
        "",
        " ",
        "x",
        "/track/3S",
        "//x.example",
        "ftp://x.example/3S",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        format!("https://x.example/{}", "x".repeat(500))
    ]);
    cases.extend(good.invalid("invalid", &[("/tracking_url", pages)]));
    let nameless: Value = json!({"tracking_number": "3S"});
    let call = good.call(&nameless);
    cases.push(case("without a name", call, 422, "invalid_request").at("/courier", "required"));
    cases
}

#[tokio::test]
async fn sending_refuses_wrong_bodies_lines_couriers_keys_and_orders() {
    let Stage { shop, admin, own, .. } = shop().await;
    let call = |id: &str| Call::post(&format!("/api/v1/admin/orders/{id}/fulfill")).token(&admin);
    let good =
        Good { call: call(&own).key("f1"), body: json!({"courier": "PostNL", "tracking_number": "3S"}) };
    let mut cases = bodies(&good);
    cases.extend(keys(&call(&own).json(&good.body)));
    cases.extend(couriers(&good));
    let lines = json!({"lines": [{"line_id": 1, "quantity": 1}]});
    cases.extend(units(&Good { call: call(&own).key("f2"), body: lines }));
    for unknown in [0, 2, 65_537] {
        let body = json!({"lines": [{"line_id": unknown, "quantity": 1}]});
        cases.push(
            case("a line", call(&own).key("f3").json(&body), 422, "invalid_request")
                .at("/lines/0", "unknown_line"),
        );
    }
    let ids: Vec<_> = order_ids(&own).into_iter().filter(|id| *id != own).collect();
    cases.extend(missing(&ids, |id| call(id).key("f4").json(&good.body)));
    check(&shop, cases).await;
}

#[tokio::test]
async fn an_edit_of_an_order_refuses_couriers_that_are_none() {
    let Stage { shop, admin, own, .. } = shop().await;
    let call = Call::new("PATCH", &format!("/api/v1/admin/orders/{own}")).token(&admin);
    let body = json!({"courier": "PostNL", "tracking_number": "3S"});
    check(&shop, couriers(&Good { call: call.header("if-match", "*"), body })).await;
}

#[tokio::test]
async fn moving_a_parcel_refuses_wrong_bodies_couriers_and_parcels_that_are_not_there() {
    let Stage { shop, admin, own, .. } = shop().await;
    let call = |id: &str, parcel: &str| {
        Call::new("PATCH", &format!("/api/v1/admin/orders/{id}/shipments/{parcel}")).token(&admin)
    };
    let named = json!({"courier": "PostNL", "tracking_number": "3S"});
    let good = Good { call: call(&own, "1"), body: named.clone() };
    let mut cases = bodies(&good);
    cases.extend(couriers(&good));
    let moved = Good { call: call(&own, "1"), body: json!({"status": "packed"}) };
    cases.extend(
        moved.misshapen(&[("/status", json!([1, "", "PACKED", "packed ", "lost", [], {}, ["packed"]]))]),
    );
    cases.extend(moved.invalid("not_permitted", &[("/status", json!(["planned"]))]));
    for status in ["packed", "delivered"] {
        let body = json!({"status": status, "courier": "PostNL"});
        let case = case(status, moved.call(&body), 422, "invalid_request");
        cases.push(case.at("/courier", "not_permitted"));
    }
    cases.push(case("nothing", moved.call(&json!({})), 422, "invalid_request").at("", "required"));
    for parcel in ["0", "2", "-1", "1.0", "x", "65536", "99999999999999999999", "%20", "%00"] {
        cases.push(case(parcel, call(&own, parcel).json(&named), 404, "not_found"));
    }
    let ids: Vec<_> = order_ids(&own).into_iter().filter(|id| *id != own).collect();
    cases.extend(missing(&ids, |id| call(id, "1").json(&named)));
    check(&shop, cases).await;
}
