//! Every state that an order can come to, one order for each, found breadth first. Two orders are in the same state if they
//! differ in nothing that the rules ask for.

use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use super::super::fixtures::*;
use super::super::payment::{PROVIDER_PATIENCE_SECONDS, Reference, State, has_waited_long_enough};
use super::super::*;
use super::words::name;
use crate::carrier::Refusal;
use crate::store::{Capture, Cutoff, Cutoffs, Settings};

/// Far more than there are; a state that names something unbounded would never end.
const MOST_STATES: usize = 50_000;

/// What was found.
pub struct Known {
    /// One order for each state.
    pub cases: Vec<Case>,
    /// From which status to which other, by which actions.
    pub moves: BTreeMap<(usize, usize), BTreeSet<&'static str>>,
}

/// What the rules ask for.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Seen {
    status: Status,
    payment: &'static str,
    paid_by: &'static str,
    policy: Cutoff,
    reserved_first: bool,
    reference: Option<bool>,
    replaced: bool,
    refunds: Vec<&'static str>,
    returns: Vec<&'static str>,
    refundable: bool,
    retryable: bool,
    owed: bool,
    units_left: bool,
    parcels: Vec<&'static str>,
    wants_label: bool,
    label_asked_for: bool,
    held: bool,
    waited: bool,
    window: bool,
}

fn seen(case: &Case) -> Seen {
    let Case { order, document, now, .. } = case;
    let sums = order.sums();
    let states = |found: BTreeSet<&'static str>| found.into_iter().collect::<Vec<_>>();
    let failed = |refund: &Refund| refund.state == RefundState::Failed;
    Seen {
        status: order.status,
        payment: name(&order.payment.state),
        paid_by: order.payment.method.name(),
        policy: document.policies.cancel.customer.card,
        reserved_first: order.payment.capture == Capture::AtShipment,
        reference: order.payment.reference().map(|known| matches!(known, Reference::Intent(_))),
        replaced: order.payment.replaced.is_some(),
        refunds: states(
            order
                .refunds()
                .iter()
                .filter_map(|refund| match refund.state {
                    RefundState::Requested => Some("requested"),
                    RefundState::Failed => Some("failed"),
                    RefundState::Done => None,
                })
                .collect(),
        ),
        returns: states(
            order.returns().iter().filter(|it| it.is_open()).map(|it| it.state.as_str()).collect(),
        ),
        refundable: !sums.refundable().is_zero(),
        retryable: order
            .refunds()
            .iter()
            .any(|it| failed(it) && it.amount.minor() <= sums.refundable().minor()),
        owed: !sums.owed().is_zero(),
        units_left: !left(case).is_empty(),
        parcels: states(order.shipments().iter().map(|it| it.state.as_str()).collect()),
        wants_label: order.shipments().iter().any(Shipment::wants_label),
        label_asked_for: order.shipments().iter().all(|it| it.why_no_label().is_some()),
        held: order.hold_until.is_some_and(|until| *now < until),
        waited: has_waited_long_enough(order, *now),
        window: order.return_until(document).is_some_and(|until| *now <= until),
    }
}

/// The units of each line that can still be called off, or sent back once all have arrived.
fn left(case: &Case) -> Vec<Units> {
    let left = |line: u16| match case.order.status {
        Status::Delivered => units(line, case.order.tallies(&case.document).of(line).returnable()),
        _ => units(line, case.order.tallies(&case.document).of(line).open()),
    };
    (1..=2).map(left).filter(|units| units.quantity > 0).collect()
}

/// One unit, all of a line, all of the order; a unit that is gone, where none is left.
fn parts(case: &Case) -> Vec<Vec<Units>> {
    let left = left(case);
    match left.first() {
        Some(line) => vec![vec![units(line.line, 1)], vec![*line], left],
        None => vec![vec![units(1, 1)]],
    }
}

/// Placed in every way, under the usual policy, one that stops customers and staff early, and the two ends of what a store can
/// leave to customers.
fn beginnings() -> Vec<Case> {
    let strict = |mut settings: Settings| {
        settings.policies.cancel.customer = Cutoffs::all(Cutoff::Confirmed);
        settings.policies.cancel.staff = Cutoffs::all(Cutoff::Preparing);
        settings
    };
    let customers = |cutoff: Cutoff| {
        let mut settings = settings();
        settings.policies.cancel.customer = Cutoffs::all(cutoff);
        settings
    };
    let stores =
        [settings(), at_shipment(), strict(settings()), customers(Cutoff::Never), customers(Cutoff::Shipped)];
    let lines = json!([{"product_id": "book", "quantity": 1}, {"product_id": "tea", "quantity": 2}]);
    let mut cases = Vec::new();
    for store in stores {
        for method in methods() {
            cases.push(Case::new(placed_with(&method, store.clone(), &lines, &Actor::Customer)));
        }
    }
    cases
}

