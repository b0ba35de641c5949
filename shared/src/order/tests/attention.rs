//! What a person must look at, from when until when.

use super::super::attention::{Need, RETURN_PATIENCE_SECONDS, attention, is_open};
use super::super::fixtures::*;
use super::super::labels::RETRY_LABEL_AFTER_SECONDS;
use super::super::payment::PROVIDER_PATIENCE_SECONDS;
use super::super::*;
use crate::carrier::Refusal;

/// What is needed of the order now, with since when, and whether its log alone says so.
#[track_caller]
fn needs(case: &Case, of_log: &[(Need, Timestamp)], of_time: &[(Need, Timestamp)]) {
    let found = attention(&case.order, case.now).into_iter().map(|found| (found.need, found.since));
    let mut wanted: Vec<_> = of_log.iter().chain(of_time).cloned().collect();
    wanted.sort_by_key(|(_, since)| *since);
    assert_eq!(found.collect::<Vec<_>>(), wanted);
    assert_eq!(is_open(&case.order), !of_log.is_empty());
}

#[test]
fn an_order_on_its_way_needs_nobody() {
    for mut case in [Case::paid(), Case::cod(), Case::reserved()] {
        needs(&case, &[], &[]);
        case.deliver();
        needs(&case, &[], &[]);
    }
    needs(&Case::new(placed(&redirect())), &[], &[]);
}

#[test]
fn a_refund_that_failed_needs_somebody_until_it_is_paid_in_one_way_or_another() {
    let mut case = Case::paid();
    case.staff(&refund("r1", of_amount(500)));
    needs(&case, &[], &[]);
    case.later(60);
    let refund = case.refund_fails().id;
    let failed = (Need::RefundFailed { refund: refund.clone() }, case.now);
    needs(&case, std::slice::from_ref(&failed), &[]);
    let mut retried = case.clone();
    retried.later(60);
    retried.staff(&Command::RetryRefund { refund: refund.clone() });
    needs(&retried, &[], &[]);
    let mut settled = case.clone();
    settled.staff(&Command::SettleRefund { refund, reference: "bank transfer".into() });
    needs(&settled, &[], &[]);
}

#[test]
fn a_failed_refund_whose_money_went_back_otherwise_needs_nobody_any_more() {
    let mut case = Case::paid();
    case.staff(&refund("r1", of_amount(500)));
    case.refund_fails();
    assert!(is_open(&case.order));
    case.staff(&refund("r2", RefundWish::Full));
    case.refund_done();
    needs(&case, &[], &[]);
}

#[test]
fn a_label_that_is_refused_needs_somebody_at_once_or_when_its_last_try_has_failed() {
    let refuse = |case: &mut Case, code: &str| {
        let known = case.order.label_news(1);
        let refusal = Refusal::new(code, "not like this");
        case.system(&Command::RecordLabel { parcel: 1, report: LabelReport::NoRate { known, refusal } });
    };
    let failed = |case: &Case| (Need::LabelFailed { parcel: 1 }, case.now);
    let mut case = Case::paid();
    case.system(&Command::PREPARE);
    for pause in RETRY_LABEL_AFTER_SECONDS {
        refuse(&mut case, "carrier_timeout");
        needs(&case, &[], &[]);
        case.later(pause);
    }
    refuse(&mut case, "carrier_timeout");
    needs(&case, &[failed(&case)], &[]);
    case.staff(&Command::WantLabel { parcel: 1, request: request("w1", &1) });
    needs(&case, &[], &[]);
    case.later(60);
    refuse(&mut case, "customs_declaration_needed");
    needs(&case, &[failed(&case)], &[]);
    assert_eq!(case.order.next_label(case.now.plus_seconds(86_400), true, &[2].into()), LabelStep::Done);
    case.staff(&Command::SHIP);
    needs(&case, &[], &[]);
}

