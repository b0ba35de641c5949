//! Links to labels on the wire (A6).

use serde::Serialize;

use crate::carrier::{Label, LabelLink};
use crate::ids::OrderId;
use crate::time::Timestamp;

/// `GET /admin/orders/{id}/shipments/{shipment_id}/label`: where the label of a parcel can be printed from now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabelLinkView {
    /// The order.
    pub order_id: OrderId,
    /// The parcel.
    pub shipment_id: u16,
    /// The label of the parcel, or of its first package.
    #[serde(flatten)]
    pub first: LinkView,
    /// Those of its other packages.
    pub pieces: Vec<LinkView>,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkView {
    /// The courier's number of the package.
    pub tracking_number: String,
    /// Where its label can be printed from.
    pub url: String,
    /// What kind of file it is, in the provider's words, if it says so.
    pub format: Option<String>,
    /// Until when the link works, if it says so.
    pub expires_at: Option<String>,
}

impl LabelLinkView {
    /// Links to a label and its pieces, in their order.
    pub fn of(
        order_id: OrderId,
        shipment_id: u16,
        label: &Label,
        links: (LabelLink, Vec<LabelLink>),
    ) -> Self {
        let (first, others) = links;
        let first = LinkView::of(&label.tracking_number, first);
        let pieces = label.pieces.iter().zip(others);
        let pieces = pieces.map(|(piece, link)| LinkView::of(&piece.tracking_number, link)).collect();
        Self { order_id, shipment_id, first, pieces }
    }
}

impl LinkView {
    fn of(tracking_number: &str, link: LabelLink) -> Self {
        let LabelLink { url, format, expires_at } = link;
        let tracking_number = tracking_number.to_owned();
        Self { tracking_number, url, format, expires_at: expires_at.map(Timestamp::rfc3339) }
    }
}
