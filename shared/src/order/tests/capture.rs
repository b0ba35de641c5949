//! Money that is reserved when the customer pays and taken when the order is shipped (A5).

use super::super::fixtures::*;
use super::super::payment::{PaymentStatus, State, Step, next_step};
use super::super::*;

fn step(case: &Case) -> Step {
    next_step(&case.order, case.now)
}

fn entries(case: &Case) -> Vec<(&'static str, i64)> {
    case.order.ledger().iter().map(|entry| (entry.kind.name(), entry.amount.minor())).collect()
}

#[test]
fn money_that_is_reserved_confirms_the_order_and_is_not_captured() {
    let case = Case::reserved();
    assert_eq!(case.names(), ["placed", "payment_started", "payment_authorized", "confirmed"]);
    assert_eq!(case.order.payment_status(), PaymentStatus::Authorized);
    assert_eq!(case.money(), [8516, 0, 0, 0]);
    assert_eq!(case.order.sums().authorized(), cents(8516));
    assert_eq!(step(&case), Step::Done, "nothing is taken before it is shipped");
    let why = case.refuses(&staff(), &refund("r1", RefundWish::Full));
    assert_eq!(why, Rejection::NothingToRefund);
}

#[test]
fn what_is_shipped_is_taken_once() {
    let mut case = Case::reserved();
    case.ship();
    assert_eq!(step(&case), Step::Capture { intent: "pi_1".into(), amount: cents(8516) });
    case.system(&succeeded("pi_1", cents(8516)));
    assert_eq!(step(&case), Step::Done);
    assert_eq!(case.system(&succeeded("pi_1", cents(8516))), []);
    assert_eq!(case.money(), [8516, 8516, 0, 0]);
    assert_eq!(case.names().iter().filter(|name| **name == "confirmed").count(), 1);
}

#[test]
fn after_a_part_was_called_off_less_is_taken_and_the_rest_is_free_again() {
    let mut case = Case::reserved();
    case.customer(&cancel_lines("c1", &[units(1, 1), units(3, 2)]));
    assert!(case.order.refunds().is_empty(), "nothing was taken, so nothing goes back");
    case.ship();
    let owed = 8516 - 1076 - 243;
    assert_eq!(step(&case), Step::Capture { intent: "pi_1".into(), amount: cents(owed) });
    case.system(&succeeded("pi_1", cents(owed)));
    assert_eq!(case.money(), [owed, owed, 0, 0]);
    let sums = case.order.sums();
    assert_eq!((sums.authorized(), sums.balance_minor()), (cents(0), 0));
    let expected =
        [("charge", 8516), ("authorization", 8516), ("credit", 1319), ("capture", 7197), ("void", 1319)];
    assert_eq!(entries(&case), expected);
}

#[test]
fn a_provider_that_took_more_than_is_owed_gives_the_rest_back_at_once() {
    let mut case = Case::reserved();
    case.customer(&cancel_lines("c1", &[units(2, 2)]));
    case.ship();
    let events = case.system(&succeeded("pi_1", cents(8516)));
    assert_eq!(events.len(), 2, "{events:?}");
    let refund = case.last_refund();
    assert_eq!((refund.amount, refund.cause), (cents(3850), Cause::Overpaid));
    case.refund_done();
    assert_eq!(case.money(), [4666, 8516, 3850, 0]);
    assert_eq!(case.order.sums().balance_minor(), 0);
}

#[test]
fn a_reservation_that_lapses_before_shipping_calls_the_order_off() {
    for steps in [vec![], vec![Command::PREPARE], vec![Command::PREPARE, Command::PACK]] {
        let mut case = Case::reserved();
        for command in &steps {
            case.system(command);
        }
        let events = case.system(&canceled(intent("pi_1")));
        let reason = "authorization_expired".to_owned();
        assert_eq!(
            events,
            [EventKind::PaymentVoided, EventKind::Cancelled { reason, override_reason: None }]
        );
        assert_eq!((case.order.status, step(&case)), (Status::Cancelled, Step::Done));
        assert_eq!(case.order.sums().authorized(), cents(0));
        let back: u32 = case.effects.iter().flat_map(|it| &it.released).map(|part| part.quantity).sum();
        assert_eq!(back, 12, "its stock is back");
    }
}

#[test]
fn a_reservation_that_lapses_after_shipping_is_visible_as_money_that_is_missing() {
    let mut case = Case::reserved();
    case.ship();
    case.system(&canceled(intent("pi_1")));
    assert_eq!(case.order.payment.state, State::Failed { code: "authorization_expired".into() });
    assert_eq!(case.order.status, Status::Shipped, "the goods are gone");
    assert_eq!(case.order.payment_status(), PaymentStatus::Failed);
    assert_eq!((case.order.sums().balance_minor(), case.order.sums().authorized()), (8516, cents(0)));
    assert_eq!(step(&case), Step::Done);
    case.system(&Command::DELIVER);
    assert_eq!(case.money(), [8516, 0, 0, 0], "nothing is collected at the door for it");
}

