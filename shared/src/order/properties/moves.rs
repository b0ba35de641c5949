//! What can happen next: the usual thing, or anything.

use std::collections::BTreeSet;

use super::audit::told;
use super::picks::Picks;
use super::provider::At;
use super::wishes::{actor_for, wish};
use super::world::World;
use super::{DAY, HOUR};
use crate::order::payment::{Method, Reference, Step, next_step};
use crate::order::{Actor, Command, IntentReport, LabelStep, Rejection, ReturnState, Status};

/// Lets one thing happen.
pub(super) fn play(world: &mut World<'_>, picks: &mut Picks<'_>) {
    match picks.below(100) {
        0..=33 => go_on(world, picks),
        34..=39 => at_the_provider(world, picks),
        40..=45 => outside(world, picks),
        46..=51 => late_news(world, picks),
        52..=55 => world.tell_all(),
        56..=61 => {
            let seconds = picks.one_of(&[60, HOUR / 4, HOUR, 6 * HOUR, DAY, 14 * DAY, 31 * DAY]);
            world.wait(seconds);
        }
        62..=64 => asked_before(world, picks),
        65..=66 => lies(world, picks),
        _ => {
            let command = wish(world, picks);
            let actor = actor_for(&command, picks);
            world.ask(&command, &actor);
        }
    }
}

/// What brings an order on: the next step of its money, or what people do when nothing went wrong.
pub(super) fn go_on(world: &mut World<'_>, picks: &mut Picks<'_>) {
    if !matches!(next_step(world.order(), world.now), Step::WaitUntil(_) | Step::Done) {
        world.step(picks, true);
        return;
    }
    let order = world.order();
    let label = order.next_label(world.now, false, &BTreeSet::new());
    if matches!(label, LabelStep::LookUp { .. } | LabelStep::Void { .. }) {
        world.ask(&super::wishes::label_step(world, picks), &Actor::Worker);
        return;
    }
    let (command, actor) = match order.status {
        Status::Pending if order.payment.reference().is_some() => return at_the_provider(world, picks),
        Status::Pending => (super::wishes::pay(world, picks), Actor::Customer),
        Status::Confirmed => (Command::PREPARE, Actor::Worker),
        Status::Preparing | Status::Packed if picks.below(3) == 0 => {
            (super::wishes::label_step(world, picks), Actor::Worker)
        }
        Status::Preparing => match picks.below(3) {
            0 => (Command::PACK, super::staff()),
            1 => (Command::SHIP, super::staff()),
            _ => (super::wishes::a_part(world, picks), super::staff()),
        },
        Status::Packed => (Command::SHIP, super::staff()),
        Status::Shipped => (Command::DELIVER, Actor::Worker),
        Status::Cancelled => (super::wishes::refund(world, picks), super::staff()),
        Status::Delivered => match order.returns().iter().find(|known| known.is_open()) {
            Some(known) if known.state == ReturnState::Requested => {
                (Command::ApproveReturn { id: known.id }, super::staff())
            }
            Some(known) => {
                (Command::ReceiveReturn { id: known.id, lines: None, refund_delivery: None }, super::staff())
            }
            None => (super::wishes::send_back(world, picks), Actor::Customer),
        },
    };
    world.ask(&command, &actor);
}

/// The customer pays, or the bank refuses; an attempt runs out of time, or somebody uses the provider's own pages for it.
fn at_the_provider(world: &mut World<'_>, picks: &mut Picks<'_>) {
    let open: Vec<usize> = (0..world.provider.attempts.len())
        .filter(|at| matches!(world.provider.attempts[*at].at, At::Live | At::Refused | At::Authorized))
        .filter(|at| world.knows(*at))
        .collect();
    if open.is_empty() {
        return;
    }
    let at = picks.one_of(&open);
    let asked = world.provider.attempts[at].asked;
    match (world.provider.attempts[at].at, picks.below(8)) {
        (_, 7) => world.provider.void(at),
        (At::Authorized, 5..) => world.provider.capture(at, asked),
        (At::Authorized, _) => {}
        _ => world.provider.answer_customer(at, picks),
    }
    if !picks.once_in(4) {
        world.tell_attempt(at);
    }
}

