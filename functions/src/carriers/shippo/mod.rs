//! Shippo's API: rates, labels, their undoing, tracking and its webhooks. Any server that speaks it will do.
//!
//! Shippo knows no idempotency keys: asked twice, it sells two labels. So a label is only bought for a rate that the order
//! already carries, and whoever asks again first lists what was bought at that rate.

mod asked;
mod wire;

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::carrier::{Consignment, LabelLink, Purchase, Quote, Rate, Reference, Refusal, Track, Void};
use shared::time::Timestamp;
use shared::webhook_signature;
use std::time::Duration;

use super::http::{ASK_CARRIERS, Answer, Api, Call, LOOK_UP, RATE_GONE};
use super::{Delivery, News, malformed, not_genuine};
use crate::error::Error;
use crate::secrets::Secrets;
use asked::{NewRefund, NewShipment, NewTransaction};
use wire::{Account, Event, List, Refund, Shipment, Transaction};

/// What it is called in errors.
pub(super) const NAME: &str = "Shippo";
/// The API version that this client is written for (Shippo: "API versioning").
const VERSION: &str = "2018-02-08";
/// The header that Shippo signs webhooks in, where it was asked to (Shippo: "Webhook security").
pub(super) const SIGNATURE: &str = "shippo-auth-signature";
/// Transactions on a page, at most (Shippo: "List all shipping labels"): far more than a consignment has parcels.
const PAGE: usize = 100;

/// Shippo.
#[derive(Debug, Clone)]
pub struct Shippo {
    api: Api,
    secret: Secrets,
}

impl Shippo {
    /// Shippo at `base_url`; `secret` is a JSON object with `api_key` and `webhook_secret`.
    pub fn new(connector: SharedHttpConnector, base_url: &str, secret: Secrets) -> Self {
        Self { api: Api::new(connector, base_url, NAME), secret }
    }

    /// Rates of all carriers that take it.
    pub async fn quote(&self, consignment: &Consignment) -> Result<Quote, Error> {
        let asked = NewShipment::of(consignment);
        match self.post::<Shipment>("/shipments", &asked, ASK_CARRIERS).await? {
            Answer::Ok(shipment) => Ok(shipment.quote()),
            Answer::Refused(refusal) => Ok(Quote::Refused(refusal)),
            Answer::Missing => Err(missing()),
        }
    }

    /// Buys a label, or finds the one that was bought.
    pub async fn buy(
        &self,
        rate: &Rate,
        reference: &Reference,
        parcels: usize,
        look_up: bool,
    ) -> Result<Purchase, Error> {
        // Before any money moves: afterwards nothing may fail that a label cannot do without.
        let carrier = self.carrier_of(rate).await?;
        if look_up && let Some(purchase) = self.bought_at(rate, &carrier, parcels).await? {
            return Ok(purchase);
        }
        let asked = NewTransaction::of(rate, reference);
        match self.post::<Transaction>("/transactions", &asked, ASK_CARRIERS).await? {
            Answer::Ok(transaction) if parcels > 1 && transaction.label(&carrier).is_some() => {
                let pending = Purchase::Pending { transaction: transaction.object_id };
                Ok(self.bought_at(rate, &carrier, parcels).await?.unwrap_or(pending))
            }
            Answer::Ok(transaction) => Ok(transaction.purchase(&carrier)),
            Answer::Refused(refusal) => Ok(Purchase::Refused(refusal)),
            Answer::Missing => Ok(Purchase::Refused(Refusal::new(RATE_GONE, "there is no such rate"))),
        }
    }

    /// What was bought at a rate.
    pub async fn find(&self, rate: &Rate, parcels: usize) -> Result<Option<Purchase>, Error> {
        let carrier = self.carrier_of(rate).await?;
        self.bought_at(rate, &carrier, parcels).await
    }

    /// What was bought at a rate. `None`: nothing, whatever was tried. Shippo lets this be asked 50 times a minute (Shippo: "Rate
    /// limits", GET of several), so only repeated purchases and those of several parcels do.
    async fn bought_at(&self, rate: &Rate, carrier: &str, parcels: usize) -> Result<Option<Purchase>, Error> {
        let path = format!("/transactions?results={PAGE}&rate={}", segment(&rate.id));
        match self.get::<List<Transaction>>(&path).await? {
            Answer::Ok(list) => Ok(wire::found(list.results, carrier, parcels)),
            Answer::Refused(refusal) => Err(refused(&refusal)),
            Answer::Missing => Err(missing()),
        }
    }

