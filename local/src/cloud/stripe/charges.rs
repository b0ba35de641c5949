//! Charges: one try to take money, made by a payment intent (Stripe API docs, "Charges").

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::store::{Object, Work};

/// The part of `payment_method_details` that says how long an authorization holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MethodDetails {
    card: CardDetails,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct CardDetails {
    /// Only an authorization that waits for its capture has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    capture_before: Option<i64>,
}

impl MethodDetails {
    pub fn card(capture_before: Option<i64>) -> Option<Self> {
        Some(Self { card: CardDetails { capture_before }, kind: "card".to_owned() })
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "object", rename = "charge")]
pub(super) struct Charge {
    pub id: String,
    pub amount: i64,
    pub amount_captured: i64,
    /// With what was let go of an authorization, where that is a refund (`Version::releases_are_refunds`).
    pub amount_refunded: i64,
    pub captured: bool,
    pub created: i64,
    pub currency: String,
    #[serde(default)]
    pub disputed: bool,
    pub failure_code: Option<String>,
    pub failure_message: Option<String>,
    pub livemode: bool,
    pub metadata: BTreeMap<String, String>,
    pub paid: bool,
    pub payment_intent: String,
    pub payment_method: Option<String>,
    #[serde(default)]
    pub payment_method_details: Option<MethodDetails>,
    pub refunded: bool,
    pub status: String,
}

impl Charge {
    /// Counts what a refund gives back, or, as a negative amount, what a failed one did not.
    pub fn add_refunded(&mut self, work: &Work<'_>, amount: i64) -> rusqlite::Result<()> {
        self.amount_refunded += amount;
        let released = self.released(work)?;
        self.refunded = if self.captured {
            self.amount_refunded - released == self.amount_captured
        } else {
            released == self.amount
        };
        Ok(())
    }

    /// What of the captured amount can still be given back.
    pub fn left(&self, work: &Work<'_>) -> rusqlite::Result<i64> {
        Ok(self.amount_captured - (self.amount_refunded - self.released(work)?))
    }

    /// What was authorized, never captured, and counts as refunded.
    fn released(&self, work: &Work<'_>) -> rusqlite::Result<i64> {
        let select = "SELECT coalesce(sum(amount), 0) FROM releases WHERE charge = ?1";
        work.db.prepare_cached(select)?.query_row([&self.id], |row| row.get(0))
    }
}

impl Object for Charge {
    const KIND: &'static str = "charge";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn intent(&self) -> Option<&str> {
        Some(&self.payment_intent)
    }
}
