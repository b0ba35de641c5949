//! The rules of an order, as sentences.

use super::payment::{Method, PaymentStatus, Reference, Step, next_step};
use super::*;
use crate::ids::{CustomerId, IdempotencyKey, OrderId};

const HOLD_SECONDS: i64 = 30 * 60;

fn now() -> Timestamp {
    Timestamp::from_seconds(1_772_359_200)
}

fn money(text: &str) -> Money {
    text.parse().expect("valid money")
}

fn placed(method: Method) -> Order {
    let customer = CustomerId::parse("alice").expect("valid");
    let id = OrderId::new(&customer, &customer, &IdempotencyKey::parse("k").expect("valid"), now());
    let prepaid = method != Method::Cod;
    let mut events = vec![EventKind::Placed {
        id,
        customer,
        total: money("20.00 EUR"),
        items: 2,
        method,
        hold_until: prepaid.then(|| now().plus_seconds(HOLD_SECONDS)),
        delivery: now().plus_seconds(400_000),
    }];
    if !prepaid {
        events.push(EventKind::Confirmed);
    }
    apply(None, &events, &Actor::Customer, now()).expect("placed")
}

fn by_card() -> Order {
    placed(Method::Card { payment_method: "pm_card_visa".into() })
}

fn after(order: Order, command: &Command) -> Order {
    let events = decide(&order, command, now()).expect("allowed");
    apply(Some(order), &events, &Actor::Worker, now()).expect("an order")
}

fn report(report: IntentReport) -> Command {
    Command::RecordPayment(report)
}

fn intent(id: &str) -> Reference {
    Reference::Intent(id.into())
}

fn created() -> Command {
    report(IntentReport::Created { intent: "pi_1".into() })
}

fn succeeded(amount: &str) -> Command {
    report(IntentReport::Succeeded {
        reference: intent("pi_1"),
        intent: "pi_1".into(),
        amount: money(amount),
    })
}

fn cancel() -> Command {
    Command::Cancel { reason: "changed my mind".into() }
}

fn names(order: &Order) -> Vec<&'static str> {
    order.log.iter().map(|event| event.kind.name()).collect()
}

#[test]
fn a_payment_is_confirmed_only_once_its_id_is_on_the_order() {
    let order = by_card();
    assert_eq!(next_step(&order, now()), Step::Create);
    let order = after(order, &created());
    assert_eq!(next_step(&order, now()), Step::Confirm("pi_1".into()));
    let order = after(order, &succeeded("20 EUR"));
    assert_eq!(next_step(&order, now()), Step::Done);
    assert_eq!(names(&order), ["placed", "payment_started", "paid", "confirmed"]);
    assert_eq!(order.payment.status(), PaymentStatus::Paid);
}

#[test]
fn a_paid_order_that_is_cancelled_gives_the_money_back_once() {
    let order = after(after(after(by_card(), &created()), &succeeded("20 EUR")), &cancel());
    let Step::Refund { refund, look_up } = next_step(&order, now()) else { panic!("a refund is due") };
    assert_eq!((refund.amount, look_up), (money("20 EUR"), false));
    assert_eq!(order.payment.refundable(), money("0 EUR"));
    let done =
        Command::RecordRefund { refund: refund.id, report: RefundReport::Done { provider: "re_1".into() } };
    let order = after(order, &done);
    assert_eq!(order.payment.status(), PaymentStatus::Refunded);
    assert_eq!(decide(&order, &done, now()), Ok(vec![]));
    assert_eq!(decide(&order, &cancel(), now()), Ok(vec![]));
    assert_eq!(next_step(&order, now()), Step::Done);
}

#[test]
fn money_that_comes_after_the_cancellation_goes_back() {
    let order = after(after(by_card(), &created()), &cancel());
    assert_eq!(next_step(&order, now()), Step::Void(intent("pi_1")));
    let order = after(order, &succeeded("20 EUR"));
    assert_eq!(order.status, Status::Cancelled);
    assert!(matches!(next_step(&order, now()), Step::Refund { .. }));
}

#[test]
fn an_order_cancelled_before_the_provider_knew_of_it_is_void_at_once() {
    let order = after(by_card(), &cancel());
    assert_eq!(next_step(&order, now()), Step::Done);
    assert_eq!(order.payment.status(), PaymentStatus::Voided);
    // The provider's late answer to "create" changes nothing: that payment is never confirmed.
    assert_eq!(decide(&order, &created(), now()), Ok(vec![]));
}

#[test]
fn an_unpaid_order_expires_when_its_hold_ends_and_not_before() {
    let order = by_card();
    let end = now().plus_seconds(HOLD_SECONDS);
    assert_eq!(decide(&order, &Command::Expire, now()), Err(Rejection::NotExpired));
    assert_eq!(next_step(&order, end), Step::Expire);
    let events = decide(&order, &Command::Expire, end).expect("expired");
    assert_eq!(events, [EventKind::Cancelled { reason: "payment_expired".into() }]);
}