    /// The name under which Shippo tracks what goes at this rate: its account says. An account that is gone sells nothing, but may
    /// have sold; names of carriers and those of their tracks differ by spelling.
    async fn carrier_of(&self, rate: &Rate) -> Result<String, Error> {
        let spelled = || rate.carrier.to_lowercase().replace([' ', '-'], "_");
        let Some(account) = &rate.account else {
            return Ok(spelled());
        };
        match self.get::<Account>(&format!("/carrier_accounts/{}", segment(account))).await? {
            Answer::Ok(account) => Ok(account.carrier),
            Answer::Missing => Ok(spelled()),
            Answer::Refused(refusal) => Err(refused(&refusal)),
        }
    }

    /// Gives a label back. What was asked for before is only looked up.
    pub async fn void(&self, transaction: &str) -> Result<Void, Error> {
        let unknown = || Void::Refused(Refusal::new("unknown_label", "there is no such label"));
        let Some(bought) = self.transaction(transaction).await? else {
            return Ok(unknown());
        };
        if let Some(void) = bought.void() {
            return Ok(void);
        }
        let asked = NewRefund { transaction, asynchronous: false };
        match self.post::<Refund>("/refunds", &asked, ASK_CARRIERS).await? {
            Answer::Ok(refund) => Ok(refund.void()),
            Answer::Missing => Ok(unknown()),
            // Somebody else may have asked at the same time.
            Answer::Refused(refusal) => {
                let now = self.transaction(transaction).await?;
                Ok(now.and_then(|now| now.void()).unwrap_or(Void::Refused(refusal)))
            }
        }
    }

    /// The link to a label, signed anew.
    pub async fn label_url(&self, transaction: &str) -> Result<Option<LabelLink>, Error> {
        Ok(self.transaction(transaction).await?.and_then(Transaction::link))
    }

    /// What is known of a parcel.
    pub async fn track(&self, carrier: &str, tracking_number: &str) -> Result<Option<Track>, Error> {
        let path = format!("/tracks/{}/{}", segment(carrier), segment(tracking_number));
        match self.get::<wire::Track>(&path).await? {
            Answer::Ok(track) => Ok(Some(track.into())),
            Answer::Missing => Ok(None),
            Answer::Refused(refusal) => Err(refused(&refusal)),
        }
    }

    /// What a webhook says. Whether the track of a label carries what we said about it is not documented; the label's
    /// purchase does.
    pub async fn hear(&self, delivery: Delivery<'_>, now: Timestamp) -> Result<News, Error> {
        let secret = self.secret.member("webhook_secret").await?;
        let Delivery { signature, token, body } = delivery;
        webhook_signature::verify_shippo(&secret, signature, token, body, now).map_err(not_genuine)?;
        match Event::parse(body).map_err(|_| malformed())? {
            Event::Track(track) => {
                let track = Track::from(track);
                let reference = match (&track.reference, &track.transaction) {
                    (Some(reference), _) => Some(reference.clone()),
                    (None, Some(transaction)) => self.reference_of(transaction).await?,
                    (None, None) => None,
                };
                let seen = reference.map(|reference| News::Seen { reference, track: Box::new(track) });
                Ok(seen.unwrap_or(News::Other))
            }
            Event::Transaction(transaction) => Ok(match transaction.reference() {
                Some(reference) => News::Label { reference, transaction: transaction.object_id },
                None => News::Other,
            }),
            Event::Other => Ok(News::Other),
        }
    }

    async fn reference_of(&self, transaction: &str) -> Result<Option<Reference>, Error> {
        Ok(self.transaction(transaction).await?.and_then(|bought| bought.reference()))
    }

    async fn transaction(&self, id: &str) -> Result<Option<Transaction>, Error> {
        match self.get(&format!("/transactions/{}", segment(id))).await? {
            Answer::Ok(transaction) => Ok(Some(transaction)),
            Answer::Missing => Ok(None),
            Answer::Refused(refusal) => Err(refused(&refusal)),
        }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Answer<T>, Error> {
        self.exchange::<T, ()>("GET", path, None, LOOK_UP).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        within: Duration,
    ) -> Result<Answer<T>, Error> {
        self.exchange("POST", path, Some(body), within).await
    }

    async fn exchange<T: DeserializeOwned, B: Serialize>(
        &self,
        method: &'static str,
        path: &str,
        body: Option<&B>,
        within: Duration,
    ) -> Result<Answer<T>, Error> {
        let key = format!("ShippoToken {}", self.secret.member("api_key").await?);
        let headers = [("authorization", key.as_str()), ("shippo-api-version", VERSION)];
        self.api.exchange(Call { method, path, headers: &headers, body, within }).await
    }
}

/// A text as part of a path or a query.
fn segment(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn refused(refusal: &Refusal) -> Error {
    Error::broken("Shippo refused a look-up", refusal.detail.clone())
}

fn missing() -> Error {
    Error::broken("Shippo does not know an address of its API", "status 404")
}
