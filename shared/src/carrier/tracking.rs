//! Where a parcel was seen.

use serde::{Deserialize, Serialize};

use crate::carrier::Reference;
use crate::limits;
use crate::time::Timestamp;

/// How far a parcel is. The order is that of a usual way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackStatus {
    /// The carrier says nothing.
    Unknown,
    /// Announced; the carrier does not have it yet.
    PreTransit,
    /// On its way.
    Transit,
    /// With the person who rings the bell.
    OutForDelivery,
    /// It cannot be delivered.
    Failure,
    /// On its way back, or back.
    Returned,
    /// Handed over.
    Delivered,
}

impl TrackStatus {
    /// Reads Shippo's words (Shippo: "Tracking", "Event definitions"). A word that is new is no reason to lose the rest.
    pub fn from_shippo(status: &str, substatus: Option<&str>) -> Self {
        match (status, substatus) {
            ("PRE_TRANSIT", _) => Self::PreTransit,
            ("TRANSIT", Some("out_for_delivery")) => Self::OutForDelivery,
            ("TRANSIT", _) => Self::Transit,
            ("DELIVERED", _) => Self::Delivered,
            ("RETURNED", _) => Self::Returned,
            ("FAILURE", _) => Self::Failure,
            _ => Self::Unknown,
        }
    }

    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::PreTransit => "pre_transit",
            Self::Transit => "transit",
            Self::OutForDelivery => "out_for_delivery",
            Self::Failure => "failure",
            Self::Returned => "returned",
            Self::Delivered => "delivered",
        }
    }

    /// Whether the carrier has it, or had it.
    pub fn is_with_carrier(self) -> bool {
        self > Self::PreTransit
    }

    /// Whether nothing more is to be expected.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Returned | Self::Failure)
    }
}

/// One place and moment at which a parcel was seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Checkpoint {
    /// When.
    pub at: Timestamp,
    /// How far it was.
    pub status: TrackStatus,
    /// More exactly, in the provider's words (`package_arrived`, `delayed` …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substatus: Option<String>,
    /// Where: city, state, country, as far as the carrier says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// In the carrier's words.
    pub message: String,
    /// Whether somebody has to do something before it can be delivered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub action_required: bool,
}

/// What a carrier knows about a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    /// The carrier, by the name under which the provider tracks.
    pub carrier: String,
    /// By which the carrier knows it.
    pub tracking_number: String,
    /// The purchase of its label, where that was made with the same provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<String>,
    /// Whose it is, where the provider says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// When it is going to arrive, says the carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta: Option<Timestamp>,
    /// Where it was seen, the first first.
    pub checkpoints: Vec<Checkpoint>,
}

impl Track {
    /// How far it is.
    pub fn status(&self) -> TrackStatus {
        standing(&self.checkpoints)
    }
}

/// The checkpoints of both, each once and the first first, whatever order they arrived in. Of too many, the last
/// [`limits::CHECKPOINTS`].
pub fn merge(known: &[Checkpoint], news: &[Checkpoint]) -> Vec<Checkpoint> {
    let mut all: Vec<Checkpoint> = known.iter().chain(news).cloned().collect();
    all.sort();
    all.dedup();
    let excess = all.len().saturating_sub(limits::CHECKPOINTS);
    all.split_off(excess)
}

/// How far a parcel is that was seen at these checkpoints, the first first. What a carrier does not know does not count
/// once it knew more.
pub fn standing(checkpoints: &[Checkpoint]) -> TrackStatus {
    let known = checkpoints.iter().rev().map(|checkpoint| checkpoint.status);
    known.into_iter().find(|status| *status != TrackStatus::Unknown).unwrap_or(TrackStatus::Unknown)
}

/// When it was handed over.
pub fn delivered_at(checkpoints: &[Checkpoint]) -> Option<Timestamp> {
    let delivered = checkpoints.iter().find(|checkpoint| checkpoint.status == TrackStatus::Delivered);
    delivered.map(|checkpoint| checkpoint.at)
}

