//! Bounces and complaints: an address that takes no mail gets none, and staff can take that back.

use local::cloud::ses::Outcome;
use local::template::queue_url;
use serde_json::{Value, json};
use tests::{Answer, Call, Shop, order_body};

use crate::support::{World, assert_problem};

/// Mailboxes of SES's simulator (SES Developer Guide, "Using the mailbox simulator").
const GONE: &str = "bounce@simulator.amazonses.com";
const ANGRY: &str = "complaint@simulator.amazonses.com";
const SUPPRESSED: &str = "suppressionlist@simulator.amazonses.com";
const FINE: &str = "success@simulator.amazonses.com";

async fn shop() -> Shop {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 50).await;
    shop
}

/// An order whose mails go to this address.
async fn order_of(shop: &Shop, key: &str, address: &str) -> String {
    let mut body = order_body("mug", 1, "cod");
    body["contact_email"] = json!(address);
    let call = Call::post("/api/v1/orders").token(&shop.customer("alice")).key(key).json(&body);
    let placed = shop.send(call).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    placed.order_id()
}

async fn status(shop: &Shop, id: &str) -> Value {
    let read = Call::get(&format!("/api/v1/orders/{id}")).token(&shop.admin());
    shop.send(read).await.body["contact_email_status"].clone()
}

async fn unblock(shop: &Shop, address: &str) -> Answer {
    let address = address.replace('@', "%40");
    let path = format!("/api/v1/admin/mail-blocks/{address}");
    shop.send(Call::new("DELETE", &path).token(&shop.admin())).await
}

/// Mails that SES took for this address.
fn sent(shop: &Shop, address: &str) -> usize {
    shop.twin.cloud.ses.mails().iter().filter(|mail| mail.to == [address]).count()
}

/// What is known of addresses, without keys and moments.
fn known(shop: &Shop) -> Vec<Value> {
    let items = shop.twin.cloud.dynamodb.items(&shop.twin.table).expect("items");
    let of_addresses = items.into_iter().filter(|item| {
        item["PK"]["S"].as_str().is_some_and(|key| key.starts_with("ADDRESS#"))
            && item["SK"]["S"] == "MAILBOX"
    });
    of_addresses
        .map(|item| json!({"blocked": item["blocked"]["S"], "not_taken": item["not_taken"]["N"]}))
        .collect()
}

/// Puts into the queue what a topic would.
fn publish(shop: &Shop, message: &str) {
    let body = json!({"Type": "Notification", "Message": message}).to_string();
    let queue = queue_url("MailFeedbackQueue");
    assert!(shop.twin.cloud.sqs.send(shop.twin.cloud.clock.now().datetime(), &queue, &body));
}

fn bounce(id: &str, kind: &str) -> String {
    json!({
        "eventType": "Bounce",
        "bounce": {"feedbackId": id, "bounceType": kind, "bounceSubType": "General", "bouncedRecipients": [{"emailAddress": "alice@example.com"}]},
        "mail": {"destination": ["Alice@Example.com"]},
    })
    .to_string()
}

#[tokio::test]
async fn an_address_that_bounced_or_complained_gets_no_more_mail_and_one_that_is_fine_does() {
    for (address, outcome, told) in [
        (GONE, Outcome::Bounced, "bounced"),
        (SUPPRESSED, Outcome::Suppressed, "bounced"),
        (ANGRY, Outcome::Complained, "complained"),
        (FINE, Outcome::Delivered, "ok"),
    ] {
        let shop = shop().await;
        let id = order_of(&shop, "k1", address).await;
        assert_eq!(status(&shop, &id).await, "ok");
        shop.finish().await;
        assert_eq!(status(&shop, &id).await, told, "{address}");
        assert!(shop.twin.cloud.ses.mails().iter().all(|mail| mail.outcome == outcome));
        let before = sent(&shop, address);
        order_of(
            &shop,
            "k2",
            &address.to_uppercase().replace("SIMULATOR.AMAZONSES.COM", "Simulator.AmazonSES.com"),
        )
        .await;
        shop.finish().await;
        assert_eq!(shop.twin.cloud.ses.mails().len() - before, if told == "ok" { 2 } else { 0 }, "{address}");
        for (queue, _) in &shop.twin.queue_names {
            assert!(shop.twin.cloud.sqs.messages(queue).is_empty(), "{queue}");
        }
    }
}

#[tokio::test]
async fn customers_do_not_see_it_and_staff_sees_it_by_number_too() {
    let shop = shop().await;
    let id = order_of(&shop, "k1", GONE).await;
    shop.finish().await;
    let alice = shop.customer("alice");
    let own = shop.send(Call::get(&format!("/api/v1/orders/{id}")).token(&alice)).await;
    assert_eq!((own.status, own.body.get("contact_email_status")), (200, None));
    let number = own.body["order_number"].as_str().expect("a number");
    let read = Call::get(&format!("/api/v1/orders/number/{number}")).token(&shop.admin());
    assert_eq!(shop.send(read).await.body["contact_email_status"], "bounced");
}

