//! Shipments and their rates.

use serde_json::json;

use super::super::testing::Twin;

#[test]
fn what_a_parcel_costs_depends_on_weight_and_way() {
    let twin = Twin::new();
    let check = |changes, expected: &[(&str, &str, u64)]| {
        let shipment = twin.shipment(changes);
        assert_eq!((shipment.status, shipment.text("/status")), (201, "SUCCESS"));
        let rates = shipment.rates();
        let seen: Vec<_> =
            rates.iter().map(|(who, price, days)| (who.as_str(), price.as_str(), *days)).collect();
        assert_eq!(seen, expected);
    };
    check(json!({}), &[("UPS", "5.40 EUR", 2), ("UPS", "11.00 EUR", 1)]);
    let heavy = json!([
        {"length": "30", "width": "20", "height": "10", "distance_unit": "cm", "weight": "3.5", "mass_unit": "kg"},
        {"length": "30", "width": "20", "height": "10", "distance_unit": "cm", "weight": "1", "mass_unit": "kg"},
    ]);
    check(json!({ "parcels": heavy }), &[("UPS", "12.15 EUR", 2), ("UPS", "25.30 EUR", 1)]);
    check(
        json!({ "address_to": { "country": "DE" } }),
        &[
            ("Deutsche Post", "5.99 EUR", 6),
            ("UPS", "10.10 EUR", 4),
            ("UPS", "20.50 EUR", 2),
            ("DHL Express", "25.00 EUR", 1),
        ],
    );
    check(
        json!({ "address_to": { "country": "JP" }, "parcels": heavy }),
        &[("UPS", "109.30 EUR", 4), ("DHL Express", "128.30 EUR", 3)],
    );
}

#[test]
fn the_cheapest_and_the_fastest_are_marked() {
    let rates = Twin::new().shipment(json!({ "address_to": { "country": "DE" } })).json["rates"].clone();
    let marks: Vec<_> =
        rates.as_array().into_iter().flatten().map(|rate| rate["attributes"].clone()).collect();
    assert_eq!(marks, [json!(["CHEAPEST"]), json!([]), json!([]), json!(["FASTEST", "BESTVALUE"])]);
}

#[test]
fn a_parcel_that_nobody_carries_has_no_rates_and_a_message() {
    let twin = Twin::new();
    let parcel = json!([{"length": "9", "width": "9", "height": "9", "distance_unit": "m", "weight": "71", "mass_unit": "kg"}]);
    let shipment = twin.shipment(json!({ "parcels": parcel }));
    assert_eq!((shipment.status, &shipment.json["rates"]), (201, &json!([])));
    assert!(shipment.text("/messages/0/text").starts_with("No carrier"));
}

#[test]
fn rates_that_are_not_waited_for_come_later() {
    let twin = Twin::new();
    let shipment = twin.shipment(json!({ "async": null }));
    assert_eq!((shipment.text("/status"), &shipment.json["rates"]), ("QUEUED", &json!([])));
    let path = format!("/shipments/{}", shipment.text("/object_id"));
    let rated = twin.get(&path);
    assert_eq!((rated.text("/status"), rated.rates().len()), ("SUCCESS", 2));
    assert_eq!(twin.get(&path).json["rates"], rated.json["rates"], "they are asked for once");
    assert_eq!(twin.get(&format!("{path}/rates")).json["results"], rated.json["rates"]);
    let rate = rated.rate("ups_saver");
    assert_eq!(twin.get(&format!("/rates/{rate}")).text("/shipment"), shipment.text("/object_id"));
    assert_eq!(twin.get("/shipments").json["count"], 1);
}

#[test]
fn a_rate_names_the_account_that_names_the_carrier() {
    let twin = Twin::new();
    let shipment = twin.shipment(json!({ "address_to": { "country": "DE" } }));
    let account = shipment.text("/rates/3/carrier_account").to_owned();
    assert_eq!(twin.get(&format!("/carrier_accounts/{account}")).text("/carrier"), "dhl_express");
    assert_eq!(twin.get("/carrier_accounts").json["count"], 3);
    assert_eq!(twin.get("/carrier_accounts/1").status, 404);
}

