//! The parcels of an order, as its log tells them (A10, C9, C10).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::units::Units;
use super::{EventKind, Order, Status};
use crate::carrier::{Label, Rate, Refusal};
use crate::ids::WarehouseId;
use crate::packaging::Packed;
use crate::time::Timestamp;

/// What goes from one warehouse in one go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Its number within the order, from 1. None is given twice, so a parcel that is planned anew has another one.
    #[serde(rename = "n")]
    pub number: u16,
    /// From where.
    #[serde(rename = "w")]
    pub warehouse: WarehouseId,
    /// What is in it.
    #[serde(rename = "l")]
    pub lines: Vec<Units>,
    /// In what.
    #[serde(rename = "p")]
    pub packed: Packed,
    /// Grams, goods and packaging.
    #[serde(rename = "g")]
    pub weight_grams: u64,
}

impl Parcel {
    /// Units of a line, from 1, that are in it.
    pub fn units_of(&self, line: u16) -> u32 {
        self.lines.iter().filter(|units| units.line == line).map(|units| units.quantity).sum()
    }
}

/// Who carries a parcel, and how it can be followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Courier {
    /// The courier's name.
    #[serde(rename = "c")]
    pub name: String,
    /// The courier's number of the parcel.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub tracking_number: Option<String>,
    /// Where the courier shows it.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub tracking_url: Option<String>,
}

/// A parcel, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    /// What it is.
    pub parcel: Parcel,
    /// How far it is.
    pub state: ShipmentState,
    /// Who carries it, once that is known.
    pub courier: Option<Courier>,
    /// How far its label is.
    pub label: LabelState,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// When it was closed.
    pub packed_at: Option<Timestamp>,
    /// When it left.
    pub shipped_at: Option<Timestamp>,
    /// When it arrived.
    pub delivered_at: Option<Timestamp>,
}

/// How far a parcel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShipmentState {
    /// The warehouse knows what goes into it.
    Planned,
    /// It is closed.
    Packed,
    /// A carrier has it.
    Shipped,
    /// The customer has it.
    Delivered,
}

/// How far the label of a parcel is, which is bought from a carrier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum LabelState {
    /// None was asked for.
    #[default]
    None,
    /// Somebody asked for it, and the worker has not come to it yet.
    Wanted,
    /// It is to be bought at this rate of the carrier's. From here on it can exist.
    Requested {
        /// The rate.
        rate: Rate,
        /// Counts how often it was asked for anew after it had failed.
        attempt: u32,
    },
    /// It is there.
    Bought {
        /// The label.
        label: Label,
    },
    /// It was given back, because its parcel is not sent.
    Voided,
    /// The carrier refused it, or to take it back.
    Failed {
        /// Why.
        refusal: Refusal,
        /// When.
        since: Timestamp,
        /// Counts how often it was asked for anew before.
        attempt: u32,
    },
}

impl ShipmentState {
    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Packed => "packed",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
        }
    }

    /// Where an order stands of which nothing is less far.
    fn status(self) -> Status {
        match self {
            Self::Planned => Status::Preparing,
            Self::Packed => Status::Packed,
            Self::Shipped => Status::Shipped,
            Self::Delivered => Status::Delivered,
        }
    }
}

impl Shipment {
    /// Its number within the order.
    pub fn number(&self) -> u16 {
        self.parcel.number
    }

    /// Whether a label can be bought for it.
    pub fn wants_label(&self) -> bool {
        let bought = matches!(
            self.label,
            LabelState::Requested { .. } | LabelState::Bought { .. } | LabelState::Voided
        );
        !self.has_left() && !bought
    }

    /// Why nobody has to ask for its label; nothing if somebody can.
    pub fn why_no_label(&self) -> Option<&'static str> {
        match self.label {
            _ if self.has_left() => Some("the shipment has left"),
            LabelState::None | LabelState::Failed { .. } => None,
            LabelState::Wanted | LabelState::Requested { .. } => Some("its label is being bought"),
            LabelState::Bought { .. } => Some("the shipment has its label"),
            LabelState::Voided => Some("the shipment is not sent any more"),
        }
    }

    /// Whether it has left the house.
    pub fn has_left(&self) -> bool {
        self.state >= ShipmentState::Shipped
    }

    fn of(parcel: &Parcel, at: Timestamp) -> Self {
        Self {
            parcel: parcel.clone(),
            state: ShipmentState::Planned,
            courier: None,
            label: LabelState::None,
            planned_at: at,
            packed_at: None,
            shipped_at: None,
            delivered_at: None,
        }
    }
}

