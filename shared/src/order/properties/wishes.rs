//! Everything that can be asked of an order, with sense and without.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::picks::Picks;
use super::staff;
use super::world::World;
use crate::carrier::Refusal;
use crate::money::Money;
use crate::order::fixtures::{label, note_bill, rate};
use crate::order::payment::Method;
use crate::order::{
    Actor, Command, Courier, LabelReport, LabelStep, Received, RefundReport, RefundWish, Request, Status,
    Units,
};
use crate::packaging;

/// Something that somebody wants.
pub(super) fn wish(world: &World<'_>, picks: &mut Picks<'_>) -> Command {
    let order = world.order();
    match picks.below(46) {
        0..=2 => pay(world, picks),
        3 => Command::Cancel { reason: "no".into(), override_reason: reason(picks) },
        4..=7 => Command::CancelLines {
            lines: lines(world, picks),
            reason: "no".into(),
            override_reason: reason(picks),
            request: request(world),
        },
        8 => Command::PREPARE,
        9 => Command::PACK,
        10 => Command::SHIP,
        11 => Command::DELIVER,
        12..=16 => refund(world, picks),
        17 | 18 => Command::RetryRefund { refund: a_refund(world, picks) },
        19 | 20 => Command::SettleRefund {
            refund: a_refund(world, picks),
            reference: format!("bank {}", picks.below(3)),
        },
        21..=23 => send_back(world, picks),
        24 | 25 => Command::ApproveReturn { id: a_return(world, picks) },
        26 | 27 => Command::RejectReturn { id: a_return(world, picks), reason: "worn".into() },
        28..=31 => receive(world, picks),
        32 => Command::Accept,
        33 => Command::Expire,
        34 => Command::Pack { parcel: Some(a_parcel(world, picks)) },
        35 => Command::Ship { parcel: Some(a_parcel(world, picks)), courier: courier(picks) },
        36 => Command::Deliver { parcel: Some(a_parcel(world, picks)) },
        37 | 38 => {
            let lines = (picks.below(4) != 0).then(|| lines(world, picks));
            fulfill(world, picks, lines)
        }
        39 => {
            let courier = courier(picks).unwrap_or_else(|| Courier {
                name: "bike".into(),
                tracking_number: None,
                tracking_url: None,
            });
            let parcel = (picks.below(2) == 0).then(|| a_parcel(world, picks));
            Command::NameCourier { parcel, courier }
        }
        40 => request_label(world, picks),
        42 => Command::ChangeNotes { notes: picks.one_of(&[None, Some("calm".into()), Some("VIP".into())]) },
        44 => note_bill(picks.below(3)),
        43 => Command::WantLabel { parcel: a_parcel(world, picks), request: request(world) },
        41 => Command::RecordLabel { parcel: a_parcel(world, picks), report: label_news(world, picks) },
        _ => {
            let report = RefundReport::Failed { attempt: 0, code: "no".into() };
            Command::RecordRefund { refund: format!("{}-refund-99", order.id), report }
        }
    }
}

/// Who usually asks for this; now and then, somebody else.
pub(super) fn actor_for(command: &Command, picks: &mut Picks<'_>) -> Actor {
    if picks.once_in(8) {
        return picks.one_of(&[Actor::Customer, staff(), Actor::Worker, Actor::Provider]);
    }
    match command {
        Command::Pay { .. } | Command::RequestReturn { .. } => Actor::Customer,
        Command::Cancel { .. } | Command::CancelLines { .. } => picks.one_of(&[Actor::Customer, staff()]),
        Command::Accept | Command::Expire => Actor::Worker,
        Command::RecordPayment(_)
        | Command::RecordRefund { .. }
        | Command::RecordOutsideRefund { .. }
        | Command::RecordDispute { .. } => Actor::Provider,
        Command::RecordLabel { .. } | Command::NoteBill { .. } => Actor::Worker,
        Command::Prepare { .. }
        | Command::Pack { .. }
        | Command::Ship { .. }
        | Command::Deliver { .. }
        | Command::NameCourier { .. }
        | Command::RequestLabel { .. } => picks.one_of(&[staff(), Actor::Worker]),
        Command::Fulfill { .. }
        | Command::WantLabel { .. }
        | Command::Refund { .. }
        | Command::RetryRefund { .. }
        | Command::SettleRefund { .. }
        | Command::ApproveReturn { .. }
        | Command::RejectReturn { .. }
        | Command::ReceiveReturn { .. }
        | Command::ChangeNotes { .. } => staff(),
    }
}

