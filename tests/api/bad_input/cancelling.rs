//! Orders that nobody can call off like this.

use serde_json::json;
use tests::Call;

use super::everywhere::{bodies, missing, order_ids};
use super::{Good, Stage, check, shop};

#[tokio::test]
async fn cancelling_refuses_wrong_bodies_reasons_and_orders() {
    let Stage { shop, alice, own, foreign, .. } = shop().await;
    let routes: [fn(&str) -> Call; 3] = [
        |id| Call::post(&format!("/api/v1/orders/{id}/cancel")),
        |id| Call::put(&format!("/api/v1/orders/{id}/cancel")),
        |id| Call::new("DELETE", &format!("/api/v1/orders/{id}")),
    ];
    let mut cases = Vec::new();
    for route in routes {
        let good = Good { call: route(&own).token(&alice), body: json!({"reason": "changed my mind"}) };
        cases.extend(bodies(&good));
        cases.extend(good.misshapen(&[("/reason", json!([1, [], {}, true]))]));
        cases.extend(
            good.invalid("out_of_range", &[("/reason", json!(["", "   ", "r".repeat(501), "\n\t"]))]),
        );
        cases.extend(missing(&order_ids(&foreign), |id| route(id).token(&alice)));
        cases.extend(missing(&order_ids(&foreign), |id| route(id).token(&alice).json(&good.body)));
    }
    check(&shop, cases).await;
}
