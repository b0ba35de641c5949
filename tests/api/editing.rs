//! Staff edits an order (C8): its notes and its status, of the version that it has seen.

use serde_json::{Value, json};
use tests::{Answer, Call, Shop, order};

use crate::shipments_support::{bought, change, two_houses};
use crate::support::{World, assert_has, assert_invalid, assert_problem, events, get, mails, shop};

fn edit(shop: &Shop, id: &str, version: &str, body: &Value) -> Call {
    let call = Call::new("PATCH", &format!("/api/v1/admin/orders/{id}")).token(&shop.admin()).json(body);
    if version.is_empty() { call } else { call.header("if-match", version) }
}

/// A shop with a prepared order of Alice, and what staff sees of it.
async fn prepared() -> (Shop, String, Answer) {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 2, "pm_card_visa")).await;
    shop.finish().await;
    let seen = get(&shop, &shop.admin(), &placed.order_id()).await;
    assert_eq!(seen.body["status"], "preparing", "{seen:?}");
    (shop, alice, seen)
}

fn etag(answer: &Answer) -> String {
    answer.header("etag").expect("a version").to_owned()
}

#[tokio::test]
async fn notes_are_written_changed_and_taken_away_and_only_staff_sees_it() {
    let (shop, alice, seen) = prepared().await;
    let id = seen.order_id();
    let before = get(&shop, &alice, &id).await.body;
    let mut version = etag(&seen);
    for notes in [json!("Gift: no prices in the parcel"), json!("Gift, and in a hurry"), Value::Null] {
        let edited = shop.send(edit(&shop, &id, &version, &json!({"internal_notes": notes}))).await;
        assert_eq!(edited.status, 200, "{edited:?}");
        assert_eq!(edited.body["internal_notes"], notes);
        let mut read = get(&shop, &shop.admin(), &id).await.body;
        // Whether the address takes mail is asked when staff reads the order.
        assert_eq!(read["contact_email_status"], "ok");
        read.as_object_mut().expect("an object").remove("contact_email_status");
        assert_eq!(edited.body, read, "the answer is the order");
        assert_ne!(etag(&edited), version);
        version = etag(&edited);
        assert_eq!(events(&edited.body).last(), Some(&"notes_changed"));
        let entry = edited.body["timeline"].as_array().and_then(|timeline| timeline.last()).expect("it");
        assert_eq!(entry["actor"], "admin:admin");
    }
    shop.finish().await;
    let mut after = get(&shop, &alice, &id).await.body;
    for changes in ["version", "updated_at"] {
        after[changes] = before[changes].clone();
    }
    assert_eq!(after, before, "a customer sees nothing of it");
    assert_eq!(shop.twin.cloud.ses.mails().len(), mails(&shop, "").len());
    assert!(!after.to_string().contains("Gift"));
}

#[tokio::test]
async fn an_edit_says_which_version_it_is_of() {
    let (shop, _, seen) = prepared().await;
    let id = seen.order_id();
    let body = json!({"status": "packed", "internal_notes": "x"});
    let world = World::of(&shop);
    assert_problem(&shop.send(edit(&shop, &id, "", &body)).await, 428, "version_required");
    for other in ["\"1\"", "\"99\"", "5", "W/\"1\", \"2\""] {
        let refused = shop.send(edit(&shop, &id, other, &body)).await;
        assert_problem(&refused, 412, "version_mismatch");
        assert_eq!(refused.body["current_version"], seen.body["version"]);
    }
    world.assert_unchanged(&shop, "edits of other versions");

    let version = etag(&seen);
    assert_eq!(shop.send(edit(&shop, &id, &version, &body)).await.status, 200);
    let again = shop.send(edit(&shop, &id, &version, &body)).await;
    assert_problem(&again, 412, "version_mismatch");
    let any = shop.send(edit(&shop, &id, "*", &body)).await;
    assert_has(&any.body, &json!({"status": "packed", "internal_notes": "x"}));
    let listed = shop.send(edit(&shop, &id, &format!("\"1\", {}", etag(&any)), &body)).await;
    assert_eq!((listed.status, etag(&listed)), (200, etag(&any)), "nothing is new");
}

