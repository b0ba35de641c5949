//! From confirmed to delivered.

use super::super::fixtures::*;
use super::super::payment::{Method, PaymentStatus, Step, next_step};
use super::super::*;

fn wrong(action: Action, status: Status) -> Rejection {
    Rejection::WrongStatus { action, status }
}

#[test]
fn cash_on_delivery_is_confirmed_at_once_and_prepared_once() {
    let mut case = Case::cod();
    assert_eq!(case.order.status, Status::Confirmed);
    assert_eq!(next_step(&case.order, case.now), Step::Done);
    case.system(&Command::PREPARE);
    assert_eq!(case.order.status, Status::Preparing);
    assert_eq!(case.system(&Command::PREPARE), []);
}

#[test]
fn an_order_goes_from_confirmed_to_delivered_and_each_step_is_done_once() {
    let mut case = Case::paid();
    let steps = [
        (Command::PREPARE, Status::Preparing, FulfillmentStatus::InProgress),
        (Command::PACK, Status::Packed, FulfillmentStatus::InProgress),
        (Command::SHIP, Status::Shipped, FulfillmentStatus::Fulfilled),
        (Command::DELIVER, Status::Delivered, FulfillmentStatus::Fulfilled),
    ];
    for (at, (command, status, fulfillment)) in steps.iter().enumerate() {
        case.staff(command);
        assert_eq!((case.order.status, case.order.fulfillment), (*status, *fulfillment));
        for (done, ..) in &steps[..=at] {
            assert_eq!(case.staff(done), [], "{done:?}");
        }
    }
    assert_eq!(case.effects.iter().filter(|effects| !effects.shipped.is_empty()).count(), 1);
}

#[test]
fn no_step_is_left_out_but_closing_the_parcels() {
    let case = Case::paid();
    assert_eq!(case.refuses(&staff(), &Command::PACK), wrong(Action::Pack, Status::Confirmed));
    assert_eq!(case.refuses(&staff(), &Command::SHIP), wrong(Action::Ship, Status::Confirmed));
    assert_eq!(case.refuses(&staff(), &Command::DELIVER), wrong(Action::Deliver, Status::Confirmed));
    let mut case = Case::paid();
    case.staff(&Command::PREPARE);
    case.staff(&Command::SHIP);
    assert_eq!(case.order.status, Status::Shipped);
}

#[test]
fn an_order_that_waits_for_its_payment_is_not_prepared() {
    let mut case = Case::new(placed(&card()));
    assert_eq!(case.refuses(&staff(), &Command::PREPARE), wrong(Action::Prepare, Status::Pending));
    assert_eq!(
        case.system(&Command::PREPARE),
        [],
        "lines were cancelled; the confirmation brings another message"
    );
}

#[test]
fn customers_do_not_move_their_own_parcels() {
    let case = Case::paid();
    for command in [Command::PREPARE, Command::PACK, Command::SHIP, Command::DELIVER] {
        let action = command.action();
        assert_eq!(case.refuses(&Actor::Customer, &command), Rejection::NotForRole { action });
    }
}

#[test]
fn an_order_that_is_off_goes_nowhere() {
    let mut case = Case::paid();
    case.customer(&cancel());
    assert_eq!(case.system(&Command::PREPARE), [], "the worker's message comes late and finds nothing to do");
    for command in [Command::PACK, Command::SHIP, Command::DELIVER, Command::Accept] {
        let why = case.refuses(&staff(), &command);
        assert_eq!(why, wrong(command.action(), Status::Cancelled));
    }
}

#[test]
fn what_is_paid_on_delivery_is_collected_with_the_delivery() {
    let mut case = Case::cod();
    case.customer(&cancel_lines("c1", &[units(2, 2)]));
    case.ship();
    assert_eq!(case.order.payment_status(), PaymentStatus::Unpaid);
    let events = case.system(&Command::DELIVER);
    let parcels = [1, 2].map(|parcel| EventKind::ParcelDelivered { parcel });
    let whole = [EventKind::Delivered, EventKind::Collected { amount: cents(4666) }];
    assert_eq!(events, [parcels, whole].concat());
    assert_eq!(case.system(&Command::DELIVER), []);
    assert_eq!((case.order.payment_status(), case.money()), (PaymentStatus::Paid, [4666, 4666, 0, 0]));
}

#[test]
fn a_refusal_that_is_told_after_the_reservation_and_before_the_shipping_is_older_news() {
    let mut case = Case::reserved();
    let code = || "card_declined".to_owned();
    let refused = report(IntentReport::Failed { intent: Some("pi_1".into()), attempt: None, code: code() });
    case.staff(&Command::PREPARE);
    assert_eq!(case.system(&refused), []);
    case.staff(&Command::SHIP);
    // From here on it is the capture that was refused.
    let events = case.system(&refused);
    assert_eq!(events, [EventKind::PaymentFailed { intent: Some("pi_1".into()), code: code() }]);
    assert_eq!((case.order.payment_status(), case.order.status), (PaymentStatus::Failed, Status::Shipped));
}

#[test]
fn parcels_are_planned_for_what_is_left_of_the_order() {
    let mut case = Case::paid();
    case.customer(&cancel_lines("c1", &[units(3, 7), units(1, 3)]));
    let events = case.system(&Command::PREPARE);
    let [EventKind::Prepared { parcels, carbon_grams }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(parcels.len(), 1, "the south has nothing to send any more");
    assert_eq!(parcels[0].warehouse.as_str(), "north");
    assert!(*carbon_grams > 0);
}

#[test]
fn an_order_to_be_paid_later_can_be_paid_on_delivery_after_all() {
    let mut case = Case::new(placed(&Method::Later));
    case.customer(&Command::Pay { method: Method::Cod, key: "p1".into() });
    case.deliver();
    assert_eq!(case.money(), [8516, 8516, 0, 0]);
}
