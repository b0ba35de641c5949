//! The end: everybody does what is left to do, and nothing stays in the air.

use super::audit::{Audit, told};
use super::picks::Picks;
use super::provider::At;
use super::world::World;
use super::{DAY, staff};
use crate::order::payment::{State, Step, next_step};
use crate::order::{Command, RefundState, RefundWish, Request, Status};

/// Steps after which whatever is not at rest never will be.
const STEPS: usize = 80;

/// Brings a world to rest, and then gives back whatever can be given back, and looks at what is left each time.
pub(super) fn check(world: &mut World<'_>) {
    settle(world);
    at_rest(world);
    give_all_back(world);
    at_rest(world);
}

fn settle(world: &mut World<'_>) {
    let mut picks = Picks::new(&[]);
    for _ in 0..STEPS {
        let version = world.order().version();
        world.tell_all();
        if let Step::WaitUntil(moment) = next_step(world.order(), world.now) {
            world.now = world.now.max(moment);
        }
        world.step(&mut picks, false);
        let rests = next_step(world.order(), world.now) == Step::Done;
        if rests && world.order().version() == version {
            return;
        }
    }
    panic!("it does not come to rest: {} {:?}", told(world.order()), world.provider);
}

fn at_rest(world: &World<'_>) {
    let (order, provider) = (world.order(), &world.provider);
    let unsent = matches!(order.status, Status::Confirmed | Status::Preparing | Status::Packed);
    for (at, attempt) in provider.attempts.iter().enumerate() {
        let over = match attempt.at {
            At::Dead | At::Paid => true,
            At::Authorized => unsent && order.payment.state == State::Authorized,
            // A page whose address reached nobody, a payment that nobody can confirm.
            At::Created | At::Live | At::Refused => !world.knows(at),
        };
        assert!(over, "{attempt:?} can still take money: {}", told(order));
    }
    let audit = Audit::of(order, &world.document, &world.provider);
    let at_the_door = if provider.taken() == 0 { audit.captured } else { 0 };
    assert_eq!(audit.captured, provider.taken() + at_the_door, "{provider:?} {}", told(order));
    assert_eq!(audit.refunded, provider.given() + audit.by_hand, "{provider:?} {}", told(order));
    assert_eq!(audit.disputed, provider.disputed(), "{provider:?} {}", told(order));
    let owed = order.sums().owed().minor();
    let kept = audit.captured - audit.refunded - audit.disputed;
    let undisturbed = !audit.outside && audit.disputed == 0;
    if order.status == Status::Cancelled && undisturbed {
        let by_hand = if order.refunds_by_hand() { audit.requested } else { 0 };
        assert!(
            (by_hand..=by_hand + audit.failed).contains(&kept),
            "{kept} of a cancelled order: {}",
            told(order)
        );
    }
    if !order.refunds_by_hand() {
        assert_eq!(audit.requested, 0, "a refund that nobody asks for: {}", told(order));
    }
    let paid = matches!(order.payment.state, State::Captured);
    if paid && undisturbed && audit.failed == 0 && audit.requested == 0 {
        assert_eq!(kept, owed, "what the customer paid is not what the ledger says: {}", told(order));
    }
}

/// Staff pays back everything, with a provider that refuses nothing any more: to the cent.
fn give_all_back(world: &mut World<'_>) {
    world.provider.kind = true;
    let request = Request { key: "everything".into(), body: "all".into() };
    world.ask(&Command::Refund { what: RefundWish::Full, reason: None, request }, &staff());
    let by_hand = world.order().refunds_by_hand();
    for refund in world.order().refunds() {
        let command = match refund.state {
            RefundState::Done => continue,
            RefundState::Failed if !by_hand => Command::RetryRefund { refund: refund.id },
            RefundState::Failed | RefundState::Requested => {
                if !by_hand {
                    continue;
                }
                Command::SettleRefund { refund: refund.id, reference: "bank".into() }
            }
        };
        world.ask(&command, &staff());
    }
    world.wait(DAY);
    settle(world);
    let order = world.order();
    let audit = Audit::of(order, &world.document, &world.provider);
    if !audit.outside && audit.disputed == 0 {
        assert_eq!(audit.refunded, audit.captured, "all of it went back: {}", told(order));
        let refunds: i64 = order
            .refunds()
            .iter()
            .filter(|refund| refund.state == RefundState::Done)
            .map(|refund| refund.amount.minor())
            .sum();
        assert_eq!(refunds, audit.captured, "the parts make the whole: {}", told(order));
    }
}
