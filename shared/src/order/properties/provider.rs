//! A payment provider that behaves as Stripe documents it, and tells what happened late, twice, out of order or never.

use super::picks::Picks;
use crate::money::{Currency, Money};
use crate::order::payment::{Method, Payment, Reference};
use crate::order::{Command, IntentReport, Refund, RefundReport};
use crate::store::Capture;

/// Where an attempt to pay stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// It exists and is not confirmed.
    Created,
    /// It waits for the customer or the bank.
    Live,
    /// It was refused; whoever holds it can confirm it again.
    Refused,
    Authorized,
    Paid,
    /// Called off, or run out of time.
    Dead,
}

/// A PaymentIntent, or a Checkout session with the PaymentIntent that comes of it.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    /// Which attempt of the order: part of the idempotency key.
    pub(super) number: u32,
    pub(super) reference: Reference,
    pub(super) intent: String,
    pub(super) capture: Capture,
    pub(super) at: At,
    pub(super) asked: i64,
    pub(super) taken: i64,
}

/// Money that goes back: our refund and its attempt, or one that somebody made on the provider's pages.
#[derive(Debug, Clone)]
pub(super) struct Repayment {
    pub(super) id: String,
    pub(super) ours: Option<(String, u32)>,
    pub(super) amount: i64,
    pub(super) failed: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Dispute {
    pub(super) id: String,
    pub(super) amount: i64,
    pub(super) won: Option<bool>,
}

#[derive(Debug)]
pub(super) struct Provider {
    currency: Currency,
    pub(super) attempts: Vec<Attempt>,
    pub(super) repayments: Vec<Repayment>,
    pub(super) disputes: Vec<Dispute>,
    /// What was seen of it at some moment, and can reach the order at any later one.
    pub(super) news: Vec<Command>,
    /// Whether it refuses no refund any more.
    pub(super) kind: bool,
}

impl Provider {
    pub(super) fn new(currency: Currency) -> Self {
        let (attempts, repayments, disputes, news) = Default::default();
        Self { currency, attempts, repayments, disputes, news, kind: false }
    }

    fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor, self.currency).expect("an amount")
    }

    /// What it took.
    pub(super) fn taken(&self) -> i64 {
        self.attempts.iter().map(|attempt| attempt.taken).sum()
    }

    /// What it gave back.
    pub(super) fn given(&self) -> i64 {
        self.repayments.iter().filter(|repayment| !repayment.failed).map(|repayment| repayment.amount).sum()
    }

    /// What banks hold or have taken back.
    pub(super) fn disputed(&self) -> i64 {
        let lost = self.disputes.iter().filter(|dispute| dispute.won != Some(true));
        lost.map(|dispute| dispute.amount).sum()
    }

    /// Whether somebody gave money back on its own pages.
    pub(super) fn was_used_by_hand(&self) -> bool {
        self.repayments.iter().any(|repayment| repayment.ours.is_none())
    }

    /// What it could give back.
    pub(super) fn available(&self) -> i64 {
        self.taken() - self.given() - self.disputed()
    }

    /// What it says about an attempt: a page that was paid on also goes by the name of its PaymentIntent.
    pub(super) fn report(&self, at: usize, by_intent: bool) -> IntentReport {
        let attempt = &self.attempts[at];
        let intent = attempt.intent.clone();
        let reference = if by_intent { Reference::Intent(intent.clone()) } else { attempt.reference.clone() };
        match attempt.at {
            At::Created => IntentReport::Created { intent },
            At::Live => IntentReport::Open { reference },
            At::Refused => IntentReport::Failed {
                intent: Some(intent),
                attempt: Some(attempt.number),
                code: "card_declined".into(),
            },
            At::Authorized => {
                IntentReport::Authorized { reference, intent, amount: self.money(attempt.asked) }
            }
            At::Paid => IntentReport::Succeeded { reference, intent, amount: self.money(attempt.taken) },
            At::Dead => IntentReport::Canceled { reference },
        }
    }

    /// What it says about money that goes back.
    pub(super) fn repayment_report(&self, at: usize) -> Command {
        let Repayment { id, ours, amount, failed } = &self.repayments[at];
        match ours {
            None => Command::RecordOutsideRefund { provider: id.clone(), amount: self.money(*amount) },
            Some((refund, attempt)) => {
                let report = if *failed {
                    RefundReport::Failed { attempt: *attempt, code: "lost_or_stolen_card".into() }
                } else {
                    RefundReport::Done { provider: id.clone() }
                };
                Command::RecordRefund { refund: refund.clone(), report }
            }
        }
    }

    pub(super) fn dispute_report(&self, at: usize) -> Command {
        let Dispute { id, amount, won } = &self.disputes[at];
        let (dispute, amount, reason) = (id.clone(), self.money(*amount), "fraudulent".into());
        Command::RecordDispute { dispute, amount, reason, won: *won }
    }

    pub(super) fn find(&self, wanted: &Reference) -> usize {
        let named = |attempt: &Attempt| match wanted {
            Reference::Intent(intent) => attempt.intent == *intent,
            Reference::Session(_) => attempt.reference == *wanted,
        };
        self.attempts.iter().position(named).expect("the provider made it")
    }

    /// Creates an attempt, or finds the one that it created under the same idempotency key. None: it refuses to, e.g. a card
    /// that does not exist or a payment of nothing.
    pub(super) fn create(&mut self, wanted: &Payment, picks: &mut Picks<'_>) -> Option<usize> {
        let (number, capture, asked) = (wanted.attempt, wanted.capture, wanted.amount.minor());
        let session = matches!(wanted.method, Method::Redirect { .. });
        if let Some(known) = self.attempts.iter().position(|known| known.number == number) {
            return Some(known);
        }
        if asked == 0 || picks.once_in(20) {
            return None;
        }
        let name = self.attempts.len();
        let intent = format!("pi_{name}");
        let (reference, at) = if session {
            (Reference::Session(format!("cs_{name}")), At::Live)
        } else {
            (Reference::Intent(intent.clone()), At::Created)
        };
        self.attempts.push(Attempt { number, reference, intent, capture, at, asked, taken: 0 });
        Some(name)
    }

    pub(super) fn confirm(&mut self, at: usize, picks: &mut Picks<'_>) {
        if self.attempts[at].at == At::Created {
            self.answer_customer(at, picks);
        }
    }

    /// The bank's word on a payment that the customer wants to make.
    pub(super) fn answer_customer(&mut self, at: usize, picks: &mut Picks<'_>) {
        let attempt = &mut self.attempts[at];
        let refused = matches!(attempt.reference, Reference::Intent(_)).then_some(At::Refused);
        match picks.below(8) {
            0..=4 if attempt.capture == Capture::AtShipment => attempt.at = At::Authorized,
            0..=4 => (attempt.at, attempt.taken) = (At::Paid, attempt.asked),
            5 => attempt.at = At::Live,
            // On its own page, the provider lets the customer try another card.
            _ => attempt.at = refused.unwrap_or(attempt.at),
        }
        self.tell(at);
    }

    pub(super) fn void(&mut self, at: usize) {
        if self.attempts[at].at != At::Paid {
            self.attempts[at].at = At::Dead;
            self.tell(at);
        }
    }

    pub(super) fn capture(&mut self, at: usize, amount: i64) {
        let attempt = &mut self.attempts[at];
        if attempt.at == At::Authorized {
            assert!((1..=attempt.asked).contains(&amount), "{amount} cannot be taken of {}", attempt.asked);
            (attempt.at, attempt.taken) = (At::Paid, amount);
            self.tell(at);
        }
    }

    /// Gives money back, or finds what it gave back under the same idempotency key. It says what became of it.
    pub(super) fn refund(&mut self, refund: &Refund, look_up: bool, picks: &mut Picks<'_>) -> Command {
        let of_refund = |known: &Repayment| known.ours.as_ref().is_some_and(|(id, _)| *id == refund.id);
        let of_key = |known: &Repayment| {
            known.ours.as_ref().is_some_and(|ours| *ours == (refund.id.clone(), refund.attempt))
        };
        let found = self.repayments.iter().position(|known| look_up && of_refund(known) && !known.failed);
        if let Some(at) = found.or_else(|| self.repayments.iter().position(of_key)) {
            return self.repayment_report(at);
        }
        if refund.amount.minor() > self.available() || (!self.kind && picks.once_in(8)) {
            let report = RefundReport::Failed { attempt: refund.attempt, code: "charge_disputed".into() };
            return Command::RecordRefund { refund: refund.id.clone(), report };
        }
        let ours = Some((refund.id.clone(), refund.attempt));
        let at = self.give(ours, refund.amount.minor(), !self.kind && picks.once_in(8));
        self.repayment_report(at)
    }

    /// Money goes back.
    pub(super) fn give(&mut self, ours: Option<(String, u32)>, amount: i64, failed: bool) -> usize {
        let at = self.repayments.len();
        self.repayments.push(Repayment { id: format!("re_{at}"), ours, amount, failed });
        self.news.push(self.repayment_report(at));
        at
    }

    /// A refund of ours that it took fails after all.
    pub(super) fn fail_later(&mut self, at: usize) {
        if !self.repayments[at].failed && self.repayments[at].ours.is_some() {
            self.repayments[at].failed = true;
            self.news.push(self.repayment_report(at));
        }
    }

    pub(super) fn dispute(&mut self, amount: i64) {
        let at = self.disputes.len();
        self.disputes.push(Dispute { id: format!("dp_{at}"), amount, won: None });
        self.news.push(self.dispute_report(at));
    }

    pub(super) fn close_dispute(&mut self, at: usize, won: bool) {
        if self.disputes[at].won.is_none() {
            self.disputes[at].won = Some(won);
            self.news.push(self.dispute_report(at));
        }
    }

    /// What can be seen of an attempt now may reach the order at any later moment.
    fn tell(&mut self, at: usize) {
        for by_intent in [false, true] {
            if !by_intent || matches!(self.attempts[at].at, At::Authorized | At::Paid | At::Dead) {
                self.news.push(Command::RecordPayment(self.report(at, by_intent)));
            }
        }
    }
}
