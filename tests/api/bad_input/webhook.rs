//! What Stripe did not sign, and what it would never send.

use serde_json::json;
use tests::{Call, START};

use super::{Stage, case, check, shop};
use crate::support::webhook;

#[tokio::test]
async fn the_webhook_refuses_what_stripe_did_not_sign_and_what_is_no_event() {
    let Stage { shop, .. } = shop().await;
    assert_eq!(shop.twin.cloud.clock.now().seconds(), START);
    let mut cases = Vec::new();
    for signature in [
        "",
        "t=1",
        "v1=00",
        "t=x,v1=00",
        "t=1772359200,v1=zz",
        "t=1772359200,v1=0",
        "t=1772359200",
        &format!("t=1772359200,v1={}", "00".repeat(32)),
        &format!("t={},v1=00", "9".repeat(40)),
        &"t=1,".repeat(5_000),
    ] {
        for body in ["{}", "hello", "", &"[".repeat(100_000)] {
            let call = webhook(body, signature);
            cases.push(case(format!("{body:.9} signed {signature:.40}"), call, 400, "invalid_signature"));
        }
    }
    cases.push(case(
        "no signature",
        Call::post("/api/v1/webhooks/stripe").json(&json!({})),
        400,
        "invalid_signature",
    ));
    cases.push(case("1 MB", webhook(&" ".repeat(1_000_000), "t=1,v1=00"), 413, "body_too_large"));
    // Signed with the twin's secret for the moment at which its clock stands:
    // printf '1772359200.{}' | openssl dgst -sha256 -hmac whsec_twin
    for (body, mac, status, code) in [
        (
            "not json",
            "88f88bf2110b5d98c516585457d1a7190283efdb48bf45016e15d61a9a97d415",
            400,
            "malformed_body",
        ),
        ("{}", "265bf2a912527e798a146bdee80a99f43417fbf04091550ace11855c1aba192b", 400, "malformed_body"),
        ("[]", "ad9f5c11f65bc8b103230f39331af38e1abb2186c9e9feb203a23d536062a8b0", 400, "malformed_body"),
        (
            r#"{"data":{"object":{"object":"payment_intent"}}}"#,
            "62d1294eb150e7fe6c10b578551b217faf0450273debe5006ea8a5dabe800e78",
            400,
            "malformed_body",
        ),
        (
            r#"{"data":{"object":{"object":"payment_intent","id":"pi_nowhere"}}}"#,
            "d6d5b47eb5ac27bb652003cb549744964d8a033f248d6a5dc4d661677d8cdb2c",
            404,
            "not_found",
        ),
        (
            r#"{"data":{"object":{"object":"payment_intent","id":"../refunds?x=#"}}}"#,
            "20d5bd278b001a0ba5f008c534c565bec8b06c2c4cdd7eb8c99b7e014cbf2fba",
            404,
            "not_found",
        ),
    ] {
        cases.push(case(body, webhook(body, &format!("t={START},v1={mac}")), status, code));
    }
    check(&shop, cases).await;
}
