//! A courier of the town with a small JSON API of its own: the example of how a provider is added (`docs/carriers.md`
//! documents the API). It can do what Shippo cannot: a delivery is created under a key of ours, so asking twice is asking once.

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use shared::carrier::{
    Checkpoint, Consignment, Label, LabelLink, Parcel, Party, Purchase, Quote, Rate, Reference, Refusal,
    Track, TrackStatus, Void, merge,
};
use shared::money::{Currency, Money, parse_decimal};
use shared::time::Timestamp;
use shared::webhook_signature;

use super::http::{ASK_CARRIERS, Answer, Api, Call, LOOK_UP};
use super::{Delivery, News, malformed, not_genuine};
use crate::error::Error;
use crate::secrets::Secrets;

/// The header that the courier signs webhooks in.
pub(super) const SIGNATURE: &str = "courier-signature";
/// The name under which it tracks: its own.
const CARRIER: &str = "local_courier";
/// What it is called in errors.
pub(super) const NAME: &str = "the local courier";

/// The courier.
#[derive(Debug, Clone)]
pub struct LocalCourier {
    api: Api,
    secret: Secrets,
}

#[derive(Debug, Serialize)]
struct Question<'a> {
    from: &'a Party,
    to: &'a Party,
    parcels: &'a [Parcel],
}

#[derive(Debug, Deserialize)]
struct Offers {
    offers: Vec<Offer>,
}

#[derive(Debug, Deserialize)]
struct Offer {
    id: String,
    name: String,
    price: String,
    currency: String,
    days: u32,
}

#[derive(Debug, Serialize)]
struct Booking<'a> {
    offer: &'a str,
    reference: String,
}

/// A delivery as the courier answers it, and as its webhooks carry it.
#[derive(Debug, Deserialize)]
struct Job {
    id: String,
    reference: String,
    cancelled: bool,
    label_url: String,
    page_url: String,
    events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
struct Event {
    at: String,
    state: String,
    place: String,
    text: String,
}

impl LocalCourier {
    /// The courier at `base_url`; `secret` is a JSON object with `api_key` and `webhook_secret`.
    pub fn new(connector: SharedHttpConnector, base_url: &str, secret: Secrets) -> Self {
        Self { api: Api::new(connector, base_url, NAME), secret }
    }

    /// `POST /offers`.
    pub async fn quote(&self, consignment: &Consignment) -> Result<Quote, Error> {
        let Consignment { from, to, parcels, .. } = consignment;
        let offers = match self.exchange("POST", "/offers", Some(&Question { from, to, parcels })).await? {
            Answer::Ok(Offers { offers }) => offers,
            Answer::Refused(refusal) => return Ok(Quote::Refused(refusal)),
            Answer::Missing => return Err(unreadable("the courier has no offers at its address")),
        };
        let rates: Vec<Rate> = offers.into_iter().map(Offer::rate).collect::<Result<_, _>>()?;
        if rates.is_empty() {
            return Ok(Quote::Refused(Refusal::new("no_rates", "the courier does not go there")));
        }
        Ok(Quote::Rates(rates))
    }

    /// `PUT /deliveries/{key}`, whose key is our own: a repetition needs no look-up.
    pub async fn buy(&self, rate: &Rate, reference: &Reference) -> Result<Purchase, Error> {
        let path = job_path(&key(rate, reference));
        let booking = Booking { offer: &rate.id, reference: reference.to_string() };
        match self.exchange::<Job, _>("PUT", &path, Some(&booking)).await? {
            Answer::Ok(job) if job.cancelled => {
                Ok(Purchase::Refused(Refusal::new("label_voided", "the delivery was called off")))
            }
            Answer::Ok(job) => Ok(Purchase::Bought(Box::new(job.label()))),
            Answer::Refused(refusal) => Ok(Purchase::Refused(refusal)),
            Answer::Missing => Err(unreadable("the courier takes no deliveries at its address")),
        }
    }

    /// `GET /deliveries/{key}`, by our own key.
    pub async fn find(&self, rate: &Rate, reference: &Reference) -> Result<Option<Purchase>, Error> {
        let job = self.job(&key(rate, reference)).await?;
        Ok(job.map(|job| Purchase::Bought(Box::new(job.label()))))
    }

    /// `DELETE /deliveries/{id}`; the courier refuses once it has the parcel.
    pub async fn void(&self, transaction: &str) -> Result<Void, Error> {
        match self.exchange::<Job, ()>("DELETE", &job_path(transaction), None).await? {
            Answer::Ok(_) => Ok(Void::Done),
            Answer::Refused(refusal) => Ok(Void::Refused(refusal)),
            Answer::Missing => Ok(Void::Refused(Refusal::new("unknown_label", "there is no such delivery"))),
        }
    }

