//! The rules of an order, as sentences.

#[cfg(test)]
mod attention;
#[cfg(test)]
mod cancel;
#[cfg(test)]
mod capture;
#[cfg(test)]
mod disputes;
#[cfg(test)]
mod effects;
#[cfg(test)]
mod explore;
#[cfg(test)]
mod fulfilment;
#[cfg(test)]
mod labels;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod notes;
#[cfg(test)]
mod parcels;
#[cfg(test)]
mod payments;
#[cfg(test)]
mod refunds;
#[cfg(test)]
mod refunds_failed;
#[cfg(test)]
mod returns;
#[cfg(test)]
mod returns_received;
#[cfg(test)]
mod table;
#[cfg(test)]
mod words;

use super::fixtures::{Case, cancel, cancel_lines, units};
use super::{Event, apply};

#[test]
fn the_state_is_what_the_log_says() {
    let mut case = Case::reserved();
    case.customer(&cancel_lines("c1", &[units(1, 1)]));
    case.customer(&cancel());
    let replayed = case.order.log.iter().fold(None, |state, Event { at, actor, kind, .. }| {
        apply(state, std::slice::from_ref(kind), actor, *at)
    });
    assert_eq!(replayed, Some(case.order));
}
