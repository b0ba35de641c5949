//! Laws that hold whatever is asked of an order, in whatever sequence.

use proptest::prelude::*;

use super::payment::{HOLD_SECONDS, Method, RefundState, Step, next_step};
use super::*;
use crate::ids::{CustomerId, IdempotencyKey, OrderId};

fn start() -> Timestamp {
    Timestamp::from_seconds(1_772_359_200)
}

fn order(prepaid: bool) -> Order {
    let customer = CustomerId::parse("alice").expect("valid");
    let key = IdempotencyKey::parse("k").expect("valid");
    let method = if prepaid { Method::Card { payment_method: "pm_1".into() } } else { Method::Cod };
    let mut events = vec![EventKind::Placed {
        id: OrderId::new(&customer, &customer, &key, start()),
        customer,
        total: "20.00 EUR".parse().expect("money"),
        items: 2,
        method,
        hold_until: prepaid.then(|| start().plus_seconds(HOLD_SECONDS)),
        delivery: start().plus_seconds(400_000),
    }];
    if !prepaid {
        events.push(EventKind::Confirmed);
    }
    apply(None, &events, &Actor::Customer, start()).expect("placed")
}

fn reports() -> impl Strategy<Value = Command> {
    let intent = prop_oneof![9 => Just("pi_1"), 1 => Just("pi_2")];
    (intent, 0..6u8, prop_oneof![9 => Just("20.00 EUR"), 1 => Just("19.99 EUR")]).prop_map(
        |(intent, kind, amount)| {
            let intent = intent.to_owned();
            Command::RecordPayment(match kind {
                0 => IntentReport::Created { intent },
                1 => IntentReport::Open { intent },
                2 | 3 => IntentReport::Succeeded { intent, amount: amount.parse().expect("money") },
                4 => IntentReport::Failed { intent: Some(intent), code: "card_declined".into() },
                _ => IntentReport::Canceled { intent },
            })
        },
    )
}

fn commands() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => reports(),
        1 => Just(Command::Cancel { reason: "no".into() }),
        1 => Just(Command::Expire),
        1 => Just(Command::Prepare { parcels: vec![], carbon_grams: 1 }),
        2 => (0..3usize, any::<bool>()).prop_map(|(at, done)| {
            let report = if done { RefundReport::Done { provider: "re".into() } } else { RefundReport::Failed { code: "no".into() } };
            Command::RecordRefund { refund: at.to_string(), report }
        }),
    ]
}

/// The refund that a random place stands for, if the order has that many.
fn aimed(command: Command, order: &Order) -> Command {
    match command {
        Command::RecordRefund { refund, report } => {
            let at: usize = refund.parse().unwrap_or_default();
            let refund = order.payment.refunds.get(at).map_or(refund, |refund| refund.id.clone());
            Command::RecordRefund { refund, report }
        }
        other => other,
    }
}

fn count(order: &Order, name: &str) -> usize {
    order.log.iter().filter(|event| event.kind.name() == name).count()
}

fn check_laws(order: &Order) {
    for once in ["placed", "confirmed", "paid", "cancelled", "preparing"] {
        assert!(count(order, once) <= 1, "{once} twice: {order:?}");
    }
    let payment = &order.payment;
    let promised: i64 = payment
        .refunds
        .iter()
        .filter(|refund| refund.state != RefundState::Failed)
        .map(|refund| refund.amount.minor())
        .sum();
    assert!(payment.captured.is_zero() || payment.captured == order.total, "{order:?}");
    assert!(promised <= payment.captured.minor(), "more goes back than was taken: {order:?}");
    if order.status == Status::Cancelled && !payment.captured.is_zero() {
        assert_eq!(payment.refunds.len(), 1, "a cancelled order keeps its money: {order:?}");
    }
    assert_eq!(order.status == Status::Cancelled, count(order, "cancelled") == 1);
    assert!(order.status != Status::Preparing || count(order, "confirmed") == 1);
    let replayed = order
        .log
        .iter()
        .fold(None, |state, event| apply(state, std::slice::from_ref(&event.kind), &event.actor, event.at));
    assert_eq!(replayed.as_ref(), Some(order), "the state is not what the log says");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn money_and_log_stay_right_in_every_sequence_of_commands(
        prepaid in any::<bool>(),
        steps in proptest::collection::vec((commands(), 0i64..1_200), 0..25),
    ) {
        let mut order = order(prepaid);
        let mut now = start();
        for (command, seconds) in steps {
            now = now.plus_seconds(seconds);
            if let Ok(events) = decide(&order, &aimed(command, &order), now) {
                order = apply(Some(order), &events, &Actor::Worker, now).expect("an order");
            }
            check_laws(&order);
        }
    }

    /// Against a provider that answers anything its state allows, following `next_step` always comes to an end.
    #[test]
    fn every_payment_comes_to_an_end_when_its_steps_are_followed(
        before in proptest::collection::vec(commands(), 0..6),
        answers in proptest::collection::vec(0..3u8, 10),
    ) {
        let mut order = order(true);
        for command in before {
            if let Ok(events) = decide(&order, &aimed(command, &order), start()) {
                order = apply(Some(order), &events, &Actor::Worker, start()).expect("an order");
            }
        }
        let mut now = start();
        for answer in answers {
            let intent = order.payment.intent.clone().unwrap_or_else(|| "pi_1".to_owned());
            let paid = IntentReport::Succeeded { intent: intent.clone(), amount: order.total };
            let command = match next_step(&order, now) {
                Step::Done => break,
                Step::WaitUntil(moment) => {
                    now = moment;
                    continue;
                }
                Step::Create => Command::RecordPayment(IntentReport::Created { intent }),
                Step::Confirm(_) => Command::RecordPayment(match answer {
                    0 => paid,
                    1 => IntentReport::Failed { intent: Some(intent), code: "card_declined".into() },
                    _ => IntentReport::Open { intent },
                }),
                Step::CancelIntent(_) if answer == 0 => Command::RecordPayment(paid),
                Step::CancelIntent(_) => Command::RecordPayment(IntentReport::Canceled { intent }),
                Step::Refund { refund, .. } => {
                    Command::RecordRefund { refund: refund.id, report: RefundReport::Done { provider: "re".into() } }
                }
                Step::Expire => Command::Expire,
            };
            let events = decide(&order, &command, now).expect("a step is allowed");
            assert!(!events.is_empty(), "the step {command:?} changes nothing: {order:?}");
            order = apply(Some(order), &events, &Actor::Worker, now).expect("an order");
            check_laws(&order);
        }
        assert_eq!(next_step(&order, now.plus_seconds(HOLD_SECONDS)), Step::Done, "{order:?}");
    }
}
