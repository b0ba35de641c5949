//! Paying: attempts, what the provider says about them, holds.

use super::super::fixtures::*;
use super::super::payment::{Method, PROVIDER_PATIENCE_SECONDS, PaymentStatus, State, Step, next_step};
use super::super::*;

fn open(reference: super::super::payment::Reference) -> Command {
    report(IntentReport::Open { reference })
}

fn failed(id: &str) -> Command {
    report(IntentReport::Failed { intent: Some(id.into()), attempt: None, code: "card_declined".into() })
}

fn pay(method: Method, key: &str) -> Command {
    Command::Pay { method, key: key.into() }
}

fn step(case: &Case) -> Step {
    next_step(&case.order, case.now)
}

fn hold_end() -> Timestamp {
    start().plus_seconds(HOLD_SECONDS)
}

#[test]
fn a_payment_is_confirmed_only_once_its_id_is_on_the_order() {
    let mut case = Case::new(placed(&card()));
    assert_eq!(step(&case), Step::Create);
    case.system(&created("pi_1"));
    assert_eq!(step(&case), Step::Confirm("pi_1".into()));
    case.system(&succeeded("pi_1", case.order.total));
    assert_eq!(step(&case), Step::Done);
    assert_eq!(case.names(), ["placed", "payment_started", "paid", "confirmed"]);
    assert_eq!(case.order.payment_status(), PaymentStatus::Paid);
}

#[test]
fn an_unpaid_order_expires_when_its_hold_ends_and_not_before() {
    let mut case = Case::new(placed(&card()));
    assert_eq!(case.refuses(&Actor::Worker, &Command::Expire), Rejection::NotExpired);
    case.later(HOLD_SECONDS);
    assert_eq!(step(&case), Step::Expire);
    let reason = "payment_expired".to_owned();
    assert_eq!(case.system(&Command::Expire), [EventKind::Cancelled { reason, override_reason: None }]);
    assert_eq!(case.decide(&Actor::Worker, &Command::Expire), Ok(vec![]));
}

#[test]
fn an_order_to_be_paid_later_is_held_for_a_day_and_then_given_up() {
    let mut case = Case::new(placed(&Method::Later));
    assert_eq!(step(&case), Step::WaitUntil(start().plus_seconds(DAY_SECONDS)));
    case.later(DAY_SECONDS - 1);
    assert_eq!(case.refuses(&Actor::Worker, &Command::Expire), Rejection::NotExpired);
    case.later(1);
    case.system(&Command::Expire);
    assert_eq!(case.order.status, Status::Cancelled);
}

#[test]
fn a_hanging_payment_is_called_off_at_the_provider_before_the_order_expires() {
    let mut case = Case::new(placed(&card()));
    case.system(&created("pi_1"));
    case.system(&open(intent("pi_1")));
    assert_eq!(step(&case), Step::WaitUntil(hold_end()));
    case.later(HOLD_SECONDS);
    assert_eq!(step(&case), Step::Void(intent("pi_1")));
    assert_eq!(case.refuses(&Actor::Worker, &Command::Expire), Rejection::NotExpired);
    case.system(&canceled(intent("pi_1")));
    assert_eq!(step(&case), Step::Expire);
}

/// Stock is not held for a provider that is down. What it took is found afterwards.
#[test]
fn an_order_is_given_up_when_the_provider_does_not_say_how_its_payment_stands() {
    let mut case = Case::new(placed(&card()));
    case.system(&created("pi_1"));
    case.later(HOLD_SECONDS + PROVIDER_PATIENCE_SECONDS - 1);
    assert_eq!(case.refuses(&Actor::Worker, &Command::Expire), Rejection::NotExpired);
    case.later(1);
    assert_eq!(step(&case), Step::Void(intent("pi_1")), "the provider is still asked first");
    case.system(&Command::Expire);
    assert_eq!((case.order.status, step(&case)), (Status::Cancelled, Step::Void(intent("pi_1"))));
    case.system(&succeeded("pi_1", case.order.total));
    assert!(matches!(step(&case), Step::Refund { refund, .. } if refund.amount == case.order.total));
}

#[test]
fn an_order_whose_provider_stays_silent_is_given_up_a_quarter_of_an_hour_late_and_money_taken_meanwhile_goes_back()
 {
    let mut case = Case::new(placed(&card()));
    case.system(&created("pi_1"));
    case.system(&open(intent("pi_1")));
    case.later(HOLD_SECONDS + PROVIDER_PATIENCE_SECONDS - 1);
    assert_eq!(case.refuses(&Actor::Worker, &Command::Expire), Rejection::NotExpired);
    case.later(1);
    case.system(&Command::Expire);
    assert_eq!((case.order.status, step(&case)), (Status::Cancelled, Step::Void(intent("pi_1"))));
    case.system(&succeeded("pi_1", cents(8516)));
    case.refund_done();
    assert_eq!((case.money(), case.order.status), ([0, 8516, 8516, 0], Status::Cancelled));
}

