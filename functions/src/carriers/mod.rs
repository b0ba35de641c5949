//! Carriers: what it costs to send something, the label, its undoing, and where the parcel is (A6).
//!
//! One provider serves a deployment; which one, its environment says. `docs/carriers.md` shows how another is added. What
//! goes in and comes out are the plain values of [`shared::carrier`].

mod http;
mod local_courier;
mod shippo;

pub use local_courier::LocalCourier;
pub use shippo::Shippo;

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use shared::carrier::{Consignment, LabelLink, Purchase, Quote, Rate, Reference, Refusal, Track, Void};
use shared::time::Timestamp;

use crate::app::Config;
use crate::edge::{Problem, Request};
use crate::error::Error;
use crate::secrets::Secrets;

/// Who carries.
#[derive(Debug, Clone)]
pub enum Carrier {
    /// Shippo, and through it whoever the store has an account with.
    Shippo(Shippo),
    /// A courier of the town, with an API of its own.
    LocalCourier(LocalCourier),
    /// Nobody that we could ask: staff enters what it has arranged by hand.
    Manual,
}

/// A delivery of a webhook as it came in, before anybody believes it.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// What the provider signed it with.
    pub signature: Option<&'a str>,
    /// The token in the URL.
    pub token: Option<&'a str>,
    /// The very bytes.
    pub body: &'a [u8],
}

/// What a webhook tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// A parcel was seen. Its checkpoints are all that the carrier knows of it so far.
    Seen {
        /// Whose parcel it is.
        reference: Reference,
        /// What is known of it.
        track: Box<Track>,
    },
    /// A label's purchase went on: [`Carrier::buy`] with a look-up shows how it stands.
    Label {
        /// For which shipment.
        reference: Reference,
        /// The provider's id of the purchase.
        transaction: String,
    },
    /// Nothing about an order of ours.
    Other,
}

impl Carrier {
    /// The provider that this environment names: a local courier (`LOCAL_COURIER_URL`), else Shippo (`SHIPPO_BASE_URL`), else
    /// none. `secret` is a JSON object with `api_key` and `webhook_secret`.
    pub fn new(connector: SharedHttpConnector, config: &Config, secret: Secrets) -> Self {
        match (config.get("LOCAL_COURIER_URL"), config.get("SHIPPO_BASE_URL")) {
            ("", "") => Self::Manual,
            ("", url) => Self::Shippo(Shippo::new(connector, url, secret)),
            (url, _) => Self::LocalCourier(LocalCourier::new(connector, url, secret)),
        }
    }

    /// Whether an error is that of a provider that does not answer.
    pub fn is_down(&self, error: &Error) -> bool {
        let name = match self {
            Self::Shippo(_) => shippo::NAME,
            Self::LocalCourier(_) => local_courier::NAME,
            Self::Manual => return false,
        };
        matches!(error, Error::Unavailable { service, .. } if *service == name)
    }

    /// What sending this costs, each way that there is. Costs nothing and binds nobody.
    pub async fn quote(&self, consignment: &Consignment) -> Result<Quote, Error> {
        match self {
            Self::Shippo(shippo) => shippo.quote(consignment).await,
            Self::LocalCourier(courier) => courier.quote(consignment).await,
            Self::Manual => Ok(Quote::Refused(by_hand())),
        }
    }

    /// Buys the label of a consignment of so many parcels at a rate that its order already knows. With `look_up` it is
    /// first looked for: whoever asks a second time, for whatever reason, has to.
    pub async fn buy(
        &self,
        rate: &Rate,
        reference: &Reference,
        parcels: usize,
        look_up: bool,
    ) -> Result<Purchase, Error> {
        match self {
            Self::Shippo(shippo) => shippo.buy(rate, reference, parcels, look_up).await,
            Self::LocalCourier(courier) => courier.buy(rate, reference).await,
            Self::Manual => Ok(Purchase::Refused(by_hand())),
        }
    }

    /// What was bought at a rate, without buying anything. `None`: nothing.
    pub async fn find(
        &self,
        rate: &Rate,
        reference: &Reference,
        parcels: usize,
    ) -> Result<Option<Purchase>, Error> {
        match self {
            Self::Shippo(shippo) => shippo.find(rate, parcels).await,
            Self::LocalCourier(courier) => courier.find(rate, reference).await,
            Self::Manual => Ok(None),
        }
    }

    /// Gives a label back that nobody used; asked again, says how that stands. Each piece of a label by itself.
    pub async fn void(&self, transaction: &str) -> Result<Void, Error> {
        match self {
            Self::Shippo(shippo) => shippo.void(transaction).await,
            Self::LocalCourier(courier) => courier.void(transaction).await,
            Self::Manual => Ok(Void::Refused(by_hand())),
        }
    }

    /// A link to the label that works now. `None`: there is no such purchase, or no label of it.
    pub async fn label_url(&self, transaction: &str) -> Result<Option<LabelLink>, Error> {
        match self {
            Self::Shippo(shippo) => shippo.label_url(transaction).await,
            Self::LocalCourier(courier) => courier.label_url(transaction).await,
            Self::Manual => Ok(None),
        }
    }

    /// What is known of a parcel, `carrier` and number as its label names them. `None`: nothing.
    pub async fn track(&self, carrier: &str, tracking_number: &str) -> Result<Option<Track>, Error> {
        match self {
            Self::Shippo(shippo) => shippo.track(carrier, tracking_number).await,
            Self::LocalCourier(courier) => courier.track(tracking_number).await,
            Self::Manual => Ok(None),
        }
    }

    /// What a webhook says, once it is known to be genuine: 400 `invalid_signature` or `malformed_body` otherwise, 404 if
    /// nobody can be the sender.
    pub async fn hear(&self, delivery: Delivery<'_>, now: Timestamp) -> Result<News, Error> {
        match self {
            Self::Shippo(shippo) => shippo.hear(delivery, now).await,
            Self::LocalCourier(courier) => courier.hear(delivery, now).await,
            Self::Manual => Err(Problem::not_found().into()),
        }
    }

    /// The parts of a request that [`Carrier::hear`] goes by.
    pub fn delivery<'a>(&self, request: &'a Request) -> Result<Delivery<'a>, Error> {
        let header = match self {
            Self::Shippo(_) => shippo::SIGNATURE,
            Self::LocalCourier(_) | Self::Manual => local_courier::SIGNATURE,
        };
        let (signature, token) = (request.header(header), request.query("token"));
        Ok(Delivery { signature, token, body: request.body()? })
    }
}

/// There is no provider to ask.
fn by_hand() -> Refusal {
    Refusal::new("by_hand", "no carrier is connected: shipments are entered by hand")
}

/// 400: the delivery is not genuine.
fn not_genuine(error: shared::webhook_signature::InvalidSignature) -> Error {
    Problem::new(400, "invalid_signature", &error.to_string()).into()
}

/// 400: genuine, and not what the provider says that it sends.
fn malformed() -> Error {
    Problem::new(400, "malformed_body", "the body is not an event of the carrier").into()
}
