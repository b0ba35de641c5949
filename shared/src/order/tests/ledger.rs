//! The ledger: every movement of money, and what it comes to.

use super::super::fixtures::*;
use super::super::*;

fn entries(case: &Case) -> Vec<(&'static str, i64, i64)> {
    let row = |entry: &Entry<'_>| (entry.kind.name(), entry.amount.minor(), entry.sums.balance_minor());
    case.order.ledger().iter().map(row).collect()
}

#[test]
fn every_movement_is_an_entry_with_what_is_missing_after_it() {
    let mut case = Case::paid();
    case.customer(&cancel_lines("c1", &[units(1, 1)]));
    case.refund_done();
    case.staff(&refund("r1", goodwill(200)));
    case.refund_fails();
    case.deliver();
    let expected = [
        ("charge", 8516, 8516),
        ("capture", 8516, 0),
        ("credit", 1076, -1076),
        ("refund_requested", 1076, -1076),
        ("refund", 1076, 0),
        ("goodwill", 200, -200),
        ("refund_requested", 200, -200),
        ("refund_failed", 200, -200),
    ];
    assert_eq!(entries(&case), expected);
    let last = case.order.ledger().last().map(|entry| entry.sums);
    assert_eq!(last, Some(case.order.sums()));
}

#[test]
fn what_is_paid_at_the_door_is_its_own_kind_of_entry() {
    let mut case = Case::cod();
    case.deliver();
    assert_eq!(entries(&case), [("charge", 8516, 8516), ("cod_collection", 8516, 0)]);
}

#[test]
fn a_reservation_is_no_money_until_it_is_taken() {
    let mut case = Case::reserved();
    assert_eq!(entries(&case), [("charge", 8516, 8516), ("authorization", 8516, 8516)]);
    case.customer(&cancel());
    case.system(&canceled(intent("pi_1")));
    assert_eq!(entries(&case)[2..], [("credit", 8516, 0), ("void", 8516, 0)]);
}

#[test]
fn an_order_that_is_called_off_unpaid_comes_to_nothing() {
    let mut case = Case::new(placed(&card()));
    case.customer(&cancel());
    assert_eq!(entries(&case), [("charge", 8516, 8516), ("credit", 8516, 0)]);
}

#[test]
fn a_refund_made_outside_pays_first_what_the_store_owed_and_the_rest_is_credited() {
    let mut case = Case::paid();
    case.customer(&cancel_lines("c1", &[units(1, 1)]));
    case.refund_fails();
    let outside = Command::RecordOutsideRefund { provider: "re_9".into(), amount: cents(2000) };
    case.system(&outside);
    // Both are one event, after which nothing is missing.
    assert_eq!(entries(&case)[5..], [("credit", 924, 0), ("refund", 2000, 0)]);
    assert_eq!(case.order.sums().owed(), cents(8516 - 2000));
}

#[test]
fn a_dispute_takes_money_away_and_a_won_one_brings_it_back() {
    let mut case = Case::paid();
    let dispute = |won| Command::RecordDispute {
        dispute: "dp_1".into(),
        amount: cents(8516),
        reason: "product_not_received".into(),
        won,
    };
    case.system(&dispute(None));
    case.system(&dispute(Some(true)));
    assert_eq!(entries(&case)[2..], [("dispute", 8516, 8516), ("dispute_won", 8516, 0)]);
}

#[test]
fn of_several_disputes_the_one_that_was_won_comes_back() {
    let mut case = Case::paid();
    for (id, minor, won) in
        [("dp_1", 3000, None), ("dp_2", 2000, None), ("dp_2", 2000, Some(true)), ("dp_1", 3000, Some(false))]
    {
        let (dispute, reason) = (id.to_owned(), "fraudulent".to_owned());
        case.system(&Command::RecordDispute { dispute, amount: cents(minor), reason, won });
    }
    let sums = case.order.sums();
    assert_eq!((sums.disputed(), sums.refundable()), (cents(3000), cents(5516)));
}

#[test]
fn nothing_that_is_credited_twice_makes_less_than_nothing_owed() {
    let mut case = Case::paid();
    case.staff(&refund("r1", goodwill(8000)));
    case.customer(&cancel_lines("c1", &[units(1, 3), units(2, 2)]));
    assert_eq!(case.order.sums().owed(), cents(0));
    case.customer(&cancel());
    assert_eq!((case.money(), case.order.sums().balance_minor()), ([0, 8516, 0, 8516], -8516));
}
