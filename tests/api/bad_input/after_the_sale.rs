//! Statuses, refunds and returns that nobody can ask for like this.

use serde_json::{Value, json};
use tests::Call;

use super::everywhere::{bodies, keys, missing, order_ids};
use super::{Good, Stage, case, check, shop};

/// Lists of units that are none.
pub fn units(good: &Good) -> Vec<super::Case> {
    let too_many: Value = (1..=201).map(|line| json!({"line_id": line, "quantity": 1})).collect();
    let mut cases = good.misshapen(&[
        ("/lines", json!([1, "", true, {}, [1], [null], [[]], [{}], [{"line_id": 1}], [{"quantity": 1}]])),
        ("/lines", json!([[{"line_id": 1, "quantity": 1, "x": 1}], [{"line_id": 1, "quantity": -1}]])),
        ("/lines", json!([[{"line_id": "1", "quantity": 1}], [{"line_id": 1, "quantity": 1.5}], [{"line_id": -1, "quantity": 1}]])),
        ("/lines", json!([[{"line_id": 4_294_967_296_u64, "quantity": 1}], [{"line_id": 1, "quantity": 4_294_967_296_u64}]])),
    ]);
    cases.extend(good.invalid("out_of_range", &[("/lines", json!([[], too_many]))]));
    for quantity in [0, 10_001, u32::MAX] {
        let body = super::with(&good.body, "/lines", json!([{"line_id": 1, "quantity": quantity}]));
        cases.push(
            case("units", good.call(&body), 422, "invalid_request").at("/lines/0/quantity", "out_of_range"),
        );
    }
    let twice = json!([{"line_id": 1, "quantity": 1}, {"line_id": 1, "quantity": 1}]);
    let twice = good.call(&super::with(&good.body, "/lines", twice));
    cases.push(case("twice", twice, 422, "invalid_request").at("/lines/1/line_id", "duplicate"));
    cases
}

#[tokio::test]
async fn moving_an_order_refuses_wrong_bodies_statuses_and_orders() {
    let Stage { shop, admin, own, .. } = shop().await;
    let mut cases = Vec::new();
    for verb in ["PATCH", "PUT"] {
        let call = |id: &str| Call::new(verb, &format!("/api/v1/orders/{id}/status")).token(&admin);
        let good = Good { call: call(&own), body: json!({"status": "cancelled", "reason": "fraud"}) };
        cases.extend(bodies(&good));
        cases.extend(good.incomplete(&["/status"]));
        cases.extend(good.misshapen(&[
            ("/status", json!([null, 1, "", "PACKED", "packed ", "paid", "processing", [], {}, ["packed"]])),
            ("/reason", json!([1, [], {}])),
            ("/override_reason", json!([1, [], {}])),
        ]));
        cases.extend(good.invalid("not_permitted", &[("/status", json!(["pending"]))]));
        cases.extend(good.invalid(
            "out_of_range",
            &[
                ("/reason", json!(["", " ", "r".repeat(501)])),
                ("/override_reason", json!(["", "r".repeat(501)])),
            ],
        ));
        for status in ["confirmed", "preparing", "packed", "shipped", "delivered"] {
            for member in ["reason", "override_reason"] {
                let call = good.call(&json!({"status": status, member: "because"}));
                let case = case(format!("{status} {member}"), call, 422, "invalid_request");
                cases.push(case.at(format!("/{member}"), "not_permitted"));
            }
        }
        let ids: Vec<_> = order_ids(&own).into_iter().filter(|id| *id != own).collect();
        cases.extend(missing(&ids, |id| call(id).json(&json!({"status": "packed"}))));
    }
    check(&shop, cases).await;
}

