//! Giving money back (C4). Tests that name P8 to P14 are what users of other systems ran into.

use super::super::fixtures::*;
use super::super::payment::{Method, PaymentStatus, Step, next_step};
use super::super::*;
use super::disputes::dispute;

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

/// P8: "always 0", "promotions ignored", "tax left out".
#[test]
fn a_line_is_refunded_with_its_share_of_the_coupon_and_with_its_taxes() {
    let mut case = Case::paid();
    let line = &case.document.quote.lines[1];
    assert!(!line.coupon_share.is_zero() && line.taxes.iter().all(|tax| !tax.amount.is_zero()));
    let whole = line.total;
    case.staff(&refund("r1", of_lines(&[units(2, 2)])));
    let refund = case.last_refund();
    assert_eq!((refund.amount, refund.amount), (whole, cents(3850)));
    assert_eq!((refund.cause, refund.lines), (Cause::Lines, vec![units(2, 2)]));
}

/// P9: "Refund refused although money was taken". Goodwill needs no outstanding amount, only money that was taken.
#[test]
fn goodwill_is_given_on_an_order_that_is_paid_to_the_cent() {
    let mut case = Case::paid();
    assert_eq!(case.order.sums().balance_minor(), 0);
    case.staff(&refund("r1", goodwill(500)));
    case.refund_done();
    assert_eq!((case.money(), case.order.sums().balance_minor()), ([8016, 8516, 500, 0], 0));
    let kinds: Vec<_> = case.order.ledger().iter().map(|entry| entry.kind.name()).collect();
    assert_eq!(kinds, ["charge", "capture", "goodwill", "refund_requested", "refund"]);
}

/// P9: other figures may look odd; what was taken and not given back can be given back.
#[test]
fn money_that_is_there_can_be_given_back_whatever_the_other_figures_say() {
    let mut case = Case::paid();
    case.system(&outside("re_dashboard", 3000));
    case.customer(&cancel_lines("c1", &[units(2, 2)]));
    case.refund_fails();
    case.deliver();
    case.system(&dispute(1000, None));
    assert_ne!(case.order.sums().balance_minor(), 0);
    let rest = 8516 - 3000 - 1000;
    assert_eq!(case.order.sums().refundable(), cents(rest));
    case.staff(&refund("r1", goodwill(rest)));
    assert_eq!(case.order.sums().refundable(), cents(0));
}

/// P9: an order that is off, or that nobody owes anything for, can still hold money.
#[test]
fn a_cancelled_order_whose_refund_failed_can_be_refunded_by_staff() {
    let mut case = Case::paid();
    case.customer(&cancel());
    case.refund_fails();
    assert_eq!(case.money(), [0, 8516, 0, 0]);
    case.staff(&refund("r1", RefundWish::Full));
    case.refund_done();
    assert_eq!((case.money(), case.order.sums().balance_minor()), ([0, 8516, 8516, 0], 0));
    assert_eq!(step(&case), Step::Done, "the one that failed is not asked for again");
}

/// P10: "Over-refund accepted: only the single amount compared, not the cumulative one".
#[test]
fn refunds_never_exceed_in_sum_what_was_taken() {
    let mut case = Case::paid();
    case.staff(&refund("r1", of_amount(5000)));
    assert_eq!(case.refuses(&staff(), &refund("r2", of_amount(3517))), too_much(3516));
    assert_eq!(case.refuses(&staff(), &refund("r2", goodwill(3517))), too_much(3516));
    assert_eq!(case.refuses(&staff(), &refund("r2", of_lines(&[units(2, 2)]))), too_much(3516));
    case.refund_done();
    assert_eq!(case.refuses(&staff(), &refund("r2", of_amount(3517))), too_much(3516));
    case.staff(&refund("r2", of_amount(3516)));
    assert_eq!(case.refuses(&staff(), &refund("r3", of_amount(1))), Rejection::NothingToRefund);
    assert_eq!(case.refuses(&staff(), &refund("r3", RefundWish::Full)), Rejection::NothingToRefund);
}

/// P10: "suggested −25".
#[test]
fn nothing_is_no_refund_and_nothing_is_ever_below_nothing() {
    let mut case = Case::paid();
    assert_eq!(case.refuses(&staff(), &refund("r1", of_amount(0))), Rejection::NothingToRefund);
    assert_eq!(case.refuses(&staff(), &refund("r1", of_lines(&[]))), Rejection::NothingToRefund);
    case.system(&dispute(9000, None));
    case.system(&outside("re_1", 500));
    assert_eq!(case.order.sums().refundable(), cents(0));
}

