//! Shippo's objects, as far as we read them. Texts that Shippo may leave out may also be empty.

use serde::Deserialize;
use serde_json::Value;
use shared::carrier::{
    self, Checkpoint, Label, LabelLink, Piece, Purchase, Quote, Reference, Refusal, TrackStatus, Void,
};
use shared::money::{Currency, Money, parse_decimal};
use shared::time::Timestamp;

/// A page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub results: Vec<T>,
}

/// An account with a carrier.
#[derive(Debug, Deserialize)]
pub(super) struct Account {
    /// The carrier's token.
    pub carrier: String,
}

/// A shipment, which is a question for rates.
#[derive(Debug, Deserialize)]
pub(super) struct Shipment {
    #[serde(default)]
    rates: Vec<Rate>,
    #[serde(default)]
    messages: Vec<Message>,
}

#[derive(Debug, Deserialize)]
struct Rate {
    object_id: String,
    amount: String,
    currency: String,
    provider: String,
    servicelevel: ServiceLevel,
    #[serde(default)]
    estimated_days: Option<u32>,
    #[serde(default)]
    carrier_account: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ServiceLevel {
    #[serde(default)]
    name: Option<String>,
}

/// What Shippo or a carrier has to say beside the answer.
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    text: Option<String>,
}

/// The purchase of a label.
#[derive(Debug, Deserialize)]
pub(super) struct Transaction {
    pub object_id: String,
    #[serde(default)]
    object_created: Option<String>,
    status: String,
    #[serde(default)]
    tracking_number: Option<String>,
    #[serde(default)]
    tracking_url_provider: Option<String>,
    #[serde(default)]
    label_url: Option<String>,
    #[serde(default)]
    label_file_type: Option<String>,
    #[serde(default)]
    messages: Vec<Message>,
    #[serde(default)]
    metadata: Option<String>,
}

/// The undoing of a purchase.
#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    status: String,
}

/// What is known of a parcel.
#[derive(Debug, Deserialize)]
pub(super) struct Track {
    carrier: String,
    tracking_number: String,
    #[serde(default)]
    tracking_status: Option<TrackingStatus>,
    #[serde(default)]
    tracking_history: Vec<TrackingStatus>,
    #[serde(default)]
    eta: Option<String>,
    #[serde(default)]
    transaction: Option<String>,
    #[serde(default)]
    metadata: Option<String>,
}

#[derive(Debug, Deserialize)]
struct TrackingStatus {
    status: String,
    #[serde(default)]
    status_details: Option<String>,
    #[serde(default)]
    status_date: Option<String>,
    #[serde(default)]
    substatus: Option<Substatus>,
    #[serde(default)]
    location: Option<Location>,
}

#[derive(Debug, Deserialize)]
struct Substatus {
    code: String,
    #[serde(default)]
    action_required: bool,
}

#[derive(Debug, Deserialize)]
struct Location {
    #[serde(default)]
    city: Option<String>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    country: Option<String>,
}

/// What a webhook carries (Shippo: "Webhooks").
pub(super) enum Event {
    Track(Track),
    Transaction(Transaction),
    Other,
}

impl Event {
    pub fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Envelope {
            event: String,
            #[serde(default)]
            data: Value,
        }
        let Envelope { event, data } = serde_json::from_slice(body)?;
        Ok(match event.as_str() {
            "track_updated" => Self::Track(serde_json::from_value(data)?),
            "transaction_created" | "transaction_updated" => Self::Transaction(serde_json::from_value(data)?),
            _ => Self::Other,
        })
    }
}

impl Shipment {
    /// A rate whose price is none of ours to understand is left out.
    pub fn quote(self) -> Quote {
        let rates: Vec<_> = self.rates.into_iter().filter_map(Rate::read).collect();
        if rates.is_empty() {
            return Quote::Refused(refusal(&self.messages, "no_rates"));
        }
        Quote::Rates(rates)
    }
}

impl Rate {
    fn read(self) -> Option<carrier::Rate> {
        let currency = Currency::parse(&self.currency).ok()?;
        Some(carrier::Rate {
            id: self.object_id,
            carrier: self.provider,
            service: self.servicelevel.name.unwrap_or_default(),
            amount: Money::new(parse_decimal(&self.amount).ok()?, currency).ok()?,
            days: self.estimated_days,
            account: given(self.carrier_account),
        })
    }
}

impl Transaction {
    /// Whose it is, if we bought it.
    pub fn reference(&self) -> Option<Reference> {
        Reference::parse(self.metadata.as_deref()?)
    }

    /// The label, if it was bought and is not given back.
    pub fn label(&self, carrier: &str) -> Option<Label> {
        let tracking_number = given(self.tracking_number.clone()).filter(|_| self.status == "SUCCESS")?;
        Some(Label {
            transaction: self.object_id.clone(),
            carrier: carrier.to_owned(),
            tracking_number,
            tracking_url: given(self.tracking_url_provider.clone()),
            label_url: given(self.label_url.clone()),
            pieces: Vec::new(),
        })
    }

