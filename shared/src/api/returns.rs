//! Returns on the wire (C5).

use serde::{Deserialize, Serialize};

use super::quote::shown;
use super::units::UnitsView;
use super::units::{AskedUnits, check_units};
use super::{FieldError, check_words, wire};
use crate::ids::OrderId;
use crate::limits;
use crate::money::Currency;
use crate::order::{Order, Received, RefundState, Return, ReturnState, Units};
use crate::placement::Document;
use crate::time::Timestamp;

/// `POST /orders/{id}/returns`: what is to be sent back, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestReturn {
    /// Units of lines.
    #[serde(default, deserialize_with = "wire::optional_list")]
    pub lines: Option<Vec<AskedUnits>>,
    /// Whole lines, as far as they can still be sent back: the short form of `lines`.
    #[serde(default)]
    pub line_ids: Option<Vec<u32>>,
    /// One of the reasons that the store offers.
    pub reason: String,
    /// More about it.
    #[serde(default)]
    pub comment: Option<String>,
}

impl RequestReturn {
    /// What breaks a rule.
    pub fn check(&self) -> Vec<FieldError> {
        let mut errors: Vec<FieldError> = Vec::new();
        match (&self.lines, &self.line_ids) {
            (Some(lines), None) => errors.extend(check_units(lines)),
            (None, Some(ids)) => {
                if !(1..=limits::LINES).contains(&ids.len()) {
                    errors.push(FieldError::new("/line_ids", "out_of_range", "1 to 200 lines"));
                }
                for (at, id) in ids.iter().enumerate() {
                    if ids.iter().take(at).any(|earlier| earlier == id) {
                        let detail = "the line is named twice";
                        errors.push(FieldError::new(format!("/line_ids/{at}"), "duplicate", detail));
                    }
                }
            }
            _ => errors.push(FieldError::new("/lines", "required", "either lines or line_ids")),
        }
        errors.extend(check_words("/reason", &self.reason, limits::REASON));
        errors.extend(self.comment.as_deref().and_then(|text| check_words("/comment", text, limits::REASON)));
        errors
    }

    /// Lines of the short form that the order does not have, each by its place in it.
    pub fn unknown_lines(&self, document: &Document) -> Vec<FieldError> {
        let known = |id: u32| usize::try_from(id).is_ok_and(|id| (1..=document.lines.len()).contains(&id));
        let named = self.line_ids.iter().flatten().enumerate();
        let unknown = named.filter(|(_, id)| !known(**id));
        unknown
            .map(|(at, _)| {
                FieldError::new(format!("/line_ids/{at}"), "unknown_line", "the order has no such line")
            })
            .collect()
    }

    /// The units that are meant.
    pub fn units(&self, order: &Order, document: &Document) -> Vec<Units> {
        if let Some(lines) = &self.lines {
            return AskedUnits::all(lines);
        }
        let tallies = order.tallies(document);
        let whole = |id: &u32| {
            let line = u16::try_from(*id).unwrap_or(u16::MAX);
            // One unit of a line that has none left is refused, and says so.
            Units { line, quantity: tallies.of(line).returnable().max(1) }
        };
        self.line_ids.iter().flatten().map(whole).collect()
    }
}

/// `POST /admin/orders/{id}/returns/{return_id}/reject`: why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RejectReturn {
    /// Why; the customer reads it.
    pub reason: String,
}

impl RejectReturn {
    /// What breaks a rule.
    pub fn check(&self) -> Vec<FieldError> {
        check_words("/reason", &self.reason, limits::REASON).into_iter().collect()
    }
}

/// `POST /admin/orders/{id}/returns/{return_id}/receive`: what arrived. The body may be missing: all of it, in good condition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiveReturn {
    /// What arrived of each line; lines that are left out did not.
    #[serde(default, deserialize_with = "wire::optional_list")]
    pub lines: Option<Vec<ArrivedUnits>>,
    /// Whether the delivery charge goes back with it; as the store's policy says if it is left out.
    #[serde(default)]
    pub refund_delivery: Option<bool>,
}

