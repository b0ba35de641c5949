//! Calling an order off, or a part of it (C3).

use super::super::fixtures::*;
use super::super::payment::{Method, PaymentStatus, Step, next_step};
use super::super::*;
use crate::placement::Document;
use crate::store::{Cutoff, Cutoffs, Settings};

fn override_with(reason: &str) -> Command {
    Command::Cancel { reason: "broken".into(), override_reason: Some(reason.into()) }
}

fn under(customer: Cutoffs, staff: Cutoffs) -> Settings {
    let mut settings = settings();
    settings.policies.cancel.customer = customer;
    settings.policies.cancel.staff = staff;
    settings
}

fn released(case: &Case) -> u32 {
    case.effects.iter().flat_map(|effects| &effects.released).map(|part| part.quantity).sum()
}

#[test]
fn a_paid_order_that_is_cancelled_gives_the_money_back_once() {
    let mut case = Case::paid();
    case.customer(&cancel());
    let Step::Refund { refund, look_up } = next_step(&case.order, case.now) else {
        panic!("a refund is due")
    };
    assert_eq!((refund.amount, refund.cause, look_up), (cents(8516), Cause::Cancelled, false));
    assert_eq!(case.order.sums().refundable(), cents(0));
    case.refund_done();
    assert_eq!(case.order.payment_status(), PaymentStatus::Refunded);
    let done = RefundReport::Done { provider: format!("re_{}", refund.id) };
    assert_eq!(case.system(&Command::RecordRefund { refund: refund.id, report: done }), []);
    assert_eq!(case.customer(&cancel()), []);
    assert_eq!((case.money(), next_step(&case.order, case.now)), ([0, 8516, 8516, 0], Step::Done));
    assert_eq!(released(&case), 12, "stock goes back once");
}

/// P14: "Cannot cancel after capture/refund".
#[test]
fn an_order_that_was_refunded_in_part_can_be_called_off_and_gives_back_what_is_left() {
    let mut case = Case::paid();
    case.staff(&refund("r1", goodwill(1000)));
    case.refund_done();
    case.customer(&cancel());
    assert_eq!(case.last_refund().amount, cents(7516));
    case.refund_done();
    assert_eq!((case.money(), case.order.sums().balance_minor()), ([0, 8516, 8516, 0], 0));
}

/// P14, the other half: "wrong balance" of an order that is paid on delivery.
#[test]
fn an_order_paid_on_delivery_that_is_called_off_owes_nothing_and_gets_nothing() {
    let mut case = Case::cod();
    case.customer(&cancel());
    assert_eq!((case.money(), case.order.sums().balance_minor()), ([0, 0, 0, 0], 0));
    assert_eq!(case.order.payment_status(), PaymentStatus::Voided);
    assert!(case.order.refunds().is_empty());
}

#[test]
fn money_that_comes_after_the_cancellation_goes_back() {
    let mut case = Case::new(placed(&card()));
    case.system(&created("pi_1"));
    case.customer(&cancel());
    assert_eq!(next_step(&case.order, case.now), Step::Void(intent("pi_1")));
    case.system(&succeeded("pi_1", cents(8516)));
    assert_eq!(case.order.status, Status::Cancelled);
    assert!(matches!(next_step(&case.order, case.now), Step::Refund { .. }));
    case.refund_done();
    assert_eq!(case.money(), [0, 8516, 8516, 0]);
}

#[test]
fn an_order_cancelled_before_the_provider_knew_of_it_is_void_at_once() {
    let mut case = Case::new(placed(&card()));
    case.customer(&cancel());
    assert_eq!(next_step(&case.order, case.now), Step::Done);
    assert_eq!(case.order.payment_status(), PaymentStatus::Voided);
    // The provider's late answer to "create" changes nothing: that payment is never confirmed.
    assert_eq!(case.system(&created("pi_1")), []);
}

#[test]
fn customers_call_off_until_it_is_packed_and_staff_until_it_is_shipped() {
    let mut case = Case::paid();
    case.staff(&Command::PREPARE);
    assert!(case.decide(&Actor::Customer, &cancel()).is_ok());
    case.staff(&Command::PACK);
    let status = Status::Packed;
    assert_eq!(case.refuses(&Actor::Customer, &cancel()), Rejection::AgainstPolicy { status });
    let part = cancel_lines("c1", &[units(1, 1)]);
    assert_eq!(case.refuses(&Actor::Customer, &part), Rejection::AgainstPolicy { status });
    assert!(case.decide(&staff(), &cancel()).is_ok());
}

