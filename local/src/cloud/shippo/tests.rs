//! What holds for every request to the fake, and for the life of a label.

use serde_json::{Value, json};
use time::Duration;

use super::testing::{NOW, Reply, Twin};
use super::*;

mod quoting;
mod tracking;

#[test]
fn the_token_is_needed_and_has_to_be_right() {
    for (given, detail) in [
        (None, "Authentication credentials were not provided."),
        (Some("ShippoToken shippo_test_2"), "Token does not exist"),
        (Some("Bearer shippo_test_1"), "Token does not exist"),
    ] {
        let mut request = Request::get("/transactions");
        if let Some(value) = given {
            request = request.header("authorization", value);
        }
        let reply = Twin::new().raw(&request.body(Bytes::new()).expect("a request"));
        assert_eq!((reply.status, reply.text("/detail")), (401, detail), "{given:?}");
    }
}

#[test]
fn another_version_is_refused() {
    let request = Request::get("/transactions")
        .header("authorization", "ShippoToken shippo_test_1")
        .header("shippo-api-version", "2017-08-01");
    assert_eq!(Twin::new().raw(&request.body(Bytes::new()).expect("a request")).status, 400);
}

#[test]
fn what_the_fake_does_not_serve_is_not_found_or_not_allowed() {
    let twin = Twin::new();
    for (method, uri, status) in [
        ("GET", "/batches", 404),
        ("POST", "/addresses", 404),
        ("DELETE", "/shipments/1", 405),
        ("POST", "/rates", 405),
        ("GET", "/shipments/1", 404),
        ("GET", "/transactions/1/", 404),
        ("GET", "/refunds/1", 404),
    ] {
        assert_eq!(twin.send(method, uri, "application/json", "{}").status, status, "{method} {uri}");
    }
    assert_eq!(twin.get("/transactions?colour=red").json, json!({ "colour": ["This is not known here."] }));
}

#[test]
fn a_label_has_a_number_a_link_that_ends_and_what_was_said_about_it() {
    let mut twin = Twin::new();
    let label = twin.label();
    assert_eq!(
        (label.status, label.text("/status"), label.text("/metadata")),
        (201, "SUCCESS", "ord_1 1 alice")
    );
    assert!(label.text("/tracking_number").starts_with("1Z"));
    assert_eq!(label.json["messages"], json!([]));
    let url = label.text("/label_url").to_owned();
    let (status, content_type, file) = twin.browse(&url);
    assert_eq!((status, content_type.as_str()), (200, "application/pdf"));
    let file = String::from_utf8_lossy(&file).into_owned();
    assert!(file.starts_with("%PDF-1.4") && file.ends_with("%%EOF\n"));
    assert!(file.contains(label.text("/tracking_number")) && file.contains("Alice"));
    assert_eq!(twin.browse(&url.replace("Signature=", "Signature=x")).0, 403);
    twin.now += Duration::days(2);
    assert_eq!(twin.browse(&url).0, 403, "the link is over");
    let again = twin.get(&format!("/transactions/{}", label.text("/object_id")));
    assert_eq!(twin.browse(again.text("/label_url")).0, 200, "and there is a new one");
}

#[test]
fn a_label_that_is_asked_for_twice_is_bought_twice() {
    let twin = Twin::new();
    let rate = twin.rate("ups_saver");
    let (first, second) = (twin.buy(&rate), twin.buy(&rate));
    assert_ne!(first.text("/tracking_number"), second.text("/tracking_number"));
    twin.label();
    let listed = twin.get(&format!("/transactions?rate={rate}"));
    let ids: Vec<&Value> =
        listed.json["results"].as_array().into_iter().flatten().map(|one| &one["object_id"]).collect();
    assert_eq!(ids, [&second.json["object_id"], &first.json["object_id"]], "newest first, of this rate only");
    assert_eq!(twin.shippo.labels(NOW).len(), 3);
}