#[test]
fn what_is_missing_or_not_understood_is_named_with_where_it_is() {
    let twin = Twin::new();
    let parcel = json!({"length": "1", "width": "1", "height": "1", "distance_unit": "mm", "weight": "1", "mass_unit": "g"});
    let with = |name: &str, value| {
        let mut parcel = parcel.clone();
        parcel[name] = value;
        json!({ "parcels": [parcel] })
    };
    for (changes, expected) in [
        (json!({ "address_to": null }), json!({ "address_to": ["This field is required."] })),
        (
            json!({ "address_to": "1" }),
            json!({ "address_to": ["Address with supplied object_id not found."] }),
        ),
        (
            json!({ "address_to": { "country": null } }),
            json!({ "address_to": [{ "country": ["This field is required."] }] }),
        ),
        (
            json!({ "address_to": { "country": "Holland" } }),
            json!({ "address_to": [{ "country": ["Not a country code."] }] }),
        ),
        (json!({ "parcels": [] }), json!({ "parcels": ["This field may not be empty."] })),
        (with("weight", json!("0")), json!({ "parcels": [{ "weight": ["A valid number is required."] }] })),
        (
            with("mass_unit", json!("stone")),
            json!({ "parcels": [{ "mass_unit": ["\"stone\" is not a valid choice."] }] }),
        ),
        (
            json!({ "metadata": "m".repeat(101) }),
            json!({ "metadata": ["Ensure this field has no more than 100 characters."] }),
        ),
        (json!({ "insurance": true }), json!({ "insurance": ["This is not known here."] })),
        (
            json!({ "customs_declaration": { "contents_type": "GIFT" } }),
            json!({ "customs_declaration": [{ "non_delivery_option": ["This field is required."] }] }),
        ),
    ] {
        let reply = twin.shipment(changes);
        assert_eq!((reply.status, &reply.json), (400, &expected));
    }
}

#[test]
fn a_label_needs_an_address_and_abroad_a_declaration() {
    let twin = Twin::new();
    let refusal = |changes, service: &str| {
        let label = twin.buy(&twin.shipment(changes).rate(service));
        (label.text("/status").to_owned(), label.json["messages"].clone())
    };
    let why = |text: &str| ("ERROR".to_owned(), json!([{ "source": "UPS", "code": "", "text": text }]));
    let nameless = json!({ "address_to": { "name": "" } });
    assert_eq!(refusal(nameless, "ups_saver"), why("address_to: name is required to buy a label"));
    let american = json!({ "country": "US", "state": "NY", "zip": "" });
    let zipless = json!({ "address_to": american });
    assert_eq!(refusal(zipless, "ups_saver"), why("address_to: zip is required to buy a label"));
    let swiss = json!({ "address_to": { "country": "CH" } });
    assert_eq!(refusal(swiss.clone(), "ups_saver"), why("Customs declaration required"));
    let mut declared = swiss;
    declared["customs_declaration"] = json!({
        "contents_type": "MERCHANDISE", "non_delivery_option": "RETURN", "certify": true, "certify_signer": "Shop",
        "items": [{"description": "Mug", "quantity": 1, "net_weight": "300", "mass_unit": "g", "value_amount": "12.00",
                   "value_currency": "EUR", "origin_country": "NL"}],
    });
    assert_eq!(refusal(declared, "ups_saver"), ("SUCCESS".to_owned(), json!([])));
}

#[test]
fn each_parcel_of_a_shipment_gets_a_label() {
    let twin = Twin::new();
    let parcel = json!({"length": "1", "width": "1", "height": "1", "distance_unit": "mm", "weight": "1", "mass_unit": "g"});
    let rate = twin.shipment(json!({ "parcels": [parcel, parcel, parcel] })).rate("ups_standard");
    let first = twin.buy(&rate);
    let listed = twin.get(&format!("/transactions?rate={rate}"));
    assert_eq!(
        (&listed.json["count"], listed.text("/results/2/object_id")),
        (&json!(3), first.text("/object_id"))
    );
    let mut numbers: Vec<String> =
        (0..3).map(|at| listed.text(&format!("/results/{at}/tracking_number")).to_owned()).collect();
    numbers.dedup();
    assert_eq!(numbers.len(), 3);
}
