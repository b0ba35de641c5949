//! What is sent back arrives: in stock again or not, credited, and paid back (C5).

use super::super::fixtures::*;
use super::super::payment::{PaymentStatus, Step, next_step};
use super::super::*;
use super::returns::{approve, delivered_under, not_enough, reject, restocked};

fn arrived(line: u16, restocked: u32, scrapped: u32) -> Received {
    Received { line, restocked, scrapped }
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
        let Tally { cancelled, credited, returning, returned, .. } =
            case.order.tallies(&case.document).of(line);
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
    let again = Command::ReceiveReturn { id: 2, lines: None, refund_delivery: Some(true) };
    assert_eq!(case.staff(&again), [], "what went back before needs not go back again");
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
    case.system(&Command::DELIVER);
    case.customer(&send_back("t1", &[units(2, 2)]));
    case.staff(&approve(1));
    case.staff(&receive(1, None));
    assert!(case.order.refunds().is_empty());
    assert_eq!(case.order.sums().balance_minor(), 4666, "less is missing");
}

/// What was received is known again by what it was, not by how it is told: otherwise a retry looks like a second parcel.
#[test]
fn what_arrived_is_the_same_in_whatever_order_it_is_named_but_not_with_another_word_on_the_delivery() {
    let receive = |lines: &[Received], refund_delivery| Command::ReceiveReturn {
        id: 1,
        lines: Some(lines.to_vec()),
        refund_delivery,
    };
    let (mugs, tea) = (arrived(1, 1, 0), arrived(3, 2, 1));
    let mut case = Case::delivered();
    case.customer(&send_back("t1", &[units(1, 1), units(3, 3)]));
    case.staff(&approve(1));
    case.staff(&receive(&[mugs, tea], Some(true)));
    assert_eq!(case.last_refund().amount, cents(1076 + 365 + 586));
    for lines in [[mugs, tea], [tea, mugs]] {
        for delivery in [None, Some(true)] {
            assert_eq!(case.staff(&receive(&lines, delivery)), [], "{lines:?} {delivery:?}");
        }
        let kept = receive(&lines, Some(false));
        assert_eq!(case.refuses(&staff(), &kept), Rejection::NoReturnOfThatState, "it did go back");
    }
    let scrapped = receive(&[mugs, arrived(3, 1, 2)], Some(true));
    assert_eq!(case.refuses(&staff(), &scrapped), Rejection::NoReturnOfThatState);
}

#[test]
fn a_delivery_charge_that_stayed_with_the_store_does_not_go_back_when_the_return_is_received_again() {
    let receive = |refund_delivery| Command::ReceiveReturn { id: 1, lines: None, refund_delivery };
    let mut case = Case::delivered();
    case.customer(&send_back("t1", &[units(2, 2)]));
    case.staff(&approve(1));
    case.staff(&receive(None));
    assert_eq!((case.staff(&receive(None)), case.staff(&receive(Some(false)))), (vec![], vec![]));
    assert_eq!(case.refuses(&staff(), &receive(Some(true))), Rejection::NoReturnOfThatState);
    // Once it went back in another way, there is nothing left to ask for.
    case.staff(&refund("r1", RefundWish::Lines { lines: vec![], delivery: true }));
    assert_eq!(case.staff(&receive(Some(true))), []);
}