/// What has to be asked of the carrier next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelStep {
    /// What it costs to send a parcel.
    Quote {
        /// Its number.
        parcel: u16,
    },
    /// Its label, unless it was bought before and the answer was lost.
    Buy {
        /// Its number.
        parcel: u16,
        /// At which rate.
        rate: Rate,
    },
    /// Whether the label of a parcel that is not sent any more was bought.
    LookUp {
        /// Its number.
        parcel: u16,
        /// At which rate.
        rate: Rate,
    },
    /// To take back the label of a parcel that is not sent any more.
    Void {
        /// Its number.
        parcel: u16,
        /// The label.
        label: Label,
    },
    /// Nothing before this moment.
    WaitUntil(Timestamp),
    /// Nothing.
    Done,
}

/// How long after each refusal a label is asked for anew: five minutes, an hour, six hours. Then it is for staff.
pub const RETRY_LABEL_AFTER_SECONDS: [i64; 3] = [5 * 60, 60 * 60, 6 * 60 * 60];

fn retry_after(attempt: u32) -> Option<i64> {
    RETRY_LABEL_AFTER_SECONDS.get(usize::try_from(attempt).ok()?).copied()
}

/// Takes one event in. What has not left is planned anew with [`EventKind::Prepared`], and forgotten when a part of the order, or
/// all of it, is called off.
pub(super) fn take_in(shipments: &mut Vec<Shipment>, event: &EventKind, at: Timestamp) {
    match event {
        EventKind::Prepared { parcels, .. } => {
            shipments.retain(Shipment::has_left);
            shipments.extend(parcels.iter().map(|parcel| Shipment::of(parcel, at)));
        }
        EventKind::LinesCancelled { .. } | EventKind::Cancelled { .. } => {
            shipments.retain(Shipment::has_left)
        }
        _ => {}
    }
    let Some(number) = event.parcel() else { return };
    let Some(shipment) = shipments.iter_mut().find(|shipment| shipment.number() == number) else { return };
    if let Some(label) = shipment.label.after(event, at) {
        shipment.label = label;
    }
    match event {
        EventKind::ParcelPacked { .. } => {
            shipment.state = ShipmentState::Packed;
            shipment.packed_at = Some(at);
        }
        EventKind::ParcelShipped { courier, .. } => {
            shipment.state = ShipmentState::Shipped;
            shipment.shipped_at = Some(at);
            shipment.courier = courier.clone().or(shipment.courier.take());
        }
        EventKind::ParcelDelivered { .. } => {
            shipment.state = ShipmentState::Delivered;
            shipment.delivered_at = Some(at);
        }
        EventKind::CourierNamed { courier, .. } | EventKind::LabelBought { courier, .. } => {
            shipment.courier = Some(courier.clone());
        }
        _ => {}
    }
}

impl LabelState {
    /// Its name on the wire.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Wanted => "wanted",
            Self::Requested { .. } => "requested",
            Self::Bought { .. } => "bought",
            Self::Voided => "voided",
            Self::Failed { .. } => "failed",
        }
    }

    /// What an event about it makes of it.
    fn after(&self, event: &EventKind, at: Timestamp) -> Option<Self> {
        let attempt = match self {
            Self::Requested { attempt, .. } | Self::Failed { attempt, .. } => *attempt,
            Self::None | Self::Wanted | Self::Bought { .. } | Self::Voided => 0,
        };
        Some(match event {
            EventKind::LabelWanted { .. } => Self::Wanted,
            EventKind::LabelRequested { rate, .. } => {
                let again = u32::from(matches!(self, Self::Failed { .. }));
                Self::Requested { rate: rate.clone(), attempt: attempt + again }
            }
            EventKind::LabelBought { label, .. } => Self::Bought { label: label.clone() },
            EventKind::LabelFailed { refusal, .. } => {
                let again = u32::from(matches!(self, Self::Failed { .. }));
                Self::Failed { refusal: refusal.clone(), since: at, attempt: attempt + again }
            }
            EventKind::LabelVoided { .. } => Self::Voided,
            _ => return None,
        })
    }
}

/// Where an order stands all of whose units are in these parcels: as far as the least of them. None without any.
pub(super) fn status_of(shipments: &[Shipment]) -> Option<Status> {
    shipments.iter().map(|shipment| shipment.state).min().map(ShipmentState::status)
}