/// Every state, from every beginning, by every command and by waiting.
pub fn explore() -> Known {
    let mut known = HashSet::new();
    let mut open: VecDeque<Case> = VecDeque::new();
    let mut found = Known { cases: vec![], moves: BTreeMap::new() };
    for case in beginnings() {
        if known.insert(seen(&case)) {
            open.push_back(case);
        }
    }
    while let Some(case) = open.pop_front() {
        assert!(known.len() < MOST_STATES, "there is no end of it: {case:#?}");
        let mut next = vec![];
        for action in Action::all() {
            for command in instances(&case, action) {
                // What an actor does, each actor does who may.
                for actor in [Actor::Customer, staff(), Actor::Worker] {
                    let events = case.decide(&actor, &command).unwrap_or_default();
                    if events.is_empty() {
                        continue;
                    }
                    let mut after = Case { effects: vec![], ..case.clone() };
                    after.happens(&actor, &events);
                    let place = |case: &Case| Status::ALL.iter().position(|it| *it == case.order.status);
                    let step = (place(&case).unwrap_or_default(), place(&after).unwrap_or_default());
                    if step.0 != step.1 {
                        found.moves.entry(step).or_default().insert(action.name());
                    }
                    next.push(after);
                    break;
                }
            }
        }
        let waits = [
            case.order.hold_until,
            case.order.hold_until.map(|it| it.plus_seconds(PROVIDER_PATIENCE_SECONDS)),
            case.order.return_until(&case.document).map(|it| it.plus_seconds(1)),
        ];
        for moment in waits.into_iter().flatten().filter(|moment| case.now < *moment) {
            next.push(Case { now: moment, ..case.clone() });
        }
        for after in next {
            if known.insert(seen(&after)) {
                open.push_back(after);
            }
        }
        found.cases.push(case);
    }
    found
}

/// Commands of that action that suit the order, if any does.
pub fn instances(case: &Case, action: Action) -> Vec<Command> {
    let key = format!("k{}", case.order.version());
    match action {
        Action::Pay => [card(), redirect(), payment::Method::Cod]
            .map(|method| Command::Pay { method, key: key.clone() })
            .to_vec(),
        Action::Cancel => {
            vec![Command::Cancel { reason: "no".into(), override_reason: Some("the boss says so".into()) }]
        }
        Action::CancelLines => {
            let command = |lines: Vec<Units>| Command::CancelLines {
                request: request(&key, &lines),
                lines,
                reason: "no".into(),
                override_reason: Some("the boss says so".into()),
            };
            parts(case).into_iter().map(command).collect()
        }
        Action::Prepare => vec![Command::PREPARE],
        Action::Pack => vec![Command::PACK, Command::Pack { parcel: a_parcel(case, ShipmentState::Planned) }],
        Action::Ship => vec![
            Command::SHIP,
            Command::Ship { parcel: a_parcel(case, ShipmentState::Packed), courier: Some(courier("post")) },
        ],
        Action::Deliver => {
            vec![Command::Deliver { parcel: a_parcel(case, ShipmentState::Shipped) }, Command::DELIVER]
        }
        Action::Fulfill => parts(case).iter().map(|lines| fulfill(&key, Some(lines), None)).collect(),
        Action::NameCourier => {
            let parcel = case.order.shipments().first().map(Shipment::number);
            vec![Command::NameCourier { parcel: parcel.or(Some(99)), courier: courier(&key) }]
        }
        Action::WantLabel => {
            let open = |shipment: &Shipment| shipment.why_no_label().is_none();
            let open = case.order.shipments().into_iter().find(open);
            let parcel = open.map_or(99, |shipment| shipment.number());
            vec![Command::WantLabel { parcel, request: request(&key, &parcel) }]
        }
        Action::BuyLabel => {
            let wants = case.order.shipments().into_iter().find(Shipment::wants_label);
            let parcel = wants.map_or(99, |shipment| shipment.number());
            vec![Command::RequestLabel { parcel, rate: rate(&key) }]
        }
        Action::NoteBill => vec![note_bill(0)],
        Action::RecordLabel => label_reports(case, &key),
        Action::Accept => vec![Command::Accept],
        Action::Expire => vec![Command::Expire],
        Action::Refund => vec![
            refund(&key, RefundWish::Full),
            refund(&key, goodwill((case.order.sums().refundable().minor() / 2).max(1))),
        ],
        Action::RetryRefund | Action::SettleRefund => refund_steps(case, action),
        Action::RequestReturn => parts(case).iter().map(|lines| send_back(&key, lines)).collect(),
        Action::ApproveReturn => {
            vec![Command::ApproveReturn { id: the_return(case, ReturnState::Requested) }]
        }
        Action::RejectReturn => [ReturnState::Requested, ReturnState::Approved]
            .map(|state| Command::RejectReturn { id: the_return(case, state), reason: key.clone() })
            .to_vec(),
        Action::ReceiveReturn => vec![receive(the_return(case, ReturnState::Approved), None)],
        Action::ChangeNotes => vec![Command::ChangeNotes { notes: Some(key) }],
        Action::RecordPayment => payment_reports(case),
        Action::RecordRefund => refund_reports(case, &key),
        Action::RecordDispute => [None, Some(true), Some(false)]
            .map(|won| Command::RecordDispute {
                dispute: if won.is_some() { "dp".into() } else { key.clone() },
                amount: case.order.total,
                reason: "fraudulent".into(),
                won,
            })
            .to_vec(),
    }
}