pub(super) fn pay(world: &World<'_>, picks: &mut Picks<'_>) -> Command {
    let method = match picks.below(3) {
        0 => Method::Card { payment_method: "pm_2".into() },
        1 => Method::Redirect { return_url: "https://shop.example/".into() },
        _ => Method::Cod,
    };
    let key = if picks.once_in(6) { "p0".into() } else { format!("p{}", world.order().version()) };
    Command::Pay { method, key }
}

pub(super) fn refund(world: &World<'_>, picks: &mut Picks<'_>) -> Command {
    let refundable = world.order().sums().refundable();
    let what = match picks.below(8) {
        0 => RefundWish::Full,
        1..=3 => {
            let delivery = picks.below(3) == 2;
            let lines = if delivery && picks.below(2) == 1 { vec![] } else { lines(world, picks) };
            RefundWish::Lines { lines, delivery }
        }
        _ => {
            let goodwill = picks.below(2) == 1;
            let minor = match picks.below(6) {
                0 => refundable.minor(),
                1 => refundable.minor() + 1,
                2 => 0,
                _ => picks.minor(refundable.minor()),
            };
            RefundWish::Amount { amount: money(minor, refundable), goodwill }
        }
    };
    Command::Refund { what, reason: None, request: request(world) }
}

pub(super) fn send_back(world: &World<'_>, picks: &mut Picks<'_>) -> Command {
    let lines = lines(world, picks);
    let reason = if picks.once_in(10) { "boredom" } else { "damaged" };
    Command::RequestReturn { lines, reason: reason.into(), comment: None, request: request(world) }
}

fn receive(world: &World<'_>, picks: &mut Picks<'_>) -> Command {
    let id = a_return(world, picks);
    let refund_delivery = picks.one_of(&[None, Some(true), Some(false)]);
    let known = world.order().returns().into_iter().find(|known| known.id == id);
    let lines = known.filter(|_| picks.below(4) != 0).map(|known| {
        let arrived = known.lines.iter().map(|asked| {
            let more = u32::from(picks.once_in(12));
            let arrived = picks.units(asked.quantity) + 1 + more;
            let scrapped = picks.units(arrived + 1);
            Received { line: asked.line, restocked: arrived - scrapped, scrapped }
        });
        arrived.collect()
    });
    Command::ReceiveReturn { id, lines, refund_delivery }
}

/// One or two lines, usually with units that are left of them.
fn lines(world: &World<'_>, picks: &mut Picks<'_>) -> Vec<Units> {
    let count = u64::try_from(world.document.lines.len()).expect("a few");
    let wanted = if picks.below(3) == 2 { 2 } else { 1 };
    (0..wanted)
        .map(|_| {
            let line = u16::try_from(picks.below(count) + 1).expect("a few") + u16::from(picks.once_in(20));
            let left = if line <= u16::try_from(count).expect("a few") {
                let tally = world.order().tallies(&world.document).of(line);
                if world.order().status == Status::Delivered { tally.returnable() } else { tally.open() }
            } else {
                1
            };
            let quantity = match picks.below(6) {
                0 | 1 => left,
                2 => left + 1,
                _ => 1 + picks.units(left.max(1)),
            };
            Units { line, quantity }
        })
        .collect()
}

