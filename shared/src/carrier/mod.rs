//! What a carrier is asked and what it answers, whoever it is (A6). `functions/src/carriers` speaks with the real ones.

mod consignment;
mod customs;
mod link;
mod rate;
mod reference;
mod tracking;

pub use customs::{Customs, Goods, needs_customs};
pub use link::LabelLink;
pub use rate::{Rate, choose};
pub use reference::Reference;
pub use tracking::{Checkpoint, Track, TrackStatus, delivered_at, merge, standing};

use serde::{Deserialize, Serialize};

use crate::address::Address;

/// Who sends or receives a consignment. The phone number is the address's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Name of the person, or of the store.
    pub name: String,
    /// Where.
    pub address: Address,
    /// For the carrier's own messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// One parcel as the carrier measures it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Millimetres.
    pub length_mm: u32,
    /// Millimetres.
    pub width_mm: u32,
    /// Millimetres.
    pub height_mm: u32,
    /// Grams, packaging included.
    pub weight_grams: u32,
}

impl Parcel {
    /// A parcel of which only the volume is known (cubic centimetres): the cube that holds it, in whole millimetres.
    pub fn of_volume(volume_cm3: u32, weight_grams: u32) -> Self {
        let volume_mm3 = u64::from(volume_cm3) * 1_000;
        // Largest: the side of 4.3 million litres, 16 255 mm.
        let (mut low, mut high) = (1u32, 20_000u32);
        while low < high {
            let side = low.midpoint(high);
            if u64::from(side).pow(3) < volume_mm3 { low = side + 1 } else { high = side }
        }
        Self { length_mm: low, width_mm: low, height_mm: low, weight_grams }
    }
}

/// What goes from one place to one other at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consignment {
    /// Which shipment of which order.
    pub reference: Reference,
    /// The warehouse.
    pub from: Party,
    /// The customer.
    pub to: Party,
    /// At least one.
    pub parcels: Vec<Parcel>,
    /// What is in it, where it crosses a border at which that has to be declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customs: Option<Customs>,
}

/// What a carrier says to a consignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quote {
    /// It can be sent, at one of these rates; there is at least one.
    Rates(Vec<Rate>),
    /// It cannot be sent as it is.
    Refused(Refusal),
}

/// A label that was bought, and with it the way of a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The provider's id of the purchase.
    pub transaction: String,
    /// The carrier, by the name under which the provider tracks.
    pub carrier: String,
    /// By which the carrier knows it; of several parcels, the one of them all.
    pub tracking_number: String,
    /// The carrier's own page about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking_url: Option<String>,
    /// What is printed. Providers let such links end; the purchase, read again, has a fresh one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_url: Option<String>,
    /// Labels of the other parcels, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pieces: Vec<Piece>,
}

/// The label of one more parcel of a consignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The provider's id of the purchase.
    pub transaction: String,
    /// By which the carrier knows this parcel.
    pub tracking_number: String,
    /// What is printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_url: Option<String>,
}

/// How the purchase of a label stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purchase {
    /// It is there.
    Bought(Box<Label>),
    /// The provider works on it; asking later for the same rate, with a look-up, shows what became of it.
    Pending {
        /// The provider's id of the purchase.
        transaction: String,
    },
    /// Nothing was bought.
    Refused(Refusal),
}

/// How the undoing of a label stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Void {
    /// It is paid back.
    Done,
    /// The carrier looks at it, which can take weeks; the label is not to be used any more.
    Pending,
    /// The label stays bought.
    Refused(Refusal),
}

/// Why a carrier does not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// For programs.
    pub code: String,
    /// For staff, in the carrier's words, at most [`Refusal::DETAIL`] characters. It may repeat parts of an address.
    pub detail: String,
}

impl Refusal {
    /// Characters of a detail that are kept: it ends up in an order's log.
    pub const DETAIL: usize = 300;
    const CODE: usize = 64;

    /// A refusal; what is too long is cut.
    pub fn new(code: &str, detail: &str) -> Self {
        let cut = |text: &str, most| text.chars().filter(|c| !c.is_control()).take(most).collect();
        Self { code: cut(code, Self::CODE), detail: cut(detail, Self::DETAIL) }
    }

    /// Whether it may be another answer in a while, without anybody's doing.
    pub fn may_pass(&self) -> bool {
        matches!(self.code.as_str(), "carrier_timeout" | "rate_gone")
    }

    /// Whether asking again is in vain: it is arranged by hand.
    pub fn is_final(&self) -> bool {
        matches!(self.code.as_str(), "customs_declaration_needed" | "by_hand")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_is_held_by_the_smallest_cube() {
        for (volume_cm3, side) in
            [(0, 1), (1, 10), (2_000, 126), (8_000, 200), (30_000, 311), (u32::MAX, 16_255)]
        {
            let parcel = Parcel::of_volume(volume_cm3, 5);
            assert_eq!(
                (parcel.length_mm, parcel.width_mm, parcel.height_mm),
                (side, side, side),
                "{volume_cm3}"
            );
        }
    }

    #[test]
    fn a_refusal_of_any_length_fits_into_a_log() {
        let refusal = Refusal::new(&"c".repeat(500), &format!("line\nbreak {}", "é".repeat(500)));
        assert_eq!((refusal.code.len(), refusal.detail.chars().count()), (64, 300));
        assert!(refusal.detail.starts_with("linebreak é"));
    }
}
