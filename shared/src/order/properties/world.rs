//! An order, the provider that it is paid through, and the moment.

use super::audit::told;
use super::laws;
use super::picks::Picks;
use super::provider::{At, Provider};
use super::seen::Seen;
use super::stock::Stock;
use crate::order::payment::{Reference, Step, next_step};
use crate::order::{
    Actor, Command, EventKind, IntentReport, Order, Rejection, apply, decide, effects, permit,
};
use crate::placement::{Document, Placement};
use crate::time::Timestamp;

pub(super) struct World<'a> {
    order: Option<Order>,
    pub(super) document: Document,
    pub(super) provider: Provider,
    pub(super) now: Timestamp,
    stock: Stock,
    /// What was asked with success, to ask it again.
    pub(super) done: Vec<(Command, Actor)>,
    seen: &'a mut Seen,
}

impl<'a> World<'a> {
    pub(super) fn new(placement: Placement, seen: &'a mut Seen) -> Self {
        let Placement { order, document, .. } = placement;
        seen.happened(order.log.iter().map(|event| &event.kind));
        let provider = Provider::new(order.total.currency());
        let (stock, now) = (Stock::new(&document), order.placed_at);
        laws::check(&order, &document, &stock, &provider);
        Self { order: Some(order), document, provider, now, stock, done: vec![], seen }
    }

    pub(super) fn order(&self) -> &Order {
        self.order.as_ref().expect("it is only away while it changes")
    }

    pub(super) fn wait(&mut self, seconds: i64) {
        self.now = self.now.plus_seconds(seconds);
    }

    /// Asks something of the order and checks every law. Says whether the order changed.
    pub(super) fn ask(&mut self, command: &Command, actor: &Actor) -> bool {
        self.now = self.now.plus_seconds(1);
        let (order, document, now) = (self.order(), &self.document, self.now);
        let permitted = permit(order, document, command.action(), actor.role(), now);
        let decided = decide(order, document, command, actor, now);
        let changes = decided.as_ref().is_ok_and(|events| !events.is_empty());
        let before = order.status;
        self.seen.asked(command.action().name(), changes);
        // These say nothing but what is to be done, so nothing else can be wrong with them.
        let plain = [Command::PREPARE, Command::PACK, Command::SHIP, Command::Accept].contains(command);
        assert!(!plain || changes == permitted.is_ok(), "{command:?} by {actor:?}: {}", told(self.order()));
        let events = match decided {
            Ok(events) if events.is_empty() => return false,
            Ok(events) => events,
            Err(rejection) => {
                let says_so = permitted.err().is_none_or(|why| why == rejection);
                assert!(says_so || rejection == Rejection::KeyReused, "{rejection:?} for {command:?}");
                let ours = matches!(rejection, Rejection::Allocation(_));
                assert!(!ours, "{rejection:?} for {} {:?}", told(self.order()), self.document);
                return false;
            }
        };
        assert_eq!(permitted, Ok(()), "{command:?} by {actor:?} was decided: {}", told(self.order()));
        self.seen.happened(&events);
        let effects = effects(self.order(), &self.document, &events);
        self.stock.book(&self.document, &events, &effects);
        self.order = apply(self.order.take(), &events, actor, now);
        laws::step(before, self.order(), &self.document, &events, actor);
        laws::check(self.order(), &self.document, &self.stock, &self.provider);
        self.again(command, actor);
        self.done.push((command.clone(), actor.clone()));
        true
    }

    /// What is asked again changes nothing, and a request that is sent again finds what it did.
    pub(super) fn again(&self, command: &Command, actor: &Actor) {
        let decided = decide(self.order(), &self.document, command, actor, self.now);
        if command.request().is_some() || matches!(command, Command::Pay { .. }) {
            assert_eq!(decided, Ok(vec![]), "{command:?} again: {}", told(self.order()));
        } else {
            let changes = decided.is_ok_and(|events| !events.is_empty());
            assert!(!changes, "{command:?} twice: {}", told(self.order()));
        }
    }

    /// What must be refused, whatever happened before.
    pub(super) fn refuses(&mut self, command: &Command, actor: &Actor, why: &Rejection) {
        let decided = decide(self.order(), &self.document, command, actor, self.now);
        self.seen.asked(command.action().name(), false);
        assert_eq!(decided.as_ref(), Err(why), "{command:?}: {}", told(self.order()));
    }