#[tokio::test]
async fn several_changes_are_one_write_and_none_is_made_if_one_is_not_possible() {
    let (shop, _, seen) = prepared().await;
    let id = seen.order_id();
    let world = World::of(&shop);
    let both = json!({"status": "delivered", "internal_notes": "left at the neighbour's"});
    let refused = shop.send(edit(&shop, &id, &etag(&seen), &both)).await;
    assert_problem(&refused, 409, "status_not_reachable");
    assert_eq!(refused.body["order_status"], "preparing");
    assert_eq!(refused.body["allowed_actions"], seen.body["available_actions"]);
    world.assert_unchanged(&shop, "an edit of which a part is not possible");

    let both = json!({"status": "packed", "internal_notes": "fragile"});
    let edited = shop.send(edit(&shop, &id, &etag(&seen), &both)).await;
    assert_has(&edited.body, &json!({"status": "packed", "internal_notes": "fragile"}));
    let before = seen.body["version"].as_u64().expect("a version");
    assert_eq!(edited.body["version"], before + 3, "its parcel, the order, and the notes");
    assert!(events(&edited.body).ends_with(&["packed", "notes_changed"]), "{edited:?}");
    let timeline = edited.body["timeline"].as_array().expect("a timeline");
    assert_eq!(timeline[timeline.len() - 2]["at"], timeline[timeline.len() - 1]["at"]);
}

#[tokio::test]
async fn the_courier_of_an_only_parcel_is_named_by_an_edit_of_the_order_and_told_to_the_customer() {
    let (shop, alice, seen) = prepared().await;
    let id = seen.order_id();
    let alone = json!({"courier": "DHL", "tracking_number": "JD014600"});
    let named = shop.send(edit(&shop, &id, &etag(&seen), &alone)).await;
    let courier = json!({"name": "DHL", "tracking_number": "JD014600"});
    assert_has(&named.body, &json!({"status": "preparing", "shipments": [{"courier": courier}]}));

    let page = "https://postnl.example/track/3SABCD1234567";
    let number = json!({"courier": "PostNL", "tracking_number": "3SABCD1234567", "tracking_url": page});
    let mut sent = number.clone();
    sent["status"] = json!("shipped");
    sent["internal_notes"] = json!("the first one did not come");
    let shipped = shop.send(edit(&shop, &id, &etag(&named), &sent)).await;
    let courier = json!({"name": "PostNL", "tracking_number": "3SABCD1234567", "tracking_url": page});
    let left = json!({"status": "shipped", "shipments": [{"status": "shipped", "courier": courier}]});
    assert_has(&shipped.body, &left);
    assert_eq!(shipped.body["internal_notes"], sent["internal_notes"]);
    let again = shop.send(edit(&shop, &id, "*", &sent)).await;
    assert_eq!((again.status, etag(&again)), (200, etag(&shipped)), "nothing is new");
    assert_has(&get(&shop, &alice, &id).await.body, &left);
    shop.finish().await;
    let mails = mails(&shop, "on its way");
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    let text = mail.text.as_deref().expect("a text");
    assert!(text.contains("3SABCD1234567") && text.contains(page), "{text}");
}

#[tokio::test]
async fn an_edit_of_an_order_names_no_courier_where_it_could_mean_several_parcels_or_none() {
    let (shop, _) = two_houses().await;
    let id = bought(&shop, "cod").await;
    let world = World::of(&shop);
    let body = json!({"courier": "PostNL", "internal_notes": "x"});
    let refused = shop.send(edit(&shop, &id, "*", &body)).await;
    assert_problem(&refused, 409, "which_shipment");
    assert_eq!(refused.body["shipments"], 2);
    assert_has(&refused.body, &json!({"order_status": "preparing"}));
    world.assert_unchanged(&shop, "a courier of several parcels");
    let one = shop.send(change(&shop, &id, 2, &json!({"courier": "PostNL"}))).await;
    assert_eq!(one.body["shipments"][1]["courier"]["name"], "PostNL", "{one:?}");

    let called_off = json!({"status": "cancelled"});
    assert_eq!(shop.send(edit(&shop, &id, "*", &called_off)).await.status, 200);
    let late = shop.send(edit(&shop, &id, "*", &body)).await;
    assert_problem(&late, 409, "status_not_reachable");
}