#[tokio::test]
async fn staff_clears_an_address_and_the_next_mail_goes_there() {
    let shop = shop().await;
    assert_problem(&unblock(&shop, ANGRY).await, 404, "not_found");
    let id = order_of(&shop, "k1", ANGRY).await;
    shop.finish().await;
    let before = sent(&shop, ANGRY);
    assert_eq!(unblock(&shop, &ANGRY.to_uppercase()).await.status, 204);
    assert_eq!(status(&shop, &id).await, "ok");
    let world = World::of(&shop);
    shop.twin.cloud.clock.advance(1_000);
    assert_problem(&unblock(&shop, ANGRY).await, 404, "not_found");
    world.assert_unchanged(&shop, "an address that is cleared is cleared again");
    order_of(&shop, "k2", ANGRY).await;
    shop.twin.stream.step(&shop.twin).await;
    shop.finish().await;
    assert!(sent(&shop, ANGRY) > before, "a mail goes there, and is complained about again");
    assert_eq!(status(&shop, &id).await, "complained");
    for none in ["nobody", "%20", "a@b@c d"] {
        let path = format!("/api/v1/admin/mail-blocks/{}", none.replace(' ', "%20").replace('@', "%40"));
        let refused = shop.send(Call::new("DELETE", &path).token(&shop.admin()).beyond_the_document()).await;
        assert_problem(&refused, 404, "not_found");
    }
    let path = "/api/v1/admin/mail-blocks/alice%40example.com";
    assert_eq!(shop.send(Call::new("DELETE", path).token(&shop.customer("alice"))).await.status, 403);
}

#[tokio::test]
async fn what_may_go_well_next_time_is_only_counted() {
    let shop = shop().await;
    let id = order_of(&shop, "k1", "alice@example.com").await;
    for (id, kind) in [("r1", "Transient"), ("r1", "Transient"), ("r2", "Undetermined")] {
        publish(&shop, &bounce(id, kind));
    }
    shop.finish().await;
    assert_eq!(
        known(&shop),
        [json!({"blocked": null, "not_taken": "2"})],
        "a report that comes twice counts once"
    );
    assert_eq!((status(&shop, &id).await, sent(&shop, "alice@example.com")), (json!("ok"), 2));
}

#[tokio::test]
async fn a_report_that_comes_again_after_staff_has_cleared_the_address_changes_nothing() {
    let shop = shop().await;
    let id = order_of(&shop, "k1", "alice@example.com").await;
    publish(&shop, &bounce("r1", "Permanent"));
    shop.finish().await;
    assert_eq!(status(&shop, &id).await, "bounced");
    assert_eq!(unblock(&shop, "alice@example.com").await.status, 204);
    publish(&shop, &bounce("r1", "Permanent"));
    shop.finish().await;
    assert_eq!(status(&shop, &id).await, "ok");
    publish(&shop, &bounce("r2", "Permanent"));
    shop.finish().await;
    assert_eq!(status(&shop, &id).await, "bounced");
}

#[tokio::test]
async fn who_complained_stays_somebody_who_complained() {
    let shop = shop().await;
    let id = order_of(&shop, "k1", ANGRY).await;
    shop.finish().await;
    publish(&shop, &bounce("r1", "Permanent").replace("Alice@Example.com", ANGRY));
    shop.finish().await;
    assert_eq!(status(&shop, &id).await, "complained");
}

#[tokio::test]
async fn what_says_nothing_is_passed_over_and_what_is_no_report_ends_in_the_dead_letters() {
    let shop = shop().await;
    let world = World::of(&shop);
    let welcome = "Successfully validated SNS topic for Amazon SES event publishing.";
    let delivered = json!({"eventType": "Delivery", "mail": {"destination": ["a@b.example"]}}).to_string();
    for message in [welcome, delivered.as_str()] {
        publish(&shop, message);
    }
    shop.finish().await;
    assert!(shop.twin.cloud.sqs.messages("MailFeedbackQueue").is_empty());
    publish(&shop, "{}");
    for _ in 0..6 {
        shop.after(900).await;
    }
    assert!(shop.twin.cloud.sqs.messages("MailFeedbackQueue").is_empty());
    assert_eq!(shop.twin.cloud.sqs.messages("MailFeedbackDeadLetters").len(), 1);
    world.assert_unchanged(&shop, "reports that say nothing");
}

#[tokio::test]
async fn what_is_known_of_an_address_does_not_show_it() {
    let shop = shop().await;
    order_of(&shop, "k1", GONE).await;
    shop.finish().await;
    let items = shop.twin.cloud.dynamodb.items(&shop.twin.table).expect("items");
    let of_addresses: Vec<String> = items
        .iter()
        .filter(|item| item["PK"]["S"].as_str().is_some_and(|key| key.starts_with("ADDRESS#")))
        .map(Value::to_string)
        .collect();
    assert_eq!(of_addresses.len(), 3, "what is known of it, and a report of each of two mails");
    assert!(of_addresses.iter().all(|item| !item.contains("simulator")), "{of_addresses:?}");
}
