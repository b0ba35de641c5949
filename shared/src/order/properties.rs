//! Laws that hold whatever is asked of an order, in whatever sequence.

use proptest::prelude::*;

use super::payment::{Method, Reference, RefundState, Step, next_step};
use super::*;
use crate::ids::{CustomerId, IdempotencyKey, OrderId};

const HOLD_SECONDS: i64 = 30 * 60;

fn start() -> Timestamp {
    Timestamp::from_seconds(1_772_359_200)
}

fn methods() -> impl Strategy<Value = Method> {
    prop_oneof![
        3 => Just(Method::Card { payment_method: "pm_1".into() }),
        2 => Just(Method::Redirect { return_url: "https://shop.example/".into() }),
        1 => Just(Method::Cod),
        1 => Just(Method::Later),
    ]
}

fn order(method: Method) -> Order {
    let customer = CustomerId::parse("alice").expect("valid");
    let key = IdempotencyKey::parse("k").expect("valid");
    let prepaid = method != Method::Cod;
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
    let name = prop_oneof![6 => Just("pi_1"), 1 => Just("pi_2"), 3 => Just("cs_1")];
    (name, 0..6u8, prop_oneof![9 => Just("20.00 EUR"), 1 => Just("19.99 EUR")]).prop_map(
        |(name, kind, amount)| {
            let reference = reference(name);
            let intent = name.replace("cs_", "pi_");
            Command::RecordPayment(match kind {
                0 => IntentReport::Created { intent },
                1 => IntentReport::Open { reference },
                2 | 3 => {
                    IntentReport::Succeeded { reference, intent, amount: amount.parse().expect("money") }
                }
                4 => IntentReport::Failed { intent: Some(intent), code: "card_declined".into() },
                _ => IntentReport::Canceled { reference },
            })
        },
    )
}

fn reference(name: &str) -> Reference {
    if name.starts_with("cs_") {
        Reference::Session(name.to_owned())
    } else {
        Reference::Intent(name.to_owned())
    }
}

fn pay() -> impl Strategy<Value = Command> {
    (methods(), 0..4u8).prop_map(|(method, key)| Command::Pay { method, key: key.to_string() })
}

fn commands() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => reports(),
        2 => pay(),
        1 => Just(Command::Accept),
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
    assert!(
        payment.replaced.is_none() || payment.reference().is_none(),
        "two attempts live at once: {order:?}"
    );
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
        method in methods(),
        steps in proptest::collection::vec((commands(), 0i64..1_200), 0..25),
    ) {
        let mut order = order(method);
        let mut now = start();
        for (command, seconds) in steps {
            now = now.plus_seconds(seconds);
            if let Ok(events) = decide(&order, &aimed(command, &order), now) {
                order = apply(Some(order), &events, &Actor::Worker, now).expect("an order");
            }
            check_laws(&order);
        }
    }

    /// Against a provider that keeps what it made and takes money by whatever lives, however often the customer changes the
    /// way to pay, and with its messages late, doubled and out of order: money is taken once at most, is never forgotten,
    /// and following `next_step` always comes to an end.
    #[test]
    fn an_order_is_paid_once_at_most_and_every_payment_comes_to_an_end(
        method in methods(),
        moves in proptest::collection::vec((0..7u8, any::<u8>(), pay()), 0..40),
    ) {
        let mut shop = Shop { order: order(method), provider: vec![], now: start() };
        for (kind, pick, pay) in moves {
            match kind {
                0 => shop.command(pay),
                1 => shop.command(Command::Cancel { reason: "no".into() }),
                2 => shop.now = shop.now.plus_seconds(i64::from(pick)),
                3 => shop.customer_pays(pick),
                4 => shop.webhook(pick),
                _ => { shop.step(pick); }
            }
        }
        shop.now = shop.now.plus_seconds(HOLD_SECONDS);
        for _ in 0..40 {
            if !shop.step(1) {
                break;
            }
        }
        prop_assert_eq!(next_step(&shop.order, shop.now), Step::Done, "{:?}", &shop.order);
        let taken = shop.provider.iter().filter(|(_, state)| *state == At::Paid).count();
        let known = !shop.order.payment.captured.is_zero();
        prop_assert_eq!(taken, usize::from(known), "{:?} {:?}", &shop.order, &shop.provider);
        prop_assert!(shop.provider.iter().all(|(_, state)| *state != At::Live), "{:?}", &shop.provider);
    }
}