#[tokio::test]
async fn an_order_is_called_off_with_its_money_and_a_note() {
    let (shop, alice, seen) = prepared().await;
    let id = seen.order_id();
    let body = json!({"status": "cancelled", "reason": "flooded", "internal_notes": "insurance was told"});
    let edited = shop.send(edit(&shop, &id, &etag(&seen), &body)).await;
    assert_has(
        &edited.body,
        &json!({"status": "cancelled", "payment_status": "refunded", "internal_notes": "insurance was told"}),
    );
    assert_eq!(shop.units("mug"), (10, 0), "its stock is back");
    shop.finish().await;
    assert_eq!(mails(&shop, "cancelled").len(), 1);
    let own = get(&shop, &alice, &id).await;
    assert!(!own.body.to_string().contains("insurance"), "{own:?}");
}

#[tokio::test]
async fn a_dry_run_of_an_edit_changes_nothing() {
    let (shop, _, seen) = prepared().await;
    let (id, world) = (seen.order_id(), World::of(&shop));
    let path = format!("/api/v1/admin/orders/{id}?dry_run=true");
    let body = json!({"status": "shipped", "internal_notes": "would be"});
    let dry = Call::new("PATCH", &path).token(&shop.admin()).header("if-match", &etag(&seen)).json(&body);
    let would = shop.send(dry).await;
    let expected = json!({"dry_run": true, "status": "shipped", "internal_notes": "would be"});
    assert_has(&would.body, &expected);
    world.assert_unchanged(&shop, "a dry run");
}

#[tokio::test]
async fn what_is_no_edit_is_named_and_customers_make_none() {
    let (shop, alice, seen) = prepared().await;
    let id = seen.order_id();
    let world = World::of(&shop);
    for (body, pointer, code) in [
        (json!({}), "", "required"),
        (json!({"internal_notes": "  "}), "/internal_notes", "out_of_range"),
        (json!({"internal_notes": "x".repeat(2_001)}), "/internal_notes", "out_of_range"),
        (json!({"internal_notes": "x", "reason": "y"}), "/reason", "not_permitted"),
        (json!({"status": "packed", "override_reason": "y"}), "/override_reason", "not_permitted"),
        (json!({"status": "pending"}), "/status", "not_permitted"),
        (json!({"tracking_number": "3SABCD1234567"}), "/courier", "required"),
        (json!({"status": "delivered", "courier": "PostNL"}), "/courier", "not_permitted"),
        (json!({"status": "cancelled", "courier": "PostNL"}), "/courier", "not_permitted"),
    ] {
        assert_invalid(&shop.send(edit(&shop, &id, "*", &body)).await, pointer, code);
    }
    for body in [
        json!({"status": null}),
        json!({"courier": null}),
        json!({"status": "lost"}),
        json!({"total_amount": "0.00"}),
        json!([]),
    ] {
        assert_problem(&shop.send(edit(&shop, &id, "*", &body)).await, 400, "malformed_body");
    }
    let unknown = edit(&shop, "ord_01a1fc2143867fe2ab9377e44462b779", "*", &json!({"internal_notes": "x"}));
    assert_problem(&shop.send(unknown).await, 404, "not_found");
    let own = Call::new("PATCH", &format!("/api/v1/admin/orders/{id}")).token(&alice).header("if-match", "*");
    assert_eq!(shop.send(own.json(&json!({"internal_notes": "x"}))).await.status, 403);
    world.assert_unchanged(&shop, "what is no edit");
}