/// P11: "One-cent differences".
#[test]
fn unit_by_unit_and_the_delivery_all_refunds_together_are_the_total() {
    let mut case = Case::paid();
    let mut amounts = Vec::new();
    for (line, count) in [(3, 7), (1, 3), (2, 2)] {
        for unit in 0..count {
            case.staff(&refund(&format!("{line}-{unit}"), of_lines(&[units(line, 1)])));
            amounts.push(case.refund_done().amount.minor());
        }
    }
    assert_eq!(amounts, [121, 122, 122, 121, 122, 122, 122, 1076, 1076, 1076, 1925, 1925]);
    assert_eq!(case.order.payment_status(), PaymentStatus::PartiallyRefunded);
    let delivery = RefundWish::Lines { lines: vec![], delivery: true };
    case.staff(&refund("delivery", delivery.clone()));
    assert_eq!(case.refund_done().amount, cents(586));
    assert_eq!((case.money(), case.order.sums().balance_minor()), ([0, 8516, 8516, 0], 0));
    assert_eq!(case.order.payment_status(), PaymentStatus::Refunded);
    assert_eq!(case.refuses(&staff(), &refund("again", delivery)), Rejection::NothingToRefund);
}

#[test]
fn neither_a_unit_nor_the_delivery_is_refunded_twice() {
    let mut case = Case::paid();
    let both = RefundWish::Lines { lines: vec![units(1, 2)], delivery: true };
    case.staff(&refund("r1", both));
    assert_eq!(case.last_refund().amount, cents(1076 + 1076 + 586));
    let left = Rejection::NotEnoughUnits { line: 1, left: 1 };
    assert_eq!(case.refuses(&staff(), &refund("r2", of_lines(&[units(1, 2)]))), left);
    let delivery = RefundWish::Lines { lines: vec![units(1, 1)], delivery: true };
    assert_eq!(case.refuses(&staff(), &refund("r2", delivery)), Rejection::DeliveryGone);
}

#[test]
fn a_full_refund_is_the_rest_of_what_was_taken_and_leaves_no_unit_to_pay_back() {
    let mut case = Case::paid();
    case.deliver();
    case.staff(&refund("r1", of_lines(&[units(1, 1)])));
    case.staff(&refund("r2", of_amount(100)));
    case.staff(&refund("r3", RefundWish::Full));
    let rest = case.last_refund();
    assert_eq!((rest.amount, rest.cause), (cents(8516 - 1076 - 100), Cause::Full));
    assert_eq!(rest.lines, [units(1, 2), units(2, 2), units(3, 7)]);
    assert!(case.order.delivery_credited());
    assert_eq!(case.money(), [0, 8516, 0, 8516]);
    case.customer(&send_back("t1", &[units(2, 2)]));
    case.staff(&Command::ApproveReturn { id: 1 });
    case.staff(&receive(1, None));
    assert_eq!(case.order.refunds().len(), 3, "what comes back is paid back already");
}

#[test]
fn what_was_given_back_whole_is_not_sent_for_nothing() {
    let mut case = Case::paid();
    case.staff(&refund("r1", RefundWish::Full));
    case.system(&Command::PREPARE);
    assert_eq!(case.refuses(&staff(), &Command::SHIP), Rejection::NotPaid);
}

#[test]
fn what_was_given_back_unit_by_unit_is_not_sent_for_nothing_either() {
    let mut case = Case::paid();
    case.staff(&cancel_lines("c1", &[units(1, 1)]));
    case.staff(&refund("r1", of_lines(&[units(1, 2), units(2, 2), units(3, 6)])));
    case.system(&Command::PREPARE);
    assert!(case.decide(&staff(), &Command::SHIP).is_ok(), "one bag of tea is still paid");
    case.staff(&refund("r2", of_lines(&[units(3, 1)])));
    assert_eq!(case.money()[0], 586, "the delivery is");
    assert_eq!(case.refuses(&staff(), &Command::SHIP), Rejection::NotPaid);
    assert!(!available_actions(&case.order, &case.document, Role::Staff, case.now).contains(&"ship"));
}

/// Nothing is owed, and yet nobody called a unit off: what the customer was given is theirs.
#[test]
fn an_apology_of_the_whole_amount_and_a_rest_that_costs_nothing_are_sent() {
    for wish in [goodwill(8516), of_amount(8516)] {
        let mut case = Case::paid();
        case.staff(&refund("r1", wish));
        assert_eq!(case.money()[0], 0);
        case.ship();
        assert_eq!(case.order.status, Status::Shipped);
    }
    let mut case = Case::paid();
    case.staff(&refund("r1", goodwill(8000)));
    case.customer(&cancel_lines("c1", &[units(1, 3), units(2, 2)]));
    assert_eq!(case.money()[0], 0, "the tea is free now");
    case.ship();
    assert_eq!(case.order.status, Status::Shipped);
}

/// P12: "refund fired though nothing was owed".
#[test]
fn calling_off_a_part_that_was_paid_back_before_pays_nothing() {
    let mut case = Case::paid();
    case.staff(&refund("r1", of_lines(&[units(2, 2)])));
    let events = case.staff(&cancel_lines("c1", &[units(2, 2)]));
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(case.money(), [4666, 8516, 0, 3850]);
}

