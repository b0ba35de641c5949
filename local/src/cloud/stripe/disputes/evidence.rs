//! What a seller says to a dispute (Stripe API docs, "Update a dispute").

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::error::{ApiError, Failure};
use super::super::form::Params;
use super::super::store::{Work, to_json};
use super::{Dispute, Status, decide_later};

/// The evidence that is text, and that which is an uploaded file, which the fake does not take.
const TEXTS: [&str; 18] = [
    "access_activity_log",
    "billing_address",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_tracking_number",
    "uncategorized_text",
];
const FILES: [&str; 9] = [
    "cancellation_policy",
    "customer_communication",
    "customer_signature",
    "duplicate_charge_documentation",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_documentation",
    "uncategorized_file",
];
/// Days until the end of which a bank waits for an answer: the shortest that Stripe names (docs, "Respond to disputes":
/// 7 to 21).
const ANSWERED_WITHIN: i64 = 7;
const DAY: i64 = 24 * 60 * 60;

/// What Stripe knows of the evidence: `evidence_details`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Details {
    due_by: i64,
    has_evidence: bool,
    past_due: bool,
    submission_count: i64,
}

impl Details {
    pub fn due_after(created: i64) -> Self {
        let due_by = (created / DAY + ANSWERED_WITHIN + 1) * DAY - 1;
        Self { due_by, has_evidence: false, past_due: false, submission_count: 0 }
    }
}

/// Every field, empty.
pub(super) fn none() -> BTreeMap<String, Option<String>> {
    TEXTS.iter().chain(&FILES).map(|name| ((*name).to_owned(), None)).collect()
}

/// The parameters of `POST /v1/disputes/{id}`.
pub(in super::super) struct Update {
    evidence: Vec<(&'static str, String)>,
    metadata: BTreeMap<String, String>,
    submit: bool,
}

impl Update {
    pub fn parse(params: &mut Params) -> Result<Self, ApiError> {
        let texts = TEXTS.iter().filter_map(|name| Some((*name, params.text(&format!("evidence[{name}]"))?)));
        Ok(Self {
            evidence: texts.collect(),
            metadata: params.metadata("metadata")?,
            submit: params.flag("submit")?.unwrap_or(true),
        })
    }

    /// The words that decide a test dispute do so a while later, as Stripe does it (Stripe docs, "Testing": disputes).
    pub fn run(self, work: &Work<'_>, id: &str) -> Result<Value, Failure> {
        let mut dispute: Dispute = work.find(id, "dispute")?;
        dispute.expect_open()?;
        dispute.metadata.extend(self.metadata);
        for (name, text) in self.evidence {
            dispute.evidence.insert(name.to_owned(), Some(text));
            dispute.evidence_details.has_evidence = true;
        }
        let verdict = dispute.verdict();
        if self.submit && dispute.evidence_details.has_evidence {
            dispute.evidence_details.submission_count += 1;
            let inquiry = dispute.status.is_inquiry();
            dispute.status = if inquiry { Status::WarningUnderReview } else { Status::UnderReview };
            if let Some(verdict) = verdict {
                decide_later(work, &dispute, verdict)?;
            }
        }
        work.save(&dispute)?;
        work.emit("charge.dispute.updated", &dispute)?;
        Ok(to_json(&dispute)?)
    }
}

impl Dispute {
    /// What the bank will say to the evidence, as far as that can be known.
    fn verdict(&self) -> Option<Status> {
        let text = self.evidence.get("uncategorized_text")?.as_deref()?;
        match (text, self.status.is_inquiry()) {
            ("winning_evidence", false) => Some(Status::Won),
            ("losing_evidence", false) => Some(Status::Lost),
            ("losing_evidence", true) => Some(Status::WarningClosed),
            ("escalate_inquiry_evidence", true) => Some(Status::NeedsResponse),
            _ => None,
        }
    }
}
