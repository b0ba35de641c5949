//! Labels that staff asks for (A6).

use std::collections::BTreeSet;

use super::super::fixtures::*;
use super::super::*;
use crate::carrier::Refusal;
use crate::limits;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// A prepared order, in a store that buys labels or does not.
fn prepared() -> Case {
    let mut case = Case::paid();
    case.system(&Command::PREPARE);
    case
}

fn want(parcel: u16, key: &str) -> Command {
    Command::WantLabel { parcel, request: request(key, &parcel) }
}

fn report(parcel: u16, report: LabelReport) -> Command {
    Command::RecordLabel { parcel, report }
}

/// The carrier is asked for a rate, and has none.
fn is_refused(case: &mut Case, parcel: u16) {
    assert_eq!(next(case), LabelStep::Quote { parcel });
    let known = case.order.label_news(parcel);
    let refusal = Refusal::new("no_rates", "nobody goes there");
    case.system(&report(parcel, LabelReport::NoRate { known, refusal }));
}

/// The carrier is asked for a rate, and has one.
fn is_requested(case: &mut Case, parcel: u16) {
    let name = format!("rate_{}", case.order.version());
    case.system(&Command::RequestLabel { parcel, rate: rate(&name) });
}

fn is_bought(case: &mut Case, parcel: u16) {
    is_requested(case, parcel);
    case.system(&report(parcel, LabelReport::Bought(Box::new(label("label_1")))));
}

/// What is next in a store that buys no labels by itself.
fn next(case: &Case) -> LabelStep {
    case.order.next_label(case.now, false, &BTreeSet::new())
}

