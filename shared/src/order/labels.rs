//! The labels of an order's parcels, as its log tells them: how far each is, and what has to be asked of the carrier next (A6).

use std::collections::{BTreeMap, BTreeSet};

use super::shipments::Shipment;
use super::{EventKind, Order};
use crate::carrier::{Label, Rate, Refusal};
use crate::time::Timestamp;

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
    /// It is to be given back, because its parcel is not sent, and the carrier has not decided.
    VoidRequested {
        /// The label.
        label: Label,
        /// Since when.
        since: Timestamp,
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
        /// When the carrier was asked, if it has not decided since.
        since: Option<Timestamp>,
    },
    /// Nothing before this moment.
    WaitUntil(Timestamp),
    /// Nothing.
    Done,
}

/// How long after each refusal a label is asked for anew: five minutes, an hour, six hours. Then it is for staff.
pub const RETRY_LABEL_AFTER_SECONDS: [i64; 3] = [5 * 60, 60 * 60, 6 * 60 * 60];

impl LabelState {
    /// Its name on the wire.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Wanted => "wanted",
            Self::Requested { .. } => "requested",
            Self::Bought { .. } => "bought",
            Self::VoidRequested { .. } => "void_requested",
            Self::Voided => "voided",
            Self::Failed { .. } => "failed",
        }
    }

    /// What an event about it makes of it.
    pub(super) fn after(&self, event: &EventKind, at: Timestamp) -> Option<Self> {
        let attempt = match self {
            Self::Requested { attempt, .. } | Self::Failed { attempt, .. } => *attempt,
            _ => 0,
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
            EventKind::LabelVoidRequested { .. } => {
                let Self::Bought { label } = self else { return None };
                Self::VoidRequested { label: label.clone(), since: at }
            }
            EventKind::LabelVoided { .. } => Self::Voided,
            _ => return None,
        })
    }

    /// Seconds after which a label that failed is asked for anew without anybody's doing.
    fn retried_after(&self) -> Option<i64> {
        match self {
            Self::Failed { refusal, attempt, .. } if !refusal.is_final() => {
                RETRY_LABEL_AFTER_SECONDS.get(usize::try_from(*attempt).ok()?).copied()
            }
            _ => None,
        }
    }

    /// Since when somebody has to look at a label that failed: at once if the carrier wants something changed, and when no try
    /// is left otherwise.
    pub fn needs_somebody_since(&self) -> Option<Timestamp> {
        match self {
            Self::Failed { refusal, since, .. } if !refusal.may_pass() || self.retried_after().is_none() => {
                Some(*since)
            }
            _ => None,
        }
    }
}

impl Order {
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

    /// What has to be asked of the carrier next, in a store that buys labels if `buys`. Parcels of `let_be` are left alone: their
    /// carrier is at it, or somebody else is.
    pub fn next_label(&self, now: Timestamp, buys: bool, let_be: &BTreeSet<u16>) -> LabelStep {
        let shipments = self.shipments();
        let gone = |number: &u16| shipments.iter().all(|shipment| shipment.number() != *number);
        let given_up =
            self.labels().into_iter().filter(|(parcel, _)| gone(parcel) && !let_be.contains(parcel));
        for (parcel, label) in given_up {
            match label {
                LabelState::Requested { rate, .. } => return LabelStep::LookUp { parcel, rate },
                LabelState::Bought { label } => return LabelStep::Void { parcel, label, since: None },
                LabelState::VoidRequested { label, since } => {
                    return LabelStep::Void { parcel, label, since: Some(since) };
                }
                _ => {}
            }
        }
        let mut wait = None;
        let open = |shipment: &&Shipment| !shipment.has_left() && !let_be.contains(&shipment.number());
        for shipment in shipments.iter().filter(open) {
            let parcel = shipment.number();
            match &shipment.label {
                LabelState::Requested { rate, .. } => return LabelStep::Buy { parcel, rate: rate.clone() },
                LabelState::Wanted => return LabelStep::Quote { parcel },
                LabelState::None if buys => return LabelStep::Quote { parcel },
                LabelState::Failed { since, .. } if buys || self.is_label_wanted(parcel) => {
                    let Some(pause) = shipment.label.retried_after() else { continue };
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
}