/// Where an attempt stands at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Created,
    Live,
    Refused,
    Paid,
    Dead,
}

/// An order and the provider that it is paid through.
struct Shop {
    order: Order,
    provider: Vec<(Reference, At)>,
    now: Timestamp,
}

impl Shop {
    fn command(&mut self, command: Command) {
        if let Ok(events) = decide(&self.order, &command, self.now) {
            self.order =
                apply(Some(self.order.clone()), &events, &Actor::Worker, self.now).expect("an order");
        }
        check_laws(&self.order);
    }

    fn report(&self, at: usize) -> IntentReport {
        let (reference, state) = self.provider[at].clone();
        let intent = match &reference {
            Reference::Intent(name) => name.clone(),
            Reference::Session(name) => name.replace("cs_", "pi_s"),
        };
        match state {
            At::Created => IntentReport::Created { intent },
            At::Live => IntentReport::Open { reference },
            At::Refused => IntentReport::Failed { intent: Some(intent), code: "card_declined".into() },
            At::Paid => IntentReport::Succeeded { reference, intent, amount: self.order.total },
            At::Dead => IntentReport::Canceled { reference },
        }
    }

    /// The customer acts at the provider: on its page, in the bank's app, with another card for a refused payment.
    fn customer_pays(&mut self, pick: u8) {
        let mut open: Vec<_> =
            self.provider.iter_mut().filter(|(_, at)| matches!(at, At::Live | At::Refused)).collect();
        let count = open.len();
        if let Some((_, at)) = open.get_mut(usize::from(pick) % count.max(1)) {
            *at = At::Paid;
        }
    }

    fn webhook(&mut self, pick: u8) {
        if !self.provider.is_empty() {
            let report = self.report(usize::from(pick) % self.provider.len());
            self.command(Command::RecordPayment(report));
        }
    }

    fn create(&mut self, reference: Reference, at: At) -> IntentReport {
        self.provider.push((reference, at));
        self.report(self.provider.len() - 1)
    }

    /// Takes the next step, if there is one now. An even `pick` lets the bank take the money where it may.
    fn step(&mut self, pick: u8) -> bool {
        let name = format!("{}", self.provider.len());
        let find = |provider: &[(Reference, At)], reference: &Reference| {
            provider.iter().position(|(known, _)| known == reference).expect("the provider made it")
        };
        let report = match next_step(&self.order, self.now) {
            Step::Done => return false,
            Step::WaitUntil(moment) => {
                self.now = self.now.max(moment);
                return true;
            }
            Step::Expire => {
                self.command(Command::Expire);
                return true;
            }
            Step::Accept => {
                self.command(Command::Accept);
                return true;
            }
            Step::Refund { refund, .. } => {
                let report = RefundReport::Done { provider: "re".into() };
                self.command(Command::RecordRefund { refund: refund.id, report });
                return true;
            }
            Step::Create => self.create(Reference::Intent(format!("pi_{name}")), At::Created),
            Step::OpenSession { .. } => self.create(Reference::Session(format!("cs_{name}")), At::Live),
            Step::Confirm(intent) => {
                let at = find(&self.provider, &Reference::Intent(intent));
                if self.provider[at].1 == At::Created {
                    self.provider[at].1 = [At::Paid, At::Live, At::Refused][usize::from(pick) % 3];
                }
                self.report(at)
            }
            Step::Void(reference) => {
                let at = find(&self.provider, &reference);
                if self.provider[at].1 != At::Paid {
                    self.provider[at].1 = At::Dead;
                }
                self.report(at)
            }
        };
        let before = self.order.version();
        self.command(Command::RecordPayment(report));
        assert!(
            self.order.version() > before,
            "a step changes nothing: {:?} {:?}",
            self.order,
            self.provider
        );
        true
    }
}
