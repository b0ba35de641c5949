//! What can be undone, and until when. Every cutoff is fine for every actor: customers who may call an order off for longer
//! than staff lead nowhere wrong, because staff has an override.

use super::{Report, bounds, plain};
use crate::store::Policies;

pub(super) fn check(policies: &Policies, report: &mut Report) {
    let returns = &policies.returns;
    report.range("/policies/returns/window_days", returns.window_days, 0..=bounds::RETURN_DAYS);
    let pointer = "/policies/returns/reasons";
    if returns.reasons.is_empty() {
        report.add(pointer, "required", "at least one reason");
    }
    report.at_most(pointer, returns.reasons.len(), bounds::REASONS);
    report.unique(pointer, returns.reasons.iter().map(|reason| plain(reason)), |at| at.to_string());
    for (at, reason) in returns.reasons.iter().enumerate() {
        report.text(format!("{pointer}/{at}"), reason, bounds::REASON);
    }
}
