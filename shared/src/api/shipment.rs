//! Parcels on the wire (A10, C9).

use serde::{Deserialize, Serialize};

use super::units::{AskedUnits, UnitsView, check_units};
use super::{FieldError, check_words, wire};
use crate::ids::{OrderId, WarehouseId};
use crate::limits;
use crate::order::payment::PaymentStatus;
use crate::order::{Command, Courier, FulfillmentStatus, LabelState, Order, Shipment, ShipmentState, Status};
use crate::time::Timestamp;

/// `POST /admin/orders/{id}/fulfill`: what is sent now, and by whom. The body may be missing: all that has not left.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FulfillOrder {
    /// Which units; all that have not left if it is left out.
    #[serde(default, deserialize_with = "wire::given_list")]
    pub lines: Option<Vec<AskedUnits>>,
    /// Who carries them.
    #[serde(default)]
    pub courier: Option<String>,
    /// The courier's number of the parcel.
    #[serde(default)]
    pub tracking_number: Option<String>,
    /// Where the courier shows it.
    #[serde(default)]
    pub tracking_url: Option<String>,
}

/// `PATCH /admin/orders/{id}/shipments/{shipment_id}`: how far a parcel is, and who carries it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeShipment {
    /// How far it is: `packed`, `shipped` or `delivered`.
    #[serde(default)]
    pub status: Option<ShipmentState>,
    /// Who carries it.
    #[serde(default)]
    pub courier: Option<String>,
    /// The courier's number of it.
    #[serde(default)]
    pub tracking_number: Option<String>,
    /// Where the courier shows it.
    #[serde(default)]
    pub tracking_url: Option<String>,
}

impl FulfillOrder {
    /// What breaks a rule.
    pub fn check(&self) -> Vec<FieldError> {
        let lines = self.lines.as_deref().map(check_units).unwrap_or_default();
        let named = check_courier(&self.courier, &self.tracking_number, &self.tracking_url);
        lines.into_iter().chain(named).collect()
    }

    /// Who carries it, if that is said.
    pub fn courier(&self) -> Option<Courier> {
        courier(&self.courier, &self.tracking_number, &self.tracking_url)
    }
}

impl ChangeShipment {
    /// What breaks a rule.
    pub fn check(&self) -> Vec<FieldError> {
        let mut errors = check_courier(&self.courier, &self.tracking_number, &self.tracking_url);
        if self.status == Some(ShipmentState::Planned) {
            errors.push(FieldError::new("/status", "not_permitted", "no parcel is opened again"));
        }
        let carried = self.status.is_none_or(|status| status == ShipmentState::Shipped);
        if self.courier.is_some() && !carried {
            let detail = "a courier is named alone, or with the shipping";
            errors.push(FieldError::new("/courier", "not_permitted", detail));
        }
        if self.status.is_none() && self.courier.is_none() {
            errors.push(FieldError::new("", "required", "a status, or a courier"));
        }
        errors
    }

    /// What is asked of the order. None if the request says nothing, which [`ChangeShipment::check`] reports.
    pub fn command(&self, parcel: u16) -> Option<Command> {
        let courier = courier(&self.courier, &self.tracking_number, &self.tracking_url);
        let parcel = Some(parcel);
        Some(match (self.status, courier) {
            (Some(ShipmentState::Shipped), courier) => Command::Ship { parcel, courier },
            (Some(ShipmentState::Delivered), _) => Command::Deliver { parcel },
            (Some(ShipmentState::Packed | ShipmentState::Planned), _) => Command::Pack { parcel },
            (None, Some(courier)) => Command::NameCourier { parcel, courier },
            (None, None) => return None,
        })
    }
}

/// Who carries a parcel, if that is said.
pub(super) fn courier(
    name: &Option<String>,
    number: &Option<String>,
    url: &Option<String>,
) -> Option<Courier> {
    let (tracking_number, tracking_url) = (number.clone(), url.clone());
    name.clone().map(|name| Courier { name, tracking_number, tracking_url })
}

/// What breaks a rule in what is said about who carries a parcel.
pub(super) fn check_courier(
    name: &Option<String>,
    number: &Option<String>,
    url: &Option<String>,
) -> Vec<FieldError> {
    let texts = [("/courier", name, limits::NAME), ("/tracking_number", number, limits::NAME)];
    let mut errors: Vec<FieldError> = texts
        .into_iter()
        .filter_map(|(pointer, text, most)| check_words(pointer, text.as_deref()?, most))
        .collect();
    if name.is_none() && (number.is_some() || url.is_some()) {
        errors.push(FieldError::new("/courier", "required", "whose number or page it is"));
    }
    let is_page = |url: &str| {
        url.len() <= limits::TRACKING_URL
            && url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http"))
    };
    if url.as_deref().is_some_and(|url| !is_page(url)) {
        let detail = "an absolute http or https URL of at most 500 characters";
        errors.push(FieldError::new("/tracking_url", "invalid", detail));
    }
    errors
}

