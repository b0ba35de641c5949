//! Sending goods back (C5).

use super::super::fixtures::*;
use super::super::payment::{PaymentStatus, Step, next_step};
use super::super::*;
use crate::store::Settings;

fn approve(id: u16) -> Command {
    Command::ApproveReturn { id }
}

fn reject(id: u16) -> Command {
    Command::RejectReturn { id, reason: "used".into() }
}

fn arrived(line: u16, restocked: u32, scrapped: u32) -> Received {
    Received { line, restocked, scrapped }
}

fn not_enough(line: u16, left: u32) -> Rejection {
    Rejection::NotEnoughUnits { line, left }
}

/// Delivered under these settings.
fn delivered_under(settings: Settings) -> Case {
    let mut case = Case::new(placed_under(&card(), settings));
    case.pay("pi_1");
    case.deliver();
    case
}

fn restocked(case: &Case) -> Vec<(&str, String, u16, u32)> {
    let parts = case.effects.iter().flat_map(|effects| &effects.restocked);
    parts.map(|it| (it.warehouse.as_str(), it.sku.to_string(), it.bucket, it.quantity)).collect()
}

#[test]
fn what_comes_back_is_credited_to_its_line_and_refunded_once() {
    let mut case = Case::delivered();
    case.customer(&send_back("t1", &[units(1, 1), units(2, 1)]));
    case.staff(&approve(1));
    case.staff(&receive(1, None));
    let refund = case.refund_done();
    assert_eq!((refund.amount, refund.cause), (cents(1076 + 1925), Cause::Return(1)));
    let tally = |line| {
        let Tally { cancelled, credited, returning, returned } = case.order.tally(&case.document, line);
        [cancelled, credited, returning, returned]
    };
    assert_eq!([tally(1), tally(2), tally(3)], [[0, 1, 0, 1], [0, 1, 0, 1], [0, 0, 0, 0]]);
    let known = case.order.a_return(1).expect("a return");
    assert_eq!((known.state, known.amount), (ReturnState::Received, Some(cents(3001))));
    assert_eq!(known.refund, Some(refund.id));
    assert_eq!((case.money(), case.order.sums().balance_minor()), ([5515, 8516, 3001, 0], 0));
    assert_eq!(case.order.payment_status(), PaymentStatus::PartiallyRefunded);
    assert_eq!(case.order.status, Status::Delivered);
}

#[test]
fn nothing_is_sent_back_before_it_was_delivered() {
    let mut case = Case::paid();
    let action = Action::RequestReturn;
    let ask = send_back("t1", &[units(1, 1)]);
    for steps in [vec![], vec![Command::Prepare], vec![Command::Pack], vec![Command::Ship]] {
        for command in &steps {
            case.staff(command);
        }
        let status = case.order.status;
        assert_eq!(case.refuses(&Actor::Customer, &ask), Rejection::WrongStatus { action, status });
    }
    case.system(&Command::Deliver);
    case.customer(&ask);
}

#[test]
fn never_more_comes_back_than_was_delivered_and_is_not_on_its_way() {
    let mut case = Case::paid();
    case.customer(&cancel_lines("c1", &[units(1, 1)]));
    case.deliver();
    assert_eq!(case.refuses(&Actor::Customer, &send_back("t1", &[units(1, 3)])), not_enough(1, 2));
    case.customer(&send_back("t1", &[units(1, 1)]));
    // One was called off, one is asked for.
    assert_eq!(case.refuses(&Actor::Customer, &send_back("t2", &[units(1, 2)])), not_enough(1, 1));
    case.staff(&approve(1));
    assert_eq!(case.refuses(&Actor::Customer, &send_back("t2", &[units(1, 2)])), not_enough(1, 1));
    case.staff(&receive(1, None));
    assert_eq!(case.refuses(&Actor::Customer, &send_back("t2", &[units(1, 2)])), not_enough(1, 1));
    case.customer(&send_back("t2", &[units(1, 1)]));
    assert_eq!(case.refuses(&Actor::Customer, &send_back("t3", &[units(1, 1)])), not_enough(1, 0));
    case.customer(&send_back("t3", &[units(2, 2), units(3, 7)]));
    let again = send_back("t4", &[units(1, 1)]);
    assert_eq!(case.refuses(&Actor::Customer, &again), Rejection::NothingToReturn);
}