#[test]
fn a_declined_payment_is_told_and_called_off_with_the_order() {
    let mut case = Case::new(placed(&card()));
    case.system(&created("pi_1"));
    case.system(&failed("pi_1"));
    assert_eq!(case.order.status, Status::Pending);
    assert_eq!(case.order.payment_status(), PaymentStatus::Failed);
    case.customer(&cancel());
    assert_eq!(step(&case), Step::Void(intent("pi_1")));
}

/// P3: "Checkout stuck after a failed attempt".
#[test]
fn a_declined_card_does_not_stand_in_the_way_of_the_next_one() {
    let mut case = Case::new(placed(&card()));
    case.system(&created("pi_1"));
    case.system(&failed("pi_1"));
    case.customer(&pay(card(), "p1"));
    assert_eq!(step(&case), Step::Void(intent("pi_1")));
    assert_eq!(case.refuses(&Actor::Customer, &pay(card(), "p2")), Rejection::PaymentInProgress);
    case.system(&canceled(intent("pi_1")));
    assert_eq!(step(&case), Step::Create);
    case.pay("pi_2");
    assert_eq!(case.order.status, Status::Confirmed);
    assert_eq!(case.money(), [8516, 8516, 0, 0]);
}

#[test]
fn another_payment_or_another_amount_is_no_payment() {
    let mut case = Case::new(placed(&card()));
    case.system(&created("pi_1"));
    for foreign in [
        succeeded("pi_1", cents(8515)),
        succeeded("pi_1", cents(8517)),
        succeeded("pi_1", money("85.16 USD")),
        succeeded("pi_2", cents(8516)),
        authorized("pi_1", cents(8515)),
    ] {
        assert_eq!(case.refuses(&Actor::Provider, &foreign), Rejection::PaymentMismatch, "{foreign:?}");
    }
    let cod = Case::cod();
    assert_eq!(cod.refuses(&Actor::Provider, &succeeded("pi_1", cents(8516))), Rejection::PaymentMismatch);
}

#[test]
fn the_same_news_twice_is_taken_in_once() {
    let mut case = Case::paid();
    for again in [created("pi_1"), succeeded("pi_1", cents(8516)), failed("pi_1"), canceled(intent("pi_1"))] {
        assert_eq!(case.system(&again), [], "{again:?}");
    }
    assert_eq!(case.money(), [8516, 8516, 0, 0]);
}

#[test]
fn a_request_to_pay_sent_again_does_nothing_and_its_key_serves_no_other() {
    let mut case = Case::new(placed(&Method::Later));
    case.customer(&pay(card(), "p1"));
    assert_eq!(case.customer(&pay(card(), "p1")), []);
    assert_eq!(case.refuses(&Actor::Customer, &pay(Method::Cod, "p1")), Rejection::KeyReused);
}

#[test]
fn nobody_can_try_cards_without_end() {
    let mut case = Case::new(placed(&Method::Later));
    for attempt in 0..crate::limits::PAYMENT_ATTEMPTS {
        case.customer(&pay(card(), &format!("p{attempt}")));
        let code = "card_declined".to_owned();
        let refused = IntentReport::Failed { intent: None, attempt: Some(attempt + 1), code };
        case.system(&report(refused));
    }
    let why = case.refuses(&Actor::Customer, &pay(card(), "one more"));
    assert_eq!(why, Rejection::WrongStatus { action: Action::Pay, status: Status::Pending });
}

#[test]
fn after_its_hold_an_order_cannot_be_paid() {
    let mut case = Case::new(placed(&Method::Later));
    case.later(DAY_SECONDS);
    let why = case.refuses(&Actor::Customer, &pay(card(), "p1"));
    assert_eq!(why, Rejection::WrongStatus { action: Action::Pay, status: Status::Pending });
}

#[test]
fn news_of_an_attempt_that_was_replaced_is_not_taken_for_the_next_one() {
    let mut case = Case::new(placed(&card()));
    case.system(&created("pi_1"));
    case.system(&open(intent("pi_1")));
    case.customer(&pay(card(), "p1"));
    assert_eq!(step(&case), Step::Void(intent("pi_1")));
    case.system(&canceled(intent("pi_1")));
    assert_eq!(step(&case), Step::Create);
    // Seen at the provider before it was called off, told afterwards.
    for late in [created("pi_1"), open(intent("pi_1")), failed("pi_1"), canceled(intent("pi_1"))] {
        assert_eq!(case.system(&late), [], "{late:?}");
    }
    case.system(&created("pi_2"));
    assert_eq!(step(&case), Step::Confirm("pi_2".into()));
    for late in [failed("pi_1"), canceled(intent("pi_1"))] {
        assert_eq!(case.system(&late), [], "{late:?}");
    }
}