/// Money leaves without us: a refund fails after all, somebody makes one at the provider, a customer disputes.
fn outside(world: &mut World<'_>, picks: &mut Picks<'_>) {
    let provider = &mut world.provider;
    match picks.below(4) {
        0 | 1 if !provider.repayments.is_empty() => {
            let at = picks.index(provider.repayments.len());
            // That takes days: until then, the order has heard of the refund.
            world.tell_repayment(at);
            world.provider.fail_later(at);
            if !picks.once_in(4) {
                world.tell_repayment(at);
            }
        }
        2 if provider.available() > 0 && picks.below(2) == 1 => {
            let all = provider.available();
            let failed =
                world.order().refunds().into_iter().rev().find(|refund| refund.failure_code.is_some());
            let same = failed.map(|refund| refund.amount.minor()).filter(|amount| *amount <= all);
            let amount = same.filter(|_| picks.below(2) == 1).unwrap_or_else(|| 1 + picks.minor(all - 1));
            world.provider.give(None, amount, false);
        }
        3 if !provider.disputes.is_empty() => {
            let at = picks.index(provider.disputes.len());
            provider.close_dispute(at, picks.below(2) == 0);
        }
        3 if provider.available() > 0 => {
            let amount = 1 + picks.minor(provider.available() - 1);
            provider.dispute(amount);
        }
        _ => {}
    }
}

/// Something that was seen of the provider at some moment reaches the order, once more or for the first time.
fn late_news(world: &mut World<'_>, picks: &mut Picks<'_>) {
    if world.provider.news.is_empty() {
        return;
    }
    let at = picks.index(world.provider.news.len());
    let news = world.provider.news[at].clone();
    // Nobody holds what was seen of a payment until its goods have left.
    let gone = world.order().has_left();
    if !(gone && matches!(news, Command::RecordPayment(_))) {
        world.ask(&news, &Actor::Provider);
    }
}

/// A request comes again, or another one under its key.
fn asked_before(world: &mut World<'_>, picks: &mut Picks<'_>) {
    if world.done.is_empty() {
        return;
    }
    let at = picks.index(world.done.len());
    let (mut command, actor) = world.done[at].clone();
    match &mut command {
        Command::CancelLines { request, .. }
        | Command::Fulfill { request, .. }
        | Command::WantLabel { request, .. }
        | Command::Refund { request, .. }
        | Command::RequestReturn { request, .. } => request.body = "another".into(),
        Command::Pay { method, .. } => *method = Method::Later,
        _ => return,
    }
    world.again(&world.done[at].0, &actor);
    world.refuses(&command, &actor, &Rejection::KeyReused);
}

/// News of what is not the order's, of another amount than it can be, or from somebody who cannot know.
fn lies(world: &mut World<'_>, picks: &mut Picks<'_>) {
    let order = world.order();
    let known = order.payment.reference();
    let all = order.total;
    let too_much = all.plus(all).ok().filter(|more| more.minor() > all.minor()).unwrap_or(all);
    let foreign = || Reference::Intent("pi_foreign".into());
    let intent = || "pi_foreign".to_owned();
    let (report, actor) = match (picks.below(8), known) {
        (0, Some(_)) => {
            (IntentReport::Succeeded { reference: foreign(), intent: intent(), amount: all }, Actor::Provider)
        }
        (1, Some(_)) => (IntentReport::Canceled { reference: foreign() }, Actor::Provider),
        (2, Some(_)) => {
            let intent = Some(intent());
            (IntentReport::Failed { intent, attempt: None, code: "no".into() }, Actor::Provider)
        }
        (3, Some(reference)) if too_much != all => {
            (IntentReport::Authorized { reference, intent: intent(), amount: too_much }, Actor::Provider)
        }
        (4, Some(reference)) if too_much != all => {
            (IntentReport::Succeeded { reference, intent: intent(), amount: too_much }, Actor::Provider)
        }
        (5, _) => {
            let (dispute, reason) = ("dp_foreign".into(), "fraudulent".into());
            let command = Command::RecordDispute { dispute, amount: all, reason, won: None };
            assert!(!world.ask(&command, &picks.one_of(&[Actor::Customer, super::staff()])));
            return;
        }
        (_, Some(reference)) => {
            let report = IntentReport::Succeeded { reference, intent: intent(), amount: all };
            (report, picks.one_of(&[Actor::Customer, super::staff()]))
        }
        _ => return,
    };
    let changed = world.ask(&Command::RecordPayment(report.clone()), &actor);
    assert!(!changed, "{report:?} was believed: {}", told(world.order()));
}