#[test]
fn a_return_that_is_rejected_sets_its_units_free() {
    let mut case = Case::delivered();
    for (id, key) in [(1, "t1"), (2, "t2")] {
        case.customer(&send_back(key, &[units(2, 2)]));
        assert_eq!(case.refuses(&Actor::Customer, &send_back("t9", &[units(2, 1)])), not_enough(2, 0));
        if id == 2 {
            case.staff(&approve(id));
        }
        case.staff(&reject(id));
        let known = case.order.a_return(id).expect("a return");
        assert_eq!((known.state, known.rejection_reason.as_deref()), (ReturnState::Rejected, Some("used")));
    }
    assert_eq!((case.order.refunds().len(), restocked(&case)), (0, vec![]));
    case.customer(&send_back("t3", &[units(2, 2)]));
}

#[test]
fn the_window_is_the_one_of_the_placement_to_the_second_and_staff_may_book_later() {
    let mut settings = settings();
    settings.policies.returns.window_days = 14;
    let mut case = delivered_under(settings);
    let end = start().plus_seconds(DAY_SECONDS + 14 * DAY_SECONDS);
    assert_eq!(case.order.return_until(&case.document), Some(end));
    let ask = send_back("t1", &[units(1, 1)]);
    case.now = end;
    assert!(case.decide(&Actor::Customer, &ask).is_ok());
    case.later(1);
    let closed = Rejection::ReturnWindowClosed { until: Some(end) };
    assert_eq!(case.refuses(&Actor::Customer, &ask), closed);
    assert_eq!(case.refuses(&Actor::Worker, &ask), Rejection::NotForRole { action: Action::RequestReturn });
    case.staff(&ask);
}

#[test]
fn where_nothing_can_be_sent_back_customers_cannot_and_staff_can() {
    let mut settings = settings();
    settings.policies.returns.window_days = 0;
    let mut case = delivered_under(settings);
    let ask = send_back("t1", &[units(1, 1)]);
    let closed = Rejection::ReturnWindowClosed { until: None };
    assert_eq!(case.refuses(&Actor::Customer, &ask), closed);
    case.staff(&ask);
}

#[test]
fn a_reason_is_one_of_those_of_the_placement() {
    let mut settings = settings();
    settings.policies.returns.reasons = vec!["broken".into(), "late".into()];
    let case = delivered_under(settings);
    let reasons = vec!["broken".to_owned(), "late".to_owned()];
    let why = case.refuses(&Actor::Customer, &send_back("t1", &[units(1, 1)]));
    assert_eq!(why, Rejection::UnknownReason { reasons });
}

#[test]
fn the_same_request_again_asks_for_nothing_more_and_its_key_serves_no_other() {
    let mut case = Case::delivered();
    let ask = send_back("t1", &[units(2, 2)]);
    case.customer(&ask);
    assert_eq!(case.customer(&ask), []);
    let other = send_back("t1", &[units(2, 1)]);
    assert_eq!(case.refuses(&Actor::Customer, &other), Rejection::KeyReused);
    assert_eq!(case.order.returns().len(), 1);
}

#[test]
fn deciding_and_receiving_twice_is_the_same_as_once() {
    let mut case = Case::delivered();
    case.customer(&send_back("t1", &[units(2, 2)]));
    case.staff(&approve(1));
    assert_eq!(case.staff(&approve(1)), []);
    case.staff(&receive(1, None));
    assert_eq!(case.staff(&receive(1, None)), []);
    assert_eq!(case.staff(&receive(1, Some(&[arrived(2, 2, 0)]))), [], "said in other words");
    let state = ReturnState::Received;
    let other = receive(1, Some(&[arrived(2, 1, 1)]));
    assert_eq!(case.refuses(&staff(), &other), Rejection::NoReturnOfThatState);
    case.customer(&send_back("t2", &[units(1, 1)]));
    case.staff(&approve(2));
    assert_eq!(case.refuses(&staff(), &other), Rejection::ReturnNotOpen { state });
    assert_eq!(case.refuses(&staff(), &reject(1)), Rejection::ReturnNotOpen { state });
    assert_eq!(case.refuses(&staff(), &receive(7, None)), Rejection::UnknownReturn);
    assert_eq!((case.order.refunds().len(), restocked(&case).len()), (1, 1));
}

