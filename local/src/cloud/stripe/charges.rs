//! Charges: one try to take money, made by a payment intent (Stripe API docs, "Charges").

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::store::Object;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "object", rename = "charge")]
pub(super) struct Charge {
    pub id: String,
    pub amount: i64,
    pub amount_captured: i64,
    pub amount_refunded: i64,
    pub captured: bool,
    pub created: i64,
    pub currency: String,
    pub failure_code: Option<String>,
    pub failure_message: Option<String>,
    pub livemode: bool,
    pub metadata: BTreeMap<String, String>,
    pub paid: bool,
    pub payment_intent: String,
    pub payment_method: Option<String>,
    pub refunded: bool,
    pub status: String,
}

impl Charge {
    /// Counts what a refund gives back, or, as a negative amount, what a failed one did not.
    pub fn add_refunded(&mut self, amount: i64) {
        self.amount_refunded += amount;
        self.refunded = self.amount_refunded == self.amount_captured;
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
