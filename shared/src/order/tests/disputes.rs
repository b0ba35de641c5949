//! What banks take back for customers, and give the store again.

use super::super::fixtures::*;
use super::super::payment::{Step, next_step};
use super::super::*;

pub(super) fn dispute(amount: i64, won: Option<bool>) -> Command {
    Command::RecordDispute { dispute: "dp_1".into(), amount: cents(amount), reason: "fraudulent".into(), won }
}

fn too_much(refundable: i64) -> Rejection {
    Rejection::RefundExceedsCaptured { refundable: cents(refundable) }
}

#[test]
fn a_dispute_lowers_what_can_be_refunded_until_it_is_won() {
    let mut case = Case::paid();
    case.system(&dispute(8000, None));
    assert_eq!(case.system(&dispute(8000, None)), []);
    assert_eq!(case.refuses(&staff(), &refund("r1", of_amount(517))), too_much(516));
    case.system(&dispute(8000, Some(true)));
    assert_eq!(case.system(&dispute(8000, Some(true))), []);
    assert_eq!((case.order.sums().disputed(), case.order.sums().refundable()), (cents(0), cents(8516)));
}

#[test]
fn a_dispute_that_is_lost_keeps_the_money_away_and_one_told_late_is_told_whole() {
    let mut case = Case::paid();
    let events = case.system(&dispute(8000, Some(false)));
    assert_eq!(events.iter().map(EventKind::name).collect::<Vec<_>>(), ["disputed", "dispute_closed"]);
    assert_eq!(case.system(&dispute(8000, None)), [], "the news that it began, after its end");
    assert_eq!(case.order.sums().refundable(), cents(516));
    assert_eq!(case.order.sums().balance_minor(), 8000, "the store has so much less than is owed");
}

/// There was no money to pay it back with when it was called off.
#[test]
fn what_was_called_off_while_the_bank_had_the_money_goes_back_once_the_dispute_is_won() {
    let mut whole = Case::paid();
    whole.system(&dispute(8516, None));
    whole.customer(&cancel());
    assert!(whole.order.refunds().is_empty(), "the bank has it");
    let mut part = Case::paid();
    part.system(&dispute(8000, None));
    part.customer(&cancel_lines("c1", &[units(2, 2)]));
    assert_eq!(part.refund_done().amount, cents(516), "all that was there");
    for (mut case, owed, back) in [(whole, 0, 8516), (part, 4666, 3850 - 516)] {
        let mut lost = case.clone();
        let events = case.system(&dispute(8000, Some(true)));
        let names: Vec<_> = events.iter().map(EventKind::name).collect();
        assert_eq!(names, ["dispute_closed", "refund_requested"]);
        assert_eq!((case.last_refund().amount, case.last_refund().cause), (cents(back), Cause::Overpaid));
        assert_eq!(case.system(&dispute(8000, Some(true))), [], "told twice");
        case.refund_done();
        assert_eq!((case.money(), case.order.sums().balance_minor()), ([owed, 8516, 8516 - owed, 0], 0));
        assert_eq!(lost.system(&dispute(8000, Some(false))).len(), 1, "what is lost pays nothing back");
    }
}

#[test]
fn what_came_back_while_the_bank_had_the_money_goes_back_once_the_dispute_is_won() {
    let mut case = Case::delivered();
    case.system(&dispute(8516, None));
    case.customer(&send_back("t1", &[units(2, 2)]));
    case.staff(&Command::ApproveReturn { id: 1 });
    case.staff(&receive(1, None));
    assert!(case.order.refunds().is_empty());
    case.system(&dispute(8516, Some(true)));
    assert_eq!(case.refund_done().amount, cents(3850));
    assert_eq!((case.money(), case.order.sums().balance_minor()), ([4666, 8516, 3850, 0], 0));
}

#[test]
fn a_dispute_that_is_won_pays_no_more_than_nobody_else_is_promised() {
    // What failed is asked for again by itself, as soon as its money is there.
    let mut failed = Case::paid();
    failed.staff(&refund("r1", of_amount(1000)));
    failed.refund_fails();
    failed.system(&dispute(8516, None));
    failed.customer(&cancel_lines("c1", &[units(2, 2)]));
    failed.system(&dispute(8516, Some(true)));
    assert_eq!(failed.last_refund().amount, cents(3850));
    failed.refund_done();
    failed.later(DAY_SECONDS);
    let first = failed.order.refunds()[0].id.clone();
    assert_eq!(next_step(&failed.order, failed.now), Step::RetryRefund(first));
    // What is on its way counts, too.
    let mut asked = Case::paid();
    asked.customer(&cancel_lines("c1", &[units(2, 2)]));
    asked.system(&dispute(4000, None));
    assert_eq!(asked.system(&dispute(4000, Some(true))).len(), 1);
    // And a dispute that is told of only when it is over took nothing.
    let mut late = Case::paid();
    late.customer(&cancel());
    late.refund_done();
    assert_eq!(late.system(&dispute(8516, Some(true))).len(), 2);
    assert_eq!((late.money(), late.order.sums().balance_minor()), ([0, 8516, 8516, 0], 0));
}

#[test]
fn of_several_disputes_each_that_is_won_pays_what_was_its_own() {
    let named = |dispute: &str, minor, won| {
        let (dispute, reason) = (dispute.to_owned(), "fraudulent".to_owned());
        Command::RecordDispute { dispute, amount: cents(minor), reason, won }
    };
    let mut case = Case::paid();
    case.system(&named("dp_1", 3000, None));
    case.system(&named("dp_2", 5000, None));
    case.customer(&cancel());
    assert_eq!(case.refund_done().amount, cents(516));
    case.system(&named("dp_2", 5000, Some(true)));
    assert_eq!(case.refund_done().amount, cents(5000));
    case.system(&named("dp_1", 3000, Some(true)));
    assert_eq!(case.refund_done().amount, cents(3000));
    assert_eq!((case.money(), case.order.sums().balance_minor()), ([0, 8516, 8516, 0], 0));
}
