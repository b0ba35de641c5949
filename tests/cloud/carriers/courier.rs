//! The local courier's adapter against the API that it is written for, word by word as `docs/carriers.md` has it.

use super::*;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use std::sync::Mutex;

const DOCUMENT: &str = include_str!("../../../docs/carriers.md");
const SECRET: &str = r#"{"api_key":"courier-key","webhook_secret":"courier-secret"}"#;

/// Answers from the document, and keeps what it was asked.
#[derive(Debug, Default)]
struct Courier {
    asked: Mutex<Vec<(String, Value)>>,
    /// Beside the document's answers: status and body of the next answer.
    next: Mutex<Option<(u16, String)>>,
}

#[derive(Debug)]
struct Wire(Arc<Cloud>, Arc<Courier>);

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if !request.uri().starts_with("http://courier") {
            return self.0.connector().call(request);
        }
        let key = request.headers().get("authorization").unwrap_or_default();
        assert_eq!(key, "Bearer courier-key");
        let request = request.try_into_http1x().expect("a request");
        let path = request.uri().path();
        let body = request.body().bytes().unwrap_or_default();
        let asked =
            (format!("{} {path}", request.method()), serde_json::from_slice(body).unwrap_or_default());
        let example = match asked.0.split('/').nth(2) {
            Some("offers") => example("offers"),
            _ => example("delivery"),
        };
        self.1.asked.lock().expect("nobody panicked").push(asked);
        let next = self.1.next.lock().expect("nobody panicked").take();
        let (status, body) = next.unwrap_or((200, example.to_string()));
        let response =
            http::Response::builder().status(status).body(SdkBody::from(body)).expect("a response");
        HttpConnectorFuture::ready(Ok(response.try_into().expect("a response")))
    }
}

/// An example of the document: the JSON behind the line that names it.
fn example(name: &str) -> Value {
    let begin = DOCUMENT.find(&format!("<!-- example: {name} -->\n```json\n")).expect("the document has it");
    let text = DOCUMENT[begin..].split("```").nth(1).expect("it ends");
    serde_json::from_str(text.trim_start_matches("json")).expect("it is JSON")
}

fn courier() -> (Carrier, Arc<Courier>) {
    let clock = Clock::manual(Timestamp::from_seconds(START));
    let cloud = Cloud::open(None, clock.clone()).expect("the services open");
    cloud.secrets.put(clock.now().datetime(), "CarrierSecret", SECRET).expect("the secret is stored");
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let more = [text("CARRIER_SECRET_ARN", "CarrierSecret"), text("LOCAL_COURIER_URL", "http://courier/v1/")];
    let config: Config = Cloud::environment("http://twin").into_iter().chain(more).collect();
    let courier = Arc::new(Courier::default());
    let wire = SharedHttpConnector::new(Wire(cloud, Arc::clone(&courier)));
    (App::new(config, wire).carrier, courier)
}

async fn first_rate(carrier: &Carrier) -> Rate {
    match carrier.quote(&consignment("NL", 1)).await.expect("the courier answers") {
        Quote::Rates(mut rates) => rates.remove(0),
        Quote::Refused(refusal) => panic!("refused: {refusal:?}"),
    }
}

