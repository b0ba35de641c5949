//! Refunds that the provider refuses, or takes and fails later (C4).

use super::super::fixtures::*;
use super::super::payment::{Step, next_step};
use super::super::*;

const HOUR: i64 = 60 * 60;

fn too_much(refundable: i64) -> Rejection {
    Rejection::RefundExceedsCaptured { refundable: cents(refundable) }
}

fn step(case: &Case) -> Step {
    next_step(&case.order, case.now)
}

fn outside(provider: &str, amount: i64) -> Command {
    Command::RecordOutsideRefund { provider: provider.into(), amount: cents(amount) }
}

fn settle(refund: &Refund) -> Command {
    Command::SettleRefund { refund: refund.id.clone(), reference: format!("SEPA {}", refund.id) }
}

fn retry(refund: &Refund) -> Command {
    Command::RetryRefund { refund: refund.id.clone() }
}

fn staffs_actions(case: &Case) -> Vec<&'static str> {
    available_actions(&case.order, &case.document, Role::Staff, case.now)
}

#[test]
fn a_refund_that_the_provider_refused_is_asked_for_after_an_hour_six_and_a_day_and_then_left_to_staff() {
    let mut case = Case::paid();
    case.staff(&refund("r1", of_amount(1000)));
    let id = case.last_refund().id;
    for (attempt, wait) in [(0, HOUR), (1, 6 * HOUR), (2, 24 * HOUR)] {
        case.refund_fails();
        let failed = case.last_refund();
        assert_eq!((failed.attempt, failed.failure_code.as_deref()), (attempt, Some("insufficient_funds")));
        assert_eq!(step(&case), Step::WaitUntil(case.now.plus_seconds(wait)));
        case.later(wait - 1);
        assert!(matches!(step(&case), Step::WaitUntil(_)));
        case.later(1);
        assert_eq!(step(&case), Step::RetryRefund(id.clone()));
        case.system(&Command::RetryRefund { refund: id.clone() });
        let Step::Refund { refund, look_up: false } = step(&case) else { panic!("{:?}", step(&case)) };
        assert_eq!((refund.id, refund.attempt), (id.clone(), attempt + 1));
    }
    case.refund_fails();
    case.later(365 * 24 * HOUR);
    assert_eq!(step(&case), Step::Done);
    assert_eq!(case.money(), [7516, 8516, 0, 0]);
    assert_eq!(case.order.sums().balance_minor(), -1000, "it is still owed to the customer, and visible");
    case.staff(&Command::SettleRefund { refund: id, reference: "SEPA 42".into() });
    assert_eq!((case.money(), case.order.sums().balance_minor()), ([7516, 8516, 1000, 0], 0));
}

#[test]
fn a_refusal_of_an_earlier_attempt_is_old_news() {
    let mut case = Case::paid();
    case.staff(&refund("r1", of_amount(1000)));
    let id = case.refund_fails().id;
    let refused = RefundReport::Failed { attempt: 0, code: "insufficient_funds".into() };
    let refused = Command::RecordRefund { refund: id.clone(), report: refused };
    assert_eq!(case.system(&refused), []);
    case.staff(&Command::RetryRefund { refund: id });
    assert_eq!(case.system(&refused), []);
    case.refund_done();
    assert_eq!((case.system(&refused), case.money()), (vec![], [7516, 8516, 1000, 0]));
}

#[test]
fn a_refund_that_the_bank_sends_back_after_it_was_done_is_owed_again_and_asked_for_again() {
    let mut case = Case::paid();
    case.staff(&refund("r1", of_amount(1000)));
    let done = case.refund_done();
    assert_eq!(case.money(), [7516, 8516, 1000, 0]);
    case.later(5 * 24 * HOUR);
    case.refund_fails();
    assert_eq!((case.money(), case.order.sums().balance_minor()), ([7516, 8516, 0, 0], -1000));
    // The provider's older word that it was done comes late.
    let report = RefundReport::Done { provider: format!("re_{}", done.id) };
    assert_eq!(case.system(&Command::RecordRefund { refund: done.id.clone(), report }), []);
    case.later(HOUR);
    assert_eq!(step(&case), Step::RetryRefund(done.id));
}

#[test]
fn what_staff_has_paid_in_another_way_is_not_reopened_by_the_providers_refusal_told_twice() {
    let mut case = Case::paid();
    case.staff(&refund("r1", of_amount(1000)));
    let failed = case.refund_fails();
    case.staff(&Command::SettleRefund { refund: failed.id.clone(), reference: "SEPA 42".into() });
    let report = RefundReport::Failed { attempt: failed.attempt, code: "insufficient_funds".into() };
    assert_eq!(case.system(&Command::RecordRefund { refund: failed.id, report }), []);
    case.later(48 * HOUR);
    assert_eq!((case.money(), step(&case)), ([7516, 8516, 1000, 0], Step::Done));
}

#[test]
fn a_refund_that_failed_is_not_promised_so_its_money_can_be_gone_when_it_is_asked_for_again() {
    let mut case = Case::paid();
    case.staff(&refund("r1", of_amount(5000)));
    let id = case.refund_fails().id;
    case.staff(&refund("r2", of_amount(4000)));
    let settle = Command::SettleRefund { refund: id.clone(), reference: "SEPA 42".into() };
    for again in [Command::RetryRefund { refund: id }, settle] {
        assert_eq!(case.refuses(&staff(), &again), too_much(4516));
    }
    assert!(!available_actions(&case.order, &case.document, Role::Staff, case.now).contains(&"retry_refund"));
}