    /// The link to the label, signed anew with each answer.
    pub fn link(self) -> Option<LabelLink> {
        let url = self.label("")?.label_url?;
        Some(LabelLink::new(url, given(self.label_file_type)))
    }

    /// How the purchase stands.
    pub fn purchase(self, carrier: &str) -> Purchase {
        match (self.label(carrier), self.status.as_str()) {
            (Some(label), _) => Purchase::Bought(Box::new(label)),
            (None, "ERROR") => Purchase::Refused(refusal(&self.messages, "label_refused")),
            (None, "REFUNDED" | "REFUNDPENDING" | "REFUNDREJECTED") => Purchase::Refused(voided()),
            (None, _) => Purchase::Pending { transaction: self.object_id },
        }
    }

    /// How its undoing stands. `None`: it was not asked for, and can be.
    pub fn void(&self) -> Option<Void> {
        let refused = |code, detail| Some(Void::Refused(Refusal::new(code, detail)));
        match self.status.as_str() {
            "SUCCESS" => None,
            // Nothing was bought.
            "REFUNDED" | "ERROR" => Some(Void::Done),
            "REFUNDPENDING" => Some(Void::Pending),
            "REFUNDREJECTED" => refused("void_rejected", "the carrier does not take the label back"),
            _ => refused("label_pending", "the label is still being made"),
        }
    }
}

/// What all purchases at one rate come to. `None`: nothing was bought and nothing is under way, so that it can be tried
/// again. A label that was given back is not bought a second time at the same rate.
pub(super) fn found(mut all: Vec<Transaction>, carrier: &str, parcels: usize) -> Option<Purchase> {
    // Of several parcels, the first is the one that stands for all (Shippo: "Multi-piece shipments"). Lists begin with the last.
    all.reverse();
    all.sort_by(|a, b| a.object_created.cmp(&b.object_created));
    let mut labels = all.iter().filter_map(|transaction| transaction.label(carrier)).take(parcels.max(1));
    if let Some(mut label) = labels.next() {
        label.pieces = labels.map(piece).collect();
        return Some(if label.pieces.len() + 1 < parcels {
            Purchase::Pending { transaction: label.transaction }
        } else {
            Purchase::Bought(Box::new(label))
        });
    }
    let open = all.into_iter().find(|transaction| transaction.status != "ERROR");
    open.map(|transaction| transaction.purchase(carrier))
}

fn piece(label: Label) -> Piece {
    Piece {
        transaction: label.transaction,
        tracking_number: label.tracking_number,
        label_url: label.label_url,
    }
}

impl Refund {
    pub fn void(self) -> Void {
        match self.status.as_str() {
            "SUCCESS" => Void::Done,
            "ERROR" => {
                Void::Refused(Refusal::new("void_rejected", "the carrier does not take the label back"))
            }
            _ => Void::Pending,
        }
    }
}

impl From<Track> for carrier::Track {
    fn from(track: Track) -> Self {
        let Track { tracking_status, tracking_history, eta, metadata, .. } = track;
        let seen = tracking_history.into_iter().chain(tracking_status).filter_map(TrackingStatus::read);
        Self {
            carrier: track.carrier,
            tracking_number: track.tracking_number,
            transaction: given(track.transaction),
            reference: metadata.and_then(|text| Reference::parse(&text)),
            eta: eta.and_then(|text| Timestamp::parse_rfc3339(&text).ok()),
            checkpoints: carrier::merge(&[], &seen.collect::<Vec<_>>()),
        }
    }
}

impl TrackingStatus {
    /// Without a time it says nothing that could be put in order.
    fn read(self) -> Option<Checkpoint> {
        let (substatus, action_required) = match self.substatus {
            Some(substatus) => (given(Some(substatus.code)), substatus.action_required),
            None => (None, false),
        };
        Some(Checkpoint {
            at: Timestamp::parse_rfc3339(self.status_date?.as_str()).ok()?,
            status: TrackStatus::from_shippo(&self.status, substatus.as_deref()),
            substatus,
            location: self.location.and_then(Location::text),
            message: self.status_details.unwrap_or_default(),
            action_required,
        })
    }
}

impl Location {
    fn text(self) -> Option<String> {
        let parts: Vec<_> = [self.city, self.state, self.country].into_iter().filter_map(given).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// The text, if there is one.
fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn voided() -> Refusal {
    Refusal::new("label_voided", "the label was given back")
}

/// What messages say, with the first code among them.
fn refusal(messages: &[Message], otherwise: &str) -> Refusal {
    let code = messages.iter().find_map(|message| given(message.code.clone()));
    let texts: Vec<String> = messages
        .iter()
        .filter_map(|message| {
            let text = given(message.text.clone())?;
            Some(given(message.source.clone()).map_or(text.clone(), |source| format!("{source}: {text}")))
        })
        .collect();
    Refusal::new(code.as_deref().unwrap_or(otherwise), &texts.join(" "))
}
