//! The returns of an order, as its log tells them (C5).

use serde::{Deserialize, Serialize};

use super::units::Units;
use super::{EventKind, Order, Request, Status};
use crate::money::Money;
use crate::placement::Document;
use crate::time::Timestamp;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// What arrived of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// Which line, from 1.
    #[serde(rename = "l")]
    pub line: u16,
    /// Units that can be sold again.
    #[serde(rename = "r")]
    pub restocked: u32,
    /// Units that cannot.
    #[serde(rename = "s")]
    pub scrapped: u32,
}

impl Received {
    /// All of them.
    pub fn units(&self) -> u32 {
        self.restocked.saturating_add(self.scrapped)
    }
}

/// Goods on their way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Return {
    /// Which return of the order, from 1.
    pub id: u16,
    /// What was asked to be sent back.
    pub lines: Vec<Units>,
    /// Why: one of the reasons that the store offers.
    pub reason: String,
    /// More about it, in the customer's words.
    pub comment: Option<String>,
    /// How far.
    pub state: ReturnState,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When it came so far.
    pub since: Timestamp,
    /// Why it was rejected.
    pub rejection_reason: Option<String>,
    /// What arrived.
    pub received: Vec<Received>,
    /// What is owed less for it, once it arrived.
    pub amount: Option<Money>,
    /// The refund for it, if money goes back.
    pub refund: Option<String>,
}

/// How far a return is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnState {
    /// Staff has to decide.
    Requested,
    /// The customer may send it.
    Approved,
    /// The customer may not send it.
    Rejected,
    /// It arrived.
    Received,
}

impl ReturnState {
    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Received => "received",
        }
    }
}

impl Return {
    /// Whether its goods may still come.
    pub fn is_open(&self) -> bool {
        matches!(self.state, ReturnState::Requested | ReturnState::Approved)
    }
}

impl Order {
    /// Its returns, oldest first.
    pub fn returns(&self) -> Vec<Return> {
        let mut returns: Vec<Return> = Vec::new();
        for event in &self.log {
            let (id, state) = match &event.kind {
                EventKind::ReturnRequested { id, lines, reason, comment, .. } => {
                    returns.push(Return {
                        id: *id,
                        lines: lines.clone(),
                        reason: reason.clone(),
                        comment: comment.clone(),
                        state: ReturnState::Requested,
                        requested_at: event.at,
                        since: event.at,
                        rejection_reason: None,
                        received: vec![],
                        amount: None,
                        refund: None,
                    });
                    continue;
                }
                EventKind::ReturnApproved { id } => (*id, ReturnState::Approved),
                EventKind::ReturnRejected { id, .. } => (*id, ReturnState::Rejected),
                EventKind::ReturnReceived { id, .. } => (*id, ReturnState::Received),
                EventKind::RefundRequested { cause: super::Cause::Return(id), refund, .. } => {
                    for known in returns.iter_mut().filter(|known| known.id == *id) {
                        known.refund = Some(refund.clone());
                    }
                    continue;
                }
                _ => continue,
            };
            for known in returns.iter_mut().filter(|known| known.id == id) {
                known.state = state;
                known.since = event.at;
                match &event.kind {
                    EventKind::ReturnRejected { reason, .. } => known.rejection_reason = Some(reason.clone()),
                    EventKind::ReturnReceived { lines, amount, .. } => {
                        known.received.clone_from(lines);
                        known.amount = Some(*amount);
                    }
                    _ => {}
                }
            }
        }
        returns
    }

    /// The return of that number.
    pub fn a_return(&self, id: u16) -> Option<Return> {
        self.returns().into_iter().find(|known| known.id == id)
    }

    /// The return that a request led to.
    pub fn return_of(&self, request: &Request) -> Option<Return> {
        let id = self.log.iter().find_map(|event| match &event.kind {
            EventKind::ReturnRequested { id, request: known, .. } if known.key == request.key => Some(*id),
            _ => None,
        })?;
        self.a_return(id)
    }

    /// Until when the customer can ask to send something back, by the policy of the order's placement; none before it is
    /// delivered, or if nothing can be sent back.
    pub fn return_until(&self, document: &Document) -> Option<Timestamp> {
        let days = i64::from(document.policies.returns.window_days);
        let delivered = self.log.iter().find(|event| event.kind == EventKind::Delivered)?;
        (days > 0 && self.status == Status::Delivered).then(|| delivered.at.plus_seconds(days * DAY_SECONDS))
    }
}
