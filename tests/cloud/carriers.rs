//! The carriers' adapters: Shippo's against the twin's Shippo, the local courier's against the API that `docs/carriers.md`
//! documents.

mod courier;

use functions::carriers::{Carrier, Delivery, News};
use functions::{App, Clock, Config, Error};
use local::cloud::shippo::Way;
use local::cloud::{Cloud, SHIPPO_API_KEY, SHIPPO_WEBHOOK_SECRET};
use serde_json::{Value, json};
use shared::address::{Address, Country};
use shared::carrier::{
    Consignment, Customs, Goods, Label, Parcel, Party, Purchase, Quote, Rate, Reference, Refusal,
    TrackStatus, Void, choose,
};
use shared::ids::{CustomerId, OrderId};
use shared::time::Timestamp;
use std::sync::Arc;

const START: i64 = 1_772_359_200;

struct World {
    cloud: Arc<Cloud>,
    carrier: Carrier,
    clock: Clock,
}

impl World {
    fn new() -> Self {
        let clock = Clock::manual(Timestamp::from_seconds(START));
        let cloud = Cloud::open(None, clock.clone()).expect("the services open");
        let secret = json!({"api_key": SHIPPO_API_KEY, "webhook_secret": SHIPPO_WEBHOOK_SECRET}).to_string();
        cloud.secrets.put(clock.now().datetime(), "CarrierSecret", &secret).expect("the secret is stored");
        let secret = ("CARRIER_SECRET_ARN".to_owned(), "CarrierSecret".to_owned());
        let config: Config = Cloud::environment("http://twin").into_iter().chain([secret]).collect();
        let carrier = App::new(config, cloud.connector()).carrier;
        Self { cloud, carrier, clock }
    }

    fn wait(&self, seconds: i64) {
        self.clock.advance(seconds * 1_000);
    }

    async fn rates(&self, consignment: &Consignment) -> Vec<Rate> {
        match self.carrier.quote(consignment).await.expect("Shippo answers") {
            Quote::Rates(rates) => rates,
            Quote::Refused(refusal) => panic!("refused: {refusal:?}"),
        }
    }

    async fn buy(&self, rate: &Rate, parcels: usize, look_up: bool) -> Result<Purchase, Error> {
        self.carrier.buy(rate, &reference(), parcels, look_up).await
    }

    /// The label of one parcel within the Netherlands.
    async fn label(&self) -> Label {
        let rates = self.rates(&consignment("NL", 1)).await;
        bought(self.buy(&rates[0], 1, false).await.expect("Shippo answers"))
    }

    fn labels(&self) -> usize {
        self.cloud.shippo.labels(self.clock.now().datetime()).len()
    }

    /// What all webhooks that are due tell.
    async fn news(&self) -> Vec<News> {
        let now = self.clock.now();
        let mut news = Vec::new();
        for delivery in self.cloud.shippo.due_webhooks(now.datetime(), 100) {
            let (signature, body) = (Some(delivery.signature.as_str()), delivery.body.as_bytes());
            let heard = self.carrier.hear(Delivery { signature, token: None, body }, now).await;
            news.push(heard.expect("it is genuine"));
            self.cloud.shippo.delivered(now.datetime(), &delivery.id, 200);
        }
        news
    }
}

fn reference() -> Reference {
    let customer = CustomerId::parse("alice").expect("a customer");
    Reference::new(&customer, OrderId::of_preview(Timestamp::from_seconds(START)), 1)
}

fn party(name: &str, city: &str, country: &str) -> Party {
    let text = |text: &str| Some(text.to_owned());
    let address = Address {
        name: None,
        street: "Keizersgracht".to_owned(),
        house_number: text("123"),
        additional_info: text("2nd floor"),
        postal_code: text("1015 CJ"),
        city: city.to_owned(),
        state: None,
        country: country.to_owned(),
        phone: text("+31 20 123 4567"),
    };
    Party { name: name.to_owned(), address, email: text("alice@example.com") }
}

