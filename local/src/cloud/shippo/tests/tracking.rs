//! Parcels on their way, and who hears of it.

use serde_json::{Value, json};
use time::Duration;

use super::super::deliveries::signature;
use super::super::testing::{NOW, Reply, Twin};
use super::super::{Timetable, Way};

fn track(twin: &Twin, label: &Reply) -> Value {
    twin.get(&format!("/tracks/ups/{}", label.text("/tracking_number"))).json
}

#[test]
fn a_parcel_moves_along_the_timetable_from_place_to_place() {
    let mut twin = Twin::new();
    let label = twin.label();
    assert_eq!(track(&twin, &label)["tracking_status"], Value::Null);
    let mut seen = Vec::new();
    for wait in [2, 8, 15, 15, 20] {
        twin.wait(wait);
        let track = track(&twin, &label);
        let status = &track["tracking_status"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        seen.push((
            text(&status["status"]),
            text(&status["substatus"]["code"]),
            text(&status["location"]["city"]),
        ));
        assert_eq!(track["tracking_history"].as_array().map(Vec::len), Some(seen.len()));
        assert_eq!(track["transaction"], label.json["object_id"]);
        let transaction = twin.get(&format!("/transactions/{}", label.text("/object_id")));
        assert_eq!(transaction.json["tracking_status"], status["status"]);
    }
    let seen: Vec<_> = seen.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
    assert_eq!(
        seen,
        [
            ("PRE_TRANSIT", "information_received", "Rotterdam"),
            ("TRANSIT", "package_accepted", "Rotterdam"),
            ("TRANSIT", "package_arrived", "Utrecht"),
            ("TRANSIT", "out_for_delivery", "Amsterdam"),
            ("DELIVERED", "delivered", "Amsterdam"),
        ]
    );
    let (status, _, page) = twin.browse(label.text("/tracking_url_provider"));
    let page = String::from_utf8(page).expect("a page");
    assert!(status == 200 && page.contains("Package has been delivered.") && page.contains("Utrecht"));
}

#[test]
fn scans_happen_at_their_moment_even_if_nobody_looked() {
    let mut twin = Twin::new();
    twin.label();
    twin.now += Duration::days(3);
    let tracks: Vec<Value> =
        twin.told().into_iter().filter(|(event, _)| event == "track_updated").map(|(_, data)| data).collect();
    let lengths: Vec<_> =
        tracks.iter().map(|track| track["tracking_history"].as_array().map(Vec::len)).collect();
    assert_eq!(lengths, [Some(1), Some(2), Some(3), Some(4), Some(5)], "each as it was then");
    assert_eq!(tracks[4]["tracking_status"]["status_date"], "2024-10-04T00:01:00.000Z");
}

#[test]
fn a_timetable_and_the_end_of_a_way_can_be_arranged() {
    for (way, end) in [(Way::Returned, "return_to_sender"), (Way::Lost, "package_lost")] {
        let mut twin = Twin::new();
        let days = Duration::days;
        twin.shippo.timetable(Timetable {
            announced: days(0),
            accepted: days(1),
            sorted: days(2),
            out_for_delivery: days(3),
            ended: days(4),
        });
        twin.shippo.next_parcel(way);
        twin.label();
        twin.now += days(3);
        assert!(!twin.scans().contains(&end.to_owned()));
        twin.now += days(1);
        assert_eq!(twin.scans(), [end]);
        twin.label();
        twin.now += days(4);
        assert_eq!(twin.scans().last().map(String::as_str), Some("delivered"), "the next is as always");
    }
}

#[test]
fn a_webhook_is_signed_over_time_and_body() {
    let twin = Twin::new();
    let label = twin.label();
    let due = twin.shippo.due_webhooks(NOW, 10).remove(0);
    assert_eq!(due.signature, signature("secret", NOW.unix_timestamp(), &due.body));
    let event: Value = serde_json::from_str(&due.body).expect("an event is JSON");
    assert_eq!((&event["event"], &event["test"]), (&json!("transaction_created"), &json!(true)));
    assert_eq!(event["data"], label.json);
}

#[test]
fn a_webhook_is_sent_again_twice_and_only_if_it_can_help() {
    let (mut twin, never) = (Twin::new(), Duration::days(1_000));
    twin.shippo.timetable(Timetable {
        announced: never,
        accepted: never,
        sorted: never,
        out_for_delivery: never,
        ended: never,
    });
    for (statuses, expected) in [
        (&[204, 204][..], 1),
        (&[404, 204], 1),
        (&[400, 204], 1),
        (&[503, 200, 200], 2),
        (&[500, 429, 408, 200], 3),
    ] {
        twin.label();
        let mut attempts = 0;
        for status in statuses {
            for delivery in twin.shippo.due_webhooks(twin.now, 10) {
                attempts += 1;
                twin.shippo.delivered(twin.now, &delivery.id, *status);
            }
            twin.wait(10);
        }
        assert_eq!(attempts, expected, "{statuses:?}");
    }
}

#[test]
fn webhooks_can_be_held_back_doubled_and_reversed() {
    let mut twin = Twin::new();
    twin.shippo.hold_webhooks_until(NOW + Duration::minutes(2));
    twin.label();
    twin.wait(60);
    assert!(twin.told().is_empty());
    twin.wait(60);
    twin.shippo.reverse_webhooks(true);
    let last_first =
        ["delivered", "out_for_delivery", "package_arrived", "package_accepted", "information_received"];
    assert_eq!(twin.scans(), last_first);
    twin.shippo.reverse_webhooks(false);
    twin.shippo.double_webhooks(true);
    twin.label();
    twin.wait(10);
    let twice = ["information_received", "information_received", "package_accepted", "package_accepted"];
    assert_eq!(twin.scans(), twice);
}

#[test]
fn a_parcel_that_is_registered_once_more_is_told_of_twice_and_with_what_was_said() {
    let mut twin = Twin::new();
    let label = twin.label();
    let asked =
        json!({ "carrier": "ups", "tracking_number": label.text("/tracking_number"), "metadata": "mine" });
    let registered = twin.post("/tracks/", &asked);
    assert_eq!((registered.status, registered.text("/metadata")), (200, "mine"));
    twin.wait(2);
    let told: Vec<_> = twin.told().into_iter().map(|(_, data)| data["metadata"].clone()).collect();
    assert_eq!(told, [json!("ord_1 1 alice"), json!("mine"), json!("mine")]);
}

#[test]
fn the_test_numbers_are_where_their_names_say() {
    let twin = Twin::new();
    for status in ["PRE_TRANSIT", "TRANSIT", "DELIVERED", "RETURNED", "FAILURE", "UNKNOWN"] {
        let number = format!("SHIPPO_{status}");
        let track = twin.get(&format!("/tracks/shippo/{number}"));
        assert_eq!((track.status, track.text("/tracking_status/status")), (200, status));
        let asked = json!({ "carrier": "shippo", "tracking_number": number, "metadata": status });
        let registered = twin.post("/tracks", &asked);
        let told = twin.told().pop().expect("a webhook");
        assert_eq!(told, ("track_updated".to_owned(), registered.json));
    }
    assert_eq!(twin.get("/tracks/shippo/SHIPPO_LOST").status, 404);
}

#[test]
fn of_a_parcel_that_nobody_knows_there_is_an_empty_track() {
    let track = Twin::new().get("/tracks/usps/9205590164917312751089");
    assert_eq!((track.status, &track.json["tracking_status"]), (200, &Value::Null));
    assert_eq!(track.json["tracking_history"], json!([]));
}
