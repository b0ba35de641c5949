//! Orders that everything happens to that can happen.

use super::*;
use crate::carrier::Refusal;
use crate::order::payment::Method;
use crate::order::{Actor, Command, IntentReport, LabelReport, Received, RefundReport, RefundWish};

pub fn pay(method: Method, key: &str) -> Command {
    Command::Pay { method, key: key.into() }
}

pub fn approve(id: u16) -> Command {
    Command::ApproveReturn { id }
}

pub fn reject(reason: &str) -> Command {
    Command::RejectReturn { id: 1, reason: reason.into() }
}

pub fn settle(case: &Case, reference: &str) -> Command {
    Command::SettleRefund { refund: case.last_refund().id, reference: reference.into() }
}

pub fn outside(minor: i64) -> Command {
    Command::RecordOutsideRefund { provider: "re_hand".into(), amount: cents(minor) }
}

pub fn dispute(won: Option<bool>) -> Command {
    let (dispute, reason) = ("dp_1".into(), "fraudulent".into());
    Command::RecordDispute { dispute, amount: cents(500), reason, won }
}

pub fn declined(id: &str) -> Command {
    let code = "card_declined".into();
    report(IntentReport::Failed { intent: Some(id.into()), attempt: None, code })
}

pub fn some(line: u16, restocked: u32, scrapped: u32) -> Received {
    Received { line, restocked, scrapped }
}

/// Paid, a part called off, delivered, sent back in parts, and what staff and the bank add.
pub fn sent_back() -> Case {
    let mut case = Case::paid();
    case.customer(&cancel_lines("c", &[units(3, 2)]));
    case.refund_done();
    case.deliver();
    case.customer(&send_back("r", &[units(1, 2), units(3, 1)]));
    case.staff(&approve(1));
    case.staff(&receive(1, Some(&[some(1, 1, 1)])));
    case.refund_done();
    case.staff(&refund("g", goodwill(250)));
    case.refund_done();
    case.staff(&refund("l", RefundWish::Lines { lines: vec![units(2, 1)], delivery: true }));
    case.refund_done();
    case.system(&outside(111));
    case.system(&dispute(None));
    case.system(&dispute(Some(true)));
    case.staff(&refund("a", of_amount(100)));
    case.refund_done();
    case.staff(&refund("f", RefundWish::Full));
    case.refund_done();
    case
}

/// Paid to the carrier; what goes back is for staff to pay.
pub fn on_delivery() -> Case {
    let mut case = Case::cod();
    case.customer(&cancel_lines("c", &[units(3, 2)]));
    case.deliver();
    case.customer(&send_back("r", &[units(2, 1)]));
    case.staff(&approve(1));
    case.staff(&receive(1, None));
    let settle = settle(&case, "SEPA 4711");
    case.staff(&settle);
    case
}

/// Refused, tried again on the provider's page, given up.
fn unpaid() -> Case {
    let mut case = Case::new(placed(&card()));
    case.system(&created("pi_1"));
    case.system(&report(IntentReport::Open { reference: intent("pi_1") }));
    case.system(&declined("pi_1"));
    case.customer(&pay(redirect(), "p"));
    case.system(&canceled(intent("pi_1")));
    case.system(&report(IntentReport::Open { reference: session("cs_1") }));
    case.later(HOLD_SECONDS);
    case.system(&canceled(session("cs_1")));
    case.system(&Command::Expire);
    case
}

/// Reserved, a part called off, taken at shipment.
pub fn taken_at_shipment() -> Case {
    let mut case = Case::reserved();
    case.customer(&cancel_lines("c", &[units(1, 1)]));
    case.ship();
    let owed = case.order.sums().owed();
    case.system(&succeeded("pi_1", owed));
    case
}

pub fn reserved_and_called_off() -> Case {
    let mut case = Case::reserved();
    case.customer(&cancel());
    case.system(&canceled(intent("pi_1")));
    case
}

/// A refund that fails after it was taken, and is taken again.
pub fn refunded_twice() -> Case {
    let mut case = Case::paid();
    case.customer(&cancel());
    let id = case.refund_done().id;
    case.refund_fails();
    case.staff(&Command::RetryRefund { refund: id.clone() });
    let report = RefundReport::Done { provider: "re_2".into() };
    case.does(&Actor::Provider, &Command::RecordRefund { refund: id, report });
    case
}

pub fn turned_down() -> Case {
    let mut case = Case::delivered();
    case.customer(&send_back("r", &[units(1, 1)]));
    case.staff(&reject("It was used"));
    case.staff(&Command::ChangeNotes { notes: Some("was cross on the phone".into()) });
    case
}

/// In parts, the last one of which is the end of it.
pub fn called_off_in_parts() -> Case {
    let mut case = Case::paid();
    case.customer(&cancel_lines("c1", &[units(1, 3), units(2, 1)]));
    case.customer(&cancel_lines("c2", &[units(2, 1), units(3, 7)]));
    case
}

/// In two parts, the label of one of which is refused at first; then a part of the rest is called off.
pub fn sent_in_parts() -> Case {
    let mut case = Case::paid();
    case.system(&Command::PREPARE);
    case.system(&note_bill(0));
    let request = |parcel: u16| Command::RequestLabel { parcel, rate: rate("rate_1") };
    let news = |parcel: u16, report: LabelReport| Command::RecordLabel { parcel, report };
    case.system(&request(1));
    case.system(&news(1, LabelReport::Failed(Refusal::new("no", "not there"))));
    case.staff(&Command::WantLabel { parcel: 1, request: crate::order::fixtures::request("w", &1) });
    case.system(&request(1));
    case.system(&news(1, LabelReport::Bought(Box::new(label("label_1")))));
    case.staff(&Command::Pack { parcel: Some(2) });
    case.later(1);
    case.staff(&fulfill("f", Some(&[units(2, 1)]), Some(courier("bike"))));
    case.system(&news(1, LabelReport::VoidRequested));
    case.system(&news(1, LabelReport::Voided));
    case.later(1);
    case.staff(&Command::Deliver { parcel: Some(3) });
    case.staff(&Command::NameCourier { parcel: Some(4), courier: courier("van") });
    case.later(1);
    case.ship();
    case.later(1);
    case.system(&Command::DELIVER);
    case
}

/// All of them, each with its name.
pub fn histories() -> Vec<(&'static str, Case)> {
    vec![
        ("sent back", sent_back()),
        ("on delivery", on_delivery()),
        ("unpaid", unpaid()),
        ("taken at shipment", taken_at_shipment()),
        ("reserved and called off", reserved_and_called_off()),
        ("refunded twice", refunded_twice()),
        ("turned down", turned_down()),
        ("called off in parts", called_off_in_parts()),
        ("sent in parts", sent_in_parts()),
    ]
}