/// One unit, or all units of a line, goes first.
pub(super) fn a_part(world: &World<'_>, picks: &mut Picks<'_>) -> Command {
    let lines = Some(lines(world, picks));
    fulfill(world, picks, lines)
}

fn fulfill(world: &World<'_>, picks: &mut Picks<'_>, lines: Option<Vec<Units>>) -> Command {
    let packagings = Cow::Borrowed(packaging::DEFAULT.as_slice());
    Command::Fulfill { lines, courier: courier(picks), packagings, request: request(world) }
}

/// What the worker would ask of the carrier next, answered by it; or a label is asked for.
pub(super) fn label_step(world: &World<'_>, picks: &mut Picks<'_>) -> Command {
    match world.order().next_label(world.now, true, &BTreeSet::new()) {
        LabelStep::Void { parcel, .. } => {
            let report = if picks.once_in(2) { LabelReport::VoidRequested } else { LabelReport::Voided };
            Command::RecordLabel { parcel, report }
        }
        LabelStep::Buy { parcel, .. } | LabelStep::LookUp { parcel, .. } if picks.below(3) != 0 => {
            Command::RecordLabel { parcel, report: label_news(world, picks) }
        }
        _ => request_label(world, picks),
    }
}

fn request_label(world: &World<'_>, picks: &mut Picks<'_>) -> Command {
    let order = world.order();
    Command::RequestLabel { parcel: a_parcel(world, picks), rate: rate(&format!("rate_{}", order.version())) }
}

/// A parcel of the order, or one that was, or never.
fn a_parcel(world: &World<'_>, picks: &mut Picks<'_>) -> u16 {
    let shipments = world.order().shipments();
    if shipments.is_empty() || picks.once_in(8) {
        return picks.units(4) as u16;
    }
    picks.one_of(&shipments).number()
}

fn courier(picks: &mut Picks<'_>) -> Option<Courier> {
    (picks.below(2) == 0).then(|| Courier {
        name: "post".into(),
        tracking_number: Some(format!("3S{}", picks.below(3))),
        tracking_url: None,
    })
}

fn label_news(world: &World<'_>, picks: &mut Picks<'_>) -> LabelReport {
    match picks.below(6) {
        5 => LabelReport::VoidRequested,
        0 => LabelReport::Failed(Refusal::new("no", "not there")),
        1 => LabelReport::Voided,
        2 => LabelReport::NoRate {
            known: usize::from(picks.once_in(2)),
            refusal: Refusal::new("no_rates", "nobody"),
        },
        _ => LabelReport::Bought(Box::new(label(&format!("label_{}", world.order().version())))),
    }
}

fn a_refund(world: &World<'_>, picks: &mut Picks<'_>) -> String {
    let refunds = world.order().refunds();
    let open: Vec<_> = refunds.iter().filter(|refund| refund.failure_code.is_some()).collect();
    match picks.below(4) {
        0 | 1 if !open.is_empty() => picks.one_of(&open).id.clone(),
        2 if !refunds.is_empty() => picks.one_of(&refunds).id,
        _ => refunds.last().map_or("unknown".into(), |refund| refund.id.clone()),
    }
}

fn a_return(world: &World<'_>, picks: &mut Picks<'_>) -> u16 {
    let returns = world.order().returns();
    let open: Vec<u16> = returns.iter().filter(|known| known.is_open()).map(|known| known.id).collect();
    if open.is_empty() || picks.once_in(4) { picks.units(3) as u16 } else { picks.one_of(&open) }
}

/// A new request: nothing has its key but what is asked with it.
fn request(world: &World<'_>) -> Request {
    Request { key: format!("r{}", world.order().version()), body: "body".into() }
}

fn reason(picks: &mut Picks<'_>) -> Option<String> {
    (picks.below(2) == 1).then(|| "the customer asked".into())
}

fn money(minor: i64, like: Money) -> Money {
    Money::from_minor(minor, like.currency()).expect("an amount")
}
