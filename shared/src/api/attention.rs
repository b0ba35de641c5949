//! What a person must look at, on the wire: staff alone sees it.

use serde::Serialize;

use crate::order::Order;
use crate::order::attention::{Attention, Need, attention};
use crate::time::Timestamp;

/// Something that staff must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttentionView {
    /// `refund_failed`, `refund_by_hand`, `dispute`, `return_requested`, `label_failed`, `unpaid`, `return_overdue`,
    /// `delivery_overdue`, `still_held`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Since when.
    pub since: String,
    /// The refund that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<String>,
    /// The provider's id of the dispute that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispute_id: Option<String>,
    /// The return that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_id: Option<u16>,
    /// The parcel that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipment_id: Option<u16>,
}

impl AttentionView {
    /// What an order needs now, longest waiting first.
    pub fn all(order: &Order, now: Timestamp) -> Vec<Self> {
        attention(order, now).iter().map(Self::of).collect()
    }

    fn of(Attention { need, since }: &Attention) -> Self {
        let mut view = Self {
            kind: need.name(),
            since: since.rfc3339(),
            refund_id: None,
            dispute_id: None,
            return_id: None,
            shipment_id: None,
        };
        match need {
            Need::RefundFailed { refund } | Need::RefundByHand { refund } => {
                view.refund_id = Some(refund.clone());
            }
            Need::Dispute { dispute } => view.dispute_id = Some(dispute.clone()),
            Need::ReturnRequested { id } | Need::ReturnOverdue { id } => view.return_id = Some(*id),
            Need::LabelFailed { parcel } => view.shipment_id = Some(*parcel),
            Need::Unpaid | Need::DeliveryOverdue | Need::StillHeld => {}
        }
        view
    }
}