#[test]
fn once_it_is_shipped_it_is_too_late_for_everybody_and_every_reason() {
    let mut case = Case::paid();
    case.ship();
    for status in [Status::Shipped, Status::Delivered] {
        assert_eq!(case.order.status, status);
        for actor in [Actor::Customer, staff()] {
            let action = Action::Cancel;
            let why = case.refuses(&actor, &override_with("the boss says so"));
            assert_eq!(why, Rejection::WrongStatus { action, status });
            let action = Action::CancelLines;
            let why = case.refuses(&actor, &cancel_lines("c1", &[units(1, 1)]));
            assert_eq!(why, Rejection::WrongStatus { action, status });
        }
        case.system(&Command::DELIVER);
    }
}

#[test]
fn staff_goes_beyond_the_policy_with_a_reason_that_stays_in_the_log() {
    let settings = under(Cutoffs::all(Cutoff::Confirmed), Cutoffs::all(Cutoff::Confirmed));
    let mut case = Case::new(placed_under(&Method::Cod, settings));
    assert_eq!(case.refuses(&staff(), &cancel()), Rejection::OverrideRequired);
    let part = cancel_lines("c1", &[units(1, 1)]);
    assert_eq!(case.refuses(&staff(), &part), Rejection::OverrideRequired);
    let events = case.staff(&override_with("the customer is ill"));
    let override_reason = Some("the customer is ill".to_owned());
    assert_eq!(events, [EventKind::Cancelled { reason: "broken".into(), override_reason }]);
    assert_eq!(case.order.log.last().map(|event| event.actor.clone()), Some(staff()));
}

#[test]
fn a_reason_to_go_beyond_the_policy_is_kept_only_where_it_was_needed_and_is_of_no_use_to_customers() {
    let mut case = Case::paid();
    let settings = under(Cutoffs::all(Cutoff::Never), Cutoffs::all(Cutoff::Never));
    let never = Case::new(placed_under(&card(), settings));
    let why = never.refuses(&Actor::Customer, &override_with("please"));
    assert_eq!(why, Rejection::AgainstPolicy { status: Status::Pending });
    let events = case.staff(&override_with("not needed"));
    assert!(matches!(&events[0], EventKind::Cancelled { override_reason: None, .. }), "{events:?}");
}

#[test]
fn an_order_keeps_the_policy_of_its_placement_whatever_the_store_decides_later() {
    let strict = under(Cutoffs::all(Cutoff::Confirmed), Cutoffs::all(Cutoff::Shipped));
    let (order, document) = placed_under(&Method::Cod, strict);
    // As it comes back from the table, years later.
    let stored = serde_json::to_string(&document).expect("JSON");
    let document: Document = serde_json::from_str(&stored).expect("a document");
    let case = Case::new((order, document));
    assert_eq!(case.document.store_version, 7);
    let status = Status::Confirmed;
    assert_eq!(case.refuses(&Actor::Customer, &cancel()), Rejection::AgainstPolicy { status });
    assert!(Case::cod().decide(&Actor::Customer, &cancel()).is_ok(), "an order under the usual policy");
}

#[test]
fn the_policy_goes_by_the_way_that_the_order_is_paid_now() {
    let only_cod = Cutoffs { cod: Cutoff::Packed, ..Cutoffs::all(Cutoff::Never) };
    let settings = under(only_cod, Cutoffs::all(Cutoff::Shipped));
    for method in methods() {
        let mut case = Case::new(placed_under(&method, settings.clone()));
        let allowed = case.decide(&Actor::Customer, &cancel()).is_ok();
        assert_eq!(allowed, method == Method::Cod, "{method:?}");
        if method == Method::Later {
            case.customer(&Command::Pay { method: Method::Cod, key: "p1".into() });
            assert!(case.decide(&Actor::Customer, &cancel()).is_ok());
        }
    }
}

#[test]
fn a_part_that_is_called_off_goes_back_with_its_frozen_amounts_and_its_stock() {
    let mut case = Case::paid();
    let events = case.customer(&cancel_lines("c1", &[units(1, 1), units(3, 3)]));
    assert_eq!(events.len(), 2);
    // One mug and three bags, by the shares of coupon and taxes that were frozen at placement.
    let amount = 1076 + 121 + 122 + 122;
    assert_eq!((case.last_refund().amount, case.money()), (cents(amount), [8516 - amount, 8516, 0, amount]));
    let parts: Vec<_> = case.effects.iter().flat_map(|effects| &effects.released).collect();
    let shown: Vec<_> =
        parts.iter().map(|it| (it.warehouse.as_str(), it.sku.to_string(), it.bucket, it.quantity)).collect();
    assert_eq!(shown, [("north", "mug".into(), 0, 1), ("south", "tea".into(), 0, 3)]);
    case.refund_done();
    assert_eq!(case.order.payment_status(), PaymentStatus::PartiallyRefunded);
    assert_eq!((case.order.status, case.order.sums().balance_minor()), (Status::Confirmed, 0));
}