#[test]
fn an_order_that_is_called_off_frees_what_was_reserved_by_the_payments_own_name() {
    let mut case = Case::reserved();
    case.customer(&cancel());
    assert_eq!(case.order.payment.state, State::Voiding);
    assert_eq!(step(&case), Step::Void(intent("pi_1")));
    case.system(&canceled(intent("pi_1")));
    assert_eq!((step(&case), case.money()), (Step::Done, [0, 0, 0, 0]));
    assert_eq!(entries(&case).last(), Some(&("void", 8516)));
    assert_eq!(case.order.payment_status(), PaymentStatus::Voided);
}

#[test]
fn a_page_that_reserved_money_is_voided_by_the_payment_and_not_by_the_page() {
    let mut case = Case::new(placed_under(&redirect(), at_shipment()));
    case.system(&report(IntentReport::Open { reference: session("cs_1") }));
    let reserved =
        IntentReport::Authorized { reference: session("cs_1"), intent: "pi_1".into(), amount: cents(8516) };
    case.system(&report(reserved.clone()));
    assert_eq!(case.system(&report(reserved)), [], "told twice");
    assert_eq!(case.order.payment.session, None);
    case.customer(&cancel());
    assert_eq!(step(&case), Step::Void(intent("pi_1")));
}

#[test]
fn a_page_that_reserved_money_is_captured_by_the_payment() {
    let mut case = Case::new(placed_under(&redirect(), at_shipment()));
    case.system(&report(IntentReport::Open { reference: session("cs_1") }));
    let reserved =
        IntentReport::Authorized { reference: session("cs_1"), intent: "pi_1".into(), amount: cents(8516) };
    case.system(&report(reserved));
    case.ship();
    assert_eq!(step(&case), Step::Capture { intent: "pi_1".into(), amount: cents(8516) });
    case.system(&succeeded("pi_1", cents(8516)));
    assert_eq!((step(&case), case.money()), (Step::Done, [8516, 8516, 0, 0]));
}

#[test]
fn money_that_is_reserved_after_the_order_was_called_off_is_freed_again() {
    let mut case = Case::new(placed_under(&card(), at_shipment()));
    case.system(&created("pi_1"));
    case.customer(&cancel());
    case.system(&authorized("pi_1", cents(8516)));
    assert_eq!(step(&case), Step::Void(intent("pi_1")));
    assert_eq!(case.system(&authorized("pi_1", cents(8516))), [], "told twice");
    case.system(&canceled(intent("pi_1")));
    assert_eq!((step(&case), case.order.sums().authorized()), (Step::Done, cents(0)));
}

#[test]
fn an_older_page_reserved_before_it_was_replaced_pays_the_order() {
    let mut case = Case::new(placed_under(&redirect(), at_shipment()));
    case.system(&report(IntentReport::Open { reference: session("cs_1") }));
    case.customer(&Command::Pay { method: card(), key: "p1".into() });
    let reserved =
        IntentReport::Authorized { reference: session("cs_1"), intent: "pi_1".into(), amount: cents(8516) };
    case.system(&report(reserved.clone()));
    assert_eq!((case.order.status, case.order.payment.method.name()), (Status::Confirmed, "redirect"));
    assert_eq!(case.system(&report(reserved)), [], "told twice");
    assert_eq!(step(&case), Step::Done);
}

/// What an attempt that was to be replaced has reserved can lapse, and can be called off, like any other.
#[test]
fn an_older_attempt_that_reserved_the_money_after_all_is_still_heard_of() {
    let mut case = Case::new(placed_under(&card(), at_shipment()));
    case.system(&created("pi_1"));
    case.system(&report(IntentReport::Open { reference: intent("pi_1") }));
    case.customer(&Command::Pay { method: redirect(), key: "p1".into() });
    case.system(&authorized("pi_1", cents(8516)));
    assert_eq!((case.order.status, case.order.payment.method.name()), (Status::Confirmed, "card"));
    let mut off = case.clone();
    case.system(&canceled(intent("pi_1")));
    assert_eq!(case.order.status, Status::Cancelled, "it lapsed");
    off.customer(&cancel());
    assert_eq!(step(&off), Step::Void(intent("pi_1")));
    off.system(&canceled(intent("pi_1")));
    assert_eq!((step(&off), off.order.sums().authorized()), (Step::Done, cents(0)));
}

#[test]
fn goods_that_come_back_before_the_money_was_taken_are_not_charged() {
    let mut case = Case::reserved();
    case.deliver();
    case.customer(&send_back("t1", &[units(2, 2)]));
    case.staff(&Command::ApproveReturn { id: 1 });
    case.staff(&receive(1, None));
    assert!(case.order.refunds().is_empty());
    assert_eq!(step(&case), Step::Capture { intent: "pi_1".into(), amount: cents(4666) });
}