#[test]
fn a_list_goes_on_page_by_page() {
    let twin = Twin::new();
    let bought: Vec<String> = (0..3).map(|_| twin.label().text("/object_id").to_owned()).collect();
    let page = twin.get("/transactions?results=2&object_status=SUCCESS");
    assert_eq!(
        (page.text("/results/0/object_id"), page.json["previous"].is_null()),
        (bought[2].as_str(), true)
    );
    let next = page.text("/next").strip_prefix("http://127.0.0.1/shippo").expect("a link").to_owned();
    let last = twin.get(&next);
    assert_eq!((last.text("/results/0/object_id"), last.json["next"].is_null()), (bought[0].as_str(), true));
    assert_eq!(twin.get("/transactions?page=3&results=2").status, 404);
    assert_eq!(twin.get("/transactions?object_status=ERROR").json["results"], json!([]));
}

#[test]
fn a_rate_can_be_bought_for_seven_days() {
    let mut twin = Twin::new();
    let rate = twin.rate("ups_standard");
    twin.now += Duration::days(7) - Duration::SECOND;
    assert_eq!(twin.buy(&rate).status, 201);
    twin.wait(1);
    for gone in [rate.as_str(), "0123456789abcdef0123456789abcdef"] {
        let reply = twin.buy(gone);
        assert_eq!(reply.status, 400);
        assert_eq!(reply.json, json!({ "rate": ["Rate with supplied object_id not found."] }));
    }
}

#[test]
fn a_label_that_is_not_waited_for_is_made_later_and_told() {
    let mut twin = Twin::new();
    let rate = twin.rate("ups_standard");
    let form = format!("rate={rate}&label_file_type=ZPLII");
    let queued = twin.send("POST", "/transactions/", "application/x-www-form-urlencoded", &form);
    assert_eq!((queued.status, queued.text("/status"), queued.text("/label_url")), (201, "QUEUED", ""));
    twin.wait(2);
    let made = twin.get(&format!("/transactions/{}", queued.text("/object_id")));
    assert_eq!(made.text("/status"), "SUCCESS");
    let events: Vec<(String, Value)> =
        twin.told().into_iter().map(|(event, data)| (event, data["status"].clone())).collect();
    let expected = [
        ("transaction_created".to_owned(), json!("QUEUED")),
        ("transaction_updated".to_owned(), json!("SUCCESS")),
    ];
    assert_eq!(events, expected);
    let (_, content_type, file) = twin.browse(made.text("/label_url"));
    assert!(content_type.starts_with("text/plain") && file.starts_with(b"^XA"));
}

#[test]
fn a_carrier_that_refuses_leaves_a_transaction_that_says_why() {
    let twin = Twin::new();
    let rate = twin.rate("ups_standard");
    let text = "UPS API did not respond. Please try again in a few minutes.";
    twin.shippo.refuse_next_label("carrier_timeout", text);
    let refused = twin.buy(&rate);
    assert_eq!((refused.status, refused.text("/status")), (201, "ERROR"));
    assert_eq!(
        refused.json["messages"],
        json!([{ "source": "UPS", "code": "carrier_timeout", "text": text }])
    );
    assert_eq!((refused.text("/tracking_number"), refused.text("/label_url")), ("", ""));
    assert_eq!(twin.buy(&rate).text("/status"), "SUCCESS", "the next one is as always");
}

#[test]
fn an_answer_can_be_lost_though_the_label_was_bought() {
    let twin = Twin::new();
    let rate = twin.rate("ups_standard");
    twin.shippo.break_next_label();
    assert_eq!(twin.buy(&rate).status, 500);
    assert_eq!(twin.get(&format!("/transactions?rate={rate}")).text("/results/0/status"), "SUCCESS");
    assert_eq!(twin.buy(&rate).status, 201);
}

fn refund(twin: &Twin, label: &Reply) -> Reply {
    twin.post("/refunds/", &json!({ "transaction": label.text("/object_id"), "async": false }))
}