#[test]
fn the_last_part_that_is_called_off_is_the_whole_order_with_its_delivery() {
    let mut case = Case::paid();
    case.customer(&cancel_lines("c1", &[units(1, 3), units(2, 2)]));
    case.customer(&cancel_lines("c2", &[units(3, 6)]));
    let rest = case.customer(&cancel_lines("c3", &[units(3, 1)]));
    let names: Vec<_> = rest.iter().map(EventKind::name).collect();
    assert_eq!(names, ["lines_cancelled", "cancelled", "refund_requested"]);
    assert_eq!(case.last_refund().amount, cents(122 + 586));
    assert_eq!((case.order.status, case.money()), (Status::Cancelled, [0, 8516, 0, 8516]));
    assert_eq!(released(&case), 12, "every unit went back once");
    let coupons = case.effects.iter().filter(|effects| effects.coupon.is_some()).count();
    assert_eq!(coupons, 1, "and the coupon counts once less");
}

#[test]
fn after_a_part_was_called_off_the_parcels_are_planned_anew() {
    let mut case = Case::paid();
    for steps in [vec![Command::PREPARE], vec![Command::PREPARE, Command::PACK]] {
        for command in &steps {
            case.staff(command);
        }
        case.staff(&cancel_lines(&format!("c{}", steps.len()), &[units(1, 1)]));
        assert_eq!(case.order.status, Status::Confirmed);
        assert_eq!(case.order.fulfillment, FulfillmentStatus::Unfulfilled);
    }
    let before = case.order.log.len();
    case.system(&Command::PREPARE);
    let planned = case.order.log[before..].iter().find_map(|event| match &event.kind {
        EventKind::Prepared { parcels, .. } => Some(parcels.clone()),
        _ => None,
    });
    let weights: Vec<_> = planned
        .expect("parcels")
        .iter()
        .map(|parcel| (parcel.warehouse.to_string(), parcel.weight_grams))
        .collect();
    let goods = |grams: u64, units: u64| grams > units * 370 && grams < (units + 1) * 370 + 500;
    assert_eq!(weights.len(), 2);
    assert!(goods(weights[0].1, 2) && goods(weights[1].1, 8), "two books; a mug and the tea: {weights:?}");
}

#[test]
fn what_was_called_off_before_it_was_paid_is_not_charged() {
    let mut case = Case::new(placed(&Method::Later));
    case.customer(&cancel_lines("c1", &[units(2, 2)]));
    case.customer(&Command::Pay { method: card(), key: "p1".into() });
    assert_eq!(case.order.payment.amount, cents(4666));
    case.pay("pi_1");
    assert_eq!((case.money(), case.order.sums().balance_minor()), ([4666, 4666, 0, 0], 0));
}

#[test]
fn what_was_called_off_while_the_payment_was_under_way_goes_back_when_it_arrives() {
    let mut case = Case::new(placed(&card()));
    case.system(&created("pi_1"));
    case.customer(&cancel_lines("c1", &[units(2, 1)]));
    case.system(&succeeded("pi_1", cents(8516)));
    assert_eq!((case.last_refund().amount, case.last_refund().cause), (cents(1925), Cause::Overpaid));
    case.refund_done();
    assert_eq!(case.order.sums().balance_minor(), 0);
}

#[test]
fn the_same_request_again_does_nothing_and_its_key_serves_no_other() {
    let mut case = Case::paid();
    let request = cancel_lines("c1", &[units(1, 1)]);
    case.customer(&request);
    assert_eq!(case.customer(&request), []);
    let other = cancel_lines("c1", &[units(1, 2)]);
    assert_eq!(case.refuses(&Actor::Customer, &other), Rejection::KeyReused);
    let refund = refund("c1", RefundWish::Full);
    assert_eq!(case.refuses(&staff(), &refund), Rejection::KeyReused, "nor one of another kind");
    case.customer(&cancel());
    assert_eq!(case.customer(&request), [], "not even when everything is off");
}

#[test]
fn units_that_are_not_there_cannot_be_called_off() {
    let mut case = Case::paid();
    case.customer(&cancel_lines("c1", &[units(1, 2)]));
    let tries = [
        (vec![units(1, 2)], Rejection::NotEnoughUnits { line: 1, left: 1 }),
        (vec![units(1, u32::MAX)], Rejection::NotEnoughUnits { line: 1, left: 1 }),
        (vec![units(3, 1), units(4, 1)], Rejection::UnknownLine { at: 1 }),
        (vec![units(0, 1)], Rejection::UnknownLine { at: 0 }),
        (vec![units(u16::MAX, 1)], Rejection::UnknownLine { at: 0 }),
        (vec![units(3, 0)], Rejection::UnknownLine { at: 0 }),
        (vec![units(3, 1), units(3, 1)], Rejection::UnknownLine { at: 1 }),
    ];
    for (lines, expected) in tries {
        assert_eq!(case.refuses(&Actor::Customer, &cancel_lines("c2", &lines)), expected, "{lines:?}");
    }
}