/// A parcel that is so far, if there is one; else one that is not there.
fn a_parcel(case: &Case, state: ShipmentState) -> Option<u16> {
    let found = case.order.shipments().into_iter().find(|shipment| shipment.state == state);
    Some(found.map_or(99, |shipment| shipment.number()))
}

fn label_reports(case: &Case, key: &str) -> Vec<Command> {
    let reports = |parcel: u16| {
        let bought = LabelReport::Bought(Box::new(label(key)));
        let failed = LabelReport::Failed(Refusal::new("no", "not there"));
        let known = case.order.label_news(parcel);
        let no_rate = LabelReport::NoRate { known, refusal: Refusal::new("no_rates", "nobody") };
        [bought, failed, no_rate, LabelReport::VoidRequested, LabelReport::Voided]
            .map(|report| Command::RecordLabel { parcel, report })
    };
    [99].into_iter().chain(case.order.labels().into_keys()).flat_map(reports).collect()
}

fn the_return(case: &Case, state: ReturnState) -> u16 {
    case.order.returns().iter().find(|known| known.state == state).map_or(99, |known| known.id)
}

/// The smallest refund that waits for it.
fn refund_steps(case: &Case, action: Action) -> Vec<Command> {
    let waits = |refund: &Refund| match refund.state {
        RefundState::Failed => true,
        RefundState::Requested => action == Action::SettleRefund && case.order.refunds_by_hand(),
        RefundState::Done => false,
    };
    let mut refunds = case.order.refunds();
    refunds.retain(waits);
    refunds.sort_by_key(|refund| (refund.state == RefundState::Failed, refund.amount.minor()));
    let refund = refunds.first().map_or("none".to_owned(), |refund| refund.id.clone());
    match action {
        Action::RetryRefund => vec![Command::RetryRefund { refund }],
        _ => vec![Command::SettleRefund { refund, reference: format!("by hand {}", case.order.version()) }],
    }
}

/// Whatever the provider can say about the attempts that it knows, and about one that is new.
fn payment_reports(case: &Case) -> Vec<Command> {
    let payment = &case.order.payment;
    let fresh = match payment.method {
        payment::Method::Redirect { .. } => session(&format!("cs_{}", payment.attempt)),
        _ => intent(&format!("pi_{}", payment.attempt)),
    };
    let known = [payment.reference(), payment.replaced.clone(), Some(fresh)].into_iter().flatten();
    let owed = match case.order.sums().owed() {
        nothing if nothing.is_zero() => case.order.total,
        owed => owed,
    };
    let mut reports = Vec::new();
    for reference in known {
        let intent = match &reference {
            Reference::Intent(name) => name.clone(),
            Reference::Session(name) => payment.intent.clone().unwrap_or(name.replace("cs_", "pi_s")),
        };
        let reference = || reference.clone();
        reports.extend([
            IntentReport::Created { intent: intent.clone() },
            IntentReport::Open { reference: reference() },
            IntentReport::Authorized { reference: reference(), intent: intent.clone(), amount: owed },
            IntentReport::Succeeded { reference: reference(), intent: intent.clone(), amount: owed },
            IntentReport::Succeeded {
                reference: reference(),
                intent: intent.clone(),
                amount: case.order.total,
            },
            IntentReport::Failed { intent: Some(intent), attempt: None, code: "card_declined".into() },
            IntentReport::Canceled { reference: reference() },
        ]);
    }
    let (attempt, code) = (Some(payment.attempt), "card_declined".to_owned());
    reports.push(IntentReport::Failed { intent: None, attempt, code });
    // What charges at shipment is not taken before, and what is taken at once is not reserved.
    let takes = |it: &IntentReport| match it {
        IntentReport::Authorized { .. } => payment.capture == Capture::AtShipment,
        IntentReport::Succeeded { .. } => {
            payment.capture == Capture::Immediately || payment.state == State::Authorized
        }
        _ => true,
    };
    reports.into_iter().filter(takes).map(report).collect()
}

fn refund_reports(case: &Case, key: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    for refund in case.order.refunds() {
        let done = RefundReport::Done { provider: format!("re_{}_{}", refund.id, refund.attempt) };
        let failed = RefundReport::Failed { attempt: refund.attempt, code: "no".into() };
        // Staff pays what the provider has no part in.
        if !case.order.refunds_by_hand() {
            commands.extend(
                [done, failed].map(|report| Command::RecordRefund { refund: refund.id.clone(), report }),
            );
        }
    }
    let amount = cents((case.order.sums().refundable().minor() / 2).max(1));
    commands.push(Command::RecordOutsideRefund { provider: key.to_owned(), amount });
    commands
}