#[test]
fn a_late_refusal_without_a_name_fails_the_attempt_that_it_was_of_and_no_other() {
    let refused = |attempt: u32| {
        let code = "card_declined".to_owned();
        report(IntentReport::Failed { intent: None, attempt: Some(attempt), code })
    };
    let mut case = Case::new(placed(&card()));
    case.system(&refused(0));
    case.customer(&pay(card(), "p1"));
    assert_eq!(case.system(&refused(0)), []);
    assert_eq!(case.order.payment.state, State::Requested);
    case.system(&refused(1));
    assert_eq!(case.order.payment_status(), PaymentStatus::Failed);
}

#[test]
fn an_attempt_that_pays_while_it_is_being_replaced_may_say_so_twice_and_is_how_the_order_was_paid() {
    let mut case = Case::new(placed(&redirect()));
    case.system(&open(session("cs_1")));
    case.customer(&pay(card(), "p1"));
    assert_eq!(case.order.payment.method.name(), "card");
    let paid = report(IntentReport::Succeeded {
        reference: session("cs_1"),
        intent: "pi_1".into(),
        amount: cents(8516),
    });
    case.system(&paid);
    assert_eq!((case.order.status, case.money()), (Status::Confirmed, [8516, 8516, 0, 0]));
    assert_eq!(case.order.payment.method, redirect());
    assert_eq!(case.order.payment.replaced, None);
    assert_eq!(case.system(&paid), []);
    assert_eq!(step(&case), Step::Done);
}

#[test]
fn of_three_ways_to_pay_the_one_that_paid_is_the_orders() {
    let mut case = Case::new(placed(&redirect()));
    case.system(&open(session("cs_1")));
    case.customer(&pay(card(), "p1"));
    case.system(&canceled(session("cs_1")));
    case.system(&created("pi_2"));
    case.system(&failed("pi_2"));
    case.customer(&pay(Method::Cod, "p2"));
    // The card goes through after all, before the order is taken as one that is paid on delivery.
    case.system(&succeeded("pi_2", cents(8516)));
    assert_eq!(case.order.payment.method, card());
    case.deliver();
    assert_eq!(case.money(), [8516, 8516, 0, 0], "and nothing is collected at the door");
}

#[test]
fn an_order_with_a_page_open_is_paid_on_delivery_only_once_the_page_is_closed() {
    let mut case = Case::new(placed(&redirect()));
    case.system(&open(session("cs_1")));
    case.customer(&pay(Method::Cod, "p1"));
    assert_eq!(case.order.status, Status::Pending);
    assert_eq!(case.refuses(&Actor::Worker, &Command::Accept), Rejection::NotPaid);
    assert_eq!(step(&case), Step::Void(session("cs_1")));
    case.system(&canceled(session("cs_1")));
    assert_eq!(step(&case), Step::Accept);
    case.system(&Command::Accept);
    assert_eq!(case.order.status, Status::Confirmed);
    assert_eq!(case.system(&Command::Accept), []);
}

#[test]
fn a_page_is_opened_for_as_long_as_the_stock_is_held_and_paid_on_by_its_payment() {
    let mut case = Case::new(placed(&redirect()));
    assert_eq!(step(&case), Step::OpenSession { until: hold_end() });
    case.system(&open(session("cs_1")));
    assert_eq!(step(&case), Step::WaitUntil(hold_end()));
    let paid =
        IntentReport::Succeeded { reference: session("cs_1"), intent: "pi_1".into(), amount: cents(8516) };
    case.system(&report(paid));
    assert_eq!(case.order.payment.intent.as_deref(), Some("pi_1"));
    // The provider tells the same by the payment's own name.
    assert_eq!(case.system(&succeeded("pi_1", cents(8516))), []);
    assert!(!case.order.refunds_by_hand(), "refunds go by the PaymentIntent");
}

#[test]
fn what_costs_nothing_is_confirmed_unpaid_and_can_be_called_off() {
    let mut settings = settings();
    settings.shipping_methods.clear();
    let lines = serde_json::json!([{"product_id": "mug", "quantity": 1, "unit_price": "0"}]);
    let mut case = Case::new(placed_with(&card(), settings, &lines, &staff()));
    assert_eq!((case.order.status, case.money()), (Status::Confirmed, [0, 0, 0, 0]));
    assert_eq!(step(&case), Step::Done);
    case.customer(&cancel());
    assert!(case.order.refunds().is_empty());
}

#[test]
fn nobody_but_the_provider_and_our_workers_says_that_an_order_is_paid() {
    let case = Case::new(placed(&card()));
    for actor in [Actor::Customer, staff()] {
        let why = case.refuses(&actor, &succeeded("pi_1", cents(8516)));
        assert_eq!(why, Rejection::NotForRole { action: Action::RecordPayment });
    }
}