    /// The link to a label.
    pub async fn label_url(&self, transaction: &str) -> Result<Option<LabelLink>, Error> {
        let job = self.job(transaction).await?.filter(|job| !job.cancelled);
        Ok(job.map(|job| LabelLink::new(job.label_url, None)))
    }

    /// `GET /deliveries/{id}`.
    pub async fn track(&self, tracking_number: &str) -> Result<Option<Track>, Error> {
        self.job(tracking_number).await?.map(Job::track).transpose()
    }

    /// A webhook carries the delivery as `GET` answers it.
    pub async fn hear(&self, delivery: Delivery<'_>, now: Timestamp) -> Result<News, Error> {
        let secret = self.secret.member("webhook_secret").await?;
        let signature = delivery.signature.unwrap_or_default();
        webhook_signature::verify(&secret, signature, delivery.body, now).map_err(not_genuine)?;
        let job: Job = serde_json::from_slice(delivery.body).map_err(|_| malformed())?;
        let track = job.track().map_err(|_| malformed())?;
        Ok(match track.reference.clone() {
            Some(reference) => News::Seen { reference, track: Box::new(track) },
            None => News::Other,
        })
    }

    async fn job(&self, id: &str) -> Result<Option<Job>, Error> {
        match self.exchange::<Job, ()>("GET", &job_path(id), None).await? {
            Answer::Ok(job) => Ok(Some(job)),
            Answer::Missing => Ok(None),
            Answer::Refused(refusal) => Err(unreadable(&refusal.detail)),
        }
    }

    async fn exchange<T: DeserializeOwned, B: Serialize>(
        &self,
        method: &'static str,
        path: &str,
        body: Option<&B>,
    ) -> Result<Answer<T>, Error> {
        let key = format!("Bearer {}", self.secret.member("api_key").await?);
        let within = if method == "GET" { LOOK_UP } else { ASK_CARRIERS };
        let headers = [("authorization", key.as_str())];
        self.api.exchange(Call { method, path, headers: &headers, body, within }).await
    }
}

impl Offer {
    fn rate(self) -> Result<Rate, Error> {
        let currency = Currency::parse(&self.currency).map_err(|_| unreadable(&self.currency))?;
        let amount = parse_decimal(&self.price).and_then(|amount| Money::new(amount, currency));
        Ok(Rate {
            id: self.id,
            carrier: "Local courier".to_owned(),
            service: self.name,
            amount: amount.map_err(|_| unreadable(&self.price))?,
            days: Some(self.days),
            account: None,
        })
    }
}

impl Job {
    fn label(self) -> Label {
        Label {
            transaction: self.id.clone(),
            carrier: CARRIER.to_owned(),
            tracking_number: self.id,
            tracking_url: Some(self.page_url),
            label_url: Some(self.label_url),
            pieces: Vec::new(),
        }
    }

    fn track(self) -> Result<Track, Error> {
        let seen: Vec<_> = self.events.into_iter().map(Event::checkpoint).collect::<Result<_, _>>()?;
        Ok(Track {
            carrier: CARRIER.to_owned(),
            tracking_number: self.id.clone(),
            transaction: Some(self.id),
            reference: Reference::parse(&self.reference),
            eta: None,
            checkpoints: merge(&[], &seen),
        })
    }
}

impl Event {
    fn checkpoint(self) -> Result<Checkpoint, Error> {
        let status = match self.state.as_str() {
            "announced" => TrackStatus::PreTransit,
            "collected" | "at_hub" => TrackStatus::Transit,
            "on_the_bike" => TrackStatus::OutForDelivery,
            "delivered" => TrackStatus::Delivered,
            "brought_back" => TrackStatus::Returned,
            "lost" => TrackStatus::Failure,
            _ => TrackStatus::Unknown,
        };
        Ok(Checkpoint {
            at: Timestamp::parse_rfc3339(&self.at).map_err(|_| unreadable(&self.at))?,
            status,
            substatus: Some(self.state),
            location: Some(self.place),
            message: self.text,
            action_required: false,
        })
    }
}

/// Our own name of a delivery.
fn key(rate: &Rate, reference: &Reference) -> String {
    let Reference { order, shipment, .. } = reference;
    format!("{order}-{shipment}-{}", rate.id)
}

fn job_path(id: &str) -> String {
    format!("/deliveries/{}", segment(id))
}

fn segment(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn unreadable(what: &str) -> Error {
    Error::broken("the local courier answers something else than its API says", what.to_owned())
}