impl Order {
    /// Its parcels, by number: those that have left, and those that are planned now.
    pub fn shipments(&self) -> Vec<Shipment> {
        let mut shipments = Vec::new();
        for event in &self.log {
            take_in(&mut shipments, &event.kind, event.at);
        }
        shipments
    }

    /// The parcel of that number, if it has left or is planned now.
    pub fn shipment(&self, number: u16) -> Option<Shipment> {
        self.shipments().into_iter().find(|shipment| shipment.number() == number)
    }

    /// The label of each parcel that one was ever asked for, by the parcel's number.
    pub fn labels(&self) -> BTreeMap<u16, LabelState> {
        let mut labels: BTreeMap<u16, LabelState> = BTreeMap::new();
        for event in &self.log {
            let Some(parcel) = event.kind.parcel().filter(|_| event.kind.is_about_label()) else { continue };
            let label = labels.entry(parcel).or_default();
            if let Some(after) = label.after(&event.kind, event.at) {
                *label = after;
            }
        }
        labels
    }

    /// How much has happened to the label of a parcel: whoever asks a carrier about it knows by this whether the answer is late.
    pub fn label_news(&self, parcel: u16) -> usize {
        let news = |kind: &EventKind| kind.is_about_label() && kind.parcel() == Some(parcel);
        self.log.iter().filter(|event| news(&event.kind)).count()
    }

    /// How often somebody asked for a label of any of its parcels.
    pub fn labels_wanted(&self) -> usize {
        self.log.iter().filter(|event| matches!(event.kind, EventKind::LabelWanted { .. })).count()
    }

    /// Whether somebody asked for the label of a parcel: then it is bought even if the store does not buy labels by itself.
    fn is_label_wanted(&self, parcel: u16) -> bool {
        let wanted =
            |kind: &EventKind| matches!(kind, EventKind::LabelWanted { parcel: of, .. } if *of == parcel);
        self.log.iter().any(|event| wanted(&event.kind))
    }

    /// What has to be asked of the carrier next, in a store that buys labels if `buys`.
    pub fn next_label(&self, now: Timestamp, buys: bool) -> LabelStep {
        let shipments = self.shipments();
        let gone = |number: &u16| shipments.iter().all(|shipment| shipment.number() != *number);
        for (parcel, label) in self.labels() {
            match label {
                LabelState::Requested { rate, .. } if gone(&parcel) => {
                    return LabelStep::LookUp { parcel, rate };
                }
                LabelState::Bought { label } if gone(&parcel) => return LabelStep::Void { parcel, label },
                _ => {}
            }
        }
        let mut wait = None;
        for shipment in shipments.iter().filter(|shipment| !shipment.has_left()) {
            let parcel = shipment.number();
            match &shipment.label {
                LabelState::Requested { rate, .. } => return LabelStep::Buy { parcel, rate: rate.clone() },
                LabelState::Wanted => return LabelStep::Quote { parcel },
                LabelState::None if buys => return LabelStep::Quote { parcel },
                LabelState::Failed { since, attempt, .. } if buys || self.is_label_wanted(parcel) => {
                    let Some(pause) = retry_after(*attempt) else { continue };
                    let due = since.plus_seconds(pause);
                    if due <= now {
                        return LabelStep::Quote { parcel };
                    }
                    wait = Some(wait.map_or(due, |known: Timestamp| known.min(due)));
                }
                _ => {}
            }
        }
        wait.map_or(LabelStep::Done, LabelStep::WaitUntil)
    }

    /// Whether any of its parcels has left. From then on it cannot be called off as a whole.
    pub fn has_left(&self) -> bool {
        self.log.iter().any(|event| matches!(event.kind, EventKind::ParcelShipped { .. }))
    }

    /// The parcel of that number as it was planned, whatever became of it.
    pub fn planned_parcel(&self, number: u16) -> Option<&Parcel> {
        self.log.iter().find_map(|event| match &event.kind {
            EventKind::Prepared { parcels, .. } => parcels.iter().find(|parcel| parcel.number == number),
            _ => None,
        })
    }

    /// The number of the next parcel that is planned.
    pub fn next_parcel(&self) -> u16 {
        let planned = self.log.iter().filter_map(|event| match &event.kind {
            EventKind::Prepared { parcels, .. } => parcels.iter().map(|parcel| parcel.number).max(),
            _ => None,
        });
        planned.max().unwrap_or(0).saturating_add(1)
    }
}