/// What arrived of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArrivedUnits {
    /// Which line of the order, from 1.
    pub line_id: u32,
    /// Units that can be sold again.
    #[serde(default)]
    pub restock: u32,
    /// Units that cannot.
    #[serde(default)]
    pub scrap: u32,
}

impl ReceiveReturn {
    /// What breaks a rule.
    pub fn check(&self) -> Vec<FieldError> {
        let Some(lines) = &self.lines else { return vec![] };
        let units = |line: &ArrivedUnits| AskedUnits {
            line_id: line.line_id,
            quantity: line.restock.saturating_add(line.scrap),
        };
        check_units(&lines.iter().map(units).collect::<Vec<_>>())
    }

    /// What arrived, as the order counts.
    pub fn received(&self) -> Option<Vec<Received>> {
        let received = |line: &ArrivedUnits| Received {
            line: u16::try_from(line.line_id).unwrap_or(u16::MAX),
            restocked: line.restock,
            scrapped: line.scrap,
        };
        self.lines.as_ref().map(|lines| lines.iter().map(received).collect())
    }
}

/// A return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReturnView {
    /// Which return of the order, from 1.
    pub return_id: u16,
    /// How far.
    pub status: ReturnState,
    /// What was asked to be sent back.
    pub lines: Vec<UnitsView>,
    /// Why.
    pub reason: String,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// When it was asked for.
    pub requested_at: String,
    /// When it came so far.
    pub updated_at: String,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejection_reason: Option<String>,
    /// What arrived.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub received: Vec<ReceivedView>,
    /// The refund for it, if money goes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund: Option<ReturnRefundView>,
}

/// What arrived of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceivedView {
    /// Which line, from 1.
    pub line_id: u16,
    /// Units that are in stock again.
    pub restocked: u32,
    /// Units that are not.
    pub scrapped: u32,
}

/// The refund for a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReturnRefundView {
    /// Our id of it.
    pub refund_id: String,
    /// How much.
    pub amount: String,
    /// Of the amount.
    pub currency: Currency,
    /// How far.
    pub status: RefundState,
}

/// The returns of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReturnsView {
    /// The order.
    pub order_id: OrderId,
    /// Oldest first.
    pub returns: Vec<ReturnView>,
    /// Until when the customer can ask for another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_until: Option<String>,
    /// The reasons to choose from.
    pub reasons: Vec<String>,
}

/// One return, and the version of the order that it leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReturnedView {
    /// The order.
    pub order_id: OrderId,
    /// The return.
    #[serde(flatten)]
    pub a_return: ReturnView,
    /// Whether nothing was changed: so it would be.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Counts the changes of the order.
    pub version: u64,
}

impl ReturnView {
    /// A return of an order.
    pub fn of(order: &Order, known: &Return) -> Self {
        let received = |line: &Received| ReceivedView {
            line_id: line.line,
            restocked: line.restocked,
            scrapped: line.scrapped,
        };
        let refund = known.refund.as_deref().and_then(|id| order.refund(id));
        Self {
            return_id: known.id,
            status: known.state,
            lines: UnitsView::all(&known.lines),
            reason: known.reason.clone(),
            comment: known.comment.clone(),
            requested_at: known.requested_at.rfc3339(),
            updated_at: known.since.rfc3339(),
            rejection_reason: known.rejection_reason.clone(),
            received: known.received.iter().map(received).collect(),
            refund: refund.map(|refund| ReturnRefundView {
                refund_id: refund.id.clone(),
                amount: shown(refund.amount),
                currency: refund.amount.currency(),
                status: refund.state,
            }),
        }
    }
}

impl ReturnsView {
    /// The returns of an order.
    pub fn of(order: &Order, document: &Document) -> Self {
        Self {
            order_id: order.id,
            returns: order.returns().iter().map(|known| ReturnView::of(order, known)).collect(),
            return_until: order.return_until(document).map(Timestamp::rfc3339),
            reasons: document.policies.returns.reasons.clone(),
        }
    }
}

impl ReturnedView {
    /// One return of an order.
    pub fn of(order: &Order, known: &Return, dry_run: bool) -> Self {
        Self { order_id: order.id, a_return: ReturnView::of(order, known), dry_run, version: order.version() }
    }
}