#[test]
fn a_return_is_received_only_once_it_was_approved() {
    let mut case = Case::delivered();
    case.customer(&send_back("t1", &[units(2, 2)]));
    case.customer(&send_back("t2", &[units(1, 1)]));
    assert_eq!(case.refuses(&staff(), &receive(1, None)), Rejection::NoReturnOfThatState);
    case.staff(&approve(2));
    let state = ReturnState::Requested;
    assert_eq!(case.refuses(&staff(), &receive(1, None)), Rejection::ReturnNotOpen { state });
}

#[test]
fn what_can_be_sold_again_goes_to_where_it_came_from_and_what_cannot_goes_nowhere() {
    let mut case = Case::delivered();
    case.customer(&send_back("t1", &[units(1, 3), units(3, 7)]));
    case.staff(&approve(1));
    let lines = [arrived(1, 1, 2), arrived(3, 4, 3)];
    case.staff(&receive(1, Some(&lines)));
    assert_eq!(case.last_refund().amount, cents(3228 + 852), "scrap is paid back too");
    let expected = [
        ("north", "mug".to_owned(), 0, 1),
        ("south", "tea".to_owned(), 0, 3),
        ("south", "tea".to_owned(), 1, 1),
    ];
    assert_eq!(restocked(&case), expected);
}

#[test]
fn fewer_than_were_approved_are_paid_as_they_arrived_and_the_rest_can_be_sent_later() {
    let mut case = Case::delivered();
    case.customer(&send_back("t1", &[units(1, 2), units(2, 1)]));
    case.staff(&approve(1));
    let more = [arrived(1, 2, 1)];
    assert_eq!(case.refuses(&staff(), &receive(1, Some(&more))), not_enough(1, 2));
    let foreign = [arrived(3, 1, 0)];
    assert_eq!(case.refuses(&staff(), &receive(1, Some(&foreign))), not_enough(3, 0));
    case.staff(&receive(1, Some(&[arrived(1, 1, 0)])));
    assert_eq!(case.last_refund().amount, cents(1076));
    case.customer(&send_back("t2", &[units(1, 2), units(2, 2)]));
    case.staff(&approve(2));
    case.staff(&receive(2, None));
    assert_eq!(case.last_refund().amount, cents(1076 + 1076 + 3850));
}

#[test]
fn the_delivery_goes_back_with_the_last_unit_where_the_policy_says_so() {
    let mut settings = settings();
    settings.policies.returns.refund_delivery = true;
    let mut case = Case::new(placed_under(&card(), settings));
    case.pay("pi_1");
    case.customer(&cancel_lines("c1", &[units(1, 1)]));
    case.deliver();
    for (id, lines, amount) in
        [(1, vec![units(1, 2), units(2, 2)], 1076 + 1076 + 3850), (2, vec![units(3, 7)], 852 + 586)]
    {
        case.customer(&send_back(&format!("t{id}"), &lines));
        case.staff(&approve(id));
        case.staff(&receive(id, None));
        assert_eq!(case.last_refund().amount, cents(amount));
    }
    assert_eq!((case.money(), case.order.sums().balance_minor()), ([0, 8516, 0, 8516], -8516));
}

#[test]
fn the_delivery_stays_where_the_policy_does_not_say_otherwise_and_staff_decides_for_one_return() {
    let everything = [units(1, 3), units(2, 2), units(3, 7)];
    let mut case = Case::delivered();
    case.customer(&send_back("t1", &everything));
    case.staff(&approve(1));
    let mut kind = case.clone();
    case.staff(&receive(1, None));
    assert_eq!(case.money(), [586, 8516, 0, 7930]);
    kind.staff(&Command::ReceiveReturn { id: 1, lines: None, refund_delivery: Some(true) });
    assert_eq!(kind.money(), [0, 8516, 0, 8516]);

    let mut settings = settings();
    settings.policies.returns.refund_delivery = true;
    let mut strict = delivered_under(settings);
    strict.customer(&send_back("t1", &everything));
    strict.staff(&approve(1));
    strict.staff(&Command::ReceiveReturn { id: 1, lines: None, refund_delivery: Some(false) });
    assert_eq!(strict.money(), [586, 8516, 0, 7930]);
}