#[test]
fn a_refund_that_nobody_requested_cannot_be_retried_settled_or_done() {
    let mut case = Case::paid();
    case.staff(&refund("r1", of_amount(1000)));
    case.refund_fails();
    let refund = || "refund-77".to_owned();
    let done = RefundReport::Done { provider: "re_1".into() };
    assert_eq!(case.refuses(&staff(), &Command::RetryRefund { refund: refund() }), Rejection::UnknownRefund);
    let settle = Command::SettleRefund { refund: refund(), reference: "x".into() };
    assert_eq!(case.refuses(&staff(), &settle), Rejection::UnknownRefund);
    let record = Command::RecordRefund { refund: refund(), report: done };
    assert_eq!(case.refuses(&Actor::Provider, &record), Rejection::UnknownRefund);
}

#[test]
fn a_refund_of_ours_that_failed_and_was_made_at_the_provider_is_done_with_it() {
    let mut case = Case::paid();
    case.customer(&cancel());
    case.refund_fails();
    case.system(&outside("re_9", 8516));
    assert_eq!((case.last_refund().state, case.money()), (RefundState::Done, [0, 8516, 8516, 0]));
    assert_eq!(step(&case), Step::Done);
}

/// What followed by itself once took the failed refund's money, after which nobody could pay that one any more.
#[test]
fn what_is_called_off_takes_no_money_of_a_refund_that_failed_so_that_both_are_paid() {
    let failed_first = |wish: RefundWish| {
        let mut case = Case::paid();
        case.staff(&refund("r1", wish));
        case.refund_fails();
        case
    };
    let mut whole = failed_first(of_amount(5000));
    whole.customer(&cancel());
    assert_eq!(whole.refund_fails().amount, cents(8516 - 5000));
    let mut part = failed_first(goodwill(8000));
    part.customer(&cancel_lines("c1", &[units(2, 2)]));
    assert_eq!(part.refund_fails().amount, cents(516), "more is not owed");
    let mut last = failed_first(of_lines(&[units(1, 3)]));
    last.customer(&cancel_lines("c1", &[units(1, 3), units(2, 2), units(3, 7)]));
    assert_eq!(last.refund_fails().amount, cents(8516 - 3228));
    let mut returned = failed_first(of_amount(8000));
    returned.deliver();
    returned.customer(&send_back("t1", &[units(2, 2)]));
    returned.staff(&Command::ApproveReturn { id: 1 });
    returned.staff(&receive(1, None));
    assert_eq!(returned.refund_fails().amount, cents(516));
    for case in [whole, part, last, returned] {
        let refunds = case.order.refunds();
        assert_eq!((refunds.len(), case.order.unpromised()), (2, cents(0)));
        for turned in [refunds.clone(), refunds.into_iter().rev().collect()] {
            let (mut settled, mut retried) = (case.clone(), case.clone());
            for refund in &turned {
                settled.staff(&settle(refund));
                retried.staff(&retry(refund));
            }
            assert_eq!((settled.money(), settled.order.sums().balance_minor()), ([0, 8516, 8516, 0], 0));
            assert_eq!(retried.money(), [0, 8516, 0, 8516]);
        }
    }
}

#[test]
fn a_failed_refund_that_cannot_be_paid_any_more_keeps_no_money_from_others() {
    let mut case = Case::paid();
    case.staff(&refund("r1", of_amount(5000)));
    let failed = case.refund_fails();
    case.staff(&refund("r2", of_amount(4000)));
    assert_eq!(case.order.unpromised(), cents(4516));
    case.customer(&cancel());
    assert_eq!((case.last_refund().amount, case.money()), (cents(4516), [0, 8516, 0, 8516]));
    assert_eq!(case.refuses(&staff(), &settle(&failed)), too_much(0));
}

#[test]
fn a_refund_that_was_tried_as_often_as_it_can_be_is_settled_and_not_tried_again() {
    let mut case = Case::paid();
    case.staff(&refund("r1", of_amount(1000)));
    for _ in 0..crate::limits::REFUND_ATTEMPTS {
        let failed = case.refund_fails();
        assert!(staffs_actions(&case).contains(&"retry_refund"));
        case.staff(&retry(&failed));
    }
    let failed = case.refund_fails();
    let too_many = Rejection::TooMany { what: "attempts at this refund" };
    for actor in [staff(), Actor::Worker] {
        assert_eq!(case.refuses(&actor, &retry(&failed)), too_many);
    }
    let open = staffs_actions(&case);
    assert!(!open.contains(&"retry_refund") && open.contains(&"settle_refund"), "{open:?}");
    // Another one can be tried, and this one cannot for all that.
    let mut two = case.clone();
    two.staff(&refund("r2", of_amount(10)));
    let other = two.refund_fails();
    assert!(staffs_actions(&two).contains(&"retry_refund"));
    assert_eq!(two.refuses(&staff(), &retry(&failed)), too_many);
    two.staff(&retry(&other));
    case.staff(&settle(&failed));
    assert_eq!((case.money(), case.order.sums().balance_minor()), ([7516, 8516, 1000, 0], 0));
}