#[tokio::test]
async fn refunds_refuse_wrong_bodies_amounts_keys_and_orders() {
    let Stage { shop, admin, own, .. } = shop().await;
    let call = |id: &str| Call::post(&format!("/api/v1/admin/orders/{id}/refunds")).token(&admin);
    let good = Good { call: call(&own).key("f1"), body: json!({"reason": "sorry", "amount": "1.00"}) };
    let mut cases = bodies(&good);
    cases.extend(keys(&call(&own).json(&good.body)));
    cases.extend(good.misshapen(&[
        ("/amount", json!(["", "1,00", "x", "NaN", "Infinity", true, [], {}])),
        ("/delivery", json!(["true", 1, [], {}])),
        ("/goodwill", json!(["true", 1, [], {}])),
        ("/reason", json!([1, [], {}])),
    ]));
    cases.extend(
        good.invalid("invalid", &[("/amount", json!(["0", "0.00", 0, "-1.00", "0.001", "1000000000000"]))]),
    );
    cases.extend(good.invalid("out_of_range", &[("/reason", json!(["", " \n", "r".repeat(501)]))]));
    for (more, place) in [
        (json!({"amount": "1.00", "delivery": true}), "/amount"),
        (json!({"amount": "1.00", "lines": [{"line_id": 1, "quantity": 1}]}), "/amount"),
        (json!({"goodwill": true}), "/goodwill"),
        (json!({"goodwill": true, "lines": [{"line_id": 1, "quantity": 1}]}), "/goodwill"),
    ] {
        let what = format!("{more}");
        cases.push(case(what, good.call(&more), 422, "invalid_request").at(place, "not_permitted"));
    }
    let lines = json!({"reason": "sorry", "lines": [{"line_id": 1, "quantity": 1}]});
    cases.extend(units(&Good { call: call(&own).key("f2"), body: lines }));
    let ids: Vec<_> = order_ids(&own).into_iter().filter(|id| *id != own).collect();
    cases.extend(missing(&ids, |id| call(id).key("f3").json(&good.body)));
    for refund in ["x", "%23", "%00", "..%2f", &own, &format!("{own}-refund-1"), &"9".repeat(2_000)] {
        let path = format!("/api/v1/admin/orders/{own}/refunds/{refund}");
        let settle = Call::post(&format!("{path}/settle")).token(&admin).json(&json!({"reference": "x"}));
        cases.extend([
            case("retry", Call::post(&format!("{path}/retry")).token(&admin), 404, "not_found"),
            case("settle", settle, 404, "not_found"),
        ]);
    }
    let settle = Call::post(&format!("/api/v1/admin/orders/{own}/refunds/x/settle")).token(&admin);
    let good = Good { call: settle, body: json!({"reference": "SEPA 4711"}) };
    cases.extend(bodies(&good));
    cases.extend(good.incomplete(&["/reference"]));
    cases.extend(good.misshapen(&[("/reference", json!([null, 1, [], {}]))]));
    cases.extend(good.invalid("out_of_range", &[("/reference", json!(["", " ", "r".repeat(201)]))]));
    check(&shop, cases).await;
}

