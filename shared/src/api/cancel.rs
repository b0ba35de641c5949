//! Calling an order off, or a part of it, on the wire (C3).

use serde::{Deserialize, Serialize};

use super::units::{AskedUnits, check_units};
use super::{FieldError, check_words, wire};
use crate::limits;

/// `POST /orders/{id}/cancel`: the request; the body may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelOrder {
    /// Why; `customer_request` or `staff_request` if it is left out.
    #[serde(default)]
    pub reason: Option<String>,
    /// The part that is called off; all of it if it is left out.
    #[serde(default, deserialize_with = "wire::given_list")]
    pub lines: Option<Vec<AskedUnits>>,
    /// Why staff goes beyond the store's policy.
    #[serde(default)]
    pub override_reason: Option<String>,
}

impl CancelOrder {
    /// What breaks a rule.
    pub fn check(&self) -> Vec<FieldError> {
        let reason = self.reason.as_deref().and_then(|text| check_words("/reason", text, limits::REASON));
        let overriding = self.override_reason.as_deref();
        let overriding = overriding.and_then(|text| check_words("/override_reason", text, limits::REASON));
        let lines = self.lines.as_deref().map(check_units).unwrap_or_default();
        reason.into_iter().chain(overriding).chain(lines).collect()
    }
}