#[cfg(test)]
mod tests {
    use super::TrackStatus::{Delivered, Failure, OutForDelivery, PreTransit, Returned, Transit, Unknown};
    use super::*;
    use proptest::prelude::*;

    fn seen(seconds: i64, status: TrackStatus) -> Checkpoint {
        Checkpoint {
            at: Timestamp::from_seconds(seconds),
            status,
            substatus: None,
            location: Some("Amsterdam, NL".to_owned()),
            message: format!("{status:?}"),
            action_required: false,
        }
    }

    #[test]
    fn every_word_of_shippo_has_a_meaning() {
        for (status, substatus, expected) in [
            ("PRE_TRANSIT", Some("information_received"), PreTransit),
            ("TRANSIT", Some("package_accepted"), Transit),
            ("TRANSIT", None, Transit),
            ("TRANSIT", Some("out_for_delivery"), OutForDelivery),
            ("DELIVERED", Some("delivered"), Delivered),
            ("RETURNED", Some("return_to_sender"), Returned),
            ("FAILURE", Some("package_lost"), Failure),
            ("UNKNOWN", Some("other"), Unknown),
            ("TELEPORTED", Some("out_for_delivery"), Unknown),
        ] {
            assert_eq!(TrackStatus::from_shippo(status, substatus), expected, "{status}");
        }
        let with_carrier = [Transit, OutForDelivery, Delivered, Returned, Failure];
        assert!(with_carrier.into_iter().all(TrackStatus::is_with_carrier));
        assert!(!PreTransit.is_with_carrier() && !Unknown.is_with_carrier());
    }

    #[test]
    fn late_and_doubled_news_end_in_the_order_of_the_way() {
        let way = [seen(1, PreTransit), seen(2, Transit), seen(3, OutForDelivery), seen(4, Delivered)];
        let mut known = Vec::new();
        for news in [&way[..1], &way[..3], &way[1..2], &way[..], &way[..2]] {
            known = merge(&known, news);
        }
        assert_eq!(known, way);
        assert_eq!((standing(&known), delivered_at(&known)), (Delivered, Some(Timestamp::from_seconds(4))));
        assert_eq!((standing(&known[..2]), delivered_at(&known[..2])), (Transit, None));
        assert_eq!(standing(&[]), Unknown);
    }

    #[test]
    fn of_one_moment_the_usual_way_decides() {
        let moment = merge(&[seen(1, Delivered), seen(1, OutForDelivery)], &[seen(1, Transit)]);
        assert_eq!(standing(&moment), Delivered);
    }

    #[test]
    fn a_carrier_that_forgets_does_not_make_a_parcel_unknown() {
        assert_eq!(standing(&merge(&[seen(1, Transit)], &[seen(2, Unknown)])), Transit);
    }

    #[test]
    fn the_last_checkpoints_are_kept() {
        let many: Vec<_> = (0..250).map(|second| seen(second, Transit)).collect();
        let kept = merge(&many[..200], &many[100..]);
        assert_eq!(kept, many[250 - limits::CHECKPOINTS..]);
    }

    proptest! {
        #[test]
        fn the_order_of_arrival_does_not_matter(
            way in proptest::collection::vec((0i64..20, 0usize..7), 0..40),
            cut in 0usize..40,
        ) {
            let all = [Unknown, PreTransit, Transit, OutForDelivery, Failure, Returned, Delivered];
            let way: Vec<_> = way.into_iter().map(|(at, status)| seen(at, all[status])).collect();
            let (early, late) = way.split_at(cut.min(way.len()));
            let merged = merge(early, late);
            prop_assert_eq!(&merged, &merge(late, early));
            prop_assert_eq!(&merged, &merge(&merged, &way), "again is once");
            prop_assert!(merged.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(way.iter().all(|checkpoint| merged.contains(checkpoint)));
        }
    }
}
