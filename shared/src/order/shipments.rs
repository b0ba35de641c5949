//! The parcels of an order, as its log tells them (A10, C9, C10).

use serde::{Deserialize, Serialize};

use super::labels::LabelState;
use super::units::Units;
use super::{EventKind, Order, Status};
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
        let open = matches!(self.label, LabelState::None | LabelState::Wanted | LabelState::Failed { .. });
        !self.has_left() && open
    }

    /// Why nobody has to ask for its label; nothing if somebody can.
    pub fn why_no_label(&self) -> Option<&'static str> {
        match self.label {
            _ if self.has_left() => Some("the shipment has left"),
            LabelState::None | LabelState::Failed { .. } => None,
            LabelState::Wanted | LabelState::Requested { .. } => Some("its label is being bought"),
            LabelState::Bought { .. } => Some("the shipment has its label"),
            LabelState::VoidRequested { .. } | LabelState::Voided => {
                Some("the shipment is not sent any more")
            }
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
