//! Sending goods back (C5).

use super::super::fixtures::*;
use super::super::*;
use crate::store::Settings;

pub(super) fn approve(id: u16) -> Command {
    Command::ApproveReturn { id }
}

pub(super) fn reject(id: u16) -> Command {
    Command::RejectReturn { id, reason: "used".into() }
}

pub(super) fn not_enough(line: u16, left: u32) -> Rejection {
    Rejection::NotEnoughUnits { line, left }
}

/// Delivered under these settings.
pub(super) fn delivered_under(settings: Settings) -> Case {
    let mut case = Case::new(placed_under(&card(), settings));
    case.pay("pi_1");
    case.deliver();
    case
}

pub(super) fn restocked(case: &Case) -> Vec<(&str, String, u16, u32)> {
    let parts = case.effects.iter().flat_map(|effects| &effects.restocked);
    parts.map(|it| (it.warehouse.as_str(), it.sku.to_string(), it.bucket, it.quantity)).collect()
}

#[test]
fn nothing_is_sent_back_before_it_was_delivered() {
    let mut case = Case::paid();
    let action = Action::RequestReturn;
    let ask = send_back("t1", &[units(1, 1)]);
    for steps in [vec![], vec![Command::PREPARE], vec![Command::PACK], vec![Command::SHIP]] {
        for command in &steps {
            case.staff(command);
        }
        let status = case.order.status;
        assert_eq!(case.refuses(&Actor::Customer, &ask), Rejection::WrongStatus { action, status });
    }
    case.system(&Command::DELIVER);
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