#[tokio::test]
async fn the_courier_is_asked_as_documented() {
    let (carrier, courier) = courier();
    let rate = first_rate(&carrier).await;
    assert_eq!(
        (rate.id.as_str(), rate.amount.to_string(), rate.days),
        ("today-7f3", "6.50 EUR".to_owned(), Some(0))
    );
    let label = bought(carrier.buy(&rate, &reference(), 1, true).await.expect("the courier answers"));
    assert_eq!((label.carrier.as_str(), label.tracking_number.as_str()), ("local_courier", "LC-20260301-17"));
    assert_eq!(carrier.void(&label.transaction).await.expect("the courier answers"), Void::Done);
    assert!(carrier.label_url(&label.transaction).await.expect("the courier answers").is_some());
    let asked = courier.asked.lock().expect("nobody panicked").clone();
    let order = reference().order;
    let calls: Vec<&str> = asked.iter().map(|(call, _)| call.as_str()).collect();
    assert_eq!(
        calls,
        [
            "POST /v1/offers",
            &format!("PUT /v1/deliveries/{order}-1-today-7f3"),
            "DELETE /v1/deliveries/LC-20260301-17",
            "GET /v1/deliveries/LC-20260301-17",
        ]
    );
    assert_eq!(asked[0].1["parcels"], example("question")["parcels"]);
    assert_eq!(asked[0].1["to"]["address"]["city"], example("question")["to"]["address"]["city"]);
    assert_eq!(asked[1].1, json!({ "offer": "today-7f3", "reference": reference().to_string() }));
}

#[tokio::test]
async fn the_couriers_words_become_checkpoints() {
    let (carrier, _) = courier();
    let track = carrier
        .track("local_courier", "LC-20260301-17")
        .await
        .expect("the courier answers")
        .expect("a track");
    let seen: Vec<_> = track.checkpoints.iter().map(|checkpoint| checkpoint.status).collect();
    use TrackStatus::{Delivered, OutForDelivery, PreTransit, Transit};
    assert_eq!(seen, [PreTransit, Transit, Transit, OutForDelivery, Delivered]);
    assert_eq!(track.checkpoints[0].location.as_deref(), Some("Rotterdam"));
}

#[tokio::test]
async fn the_courier_refuses_and_fails_as_others_do() {
    let (carrier, courier) = courier();
    let rate = first_rate(&carrier).await;
    let next =
        |status, body: &str| *courier.next.lock().expect("nobody panicked") = Some((status, body.to_owned()));
    next(422, r#"{"detail":"Not in our part of the town."}"#);
    let quote = carrier.quote(&consignment("NL", 1)).await.expect("the courier answers");
    assert!(matches!(quote, Quote::Refused(refusal) if refusal.detail == "Not in our part of the town."));
    next(503, "");
    let down = carrier.buy(&rate, &reference(), 1, false).await;
    assert!(matches!(down, Err(Error::Unavailable { service: "the local courier", .. })));
    let mut gone = example("delivery");
    gone["cancelled"] = true.into();
    next(200, &gone.to_string());
    let again = carrier.buy(&rate, &reference(), 1, true).await.expect("the courier answers");
    assert_eq!(refused(again).code, "label_voided");
    next(404, "");
    assert_eq!(carrier.track("local_courier", "LC-1").await.expect("the courier answers"), None);
    next(200, r#"{"offers":[{"id":"a","name":"b","price":"cheap","currency":"EUR","days":1}]}"#);
    assert!(matches!(carrier.quote(&consignment("NL", 1)).await, Err(Error::Broken { .. })));
}

#[tokio::test]
async fn the_couriers_webhooks_are_signed() {
    use hmac::{Hmac, Mac as _};
    let (carrier, _) = courier();
    let mut delivery = example("delivery");
    delivery["reference"] = reference().to_string().into();
    let body = delivery.to_string();
    let now = Timestamp::from_seconds(START);
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"courier-secret").expect("any key");
    mac.update(format!("{START}.{body}").as_bytes());
    let signature = format!("t={START},v1={}", hex::encode(mac.finalize().into_bytes()));
    let genuine = Delivery { signature: Some(&signature), token: None, body: body.as_bytes() };
    let heard = carrier.hear(genuine, now).await.expect("it is genuine");
    assert!(matches!(heard, News::Seen { reference: whose, .. } if whose == reference()));
    for forged in [Delivery { signature: None, ..genuine }, Delivery { body: b"{}", ..genuine }] {
        assert!(matches!(carrier.hear(forged, now).await, Err(Error::Problem(_))));
    }
}