#[test]
fn a_label_that_nobody_used_is_paid_back_and_its_parcel_never_comes() {
    let mut twin = Twin::new();
    let label = twin.label();
    let asked = refund(&twin, &label);
    assert_eq!((asked.status, asked.text("/status")), (201, "QUEUED"));
    let path = format!("/transactions/{}", label.text("/object_id"));
    assert_eq!(twin.get(&path).text("/status"), "REFUNDPENDING");
    assert_eq!(refund(&twin, &label).status, 400, "it was asked for already");
    twin.wait(5);
    assert_eq!(twin.get(&path).text("/status"), "REFUNDED");
    assert_eq!(twin.get(&format!("/refunds/{}", asked.text("/object_id"))).text("/status"), "SUCCESS");
    assert_eq!(twin.get("/refunds").json["count"], 1);
    twin.now += Duration::days(1);
    assert_eq!(twin.scans(), ["information_received"]);
    let unknown = twin.post("/refunds", &json!({ "transaction": "1" }));
    assert_eq!(unknown.json, json!({ "transaction": ["Transaction with supplied object_id not found."] }));
}

#[test]
fn a_label_that_was_scanned_is_not_paid_back() {
    let mut twin = Twin::new();
    let label = twin.label();
    twin.wait(10);
    let asked = refund(&twin, &label);
    twin.wait(5);
    assert_eq!(twin.get(&format!("/refunds/{}", asked.text("/object_id"))).text("/status"), "ERROR");
    assert_eq!(
        twin.get(&format!("/transactions/{}", label.text("/object_id"))).text("/status"),
        "REFUNDREJECTED"
    );
    twin.now += Duration::days(1);
    assert_eq!(twin.scans().last().map(String::as_str), Some("delivered"));
}

#[test]
fn while_shippo_is_down_nothing_happens_and_afterwards_everything_goes_on() {
    let mut twin = Twin::new();
    let rate = twin.rate("ups_standard");
    twin.buy(&rate);
    twin.shippo.down_until(NOW + Duration::minutes(5));
    twin.wait(60);
    assert_eq!((twin.buy(&rate).status, twin.told().len()), (503, 0));
    twin.wait(240);
    assert_eq!(twin.get("/transactions").json["count"], 1);
    assert_eq!(twin.scans().len(), 5, "parcels went on meanwhile");
}

#[test]
fn two_fakes_that_are_asked_the_same_answer_the_same() {
    assert_eq!(Twin::new().label().json, Twin::new().label().json);
}

#[test]
fn a_reopened_database_still_has_labels_and_scans_to_come() {
    let path = std::env::temp_dir().join(format!("shippo-fake-{}.sqlite", std::process::id()));
    let twin = Twin::at(Some(&path));
    let label = twin.label();
    // A second connection while the first is open sees what a start after `kill -9` would see.
    let mut reopened = Twin::at(Some(&path));
    assert_eq!(reopened.shippo.labels(NOW), twin.shippo.labels(NOW));
    assert_ne!(reopened.label().text("/object_id"), label.text("/object_id"), "ids are not given out twice");
    reopened.wait(60);
    assert_eq!(reopened.scans().len(), 10);
    drop((twin, reopened));
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{suffix}", path.display())).ok();
    }
}

#[test]
fn a_database_that_fails_half_way_is_a_500_that_leaves_nothing_behind() {
    let twin = Twin::new();
    let rate = twin.rate("ups_standard");
    let run = |sql: &str| {
        let done = twin.shippo.storage.transaction(|db| db.execute_batch(sql));
        done.expect("the statement runs");
    };
    run("ALTER TABLE deliveries RENAME TO gone");
    assert_eq!(twin.buy(&rate).status, 500);
    run("ALTER TABLE gone RENAME TO deliveries");
    assert_eq!(twin.get("/transactions").json["count"], 0);
}