#[test]
fn cash_that_goes_back_is_paid_by_hand() {
    let mut case = Case::cod();
    case.deliver();
    case.staff(&refund("r1", of_amount(500)));
    let refund = case.last_refund();
    needs(&case, &[(Need::RefundByHand { refund: refund.id.clone() }, refund.since)], &[]);
    case.staff(&Command::SettleRefund { refund: refund.id, reference: "cash".into() });
    needs(&case, &[], &[]);
}

#[test]
fn a_dispute_needs_an_answer_until_the_bank_has_decided() {
    let mut case = Case::paid();
    let dispute = |won| Command::RecordDispute {
        dispute: "dp_1".into(),
        amount: cents(500),
        reason: "fraudulent".into(),
        won,
    };
    case.system(&dispute(None));
    let since = case.now;
    case.later(DAY_SECONDS);
    needs(&case, &[(Need::Dispute { dispute: "dp_1".into() }, since)], &[]);
    case.system(&dispute(Some(false)));
    needs(&case, &[], &[]);
}

#[test]
fn a_return_needs_an_answer_and_is_asked_after_when_it_does_not_come() {
    let mut case = Case::delivered();
    case.customer(&send_back("b1", &[units(1, 1)]));
    let asked = case.now;
    needs(&case, &[(Need::ReturnRequested { id: 1 }, asked)], &[]);
    case.later(60);
    case.staff(&Command::ApproveReturn { id: 1 });
    needs(&case, &[], &[]);
    case.later(RETURN_PATIENCE_SECONDS - 1);
    needs(&case, &[], &[]);
    case.later(1);
    needs(&case, &[], &[(Need::ReturnOverdue { id: 1 }, case.now)]);
    case.staff(&receive(1, None));
    case.refund_done();
    needs(&case, &[], &[]);
}

#[test]
fn what_has_left_and_cannot_be_paid_any_more_needs_somebody() {
    let mut case = Case::reserved();
    case.ship();
    needs(&case, &[], &[]);
    case.later(60);
    case.system(&canceled(intent("pi_1")));
    let since = case.now;
    needs(&case, &[(Need::Unpaid, since)], &[]);
    case.system(&Command::DELIVER);
    needs(&case, &[(Need::Unpaid, since)], &[]);
}

#[test]
fn a_delivery_is_overdue_when_its_day_is_over() {
    let mut case = Case::paid();
    let promised = case.order.estimated_delivery.date();
    let next = promised.next_day().expect("not the last day").midnight().assume_utc();
    let over = Timestamp::from_seconds(next.unix_timestamp());
    case.later(over.seconds_since(case.now) - 1);
    needs(&case, &[], &[]);
    case.later(1);
    needs(&case, &[], &[(Need::DeliveryOverdue, over)]);
    case.ship();
    needs(&case, &[], &[(Need::DeliveryOverdue, over)]);
    let mut off = Case::paid();
    off.customer(&cancel());
    off.refund_done();
    off.now = case.now;
    needs(&off, &[], &[]);
    case.system(&Command::DELIVER);
    needs(&case, &[], &[]);
}

#[test]
fn stock_that_nobody_paid_for_in_time_should_be_free_by_now() {
    let mut case = Case::new(placed(&card()));
    case.system(&created("pi_1"));
    case.later(HOLD_SECONDS + PROVIDER_PATIENCE_SECONDS - 1);
    needs(&case, &[], &[]);
    case.later(1);
    needs(&case, &[], &[(Need::StillHeld, case.now)]);
    case.system(&Command::Expire);
    needs(&case, &[], &[]);
}

#[test]
fn what_waits_longest_comes_first_and_each_need_has_a_name_of_its_own() {
    let mut case = Case::delivered();
    case.customer(&send_back("b1", &[units(1, 1)]));
    case.later(60);
    case.staff(&refund("r1", of_amount(100)));
    case.refund_fails();
    let names: Vec<_> = attention(&case.order, case.now).iter().map(|found| found.need.name()).collect();
    assert_eq!(names, ["return_requested", "refund_failed"]);
}