#[test]
fn a_hanging_payment_is_called_off_at_the_provider_before_the_order_expires() {
    let order = after(by_card(), &created());
    let order = after(order, &report(IntentReport::Open { reference: intent("pi_1") }));
    let end = now().plus_seconds(HOLD_SECONDS);
    assert_eq!(next_step(&order, now()), Step::WaitUntil(end));
    assert_eq!(next_step(&order, end), Step::Void(intent("pi_1")));
    let order = after(order, &report(IntentReport::Canceled { reference: intent("pi_1") }));
    assert_eq!(next_step(&order, end), Step::Expire);
}

#[test]
fn a_declined_payment_is_told_and_called_off_with_the_order() {
    let order = after(by_card(), &created());
    let order = after(
        order,
        &report(IntentReport::Failed { intent: Some("pi_1".into()), code: "card_declined".into() }),
    );
    assert_eq!((order.status, order.payment.status()), (Status::Pending, PaymentStatus::Failed));
    let order = after(order, &cancel());
    assert_eq!(next_step(&order, now()), Step::Void(intent("pi_1")));
}

#[test]
fn another_payment_or_another_amount_is_no_payment() {
    let order = after(by_card(), &created());
    assert_eq!(decide(&order, &succeeded("19.99 EUR"), now()), Err(Rejection::PaymentMismatch));
    assert_eq!(decide(&order, &succeeded("20 USD"), now()), Err(Rejection::PaymentMismatch));
    let foreign = report(IntentReport::Succeeded {
        reference: intent("pi_2"),
        intent: "pi_2".into(),
        amount: money("20 EUR"),
    });
    assert_eq!(decide(&order, &foreign, now()), Err(Rejection::PaymentMismatch));
    assert_eq!(decide(&placed(Method::Cod), &succeeded("20 EUR"), now()), Err(Rejection::PaymentMismatch));
}

#[test]
fn news_of_an_attempt_that_was_replaced_is_not_taken_for_the_next_one() {
    let open = || report(IntentReport::Open { reference: intent("pi_1") });
    let pay = |method| Command::Pay { method, key: "p1".into() };
    let card = || Method::Card { payment_method: "pm_card_mastercard".into() };
    let order = after(after(after(by_card(), &created()), &open()), &pay(card()));
    assert_eq!(next_step(&order, now()), Step::Void(intent("pi_1")));
    let order = after(order, &report(IntentReport::Canceled { reference: intent("pi_1") }));
    assert_eq!(next_step(&order, now()), Step::Create);
    // Seen at the provider before it was called off, told afterwards.
    let failed = IntentReport::Failed { intent: Some("pi_1".into()), code: "card_declined".into() };
    for late in [created(), open(), report(failed)] {
        assert_eq!(decide(&order, &late, now()), Ok(vec![]), "{late:?}");
    }
    let order = after(order, &report(IntentReport::Created { intent: "pi_2".into() }));
    assert_eq!(next_step(&order, now()), Step::Confirm("pi_2".into()));
}

#[test]
fn an_attempt_that_pays_while_it_is_being_replaced_may_say_so_twice() {
    let page = Method::Redirect { return_url: "https://shop.example/".into() };
    let session = || Reference::Session("cs_1".into());
    let order = after(placed(page), &report(IntentReport::Open { reference: session() }));
    let card = Method::Card { payment_method: "pm_card_visa".into() };
    let order = after(order, &Command::Pay { method: card, key: "p1".into() });
    let total = money("20 EUR");
    let paid = report(IntentReport::Succeeded { reference: session(), intent: "pi_1".into(), amount: total });
    let order = after(order, &paid);
    assert_eq!((order.status, order.payment.captured), (Status::Confirmed, total));
    assert_eq!(decide(&order, &paid, now()), Ok(vec![]));
}

#[test]
fn cash_on_delivery_is_confirmed_at_once_and_prepared_once() {
    let order = placed(Method::Cod);
    assert_eq!(order.status, Status::Confirmed);
    assert_eq!(next_step(&order, now()), Step::Done);
    let prepare = Command::Prepare { parcels: vec![], carbon_grams: 1 };
    assert_eq!(decide(&by_card(), &prepare, now()), Err(Rejection::NotConfirmed));
    let order = after(order, &prepare);
    assert_eq!(order.status, Status::Preparing);
    assert_eq!(decide(&order, &prepare, now()), Ok(vec![]));
}

#[test]
fn nothing_is_cancelled_once_it_is_packed() {
    for status in [Status::Packed, Status::Shipped, Status::Delivered] {
        let order = Order { status, ..placed(Method::Cod) };
        assert_eq!(decide(&order, &cancel(), now()), Err(Rejection::TooLateToCancel { status }));
        assert!(permitted_actions(&order).is_empty());
    }
}

#[test]
fn the_state_is_what_the_log_says() {
    let order = after(after(after(by_card(), &created()), &succeeded("20 EUR")), &cancel());
    let replayed = order
        .log
        .iter()
        .fold(None, |state, event| apply(state, std::slice::from_ref(&event.kind), &event.actor, event.at));
    assert_eq!(replayed, Some(order));
}