fn consignment(to: &str, parcels: usize) -> Consignment {
    let parcel = Parcel { length_mm: 300, width_mm: 200, height_mm: 100, weight_grams: 850 };
    Consignment {
        reference: reference(),
        from: party("Shop", "Rotterdam", "NL"),
        to: party("Alice Example", "Amsterdam", to),
        parcels: vec![parcel; parcels],
        customs: None,
    }
}

fn bought(purchase: Purchase) -> Label {
    match purchase {
        Purchase::Bought(label) => *label,
        other => panic!("not bought: {other:?}"),
    }
}

fn refused(purchase: Purchase) -> Refusal {
    match purchase {
        Purchase::Refused(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_quote_has_the_rates_of_all_carriers_and_one_of_them_is_bought() {
    let world = World::new();
    let rates = world.rates(&consignment("DE", 1)).await;
    let seen: Vec<_> =
        rates.iter().map(|rate| (rate.carrier.as_str(), rate.amount.to_string(), rate.days)).collect();
    assert_eq!(seen[0], ("Deutsche Post", "5.99 EUR".to_owned(), Some(6)));
    assert_eq!(seen[3], ("DHL Express", "25.00 EUR".to_owned(), Some(1)));
    let rate = choose(&rates, Some(3)).expect("one keeps the promise");
    assert_eq!(rate.service, "Saver®");
    let label = bought(world.buy(rate, 1, false).await.expect("Shippo answers"));
    assert_eq!((label.carrier.as_str(), label.pieces.len()), ("ups", 0));
    assert!(
        label.tracking_number.starts_with("1Z") && label.tracking_url.is_some() && label.label_url.is_some()
    );
    let express = bought(world.buy(&rates[3], 1, false).await.expect("Shippo answers"));
    assert_eq!(express.carrier, "dhl_express", "the name under which Shippo tracks");
    let kept: Vec<Value> = world.cloud.shippo.labels(world.clock.now().datetime());
    assert_eq!(kept[0]["metadata"], reference().to_string());
    let fresh = world.carrier.label_url(&label.transaction).await.expect("Shippo answers");
    let fresh = fresh.expect("it is there");
    assert!(fresh.url.contains("/labels/"), "{fresh:?}");
    assert_eq!(fresh.format.as_deref(), Some("PDF_A6"));
    assert_eq!(fresh.expires_at, Some(world.clock.now().plus_seconds(24 * 60 * 60)), "as the link says");
    assert_eq!(world.carrier.label_url("unknown").await.expect("Shippo answers"), None);
}

#[tokio::test]
async fn a_purchase_whose_answer_was_lost_is_found_and_not_repeated() {
    let world = World::new();
    let rates = world.rates(&consignment("NL", 1)).await;
    world.cloud.shippo.break_next_label();
    let lost = world.buy(&rates[0], 1, false).await;
    assert!(matches!(lost, Err(Error::Unavailable { service: "Shippo", .. })));
    let found = bought(world.buy(&rates[0], 1, true).await.expect("Shippo answers"));
    let again = bought(world.buy(&rates[0], 1, true).await.expect("Shippo answers"));
    assert_eq!((found.tracking_number, world.labels()), (again.tracking_number, 1));
    // Without looking there are two: that is why it has to be looked.
    bought(world.buy(&rates[0], 1, false).await.expect("Shippo answers"));
    assert_eq!(world.labels(), 2);
}

#[tokio::test]
async fn a_carrier_that_refused_can_be_asked_again() {
    let world = World::new();
    let rates = world.rates(&consignment("NL", 1)).await;
    world.cloud.shippo.refuse_next_label("carrier_timeout", "UPS API did not respond.");
    let refusal = refused(world.buy(&rates[0], 1, false).await.expect("Shippo answers"));
    assert_eq!(refusal, Refusal::new("carrier_timeout", "UPS: UPS API did not respond."));
    bought(world.buy(&rates[0], 1, true).await.expect("Shippo answers"));
}

#[tokio::test]
async fn a_rate_that_is_too_old_asks_for_a_new_quote() {
    let world = World::new();
    let rates = world.rates(&consignment("NL", 1)).await;
    world.wait(8 * 86_400);
    assert_eq!(refused(world.buy(&rates[0], 1, true).await.expect("Shippo answers")).code, "rate_gone");
    assert_eq!(world.labels(), 0);
}

#[tokio::test]
async fn a_carrier_whose_account_is_gone_goes_by_its_name() {
    let world = World::new();
    let rates = world.rates(&consignment("DE", 1)).await;
    for account in [None, Some("0123456789abcdef0123456789abcdef".to_owned())] {
        let rate = Rate { account, ..rates[3].clone() };
        let label = bought(world.buy(&rate, 1, false).await.expect("Shippo answers"));
        assert_eq!(label.carrier, "dhl_express");
    }
}

#[tokio::test]
async fn several_parcels_have_a_label_each_and_a_lost_answer_loses_none() {
    let world = World::new();
    let rates = world.rates(&consignment("NL", 3)).await;
    let label = bought(world.buy(&rates[0], 3, false).await.expect("Shippo answers"));
    assert_eq!((label.pieces.len(), world.labels()), (2, 3));
    let kept = world.cloud.shippo.labels(world.clock.now().datetime());
    assert_eq!(kept[0]["object_id"], label.transaction.as_str(), "the first stands for all");
    let found = bought(world.buy(&rates[0], 3, true).await.expect("Shippo answers"));
    assert_eq!((&found.tracking_number, &found.transaction), (&label.tracking_number, &label.transaction));
    assert_eq!(
        found.pieces.iter().map(|piece| &piece.tracking_number).collect::<Vec<_>>(),
        label.pieces.iter().map(|piece| &piece.tracking_number).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn goods_that_leave_the_customs_territory_are_declared() {
    let world = World::new();
    let mut abroad = consignment("CH", 1);
    let rates = world.rates(&abroad).await;
    let refusal = refused(world.buy(&rates[0], 1, false).await.expect("Shippo answers"));
    assert!(refusal.detail.ends_with("Customs declaration required"), "{refusal:?}");
    abroad.customs = Some(Customs {
        signer: "Shop".to_owned(),
        goods: vec![Goods {
            description: "Mug".to_owned(),
            quantity: 2,
            weight_grams: 700,
            value: "24.00 EUR".parse().expect("an amount"),
            origin: Country::parse("NL").expect("a country"),
            tariff_number: Some("691200".to_owned()),
        }],
    });
    let rates = world.rates(&abroad).await;
    bought(world.buy(&rates[0], 1, false).await.expect("Shippo answers"));
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_with_the_reason() {
    let world = World::new();
    let mut heavy = consignment("NL", 1);
    heavy.parcels[0].weight_grams = 71_000;
    let mut nowhere = consignment("NL", 1);
    nowhere.to.address.country = "Holland".to_owned();
    for (consignment, code, detail) in [
        (heavy, "no_rates", "Shippo: No carrier takes shipment"),
        (nowhere, "invalid_request", "country: Not a country code."),
    ] {
        let quote = world.carrier.quote(&consignment).await.expect("Shippo answers");
        let Quote::Refused(refusal) = quote else { panic!("{quote:?}") };
        assert_eq!(refusal.code, code);
        assert!(refusal.detail.starts_with(detail), "{refusal:?}");
    }
}

#[tokio::test]
async fn a_label_is_given_back_once_and_then_only_looked_at() {
    let world = World::new();
    let rates = world.rates(&consignment("NL", 1)).await;
    let label = bought(world.buy(&rates[0], 1, false).await.expect("Shippo answers"));
    let void = || async { world.carrier.void(&label.transaction).await.expect("Shippo answers") };
    assert_eq!((void().await, void().await), (Void::Pending, Void::Pending));
    world.wait(5);
    assert_eq!(void().await, Void::Done);
    assert_eq!(refused(world.buy(&rates[0], 1, true).await.expect("Shippo answers")).code, "label_voided");
    let used = world.label().await;
    world.wait(10);
    let void = || async { world.carrier.void(&used.transaction).await.expect("Shippo answers") };
    assert_eq!(void().await, Void::Pending);
    world.wait(5);
    assert!(matches!(void().await, Void::Refused(refusal) if refusal.code == "void_rejected"));
    let unknown = world.carrier.void("unknown").await.expect("Shippo answers");
    assert!(matches!(unknown, Void::Refused(refusal) if refusal.code == "unknown_label"));
}

#[tokio::test]
async fn a_parcel_is_followed_from_door_to_door() {
    let world = World::new();
    let label = world.label().await;
    let track = || async {
        let track =
            world.carrier.track(&label.carrier, &label.tracking_number).await.expect("Shippo answers");
        track.expect("Shippo knows it")
    };
    assert_eq!(track().await.status(), TrackStatus::Unknown);
    let mut seen = Vec::new();
    for wait in [2, 8, 15, 15, 20] {
        world.wait(wait);
        seen.push(track().await.status());
    }
    use TrackStatus::{Delivered, OutForDelivery, PreTransit, Transit};
    assert_eq!(seen, [PreTransit, Transit, Transit, OutForDelivery, Delivered]);
    let track = track().await;
    assert_eq!(track.transaction.as_ref(), Some(&label.transaction));
    assert_eq!(track.eta, Some(Timestamp::from_seconds(START + 60)));
    let sorted = &track.checkpoints[2];
    assert_eq!(
        (sorted.at, sorted.location.as_deref()),
        (Timestamp::from_seconds(START + 25), Some("Utrecht, NL"))
    );
    assert_eq!(sorted.substatus.as_deref(), Some("package_arrived"));
    let nobody = world.carrier.track("usps", "1").await.expect("Shippo answers").expect("an empty track");
    assert_eq!((nobody.checkpoints.len(), nobody.transaction), (0, None));
}

#[tokio::test]
async fn the_test_numbers_mean_what_their_names_say() {
    let world = World::new();
    for (number, expected) in [
        ("SHIPPO_PRE_TRANSIT", TrackStatus::PreTransit),
        ("SHIPPO_TRANSIT", TrackStatus::Transit),
        ("SHIPPO_DELIVERED", TrackStatus::Delivered),
        ("SHIPPO_RETURNED", TrackStatus::Returned),
        ("SHIPPO_FAILURE", TrackStatus::Failure),
        ("SHIPPO_UNKNOWN", TrackStatus::Unknown),
    ] {
        let track = world.carrier.track("shippo", number).await.expect("Shippo answers");
        assert_eq!(track.expect("a track").status(), expected, "{number}");
    }
    assert_eq!(world.carrier.track("shippo", "SHIPPO_LOST").await.expect("Shippo answers"), None);
}

#[tokio::test]
async fn webhooks_find_their_order_in_any_order_and_twice() {
    let world = World::new();
    world.cloud.shippo.double_webhooks(true);
    world.cloud.shippo.reverse_webhooks(true);
    world.cloud.shippo.next_parcel(Way::Returned);
    let label = world.label().await;
    world.wait(60);
    let news = world.news().await;
    assert_eq!(news.len(), 12, "a purchase and five scans, twice");
    let mut checkpoints = Vec::new();
    for told in &news {
        match told {
            News::Seen { reference: whose, track } => {
                assert_eq!((whose, &track.tracking_number), (&reference(), &label.tracking_number));
                checkpoints = shared::carrier::merge(&checkpoints, &track.checkpoints);
            }
            News::Label { reference: whose, transaction } => {
                assert_eq!((whose, transaction), (&reference(), &label.transaction));
            }
            News::Other => panic!("it is about our parcel"),
        }
    }
    assert_eq!((checkpoints.len(), shared::carrier::standing(&checkpoints)), (5, TrackStatus::Returned));
}

#[tokio::test]
async fn webhooks_that_are_not_genuine_or_not_ours_change_nothing() {
    let world = World::new();
    let now = world.clock.now();
    let hear =
        |signature, token, body: &'static [u8]| world.carrier.hear(Delivery { signature, token, body }, now);
    let code = |heard: Result<News, Error>| match heard {
        Err(Error::Problem(problem)) => {
            serde_json::from_str::<Value>(&problem.body("id")).expect("JSON")["code"].clone()
        }
        other => panic!("{other:?}"),
    };
    let event = br#"{"event":"batch_created","data":{}}"#;
    assert_eq!(code(hear(None, None, event).await), "invalid_signature");
    assert_eq!(code(hear(None, Some("wrong"), event).await), "invalid_signature");
    assert_eq!(code(hear(Some("t=1,v1=00"), Some(SHIPPO_WEBHOOK_SECRET), event).await), "invalid_signature");
    let token = Some(SHIPPO_WEBHOOK_SECRET);
    assert_eq!(code(hear(None, token, b"{}").await), "malformed_body");
    assert_eq!(code(hear(None, token, br#"{"event":"track_updated","data":{}}"#).await), "malformed_body");
    for others in [
        &event[..],
        br#"{"event":"track_updated","data":{"carrier":"ups","tracking_number":"1","transaction":"unknown"}}"#,
        br#"{"event":"track_updated","data":{"carrier":"ups","tracking_number":"1","metadata":"Order 000123"}}"#,
        br#"{"event":"transaction_created","data":{"object_id":"1","status":"SUCCESS","metadata":"theirs"}}"#,
    ] {
        let heard = world.carrier.hear(Delivery { signature: None, token, body: others }, now).await;
        assert_eq!(heard.expect("it is genuine"), News::Other);
    }
}

#[tokio::test]
async fn while_shippo_is_down_it_is_unavailable_and_a_wrong_key_is_a_fault_of_ours() {
    let world = World::new();
    let now = world.clock.now();
    world.cloud.shippo.down_until(now.plus_seconds(60).datetime());
    let down = world.carrier.quote(&consignment("NL", 1)).await;
    assert!(matches!(down, Err(Error::Unavailable { service: "Shippo", .. })));
    world.wait(60);
    world.rates(&consignment("NL", 1)).await;
    let other = World::new();
    let secret = json!({"api_key": "shippo_test_other", "webhook_secret": "x"}).to_string();
    other.cloud.secrets.put(now.datetime(), "CarrierSecret", &secret).expect("the secret is stored");
    let refused = other.carrier.quote(&consignment("NL", 1)).await;
    assert!(matches!(refused, Err(Error::Broken { .. })));
}

#[tokio::test]
async fn without_a_provider_everything_is_done_by_hand() {
    let world = World::new();
    let carrier = App::new(Config::default(), world.cloud.connector()).carrier;
    let rate = &world.rates(&consignment("NL", 1)).await[0];
    let quote = carrier.quote(&consignment("NL", 1)).await.expect("an answer");
    assert!(matches!(quote, Quote::Refused(refusal) if refusal.code == "by_hand"));
    assert_eq!(refused(carrier.buy(rate, &reference(), 1, false).await.expect("an answer")).code, "by_hand");
    assert_eq!(carrier.track("ups", "1").await.expect("an answer"), None);
    let delivery = Delivery { signature: None, token: None, body: b"{}" };
    assert!(matches!(carrier.hear(delivery, world.clock.now()).await, Err(Error::Problem(_))));
}