    /// Whether the order was ever told of it; before that, nobody can pay by it.
    pub(super) fn knows(&self, at: usize) -> bool {
        let attempt = &self.provider.attempts[at];
        self.order().log.iter().any(|event| match (&event.kind, &attempt.reference) {
            (EventKind::PaymentStarted { intent }, Reference::Intent(known)) => intent == known,
            (EventKind::CheckoutOpened { session }, Reference::Session(known)) => session == known,
            _ => false,
        })
    }

    /// The order is told how an attempt stands.
    pub(super) fn tell_attempt(&mut self, at: usize) -> bool {
        let intent = &self.provider.attempts[at].intent;
        let by_intent = self.order().payment.intent.as_ref() == Some(intent);
        let report = self.provider.report(at, by_intent);
        self.ask(&Command::RecordPayment(report), &Actor::Provider)
    }

    /// The order is told what became of money on its way back.
    pub(super) fn tell_repayment(&mut self, at: usize) {
        let report = self.provider.repayment_report(at);
        self.ask(&report, &Actor::Provider);
    }

    /// Takes the next step, if there is one now; an answer can be lost on its way. Says whether there was one.
    pub(super) fn step(&mut self, picks: &mut Picks<'_>, lossy: bool) -> bool {
        let lost = lossy && picks.once_in(10);
        let order = self.order();
        let version = order.version();
        let at = match next_step(order, self.now) {
            Step::Done | Step::WaitUntil(_) => return false,
            Step::Expire => {
                assert!(self.ask(&Command::Expire, &Actor::Worker), "{}", told(self.order()));
                return true;
            }
            Step::Accept => {
                assert!(self.ask(&Command::Accept, &Actor::Worker), "{}", told(self.order()));
                return true;
            }
            Step::RetryRefund(refund) => {
                assert!(self.ask(&Command::RetryRefund { refund }, &Actor::Worker), "{}", told(self.order()));
                return true;
            }
            Step::Refund { refund, look_up } => {
                let answer = self.provider.refund(&refund, look_up, picks);
                assert!(lost || self.ask(&answer, &Actor::Worker), "{answer:?}: {}", told(self.order()));
                return true;
            }
            Step::Create | Step::OpenSession { .. } => {
                let wanted = order.payment.clone();
                let Some(at) = self.provider.create(&wanted, picks) else {
                    let (attempt, code) = (Some(wanted.attempt), "amount_too_small".into());
                    let report = IntentReport::Failed { intent: None, attempt, code };
                    let heard = lost || self.ask(&Command::RecordPayment(report), &Actor::Provider);
                    assert!(heard, "{}", told(self.order()));
                    return true;
                };
                at
            }
            Step::Confirm(intent) => {
                let at = self.provider.find(&Reference::Intent(intent));
                self.provider.confirm(at, picks);
                at
            }
            Step::Capture { intent, amount } => {
                assert_eq!(amount, order.sums().owed(), "only what is owed is taken: {}", told(order));
                let at = self.provider.find(&Reference::Intent(intent));
                self.provider.capture(at, amount.minor());
                at
            }
            Step::Void(reference) => {
                let at = self.provider.find(&reference);
                self.provider.void(at);
                at
            }
        };
        if !lost {
            self.tell_attempt(at);
            let changed = self.order().version() > version;
            assert!(changed, "a step changes nothing: {} {:?}", told(self.order()), self.provider);
        }
        true
    }

    /// Everything that the provider knows reaches the order.
    pub(super) fn tell_all(&mut self) {
        for at in 0..self.provider.attempts.len() {
            // Nothing tells of what nobody confirmed, or of a page that nobody saw.
            let quiet = self.provider.attempts[at].at == At::Created
                || (self.provider.attempts[at].at == At::Live && !self.knows(at));
            if !quiet {
                self.tell_attempt(at);
            }
        }
        for at in 0..self.provider.repayments.len() {
            self.tell_repayment(at);
        }
        for at in 0..self.provider.disputes.len() {
            let report = self.provider.dispute_report(at);
            self.ask(&report, &Actor::Provider);
        }
    }
}