#[tokio::test]
async fn asking_to_send_something_back_refuses_wrong_bodies_lines_keys_and_orders() {
    let Stage { shop, alice, own, foreign, .. } = shop().await;
    let call = |id: &str| Call::post(&format!("/api/v1/orders/{id}/returns")).token(&alice);
    let body = json!({"reason": "damaged", "lines": [{"line_id": 1, "quantity": 1}]});
    let good = Good { call: call(&own).key("r1"), body: body.clone() };
    let mut cases = bodies(&good);
    let keyless = call(&own).json(&body);
    cases.extend(keys(&keyless));
    cases.extend(good.incomplete(&["/reason"]));
    cases.extend(units(&good));
    cases.extend(good.misshapen(&[
        ("/reason", json!([null, 1, [], {}])),
        ("/comment", json!([1, [], {}])),
        ("/line_ids", json!([1, "1", {}, ["1"], [1.5], [-1], [null], [4_294_967_296_u64]])),
    ]));
    cases.extend(good.invalid(
        "out_of_range",
        &[("/reason", json!(["", " ", "r".repeat(501)])), ("/comment", json!(["", "\t", "c".repeat(501)]))],
    ));
    for (body, place, rule) in [
        (json!({"reason": "damaged"}), "/lines", "required"),
        (json!({"reason": "damaged", "lines": null, "line_ids": null}), "/lines", "required"),
        (
            json!({"reason": "damaged", "lines": [{"line_id": 1, "quantity": 1}], "line_ids": [1]}),
            "/lines",
            "required",
        ),
        (json!({"reason": "damaged", "line_ids": []}), "/line_ids", "out_of_range"),
        (
            json!({"reason": "damaged", "line_ids": (1..=201).collect::<Vec<_>>()}),
            "/line_ids",
            "out_of_range",
        ),
        (json!({"reason": "damaged", "line_ids": [1, 2, 1]}), "/line_ids/2", "duplicate"),
        (json!({"reason": "damaged", "line_ids": [1, 9]}), "/line_ids/1", "unknown_line"),
    ] {
        cases.push(case(format!("{body:.60}"), good.call(&body), 422, "invalid_request").at(place, rule));
    }
    cases.extend(missing(&order_ids(&foreign), |id| call(id).key("r2").json(&body)));
    cases.extend(missing(&order_ids(&foreign), |id| {
        Call::get(&format!("/api/v1/orders/{id}/returns")).token(&alice)
    }));
    check(&shop, cases).await;
}

#[tokio::test]
async fn deciding_about_returns_refuses_wrong_bodies_and_returns_that_are_not_there() {
    let Stage { shop, admin, own, .. } = shop().await;
    let call = |id: &str, known: &str, verb: &str| {
        Call::post(&format!("/api/v1/admin/orders/{id}/returns/{known}/{verb}")).token(&admin)
    };
    let reason = json!({"reason": "It was used"});
    let mut cases = Vec::new();
    for known in ["0", "1", "-1", "+1", "1.0", "x", "65536", "99999999999999999999", "%20", "%00"] {
        cases.push(case(format!("approve {known}"), call(&own, known, "approve"), 404, "not_found"));
        cases.push(case(
            format!("reject {known}"),
            call(&own, known, "reject").json(&reason),
            404,
            "not_found",
        ));
        cases.push(case(format!("receive {known}"), call(&own, known, "receive"), 404, "not_found"));
    }
    let ids: Vec<_> = order_ids(&own).into_iter().filter(|id| *id != own).collect();
    cases.extend(missing(&ids, |id| call(id, "1", "approve")));
    let good = Good { call: call(&own, "1", "reject"), body: reason };
    cases.extend(bodies(&good));
    cases.extend(good.incomplete(&["/reason"]));
    cases.extend(good.misshapen(&[("/reason", json!([null, 1, [], {}]))]));
    cases.extend(good.invalid("out_of_range", &[("/reason", json!(["", "  ", "r".repeat(501)]))]));
    let arrived = json!({"refund_delivery": true, "lines": [{"line_id": 1, "restock": 1, "scrap": 1}]});
    let good = Good { call: call(&own, "1", "receive"), body: arrived };
    cases.extend(bodies(&good));
    cases.extend(good.misshapen(&[
        ("/refund_delivery", json!(["true", 1, [], {}])),
        ("/lines", json!([1, {}, [1], [{}], [{"restock": 1}], [{"line_id": 1, "restock": -1}], [{"line_id": 1, "scrap": "1"}]])),
        ("/lines", json!([[{"line_id": 1, "quantity": 1}], [{"line_id": 1, "restock": 1.5}]])),
    ]));
    cases.extend(good.invalid("out_of_range", &[("/lines", json!([[]]))]));
    for line in [
        json!({"line_id": 1}),
        json!({"line_id": 1, "restock": 0, "scrap": 0}),
        json!({"line_id": 1, "restock": u32::MAX, "scrap": u32::MAX}),
    ] {
        let body = json!({ "lines": [line] });
        cases.push(
            case(format!("{body}"), good.call(&body), 422, "invalid_request")
                .at("/lines/0/quantity", "out_of_range"),
        );
    }
    check(&shop, cases).await;
}