#[test]
fn the_same_request_again_does_nothing_and_its_key_serves_no_other() {
    let mut case = Case::paid();
    let request = refund("r1", of_amount(500));
    case.staff(&request);
    assert_eq!(case.staff(&request), []);
    assert_eq!(case.refuses(&staff(), &refund("r1", of_amount(501))), Rejection::KeyReused);
    case.refund_done();
    assert_eq!((case.staff(&request), case.money()), (vec![], [8016, 8516, 500, 0]));
}

#[test]
fn only_staff_gives_money_back_and_only_money_that_was_taken() {
    let action = Action::Refund;
    let full = refund("r1", RefundWish::Full);
    let case = Case::paid();
    for actor in [Actor::Customer, Actor::Worker] {
        assert_eq!(case.refuses(&actor, &full), Rejection::NotForRole { action });
    }
    for method in methods() {
        let case = Case::new(placed(&method));
        assert_eq!(case.refuses(&staff(), &full), Rejection::NothingToRefund, "{method:?}");
    }
}

#[test]
fn an_order_can_have_so_many_refunds_and_no_more() {
    let mut case = Case::paid();
    for number in 0..crate::limits::REFUNDS {
        case.staff(&refund(&number.to_string(), of_amount(1)));
    }
    let why = case.refuses(&staff(), &refund("one more", of_amount(1)));
    assert_eq!(why, Rejection::TooMany { what: "refunds" });
    case.customer(&cancel());
    assert_eq!(case.money(), [0, 8516, 0, 8516], "but what is called off is always paid back");
}

#[test]
fn what_was_paid_at_the_door_is_paid_back_by_hand_and_noted_by_staff() {
    let mut case = Case::cod();
    case.deliver();
    case.staff(&refund("r1", of_amount(1000)));
    let id = case.last_refund().id;
    assert_eq!(step(&case), Step::Done, "there is nothing to ask the provider");
    let retry = Command::RetryRefund { refund: id.clone() };
    assert_eq!(case.refuses(&staff(), &retry), Rejection::NoRefundOfThatState);
    let settle = |reference: &str| Command::SettleRefund { refund: id.clone(), reference: reference.into() };
    let customers = case.refuses(&Actor::Customer, &settle("mine"));
    assert_eq!(customers, Rejection::NotForRole { action: Action::SettleRefund });
    case.staff(&settle("SEPA 42"));
    assert_eq!(case.last_refund().reference.as_deref(), Some("SEPA 42"));
    assert_eq!((case.money(), case.staff(&settle("SEPA 42"))), ([7516, 8516, 1000, 0], vec![]));
    assert_eq!(case.refuses(&staff(), &settle("SEPA 43")), Rejection::NoRefundOfThatState);
}

#[test]
fn a_refund_that_was_requested_long_ago_is_looked_up_before_it_is_asked_for() {
    let mut case = Case::paid();
    case.staff(&refund("r1", of_amount(1000)));
    let looks = |case: &Case| matches!(step(case), Step::Refund { look_up: true, .. });
    case.later(HOUR);
    assert!(!looks(&case));
    case.later(1);
    assert!(looks(&case));
}

#[test]
fn a_refund_made_at_the_provider_counts_once_and_lowers_what_can_be_refunded() {
    let mut case = Case::paid();
    case.system(&outside("re_9", 2000));
    assert_eq!(case.system(&outside("re_9", 2000)), []);
    assert_eq!((case.money(), case.order.sums().balance_minor()), ([6516, 8516, 2000, 0], 0));
    assert_eq!(case.refuses(&staff(), &refund("r1", of_amount(6517))), too_much(6516));
    assert_eq!(case.order.payment_status(), PaymentStatus::PartiallyRefunded);
}

#[test]
fn a_refund_of_ours_is_not_taken_for_one_that_somebody_made_outside() {
    let mut case = Case::paid();
    case.staff(&refund("r1", of_amount(1000)));
    let id = case.refund_done().id;
    assert_eq!(case.system(&outside(&format!("re_{id}"), 1000)), []);
}

#[test]
fn refunds_at_the_provider_go_by_the_way_that_paid_and_not_by_the_way_chosen_last() {
    let mut case = Case::new(placed(&redirect()));
    case.system(&report(IntentReport::Open { reference: session("cs_1") }));
    case.customer(&Command::Pay { method: Method::Cod, key: "p1".into() });
    let paid =
        IntentReport::Succeeded { reference: session("cs_1"), intent: "pi_1".into(), amount: cents(8516) };
    case.system(&report(paid));
    case.customer(&cancel());
    assert!(matches!(step(&case), Step::Refund { .. }));
}