fn why(case: &Case, parcel: u16) -> &'static str {
    match case.refuses(&staff(), &want(parcel, "another")) {
        Rejection::NoLabelWanted { why } => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_label_that_staff_wants_is_bought_even_where_the_store_buys_none_by_itself() {
    let mut case = prepared();
    assert_eq!(next(&case), LabelStep::Done);
    let events = case.staff(&want(1, "w1"));
    assert_eq!(events.iter().map(EventKind::name).collect::<Vec<_>>(), ["label_wanted"]);
    assert_eq!(next(&case), LabelStep::Quote { parcel: 1 });
    is_bought(&mut case, 1);
    assert_eq!(next(&case), LabelStep::Done, "that of the other parcel was not asked for");
}

#[test]
fn asking_again_brings_as_many_tries_as_the_first_time() {
    let mut case = prepared();
    for round in 0..2 {
        case.staff(&want(1, &format!("w{round}")));
        for pause in [5 * MINUTE, HOUR, 6 * HOUR] {
            is_refused(&mut case, 1);
            assert_eq!(next(&case), LabelStep::WaitUntil(case.now.plus_seconds(pause)));
            case.later(pause);
        }
        is_refused(&mut case, 1);
        assert_eq!(next(&case), LabelStep::Done, "it is for staff");
    }
}

#[test]
fn whoever_mended_what_was_wrong_need_not_wait_for_the_next_try() {
    let mut case = prepared();
    case.staff(&want(1, "w1"));
    is_refused(&mut case, 1);
    case.staff(&want(1, "w2"));
    is_bought(&mut case, 1);
    assert!(matches!(case.order.shipment(1).expect("it is planned").label, LabelState::Bought { .. }));
}

#[test]
fn one_request_is_one_wish_and_a_second_one_is_told_that_the_label_is_on_its_way() {
    let mut case = prepared();
    case.staff(&want(1, "w1"));
    assert_eq!(why(&case, 1), "its label is being bought");
    is_requested(&mut case, 1);
    assert_eq!(why(&case, 1), "its label is being bought");
    case.system(&report(1, LabelReport::Bought(Box::new(label("label_1")))));
    assert_eq!(why(&case, 1), "the shipment has its label");
    assert_eq!(case.staff(&want(1, "w1")), [], "a request sent again");
    assert_eq!(case.refuses(&staff(), &want(2, "w1")), Rejection::KeyReused);
    let wanted = case.names().iter().filter(|name| **name == "label_wanted").count();
    assert_eq!(wanted, 1);
}

#[test]
fn the_answer_to_a_question_from_before_somebody_asked_again_uses_up_no_try() {
    let mut case = prepared();
    case.staff(&want(1, "w1"));
    is_refused(&mut case, 1);
    let known = case.order.label_news(1);
    case.staff(&want(1, "w2"));
    let refusal = Refusal::new("no_rates", "the street was missing");
    assert_eq!(case.system(&report(1, LabelReport::NoRate { known, refusal })), []);
    assert_eq!(next(&case), LabelStep::Quote { parcel: 1 });
}

#[test]
fn what_has_left_or_is_not_sent_any_more_gets_no_label() {
    let mut case = prepared();
    case.staff(&Command::Ship { parcel: Some(1), courier: None });
    assert_eq!(why(&case, 1), "the shipment has left");
    case.customer(&cancel_lines("c1", &[units(3, 1)]));
    assert_eq!(
        case.refuses(&staff(), &want(2, "w1")),
        Rejection::WrongStatus { action: Action::WantLabel, status: Status::Confirmed },
        "its parcels are planned anew first"
    );
    case.system(&Command::PREPARE);
    assert_eq!(why(&case, 2), "the shipment is not sent any more");
    assert_eq!(case.refuses(&staff(), &want(9, "w1")), Rejection::UnknownShipment);
    for role in [Actor::Customer, Actor::Worker] {
        assert_eq!(
            case.refuses(&role, &want(3, "w1")),
            Rejection::NotForRole { action: Action::WantLabel },
            "{role}"
        );
    }
}

#[test]
fn a_wish_for_a_parcel_that_is_planned_anew_dies_with_it_and_a_label_of_it_is_given_back() {
    let mut case = prepared();
    case.staff(&want(2, "w1"));
    case.customer(&cancel_lines("c1", &[units(3, 1)]));
    assert_eq!(next(&case), LabelStep::Done);
    case.system(&Command::PREPARE);
    let planned = case.order.shipments().last().expect("a parcel").number();
    case.staff(&want(planned, "w2"));
    is_bought(&mut case, planned);
    case.customer(&cancel());
    assert!(matches!(next(&case), LabelStep::Void { parcel, since: None, .. } if parcel == planned));
    case.system(&report(planned, LabelReport::Voided));
    assert_eq!(next(&case), LabelStep::Done, "nothing is bought instead");
}

#[test]
fn a_label_is_looked_at_until_the_carrier_has_decided_whether_it_takes_it_back() {
    let mut case = prepared();
    case.staff(&want(1, "w1"));
    is_bought(&mut case, 1);
    assert_eq!(case.system(&report(1, LabelReport::VoidRequested)), [], "its parcel is sent");
    case.customer(&cancel());
    case.later(MINUTE);
    let events = case.system(&report(1, LabelReport::VoidRequested));
    assert_eq!(events, [EventKind::LabelVoidRequested { parcel: 1 }]);
    let asked = case.now;
    case.later(HOUR);
    assert_eq!(case.system(&report(1, LabelReport::VoidRequested)), [], "it is known");
    assert!(matches!(next(&case), LabelStep::Void { parcel: 1, since: Some(since), .. } if since == asked));
    let be = [1].into();
    assert_eq!(case.order.next_label(case.now, false, &be), LabelStep::Done, "others are not kept waiting");
    for (answer, state) in [
        (LabelReport::Voided, "voided"),
        (LabelReport::Failed(Refusal::new("void_rejected", "it was used")), "failed"),
    ] {
        let mut case = case.clone();
        case.system(&report(1, answer));
        assert_eq!(case.order.labels()[&1].as_str(), state);
        assert_eq!(next(&case), LabelStep::Done);
    }
}

#[test]
fn labels_of_an_order_are_asked_for_so_often_and_no_more() {
    let mut case = prepared();
    for round in 0..limits::LABELS_WANTED {
        case.staff(&want(1, &format!("w{round}")));
        is_refused(&mut case, 1);
    }
    let why = case.refuses(&staff(), &want(1, "one more"));
    assert_eq!(why, Rejection::TooMany { what: "labels that staff asked for" });
}