#[test]
fn the_delivery_goes_back_once_however_often_it_is_said() {
    let mut case = Case::delivered();
    for (id, line) in [(1, 1), (2, 2)] {
        case.customer(&send_back(&format!("t{id}"), &[units(line, 1)]));
        case.staff(&approve(id));
        case.staff(&Command::ReceiveReturn { id, lines: None, refund_delivery: Some(true) });
    }
    let amounts: Vec<_> = case.order.refunds().iter().map(|refund| refund.amount.minor()).collect();
    assert_eq!(amounts, [1076 + 586, 1925]);
}

#[test]
fn a_line_that_was_paid_back_before_is_not_paid_again_when_it_comes_back() {
    let mut case = Case::delivered();
    case.staff(&refund("r1", of_lines(&[units(2, 2)])));
    case.refund_done();
    case.customer(&send_back("t1", &[units(1, 1), units(2, 2)]));
    case.staff(&approve(1));
    case.staff(&receive(1, None));
    assert_eq!(case.last_refund().amount, cents(1076), "the mug alone");
    assert_eq!(restocked(&case).len(), 2, "and both are in stock again");
}

#[test]
fn what_comes_back_is_never_paid_beyond_what_is_left_of_the_money() {
    let mut case = Case::delivered();
    case.staff(&refund("r1", of_amount(8000)));
    case.refund_done();
    case.customer(&send_back("t1", &[units(2, 2)]));
    case.staff(&approve(1));
    case.staff(&receive(1, None));
    assert_eq!((case.last_refund().amount, case.money()), (cents(516), [0, 8516, 8000, 516]));
}

#[test]
fn what_was_paid_at_the_door_and_comes_back_is_paid_back_by_hand() {
    let mut case = Case::cod();
    case.deliver();
    case.customer(&send_back("t1", &[units(2, 2)]));
    case.staff(&approve(1));
    case.staff(&receive(1, None));
    assert_eq!(next_step(&case.order, case.now), Step::Done);
    let refund = case.last_refund().id;
    case.staff(&Command::SettleRefund { refund, reference: "cash".into() });
    assert_eq!(case.money(), [4666, 8516, 3850, 0]);
}

#[test]
fn goods_that_were_never_paid_come_back_without_money() {
    let mut case = Case::reserved();
    case.ship();
    case.system(&canceled(intent("pi_1")));
    case.system(&Command::Deliver);
    case.customer(&send_back("t1", &[units(2, 2)]));
    case.staff(&approve(1));
    case.staff(&receive(1, None));
    assert!(case.order.refunds().is_empty());
    assert_eq!(case.order.sums().balance_minor(), 4666, "less is missing");
}

#[test]
fn units_that_are_not_there_cannot_be_sent_back() {
    let case = Case::delivered();
    let tries = [
        (vec![units(4, 1)], Rejection::UnknownLine { at: 0 }),
        (vec![units(1, 1), units(1, 1)], Rejection::UnknownLine { at: 1 }),
        (vec![units(1, 0)], Rejection::UnknownLine { at: 0 }),
        (vec![units(2, 3)], not_enough(2, 2)),
    ];
    for (lines, expected) in tries {
        assert_eq!(case.refuses(&Actor::Customer, &send_back("t1", &lines)), expected, "{lines:?}");
    }
}

#[test]
fn only_staff_decides_about_returns_and_an_order_has_so_many_and_no_more() {
    let mut case = Case::delivered();
    for number in 1..=20 {
        case.customer(&send_back(&number.to_string(), &[units(1, 1)]));
        for command in [approve(number), reject(number), receive(number, None)] {
            let action = command.action();
            assert_eq!(case.refuses(&Actor::Customer, &command), Rejection::NotForRole { action });
        }
        case.staff(&reject(number));
    }
    let why = case.refuses(&Actor::Customer, &send_back("one more", &[units(1, 1)]));
    assert_eq!(why, Rejection::TooMany { what: "returns" });
}