/// What became of an order's parcels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FulfilledView {
    /// The order.
    pub order_id: OrderId,
    /// Where it stands.
    pub status: Status,
    /// Where the money stands.
    pub payment_status: PaymentStatus,
    /// Where the goods stand.
    pub fulfillment_status: FulfillmentStatus,
    /// Its parcels.
    pub shipments: Vec<ShipmentView>,
    /// Whether nothing was changed: so it would be.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Counts the changes.
    pub version: u64,
}

impl FulfilledView {
    /// The parcels of an order, as staff sees them.
    pub fn of(order: &Order, dry_run: bool) -> Self {
        Self {
            order_id: order.id,
            status: order.status,
            payment_status: order.payment_status(),
            fulfillment_status: order.fulfillment,
            shipments: ShipmentView::all(order, true),
            dry_run,
            version: order.version(),
        }
    }
}

/// A parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShipmentView {
    /// Its number within the order, from 1. A parcel that is planned anew gets another one.
    pub shipment_id: u16,
    /// How far it is.
    pub status: ShipmentState,
    /// From where.
    pub warehouse_id: WarehouseId,
    /// What is in it.
    pub lines: Vec<UnitsView>,
    /// What it is packed in.
    pub packaging: String,
    /// How many of those.
    pub packages: u32,
    /// Grams altogether.
    pub weight_grams: u64,
    /// Who carries it, once that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub courier: Option<CourierView>,
    /// How far its label is; customers never see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelView>,
    /// When it was closed.
    pub packed_at: Option<String>,
    /// When it left.
    pub shipped_at: Option<String>,
    /// When it arrived.
    pub delivered_at: Option<String>,
}

/// Who carries a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CourierView {
    /// The courier's name.
    pub name: String,
    /// The courier's number of the parcel.
    pub tracking_number: Option<String>,
    /// Where the courier shows it.
    pub tracking_url: Option<String>,
}

/// How far the label of a parcel is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabelView {
    /// `wanted`, `requested`, `bought` or `failed`.
    pub status: &'static str,
    /// Where it could be printed from when it was bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Why the carrier refused it, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_code: Option<String>,
    /// Why, in the carrier's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_detail: Option<String>,
}

impl ShipmentView {
    /// The parcels of an order, as its customer sees them, or staff.
    pub fn all(order: &Order, to_staff: bool) -> Vec<Self> {
        order.shipments().iter().map(|shipment| Self::of(shipment, to_staff)).collect()
    }

    /// One parcel.
    pub fn of(shipment: &Shipment, to_staff: bool) -> Self {
        let parcel = &shipment.parcel;
        let at = |moment: Option<Timestamp>| moment.map(Timestamp::rfc3339);
        Self {
            shipment_id: parcel.number,
            status: shipment.state,
            warehouse_id: parcel.warehouse.clone(),
            lines: UnitsView::all(&parcel.lines),
            packaging: parcel.packed.packaging.clone(),
            packages: parcel.packed.count,
            weight_grams: parcel.weight_grams,
            courier: shipment.courier.as_ref().map(CourierView::of),
            label: LabelView::of(&shipment.label).filter(|_| to_staff),
            packed_at: at(shipment.packed_at),
            shipped_at: at(shipment.shipped_at),
            delivered_at: at(shipment.delivered_at),
        }
    }
}

impl CourierView {
    /// Who.
    pub fn of(courier: &Courier) -> Self {
        let Courier { name, tracking_number, tracking_url } = courier.clone();
        Self { name, tracking_number, tracking_url }
    }
}

impl LabelView {
    fn of(label: &LabelState) -> Option<Self> {
        let (url, refusal) = match label {
            LabelState::None | LabelState::VoidRequested { .. } | LabelState::Voided => return None,
            LabelState::Wanted | LabelState::Requested { .. } => (None, None),
            LabelState::Bought { label } => (label.label_url.clone(), None),
            LabelState::Failed { refusal, .. } => (None, Some(refusal.clone())),
        };
        let (failure_code, failure_detail) = refusal.map(|why| (why.code, why.detail)).unzip();
        Some(Self { status: label.as_str(), url, failure_code, failure_detail })
    }
}
